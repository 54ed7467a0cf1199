#!/bin/sh
# screen.sh [--update] - the full screen of `pipesim step`, in tmux: every key, at two sizes, and what
# is seen then.
#
# A session is a list of steps, "keys ..." as tmux send-keys names them, "size W H", and "see NAME",
# which compares what is on the screen with tests/screen/NAME.txt. With --update the files are
# rewritten: look at the difference before you commit it. Without tmux, or when the program was built
# without ncursesw, nothing is tested, and it says so.
set -u
mode=check
[ "${1:-}" = --update ] && mode=update
pipesim=${PIPESIM:-./pipesim}
case $pipesim in /*) ;; *) pipesim=$PWD/$pipesim ;; esac
expected=$PWD/tests/screen
work=$(mktemp -d)
session=0
bad=0
seen=0
pressed=0
trap 'in_tmux kill-server 2>/dev/null; rm -rf "$work"' EXIT

if ! command -v tmux >/dev/null 2>&1; then
    echo "screen: skipped, there is no tmux here"
    exit 0
fi

in_tmux() {
    tmux -S "$work/$session" -f /dev/null "$@"
}

capture() {
    in_tmux capture-pane -p -t screen 2>/dev/null | sed 's/ *$//'
}

# Waits until the screen has stayed the same for a moment: there is no other sign of its being done.
settle() {
    last=
    for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        now=$(capture)
        [ -n "$now" ] && [ "$now" = "$last" ] && return
        last=$now
        sleep 0.05
    done
}

# A new terminal, W H, with a command in it.
terminal() {
    in_tmux kill-server 2>/dev/null
    session=$((session + 1))
    in_tmux new-session -d -s screen -x "$1" -y "$2" "$3" || exit 1
    settle
}

# begin W H LOCALE OPTIONS...
begin() {
    width=$1 height=$2 locale=$3
    shift 3
    terminal "$width" "$height" \
        "env NO_COLOR= LC_ALL=$locale TERM=screen-256color '$pipesim' step $*; echo \"status \$?\"; stty -a; sleep 600"
}

keys() {
    for key in "$@"; do
        in_tmux send-keys -t screen -- "$key"
        pressed=$((pressed + 1))
        settle
    done
}

size() {
    in_tmux resize-window -t screen -x "$1" -y "$2"
    settle
}

# again COMMAND...: until it succeeds, for two seconds at most.
again() {
    for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        "$@" && return
        sleep 0.1
    done
    return 1
}

looks_like() {
    capture >"$work/now"
    cmp -s "$1" "$work/now"
}

see() {
    seen=$((seen + 1))
    again looks_like "$expected/$1.txt" && return
    if [ $mode = update ]; then
        mkdir -p "$expected"
        cp "$work/now" "$expected/$1.txt"
        echo "updated: tests/screen/$1.txt"
        return
    fi
    echo "screen: $1: expected (-), and what is on the screen (+):" >&2
    diff -u "$expected/$1.txt" "$work/now" | sed 1,2d >&2
    bad=$((bad + 1))
}

shows() {
    capture | grep -qF -- "$1"
}

# It must be there.
has() {
    again shows "$1" && return
    echo "screen: '$1' is not on the screen:" >&2
    capture >&2
    bad=$((bad + 1))
}

# After it has ended the terminal is as it was: lines are echoed again.
ended() {
    has "status $1"
    has " echo "
    has " icanon"
}

utf8=C
for name in C.UTF-8 C.utf8 en_US.UTF-8 en_US.utf8; do
    [ "$(LC_ALL=$name locale charmap 2>/dev/null)" = UTF-8 ] && utf8=$name && break
done

first=scenarios/basics/eof_after_last_write_end.pipe
both=scenarios/deadlock/both_pipes_full.pipe
queue=scenarios/blocking/producer_outruns_consumer.pipe
link=scenarios/network/data_in_flight.pipe

begin 80 24 C "$first"
if ! capture | head -n 2 | grep -q '^+- processes'; then
    echo "screen: skipped, this pipesim has no full screen (ncursesw is needed when it is built)"
    exit 0
fi

# Movements, there and back.
see start
keys n n n n
has "event 23 of 65"
keys N
has "event 17 of 65"
keys s s S
has "event 18 of 65"
keys c
see asleep
keys C c Right Left l h
has "event 26 of 65"
keys j k Down Up NPage PPage
has "event 26 of 65"
keys End
see end
keys n
has "this is the end of the run"
keys Home N
has "this is the start of the run"
keys '$' 0
has "event 0 of 65"
keys g 2 6 Enter
has "event 26 of 65"
keys g 9 BSpace 2 C-u 1 4 Enter
has "event 14 of 65"
keys g Escape
has "event 14 of 65"

# Questions.
keys g 2 6 Enter w Enter
has "child waits for bytes"
keys x w c h i l d Enter
has "child waits for bytes"
keys x f
has "read end: child fd 3"
keys x L
has "p.lock: free"
keys x '?'
see keys
keys Down Up Space x
has "why"

# Breakpoints and commands.
keys b 1 6 Enter
has "at a call on line 16"
keys x 0 c
has "line 16"
keys d Enter : i Space b BSpace Space b r e a k s Enter
has "no breakpoints"
keys x / f l y Enter
has "there is no command 'fly'"
keys x : Up Enter
has "there is no command 'fly'"
keys x Z
has "that key does nothing"
keys g 2 6 Enter : 'until now == 99' Enter
has "now == 99: not once from there to the end"
keys g 2 6 Enter : 'watch p.used' Enter
has "p.used: 2, before 0"
keys 0

# The focus goes round; at this size source and descriptors take the place of the trace.
keys g 2 6 Enter Tab
see source
keys Down Up Tab
has "descriptors"
keys Tab Down Up Tab Tab Tab BTab Tab C-l
has "trace"

# Too small, larger, and back.
size 60 20
see small
size 120 40
has "descriptors"
size 80 24
has "event 26 of 65"
keys q
ended 0

# Choosing, undoing, branches.
begin 80 24 C "$both"
keys n 2
has "server goes on there anyway"
keys 1
has "client goes on from there"
has "branch 2 of 2"
see branch
keys '='
see compare
keys x
has "event 14 of"
keys B
has "left at event"
keys x u
has "event 11 of 27"
has "undone"
keys u
has "there is no choice to be undone"
keys 9
has "there is no process 9 here"
keys End 1
has "client is asleep, and cannot go on"
see deadlock
keys C-c
ended 0

# A lost wakeup: the signal that found nobody, or somebody else.
begin 80 24 C --grain locks --schedule locks:reader,writer --bug lost-wakeup scenarios/bugs/lost-wakeup.pipe
keys End
has "writer put in 1 byte at event 4,"
has "a signal in between found nobody"
keys q
ended 0
begin 80 24 C --grain locks --schedule "'locks:one*3,other'" --bug one-condition scenarios/bugs/one-condition.pipe
keys End
has "its signal woke other instead"
keys q
ended 0

# Predicting: nothing is shown before it is asked for; from the start, and by a key.
begin 80 24 C --predict "$first"
has "you are asked for it"
keys x n n n n n
has "? child calls read(p[0], 16) (line 15)"
see predict
keys x BSpace b l o c k s Enter
see predicted
keys '$' Enter
has "Shown: 2. 8 bytes are free in p"
keys '$' Escape
has "event 35 of 65"
keys p
has "predicted: 1 of 2 right"
keys x '$'
has "event 65 of 65"
keys 0 p x n n n n n
has "? child calls read(p[0], 16) (line 15)"
keys q Enter
ended 0

# Large, and with lines instead of ASCII.
begin 120 40 $utf8 "$queue"
keys c c c
[ $utf8 = C ] || see large
keys q
ended 0
# A connection between two hosts: four queues, and what is in flight.
begin 100 40 C --ascii "$link"
keys n n n n n n n n n n n n n s s
see link
keys q
ended 0
begin 120 40 C --depth locks --ascii "$queue"
keys c s s
see locks
keys q
ended 0

# Suspended by Ctrl-Z under a shell with job control, and taken up again; ended by a signal.
terminal 80 24 "env LC_ALL=C PS1='shell: ' ENV= sh -i"
keys "TERM=screen-256color '$pipesim' step $first" Enter n C-z
has "shell:"
keys 'stty -a' Enter
has " icanon"
keys fg Enter
has "event 3 of 65"
keys C-z 'kill %1; fg' Enter 'stty -a; echo "after: it"' Enter
has "after: it"
has " icanon"
keys exit Enter

# Line by line on a terminal: the line that is typed, and with libedit what it can do besides.
begin 80 24 C --plain "$first"
keys n Enter
has "event 3 of 65"
if [ -n "${LIBEDIT:-}" ]; then
    keys g o Tab 4 0 Enter
    has "(step) goto 40"
    has "event 40 of 65"
    keys Up BSpace 1 Enter
    has "event 41 of 65"
    keys 4 C-a g o t o Space C-e 2 Enter
    has "event 42 of 65"
    keys r e Tab n Tab Enter
    has "(step) reverse-next"
else
    echo "screen: this pipesim has no libedit, so its prompt is only typed at"
fi
keys C-d
ended 0

# The screens that the manual shows are those of today.
for name in asleep large; do
    while IFS= read -r line; do
        grep -qxF -- "$line" docs/step.md && continue
        echo "screen: docs/step.md does not show tests/screen/$name.txt: $line" >&2
        bad=$((bad + 1))
        break
    done <"$expected/$name.txt"
done

if [ $bad != 0 ]; then
    echo "screen: $bad things are not as expected" >&2
    exit 1
fi
echo "screen: $pressed keys, $seen screens, all as expected"

#!/bin/sh
# hostile.sh - submissions that want more than their points: tests/hostile/, and files and folders that are not
# what they should be. All of them are graded in one go, between two that are right: each must get what its
# `wanted:` says, and those two all their points. What a submission tries must fail: it crashes otherwise.
set -u
pipesim=${PIPESIM:-./pipesim}
case $pipesim in /*) ;; *) pipesim=$PWD/$pipesim ;; esac
here=$PWD/tests/hostile
labs=$PWD/scenarios/labs
solution=$labs/instructor/04-make-it-block/reference/my_pipe.c
work=$(mktemp -d)
chmod 755 "$work"
trap 'chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
bad=0 count=0
complain() {
    echo "hostile: $*" >&2
    bad=$((bad + 1))
}

# Lab 4, with few of its items. The hidden ones are a copy: who breaks in breaks that.
hidden=$work/hidden
all=$work/all
mkdir "$hidden" "$all" "$work/labs"
cp -R "$labs/instructor/04-make-it-block" "$hidden/"
cp -R "$labs/04-make-it-block" "$labs/03-bounded-buffer" "$labs/11-write-the-tests" "$work/labs/"
awk '/^\[/ { items++ } items < 4' "$labs/04-make-it-block/grading" >"$work/labs/04-make-it-block/grading"
sed '/^explore/d' "$labs/instructor/04-make-it-block/grading" >"$hidden/04-make-it-block/grading"
cp -R "$hidden" "$work/untouched"
PIPESIM_LABS=$work/labs
export PIPESIM_LABS

# submit NAME: the right pipe
submit() {
    mkdir -p "$all/$1" && cp "$solution" "$all/$1/my_pipe.c"
}
# want NAME REGEX: of the line of the result
want() {
    printf '%s\t%s\n' "$1" "$2" >>"$work/wanted"
}
# grade COMMAND...: everything in $all is graded by it, and what is wanted is compared
grade() {
    "$@" "$all"/* >"$work/result" 2>"$work/said" || complain "$*: $(cat "$work/said")"
    while IFS='	' read -r name regex; do
        count=$((count + 1))
        grep -q "^$name *$regex" "$work/result" ||
            complain "$name: wanted '$regex', got: $(grep "^$name " "$work/result")"
    done <"$work/wanted"
    rm -rf "$all" "$work/wanted"
    mkdir "$all"
}
full='12 of 12$' none='0 of 12 '

# attack FILE: that submission, and what it wants
attack() {
    name=$(basename "$1" .c)
    submit "$name"
    mv "$all/$name/my_pipe.c" "$all/$name/right.c"
    cp "$here/hostile.h" "$all/$name/"
    sed "s:HIDDEN:$hidden:; s:NEIGHBOUR:$all/right:" "$1" >"$all/$name/my_pipe.c"
    echo '#define UNLOCKED __attribute__((no_sanitize("thread")))' >"$all/$name/un locked.h"
    want "$name" "$(sed -n 's:^.*wanted\: \(.*\) \*/:\1:p' "$1")"
}

# -- code, and files that are no files, or too large -----------------------------------------------

for file in "$here"/*.c; do
    attack "$file"
done
for name in right a-right-one-first; do
    submit $name && want $name "$full"
done
folder() {
    mkdir "$all/$1" && want "$1" "$none"
}
folder nothing
folder empty && : >"$all/empty/my_pipe.c"
folder is-a-folder && mkdir "$all/is-a-folder/my_pipe.c"
folder is-a-fifo && mkfifo "$all/is-a-fifo/my_pipe.c"
folder is-a-device && ln -s /dev/zero "$all/is-a-device/my_pipe.c"
folder links-to-solution && ln -s "$hidden/04-make-it-block/reference/my_pipe.c" "$all/links-to-solution/my_pipe.c"
folder links-to-neighbour && ln -s ../right/my_pipe.c "$all/links-to-neighbour/my_pipe.c"
folder links-to-itself && ln -s my_pipe.c "$all/links-to-itself/my_pipe.c"
ln -s right "$all/is-a-link" && want is-a-link "$none"
ln -s "$hidden/04-make-it-block/reference" "$all/is-the-solution" && want is-the-solution "$none"
: >"$all/is-no-folder" && want is-no-folder "$none"
folder large && dd if=/dev/null of="$all/large/my_pipe.c" bs=1 seek=1073741824 2>/dev/null
folder rubbish && head -c 100000 "$pipesim" >"$all/rubbish/my_pipe.c"
folder zeros && head -c 10000 /dev/zero >"$all/zeros/my_pipe.c"
# and what is as good as any
submit inner-link && mv "$all/inner-link/my_pipe.c" "$all/inner-link/mine.c" &&
    ln -s mine.c "$all/inner-link/my_pipe.c" && want inner-link "$full"
submit crlf && sed 's/$/\r/' "$solution" >"$all/crlf/my_pipe.c" && want crlf "$full"
submit bom && { printf '\357\273\277' && cat "$solution"; } >"$all/bom/my_pipe.c" && want bom "$full"

HARNESS_TOKEN=secret
export HARNESS_TOKEN
grade "$pipesim" lab grade --lab 4 --hidden "$hidden"
grep . "$work/said" >&2 # does this system lack something?
diff -r "$hidden" "$work/untouched" >&2 || complain "the hidden items are changed"

# -- where the system has less to shut a cage with -------------------------------------------------

# It says so; and what can be had nevertheless is there.
if [ "$(uname)" = Linux ]; then
    for name in reads talks kills forks exits forges_in_a_call; do
        attack "$here/$name.c"
    done
    submit right && want right "$full"
    grade "$WITHOUT" landlock -- "$pipesim" lab grade --lab 4 --hidden "$hidden"
    grep -q 'make the compiler read' "$work/said" || complain "without Landlock: $(cat "$work/said")"
    attack "$here/exits.c"
    submit right && want right "$full"
    grade "$WITHOUT" landlock seccomp root -- "$pipesim" lab grade --lab 4 --hidden "$hidden"
    [ "$(grep -c '^  it can' "$work/said")" = 3 ] || complain "without anything: $(cat "$work/said")"
fi

# -- honest mistakes -------------------------------------------------------------------------------

# A pipe with one byte too many gives what some decoy of this asks for. It is drawn which one: hence so often.
mkdir -p "$work/labs/21-one-place/visible"
cat >"$work/labs/21-one-place/grading" <<'END'
title   = One place
hand-in = my_pipe.c
[full]
points = 4
run    = visible/full.pipe
END
cat >"$work/labs/21-one-place/visible/full.pipe" <<'END'
scenario "One byte fits, and not two"
set capacity = 1, atomic = 1
pipe p
process alone < p > p {
    fcntl(p[1], F_SETFL, O_NONBLOCK)
    write(p[1], "ab") = 1
}
END
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
    mkdir "$all/honest-$i"
    sed 's/p->used < p->capacity/p->used <= p->capacity/' "$labs/instructor/03-bounded-buffer/reference/my_pipe.c" \
        >"$all/honest-$i/my_pipe.c"
    want "honest-$i" '0 of 4  full: wanted 1, got 2$'
done
grade "$pipesim" lab grade --lab 21

# -- names -----------------------------------------------------------------------------------------

# named NAME REGEX: of the result's line
named() {
    mkdir "$all/$1" && cp "$labs/instructor/03-bounded-buffer/reference/my_pipe.c" "$all/$1/my_pipe.c"
    want "$2" '17 of 17$'
}
named 'with space' 'with space'
named "quo'te\"s" "quo'te\"s"
named 'comma,and=equals' 'comma,and=equals'
named -dash -dash
named '@at' '@at'
named '[glob]*?' '\[glob]\*?'
named 'back\slash' 'back\\slash'
named 'new
line 0 of 17' 'new?line 0 of 17'
named "$(printf 'esc\033[1m')" 'esc?\[1m'
named 'per%s%n' 'per%s%n'
named '$(false)`false`' '\$(false)`false`'
named 'a#<&>' 'a#<&>'
for format in junit json tap; do
    (cd "$all" && "$pipesim" lab grade --lab 3 --format $format -o "$work/names.$format" -- *) ||
        complain "--format $format with odd names"
done
! command -v xmllint >/dev/null || xmllint --noout "$work/names.junit" || complain "junit is no XML"
! command -v jq >/dev/null || jq -e '[.submissions[].score] | add == 204' "$work/names.json" >/dev/null ||
    complain "json: $(head -c 300 "$work/names.json")"
[ "$(grep -c '^ok ' "$work/names.tap")" = 72 ] || complain "tap: $(grep -c '^ok ' "$work/names.tap")"
grade "$pipesim" lab grade --lab 3

# -- scenarios -------------------------------------------------------------------------------------

tests=$labs/instructor/11-write-the-tests/reference
scenarios() {
    mkdir "$all/$1" && want "$1" "$2"
}
scenarios links '0 of 20' && ln -s "$tests"/*.pipe "$all/links/"
scenarios fifo '0 of 20' && mkfifo "$all/fifo/t1.pipe"
scenarios folder '0 of 20' && mkdir "$all/folder/t1.pipe"
scenarios rubbish '0 of 20' && head -c 100000 "$pipesim" >"$all/rubbish/t1.pipe"
scenarios large '0 of 20' && head -c 2000000 /dev/zero >"$all/large/t1.pipe"
scenarios many '0 of 20' && for i in $(seq 40); do cp "$tests/t1.pipe" "$all/many/t$i.pipe"; done
scenarios loops '0 of 20' && cat >"$all/loops/t1.pipe" <<'END'
scenario "goes round"
process a {
    i = 0
    while (i >= 0) { i = i + 1 }
}
END
scenarios memory '0 of 20' && cat >"$all/memory/t1.pipe" <<'END'
scenario "takes memory"
set max_memory = 65536
process a { sleep(1) }
END
scenarios right '20 of 20$' && cp "$tests"/*.pipe "$all/right/"
scenarios crlf '20 of 20$' && for file in "$tests"/*.pipe; do sed 's/$/\r/' "$file" >"$all/crlf/$(basename "$file")"; done
grade "$pipesim" lab grade --lab 11

[ $bad = 0 ] || exit 1
echo "hostile: $count submissions, each got what was its own"

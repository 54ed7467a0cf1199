#!/bin/sh
# zoo.sh SCENARIOS DOC - pipes as students write them (SCENARIOS/labs/zoo). Five right ones, each built
# differently, must pass every scenario of the zoo in all its schedules, and every shipped scenario that
# a byte pipe must pass: no false alarm. Each wrong one must be found, and the message must name the cause;
# that table is quoted in DOC. And the test must be able to fail: a wrong pipe among the right ones is seen.
set -u
pipesim=${PIPESIM:-./pipesim}
zoo=$1/labs/zoo
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

# What a pipe need not have (F_SETPIPE_SZ), and what is left to it: whom it wakes, and how often.
asks_for_more='F_SETPIPE_SZ\|\.sleeps\|F_SETFL, O_DIRECT'
left_to_the_pipe='large_writes_may_be_mixed'
# These are about every schedule; the other of the two ends well only in the one that `run` makes.
all_schedules='/blocking/\|/close/\|/atomic/\|/deadlock/'
one_schedule='stolen_byte'
# A pipe without hooks->interrupted cannot be left before its call is over.
needs_interruption='sigaction\|kill(\|alarm(\|signal(SIGALRM\|thread('

scenarios_for() {
    folders="basics blocking close atomic nonblocking deadlock pipelines poll protocols processes signals"
    for folder in $folders; do
        grep -L "$asks_for_more" "$scenarios/$folder"/*.pipe
    done | grep -v "$left_to_the_pipe" >"$work/all"
    if grep -q 'interrupted' "$1"; then
        cat "$work/all"
    else
        while read -r file; do
            grep -q "$needs_interruption" "$file" || echo "$file"
        done <"$work/all"
    fi
}

# passes NAME COMMAND...: says what did not.
passes() {
    name=$1
    shift
    if ! "$@" >"$work/log" 2>&1; then
        echo "zoo: $name:" >&2
        grep -v ': as expected' "$work/log" | head -n 20 >&2
        return 1
    fi
}

check_right() {
    passes "$1 does not pass the zoo" "$pipesim" explore -q --pipe "$1" "$zoo" || bad=$((bad + 1))
    scenarios_for "$1" >"$work/files"
    count=$(wc -l <"$work/files")
    # shellcheck disable=SC2046
    passes "$1 does not pass a scenario" "$pipesim" run -q --pipe "$1" $(cat "$work/files") ||
        bad=$((bad + 1))
    # Nothing may fail in the schedules that are looked at; of many scenarios they are not all there are.
    # shellcheck disable=SC2046
    "$pipesim" explore -q --executions 2000 --preemptions 2 --pipe "$1" \
        $(grep "$all_schedules" "$work/files" | grep -v "$one_schedule") >"$work/log" 2>&1
    if grep ': FAILED\|LOCK: \|: error: ' "$work/log" >&2; then
        echo "zoo: $1 fails in some schedule" >&2
        bad=$((bad + 1))
    fi
    ran=$((ran + count))
}

scenarios=$1
ran=0
for pipe in "$zoo"/right/*.c; do
    check_right "$pipe"
done
if "$pipesim" explore -q --pipe "$zoo/wrong/01_if_not_while.c" "$zoo/01_if_not_while.pipe" >/dev/null 2>&1; then
    echo "zoo: a wrong pipe passes: this test cannot fail" >&2
    bad=$((bad + 1))
fi
PIPESIM="$pipesim" sh tests/docs.sh "$2" >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    bad=$((bad + 1))
}
grep -q ' 0 not$' "$2" || {
    echo "zoo: $2 has some that are not found as they should be" >&2
    bad=$((bad + 1))
}
[ $bad = 0 ] || exit 1
echo "zoo: $(ls "$zoo"/right/*.c | wc -l | tr -d ' ') right pipes pass $ran runs and the zoo, and $(grep -c '^[0-9]' "$zoo/zoo.txt") wrong ones are found"

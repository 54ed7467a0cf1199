#!/bin/sh
# lab.sh - are the labs what they say? For each: the scenarios hold on the pipe that is right, the starter gets
# few points, the reference all, and each mistake of instructor/LAB/wrong/ fails first in the item that it names,
# and is told to look for what it names. Then grading: every format is what its platform reads.
set -u
pipesim=${PIPESIM:-./pipesim}
case $pipesim in /*) ;; *) pipesim=$PWD/$pipesim ;; esac
hidden=scenarios/labs/instructor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
complain() {
    echo "lab: $*" >&2
    bad=$((bad + 1))
}

# The first item that failed, of each submission: "NAME ITEM".
first_failures() {
    sed -n 's/^\([^ ]*\)  *[0-9]* of [0-9]*\(  \([^:]*\):.*\)\{0,1\}$/\1 \3/p' "$1"
}

# A line `# KEY: TEXT` of a mistake, which is a script or a folder.
said_in() {
    cat "$1" "$1"/* 2>/dev/null | sed -n "s/^# $2: //p"
}

labs=0 wrongs=0
for lab in scenarios/labs/[0-9]*; do
    name=$(basename "$lab")
    here=$work/$name
    mkdir "$here"
    labs=$((labs + 1))
    "$pipesim" lab start "$name" "$here/starter" >/dev/null || complain "$name cannot be started"
    cp -R "$hidden/$name/reference" "$here/reference"
    for script in "$hidden/$name"/wrong/*; do
        [ -e "$script" ] || continue
        wrong=$here/$(basename "$script" .sed)
        cp -R "$hidden/$name/reference" "$wrong"
        if [ -d "$script" ]; then # files in place of those of the reference
            cp "$script"/* "$wrong"
        else
            sed -f "$script" "$hidden/$name/reference/my_pipe.c" >"$wrong/my_pipe.c"
        fi
        diff -r "$hidden/$name/reference" "$wrong" >"$work/differs" && complain "$script changes nothing"
    done
    "$pipesim" lab grade --lab "$name" --hidden "$hidden" "$here"/* >"$work/result" || complain "$name: grade"
    first_failures "$work/result" >"$work/first"
    grep -q '^reference $' "$work/first" ||
        complain "$name: the reference has not all points: $(grep '^reference' "$work/result")"
    grep -q '^starter .' "$work/first" || complain "$name: what one starts with has all points"
    for script in "$hidden/$name"/wrong/*; do
        [ -e "$script" ] || continue
        wrongs=$((wrongs + 1))
        wanted="$(basename "$script" .sed) $(said_in "$script" item)"
        grep -qx "$wanted" "$work/first" ||
            complain "$name: wanted '$wanted', got: $(grep "^${wanted%% *} " "$work/result")"
        cause=$(said_in "$script" "look for")
        [ -z "$cause" ] || "$pipesim" lab check --lab "$name" "$here/${wanted%% *}" | grep '^look for:' | grep -qF "$cause" ||
            complain "$name: ${wanted%% *} is not told to look for: $cause"
    done
    grep -q 'my_pipe' "$lab/grading" || continue
    more=$hidden/$name/hidden
    [ -d "$more" ] || more=
    "$pipesim" explore -q --preemptions 1 "$lab/visible" $more >"$work/right"
    grep -v ': as expected\|: NOT COMPLETE\|scenarios: ' "$work/right" && complain "$name: a scenario does not hold"
done

# -- several, of which not all can be graded -------------------------------------------------------

reference=$hidden/04-make-it-block/reference/my_pipe.c
some=$work/some
mkdir -p "$some/does-not-compile" "$some/nothing" "$some/right"
cp "$reference" "$some/right/"
echo 'int' >"$some/does-not-compile/my_pipe.c"

# -- formats ---------------------------------------------------------------------------------------

one=$work/04-make-it-block/if-not-while
for format in gradescope classroom autolab json junit tap; do
    "$pipesim" lab grade --lab 4 --format $format -o "$work/one.$format" "$one" || complain "--format $format"
done
"$pipesim" lab grade --lab 4 --format json -o "$work/many.json" "$some"/* || complain "json of many"
holds() {
    jq -e "$2" "$1" >/dev/null || complain "$1: not so: $2"
}
if command -v jq >/dev/null; then
    holds "$work/one.gradescope" '.score == 15 and (.tests | length) == 8 and (.execution_time | type) == "number"'
    holds "$work/one.gradescope" '[.tests[].max_score] | add == 20'
    holds "$work/one.gradescope" 'all(.tests[]; (.status == "passed" or .status == "failed") and
        (.number | type) == "string" and (.tags | type) == "array" and
        (.visibility | IN("visible", "hidden", "after_due_date", "after_published")))'
    holds "$work/one.gradescope" '.tests[5].status == "failed" and (.tests[5].output | contains("while"))'
    base64 -d "$work/one.classroom" >"$work/classroom.json" || complain "classroom is not base64"
    holds "$work/classroom.json" '.version == 1 and .status == "fail" and .max_score == 20 and ([.tests[].score] | add) == 15'
    holds "$work/classroom.json" 'all(.tests[]; (.status | IN("pass", "fail", "error")) and (.line_no | type) == "number" and
        (.duration | type) == "number" and (.message | type) == "string" and has("filename") and has("test_code"))'
    tail -n 1 "$work/one.autolab" >"$work/autolab.json"
    holds "$work/autolab.json" '([.scores[]] | add) == 15 and .scoreboard == [15]'
    tail -n 2 "$work/one.autolab" | head -n 1 >"$work/feedback.json"
    holds "$work/feedback.json" '._presentation == "semantic" and .stages == ["Build", "Items"] and .Build.compile.passed'
    holds "$work/one.json" '.shut_in | keys == ["calls", "compiler", "files"]'
    holds "$work/one.json" '.v == 1 and .submissions[0].score == 15 and .submissions[0].state == "graded"'
    holds "$work/many.json" '(.submissions | length) == 3 and all(.submissions[]; .state == "graded")'
fi
! command -v xmllint >/dev/null || xmllint --noout "$work/one.junit" || complain "junit is no XML"
grep -q '<testsuites .*tests="8" failures="2" errors="0" skipped="0"' "$work/one.junit" || complain "junit: counts"
[ "$(grep -c '^ok ' "$work/one.tap") $(grep -c '^not ok ' "$work/one.tap")" = "6 2" ] || complain "tap: counts"
! command -v prove >/dev/null || prove -e cat "$work/one.tap" 2>&1 | grep -q 'Failed 2/8' || complain "tap: prove"

# -- what is known is kept -------------------------------------------------------------------------

# Interrupted as soon as the first is known, while the second waits for nothing.
mkdir -p "$work/late/waits" "$work/late/never"
cp "$reference" "$work/late/never/"
{ cat "$reference" && echo '__attribute__((constructor)) static void begin(void) { for (;;) ; }'; } >"$work/late/waits/my_pipe.c"
"$pipesim" lab grade --lab 4 -j 1 --format json -o "$work/late.json" "$some/right" \
    "$work/late/waits" "$work/late/never" &
grading=$!
until grep -q '"name": "right", "state": "graded", "score": 20' "$work/late.json" 2>/dev/null; do
    kill -0 $grading 2>/dev/null || break
done
kill -TERM $grading # a shell has its children in the background ignore SIGINT
wait $grading || complain "an interrupted grade has not written its results"
grep -q '"name": "right", "state": "graded", "score": 20' "$work/late.json" || complain "what was known is not kept"
grep -q 'grading was interrupted' "$work/late.json" || complain "that it was interrupted is not told"

[ $bad = 0 ] || exit 1
echo "lab: $labs labs, $wrongs mistakes, each in its item"

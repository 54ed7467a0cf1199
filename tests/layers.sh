#!/bin/sh
# layers.sh [ROOT] - do the include lines point one way only? What each folder may include, from
# docs and design: cli -> {step, explore, compare, lab} -> run -> {script, kernel} -> {sched, trace}
# -> ringbuf; quiz stands between cli and step. script and kernel do not see each other; run joins them.
set -eu
cd "${1:-.}"

# Checks itself first: a tree with wrong includes must be complained about.
if [ $# = 0 ]; then
    wrong=$(mktemp -d)
    trap 'rm -rf "$wrong"' EXIT
    mkdir -p "$wrong/ringbuf" "$wrong/sim/script" "$wrong/sim/sched" "$wrong/sim/new"
    echo '#include "sim/sched/sched.h"' >"$wrong/ringbuf/pipe.c"
    echo '#  include   "sim/kernel/kernel.h"' >"$wrong/sim/script/parse.c"
    echo '#include "../trace/trace.h"' >"$wrong/sim/sched/sched.c"
    echo '#include "sim/new/new.h"' >"$wrong/sim/new/new.c"
    complaints=$(sh "$0" "$wrong" 2>&1 | grep -c ': error: ') || true
    if [ "$complaints" != 4 ]; then
        echo "layers: of 4 wrong include lines $complaints were found: tests/layers.sh is broken" >&2
        exit 1
    fi
fi

grep -n '^[ 	]*#[ 	]*include[ 	]*"' ringbuf/*.[ch] sim/*/*.[ch] 2>/dev/null | awk '
function may(folder, folders) {
    allowed[folder] = " " folder " " folders " "
}
function folder_of(path, part, n) {
    n = split(path, part, "/")
    return part[1] == "sim" && n > 2 ? part[1] "/" part[2] : part[1]
}
BEGIN {
    FS = ":"
    may("ringbuf", "")
    may("sim/sched", "ringbuf")
    may("sim/trace", "sim/sched")
    may("sim/kernel", "sim/trace sim/sched ringbuf")
    may("sim/bugs", "sim/kernel ringbuf") # how ringbuf/pipe.c is changed: mutants of it
    may("sim/library", "sim/kernel sim/trace sim/sched ringbuf")
    may("sim/own", "sim/kernel sim/trace sim/sched ringbuf")
    may("sim/script", "sim/trace sim/sched")
    may("sim/run", "sim/kernel sim/script sim/trace sim/sched ringbuf")
    below = "sim/run sim/own sim/kernel sim/script sim/trace sim/sched ringbuf"
    may("sim/step", below)
    may("sim/quiz", "sim/step " below)
    may("sim/explore", below)
    may("sim/host", "sim/trace sim/sched") # real processes in the place of sim/kernel
    may("sim/compare", "sim/host " below)
    may("sim/lab", "sim/explore sim/quiz sim/step " below)
    may("sim/cli", "sim/step sim/quiz sim/explore sim/compare sim/lab " below)
}
{
    split($0, quoted, "\"")
    from = folder_of($1)
    to = folder_of(quoted[2])
    lines++
    if (!(from in allowed))
        what = from " is not in the table of tests/layers.sh"
    else if (index(allowed[from], " " to " ") == 0)
        what = from " must not include " quoted[2]
    else
        next
    print $1 ":" $2 ": error: " what
    errors++
}
END {
    if (lines == 0)
        print "layers: error: no include line was found"
    if (lines == 0 || errors > 0)
        exit 1
    print "layers: " lines " include lines, all pointing down"
}'

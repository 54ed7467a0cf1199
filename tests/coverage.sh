#!/bin/sh
# coverage.sh FOLDER - line coverage of sim/ and ringbuf/ as a table, from the counts that the tests
# have left below FOLDER, where the objects are. Sources that are compiled more than once (the pipe:
# plainly, for the simulator, impatiently) count once: a line is covered if one of them ran it.
set -eu
objects=$(cd "$1" && pwd)
root=$PWD
gcov=${GCOV:-gcov}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$root/sim" "$root/ringbuf" "$root/tests" "$work" # gcov writes here, and reads the sources

find "$objects" -name '*.gcda' | sort | while read -r counts; do
    (cd "$work" && rm -f ./*.gcov && "$gcov" "$counts" >/dev/null 2>&1 && cat ./*.gcov)
done | awk -v root="$root/" '
# gcov prints "    count:  line:text"; count is - where there is no code, ##### where nothing ran.
{
    colon = index($0, ":")
    count = substr($0, 1, colon - 1)
    rest = substr($0, colon + 1)
    colon = index(rest, ":")
    line = substr(rest, 1, colon - 1) + 0
    text = substr(rest, colon + 1)
    gsub(/ /, "", count)
    if (line == 0) {
        if (substr(text, 1, 7) == "Source:") {
            file = substr(text, 8)
            if (index(file, root) == 1)
                file = substr(file, length(root) + 1)
        }
    } else if (count != "-" && file ~ /^(sim|ringbuf)\//) {
        if (!((file, line) in seen)) {
            seen[file, line] = 1
            lines[file]++
            covered[file] += 0
        }
        if (count !~ /^[#=]/ && !((file, line) in ran)) {
            ran[file, line] = 1
            covered[file]++
        }
    }
}
END {
    for (file in lines) {
        printf "%-34s %5d of %5d lines  %6.1f %%\n", file, covered[file], lines[file], 100 * covered[file] / lines[file] | "sort"
        all += lines[file]
        all_covered += covered[file]
    }
    close("sort")
    if (all == 0) {
        print "coverage: nothing was measured"
        exit 1
    }
    printf "%-34s %5d of %5d lines  %6.1f %%\n", "all", all_covered, all, 100 * all_covered / all
}'

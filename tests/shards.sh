#!/bin/sh
# shards.sh - the parts of an exploration, each made by a process of its own and then joined, must say
# the same as the whole: numbers, outcomes, claims, failures and verdict. Only how many states there
# were may differ, and which of several equally easy schedules is shown and told.
set -u
pipesim=${PIPESIM:-./pipesim}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Without what may differ.
comparable() {
    sed -e 's/by way of [0-9,]* states*/by way of states/' -e '/ again: /d' \
        -e '/^ *[0-9]*\. /,/^  [^ ]/{/^  [^ ]/!d;}'
}

bad=0
count=0
compare() { # FILE PARTS [OPTION...]
    file=$1 parts=$2
    shift 2
    rm -f "$work"/*.json
    part=1
    while [ $part -le $parts ]; do
        "$pipesim" explore --json --shard $part/$parts "$@" "$file" >"$work/$part.json" 2>>"$work/errors"
        part=$((part + 1))
    done
    "$pipesim" explore --merge "$work"/*.json >"$work/joined" 2>&1
    echo "status $?" >>"$work/joined"
    "$pipesim" explore "$@" "$file" >"$work/whole" 2>&1
    echo "status $?" >>"$work/whole"
    comparable <"$work/joined" >"$work/joined.same"
    comparable <"$work/whole" >"$work/whole.same"
    count=$((count + 1))
    cmp -s "$work/joined.same" "$work/whole.same" && return
    echo "shards: $file in $parts parts ($*), whole (-) and joined (+):" >&2
    diff -u "$work/whole.same" "$work/joined.same" | sed 1,2d >&2
    bad=$((bad + 1))
}

"$pipesim" explore --json --shard 1/1 tests/cli/scripts/small.pipe >"$work/one"
if ! "$pipesim" explore --merge "$work/one" >/dev/null 2>&1; then
    echo "shards: not tested, since pipesim was built without jansson"
    exit 0
fi
for file in scenarios/explore/*.pipe scenarios/poll/*.pipe scenarios/processes/*.pipe tests/cli/scripts/order.pipe; do
    compare "$file" 3
done
compare tests/cli/scripts/order.pipe 1
compare tests/cli/scripts/order.pipe 12 --wake any
compare tests/cli/scripts/order.pipe 4 --depth calls --spurious
compare scenarios/bugs/one-condition.pipe 5 --bug one-condition
compare tests/cli/scripts/order.pipe 3 --preemptions 1
if [ $bad != 0 ] || [ -s "$work/errors" ]; then
    cat "$work/errors" >&2
    echo "shards: $bad of $count explorations in parts do not come to the same as the whole" >&2
    exit 1
fi
echo "shards: $count explorations in parts, all the same as the whole"

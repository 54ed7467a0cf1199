#!/bin/sh
# compare.sh PAGE FOLDER... - every scenario below the folders is compared by $PIPESIM with the host's
# own pipes, as it is, and with --pipe linux; and ring with linux. A line for each goes to $COMPARED.
# What differs must stand in the tables of the page, with the reason; and what stands there must differ.
set -u
pipesim=${PIPESIM:-./pipesim}
log=${COMPARED:-$(mktemp)}
page=$1
shift
bad=0

complain() {
    echo "compare: $1" >&2
    bad=1
}

# compare NAME OPTION...: to $log.NAME
compare() {
    to=$log.$1
    shift
    "$pipesim" compare --quiet "$@" >"$to" 2>"$log.errors"
    case $? in
    0 | 1 | 3) ;;
    # With ring, a script for linux may be wrong; what is compared is what it did before.
    2) [ "$2" = ring ] || complain "pipesim compare $*: $(tail -n 1 "$log.errors")" ;;
    *) complain "pipesim compare $*: status $?" ;;
    esac
}

# Lines "FILE: differs ..." whose file is not in the page in this form.
differing() {
    sed -n 's/^\(.*\.pipe\): differs after .*/\1/p' "$1"
}

compare ring_linux --pipe ring --with linux scenarios
listed=$(sed -n '/^## 6/,$p' "$page" | grep '^| `' | grep -o '`[a-z]*/[a-z_0-9-]*`' | tr -d '`')
for file in $(differing "$log.ring_linux"); do
    name=${file#scenarios/}
    case $name in labs/*) continue ;; esac # what is asked of students is a ring of a few bytes
    echo "$listed" | grep -qx "${name%.pipe}" || complain "$file: ring and linux differ, and $page does not say why"
done
for name in $listed; do
    grep -q "^scenarios/$name.pipe: differs" "$log.ring_linux" || complain "$page says that ring and linux differ in $name"
done

compare host --with host "$@"
if grep -q 'cannot be compared: the host ' "$log.host"; then
    echo "compare: skipped: $(sed -n 's/.*cannot be compared: \(the host .*\)/\1/p' "$log.host" | head -n 1)"
    exit $bad
fi
for file in $(differing "$log.host"); do
    grep -qF "| \`$file\` |" "$page" && continue
    complain "$file differs from the host, and $page does not say why:"
    "$pipesim" compare --with host "$file" | tail -n 8 >&2
done
for file in $(sed -n 's/^| `\(.*\.pipe\)` |.*/\1/p' "$page"); do
    grep -q "^$file: differs" "$log.host" || complain "$page says that $file differs from the host"
done
compare linux --pipe linux --with host "$@"
for file in $(differing "$log.linux"); do
    complain "$file differs from the host with --pipe linux"
done

[ $bad = 0 ] || exit 1
echo "compare: with the host: $(tail -n 1 "$log.host")"
echo "compare: linux with the host: $(tail -n 1 "$log.linux")"
echo "compare: a line for each in $log.host, $log.linux, $log.ring_linux"

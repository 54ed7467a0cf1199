#!/bin/sh
# compare.sh PAGE FOLDER... - every scenario below the folders is compared with the host's own pipes
# by $PIPESIM; a line for each goes to $COMPARED. What differs must stand in the table of the page, as
# | `FILE` |, with the reason; and what stands there must differ, or be short of room on the host.
set -u
pipesim=${PIPESIM:-./pipesim}
log=${COMPARED:-$(mktemp)}
page=$1
shift
"$pipesim" compare --with host --quiet "$@" >"$log" 2>&1
status=$?
if grep -q 'cannot be compared: the host ' "$log"; then
    echo "compare: skipped: $(sed -n 's/.*cannot be compared: \(the host .*\)/\1/p' "$log" | head -n 1)"
    exit 0
fi
case $status in
    0 | 1 | 3) ;;
    *)
        echo "compare: pipesim ends with status $status" >&2
        tail -n 3 "$log" >&2
        exit 1
        ;;
esac
bad=0
for file in $(sed -n 's/^\(.*\.pipe\): differs after .*/\1/p' "$log"); do
    grep -qF "| \`$file\` |" "$page" && continue
    echo "compare: $file differs from the host, and $page does not say why:" >&2
    "$pipesim" compare --with host "$file" | tail -n 8 >&2
    bad=1
done
for file in $(sed -n 's/^| `\(.*\.pipe\)` |.*/\1/p' "$page"); do
    grep -q "^$file: differs" "$log" && continue
    echo "compare: $page says that $file differs from the host, and it does not" >&2
    bad=1
done
[ $bad = 0 ] || exit 1
echo "compare: $(tail -n 1 "$log") ($log)"

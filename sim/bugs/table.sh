#!/bin/sh
# table.sh NAME.sed... - prints the C source of the table of bugs, by their numbers.
set -eu
echo '/* Made by sim/bugs/table.sh. */'
echo '#include "sim/kernel/bugs.h"'
echo
symbols=$(for script in "$@"; do
    name=${script##*/}
    echo "$(sed -n 's/^# zoo: //p' "$script") bug_of_$(echo "${name%.sed}" | tr - _)"
done | sort -n | sed 's/.* //')
for symbol in $symbols; do
    echo "extern const struct bug $symbol;"
done
echo
echo 'const struct bug *const bugs[] = {'
for symbol in $symbols; do
    echo "    &$symbol,"
done
echo '    0,'
echo '};'

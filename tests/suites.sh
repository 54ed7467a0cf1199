#!/bin/sh
# suites.sh FOLDER - prints the C source of the table of suites: one for each FOLDER/test_NAME.c.
set -eu
names=
for file in "$1"/test_*.c; do
    [ -e "$file" ] || continue
    name=${file##*/test_}
    names="$names ${name%.c}"
done
echo "/* Made by tests/suites.sh from the files of $1. */"
echo '#include "tests/suites.h"'
echo
for name in $names; do
    echo "Suite *${name}_suite(void);"
done
echo
echo 'Suite *(*const suites[])(void) = {'
for name in $names; do
    echo "    ${name}_suite,"
done
echo '    0,'
echo '};'

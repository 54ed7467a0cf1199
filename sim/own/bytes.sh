#!/bin/sh
# bytes.sh NAME FILE - the bytes of a file as a C array of that name, and NAME_size. Only POSIX sh, od and sed
# are needed, and the program needs no such file where it runs.
set -eu
echo '#include "sim/own/bytes.h"'
echo "const unsigned char $1[] = {"
od -An -v -tx1 "$2" | sed 's/ *\([0-9a-f][0-9a-f]\)/0x\1,/g'
echo "};"
echo "const size_t $1_size = sizeof $1;"

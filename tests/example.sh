#!/bin/sh
# example.sh FOLDER - installs into FOLDER, compiles the examples of docs/ against what is installed there
# and nothing else, and compares what they print. Without `make all`: it has been made.
set -eu
root=$(pwd)
case $1 in /*) to=$1 ;; *) to=$root/$1 ;; esac
rm -rf "$to"
$MAKE -s install DESTDIR="$to" PREFIX=/usr >/dev/null
trap 'rm -rf "$to"' EXIT

# run SOURCE EXPECTED
run() {
    (cd "$to" && $CC $FLAGS -Wall -Wextra -Werror -Iusr/include -o program "$root/$1" -Lusr/lib -lpipesim)
    if ! "$to/program" >"$to/output" 2>&1 || ! printf "$2" | cmp -s - "$to/output"; then
        echo "$1: error: prints"
        cat "$to/output"
        exit 1
    fi
}

run docs/example.c 'part 0\npart 1\npart 2\npart 3\npart 4\npart 5\n'
run docs/example_suite.c 'a full pipe: ok\nthe last close: ok\n'
names=$(nm -g --defined-only "$to/usr/lib/libpipesim.a" 2>/dev/null | awk 'NF == 3 && $3 !~ /^sim_/ { print $3 }')
if command -v objcopy >/dev/null && [ -n "$names" ]; then
    echo "libpipesim.a: error: it has names that may be the program's:" $names
    exit 1
fi
echo "example: as docs/example.c says"

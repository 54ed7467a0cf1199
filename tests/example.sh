#!/bin/sh
# example.sh FOLDER - installs into FOLDER, compiles the examples of docs/ against what is installed there
# and nothing else, and compares what they print; and the program that is installed finds its labs and its
# zoo from elsewhere. Without `make all`: it has been made.
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

unset PIPESIM_LABS
installed() {
    (cd / && "$to/usr/bin/pipesim" "$@")
}
installed lab list | grep -q '^13-cheaper-pipe ' || { echo "example: error: the labs are not found where they are installed" && exit 1; }
installed lab start 4 "$to/work" >/dev/null
installed lab check "$to/work" | grep -q '^1 of 20 points' || { echo "example: error: an installed lab cannot be checked" && exit 1; }
installed lab zoo 41 | grep -q '^41: two pipes' || { echo "example: error: the zoo is not found where it is installed" && exit 1; }
echo "example: as docs/example.c says"

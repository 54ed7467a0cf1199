#!/bin/sh
# get-check.sh FOLDER - finds Check, the library of the unit tests, and installs it where that is
# possible. What the compiler needs is left in FOLDER/cflags and FOLDER/libs.
#
# In this order: what pkg-config knows; what the compiler finds by itself; the system's package
# manager, as root or with sudo where that asks nothing; on Debian and its kin without root, the
# package unpacked into FOLDER, where it disturbs nobody.
# CHECK_AS_USER=1 acts as if there were no root and no sudo: for testing this script.
set -u
folder=$1
cc=${CC:-cc}
root=$folder/root
mkdir -p "$folder"

say() { echo "check: $*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

# Compiles and links a test program with the given flags.
works() {
    cat >"$folder/try.c" <<'END'
#include <check.h>
int main(void)
{
    SRunner *runner = srunner_create(suite_create("try"));
    srunner_run_all(runner, CK_SILENT);
    srunner_free(runner);
    return 0;
}
END
    # shellcheck disable=SC2086  # the flags are several words
    $cc $1 -o "$folder/try" "$folder/try.c" -pthread $2 >"$folder/try.log" 2>&1
    result=$?
    rm -f "$folder/try" "$folder/try.c"
    return $result
}

# Writes the file only when it changes, so that nothing is compiled again for nothing.
keep() {
    [ -f "$2" ] && [ "$(cat "$2")" = "$1" ] || echo "$1" >"$2"
}

try() {
    works "$1" "$2" || return 1
    keep "$1" "$folder/cflags"
    keep "$2" "$folder/libs"
}

as_before() {
    [ -f "$folder/cflags" ] && [ -f "$folder/libs" ] &&
        works "$(cat "$folder/cflags")" "$(cat "$folder/libs")"
}

by_pkg_config() {
    have pkg-config && pkg-config --exists check &&
        try "$(pkg-config --cflags check)" "$(pkg-config --libs check)"
}

# The library is called check_pic on Debian and check elsewhere; what else it needs differs.
by_trial() {
    for name in check check_pic; do
        for others in "" "-lm" "-lrt -lm" "-lsubunit -lrt -lm"; do
            try "$1" "$2 -l$name $others" && return 0
        done
    done
    return 1
}

found() {
    as_before || by_pkg_config || by_trial "" "" ||
        { [ -d /opt/homebrew/include ] && by_trial -I/opt/homebrew/include -L/opt/homebrew/lib; }
}

# -- installing --

as_root() {
    if [ -n "${CHECK_AS_USER:-}" ]; then
        return 1
    elif [ "$(id -u)" = 0 ]; then
        "$@"
    else
        have sudo && sudo -n true 2>/dev/null && sudo -n "$@"
    fi >>"$folder/install.log" 2>&1
}

install_with_root() {
    if have apt-get; then
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y check ||
            { as_root apt-get update &&
                as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y check; }
    elif have dnf; then
        as_root dnf install -y check-devel
    elif have apk; then
        as_root apk add check-dev
    elif have pacman; then
        as_root pacman -S --noconfirm check
    else
        return 1
    fi
}

# Homebrew belongs to the user.
install_with_brew() {
    have brew && brew install check >>"$folder/install.log" 2>&1
}

# Needs no root: apt-get only fetches the packages, and they are unpacked, not installed.
unpack_packages() {
    have apt-get && have dpkg-deb || return 1
    rm -rf "$root" && mkdir -p "$root/packages" || return 1
    (
        cd "$root/packages" &&
            apt-get download check &&
            { apt-get download libsubunit-dev libsubunit0 || true; } &&
            for package in *.deb; do dpkg-deb -x "$package" ..; done
    ) >>"$folder/install.log" 2>&1 || return 1
    rm -rf "$root/packages"
}

found_unpacked() {
    [ -d "$root/usr/include" ] || return 1
    library=$(find "$root/usr/lib" -name 'libcheck*.a' 2>/dev/null | sed 1q)
    [ -n "$library" ] || return 1
    by_trial "-I$root/usr/include" "-L$(dirname "$library")"
}

# -- all of it --

found && exit 0
say "the Check library, which the unit tests need, is not there: installing it"
: >"$folder/install.log"
install_with_root && found && say "installed by the package manager" && exit 0
install_with_brew && found && say "installed by brew" && exit 0
unpack_packages && found_unpacked && say "unpacked into $root" && exit 0

cat >&2 <<END
check: it cannot be installed from here. Please install it, then say make test again:
check:     Debian, Ubuntu:  apt-get install check
check:     Fedora:          dnf install check-devel
check:     Alpine:          apk add check-dev
check:     Arch:            pacman -S check
check:     macOS:           brew install check
check:     elsewhere:       https://libcheck.github.io/check/
check: The simulator itself needs no library: make, make demo and make scenarios-run work without.
check: What was tried is in $folder/install.log.
END
exit 1

#!/usr/bin/env bash
# setup.sh - makes the container of a Gradescope autograder: a C compiler, and pipesim from its sources.
set -e
apt-get update
apt-get install -y --no-install-recommends gcc libc6-dev make
cd /autograder/source/pipesim
make -s NCURSES=no LIBEDIT=no JANSSON=no
install -m 755 pipesim /usr/local/bin/pipesim
# Students' code must not read the hidden scenarios nor write results (run_autograder).
useradd --system --create-home --shell /usr/sbin/nologin student || true

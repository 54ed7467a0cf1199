#!/bin/sh
# valgrind.sh TEST_PROGRAM - a sample of the tests under valgrind: a few scenarios with $PIPESIM, and
# the suites of TEST_PROGRAM that do not depend on speed.
set -u
pipesim=${PIPESIM:-./pipesim}
if ! command -v valgrind >/dev/null 2>&1; then
    echo "valgrind: skipped, since it is not installed"
    exit 0
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT

checked() {
    valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,possible \
        "$@" >"$log" 2>&1
    status=$?
    if [ $status != "$wanted" ]; then
        echo "valgrind: status $status, wanted $wanted: $*" >&2
        cat "$log" >&2
        exit 1
    fi
}

count=0
wanted=0
for scenario in \
    scenarios/basics/eof_after_last_write_end.pipe \
    scenarios/blocking/write_larger_than_the_pipe.pipe \
    scenarios/signals/self_pipe_trick.pipe \
    scenarios/poll/two_pipes.pipe \
    scenarios/processes/exit_ends_all_threads.pipe \
    scenarios/pipelines/sieve_of_primes.pipe; do
    checked "$pipesim" run --depth locks "$scenario"
    checked "$pipesim" run --json "$scenario"
    count=$((count + 2))
done
wanted=3
checked "$pipesim" run tests/cli/scripts/deadlock.pipe
wanted=2
checked "$pipesim" run tests/scripts/wrong/many_errors.pipe
wanted=1
checked "$pipesim" run tests/cli/scripts/failed.pipe
wanted=0
# Allocated by Check itself, and by tests that end in the middle in their own process: not our leaks.
for suite in ring pipe; do
    CK_FORK=no CK_RUN_SUITE=$suite checked "$1"
    count=$((count + 1))
done
echo "valgrind: $((count + 3)) runs, no error, no leak"

#!/bin/sh
# same_trace.sh PROGRAM... - a run is a function of script, settings and schedule: so its trace is the
# same bytes each time, whoever compiled the program and however; and a recorded schedule gives it
# again. So is a quiz one of script and seed. Each PROGRAM is a build of pipesim. All are compared with the first, which runs twice.
set -u
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

scenarios="
scenarios/basics/eof_after_last_write_end.pipe
scenarios/blocking/producer_outruns_consumer.pipe
scenarios/blocking/different_needs_on_one_queue.pipe
scenarios/close/fork_doubles_the_ends.pipe
scenarios/signals/self_pipe_trick.pipe
scenarios/signals/sigpipe_kills_in_the_middle_of_a_write.pipe
scenarios/atomic/many_producers.pipe
scenarios/poll/two_pipes.pipe
scenarios/nonblocking/write_all_with_poll.pipe
scenarios/processes/threads_share_descriptors.pipe
scenarios/pipelines/sieve_of_primes.pipe
scenarios/protocols/tokens.pipe
scenarios/deadlock/both_pipes_full.pipe"

policies="
--policy fifo
--policy rr
--policy random --seed 1
--policy random --seed 42
--policy random --seed 7 --grain locks"

# How much address space is reserved shows in no trace, but sanitizers take long to reserve much.
small="--set max_memory=32 --set max_processes=64"

# Prints what the program $1 makes of the scenario $2.
all_traces() {
    echo "$policies" | while read -r policy; do
        [ -n "$policy" ] || continue
        # shellcheck disable=SC2086  # the policy is several words
        for shape in "--depth calls" "--depth queue" "--depth locks" "--json" \
            "--format chart --ascii" "--format mermaid"; do
            echo "== $policy $shape"
            "$1" run $small $policy $shape "$2" 2>&1
        done
    done
    for seed in 0 1 7 ada; do
        echo "== quiz --seed $seed"
        "$1" quiz --seed $seed --answers "$2" 2>&1
    done
}

# The trace without its last line, which says how to get it again.
trace_alone() {
    sed '$d'
}

replays() {
    echo "$policies" | while read -r policy; do
        [ -n "$policy" ] || continue
        # shellcheck disable=SC2086  # the same
        "$1" run $small --depth locks $policy --save-schedule "$work/schedule" "$2" 2>&1 | trace_alone \
            >"$work/recorded"
        "$1" run $small --depth locks --schedule "@$work/schedule" "$2" 2>&1 | trace_alone \
            >"$work/replayed"
        if ! cmp -s "$work/recorded" "$work/replayed"; then
            echo "$2: with $policy, replaying the schedule gives another run:" >&2
            diff "$work/recorded" "$work/replayed" | head -n 6 >&2
            exit 1
        fi
    done
}

traces=0
bad=0
for scenario in $scenarios; do
    all_traces "$1" "$scenario" >"$work/wanted"
    traces=$((traces + $(grep -c '^== ' "$work/wanted")))
    for program in "$@" "$1"; do
        case $program in /*) ;; *) program=$here/$program ;; esac
        all_traces "$program" "$scenario" >"$work/got"
        if ! cmp -s "$work/wanted" "$work/got"; then
            echo "$scenario: $program gives another trace than $1:" >&2
            diff "$work/wanted" "$work/got" | head -n 6 >&2
            bad=$((bad + 1))
        fi
    done
    replays "$1" "$scenario" || bad=$((bad + 1))
done
[ $bad = 0 ] || exit 1
echo "same trace: $traces traces, the same bytes from $(($# + 1)) runs each; replayed schedules give them again"

#!/bin/sh
# mutants.sh FOLDER COMPILE LINK - bugs that the family of tests/sim/test_verify.c was not made for: each
# changes a line or two of ringbuf/pipe.c; the test program is linked with that pipe, and the suite must
# fail. FOLDER/pipe.c is what COMPILE compiles, FOLDER/test_sim what LINK makes.
set -eu
folder=$1
compile=$2
link=$3
bad=0
count=0

# mutant WHAT SED: the pipe, changed.
mutant() {
    count=$((count + 1))
    sed "$2" ringbuf/pipe.c >"$folder/pipe.c"
    if cmp -s ringbuf/pipe.c "$folder/pipe.c"; then
        echo "mutants: '$1' changes nothing any more" >&2
        bad=$((bad + 1))
        return
    fi
    sh -c "$compile"
    sh -c "$link"
    if CK_RUN_SUITE=verify CK_RUN_CASE=pipe "$folder/test_sim" >"$folder/log" 2>&1; then
        echo "not found: $1"
        bad=$((bad + 1))
    else
        echo "found:     $1"
        sed -n '/:[FE]:/{s/^[^:]*:[0-9]*:[FE]:[^:]*:\([a-z_]*\):[0-9]*: /           \1: /p;q;}' "$folder/log"
    fi
}

mutant 'a write that is not atomic waits for room for all of it' \
    's/ == PIPE_BYTES && n <= atomic_limit(p) ? n : 1;/ == PIPE_BYTES ? n : 1;/'
mutant 'a small write goes in piece by piece' \
    's/return p->store.kind == PIPE_BYTES && n <= atomic_limit(p) ? n : 1;/return 1;/'
mutant 'what is atomic ignores the capacity' \
    's/return p->atomic < capacity ? p->atomic : capacity;/return p->atomic;/'
mutant 'a reader that leaves bytes behind wakes nobody' \
    '/^    if (slept && store_used/,/^        wake_one_reader/d'
mutant 'a writer that leaves room behind wakes nobody' \
    '/^    if (slept && p->readers > 0)/,/^        wake_writers_that_fit/d'
mutant 'the needs of sleeping writers are forgotten when one more goes to sleep' \
    's/^    if (p->sleeping_writers == 0) {/    if (p->sleeping_writers != 0) {/'
mutant 'a resize wakes nobody' \
    '/^    if (p->store.kind == PIPE_SLOTS)$/,/^        wake_all_writers(p);/d'
mutant 'an interrupted reader is not told so' \
    '/^static int why_reader_leaves/,/^}/{s/slept && interrupted(p)/0/;s/interrupted(p) ? -EINTR : 0/0/;}'
mutant 'the test for readers is made before the sleep only' \
    's/return store_room(&p->store) >= need || p->readers == 0;/return store_room(\&p->store) >= need;/'
mutant 'end of file before the last bytes are out' \
    's/^    if (result == 0)$/    if (result == 0 \&\& p->writers > 0)/'
mutant 'a pipe of one byte is woken too late: more than one byte must be free' \
    's/store_room(&p->store) < p->least_need)/store_room(\&p->store) <= p->least_need)/'
mutant 'who closes one of two write ends tells the readers that all are gone' \
    's/^    p->writers--;/    p->writers = 0;/'
mutant 'a byte is announced only if the reader sleeps already when the write begins' \
    's/^    if (used_before == 0)$/    if (used_before == 0 \&\& p->sleeping_readers == 1)/'
mutant 'the broadcast to writers goes to the readers' \
    's/pthread_cond_broadcast(&p->not_full)/pthread_cond_broadcast(\&p->not_empty)/'
mutant 'EPIPE also when some bytes went in' \
    's/return done > 0 ? (ssize_t)done : error;/return error != 0 ? error : (ssize_t)done;/'

mutant 'two that splice take the locks in the order of their arguments' \
    's/first = p < q ? p : q, \*second = p < q ? q : p;/first = p, *second = q;/'
mutant 'a splice that frees a slot wakes no writer' \
    's/^        room_has_grown(from, room_before);/        ;/'
mutant 'a splice that brings bytes wakes no reader' \
    's/^    bytes_have_come(to, used_before);//'

echo "mutants: $((count - bad)) of $count are found"
[ $bad = 0 ]

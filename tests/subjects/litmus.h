/* litmus.h - small programs of lock operations, written as text: for what an exploration must get
 * right.
 *
 * A thread is a row of operations, a letter and a digit each:
 *   L2 U2  locks and unlocks mutex 2
 *   F1 G1  adds one to flag 1, takes one away
 *   W3     waits on condition 3 while flag 3 is 0
 *   I3     the same with `if` for `while`
 *   T2 E2  tries to lock mutex 2; unlocks it. What is between them is done only if it succeeded
 *   K3     as W3, but gives up two ticks later; then it notes so
 *   S3 B3  signals condition 3, or broadcasts
 *   N0     notes that it was here: in which order threads do this is part of the outcome
 * Conditions 0 and 1 belong to mutex 0, 2 and 3 to mutex 1, and so on. */
#ifndef TESTS_SUBJECTS_LITMUS_H
#define TESTS_SUBJECTS_LITMUS_H

#include "tests/subjects/threaded.h"

enum { LITMUS_THREADS = 4 };

struct litmus {
    const char *before;                  /* what is done before the threads begin; F and G only */
    const char *threads[LITMUS_THREADS]; /* up to the first NULL; created in this order */
};

/* The texts are borrowed. */
void litmus_open(struct threaded *t, const struct litmus *l, struct freedom freedom);

#endif

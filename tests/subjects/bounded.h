/* bounded.h - the bounded buffer: producers, consumers, one mutex, and condition variables; right, or
 * wrong in one of the two ways in which it is commonly wrong. */
#ifndef TESTS_SUBJECTS_BOUNDED_H
#define TESTS_SUBJECTS_BOUNDED_H

#include "tests/subjects/threaded.h"

struct bounded_problem {
    int producers, each_puts;
    int consumers, each_takes;
    enum { CONDITIONS_TWO, CONDITIONS_ONE } conditions; /* one: it may wake the wrong thread */
    enum { WAITS_WHILE, WAITS_IF } waits;     /* if: it may go on with the buffer full, or empty */
    enum { ITEMS_ALIKE, ITEMS_DIFFER } items; /* differ: who has got which makes an outcome */
    const char *created; /* borrowed; "pcpc": in this order; NULL: the producers first */
};

/* Problems whose number of executions is known, with a step for each lock operation; unlocking is
 * part of the step before it. GenMC, Nidhugg on modelled condition variables, and enumeration agree
 * on those of the first six. */
struct bounded_known {
    const char *name;
    struct bounded_problem problem;
    uint64_t
        executions[2][3]; /* by enum wake and enum threaded_verdict; no sum is 0 but the unknown */
};
enum { BOUNDED_SMALL = 6, BOUNDED_KNOWN = 9 };
extern const struct bounded_known bounded_known[BOUNDED_KNOWN];

/* All threads put as much as all take; the capacity is 1. */
void bounded_open(struct threaded *t, const struct bounded_problem *p, struct freedom freedom);

#endif

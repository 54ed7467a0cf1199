/* samples.h - random executions, where there are too many for all of them.
 *
 * Of ten executions five choose evenly among those who can go on; three give each next step a random
 * rank and take the highest; two are PCT (Burckhardt, Kothari, Musuvathi, Nagarakatte 2010): tasks have
 * random priorities, and at d - 1 random points the one who runs falls below all others. A bug that
 * needs d events in a certain order is found by one such execution with a probability of at least
 * 1 / (n * k^(d-1)), n tasks and k choices; d goes round from 2 to 5. */
#ifndef SIM_EXPLORE_SAMPLES_H
#define SIM_EXPLORE_SAMPLES_H

#include "sim/explore/endings.h"
#include "sim/explore/states.h"

struct samples {
    uint64_t count, seed; /* the same seed gives the same executions */
    struct bounds bounds; /* seconds only */
    bool (*stop)(void *ctx,
                 const struct samples *s); /* called now and then; true: stop. May be NULL */
    void *ctx;

    /* found: */
    struct endings endings;
    uint64_t executions, steps;
    uint64_t pct;            /* executions that were PCT */
    uint32_t tasks, choices; /* the most that an execution had */
    enum search_end end;
    double seconds;
};

/* The subject has been set up and has not run. Its arena is left in some state. */
void samples_search(struct samples *s, struct execution *x);
void samples_fini(struct samples *s);

/* The probability that so many executions with d find a bug of that depth: a lower bound. */
double samples_probability(const struct samples *s, int d);

#endif

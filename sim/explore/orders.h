/* orders.h - the second engine: one execution for each class of those that differ only in the order
 * of independent steps, without remembering states. It is the check on the first (states.h), and says
 * how many really different executions there are.
 *
 * Source-DPOR (Abdulla, Aronis, Jonsson, Sagonas 2014) with sleep sets: an execution is made; each
 * pair of steps in it that race (the second could have been made before the first) makes another
 * choice at the point before the first; and so on, depth first. Without reduction every choice is
 * made, and the same code enumerates all orders. */
#ifndef SIM_EXPLORE_ORDERS_H
#define SIM_EXPLORE_ORDERS_H

#include "sim/explore/endings.h"
#include "sim/explore/states.h"

struct orders {
    enum { ORDERS_THAT_DIFFER, ORDERS_ALL } which;
    struct bounds bounds; /* preemptions: must not be bounded, unless all orders are made */
    uint32_t part, parts; /* as in states.h */
    bool (*stop)(void *ctx,
                 const struct orders *o); /* called now and then; true: stop. May be NULL */
    void *ctx;

    /* found: */
    struct endings endings;
    uint64_t executions; /* that came to an end */
    uint64_t blocked;    /* that were given up, since all that could follow is followed elsewhere */
    uint64_t steps;
    enum search_end end;
    bool bounded;
    double covered, seconds;
};

/* The subject has been set up and has not run. Its arena is left in some state. */
void orders_search(struct orders *o, struct execution *x);
void orders_fini(struct orders *o);

#endif

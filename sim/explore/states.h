/* states.h - the search through all states: depth first, going back by snapshots, and never twice
 * into the same state. */
#ifndef SIM_EXPLORE_STATES_H
#define SIM_EXPLORE_STATES_H

#include "sim/explore/graph.h"

/* What a search may use up. 0: no bound. */
struct bounds {
    uint64_t executions;
    uint64_t bytes;
    double seconds;
    int64_t preemptions; /* of an execution; < 0: no bound */
};

enum search_end {
    SEARCH_COMPLETE,
    SEARCH_EXECUTIONS, /* a bound was reached */
    SEARCH_BYTES,
    SEARCH_SECONDS,
    SEARCH_STOPPED /* somebody said stop */
};

struct search {
    struct bounds bounds;
    bool everything; /* nothing is left out because it concerns nobody else */
    /* Only the part-th of so many parts, from 1; 0: all. Choices down to some depth are dealt out. */
    uint32_t part, parts;
    /* Called now and then; true: stop. May be NULL. */
    bool (*stop)(void *ctx, const struct search *s);
    void *ctx;

    /* found: */
    struct graph graph;
    uint64_t executions; /* that came to an end, or to a state that was known */
    uint64_t steps;
    enum search_end end;
    bool bounded;   /* a preemption was not made because of the bound */
    double covered; /* an estimate of the part that was searched: 1 when it is complete */
    double seconds;
    uint32_t deepest;
};

/* The subject has been set up and has not run. Its arena is left in some state. */
void states_search(struct search *s, struct execution *x);
void search_fini(struct search *s);

#endif

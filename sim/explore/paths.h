/* paths.h - what can be said of a graph without running anything again: how many executions it
 * stands for, which cycles can go on for ever, and the easiest way to an ending. */
#ifndef SIM_EXPLORE_PATHS_H
#define SIM_EXPLORE_PATHS_H

#include "sim/explore/graph.h"

/* -- counting ---------------------------------------------------------------------------------- */

/* A number of executions. */
struct tally_of_paths {
    uint64_t high, low;
    bool infinite; /* a cycle lies on the way */
    bool too_many; /* to be counted in 128 bits */
};

/* Decimal digits, in groups of three; "infinitely many"; "more than 3.4e38". */
void paths_format(struct tally_of_paths n, char *text, size_t size);
struct tally_of_paths paths_sum(struct tally_of_paths a, struct tally_of_paths b);

/* A set of states that can go on for ever, with all who can run running. */
struct cycle {
    uint32_t node;   /* one of them */
    uint64_t movers; /* who runs in it */
    bool progress;   /* something is done in it: it is work without end, not a livelock */
};

struct paths {
    struct tally_of_paths all;
    struct tally_of_paths *of_ending; /* owned; by number */
    struct cycle *cycles;             /* owned */
    uint32_t cycle_count;
};

/* False: memory is short. */
bool paths_count(struct paths *p, const struct graph *g);
void paths_fini(struct paths *p);

/* -- the easiest way --------------------------------------------------------------------------- */

struct route {
    struct move *moves; /* owned */
    uint32_t count;
    struct cost cost;
};

/* For each i below `count` the way from the first state with the fewest preemptions, then switches,
 * then steps, to a node for which target(ctx, node) is i (NO_NODE: it is none). routes[i].moves is
 * NULL where there is none. False: memory is short. */
bool paths_easiest(const struct graph *g, uint32_t (*target)(const void *ctx, uint32_t node),
                   const void *ctx, struct route *routes, uint32_t count);
void route_fini(struct route *r);

#endif

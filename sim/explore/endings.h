/* endings.h - the endings that executions came to, for searches that keep no graph. */
#ifndef SIM_EXPLORE_ENDINGS_H
#define SIM_EXPLORE_ENDINGS_H

#include "sim/explore/paths.h"

struct met_ending {
    struct ending ending;
    uint64_t executions;
    struct route route; /* owned: of the easiest of them */
};

/* All zero is empty. */
struct endings {
    struct met_ending *at; /* owned */
    uint32_t count;
};

/* The same verdict, outcome and failure? */
bool ending_same(const struct ending *a, const struct ending *b);

/* One more execution came to e. NULL: memory is short. */
struct met_ending *endings_meet(struct endings *all, const struct ending *e);
void endings_fini(struct endings *all);

#endif

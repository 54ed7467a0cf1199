/* scenario.h - a script as a subject of exploration, and its executions made again: for the schedule
 * that repeats them, and for what they were like. One at a time, since there is one arena. */
#ifndef SIM_EXPLORE_SCENARIO_H
#define SIM_EXPLORE_SCENARIO_H

#include "sim/explore/paths.h"
#include "sim/run/run.h"

struct scenario {
    const struct program *program; /* borrowed */
    struct run_options options;
    struct run *run;
    struct subject subject;
    struct execution execution;
    struct snapshot *start;    /* owned: everything is set up, nobody has run */
    struct diag_list messages; /* of the execution under way: nobody reads them */
    const char *broken;        /* of the invariant, in this state; or NULL */
};

/* Of the options count: overrides, freedom, outcome; all is borrowed. False after a message. */
bool scenario_open(struct scenario *s, const struct program *program,
                   const struct run_options *options, struct diag_list *diags);
void scenario_close(struct scenario *s);

/* Follows a route from the start to its ending, and writes down all choices. Steps that concern nobody
 * are made as late as they can be, so that there are no needless switches. Also what it cost. NULL when
 * memory is short; to be freed. A route that leads to no ending (NULL) is followed as it is. */
char *scenario_schedule(struct scenario *s, const struct route *route, const struct ending *ending,
                        struct cost *cost);

#endif

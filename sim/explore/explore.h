/* explore.h - all that can happen in a scenario: every outcome, every way to fail, and for each the
 * schedule that shows it most easily.
 *
 * An outcome is what an execution comes to: the results of the calls of each process, what was printed,
 * how each process ended, and whether what the script says came true (enum outcome_detail says how
 * much of it counts). A failure is what went wrong: the same deadlock, or the same expectation that
 * did not come true, is one failure, in however many outcomes. */
#ifndef SIM_EXPLORE_EXPLORE_H
#define SIM_EXPLORE_EXPLORE_H

#include "sim/explore/paths.h"
#include "sim/explore/states.h"
#include "sim/run/run.h"

/* How the orders are cut down to those that can differ. */
enum reduction {
    REDUCTION_STATES, /* no state is gone into twice (states.h) */
    REDUCTION_ORDERS, /* one execution for each class of those that differ only in the order of
                         independent steps (orders.h) */
    REDUCTION_NONE    /* every order there is */
};

struct explore_options {
    const struct run_options *run; /* borrowed: overrides, freedom, outcome */
    enum reduction reduction;
    struct bounds bounds;
    bool exact;
    uint64_t samples, seed; /* samples > 0: so many random executions instead of all */
    uint32_t part, parts;
    /* Called now and then; true: stop. */
    bool (*progress)(void *ctx, uint64_t executions, uint64_t states, double seconds);
    void *ctx;
};

/* One possible outcome, or one failure. */
struct finding {
    struct ending ending;
    enum verdict verdict;
    struct tally_of_paths executions; /* that come to it */
    char *schedule;                   /* owned; the easiest execution, as --schedule takes it */
    struct cost cost;                 /* of that */
    uint32_t failure;                 /* outcomes: the number of its failure, or NO_NODE */
};

/* What a sample was like (samples.h). */
enum { SAMPLE_LEAST_DEPTH = 2, SAMPLE_MOST_DEPTH = 5 };

struct sample {
    uint32_t tasks, choices; /* the most that an execution had */
    uint64_t pct;            /* executions that were PCT; 0: this was no sample */
    double probability[SAMPLE_MOST_DEPTH - SAMPLE_LEAST_DEPTH + 1]; /* by depth: that a bug of that
                                                                       depth was found, at least */
};

/* A way to go on for ever. */
struct endless {
    struct cycle cycle;
    char *who;      /* owned; the processes that go round, with commas */
    char *schedule; /* owned; the easiest way there */
    struct cost cost;
};

struct exploration {
    struct finding *outcomes; /* owned; the good ones first, then by the easiest execution */
    size_t outcome_count;
    struct finding *failures; /* owned; the easiest first */
    size_t failure_count;

    struct tally_of_paths executions; /* all schedules */
    uint64_t made;                    /* executions that were really made, wholly or in part */
    uint64_t blocked;                 /* REDUCTION_ORDERS: begun in vain */
    enum reduction
        reduction; /* as asked, but orders are not cut down where claims judge each state */
    uint64_t states, stretches;
    double seconds;
    enum search_end end;
    bool bounded;           /* by preemptions */
    double covered;         /* of all schedules; an estimate unless complete */
    struct sample sample;   /* of a search by samples */
    uint64_t claims_met;    /* `sometimes` claims that held in some state: a bit for each */
    struct endless *cycles; /* owned; livelocks first; at most 100 */
    size_t cycle_count;
};

/* NULL when the scenario cannot start, or memory is short: then diags says why. */
struct exploration *explore(const struct program *program, const struct explore_options *options,
                            struct diag_list *diags);
void exploration_free(struct exploration *e);

/* One execution again, as `run` makes it. The schedule is borrowed; sinks may be NULL. `messages` may be
 * NULL. With its ending, and a hash of all its events, unless they are NULL. */
enum verdict explore_again(const struct program *program, const struct run_options *options,
                           const char *schedule, const struct trace_sink *sinks, size_t sink_count,
                           struct diag_list *messages, struct ending *ending);

/* What that execution costs, and how it ends. */
struct cost explore_cost(const struct program *program, const struct run_options *options,
                         const char *schedule, struct ending *ending);

#endif

/* model.h - a scenario on a model of the pipe, recorded.
 *
 * Who goes on at each choice is settled by one rule, so that the record is one that another pipe can
 * be asked for (record.h): whoever has been woken in the middle of a call, or has to die, goes first;
 * then the one who is running; then the one who has waited longest. */
#ifndef SIM_COMPARE_MODEL_H
#define SIM_COMPARE_MODEL_H

#include "sim/compare/record.h"
#include "sim/run/run.h"

/* An end of a pipe that a process has at time 0. */
struct end_at_start {
    int actor, fd, pipe;
    enum pipe_end end;
};

struct model {
    const struct program *program; /* borrowed */
    struct record record;
    size_t starters;           /* actors that are there at time 0: the first ones */
    struct end_at_start *ends; /* owned */
    size_t end_count, end_room;
    struct pipe_size {
        int64_t capacity, atomic;
        char *name; /* owned */
        enum { PIPE_IS_PIPE, PIPE_IS_FIFO, PIPE_IS_SOCKET /* a direction of a connection */ } kind;
    } * pipes; /* owned: all of the run */
    size_t pipe_count, pipe_room;
    size_t declared;          /* pipes of time 0: the first ones */
    struct settings settings; /* as they were in force */
    enum verdict verdict;     /* of the run */
};

/* A moment at which several had to go on: it was number `taken` of them, as the rule has them. */
struct turn {
    size_t round; /* 1 + the one under way; 0: none was */
    int among, taken;
};

/* The moments of a run, in their order. */
struct turns {
    struct turn *turns; /* owned */
    size_t count, room;
};

/* False after a message; what is in it must be freed in any case. */
bool model_run(struct model *m, const struct program *program, const struct run_options *options,
               struct diag_list *diags);
void model_free(struct model *m);

/* The same in another order: at the first moments the turn is his whom `turns` names, at the others by the
 * rule. `turns` becomes all moments that there were. */
bool model_run_in_order(struct model *m, const struct program *program,
                        const struct run_options *options, struct turns *turns,
                        struct diag_list *diags);

#endif

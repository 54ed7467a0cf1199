/* execution.h - makes a subject go from one choice to the next, and keeps account of what that cost.
 *
 * Where only one thing can happen it happens; so a stretch of an execution is what follows a choice,
 * up to the next one with at least two possibilities, or to the end. */
#ifndef SIM_EXPLORE_EXECUTION_H
#define SIM_EXPLORE_EXECUTION_H

#include "sim/explore/subject.h"

/* What makes an execution hard to follow. A preemption takes the processor from a task that could have
 * gone on; a switch is any change of tasks. */
struct cost {
    uint32_t preemptions, switches, steps;
};

struct cost cost_sum(struct cost a, struct cost b);
/* < 0: a is less. Preemptions count first, then switches, then steps. */
int cost_compare(struct cost a, struct cost b);

/* A choice by numbers, to be stored. */
struct move {
    uint8_t kind; /* enum choice_kind */
    bool silent; /* its task made one step, that concerned nobody: it might as well be made later */
    uint16_t task;
};

enum { NO_TASK = 0xffff };

struct execution {
    const struct subject *subject; /* borrowed */
    struct step_watch watch;       /* for the subject's sched_config */
    struct step_watch also;        /* is told the same, if its functions are not NULL */
    struct sched_choice
        choices[SCHED_CHOICES_MOST]; /* at a choice: the one who goes on comes first */
    size_t count;
    enum sched_end end;
    bool ended;

    /* of the last stretch */
    uint32_t steps, switches; /* switches: after its first step */
    bool local;               /* its first step concerned nobody else */
    bool progress;
    uint64_t movers; /* the tasks below 64 that made a step */

    uint16_t last; /* who made the last step, or NO_TASK */
    void (*on_choice)(void *ctx,
                      struct sched_choice c); /* each one made, forced or not; may be NULL */
    void *ctx;
};

/* x->watch may be given to the scheduler from here on. */
void execution_init(struct execution *x, const struct subject *subject);

/* From the start, or with a choice made, to the next choice or the end. */
void execution_start(struct execution *x);
void execution_go(struct execution *x, struct sched_choice choice);

/* The same, and returns what that has cost, with the choice itself. */
struct cost execution_go_at_cost(struct execution *x, struct sched_choice choice);

/* Does a choice take the processor from a task that has made the last step and could go on? It is one
 * of `count` choices. */
bool choice_preempts(const struct sched_choice *choices, size_t count, struct sched_choice c,
                     uint16_t last);

/* After a snapshot has been put back that was taken at a choice. The choices are not looked at again:
 * whoever took the snapshot has kept them. */
void execution_resume(struct execution *x, uint16_t last);

struct move move_of(struct sched_choice c);
/* The choice that a move stands for here; kind and task must be among x->choices. NULL: none is. */
const struct sched_choice *execution_find(const struct execution *x, struct move m);

#endif

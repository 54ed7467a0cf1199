/* subject.h - what is explored: tasks under the scheduler that have been set up in the arena, with
 * POLICY_ASKED, and have not yet run. A scenario is one (scenario.h), the tests have others. */
#ifndef SIM_EXPLORE_SUBJECT_H
#define SIM_EXPLORE_SUBJECT_H

#include "sim/sched/digest.h"
#include "sim/sched/sched.h"

/* How an execution ended. Two endings with the same outcome are the same for whoever asks what can
 * happen; those that went wrong with the same failure are shown once. */
struct ending {
    struct digest outcome, failure;
    int verdict;     /* the subject's own; 0: nothing went wrong */
    uint64_t broken; /* the claims that did not come true, a bit for each; part of the outcome */
};

struct subject {
    void *ctx;

    /* Feeds all that determines how it goes on and what its ending will be. */
    void (*digest)(void *ctx, struct digest *d);

    /* The same without what has been: two states that feed the same go on alike, whatever their
     * endings will tell of the way to them. For loops that never end. NULL: there are none. */
    void (*present)(void *ctx, struct digest *d);

    /* After sched_run has returned `end`, which is not SCHED_PAUSED. May change the state, which is
     * then left. */
    struct ending (*end)(void *ctx, enum sched_end end);

    /* Has the step that was just made changed something, other than who has tried what? For telling
     * a livelock from work. NULL: always. */
    bool (*progress)(void *ctx);

    /* NULL, or what is wrong with the state between two steps: the execution ends there, as one that
     * was stopped. NULL: nothing can be. */
    const char *(*check)(void *ctx);

    /* Must nothing be left out: is every state looked at by itself? Else, steps that concern nobody
     * else are made at once. */
    enum { SUBJECT_HIDES, SUBJECT_SHOWS } states;

    /* Is there an operation whose result tells whether a lock is held (trylock)? Then to let one go
     * concerns others. */
    enum { LOCKS_ARE_TAKEN, LOCKS_ARE_TRIED } locks;
};

#endif

/* recorder.h - inside compare/: makes a record of a run while it goes on, from its events and from what a
 * watch of its calls is told. */
#ifndef SIM_COMPARE_RECORDER_H
#define SIM_COMPARE_RECORDER_H

#include "sim/compare/model.h"

enum { RECORDER_DEPTH = 16, NO_ROUND = 0 };

/* A signal handler that was set up; of several at once the last one begins first. */
struct handler {
    int signal;
    bool begun;
};

/* Rounds by 1 + their number; NO_ROUND: none. */
struct recorded {
    size_t open[RECORDER_DEPTH + 1]; /* the round of the call it is in, inside so many handlers */
    struct handler handlers[RECORDER_DEPTH];
    int depth;
    bool fresh; /* nothing was done since the last handler was set up */
    struct effect
        held[RECORDER_DEPTH + 1]; /* results: told once the handlers that came with them are over */
    /* The round whose cause lets it go on: its own, or that of whoever woke it. There its effects
     * belong, though others may have begun rounds since. */
    size_t due;
    bool signalled; /* since its last call returned */
    enum sleep_on sleeps_on;
    int pipe;             /* of its call */
    bool ends;            /* its block is over, and it is not yet gone */
    bool urgent;          /* a signal, or the end of its process, concerns it */
    bool spun;            /* its last call was in vain */
    uint64_t ready_since; /* the event by which it became so, or its last one */
};

struct recorder {
    struct model *model;
    struct record *record;
    struct run *run;
    struct recorded *actors; /* owned */
    size_t actor_room;
    bool too_deep;
};

/* For the options of the run; it must be told of as the recorder's `run` before it goes on. */
struct call_watch recorder_watch(struct recorder *r);
struct trace_sink recorder_sink(struct recorder *r);

/* Has the actor begun a call that has not returned, or its end? */
bool recorder_in_call(const struct recorder *r, int actor);

/* The run is over. */
void recorder_end(struct recorder *r);

#endif

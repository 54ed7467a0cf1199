/* call_watch.h - the calls of a run as data, for whoever makes the same calls elsewhere: on another
 * pipe, or on the host (sim/compare).
 *
 * A watch is told, by the thread that makes the call and with the kernel lock held, what the events
 * of the trace (event.h) do not say: the arguments and results themselves instead of their text, and
 * where a signal handler or a block is over. It is told just before the event. */
#ifndef SIM_RUN_CALL_WATCH_H
#define SIM_RUN_CALL_WATCH_H

#include <stddef.h>
#include <stdint.h>

enum { WATCHED_NUMBERS = 40 };

struct watched_call {
    int actor, line;
    int depth;        /* how many signal handlers run around it */
    const char *name; /* "read" */
    enum { MADE_FIRST, MADE_AGAIN /* after a signal */ } made;
    /* The arguments: one that is bytes stands as its size, a process as its number, a handler as
     * HANDLER_IGNORE, HANDLER_DEFAULT or >= 0. `count` may be more than there is room for. */
    int64_t numbers[WATCHED_NUMBERS];
    int count;
    const char *bytes; /* borrowed: the argument that is bytes, or all pieces of writev; or NULL */
    size_t size;
};

/* How a call ends: value2 of EV_RETURN. */
enum call_end { CALL_RETURNS, CALL_RESTARTS, CALL_IS_THE_LAST };

struct watched_result {
    int actor;
    enum call_end end;
    int64_t value;                    /* or a negative errno of the host */
    const char *bytes;                /* borrowed: what a read gave, `value` bytes; or NULL */
    int64_t asked;                    /* a read: how many were asked for */
    int pair[2];                      /* pipe, socketpair: the descriptors */
    int revents[WATCHED_NUMBERS / 2]; /* poll: of each entry */
};

struct call_watch {
    void *ctx;
    void (*begins)(void *ctx, const struct watched_call *call);
    void (*returns)(void *ctx, const struct watched_result *result);
    void (*handler_runs)(void *ctx, int actor); /* what comes now interrupts it */
    void (*handler_over)(void *ctx, int actor);
    void (*block_over)(void *ctx, int actor); /* not by exit or a signal */
};

#endif

/* slot.h - inside host/: what the stage and one puppet share.
 *
 * It lies in memory that is mapped before the first fork, so all processes see the same. Who writes
 * what: the stage the order, while the puppet waits; the puppet all the rest, but for `taken`. An order
 * is complete when it is said so through the slot's order descriptor, an eventfd: in a read of it the
 * puppet waits. */
#ifndef SIM_HOST_SLOT_H
#define SIM_HOST_SLOT_H

#include "sim/host/host.h"

#include <pthread.h>
#include <stdatomic.h>

enum slot_phase {
    PHASE_UNBORN,
    PHASE_ORDERED, /* an order is on its way to it */
    PHASE_CALLS,   /* it makes a call, or has been called away from it and comes back */
    PHASE_WAITS,   /* for orders */
    PHASE_ENDS
};

struct order {
    int call; /* of the table of calls.h, or one of these: */
    enum { ORDER_CALL, ORDER_END_BLOCK, ORDER_END_HANDLER } kind;
    int64_t numbers[HOST_NUMBERS];
    int count;
    size_t size; /* bytes in the slot */
    int child;
};

/* As struct host_report, with the host's own numbers of processes. */
struct report {
    enum { REPORT_RETURNED, REPORT_HANDLES } kind;
    int call, signal, depth;
    int64_t value;
    int pair[2];
    int revents[HOST_NUMBERS / 2];
};

enum { SLOT_REPORTS = 32 };

struct slot {
    _Atomic int phase, pid, tid;
    _Atomic int call; /* PHASE_CALLS: which */
    struct order order;
    struct report reports[SLOT_REPORTS];
    _Atomic unsigned made; /* reports */
    unsigned taken;        /* by the stage */
    int depth;             /* of handlers */
    pthread_t thread;
    int joinable;
};

/* What all puppets know; in memory of their own, from before the first fork. */
struct stage {
    struct slot *slots; /* shared */
    char *bytes;        /* shared: HOST_DEPTH times `room` for each slot */
    size_t room;
    int count;
    int base;         /* descriptors from here on are the stage's: two for each slot, */
    int max_files;    /* then the pipes' ends, until the puppets have them */
    int64_t capacity; /* of new pipes; 0: as they come */
};

extern struct stage the_stage;

static inline int order_fd(int actor)
{
    return the_stage.base + 2 * actor;
}

static inline int gate_fd(int actor)
{
    return the_stage.base + 2 * actor + 1;
}

static inline char *slot_bytes(int actor, int depth)
{
    return the_stage.bytes + ((size_t)actor * HOST_DEPTH + (size_t)depth) * the_stage.room;
}

/* puppet.c: in a new process, becomes the actor and obeys. Do not return. */
_Noreturn void puppet_begin(int actor);

/* calls.c needs these: a child of this process, a thread of it; what the slot of the caller is. */
int64_t puppet_fork(int child);
int64_t puppet_thread(int child);
int64_t puppet_join(int actor);
int64_t puppet_catch(int signal, int64_t handler, int flags);
int puppet_self(void);

#endif

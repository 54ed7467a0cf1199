/* patience.h - how long a caller looks before it sleeps. A matter of speed only: take every call
 * of it out of pipe.c, and pipe.c is as right as before.
 *
 * Putting a thread to sleep and waking it on another processor costs some 20 us, and the other side
 * of a busy pipe is usually done sooner. So a caller that would sleep gives the lock up and looks,
 * for a while, at a copy of what is in the pipe. How long adapts: the full time while looking pays;
 * a quarter of the last time after each look in vain, down to none (both threads may share one
 * processor, where nothing comes while one looks); now and then the full time is tried again.
 *
 * Compiled for the simulator (RINGBUF_CONTROLLED) nobody ever looks: there, nothing changes while
 * one process runs. */
#ifndef RINGBUF_PATIENCE_H
#define RINGBUF_PATIENCE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* For patience_tell, when no wait makes sense any more (an end was closed). */
#define PATIENCE_NO_WAITING ((size_t)-1)

#ifdef RINGBUF_CONTROLLED

struct patience {
    char unused;
};
static inline void patience_init(struct patience *it)
{
    (void)it;
}
static inline void patience_tell(struct patience *it, size_t used, size_t room)
{
    (void)it, (void)used, (void)room;
}
static inline bool patience_takes(pthread_mutex_t *lock)
{
    (void)lock;
    return false;
}
static inline void patience_for_bytes(struct patience *it, pthread_mutex_t *lock)
{
    (void)it, (void)lock;
}
static inline void patience_for_room(struct patience *it, pthread_mutex_t *lock, size_t need)
{
    (void)it, (void)lock, (void)need;
}

#else

#include <stdatomic.h>

struct look {
    atomic_size_t there;   /* a copy, written under the pipe's lock, read without it */
    atomic_uint budget_ns; /* how long the next caller looks */
    atomic_uint failures;
};

struct patience {
    char apart[64]; /* from the lock: whoever looks should not slow down whoever works */
    struct look used, room;
    char apart_too[64];
};

void patience_init(struct patience *it);

/* Called with the lock held when the bytes in the pipe, or the room, have changed. */
void patience_tell(struct patience *it, size_t used, size_t room);

/* True: the lock was free, or soon became so, and the caller holds it. False: it is the caller's to
 * take. Whoever holds a pipe's lock gives it back within the time of a copy, while to sleep for it
 * and be woken takes far longer. */
bool patience_takes(pthread_mutex_t *lock);

/* Called, and return, with the lock held. Unless there are bytes, or so much room, they give the
 * lock up in between and look until there seem to be, or the budget is spent. As after any sleep
 * the caller tests its condition when they return. */
void patience_for_bytes(struct patience *it, pthread_mutex_t *lock);
void patience_for_room(struct patience *it, pthread_mutex_t *lock, size_t need);

#endif
#endif

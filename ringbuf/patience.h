/* patience.h - how long a caller looks before it takes the lock and sleeps. A matter of speed only:
 * pipe.c is right without it.
 *
 * Putting a thread to sleep and waking it on another processor costs some 20 us, and the other side
 * of a busy pipe is usually done sooner. So a caller that would sleep looks at a copy of the number
 * of used bytes for a while first. The budget adapts: it is kept while looking pays, and cut to a
 * quarter each time it does not (both threads share one processor), down to nothing; now and then
 * the full budget is tried again.
 *
 * Compiled for the simulator (RINGBUF_CONTROLLED) nobody ever looks: there, nothing changes while
 * one process runs. */
#ifndef RINGBUF_PATIENCE_H
#define RINGBUF_PATIENCE_H

#include <pthread.h>
#include <stddef.h>

/* What patience_tell is told once waiting makes no sense (an end was closed). */
#define PATIENCE_NO_WAITING ((size_t)-1)

#ifdef RINGBUF_CONTROLLED

struct patience {
    char unused;
};
static inline void patience_init(struct patience *it, pthread_mutex_t *lock)
{
    (void)it;
    pthread_mutex_init(lock, NULL);
}
static inline void patience_tell(struct patience *it, size_t used)
{
    (void)it, (void)used;
}
static inline void patience_until_at_least(struct patience *it, size_t used)
{
    (void)it, (void)used;
}
static inline void patience_until_at_most(struct patience *it, size_t used)
{
    (void)it, (void)used;
}

#else

#include <stdatomic.h>

struct budget {
    atomic_uint looks; /* how often the next caller looks */
    atomic_uint failures;
};

struct patience {
    _Alignas(64) atomic_size_t used; /* a copy, written under the pipe's lock, read without it */
    struct budget readers, writers;
};

/* Also initializes the lock, as one that spins a little before it sleeps where the system has such
 * a thing. */
void patience_init(struct patience *it, pthread_mutex_t *lock);

/* Called with the lock held whenever the number of used bytes has changed. */
void patience_tell(struct patience *it, size_t used);

/* Return when the pipe seems to hold at least, or at most, so many bytes, or when the budget is
 * spent. Take no lock. */
void patience_until_at_least(struct patience *it, size_t used);
void patience_until_at_most(struct patience *it, size_t used);

#endif
#endif

/* semaphore.h - counting semaphores, read-write locks and barriers as scheduling points, for pipes that are made of
 * them. As in sync.h, all zero is the state after initialization (count 0; free), who has slept longest is
 * woken, and a woken task looks again: somebody else may have been quicker. */
#ifndef SIM_SCHED_SEMAPHORE_H
#define SIM_SCHED_SEMAPHORE_H

#include "sim/sched/sched.h"

struct sched_semaphore {
    unsigned count;
    struct sched_queue asleep;
};

struct sched_rwlock {
    unsigned readers;
    struct task *writer;
    struct sched_queue asleep;
};

/* 0, or a positive errno: EINTR (interrupted), ETIMEDOUT (at tick `until`; TICK_NEVER: no limit), EAGAIN (try:
 * the count is 0). */
int sched_semaphore_wait(struct sched_semaphore *s, tick_t until, const char *site);
int sched_semaphore_try(struct sched_semaphore *s, const char *site);
int sched_semaphore_post(struct sched_semaphore *s, const char *site);

enum sched_access { SCHED_READS, SCHED_WRITES };

/* 0, or ETIMEDOUT, EBUSY (try), EDEADLK (the caller writes already), EPERM (unlock: it is not the caller's). */
int sched_rwlock_lock(struct sched_rwlock *l, enum sched_access access, tick_t until,
                      const char *site);
int sched_rwlock_try(struct sched_rwlock *l, enum sched_access access, const char *site);
int sched_rwlock_unlock(struct sched_rwlock *l, const char *site);

/* A barrier of `wanted` tasks; the rest is 0 at first. */
struct sched_barrier {
    unsigned wanted, here, round;
    struct sched_queue asleep;
};

/* Sleeps until so many have come. Was the caller the last of them? */
enum sched_met { MET, MET_AS_LAST };
enum sched_met sched_barrier_wait(struct sched_barrier *b, const char *site);

#endif

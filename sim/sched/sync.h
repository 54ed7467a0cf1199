/* sync.h - the pthread calls as scheduling points: what redirect.h makes of them.
 *
 * A mutex and a condition variable in the simulator are queues of tasks. The rules are those of
 * POSIX, made deterministic: a released mutex may be taken by anybody who comes first (no
 * hand-over); a signal wakes the task that has waited longest; a signal that finds nobody is lost;
 * no wait returns without a signal, broadcast or interruption. The schedule may leave the last two
 * rules to choice (schedule.h, struct freedom). All-zero is the state after
 * initialization, so static initializers work. */
#ifndef SIM_SCHED_SYNC_H
#define SIM_SCHED_SYNC_H

#include "sim/sched/sched.h"

struct sched_mutex {
    struct task *owner;
    struct sched_queue wanting; /* tasks that want it, ready exactly while it is free */
};

struct sched_cond {
    struct sched_queue waiting;
};

/* As the pthread calls of the like name; `site` is the caller's place and text, as a string
 * literal. Misuse (unlocking another's lock, say) is told as SYNC_MISUSE, and gives the error that
 * an error-checking mutex gives. */
int sched_mutex_init(struct sched_mutex *m);
int sched_mutex_destroy(struct sched_mutex *m);
int sched_mutex_lock(struct sched_mutex *m, const char *site);
int sched_mutex_trylock(struct sched_mutex *m, const char *site);
int sched_mutex_unlock(struct sched_mutex *m, const char *site);
int sched_cond_init(struct sched_cond *c);
int sched_cond_destroy(struct sched_cond *c);
int sched_cond_wait(struct sched_cond *c, struct sched_mutex *m, const char *site);
/* As sched_cond_wait, but ETIMEDOUT when it has not been woken before this tick. */
int sched_cond_timedwait(struct sched_cond *c, struct sched_mutex *m, tick_t until,
                         const char *site);
int sched_cond_signal(struct sched_cond *c, const char *site);
int sched_cond_broadcast(struct sched_cond *c, const char *site);

/* Between the two, the running task's calls on locks and conditions do nothing: for a look at what they
 * guard, by whoever knows that nobody else runs. */
enum sched_silence { SCHED_SILENT, SCHED_AUDIBLE };
void sched_silence(enum sched_silence silence);
bool sched_is_silent(void); /* or no task runs */

/* The running task's code has done what it must not. */
void sched_misused(enum sync_misuse misuse, const char *site);

void sched_fault(const struct sched_fault *f);

/* A scheduling point before an access to memory that others use (grain locks). With an object it is one
 * that a loop may wait for (SYNC_ACCESS tells of it). */
void sched_access_point(const void *object, const char *site);

/* The task is back from code that takes locks, and must have let all of them go: else SYNC_MISUSE. */
void sched_must_hold_nothing(void);

#endif

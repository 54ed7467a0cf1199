/* races.h - inside own/: data races, by vector clocks.
 *
 * Each task has a clock, which counts how often it has let something go; each lock, semaphore and atomic
 * variable has those of whoever let it go, and passes them on to whoever takes it. Of each byte that others
 * may see, the last write and the reads since then are known, with the clock of whoever made them. An access
 * whose task has not been passed the clock of an earlier one, where one of them writes, is a race: the two
 * could have come in the other order, or at the same time, in a run with the same locks.
 *
 * One run shows every race among its accesses that its own order of the locks leaves open, whatever its
 * schedule. All of it is in the arena, and in no digest: what is known of the past does not change what a
 * run will do. */
#ifndef SIM_OWN_RACES_H
#define SIM_OWN_RACES_H

#include "sim/sched/sched.h"

#include <stddef.h>

enum race_access { RACE_READS, RACE_WRITES, RACE_READS_ATOMICALLY, RACE_WRITES_ATOMICALLY };

/* An access of the running task, by the code before `from`. NULL: it races with none; or what is known of
 * the two, until the next call. */
struct race {
    struct task *other;
    const void *from, *other_from;
    char mine[240], others[240]; /* "my_pipe.c:44: reader writes 8 bytes, holding no lock" */
};
const struct race *races_access(const void *at, size_t n, enum race_access does, const void *from);

/* The running task has taken what this object guards, or lets it go. With a site it is a lock, and held in
 * between. */
void races_take(const void *object, const char *site);
void races_let_go(const void *object);
/* As races_take, by a call that would not have waited. */
void races_get(const void *object, const char *site);

/* The same without holding anything: semaphores, barriers, atomic variables. */
void races_acquire(const void *object);
void races_release(const void *object);

/* It is new: nobody has let it go. */
void races_forget(const void *object);

/* Memory that is new, too. */
void races_forget_memory(const void *at, size_t n);

/* The lock that the running task took last, if it was held while another had been taken the other way
 * round; NULL, or a sentence, until the next call. */
const char *races_lock_cycle(void);

int races_include(void); /* as memory_include */

#endif

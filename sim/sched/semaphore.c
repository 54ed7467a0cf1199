/* semaphore.c - see semaphore.h. */
#include "sim/sched/semaphore.h"

#include "sim/sched/task.h"

#include <errno.h>

/* Inside the atomic section, and so is the return from it. EINTR: interrupted meanwhile; who was interrupted
 * before, as one whose process ends and who closes what it had open, sleeps as others do. */
static int sleep_in(struct sched_queue *queue, const void *object, tick_t until, const char *site)
{
    struct task *self = sched_self();
    bool before = self->interrupted;
    sync_tell(SYNC_SLEEP, NULL, object, site);
    self->timed_out = false;
    if (until != TICK_NEVER)
        timer_set(&self->wake_up, until, wake_for_time, self);
    self->state = TASK_ASLEEP;
    self->next_step = NEXT_SYNC;
    queue_append(queue, self);
    sched_touch(object, TOUCH_WRITE);
    park(self);
    if (until != TICK_NEVER)
        timer_cancel(&self->wake_up);
    sched_touch(object, TOUCH_WRITE);
    sync_tell(SYNC_AWAKE, NULL, object, site);
    return self->timed_out ? ETIMEDOUT : self->interrupted && !before ? EINTR : 0;
}

static struct task *wake_first(struct sched_queue *queue)
{
    struct task *t = queue->first;
    if (t != NULL)
        sched_wake(t, queue);
    return t;
}

/* -- semaphores -------------------------------------------------------------------------------- */

int sched_semaphore_wait(struct sched_semaphore *s, tick_t until, const char *site)
{
    int error = 0;
    if (sched_is_silent())
        return 0;
    sched_sync_point(NULL, site);
    sched_atomic_begin();
    sched_touch(s, TOUCH_WRITE);
    while (s->count == 0 && error == 0)
        error = sleep_in(&s->asleep, s, until, site);
    if (s->count > 0)
        error = 0; /* it came at the same time */
    if (error == 0)
        s->count--;
    sync_tell(SYNC_DOWN, NULL, s, site);
    sched_atomic_end();
    return error;
}

int sched_semaphore_try(struct sched_semaphore *s, const char *site)
{
    if (sched_is_silent())
        return 0;
    sched_sync_point(NULL, site);
    sched_atomic_begin();
    sched_touch(s, TOUCH_WRITE);
    int error = s->count == 0 ? EAGAIN : 0;
    s->count -= error == 0;
    sync_tell(SYNC_DOWN, NULL, s, site);
    sched_atomic_end();
    return error;
}

int sched_semaphore_post(struct sched_semaphore *s, const char *site)
{
    if (sched_is_silent())
        return 0;
    sched_sync_point(NULL, site);
    sched_atomic_begin();
    sched_touch(s, TOUCH_WRITE);
    s->count++;
    sync_tell(SYNC_SIGNAL, wake_first(&s->asleep), s, site);
    sched_atomic_end();
    return 0;
}

/* -- read-write locks -------------------------------------------------------------------------- */

static bool is_free(const struct sched_rwlock *l, enum sched_access access)
{
    return l->writer == NULL && (access == SCHED_READS || l->readers == 0);
}

static void take(struct sched_rwlock *l, enum sched_access access, const char *site)
{
    struct task *self = sched_self();
    if (access == SCHED_READS)
        l->readers++;
    else
        l->writer = self;
    self->locks++;
    self->lock_site = site;
}

/* Which readers hold it is not known: one who holds nothing at all has it from somebody else. */
static void let_go(struct sched_rwlock *l)
{
    struct task *self = sched_self();
    if (l->writer == self)
        l->writer = NULL;
    else
        l->readers--;
    self->locks -= self->locks > 0;
}

int sched_rwlock_lock(struct sched_rwlock *l, enum sched_access access, tick_t until,
                      const char *site)
{
    int error = 0;
    if (sched_is_silent())
        return 0;
    sched_sync_point(NULL, site);
    sched_atomic_begin();
    sched_touch(l, TOUCH_WRITE);
    if (l->writer == sched_self())
        error = EDEADLK;
    while ((error == 0 || error == EINTR) && !is_free(l, access)) /* signals wait */
        error = sleep_in(&l->asleep, l, until, site);
    if (error != EDEADLK && is_free(l, access))
        error = 0;
    if (error == 0)
        take(l, access, site);
    sync_tell(SYNC_DOWN, NULL, l, site);
    sched_atomic_end();
    return error;
}

int sched_rwlock_try(struct sched_rwlock *l, enum sched_access access, const char *site)
{
    if (sched_is_silent())
        return 0;
    sched_sync_point(NULL, site);
    sched_atomic_begin();
    sched_touch(l, TOUCH_WRITE);
    int error = is_free(l, access) ? 0 : EBUSY;
    if (error == 0)
        take(l, access, site);
    sync_tell(SYNC_DOWN, NULL, l, site);
    sched_atomic_end();
    return error;
}

int sched_rwlock_unlock(struct sched_rwlock *l, const char *site)
{
    if (sched_is_silent())
        return 0;
    sched_sync_point(NULL, site);
    sched_atomic_begin();
    sched_touch(l, TOUCH_WRITE);
    int error = l->writer != sched_self() && l->readers == 0 ? EPERM : 0;
    if (error == 0)
        let_go(l);
    struct task *woken = NULL;
    do { /* all of them look again */
        woken = error == 0 ? wake_first(&l->asleep) : NULL;
        sync_tell(SYNC_BROADCAST, woken, l, site);
    } while (woken != NULL);
    sched_atomic_end();
    return error;
}

/* -- barriers ---------------------------------------------------------------------------------- */

static void let_all_go_on(struct sched_barrier *b, const char *site)
{
    struct task *woken;
    b->here = 0;
    b->round++;
    do {
        woken = wake_first(&b->asleep);
        sync_tell(SYNC_BROADCAST, woken, b, site);
    } while (woken != NULL);
}

enum sched_met sched_barrier_wait(struct sched_barrier *b, const char *site)
{
    if (sched_is_silent())
        return MET;
    sched_sync_point(NULL, site);
    sched_atomic_begin();
    sched_touch(b, TOUCH_WRITE);
    unsigned round = b->round;
    bool last = ++b->here == b->wanted;
    if (last)
        let_all_go_on(b, site);
    while (b->round == round)
        sleep_in(&b->asleep, b, TICK_NEVER, site);
    sched_atomic_end();
    return last ? MET_AS_LAST : MET;
}

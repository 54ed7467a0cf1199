/* semaphore.c - see semaphore.h. */
#include "sim/sched/semaphore.h"

#include "sim/sched/task.h"

#include <errno.h>

/* Inside the atomic section, and so is the return from it. EINTR: interrupted. */
static int sleep_in(struct sched_queue *queue, const void *object, const char *site)
{
    struct task *self = sched_self();
    if (self->interrupted)
        return EINTR;
    sync_tell(SYNC_SLEEP, NULL, object, site);
    self->state = TASK_ASLEEP;
    self->next_step = NEXT_SYNC;
    queue_append(queue, self);
    sched_touch(object, TOUCH_WRITE);
    park(self);
    sched_touch(object, TOUCH_WRITE);
    sync_tell(SYNC_AWAKE, NULL, object, site);
    return 0;
}

static struct task *wake_first(struct sched_queue *queue)
{
    struct task *t = queue->first;
    if (t != NULL)
        sched_wake(t, queue);
    return t;
}

/* -- semaphores -------------------------------------------------------------------------------- */

int sched_semaphore_wait(struct sched_semaphore *s, const char *site)
{
    int error = 0;
    if (sched_is_silent())
        return 0;
    sched_sync_point(NULL, site);
    sched_atomic_begin();
    sched_touch(s, TOUCH_WRITE);
    while (s->count == 0 && error == 0)
        error = sleep_in(&s->asleep, s, site);
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

static void take(struct sched_rwlock *l, enum sched_access access)
{
    if (access == SCHED_READS)
        l->readers++;
    else
        l->writer = sched_self();
}

int sched_rwlock_lock(struct sched_rwlock *l, enum sched_access access, const char *site)
{
    int error = 0;
    if (sched_is_silent())
        return 0;
    sched_sync_point(NULL, site);
    sched_atomic_begin();
    sched_touch(l, TOUCH_WRITE);
    if (l->writer == sched_self())
        error = EDEADLK;
    while (error == 0 && !is_free(l, access))
        error = sleep_in(&l->asleep, l, site);
    if (error == 0)
        take(l, access);
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
        take(l, access);
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
    bool mine = l->writer == sched_self();
    int error = !mine && l->readers == 0 ? EPERM : 0;
    if (mine)
        l->writer = NULL;
    else if (error == 0)
        l->readers--;
    struct task *woken = NULL;
    do { /* all of them look again */
        woken = error == 0 ? wake_first(&l->asleep) : NULL;
        sync_tell(SYNC_BROADCAST, woken, l, site);
    } while (woken != NULL);
    sched_atomic_end();
    return error;
}

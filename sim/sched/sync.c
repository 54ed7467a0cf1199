/* sync.c - see sync.h: mutexes and condition variables as queues of tasks.
 *
 * A task that wants a mutex stands in its `wanting` list, and is ready exactly while the mutex is
 * free: whoever acquires it makes the others unready, whoever releases it makes them ready. So
 * every task that the scheduler may choose can really do a step. */
#include "sim/sched/task.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>

void sync_tell(enum sync_event_kind kind, struct task *other, const void *object, const char *site)
{
    const struct sched_config *config = the_sched->config;
    if (config->on_sync == NULL)
        return;
    struct sync_event e = {kind, sched_self(), other, object, site, MISUSE_NONE, NULL};
    config->on_sync(config->ctx, &e);
}

/* The hook may end the run: then this does not return in controlled mode. */
static void tell_misuse(enum sync_misuse misuse, const struct sched_mutex *m, const char *site)
{
    const struct sched_config *config = the_sched->config;
    if (config->on_sync == NULL)
        return;
    struct sync_event e = {SYNC_MISUSE, sched_self(), m != NULL ? m->owner : NULL, m, site,
                           misuse,      NULL};
    config->on_sync(config->ctx, &e);
}

bool sched_is_silent(void)
{
    return sched_self() == NULL || the_sched->silent;
}

void sched_silence(enum sched_silence silence)
{
    the_sched->silent = silence == SCHED_SILENT;
}

void sched_misused(enum sync_misuse misuse, const char *site)
{
    if (sched_is_silent())
        return;
    sched_atomic_begin();
    tell_misuse(misuse, NULL, site);
    sched_atomic_end();
}

void sched_fault(const struct sched_fault *f)
{
    const struct sched_config *config = the_sched->config;
    struct sync_event e = {SYNC_MISUSE, sched_self(), f->other, NULL, f->notes[0], f->misuse, f};
    if (config->on_sync == NULL)
        return;
    sched_atomic_begin();
    config->on_sync(config->ctx, &e);
    sched_atomic_end();
}

void sched_access_point(const void *object, const char *site)
{
    if (sched_is_silent())
        return;
    sync_tell(SYNC_ACCESS, NULL, NULL, site);
    sched_sync_point(NULL, site);
    sync_tell(SYNC_ACCESS, NULL, object, site);
}

/* -- the wanting list -------------------------------------------------------------------------- */

void want(struct task *t, struct sched_mutex *m)
{
    t->wants = m;
    t->next_wanting = NULL;
    if (m->wanting.last != NULL)
        m->wanting.last->next_wanting = t;
    else
        m->wanting.first = t;
    m->wanting.last = t;
}

static void want_no_more(struct task *t)
{
    struct sched_mutex *m = t->wants;
    struct task *before = NULL;
    for (struct task *at = m->wanting.first; at != t; at = at->next_wanting)
        before = at;
    if (before != NULL)
        before->next_wanting = t->next_wanting;
    else
        m->wanting.first = t->next_wanting;
    if (m->wanting.last == t)
        m->wanting.last = before;
    t->wants = NULL;
}

static void take(struct sched_mutex *m, struct task *self)
{
    m->owner = self;
    self->locks++;
    make_wanting_unready(m);
    sched_touch(m, TOUCH_ACQUIRE);
}

static void release(struct sched_mutex *m)
{
    m->owner->locks--;
    m->owner = NULL;
    make_wanting_ready(m);
    sched_touch(m, TOUCH_RELEASE);
}

/* self is in the wanting list, and ready or asleep according to whether the mutex is free. */
static void take_when_free(struct sched_mutex *m, struct task *self)
{
    park(self);
    assert(m->owner == NULL); /* else `take` would have made it unready again */
    want_no_more(self);
    take(m, self);
}

void tell_who_wants(void)
{
    const struct sched_config *config = the_sched->config;
    for (struct task *t = the_sched->tasks; t != NULL && config->on_sync != NULL;
         t = t->next_task) {
        const struct sched_mutex *m = t->wants;
        if (t->next_step != NEXT_RETURN || t->waits_for_condition || m == NULL ||
            m->owner == NULL || t->told_to_want)
            continue;
        t->told_to_want = true;
        struct sync_event e = {SYNC_BLOCKED, t, m->owner, m, t->next_site, MISUSE_NONE, NULL};
        config->on_sync(config->ctx, &e);
    }
}

/* -- mutexes ----------------------------------------------------------------------------------- */

int sched_mutex_init(struct sched_mutex *m)
{
    *m = (struct sched_mutex){0};
    return 0;
}

int sched_mutex_destroy(struct sched_mutex *m)
{
    return m->owner != NULL || m->wanting.first != NULL ? EBUSY : 0;
}

/* Outside of a run (the main stack sets things up) there is nobody to contend with. */
int sched_mutex_lock(struct sched_mutex *m, const char *site)
{
    struct task *self = sched_self();
    if (sched_is_silent())
        return 0;
    sched_sync_point(m, site);
    sched_atomic_begin();
    int error = m->owner == self ? EDEADLK : 0;
    if (m->owner != NULL && error == 0) {
        sync_tell(SYNC_BLOCKED, m->owner, m, site);
        self->state = TASK_ASLEEP;
        want(self, m);
        take_when_free(m, self);
    } else if (error == 0) {
        take(m, self);
    }
    if (error == 0) {
        self->lock_site = site;
        sync_tell(SYNC_LOCK, NULL, m, site);
    } else {
        tell_misuse(MISUSE_LOCK, m, site);
    }
    sched_atomic_end();
    return error;
}

int sched_mutex_trylock(struct sched_mutex *m, const char *site)
{
    struct task *self = sched_self();
    if (sched_is_silent())
        return 0;
    sched_sync_point(NULL, site);
    sched_atomic_begin();
    int error = m->owner != NULL ? EBUSY : 0;
    if (error == 0) {
        take(m, self);
        sched_touch(m, TOUCH_WRITE); /* unlike a lock, it could have been made while m was held */
        self->lock_site = site;
        sync_tell(SYNC_LOCK, NULL, m, site);
    } else {
        sched_touch(m, TOUCH_READ); /* that it is held */
    }
    sched_atomic_end();
    return error;
}

int sched_mutex_unlock(struct sched_mutex *m, const char *site)
{
    struct task *self = sched_self();
    if (sched_is_silent())
        return 0;
    sched_sync_point(NULL, site);
    sched_atomic_begin();
    int error = m->owner != self ? EPERM : 0;
    if (error == 0) {
        release(m);
        sync_tell(SYNC_UNLOCK, NULL, m, site);
    } else {
        tell_misuse(MISUSE_UNLOCK, m, site);
    }
    sched_atomic_end();
    return error;
}

void sched_must_hold_nothing(void)
{
    struct task *self = sched_self();
    if (self == NULL || self->locks == 0)
        return;
    sched_atomic_begin();
    tell_misuse(MISUSE_KEEP, NULL, self->lock_site);
    sched_atomic_end();
}

/* -- condition variables ----------------------------------------------------------------------- */

int sched_cond_init(struct sched_cond *c)
{
    *c = (struct sched_cond){0};
    return 0;
}

int sched_cond_destroy(struct sched_cond *c)
{
    return c->waiting.first != NULL ? EBUSY : 0;
}

/* t leaves the condition's queue; from now on it wants the mutex. */
static void end_wait(struct task *t)
{
    struct sched_mutex *m = t->wants;
    queue_remove(t);
    t->waits_for_condition = false;
    if (m->owner == NULL)
        make_ready(t); /* behind those who want it already */
    want(t, m);
}

static void time_is_up(void *arg)
{
    struct task *t = arg;
    sched_atomic_begin();
    if (t->waits_for_condition) {
        t->timed_out = true;
        end_wait(t);
        tell_time_wakes(t);
    }
    sched_atomic_end();
}

/* A wait that returns without a signal may as well leave the queue at once: nobody can tell, since
 * only signals look at the queue, and it is back when it is chosen. */
static void sleep_on_condition(struct sched_cond *c, struct sched_mutex *m, struct task *self)
{
    bool spurious = decide_to_return();
    self->wants = m; /* not yet in the list: it wants the mutex once it is woken */
    self->waits_for_condition = true;
    self->state = TASK_ASLEEP;
    self->next_step = NEXT_RETURN;
    queue_append(&c->waiting, self);
    release(m);
    sched_touch(c, TOUCH_WRITE);
    if (spurious)
        end_wait(self);
    take_when_free(m, self);
}

/* 0; ETIMEDOUT at tick `until`; EPERM. */
static int wait_until(struct sched_cond *c, struct sched_mutex *m, tick_t until, const char *site)
{
    struct task *self = sched_self();
    if (self == NULL)
        return EPERM;
    sched_sync_point(NULL, site);
    sched_atomic_begin();
    int error = m->owner != self ? EPERM : 0;
    if (error != 0)
        tell_misuse(MISUSE_WAIT, m, site);
    if (error == 0 && !self->interrupted) {
        sync_tell(SYNC_WAIT, NULL, c, site);
        self->timed_out = false;
        if (until != TICK_NEVER)
            timer_set(&self->wake_up, until, time_is_up, self);
        sleep_on_condition(c, m, self);
        if (until != TICK_NEVER)
            timer_cancel(&self->wake_up);
        error = self->timed_out ? ETIMEDOUT : 0;
        sync_tell(SYNC_RETURN, NULL, c, site);
    } else if (error == 0) {
        sync_tell(SYNC_NO_WAIT, NULL, c, site);
    }
    sched_atomic_end();
    return error;
}

int sched_cond_wait(struct sched_cond *c, struct sched_mutex *m, const char *site)
{
    return wait_until(c, m, TICK_NEVER, site);
}

int sched_cond_timedwait(struct sched_cond *c, struct sched_mutex *m, tick_t until,
                         const char *site)
{
    return wait_until(c, m, until, site);
}

void interrupt_wait(struct task *t)
{
    end_wait(t);
}

int sched_cond_signal(struct sched_cond *c, const char *site)
{
    if (sched_is_silent())
        return 0;
    sched_sync_point(NULL, site);
    sched_atomic_begin();
    struct task *t = c->waiting.first == NULL ? NULL : decide_who_is_woken(c);
    sched_touch(c, TOUCH_WRITE);
    if (t != NULL) {
        end_wait(t);
        tell_wakes(t);
    }
    sync_tell(SYNC_SIGNAL, t, c, site);
    sched_atomic_end();
    return 0;
}

int sched_cond_broadcast(struct sched_cond *c, const char *site)
{
    if (sched_is_silent())
        return 0;
    sched_sync_point(NULL, site);
    sched_atomic_begin();
    struct task *t = c->waiting.first;
    sched_touch(c, TOUCH_WRITE);
    if (t == NULL)
        sync_tell(SYNC_BROADCAST, NULL, c, site);
    while ((t = c->waiting.first) != NULL) {
        end_wait(t);
        tell_wakes(t);
        sync_tell(SYNC_BROADCAST, t, c, site);
    }
    sched_atomic_end();
    return 0;
}

/* sched.c - see sched.h: tasks, and sleeping and waking in both modes. Controlled mode itself is in
 * controlled.c, the threads of the other mode in threads.c. */
#include "sim/sched/task.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct sched *the_sched;
bool sched_has_threads;

static bool controlled(void)
{
    return !sched_has_threads;
}

/* -- queues ------------------------------------------------------------------------------------ */

void queue_append(struct sched_queue *q, struct task *t)
{
    t->in = q;
    t->next = NULL;
    t->previous = q->last;
    if (q->last != NULL)
        q->last->next = t;
    else
        q->first = t;
    q->last = t;
}

void queue_remove(struct task *t)
{
    struct sched_queue *q = t->in;
    if (t->previous != NULL)
        t->previous->next = t->next;
    else
        q->first = t->next;
    if (t->next != NULL)
        t->next->previous = t->previous;
    else
        q->last = t->previous;
    t->in = NULL;
}

/* Those who want a mutex line up behind the ready ones when it is freed, and leave when it is
 * taken. Mostly the same task takes it again before anybody looks, so it is put off until somebody
 * does. */
static void line_up(struct sched_mutex *freed)
{
    the_sched->freed = NULL;
    for (struct task *t = freed->wanting.first; t != NULL; t = t->next_wanting) {
        t->state = TASK_READY;
        queue_append(&the_sched->ready, t);
        the_sched->ready_count++;
    }
}

static inline void look_at_ready(void)
{
    if (the_sched->freed != NULL)
        line_up(the_sched->freed);
}

size_t ready_count(void)
{
    look_at_ready();
    return the_sched->ready_count;
}

void ready_append(struct task *t)
{
    look_at_ready();
    queue_append(&the_sched->ready, t);
    the_sched->ready_count++;
}

void ready_remove(struct task *t)
{
    queue_remove(t);
    the_sched->ready_count--;
}

/* -- what the step under way does -------------------------------------------------------------- */

void sched_touch(const void *object, enum touch_kind kind)
{
    const struct step_watch *watch = the_sched->config->watch;
    if (watch != NULL)
        watch->touch(watch->ctx, object, kind);
}

void tell_time_wakes(struct task *t)
{
    const struct step_watch *watch = the_sched->config->watch;
    if (watch != NULL)
        watch->wakes(watch->ctx, t);
}

void tell_wakes(struct task *t)
{
    const struct step_watch *watch = the_sched->config->watch;
    if (watch != NULL && the_sched->running != NULL)
        watch->wakes(watch->ctx, t);
}

/* -- ready, asleep ----------------------------------------------------------------------------- */

void make_ready(struct task *t)
{
    t->state = TASK_READY;
    if (controlled())
        ready_append(t);
    else
        threads_wake(t);
}

static void make_unready(struct task *t)
{
    t->state = TASK_ASLEEP;
    if (controlled())
        ready_remove(t);
    else
        the_sched->awake--;
}

void make_wanting_ready(struct sched_mutex *m)
{
    if (controlled() && m->wanting.first != NULL) {
        look_at_ready();
        the_sched->freed = m;
        return;
    }
    for (struct task *t = m->wanting.first; t != NULL; t = t->next_wanting) {
        if (t->state == TASK_ASLEEP)
            make_ready(t);
    }
}

void make_wanting_unready(struct sched_mutex *m)
{
    if (the_sched->freed == m) {
        the_sched->freed = NULL;
        return;
    }
    for (struct task *t = m->wanting.first; t != NULL; t = t->next_wanting) {
        if (t->state == TASK_READY)
            make_unready(t);
    }
}

/* -- scheduling points ---------------------------------------------------------------------------
 */

static void maybe_reschedule(void)
{
    if (!controlled())
        threads_leave_if_stopping();
    else if (!the_sched->trivial && (ready_count() > 0 || the_sched->config->watch != NULL))
        reschedule(the_sched->running);
}

void sched_point(void)
{
    if (controlled() &&
        (the_sched->trivial || (ready_count() == 0 && the_sched->config->watch == NULL)))
        return;
    bool held = sched_kernel_held();
    if (held)
        sched_kernel_unlock();
    if (controlled())
        the_sched->running->next_step = NEXT_IN_KERNEL;
    maybe_reschedule();
    if (held)
        sched_kernel_lock();
}

void sched_sync_point(struct sched_mutex *takes, const char *site)
{
    if (the_sched->config->freedom.grain != GRAIN_LOCKS)
        return;
    if (controlled()) {
        struct task *self = the_sched->running;
        self->next_step = takes != NULL ? NEXT_LOCK : NEXT_SYNC;
        self->next_mutex = takes;
        self->next_site = site;
        sched_atomic_begin();
        sync_tell(SYNC_POINT, NULL, NULL, site);
        sched_atomic_end();
    }
    maybe_reschedule();
}

void sched_yield_to_others(void)
{
    struct task *self = sched_self();
    bool held = sched_kernel_held();
    if (held)
        sched_kernel_unlock();
    if (!controlled())
        sched_yield();
    else if (ready_count() > 0) {
        self->next_step = NEXT_IN_KERNEL;
        go_to_the_end(self);
    }
    if (held)
        sched_kernel_lock();
    if (!controlled())
        threads_leave_if_stopping();
}

void park(struct task *self)
{
    if (controlled())
        reschedule(self);
    else
        threads_park(self);
}

/* -- the kernel lock --------------------------------------------------------------------------- */

/* Contended only when a task can lose the processor, or sleep on a pipe's lock, inside the kernel.
 */
void sched_kernel_lock(void)
{
    if (!controlled()) {
        threads_kernel_lock();
        return;
    }
    struct sched *s = the_sched;
    struct task *self = s->running;
    while (self != NULL && s->kernel_owner != NULL) {
        self->state = TASK_ASLEEP;
        self->next_step = NEXT_IN_KERNEL;
        queue_append(&s->kernel_queue, self);
        reschedule(self);
    }
    s->kernel_owner = self;
}

void sched_kernel_unlock(void)
{
    if (!controlled()) {
        threads_kernel_unlock();
        return;
    }
    struct task *t;
    the_sched->kernel_owner = NULL;
    while ((t = the_sched->kernel_queue.first) != NULL) {
        queue_remove(t);
        make_ready(t);
    }
}

bool sched_kernel_held(void)
{
    struct task *self = sched_self();
    if (self == NULL)
        return false;
    return controlled() ? the_sched->kernel_owner == self : self->holds_kernel_lock;
}

/* -- tasks ------------------------------------------------------------------------------------- */

static void task_body(void *arg)
{
    struct task *self = arg;
    reap();
    sched_kernel_lock();
    self->body(self->arg);
    sched_kernel_unlock();
    task_has_exited(self);
    the_sched->dead = self;
    reschedule(self);
}

void task_has_exited(struct task *t)
{
    t->state = TASK_EXITED;
    if (!t->let_be)
        the_sched->live--;
}

void sched_let_be(struct task *t)
{
    sched_atomic_begin();
    if (!t->let_be && t->state != TASK_EXITED)
        the_sched->live--;
    t->let_be = true;
    sched_atomic_end();
}

void forget_time_of_those_let_be(void)
{
    if (the_sched->live > 0)
        return;
    for (struct task *t = the_sched->tasks; t != NULL; t = t->next_task) {
        if (t->let_be)
            timer_cancel(&t->wake_up);
    }
}

static void (*order_told)(const struct task *before, const struct task *after);

void sched_tell_order(void (*told)(const struct task *before, const struct task *after))
{
    order_told = told;
}

void sched_ordered(const struct task *before, const struct task *after)
{
    if (order_told != NULL && controlled())
        order_told(before, after);
}

void sched_stack_is_lost(void)
{
    the_sched->stack_lost = true;
}

struct task *sched_spawn(const char *name, void (*body)(void *), void *arg)
{
    struct task *t = arena_alloc(sizeof *t);
    if (t == NULL)
        return NULL;
    t->name = name;
    t->body = body;
    t->arg = arg;
    if (controlled() ? fiber_init(&t->fiber, task_body, t) != 0 : threads_spawn(t) != 0) {
        arena_free(t);
        return NULL;
    }
    sched_atomic_begin();
    t->number = the_sched->tasks_made++;
    t->next_task = the_sched->tasks;
    the_sched->tasks = t;
    the_sched->live++;
    sched_ordered(sched_self(), t);
    tell_wakes(t);
    if (controlled())
        make_ready(t);
    sched_atomic_end();
    return t;
}

static struct task *task_from_outside(const char *name, void *arg)
{
    struct task *t = arena_alloc(sizeof *t);
    if (t == NULL)
        return NULL;
    t->name = name;
    t->arg = arg;
    pthread_cond_init(&t->unparked, NULL);
    sched_atomic_begin();
    t->number = the_sched->tasks_made++;
    t->next_task = the_sched->tasks;
    the_sched->tasks = t;
    sched_atomic_end();
    return t;
}

struct task *sched_adopt(struct task *again, const char *name, void *arg)
{
    struct task *t = again != NULL ? again : task_from_outside(name, arg);
    if (t != NULL)
        threads_adopt(t);
    return t;
}

void sched_release(void)
{
    threads_release();
}

void sched_forget(void)
{
    threads_forget();
}

bool sched_begun(void)
{
    return the_sched != NULL;
}

struct task *sched_self(void)
{
    return controlled() ? the_sched->running : threads_self();
}

int task_number(const struct task *t)
{
    return t->number;
}

bool task_has_begun(const struct task *t)
{
    return t->state != TASK_READY || t->next_step != NEXT_START;
}

const char *task_name(const struct task *t)
{
    return t->name;
}

void *task_arg(const struct task *t)
{
    return t->arg;
}

enum task_state task_state(const struct task *t)
{
    look_at_ready();
    return t->state;
}

enum task_wait task_waits(const struct task *t)
{
    if (t->waits_for_condition)
        return WAITS_UNWOKEN;
    return t->next_step == NEXT_RETURN && t->wants != NULL ? WAITS_WOKEN : WAITS_FOR_NOTHING;
}

/* -- sleeping ---------------------------------------------------------------------------------- */

void wake_for_time(void *arg)
{
    struct task *t = arg;
    sched_atomic_begin();
    if (t->state == TASK_ASLEEP && !t->wants) {
        t->timed_out = true;
        if (t->in != NULL)
            queue_remove(t);
        make_ready(t);
        tell_time_wakes(t);
    }
    sched_atomic_end();
}

int sched_sleep(struct sched_queue *queue, tick_t until, const bool *unless)
{
    struct task *self = sched_self();
    if (until != TICK_NEVER && sched_timer_set(&self->wake_up, until, wake_for_time, self) != 0)
        return -EINTR; /* no memory for a timer: rather wake than never */
    sched_atomic_begin();
    self->timed_out = false;
    if (!self->interrupted && (unless == NULL || !*unless)) {
        self->state = TASK_ASLEEP;
        if (queue != NULL)
            queue_append(queue, self);
        self->next_step = NEXT_IN_KERNEL;
        bool held = sched_kernel_held();
        if (held)
            sched_kernel_unlock();
        park(self);
        sched_atomic_end();
        if (held)
            sched_kernel_lock();
        sched_atomic_begin();
    }
    int result = self->timed_out ? -ETIMEDOUT : self->interrupted ? -EINTR : 0;
    sched_atomic_end();
    if (self->wake_up.place != 0)
        sched_timer_cancel(&self->wake_up);
    return result;
}

bool sched_wake(struct task *t, const struct sched_queue *queue)
{
    if (t->state != TASK_ASLEEP || t->in != queue)
        return false;
    queue_remove(t);
    make_ready(t);
    tell_wakes(t);
    return true;
}

void sched_interrupt(struct task *t)
{
    sched_atomic_begin();
    t->interrupted = true;
    bool wakes = t->waits_for_condition || (t->state == TASK_ASLEEP && t->wants == NULL);
    if (t->waits_for_condition) {
        sched_touch(t->in, TOUCH_WRITE); /* the condition variable: it begins with its queue */
        interrupt_wait(t);
    } else if (wakes) {
        if (t->in != NULL)
            queue_remove(t);
        make_ready(t);
    }
    if (wakes)
        tell_wakes(t);
    sched_atomic_end();
}

void sched_interrupt_over(struct task *t)
{
    if (t->interrupted) /* writing it costs far more than reading, and this is asked at each call */
        t->interrupted = false;
}

bool sched_interrupted(const struct task *t)
{
    return t->interrupted;
}

/* -- the run ----------------------------------------------------------------------------------- */

int sched_init(const struct sched_config *config)
{
    the_sched = arena_alloc(sizeof *the_sched);
    if (the_sched == NULL)
        return -ENOMEM;
    sched_has_threads = config->mode == SCHED_THREADS;
    the_sched->config = config;
    the_sched->random = config->seed;
    the_sched->spurious_left = config->freedom.spurious;
    if (controlled())
        fiber_init_main(&the_sched->main);
    else
        threads_start();
    return 0;
}

enum sched_end sched_run(uint64_t choices)
{
    return controlled() ? controlled_run(choices) : threads_run();
}

void sched_reseed(uint64_t seed)
{
    the_sched->random = seed;
}

const char *sched_complaint(void)
{
    return the_sched->complaint;
}

void sched_stop(void)
{
    struct sched *s = the_sched;
    sched_atomic_begin();
    s->end = SCHED_STOPPED;
    s->stopping = true;
    threads_timers_changed();
    sched_atomic_end();
    if (controlled() && s->running != NULL)
        to_main(s->running);
}

void sched_pause(void)
{
    struct sched *s = the_sched;
    struct task *self = s->running;
    if (self == NULL || !controlled())
        return;
    s->end = SCHED_PAUSED;
    s->paused = self;
    to_main(self);
    s->running = self;
}

const void *task_stack(const struct task *t, const void *mark, size_t *n)
{
    const struct arena_stack *s = t->fiber.stack;
    const char *end = mark;
    bool there = s != NULL && end >= s->live && end <= s->top;
    *n = there ? (size_t)(end - s->live) : 0;
    return s != NULL ? s->live : NULL;
}

struct schedule_cursor sched_cursor(void)
{
    return the_sched->cursor;
}

bool sched_stopping(void)
{
    return the_sched->stopping;
}

tick_t sched_now(void)
{
    if (controlled())
        return the_sched->now;
    return threads_now_ns() / the_sched->config->tick_ns;
}

struct sched_moment sched_moment(void)
{
    if (controlled())
        return (struct sched_moment){the_sched->now, 0};
    int64_t ns = threads_now_ns();
    return (struct sched_moment){ns / the_sched->config->tick_ns, ns};
}

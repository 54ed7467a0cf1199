/* sched.c - see sched.h: tasks, sleeping and waking in both modes, and controlled mode itself. The
 * threads of the other mode are in threads.c. */
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

static inline size_t ready_count(void)
{
    look_at_ready();
    return the_sched->ready_count;
}

static void ready_append(struct task *t)
{
    look_at_ready();
    queue_append(&the_sched->ready, t);
    the_sched->ready_count++;
}

static void ready_remove(struct task *t)
{
    queue_remove(t);
    the_sched->ready_count--;
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

/* -- choosing (controlled mode) ---------------------------------------------------------------- */

static uint64_t random_next(void)
{
    uint64_t z = (the_sched->random += 0x9e3779b97f4a7c15); /* splitmix64 */
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static struct task *ready_number(size_t i)
{
    struct task *t;
    if (i < the_sched->ready_count / 2) {
        for (t = the_sched->ready.first; i > 0; i--)
            t = t->next;
    } else {
        for (t = the_sched->ready.last; i + 1 < the_sched->ready_count; i++)
            t = t->previous;
    }
    return t;
}

static struct task *ready_named(const char *name)
{
    struct task *t = the_sched->ready.first;
    while (t != NULL && strcmp(t->name, name) != 0)
        t = t->next;
    return t;
}

static struct task *past_the_schedule(struct task *self)
{
    struct sched *s = the_sched;
    struct task *t = self != NULL ? self : s->ready.first;
    if (s->config->record == s->config->schedule) {
        schedule_add(s->config->record, t->name);
        s->cursor = schedule_end(s->config->record);
    }
    return t;
}

static struct task *scheduled(struct task *self)
{
    struct sched *s = the_sched;
    const char *name = schedule_next(s->config->schedule, &s->cursor);
    if (name == NULL)
        return past_the_schedule(self);
    if (self != NULL && strcmp(self->name, name) == 0)
        return self;
    struct task *t = ready_named(name);
    if (t == NULL) {
        snprintf(s->complaint, sizeof s->complaint,
                 "item %zu of the schedule says '%s', who cannot run at tick %lld; '%s' could",
                 s->cursor.item + 1, name, (long long)s->now,
                 self != NULL ? self->name : s->ready.first->name);
        s->stopping = true;
        s->end = SCHED_BAD_SCHEDULE;
    }
    return t;
}

/* One of `self`, who could go on (NULL: cannot), and the ready tasks; there are at least two. */
static struct task *choice(struct task *self)
{
    struct sched *s = the_sched;
    switch (s->config->policy) {
    case POLICY_FIFO: return self != NULL ? self : s->ready.first;
    case POLICY_RR: return s->ready.first;
    case POLICY_SCHEDULE: return scheduled(self);
    case POLICY_RANDOM: break;
    }
    size_t i = (size_t)(random_next() % (s->ready_count + (self != NULL)));
    if (self == NULL)
        return ready_number(i);
    return i == 0 ? self : ready_number(i - 1);
}

/* NULL: go to the main stack; the_sched->end says why. */
static struct task *pick(struct task *self)
{
    struct sched *s = the_sched;
    if (s->stopping)
        return NULL;
    if (ready_count() + (self != NULL) == 1)
        return self != NULL ? self : s->ready.first;
    if (s->choices_left == 0) {
        s->end = SCHED_PAUSED;
        return NULL;
    }
    s->choices_left--;
    struct task *t = choice(self);
    if (t != NULL && s->config->record != NULL && s->config->record != s->config->schedule)
        schedule_add(s->config->record, t->name);
    return t;
}

/* Time moves, since nobody can run. False: nothing is timed to happen. */
static bool advance(void)
{
    struct sched *s = the_sched;
    struct sched_timer *first = timer_first();
    if (first == NULL) {
        s->end = s->live == 0 ? SCHED_ALL_EXITED : SCHED_DEADLOCK;
        return false;
    }
    if (first->when > s->now) {
        s->now = first->when;
        if (s->config->on_time != NULL)
            s->config->on_time(s->config->ctx, s->now);
    }
    timers_fire(s->now);
    return !s->stopping;
}

static void reap(void)
{
    struct task *dead = the_sched->dead;
    if (dead == NULL || dead == the_sched->running || dead == the_sched->paused)
        return;
    fiber_fini(&dead->fiber);
    the_sched->dead = NULL;
}

static void run_task(struct fiber *from, struct task *t)
{
    if (t->state == TASK_READY)
        ready_remove(t);
    t->state = TASK_RUNNING;
    the_sched->running = t;
    if (from != &t->fiber)
        fiber_switch(from, &t->fiber);
    reap();
}

static void to_main(struct task *self)
{
    the_sched->running = NULL;
    fiber_switch(&self->fiber, &the_sched->main);
}

/* self gives up the processor: asleep, exited, or with a choice to be made (then it is RUNNING). */
static void reschedule(struct task *self)
{
    struct sched *s = the_sched;
    for (;;) {
        struct task *could_go_on = self->state == TASK_RUNNING ? self : NULL;
        struct task *next = NULL;
        if (could_go_on != NULL || ready_count() > 0 || advance()) {
            if (could_go_on == NULL && ready_count() == 0)
                continue; /* what happened made nobody ready */
            next = pick(could_go_on);
        }
        if (next != NULL) {
            if (could_go_on != NULL && next != self) {
                self->state = TASK_READY;
                ready_append(self);
            }
            run_task(&self->fiber, next);
            return;
        }
        s->paused = self;
        to_main(self);
        s->running = self->state == TASK_RUNNING ? self : NULL; /* resumed: choose again */
    }
}

/* The main stack chooses the first task of all. */
static void start_first(void)
{
    struct sched *s = the_sched;
    while (ready_count() == 0) {
        if (!advance())
            return;
    }
    struct task *first = pick(NULL);
    if (first != NULL)
        run_task(&s->main, first);
}

static enum sched_end controlled_run(uint64_t choices)
{
    struct sched *s = the_sched;
    s->choices_left = choices;
    s->trivial = s->config->policy == POLICY_FIFO && choices == UINT64_MAX;
    if (s->stopping)
        return s->end;
    if (s->paused != NULL) {
        struct task *paused = s->paused;
        s->paused = NULL;
        fiber_switch(&s->main, &paused->fiber);
        reap();
    } else {
        start_first();
    }
    return s->end;
}

static void maybe_reschedule(void)
{
    if (!controlled())
        threads_leave_if_stopping();
    else if (!the_sched->trivial && ready_count() > 0)
        reschedule(the_sched->running);
}

void sched_point(void)
{
    if (controlled() && (the_sched->trivial || ready_count() == 0))
        return;
    bool held = sched_kernel_held();
    if (held)
        sched_kernel_unlock();
    maybe_reschedule();
    if (held)
        sched_kernel_lock();
}

void sched_sync_point(void)
{
    if (the_sched->config->grain == GRAIN_LOCKS)
        maybe_reschedule();
}

/* self lines up behind all who are ready. */
static void go_to_the_end(struct task *self)
{
    struct task *next;
    self->state = TASK_READY;
    ready_append(self);
    while ((next = pick(NULL)) == NULL) {
        the_sched->paused = self;
        to_main(self);
    }
    run_task(&self->fiber, next);
}

void sched_yield_to_others(void)
{
    struct task *self = sched_self();
    bool held = sched_kernel_held();
    if (held)
        sched_kernel_unlock();
    if (!controlled())
        sched_yield();
    else if (ready_count() > 0)
        go_to_the_end(self);
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
    struct task *next = the_sched->kernel_queue.first;
    the_sched->kernel_owner = NULL;
    if (next != NULL) {
        queue_remove(next);
        make_ready(next);
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
    self->state = TASK_EXITED;
    the_sched->live--;
    the_sched->dead = self;
    reschedule(self);
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
    t->next_task = the_sched->tasks;
    the_sched->tasks = t;
    the_sched->live++;
    if (controlled())
        make_ready(t);
    sched_atomic_end();
    return t;
}

struct task *sched_self(void)
{
    return controlled() ? the_sched->running : threads_self();
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

/* -- sleeping ---------------------------------------------------------------------------------- */

static void wake_for_time(void *arg)
{
    struct task *t = arg;
    sched_atomic_begin();
    if (t->state == TASK_ASLEEP && !t->wants) {
        t->timed_out = true;
        if (t->in != NULL)
            queue_remove(t);
        make_ready(t);
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
    return true;
}

void sched_interrupt(struct task *t)
{
    sched_atomic_begin();
    t->interrupted = true;
    if (t->waits_for_condition)
        interrupt_wait(t);
    else if (t->state == TASK_ASLEEP && t->wants == NULL) {
        if (t->in != NULL)
            queue_remove(t);
        make_ready(t);
    }
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

int64_t sched_now_ns(void)
{
    return controlled() ? 0 : threads_now_ns();
}

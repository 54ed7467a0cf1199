/* controlled.c - controlled mode: one fiber runs, and at each choice the policy says who goes on.
 *
 * A task gives up the processor in reschedule: it chooses the next one and switches to it at once,
 * without a detour over the main stack. The main stack is switched to only when there is nobody to
 * choose, the choices of sched_run are used up, or the run is stopped or paused; the task that was
 * about to choose is remembered, and chooses when sched_run is called again. */
#include "sim/sched/random.h"
#include "sim/sched/task.h"

#include <stdio.h>
#include <string.h>

uint64_t random_next(void)
{
    return random_after(&the_sched->random);
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
    case POLICY_ASKED: return s->chosen.task;
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
    s->question.about = WHO_GOES_ON;
    struct task *t = choice(self);
    if (t != NULL && s->config->record != NULL && s->config->record != s->config->schedule)
        schedule_add(s->config->record, t->name);
    return t;
}

/* Time moves, since nobody can run. False: nothing is timed to happen. */
static bool advance(void)
{
    struct sched *s = the_sched;
    forget_time_of_those_let_be();
    struct sched_timer *first = timer_first();
    if (first == NULL) {
        s->end = s->live == 0 ? SCHED_ALL_EXITED : SCHED_DEADLOCK;
        tell_who_wants();
        return false;
    }
    if (first->when > s->now) {
        s->now = first->when;
        if (s->config->on_time != NULL)
            s->config->on_time(s->config->ctx, s->now);
        if (s->config->watch != NULL)
            s->config->watch->time(s->config->watch->ctx);
    }
    timers_fire(s->now);
    return !s->stopping;
}

void reap(void)
{
    struct task *dead = the_sched->dead;
    if (dead == NULL || dead == the_sched->running || dead == the_sched->paused)
        return;
    fiber_fini(&dead->fiber);
    the_sched->dead = NULL;
}

static void run_task(struct fiber *from, struct task *t)
{
    const struct step_watch *watch = can_succeed(t) ? the_sched->config->watch : NULL;
    if (t->state == TASK_READY)
        ready_remove(t);
    t->state = TASK_RUNNING;
    the_sched->running = t;
    if (watch != NULL)
        watch->step(watch->ctx, t);
    if (from != &t->fiber)
        fiber_switch(from, &t->fiber);
    reap();
}

void to_main(struct task *self)
{
    static struct fiber nowhere; /* nobody comes back there */
    the_sched->running = NULL;
    fiber_switch(the_sched->stack_lost ? &nowhere : &self->fiber, &the_sched->main);
}

/* self gives up the processor: asleep, exited, or with a choice to be made (then it is RUNNING). */
void reschedule(struct task *self)
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

enum sched_end controlled_run(uint64_t choices)
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

/* self lines up behind all who are ready. */
void go_to_the_end(struct task *self)
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

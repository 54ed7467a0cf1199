/* choice.c - what can be chosen at a choice, for whoever is asked (POLICY_ASKED); and the choices that
 * a task makes in the middle of an operation: whom a signal wakes, whether a wait returns at once. */
#include "sim/sched/digest.h"
#include "sim/sched/task.h"

#include <stdio.h>
#include <string.h>

/* -- asking ------------------------------------------------------------------------------------ */

bool can_succeed(const struct task *t)
{
    const struct sched *s = the_sched;
    switch (t->next_step) {
    case NEXT_START:
    case NEXT_IN_KERNEL: return s->kernel_owner == NULL || s->kernel_owner == t;
    case NEXT_LOCK: return t->next_mutex->owner == NULL || t->next_mutex->owner == t;
    case NEXT_SYNC:
    case NEXT_RETURN: return true;
    }
    return true;
}

bool sched_could_go_on(const struct task *t)
{
    return task_state(t) == TASK_READY && can_succeed(t);
}

static void insert(struct sched_choice *choices, size_t count, struct sched_choice c)
{
    while (count > 0 && choices[count - 1].task->number > c.task->number) {
        choices[count] = choices[count - 1];
        count--;
    }
    choices[count] = c;
}

static size_t who_goes_on(struct sched_choice *choices, size_t room, bool also_in_vain)
{
    struct task *self = sched_continues();
    size_t count = 0;
    if (self != NULL && count < room && (also_in_vain || can_succeed(self)))
        insert(choices, count++, (struct sched_choice){CHOICE_GOES_ON, self});
    for (struct task *t = ready_count() > 0 ? the_sched->ready.first : NULL; t != NULL;
         t = t->next) {
        if (count < room && (also_in_vain || can_succeed(t)))
            insert(choices, count++, (struct sched_choice){CHOICE_GOES_ON, t});
    }
    return count;
}

size_t sched_choices(struct sched_choice *choices, size_t room)
{
    struct question q = the_sched->question;
    size_t count = 0;
    switch (q.about) {
    case WHO_GOES_ON:
        count = who_goes_on(choices, room, false);
        return count > 0 ? count : who_goes_on(choices, room < 1 ? room : 1, true);
    case WHO_IS_WOKEN:
        for (struct task *t = q.cond->waiting.first; t != NULL && count < room; t = t->next)
            insert(choices, count++, (struct sched_choice){CHOICE_IS_WOKEN, t});
        return count;
    case SLEEP_OR_RETURN: break;
    }
    choices[0] = (struct sched_choice){CHOICE_SLEEPS, the_sched->paused};
    choices[1] = (struct sched_choice){CHOICE_RETURNS, the_sched->paused};
    return 2;
}

void sched_choose(struct sched_choice choice)
{
    the_sched->chosen = choice;
}

struct task *sched_continues(void)
{
    struct task *t = the_sched->paused;
    return t != NULL && t->state == TASK_RUNNING ? t : NULL;
}

void sched_choice_name(struct sched_choice choice, char *name, size_t size)
{
    snprintf(name, size, "%s%s", choice.task->name, choice.kind == CHOICE_RETURNS ? "~" : "");
}

const void *sched_wanted_mutex(const struct task *t)
{
    if (t->state == TASK_EXITED || t->waits_for_condition)
        return NULL;
    return t->state != TASK_ASLEEP && t->next_step == NEXT_LOCK ? t->next_mutex : t->wants;
}

const struct task *sched_next_task(const struct task *before)
{
    const struct task *t = before == NULL ? the_sched->tasks : before->next_task;
    while (t != NULL && t->state == TASK_EXITED)
        t = t->next_task;
    return t;
}

/* -- deciding ---------------------------------------------------------------------------------- */

/* What the policy says, of choices that are not about who runs; *answer: the default. */
static void decide(struct question question, struct sched_choice *answer)
{
    struct sched *s = the_sched;
    struct task *self = s->running;
    const struct sched_config *config = s->config;
    char name[sizeof config->schedule->items->name + 1];
    if (s->trivial || s->stopping || sched_has_threads)
        return;
    s->question = question;
    while (s->choices_left == 0) {
        s->end = SCHED_PAUSED;
        s->paused = self;
        to_main(self);
        s->running = self;
    }
    s->choices_left--;
    struct sched_choice choices[SCHED_CHOICES_MOST];
    s->paused = self;
    size_t count = sched_choices(choices, SCHED_CHOICES_MOST);
    s->paused = NULL;
    const char *wanted = NULL;
    if (config->policy == POLICY_ASKED)
        *answer = s->chosen;
    else if (config->policy == POLICY_RANDOM)
        *answer = choices[random_next() % count];
    else if (config->policy == POLICY_SCHEDULE)
        wanted = schedule_next(config->schedule, &s->cursor);
    for (size_t i = 0; i < count && wanted != NULL; i++) {
        sched_choice_name(choices[i], name, sizeof name);
        if (strcmp(name, wanted) == 0)
            *answer = choices[i];
    }
    s->question.about = WHO_GOES_ON;
    sched_choice_name(*answer, name, sizeof name);
    if (config->record != NULL && (config->record != config->schedule || wanted == NULL))
        schedule_add(config->record, name);
    if (config->record != NULL && config->record == config->schedule && wanted == NULL)
        s->cursor = schedule_end(config->record);
}

struct task *decide_who_is_woken(struct sched_cond *c)
{
    struct sched_choice answer = {CHOICE_IS_WOKEN, c->waiting.first};
    if (the_sched->config->freedom.wake == WAKE_ANY && c->waiting.first != c->waiting.last)
        decide((struct question){WHO_IS_WOKEN, c}, &answer);
    return answer.task;
}

bool decide_to_return(void)
{
    struct sched_choice answer = {CHOICE_SLEEPS, the_sched->running};
    if (the_sched->spurious_left == 0)
        return false;
    decide((struct question){SLEEP_OR_RETURN, NULL}, &answer);
    bool returns = answer.kind == CHOICE_RETURNS;
    the_sched->spurious_left -= returns;
    return returns;
}

/* -- the state --------------------------------------------------------------------------------- */

/* How many stand before it in its queue. */
static uint64_t rank(const struct task *t)
{
    uint64_t before = 0;
    for (const struct task *at = t->previous; at != NULL; at = at->previous)
        before++;
    return before;
}

/* The first word says which others there are. */
static void digest_task(struct digest *d, const struct task *t)
{
    bool in_queue = t->state == TASK_ASLEEP && t->in != NULL, timed = t->wake_up.place != 0;
    digest_add(d, (uint64_t)t->number << 32 | (uint64_t)timed << 13 |
                      (uint64_t)(t->wants != NULL) << 12 | (uint64_t)t->state << 8 |
                      (uint64_t)t->next_step << 4 | (uint64_t)t->waits_for_condition << 3 |
                      (uint64_t)t->interrupted << 2 | (uint64_t)t->timed_out << 1 | in_queue);
    if (t->state == TASK_EXITED)
        return;
    digest_add(d, (uintptr_t)t->next_site);
    if (t->wants != NULL)
        digest_add(d, (uintptr_t)t->wants);
    if (timed)
        digest_add(d, (uint64_t)t->wake_up.when);
    if (in_queue) {
        digest_add(d, (uintptr_t)t->in);
        digest_add(d, rank(t));
    }
}

void sched_digest(struct digest *d)
{
    const struct sched *s = the_sched;
    const struct task *last = sched_continues();
    ready_count(); /* so that states are what they will be seen to be */
    digest_add(d, (uint64_t)s->now);
    digest_add(d, (uint64_t)s->spurious_left << 32 | (uint64_t)s->question.about << 16 |
                      (uint64_t)(s->kernel_owner != NULL ? s->kernel_owner->number + 1 : 0));
    if (s->question.about != WHO_GOES_ON)
        digest_add(d, (uint64_t)last->number);
    for (const struct task *t = s->tasks; t != NULL; t = t->next_task)
        digest_task(d, t);
}

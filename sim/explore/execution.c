/* execution.c - see execution.h. */
#include "sim/explore/execution.h"

struct cost cost_sum(struct cost a, struct cost b)
{
    return (struct cost){a.preemptions + b.preemptions, a.switches + b.switches, a.steps + b.steps};
}

int cost_compare(struct cost a, struct cost b)
{
    if (a.preemptions != b.preemptions)
        return a.preemptions < b.preemptions ? -1 : 1;
    if (a.switches != b.switches)
        return a.switches < b.switches ? -1 : 1;
    return a.steps == b.steps ? 0 : a.steps < b.steps ? -1 : 1;
}

/* -- what the scheduler tells ------------------------------------------------------------------ */

static void on_step(void *ctx, struct task *t)
{
    struct execution *x = ctx;
    uint16_t number = (uint16_t)task_number(t);
    x->switches += x->steps > 0 && x->last != number;
    x->steps++;
    x->last = number;
    x->movers |= number < 64 ? UINT64_C(1) << number : 0;
    if (x->also.step != NULL)
        x->also.step(x->also.ctx, t);
}

static void on_touch(void *ctx, const void *object, enum touch_kind kind)
{
    struct execution *x = ctx;
    if (x->steps <= 1 && (kind != TOUCH_RELEASE || x->subject->locks == LOCKS_ARE_TRIED))
        x->local = false;
    if (x->also.touch != NULL)
        x->also.touch(x->also.ctx, object, kind);
}

static void on_wakes(void *ctx, struct task *t)
{
    struct execution *x = ctx;
    if (x->steps <= 1)
        x->local = false;
    if (x->also.wakes != NULL)
        x->also.wakes(x->also.ctx, t);
}

static void on_time(void *ctx)
{
    struct execution *x = ctx;
    if (x->also.time != NULL)
        x->also.time(x->also.ctx);
}

void execution_init(struct execution *x, const struct subject *subject)
{
    *x = (struct execution){
        .subject = subject, .watch = {x, on_step, on_touch, on_wakes, on_time}, .last = NO_TASK};
}

/* -- going ------------------------------------------------------------------------------------- */

/* Whoever could go on without a switch is the first choice: most often nothing else is needed. */
static void look(struct execution *x)
{
    struct task *continues = sched_continues();
    x->count = sched_choices(x->choices, SCHED_CHOICES_MOST);
    for (size_t i = 1; i < x->count && x->choices[0].kind == CHOICE_GOES_ON; i++) {
        if (x->choices[i].task != continues)
            continue;
        struct sched_choice c = x->choices[i];
        for (size_t at = i; at > 0; at--)
            x->choices[at] = x->choices[at - 1];
        x->choices[0] = c;
    }
}

static void make(struct execution *x, struct sched_choice c)
{
    if (x->on_choice != NULL)
        x->on_choice(x->ctx, c);
    sched_choose(c);
    x->end = sched_run(1);
    if (x->subject->progress == NULL || x->subject->progress(x->subject->ctx))
        x->progress = true;
}

/* In the middle of a step (a choice of another kind), nothing need hold. */
static bool is_wrong(const struct execution *x)
{
    return x->choices[0].kind == CHOICE_GOES_ON && x->subject->check != NULL &&
           x->subject->check(x->subject->ctx) != NULL;
}

static void go_while_forced(struct execution *x)
{
    while (x->end == SCHED_PAUSED) {
        look(x);
        if (is_wrong(x)) {
            x->end = SCHED_STOPPED;
            break;
        }
        if (x->choices[0].kind != CHOICE_GOES_ON && x->steps <= 1)
            x->local = false; /* it is in the middle of that step: who knows what will come */
        if (x->count > 1)
            return;
        make(x, x->choices[0]);
    }
    x->ended = true;
}

static void begin_stretch(struct execution *x)
{
    x->steps = 0;
    x->switches = 0;
    x->movers = 0;
    x->local = true;
    x->progress = false;
    x->ended = false;
}

void execution_start(struct execution *x)
{
    begin_stretch(x);
    x->last = NO_TASK;
    x->end = sched_run(0);
    go_while_forced(x);
}

void execution_go(struct execution *x, struct sched_choice choice)
{
    begin_stretch(x);
    if (choice.kind != CHOICE_GOES_ON)
        x->local = false; /* it is in the middle of a step */
    make(x, choice);
    go_while_forced(x);
}

void execution_resume(struct execution *x, uint16_t last)
{
    x->last = last;
    x->ended = false;
}

bool choice_preempts(const struct sched_choice *choices, size_t count, struct sched_choice c,
                     uint16_t last)
{
    if (c.kind != CHOICE_GOES_ON || task_number(c.task) == last)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (task_number(choices[i].task) == last)
            return true;
    }
    return false;
}

struct cost execution_go_at_cost(struct execution *x, struct sched_choice c)
{
    bool preempts = choice_preempts(x->choices, x->count, c, x->last);
    bool switches =
        c.kind == CHOICE_GOES_ON && x->last != NO_TASK && x->last != task_number(c.task);
    execution_go(x, c);
    return (struct cost){preempts, x->switches + switches, x->steps};
}

/* -- moves ------------------------------------------------------------------------------------- */

struct move move_of(struct sched_choice c)
{
    return (struct move){.kind = (uint8_t)c.kind, .task = (uint16_t)task_number(c.task)};
}

const struct sched_choice *execution_find(const struct execution *x, struct move m)
{
    for (size_t i = 0; i < x->count; i++) {
        const struct sched_choice *c = &x->choices[i];
        if (c->kind == (enum choice_kind)m.kind && task_number(c->task) == m.task)
            return c;
    }
    return NULL;
}

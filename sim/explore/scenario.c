/* scenario.c - see scenario.h. */
#include "sim/explore/scenario.h"

#include <stdlib.h>
#include <string.h>

/* -- the subject ------------------------------------------------------------------------------- */

static void scenario_digest(void *ctx, struct digest *d)
{
    struct scenario *s = ctx;
    run_digest(s->run, d);
}

static void scenario_present(void *ctx, struct digest *d)
{
    struct scenario *s = ctx;
    run_present_digest(s->run, d);
}

static struct ending scenario_end(void *ctx, enum sched_end end)
{
    struct scenario *s = ctx;
    struct ending e = {.verdict = 0};
    e.verdict = (int)run_judge(s->run, end);
    run_outcome_digest(s->run, &e.outcome);
    if (e.verdict != VERDICT_AS_EXPECTED)
        run_failure_digest(s->run, &e.failure);
    e.broken = run_broken_claims(s->run);
    if (s->broken != NULL) {
        e.verdict = VERDICT_FAILED;
        digest_add_bytes(&e.failure, s->broken, strlen(s->broken));
        digest_add(&e.outcome, e.failure.a);
        s->broken = NULL;
    }
    diag_list_free(&s->messages);
    return e;
}

static bool scenario_progress(void *ctx)
{
    struct scenario *s = ctx;
    return run_progressed(s->run);
}

static const char *scenario_check(void *ctx)
{
    struct scenario *s = ctx;
    s->broken = run_check_invariant(s->run);
    return s->broken;
}

static bool judges_states(const struct program *p)
{
    for (size_t i = 0; i < p->claim_count; i++) {
        if (p->claims[i].kind != CLAIM_END && p->claims[i].kind != CLAIM_AT)
            return true;
    }
    return false;
}

static bool has_loops(const struct program *p)
{
    for (size_t pc = 0; pc < p->code_count; pc++) {
        if (p->code[pc].op == OP_JUMP && (size_t)p->code[pc].arg <= pc)
            return true;
    }
    return false;
}

bool scenario_open(struct scenario *s, const struct program *program,
                   const struct run_options *options, struct diag_list *diags)
{
    *s = (struct scenario){.program = program, .options = *options};
    s->subject = (struct subject){
        .ctx = s,
        .digest = scenario_digest,
        .present = options->outcome > OUTCOME_ENDS && has_loops(program) ? scenario_present : NULL,
        .end = scenario_end,
        .progress = scenario_progress,
        .states = judges_states(program) ? SUBJECT_SHOWS : SUBJECT_HIDES};
    execution_init(&s->execution, &s->subject);
    if (options->invariant == INVARIANT_IS_CHECKED) {
        s->subject.check = scenario_check;
        s->subject.states = SUBJECT_SHOWS;
    }
    s->options.mode = SCHED_CONTROLLED;
    s->options.policy = POLICY_ASKED;
    s->options.watch = &s->execution.watch;
    s->options.explored = true;
    s->run = run_begin(program, &s->options, diags);
    if (s->run == NULL)
        return false;
    run_send_messages(s->run, &s->messages);
    s->start = snapshot_take();
    return s->start != NULL;
}

void scenario_close(struct scenario *s)
{
    snapshot_free(s->start);
    run_free(s->run);
    diag_list_free(&s->messages);
}

/* -- an execution again ------------------------------------------------------------------------ */

/* A step of an execution. */
struct made_step {
    uint16_t task;
    bool silent;
    uint32_t owed; /* silent steps of the task that were put off until now */
};

struct again {
    struct scenario *s;
    struct schedule schedule;
    struct cost cost;
    struct made_step *steps; /* owned */
    uint32_t count, room, at;
    const struct route *route;
    uint32_t next_move;
    bool silent; /* the step that is about to be made */
    bool astray; /* memory is short, or the steps are not those that were expected */
};

static void write_down(void *ctx, struct sched_choice c)
{
    struct again *a = ctx;
    char name[64];
    sched_choice_name(c, name, sizeof name);
    schedule_add(&a->schedule, name);
}

static void start_again(struct again *a, void (*on_step)(void *ctx, struct task *t))
{
    struct execution *x = &a->s->execution;
    schedule_fini(&a->schedule);
    schedule_init(&a->schedule, a->s->options.freedom);
    a->at = 0;
    a->next_move = 0;
    x->on_choice = write_down;
    x->ctx = a;
    x->also = (struct step_watch){.ctx = a, .step = on_step};
    snapshot_restore(a->s->start);
    execution_start(x);
    a->cost = (struct cost){0, x->switches, x->steps};
}

static void choose(struct again *a, struct sched_choice c)
{
    a->cost = cost_sum(a->cost, execution_go_at_cost(&a->s->execution, c));
}

static bool arrives(struct again *a, const struct ending *ending)
{
    const struct execution *x = &a->s->execution;
    if (a->astray || !x->ended || ending == NULL)
        return false;
    struct ending e = scenario_end(a->s, x->end);
    return e.verdict == ending->verdict && digest_same(&e.outcome, &ending->outcome);
}

/* -- as it was found -- */

static void note_step(void *ctx, struct task *t)
{
    struct again *a = ctx;
    if (a->count == a->room) {
        uint32_t room = a->room == 0 ? 256 : a->room * 2;
        struct made_step *grown = realloc(a->steps, room * sizeof *grown);
        if (grown == NULL) {
            a->astray = true;
            return;
        }
        a->steps = grown;
        a->room = room;
    }
    a->steps[a->count++] = (struct made_step){(uint16_t)task_number(t), a->silent, 0};
    a->silent = false;
}

static bool go_as_found(struct again *a, const struct ending *ending)
{
    struct execution *x = &a->s->execution;
    start_again(a, note_step);
    for (uint32_t i = 0; i < a->route->count && !x->ended; i++) {
        const struct sched_choice *c = execution_find(x, a->route->moves[i]);
        if (c == NULL)
            return false;
        a->silent = a->route->moves[i].silent;
        choose(a, *c);
    }
    return arrives(a, ending);
}

/* -- with the silent steps put off until just before the next step of the same task -- */

static void put_off(struct again *a)
{
    struct made_step *last = malloc((a->count + 1) * sizeof *last); /* with no step after them */
    uint32_t kept = 0, lasts = 0;
    a->astray |= last == NULL;
    for (uint32_t i = 0; last != NULL && i < a->count; i++) {
        struct made_step *step = &a->steps[i];
        uint32_t next = i + 1;
        while (next < a->count && a->steps[next].task != step->task)
            next++;
        if (!step->silent)
            a->steps[kept++] = *step;
        else if (next < a->count)
            a->steps[next].owed += step->owed + 1;
        else
            last[lasts++] = *step;
    }
    for (uint32_t i = 0; i < lasts; i++)
        a->steps[kept++] = last[i];
    a->count = kept;
    free(last);
}

/* The first step of a task that is still to be made; a->count: there is none. */
static uint32_t next_step_of(const struct again *a, uint16_t task)
{
    uint32_t i = a->at;
    while (i < a->count && a->steps[i].task != task)
        i++;
    return i;
}

static void expect_step(void *ctx, struct task *t)
{
    struct again *a = ctx;
    uint32_t i = next_step_of(a, (uint16_t)task_number(t));
    if (i < a->count && a->steps[i].owed > 0)
        a->steps[i].owed--;
    else if (i == a->at && i < a->count)
        a->at++;
    else
        a->astray = true;
}

/* Whose turn it is; or, when it cannot go on before time has moved, somebody who owes steps. */
static const struct sched_choice *whose_turn(const struct again *a)
{
    const struct execution *x = &a->s->execution;
    if (a->at == a->count)
        return NULL;
    struct move m = {.kind = CHOICE_GOES_ON, .task = a->steps[a->at].task};
    const struct sched_choice *c = execution_find(x, m);
    for (size_t i = 0; i < x->count && c == NULL; i++) {
        uint32_t step = next_step_of(a, (uint16_t)task_number(x->choices[i].task));
        if (step < a->count && a->steps[step].owed > 0)
            c = &x->choices[i];
    }
    return c;
}

/* The next choice of a kind that is made in the middle of a step. */
static struct move next_move_inside(struct again *a)
{
    while (a->next_move < a->route->count && a->route->moves[a->next_move].kind == CHOICE_GOES_ON)
        a->next_move++;
    if (a->next_move == a->route->count)
        return (struct move){.task = NO_TASK};
    return a->route->moves[a->next_move++];
}

static bool go_late(struct again *a, const struct ending *ending)
{
    struct execution *x = &a->s->execution;
    put_off(a);
    start_again(a, expect_step);
    while (!x->ended && !a->astray) {
        const struct sched_choice *c = x->choices[0].kind == CHOICE_GOES_ON
                                           ? whose_turn(a)
                                           : execution_find(x, next_move_inside(a));
        if (c == NULL)
            return false;
        choose(a, *c);
    }
    return arrives(a, ending);
}

char *scenario_schedule(struct scenario *s, const struct route *route, const struct ending *ending,
                        struct cost *cost)
{
    struct execution *x = &s->execution;
    struct again a = {.s = s, .route = route};
    go_as_found(&a, ending);
    *cost = a.cost;
    char *text = schedule_text(&a.schedule);
    if (ending != NULL && !a.astray && go_late(&a, ending) && cost_compare(a.cost, *cost) < 0) {
        free(text);
        *cost = a.cost;
        text = schedule_text(&a.schedule);
    }
    x->on_choice = NULL;
    x->also = (struct step_watch){0};
    free(a.steps);
    schedule_fini(&a.schedule);
    return text;
}

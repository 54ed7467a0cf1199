/* scenario.c - see scenario.h. */
#include "sim/explore/scenario.h"

#include <string.h>

/* -- the subject ------------------------------------------------------------------------------- */

static void scenario_digest(void *ctx, struct digest *d)
{
    struct scenario *s = ctx;
    run_digest(s->run, d);
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

bool scenario_open(struct scenario *s, const struct program *program,
                   const struct run_options *options, struct diag_list *diags)
{
    *s = (struct scenario){.program = program, .options = *options};
    s->subject = (struct subject){.ctx = s,
                                  .digest = scenario_digest,
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
    s->start = s->run == NULL ? NULL : snapshot_take();
    if (s->run != NULL)
        run_send_messages(s->run, &s->messages);
    return s->start != NULL;
}

void scenario_close(struct scenario *s)
{
    snapshot_free(s->start);
    run_free(s->run);
    diag_list_free(&s->messages);
}

/* -- an execution again ------------------------------------------------------------------------ */

static void write_down(void *ctx, struct sched_choice c)
{
    char name[64];
    sched_choice_name(c, name, sizeof name);
    schedule_add(ctx, name);
}

void scenario_schedule(struct scenario *s, const struct route *route, struct schedule *schedule)
{
    struct execution *x = &s->execution;
    schedule_init(schedule, s->options.freedom);
    snapshot_restore(s->start);
    x->on_choice = write_down;
    x->ctx = schedule;
    execution_start(x);
    for (uint32_t i = 0; i < route->count && !x->ended; i++) {
        const struct sched_choice *c = execution_find(x, route->moves[i]);
        if (c == NULL)
            break;
        execution_go(x, *c);
    }
    x->on_choice = NULL;
    diag_list_free(&s->messages);
}

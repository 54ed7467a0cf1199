/* again.c - executions that were found, made once more: by their schedule, as `run` would. */
#include "sim/explore/explore.h"

struct again {
    const struct trace_sink *sinks; /* borrowed */
    size_t sink_count;
    struct diag_list *messages; /* borrowed; may be NULL */

    enum verdict verdict;
    struct ending ending;
    struct step_watch watch; /* all NULL: what it costs is not counted */
    struct cost cost;
    const struct task *last;
};

/* -- what it costs ----------------------------------------------------------------------------- */

static void count_step(void *ctx, struct task *t)
{
    struct again *a = ctx;
    a->cost.steps++;
    a->cost.switches += a->last != NULL && a->last != t;
    a->cost.preemptions += a->last != NULL && a->last != t && sched_could_go_on(a->last);
    a->last = t;
}

static void no_touch(void *ctx, const void *object, enum touch_kind kind)
{
    (void)ctx, (void)object, (void)kind;
}

static void no_wake(void *ctx, struct task *t)
{
    (void)ctx, (void)t;
}

static void no_time(void *ctx)
{
    (void)ctx;
}

/* -- making it --------------------------------------------------------------------------------- */

static void look_at(const struct run *run, struct again *a)
{
    a->ending = (struct ending){.verdict = (int)a->verdict};
    run_outcome_digest(run, &a->ending.outcome);
    if (a->verdict != VERDICT_AS_EXPECTED)
        run_failure_digest(run, &a->ending.failure);
    a->ending.broken = run_broken_claims(run);
}

static void follow(const struct program *program, struct run_options o,
                   const struct schedule *schedule, struct again *a)
{
    struct diag_list ignored = {0};
    o.mode = SCHED_CONTROLLED;
    o.policy = POLICY_SCHEDULE;
    o.schedule = schedule;
    o.freedom = schedule->freedom;
    o.explored = true;
    o.watch = a->watch.step != NULL ? &a->watch : NULL;
    o.sinks = a->sinks;
    o.sink_count = a->sink_count;
    struct run *run = run_begin(program, &o, a->messages != NULL ? a->messages : &ignored);
    if (run != NULL) {
        a->verdict = run_judge(run, run_go(run, UINT64_MAX));
        look_at(run, a);
    }
    run_free(run);
    diag_list_free(&ignored);
}

static void make_again(const struct program *program, const struct run_options *options,
                       const char *text, struct again *a)
{
    struct schedule schedule;
    const char *error;
    size_t at;
    a->verdict = VERDICT_LIMIT;
    schedule_init(&schedule, options->freedom);
    if (schedule_parse(&schedule, text, &error, &at) == 0)
        follow(program, *options, &schedule, a);
    schedule_fini(&schedule);
}

enum verdict explore_again(const struct program *program, const struct run_options *options,
                           const char *text, const struct trace_sink *sinks, size_t sink_count,
                           struct diag_list *messages, struct ending *ending)
{
    struct again a = {.sinks = sinks, .sink_count = sink_count, .messages = messages};
    make_again(program, options, text, &a);
    if (ending != NULL)
        *ending = a.ending;
    return a.verdict;
}

struct cost explore_cost(const struct program *program, const struct run_options *options,
                         const char *text, struct ending *ending)
{
    struct again a = {.last = NULL};
    a.watch = (struct step_watch){&a, count_step, no_touch, no_wake, no_time};
    make_again(program, options, text, &a);
    *ending = a.ending;
    return a.cost;
}

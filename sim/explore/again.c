/* again.c - executions that were found, made once more: by their schedule, as `run` would. */
#include "sim/explore/explore.h"

enum verdict explore_again(const struct program *program, const struct run_options *options,
                           const char *text, const struct trace_sink *sinks, size_t sink_count,
                           struct diag_list *messages, struct ending *ending)
{
    struct schedule schedule;
    struct diag_list ignored = {0};
    struct run_options o = *options;
    const char *error;
    size_t at;
    schedule_init(&schedule, options->freedom);
    enum verdict verdict = VERDICT_LIMIT;
    if (schedule_parse(&schedule, text, &error, &at) == 0) {
        o.mode = SCHED_CONTROLLED;
        o.policy = POLICY_SCHEDULE;
        o.schedule = &schedule;
        o.freedom = schedule.freedom;
        o.explored = true;
        o.watch = NULL;
        o.sinks = sinks;
        o.sink_count = sink_count;
        struct run *run = run_begin(program, &o, messages != NULL ? messages : &ignored);
        if (run != NULL)
            verdict = run_judge(run, run_go(run, UINT64_MAX));
        if (run != NULL && ending != NULL) {
            *ending = (struct ending){.verdict = (int)verdict};
            run_outcome_digest(run, &ending->outcome);
            if (verdict != VERDICT_AS_EXPECTED)
                run_failure_digest(run, &ending->failure);
            ending->broken = run_broken_claims(run);
        }
        run_free(run);
    }
    diag_list_free(&ignored);
    schedule_fini(&schedule);
    return verdict;
}

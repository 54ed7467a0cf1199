/* trial.c - see trial.h. */
#include "sim/lab/trial.h"

#include "sim/explore/report.h"
#include "sim/lab/answers.h"
#include "sim/lab/closes.h"
#include "sim/lab/material.h"
#include "sim/sched/clock.h"

#include <stdlib.h>

enum { MEMORY_OF_STATES = 256 << 20 /* bytes */, PIPE_NAME_MOST = 32 };

/* That are made in the seconds that there are, however slow a machine is: thousands are usual. */
enum { EXECUTIONS_LEAST = 200 };

/* A scenario on a pipe. */
struct attempt {
    const struct bench *bench;
    const struct lab_case *c;
    const struct piece *piece;
    struct diag_list diags; /* of a run */
    struct setting_override overrides[OVERRIDES_MOST + 1];
    struct run_options options;
    const char *pipe; /* "" : what the script says */
    enum verdict verdict;
    struct trial *trial;
    double end; /* of the processor's time */
};

void trial_free(struct trial *t)
{
    strbuf_free(&t->headline);
    strbuf_free(&t->story);
    strbuf_free(&t->again);
}

/* -- how it is had again ----------------------------------------------------------------------- */

static void add_command(struct attempt *a, const char *verb, const char *options)
{
    struct strbuf *s = &a->trial->again;
    bool own = a->bench->own != NULL && strcmp(a->pipe, a->bench->own_pipe) == 0;
    strbuf_addf(s, "%spipesim %s%s", strbuf_text(&a->piece->script.words), verb, options);
    if (a->pipe[0] != '\0') {
        strbuf_add(s, own ? " --pipe " : " --set pipe=");
        strbuf_add_word(s, own ? a->bench->own : a->pipe);
    }
    for (size_t i = 0; i < a->c->override_count; i++)
        strbuf_addf(s, " --set %s=%lld", setting_name(a->c->overrides[i].setting),
                    (long long)a->c->overrides[i].value);
    strbuf_add_char(s, ' ');
    strbuf_add_word(s, strbuf_text(&a->piece->script.name));
    strbuf_add_char(s, '\n');
}

static void add_scheduled(struct attempt *a, const char *schedule)
{
    struct strbuf option = {0};
    strbuf_addf(&option, " --schedule '%s'", schedule);
    add_command(a, "run", strbuf_text(&option));
    if (a->piece->script.words.length == 0)
        add_command(a, "step", strbuf_text(&option));
    strbuf_free(&option);
}

/* -- one schedule ------------------------------------------------------------------------------ */

static void check_most(struct attempt *a, const char *what, int64_t most, int64_t is)
{
    if (most < 0 || is <= most || a->verdict != VERDICT_AS_EXPECTED)
        return;
    a->verdict = VERDICT_FAILED;
    strbuf_addf(&a->trial->headline, "%lld %s, and %lld are enough", (long long)is, what,
                (long long)most);
}

/* The first of them in a line, and all of them. */
static void add_messages(struct attempt *a, const struct diag_list *diags)
{
    if (diags->count > 0 && a->trial->headline.length == 0) {
        const char *message = diags->items[0].message;
        strbuf_add_as_line(&a->trial->headline, message, strlen(message));
    }
    diag_render(diags, &a->piece->source, DIAG_PLAIN, &a->trial->story);
}

static void run_it(struct attempt *a)
{
    struct run *run = run_begin(a->piece->program, &a->options, &a->diags);
    a->verdict = VERDICT_LIMIT;
    if (run != NULL) {
        a->verdict = run_judge(run, run_go(run, UINT64_MAX));
        check_most(a, "switches", a->c->most_switches, run_tally(run)->switches);
        check_most(a, "wake-ups", a->c->most_wakeups, run_tally(run)->wakeups);
        check_most(a, "calls", a->c->most_calls, run_tally(run)->calls);
    }
    if (a->verdict != VERDICT_AS_EXPECTED) {
        add_messages(a, &a->diags);
        add_command(a, "run", "");
        add_command(a, "step", "");
    }
    run_free(run);
}

/* -- all schedules ----------------------------------------------------------------------------- */

static bool is_over(void *ctx, uint64_t executions, uint64_t states, double seconds)
{
    (void)executions;
    (void)states;
    (void)seconds;
    return clock_worked() > ((struct attempt *)ctx)->end;
}

static void tell_failure(struct attempt *a, const struct report *r)
{
    struct trial *t = a->trial;
    if (r->failure_count > 0) {
        const struct report_failure *f = &r->failures[0];
        const char *failed = "failed: ";
        bool plain = strncmp(f->headline, failed, strlen(failed)) == 0;
        strbuf_add(&t->headline, f->headline + (plain ? strlen(failed) : 0));
        strbuf_add(&t->story, f->story);
        strbuf_add(&t->story, f->messages);
        add_scheduled(a, f->again.schedule);
    } else if (r->cycle_count > 0 && !r->cycles[0].progress) {
        strbuf_addf(&t->headline, "livelock: %s can go on for ever, and nothing changes",
                    r->cycles[0].who);
        add_scheduled(a, r->cycles[0].again.schedule);
    } else {
        strbuf_add(&t->headline, "a claim does not hold");
        for (size_t i = 0; i < r->claim_count; i++) {
            if (r->claims[i].kind == CLAIM_SOMETIMES && !r->claims[i].met)
                strbuf_addf(&t->story, "line %d: %s: it never holds\n", r->claims[i].line,
                            r->claims[i].text);
        }
        add_command(a, "explore", a->c->options);
    }
}

/* Is what was seen worth anything? Slow code must not pass because nobody could wait for it. */
static bool is_enough(const struct report *r)
{
    const struct tally_of_paths *all = &r->executions;
    bool any = all->high > 0 || all->low > 0 || all->infinite || all->too_many;
    return any && (r->end != SEARCH_STOPPED || r->made >= EXECUTIONS_LEAST);
}

/* A bound that was reached is no failure: what was seen was good. */
static enum verdict verdict_within_bounds(const struct report *r)
{
    bool stopped = r->end != SEARCH_COMPLETE || r->bounded;
    enum verdict v = report_verdict(r);
    if (stopped && r->failure_count > 0)
        return r->failures[0].verdict;
    if (stopped && !is_enough(r))
        return VERDICT_INTERRUPTED;
    return stopped && (v == VERDICT_LIMIT || v == VERDICT_INTERRUPTED) ? VERDICT_AS_EXPECTED : v;
}

static void explore_it(struct attempt *a)
{
    struct explore_options options = {.run = &a->options,
                                      .bounds = {.preemptions = a->c->preemptions,
                                                 .executions = a->c->executions,
                                                 .bytes = MEMORY_OF_STATES},
                                      .progress = is_over,
                                      .ctx = a};
    a->options.outcome = OUTCOME_ENDS;
    a->verdict = VERDICT_LIMIT;
    struct exploration *e = explore(a->piece->program, &options, &a->diags);
    struct report *r = e != NULL ? report_new(a->piece->program, &options, e, "", "") : NULL;
    if (r != NULL)
        a->verdict = verdict_within_bounds(r);
    if (r == NULL)
        add_messages(a, &a->diags);
    else if (a->verdict == VERDICT_INTERRUPTED)
        strbuf_addf(&a->trial->headline, "it is so slow that hardly any order could be tried");
    else if (a->verdict != VERDICT_AS_EXPECTED)
        tell_failure(a, r);
    report_free(r);
    exploration_free(e);
}

/* -- a scenario on a pipe ---------------------------------------------------------------------- */

static void set_options(struct attempt *a)
{
    const struct lab_case *c = a->c;
    size_t n = c->override_count;
    memcpy(a->overrides, c->overrides, n * sizeof *a->overrides);
    if (a->pipe[0] != '\0')
        a->overrides[n++] = (struct setting_override){.setting = -1, .pipe = a->pipe};
    a->options.freedom = c->freedom;
    a->options.overrides = a->overrides;
    a->options.override_count = n;
}

/* What it came to; the texts of `t` say what was wrong. */
static enum verdict attempt(struct trial *t, const struct bench *bench, const struct lab_case *c,
                            const struct piece *piece, const char *pipe)
{
    struct attempt a = {.bench = bench, .c = c, .piece = piece, .pipe = pipe, .trial = t};
    a.end = clock_worked() + bench->seconds;
    a.verdict = VERDICT_BAD_SCRIPT;
    set_options(&a);
    if (piece->why.length > 0)
        strbuf_add(&t->headline, strbuf_text(&piece->why));
    else if (piece->program == NULL)
        add_messages(&a, &piece->mistakes);
    else if (c->kind == CASE_RUN)
        run_it(&a);
    else
        explore_it(&a);
    diag_list_free(&a.diags);
    return a.verdict;
}

/* -- a case ------------------------------------------------------------------------------------ */

static void forget(struct trial *t)
{
    strbuf_clear(&t->headline);
    strbuf_clear(&t->story);
    strbuf_clear(&t->again);
}

/* Did it show what it was to show? A mistake in a script shows nothing. */
static bool has_failed(enum verdict v)
{
    return v == VERDICT_FAILED || v == VERDICT_STUCK;
}

static void conclude(struct trial *t, enum verdict v)
{
    t->outcome = v == VERDICT_AS_EXPECTED ? OUTCOME_PASSED
                 : has_failed(v)          ? OUTCOME_FAILED
                                          : OUTCOME_CANNOT_SAY;
    if (t->outcome == OUTCOME_CANNOT_SAY && t->headline.length == 0)
        strbuf_add(&t->headline, "a limit was reached");
}

/* The next of the names in the list, in `pipe`. */
static const char *next_pipe(const char *list, char *pipe)
{
    size_t length = strcspn(list, ",");
    size_t n = length < PIPE_NAME_MOST - 1 ? length : PIPE_NAME_MOST - 1;
    memcpy(pipe, list, n);
    pipe[n] = '\0';
    return list[length] == ',' ? list + length + 1 : NULL;
}

/* All the files on one pipe. False: the case is decided. */
static bool try_files(struct trial *t, const struct bench *b, const struct lab_case *c,
                      const struct material *m, const char *pipe)
{
    size_t failed = 0;
    for (size_t i = 0; i < m->count; i++) {
        forget(t);
        enum verdict v = attempt(t, b, c, &m->pieces[i], pipe);
        failed += has_failed(v);
        if (v != VERDICT_AS_EXPECTED && (c->wants == WANTS_TO_HOLD || !has_failed(v))) {
            conclude(t, v);
            return false;
        }
        if (c->wants == WANTS_TO_FAIL && v == VERDICT_AS_EXPECTED)
            break;
    }
    if (c->wants == WANTS_TO_HOLD)
        return true;
    if (m->count > 0 && (c->wants == WANTS_TO_FAIL ? failed == m->count : failed > 0))
        return true;
    forget(t);
    t->outcome = OUTCOME_FAILED;
    strbuf_addf(&t->headline, "%s on the pipe '%s', which it is to tell from a right one",
                m->count == 1 ? "the scenario holds" : "every scenario holds", pipe);
    return false;
}

static void try_pipes(struct trial *t, const struct bench *b, const struct lab_case *c,
                      const struct material *m)
{
    char pipe[PIPE_NAME_MOST];
    const char *list = c->pipe != NULL ? c->pipe : b->own_pipe != NULL ? b->own_pipe : "";
    t->outcome = OUTCOME_PASSED;
    if (m->count == 0) {
        t->outcome = OUTCOME_FAILED;
        strbuf_addf(&t->headline, "no file '%s' was handed in", c->files + 1);
        return;
    }
    while (list != NULL) {
        list = next_pipe(list, pipe);
        if (!try_files(t, b, c, m, pipe))
            list = NULL;
    }
}

void trial_make(struct trial *t, const struct bench *bench, const struct lab_case *c,
                const struct material *m)
{
    if (c->kind == CASE_ONLY_CLOSES)
        closes_compare(t, m);
    else if (c->kind == CASE_QUIZ)
        answers_judge(t, c, m);
    else
        try_pipes(t, bench, c, m);
}

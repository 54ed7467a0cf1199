/* variation.c - see variation.h. */
#include "sim/quiz/variation.h"

#include "sim/quiz/literals.h"
#include "sim/run/vocabulary.h"
#include "sim/step/spoilers.h"

#include <stdlib.h>
#include <string.h>

enum { ATTEMPTS = 64, QUIZ_STEPS = 200000, QUIZ_MEBIBYTES = 64 };

void variation_free(struct variation *v)
{
    program_free(v->program);
    strbuf_free(&v->text);
    schedule_fini(&v->schedule);
    v->program = NULL;
}

struct run_options variation_run_options(const struct variation *v)
{
    return (struct run_options){.policy = v->policy,
                                .schedule = &v->schedule,
                                .overrides = v->limits,
                                .override_count = sizeof v->limits / sizeof *v->limits};
}

/* What the script itself sets may be less. */
static void set_limits(struct variation *v)
{
    const int64_t *set = v->program->settings.values;
    const struct setting_override limits[] = {
        {.setting = SETTING_max_calls, .value = QUIZ_CALLS},
        {.setting = SETTING_max_steps, .value = QUIZ_STEPS},
        {.setting = SETTING_max_memory, .value = QUIZ_MEBIBYTES}};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        v->limits[i] = limits[i];
        if (set[limits[i].setting] < limits[i].value)
            v->limits[i].value = set[limits[i].setting];
    }
    v->limits[sizeof limits / sizeof *limits] =
        (struct setting_override){.setting = -1, .pipe = v->pipe};
}

/* -- how a run ends ---------------------------------------------------------------------------- */

struct ending {
    enum verdict verdict;
    bool deadlock, killed, slept;
    size_t failures; /* a line that begins too late, say */
};

static bool same_ending(struct ending a, struct ending b)
{
    return a.verdict == b.verdict && a.deadlock == b.deadlock && a.killed == b.killed &&
           a.slept == b.slept && a.failures == b.failures;
}

static struct ending ending_of(const struct run *run, enum verdict verdict)
{
    const struct view *view = run_view(run);
    struct ending e = {.verdict = verdict, .deadlock = view->deadlock};
    for (size_t i = 0; i < view->actor_count; i++) {
        e.killed |= view->actors[i].state == ACTOR_EXITED && view->actors[i].status < 0;
        e.slept |= view->actors[i].sleeps > 0;
    }
    return e;
}

/* Under rr the choices are kept, so that a walk can make them again. */
static void keep_choices(struct variation *v, const struct run *run)
{
    const char *error;
    size_t at;
    char *text = v->policy == POLICY_RR ? run_schedule(run) : NULL;
    schedule_fini(&v->schedule);
    schedule_init(&v->schedule, (struct freedom){.grain = GRAIN_CALLS});
    if (text != NULL)
        schedule_parse(&v->schedule, text, &error, &at);
    free(text);
}

static struct ending run_once(struct variation *v, struct diag_list *diags)
{
    set_limits(v);
    struct run_options options = variation_run_options(v);
    struct run *run = run_begin(v->program, &options, diags);
    struct ending e = {.verdict = VERDICT_LIMIT};
    if (run != NULL) {
        e = ending_of(run, run_judge(run, run_go(run, UINT64_MAX)));
        e.failures = diags->failures;
        keep_choices(v, run);
    }
    v->verdict = e.verdict;
    run_free(run);
    return e;
}

/* -- texts ------------------------------------------------------------------------------------- */

/* Takes the edits up; the text and program before are freed. False: it does not parse. */
static bool become(struct variation *v, const struct source *from, struct edit_list *edits,
                   struct diag_list *diags)
{
    struct strbuf text = {0};
    bool complete = !edits->out_of_memory;
    rewrite(from, edits, LINES_TIDIED, &text);
    edit_list_free(edits);
    program_free(v->program);
    strbuf_free(&v->text);
    v->program = NULL;
    v->text = text;
    v->source = (struct source){from->name, strbuf_text(&v->text), text.length};
    if (complete)
        v->program = script_parse(&v->source, vocabulary(), diags);
    return v->program != NULL;
}

/* Bold at first, then with ever fewer changes. */
static enum boldness boldness_of(uint64_t attempt)
{
    return attempt < ATTEMPTS / 2 ? MANY : attempt < ATTEMPTS * 7 / 8 ? A_FEW : ONLY_LETTERS;
}

static bool change(struct variation *v, const struct source *plain, uint64_t seed, uint64_t attempt,
                   struct diag_list *diags)
{
    struct draw draw = draw_from(seed, attempt);
    struct edit_list edits = {0};
    v->policy = draw_below(&draw, 3) == 0 ? POLICY_RR : POLICY_FIFO;
    bool swap = draw_below(&draw, 2) == 0;
    literals_vary(plain, &draw, boldness_of(attempt), &edits);
    if (!become(v, plain, &edits, diags))
        return false;
    if (!swap)
        return true;
    processes_vary(&v->source, &draw, &edits);
    return become(v, &v->source, &edits, diags);
}

/* A variation that ends as the plain text does. */
static bool found(struct variation *v, const struct source *plain, uint64_t seed,
                  struct ending wanted)
{
    for (uint64_t attempt = 0; attempt < ATTEMPTS; attempt++) {
        struct diag_list ignored = {0};
        bool good = change(v, plain, seed, attempt, &ignored) &&
                    same_ending(run_once(v, &ignored), wanted) &&
                    (v->text.length != plain->size ||
                     memcmp(strbuf_text(&v->text), plain->text, plain->size) != 0);
        diag_list_free(&ignored);
        if (good)
            return true;
    }
    return false;
}

static bool make_plain(struct variation *v, const struct program *original, struct diag_list *diags)
{
    struct edit_list edits = {0};
    v->policy = POLICY_FIFO;
    spoilers_find(original, &edits);
    return become(v, &original->source, &edits, diags);
}

bool variation_make(struct variation *v, const struct program *original, uint64_t seed,
                    struct diag_list *diags)
{
    *v = (struct variation){.how = AS_WRITTEN};
    schedule_init(&v->schedule, (struct freedom){.grain = GRAIN_CALLS});
    strcpy(v->pipe, original->settings.pipe);
    if (!make_plain(v, original, diags))
        return false;
    struct ending plain = run_once(v, diags);
    if (plain.verdict == VERDICT_LIMIT || plain.verdict == VERDICT_BAD_SCRIPT)
        return false;
    diag_list_free(diags);
    if (seed == 0)
        return true;
    struct variation varied = {.how = VARIED};
    schedule_init(&varied.schedule, (struct freedom){.grain = GRAIN_CALLS});
    strcpy(varied.pipe, v->pipe);
    bool any = found(&varied, &v->source, seed, plain);
    v->how = NOT_VARIED;
    variation_free(any ? v : &varied);
    if (any) {
        *v = varied;
        set_limits(v);
    }
    return true;
}

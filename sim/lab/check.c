/* check.c - see check.h. */
#include "sim/lab/check.h"

#include "sim/lab/decoy.h"
#include "sim/lab/material.h"
#include "sim/lab/telling.h"
#include "sim/quiz/draw.h"
#include "sim/sched/clock.h"

#include <stdio.h>
#include <stdlib.h>

/* Seconds that one case may take, of the processor; less after the first that did not end. The clock has
 * more, for machines that are busy. */
static const double CASE_SECONDS = 2.5, SLOW_CASE_SECONDS = 0.5, SEARCH_SECONDS = 2;
enum { CLOCK_FACTOR = 6, PRINTED_MOST = 1 << 14 };

/* A decoy fails in the first execution that is made to its end. */
enum { DECOY_EXECUTIONS = 20 };
static const size_t MEMORY_MOST = (size_t)5 << 29; /* of addresses: most are never used */

bool check_init(struct check *c, const struct lab *lab, const char *folder)
{
    *c = (struct check){.lab = lab, .folder = strdup(folder)};
    c->items = calloc(lab->item_count, sizeof *c->items);
    for (size_t i = 0; c->items != NULL && i < lab->item_count; i++)
        c->items[i].item = &lab->items[i];
    return c->folder != NULL && c->items != NULL;
}

void check_free(struct check *c)
{
    for (size_t i = 0; c->items != NULL && i < c->lab->item_count; i++)
        trial_free(&c->items[i].trial);
    free(c->items);
    free(c->folder);
    strbuf_free(&c->said);
    strbuf_free(&c->ended);
}

struct work {
    struct check *check;
    struct bench bench;
    struct guest guest; /* of LAB_PIPE */
    struct strbuf file; /* its C file */
    double begin;       /* of all of it */
    double seconds;     /* for a case */
    const struct lab_case *c;
    uint64_t decoy; /* its seed; 0: the case is asked as it is */
    bool falls;     /* for a decoy */
};

static void tell_change(struct check *c, enum news what, size_t item)
{
    if (c->changed != NULL)
        c->changed(c->ctx, c, what, item);
}

/* -- the cases, each in a cage ----------------------------------------------------------------- */

/* The case with a wrong result in it. That it is one must not be found in memory afterwards. */
static bool make_decoy(struct work *w, struct lab_case *c, struct material *m)
{
    struct run_options options = {.overrides = c->overrides, .override_count = c->override_count};
    bool good = m->count == 1 && m->pieces[0].program != NULL &&
                decoy_make(&m->pieces[0].script.text, &options, w->decoy);
    if (good)
        material_parse_again(&m->pieces[0]);
    c->executions = DECOY_EXECUTIONS;
    w->decoy = 0;
    return good;
}

/* First everything is read; then the cage is shut, and the code is let in. */
static void work_on_case(void *ctx, struct cage *cage)
{
    struct work *w = ctx;
    struct trial t = {.outcome = OUTCOME_CANNOT_SAY};
    struct strbuf told = {0};
    struct material m = {.count = 0};
    struct lab_case c = *w->c;
    material_read(&m, &w->bench, &c);
    if (w->decoy != 0 && !make_decoy(w, &c, &m))
        return;
    if (w->check->lab->kind == LAB_SCENARIOS)
        cage_shut(cage, NULL);
    if (w->check->lab->kind == LAB_SCENARIOS || guest_load(&w->guest, cage, &t.headline) != NULL)
        trial_make(&t, &w->bench, &c, &m);
    tell_trial(&told, &t);
    cage_tell(cage, told.bytes, told.length);
}

static void add_printed(struct trial *t, const struct strbuf *printed)
{
    enum { PRINTED_SHOWN = 600 };
    if (printed->length == 0)
        return;
    size_t n = printed->length < PRINTED_SHOWN ? printed->length : PRINTED_SHOWN;
    strbuf_add(&t->story, "the code printed:\n");
    strbuf_add_bytes(&t->story, printed->bytes, n);
    strbuf_add(&t->story, n < printed->length ? "\n[and so on]\n" : "\n");
}

#define OUR_ERROR "pipesim: error: " /* how a mistake in pipe_new or pipe_free is told */

static void add_leaving(struct strbuf *headline, const struct strbuf *printed)
{
    const char *text = strbuf_text(printed);
    if (strncmp(text, OUR_ERROR, strlen(OUR_ERROR)) == 0)
        strbuf_add_bytes(headline, text + strlen(OUR_ERROR),
                         strcspn(text + strlen(OUR_ERROR), "\n"));
    else
        strbuf_add(headline, "the code ended the whole program, by exit or the like");
}

static void add_too_long(struct strbuf *headline, enum lab_kind kind)
{
    strbuf_add(
        headline,
        kind == LAB_PIPE
            ? "a call did not return: the code loops, or sleeps in a way that is not pthread's"
            : "the scenario does not come to an end, or does so much that it takes seconds");
}

static void add_end(struct strbuf *headline, const struct cage_report *r, enum lab_kind kind)
{
    switch (r->end) {
    case CAGE_DONE:
        strbuf_add(headline, "the code has put its own results in the place of ours");
        break;
    case CAGE_LEFT: add_leaving(headline, &r->output); break;
    case CAGE_CRASHED: strbuf_addf(headline, "the code crashed: %s", strsignal(r->signal)); break;
    case CAGE_TOO_LONG: add_too_long(headline, kind); break;
    case CAGE_TOO_LOUD: strbuf_add(headline, "the code prints without end"); break;
    case CAGE_FORGED: strbuf_add(headline, "the code wrote to where the results are told"); break;
    case CAGE_IMPOSSIBLE: strbuf_add(headline, "no process could be made"); break;
    }
}

static void add_again(struct strbuf *again, const struct bench *b, const char *file)
{
    struct strbuf path = {0};
    path_join(&path, b->hand_in, file, strlen(file));
    strbuf_add(again, "pipesim run --pipe ");
    strbuf_add_word(again, b->own);
    strbuf_add_char(again, ' ');
    strbuf_add_word(again, strbuf_text(&path));
    strbuf_add_char(again, '\n');
    strbuf_free(&path);
}

static void take_end(struct work *w, struct trial *t, const struct cage_report *r)
{
    t->outcome = r->end == CAGE_IMPOSSIBLE ? OUTCOME_CANNOT_SAY : OUTCOME_FAILED;
    strbuf_clear(&t->headline);
    strbuf_clear(&t->story);
    strbuf_clear(&t->again);
    add_end(&t->headline, r, w->check->lab->kind);
    if (r->end == CAGE_TOO_LONG)
        w->seconds = SLOW_CASE_SECONDS;
    if (w->bench.shown != VISIBLE)
        return;
    add_printed(t, &r->output);
    if (w->bench.own != NULL && strchr(w->c->files, '@') == NULL)
        add_again(&t->again, &w->bench, w->c->files);
}

static double seconds_left(const struct work *w)
{
    return w->check->lab->seconds - (clock_now() - w->begin);
}

static void make_case(struct work *w, struct trial *t)
{
    struct cage_report r;
    double left = seconds_left(w), wall = w->seconds * CLOCK_FACTOR;
    struct cage_limits limits = {.cpu_seconds = w->seconds,
                                 .wall_seconds = wall < left ? wall : left,
                                 .memory = MEMORY_MOST,
                                 .output = PRINTED_MOST};
    cage_run(work_on_case, w, &limits, &r);
    if (r.end != CAGE_DONE || !hear_trial(t, strbuf_text(&r.results), r.results.length))
        take_end(w, t, &r);
    cage_report_free(&r);
}

static bool can_be_decoy(const struct work *w, const struct lab_case *c)
{
    return w->check->lab->kind == LAB_PIPE && c->wants == WANTS_TO_HOLD && c->pipe == NULL &&
           (c->kind == CASE_RUN || c->kind == CASE_EXPLORE);
}

/* What an earlier case left that was to fail, and did, is no part of the next. */
static void begin_anew(struct trial *t)
{
    strbuf_clear(&t->headline);
    strbuf_clear(&t->story);
    strbuf_clear(&t->again);
}

/* The decoy of this case. A wrong pipe may give that very result: but then it does not give the right one. */
static bool falls_for(struct work *w, uint64_t seed)
{
    struct trial decoy = {.outcome = OUTCOME_CANNOT_SAY}, itself = {.outcome = OUTCOME_CANNOT_SAY};
    w->decoy = seed | 1;
    make_case(w, &decoy);
    w->decoy = 0;
    if (decoy.outcome == OUTCOME_PASSED)
        make_case(w, &itself);
    bool falls = itself.outcome == OUTCOME_PASSED;
    trial_free(&decoy);
    trial_free(&itself);
    return falls;
}

/* Somewhere among the cases there is a decoy of one of them. */
static void make_cases(struct work *w, const struct lab_item *item, struct trial *t)
{
    uint64_t seed = draw_unforeseen();
    struct draw d = draw_from(seed, 0);
    const size_t n = item->case_count, at = draw_below(&d, n + 1), of = draw_below(&d, n);
    t->outcome = OUTCOME_PASSED;
    for (size_t i = 0; i <= n && t->outcome == OUTCOME_PASSED; i++) {
        w->c = &item->cases[i == at ? of : i - (i > at)];
        if (i == at) {
            w->falls |= can_be_decoy(w, w->c) && falls_for(w, seed);
        } else {
            begin_anew(t);
            make_case(w, t);
        }
    }
}

static void make_item(struct work *w, size_t item)
{
    struct item_result *r = &w->check->items[item];
    double begin = clock_now();
    w->bench.shown = r->item->visibility;
    w->bench.folder = r->item->folder;
    make_cases(w, r->item, &r->trial);
    r->seconds = clock_now() - begin;
    if (seconds_left(w) > 0 || r->trial.outcome == OUTCOME_PASSED) /* else it was cut off */
        r->state = LOOKED_AT;
    else
        trial_free(&r->trial);
    tell_change(w->check, NEWS_ITEM, item);
}

/* -- a submission ------------------------------------------------------------------------------ */

/* Can its items be looked at? */
static bool build(struct work *w)
{
    struct check *c = w->check;
    path_join(&w->file, c->folder, c->lab->hand_in, strcspn(c->lab->hand_in, " "));
    w->guest.room = c->room;
    w->guest.compiler = c->compiler;
    enum guest_end end = guest_open(&w->guest, strbuf_text(&w->file), &c->said, &c->ended);
    c->compiler = w->guest.compiler;
    c->built = end == GUEST_IS_NO_PIPE ? BUILT_NOT : end == GUEST_READY ? BUILT : BUILT_NOT_YET;
    w->bench.own = strbuf_text(&w->file);
    w->bench.own_pipe = w->guest.name;
    return end == GUEST_READY;
}

/* Nothing of what it is said to pass is worth anything. */
static void give_nothing(struct check *c)
{
    strbuf_add(&c->ended,
               "it passes a scenario with a wrong result in it, as no pipe can: look at what "
               "its code does");
    for (size_t i = 0; i < c->lab->item_count; i++) {
        trial_free(&c->items[i].trial);
        c->items[i].trial = (struct trial){.outcome = OUTCOME_CANNOT_SAY};
        c->items[i].state = NOT_LOOKED_AT;
        tell_change(c, NEWS_ITEM, i);
    }
}

static void make_items(struct work *w)
{
    struct check *c = w->check;
    for (size_t i = 0; i < c->lab->item_count; i++) {
        if (seconds_left(w) <= 0) {
            strbuf_addf(&c->ended, "the %.0f seconds that this lab has were over", c->lab->seconds);
            return;
        }
        make_item(w, i);
        if (w->falls) {
            give_nothing(c);
            return;
        }
    }
}

void check_make(struct check *c)
{
    struct work w = {.check = c, .seconds = CASE_SECONDS, .begin = clock_now()};
    w.bench.hand_in = c->folder;
    w.bench.seconds = SEARCH_SECONDS;
    bool good = true;
    if (c->lab->kind == LAB_PIPE)
        good = build(&w);
    else
        c->built = BUILT;
    tell_change(c, NEWS_BUILT, 0);
    if (good)
        make_items(&w);
    c->seconds = clock_now() - w.begin;
    tell_change(c, NEWS_END, 0);
    guest_close(&w.guest);
    strbuf_free(&w.file);
}

/* -- what came of it --------------------------------------------------------------------------- */

static bool passed(const struct item_result *r)
{
    return r->state == LOOKED_AT && r->trial.outcome == OUTCOME_PASSED;
}

int64_t check_score(const struct check *c)
{
    int64_t score = 0;
    for (size_t i = 0; i < c->lab->item_count; i++)
        score += passed(&c->items[i]) ? c->items[i].item->points : 0;
    return score;
}

const struct item_result *check_first_failure(const struct check *c)
{
    for (size_t i = 0; i < c->lab->item_count; i++) {
        if (!passed(&c->items[i]))
            return &c->items[i];
    }
    return NULL;
}

/* check.c - see check.h. What a child process tells is lines with numbers, each with texts behind it whose
 * lengths it says. */
#include "sim/lab/check.h"

#include "sim/lab/cell.h"
#include "sim/lab/script.h"
#include "sim/own/own.h"
#include "sim/sched/clock.h"

#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Seconds that one case may take, of the processor; less after the first that did not end. The clock has
 * more, for machines that are busy. */
static const double CASE_SECONDS = 2.5, SLOW_CASE_SECONDS = 0.5, SEARCH_SECONDS = 2;
enum { CLOCK_FACTOR = 6, LOAD_SECONDS = 15, LOAD_CPU_SECONDS = 5 };

static uint64_t make_secret(void)
{
    uint64_t secret = (uint64_t)(clock_now() * 1e9) ^ (uint64_t)getpid() << 40;
    FILE *f = fopen("/dev/urandom", "r");
    if (f != NULL) {
        size_t n = fread(&secret, sizeof secret, 1, f);
        (void)n; /* then it is the time */
        fclose(f);
    }
    return secret;
}

bool check_init(struct check *c, const struct lab *lab, const char *folder)
{
    *c = (struct check){.lab = lab, .folder = strdup(folder), .secret = make_secret()};
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

/* -- telling ----------------------------------------------------------------------------------- */

static void tell(int out, uint64_t secret, char what, long a, long b, double seconds,
                 const struct strbuf *texts[3])
{
    struct strbuf s = {0};
    strbuf_addf(&s, "%c %" PRIx64 " %ld %ld %.0f", what, secret, a, b, seconds * 1e6);
    for (int i = 0; i < 3; i++)
        strbuf_addf(&s, " %zu", texts[i] != NULL ? texts[i]->length : 0);
    strbuf_add(&s, "\n");
    for (int i = 0; i < 3; i++) {
        if (texts[i] != NULL)
            strbuf_add_bytes(&s, strbuf_text(texts[i]), texts[i]->length);
    }
    write_all(out, strbuf_text(&s), s.length);
    strbuf_free(&s);
}

static void tell_trial(int out, uint64_t secret, size_t item, const struct trial *t, double seconds)
{
    tell(out, secret, 'i', (long)item, t->outcome, seconds,
         (const struct strbuf *[3]){&t->headline, &t->story, &t->again});
}

static void tell_text(int out, uint64_t secret, char what, long a, const struct strbuf *text,
                      double seconds)
{
    tell(out, secret, what, a, 0, seconds, (const struct strbuf *[3]){text, NULL, NULL});
}

struct message {
    char what;
    long a, b;
    double seconds;
    size_t lengths[3];
    const char *texts;
    size_t size; /* of all of it */
};

/* False: it is not all there, or is none. */
static bool read_message(const struct strbuf *told, uint64_t secret, struct message *m)
{
    uint64_t said;
    const char *text = strbuf_text(told), *end = memchr(text, '\n', told->length);
    if (end == NULL ||
        sscanf(text, "%c %" SCNx64 " %ld %ld %lf %zu %zu %zu", &m->what, &said, &m->a, &m->b,
               &m->seconds, &m->lengths[0], &m->lengths[1], &m->lengths[2]) != 8 ||
        said != secret)
        return false;
    m->seconds /= 1e6;
    m->texts = end + 1;
    m->size = (size_t)(end + 1 - text);
    for (int i = 0; i < 3; i++) {
        if (m->lengths[i] > told->length)
            return false;
        m->size += m->lengths[i];
    }
    return m->size <= told->length;
}

static void take_trial(struct check *c, const struct message *m)
{
    if (m->a < 0 || (size_t)m->a >= c->lab->item_count || m->b < OUTCOME_PASSED ||
        m->b > OUTCOME_CANNOT_SAY)
        return;
    struct item_result *r = &c->items[m->a];
    struct strbuf *texts[3] = {&r->trial.headline, &r->trial.story, &r->trial.again};
    const char *at = m->texts;
    r->state = LOOKED_AT;
    r->trial.outcome = (enum outcome)m->b;
    r->seconds = m->seconds;
    for (int i = 0; i < 3; i++) {
        strbuf_clear(texts[i]);
        strbuf_add_bytes(texts[i], at, m->lengths[i]);
        at += m->lengths[i];
    }
}

static void take_text(struct strbuf *to, const struct message *m)
{
    strbuf_clear(to);
    strbuf_add_bytes(to, m->texts, m->lengths[0]);
}

void check_hear(struct check *c, struct strbuf *told)
{
    struct message m;
    while (read_message(told, c->secret, &m)) {
        if (m.what == 'i') {
            take_trial(c, &m);
        } else if (m.what == 'b') {
            c->built = m.a ? BUILT : BUILT_NOT;
            take_text(&c->said, &m);
        } else if (m.what == 'e') {
            c->seconds = m.seconds;
            take_text(&c->ended, &m);
        }
        memmove(told->bytes, told->bytes + m.size, told->length - m.size + 1);
        told->length -= m.size;
        if (c->changed != NULL)
            c->changed(c->ctx, c);
    }
}

/* -- the cases, each in a process -------------------------------------------------------------- */

struct work {
    struct check *check;
    struct bench bench;
    const struct lab_case *c;
    struct strbuf file; /* the C file */
    char folder[64];    /* for what the compiler writes */
    int out;            /* where it is told; -1: it is heard here */
    double seconds;     /* for a case */
};

static void work_on_case(void *ctx, int out)
{
    struct work *w = ctx;
    struct trial t = {0};
    trial_make(&t, &w->bench, w->c);
    tell_trial(out, w->check->secret, 0, &t, 0);
}

/* The first answer is the one: what comes behind it is not ours. */
static void read_trial(struct trial *t, const struct strbuf *answer, uint64_t secret,
                       enum cell_end *end)
{
    struct message m;
    if (!read_message(answer, secret, &m) || m.what != 'i' || m.b < 0 || m.b > OUTCOME_CANNOT_SAY) {
        if (*end == CELL_DONE)
            *end = CELL_CRASHED;
        return;
    }
    t->outcome = (enum outcome)m.b;
    strbuf_add_bytes(&t->headline, m.texts, m.lengths[0]);
    strbuf_add_bytes(&t->story, m.texts + m.lengths[0], m.lengths[1]);
    strbuf_add_bytes(&t->again, m.texts + m.lengths[0] + m.lengths[1], m.lengths[2]);
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

static void tell_end(struct work *w, struct trial *t, const struct cell *cell, enum cell_end end)
{
    bool shown = w->bench.shown == VISIBLE;
    t->outcome = OUTCOME_FAILED;
    strbuf_clear(&t->headline);
    strbuf_clear(&t->story);
    if (end == CELL_OUT_OF_TIME) {
        strbuf_add(
            &t->headline,
            "a call did not return: the code loops, or sleeps in a way that is not pthread's");
        w->seconds = SLOW_CASE_SECONDS;
    } else if (end == CELL_NOT_BEGUN) {
        t->outcome = OUTCOME_CANNOT_SAY;
        strbuf_add(&t->headline, "no process could be made");
    } else if (cell->signal != 0) {
        strbuf_addf(&t->headline, "the code crashed: %s", strsignal(cell->signal));
    } else if (strncmp(strbuf_text(&cell->printed), OUR_ERROR, strlen(OUR_ERROR)) == 0) {
        const char *error = cell->printed.bytes + strlen(OUR_ERROR);
        strbuf_add_bytes(&t->headline, error, strcspn(error, "\n"));
    } else {
        strbuf_add(&t->headline, "the code ended the whole program, by exit or the like");
    }
    if (shown) {
        add_printed(t, &cell->printed);
        if (w->bench.own != NULL && strchr(w->c->files, '@') == NULL)
            strbuf_addf(&t->again, "pipesim run --pipe %s %s%s%s\n", w->bench.own,
                        strcmp(w->bench.hand_in, ".") == 0 ? "" : w->bench.hand_in,
                        strcmp(w->bench.hand_in, ".") == 0 ? "" : "/", w->c->files);
    }
}

static void make_case(struct work *w, struct trial *t)
{
    struct cell cell = {.limits = {.seconds = w->seconds * CLOCK_FACTOR, .cpu_seconds = w->seconds},
                        .work = work_on_case,
                        .ctx = w};
    enum cell_end end = cell_run(&cell);
    read_trial(t, &cell.answer, w->check->secret, &end);
    if (end != CELL_DONE)
        tell_end(w, t, &cell, end);
    cell_free(&cell);
}

static void make_item(struct work *w, size_t item, int out)
{
    const struct lab_item *it = &w->check->lab->items[item];
    struct trial t = {.outcome = OUTCOME_PASSED};
    double begin = clock_now();
    w->bench.shown = it->visibility;
    w->bench.folder = it->folder;
    for (size_t i = 0; i < it->case_count && t.outcome == OUTCOME_PASSED; i++) {
        w->c = &it->cases[i];
        make_case(w, &t);
    }
    tell_trial(out, w->check->secret, item, &t, clock_now() - begin);
    trial_free(&t);
}

/* -- a submission ------------------------------------------------------------------------------ */

static bool load(struct work *w, int out)
{
    struct strbuf said = {0};
    struct stat st;
    bool good = stat(strbuf_text(&w->file), &st) == 0 && S_ISREG(st.st_mode);
    if (!good)
        strbuf_addf(&said, "there is no file '%s'\n", strbuf_text(&w->file));
    setenv("TMPDIR", w->folder, 1);
    const struct pipe_impl *impl = good ? own_load(strbuf_text(&w->file), &said) : NULL;
    tell_text(out, w->check->secret, 'b', impl != NULL, &said, 0);
    strbuf_free(&said);
    w->bench.own = strbuf_text(&w->file);
    w->bench.own_pipe = impl != NULL ? impl->name : NULL;
    return impl != NULL;
}

static void work_on_submission(void *ctx, int out)
{
    struct work *w = ctx;
    struct strbuf nothing = {0};
    bool pipe = w->check->lab->kind == LAB_PIPE;
    if (pipe && !load(w, out))
        return;
    if (!pipe)
        tell_text(out, w->check->secret, 'b', 1, &nothing, 0);
    for (size_t i = 0; i < w->check->lab->item_count; i++)
        make_item(w, i, out);
}

static void heard(void *ctx, struct strbuf *answer)
{
    struct work *w = ctx;
    if (w->out >= 0) {
        write_all(w->out, answer->bytes, answer->length);
        strbuf_clear(answer);
    } else {
        check_hear(w->check, answer);
    }
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void say_end(struct work *w, enum cell_end end, double seconds)
{
    struct strbuf why = {0}, told = {0};
    if (end == CELL_OUT_OF_TIME && seconds < w->check->lab->seconds)
        strbuf_addf(
            &why,
            "it could not be compiled and loaded in %d seconds of the processor, or %d on the clock",
            LOAD_CPU_SECONDS, LOAD_SECONDS);
    else if (end == CELL_OUT_OF_TIME)
        strbuf_addf(&why, "the %.0f seconds that this lab has were over", w->check->lab->seconds);
    else if (end == CELL_CRASHED)
        strbuf_add(&why, "the code crashed while it was being loaded, or ended the whole program");
    else if (end == CELL_NOT_BEGUN)
        strbuf_add(&why, "no process could be made");
    if (w->out >= 0) {
        tell_text(w->out, w->check->secret, 'e', 0, &why, seconds);
    } else {
        strbuf_add(&w->check->ended, strbuf_text(&why));
        w->check->seconds = seconds;
    }
    strbuf_free(&why);
    strbuf_free(&told);
}

static void make(struct check *c, int out)
{
    struct work w = {
        .check = c, .out = out, .seconds = CASE_SECONDS, .folder = "/tmp/pipesim-XXXXXX"};
    double begin = clock_now();
    w.bench.hand_in = c->folder;
    w.bench.seconds = SEARCH_SECONDS;
    path_join(&w.file, c->folder, c->lab->hand_in, strcspn(c->lab->hand_in, " "));
    struct cell cell = {.limits = {.seconds = c->lab->seconds,
                                   .first = LOAD_SECONDS,
                                   .cpu_seconds = LOAD_CPU_SECONDS},
                        .work = work_on_submission,
                        .heard = heard,
                        .ctx = &w};
    enum cell_end end = mkdtemp(w.folder) != NULL ? cell_run(&cell) : CELL_NOT_BEGUN;
    nftw(w.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    say_end(&w, end, clock_now() - begin);
    cell_free(&cell);
    strbuf_free(&w.file);
}

void check_make(struct check *c)
{
    make(c, -1);
}

void check_make_and_tell(struct check *c, int out)
{
    make(c, out);
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

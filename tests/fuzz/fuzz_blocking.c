/* fuzz_blocking.c - random scenarios whose calls sleep, on the linux pipe of the model and on real
 * processes of this machine: is what came of them the same? Where the host had the choice who goes first,
 * the model must have an order that comes to the same (sim/compare/orders.h).
 *
 * What differs is made as short as possible, printed, and kept in a folder. The same seed makes the same
 * scenarios. */
#include "sim/compare/table.h"
#include "sim/run/vocabulary.h"
#include "tests/fuzz/scene.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct fuzz {
    uint64_t seed;
    long scenarios, seconds; /* at most so many; 0: no bound */
    const char *folder;      /* where those that differ go; NULL: nowhere */
    bool one;                /* just that of the seed, and its text */

    long made, same, reordered, undecided, bad, once, different, calls, sleeps;
};

/* -- one --------------------------------------------------------------------------------------- */

enum came_out {
    CAME_SAME,
    CAME_IN_ANOTHER_ORDER,
    CAME_UNDECIDED,
    CAME_BAD,
    CAME_ONCE,
    CAME_DIFFERENT
};

struct outcome {
    enum came_out came;
    long calls, sleeps;
    struct strbuf text; /* owned: the table and the verdict, unless it is the same; or why not */
};

static void count(const struct record *r, struct outcome *o)
{
    for (size_t i = 0; i < r->count; i++) {
        o->calls += r->rounds[i].cause.kind == CAUSE_CALL;
        for (size_t j = 0; j < r->rounds[i].count; j++)
            o->sleeps += r->rounds[i].effects[j].kind == EFFECT_SLEEPS;
    }
}

static void judge(const struct comparison *c, struct outcome *o)
{
    count(&c->a.record, o);
    switch (c->result) {
    case COMPARED_SAME: o->came = c->reordered > 0 ? CAME_IN_ANOTHER_ORDER : CAME_SAME; break;
    case COMPARED_DIFFERENT: o->came = CAME_DIFFERENT; break;
    case COMPARED_NOT: o->came = CAME_UNDECIDED; break;
    }
    if (o->came == CAME_SAME)
        return;
    comparison_table(c, TABLE_PLAIN, &o->text);
    comparison_verdict(c, &o->text);
}

static struct outcome compare(const struct scene *s)
{
    struct outcome o = {.came = CAME_BAD};
    struct strbuf script = {0};
    struct diag_list diags = {0};
    struct run_options options = {0};
    struct comparison c;
    scene_write(s, "random", &script);
    struct source source = {
        .name = "random.pipe", .text = strbuf_text(&script), .size = script.length};
    struct program *program = script_parse(&source, vocabulary(), &diags);
    if (program != NULL) {
        if (compare_with_host(&c, program, &options, &diags) && c.a.verdict != VERDICT_BAD_SCRIPT &&
            c.a.verdict != VERDICT_LIMIT)
            judge(&c, &o);
        comparison_free(&c);
    }
    if (o.came == CAME_BAD)
        diag_render(&diags, &source, DIAG_PLAIN, &o.text);
    program_free(program);
    diag_list_free(&diags);
    strbuf_free(&script);
    return o;
}

/* -- what differs ------------------------------------------------------------------------------ */

/* Each time: what comes and goes is a matter of who runs when. */
static bool differs(void *ctx, const struct scene *s)
{
    enum { TIMES = 4 };
    for (int i = 0; i < TIMES; i++) {
        struct outcome o = compare(s);
        strbuf_free(&o.text);
        if (o.came != CAME_DIFFERENT)
            return false;
    }
    (void)ctx;
    return true;
}

static void keep(const struct fuzz *f, const struct scene *s)
{
    char name[256], title[64];
    struct strbuf script = {0};
    snprintf(name, sizeof name, "%s/seed_%" PRIu64 ".pipe", f->folder, s->seed);
    snprintf(title, sizeof title, "fuzz_blocking --one %" PRIu64, s->seed);
    scene_write(s, title, &script);
    FILE *file = fopen(name, "w");
    if (file == NULL) {
        perror(name);
    } else {
        fwrite(strbuf_text(&script), 1, script.length, file);
        fclose(file);
        printf("kept as %s\n", name);
    }
    strbuf_free(&script);
}

static void show(const struct fuzz *f, struct scene *s)
{
    struct strbuf script = {0};
    scene_shrink(s, differs, NULL);
    struct outcome o = compare(s);
    scene_write(s, "random", &script);
    printf("fuzz_blocking: seed %" PRIu64 " differs:\n%s\n%s\n", s->seed, strbuf_text(&script),
           strbuf_text(&o.text));
    if (f->folder != NULL)
        keep(f, s);
    fflush(stdout);
    strbuf_free(&script);
    strbuf_free(&o.text);
}

/* -- all --------------------------------------------------------------------------------------- */

static void make_one(struct fuzz *f, uint64_t seed)
{
    static struct scene scene;
    scene_make(&scene, seed);
    struct outcome o = compare(&scene);
    if (o.came == CAME_DIFFERENT && !differs(NULL, &scene))
        o.came = CAME_ONCE;
    f->made++;
    f->calls += o.calls;
    f->sleeps += o.sleeps;
    switch (o.came) {
    case CAME_SAME: f->same++; break;
    case CAME_IN_ANOTHER_ORDER: f->reordered++; break;
    case CAME_UNDECIDED: f->undecided++; break;
    case CAME_BAD: f->bad++; break;
    case CAME_ONCE: f->once++; break;
    case CAME_DIFFERENT: f->different++; break;
    }
    if (f->one) {
        struct strbuf script = {0};
        scene_write(&scene, "random", &script);
        printf("%s\n", strbuf_text(&script));
        strbuf_free(&script);
    }
    if ((o.came != CAME_SAME && o.came != CAME_IN_ANOTHER_ORDER && o.came != CAME_DIFFERENT) ||
        f->one)
        printf("fuzz_blocking: seed %" PRIu64 "%s: %s\n", seed,
               o.came == CAME_ONCE ? " differs, but not each time" : "", strbuf_text(&o.text));
    if (o.came == CAME_DIFFERENT)
        show(f, &scene);
    strbuf_free(&o.text);
}

static bool host_is_there(void)
{
    static struct scene scene;
    scene_make(&scene, 0);
    struct outcome o = compare(&scene);
    const char *why = strstr(strbuf_text(&o.text), "cannot be compared: the host ");
    bool there = o.came != CAME_UNDECIDED || why == NULL;
    if (!there)
        printf("fuzz_blocking: skipped: %s\n", why);
    strbuf_free(&o.text);
    return there;
}

/* False after a message. */
static bool read_options(struct fuzz *f, int argc, char **argv)
{
    for (int i = 1; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--seed") == 0) {
            f->seed = strtoull(value, NULL, 10);
        } else if (strcmp(argv[i], "--one") == 0) {
            f->seed = strtoull(value, NULL, 10);
            f->one = true;
            f->scenarios = 1;
        } else if (strcmp(argv[i], "--scenarios") == 0) {
            f->scenarios = atol(value);
        } else if (strcmp(argv[i], "--seconds") == 0) {
            f->seconds = atol(value);
        } else if (strcmp(argv[i], "--keep") == 0) {
            f->folder = value;
        } else {
            fprintf(stderr,
                    "usage: %s [--seed N | --one N] [--scenarios N] [--seconds N] "
                    "[--keep FOLDER]\n",
                    argv[0]);
            return false;
        }
    }
    return true;
}

static void report(const struct fuzz *f)
{
    printf("fuzz_blocking: seeds from %" PRIu64
           ": %ld scenarios, %ld calls, %ld sleeps: %ld the same, ",
           f->seed, f->made, f->calls, f->sleeps, f->same);
    printf("%ld the same in another order, %ld different, %ld different but not each time, ",
           f->reordered, f->different, f->once);
    printf("%ld undecided, %ld not to be run\n", f->undecided, f->bad);
}

int main(int argc, char **argv)
{
    enum { SEED = 1, DIFFERENT_MOST = 20 };
    struct fuzz f = {.seed = SEED, .scenarios = 0, .seconds = 0};
    if (!read_options(&f, argc, argv))
        return 2;
    if (f.scenarios == 0 && f.seconds == 0)
        f.scenarios = 1000;
    if (!host_is_there())
        return 0;
    time_t end = time(NULL) + f.seconds;
    for (uint64_t i = 0; (f.scenarios == 0 || f.made < f.scenarios) &&
                         (f.seconds == 0 || time(NULL) < end) && f.different < DIFFERENT_MOST;
         i++)
        make_one(&f, f.seed + i);
    report(&f);
    return f.different > 0;
}

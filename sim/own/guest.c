/* guest.c - see guest.h. What a cage tells is a sign, GOOD or BAD, and a text. */
#include "sim/own/guest.h"

#include "sim/own/handed.h"

#include <stdio.h>
#include <stdlib.h>

#define OBJECT "own.so"

enum { GOOD = '+', BAD = '-' };

static const struct cage_limits to_compile = {.cpu_seconds = 5,
                                              .wall_seconds = 15,
                                              .memory = (size_t)1 << 30,
                                              .file = 64 << 20,
                                              .output = 4096};
static const struct cage_limits to_load = {
    .cpu_seconds = 2, .wall_seconds = 6, .memory = (size_t)1 << 30, .output = 4096};

static void tell(struct cage *c, char sign, const struct strbuf *text)
{
    struct strbuf all = {0};
    strbuf_add_char(&all, sign);
    strbuf_add_bytes(&all, text->bytes, text->length);
    cage_tell(c, all.bytes, all.length);
    strbuf_free(&all);
}

/* Behind the sign. */
static void add_text(struct strbuf *to, const struct strbuf *told)
{
    if (told->length > 1)
        strbuf_add_bytes(to, told->bytes + 1, told->length - 1);
}

static bool is_good(const struct cage_report *r)
{
    return r->end == CAGE_DONE && r->results.length > 0 && r->results.bytes[0] == GOOD;
}

static void add_end(struct strbuf *why, const char *who, const struct cage_report *r,
                    const struct cage_limits *limits)
{
    strbuf_add(why, who);
    cage_describe(r, limits, why);
}

/* -- compiling --------------------------------------------------------------------------------- */

struct job {
    const char *file, *folder, *sources;
    enum guest_compiler compiler;
};

static void compile(void *ctx, struct cage *c)
{
    const struct job *job = ctx;
    const char *slash = strrchr(job->file, '/');
    struct strbuf own = {0}, object = {0}, said = {0};
    strbuf_addf(&own, "%.*s.", slash != NULL ? (int)(slash + 1 - job->file) : 0, job->file);
    strbuf_addf(&object, "%s/" OBJECT, job->folder);
    setenv("TMPDIR", job->folder, 1);
    if (job->compiler != COMPILER_IN_THE_OPEN)
        cage_shut_compiler(c, job->sources != NULL ? job->sources : strbuf_text(&own), job->folder);
    bool good = own_compile(job->file, strbuf_text(&object), &said) == 0;
    tell(c, good ? GOOD : BAD, &said);
}

static void run_compiler(struct job *job, struct cage_report *r)
{
    cage_run(compile, job, &to_compile, r);
}

/* Does it compile what is surely right? */
static bool compiles(const char *file, const char *folder, enum guest_compiler compiler)
{
    struct cage_report r;
    struct job job = {.file = file, .folder = folder, .compiler = compiler};
    run_compiler(&job, &r);
    bool good = is_good(&r);
    cage_report_free(&r);
    return good;
}

enum guest_compiler guest_try_compiler(void)
{
    char folder[SCRATCH_PATH_MOST];
    struct strbuf file = {0}, why = {0};
    enum guest_compiler found = COMPILER_IN_CAGE;
    FILE *f = NULL;
    if (scratch_make(folder, NULL, &why) == 0) {
        strbuf_addf(&file, "%s/trial.c", folder);
        f = fopen(strbuf_text(&file), "w");
    }
    if (f != NULL && fputs("int pipe_trial;\n", f) >= 0 && fclose(f) == 0 &&
        !compiles(strbuf_text(&file), folder, COMPILER_IN_CAGE) &&
        compiles(strbuf_text(&file), folder, COMPILER_IN_THE_OPEN))
        found = COMPILER_IN_THE_OPEN;
    scratch_remove(folder);
    strbuf_free(&file);
    strbuf_free(&why);
    return found;
}

static enum guest_end build(struct guest *g, struct strbuf *said, struct strbuf *why)
{
    struct cage_report r;
    struct job job = {g->file, g->folder, g->sources, g->compiler};
    run_compiler(&job, &r);
    if (!is_good(&r) && g->compiler == COMPILER_NOT_TRIED &&
        (g->compiler = guest_try_compiler()) == COMPILER_IN_THE_OPEN) {
        cage_report_free(&r);
        job.compiler = COMPILER_IN_THE_OPEN;
        run_compiler(&job, &r);
    }
    add_text(said, &r.results);
    enum guest_end end = is_good(&r)          ? GUEST_READY
                         : r.end == CAGE_DONE ? GUEST_IS_NO_PIPE
                                              : GUEST_FAILED;
    if (end == GUEST_FAILED)
        add_end(why, "it could not be compiled: the compiler ", &r, &to_compile);
    cage_report_free(&r);
    return end;
}

/* -- loading ----------------------------------------------------------------------------------- */

const struct pipe_impl *guest_load(const struct guest *g, struct cage *c, struct strbuf *said)
{
    cage_shut(c, g->folder);
    return own_join(g->file, strbuf_text(&g->text), OBJECT, said);
}

static void load(void *ctx, struct cage *c)
{
    struct strbuf said = {0};
    const struct pipe_impl *impl = guest_load(ctx, c, &said);
    tell(c, impl != NULL ? GOOD : BAD, &said);
}

static enum guest_end try_to_load(struct guest *g, struct strbuf *said, struct strbuf *why)
{
    struct cage_report r;
    enum guest_end end = GUEST_FAILED;
    cage_run(load, g, &to_load, &r);
    if (is_good(&r)) {
        end = GUEST_READY;
    } else if (r.end == CAGE_DONE) {
        end = GUEST_IS_NO_PIPE;
        add_text(said, &r.results);
    } else {
        add_end(why, "the code, while it was being loaded, ", &r, &to_load);
    }
    cage_report_free(&r);
    return end;
}

/* -- all of it --------------------------------------------------------------------------------- */

enum guest_end guest_open(struct guest *g, const char *file, struct strbuf *said,
                          struct strbuf *why)
{
    struct strbuf wrong = {0};
    g->file = file;
    own_name(file, g->name);
    enum guest_end end =
        handed_read(file, &g->text, &wrong) && scratch_make(g->folder, g->room, &wrong) == 0
            ? build(g, said, why)
            : GUEST_IS_NO_PIPE;
    if (wrong.length > 0)
        strbuf_addf(said, "%s\n", wrong.bytes);
    if (end == GUEST_READY)
        end = try_to_load(g, said, why);
    strbuf_free(&wrong);
    return end;
}

void guest_close(struct guest *g)
{
    scratch_remove(g->folder);
    g->folder[0] = '\0';
    strbuf_free(&g->text);
}

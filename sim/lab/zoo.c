/* zoo.c - see zoo.h. */
#include "sim/lab/zoo.h"

#include "sim/explore/report_text.h"
#include "sim/lab/cell.h"
#include "sim/own/own.h"
#include "sim/run/vocabulary.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- the table --------------------------------------------------------------------------------- */

/* The text up to the next bar, or the end of the line. */
static char *take_field(char **at)
{
    char *field = *at;
    *at += strcspn(*at, "|\n");
    if (**at != '\0')
        *(*at)++ = '\0';
    return field;
}

static void read_class(struct zoo_class *c, char *line)
{
    c->number = atoi(take_field(&line));
    snprintf(c->name, sizeof c->name, "%s", take_field(&line));
    snprintf(c->what, sizeof c->what, "%s", take_field(&line));
    snprintf(c->say, sizeof c->say, "%s", take_field(&line));
    snprintf(c->sooner, sizeof c->sooner, "%s", take_field(&line));
}

int zoo_read(struct zoo *z, const char *folder)
{
    char path[320], line[400];
    *z = (struct zoo){.count = 0};
    snprintf(z->folder, sizeof z->folder, "%s", folder);
    snprintf(path, sizeof path, "%s/zoo.txt", folder);
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return -1;
    while (fgets(line, sizeof line, f) != NULL && z->count < ZOO_MOST) {
        if (line[0] != '#' && line[0] != '\n')
            read_class(&z->classes[z->count++], line);
    }
    fclose(f);
    return 0;
}

enum zoo_kind zoo_kind(const struct zoo *z, const struct zoo_class *c, char *file, size_t room)
{
    snprintf(file, room, "%s/wrong/%02d_%s.script", z->folder, c->number, c->name);
    if (access(file, F_OK) == 0)
        return ZOO_SCENARIO;
    snprintf(file, room, "%s/wrong/%02d_%s.c", z->folder, c->number, c->name);
    return ZOO_PIPE;
}

/* -- one of them, in a process of its own ------------------------------------------------------ */

enum { EXECUTIONS_MOST = 20000, MEMORY_MOST = 512 << 20, SCRIPT_MOST = 1 << 16 };

struct look {
    const struct zoo *zoo;
    const struct zoo_class *class;
    enum { LINE_ONLY, WHOLE_STORY } length;
};

static bool read_script(struct source *source, const char *name)
{
    FILE *f = fopen(name, "r");
    char *text = f != NULL ? malloc(SCRIPT_MOST) : NULL;
    if (text != NULL)
        *source = (struct source){name, text, fread(text, 1, SCRIPT_MOST, f)};
    if (f != NULL)
        fclose(f);
    return text != NULL;
}

/* Does the first schedule that comes to mind show it? */
static bool found_by_a_run(const struct program *program, const struct run_options *options)
{
    struct diag_list diags = {0};
    struct run_options plain = *options;
    plain.freedom.grain = GRAIN_CALLS;
    plain.outcome = OUTCOME_RESULTS;
    struct run *run = run_begin(program, &plain, &diags);
    enum verdict verdict = run == NULL ? VERDICT_LIMIT : run_judge(run, run_go(run, UINT64_MAX));
    if (run != NULL)
        run_free(run);
    diag_list_free(&diags);
    return verdict == VERDICT_FAILED || verdict == VERDICT_STUCK;
}

static bool says(const struct report *r, const char *text)
{
    const struct report_failure *f = &r->failures[0];
    return strstr(f->headline, text) != NULL || strstr(f->messages, text) != NULL ||
           strstr(f->story, text) != NULL;
}

/* The story is broken into lines: as one line again. */
static void join_lines(char *text)
{
    char *to = text;
    for (const char *at = text; *at != '\0'; at++) {
        char c = *at == '\n' ? ' ' : *at;
        if (c != ' ' || to == text || to[-1] != ' ')
            *to++ = c;
    }
    *to = '\0';
}

static void add_row(const struct look *l, struct report *r, bool by_a_run, struct strbuf *out)
{
    const struct zoo_class *c = l->class;
    strbuf_addf(out, "%2d  %-56s  ", c->number, c->what);
    if (r->failure_count == 0) {
        strbuf_addf(out, "NOT FOUND in %" PRIu64 " executions\n", r->made);
        return;
    }
    struct report_failure *f = &r->failures[0];
    struct strbuf share = {0};
    char failing[60], all[60];
    join_lines(f->story);
    join_lines(f->messages);
    paths_format(f->executions, failing, sizeof failing);
    paths_format(r->executions, all, sizeof all);
    strbuf_addf(&share, "%s of %s", failing, all);
    strbuf_addf(out, "%-7s  %-23s  %2" PRIu32 " + %-2" PRIu32 "  %s", by_a_run ? "run" : "explore",
                strbuf_text(&share), f->again.cost.preemptions,
                f->again.cost.switches - f->again.cost.preemptions, f->headline);
    strbuf_free(&share);
    if (l->zoo->verbose)
        strbuf_addf(out, " (%" PRIu64 " executions made)", r->made);
    const char *said = says(r, c->say)                              ? c->say
                       : c->sooner[0] != '\0' && says(r, c->sooner) ? c->sooner
                                                                    : NULL;
    if (said != NULL && strstr(f->headline, said) == NULL)
        strbuf_addf(out, "; ... %s ...", said);
    strbuf_add_char(out, '\n');
    if (said == NULL)
        strbuf_addf(out, "    THE MESSAGE DOES NOT SAY: %s\n", c->say);
}

static void add_story(const struct look *l, const struct report *r, struct strbuf *out)
{
    struct report_style style = {.length = REPORT_SHORT, .color = REPORT_PLAIN};
    char file[320];
    zoo_kind(l->zoo, l->class, file, sizeof file);
    strbuf_addf(out, "%d: %s\n%s\n\n", l->class->number, l->class->what, file);
    report_render(r, style, out);
}

/* What is wrong with the pipe is in `override`. */
static void look_at(const struct look *l, const struct program *program,
                    const struct setting_override *override, struct strbuf *out)
{
    struct diag_list diags = {0};
    struct run_options run = {.outcome = OUTCOME_RESULTS,
                              .freedom.grain = GRAIN_LOCKS,
                              .overrides = override,
                              .override_count = override->pipe != NULL ? 1 : 0};
    struct explore_options options = {.run = &run, .bounds = {EXECUTIONS_MOST, MEMORY_MOST, 0, -1}};
    struct strbuf tail = {0};
    bool by_a_run = found_by_a_run(program, &run);
    char file[320];
    bool pipe = zoo_kind(l->zoo, l->class, file, sizeof file) == ZOO_PIPE;
    strbuf_addf(&tail, "%s%s %s", pipe ? " --pipe " : "", pipe ? file : "", program->source.name);
    struct exploration *e = explore(program, &options, &diags);
    struct report *r = e == NULL ? NULL : report_new(program, &options, e, "", strbuf_text(&tail));
    if (r == NULL)
        strbuf_addf(out, "%2d  cannot be explored\n", l->class->number);
    else if (l->length == WHOLE_STORY)
        add_story(l, r, out);
    else
        add_row(l, r, by_a_run, out);
    report_free(r);
    exploration_free(e);
    strbuf_free(&tail);
    diag_list_free(&diags);
}

/* The scenario, and the pipe it is tried on. */
static void look_in_child(const struct look *l, struct strbuf *out)
{
    const struct zoo_class *c = l->class;
    char file[320], script[320];
    struct source source;
    struct diag_list diags = {0};
    struct setting_override override = {.setting = -1};
    if (zoo_kind(l->zoo, c, file, sizeof file) == ZOO_SCENARIO) {
        snprintf(script, sizeof script, "%s", file);
    } else {
        snprintf(script, sizeof script, "%s/%02d_%s.pipe", l->zoo->folder, c->number, c->name);
        const struct pipe_impl *impl = own_load(file, out);
        if (impl == NULL)
            return;
        override.pipe = impl->name;
    }
    struct program *program =
        read_script(&source, script) ? script_parse(&source, vocabulary(), &diags) : NULL;
    if (program != NULL)
        look_at(l, program, &override, out);
    else
        strbuf_addf(out, "%2d  '%s' cannot be read\n", c->number, script);
}

static void work(void *ctx, int out)
{
    struct strbuf text = {0};
    look_in_child(ctx, &text);
    write_all(out, strbuf_text(&text), text.length);
}

/* -- all --------------------------------------------------------------------------------------- */

enum { SECONDS_MOST = 60 };

/* 0 or 1. */
static int print_class(const struct look *l, FILE *out)
{
    struct cell cell = {.limits = {.seconds = SECONDS_MOST, .cpu_seconds = SECONDS_MOST},
                        .work = work,
                        .ctx = (void *)l};
    enum cell_end end = cell_run(&cell);
    const char *text = strbuf_text(&cell.answer);
    bool good = end == CELL_DONE && cell.answer.length > 0 && strstr(text, "NOT FOUND") == NULL &&
                strstr(text, "DOES NOT SAY") == NULL && strstr(text, "cannot be") == NULL;
    if (end == CELL_DONE)
        fputs(text, out);
    else
        fprintf(out, "%2d  %-56s  %s\n", l->class->number, l->class->what,
                end == CELL_CRASHED ? "CRASHES" : "DOES NOT COME TO AN END");
    fflush(out);
    cell_free(&cell);
    return good ? 0 : 1;
}

static int print_all(const struct zoo *z, FILE *out)
{
    size_t missed = 0;
    fprintf(out, "%2s  %-56s  %-7s  %-23s  %-7s  %s\n", "", "what is wrong", "by",
            "schedules that show it", "changes", "what is said first");
    for (size_t i = 0; i < z->count; i++) {
        struct look l = {z, &z->classes[i], LINE_ONLY};
        missed += (size_t)print_class(&l, out);
    }
    fprintf(out, "\n%zu classes: %zu found as they should be, %zu not\n", z->count,
            z->count - missed, missed);
    return missed > 0;
}

int zoo_print(const char *folder, int number, enum zoo_detail detail, FILE *out)
{
    struct zoo z;
    if (zoo_read(&z, folder) != 0) {
        fprintf(stderr, "pipesim: error: there is no zoo in '%s': %s\n", folder, strerror(errno));
        return 2;
    }
    z.verbose = detail == ZOO_WITH_EXECUTIONS;
    if (number == 0)
        return print_all(&z, out);
    for (size_t i = 0; i < z.count; i++) {
        struct look l = {&z, &z.classes[i], WHOLE_STORY};
        if (z.classes[i].number == number)
            return print_class(&l, out);
    }
    fprintf(stderr, "pipesim: error: the zoo has no number %d\n", number);
    return 2;
}

/* zoo.c - see zoo.h. */
#include "sim/lab/zoo.h"

#include "sim/explore/report_text.h"
#include "sim/own/guest.h"
#include "sim/own/handed.h"
#include "sim/run/vocabulary.h"

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

/* -- one of them, in a cage -------------------------------------------------------------------- */

enum { EXECUTIONS_MOST = 20000, MEMORY_MOST = 512 << 20 };

struct look {
    const struct zoo *zoo;
    const struct zoo_class *class;
    enum { LINE_ONLY, WHOLE_STORY } length;
    enum zoo_kind kind;
    char file[320];     /* the scenario or the pipe */
    struct guest guest; /* ZOO_PIPE */
};

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
    strbuf_addf(out, "%d: %s\n%s\n\n", l->class->number, l->class->what, l->file);
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
    bool pipe = l->kind == ZOO_PIPE;
    strbuf_addf(&tail, "%s%s %s", pipe ? " --pipe " : "", pipe ? l->file : "",
                program->source.name);
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

/* The scenario is read before the pipe is let in. */
static void look_inside(const struct look *l, struct cage *c, struct strbuf *out)
{
    char script[320];
    struct strbuf text = {0}, why = {0};
    struct diag_list diags = {0};
    struct setting_override override = {.setting = -1};
    snprintf(script, sizeof script, "%s/%02d_%s.pipe", l->zoo->folder, l->class->number,
             l->class->name);
    const char *name = l->kind == ZOO_PIPE ? script : l->file;
    bool good = file_read(name, &text, &why);
    struct source source = {name, strbuf_text(&text), text.length};
    if (l->kind == ZOO_PIPE) {
        const struct pipe_impl *impl = guest_load(&l->guest, c, out);
        if (impl == NULL)
            return;
        override.pipe = impl->name;
    }
    struct program *program = good ? script_parse(&source, vocabulary(), &diags) : NULL;
    if (program != NULL)
        look_at(l, program, &override, out);
    else
        strbuf_addf(out, "%2d  '%s' cannot be read\n", l->class->number, name);
}

static void work(void *ctx, struct cage *c)
{
    struct strbuf text = {0};
    look_inside(ctx, c, &text);
    cage_tell(c, text.bytes, text.length);
}

/* -- all --------------------------------------------------------------------------------------- */

enum { SECONDS_MOST = 60, PRINTED_MOST = 1 << 14 };

static enum cage_end look(struct look *l, struct strbuf *text)
{
    static const struct cage_limits limits = {.cpu_seconds = SECONDS_MOST,
                                              .wall_seconds = SECONDS_MOST,
                                              .memory = (size_t)4 << 30,
                                              .output = PRINTED_MOST};
    struct cage_report r;
    cage_run(work, l, &limits, &r);
    strbuf_add_bytes(text, r.results.bytes, r.results.length);
    cage_report_free(&r);
    return r.end;
}

/* 0 or 1. */
static int print_class(struct look *l, FILE *out)
{
    struct strbuf text = {0};
    enum cage_end end = CAGE_DONE;
    l->guest.sources = l->zoo->folder; /* some are a right one, changed */
    l->kind = zoo_kind(l->zoo, l->class, l->file, sizeof l->file);
    if (l->kind == ZOO_SCENARIO || guest_open(&l->guest, l->file, &text, &text) == GUEST_READY) {
        strbuf_clear(&text);
        end = look(l, &text);
    } else {
        strbuf_add(&text, "it cannot be run\n");
    }
    const char *said = strbuf_text(&text);
    bool good = end == CAGE_DONE && text.length > 0 && strstr(said, "NOT FOUND") == NULL &&
                strstr(said, "DOES NOT SAY") == NULL && strstr(said, "cannot be") == NULL;
    if (end == CAGE_DONE)
        fputs(said, out);
    else
        fprintf(out, "%2d  %-56s  %s\n", l->class->number, l->class->what,
                end == CAGE_TOO_LONG ? "DOES NOT COME TO AN END" : "CRASHES");
    fflush(out);
    guest_close(&l->guest);
    strbuf_free(&text);
    return good ? 0 : 1;
}

static int print_all(const struct zoo *z, FILE *out)
{
    size_t missed = 0;
    fprintf(out, "%2s  %-56s  %-7s  %-23s  %-7s  %s\n", "", "what is wrong", "by",
            "schedules that show it", "changes", "what is said first");
    for (size_t i = 0; i < z->count; i++) {
        struct look l = {.zoo = z, .class = &z->classes[i], .length = LINE_ONLY};
        missed += (size_t)print_class(&l, out);
    }
    fprintf(out, "\n%zu classes: %zu found as they should be, %zu not\n", z->count,
            z->count - missed, missed);
    return missed > 0;
}

enum zoo_end zoo_print(const char *folder, int number, enum zoo_detail detail, FILE *out)
{
    struct zoo z;
    if (zoo_read(&z, folder) != 0)
        return ZOO_NO_TABLE;
    z.verbose = detail == ZOO_WITH_EXECUTIONS;
    if (number == 0)
        return print_all(&z, out) == 0 ? ZOO_AS_IT_SAYS : ZOO_MISSED;
    for (size_t i = 0; i < z.count; i++) {
        struct look l = {.zoo = &z, .class = &z.classes[i], .length = WHOLE_STORY};
        if (z.classes[i].number == number)
            return print_class(&l, out) == 0 ? ZOO_AS_IT_SAYS : ZOO_MISSED;
    }
    return ZOO_NO_NUMBER;
}

/* explore_command.c - `pipesim explore`: a scenario in, all that can happen out. */
#include "sim/cli/explore_command.h"

#include "sim/cli/files.h"
#include "sim/cli/messages.h"
#include "sim/cli/options.h"
#include "sim/cli/progress.h"
#include "sim/explore/report_json.h"
#include "sim/explore/report_text.h"
#include "sim/own/own.h"
#include "sim/run/vocabulary.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void print_report(const struct options *o, const struct report *r)
{
    struct strbuf text = {0};
    bool timed = o->verbose || isatty(STDOUT_FILENO);
    if (o->output == OUTPUT_JSON) {
        report_write_json(r, PIPESIM_VERSION, &text);
        print_text(&text, stdout);
        strbuf_free(&text);
        return;
    }
    struct report_style style = {.length = o->output == OUTPUT_VERDICT ? REPORT_LINE
                                           : o->all                    ? REPORT_WHOLE
                                                                       : REPORT_SHORT,
                                 .color = options_color(o, STDOUT_FILENO) ? REPORT_COLORED
                                                                          : REPORT_PLAIN,
                                 .time = timed ? REPORT_TIMED : REPORT_TIMELESS};
    report_render(r, style, &text);
    print_text(&text, stdout);
    strbuf_free(&text);
}

/* -- one scenario ------------------------------------------------------------------------------ */

/* All that can happen; and once more, while there are new lines where one may be preempted. */
static struct exploration *explore_with_races(struct options *o, const struct program *program,
                                              const struct explore_options *options,
                                              struct diag_list *diags)
{
    struct exploration *e = explore(program, options, diags);
    while (e != NULL && o->preempts_at_races && own_preempt_at_races() == OWN_RACES_NEW) {
        struct strbuf lines = {0};
        own_add_lines(&lines);
        snprintf(o->racing_lines, sizeof o->racing_lines, "%s", strbuf_text(&lines));
        strbuf_free(&lines);
        exploration_free(e);
        e = explore(program, options, diags);
    }
    return e;
}

static struct report *explore_program(struct options *o, const struct program *program,
                                      struct diag_list *diags)
{
    struct strbuf how = {0}, tail = {0};
    struct explore_options options = o->explore;
    struct progress progress;
    struct report *r = NULL;
    progress_begin(&progress, o->verbose ? PROGRESS_ALWAYS : PROGRESS_ON_TERMINAL);
    options.progress = progress_show;
    options.ctx = &progress;
    struct exploration *e = explore_with_races(o, program, &options, diags);
    progress_end(&progress);
    options_add_explore(o, &how);
    options_add_settings(o, &tail);
    options_add_file(program->source.name, &tail);
    if (e != NULL) {
        r = report_new(program, &options, e, strbuf_text(&how), strbuf_text(&tail));
        if (r == NULL)
            diag_add_unplaced(diags, DIAG_ERROR, "there is not enough memory for the report");
    }
    exploration_free(e);
    strbuf_free(&how);
    strbuf_free(&tail);
    return r;
}

static enum verdict explore_file(struct options *o, const char *name)
{
    struct source source;
    struct diag_list diags = {0};
    enum verdict verdict = VERDICT_BAD_SCRIPT;
    struct report *r = NULL;
    if (!source_read(&source, name))
        return VERDICT_BAD_SCRIPT;
    struct program *program = script_parse(&source, vocabulary(), &diags);
    if (program != NULL) {
        verdict = VERDICT_LIMIT;
        r = explore_program(o, program, &diags);
    }
    if (r == NULL) {
        print_messages(&diags, &source, options_messages(o));
    } else {
        verdict = report_verdict(r);
        print_report(o, r);
    }
    report_free(r);
    program_free(program);
    diag_list_free(&diags);
    source_free(&source);
    return verdict;
}

/* -- all files --------------------------------------------------------------------------------- */

static enum verdict explore_files(struct options *o, const struct file_list *files)
{
    size_t good = 0;
    enum verdict status = VERDICT_AS_EXPECTED;
    for (size_t i = 0; i < files->count && status != VERDICT_INTERRUPTED; i++) {
        enum verdict verdict = explore_file(o, files->names[i]);
        good += verdict == VERDICT_AS_EXPECTED;
        if (status == VERDICT_AS_EXPECTED || verdict == VERDICT_INTERRUPTED)
            status = verdict;
    }
    if (files->count > 1)
        printf("%zu scenarios: %zu as expected in every schedule, %zu not\n", files->count, good,
               files->count - good);
    return status;
}

/* -- parts of one ------------------------------------------------------------------------------ */

/* False after a message. */
static bool read_results(const struct options *o, struct report **parts)
{
    for (int i = 0; i < o->file_count; i++) {
        struct source source;
        char *error = NULL;
        if (!source_read(&source, o->files[i]))
            return false;
        parts[i] = report_read_json(source.text, source.size, PIPESIM_VERSION, &error);
        source_free(&source);
        if (parts[i] == NULL) {
            fprintf(stderr, "pipesim: error: %s: %s\n", o->files[i], error);
            free(error);
            return false;
        }
    }
    return true;
}

static enum verdict merge(const struct options *o)
{
    enum verdict verdict = VERDICT_BAD_SCRIPT;
    size_t which, count = (size_t)o->file_count;
    struct report **parts = calloc(count, sizeof(struct report *));
    if (parts == NULL || !read_results(o, parts)) {
        if (parts == NULL)
            fprintf(stderr, "pipesim: error: there is not enough memory for the results\n");
    } else {
        char *why = report_join(parts, count, &which);
        if (why != NULL) {
            fprintf(stderr, "pipesim: error: %s: %s\n", o->files[which], why);
        } else {
            verdict = report_verdict(parts[0]);
            print_report(o, parts[0]);
        }
        free(why);
    }
    for (size_t i = 0; parts != NULL && i < count; i++)
        report_free(parts[i]);
    free(parts);
    return verdict;
}

/* -- the command ------------------------------------------------------------------------------- */

/* False after a message. */
static bool list_files(struct options *o, struct file_list *files)
{
    for (int i = 0; i < o->file_count; i++) {
        if (!file_list_add(files, o->files[i]))
            return false;
    }
    if (files->count > 1 && !o->output_chosen)
        o->output = OUTPUT_VERDICT;
    if (files->count == 0)
        fprintf(stderr, "pipesim: error: there is no *.pipe file below '%s'\n", o->files[0]);
    return files->count > 0;
}

int explore_command(int argc, char **argv)
{
    struct options o;
    struct file_list files = {0};
    int status = options_parse(&o, OPTIONS_EXPLORE, argc, argv);
    if (status != 0) {
        options_fini(&o);
        return status < 0 ? 0 : status;
    }
    if (o.merge)
        status = (int)merge(&o);
    else
        status = list_files(&o, &files) ? (int)explore_files(&o, &files) : 2;
    file_list_free(&files);
    options_fini(&o);
    if (fflush(stdout) != 0 && status == 0) {
        fprintf(stderr, "pipesim: error: cannot write to standard output\n");
        status = 2;
    }
    return status;
}

/* compare_command.c - `pipesim compare`: a scenario in, its calls on two pipes out. */
#include "sim/cli/compare_command.h"

#include "sim/cli/files.h"
#include "sim/cli/messages.h"
#include "sim/cli/options.h"
#include "sim/compare/table.h"
#include "sim/run/vocabulary.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BAD_USAGE = 2 };

static void on_interrupt(int signal)
{
    (void)signal;
    run_interrupt();
}

static void print_comparison(const struct options *o, const struct comparison *c,
                             const struct program *program)
{
    struct strbuf text = {0};
    bool colored = options_color(o, STDOUT_FILENO);
    switch (o->output) {
    case OUTPUT_JSON: comparison_json(c, PIPESIM_VERSION, program->source.name, &text); break;
    case OUTPUT_VERDICT:
        strbuf_addf(&text, "%s: ", program->source.name);
        comparison_line(c, &text);
        strbuf_add(&text, "\n");
        break;
    case OUTPUT_TRACE:
    case OUTPUT_CHART:
    case OUTPUT_MERMAID:
        if (program->title[0] != '\0')
            strbuf_addf(&text, "scenario \"%s\"\n", program->title);
        comparison_table(c, colored ? TABLE_COLORED : TABLE_PLAIN, &text);
        strbuf_add(&text, "\n");
        comparison_verdict(c, &text);
        break;
    }
    print_text(&text, stdout);
    strbuf_free(&text);
}

/* -- one file ---------------------------------------------------------------------------------- */

static int compare_program(const struct options *o, const struct program *program,
                           struct diag_list *diags)
{
    struct comparison c;
    bool good = strcmp(o->with, "host") == 0
                    ? compare_with_host(&c, program, &o->run, diags)
                    : compare_with_model(&c, program, &o->run, o->with, diags);
    int status = BAD_USAGE;
    if (good && c.a.verdict == VERDICT_INTERRUPTED)
        status = VERDICT_INTERRUPTED;
    else if (good && (c.a.verdict != VERDICT_BAD_SCRIPT || c.result == COMPARED_DIFFERENT))
        status = (int)c.result;
    if (status != BAD_USAGE)
        print_comparison(o, &c, program);
    comparison_free(&c);
    return status;
}

/* That the script's own expectations fail is no matter here. */
static int compare_file(const struct options *o, const char *name)
{
    struct source source;
    struct diag_list diags = {0};
    int status = BAD_USAGE;
    if (!source_read(&source, name))
        return status;
    struct program *program = script_parse(&source, vocabulary(), &diags);
    if (program != NULL)
        status = compare_program(o, program, &diags);
    if (status == BAD_USAGE)
        print_messages(&diags, &source, options_messages(o));
    program_free(program);
    diag_list_free(&diags);
    source_free(&source);
    return status;
}

/* -- all files --------------------------------------------------------------------------------- */

/* The worst of all: bad usage, then a difference, then what cannot be compared. */
static int worse(int a, int b)
{
    static const int order[] = {COMPARED_SAME, COMPARED_NOT, COMPARED_DIFFERENT, BAD_USAGE,
                                VERDICT_INTERRUPTED};
    for (size_t i = sizeof order / sizeof *order; i-- > 0;) {
        if (a == order[i] || b == order[i])
            return order[i];
    }
    return a;
}

static int compare_files(struct options *o, const struct file_list *files)
{
    size_t counts[4] = {0};
    int status = COMPARED_SAME;
    for (size_t i = 0; i < files->count && status != VERDICT_INTERRUPTED; i++) {
        int result = compare_file(o, files->names[i]);
        status = worse(status, result);
        counts[result <= COMPARED_NOT ? result : BAD_USAGE]++;
    }
    if (files->count > 1 && o->output == OUTPUT_VERDICT)
        printf("%zu scenarios: %zu the same, %zu different, %zu cannot be compared to the end\n",
               files->count, counts[COMPARED_SAME], counts[COMPARED_DIFFERENT],
               counts[COMPARED_NOT]);
    return status;
}

int compare_command(int argc, char **argv)
{
    struct options o;
    struct file_list files = {0};
    int status = options_parse(&o, OPTIONS_COMPARE, argc, argv);
    if (status != 0) {
        options_fini(&o);
        return status < 0 ? 0 : status;
    }
    for (int i = 0; i < o.file_count && status == 0; i++) {
        if (!file_list_add(&files, o.files[i]))
            status = BAD_USAGE;
    }
    if (files.count > 1 && !o.output_chosen)
        o.output = OUTPUT_VERDICT;
    if (files.count == 0 && status == 0) {
        fprintf(stderr, "pipesim: error: there is no *.pipe file below '%s'\n", o.files[0]);
        status = BAD_USAGE;
    }
    signal(SIGINT, on_interrupt);
    if (status == 0)
        status = compare_files(&o, &files);
    file_list_free(&files);
    options_fini(&o);
    return status;
}

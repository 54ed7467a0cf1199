/* step_command.c - `pipesim step`: a stepping session, on the full screen or line by line. */
#include "sim/cli/step_command.h"

#include "sim/cli/files.h"
#include "sim/cli/messages.h"
#include "sim/cli/options.h"
#include "sim/cli/prompt.h"
#include "sim/cli/screen.h"
#include "sim/run/vocabulary.h"
#include "sim/step/stepper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void print(struct strbuf *text)
{
    fwrite(strbuf_text(text), 1, text->length, stdout);
    fflush(stdout);
    strbuf_clear(text);
}

static void converse(struct stepper *s, struct prompt *prompt, const struct options *o)
{
    char line[256];
    struct strbuf out = {0};
    stepper_execute(s, "goto 0", &out);
    if (o->predict)
        stepper_execute(s, "predict on", &out);
    print(&out);
    for (bool more = true; more && prompt_line(prompt, line, sizeof line);) {
        more = stepper_execute(s, line, &out);
        print(&out);
    }
    strbuf_free(&out);
}

/* Whoever looks at a terminal, and did not ask for lines. */
static bool wants_screen(const struct options *o)
{
    const char *term = getenv("TERM");
    bool terminal =
        isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
    return terminal && !o->plain && o->commands == NULL;
}

/* False: it is to be done line by line. */
static bool shown_on_screen(const struct options *o, struct walk *w)
{
    if (!wants_screen(o))
        return false;
    if (!screen_is_built_in()) {
        fprintf(stderr, "pipesim: this program was built without ncursesw, which the full screen "
                        "needs; so line by line\n");
        return false;
    }
    return screen_show(w, o) == 0;
}

/* Of the terminal; 0 when there is none, or nobody knows. */
static size_t terminal_columns(void)
{
#ifdef TIOCGWINSZ
    struct winsize size;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        return size.ws_col;
#endif
    return 0;
}

static void walk_by_lines(const struct options *o, struct walk *w, FILE *in)
{
    struct stepper *s = stepper_new(w);
    struct prompt *prompt = prompt_open(in);
    const char *title = walk_program(w)->title;
    if (s != NULL && terminal_columns() > 0)
        stepper_set_width(s, terminal_columns());
    if (o->predict) /* and the title may tell */
        printf("help lists the commands\n");
    else if (title[0] != '\0')
        printf("scenario \"%s\"; help lists the commands\n", title);
    if (s != NULL && prompt != NULL)
        converse(s, prompt, o);
    prompt_close(prompt);
    stepper_free(s);
}

static int walk_through(const struct options *o, struct program *program, FILE *in)
{
    struct diag_list diags = {0};
    struct walk *w = walk_new(program, &o->run, o->depth, &diags);
    int status = w == NULL ? VERDICT_LIMIT : 0;
    if (w != NULL && !shown_on_screen(o, w))
        walk_by_lines(o, w, in);
    print_messages(&diags, &program->source, DIAG_PLAIN);
    diag_list_free(&diags);
    walk_free(w);
    return status;
}

static int step_file(const struct options *o, FILE *in)
{
    struct source source;
    struct diag_list diags = {0};
    if (!source_read(&source, o->files[0]))
        return VERDICT_BAD_SCRIPT;
    struct program *program = script_parse(&source, vocabulary(), &diags);
    int status = VERDICT_BAD_SCRIPT;
    if (program == NULL)
        print_messages(&diags, &source, DIAG_PLAIN);
    else
        status = walk_through(o, program, in);
    diag_list_free(&diags);
    program_free(program);
    source_free(&source);
    return status;
}

int step_command(int argc, char **argv)
{
    struct options o;
    int status = options_parse(&o, OPTIONS_STEP, argc, argv);
    FILE *in = stdin;
    if (status == 0 && o.commands != NULL && (in = fopen(o.commands, "r")) == NULL) {
        fprintf(stderr, "pipesim: error: cannot read '%s'\n", o.commands);
        status = 2;
    }
    if (status == 0)
        status = step_file(&o, in);
    if (in != NULL && in != stdin)
        fclose(in);
    options_fini(&o);
    return status < 0 ? 0 : status;
}

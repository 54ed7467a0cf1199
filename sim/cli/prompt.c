/* prompt.c - see prompt.h. */
#include "sim/cli/prompt.h"

#include "sim/step/stepper.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char prompt_text[] = "(step) ";

#ifdef PIPESIM_LIBEDIT
#include <histedit.h>

enum { LINES_KEPT = 200 };

struct editor {
    EditLine *line;
    History *history;
};

/* A stream is borrowed without being const, so this is no literal. */
static char *show_prompt(EditLine *line)
{
    static char text[sizeof prompt_text];
    (void)line;
    memcpy(text, prompt_text, sizeof text);
    return text;
}

/* How many letters all names have in common that begin with these; which one, if it is the only one.
 */
static size_t common_start(const char *word, size_t length, const char **first, size_t *count)
{
    size_t common = 0;
    *count = 0;
    for (size_t i = 0; stepper_command_name(i) != NULL; i++) {
        const char *name = stepper_command_name(i);
        if (strncmp(name, word, length) != 0)
            continue;
        if ((*count)++ == 0) {
            *first = name;
            common = strlen(name);
        }
        for (size_t n = 0; n < common; n++)
            common = name[n] == (*first)[n] ? common : n;
    }
    return common;
}

/* Tab: as much of a command as is certain. */
static unsigned char complete(EditLine *line, int key)
{
    const LineInfo *now = el_line(line);
    size_t length = (size_t)(now->cursor - now->buffer), count;
    const char *first = "";
    char rest[64];
    (void)key;
    size_t common = common_start(now->buffer, length, &first, &count);
    if (count == 0 || common >= sizeof rest - 1)
        return CC_REFRESH_BEEP;
    snprintf(rest, sizeof rest, "%.*s%s", (int)(common - length), first + length,
             count == 1 ? " " : "");
    if (rest[0] == '\0' || el_insertstr(line, rest) != 0)
        return CC_REFRESH_BEEP;
    return CC_REFRESH;
}

static void editor_close(struct editor *e)
{
    if (e->line != NULL)
        el_end(e->line);
    if (e->history != NULL)
        history_end(e->history);
    *e = (struct editor){NULL, NULL};
}

static void set_up(struct editor *e)
{
    HistEvent event;
    history(e->history, &event, H_SETSIZE, LINES_KEPT);
    history(e->history, &event, H_SETUNIQUE, 1);
    el_set(e->line, EL_PROMPT, show_prompt);
    el_set(e->line, EL_SIGNAL, 1); /* so that Ctrl-C gives the terminal back */
    el_set(e->line, EL_EDITOR, "emacs");
    el_set(e->line, EL_HIST, history, e->history);
    el_set(e->line, EL_ADDFN, "complete-command", "completes the name of a command", complete);
    el_set(e->line, EL_BIND, "^I", "complete-command", NULL);
    el_source(e->line, NULL); /* the user's own ~/.editrc */
}

static void editor_open(struct editor *e, FILE *in)
{
    const char *term = getenv("TERM");
    bool terminal = in == stdin && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    if (!terminal || term == NULL || strcmp(term, "dumb") == 0)
        return;
    e->line = el_init("pipesim", stdin, stdout, stderr);
    e->history = history_init();
    if (e->line == NULL || e->history == NULL)
        editor_close(e);
    else
        set_up(e);
}

static bool editor_is_open(const struct editor *e)
{
    return e->line != NULL;
}

static bool editor_line(struct editor *e, char *line, size_t size)
{
    int length;
    HistEvent event;
    const char *typed = el_gets(e->line, &length);
    if (typed == NULL || length <= 0)
        return false;
    snprintf(line, size, "%s", typed);
    if (line[strspn(line, " \n")] != '\0')
        history(e->history, &event, H_ENTER, line);
    return true;
}

#else

struct editor {
    int none;
};

static void editor_open(struct editor *e, FILE *in)
{
    (void)e, (void)in;
}

static void editor_close(struct editor *e)
{
    (void)e;
}

static bool editor_is_open(const struct editor *e)
{
    (void)e;
    return false;
}

static bool editor_line(struct editor *e, char *line, size_t size)
{
    (void)e, (void)line, (void)size;
    return false;
}
#endif

struct prompt {
    FILE *in; /* borrowed */
    enum { SHOWS_NOTHING, SHOWS_PROMPT, SHOWS_LINES_TOO } shows;
    struct editor editor;
};

struct prompt *prompt_open(FILE *in)
{
    struct prompt *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    p->in = in;
    p->shows = in != stdin ? SHOWS_LINES_TOO : isatty(STDIN_FILENO) ? SHOWS_PROMPT : SHOWS_NOTHING;
    editor_open(&p->editor, in);
    return p;
}

void prompt_close(struct prompt *p)
{
    if (p == NULL)
        return;
    editor_close(&p->editor);
    free(p);
}

static bool plain_line(struct prompt *p, char *line, size_t size)
{
    if (p->shows != SHOWS_NOTHING)
        fputs(prompt_text, stdout);
    fflush(stdout);
    if (fgets(line, (int)size, p->in) == NULL)
        return false;
    if (p->shows == SHOWS_LINES_TOO)
        printf("%.*s\n", (int)strcspn(line, "\r\n"), line);
    return true;
}

bool prompt_line(struct prompt *p, char *line, size_t size)
{
    bool read = editor_is_open(&p->editor) ? editor_line(&p->editor, line, size)
                                           : plain_line(p, line, size);
    if (read)
        line[strcspn(line, "\r\n")] = '\0';
    return read;
}

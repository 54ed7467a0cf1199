/* stepper.c - the commands; see stepper.h. */
#include "sim/step/cycle.h"
#include "sim/step/difference.h"
#include "sim/step/session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct stepper *stepper_new(struct walk *w)
{
    struct stepper *s = calloc(1, sizeof *s);
    if (s != NULL) {
        s->walk = w;
        s->width = 80;
    }
    return s;
}

void stepper_set_width(struct stepper *s, size_t columns)
{
    s->width = columns;
}

void stepper_free(struct stepper *s)
{
    if (s != NULL)
        predict_free(s->predict);
    free(s);
}

/* -- moving ------------------------------------------------------------------------------------ */

static void add_cycle(struct stepper *s, struct strbuf *out)
{
    struct pane_size size = {s->width, 0, GLYPHS_ASCII};
    size_t before = out->length;
    cycle_words(s->walk, out);
    strbuf_add(out, out->length > before ? "\n" : "");
    cycle_picture(s->walk, size, out);
}

static void add_verdict(struct stepper *s, struct strbuf *out)
{
    const struct diag_list *messages = walk_messages(s->walk);
    strbuf_add(out, "the run is over: ");
    strbuf_add(out, walk_verdict(s->walk) == VERDICT_AS_EXPECTED ? "as expected\n"
                                                                 : "not as expected\n");
    diag_render(messages, &walk_program(s->walk)->source, DIAG_PLAIN, out);
    if (walk_is_deadlocked(s->walk))
        add_cycle(s, out);
}

/* What has been printed between two positions, or where one has come back to. */
static void add_lines_between(struct stepper *s, uint64_t from, uint64_t to, struct strbuf *out)
{
    size_t first = walk_lines_until(s->walk, from), end = walk_lines_until(s->walk, to);
    if (to < from)
        first = end > 0 ? end - 1 : 0;
    for (size_t i = first; i < end; i++)
        strbuf_addf(out, "%s\n", walk_line(s->walk, i));
}

void stepper_move_to(struct stepper *s, uint64_t to, struct strbuf *out)
{
    if (s->predict != NULL)
        predicting_move(s, to, out);
    else
        stepper_go(s, to, out);
}

void stepper_go(struct stepper *s, uint64_t to, struct strbuf *out)
{
    uint64_t from = walk_position(s->walk);
    walk_goto(s->walk, to);
    to = walk_position(s->walk);
    add_lines_between(s, from, to, out);
    strbuf_add_char(out, '[');
    stepper_position(s, out);
    strbuf_add(out, "]\n");
    stepper_processes(s, out);
    stepper_pipes(s, out);
    if (to == walk_length(s->walk))
        add_verdict(s, out);
    else if (to == from)
        strbuf_add(out, to == walk_start(s->walk) ? "this is the start\n" : "");
}

typedef uint64_t next_position(const struct walk *w, enum stride stride);

/* n strides; stops early where there is nothing left. */
static void stride(struct stepper *s, next_position *next, enum stride kind, int64_t n,
                   struct strbuf *out)
{
    uint64_t from = walk_position(s->walk), to = from;
    for (int64_t i = 0; i < n; i++) {
        to = next(s->walk, kind);
        if (to == walk_position(s->walk))
            break;
        walk_goto(s->walk, to);
    }
    walk_goto(s->walk, from);
    stepper_move_to(s, to, out);
}

/* To the next breakpoint, or without any to the next sleep or wake-up. */
static void go_on(struct stepper *s, bool back, struct strbuf *out)
{
    struct walk *w = s->walk;
    uint64_t from = walk_position(w), n = from;
    uint64_t last = back ? walk_start(w) : walk_length(w);
    bool any = false;
    for (int i = 0; i < s->break_count; i++)
        any |= s->breaks[i].number != 0;
    if (!any) {
        stride(s, back ? walk_before : walk_after, STRIDE_SLEEP_OR_WAKE, 1, out);
        return;
    }
    breaks_resolve(s);
    while (n != last) {
        n = back ? n - 1 : n + 1;
        if (n != last && breaks_hit(s, n))
            break;
    }
    walk_goto(w, from);
    stepper_move_to(s, n, out);
}

/* How many times, 1 when nothing is said; 0 after a message. */
static int64_t count_of(const char *rest, struct strbuf *out)
{
    size_t digits = strspn(rest, "0123456789");
    int64_t n = *rest == '\0' ? 1 : atoll(rest);
    if (n > 0 && rest[digits + strspn(rest + digits, " ")] == '\0')
        return n;
    strbuf_addf(out, "'%s' is no number from 1\n", rest);
    return 0;
}

static void strides(struct stepper *s, next_position *next, enum stride kind, const char *rest,
                    struct strbuf *out)
{
    int64_t n = count_of(rest, out);
    if (n > 0)
        stride(s, next, kind, n, out);
}

static void next_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    strides(s, walk_after, STRIDE_CALL, rest, out);
}

static void reverse_next_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    strides(s, walk_before, STRIDE_CALL, rest, out);
}

static void step_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    strides(s, walk_after, STRIDE_EVENT, rest, out);
}

static void reverse_step_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    strides(s, walk_before, STRIDE_EVENT, rest, out);
}

static void continue_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    (void)rest;
    go_on(s, false, out);
}

static void reverse_continue_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    (void)rest;
    go_on(s, true, out);
}

static void goto_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    if (strcmp(rest, "end") == 0)
        stepper_move_to(s, walk_length(s->walk), out);
    else if (*rest >= '0' && *rest <= '9')
        stepper_move_to(s, walk_start(s->walk) + (uint64_t)atoll(rest), out);
    else
        strbuf_add(out, "goto N, from 0 for the start; or goto end\n");
}

/* -- choosing ---------------------------------------------------------------------------------- */

static const char *named_or_numbered(struct stepper *s, const char *word)
{
    const struct view *v = walk_view(s->walk);
    size_t n = (size_t)atoll(word);
    return n >= 1 && n <= v->actor_count ? v->actors[n - 1].name : word;
}

static void run_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    char name[64];
    snprintf(name, sizeof name, "%s", named_or_numbered(s, rest));
    if (*rest == '\0') {
        strbuf_add(out, "run PROCESS, by its name or number: it goes on at the next choice\n");
        return;
    }
    int error = walk_choose(s->walk, name);
    if (error == -ESRCH) {
        int actors[16];
        size_t count = walk_candidates(s->walk, actors, 16);
        strbuf_addf(out, "'%s' cannot go on at the next choice; %s", name,
                    count == 0 ? "nobody is awake" : "awake are:");
        for (size_t i = 0; i < count; i++)
            strbuf_addf(out, " %s", walk_view(s->walk)->actors[actors[i]].name);
        strbuf_add_char(out, '\n');
        return;
    }
    if (error == -EALREADY) {
        strbuf_addf(out, "at the next choice %s goes on anyway\n", name);
        return;
    }
    strbuf_addf(out, "at the next choice %s goes on; the run before is branch %zu\n", name,
                walk_branches(s->walk));
    stride(s, walk_after, STRIDE_CALL, 1, out);
}

static void undo_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    (void)rest;
    if (walk_undo(s->walk) != 0)
        strbuf_add(out, "there is no choice to be undone\n");
    else
        stepper_move_to(s, walk_position(s->walk), out);
}

static void branches_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    char *present = walk_schedule(s->walk);
    size_t n = atoll(rest) > 0 ? (size_t)atoll(rest) : 0;
    if (n > 0 && n <= walk_branches(s->walk)) {
        walk_take_branch(s->walk, n - 1);
        stepper_move_to(s, walk_position(s->walk), out);
    } else if (*rest != '\0') {
        strbuf_addf(out, "there is no branch '%s'; branches lists them\n", rest);
    } else {
        for (size_t i = 0; i < walk_branches(s->walk); i++)
            strbuf_addf(out, "%zu: left at event %" PRIu64 ", --schedule %s\n", i + 1,
                        walk_branch_left(s->walk, i) - walk_start(s->walk),
                        walk_branch_schedule(s->walk, i));
        strbuf_addf(out, "now: --schedule %s\n", present != NULL ? present : "?");
    }
    free(present);
}

static void compare_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    size_t count = walk_branches(s->walk);
    size_t n = *rest == '\0' ? count : (size_t)count_of(rest, out);
    if (n == 0 && count > 0)
        return;
    if (count == 0)
        strbuf_add(out, "there is no other run yet: `run PROCESS` makes one\n");
    else if (s->predict != NULL)
        strbuf_add(out, "that would show what comes: `predict off` first\n");
    else if (n > count)
        strbuf_addf(out, "there is no branch %zu; `branches` lists them\n", n);
    else
        difference_show(s->walk, n - 1, s->width, out);
}

/* -- asking ------------------------------------------------------------------------------------ */

static void why_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    const struct view *v = walk_view(s->walk);
    const char *name = named_or_numbered(s, rest);
    size_t before = out->length;
    if (*rest == '\0') {
        stepper_why(s, out);
        if (out->length == before)
            strbuf_add(out, "nobody is asleep\n");
        return;
    }
    const struct view_actor *a = view_actor_named(v, name, strlen(name));
    if (a == NULL)
        strbuf_addf(out, "there is no process '%s' here\n", name);
    else if (a->state != ACTOR_ASLEEP)
        strbuf_addf(out, "%s is not asleep\n", a->name);
    else
        stepper_explain(s, (int)(a - v->actors), out);
}

static void info_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    static const struct {
        const char *about;
        void (*show)(struct stepper *s, struct strbuf *out);
    } all[] = {
        {"breaks", breaks_list},          {"fds", stepper_ends},       {"locks", stepper_locks},
        {"processes", stepper_processes}, {"sleepers", stepper_locks}, {"pipes", stepper_pipes},
    };
    size_t n = strlen(rest);
    bool both = strncmp(rest, "processes", n) == 0 && strncmp(rest, "pipes", n) == 0;
    for (size_t i = 0; n > 0 && !both && i < sizeof all / sizeof *all; i++) {
        if (strncmp(rest, all[i].about, n) == 0) {
            all[i].show(s, out);
            return;
        }
    }
    strbuf_add(out, "info processes, pipes, fds, locks, sleepers, or breaks\n");
}

static void list_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    if (strcmp(rest, "source") == 0)
        source_command(s, out);
    else if (*rest == '\0')
        stepper_trace(s, 10, out);
    else
        stepper_trace(s, (size_t)count_of(rest, out), out);
}

static void break_once_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    break_command(s, rest, true, out);
}

static void break_always_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    break_command(s, rest, false, out);
}

static void help_command(struct stepper *s, const char *rest, struct strbuf *out);

/* -- the table --------------------------------------------------------------------------------- */

static const struct command {
    const char *name, *key; /* the key: one letter, upper case goes back */
    void (*execute)(struct stepper *s, const char *rest, struct strbuf *out);
    bool moves; /* an empty line repeats it */
    const char *help;
} commands[] = {
    {"next", "n", next_command, true, "to the next call's end, or sleep [N times]"},
    {"reverse-next", "N", reverse_next_command, true, "the same, backwards"},
    {"step", "s", step_command, true, "one event: lock, copy, wake, ... [N times]"},
    {"reverse-step", "S", reverse_step_command, true, "the same, backwards"},
    {"continue", "c", continue_command, true,
     "to a breakpoint; without any, to a sleep or wake-up"},
    {"reverse-continue", "C", reverse_continue_command, true, "the same, backwards"},
    {"until", "U", until_command, true, "until COND: to where it is true, as `p.used == 4`"},
    {"watch", "W", watch_command, true, "watch EXPR: to where its value changes"},
    {"print", "p", print_command, false, "print EXPR, as a claim can say it"},
    {"goto", "g", goto_command, false, "goto N, goto end: to an event"},
    {"run", "r", run_command, false, "run PROCESS: who goes on at the next choice"},
    {"undo", "u", undo_command, false, "takes the last choice back"},
    {"branches", "B", branches_command, false, "the runs that were left; branches N: back to one"},
    {"compare", "=", compare_command, false, "with the run left last, side by side; compare N"},
    {"why", "w", why_command, false, "why [PROCESS]: what it waits for, who could end it"},
    {"info", "i", info_command, false, "info processes, pipes, fds, locks, sleepers, breaks"},
    {"list", "l", list_command, false,
     "the last lines of the trace [N]; list source: where we are"},
    {"break", "b", break_always_command, false,
     "break LINE | PROCESS [asleep] | PIPE full | claim fails"},
    {"tbreak", "t", break_once_command, false, "the same, once"},
    {"delete", "d", delete_command, false, "delete [N]: a breakpoint, or all"},
    {"predict", "P", predict_command, false, "predict on, off: asks before each sleep and result"},
    {"save", "v", save_command, false,
     "save FILE: its schedule; save FILE.pipe: the run as a script"},
    {"help", "?", help_command, false, "this"},
    {"quit", "q", NULL, false, "ends"},
};

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

const char *stepper_command_name(size_t i)
{
    return i < COMMAND_COUNT ? commands[i].name : NULL;
}

static void help_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    (void)s, (void)rest;
    for (int i = 0; i < COMMAND_COUNT; i++)
        strbuf_addf(out, "  %s  %-17s %s\n", commands[i].key, commands[i].name, commands[i].help);
    strbuf_add(out,
               "An empty line repeats the last movement. A word may be shortened: cont, rn, rc.\n");
}

/* What gdb takes for a command, and is no start of one name alone. */
static const char *spelt_out(const char *word)
{
    static const char *const shorter[][2] = {
        {"co", "continue"},
        {"rc", "reverse-continue"},
        {"rn", "reverse-next"},
        {"rs", "reverse-step"},
    };
    for (size_t i = 0; i < sizeof shorter / sizeof *shorter; i++) {
        if (strcmp(word, shorter[i][0]) == 0)
            return shorter[i][1];
    }
    return word;
}

/* By its key or its whole name; NULL when it is none. */
static const struct command *find_exactly(const char *word)
{
    word = spelt_out(word);
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(word, commands[i].key) == 0 || strcmp(word, commands[i].name) == 0)
            return &commands[i];
    }
    return NULL;
}

/* By its key, its name, or the start of just one name. NULL after a message. */
static const struct command *find(const char *word, struct strbuf *out)
{
    const struct command *found = find_exactly(word);
    if (found != NULL)
        return found;
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (strncmp(word, commands[i].name, strlen(word)) != 0)
            continue;
        if (found != NULL) {
            strbuf_addf(out, "'%s' may be %s or %s\n", word, found->name, commands[i].name);
            return NULL;
        }
        found = &commands[i];
    }
    if (found == NULL)
        strbuf_addf(out, "there is no command '%s'; help lists them\n", word);
    return found;
}

/* While a question is open a line is its answer, unless it is a wrong one and a command, or a
 * comment. */
static bool is_answer(const struct stepper *s, const char *line)
{
    char word[32] = "";
    sscanf(line, "%31s", word);
    return stepper_question(s) != NULL && word[0] != '#' &&
           (predict_is_answer(s->predict, line) || find_exactly(word) == NULL);
}

static bool execute_command(struct stepper *s, const char *line, struct strbuf *out)
{
    char word[32] = "";
    int used = 0;
    while (*line == ' ')
        line++;
    if (*line == '\0')
        line = s->last;
    if (*line == '\0' || *line == '#')
        return true;
    sscanf(line, "%31s %n", word, &used);
    const char *rest = used > 0 ? line + used : line + strlen(word);
    const struct command *c = find(word, out);
    if (c == NULL)
        return true;
    if (c->moves && line != s->last)
        snprintf(s->last, sizeof s->last, "%s", line);
    if (c->execute != NULL)
        c->execute(s, rest, out);
    return c->execute != NULL;
}

const char *stepper_remark(const struct stepper *s)
{
    return s->remark;
}

bool stepper_execute(struct stepper *s, const char *line, struct strbuf *out)
{
    bool more = true;
    s->remark[0] = '\0';
    if (is_answer(s, line))
        predicting_answer(s, line, out);
    else
        more = execute_command(s, line, out);
    predicting_ask(s, out);
    return more;
}

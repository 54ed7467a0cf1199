/* screen.c - see screen.h. */
#include "sim/cli/screen.h"

#ifdef PIPESIM_NCURSES
#include "sim/cli/layout.h"
#include "sim/step/stepper.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct screen {
    struct walk *walk; /* borrowed */
    struct stepper *stepper;
    struct panes *panes;
    enum glyphs glyphs;
    enum pane focus;
    int scrolled[PANE_COUNT]; /* lines, from where a pane would be by itself */
    struct strbuf message;    /* in place of the keys, until the next key */
    char last_line[128];      /* typed at the prompt */
    struct strbuf said;       /* of a prediction: what came of it, and the next question */
    bool quit;
};

/* -- panes ------------------------------------------------------------------------------------- */

static void fill(struct screen *s, const struct layout *l, enum pane pane, struct sheet *out)
{
    struct area a = l->panes[pane];
    struct pane_size size = {(size_t)a.width, (size_t)a.height, s->glyphs};
    switch (pane) {
    case PANE_TRACE: pane_trace(s->panes, size, out); break;
    case PANE_SOURCE: pane_source(s->panes, size, out); break;
    case PANE_DESCRIPTORS: pane_descriptors(s->panes, size, out); break;
    case PANE_WHY: pane_why(s->panes, size, out); break;
    case PANE_PROCESSES: pane_processes(s->panes, size, out); break;
    case PANE_PIPES: pane_pipes(s->panes, size, l->large ? ENDS_APART : ENDS_FOLDED, out); break;
    case PANE_COUNT: break;
    }
}

/* The first line in sight: the focus of the sheet is in the middle, unless the user scrolled. */
static int first_line(struct screen *s, enum pane pane, const struct sheet *sheet, int height)
{
    int count = (int)sheet->line_count, most = count > height ? count - height : 0;
    int first = (int)sheet->focus - height / 2;
    first = first < 0 ? 0 : first > most ? most : first;
    int wanted = first + s->scrolled[pane];
    wanted = wanted < 0 ? 0 : wanted > most ? most : wanted;
    s->scrolled[pane] = wanted - first;
    return wanted;
}

static void draw_pane(struct screen *s, const struct layout *l, enum pane pane)
{
    struct area a = l->panes[pane];
    struct sheet sheet = {.line_count = 0};
    char more[40];
    if (a.height == 0)
        return;
    fill(s, l, pane, &sheet);
    int first = first_line(s, pane, &sheet, a.height);
    terminal_sheet(a, &sheet, (size_t)first);
    int left = (int)sheet.line_count - first - a.height;
    if (left > 0) {
        int n = snprintf(more, sizeof more, " .. %d more ", left);
        int x = a.x + a.width - n - 1; /* in the border below */
        terminal_text(a.y + a.height, x, n, TONE_STRONG, more, (size_t)n);
    }
    sheet_free(&sheet);
}

/* -- title and keys ---------------------------------------------------------------------------- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static void draw_title(struct screen *s, int width)
{
    char right[128], left[256];
    size_t others = walk_branches(s->walk);
    uint64_t start = walk_start(s->walk);
    int n = snprintf(right, sizeof right, "tick %" PRId64 "   event %" PRIu64 " of %" PRIu64,
                     walk_view(s->walk)->tick, walk_position(s->walk) - start,
                     walk_length(s->walk) - start);
    if (others > 0)
        n += snprintf(right + n, sizeof right - (size_t)n, "   branch %zu of %zu", others + 1,
                      others + 1);
    const char *file = base_name(walk_program(s->walk)->source.name);
    bool narrow = (int)strlen(file) + 20 + n > width;
    snprintf(left, sizeof left, narrow ? " %s" : " pipesim step   %s", file);
    terminal_clear((struct area){0, 0, 1, width});
    int used = terminal_emphasized(0, 0, width - n - 4, EMPHASIS_TITLE, left) + 3;
    const char *title = walk_future(s->walk) == FUTURE_HIDDEN ? "predicting" /* it may tell */
                                                              : walk_program(s->walk)->title;
    if (used + (int)strlen(title) + n + 4 <= width)
        terminal_text(0, used, width - used, TONE_DIM, title, strlen(title));
    terminal_text(0, width - n - 1, n, TONE_PLAIN, right, (size_t)n);
}

/* The keys that do something here, the most wanted first; as many as fit. */
static void list_keys(struct screen *s, size_t width, struct strbuf *out)
{
    int actors[9];
    bool start = walk_position(s->walk) == walk_start(s->walk);
    bool end = walk_position(s->walk) == walk_length(s->walk);
    const char *keys[] = {
        end ? "" : "n next",
        start ? "" : "N back",
        end ? "" : "s event",
        end     ? ""
        : start ? "c sleep/wake"
                : "c/C sleep/wake",
        walk_candidates(s->walk, actors, 9) > 1 ? "1-9 who runs" : "",
        start ? "" : "0 start",
        end ? "" : "$ end",
        walk_branches(s->walk) > 0 ? "u undo" : "",
        walk_future(s->walk) == FUTURE_HIDDEN ? "p no more questions" : "",
        "w why",
        ": command",
    };
    static const char always[] = "? help  q quit ";
    strbuf_add_char(out, ' ');
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i][0] != '\0' && out->length + strlen(keys[i]) + 2 + sizeof always <= width)
            strbuf_addf(out, "%s  ", keys[i]);
    }
    strbuf_add(out, always);
}

static void draw_keys(struct screen *s, const struct layout *l)
{
    int y = l->rules[l->rule_count - 1], width = l->all.width;
    struct strbuf text = {0};
    if (s->message.length > 0)
        strbuf_addf(&text, " %s ", strbuf_text(&s->message));
    else
        list_keys(s, (size_t)width - 4, &text);
    terminal_emphasized(y, 2, width - 4, s->message.length > 0 ? EMPHASIS_FOCUS : EMPHASIS_TITLE,
                        strbuf_text(&text));
    strbuf_free(&text);
}

static void draw_too_small(struct area all)
{
    char text[128];
    int n = snprintf(text, sizeof text, "pipesim step needs %dx%d, this is %dx%d (q: quit)",
                     LEAST_COLUMNS, LEAST_LINES, all.width, all.height);
    terminal_clear(all);
    terminal_text(0, 0, all.width, TONE_STRONG, text, (size_t)n);
}

static int lines_of(struct screen *s, const struct layout *l, enum pane pane)
{
    struct sheet sheet = {.line_count = 0};
    fill(s, l, pane, &sheet);
    int lines = (int)sheet.line_count;
    sheet_free(&sheet);
    return lines;
}

/* The panes that answer are given the room that they need today. */
static bool lay_out(struct screen *s, struct layout *l, struct area all)
{
    struct layout_wish wish = {0};
    if (!layout_make(l, all, s->focus, wish))
        return false;
    int processes = lines_of(s, l, PANE_PROCESSES), pipes = lines_of(s, l, PANE_PIPES);
    wish.top = processes > pipes ? processes : pipes;
    wish.low = l->large ? lines_of(s, l, PANE_DESCRIPTORS) : 0;
    wish.why = lines_of(s, l, PANE_WHY);
    return layout_make(l, all, s->focus, wish);
}

static bool draw(struct screen *s)
{
    struct layout l;
    struct area all = terminal_area();
    if (!lay_out(s, &l, all)) {
        draw_too_small(all);
        return false;
    }
    terminal_clear(all);
    draw_title(s, all.width);
    layout_draw(&l, s->glyphs, s->focus);
    for (int i = 0; i < PANE_COUNT; i++)
        draw_pane(s, &l, (enum pane)i);
    draw_keys(s, &l);
    terminal_no_cursor();
    return true;
}

/* -- a pane over the others -------------------------------------------------------------------- */

/* Lines that are too long go on below, further in. */
static void add_lines(struct sheet *sheet, const char *text, size_t width)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        char line[1024];
        snprintf(line, sizeof line, "%.*s", (int)n, text);
        size_t indent = strspn(line, " ");
        sheet_pad(sheet, indent);
        if (text_columns(line, strlen(line)) <= width) {
            sheet_add(sheet, TONE_PLAIN, "%s", line + indent);
            sheet_end_line(sheet);
        } else {
            sheet_wrap(sheet, TONE_PLAIN, line + indent, indent + 4, width);
        }
        text += n + (text[n] == '\n');
    }
}

static int draw_over(struct screen *s, const char *name, const char *text, int first)
{
    struct sheet sheet = {.line_count = 0};
    struct area all = terminal_area();
    if (!draw(s))
        return 0;
    add_lines(&sheet, text, (size_t)all.width - 4);
    int count = (int)sheet.line_count, room = all.height - 4;
    int height = count < room ? count : room, most = count - height;
    first = first > most ? most : first < 0 ? 0 : first;
    struct area inside = {2, 1, height, all.width - 2};
    layout_draw_box(inside, s->glyphs, name);
    terminal_clear(inside);
    terminal_sheet((struct area){2, 2, height, all.width - 4}, &sheet, (size_t)first);
    const char *help = most > 0 ? " up, down: more   any other key closes " : " any key closes ";
    terminal_emphasized(2 + height, 3, all.width - 6, EMPHASIS_FOCUS, help);
    sheet_free(&sheet);
    return first;
}

static void show_over(struct screen *s, const char *name, const char *text)
{
    int first = 0, page = LEAST_LINES - 6;
    for (;;) {
        first = draw_over(s, name, text, first);
        int key = terminal_key();
        if (key == KEY_TO_BELOW || key == 'j')
            first++;
        else if (key == KEY_TO_ABOVE || key == 'k')
            first--;
        else if (key == KEY_PAGE_DOWN || key == ' ')
            first += page;
        else if (key == KEY_PAGE_UP)
            first -= page;
        else if (key == KEY_CONTROL_L)
            terminal_redraw();
        else if (key == KEY_CONTROL_Z)
            terminal_suspend();
        else if (key != KEY_SIZE)
            break;
    }
}

/* -- a line to type ---------------------------------------------------------------------------- */

static void draw_prompt(struct screen *s, const char *prompt, const char *line)
{
    struct area all = terminal_area();
    char text[256];
    if (!draw(s))
        return;
    int n = snprintf(text, sizeof text, "%s%s", prompt, line);
    int shown = n < all.width - 2 ? n : all.width - 2; /* the end of it */
    terminal_clear((struct area){all.height - 1, 0, 1, all.width});
    terminal_text(all.height - 1, 0, all.width, TONE_STRONG, text + (n - shown), (size_t)shown);
    terminal_cursor(all.height - 1, shown);
}

/* False when the user thought better of it. */
static bool ask(struct screen *s, const char *prompt, char *line, size_t size)
{
    size_t n = 0;
    line[0] = '\0';
    for (;;) {
        draw_prompt(s, prompt, line);
        int key = terminal_key();
        if (key == '\n')
            return true;
        if (key == KEY_ESC || key == KEY_CONTROL_C || key == KEY_GONE)
            return false;
        if (key == KEY_CONTROL_Z)
            terminal_suspend();
        if (key == KEY_RUBOUT && n == 0)
            return false;
        if (key == KEY_RUBOUT)
            line[--n] = '\0';
        else if (key == KEY_CONTROL_U)
            line[n = 0] = '\0';
        else if (key == KEY_TO_ABOVE)
            n = (size_t)snprintf(line, size, "%s", s->last_line);
        else if (key >= ' ' && key < 0x7f && n + 1 < size) {
            line[n++] = (char)key;
            line[n] = '\0';
        }
    }
}

/* -- commands ---------------------------------------------------------------------------------- */

static void forget_scrolling(struct screen *s)
{
    memset(s->scrolled, 0, sizeof s->scrolled);
}

static void forget_what_was_said(struct screen *s)
{
    strbuf_clear(&s->said);
    panes_say(s->panes, NULL);
}

static void say_question(struct screen *s)
{
    strbuf_addf(&s->said, "? %s\n", stepper_question(s->stepper));
    panes_say(s->panes, strbuf_text(&s->said));
}

/* An answer, and what came of it: its first line; the movement shows by itself. */
static void take_answer(struct screen *s, const char *line)
{
    struct strbuf out = {0};
    panes_remember(s->panes);
    forget_scrolling(s);
    forget_what_was_said(s);
    s->quit = !stepper_execute(s->stepper, line, &out);
    if (out.length > 0 && out.bytes[0] != '?') {
        strbuf_add_bytes(&s->said, out.bytes, strcspn(out.bytes, "\n") + 1);
        panes_say(s->panes, strbuf_text(&s->said));
    }
    strbuf_free(&out);
}

/* Until nothing is asked any more, or the user thinks better of it: then the next movement asks. */
static void ask_predictions(struct screen *s)
{
    char line[128];
    while (!s->quit && stepper_question(s->stepper) != NULL) {
        say_question(s);
        if (!ask(s, "your answer (Enter: show it, Esc: not now): ", line, sizeof line)) {
            forget_what_was_said(s);
            return;
        }
        take_answer(s, line);
    }
}

/* A movement shows by itself; what does not move shows what it says. */
static void execute(struct screen *s, const char *command)
{
    struct strbuf out = {0};
    uint64_t from = walk_position(s->walk);
    panes_remember(s->panes);
    forget_scrolling(s);
    forget_what_was_said(s);
    stepper_set_width(s->stepper, (size_t)terminal_area().width - 4);
    if (!stepper_execute(s->stepper, command, &out))
        s->quit = true;
    else if (walk_position(s->walk) == from && out.length > 0 &&
             stepper_question(s->stepper) == NULL)
        show_over(s, command, strbuf_text(&out));
    else
        strbuf_add(&s->message, stepper_remark(s->stepper));
    ask_predictions(s);
    strbuf_free(&out);
}

/* A key that moves: where it cannot, a short word. */
static void move(struct screen *s, const char *command)
{
    struct strbuf out = {0};
    uint64_t from = walk_position(s->walk);
    panes_remember(s->panes);
    forget_scrolling(s);
    forget_what_was_said(s);
    stepper_execute(s->stepper, command, &out);
    ask_predictions(s);
    if (walk_position(s->walk) == from && from == walk_length(s->walk))
        strbuf_add(&s->message, "this is the end of the run");
    else if (walk_position(s->walk) == from && from == walk_start(s->walk))
        strbuf_add(&s->message, "this is the start of the run");
    strbuf_free(&out);
}

static void go_to(struct screen *s, uint64_t position)
{
    char command[40];
    snprintf(command, sizeof command, "goto %" PRIu64, position - walk_start(s->walk));
    move(s, command);
}

static void say_who_can_run(struct screen *s)
{
    int actors[9];
    size_t count = walk_candidates(s->walk, actors, 9);
    strbuf_add(&s->message, count == 0 ? "; nobody can" : "; awake:");
    for (size_t i = 0; i < count; i++)
        strbuf_addf(&s->message, " %s", walk_view(s->walk)->actors[actors[i]].name);
}

/* Why that process cannot be chosen. */
static void say_why_not(struct screen *s, size_t actor)
{
    const struct view_actor *a = &walk_view(s->walk)->actors[actor];
    switch (a->state) {
    case ACTOR_ASLEEP: strbuf_addf(&s->message, "%s is asleep, and cannot go on", a->name); break;
    case ACTOR_EXITED: strbuf_addf(&s->message, "%s has exited", a->name); break;
    case ACTOR_IDLE: strbuf_addf(&s->message, "for %s nothing is due", a->name); break;
    case ACTOR_RUNNABLE:
        strbuf_addf(&s->message, "there is no choice for %s from here on", a->name);
        return;
    }
    say_who_can_run(s);
}

static void choose(struct screen *s, int key)
{
    size_t actor = (size_t)(key - '1');
    const struct view *v = walk_view(s->walk);
    char name[64];
    if (actor >= v->actor_count) {
        strbuf_addf(&s->message, "there is no process %d here", key - '0');
        return;
    }
    snprintf(name, sizeof name, "%s", v->actors[actor].name);
    panes_remember(s->panes);
    int error = v->actors[actor].state != ACTOR_RUNNABLE ? -ESRCH : walk_choose(s->walk, name);
    if (error == -ESRCH) {
        say_why_not(s, actor);
        return;
    }
    move(s, "next");
    strbuf_clear(&s->message);
    strbuf_addf(&s->message,
                error == 0 ? "%s goes on from there (u: undo, B: branches)"
                           : "%s goes on there anyway",
                name);
}

/* "goto " and what the user types. */
static void ask_for(struct screen *s, const char *command)
{
    char line[128], whole[200], prompt[40];
    snprintf(prompt, sizeof prompt, "%s: ", command);
    if (!ask(s, prompt, line, sizeof line))
        return;
    snprintf(whole, sizeof whole, line[0] == '\0' ? "%s" : "%s %s", command, line);
    execute(s, whole);
}

static void ask_for_command(struct screen *s)
{
    char line[sizeof s->last_line];
    if (!ask(s, ":", line, sizeof line) || line[0] == '\0')
        return;
    memcpy(s->last_line, line, sizeof line);
    execute(s, line);
}

/* -- keys -------------------------------------------------------------------------------------- */

static const struct {
    int key, same; /* two keys */
    const char *command;
    enum { MOVES, UNDOES, SHOWS, ASKS } how;
} keys[] = {
    {'n', KEY_TO_RIGHT, "next", MOVES},
    {'N', KEY_TO_LEFT, "reverse-next", MOVES},
    {'l', 0, "next", MOVES},
    {'h', 0, "reverse-next", MOVES},
    {'s', 0, "step", MOVES},
    {'S', 0, "reverse-step", MOVES},
    {'c', 0, "continue", MOVES},
    {'C', 0, "reverse-continue", MOVES},
    {'0', KEY_TO_START, "goto 0", MOVES},
    {'$', KEY_TO_END, "goto end", MOVES},
    {'u', 0, "undo", UNDOES},
    {'B', 0, "branches", SHOWS},
    {'=', 0, "compare", SHOWS},
    {'f', 0, "info fds", SHOWS},
    {'L', 0, "info locks", SHOWS},
    {'g', 0, "goto", ASKS},
    {'b', 0, "break", ASKS},
    {'d', 0, "delete", ASKS},
    {'w', 0, "why", ASKS},
    {'p', 0, "predict", SHOWS},
};

static const char help_text[] =
    "n   l  right    next: to the end of a call, or where it falls asleep\n"
    "N   h  left     the same, backwards\n"
    "s   S           one event, forwards or backwards: a lock, a copy, a wake-up\n"
    "c   C           to a breakpoint; without any, to a sleep or wake-up\n"
    "j   k  arrows   a line of the trace; elsewhere, with the focus: scroll\n"
    "PgDn  PgUp      a page of it\n"
    "0   $  Home End the start, the end\n"
    "g               go to an event, by its number\n"
    "\n"
    "1 ... 9         lets that process go on at the next choice: another run\n"
    "u               undo: back to the run before\n"
    "B               branches: all runs so far (:branches N goes back to one)\n"
    "=               compare with the run left last, side by side (:compare N)\n"
    "\n"
    "w               why a process sleeps (Enter: all of them)\n"
    "f   L           descriptors; locks and sleepers\n"
    "p               predict: asks before each sleep and result, or no more\n"
    "b   d           break, delete: 12 (a line), NAME [asleep], PIPE full, fail\n"
    ":   /           a command: next 5, list source, save FILE.pipe, help ...\n"
    "\n"
    "Tab             the focus: trace, source, descriptors, why, processes, pipes\n"
    "Ctrl-L  Ctrl-Z  draw everything again; suspend\n"
    "q   Ctrl-C      quit\n"
    "\n"
    "> marks what the last step changed, and where trace and source are.\n"
    "The numbers beside the lines of the source are those of the processes.\n"
    "R and W below the cells: the next byte is read there, and written there.\n";

static void turn_focus(struct screen *s, int by)
{
    s->focus = (enum pane)(((int)s->focus + by + PANE_COUNT) % PANE_COUNT);
}

/* Up and down: over the lines of the trace, or within the pane that has the focus. */
static void travel(struct screen *s, int lines)
{
    if (s->focus != PANE_TRACE)
        s->scrolled[s->focus] += lines;
    else if (lines < 0)
        go_to(s, panes_line_before(s->panes, (size_t)-lines));
    else
        go_to(s, panes_line_after(s->panes, (size_t)lines));
}

static void undo(struct screen *s)
{
    panes_remember(s->panes);
    forget_scrolling(s);
    forget_what_was_said(s);
    strbuf_add(&s->message, walk_undo(s->walk) == 0 ? "undone: this is the run before that choice"
                                                    : "there is no choice to be undone");
}

static void press_bound(struct screen *s, int key)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i].key != key && keys[i].same != key)
            continue;
        switch (keys[i].how) {
        case MOVES: move(s, keys[i].command); return;
        case UNDOES: undo(s); return;
        case SHOWS: execute(s, keys[i].command); return;
        case ASKS: ask_for(s, keys[i].command); return;
        }
    }
    if (key != KEY_ESC && key != KEY_OTHER)
        strbuf_add(&s->message, "that key does nothing; ? lists them all");
}

static void press(struct screen *s, int key)
{
    enum { PAGE = 6 };
    strbuf_clear(&s->message);
    switch (key) {
    case 'q':
    case KEY_CONTROL_C:
    case KEY_GONE: s->quit = true; break;
    case KEY_CONTROL_Z: terminal_suspend(); break;
    case KEY_CONTROL_L: terminal_redraw(); break;
    case KEY_SIZE: break;
    case '?': show_over(s, "keys", help_text); break;
    case ':':
    case '/': ask_for_command(s); break;
    case '\t': turn_focus(s, 1); break;
    case KEY_TAB_BACK: turn_focus(s, -1); break;
    case KEY_TO_ABOVE:
    case 'k': travel(s, -1); break;
    case KEY_TO_BELOW:
    case 'j': travel(s, 1); break;
    case KEY_PAGE_UP: travel(s, -PAGE); break;
    case KEY_PAGE_DOWN: travel(s, PAGE); break;
    default:
        if (key >= '1' && key <= '9')
            choose(s, key);
        else
            press_bound(s, key);
    }
}

static void press_while_small(struct screen *s, int key)
{
    if (key == 'q' || key == KEY_CONTROL_C || key == KEY_GONE)
        s->quit = true;
    else if (key == KEY_CONTROL_Z)
        terminal_suspend();
}

static void converse(struct screen *s, const struct options *o)
{
    if (o->predict)
        execute(s, "predict on");
    while (!s->quit) {
        bool room = draw(s);
        int key = terminal_key();
        if (room)
            press(s, key);
        else
            press_while_small(s, key);
    }
}

bool screen_is_built_in(void)
{
    return true;
}

int screen_show(struct walk *w, const struct options *o)
{
    struct screen s = {.walk = w, .stepper = stepper_new(w), .panes = panes_new(w)};
    enum terminal_color color = options_color(o, 1) ? TERMINAL_COLORED : TERMINAL_PLAIN;
    int status = -1;
    s.glyphs = options_utf8(o) ? GLYPHS_UTF8 : GLYPHS_ASCII;
    if (s.stepper != NULL && s.panes != NULL && terminal_open(color) == 0) {
        converse(&s, o);
        terminal_close();
        status = 0;
    }
    strbuf_free(&s.message);
    strbuf_free(&s.said);
    panes_free(s.panes);
    stepper_free(s.stepper);
    return status;
}

#else

bool screen_is_built_in(void)
{
    return false;
}

int screen_show(struct walk *w, const struct options *o)
{
    (void)w, (void)o;
    return -1;
}
#endif

/* panes.c - processes and trace; see panes.h. */
#include "sim/step/glance.h"
#include "sim/step/trace_line.h"

#include "sim/trace/abi.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct panes *panes_new(struct walk *w)
{
    struct panes *p = calloc(1, sizeof *p);
    if (p != NULL)
        p->walk = w;
    return p;
}

void panes_free(struct panes *p)
{
    if (p == NULL)
        return;
    free(p->before.actors);
    free(p->before.pipes);
    free(p);
}

/* -- what has changed -------------------------------------------------------------------------- */

/* A copy of an array; NULL when there is nothing to copy, or no memory. */
static void *copy_of(const void *items, size_t size)
{
    void *copy = size == 0 ? NULL : malloc(size);
    return copy == NULL ? NULL : memcpy(copy, items, size);
}

void panes_remember(struct panes *p)
{
    const struct view *v = walk_view(p->walk);
    free(p->before.actors);
    free(p->before.pipes);
    p->before.actors = copy_of(v->actors, v->actor_count * sizeof *v->actors);
    p->before.pipes = copy_of(v->pipes, v->pipe_count * sizeof *v->pipes);
    p->before.actor_count = p->before.actors == NULL ? 0 : v->actor_count;
    p->before.pipe_count = p->before.pipes == NULL ? 0 : v->pipe_count;
    p->before.position = walk_position(p->walk);
}

bool glance_moved(const struct panes *p)
{
    return p->before.position != 0 && p->before.position != walk_position(p->walk);
}

const struct view_pipe *glance_pipe(const struct panes *p, size_t pipe)
{
    return glance_moved(p) && pipe < p->before.pipe_count ? &p->before.pipes[pipe] : NULL;
}

static bool actor_changed(const struct panes *p, size_t actor)
{
    const struct view_actor *now = &walk_view(p->walk)->actors[actor];
    if (!glance_moved(p))
        return false;
    if (actor >= p->before.actor_count)
        return true;
    const struct view_actor *old = &p->before.actors[actor];
    return now->state != old->state || now->in_call != old->in_call || now->line != old->line ||
           now->moved != old->moved || now->calls != old->calls || now->sleeps != old->sleeps;
}

const struct note *glance_note(const struct panes *p)
{
    uint64_t n = walk_position(p->walk);
    return n == walk_start(p->walk) ? NULL : walk_note(p->walk, n);
}

int glance_line(const struct panes *p)
{
    const struct note *n = glance_note(p);
    const struct view *v = walk_view(p->walk);
    if (n == NULL || n->line != 0 || n->actor < 0 || (size_t)n->actor >= v->actor_count)
        return n == NULL ? 0 : n->line;
    return v->actors[n->actor].in_call ? v->actors[n->actor].line : 0;
}

/* -- processes --------------------------------------------------------------------------------- */

/* The condition after it must not be cut off. */
static void add_short(const char *pipe, struct strbuf *out)
{
    enum { LEAST = 5 };
    size_t length = strlen(pipe);
    if (length <= 2 * LEAST + 2)
        strbuf_add(out, pipe);
    else
        strbuf_addf(out, "%.*s..", LEAST - 2, pipe);
}

static void add_sleep(const struct view *v, const struct view_actor *a, struct strbuf *out)
{
    switch (a->sleep_on) {
    case ON_CONDITION:
        strbuf_add(out, "asleep on ");
        if (a->pipe != NO_PIPE)
            add_short(v->pipes[a->pipe].name, out);
        strbuf_addf(out, "%s%s", a->pipe == NO_PIPE ? "" : ".", a->condition);
        break;
    case ON_TIME:
    case ON_SLEEP: strbuf_addf(out, "asleep until tick %" PRId64, a->need); return;
    case ON_LOCK: strbuf_add(out, "asleep: the lock is taken"); break;
    case ON_WAIT:
    case ON_JOIN:
        strbuf_addf(out, "asleep: %s %s", a->sleep_on == ON_WAIT ? "waits for" : "joins",
                    a->waits_for == NOBODY ? "a child" : v->actors[a->waits_for].name);
        break;
    case ON_POLL: strbuf_add(out, "asleep in poll"); break;
    case ON_PAUSE: strbuf_add(out, "asleep until a signal"); break;
    case ON_ACCEPT: strbuf_add(out, "asleep until a connection"); break;
    case ON_CONNECT:
        strbuf_add(out, a->waits_for != NOBODY ? "asleep until an answer comes"
                                               : "asleep: the queue is full");
        break;
    case ON_OPEN: strbuf_add(out, "asleep: the other side is not open"); break;
    case ON_NETWORK:
    case ON_NOTHING: strbuf_add(out, "asleep"); break;
    }
}

static void add_awake(const struct panes *p, size_t actor, struct strbuf *out)
{
    const struct view *v = walk_view(p->walk);
    const struct view_actor *a = &v->actors[actor];
    const struct note *n = glance_note(p);
    bool woken = a->in_call && a->slept;
    if (n != NULL && n->actor == (int)actor && !(woken && n->kind == EV_WAKE))
        strbuf_add(out, "running");
    else if (woken && a->woken_by != NOBODY)
        strbuf_addf(out, "ready, woken by %s", v->actors[a->woken_by].name);
    else
        strbuf_add(out, "ready");
}

static enum tone add_state(const struct panes *p, size_t actor, struct strbuf *out)
{
    const struct view *v = walk_view(p->walk);
    const struct view_actor *a = &v->actors[actor];
    switch (a->state) {
    case ACTOR_ASLEEP: add_sleep(v, a, out); return TONE_ASLEEP;
    case ACTOR_RUNNABLE: add_awake(p, actor, out); return TONE_AWAKE;
    case ACTOR_IDLE:
        strbuf_add(out, "nothing is due");
        if (a->need >= 0)
            strbuf_addf(out, " before tick %" PRId64, a->need);
        return TONE_DIM;
    case ACTOR_EXITED: break;
    }
    if (a->status < 0)
        strbuf_addf(out, "killed by %s", signal_name((int)-a->status));
    else
        strbuf_addf(out, "exited with %" PRId64, a->status);
    return TONE_DIM;
}

bool glance_has_place(const struct view_actor *a)
{
    return a->line > 0 && a->state != ACTOR_EXITED;
}

/* The line it is at, and how far the call has got. */
static void add_place(const struct panes *p, size_t actor, struct pane_size size, struct sheet *out)
{
    const struct view_actor *a = &walk_view(p->walk)->actors[actor];
    const char *call = walk_call(p->walk, (int)actor);
    size_t length = strlen(call);
    char moved[64] = "";
    if (a->in_call && a->slept && a->moved > 0 && a->moved < a->asked)
        snprintf(moved, sizeof moved, "  %" PRId64 " of %" PRId64 " in", a->moved, a->asked);
    sheet_pad(out, 4);
    sheet_add(out, TONE_DIM, a->in_call ? "line %d  " : "after line %d  ", a->line);
    size_t used = sheet_column(out) + strlen(moved),
           room = size.width > used ? size.width - used : 0;
    bool cut = length > room && room > 2;
    sheet_add_bytes(out, a->in_call ? TONE_PLAIN : TONE_DIM, call, cut ? room - 2 : length);
    sheet_add(out, TONE_PLAIN, "%s%s", cut ? ".." : "", moved);
    sheet_end_line_within(out, size.width);
}

static size_t name_width(const struct view *v, size_t most)
{
    size_t width = 0;
    for (size_t i = 0; i < v->actor_count; i++) {
        size_t n = strlen(v->actors[i].name);
        width = n > width ? n : width;
    }
    return width < most ? width : most;
}

/* Since when, if there is room to say it. */
static void add_since(const struct view *v, const struct view_actor *a, size_t width,
                      struct sheet *out)
{
    char since[40];
    bool timed = a->sleep_on == ON_TIME || a->sleep_on == ON_SLEEP;
    if (a->state != ACTOR_ASLEEP || timed || a->since == v->tick)
        return;
    int n = snprintf(since, sizeof since, ", since tick %" PRId64, a->since);
    if (sheet_column(out) + (size_t)n <= width)
        sheet_add(out, TONE_ASLEEP, "%s", since);
}

static void add_process(struct panes *p, size_t actor, size_t names, size_t width,
                        struct sheet *out)
{
    const struct view *v = walk_view(p->walk);
    const struct view_actor *a = &v->actors[actor];
    bool changed = actor_changed(p, actor);
    struct strbuf state = {0};
    enum tone tone = add_state(p, actor, &state);
    sheet_add(out, TONE_CHANGED, changed ? "> " : "  ");
    sheet_add(out, TONE_PLAIN, actor < 9 ? "%zu " : "  ", actor + 1);
    sheet_add_name(out, changed ? TONE_CHANGED : TONE_STRONG, a->name, names);
    sheet_pad(out, 4 + names + 2);
    sheet_add(out, tone, "%s", strbuf_text(&state));
    add_since(v, a, width, out);
    strbuf_free(&state);
}

void pane_processes(struct panes *p, struct pane_size size, struct sheet *out)
{
    const struct view *v = walk_view(p->walk);
    const struct note *n = glance_note(p);
    size_t names = name_width(v, size.width / 3 + 1), lines = 0;
    for (size_t i = 0; i < v->actor_count; i++)
        lines += 1 + glance_has_place(&v->actors[i]);
    for (size_t i = 0; i < v->actor_count; i++) {
        const struct view_actor *a = &v->actors[i];
        if (n != NULL && n->actor == (int)i)
            out->focus = out->line_count;
        add_process(p, i, names, size.width, out);
        if (lines > size.height && glance_has_place(a))
            sheet_add(out, TONE_DIM, "  (line %d)", a->line);
        sheet_end_line_within(out, size.width);
        if (lines <= size.height && glance_has_place(a))
            add_place(p, i, size, out);
    }
}

/* -- trace ------------------------------------------------------------------------------------- */

struct window {
    size_t first, end;
};

/* The present line stands in the lower half, with the next ones below it. */
static struct window trace_window(const struct panes *p, size_t height)
{
    size_t so_far = walk_lines_until(p->walk, walk_position(p->walk));
    size_t all = walk_future(p->walk) == FUTURE_HIDDEN ? so_far : walk_line_count(p->walk);
    size_t end = so_far + height / 3;
    if (end < height)
        end = height;
    if (end > all)
        end = all;
    return (struct window){end > height ? end - height : 0, end};
}

/* The columns of the trace: each as wide as what is in sight needs. */
struct columns {
    size_t tick, name, call;
};

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static struct columns columns_of(const struct panes *p, struct window seen, size_t width)
{
    struct columns c = {1, 0, 0};
    for (size_t i = seen.first; i < seen.end; i++) {
        struct trace_line line = trace_line_apart(walk_line(p->walk, i), walk_name_width(p->walk));
        c.tick = larger(c.tick, line.tick.length);
        c.name = larger(c.name, line.name.length);
        if (line.note.length > 0)
            c.call = larger(c.call, line.call.length);
    }
    c.name = smaller(c.name, width / 5);
    size_t most = width / 2 > 12 + c.name ? width / 2 - c.name : 12;
    c.call = smaller(c.call, most);
    return c;
}

static enum tone note_tone(struct text_piece note)
{
    struct strbuf text = {0};
    strbuf_add_bytes(&text, note.text, note.length);
    enum tone tone = strstr(strbuf_text(&text), "asleep") != NULL  ? TONE_ASLEEP
                     : strstr(strbuf_text(&text), "wakes") != NULL ? TONE_AWAKE
                                                                   : TONE_PLAIN;
    strbuf_free(&text);
    return tone;
}

/* What is too long for its column, and has something to make room for, is cut in the middle. */
static void add_piece(struct text_piece call, size_t room, bool cut, enum tone tone,
                      struct sheet *out)
{
    if (!cut || call.length <= room) {
        sheet_add_bytes(out, tone, call.text, call.length);
        return;
    }
    size_t tail = room / 3, head = room - tail - 2;
    sheet_add_bytes(out, tone, call.text, head);
    sheet_add(out, tone, "..");
    sheet_add_bytes(out, tone, call.text + call.length - tail, tail);
}

static void add_trace_line(struct panes *p, size_t i, struct columns columns, struct sheet *out)
{
    size_t so_far = walk_lines_until(p->walk, walk_position(p->walk));
    struct trace_line line = trace_line_apart(walk_line(p->walk, i), walk_name_width(p->walk));
    bool present = i + 1 == so_far, later = i >= so_far;
    enum tone tone = later ? TONE_DIM : present ? TONE_CHANGED : TONE_PLAIN;
    if (present)
        out->focus = out->line_count;
    sheet_add(out, TONE_CHANGED, present ? "> " : "  ");
    sheet_pad(out, 2 + columns.tick - line.tick.length);
    sheet_add_bytes(out, tone, line.tick.text, line.tick.length);
    sheet_pad(out, 2 + columns.tick + 2);
    add_piece(line.name, columns.name, true, tone, out);
    sheet_pad(out, 2 + columns.tick + 2 + columns.name + 2);
    add_piece(line.call, columns.call, line.note.length > 0, tone, out);
    if (line.note.length > 0) {
        sheet_pad(out, 2 + columns.tick + 2 + columns.name + 2 + columns.call + 2);
        sheet_add_bytes(out, later ? TONE_DIM : note_tone(line.note), line.note.text,
                        line.note.length);
    }
    sheet_end_line(out);
}

void pane_trace(struct panes *p, struct pane_size size, struct sheet *out)
{
    struct window seen = trace_window(p, size.height);
    struct columns columns = columns_of(p, seen, size.width);
    for (size_t i = seen.first; i < seen.end; i++)
        add_trace_line(p, i, columns, out);
}

/* The event that printed line i: the last one before which there were no more than i lines. */
static uint64_t event_of_line(const struct panes *p, size_t i)
{
    uint64_t low = walk_start(p->walk), high = walk_length(p->walk);
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (walk_lines_until(p->walk, middle) > i)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

uint64_t panes_line_before(struct panes *p, size_t lines)
{
    size_t so_far = walk_lines_until(p->walk, walk_position(p->walk));
    size_t start = walk_lines_until(p->walk, walk_start(p->walk));
    if (so_far < start + lines + 1)
        return walk_start(p->walk);
    return event_of_line(p, so_far - lines - 1);
}

uint64_t panes_line_after(struct panes *p, size_t lines)
{
    size_t so_far = walk_lines_until(p->walk, walk_position(p->walk));
    if (so_far + lines > walk_line_count(p->walk))
        return walk_length(p->walk);
    return event_of_line(p, so_far + lines - 1);
}

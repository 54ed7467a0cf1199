/* cycle.c - see cycle.h. */
#include "sim/step/cycle.h"

#include <string.h>

enum { CYCLE_SHOWN = 8 };

struct cycle {
    const struct run *run;
    const struct view *view;
    int actors[CYCLE_SHOWN];
    size_t count; /* 0: there is none, or one that is too long to be shown */
};

static struct cycle find(struct walk *w)
{
    struct cycle c = {.run = walk_run(w), .view = walk_view(w)};
    c.count = run_cycle(walk_run(w), c.actors, CYCLE_SHOWN);
    if (c.count > CYCLE_SHOWN)
        c.count = 0;
    return c;
}

static const struct view_actor *sleeper(const struct cycle *c, size_t i)
{
    return &c->view->actors[c->actors[i % c->count]];
}

static bool waits_for_bytes(const struct cycle *c, const struct view_actor *a)
{
    return run_reads(c->run, (int)(a - c->view->actors));
}

static void add_deed(const struct cycle *c, const struct view_actor *a, struct strbuf *out)
{
    const char *pipe = a->sleep_on == ON_CONDITION ? c->view->pipes[a->pipe].name : "";
    if (a->sleep_on == ON_CONDITION)
        strbuf_addf(out, waits_for_bytes(c, a) ? "write to %s" : "read from %s", pipe);
    else
        strbuf_add(out, a->sleep_on == ON_LOCK   ? "let a lock go"
                        : a->sleep_on == ON_JOIN ? "end"
                                                 : "exit");
}

void cycle_words(struct walk *w, struct strbuf *out)
{
    struct cycle c = find(w);
    for (size_t i = 0; i < c.count; i++) {
        const struct view_actor *a = sleeper(&c, i);
        strbuf_addf(out, "%s%s waits for %s to ", i > 0 ? "; " : "", a->name,
                    c.count == 1 ? "itself" : sleeper(&c, i + 1)->name);
        add_deed(&c, a, out);
    }
    strbuf_add(out, c.count > 0 ? "." : "");
}

/* -- the picture ------------------------------------------------------------------------------- */

struct strokes {
    const char *enter, *leave; /* of a ring on two lines: its left and right upper corner */
    const char *low_left, *low_right;
    const char *across, *down, *head, *below;
};

static const struct strokes strokes[] = {
    [GLYPHS_ASCII] = {"+", "+", "+", "+", "-", "|", ">", "v"},
    [GLYPHS_UTF8] = {"\u250c", "\u2510", "\u2514", "\u2518", "\u2500", "\u2502", "\u25b8",
                     "\u25be"},
};

static void add_times(struct strbuf *out, const char *glyph, size_t n)
{
    for (; n > 0; n--)
        strbuf_add(out, glyph);
}

/* What an arrow is about: "room in p". */
static void add_need(const struct cycle *c, const struct view_actor *a, struct strbuf *out)
{
    if (a->sleep_on == ON_CONDITION)
        strbuf_addf(out, "(%s in %s)", waits_for_bytes(c, a) ? "bytes" : "room",
                    c->view->pipes[a->pipe].name);
    else
        strbuf_add(out, a->sleep_on == ON_LOCK   ? "(its lock)"
                        : a->sleep_on == ON_JOIN ? "(its end)"
                                                 : "(its exit)");
}

static void add_ring(const struct cycle *c, const struct strokes *s, struct strbuf *out)
{
    size_t start = out->length;
    strbuf_addf(out, "%s%s%s ", s->enter, s->across, s->head);
    for (size_t i = 0; i < c->count; i++) {
        strbuf_addf(out, "%s %s%s", sleeper(c, i)->name, s->across, s->across);
        add_need(c, sleeper(c, i), out);
        strbuf_addf(out, "%s%s", s->across, s->across);
        if (i + 1 < c->count)
            strbuf_addf(out, "%s ", s->head);
    }
    size_t columns = text_columns(out->bytes + start, out->length - start);
    strbuf_addf(out, "%s\n%s", s->leave, s->low_left);
    add_times(out, s->across, columns - 1);
    strbuf_addf(out, "%s\n", s->low_right);
}

static void add_column(const struct cycle *c, const struct strokes *s, struct strbuf *out)
{
    for (size_t i = 0; i < c->count; i++) {
        bool last = i + 1 == c->count;
        if (i == 0)
            strbuf_addf(out, "%s%s%s ", s->enter, s->across, s->head);
        else
            strbuf_addf(out, "%s   ", s->down);
        strbuf_addf(out, "%s\n", sleeper(c, i)->name);
        strbuf_add(out, last ? s->low_left : s->down);
        add_times(out, last ? s->across : " ", 3);
        strbuf_addf(out, "%s ", last ? s->low_right : s->below);
        add_need(c, sleeper(c, i), out);
        strbuf_add_char(out, '\n');
    }
}

void cycle_picture(struct walk *w, struct pane_size size, struct strbuf *out)
{
    const struct strokes *s = &strokes[size.glyphs];
    struct cycle c = find(w);
    struct strbuf ring = {0};
    if (c.count == 0)
        return;
    add_ring(&c, s, &ring);
    if (text_columns(ring.bytes, strcspn(ring.bytes, "\n")) <= size.width)
        strbuf_add(out, ring.bytes);
    else
        add_column(&c, s, out);
    strbuf_free(&ring);
}

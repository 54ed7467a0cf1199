/* mermaid.c - see mermaid.h. The grammar is that of mermaid.js.org/syntax/sequenceDiagram. */
#include "sim/trace/mermaid.h"

#include "sim/trace/seating.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct diagram {
    const struct sequence *sequence;
    struct strbuf text;
    int seats[SEQUENCE_PARTICIPANTS];
    bool active[SEQUENCE_PARTICIPANTS];
    int64_t tick;
};

/* Bytes that are text to Mermaid wherever they stand, and to HTML. A ';' ends a statement, a '#'
 * begins an entity, a ':' can begin a directive. */
static bool is_harmless(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && strchr(" \"'()[],.=+-*/?!_", c) != NULL) || c >= 0x80;
}

static void add_escaped(struct strbuf *s, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (is_harmless(c))
            strbuf_add_char(s, (char)c);
        else
            strbuf_addf(s, "#%d;", c);
    }
}

/* P1, P2, ... whatever they are called: a name could be a word of Mermaid's. */
static void add_who(struct diagram *d, int participant)
{
    strbuf_addf(&d->text, "P%d", participant + 1);
}

static void add_participants(struct diagram *d)
{
    const struct sequence *s = d->sequence;
    for (int i = 0; i < s->participant_count; i++) {
        const struct participant *p = &s->participants[d->seats[i]];
        strbuf_add(&d->text, "    participant ");
        add_who(d, d->seats[i]);
        strbuf_add(&d->text, p->kind == PARTICIPANT_PIPE ? " as pipe " : " as ");
        add_escaped(&d->text, p->name);
        strbuf_add_char(&d->text, '\n');
    }
}

/* Each participant is activated and deactivated in turns: twice in a row would be a mistake. */
static void set_active(struct diagram *d, int participant, bool active)
{
    if (participant == NOBODY || d->active[participant] == active ||
        d->sequence->participants[participant].kind == PARTICIPANT_PIPE)
        return;
    d->active[participant] = active;
    strbuf_add(&d->text, active ? "    activate " : "    deactivate ");
    add_who(d, participant);
    strbuf_add_char(&d->text, '\n');
}

static void add_note(struct diagram *d, int first, int last, const char *text)
{
    strbuf_add(&d->text, "    Note over ");
    add_who(d, first);
    if (last != first) {
        strbuf_add_char(&d->text, ',');
        add_who(d, last);
    }
    strbuf_add(&d->text, ": ");
    add_escaped(&d->text, text);
    strbuf_add_char(&d->text, '\n');
}

static void add_note_over_all(struct diagram *d, const char *text)
{
    if (d->sequence->participant_count > 0)
        add_note(d, d->seats[0], d->seats[d->sequence->participant_count - 1], text);
}

static void add_tick(struct diagram *d, const struct moment *m)
{
    char text[32];
    if (m->tick == d->tick)
        return;
    d->tick = m->tick;
    snprintf(text, sizeof text, "tick %" PRId64, m->tick);
    add_note_over_all(d, text);
}

static void add_arrow(struct diagram *d, const struct moment *m, const char *arrow)
{
    const struct sequence *s = d->sequence;
    strbuf_add(&d->text, "    ");
    add_who(d, m->from);
    strbuf_add(&d->text, arrow);
    add_who(d, m->to);
    strbuf_add(&d->text, ": ");
    add_escaped(&d->text, sequence_text(s, m->text));
    strbuf_add_char(&d->text, '\n');
}

static void add_moment(struct diagram *d, const struct moment *m)
{
    const char *text = sequence_text(d->sequence, m->text);
    add_tick(d, m);
    switch (m->kind) {
    case MOMENT_START:
    case MOMENT_BYTES:
    case MOMENT_MESSAGE: add_arrow(d, m, "->>"); break;
    case MOMENT_WAKE:
        if (m->from != NOBODY)
            add_arrow(d, m, "-->>");
        else
            add_note(d, m->to, m->to, text);
        break;
    case MOMENT_SLEEP:
    case MOMENT_NOTE:
    case MOMENT_EXIT: add_note(d, m->from, m->from, text); break;
    case MOMENT_FAIL: add_note_over_all(d, text); break;
    }
    if (m->kind == MOMENT_START || m->kind == MOMENT_WAKE)
        set_active(d, m->to, true);
    else if (m->kind == MOMENT_SLEEP || m->kind == MOMENT_EXIT)
        set_active(d, m->from, false);
}

void mermaid_write(const struct sequence *s, const char *title, struct trace_output out)
{
    struct diagram d = {.sequence = s, .tick = -1};
    struct strbuf left_out = {0};
    seating_find(s, d.seats);
    strbuf_add(&d.text, "sequenceDiagram\n");
    if (title[0] != '\0') {
        strbuf_add(&d.text, "    title ");
        add_escaped(&d.text, title);
        strbuf_add_char(&d.text, '\n');
    }
    add_participants(&d);
    for (int i = 0; i < s->participant_count; i++)
        set_active(&d, i, s->participants[i].from_start);
    for (size_t i = 0; i < s->moment_count; i++)
        add_moment(&d, &s->moments[i]);
    for (int i = 0; i < s->participant_count; i++)
        set_active(&d, i, false);
    sequence_add_left_out(s, &left_out);
    if (left_out.length > 0)
        add_note_over_all(&d, strbuf_text(&left_out));
    out.write(out.ctx, strbuf_text(&d.text), d.text.length);
    strbuf_free(&left_out);
    strbuf_free(&d.text);
}

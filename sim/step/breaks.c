/* breaks.c - where a continuing walk stops. */
#include "sim/step/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool on_condition(const struct note *n)
{
    return n->kind == EV_SLEEP && n->sleep_on != ON_TIME && n->sleep_on != ON_LOCK;
}

/* Full and empty are seen on the view, so the walk must be there: only puts and takes can matter. */
static bool pipe_is(struct stepper *s, uint64_t n, const struct breakpoint *b)
{
    const struct note *note = walk_note(s->walk, n);
    bool full = b->kind == BREAK_FULL;
    if (note->kind != (full ? EV_PUT : EV_TOOK) || note->pipe != b->subject)
        return false;
    walk_goto(s->walk, n);
    const struct view_pipe *p = &walk_view(s->walk)->pipes[b->subject];
    return full ? p->used == p->capacity : p->used == 0;
}

static bool hit(struct stepper *s, uint64_t n, const struct breakpoint *b)
{
    const struct note *note = walk_note(s->walk, n);
    switch (b->kind) {
    case BREAK_LINE: return note->kind == EV_CALL && note->line == b->line;
    case BREAK_PROCESS: return note->kind == EV_CALL && note->actor == b->subject;
    case BREAK_ASLEEP:
        return on_condition(note) && (b->subject == NOBODY || note->actor == b->subject);
    case BREAK_FAIL: return note->kind == EV_FAIL;
    case BREAK_FULL:
    case BREAK_EMPTY: return pipe_is(s, n, b);
    }
    return false;
}

bool breaks_hit(struct stepper *s, uint64_t n)
{
    for (int i = 0; i < s->break_count; i++) {
        struct breakpoint *b = &s->breaks[i];
        if (b->number == 0 || !hit(s, n, b))
            continue;
        if (b->once)
            b->number = 0;
        return true;
    }
    return false;
}

/* -- commands ---------------------------------------------------------------------------------- */

static int number_of_actor(struct stepper *s, const char *name)
{
    const struct view *v = walk_view(s->walk);
    const struct view_actor *a = view_actor_named(v, name, strlen(name));
    return a == NULL ? NOBODY : (int)(a - v->actors);
}

static int number_of_pipe(struct stepper *s, const char *name)
{
    const struct view *v = walk_view(s->walk);
    const struct view_pipe *p = view_pipe_named(v, name, strlen(name));
    return p == NULL ? NO_PIPE : (int)(p - v->pipes);
}

/* "12", "fail", "asleep", "NAME", "NAME asleep", "PIPE full", "PIPE empty". */
static bool parse(struct stepper *s, const char *rest, struct breakpoint *b)
{
    char first[40] = "", second[40] = "";
    int words = sscanf(rest, "%39s %39s", first, second);
    int actor = number_of_actor(s, first), pipe = number_of_pipe(s, first);
    *b = (struct breakpoint){.subject = NOBODY};
    if (words == 1 && strspn(first, "0123456789") == strlen(first)) {
        b->kind = BREAK_LINE;
        b->line = atoi(first);
    } else if (words == 1 && strcmp(first, "fail") == 0) {
        b->kind = BREAK_FAIL;
    } else if (words == 1 && strcmp(first, "asleep") == 0) {
        b->kind = BREAK_ASLEEP;
    } else if (words == 1 && actor != NOBODY) {
        b->kind = BREAK_PROCESS;
        b->subject = actor;
    } else if (words == 2 && actor != NOBODY && strcmp(second, "asleep") == 0) {
        b->kind = BREAK_ASLEEP;
        b->subject = actor;
    } else if (words == 2 && pipe != NO_PIPE &&
               (strcmp(second, "full") == 0 || strcmp(second, "empty") == 0)) {
        b->kind = second[0] == 'f' ? BREAK_FULL : BREAK_EMPTY;
        b->subject = pipe;
    } else {
        return false;
    }
    return true;
}

static void describe(struct stepper *s, const struct breakpoint *b, struct strbuf *out)
{
    const struct view *v = walk_view(s->walk);
    strbuf_addf(out, "%d: ", b->number);
    switch (b->kind) {
    case BREAK_LINE: strbuf_addf(out, "at a call on line %d", b->line); break;
    case BREAK_PROCESS: strbuf_addf(out, "at a call of %s", v->actors[b->subject].name); break;
    case BREAK_ASLEEP:
        strbuf_addf(out, "when %s falls asleep",
                    b->subject == NOBODY ? "somebody" : v->actors[b->subject].name);
        break;
    case BREAK_FULL: strbuf_addf(out, "when %s becomes full", v->pipes[b->subject].name); break;
    case BREAK_EMPTY: strbuf_addf(out, "when %s becomes empty", v->pipes[b->subject].name); break;
    case BREAK_FAIL: strbuf_add(out, "when a result or a time fails"); break;
    }
    strbuf_add(out, b->once ? ", once\n" : "\n");
}

static struct breakpoint *free_place(struct stepper *s)
{
    for (int i = 0; i < s->break_count; i++) {
        if (s->breaks[i].number == 0)
            return &s->breaks[i];
    }
    return s->break_count < BREAK_LIMIT ? &s->breaks[s->break_count++] : NULL;
}

void break_command(struct stepper *s, const char *rest, bool once, struct strbuf *out)
{
    struct breakpoint b;
    if (!parse(s, rest, &b)) {
        strbuf_add(out, "break LINE, break PROCESS, break asleep, break PROCESS asleep, "
                        "break PIPE full, break PIPE empty, or break fail\n");
        return;
    }
    struct breakpoint *place = free_place(s);
    if (place == NULL) {
        strbuf_addf(out, "there are %d breakpoints already; delete one\n", BREAK_LIMIT);
        return;
    }
    b.number = ++s->next_number;
    b.once = once;
    *place = b;
    strbuf_add(out, "breakpoint ");
    describe(s, place, out);
}

void delete_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    int number = atoi(rest);
    for (int i = 0; i < s->break_count; i++) {
        if (s->breaks[i].number != 0 && (*rest == '\0' || s->breaks[i].number == number)) {
            s->breaks[i].number = 0;
            if (*rest != '\0')
                return;
        }
    }
    if (*rest != '\0')
        strbuf_addf(out, "there is no breakpoint %s\n", rest);
}

void breaks_list(struct stepper *s, struct strbuf *out)
{
    int count = 0;
    for (int i = 0; i < s->break_count; i++) {
        if (s->breaks[i].number == 0)
            continue;
        count++;
        describe(s, &s->breaks[i], out);
    }
    if (count == 0)
        strbuf_add(out, "no breakpoints\n");
}

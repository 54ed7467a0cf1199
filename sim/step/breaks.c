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

static bool hit(const struct note *note, const struct breakpoint *b)
{
    switch (b->kind) {
    case BREAK_LINE: return note->kind == EV_CALL && note->line == b->line;
    case BREAK_PROCESS: return note->kind == EV_CALL && note->actor == b->subject;
    case BREAK_ASLEEP:
        return on_condition(note) && (b->name[0] == '\0' || note->actor == b->subject);
    case BREAK_FAIL: return note->kind == EV_FAIL || note->claim != 0;
    case BREAK_FULL:
        return note->kind == EV_PUT && note->pipe == b->subject && note->level == PIPE_FULL;
    case BREAK_EMPTY:
        return note->kind == EV_TOOK && note->pipe == b->subject && note->level == PIPE_EMPTY;
    }
    return false;
}

bool breaks_hit(struct stepper *s, uint64_t n)
{
    for (int i = 0; i < s->break_count; i++) {
        struct breakpoint *b = &s->breaks[i];
        if (b->number == 0 || !hit(walk_note(s->walk, n), b))
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

static bool is_about_pipe(const struct breakpoint *b)
{
    return b->kind == BREAK_FULL || b->kind == BREAK_EMPTY;
}

/* At the end of a run everybody is known who was ever there. */
void breaks_resolve(struct stepper *s)
{
    uint64_t here = walk_position(s->walk);
    walk_goto(s->walk, walk_length(s->walk));
    for (int i = 0; i < s->break_count; i++) {
        struct breakpoint *b = &s->breaks[i];
        if (b->name[0] != '\0')
            b->subject =
                is_about_pipe(b) ? number_of_pipe(s, b->name) : number_of_actor(s, b->name);
    }
    walk_goto(s->walk, here);
}

/* Is there a process, or pipe, of that name in this run? */
static bool known(struct stepper *s, const struct breakpoint *b)
{
    uint64_t here = walk_position(s->walk);
    walk_goto(s->walk, walk_length(s->walk));
    bool found = is_about_pipe(b) ? number_of_pipe(s, b->name) != NO_PIPE
                                  : number_of_actor(s, b->name) != NOBODY;
    walk_goto(s->walk, here);
    return found;
}

/* "12", "fail", "claim fails", "asleep", "NAME", "NAME asleep", "PIPE full", "PIPE empty". */
static bool parse(struct stepper *s, const char *rest, struct breakpoint *b)
{
    static const struct {
        const char *word;
        enum break_kind kind;
    } states[] = {{"asleep", BREAK_ASLEEP}, {"full", BREAK_FULL}, {"empty", BREAK_EMPTY}};
    char first[40] = "", second[40] = "";
    int words = sscanf(rest, "%39s %39s", first, second);
    *b = (struct breakpoint){.kind = BREAK_PROCESS, .subject = NOBODY};
    if (words < 1)
        return false;
    if (words == 1 && strspn(first, "0123456789") == strlen(first)) {
        b->kind = BREAK_LINE;
        b->line = atoi(first);
        return true;
    }
    if (strcmp(rest, "claim fails") == 0) {
        b->kind = BREAK_FAIL;
        return true;
    }
    if (words == 1 && (strcmp(first, "fail") == 0 || strcmp(first, "asleep") == 0)) {
        b->kind = first[0] == 'f' ? BREAK_FAIL : BREAK_ASLEEP;
        return true;
    }
    bool state = words == 1;
    for (size_t i = 0; i < sizeof states / sizeof *states && words == 2; i++) {
        if (strcmp(second, states[i].word) == 0) {
            b->kind = states[i].kind;
            state = true;
        }
    }
    snprintf(b->name, sizeof b->name, "%s", first);
    return state && known(s, b);
}

static void describe(const struct breakpoint *b, struct strbuf *out)
{
    strbuf_addf(out, "%d: ", b->number);
    switch (b->kind) {
    case BREAK_LINE: strbuf_addf(out, "at a call on line %d", b->line); break;
    case BREAK_PROCESS: strbuf_addf(out, "at a call of %s", b->name); break;
    case BREAK_ASLEEP:
        strbuf_addf(out, "when %s falls asleep", b->name[0] == '\0' ? "somebody" : b->name);
        break;
    case BREAK_FULL: strbuf_addf(out, "when %s becomes full", b->name); break;
    case BREAK_EMPTY: strbuf_addf(out, "when %s becomes empty", b->name); break;
    case BREAK_FAIL: strbuf_add(out, "when a result, a time or a claim fails"); break;
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

static bool makes_calls(struct stepper *s, int line)
{
    const struct program *p = walk_program(s->walk);
    for (size_t i = 0; i < p->site_count; i++) {
        if (p->sites[i].line == line)
            return true;
    }
    return false;
}

void break_command(struct stepper *s, const char *rest, bool once, struct strbuf *out)
{
    struct breakpoint b;
    if (!parse(s, rest, &b)) {
        strbuf_add(out, "break LINE, break PROCESS, break asleep, break PROCESS asleep, "
                        "break PIPE full, break PIPE empty, or break claim fails\n");
        return;
    }
    if (b.kind == BREAK_LINE && !makes_calls(s, b.line)) {
        strbuf_addf(out, "line %d makes no call\n", b.line);
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
    describe(place, out);
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
        describe(&s->breaks[i], out);
    }
    if (count == 0)
        strbuf_add(out, "no breakpoints\n");
}

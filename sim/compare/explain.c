/* explain.c - what a first difference means: who did what on which of the two, and, where it is known,
 * why, with the facts of docs/semantics.md and docs/sockets.md. */
#include "sim/compare/compare.h"
#include "sim/trace/abi.h"

#include <string.h>

/* -- what is known ----------------------------------------------------------------------------- */

enum difference_sort {
    SORT_SLEEPS, /* it returned on one, and sleeps on the other */
    SORT_VALUE,  /* it gave another number, or other bytes */
    SORT_ERROR,  /* an error on one of them, or another error */
    SORT_FOUND,  /* poll found something else */
    SORT_SIGNAL, /* a handler ran, or a signal killed, on one of them only */
    SORT_EXIT    /* it ended otherwise */
};

/* The first that fits is told; a NULL call fits all. */
static const struct meaning {
    enum difference_sort sort;
    const char *call;
    const char *why;
} meanings[] = {
    {SORT_SLEEPS, "write",
     "Is there room? `ring` counts free bytes. A pipe of Linux is full when no page slot is free, and "
     "room comes back when a whole page has been read (docs/semantics.md, 10; PS-057, PS-062 to "
     "PS-066, PS-090, PS-093)."},
    {SORT_SLEEPS, "read",
     "A read sleeps while its pipe is empty and a write end is open, and one writer's bytes wake one "
     "reader, who hands on what is left; the last close wakes all (docs/semantics.md, 2 and 6; PS-024, "
     "PS-087, PS-089, PS-099)."},
    {SORT_SLEEPS, "poll",
     "What counts as room for POLLOUT is a free page slot on Linux, and room for `atomic` bytes in "
     "`ring` (docs/semantics.md, 10; PS-067, PS-070, PS-082, PS-109)."},
    {SORT_SLEEPS, "wait",
     "Who is waited for must be a child that has not been waited for (docs/language.md, 4)."},
    {SORT_SLEEPS, "accept", "docs/sockets.md, 2 (SO-014 to SO-021)."},
    {SORT_SLEEPS, "connect", "How many may wait to be accepted: docs/sockets.md, 2 (SO-013)."},
    {SORT_ERROR, "write",
     "Does it fit, is there a reader, did a signal come? `ring` counts bytes, Linux page slots "
     "(docs/semantics.md, 4, 5 and 10; PS-057, PS-062, PS-078 to PS-081, PS-126 to PS-133, PS-142 to "
     "PS-148)."},
    {SORT_ERROR, "read", "docs/semantics.md, 2 and 5 (PS-028, PS-111, PS-139, PS-140)."},
    {SORT_ERROR, "fcntl",
     "The capacity of a pipe of Linux is a power of two, a page at least; 0 gives a page "
     "(docs/semantics.md, 10; PS-175 to PS-179)."},
    {SORT_VALUE, "write",
     "How much of a large write goes in: any number of bytes in `ring`; whole pages on Linux, but for "
     "what the last page has room for (docs/semantics.md, 10; PS-049, PS-050, PS-068, PS-080, PS-081, "
     "PS-148)."},
    {SORT_VALUE, "read",
     "Other bytes were there, or more. A writer that sleeps in the middle of a large write adds to "
     "`ring` as soon as a byte is free; on Linux when a page is (docs/semantics.md, 10; PS-049, "
     "PS-063 to PS-066)."},
    {SORT_VALUE, "ioctl",
     "Another number of bytes was in the pipe: a write that sleeps puts in whole pages on Linux "
     "(docs/semantics.md, 10; PS-049, PS-063 to PS-066)."},
    {SORT_VALUE, "fcntl",
     "The capacity of a pipe of Linux is a power of two, a page at least (docs/semantics.md, 10; "
     "PS-175, PS-176)."},
    {SORT_FOUND, "poll",
     "What poll finds: docs/semantics.md, 8 and 10 (PS-067, PS-070, PS-082, PS-137, PS-155 to PS-161), "
     "and for sockets docs/sockets.md, 5."},
    {SORT_SIGNAL, NULL,
     "Signals: docs/semantics.md, 4 and 5 (PS-126 to PS-133, PS-139 to PS-148)."},
    {SORT_EXIT, NULL, "How processes end: docs/language.md, 4."},
    {SORT_VALUE, "recv", "docs/sockets.md, 3 (SO-023, SO-046)."},
    {SORT_ERROR, NULL, "Errors of each call: docs/semantics.md and docs/sockets.md."},
};

/* -- which of them ----------------------------------------------------------------------------- */

static const struct effect *either(const struct difference *d)
{
    return d->a != NULL ? d->a : d->b;
}

/* The call that the difference is about; NULL when it is about none. */
static const struct cause *call_of(const struct comparison *c)
{
    const struct effect *sides[] = {c->difference.a, c->difference.b};
    for (int i = 0; i < 2; i++) {
        if (sides[i] != NULL &&
            (sides[i]->kind == EFFECT_RETURNS || sides[i]->kind == EFFECT_SLEEPS))
            return &c->a.record.rounds[sides[i]->call].cause;
    }
    return NULL;
}

static enum difference_sort sort_of(const struct comparison *c, const struct cause *call)
{
    const struct effect *a = c->difference.a, *b = c->difference.b;
    bool returns_a = a != NULL && a->kind == EFFECT_RETURNS;
    bool returns_b = b != NULL && b->kind == EFFECT_RETURNS;
    if (returns_a && returns_b) {
        bool polls = call != NULL && strcmp(call->call.name, "poll") == 0;
        bool fails = a->result.value < 0 || b->result.value < 0;
        return fails ? SORT_ERROR : polls ? SORT_FOUND : SORT_VALUE;
    }
    for (int i = 0; i < 2; i++) {
        const struct effect *e = i == 0 ? a : b;
        if (e != NULL && (e->kind == EFFECT_HANDLES || (e->kind == EFFECT_EXITS && e->number < 0)))
            return SORT_SIGNAL;
    }
    return returns_a || returns_b ? SORT_SLEEPS : SORT_EXIT;
}

static const char *meaning_of(enum difference_sort sort, const struct cause *call)
{
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        const struct meaning *m = &meanings[i];
        if (m->sort == sort &&
            (m->call == NULL || (call != NULL && strcmp(m->call, call->call.name) == 0)))
            return m->why;
    }
    return "";
}

/* -- in sentences ------------------------------------------------------------------------------ */

static void say_side(const struct comparison *c, int side, struct strbuf *out)
{
    const struct effect *e = side == 0 ? c->difference.a : c->difference.b;
    strbuf_addf(out, "on %s ", c->names[side]);
    if (e == NULL) {
        strbuf_add(out, either(&c->difference)->kind == EFFECT_RETURNS ? "it sleeps on"
                                                                       : "nothing comes of it");
        return;
    }
    switch (e->kind) {
    case EFFECT_RETURNS: strbuf_add(out, "it gives "); break;
    case EFFECT_SLEEPS: strbuf_add(out, "it "); break;
    case EFFECT_HANDLES: strbuf_add(out, "there runs the "); break;
    case EFFECT_EXITS: strbuf_addf(out, "%s ", c->a.record.actors[e->actor].name); break;
    }
    effect_describe(&c->a.record, e, out);
}

static void say_effect(const struct comparison *c, struct strbuf *out)
{
    const struct cause *call = call_of(c);
    const struct cause *cause = &c->a.record.rounds[c->difference.round].cause;
    const char *name = c->a.record.actors[either(&c->difference)->actor].name;
    strbuf_addf(out, "%s%s%s: ", name, call != NULL ? "'s " : "", call != NULL ? call->text : "");
    say_side(c, 0, out);
    strbuf_add(out, ", ");
    say_side(c, 1, out);
    if (call != cause && cause->text != NULL)
        strbuf_addf(out, ", after %s's %s", c->a.record.actors[cause->actor].name, cause->text);
    const char *why = meaning_of(sort_of(c, call), call);
    bool ended = out->bytes[out->length - 1] == '.';
    strbuf_addf(out, "%s%s%s", ended ? "" : ".", why[0] != '\0' ? " " : "", why);
}

static void say_length(const struct comparison *c, struct strbuf *out)
{
    bool here = c->difference.round < c->a.record.count;
    const struct record *longer = here ? &c->a.record : &c->b.record;
    const struct cause *next = &longer->rounds[c->difference.round].cause;
    strbuf_addf(out,
                "On %s nothing more happens: whoever is in a call there does not come back. On "
                "%s it goes on with %s: ",
                c->names[here ? 1 : 0], c->names[here ? 0 : 1], longer->actors[next->actor].name);
    cause_describe(longer, c->difference.round, out);
    strbuf_add_char(out, '.');
}

void difference_explain(const struct comparison *c, struct strbuf *out)
{
    switch (c->difference.kind) {
    case DIFFERENCE_NONE: break;
    case DIFFERENCE_EFFECT: say_effect(c, out); break;
    case DIFFERENCE_ORDER:
        strbuf_add(out,
                   "The same happens to another process: which of several sleepers goes first is "
                   "the one that came first, on Linux as here (docs/semantics.md, 6; PS-087, "
                   "PS-088, PS-091).");
        break;
    case DIFFERENCE_CAUSE:
        strbuf_add(out,
                   "Up to here all calls gave the same; who goes on, and with which call, does "
                   "not. Look at who was woken in the rows above.");
        break;
    case DIFFERENCE_LENGTH: say_length(c, out); break;
    }
}

/* because.c - see because.h. */
#include "sim/step/because.h"

#include <inttypes.h>
#include <string.h>

static void begin_sentence(struct strbuf *out)
{
    if (out->length > 0 && out->bytes[out->length - 1] != ' ')
        strbuf_add_char(out, ' ');
}

/* -- sleeping ---------------------------------------------------------------------------------- */

void because_it_sleeps(const struct history *h, const struct call_made *c, struct strbuf *out)
{
    struct walk *w = h->walk;
    uint64_t here = walk_position(w);
    if (c->sleep == 0)
        return;
    walk_goto(w, c->sleep);
    struct reason r = run_explain(walk_run(w), c->actor);
    walk_goto(w, here);
    begin_sentence(out);
    strbuf_addf(out, "%s.", strbuf_text(&r.what));
    reason_free(&r);
}

static void add_waker(const struct history *h, const struct call_made *c, int waker,
                      struct strbuf *out)
{
    const struct call_made *by = history_call_at(h, waker, c->woken);
    if (by != NULL)
        strbuf_addf(out, "%s's %s on line %d", h->names[waker], by->shown, by->line);
    else
        strbuf_addf(out, "The end of %s", h->names[waker]);
}

void because_it_wakes(const struct history *h, const struct call_made *c, struct strbuf *out)
{
    int waker = call_waker(h, c);
    if (c->sleep == 0)
        return;
    begin_sentence(out);
    if (c->end == 0) {
        strbuf_add(out, "Nobody is left who could wake it.");
        return;
    }
    int64_t tick = walk_note(h->walk, c->woken != 0 ? c->woken : c->end)->tick;
    if (waker != NOBODY)
        add_waker(h, c, waker, out);
    else
        strbuf_add(out, c->woken != 0 ? "The clock" : "A signal");
    strbuf_addf(out, " %s it at tick %" PRId64 ".", c->woken != 0 ? "wakes" : "ends", tick);
}

/* -- results ----------------------------------------------------------------------------------- */

/* When this call moved its last bytes, or else when it came to its end: the event before that. */
static uint64_t decisive(const struct history *h, const struct call_made *c)
{
    uint64_t from = c->woken > c->begin ? c->woken : c->begin;
    for (uint64_t n = from + 1; n <= c->end; n++) {
        const struct note *note = walk_note(h->walk, n);
        if (note->actor == c->actor && (note->kind == EV_PUT || note->kind == EV_TOOK))
            return n - 1;
    }
    return c->end - 1;
}

static bool gives(const struct call_made *c, const char *result)
{
    return strcmp(c->result, result) == 0;
}

static void add_contents(const struct view_pipe *p, struct strbuf *out)
{
    char bytes[VIEW_CELLS];
    strbuf_addf(out, "%s holds %" PRId64 " byte%s", p->name, p->used, p->used == 1 ? "" : "s");
    if (p->capacity > VIEW_CELLS || p->used == 0)
        return;
    for (int64_t i = 0; i < p->used; i++)
        bytes[i] = p->cells[(p->taken + (uint64_t)i) % (uint64_t)p->capacity];
    strbuf_add(out, ", ");
    strbuf_add_quoted(out, bytes, (size_t)p->used, VIEW_CELLS);
}

static void why_read(const struct view_pipe *p, const struct call_made *c, int64_t asked,
                     struct strbuf *out)
{
    if (gives(c, "EOF")) {
        strbuf_addf(out, "%s is empty and no write end of it is open: end of file.", p->name);
    } else if (gives(c, "-1 EAGAIN")) {
        strbuf_addf(out, "%s is empty, a write end is open, and O_NONBLOCK forbids to sleep.",
                    p->name);
    } else if (c->result[0] == '"' && asked > 0) {
        add_contents(p, out);
        strbuf_addf(out, "; this read takes what is there, at most %" PRId64 ".", asked);
    }
}

static void why_counted(const struct view_pipe *p, struct strbuf *out)
{
    add_contents(p, out);
    strbuf_add_char(out, '.');
}

static void why_written_in_slots(const struct view_pipe *p, const struct call_made *c,
                                 struct strbuf *out)
{
    strbuf_addf(out, "%" PRId64 " of %" PRId64 " slots of %s %s free", view_room(p),
                p->capacity / p->page, p->name, view_room(p) == 1 ? "is" : "are");
    if (gives(c, "-1 EAGAIN"))
        strbuf_add(out, ", it does not merge into the last one, and O_NONBLOCK forbids to sleep.");
    else if (c->sleep != 0)
        strbuf_add(out, " then: it goes on.");
    else
        strbuf_addf(out,
                    ", of %" PRId64 " bytes each, and the rest of a page may merge into the "
                    "last one.",
                    p->page);
}

static void why_written(const struct view_pipe *p, const struct call_made *c, int64_t asked,
                        struct strbuf *out)
{
    int64_t free = p->capacity - p->used;
    if (p->page > 0) {
        why_written_in_slots(p, c, out);
        return;
    }
    strbuf_addf(out, "%" PRId64 " byte%s free in %s", free, free == 1 ? " is" : "s are", p->name);
    if (gives(c, "-1 EAGAIN") && asked == 1)
        strbuf_add(out, ", and O_NONBLOCK forbids to sleep.");
    else if (gives(c, "-1 EAGAIN"))
        strbuf_addf(out, ", all %" PRId64 " must go in together, and O_NONBLOCK forbids to sleep.",
                    asked);
    else if (c->sleep != 0)
        strbuf_add(out, " then: it goes on.");
    else if (free >= asked)
        strbuf_add(out, ": all of it goes in.");
    else
        strbuf_add(out, ": so much goes in, and O_NONBLOCK forbids to sleep for the rest.");
}

static void why_write(const struct view_pipe *p, const struct call_made *c, int64_t asked,
                      struct strbuf *out)
{
    if (p->readers == 0 && gives(c, "-1 EPIPE"))
        strbuf_addf(out, "No read end of %s is open: EPIPE.", p->name);
    else if (p->readers == 0 && gives(c, "killed SIGPIPE"))
        strbuf_addf(out, "No read end of %s is open: SIGPIPE, which nobody handles, kills it.",
                    p->name);
    else if (p->readers == 0)
        strbuf_addf(out, "The last read end of %s was closed: what had gone in counts.", p->name);
    else if (asked > 0)
        why_written(p, c, asked, out);
}

static void why_waited(const struct history *h, const struct call_made *c, struct strbuf *out)
{
    int waker = call_waker(h, c);
    if (gives(c, "-1 ECHILD"))
        strbuf_add(out, "It has no child left to wait for.");
    else if (waker != NOBODY && c->result[0] != '-')
        strbuf_addf(out, "%s has ended.", h->names[waker]);
    else if (c->sleep == 0)
        strbuf_add(out, "What it waits for has ended before.");
}

static void why_polled(const struct call_made *c, struct strbuf *out)
{
    if (gives(c, "0"))
        strbuf_add(out, "Nothing is ready.");
    else if (c->result[0] != '-')
        strbuf_addf(out, "It finds %s.", c->result);
}

static void why_of_pipe(const struct view_pipe *p, const struct call_made *c, int64_t asked,
                        struct strbuf *out)
{
    if (call_is_named(c, "read"))
        why_read(p, c, asked, out);
    else if (call_is_named(c, "write"))
        why_write(p, c, asked, out);
    else if (call_is_named(c, "ioctl"))
        why_counted(p, out);
}

static void why_of_others(const struct history *h, const struct call_made *c, struct strbuf *out)
{
    if (call_is_named(c, "wait") || call_is_named(c, "join"))
        why_waited(h, c, out);
    else if (call_is_named(c, "poll"))
        why_polled(c, out);
    else if (call_is_named(c, "dup") && c->result[0] != '-')
        strbuf_add(out, "That is the lowest free descriptor.");
    else if (call_is_named(c, "dup2") && c->result[0] != '-')
        strbuf_add(out, "That is the descriptor which was asked for.");
}

/* Errors that say the same of whatever call; NULL when it gave none of them. */
static const char *why_it_fails(const struct call_made *c)
{
    static const char *const errors[][2] = {
        {"-1 EBADF", "It has no such descriptor, or not for this direction."},
        {"-1 EMFILE", "As many descriptors are open as it may have."},
        {"-1 ESRCH", "There is no such process, or no longer."},
        {"-1 EINTR", "A signal came, and its handler ended the call."},
        {"-1 EINVAL", "That is no value for this call."},
    };
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (gives(c, errors[i][0]))
            return errors[i][1];
    }
    return NULL;
}

void because_of_state(const struct history *h, const struct call_made *c, struct strbuf *out)
{
    struct walk *w = h->walk;
    uint64_t here = walk_position(w);
    int64_t asked = walk_note(w, c->begin)->value;
    if (c->end == 0)
        return;
    begin_sentence(out);
    const char *error = why_it_fails(c);
    if (error != NULL) {
        strbuf_add(out, error);
        return;
    }
    walk_goto(w, decisive(h, c));
    const struct view *v = walk_view(w);
    const struct view_pipe *p = c->pipe >= 0 ? &v->pipes[c->pipe] : NULL;
    if (p != NULL)
        why_of_pipe(p, c, asked, out);
    why_of_others(h, c, out);
    walk_goto(w, here);
}

void because(const struct history *h, const struct call_made *c, struct strbuf *out)
{
    because_it_sleeps(h, c, out);
    because_it_wakes(h, c, out);
    because_of_state(h, c, out);
    while (out->length > 0 && out->bytes[out->length - 1] == ' ')
        out->bytes[--out->length] = '\0';
    if (out->length == 0)
        strbuf_add(out, "It need not wait for anything.");
}

/* history.c - see history.h. */
#include "sim/step/history.h"

#include "sim/trace/abi.h"

#include <stdlib.h>
#include <string.h>

/* -- the text of a call in the script ---------------------------------------------------------- */

static bool same_name(const struct program *p, const struct site *s, const char *text, size_t n)
{
    return s->name.length == n && memcmp(p->source.text + s->name.at, text, n) == 0;
}

/* The one site on this line that calls what `text` begins with; NULL when there are several. */
static const struct site *site_of(const struct program *p, int line, const char *text)
{
    size_t n = strcspn(text, "(");
    const struct site *found = NULL;
    for (size_t i = 0; i < p->site_count; i++) {
        const struct site *s = &p->sites[i];
        if (s->line != line || !same_name(p, s, text, n))
            continue;
        if (found != NULL)
            return NULL;
        found = s;
    }
    return found;
}

static char *shown_text(const struct program *p, int line, const char *text)
{
    const struct site *s = site_of(p, line, text);
    if (s == NULL || memchr(p->source.text + s->place.at, '\n', s->place.length) != NULL)
        return strdup(text);
    return strndup(p->source.text + s->place.at, s->place.length);
}

/* -- from event to event ----------------------------------------------------------------------- */

/* The unfinished call of an actor; NULL when there is none. */
static struct call_made *open_call(const struct history *h, int actor)
{
    size_t open = actor < 0 ? 0 : h->open[actor];
    return open == 0 ? NULL : &h->calls[open - 1];
}

static void begin_call(struct history *h, uint64_t n, const struct note *note)
{
    const char *text = walk_text(h->walk, n);
    struct call_made *open = open_call(h, note->actor);
    if (open != NULL && open->restarts != 0 && strcmp(open->text, text) == 0) {
        open->restarts = 0;
        return;
    }
    if (h->count == h->room) {
        size_t room = h->room == 0 ? 256 : h->room * 2;
        struct call_made *grown = realloc(h->calls, room * sizeof *grown);
        if (grown == NULL)
            return;
        h->calls = grown;
        h->room = room;
    }
    h->calls[h->count++] =
        (struct call_made){.actor = note->actor,
                           .pipe = note->pipe,
                           .line = note->line,
                           .text = text,
                           .shown = shown_text(walk_program(h->walk), note->line, text),
                           .result = strdup(""),
                           .begin = n,
                           .outer = h->open[note->actor]};
    h->open[note->actor] = h->count;
}

static void close_call(struct history *h, struct call_made *c, uint64_t n)
{
    c->end = n;
    h->open[c->actor] = c->outer;
}

static void set_result(struct call_made *c, const char *result)
{
    free(c->result);
    c->result = strdup(result);
}

/* A "?" is the result of a call that its process does not survive: what killed it comes next. */
static void end_call(struct history *h, uint64_t n, const struct note *note)
{
    struct call_made *c = open_call(h, note->actor);
    const char *result = walk_text(h->walk, n);
    if (c == NULL || strcmp(result, "?") == 0)
        return;
    if (result[0] == '?') {
        c->restarts = n;
        return;
    }
    close_call(h, c, n);
    set_result(c, result);
}

static void end_process(struct history *h, uint64_t n, const struct note *note)
{
    struct call_made *c = open_call(h, note->actor);
    struct strbuf text = {0};
    if (c == NULL)
        return;
    close_call(h, c, n);
    if (note->value < 0) {
        strbuf_addf(&text, "killed %s", signal_name((int)-note->value));
        set_result(c, strbuf_text(&text));
    }
    strbuf_free(&text);
}

static void add_event(struct history *h, uint64_t n)
{
    const struct note *note = walk_note(h->walk, n);
    struct call_made *c = NULL;
    switch (note->kind) {
    case EV_CALL: begin_call(h, n, note); break;
    case EV_RETURN: end_call(h, n, note); break;
    case EV_EXIT: end_process(h, n, note); break;
    case EV_SLEEP:
        c = note->sleep_on == ON_LOCK || note->sleep_on == ON_TIME ? NULL
                                                                   : open_call(h, note->actor);
        if (c != NULL && c->sleep == 0)
            c->sleep = n;
        break;
    case EV_WAKE:
        c = open_call(h, note->other);
        if (c != NULL && c->sleep != 0)
            c->woken = n;
        break;
    case EV_START:
    case EV_RESUME:
    case EV_PUT:
    case EV_TOOK:
    case EV_PIPE:
    case EV_SLOTS:
    case EV_FILE:
    case EV_FILE_EMPTIED:
    case EV_FILE_WRITTEN:
    case EV_FILE_READ:
    case EV_FIFO:
    case EV_OPEN_READER:
    case EV_OPEN_WRITER:
    case EV_CLOSE_READER:
    case EV_CLOSE_WRITER:
    case EV_RESIZE:
    case EV_LINK:
    case EV_SENT:
    case EV_ARRIVED:
    case EV_LOST:
    case EV_SIGNAL:
    case EV_HANDLER:
    case EV_PRINT:
    case EV_LOCK:
    case EV_UNLOCK:
    case EV_NOTIFY:
    case EV_FAIL: break;
    }
}

/* All actors are there at the end. */
static bool copy_names(struct history *h)
{
    uint64_t here = walk_position(h->walk);
    walk_goto(h->walk, walk_length(h->walk));
    const struct view *v = walk_view(h->walk);
    h->names = calloc(v->actor_count + 1, sizeof(char *));
    h->open = calloc(v->actor_count + 1, sizeof *h->open);
    h->actor_count = h->names == NULL ? 0 : v->actor_count;
    for (size_t i = 0; i < h->actor_count; i++)
        h->names[i] = strdup(v->actors[i].name);
    walk_goto(h->walk, here);
    return h->names != NULL && h->open != NULL;
}

struct history *history_new(struct walk *w)
{
    struct history *h = calloc(1, sizeof *h);
    if (h == NULL)
        return NULL;
    h->walk = w;
    if (!copy_names(h)) {
        history_free(h);
        return NULL;
    }
    for (uint64_t n = walk_start(w) + 1; n <= walk_length(w); n++)
        add_event(h, n);
    return h;
}

void history_free(struct history *h)
{
    if (h == NULL)
        return;
    for (size_t i = 0; i < h->count; i++) {
        free(h->calls[i].shown);
        free(h->calls[i].result);
    }
    for (size_t i = 0; i < h->actor_count; i++)
        free(h->names[i]);
    free(h->names);
    free(h->open);
    free(h->calls);
    free(h);
}

/* -- asking ------------------------------------------------------------------------------------ */

const struct call_made *history_call_at(const struct history *h, int actor, uint64_t n)
{
    size_t i = h->count;
    while (i > 0 && (h->calls[i - 1].actor != actor || h->calls[i - 1].begin > n))
        i--;
    while (i > 0 && h->calls[i - 1].end != 0 && h->calls[i - 1].end < n)
        i = h->calls[i - 1].outer;
    return i == 0 ? NULL : &h->calls[i - 1];
}

size_t history_nth(const struct history *h, const struct call_made *c)
{
    size_t nth = 0;
    for (const struct call_made *b = h->calls; b <= c; b++)
        nth += b->actor == c->actor && b->line == c->line && strcmp(b->shown, c->shown) == 0;
    return nth;
}

bool call_is_named(const struct call_made *c, const char *name)
{
    size_t n = strlen(name);
    return strncmp(c->text, name, n) == 0 && c->text[n] == '(';
}

int call_waker(const struct history *h, const struct call_made *c)
{
    return c->woken == 0 ? NOBODY : walk_note(h->walk, c->woken)->actor;
}

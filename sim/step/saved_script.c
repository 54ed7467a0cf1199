/* saved_script.c - see saved_script.h. */
#include "sim/step/saved_script.h"

#include "sim/run/calls.h"
#include "sim/step/outcomes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char mark[] = "# saved by pipesim step: ";

enum { CALLS_SHOWN = 4 /* in a comment, of one line */ };

/* A piece of the scenario's text that gives way to another. */
struct edit {
    struct span old;
    size_t text, length;                      /* in `texts` */
    enum { EDIT_OF_CALL, EDIT_COMMENT } kind; /* a comment comes last of those at its place */
    size_t order;                             /* else they stand as they were made */
};

struct edits {
    const struct source *source;
    const struct outcomes *outcomes;
    struct edit *items; /* owned */
    size_t count, room;
    struct strbuf texts;
    size_t commented; /* where the last comment was put; 0: nowhere */
    bool out_of_memory;
};

static struct edit *add_edit(struct edits *e, struct span old, const struct strbuf *text)
{
    if (e->count == e->room) {
        size_t room = e->room == 0 ? 64 : e->room * 2;
        struct edit *grown = realloc(e->items, room * sizeof *grown);
        if (grown == NULL) {
            e->out_of_memory = true;
            return NULL;
        }
        e->items = grown;
        e->room = room;
    }
    struct edit *new = &e->items[e->count];
    *new = (struct edit){old, e->texts.length, text->length, EDIT_OF_CALL, e->count};
    e->count++;
    strbuf_add_bytes(&e->texts, text->bytes, text->length);
    return new;
}

/* -- one call ---------------------------------------------------------------------------------- */

static void add_time(const struct outcome_of_call *c, struct strbuf *out)
{
    strbuf_addf(out, "@%" PRId64, c->start);
    switch (c->fate) {
    case CALL_RETURNED:
        if (c->slept)
            strbuf_addf(out, "..%" PRId64, c->end);
        break;
    case CALL_ASLEEP: strbuf_add(out, "..never"); break;
    case CALL_UNFINISHED: strbuf_add(out, "..?"); break;
    case CALL_KILLED:
    case CALL_LAST: break;
    }
}

static bool same_time(const struct outcome_of_call *a, const struct outcome_of_call *b)
{
    return a->fate == b->fate && a->start == b->start && a->end == b->end && a->slept == b->slept;
}

static bool same_result(const struct outcomes *o, const struct outcome_of_call *a,
                        const struct outcome_of_call *b)
{
    return a->fate == b->fate && strcmp(outcome_result(o, a), outcome_result(o, b)) == 0;
}

/* What all calls of a line have in common. */
struct common {
    bool time, result;
};

static struct common common_of(const struct outcomes *o, const struct outcomes_of_site *site)
{
    struct common c = {site->count > 0, site->count > 0};
    for (size_t i = 1; i < site->count; i++) {
        c.time &= same_time(&site->calls[0], &site->calls[i]);
        c.result &= same_result(o, &site->calls[0], &site->calls[i]);
    }
    return c;
}

/* -- comments ---------------------------------------------------------------------------------- */

static bool several_actors(const struct outcomes_of_site *site)
{
    for (size_t i = 1; i < site->count; i++) {
        if (site->calls[i].actor != site->calls[0].actor)
            return true;
    }
    return false;
}

static void add_call(const struct outcomes *o, const struct outcome_of_call *c, bool named,
                     struct strbuf *out)
{
    const char *result = outcome_result(o, c);
    if (named)
        strbuf_addf(out, "%s ", outcome_actor(o, c));
    add_time(c, out);
    if (*result != '\0')
        strbuf_addf(out, " = %s", result);
}

/* "read: @0 = "ab", @0..1 = "c", and 3 more" */
static void add_calls(const struct outcomes *o, const struct outcomes_of_site *site, int callee,
                      struct strbuf *out)
{
    bool named = several_actors(site);
    strbuf_addf(out, "%s: ", call_name(callee));
    for (size_t i = 0; i < site->count && i < CALLS_SHOWN; i++) {
        strbuf_add(out, i > 0 ? ", " : "");
        add_call(o, &site->calls[i], named, out);
    }
    if (site->count > CALLS_SHOWN)
        strbuf_addf(out, ", and %zu more", site->count - CALLS_SHOWN);
    if (site->count == 0)
        strbuf_add(out, "not called");
}

static size_t line_end(const struct source *s, size_t at)
{
    const char *newline = memchr(s->text + at, '\n', s->size - at);
    size_t end = newline == NULL ? s->size : (size_t)(newline - s->text);
    return end > at && s->text[end - 1] == '\r' ? end - 1 : end;
}

static bool line_has(const struct source *s, size_t end, const char *text)
{
    size_t length = strlen(text), at = end;
    while (at > 0 && s->text[at - 1] != '\n')
        at--;
    for (; at + length <= end; at++) {
        if (memcmp(s->text + at, text, length) == 0)
            return true;
    }
    return false;
}

/* Several of one line stand in one comment; one that is there from an earlier time stays. */
static void comment(struct edits *e, const struct site *s, const struct outcomes_of_site *site)
{
    struct strbuf calls = {0}, text = {0};
    size_t at = line_end(e->source, s->place.at + s->place.length);
    add_calls(e->outcomes, site, s->callee, &calls);
    strbuf_addf(&text, "%s%s", e->commented == at ? "; " : "  # ", strbuf_text(&calls));
    if (!line_has(e->source, at, strbuf_text(&calls))) {
        struct edit *edit = add_edit(e, (struct span){at, 0}, &text);
        if (edit != NULL)
            edit->kind = EDIT_COMMENT;
        e->commented = at;
    }
    strbuf_free(&calls);
    strbuf_free(&text);
}

/* -- times and results ------------------------------------------------------------------------- */

static void add_spaces(struct strbuf *out, size_t n)
{
    while (n-- > 0)
        strbuf_add_char(out, ' ');
}

/* Into the indentation, if it is wide enough: the call stays in its column. */
static void write_time(struct edits *e, const struct site *s, const struct outcome_of_call *call)
{
    struct strbuf time = {0}, text = {0};
    size_t at = s->statement.at, indent = 0;
    add_time(call, &time);
    while (indent < at && e->source->text[at - indent - 1] == ' ')
        indent++;
    bool first_of_line = indent == at || e->source->text[at - indent - 1] == '\n';
    indent = first_of_line && indent > time.length ? indent : 0;
    if (indent > 0)
        add_spaces(&text, indent >= time.length + 3 ? 2 : indent - time.length - 1);
    strbuf_add(&text, strbuf_text(&time));
    add_spaces(&text, indent > text.length ? indent - text.length : 1);
    add_edit(e, (struct span){at - indent, indent}, &text);
    strbuf_free(&time);
    strbuf_free(&text);
}

/* A comment that follows stays in its column, if there is room. */
static void write_result(struct edits *e, const struct site *s, const char *result)
{
    struct strbuf text = {0};
    size_t at = s->statement.at + s->statement.length, spaces = 0;
    strbuf_addf(&text, " = %s", result);
    while (at + spaces < e->source->size && e->source->text[at + spaces] == ' ')
        spaces++;
    bool before_comment = at + spaces < e->source->size && e->source->text[at + spaces] == '#';
    size_t spare = before_comment && spaces > 2 ? spaces - 2 : 0;
    add_edit(e, (struct span){at, spare < text.length ? spare : text.length}, &text);
    strbuf_free(&text);
}

static void rewrite(struct edits *e, struct span old, const char *text)
{
    struct strbuf new = {0};
    strbuf_add(&new, text);
    add_edit(e, old, &new);
    strbuf_free(&new);
}

static void rewrite_time(struct edits *e, const struct site *s, const struct outcome_of_call *call)
{
    struct strbuf time = {0};
    add_time(call, &time);
    rewrite(e, s->when, strbuf_text(&time));
    strbuf_free(&time);
}

/* Says on the line what it can say; the rest, if any, in a comment. */
static void annotate(struct edits *e, const struct site *s, const struct outcomes_of_site *site)
{
    struct common common = common_of(e->outcomes, site);
    bool statement = s->statement.length > 0, says_time = s->when.length > 0,
         says_result = s->expected.length > 0;
    const char *result = site->count > 0 ? outcome_result(e->outcomes, &site->calls[0]) : "";
    common.time &= statement;
    common.result &= statement;
    if (common.time && !says_time)
        write_time(e, s, &site->calls[0]);
    else if (common.time && site->failed)
        rewrite_time(e, s, &site->calls[0]);
    if (common.result && !says_result && *result != '\0')
        write_result(e, s, result);
    else if (common.result && says_result && site->failed && *result != '\0')
        rewrite(e, s->expected, result);
    if ((!common.time && !says_time) || (!common.result && !says_result))
        comment(e, s, site);
}

/* -- the whole --------------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
    const struct edit *x = a, *y = b;
    if (x->old.at != y->old.at)
        return x->old.at < y->old.at ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

static void add_command(struct walk *w, const char *file, struct strbuf *out)
{
    const struct run_options *options = walk_options(w);
    char *schedule = walk_schedule(w);
    strbuf_add(out, "pipesim run");
    for (size_t i = 0; i < options->override_count; i++)
        override_add(&options->overrides[i], out);
    if (!walk_is_default(w) && schedule != NULL)
        strbuf_addf(out, " --schedule '%s'", schedule);
    strbuf_addf(out, " %s\n", file);
    free(schedule);
}

/* Without the first line of one that was saved before. */
static size_t text_start(const struct source *s)
{
    if (s->size < sizeof mark || memcmp(s->text, mark, sizeof mark - 1) != 0)
        return 0;
    return line_end(s, 0) + 1;
}

static void add_text(const struct edits *e, struct strbuf *out)
{
    size_t at = text_start(e->source);
    for (size_t i = 0; i < e->count; i++) {
        const struct edit *edit = &e->items[i];
        strbuf_add_bytes(out, e->source->text + at, edit->old.at - at);
        strbuf_add_bytes(out, e->texts.bytes + edit->text, edit->length);
        at = edit->old.at + edit->old.length;
    }
    strbuf_add_bytes(out, e->source->text + at, e->source->size - at);
}

int saved_script(struct walk *w, const char *file, struct strbuf *out)
{
    const struct program *p = walk_program(w);
    struct outcomes outcomes = outcomes_of_run(w);
    struct edits edits = {.source = &p->source, .outcomes = &outcomes};
    for (size_t i = 0; i < p->site_count && !outcomes.out_of_memory; i++) {
        if (p->sites[i].expect != EXPECT_NOTHING)
            annotate(&edits, &p->sites[i], &outcomes.sites[i]);
    }
    if (edits.count > 0)
        qsort(edits.items, edits.count, sizeof *edits.items, by_place);
    strbuf_add(out, mark);
    add_command(w, file, out);
    add_text(&edits, out);
    bool short_of_memory =
        outcomes.out_of_memory || edits.out_of_memory || edits.texts.out_of_memory;
    free(edits.items);
    strbuf_free(&edits.texts);
    outcomes_free(&outcomes);
    return short_of_memory || out->out_of_memory ? -ENOMEM : 0;
}

/* rows.c - see rows.h. */
#include "sim/compare/rows.h"

#include <stdlib.h>
#include <string.h>

void rows_free(struct rows *r)
{
    for (size_t i = 0; i < r->count; i++) {
        strbuf_free(&r->rows[i].call);
        strbuf_free(&r->rows[i].results[0]);
        strbuf_free(&r->rows[i].results[1]);
    }
    free(r->rows);
    *r = (struct rows){.count = 0};
}

static struct row *add_row(struct rows *r)
{
    if (r->count == r->room) {
        size_t room = r->room == 0 ? 32 : r->room * 2;
        struct row *grown = realloc(r->rows, room * sizeof *grown);
        if (grown == NULL)
            return NULL;
        r->rows = grown;
        r->room = room;
    }
    memset(&r->rows[r->count], 0, sizeof r->rows[r->count]);
    return &r->rows[r->count++];
}

static const char *text_of(const struct record *r, size_t round)
{
    const char *text = r->rounds[round].cause.text;
    return text == NULL ? "" : text;
}

static bool is_about(const struct effect *e, const struct cause *c, size_t round)
{
    bool ends = e->kind == EFFECT_EXITS && (c->kind == CAUSE_END || c->kind == CAUSE_CALL);
    return ends || (c->kind == CAUSE_CALL && e->call == round &&
                    (e->kind == EFFECT_RETURNS || e->kind == EFFECT_SLEEPS));
}

/* What came of it in one of the two. The record with the texts is the first. */
static void describe_side(const struct comparison *c, const struct effect *e,
                          const struct effect *other, struct strbuf *out)
{
    if (e != NULL)
        effect_describe(&c->a.record, e, out);
    else if (other != NULL && other->kind == EFFECT_RETURNS)
        strbuf_add(out, "sleeps on");
    else
        strbuf_add(out, "-");
}

static bool marks(const struct comparison *c, size_t round, const struct effect *a,
                  const struct effect *b)
{
    const struct difference *d = &c->difference;
    return (d->kind == DIFFERENCE_EFFECT || d->kind == DIFFERENCE_ORDER) && d->round == round &&
           d->a == a && d->b == b;
}

static void fill(const struct comparison *c, size_t round, struct row *row, const struct effect *a,
                 const struct effect *b)
{
    const struct effect *any = a != NULL ? a : b;
    if (row->kind == ROW_EFFECT && any->kind == EFFECT_RETURNS)
        strbuf_addf(&row->call, "... %s", text_of(&c->a.record, any->call));
    describe_side(c, a, b, &row->results[0]);
    describe_side(c, b, a, &row->results[1]);
    row->differs = marks(c, round, a, b);
}

static void add_effects(const struct comparison *c, size_t round, int actor, struct rows *rows)
{
    const struct round *here = &c->a.record.rounds[round], *there = &c->b.record.rounds[round];
    const struct cause *cause = &here->cause;
    for (size_t n = 0;; n++) {
        const struct effect *a = round_effect(here, actor, n), *b = round_effect(there, actor, n);
        if (a == NULL && b == NULL)
            return;
        struct row *last = rows->count > 0 ? &rows->rows[rows->count - 1] : NULL;
        bool first = n == 0 && actor == cause->actor && is_about(a != NULL ? a : b, cause, round);
        struct row *row = first ? last : add_row(rows);
        if (row == NULL)
            return;
        row->cause = cause;
        row->kind = first ? ROW_CAUSE : ROW_EFFECT;
        row->actor = actor;
        fill(c, round, row, a, b);
    }
}

static bool seen_before(const struct round *r, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (r->effects[i].actor == r->effects[n].actor)
            return true;
    }
    return r->effects[n].actor == r->cause.actor;
}

static void add_round(const struct comparison *c, size_t round, struct rows *rows)
{
    const struct round *here = &c->a.record.rounds[round], *there = &c->b.record.rounds[round];
    struct row *row = add_row(rows);
    if (row == NULL)
        return;
    row->cause = &here->cause;
    row->actor = here->cause.actor;
    cause_describe(&c->a.record, round, &row->call);
    if (c->difference.kind == DIFFERENCE_CAUSE && c->difference.round == round) {
        row->differs = true;
        strbuf_add(&row->results[0], "comes next");
        strbuf_addf(&row->results[1], "%s: ", c->a.record.actors[there->cause.actor].name);
        cause_describe(&c->b.record, round, &row->results[1]);
        return;
    }
    add_effects(c, round, here->cause.actor, rows);
    for (size_t i = 0; i < here->count; i++) {
        if (!seen_before(here, i))
            add_effects(c, round, here->effects[i].actor, rows);
    }
    for (size_t i = 0; i < there->count; i++) {
        if (!seen_before(there, i) && round_effect(here, there->effects[i].actor, 0) == NULL)
            add_effects(c, round, there->effects[i].actor, rows);
    }
}

/* One of the two has gone on alone. */
static void add_rest(const struct comparison *c, struct rows *rows)
{
    size_t round = c->difference.round;
    bool here = round < c->a.record.count;
    const struct record *longer = here ? &c->a.record : &c->b.record;
    struct row *row = add_row(rows);
    if (row == NULL)
        return;
    row->cause = &longer->rounds[round].cause;
    row->actor = row->cause->actor;
    row->differs = true;
    cause_describe(longer, round, &row->call);
    strbuf_add(&row->results[here ? 0 : 1], "comes next");
    strbuf_add(&row->results[here ? 1 : 0], "nothing more happens");
}

struct rows rows_of(const struct comparison *c)
{
    struct rows rows = {.count = 0};
    bool alone = c->difference.kind == DIFFERENCE_LENGTH;
    for (size_t i = 0; i < c->rounds - (alone && c->rounds > 0); i++)
        add_round(c, i, &rows);
    if (alone)
        add_rest(c, &rows);
    return rows;
}

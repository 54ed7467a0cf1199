/* outcomes.c - see outcomes.h. */
#include "sim/step/outcomes.h"

#include "sim/run/vocabulary.h"
#include "sim/trace/abi.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A call that has begun: of an actor there may be several, when a handler makes calls while one of
 * them waits to be made again. */
struct open_call {
    int actor, site;
    int64_t start;
    bool slept, asleep; /* ever, and now */
    bool ending;        /* its process does not survive it */
};

struct recorder {
    struct outcomes *outcomes;
    struct walk *walk;
    struct open_call *open; /* owned */
    size_t open_count, open_room;
};

/* -- collecting -------------------------------------------------------------------------------- */

/* Room for one element more; false when memory is short. */
static bool make_room(struct outcomes *o, void *array, size_t count, size_t *room, size_t size)
{
    void **items = array;
    if (count < *room)
        return true;
    size_t wanted = *room == 0 ? 4 : *room * 2;
    void *grown = realloc(*items, wanted * size);
    if (grown == NULL) {
        o->out_of_memory = true;
        return false;
    }
    *items = grown;
    *room = wanted;
    return true;
}

static struct open_call *find_open(struct recorder *r, int actor, int site)
{
    for (size_t i = r->open_count; i-- > 0;) {
        if (r->open[i].actor == actor && (site < 0 || r->open[i].site == site))
            return &r->open[i];
    }
    return NULL;
}

static void close_call(struct recorder *r, struct open_call *c)
{
    *c = r->open[--r->open_count];
}

static void add_outcome(struct recorder *r, const struct open_call *c, enum call_fate fate,
                        int64_t end, const char *result)
{
    struct outcomes *o = r->outcomes;
    struct outcomes_of_site *site = &o->sites[c->site];
    struct outcome_of_call call = {c->actor, fate, c->slept, c->start, end, o->texts.length};
    if (!make_room(o, &site->calls, site->count, &site->room, sizeof *site->calls))
        return;
    strbuf_add_bytes(&o->texts, result, strlen(result) + 1);
    site->calls[site->count++] = call;
}

static void begins(struct recorder *r, const struct event *e)
{
    int site = run_site(walk_run(r->walk), e->actor);
    if (site < 0 || (e->value2 != 0 && find_open(r, e->actor, site) != NULL))
        return;
    if (make_room(r->outcomes, &r->open, r->open_count, &r->open_room, sizeof *r->open))
        r->open[r->open_count++] =
            (struct open_call){.actor = e->actor, .site = site, .start = e->tick};
}

static void sleeps(struct recorder *r, int actor, bool asleep)
{
    struct open_call *c = actor == NOBODY ? NULL : find_open(r, actor, -1);
    if (c != NULL)
        c->asleep = asleep;
}

/* As the language writes it: bytes that the trace has cut are shown by their number. */
static void add_result(const struct event *e, struct strbuf *out)
{
    bool whole = e->size > 1 && e->text[0] == '"' && e->text[e->size - 1] == '"';
    if (e->value < 0)
        strbuf_addf(out, "-1 %s", error_name_of_number((int)-e->value));
    else if (whole || (e->size == 3 && memcmp(e->text, "EOF", 3) == 0))
        strbuf_add_bytes(out, e->text, e->size);
    else
        strbuf_addf(out, "%" PRId64, e->value);
}

enum { RETURNS, RESTARTS, IS_THE_LAST }; /* value2 of EV_RETURN */

static void returns(struct recorder *r, const struct event *e, bool slept)
{
    int site = run_site(walk_run(r->walk), e->actor);
    struct open_call *c = find_open(r, e->actor, site);
    struct strbuf result = {0};
    if (c == NULL)
        return;
    c->slept |= slept;
    c->ending = e->value2 == IS_THE_LAST;
    if (e->value2 != RETURNS)
        return;
    add_result(e, &result);
    add_outcome(r, c, CALL_RETURNED, e->tick, strbuf_text(&result));
    close_call(r, c);
    strbuf_free(&result);
}

static void exits(struct recorder *r, const struct event *e)
{
    struct open_call *c;
    char text[64];
    while ((c = find_open(r, e->actor, -1)) != NULL) {
        bool killed = c->ending && e->value < 0;
        snprintf(text, sizeof text, "killed %s", killed ? signal_name((int)-e->value) : "");
        add_outcome(r, c, killed ? CALL_KILLED : CALL_LAST, e->tick, killed ? text : "");
        close_call(r, c);
    }
}

static void fails(struct recorder *r, const struct event *e)
{
    const struct program *p = walk_program(r->walk);
    for (size_t i = 0; i < p->site_count && e->actor != NOBODY; i++) {
        if (p->sites[i].line == e->line)
            r->outcomes->sites[i].failed = true;
    }
}

/* Names are the run's own, and gone when it is. */
static void keep_names(struct outcomes *o, const struct view *v)
{
    while (o->name_count < v->actor_count) {
        const char *name = v->actors[o->name_count].name;
        if (!make_room(o, &o->name_starts, o->name_count, &o->name_room, sizeof *o->name_starts))
            return;
        o->name_starts[o->name_count++] = o->names.length;
        strbuf_add_bytes(&o->names, name, strlen(name) + 1);
    }
}

static void record(void *ctx, const struct event *e, const struct view *after)
{
    struct recorder *r = ctx;
    keep_names(r->outcomes, after);
    switch (e->kind) {
    case EV_CALL: begins(r, e); break;
    case EV_RETURN: returns(r, e, after->actors[e->actor].slept); break;
    case EV_EXIT: exits(r, e); break;
    case EV_SLEEP: sleeps(r, e->actor, true); break;
    case EV_WAKE: sleeps(r, e->other, false); break;
    case EV_FAIL: fails(r, e); break;
    default: break; /* the others say nothing of results */
    }
}

/* -- the whole --------------------------------------------------------------------------------- */

/* Who has not returned when all is over sleeps for ever, unless somebody stopped the run. */
static void add_unfinished(struct recorder *r)
{
    enum verdict v = r->outcomes->verdict;
    bool stopped = v == VERDICT_LIMIT || v == VERDICT_INTERRUPTED || v == VERDICT_BAD_SCRIPT;
    for (size_t i = 0; i < r->open_count; i++) {
        bool asleep = r->open[i].asleep && !stopped;
        add_outcome(r, &r->open[i], asleep ? CALL_ASLEEP : CALL_UNFINISHED, 0, "");
    }
}

struct outcomes outcomes_of_run(struct walk *w)
{
    struct outcomes o = {.site_count = walk_program(w)->site_count};
    struct recorder r = {.outcomes = &o, .walk = w};
    struct trace_sink sink = {record, &r, SINK_ALL};
    o.sites = calloc(o.site_count + 1, sizeof *o.sites);
    o.out_of_memory = o.sites == NULL;
    if (o.sites == NULL)
        return o;
    struct replay replay = walk_replay(w, &sink);
    o.verdict = replay.verdict;
    add_unfinished(&r);
    o.out_of_memory |= o.texts.out_of_memory || o.names.out_of_memory;
    diag_list_free(&replay.messages);
    free(r.open);
    return o;
}

void outcomes_free(struct outcomes *o)
{
    for (size_t i = 0; o->sites != NULL && i < o->site_count; i++)
        free(o->sites[i].calls);
    free(o->sites);
    free(o->name_starts);
    strbuf_free(&o->texts);
    strbuf_free(&o->names);
}

const char *outcome_result(const struct outcomes *o, const struct outcome_of_call *call)
{
    return o->texts.bytes + call->result;
}

const char *outcome_actor(const struct outcomes *o, const struct outcome_of_call *call)
{
    return o->names.bytes + o->name_starts[call->actor];
}

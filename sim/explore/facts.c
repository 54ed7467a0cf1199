/* facts.c - see facts.h. */
#include "sim/explore/facts.h"

#include "sim/trace/abi.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_WHOLE = 200, SHOWN_PART = 40 /* bytes of a string */ };

struct recorded_actor {
    char *name; /* owned */
    struct strbuf call, bytes;
    struct strbuf end; /* how it would end if this were all */
    struct facts results;
};

/* -- facts ------------------------------------------------------------------------------------- */

static void free_fact(struct fact *f)
{
    free((char *)f->process);
    free((char *)f->call);
    free((char *)f->text);
}

void facts_free(struct facts *f)
{
    for (size_t i = 0; i < f->count; i++)
        free_fact(&f->items[i]);
    free(f->items);
    *f = (struct facts){0};
}

static char *copy(const char *text)
{
    return strdup(text != NULL ? text : "");
}

void facts_add(struct facts *f, const struct fact *fact)
{
    if (f->count == f->room) {
        size_t room = f->room == 0 ? 16 : f->room * 2;
        struct fact *grown = realloc(f->items, room * sizeof *grown);
        f->out_of_memory |= grown == NULL;
        if (grown == NULL)
            return;
        f->items = grown;
        f->room = room;
    }
    struct fact *made = &f->items[f->count];
    *made = *fact;
    made->process = copy(fact->process);
    made->call = copy(fact->call);
    made->text = copy(fact->text);
    if (made->process == NULL || made->call == NULL || made->text == NULL) {
        free_fact(made);
        f->out_of_memory = true;
        return;
    }
    f->count++;
}

int facts_compare(const struct facts *a, const struct facts *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        const struct fact *x = &a->items[i], *y = &b->items[i];
        int order = x->line != y->line ? (x->line > y->line) - (x->line < y->line)
                                       : strcmp(x->process, y->process);
        if (order == 0)
            order = strcmp(x->text, y->text);
        if (order != 0)
            return order;
    }
    return (a->count > b->count) - (a->count < b->count);
}

void facts_key(const struct facts *f, struct strbuf *key)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct fact *fact = &f->items[i];
        strbuf_addf(key, "%d %s %d %d %s\n", fact->kind, fact->process, fact->line, fact->number,
                    fact->text);
    }
}

/* -- recording --------------------------------------------------------------------------------- */

void fact_recorder_init(struct fact_recorder *r, enum outcome_detail detail)
{
    *r = (struct fact_recorder){.detail = detail};
}

static struct recorded_actor *actor_of(struct fact_recorder *r, int actor)
{
    return actor >= 0 && (size_t)actor < r->actor_count ? &r->actors[actor] : NULL;
}

static void add_actor(struct fact_recorder *r, const struct event *e)
{
    struct recorded_actor *grown =
        realloc(r->actors, (r->actor_count + 1) * sizeof *grown); /* there are few */
    r->facts.out_of_memory |= grown == NULL;
    if (grown == NULL)
        return;
    r->actors = grown;
    grown[r->actor_count] = (struct recorded_actor){.name = copy(e->text)};
    strbuf_add(&grown[r->actor_count++].end, "never runs to its end");
}

static uint64_t hash_of(const struct strbuf *s)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < s->length; i++)
        hash = (hash ^ (unsigned char)s->bytes[i]) * 0x100000001b3;
    return hash;
}

/* In quotes. Strings that are too long to be read are still told apart. */
static void add_bytes(struct strbuf *out, const struct strbuf *bytes)
{
    bool whole = bytes->length <= SHOWN_WHOLE;
    strbuf_add_quoted(out, strbuf_text(bytes), bytes->length, whole ? SHOWN_WHOLE : SHOWN_PART);
    if (!whole)
        strbuf_addf(out, " (%zu bytes, hash %08" PRIx64 ")", bytes->length,
                    hash_of(bytes) & 0xffffffff);
}

static bool is_call(const struct recorded_actor *a, const char *name)
{
    size_t n = strlen(name);
    return a->call.length > n && memcmp(a->call.bytes, name, n) == 0 && a->call.bytes[n] == '(';
}

/* As in run.h: who was there first is nobody's business, and some calls always give the same. */
static bool tells_nothing(const struct recorded_actor *a, const struct event *e)
{
    static const char *const pids[] = {"fork", "thread", "getpid", "getppid"};
    for (size_t i = 0; i < sizeof pids / sizeof *pids && e->value > 0; i++) {
        if (is_call(a, pids[i]))
            return true;
    }
    return is_call(a, "yield") || is_call(a, "sleep");
}

static int number_of(const struct facts *f, int line)
{
    int n = 1;
    for (size_t i = 0; i < f->count; i++)
        n += f->items[i].line == line;
    return n;
}

static void add_result(struct recorded_actor *a, const struct event *e)
{
    struct strbuf text = {0};
    const struct fact *last = a->results.count > 0 ? &a->results.items[a->results.count - 1] : NULL;
    if (a->bytes.length > 0 && call_way_of(strbuf_text(&a->call)) == CALL_READS)
        add_bytes(&text, &a->bytes);
    else
        strbuf_add_bytes(&text, e->text, e->size);
    bool again = e->value <= 0 && last != NULL && last->line == e->line &&
                 strcmp(last->text, strbuf_text(&text)) == 0;
    a->results.repeats |= again && strcmp(last->call, strbuf_text(&a->call)) == 0;
    if (!again && !tells_nothing(a, e))
        facts_add(&a->results, &(struct fact){.kind = FACT_RESULT,
                                              .process = a->name,
                                              .call = strbuf_text(&a->call),
                                              .text = strbuf_text(&text),
                                              .line = e->line,
                                              .number = number_of(&a->results, e->line)});
    strbuf_free(&text);
}

static void set_end(struct recorded_actor *a, const struct event *e, const struct view *v)
{
    strbuf_clear(&a->end);
    if (v->actors[e->actor].pid < 0)
        return; /* the network is no process */
    if (e->kind == EV_EXIT && e->value < 0)
        strbuf_addf(&a->end, "is killed by %s", signal_name((int)-e->value));
    else if (e->kind == EV_EXIT && e->value == 0 && v->actors[e->actor].pid != e->actor + 1)
        strbuf_add(&a->end, "ends"); /* a thread, whichever is the last one of its process */
    else if (e->kind == EV_EXIT)
        strbuf_addf(&a->end, "exits with %" PRId64, e->value);
    else if (e->kind == EV_SLEEP && e->sleep_on == ON_CONDITION && e->pipe >= 0)
        strbuf_addf(&a->end, "sleeps for ever in %s, on %s.%s", strbuf_text(&a->call),
                    v->pipes[e->pipe].name, e->text);
    else if (e->kind == EV_SLEEP && a->call.length == 0)
        strbuf_add(&a->end, "sleeps for ever");
    else if (e->kind == EV_SLEEP)
        strbuf_addf(&a->end, "sleeps for ever in %s", strbuf_text(&a->call));
    else
        strbuf_add(&a->end, "never ends");
}

static void add_wrong(struct fact_recorder *r, const struct event *e)
{
    struct facts *f = &r->facts;
    facts_add(f, &(struct fact){.kind = FACT_WRONG,
                                .text = "does not come true",
                                .line = e->line,
                                .number = number_of(f, e->line)});
}

static void record(void *ctx, const struct event *e, const struct view *v)
{
    struct fact_recorder *r = ctx;
    if (e->kind == EV_START)
        add_actor(r, e);
    struct recorded_actor *a = actor_of(r, e->actor);
    switch (e->kind) {
    case EV_CALL:
        if (a == NULL)
            break;
        strbuf_clear(&a->bytes);
        strbuf_clear(&a->call);
        strbuf_add_bytes(&a->call, e->text, e->size);
        break;
    case EV_TOOK:
        if (a != NULL)
            strbuf_add_bytes(&a->bytes, e->text, e->size);
        break;
    case EV_RETURN:
        if (a != NULL && e->value2 == 0 && r->detail >= OUTCOME_RESULTS)
            add_result(a, e);
        break;
    case EV_PRINT:
        if (r->detail >= OUTCOME_OUTPUT)
            strbuf_add_bytes(&r->output, e->text, e->size);
        break;
    case EV_FAIL: add_wrong(r, e); break;
    case EV_SLEEP:
    case EV_RESUME:
    case EV_EXIT:
        if (a != NULL)
            set_end(a, e, v);
        break;
    default: break; /* says nothing about the outcome */
    }
}

struct trace_sink fact_recorder_sink(struct fact_recorder *r)
{
    return (struct trace_sink){record, r, SINK_WITHOUT_LOCKS};
}

/* -- what was recorded ------------------------------------------------------------------------- */

static void move_facts(struct facts *to, struct facts *from)
{
    for (size_t i = 0; i < from->count; i++)
        facts_add(to, &from->items[i]);
    to->out_of_memory |= from->out_of_memory;
    to->repeats |= from->repeats;
    facts_free(from);
}

static void take_actor(struct facts *all, struct recorded_actor *a)
{
    move_facts(all, &a->results);
    if (a->end.length > 0)
        facts_add(all, &(struct fact){.kind = FACT_END,
                                      .process = a->name,
                                      .text = strbuf_text(&a->end),
                                      .number = 1});
    free(a->name);
    strbuf_free(&a->call);
    strbuf_free(&a->bytes);
    strbuf_free(&a->end);
}

struct facts fact_recorder_take(struct fact_recorder *r)
{
    struct facts all = {0};
    struct strbuf text = {0};
    if (r->output.length > 0) {
        add_bytes(&text, &r->output);
        facts_add(&all,
                  &(struct fact){.kind = FACT_OUTPUT, .text = strbuf_text(&text), .number = 1});
    }
    move_facts(&all, &r->facts);
    for (size_t i = 0; i < r->actor_count; i++)
        take_actor(&all, &r->actors[i]);
    strbuf_free(&text);
    strbuf_free(&r->output);
    free(r->actors);
    *r = (struct fact_recorder){0};
    return all;
}

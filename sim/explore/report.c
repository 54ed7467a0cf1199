/* report.c - see report.h. */
#include "sim/explore/report.h"

#include "sim/explore/story.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* -- its parts --------------------------------------------------------------------------------- */

struct report *report_empty(void)
{
    return calloc(1, sizeof(struct report));
}

/* One more, all zero. NULL: memory is short. */
static void *add(void **all, size_t *count, size_t *room, size_t size)
{
    if (*count == *room) {
        size_t more = *room == 0 ? 8 : *room * 2;
        void *grown = realloc(*all, more * size);
        if (grown == NULL)
            return NULL;
        *all = grown;
        *room = more;
    }
    char *made = (char *)*all + *count * size;
    memset(made, 0, size);
    (*count)++;
    return made;
}

struct report_outcome *report_add_outcome(struct report *r)
{
    return add((void **)&r->outcomes, &r->outcome_count, &r->outcome_room, sizeof *r->outcomes);
}

struct report_failure *report_add_failure(struct report *r)
{
    return add((void **)&r->failures, &r->failure_count, &r->failure_room, sizeof *r->failures);
}

struct report_cycle *report_add_cycle(struct report *r)
{
    return add((void **)&r->cycles, &r->cycle_count, &r->cycle_room, sizeof *r->cycles);
}

struct report_claim *report_add_claim(struct report *r)
{
    return add((void **)&r->claims, &r->claim_count, &r->claim_room, sizeof *r->claims);
}

void report_free_outcome(struct report_outcome *o)
{
    facts_free(&o->facts);
    free(o->again.schedule);
    free(o->failure);
}

void report_free_failure(struct report_failure *f)
{
    free(f->id);
    free(f->headline);
    free(f->story);
    free(f->messages);
    free(f->again.schedule);
}

void report_free(struct report *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->outcome_count; i++)
        report_free_outcome(&r->outcomes[i]);
    for (size_t i = 0; i < r->failure_count; i++)
        report_free_failure(&r->failures[i]);
    for (size_t i = 0; i < r->cycle_count; i++) {
        free(r->cycles[i].who);
        free(r->cycles[i].again.schedule);
    }
    for (size_t i = 0; i < r->claim_count; i++)
        free(r->claims[i].text);
    free(r->outcomes);
    free(r->failures);
    free(r->cycles);
    free(r->claims);
    free(r->file);
    free(r->title);
    free(r->how);
    free(r->tail);
    free(r);
}

/* -- from an exploration ----------------------------------------------------------------------- */

struct making {
    struct report *r;
    const struct program *program;
    const struct explore_options *options;
};

static struct again again_of(const struct finding *f)
{
    return (struct again){strdup(f->schedule), f->cost};
}

static char *failure_id(const struct finding *f)
{
    struct strbuf id = {0};
    strbuf_addf(&id, "%d-%016" PRIx64 "%016" PRIx64, f->verdict, f->ending.failure.a,
                f->ending.failure.b);
    return id.bytes;
}

static bool make_outcome(struct making *m, const struct finding *f)
{
    struct fact_recorder recorder;
    fact_recorder_init(&recorder, m->options->run->outcome);
    struct trace_sink sink = fact_recorder_sink(&recorder);
    struct report_outcome *o = report_add_outcome(m->r);
    if (o == NULL)
        return false;
    explore_again(m->program, m->options->run, f->schedule, &sink, 1, NULL, NULL);
    o->facts = fact_recorder_take(&recorder);
    o->verdict = f->verdict;
    o->executions = f->executions;
    o->broken = f->ending.broken;
    o->again = again_of(f);
    o->failure = f->verdict != VERDICT_AS_EXPECTED ? failure_id(f) : NULL;
    m->r->repeats |= o->facts.repeats;
    return !o->facts.out_of_memory && o->again.schedule != NULL &&
           (f->verdict == VERDICT_AS_EXPECTED || o->failure != NULL);
}

static char *text_of(struct strbuf *s)
{
    return s->bytes != NULL ? s->bytes : strdup("");
}

static bool make_failure(struct making *m, const struct finding *f)
{
    struct story *story = story_new(m->program);
    struct diag_list messages = {0};
    struct strbuf text = {0};
    struct report_failure *made = report_add_failure(m->r);
    if (made == NULL || story == NULL) {
        story_free(story);
        return false;
    }
    struct trace_sink sink = story_sink(story);
    explore_again(m->program, m->options->run, f->schedule, &sink, 1, &messages, NULL);
    diag_render(&messages, &m->program->source, DIAG_PLAIN, &text);
    made->id = failure_id(f);
    made->headline = story_headline(story, f->verdict, &messages);
    made->story = story_text(story);
    made->messages = text_of(&text);
    made->verdict = f->verdict;
    made->executions = f->executions;
    made->again = again_of(f);
    story_free(story);
    diag_list_free(&messages);
    return made->id != NULL && made->headline != NULL && made->story != NULL &&
           made->messages != NULL && made->again.schedule != NULL;
}

static bool make_cycle(struct making *m, const struct endless *c)
{
    struct report_cycle *made = report_add_cycle(m->r);
    if (made == NULL)
        return false;
    made->progress = c->cycle.progress;
    made->again = (struct again){strdup(c->schedule), c->cost};
    made->who = strdup(c->who);
    return made->again.schedule != NULL && made->who != NULL;
}

static const char *claim_word(enum claim_kind kind)
{
    static const char *const words[] = {"end", "always", "never", "sometimes", "expect at"};
    return words[kind];
}

static bool make_claim(struct making *m, size_t i, uint64_t met)
{
    const struct claim *c = &m->program->claims[i];
    const struct source *source = &m->program->source;
    struct report_claim *made = report_add_claim(m->r);
    struct strbuf text = {0};
    if (made == NULL)
        return false;
    strbuf_add(&text, claim_word(c->kind));
    if (c->kind == CLAIM_AT)
        strbuf_addf(&text, " %" PRId64 ":", c->tick);
    strbuf_add(&text, " ");
    strbuf_add_bytes(&text, source->text + c->place.at, c->place.length);
    made->kind = c->kind;
    made->text = text.bytes;
    made->line = source_place(source, c->place.at).line;
    made->met = i < 64 && (met >> i & 1) != 0;
    return made->text != NULL && !text.out_of_memory;
}

static bool fill(struct making *m, const struct exploration *e)
{
    bool good = true;
    for (size_t i = 0; good && i < e->outcome_count; i++)
        good = make_outcome(m, &e->outcomes[i]);
    for (size_t i = 0; good && i < e->failure_count; i++)
        good = make_failure(m, &e->failures[i]);
    for (size_t i = 0; good && i < m->program->claim_count; i++)
        good = make_claim(m, i, e->claims_met);
    for (size_t i = 0; good && i < e->cycle_count; i++)
        good = make_cycle(m, &e->cycles[i]);
    return good;
}

static uint64_t hash_of(const struct source *source)
{
    struct digest d = {0};
    digest_add_bytes(&d, source->text, source->size);
    return d.a;
}

static void copy_figures(struct report *r, const struct explore_options *o,
                         const struct exploration *e)
{
    r->part = o->part;
    r->parts = o->parts;
    r->executions = e->executions;
    r->made = e->made;
    r->blocked = e->blocked;
    r->states = e->states;
    r->samples = o->samples;
    r->sample = e->sample;
    r->reduction = e->reduction;
    r->seconds = e->seconds;
    r->covered = e->covered;
    r->end = e->end;
    r->preemptions = o->bounds.preemptions;
    r->bounded = e->bounded;
}

struct report *report_new(const struct program *program, const struct explore_options *options,
                          const struct exploration *e, const char *how, const char *tail)
{
    struct report *r = report_empty();
    if (r == NULL)
        return NULL;
    struct making m = {r, program, options};
    copy_figures(r, options, e);
    r->file = strdup(program->source.name);
    r->title = strdup(program->title);
    r->how = strdup(how);
    r->tail = strdup(tail);
    r->script = hash_of(&program->source);
    if (r->file != NULL && r->title != NULL && r->how != NULL && r->tail != NULL && fill(&m, e) &&
        report_unite(r))
        return r;
    report_free(r);
    return NULL;
}

/* -- what it comes to -------------------------------------------------------------------------- */

bool report_complete(const struct report *r)
{
    bool whole = r->parts == 0 || r->joined == r->parts;
    return r->end == SEARCH_COMPLETE && !r->bounded && r->samples == 0 && whole;
}

static bool has(const struct report *r, enum verdict verdict)
{
    for (size_t i = 0; i < r->failure_count; i++) {
        if (r->failures[i].verdict == verdict)
            return true;
    }
    return false;
}

static bool has_livelock(const struct report *r)
{
    return r->cycle_count > 0 && !r->cycles[0].progress;
}

static bool misses_a_claim(const struct report *r)
{
    for (size_t i = 0; i < r->claim_count; i++) {
        if (r->claims[i].kind == CLAIM_SOMETIMES && !r->claims[i].met)
            return true;
    }
    return false;
}

enum verdict report_verdict(const struct report *r)
{
    bool one_part = r->parts > 0 && r->joined == 0;
    if (r->end == SEARCH_STOPPED)
        return VERDICT_INTERRUPTED;
    if (has(r, VERDICT_BAD_SCRIPT))
        return VERDICT_BAD_SCRIPT;
    if (has(r, VERDICT_CRASHED))
        return VERDICT_CRASHED;
    if (has(r, VERDICT_STUCK) || has_livelock(r))
        return VERDICT_STUCK;
    if (has(r, VERDICT_FAILED) || (misses_a_claim(r) && report_complete(r)))
        return VERDICT_FAILED;
    if (has(r, VERDICT_LIMIT))
        return VERDICT_LIMIT;
    if (!report_complete(r) && !(one_part && r->end == SEARCH_COMPLETE && !r->bounded))
        return VERDICT_LIMIT;
    return VERDICT_AS_EXPECTED;
}

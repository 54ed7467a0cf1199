/* report_json.c - writing (see report_json.h). */
#include "sim/explore/report_json.h"

#include "sim/trace/json_trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void add_text(struct strbuf *out, const char *key, const char *text)
{
    json_add_text(out, key, text, strlen(text));
}

static void add_hash(struct strbuf *out, const char *key, uint64_t hash)
{
    char text[24];
    snprintf(text, sizeof text, "%016" PRIx64, hash);
    add_text(out, key, text);
}

/* A string, since there may be more than other programs can count. */
static void add_schedules(struct strbuf *out, struct tally_of_paths n)
{
    char text[64], digits[64];
    size_t count = 0;
    paths_format(n, text, sizeof text);
    for (const char *at = text; *at != '\0'; at++) {
        if (*at != ',')
            digits[count++] = *at;
    }
    digits[count] = '\0';
    add_text(out, "schedules", n.infinite ? "infinite" : n.too_many ? "too many" : digits);
}

static void add_again(struct strbuf *out, const struct again *again)
{
    json_add_int(out, "preemptions", again->cost.preemptions);
    json_add_int(out, "switches", again->cost.switches);
    json_add_int(out, "steps", again->cost.steps);
    add_text(out, "schedule", again->schedule);
}

static void add_head(struct strbuf *out, const struct report *r, const char *program)
{
    strbuf_add(out, "{\"event\":\"exploration\"");
    add_text(out, "pipesim", program);
    json_add_int(out, "version", REPORT_JSON_VERSION);
    add_text(out, "file", r->file);
    add_text(out, "scenario", r->title);
    add_hash(out, "script", r->script);
    add_text(out, "options", r->how);
    add_text(out, "again", r->tail);
    json_add_int(out, "part", r->part);
    json_add_int(out, "parts", r->parts);
    json_add_int(out, "joined", r->joined);
    strbuf_add(out, "}\n");
}

static const char *fact_name(enum fact_kind kind)
{
    static const char *const names[] = {"output", "result", "wrong", "end"};
    return names[kind];
}

static void add_fact(struct strbuf *out, const struct fact *f)
{
    struct strbuf line = {0};
    strbuf_add(&line, "{");
    add_text(&line, "fact", fact_name(f->kind));
    add_text(&line, "process", f->process);
    json_add_int(&line, "line", f->line);
    json_add_int(&line, "number", f->number);
    add_text(&line, "call", f->call);
    add_text(&line, "text", f->text);
    strbuf_addf(out, "%s}", strbuf_text(&line));
    strbuf_free(&line);
}

static void add_outcome(struct strbuf *out, const struct report_outcome *o)
{
    strbuf_add(out, "{\"event\":\"outcome\"");
    json_add_int(out, "status", o->verdict);
    add_schedules(out, o->executions);
    add_again(out, &o->again);
    if (o->failure != NULL)
        add_text(out, "failure", o->failure);
    add_hash(out, "broken", o->broken);
    strbuf_add(out, ",\"facts\":[");
    for (size_t i = 0; i < o->facts.count; i++) {
        strbuf_add(out, i > 0 ? "," : "");
        add_fact(out, &o->facts.items[i]);
    }
    strbuf_add(out, "]}\n");
}

static void add_failure(struct strbuf *out, const struct report_failure *f)
{
    strbuf_add(out, "{\"event\":\"failure\"");
    add_text(out, "id", f->id);
    json_add_int(out, "status", f->verdict);
    add_text(out, "headline", f->headline);
    add_schedules(out, f->executions);
    add_again(out, &f->again);
    add_text(out, "story", f->story);
    add_text(out, "messages", f->messages);
    strbuf_add(out, "}\n");
}

static void add_cycle(struct strbuf *out, const struct report_cycle *c)
{
    strbuf_add(out, "{\"event\":\"cycle\"");
    add_text(out, "processes", c->who);
    json_add_int(out, "progress", c->progress);
    add_again(out, &c->again);
    strbuf_add(out, "}\n");
}

static void add_claim(struct strbuf *out, const struct report_claim *c)
{
    strbuf_add(out, "{\"event\":\"claim\"");
    json_add_int(out, "kind", c->kind);
    json_add_int(out, "line", c->line);
    add_text(out, "claim", c->text);
    json_add_int(out, "met", c->met);
    strbuf_add(out, "}\n");
}

static void add_total(struct strbuf *out, const struct report *r)
{
    static const char *const reductions[] = {"states", "orders", "none"};
    static const char *const ends[] = {"complete", "executions", "memory", "time", "stopped"};
    strbuf_add(out, "{\"event\":\"total\"");
    json_add_int(out, "status", report_verdict(r));
    json_add_int(out, "complete", report_complete(r));
    add_schedules(out, r->executions);
    json_add_int(out, "outcomes", (int64_t)r->outcome_count);
    json_add_int(out, "failures", (int64_t)r->failure_count);
    json_add_int(out, "states", (int64_t)r->states);
    json_add_int(out, "executions", (int64_t)r->made);
    json_add_int(out, "blocked", (int64_t)r->blocked);
    json_add_int(out, "samples", (int64_t)r->samples);
    add_text(out, "reduction", reductions[r->reduction]);
    add_text(out, "end", ends[r->end]);
    json_add_int(out, "preemption_bound", r->preemptions);
    json_add_int(out, "bounded", r->bounded);
    json_add_int(out, "repeats", r->repeats);
    strbuf_addf(out, ",\"covered\":%.17g,\"seconds\":%.6f}\n", r->covered, r->seconds);
}

void report_write_json(const struct report *r, const char *program, struct strbuf *out)
{
    add_head(out, r, program);
    for (size_t i = 0; i < r->outcome_count; i++)
        add_outcome(out, &r->outcomes[i]);
    for (size_t i = 0; i < r->failure_count; i++)
        add_failure(out, &r->failures[i]);
    for (size_t i = 0; i < r->cycle_count; i++)
        add_cycle(out, &r->cycles[i]);
    for (size_t i = 0; i < r->claim_count; i++)
        add_claim(out, &r->claims[i]);
    add_total(out, r);
}

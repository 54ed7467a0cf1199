/* report_read.c - reading a report back (see report_json.h), with jansson. */
#include "sim/explore/report_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef PIPESIM_JANSSON

bool report_reads_json(void)
{
    return false;
}

struct report *report_read_json(const char *text, size_t size, const char *program, char **error)
{
    (void)text;
    (void)size;
    (void)program;
    *error = strdup("this pipesim was built without jansson, and cannot read results");
    return NULL;
}

#else

#include <jansson.h>

bool report_reads_json(void)
{
    return true;
}

/* A line on its way in. What is missing or of the wrong type is remembered. */
struct reading {
    struct report *r;
    const json_t *object; /* borrowed */
    const char *program;
    struct strbuf error;
};

static void complain(struct reading *in, const char *key)
{
    if (in->error.length == 0)
        strbuf_addf(&in->error, "\"%s\" is missing, or is not what it should be", key);
}

/* -- values ------------------------------------------------------------------------------------ */

/* Bytes were written as the characters of the same number (json_trace.h). */
static char *bytes_of(const char *utf8, size_t n)
{
    char *bytes = malloc(n + 1);
    size_t count = 0;
    for (size_t i = 0; bytes != NULL && i < n; i++) {
        unsigned char c = (unsigned char)utf8[i];
        bool pair = (c == 0xc2 || c == 0xc3) && i + 1 < n;
        bytes[count++] = pair ? (char)((c & 3) << 6 | (utf8[++i] & 0x3f)) : (char)c;
    }
    if (bytes != NULL)
        bytes[count] = '\0';
    return bytes;
}

static char *text_at(struct reading *in, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    char *text = json_is_string(value)
                     ? bytes_of(json_string_value(value), json_string_length(value))
                     : NULL;
    if (text == NULL)
        complain(in, key);
    return text;
}

static int64_t integer_at(struct reading *in, const json_t *object, const char *key, int64_t most)
{
    const json_t *value = json_object_get(object, key);
    int64_t n = json_is_integer(value) ? (int64_t)json_integer_value(value) : -2;
    if (n >= -1 && n <= most)
        return n;
    complain(in, key);
    return 0;
}

static double real_at(struct reading *in, const char *key)
{
    const json_t *value = json_object_get(in->object, key);
    if (!json_is_number(value))
        complain(in, key);
    return json_number_value(value);
}

static uint64_t hash_at(struct reading *in, const char *key)
{
    const char *text = json_string_value(json_object_get(in->object, key));
    char *end = NULL;
    uint64_t hash = text != NULL ? strtoull(text, &end, 16) : 0;
    if (text == NULL || *text == '\0' || *end != '\0')
        complain(in, key);
    return hash;
}

/* n * 10 + digit, in 128 bits */
static struct tally_of_paths next_digit(struct tally_of_paths n, unsigned digit)
{
    struct tally_of_paths sum = {.low = digit};
    for (int i = 0; i < 10; i++)
        sum = paths_sum(sum, n);
    return sum;
}

static struct tally_of_paths schedules_at(struct reading *in)
{
    struct tally_of_paths n = {0};
    const char *text = json_string_value(json_object_get(in->object, "schedules"));
    if (text != NULL && strcmp(text, "infinite") == 0)
        n.infinite = true;
    else if (text != NULL && strcmp(text, "too many") == 0)
        n.too_many = true;
    else if (text == NULL || *text == '\0' || strspn(text, "0123456789") != strlen(text))
        complain(in, "schedules");
    else
        for (; *text != '\0'; text++)
            n = next_digit(n, (unsigned)(*text - '0'));
    return n;
}

static int word_at(struct reading *in, const json_t *object, const char *key,
                   const char *const *words)
{
    const char *text = json_string_value(json_object_get(object, key));
    for (int i = 0; text != NULL && words[i] != NULL; i++) {
        if (strcmp(text, words[i]) == 0)
            return i;
    }
    complain(in, key);
    return 0;
}

static enum verdict verdict_at(struct reading *in)
{
    int64_t n = integer_at(in, in->object, "status", 255);
    if (n < 0 || (n > VERDICT_CRASHED && n != VERDICT_LIMIT && n != VERDICT_INTERRUPTED))
        complain(in, "status");
    return (enum verdict)n;
}

static struct again again_at(struct reading *in)
{
    const json_t *o = in->object;
    return (struct again){.schedule = text_at(in, o, "schedule"),
                          .cost = {(uint32_t)integer_at(in, o, "preemptions", UINT32_MAX),
                                   (uint32_t)integer_at(in, o, "switches", UINT32_MAX),
                                   (uint32_t)integer_at(in, o, "steps", UINT32_MAX)}};
}

/* -- lines ------------------------------------------------------------------------------------- */

static void read_head(struct reading *in)
{
    struct report *r = in->r;
    const json_t *o = in->object;
    const char *program = json_string_value(json_object_get(o, "pipesim"));
    int64_t version = integer_at(in, o, "version", INT64_MAX);
    if (program == NULL || strcmp(program, in->program) != 0 || version != REPORT_JSON_VERSION) {
        strbuf_clear(&in->error);
        strbuf_addf(&in->error,
                    "this was made by pipesim %s (results of version %lld), and this is %s",
                    program != NULL ? program : "?", (long long)version, in->program);
        return;
    }
    r->file = text_at(in, o, "file");
    r->title = text_at(in, o, "scenario");
    r->script = hash_at(in, "script");
    r->how = text_at(in, o, "options");
    r->tail = text_at(in, o, "again");
    r->part = (uint32_t)integer_at(in, o, "part", UINT32_MAX);
    r->parts = (uint32_t)integer_at(in, o, "parts", UINT32_MAX);
    r->joined = (uint32_t)integer_at(in, o, "joined", UINT32_MAX);
}

static void read_fact(struct reading *in, const json_t *o, struct facts *facts)
{
    static const char *const kinds[] = {"output", "result", "wrong", "end", NULL};
    char *process = text_at(in, o, "process"), *call = text_at(in, o, "call"),
         *text = text_at(in, o, "text");
    facts_add(facts, &(struct fact){.kind = (enum fact_kind)word_at(in, o, "fact", kinds),
                                    .process = process,
                                    .call = call,
                                    .text = text,
                                    .line = (int)integer_at(in, o, "line", INT32_MAX),
                                    .number = (int)integer_at(in, o, "number", INT32_MAX)});
    free(process);
    free(call);
    free(text);
}

static void read_outcome(struct reading *in)
{
    const json_t *facts = json_object_get(in->object, "facts");
    struct report_outcome *o = report_add_outcome(in->r);
    if (o == NULL || !json_is_array(facts)) {
        complain(in, "facts");
        return;
    }
    o->verdict = verdict_at(in);
    o->executions = schedules_at(in);
    o->again = again_at(in);
    o->broken = hash_at(in, "broken");
    if (o->verdict != VERDICT_AS_EXPECTED)
        o->failure = text_at(in, in->object, "failure");
    for (size_t i = 0; i < json_array_size(facts); i++)
        read_fact(in, json_array_get(facts, i), &o->facts);
}

static void read_failure(struct reading *in)
{
    struct report_failure *f = report_add_failure(in->r);
    const json_t *o = in->object;
    if (f == NULL) {
        complain(in, "id");
        return;
    }
    f->id = text_at(in, o, "id");
    f->headline = text_at(in, o, "headline");
    f->story = text_at(in, o, "story");
    f->messages = text_at(in, o, "messages");
    f->verdict = verdict_at(in);
    f->executions = schedules_at(in);
    f->again = again_at(in);
}

static void read_cycle(struct reading *in)
{
    struct report_cycle *c = report_add_cycle(in->r);
    if (c == NULL) {
        complain(in, "processes");
        return;
    }
    c->who = text_at(in, in->object, "processes");
    c->progress = integer_at(in, in->object, "progress", 1) == 1;
    c->again = again_at(in);
}

static void read_claim(struct reading *in)
{
    struct report_claim *c = report_add_claim(in->r);
    if (c == NULL) {
        complain(in, "claim");
        return;
    }
    c->kind = (enum claim_kind)integer_at(in, in->object, "kind", CLAIM_AT);
    c->line = (int)integer_at(in, in->object, "line", INT32_MAX);
    c->text = text_at(in, in->object, "claim");
    c->met = integer_at(in, in->object, "met", 1) == 1;
}

static void read_total(struct reading *in)
{
    static const char *const reductions[] = {"states", "orders", "none", NULL};
    static const char *const ends[] = {"complete", "executions", "memory", "time", "stopped", NULL};
    struct report *r = in->r;
    const json_t *o = in->object;
    r->executions = schedules_at(in);
    r->states = (uint64_t)integer_at(in, o, "states", INT64_MAX);
    r->made = (uint64_t)integer_at(in, o, "executions", INT64_MAX);
    r->blocked = (uint64_t)integer_at(in, o, "blocked", INT64_MAX);
    r->samples = (uint64_t)integer_at(in, o, "samples", INT64_MAX);
    r->reduction = (enum reduction)word_at(in, o, "reduction", reductions);
    r->end = (enum search_end)word_at(in, o, "end", ends);
    r->preemptions = integer_at(in, o, "preemption_bound", INT64_MAX);
    r->bounded = integer_at(in, o, "bounded", 1) == 1;
    r->repeats = integer_at(in, o, "repeats", 1) == 1;
    r->covered = real_at(in, "covered");
    r->seconds = real_at(in, "seconds");
}

/* Which event a line is; its place in the file. */
enum line_kind { HEAD, OUTCOME, FAILURE, CYCLE, CLAIM, TOTAL, EVENTS };

static enum line_kind read_line(struct reading *in)
{
    static const char *const names[] = {"exploration", "outcome", "failure", "cycle",
                                        "claim",       "total",   NULL};
    static void (*const readers[])(struct reading *) = {read_head,  read_outcome, read_failure,
                                                        read_cycle, read_claim,   read_total};
    int which = word_at(in, in->object, "event", names);
    if (in->error.length > 0)
        return EVENTS;
    bool first = in->r->file == NULL;
    if (first != (which == HEAD))
        strbuf_add(&in->error,
                   "this is no result of `pipesim explore --json`, or its first line is missing");
    else
        readers[which](in);
    return (enum line_kind)which;
}

static char *failed(struct reading *in, size_t line)
{
    struct strbuf text = {0};
    strbuf_addf(&text, "line %zu: %s", line, strbuf_text(&in->error));
    return text.bytes;
}

struct report *report_read_json(const char *text, size_t size, const char *program, char **error)
{
    struct reading in = {.r = report_empty(), .program = program};
    enum line_kind last = EVENTS;
    size_t line = 0;
    const char *end = text + size;
    while (in.r != NULL && in.error.length == 0 && text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t n = newline != NULL ? (size_t)(newline - text) : (size_t)(end - text);
        json_error_t problem;
        json_t *object = json_loadb(text, n, 0, &problem);
        line++;
        in.object = object;
        if (last == TOTAL)
            strbuf_add(&in.error, "there is something after the last line of a result");
        else if (object == NULL)
            strbuf_addf(&in.error, "this is not JSON: %s", problem.text);
        else
            last = read_line(&in);
        json_decref(object);
        text += n + (newline != NULL);
    }
    if (in.error.length == 0 && last != TOTAL)
        strbuf_add(&in.error,
                   "the last line, with the totals, is missing: was it still being made?");
    *error = in.error.length > 0 ? failed(&in, line) : NULL;
    strbuf_free(&in.error);
    if (*error == NULL)
        return in.r;
    report_free(in.r);
    return NULL;
}

#endif

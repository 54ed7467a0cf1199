/* scripted.c - see scripted.h. */
#include "tests/sim/scripted.h"

#include "sim/run/vocabulary.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void to_strbuf(void *ctx, const char *bytes, size_t n)
{
    strbuf_add_bytes(ctx, bytes, n);
}

static size_t longest_name(const struct program *p)
{
    size_t longest = 0;
    for (size_t i = 0; i < p->block_count; i++) {
        size_t n = strlen(p->blocks[i].name);
        longest = n > longest ? n : longest;
    }
    return longest;
}

static void open_sinks(struct scripted *s)
{
    struct trace_output text = {to_strbuf, &s->text}, json = {to_strbuf, &s->json};
    text_trace_init(&s->text_trace, text, s->options.depth, s->options.color,
                    longest_name(s->program));
    json_trace_init(&s->json_trace, json, s->options.depth);
    sequence_init(&s->sequence, s->options.depth);
    s->sinks[0] = text_trace_sink(&s->text_trace);
    s->sinks[1] = json_trace_sink(&s->json_trace);
    s->sinks[2] = sequence_sink(&s->sequence);
    s->options.run.sinks = s->sinks;
    s->options.run.sink_count = 3;
}

struct scripted *script_begin_bytes(const char *bytes, size_t n,
                                    const struct script_options *options)
{
    struct scripted *s = calloc(1, sizeof *s);
    char *copy = malloc(n > 0 ? n : 1);
    ck_assert_ptr_nonnull(s);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, n);
    if (options != NULL)
        s->options = *options;
    s->source = (struct source){"test.pipe", copy, n};
    s->program = script_parse(&s->source, vocabulary(), &s->diags);
    if (s->program == NULL)
        return s;
    open_sinks(s);
    s->run = run_begin(s->program, &s->options.run, &s->diags);
    return s;
}

struct scripted *script_begin(const char *text, const struct script_options *options)
{
    return script_begin_bytes(text, strlen(text), options);
}

void script_finish(struct scripted *s)
{
    if (s->run != NULL) {
        s->end = run_go(s->run, UINT64_MAX);
        s->verdict = run_judge(s->run, s->end);
    } else {
        s->verdict = s->program == NULL ? VERDICT_BAD_SCRIPT : VERDICT_LIMIT;
    }
    strbuf_clear(&s->messages);
    diag_render(&s->diags, &s->source, DIAG_PLAIN, &s->messages);
}

void script_free(struct scripted *s)
{
    run_free(s->run);
    if (s->program != NULL) {
        text_trace_fini(&s->text_trace);
        json_trace_fini(&s->json_trace);
        sequence_fini(&s->sequence);
    }
    strbuf_free(&s->text);
    strbuf_free(&s->json);
    strbuf_free(&s->messages);
    diag_list_free(&s->diags);
    program_free(s->program);
    free((char *)s->source.text);
    free(s);
}

struct scripted *run_text(const char *text, const struct script_options *options)
{
    struct scripted *s = script_begin(text, options);
    script_finish(s);
    return s;
}

struct scripted *replay(const char *text, const char *schedule_in_text, enum trace_depth depth)
{
    struct schedule schedule;
    const char *error;
    size_t at;
    schedule_init(&schedule, (struct freedom){0});
    ck_assert_int_eq(schedule_parse(&schedule, schedule_in_text, &error, &at), 0);
    struct script_options options = {
        .run = {.policy = POLICY_SCHEDULE, .freedom = schedule.freedom, .schedule = &schedule},
        .depth = depth};
    struct scripted *s = run_text(text, &options);
    s->options.run.schedule = NULL;
    schedule_fini(&schedule);
    return s;
}

/* -- what a test says of a scenario --------------------------------------------------------------- */

/* Check refuses messages that are too long. */
enum { SHOWN = 1500 };

void ends_as_with(const char *text, const struct script_options *options, enum verdict verdict,
                  const char *fragment)
{
    struct scripted *s = run_text(text, options);
    const char *messages = strbuf_text(&s->messages);
    ck_assert_msg(s->verdict == verdict, "verdict %d, not %d, of\n%.*s\n%.*s%.*s", (int)s->verdict,
                  (int)verdict, SHOWN, text, SHOWN, messages, SHOWN, strbuf_text(&s->text));
    ck_assert_msg(strstr(messages, fragment) != NULL, "'%s' is not in\n%.*s\nof\n%.*s", fragment,
                  SHOWN, messages, SHOWN, text);
    script_free(s);
}

void ends_as(const char *text, enum verdict verdict, const char *fragment)
{
    ends_as_with(text, NULL, verdict, fragment);
}

void comes_true(const char *text)
{
    ends_as(text, VERDICT_AS_EXPECTED, "");
}

void comes_true_with(const char *text, const struct script_options *options)
{
    ends_as_with(text, options, VERDICT_AS_EXPECTED, "");
}

void is_wrong(const char *text, const char *place, const char *fragment)
{
    struct scripted *s = script_begin(text, NULL);
    char head[64];
    diag_render(&s->diags, &s->source, DIAG_PLAIN, &s->messages);
    const char *messages = strbuf_text(&s->messages);
    snprintf(head, sizeof head, "test.pipe:%s: error: ", place);
    ck_assert_msg(s->program == NULL, "this is taken for a program:\n%.*s", SHOWN, text);
    ck_assert_msg(strncmp(messages, head, strlen(head)) == 0, "not at %s:\n%s", place, messages);
    ck_assert_msg(strstr(messages, fragment) != NULL, "'%s' is not in\n%s", fragment, messages);
    script_free(s);
}

void holds_after(const char *statements, const char *condition)
{
    struct strbuf text = {0};
    strbuf_addf(&text, "process a {\n%s\nassert(%s)\n}\n", statements, condition);
    struct scripted *s = run_text(strbuf_text(&text), NULL);
    ck_assert_msg(s->verdict == VERDICT_AS_EXPECTED, "%s%s", strbuf_text(&text),
                  strbuf_text(&s->messages));
    ck_assert_int_ge(run_checks(s->run).results, 1);
    script_free(s);
    strbuf_free(&text);
}

void holds(const char *condition)
{
    holds_after("", condition);
}

void is_mistake(const char *statements, const char *fragment)
{
    struct strbuf text = {0};
    strbuf_addf(&text, "process a {\n%s\n}\n", statements);
    ends_as(strbuf_text(&text), VERDICT_BAD_SCRIPT, fragment);
    strbuf_free(&text);
}

void text_contains(const char *text, const char *fragment)
{
    ck_assert_msg(strstr(text, fragment) != NULL, "'%s' is not in\n%.*s", fragment, SHOWN, text);
}

void text_lacks(const char *text, const char *fragment)
{
    ck_assert_msg(strstr(text, fragment) == NULL, "'%s' is in\n%.*s", fragment, SHOWN, text);
}

size_t occurrences(const char *text, const char *fragment)
{
    size_t n = 0;
    for (const char *at = strstr(text, fragment); at != NULL; at = strstr(at + 1, fragment))
        n++;
    return n;
}

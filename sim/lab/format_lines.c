/* format_lines.c - the formats of test runners: JUnit's XML and TAP 13. */
#include "sim/lab/formats.h"

#include <inttypes.h>
#include <stdio.h>

/* -- XML --------------------------------------------------------------------------------------- */

/* XML has no way to write most control characters. */
static void add_xml(struct strbuf *out, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        if (*at == '&')
            strbuf_add(out, "&amp;");
        else if (*at == '<')
            strbuf_add(out, "&lt;");
        else if (*at == '>')
            strbuf_add(out, "&gt;");
        else if (*at == '"')
            strbuf_add(out, "&quot;");
        else if ((*at < ' ' && *at != '\n' && *at != '\t') || *at >= 0x7f)
            strbuf_addf(out, "\\x%02x", *at);
        else
            strbuf_add_char(out, (char)*at);
    }
}

static void add_attribute(struct strbuf *out, const char *name, const char *text)
{
    strbuf_addf(out, " %s=\"", name);
    add_xml(out, text);
    strbuf_add(out, "\"");
}

struct counts {
    size_t tests, failures, errors, skipped;
};

static struct counts count(const struct submission *s)
{
    struct counts n = {.tests = s->check.lab->item_count};
    for (size_t i = 0; i < n.tests; i++) {
        const struct item_result *r = &s->check.items[i];
        if (s->state != OVER && r->state == NOT_LOOKED_AT)
            n.skipped++;
        else if (r->state == NOT_LOOKED_AT || r->trial.outcome == OUTCOME_CANNOT_SAY)
            n.errors++;
        else
            n.failures += !item_passed(r);
    }
    return n;
}

static void add_counts(struct strbuf *out, struct counts n, double seconds)
{
    strbuf_addf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.3f\"",
                n.tests, n.failures, n.errors, n.skipped, seconds);
}

static void add_why(struct strbuf *out, const struct submission *s, const struct item_result *r)
{
    bool error = r->state == NOT_LOOKED_AT || r->trial.outcome == OUTCOME_CANNOT_SAY;
    const char *tag = error ? "error" : "failure";
    struct strbuf text = {0};
    add_explanation(&text, r, HIDDEN);
    strbuf_addf(out, ">\n      <%s", tag);
    add_attribute(out, "type", r->item->name);
    add_attribute(out, "message", item_headline(&s->check, r));
    strbuf_add(out, ">");
    add_xml(out, strbuf_text(&text));
    strbuf_addf(out, "</%s>\n    </testcase>\n", tag);
    strbuf_free(&text);
}

static void add_case(struct strbuf *out, const struct submission *s, const struct item_result *r)
{
    strbuf_add(out, "    <testcase");
    add_attribute(out, "classname", s->name);
    add_attribute(out, "name", r->item->name);
    strbuf_addf(out, " time=\"%.3f\"", r->seconds);
    if (item_passed(r))
        strbuf_add(out, "/>\n");
    else if (s->state != OVER && r->state == NOT_LOOKED_AT)
        strbuf_add(out, "><skipped message=\"not looked at yet\"/></testcase>\n");
    else
        add_why(out, s, r);
}

void format_junit(const struct group *g, struct strbuf *out)
{
    struct counts sum = {0};
    for (size_t i = 0; i < g->count; i++) {
        struct counts n = count(&g->submissions[i]);
        sum.tests += n.tests;
        sum.failures += n.failures;
        sum.errors += n.errors;
        sum.skipped += n.skipped;
    }
    strbuf_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    add_attribute(out, "name", g->lab->name);
    add_counts(out, sum, g->seconds);
    strbuf_add(out, ">\n");
    for (size_t i = 0; i < g->count; i++) {
        const struct submission *s = &g->submissions[i];
        strbuf_add(out, "  <testsuite");
        add_attribute(out, "name", s->name);
        add_counts(out, count(s), s->check.seconds);
        strbuf_add(out, ">\n");
        for (size_t j = 0; j < g->lab->item_count; j++)
            add_case(out, s, &s->check.items[j]);
        strbuf_add(out, "  </testsuite>\n");
    }
    strbuf_add(out, "</testsuites>\n");
}

/* -- TAP --------------------------------------------------------------------------------------- */

/* '#' begins a directive. */
static void add_description(struct strbuf *out, const char *text)
{
    size_t begin = out->length;
    strbuf_add_harmless(out, text);
    for (size_t i = begin; i < out->length; i++) {
        if (out->bytes[i] == '#')
            out->bytes[i] = ' ';
    }
}

static void add_yaml(struct strbuf *out, const char *key, const char *text)
{
    strbuf_addf(out, "  %s: ", key);
    strbuf_add_json(out, text, strlen(text));
    strbuf_add(out, "\n");
}

static void add_tap(struct strbuf *out, const struct submission *s, const struct item_result *r,
                    size_t number)
{
    bool passed = item_passed(r), skipped = s->state != OVER && r->state == NOT_LOOKED_AT;
    strbuf_addf(out, "%s %zu - ", passed || skipped ? "ok" : "not ok", number);
    add_description(out, s->name);
    strbuf_add(out, ": ");
    add_description(out, r->item->title);
    strbuf_add(out, skipped ? " # SKIP not looked at yet\n" : "\n");
    if (passed || skipped)
        return;
    strbuf_add(out, "  ---\n");
    add_yaml(out, "message", item_headline(&s->check, r));
    strbuf_add(out, "  severity: fail\n");
    add_yaml(out, "item", r->item->name);
    add_yaml(out, "cause", item_cause(r));
    add_yaml(out, "again", strbuf_text(&r->trial.again));
    strbuf_add(out, "  ...\n");
}

void format_tap(const struct group *g, struct strbuf *out)
{
    size_t number = 0;
    strbuf_addf(out, "TAP version 13\n1..%zu\n", g->count * g->lab->item_count);
    for (size_t i = 0; i < g->count; i++) {
        for (size_t j = 0; j < g->lab->item_count; j++)
            add_tap(out, &g->submissions[i], &g->submissions[i].check.items[j], ++number);
    }
}

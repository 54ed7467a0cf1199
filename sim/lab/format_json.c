/* format_json.c - the formats that are JSON: our own, Gradescope's, GitHub Classroom's and Autolab's. */
#include "sim/lab/formats.h"

#include <inttypes.h>

static void add_key(struct strbuf *out, const char *key)
{
    char last = out->length > 0 ? out->bytes[out->length - 1] : '{';
    strbuf_addf(out, "%s\"%s\": ", last == '{' || last == '[' ? "" : ", ", key);
}

static void add_text(struct strbuf *out, const char *key, const char *text)
{
    add_key(out, key);
    strbuf_add_json(out, text, strlen(text));
}

static void add_int(struct strbuf *out, const char *key, int64_t n)
{
    add_key(out, key);
    strbuf_add_int(out, n);
}

static void add_seconds(struct strbuf *out, const char *key, double seconds)
{
    add_key(out, key);
    strbuf_addf(out, "%.3f", seconds);
}

static void begin_object(struct strbuf *out)
{
    char last = out->length > 0 ? out->bytes[out->length - 1] : '[';
    strbuf_add(out, last == '}' ? ",\n    {" : "\n    {");
}

static const char *status(const struct item_result *r, const char *passed, const char *failed,
                          const char *error)
{
    return item_passed(r)                                                ? passed
           : r->state == LOOKED_AT && r->trial.outcome == OUTCOME_FAILED ? failed
                                                                         : error;
}

/* Why it gave no points, for a student. */
static void explain(struct strbuf *text, const struct check *c, const struct item_result *r)
{
    if (item_passed(r))
        return;
    if (r->state == LOOKED_AT)
        add_explanation(text, r, VISIBLE);
    else
        strbuf_addf(text, "%s\n", item_headline(c, r));
}

/* -- ours -------------------------------------------------------------------------------------- */

static void add_our_item(struct strbuf *out, const struct check *c, const struct item_result *r)
{
    begin_object(out);
    add_text(out, "name", r->item->name);
    add_text(out, "title", r->item->title);
    add_text(out, "status",
             r->state == NOT_LOOKED_AT ? "not looked at" : status(r, "passed", "failed", "error"));
    add_int(out, "score", item_passed(r) ? r->item->points : 0);
    add_int(out, "points", r->item->points);
    add_text(out, "visibility", r->item->visibility == VISIBLE ? "visible" : "hidden");
    add_seconds(out, "seconds", r->seconds);
    if (!item_passed(r)) {
        add_text(out, "headline", item_headline(c, r));
        add_text(out, "cause", item_cause(r));
        add_text(out, "story", strbuf_text(&r->trial.story));
        add_text(out, "again", strbuf_text(&r->trial.again));
    }
    strbuf_add(out, "}");
}

/* What there was to shut in what was handed in: true, or it could do that. */
static void add_bars(struct strbuf *out, unsigned bars)
{
    static const struct {
        const char *name;
        enum cage_bar bar;
    } all[] = {
        {"files", CAGE_BAR_FILES}, {"calls", CAGE_BAR_CALLS}, {"compiler", CAGE_BAR_COMPILER}};
    add_key(out, "shut_in");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        strbuf_addf(out, "%s\"%s\": %s", i == 0 ? "{" : ", ", all[i].name,
                    (bars & all[i].bar) != 0 ? "true" : "false");
    strbuf_add(out, "}");
}

void format_json_group(const struct group *g, struct strbuf *out)
{
    static const char *const states[] = {"not begun", "not finished", "graded"};
    strbuf_addf(out, "{\"v\": 1, \"lab\": \"%s\"", g->lab->name);
    add_int(out, "points", lab_points(g->lab));
    add_seconds(out, "seconds", g->seconds);
    add_bars(out, g->bars);
    add_key(out, "submissions");
    strbuf_add(out, "[");
    for (size_t i = 0; i < g->count; i++) {
        const struct check *c = &g->submissions[i].check;
        strbuf_add(out, i > 0 ? ",\n  {" : "\n  {");
        add_text(out, "name", g->submissions[i].name);
        add_text(out, "state", states[g->submissions[i].state]);
        add_int(out, "score", check_score(c));
        add_seconds(out, "seconds", c->seconds);
        add_text(out, "compiler", strbuf_text(&c->said));
        add_text(out, "ended", strbuf_text(&c->ended));
        add_key(out, "items");
        strbuf_add(out, "[");
        for (size_t j = 0; j < g->lab->item_count; j++)
            add_our_item(out, c, &c->items[j]);
        strbuf_add(out, "]}");
    }
    strbuf_add(out, "]}\n");
}

/* -- Gradescope -------------------------------------------------------------------------------- */

static void add_gradescope_test(struct strbuf *out, const struct check *c, size_t i)
{
    const struct item_result *r = &c->items[i];
    struct strbuf text = {0};
    explain(&text, c, r);
    begin_object(out);
    add_text(out, "name", r->item->title);
    add_key(out, "number");
    strbuf_addf(out, "\"%zu\"", i + 1);
    add_int(out, "score", item_passed(r) ? r->item->points : 0);
    add_int(out, "max_score", r->item->points);
    add_text(out, "status", status(r, "passed", "failed", "failed"));
    add_text(out, "output_format", "text");
    add_text(out, "output", strbuf_text(&text));
    add_text(out, "visibility", r->item->visibility == VISIBLE ? "visible" : "after_due_date");
    add_key(out, "tags");
    strbuf_add(out, "[");
    strbuf_add_json(out, r->item->name, strlen(r->item->name));
    strbuf_add(out, "]}");
    strbuf_free(&text);
}

void format_gradescope(const struct submission *s, struct strbuf *out)
{
    const struct check *c = &s->check;
    struct strbuf text = {0};
    strbuf_add(&text, strbuf_text(&c->said));
    if (s->state != OVER)
        strbuf_add(&text, "Grading has not come to its end: this is what is known so far.\n");
    if (c->ended.length > 0)
        strbuf_addf(&text, "It ended early: %s.\n", strbuf_text(&c->ended));
    strbuf_addf(&text, "%" PRId64 " of %" PRId64 " points.\n", check_score(c), lab_points(c->lab));
    strbuf_add(out, "{");
    add_int(out, "score", check_score(c));
    add_seconds(out, "execution_time", c->seconds);
    add_text(out, "output", strbuf_text(&text));
    add_text(out, "output_format", "text");
    add_text(out, "test_output_format", "text");
    add_text(out, "stdout_visibility", "hidden");
    add_key(out, "tests");
    strbuf_add(out, "[");
    for (size_t i = 0; i < c->lab->item_count; i++)
        add_gradescope_test(out, c, i);
    strbuf_add(out, "]");
    add_key(out, "extra_data");
    strbuf_add(out, "{");
    add_text(out, "lab", c->lab->name);
    strbuf_add(out, "}}\n");
    strbuf_free(&text);
}

/* -- GitHub Classroom -------------------------------------------------------------------------- */

static void add_base64(struct strbuf *out, const unsigned char *bytes, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t three = (uint32_t)bytes[i] << 16 | (i + 1 < n ? (uint32_t)bytes[i + 1] << 8 : 0) |
                         (i + 2 < n ? bytes[i + 2] : 0);
        for (int j = 0; j < 4; j++)
            strbuf_add_char(out, i + (size_t)j > n ? '=' : digits[three >> (18 - 6 * j) & 63]);
    }
}

static void add_classroom_test(struct strbuf *out, const struct check *c, size_t i)
{
    const struct item_result *r = &c->items[i];
    struct strbuf text = {0};
    explain(&text, c, r);
    begin_object(out);
    add_text(out, "name", r->item->title);
    add_text(out, "status", status(r, "pass", "fail", "error"));
    add_int(out, "score", item_passed(r) ? r->item->points : 0);
    add_text(out, "message", strbuf_text(&text));
    add_text(out, "test_code", "pipesim lab check");
    add_text(out, "filename", c->lab->hand_in);
    add_int(out, "line_no", 0);
    add_int(out, "duration", (int64_t)(r->seconds * 1000));
    strbuf_add(out, "}");
    strbuf_free(&text);
}

void format_classroom(const struct submission *s, struct strbuf *out)
{
    const struct check *c = &s->check;
    bool error = c->built != BUILT || c->ended.length > 0;
    struct strbuf json = {0};
    strbuf_add(&json, "{");
    add_int(&json, "version", 1);
    add_text(&json, "status", error ? "error" : check_first_failure(c) == NULL ? "pass" : "fail");
    add_int(&json, "max_score", lab_points(c->lab));
    add_key(&json, "tests");
    strbuf_add(&json, "[");
    for (size_t i = 0; i < c->lab->item_count; i++)
        add_classroom_test(&json, c, i);
    strbuf_add(&json, "]}");
    add_base64(out, (const unsigned char *)strbuf_text(&json), json.length);
    strbuf_add(out, "\n");
    strbuf_free(&json);
}

/* -- Autolab ----------------------------------------------------------------------------------- */

static void add_autolab_feedback(struct strbuf *out, const struct check *c)
{
    strbuf_add(out, "{");
    add_text(out, "_presentation", "semantic");
    add_key(out, "stages");
    strbuf_add(out, "[\"Build\", \"Items\"]");
    add_key(out, "Build");
    strbuf_addf(out, "{\"compile\": {\"passed\": %s}}", c->built == BUILT ? "true" : "false");
    add_key(out, "Items");
    strbuf_add(out, "{");
    for (size_t i = 0; i < c->lab->item_count; i++) {
        const struct item_result *r = &c->items[i];
        bool passed = item_passed(r);
        add_key(out, r->item->name);
        strbuf_addf(out, "{\"passed\": %s", passed ? "true" : "false");
        if (!passed)
            add_text(out, "hint", item_cause(r)[0] != '\0' ? item_cause(r) : r->item->title);
        strbuf_add(out, "}");
    }
    strbuf_add(out, "}}\n");
}

/* A problem of Autolab's for each item, with the item's name; the scores come last. */
void format_autolab(const struct submission *s, struct strbuf *out)
{
    const struct check *c = &s->check;
    format_for_student(c, out);
    add_autolab_feedback(out, c);
    strbuf_add(out, "{\"scores\": {");
    for (size_t i = 0; i < c->lab->item_count; i++)
        add_int(out, c->items[i].item->name,
                item_passed(&c->items[i]) ? c->items[i].item->points : 0);
    strbuf_addf(out, "}, \"scoreboard\": [%" PRId64 "]}\n", check_score(c));
}

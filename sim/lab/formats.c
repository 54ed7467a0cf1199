/* formats.c - see formats.h: what is for people, and which format. */
#include "sim/lab/formats.h"

#include <inttypes.h>

const char *const format_names[] = {"text",    "json",  "gradescope", "classroom",
                                    "autolab", "junit", "tap",        NULL};

bool format_is_single(enum format f)
{
    return f == FORMAT_GRADESCOPE || f == FORMAT_CLASSROOM || f == FORMAT_AUTOLAB;
}

bool item_passed(const struct item_result *r)
{
    return r->state == LOOKED_AT && r->trial.outcome == OUTCOME_PASSED;
}

const char *item_headline(const struct check *c, const struct item_result *r)
{
    if (r->state == LOOKED_AT)
        return strbuf_text(&r->trial.headline);
    if (c->built == BUILT_NOT)
        return "the code does not compile";
    return c->ended.length > 0 ? strbuf_text(&c->ended) : "not looked at";
}

/* -- in words ---------------------------------------------------------------------------------- */

static void add_indented(struct strbuf *out, const char *text, const char *margin)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        strbuf_add(out, margin);
        strbuf_add_bytes(out, text, n);
        strbuf_add(out, "\n");
        text += n + (text[n] == '\n');
    }
}

void add_explanation(struct strbuf *out, const struct item_result *r, enum visibility reader)
{
    const char *cause = item_cause(r);
    bool all = r->item->visibility == VISIBLE || reader == HIDDEN;
    if (all && r->trial.headline.length > 0)
        strbuf_addf(out, "what happened: %s\n", strbuf_text(&r->trial.headline));
    if (all)
        add_indented(out, strbuf_text(&r->trial.story), "  ");
    if (cause[0] != '\0')
        strbuf_addf(out, "look for: %s\n", cause);
    if (all && r->trial.again.length > 0) {
        strbuf_add(out, "see it again:\n");
        add_indented(out, strbuf_text(&r->trial.again), "  ");
    }
}

static const char *mark(const struct item_result *r)
{
    return item_passed(r)                       ? "passed"
           : r->state != LOOKED_AT              ? "-"
           : r->trial.outcome == OUTCOME_FAILED ? "FAILED"
                                                : "ERROR";
}

static void add_item_line(struct strbuf *out, const struct item_result *r)
{
    size_t start = out->length;
    strbuf_addf(out, "  %-7s ", mark(r));
    strbuf_add_int_right(out, item_passed(r) ? r->item->points : 0, 3);
    strbuf_add(out, "/");
    strbuf_add_int(out, r->item->points);
    strbuf_pad(out, start, 18);
    strbuf_addf(out, "%s\n", r->item->title);
}

static void add_failures(const struct check *c, struct strbuf *out)
{
    const struct item_result *first = check_first_failure(c);
    size_t others = 0;
    if (first == NULL || c->built == BUILT_NOT || first->state == NOT_LOOKED_AT)
        return;
    for (size_t i = 0; i < c->lab->item_count; i++)
        others += !item_passed(&c->items[i]);
    strbuf_addf(out, "\nThe first that failed: %s\n", first->item->title);
    add_explanation(out, first, VISIBLE);
    if (others > 1)
        strbuf_add(out, "Mend this first: what else failed may come from it.\n");
}

void format_for_student(const struct check *c, struct strbuf *out)
{
    strbuf_addf(out, "lab %s: %s\n", c->lab->name, c->lab->title);
    if (c->said.length > 0) {
        strbuf_add(out, c->built == BUILT ? "  the compiler says:\n" : "  it does not compile:\n");
        add_indented(out, strbuf_text(&c->said), "    ");
    }
    for (size_t i = 0; i < c->lab->item_count && c->built != BUILT_NOT; i++)
        add_item_line(out, &c->items[i]);
    add_failures(c, out);
    if (c->ended.length > 0)
        strbuf_addf(out, "\nIt ended early: %s\n", strbuf_text(&c->ended));
    strbuf_addf(out, "\n%" PRId64 " of %" PRId64 " points\n", check_score(c), lab_points(c->lab));
}

void format_line(const struct submission *s, struct strbuf *out)
{
    const struct check *c = &s->check;
    const struct item_result *first = check_first_failure(c);
    size_t start = out->length;
    strbuf_add_harmless(out, s->name);
    strbuf_add_char(out, ' ');
    strbuf_pad(out, start, 24);
    strbuf_add_int_right(out, check_score(c), 4);
    strbuf_addf(out, " of %" PRId64, lab_points(c->lab));
    if (s->state != OVER)
        strbuf_add(out, s->state == WAITING ? "  not begun" : "  not finished");
    else if (first != NULL) {
        strbuf_addf(out, "  %s: ", c->built == BUILT_NOT ? "build" : first->item->name);
        strbuf_add_harmless(out, item_headline(c, first));
    }
    strbuf_add(out, "\n");
}

static void format_text(const struct group *g, struct strbuf *out)
{
    int64_t sum = 0;
    size_t full = 0;
    for (size_t i = 0; i < g->count; i++) {
        format_line(&g->submissions[i], out);
        int64_t score = check_score(&g->submissions[i].check);
        sum += score;
        full += score == lab_points(g->lab);
    }
    strbuf_addf(out, "%zu submissions, %zu with all points, %.1f of %" PRId64 " in the mean\n",
                g->count, full, g->count > 0 ? (double)sum / (double)g->count : 0.0,
                lab_points(g->lab));
}

/* -- which ------------------------------------------------------------------------------------- */

void format_one(const struct submission *s, enum format f, struct strbuf *out)
{
    if (f == FORMAT_GRADESCOPE)
        format_gradescope(s, out);
    else if (f == FORMAT_CLASSROOM)
        format_classroom(s, out);
    else
        format_autolab(s, out);
}

void format_group(const struct group *g, enum format f, struct strbuf *out)
{
    switch (f) {
    case FORMAT_TEXT: format_text(g, out); break;
    case FORMAT_JSON: format_json_group(g, out); break;
    case FORMAT_JUNIT: format_junit(g, out); break;
    case FORMAT_TAP: format_tap(g, out); break;
    case FORMAT_GRADESCOPE:
    case FORMAT_CLASSROOM:
    case FORMAT_AUTOLAB:
        if (g->count > 0)
            format_one(&g->submissions[0], f, out);
        break;
    }
}

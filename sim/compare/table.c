/* table.c - see table.h. */
#include "sim/compare/table.h"

#include "sim/compare/rows.h"

#include <inttypes.h>

/* -- the table --------------------------------------------------------------------------------- */

enum { ROWS_SHOWN = 60, ROWS_BEFORE = 20, WIDEST_CALL = 44, WIDEST_RESULT = 28 };

struct widths {
    size_t name, call, results[2];
};

static void widen(size_t *width, size_t length, size_t most)
{
    length = length > most ? most : length;
    *width = length > *width ? length : *width;
}

static struct widths widths_of(const struct comparison *c, const struct rows *rows)
{
    struct widths w = {7, 4, {6, 6}};
    for (size_t i = 0; i < c->a.record.actor_count; i++)
        widen(&w.name, strlen(c->a.record.actors[i].name), WIDEST_CALL);
    for (size_t i = 0; i < rows->count; i++) {
        widen(&w.call, rows->rows[i].call.length, WIDEST_CALL);
        for (int side = 0; side < 2; side++)
            widen(&w.results[side], rows->rows[i].results[side].length, WIDEST_RESULT);
    }
    for (int side = 0; side < 2; side++)
        widen(&w.results[side], strlen(c->names[side]), WIDEST_RESULT);
    return w;
}

/* Padded; what is too long is cut. */
static void add_cell(struct strbuf *out, const char *text, size_t width)
{
    size_t start = out->length, length = strlen(text);
    if (length > width) {
        strbuf_add_bytes(out, text, width - 3);
        strbuf_add(out, "...");
    } else {
        strbuf_add(out, text);
    }
    strbuf_pad(out, start, width + 2);
}

static void end_line(struct strbuf *out)
{
    while (out->length > 0 && out->bytes[out->length - 1] == ' ')
        out->length--;
    strbuf_add_char(out, '\n');
}

static void add_row(const struct comparison *c, const struct row *row, const struct row *before,
                    struct widths w, enum table_color color, struct strbuf *out)
{
    bool shown = row->kind == ROW_CAUSE || before == NULL;
    bool colored = color == TABLE_COLORED && row->differs;
    bool same_name = row->kind == ROW_EFFECT && before != NULL && before->actor == row->actor;
    strbuf_add(out, colored ? "\033[1;31m" : "");
    if (shown)
        strbuf_add_int_right(out, row->cause->tick, 4);
    else
        strbuf_add(out, "    ");
    strbuf_add(out, "  ");
    add_cell(out, same_name ? "" : c->a.record.actors[row->actor].name, w.name);
    add_cell(out, strbuf_text(&row->call), w.call);
    add_cell(out, strbuf_text(&row->results[0]), w.results[0]);
    add_cell(out, strbuf_text(&row->results[1]), w.results[1]);
    if (row->differs)
        strbuf_add(out, "<-- differs");
    strbuf_add(out, colored ? "\033[0m" : "");
    end_line(out);
}

void comparison_table(const struct comparison *c, enum table_color color, struct strbuf *out)
{
    struct rows rows = rows_of(c);
    struct widths w = widths_of(c, &rows);
    size_t first = rows.count > ROWS_SHOWN ? rows.count - ROWS_BEFORE : 0;
    strbuf_add(out, "tick  ");
    add_cell(out, "process", w.name);
    add_cell(out, "call", w.call);
    add_cell(out, c->names[0], w.results[0]);
    strbuf_add(out, c->names[1]);
    end_line(out);
    if (first > 0)
        strbuf_addf(out, " ...  %zu rows that are the same\n", first);
    for (size_t i = first; i < rows.count; i++)
        add_row(c, &rows.rows[i], i > first ? &rows.rows[i - 1] : NULL, w, color, out);
    rows_free(&rows);
}

/* -- the verdict ------------------------------------------------------------------------------- */

static size_t calls_in(const struct comparison *c, size_t rounds)
{
    size_t n = 0;
    for (size_t i = 0; i < rounds && i < c->a.record.count; i++)
        n += c->a.record.rounds[i].cause.kind == CAUSE_CALL;
    return n;
}

static size_t calls_that_are_the_same(const struct comparison *c)
{
    return calls_in(c,
                    c->result == COMPARED_DIFFERENT && c->rounds > 0 ? c->rounds - 1 : c->rounds);
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

enum { WIDTH = 92 };

/* Broken at blanks, each line behind two. */
static void add_wrapped(const char *text, struct strbuf *out)
{
    size_t column = 0;
    while (*text != '\0') {
        size_t word = strcspn(text, " ");
        if (column > 0 && column + 1 + word > WIDTH) {
            strbuf_add_char(out, '\n');
            column = 0;
        }
        strbuf_add(out, column == 0 ? "  " : " ");
        strbuf_add_bytes(out, text, word);
        column += word + (column == 0 ? 2 : 1);
        text += word + (text[word] == ' ');
    }
    strbuf_add_char(out, '\n');
}

static void add_explanation(const struct comparison *c, struct strbuf *out)
{
    struct strbuf text = {0};
    difference_explain(c, &text);
    if (text.length > 0)
        add_wrapped(strbuf_text(&text), out);
    strbuf_free(&text);
}

void comparison_verdict(const struct comparison *c, struct strbuf *out)
{
    size_t n = calls_that_are_the_same(c);
    switch (c->result) {
    case COMPARED_SAME:
        strbuf_addf(out, "the same: %zu call%s, with results, sleeps and ends, on %s and %s\n", n,
                    plural(n), c->names[0], c->names[1]);
        break;
    case COMPARED_DIFFERENT:
        strbuf_addf(out, "different, after %zu call%s that %s the same on %s and %s\n", n,
                    plural(n), n == 1 ? "is" : "are", c->names[0], c->names[1]);
        add_explanation(c, out);
        break;
    case COMPARED_NOT:
        strbuf_addf(out, "cannot be compared%s: %s\n", n > 0 ? " further" : "",
                    strbuf_text(&c->why));
        if (n > 0)
            strbuf_addf(out, "up to there: %zu call%s, the same on %s and %s\n", n, plural(n),
                        c->names[0], c->names[1]);
        break;
    }
}

void comparison_line(const struct comparison *c, struct strbuf *out)
{
    size_t n = calls_that_are_the_same(c);
    switch (c->result) {
    case COMPARED_SAME: strbuf_addf(out, "same, %zu call%s", n, plural(n)); break;
    case COMPARED_DIFFERENT: strbuf_addf(out, "differs after %zu call%s", n, plural(n)); break;
    case COMPARED_NOT:
        if (n > 0)
            strbuf_addf(out, "same for %zu call%s of %zu; then it ", n, plural(n),
                        calls_in(c, c->a.record.count));
        strbuf_addf(out, "cannot be compared: %s", strbuf_text(&c->why));
        break;
    }
}

/* -- JSON Lines -------------------------------------------------------------------------------- */

static void add_text(struct strbuf *out, const char *key, const char *text)
{
    strbuf_addf(out, ",\"%s\":", key);
    strbuf_add_json(out, text, strlen(text));
}

static void add_row_json(const struct comparison *c, const struct row *row, struct strbuf *out)
{
    strbuf_addf(out, "{\"event\":\"row\",\"tick\":%" PRId64 ",\"line\":%d", row->cause->tick,
                row->cause->line);
    add_text(out, "process", c->a.record.actors[row->actor].name);
    add_text(out, "kind", row->kind == ROW_CAUSE ? "cause" : "effect");
    add_text(out, "call", strbuf_text(&row->call));
    add_text(out, "a", strbuf_text(&row->results[0]));
    add_text(out, "b", strbuf_text(&row->results[1]));
    strbuf_addf(out, ",\"differs\":%s}\n", row->differs ? "true" : "false");
}

void comparison_json(const struct comparison *c, const char *version, const char *file,
                     struct strbuf *out)
{
    static const char *const words[] = {"same", "different", "", "cannot be compared"};
    struct rows rows = rows_of(c);
    struct strbuf explained = {0};
    strbuf_addf(out, "{\"pipesim\":\"%s\",\"compare\":1", version);
    add_text(out, "file", file);
    add_text(out, "a", c->names[0]);
    add_text(out, "b", c->names[1]);
    strbuf_add(out, "}\n");
    for (size_t i = 0; i < rows.count; i++)
        add_row_json(c, &rows.rows[i], out);
    if (c->result == COMPARED_DIFFERENT)
        difference_explain(c, &explained);
    strbuf_addf(out, "{\"event\":\"verdict\",\"status\":%d", (int)c->result);
    add_text(out, "verdict", words[c->result]);
    strbuf_addf(out, ",\"calls\":%zu", calls_that_are_the_same(c));
    add_text(out, "why", strbuf_text(c->result == COMPARED_NOT ? &c->why : &explained));
    strbuf_add(out, "}\n");
    strbuf_free(&explained);
    rows_free(&rows);
}

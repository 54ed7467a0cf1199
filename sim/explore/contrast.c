/* contrast.c - see contrast.h. */
#include "sim/explore/contrast.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_WIDTH = 98, LINES_OF_A_PROCESS = 3, INDENTATION = 7 };

/* A fact of some outcome. */
struct listed {
    const struct fact *fact;
    size_t index; /* over all outcomes */
};

struct contrast {
    const struct report *r;
    enum contrast_length length;
    bool *differs; /* owned; for each fact, over all outcomes: is its line worth showing? */
    size_t *first; /* owned; of each outcome, the index of its first fact */
    size_t name_width;
};

/* -- finding them ------------------------------------------------------------------------------ */

static int by_line(const struct fact *a, const struct fact *b)
{
    if (a->kind != b->kind)
        return (int)a->kind - (int)b->kind;
    int order = strcmp(a->process, b->process);
    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static int by_key(const void *x, const void *y)
{
    const struct listed *a = x, *b = y;
    int order = by_line(a->fact, b->fact);
    if (order != 0)
        return order;
    if (a->fact->number != b->fact->number)
        return a->fact->number < b->fact->number ? -1 : 1;
    return strcmp(a->fact->text, b->fact->text);
}

static bool same_key(const struct fact *a, const struct fact *b)
{
    return by_line(a, b) == 0 && a->number == b->number;
}

/* Is the fact at `at`, in all outcomes and the same there? *end: the next key. */
static bool is_shared(const struct contrast *d, const struct listed *all, size_t count, size_t at,
                      size_t *end)
{
    bool same = true;
    size_t i = at;
    while (i < count && same_key(all[i].fact, all[at].fact)) {
        same = same && strcmp(all[i].fact->text, all[at].fact->text) == 0;
        i++;
    }
    *end = i;
    return same && i - at == d->r->outcome_count;
}

/* A line is shown with all its results if one of them differs. */
static void mark(struct contrast *d, const struct listed *all, size_t count)
{
    size_t start = 0, end;
    while (start < count) {
        bool shared = true;
        size_t line_end = start;
        while (line_end < count && by_line(all[line_end].fact, all[start].fact) == 0) {
            shared = is_shared(d, all, count, line_end, &end) && shared;
            line_end = end;
        }
        for (size_t i = start; i < line_end; i++)
            d->differs[all[i].index] = !shared;
        start = line_end;
    }
}

static size_t list_facts(struct contrast *d, struct listed *all)
{
    size_t n = 0;
    for (size_t i = 0; i < d->r->outcome_count; i++) {
        const struct facts *f = &d->r->outcomes[i].facts;
        d->first[i] = n;
        for (size_t k = 0; k < f->count; k++) {
            size_t width = strlen(f->items[k].process);
            d->name_width = width > d->name_width ? width : d->name_width;
            if (all != NULL)
                all[n] = (struct listed){&f->items[k], n};
            n++;
        }
    }
    return n;
}

struct contrast *contrast_new(const struct report *r, enum contrast_length length)
{
    struct contrast *d = calloc(1, sizeof *d);
    if (d == NULL)
        return NULL;
    *d = (struct contrast){.r = r, .length = length, .name_width = strlen("prints")};
    d->first = calloc(r->outcome_count + 1, sizeof *d->first);
    size_t count = d->first == NULL ? 0 : list_facts(d, NULL);
    struct listed *all = calloc(count + 1, sizeof *all);
    d->differs = calloc(count + 1, sizeof *d->differs);
    if (d->first == NULL || all == NULL || d->differs == NULL) {
        free(all);
        contrast_free(d);
        return NULL;
    }
    list_facts(d, all);
    qsort(all, count, sizeof *all, by_key);
    mark(d, all, count);
    free(all);
    return d;
}

void contrast_free(struct contrast *d)
{
    if (d == NULL)
        return;
    free(d->differs);
    free(d->first);
    free(d);
}

/* -- showing them ------------------------------------------------------------------------------ */

/* A line under construction: pieces after a name, broken where they no longer fit. */
struct row {
    const struct contrast *d;
    struct strbuf *out;
    size_t start; /* of the present line */
    int lines;
    bool begun, cut;
};

static size_t column(const struct row *row)
{
    return row->out->length - row->start;
}

static void begin_row(struct row *row, const char *name)
{
    if (row->begun)
        return;
    row->begun = true;
    row->start = row->out->length;
    strbuf_pad(row->out, row->start, INDENTATION);
    strbuf_add(row->out, name);
    strbuf_pad(row->out, row->start, INDENTATION + row->d->name_width + 2);
    row->lines = 1;
}

/* `separator` stands between this piece and the one before. */
static void add_piece(struct row *row, const char *separator, const char *piece)
{
    size_t margin = INDENTATION + row->d->name_width + 2;
    bool first = column(row) == margin;
    if (row->cut)
        return;
    if (!first)
        strbuf_add(row->out, separator);
    if (!first && column(row) + strlen(piece) > LINE_WIDTH) {
        if (row->d->length == CONTRAST_SHORT && row->lines == LINES_OF_A_PROCESS) {
            strbuf_add(row->out, " ...");
            row->cut = true;
            return;
        }
        if (row->out->bytes[row->out->length - 1] == ' ')
            row->out->length--;
        strbuf_add(row->out, "\n");
        row->start = row->out->length;
        strbuf_pad(row->out, row->start, margin);
        row->lines++;
    }
    strbuf_add(row->out, piece);
}

static void add_fact(struct row *row, const struct fact *f, const struct fact *before)
{
    struct strbuf piece = {0};
    bool more = before != NULL && before->line == f->line && strcmp(before->call, f->call) == 0;
    begin_row(row, f->kind == FACT_OUTPUT ? "prints" : f->process);
    if (f->kind == FACT_RESULT && !more)
        strbuf_addf(&piece, "%s = ", f->call);
    strbuf_add(&piece, f->text);
    add_piece(row, more ? ", " : "; ", strbuf_text(&piece));
    strbuf_free(&piece);
}

/* What is worth a word even if there is nothing to compare it with. */
static bool is_remarkable(const struct fact *f)
{
    bool plain_end = f->kind == FACT_END &&
                     (strcmp(f->text, "exits with 0") == 0 || strcmp(f->text, "ends") == 0);
    return f->kind == FACT_OUTPUT || (f->kind == FACT_END && !plain_end);
}

static bool is_shown(const struct contrast *d, size_t outcome, size_t fact)
{
    const struct fact *f = &d->r->outcomes[outcome].facts.items[fact];
    if (f->kind == FACT_WRONG)
        return false; /* these are told otherwise */
    if (d->r->outcome_count == 1)
        return d->length == CONTRAST_WHOLE || is_remarkable(f);
    return d->differs[d->first[outcome] + fact];
}

void contrast_show(const struct contrast *d, size_t i, struct strbuf *out)
{
    const struct facts *f = &d->r->outcomes[i].facts;
    struct row row = {.d = d, .out = out};
    const struct fact *before = NULL;
    for (size_t k = 0; k < f->count; k++) {
        const struct fact *fact = &f->items[k];
        if (k > 0 && strcmp(fact->process, f->items[k - 1].process) != 0 && row.begun) {
            strbuf_add(out, "\n");
            row = (struct row){.d = d, .out = out};
            before = NULL;
        }
        if (!is_shown(d, i, k))
            continue;
        add_fact(&row, fact, before);
        before = fact;
    }
    if (row.begun)
        strbuf_add(out, "\n");
}

/* chart.c - see chart.h. A line is drawn into cells, lifelines first, then what happens on it. */
#include "sim/trace/chart.h"

#include "sim/trace/columns.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TICK_WIDTH = COLUMNS_LEFT_EDGE - 2,
    HEAD_EVERY = 40 /* lines: then the names stand there again */
};

enum tone { TONE_PLAIN, TONE_DIM, TONE_NAME, TONE_ASLEEP, TONE_AWAKE, TONE_WRONG };

static const char *const tone_codes[] = {"\033[0m",  "\033[2m",  "\033[1m",
                                         "\033[33m", "\033[32m", "\033[1;31m"};

/* One column of a line: a character, as UTF-8. */
struct cell {
    const char *glyph;
    char byte; /* when there is no glyph */
    enum tone tone;
};

struct glyphs {
    const char *life, *dash, *dots, *right, *left;
};

static const struct glyphs glyph_sets[] = {
    [CHART_ASCII] = {"|", "-", "-", ">", "<"},
    [CHART_UTF8] = {"│", "─", "╌", "▸", "◂"},
};

struct chart {
    const struct sequence *sequence;
    const struct chart_style *style;
    const struct glyphs *glyphs;
    struct trace_output out;
    struct columns columns;
    int64_t tick; /* of the line before, or -1 */
    int lines;    /* since the names stood there */
    struct cell cells[COLUMNS_WIDEST_LINE];
    struct strbuf line;
};

static const char *text_of(const struct chart *c, const struct moment *m)
{
    return sequence_text(c->sequence, m->text);
}

static const char *fill_of(const struct chart *c, const struct moment *m)
{
    return sequence_text(c->sequence, m->fill);
}

static int length(const char *text)
{
    return (int)strlen(text);
}

static const char *name_of(const struct chart *c, int column)
{
    return c->sequence->participants[c->columns.at[column].participant].name;
}

/* The words of a moment, in brief if there is not enough room. */
static const char *fitting(const struct chart *c, const struct moment *m, int room)
{
    return length(text_of(c, m)) <= room ? text_of(c, m) : sequence_text(c->sequence, m->brief);
}

/* -- cells ------------------------------------------------------------------------------------- */

static void set_glyph(struct chart *c, int x, const char *glyph, enum tone tone)
{
    if (x >= 0 && x < c->columns.width)
        c->cells[x] = (struct cell){glyph, 0, tone};
}

/* Text, cut with ".." if there is no room for it. */
static void set_text(struct chart *c, int x, int room, const char *text, enum tone tone)
{
    int n = length(text);
    bool cut = n > room;
    for (int i = 0; i < (cut ? room : n) && x + i < c->columns.width; i++)
        c->cells[x + i] = (struct cell){NULL, cut && i >= room - 2 ? '.' : text[i], tone};
}

static void begin_line(struct chart *c)
{
    for (int i = 0; i < c->columns.width; i++)
        c->cells[i] = (struct cell){NULL, ' ', TONE_PLAIN};
}

static void end_line(struct chart *c)
{
    int n = c->columns.width;
    enum tone tone = TONE_PLAIN;
    while (n > 0 && c->cells[n - 1].glyph == NULL && c->cells[n - 1].byte == ' ')
        n--;
    strbuf_clear(&c->line);
    for (int i = 0; i < n; i++) {
        const struct cell *cell = &c->cells[i];
        bool blank = cell->glyph == NULL && cell->byte == ' ';
        if (c->style->color == TEXT_COLORED && cell->tone != tone && !blank) {
            if (tone != TONE_PLAIN)
                strbuf_add(&c->line, tone_codes[TONE_PLAIN]);
            if (cell->tone != TONE_PLAIN)
                strbuf_add(&c->line, tone_codes[cell->tone]);
            tone = cell->tone;
        }
        if (cell->glyph != NULL)
            strbuf_add(&c->line, cell->glyph);
        else
            strbuf_add_char(&c->line, cell->byte);
    }
    if (tone != TONE_PLAIN)
        strbuf_add(&c->line, tone_codes[TONE_PLAIN]);
    strbuf_add_char(&c->line, '\n');
    c->out.write(c->out.ctx, strbuf_text(&c->line), c->line.length);
    c->lines++;
}

static void draw_lifeline(struct chart *c, const struct column *column)
{
    if (column->life == LIFE_AWAKE)
        set_glyph(c, column->x, c->glyphs->life, TONE_PLAIN);
    else if (column->life == LIFE_ASLEEP)
        set_text(c, column->x, 1, "z", TONE_ASLEEP);
}

static void draw_lifelines(struct chart *c)
{
    for (int i = 0; i < c->columns.count; i++)
        draw_lifeline(c, &c->columns.at[i]);
}

/* -- what happens on a line -------------------------------------------------------------------- */

/* The box of the pipe that takes part, around its lifeline. */
static void draw_box(struct chart *c, const struct moment *m)
{
    const char *fill = fill_of(c, m);
    if (m->fill == 0)
        return;
    const struct column *pipe = columns_of_box(&c->columns, m);
    int n = length(fill), x = pipe->x - pipe->before, inside = pipe->before + pipe->after - 1;
    for (int i = 0; i < inside + 2; i++)
        set_text(c, x + i, 1, " ", TONE_PLAIN);
    set_text(c, x, 1, "[", TONE_PLAIN);
    set_text(c, x + 1 + inside - n, n, fill, TONE_PLAIN);
    set_text(c, x + 1 + inside, 1, "]", TONE_PLAIN);
}

/* The columns from first to last. */
struct extent {
    int first, last;
};

static bool goes_right(const struct chart *c, const struct moment *m)
{
    return c->columns.place[m->from] < c->columns.place[m->to];
}

/* Those that an arrow may use: between two lifelines, or the box around one of them. */
static struct extent extent_of_arrow(const struct chart *c, const struct moment *m)
{
    bool right = goes_right(c, m);
    const struct column *low = &c->columns.at[c->columns.place[right ? m->from : m->to]];
    const struct column *high = &c->columns.at[c->columns.place[right ? m->to : m->from]];
    return (struct extent){low->x + 1 + (m->fill != 0 ? low->after : 0),
                           high->x - 1 - (m->fill != 0 ? high->before : 0)};
}

/* Between which lifelines the words of an arrow stand: the gap next to whom it comes from; if it is
 * too narrow, the widest one on the way. */
static struct extent gap_of_arrow(const struct chart *c, const struct moment *m, struct extent all)
{
    struct extent best = {0, -1};
    int from = c->columns.place[m->from], step = goes_right(c, m) ? 1 : -1, room = -1;
    for (int i = from; i != c->columns.place[m->to] && room < length(text_of(c, m)); i += step) {
        int low = step > 0 ? c->columns.at[i].x + 1 : c->columns.at[i - 1].x + 1;
        int high = step > 0 ? c->columns.at[i + 1].x - 1 : c->columns.at[i].x - 1;
        low = low < all.first ? all.first : low;
        high = high > all.last ? all.last : high;
        if (high - low + 1 - 4 > room) {
            best = (struct extent){low, high};
            room = high - low + 1 - 4;
        }
    }
    return best;
}

/* In the middle of the gap. Where that is narrow, there is no more of the arrow in it than its head:
 * "-1 byte" would be a number below 0. */
static void draw_words_of_arrow(struct chart *c, const struct moment *m, struct extent e,
                                enum tone tone)
{
    int gap = e.last - e.first + 1;
    const char *text = fitting(c, m, gap - 2);
    bool tight = length(text) > gap - 4;
    int room = tight ? gap - 2 : gap - 4;
    int n = length(text) < room ? length(text) : room,
        x = e.first + (gap - n + (tight && !goes_right(c, m))) / 2;
    if (n <= 2 && n < length(text))
        return;
    for (int i = tight ? e.first : x - 1; i <= (tight ? e.last : x + n); i++)
        set_text(c, i, 1, " ", tone);
    set_text(c, x, n, text, tone);
}

/* Over other lifelines the arrow is interrupted. */
static void draw_arrow(struct chart *c, const struct moment *m, enum tone tone)
{
    struct extent e = extent_of_arrow(c, m);
    bool right = goes_right(c, m), wakes = m->kind == MOMENT_WAKE;
    bool dotted = wakes && c->style->glyphs == CHART_ASCII;
    for (int x = e.first; x <= e.last; x++) {
        bool dot = dotted && (x - e.first) % 2 == (right ? 1 : 0);
        set_glyph(c, x, dot ? " " : wakes ? c->glyphs->dots : c->glyphs->dash, tone);
    }
    for (int i = 0; i < c->columns.count; i++) {
        if (c->columns.at[i].x >= e.first && c->columns.at[i].x <= e.last)
            draw_lifeline(c, &c->columns.at[i]);
    }
    draw_words_of_arrow(c, m, gap_of_arrow(c, m, e), tone);
    set_glyph(c, right ? e.last : e.first, right ? c->glyphs->right : c->glyphs->left, tone);
}

/* Words beside a lifeline. */
static void draw_words(struct chart *c, const struct moment *m, int column, enum tone tone)
{
    int x = c->columns.at[column].x + 2;
    int next = column + 1 < c->columns.count ? c->columns.at[column + 1].x : c->columns.width + 1;
    set_text(c, x, next - 1 - x, fitting(c, m, next - 1 - x), tone);
}

/* Those whose state this moment changes are drawn as they are from here on. */
static void apply(struct chart *c, const struct moment *m)
{
    if (m->kind == MOMENT_START)
        c->columns.at[c->columns.place[m->to]].life = LIFE_AWAKE;
    else if (m->kind == MOMENT_SLEEP)
        c->columns.at[c->columns.place[m->from]].life = LIFE_ASLEEP;
    else if (m->kind == MOMENT_WAKE)
        c->columns.at[c->columns.place[m->to]].life = LIFE_AWAKE;
}

static void draw_moment(struct chart *c, const struct moment *m)
{
    switch (m->kind) {
    case MOMENT_START:
    case MOMENT_BYTES:
    case MOMENT_MESSAGE:
        draw_arrow(c, m, TONE_PLAIN);
        draw_box(c, m);
        break;
    case MOMENT_WAKE:
        if (m->from == NOBODY)
            draw_words(c, m, c->columns.place[m->to], TONE_AWAKE);
        else
            draw_arrow(c, m, TONE_AWAKE);
        break;
    case MOMENT_SLEEP: draw_words(c, m, c->columns.place[m->from], TONE_ASLEEP); break;
    case MOMENT_NOTE: draw_words(c, m, c->columns.place[m->from], TONE_PLAIN); break;
    case MOMENT_EXIT:
        set_text(c, c->columns.at[c->columns.place[m->from]].x, 1, "X", TONE_NAME);
        draw_words(c, m, c->columns.place[m->from], TONE_PLAIN);
        break;
    case MOMENT_FAIL:
        set_text(c, COLUMNS_LEFT_EDGE, c->columns.width - COLUMNS_LEFT_EDGE, text_of(c, m),
                 TONE_WRONG);
        break;
    }
}

/* -- the whole --------------------------------------------------------------------------------- */

/* Over its lifeline, and not over those of its neighbours. */
static void write_name(struct chart *c, int i)
{
    const struct column *column = &c->columns.at[i];
    int before = i == 0 ? COLUMNS_LEFT_EDGE : (column[-1].x + column->x) / 2 + 1;
    int after = i + 1 < c->columns.count ? (column->x + column[1].x) / 2 : c->columns.width;
    int n = length(name_of(c, i)), x = column->x - n / 2;
    if (x < before)
        x = before;
    set_text(c, x, n < after - x ? n : after - x, name_of(c, i), TONE_NAME);
}

static void write_names(struct chart *c)
{
    begin_line(c);
    set_text(c, 1, TICK_WIDTH - 1, "tick", TONE_DIM);
    for (int i = 0; i < c->columns.count; i++)
        write_name(c, i);
    end_line(c);
    c->lines = 0;
}

static void write_lifelines(struct chart *c)
{
    begin_line(c);
    draw_lifelines(c);
    end_line(c);
}

static void write_moment(struct chart *c, const struct moment *m)
{
    char tick[24];
    bool later = m->tick != c->tick;
    if (c->lines >= HEAD_EVERY) {
        write_names(c);
        later = true;
    }
    if (later)
        write_lifelines(c);
    apply(c, m);
    begin_line(c);
    draw_lifelines(c);
    if (later) {
        snprintf(tick, sizeof tick, "%*" PRId64, TICK_WIDTH, m->tick);
        set_text(c, 0, length(tick), tick, TONE_DIM);
    }
    c->tick = m->tick;
    draw_moment(c, m);
    end_line(c);
    if (m->ends != NOBODY)
        c->columns.at[c->columns.place[m->ends]].life = LIFE_OVER;
}

/* Those who are still there at the end. */
static void write_end(struct chart *c)
{
    bool anybody = false;
    for (int i = 0; i < c->columns.count; i++)
        anybody |= c->columns.at[i].life == LIFE_AWAKE || c->columns.at[i].life == LIFE_ASLEEP;
    if (anybody)
        write_lifelines(c);
    struct strbuf words = {0};
    sequence_add_left_out(c->sequence, &words);
    if (words.length > 0)
        strbuf_add_char(&words, '\n');
    strbuf_addf(&words, "\n  %s runs or is ready   z asleep   %s wakes   X ends\n", c->glyphs->life,
                c->style->glyphs == CHART_ASCII ? "- ->" : "╌╌▸");
    c->out.write(c->out.ctx, strbuf_text(&words), words.length);
    strbuf_free(&words);
}

void chart_write(const struct sequence *s, const struct chart_style *style, struct trace_output out)
{
    struct chart *c = s->participant_count > 0 ? calloc(1, sizeof *c) : NULL;
    if (c == NULL) /* or the run has not even begun */
        return;
    c->sequence = s;
    c->style = style;
    c->glyphs = &glyph_sets[style->glyphs];
    c->out = out;
    c->tick = -1;
    columns_find(&c->columns, s, style->width);
    write_names(c);
    for (size_t i = 0; i < s->moment_count; i++)
        write_moment(c, &s->moments[i]);
    write_end(c);
    strbuf_free(&c->line);
    free(c);
}

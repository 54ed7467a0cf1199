/* chart.c - see chart.h. A line is drawn into cells, lifelines first, then what happens on it. */
#include "sim/trace/chart.h"

#include "sim/trace/seating.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TICK_WIDTH = 5,
    LEFT_EDGE = TICK_WIDTH + 2,
    LEAST_GAP = 12,  /* columns between two lifelines */
    WIDEST_GAP = 34, /* words that need more are cut */
    EASY_GAP = 20,   /* the widest where all does not fit anyway */
    LAST_LESS = 4,   /* columns that the gap on the right, where no arrow goes, can do without */
    ARROW_TRIM = 7,  /* of an arrow, around its words: "--- " and " -->" */
    WIDEST_LINE = 4096,
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

enum life { NOT_YET, AWAKE, ASLEEP, OVER };

struct column {
    int participant;
    int x;             /* of the lifeline */
    int before, after; /* columns that the box of a pipe takes on either side of it */
    enum life life;
};

struct chart {
    const struct sequence *sequence;
    const struct chart_style *style;
    const struct glyphs *glyphs;
    struct trace_output out;
    struct column columns[SEQUENCE_PARTICIPANTS];
    int count;
    int place[SEQUENCE_PARTICIPANTS]; /* the column of a participant */
    int width;                        /* of a line */
    int64_t tick;                     /* of the line before, or -1 */
    int lines;                        /* since the names stood there */
    struct cell cells[WIDEST_LINE];
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

/* The words of a moment, in brief if there is not enough room. */
static const char *fitting(const struct chart *c, const struct moment *m, int room)
{
    return length(text_of(c, m)) <= room ? text_of(c, m) : sequence_text(c->sequence, m->brief);
}

/* -- columns ----------------------------------------------------------------------------------- */

/* How far the box of a pipe reaches beyond its lifeline: the widest one it will have. */
static void measure_boxes(struct chart *c)
{
    for (size_t i = 0; i < c->sequence->moment_count; i++) {
        const struct moment *m = &c->sequence->moments[i];
        if (m->fill == 0)
            continue;
        bool into = c->sequence->participants[m->to].kind == PARTICIPANT_PIPE;
        struct column *pipe = &c->columns[c->place[into ? m->to : m->from]];
        int box = length(fill_of(c, m)) + 2;
        if (box / 2 > pipe->before)
            pipe->before = box / 2;
        if (box - 1 - box / 2 > pipe->after)
            pipe->after = box - 1 - box / 2;
    }
}

static int name_length(const struct chart *c, int column)
{
    return length(c->sequence->participants[c->columns[column].participant].name);
}

/* The gap on the right of a column: what is between its lifeline and the next, or the end. */
static int least_gap(const struct chart *c, int column)
{
    if (column + 1 >= c->count) {
        int name = name_length(c, column) / 2 + 1;
        return c->columns[column].after + 1 > name ? c->columns[column].after + 1 : name;
    }
    int boxes = c->columns[column].after + c->columns[column + 1].before + 4;
    return boxes > LEAST_GAP ? boxes : LEAST_GAP;
}

/* The gap in which the words of a moment stand, and how wide that should be. */
static int gap_of(const struct chart *c, const struct moment *m, int *wanted)
{
    int words = length(text_of(c, m));
    if (m->kind == MOMENT_FAIL)
        return -1;
    if (m->kind == MOMENT_WAKE && m->from == NOBODY) {
        *wanted = words + 3;
        return c->place[m->to];
    }
    if (m->to == NOBODY) {
        *wanted = words + 3;
        return c->place[m->from];
    }
    bool right = c->place[m->from] < c->place[m->to];
    int gap = right ? c->place[m->from] : c->place[m->from] - 1;
    *wanted = words + ARROW_TRIM + 1 + c->columns[gap].after + c->columns[gap + 1].before;
    return gap;
}

static void measure_gaps(const struct chart *c, int *gaps)
{
    for (int i = 0; i < c->count; i++) {
        gaps[i] = least_gap(c, i);
        int names = i + 1 < c->count ? (name_length(c, i) + name_length(c, i + 1)) / 2 + 3 : 0;
        if (names > gaps[i])
            gaps[i] = names;
    }
    for (size_t i = 0; i < c->sequence->moment_count; i++) {
        int wanted = 0, gap = gap_of(c, &c->sequence->moments[i], &wanted);
        if (gap >= 0 && wanted > gaps[gap])
            gaps[gap] = wanted;
    }
}

static int clipped(const struct chart *c, const int *gaps, int column, int widest)
{
    bool last = column + 1 == c->count;
    bool tight = widest <= LEAST_GAP;
    int least = least_gap(c, column), most = last && tight ? widest - LAST_LESS : widest;
    if (most < least)
        most = least;
    return gaps[column] < most ? gaps[column] : most;
}

/* With no gap wider than `widest`, unless it must be. How wide a line is then. */
static int place_with(struct chart *c, const int *gaps, int widest)
{
    int x = LEFT_EDGE + c->columns[0].before;
    if (x < LEFT_EDGE + name_length(c, 0) / 2)
        x = LEFT_EDGE + name_length(c, 0) / 2;
    for (int i = 0; i < c->count; i++) {
        c->columns[i].x = x;
        x += clipped(c, gaps, i, widest);
    }
    return x;
}

/* Gaps as wide as their words want; if that is too much, the widest ones are made narrower. */
static void place_columns(struct chart *c)
{
    int gaps[SEQUENCE_PARTICIPANTS], widest = WIDEST_GAP;
    measure_gaps(c, gaps);
    while (widest >= LEAST_GAP && place_with(c, gaps, widest) > c->style->width)
        widest--;
    c->width = c->style->width;
    if (widest < LEAST_GAP)
        c->width = place_with(c, gaps, EASY_GAP);
    if (c->width > WIDEST_LINE)
        c->width = WIDEST_LINE;
}

static void seat(struct chart *c)
{
    int seats[SEQUENCE_PARTICIPANTS];
    seating_find(c->sequence, seats);
    c->count = c->sequence->participant_count;
    for (int i = 0; i < c->count; i++) {
        bool there = c->sequence->participants[seats[i]].from_start;
        c->columns[i] = (struct column){.participant = seats[i], .life = there ? AWAKE : NOT_YET};
        c->place[seats[i]] = i;
    }
}

/* -- cells ------------------------------------------------------------------------------------- */

static void set_glyph(struct chart *c, int x, const char *glyph, enum tone tone)
{
    if (x >= 0 && x < c->width)
        c->cells[x] = (struct cell){glyph, 0, tone};
}

/* Text, cut with ".." if there is no room for it. */
static void set_text(struct chart *c, int x, int room, const char *text, enum tone tone)
{
    int n = length(text);
    bool cut = n > room;
    for (int i = 0; i < (cut ? room : n) && x + i < c->width; i++)
        c->cells[x + i] = (struct cell){NULL, cut && i >= room - 2 ? '.' : text[i], tone};
}

static void begin_line(struct chart *c)
{
    for (int i = 0; i < c->width; i++)
        c->cells[i] = (struct cell){NULL, ' ', TONE_PLAIN};
}

static void end_line(struct chart *c)
{
    int n = c->width;
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
    if (column->life == AWAKE)
        set_glyph(c, column->x, c->glyphs->life, TONE_PLAIN);
    else if (column->life == ASLEEP)
        set_text(c, column->x, 1, "z", TONE_ASLEEP);
}

static void draw_lifelines(struct chart *c)
{
    for (int i = 0; i < c->count; i++)
        draw_lifeline(c, &c->columns[i]);
}

/* -- what happens on a line -------------------------------------------------------------------- */

/* The box of the pipe that takes part, around its lifeline. */
static void draw_box(struct chart *c, const struct moment *m)
{
    const char *fill = fill_of(c, m);
    if (m->fill == 0)
        return;
    bool into = c->sequence->participants[m->to].kind == PARTICIPANT_PIPE;
    const struct column *pipe = &c->columns[c->place[into ? m->to : m->from]];
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
    return c->place[m->from] < c->place[m->to];
}

/* Those that an arrow may use: between two lifelines, or the box around one of them. */
static struct extent extent_of_arrow(const struct chart *c, const struct moment *m)
{
    bool right = goes_right(c, m);
    const struct column *low = &c->columns[c->place[right ? m->from : m->to]];
    const struct column *high = &c->columns[c->place[right ? m->to : m->from]];
    return (struct extent){low->x + 1 + (m->fill != 0 ? low->after : 0),
                           high->x - 1 - (m->fill != 0 ? high->before : 0)};
}

/* Between which lifelines the words of an arrow stand: the gap next to whom it comes from; if it is
 * too narrow, the widest one on the way. */
static struct extent gap_of_arrow(const struct chart *c, const struct moment *m, struct extent all)
{
    struct extent best = {0, -1};
    int from = c->place[m->from], step = goes_right(c, m) ? 1 : -1, room = -1;
    for (int i = from; i != c->place[m->to] && room < length(text_of(c, m)); i += step) {
        int low = step > 0 ? c->columns[i].x + 1 : c->columns[i - 1].x + 1;
        int high = step > 0 ? c->columns[i + 1].x - 1 : c->columns[i].x - 1;
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
    for (int i = 0; i < c->count; i++) {
        if (c->columns[i].x >= e.first && c->columns[i].x <= e.last)
            draw_lifeline(c, &c->columns[i]);
    }
    draw_words_of_arrow(c, m, gap_of_arrow(c, m, e), tone);
    set_glyph(c, right ? e.last : e.first, right ? c->glyphs->right : c->glyphs->left, tone);
}

/* Words beside a lifeline. */
static void draw_words(struct chart *c, const struct moment *m, int column, enum tone tone)
{
    int x = c->columns[column].x + 2;
    int next = column + 1 < c->count ? c->columns[column + 1].x : c->width + 1;
    set_text(c, x, next - 1 - x, fitting(c, m, next - 1 - x), tone);
}

/* Those whose state this moment changes are drawn as they are from here on. */
static void apply(struct chart *c, const struct moment *m)
{
    if (m->kind == MOMENT_START)
        c->columns[c->place[m->to]].life = AWAKE;
    else if (m->kind == MOMENT_SLEEP)
        c->columns[c->place[m->from]].life = ASLEEP;
    else if (m->kind == MOMENT_WAKE)
        c->columns[c->place[m->to]].life = AWAKE;
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
            draw_words(c, m, c->place[m->to], TONE_AWAKE);
        else
            draw_arrow(c, m, TONE_AWAKE);
        break;
    case MOMENT_SLEEP: draw_words(c, m, c->place[m->from], TONE_ASLEEP); break;
    case MOMENT_NOTE: draw_words(c, m, c->place[m->from], TONE_PLAIN); break;
    case MOMENT_EXIT:
        set_text(c, c->columns[c->place[m->from]].x, 1, "X", TONE_NAME);
        draw_words(c, m, c->place[m->from], TONE_PLAIN);
        break;
    case MOMENT_FAIL:
        set_text(c, LEFT_EDGE, c->width - LEFT_EDGE, text_of(c, m), TONE_WRONG);
        break;
    }
}

/* -- the whole --------------------------------------------------------------------------------- */

/* Over its lifeline, and not over those of its neighbours. */
static void write_name(struct chart *c, int i)
{
    const struct column *column = &c->columns[i];
    int before = i == 0 ? LEFT_EDGE : (column[-1].x + column->x) / 2 + 1;
    int after = i + 1 < c->count ? (column->x + column[1].x) / 2 : c->width;
    int n = name_length(c, i), x = column->x - n / 2;
    if (x < before)
        x = before;
    set_text(c, x, n < after - x ? n : after - x,
             c->sequence->participants[column->participant].name, TONE_NAME);
}

static void write_names(struct chart *c)
{
    begin_line(c);
    set_text(c, 1, TICK_WIDTH - 1, "tick", TONE_DIM);
    for (int i = 0; i < c->count; i++)
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
        c->columns[c->place[m->ends]].life = OVER;
}

/* Those who are still there at the end. */
static void write_end(struct chart *c)
{
    bool anybody = false;
    for (int i = 0; i < c->count; i++)
        anybody |= c->columns[i].life == AWAKE || c->columns[i].life == ASLEEP;
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
    struct chart *c = calloc(1, sizeof *c);
    if (c == NULL)
        return;
    c->sequence = s;
    c->style = style;
    c->glyphs = &glyph_sets[style->glyphs];
    c->out = out;
    c->tick = -1;
    seat(c);
    measure_boxes(c);
    place_columns(c);
    write_names(c);
    for (size_t i = 0; i < s->moment_count; i++)
        write_moment(c, &s->moments[i]);
    write_end(c);
    strbuf_free(&c->line);
    free(c);
}

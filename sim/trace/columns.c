/* columns.c - see columns.h. */
#include "sim/trace/columns.h"

#include "sim/trace/seating.h"

#include <string.h>

enum {
    LEAST_GAP = 12,  /* columns between two lifelines */
    WIDEST_GAP = 34, /* words that need more are cut */
    EASY_GAP = 20,   /* the widest where all does not fit anyway */
    LAST_LESS = 4,   /* what the gap on the right, where no arrow goes, can do without */
    ARROW_TRIM = 7   /* of an arrow, around its words: "--- " and " -->" */
};

static int length(const char *text)
{
    return (int)strlen(text);
}

struct column *columns_of_box(struct columns *c, const struct moment *m)
{
    bool into = c->sequence->participants[m->to].kind == PARTICIPANT_PIPE;
    return &c->at[c->place[into ? m->to : m->from]];
}

/* How far the box of a pipe reaches beyond its lifeline: the widest one it will have. */
static void measure_boxes(struct columns *c)
{
    for (size_t i = 0; i < c->sequence->moment_count; i++) {
        const struct moment *m = &c->sequence->moments[i];
        if (m->fill == 0)
            continue;
        struct column *pipe = columns_of_box(c, m);
        int box = length(sequence_text(c->sequence, m->fill)) + 2;
        if (box / 2 > pipe->before)
            pipe->before = box / 2;
        if (box - 1 - box / 2 > pipe->after)
            pipe->after = box - 1 - box / 2;
    }
}

static int name_length(const struct columns *c, int column)
{
    return length(c->sequence->participants[c->at[column].participant].name);
}

/* The gap on the right of a column: what is between its lifeline and the next, or the end. */
static int least_gap(const struct columns *c, int column)
{
    if (column + 1 >= c->count) {
        int name = name_length(c, column) / 2 + 1;
        return c->at[column].after + 1 > name ? c->at[column].after + 1 : name;
    }
    int boxes = c->at[column].after + c->at[column + 1].before + 4;
    return boxes > LEAST_GAP ? boxes : LEAST_GAP;
}

/* The gap in which the words of a moment stand, and how wide that should be. */
static int gap_of(const struct columns *c, const struct moment *m, int *wanted)
{
    int words = length(sequence_text(c->sequence, m->text));
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
    *wanted = words + ARROW_TRIM + 1 + c->at[gap].after + c->at[gap + 1].before;
    return gap;
}

static void measure_gaps(const struct columns *c, int *gaps)
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

static int clipped(const struct columns *c, const int *gaps, int column, int widest)
{
    bool last = column + 1 == c->count;
    bool tight = widest <= LEAST_GAP;
    int least = least_gap(c, column), most = last && tight ? widest - LAST_LESS : widest;
    if (most < least)
        most = least;
    return gaps[column] < most ? gaps[column] : most;
}

/* With no gap wider than `widest`, unless it must be. How wide a line is then. */
static int place_with(struct columns *c, const int *gaps, int widest)
{
    int x = COLUMNS_LEFT_EDGE + c->at[0].before;
    if (x < COLUMNS_LEFT_EDGE + name_length(c, 0) / 2)
        x = COLUMNS_LEFT_EDGE + name_length(c, 0) / 2;
    for (int i = 0; i < c->count; i++) {
        c->at[i].x = x;
        x += clipped(c, gaps, i, widest);
    }
    return x;
}

/* Gaps as wide as their words want; if that is too much, the widest ones are made narrower. */
static void place(struct columns *c, int width)
{
    int gaps[SEQUENCE_PARTICIPANTS], widest = WIDEST_GAP;
    measure_gaps(c, gaps);
    while (widest >= LEAST_GAP && place_with(c, gaps, widest) > width)
        widest--;
    c->width = width;
    if (widest < LEAST_GAP)
        c->width = place_with(c, gaps, EASY_GAP);
    if (c->width > COLUMNS_WIDEST_LINE)
        c->width = COLUMNS_WIDEST_LINE;
}

static void seat(struct columns *c)
{
    int seats[SEQUENCE_PARTICIPANTS];
    seating_find(c->sequence, seats);
    c->count = c->sequence->participant_count;
    for (int i = 0; i < c->count; i++) {
        bool there = c->sequence->participants[seats[i]].from_start;
        c->at[i] =
            (struct column){.participant = seats[i], .life = there ? LIFE_AWAKE : LIFE_NOT_YET};
        c->place[seats[i]] = i;
    }
}

void columns_find(struct columns *c, const struct sequence *s, int width)
{
    c->sequence = s;
    c->width = width;
    seat(c);
    measure_boxes(c);
    place(c, width);
}

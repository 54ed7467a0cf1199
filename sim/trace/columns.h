/* columns.h - where the lifelines of a chart stand: one column for each participant, in the order of
 * seating.h, as far apart as the words between them want and the width allows. */
#ifndef SIM_TRACE_COLUMNS_H
#define SIM_TRACE_COLUMNS_H

#include "sim/trace/sequence.h"

enum life { LIFE_NOT_YET, LIFE_AWAKE, LIFE_ASLEEP, LIFE_OVER };

struct column {
    int participant;
    int x;             /* of the lifeline */
    int before, after; /* what the box of a pipe takes on either side of it */
    enum life life;    /* for whoever draws; to begin with, as it is before anything happens */
};

enum { COLUMNS_LEFT_EDGE = 7, COLUMNS_WIDEST_LINE = 4096 };

struct columns {
    const struct sequence *sequence; /* borrowed */
    struct column at[SEQUENCE_PARTICIPANTS];
    int count;
    int place[SEQUENCE_PARTICIPANTS]; /* the column of a participant */
    int width;                        /* of a line: as asked for, or more when not all fits */
};

/* There is one participant at least. */
void columns_find(struct columns *c, const struct sequence *s, int width);

/* The column of the pipe whose box belongs to a moment with a fill. */
struct column *columns_of_box(struct columns *c, const struct moment *m);

#endif

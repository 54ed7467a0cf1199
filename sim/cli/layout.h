/* layout.h - where the panes of the full screen stand, for every size of terminal.
 *
 *     title                              title
 *     +- processes -+- pipes -------+    From 34 lines on there is a row more: source on the
 *     |             |               |    left, descriptors on the right. Below that the trace
 *     +- trace -----+---------------+    gives way to one of them while it has the focus, and
 *     |                             |    the holders of ends stand in the pane of pipes.
 *     +- why -----------------------+
 *     |                             |
 *     +- keys ----------------------+    */
#ifndef SIM_CLI_LAYOUT_H
#define SIM_CLI_LAYOUT_H

#include "sim/cli/terminal.h"
#include "sim/step/panes.h"

enum pane {
    PANE_TRACE,
    PANE_SOURCE,
    PANE_DESCRIPTORS,
    PANE_WHY,
    PANE_PROCESSES,
    PANE_PIPES,
    PANE_COUNT
};

enum { LEAST_LINES = 24, LEAST_COLUMNS = 80 };

struct layout {
    struct area all;
    struct area panes[PANE_COUNT]; /* inside the borders; height 0: not shown */
    int rules[5], rule_count;      /* the lines of the borders, the last one that of the keys */
    int split;                     /* column of the border between two panes of a row */
    bool row_of_two[4];            /* below rule i */
    bool large;
};

/* Lines that would show all of a row; more than it has by itself are taken from the trace, as far as
 * some of it is left. */
struct layout_wish {
    int top, low, why; /* low: source and descriptors, where there is a row of them */
};

/* False when the terminal is too small. */
bool layout_make(struct layout *l, struct area all, enum pane focus, struct layout_wish wish);

const char *pane_name(enum pane pane);

/* Borders and the names of the panes, the one with the focus marked. */
void layout_draw(const struct layout *l, enum glyphs glyphs, enum pane focus);

/* A box around an area, with a name. */
void layout_draw_box(struct area inside, enum glyphs glyphs, const char *name);

#endif

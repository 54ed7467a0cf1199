/* layout.c - see layout.h. */
#ifdef PIPESIM_NCURSES
#include "sim/cli/layout.h"

#include <string.h>

enum { LARGE_FROM_LINES = 34 };

const char *pane_name(enum pane pane)
{
    switch (pane) {
    case PANE_TRACE: return "trace";
    case PANE_SOURCE: return "source";
    case PANE_DESCRIPTORS: return "descriptors";
    case PANE_WHY: return "why";
    case PANE_PROCESSES: return "processes";
    case PANE_PIPES: return "pipes";
    case PANE_COUNT: break;
    }
    return "";
}

/* -- where ------------------------------------------------------------------------------------- */

static void place_two(struct layout *l, int y, int height, enum pane left, enum pane right)
{
    l->panes[left] = (struct area){y, 1, height, l->split - 1};
    l->panes[right] = (struct area){y, l->split + 1, height, l->all.width - l->split - 2};
}

static void place_one(struct layout *l, int y, int height, enum pane pane)
{
    l->panes[pane] = (struct area){y, 1, height, l->all.width - 2};
}

static int add_rule(struct layout *l, int y)
{
    l->rules[l->rule_count++] = y;
    return y + 1;
}

static void grow(int *row, int wanted, int *from, int least)
{
    while (*row<wanted && * from> least) {
        ++*row;
        --*from;
    }
}

/* Four rows: a quarter each, but for what 40 lines have taught. */
static void place_large(struct layout *l, struct layout_wish wish)
{
    int room = l->all.height - 6, y = 1;
    int top = room * 10 / 34, trace = room * 9 / 34, why = room * 7 / 34;
    int source = room - top - trace - why;
    grow(&top, wish.top, &trace, 5);
    grow(&why, wish.why, &trace, 5);
    grow(&source, wish.low, &trace, 5);
    l->row_of_two[0] = l->row_of_two[2] = true;
    y = add_rule(l, y);
    place_two(l, y, top, PANE_PROCESSES, PANE_PIPES);
    y = add_rule(l, y + top);
    place_one(l, y, trace, PANE_TRACE);
    y = add_rule(l, y + trace);
    place_two(l, y, source, PANE_SOURCE, PANE_DESCRIPTORS);
    y = add_rule(l, y + source);
    place_one(l, y, why, PANE_WHY);
    add_rule(l, y + why);
}

static void place_small(struct layout *l, enum pane focus, struct layout_wish wish)
{
    int room = l->all.height - 5, y = 1;
    int top = room * 7 / 19, why = room * 6 / 19, trace = room - top - why;
    grow(&top, wish.top, &trace, 3);
    grow(&why, wish.why, &trace, 3);
    bool other = focus == PANE_SOURCE || focus == PANE_DESCRIPTORS;
    l->row_of_two[0] = true;
    y = add_rule(l, y);
    place_two(l, y, top, PANE_PROCESSES, PANE_PIPES);
    y = add_rule(l, y + top);
    place_one(l, y, trace, other ? focus : PANE_TRACE);
    y = add_rule(l, y + trace);
    place_one(l, y, why, PANE_WHY);
    add_rule(l, y + why);
}

bool layout_make(struct layout *l, struct area all, enum pane focus, struct layout_wish wish)
{
    *l = (struct layout){.all = all, .split = all.width / 2 - 1};
    if (all.height < LEAST_LINES || all.width < LEAST_COLUMNS)
        return false;
    l->large = all.height >= LARGE_FROM_LINES;
    if (l->large)
        place_large(l, wish);
    else
        place_small(l, focus, wish);
    return true;
}

/* -- borders ----------------------------------------------------------------------------------- */

struct border {
    const char *across, *down;
    const char *corners[3][2]; /* top, middle, bottom; left, right */
    const char *joints[4];     /* neither, below, above, both */
};

static const struct border borders[] = {
    [GLYPHS_ASCII] = {"-", "|", {{"+", "+"}, {"+", "+"}, {"+", "+"}}, {"-", "+", "+", "+"}},
    [GLYPHS_UTF8] = {"─", "│", {{"┌", "┐"}, {"├", "┤"}, {"└", "┘"}}, {"─", "┬", "┴", "┼"}},
};

static void put(int y, int x, const char *glyph)
{
    terminal_text(y, x, 1, TONE_DIM, glyph, strlen(glyph));
}

enum edge { EDGE_TOP, EDGE_MIDDLE, EDGE_BOTTOM };

static void draw_rule(const struct border *b, int y, int left, int width, enum edge edge)
{
    put(y, left, b->corners[edge][0]);
    for (int x = left + 1; x < left + width - 1; x++)
        put(y, x, b->across);
    put(y, left + width - 1, b->corners[edge][1]);
}

static void draw_sides(const struct border *b, struct area inside)
{
    for (int y = inside.y; y < inside.y + inside.height; y++) {
        put(y, inside.x - 1, b->down);
        put(y, inside.x + inside.width, b->down);
    }
}

static void draw_name(struct area inside, const char *name, enum emphasis emphasis)
{
    char text[64] = " ";
    strncat(text, name, sizeof text - 3);
    strcat(text, " ");
    terminal_emphasized(inside.y - 1, inside.x + 1, inside.width - 2, emphasis, text);
}

void layout_draw(const struct layout *l, enum glyphs glyphs, enum pane focus)
{
    const struct border *b = &borders[glyphs];
    for (int i = 0; i < l->rule_count; i++) {
        bool below = i + 1 < l->rule_count && l->row_of_two[i],
             above = i > 0 && l->row_of_two[i - 1];
        draw_rule(b, l->rules[i], 0, l->all.width,
                  i == 0                  ? EDGE_TOP
                  : i + 1 < l->rule_count ? EDGE_MIDDLE
                                          : EDGE_BOTTOM);
        put(l->rules[i], l->split, b->joints[below + 2 * above]);
    }
    for (int i = 0; i < PANE_COUNT; i++) {
        if (l->panes[i].height == 0)
            continue;
        draw_sides(b, l->panes[i]);
        draw_name(l->panes[i], pane_name((enum pane)i),
                  i == (int)focus ? EMPHASIS_FOCUS : EMPHASIS_TITLE);
    }
}

void layout_draw_box(struct area inside, enum glyphs glyphs, const char *name)
{
    const struct border *b = &borders[glyphs];
    draw_rule(b, inside.y - 1, inside.x - 1, inside.width + 2, EDGE_TOP);
    draw_rule(b, inside.y + inside.height, inside.x - 1, inside.width + 2, EDGE_BOTTOM);
    draw_sides(b, inside);
    draw_name(inside, name, EMPHASIS_TITLE);
}
#else
typedef int layout_needs_ncurses;
#endif

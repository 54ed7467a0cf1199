/* terminal.h - the terminal as a page of cells: begun, drawn on, read from, and always given back.
 *
 * Only with ncursesw (PIPESIM_NCURSES). Curses has one screen in a program, so this has no object:
 * between terminal_open and terminal_close the terminal is ours. If the program crashes, or is told
 * to end, the terminal is given back first. */
#ifndef SIM_CLI_TERMINAL_H
#define SIM_CLI_TERMINAL_H

#include "sim/step/sheet.h"

enum terminal_color { TERMINAL_PLAIN, TERMINAL_COLORED };

/* 0, or -1 when this terminal cannot be addressed. */
int terminal_open(enum terminal_color color);
void terminal_close(void);

struct area {
    int y, x, height, width;
};
struct area terminal_area(void); /* all of it */

void terminal_clear(struct area a);

/* n bytes of text in one tone, cut at `width` columns. The columns drawn. */
int terminal_text(int y, int x, int width, enum tone tone, const char *text, size_t n);
enum emphasis { EMPHASIS_TITLE, EMPHASIS_FOCUS };
int terminal_emphasized(int y, int x, int width, enum emphasis emphasis, const char *text);

/* The lines of a sheet from `first` on, as many as fit. */
void terminal_sheet(struct area a, const struct sheet *s, size_t first);

void terminal_cursor(int y, int x); /* shown there at the next read */
void terminal_no_cursor(void);
void terminal_redraw(void); /* from nothing, at the next read */

/* A key: a character, or one of these. Control characters are as ASCII has them. */
enum key {
    KEYS_ARE_FROM = 0x10000,
    KEY_GONE, /* there is no terminal any more */
    KEY_SIZE, /* it has another size */
    KEY_TO_LEFT,
    KEY_TO_RIGHT,
    KEY_TO_ABOVE,
    KEY_TO_BELOW,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_TO_START,
    KEY_TO_END,
    KEY_RUBOUT,
    KEY_TAB_BACK,
    KEY_OTHER
};
enum {
    KEY_CONTROL_C = 3,
    KEY_CONTROL_L = 12,
    KEY_CONTROL_U = 21,
    KEY_CONTROL_Z = 26,
    KEY_ESC = 27
};
int terminal_key(void);

/* Gives the terminal back, stops as Ctrl-Z does, and takes it again. */
void terminal_suspend(void);

#endif

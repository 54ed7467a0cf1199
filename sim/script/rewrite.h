/* rewrite.h - a script with parts of its text replaced.
 *
 * Edits are collected in any order, and applied from the first byte to the last. One that lies
 * inside an earlier one, or overlaps it, is left out: what has been replaced is gone.
 *
 * Columns stay columns: where a longer or shorter text stands before several spaces, there are less
 * or more of them. */
#ifndef SIM_SCRIPT_REWRITE_H
#define SIM_SCRIPT_REWRITE_H

#include "sim/script/diag.h"

struct edit {
    struct span place;
    char *text; /* owned: what stands there from now on */
};

/* A zeroed list is empty. When memory is short, it says so and takes no more. */
struct edit_list {
    struct edit *items; /* owned */
    size_t count, room;
    bool out_of_memory;
};

void edit_list_free(struct edit_list *list);
void edit_add(struct edit_list *list, struct span place, const char *text);
void edit_add_bytes(struct edit_list *list, struct span place, const char *bytes, size_t n);

/* Appends the text as it is with the edits, without spaces at the ends of lines. */
enum rewritten_lines {
    LINES_KEPT,  /* line n is line n as before */
    LINES_TIDIED /* lines that the edits have emptied are left out, and so is an empty line at the
                    beginning, at the end, or after another one */
};
void rewrite(const struct source *source, struct edit_list *list, enum rewritten_lines lines,
             struct strbuf *out);

#endif

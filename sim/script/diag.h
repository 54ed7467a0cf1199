/* diag.h - messages about a script, each with its place: what a compiler prints.
 *
 *     eof.pipe:7:11: error: no call or function is named 'raed'
 *         7 |   @..5    raed(p[0], 16)          = "hi"
 *           |           ^~~~
 *       help: did you mean 'read'?
 *
 * Columns count bytes from 1. A list keeps the first 20 and counts the rest. */
#ifndef SIM_SCRIPT_DIAG_H
#define SIM_SCRIPT_DIAG_H

#include "sim/trace/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

struct source {
    const char *name; /* of the file, as the user gave it; borrowed */
    const char *text; /* borrowed; `size` bytes, any bytes */
    size_t size;
};

/* Bytes [at, at + length) of the source. */
struct span {
    size_t at, length;
};

enum diag_level {
    DIAG_ERROR,  /* the script is wrong */
    DIAG_FAILED, /* the script is right and did not come true */
    DIAG_NOTE,   /* these two belong to the one before */
    DIAG_HELP
};

struct diag {
    enum diag_level level;
    bool has_place;
    struct span place;
    size_t order;  /* of the message it belongs to, while sorting */
    char *message; /* owned */
};

enum { DIAG_LIMIT = 20 };

struct diag_list {
    struct diag *items; /* owned */
    size_t count, room;
    size_t errors, failures; /* the first 20 of each are kept */
    bool leaving_out;        /* the last message was one too many: so are its notes */
    size_t messages;         /* errors and failures, those left out included */
};

void diag_list_free(struct diag_list *list);

/* Adds an error or failure; notes and help that follow belong to it. */
void diag_add(struct diag_list *list, enum diag_level level, struct span place, const char *format,
              ...) __attribute__((format(printf, 4, 5)));
void diag_add_unplaced(struct diag_list *list, enum diag_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* By place; what belongs to a message stays with it, and messages without a place come last. */
void diag_list_sort(struct diag_list *list);

/* Appends all of it as text. */
enum diag_color { DIAG_PLAIN, DIAG_COLORED };
void diag_render(const struct diag_list *list, const struct source *source, enum diag_color color,
                 struct strbuf *out);

/* Line and column, both from 1. */
struct place {
    int line, column;
};
struct place source_place(const struct source *source, size_t at);

#endif

/* sheet.h - lines of text in tones: what a pane says, before anybody draws it.
 *
 * A tone is what a piece of text means; the screen makes colours of tones, and a test reads them.
 * The text alone must say everything: tones only help the eye.
 *
 * Every byte of the text has its tone, and lines are ended by sheet_end_line. Text may be UTF-8;
 * control characters are replaced, so that nothing in a script can disturb a terminal. */
#ifndef SIM_STEP_SHEET_H
#define SIM_STEP_SHEET_H

#include "sim/trace/strbuf.h"

enum tone {
    TONE_PLAIN,
    TONE_DIM,     /* not yet, or of little weight */
    TONE_STRONG,  /* names, what the line is about */
    TONE_CHANGED, /* by the last movement */
    TONE_ASLEEP,
    TONE_AWAKE,
    TONE_WRONG, /* a failure, a deadlock */
    TONE_COUNT
};

/* A zeroed sheet is empty. */
struct sheet {
    struct strbuf text;  /* lines, each with its newline */
    struct strbuf tones; /* of each byte of the text */
    size_t line_start;   /* of the last line, which may be unfinished */
    size_t line_count;   /* finished lines */
    size_t focus;        /* the line that must be in sight */
};

void sheet_free(struct sheet *s);
void sheet_clear(struct sheet *s);

void sheet_add(struct sheet *s, enum tone tone, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void sheet_add_bytes(struct sheet *s, enum tone tone, const char *bytes, size_t n);
/* A name in at most so many columns: of a longer one the start and the end. */
void sheet_add_name(struct sheet *s, enum tone tone, const char *name, size_t most);
void sheet_end_line(struct sheet *s);

/* The same, with a line that is wider than `width` columns cut, and ended by two dots. */
void sheet_end_line_within(struct sheet *s, size_t width);

/* Spaces until the line is `width` columns wide. */
void sheet_pad(struct sheet *s, size_t width);

/* Columns of the line so far. */
size_t sheet_column(const struct sheet *s);

/* A text of several words on as many lines as it needs and has; all but the first begin with
 * `indent` spaces. Starts where the line is, and ends it. */
void sheet_wrap(struct sheet *s, enum tone tone, const char *text, size_t indent, size_t width);

struct sheet_line {
    const char *text, *tones; /* borrowed; `length` bytes each */
    size_t length;
};
struct sheet_line sheet_line(const struct sheet *s, size_t i);

/* Columns that n bytes of UTF-8 take: characters, all of them taken to be one wide. */
size_t text_columns(const char *bytes, size_t n);

#endif

/* strbuf.h - a string that grows: what text and JSON are built in. On the ordinary heap. When
 * memory is short it stops growing and says so; what is in it stays good. */
#ifndef SIM_TRACE_STRBUF_H
#define SIM_TRACE_STRBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct strbuf {
    char *bytes; /* owned; always ends in a 0 that is not counted; NULL while empty */
    size_t length, room;
    bool out_of_memory;
};

void strbuf_free(struct strbuf *s);
static inline void strbuf_clear(struct strbuf *s)
{
    s->length = 0;
}
const char *strbuf_text(const struct strbuf *s); /* "" while empty */

/* Room for n more bytes and the final 0. False when memory is short. */
bool strbuf_grow(struct strbuf *s, size_t n);

/* These two are inline so that the length of a literal costs nothing: a trace is mostly literals.
 */
static inline void strbuf_add_bytes(struct strbuf *s, const void *bytes, size_t n)
{
    if (n == 0 || (n >= s->room - s->length && !strbuf_grow(s, n)))
        return;
    memcpy(s->bytes + s->length, bytes, n);
    s->length += n;
    s->bytes[s->length] = '\0';
}

static inline void strbuf_add(struct strbuf *s, const char *text)
{
    strbuf_add_bytes(s, text, strlen(text));
}

void strbuf_add_char(struct strbuf *s, char c);
void strbuf_add_int(struct strbuf *s, int64_t n);
void strbuf_add_int_right(struct strbuf *s, int64_t n, size_t width); /* after spaces, as "%*d" */
void strbuf_addf(struct strbuf *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Spaces until the text since `start` is at least `width` long. */
void strbuf_pad(struct strbuf *s, size_t start, size_t width);

/* The bytes as a string of the scenario language, in quotes; after `limit` bytes `"...` follows. */
void strbuf_add_quoted(struct strbuf *s, const void *bytes, size_t n, size_t limit);

/* A message of several lines as one: line ends become ", ", padding one space. */
void strbuf_add_as_line(struct strbuf *s, const char *text, size_t n);

/* A word of a shell's command line: in single quotes, if it needs any. */
void strbuf_add_word(struct strbuf *s, const char *text);

/* On one line, whatever it is: '?' for control characters. */
void strbuf_add_harmless(struct strbuf *s, const char *text);

/* The bytes as a JSON string, in quotes; bytes that are not ASCII stand as \u00XX. */
void strbuf_add_json(struct strbuf *s, const void *bytes, size_t n);

#endif

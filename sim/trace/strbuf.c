/* strbuf.c - see strbuf.h. */
#include "sim/trace/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void strbuf_free(struct strbuf *s)
{
    free(s->bytes);
    *s = (struct strbuf){0};
}

const char *strbuf_text(const struct strbuf *s)
{
    return s->length == 0 ? "" : s->bytes;
}

bool strbuf_grow(struct strbuf *s, size_t n)
{
    size_t room = s->room < 64 ? 64 : s->room * 2;
    while (room <= s->length + n)
        room *= 2;
    char *grown = realloc(s->bytes, room);
    if (grown == NULL) {
        s->out_of_memory = true;
        return false;
    }
    s->bytes = grown;
    s->room = room;
    return true;
}

void strbuf_add_char(struct strbuf *s, char c)
{
    strbuf_add_bytes(s, &c, 1);
}

enum { DIGITS = 24 }; /* of an int64_t, with its sign, and to spare */

/* Fills `text` from its end. Where the number begins. */
static size_t write_digits(char text[DIGITS], int64_t n)
{
    size_t at = DIGITS;
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do
        text[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (n < 0)
        text[--at] = '-';
    return at;
}

void strbuf_add_int(struct strbuf *s, int64_t n)
{
    char text[DIGITS];
    size_t at = write_digits(text, n);
    strbuf_add_bytes(s, text + at, DIGITS - at);
}

void strbuf_add_int_right(struct strbuf *s, int64_t n, size_t width)
{
    char text[DIGITS];
    size_t at = write_digits(text, n), length = DIGITS - at;
    strbuf_pad(s, s->length, width > length ? width - length : 0);
    strbuf_add_bytes(s, text + at, length);
}

void strbuf_addf(struct strbuf *s, const char *format, ...)
{
    enum { GUESS = 100 }; /* bytes; what is longer is formatted twice */
    va_list args;
    if (GUESS >= s->room - s->length && !strbuf_grow(s, GUESS))
        return;
    va_start(args, format);
    int n = vsnprintf(s->bytes + s->length, s->room - s->length, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n >= s->room - s->length && strbuf_grow(s, (size_t)n)) {
        va_start(args, format);
        n = vsnprintf(s->bytes + s->length, s->room - s->length, format, args);
        va_end(args);
    }
    if (n >= 0 && (size_t)n < s->room - s->length)
        s->length += (size_t)n;
    s->bytes[s->length] = '\0';
}

void strbuf_pad(struct strbuf *s, size_t start, size_t width)
{
    static const char spaces[] = "                                ";
    size_t have = s->length - start;
    while (have < width) {
        size_t n = width - have < sizeof spaces - 1 ? width - have : sizeof spaces - 1;
        strbuf_add_bytes(s, spaces, n);
        have += n;
        if (s->out_of_memory)
            return;
    }
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Adds the bytes up to the first that must be escaped. How many they are. */
static size_t add_plain(struct strbuf *s, const unsigned char *bytes, size_t n)
{
    size_t i = 0;
    while (i < n && is_plain(bytes[i]))
        i++;
    strbuf_add_bytes(s, bytes, i);
    return i;
}

static void add_escaped(struct strbuf *s, unsigned char c)
{
    switch (c) {
    case '\n': strbuf_add(s, "\\n"); break;
    case '\t': strbuf_add(s, "\\t"); break;
    case '\r': strbuf_add(s, "\\r"); break;
    case '"': strbuf_add(s, "\\\""); break;
    case '\\': strbuf_add(s, "\\\\"); break;
    case '\0': strbuf_add(s, "\\0"); break;
    default: strbuf_addf(s, "\\x%02x", c);
    }
}

void strbuf_add_quoted(struct strbuf *s, const void *bytes, size_t n, size_t limit)
{
    const unsigned char *from = bytes;
    size_t shown = n < limit ? n : limit;
    strbuf_add_char(s, '"');
    for (size_t i = add_plain(s, from, shown); i < shown; i += add_plain(s, from + i, shown - i))
        add_escaped(s, from[i++]);
    strbuf_add(s, n > limit ? "\"..." : "\"");
}

void strbuf_add_as_line(struct strbuf *s, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool padding = text[i] == ' ' && i > 0 && text[i - 1] == ' ';
        if (text[i] == '\n')
            strbuf_add(s, ", ");
        else if (!padding)
            strbuf_add_char(s, text[i]);
    }
}

static void add_json_escaped(struct strbuf *s, unsigned char c)
{
    if (c == '"' || c == '\\')
        strbuf_addf(s, "\\%c", c);
    else if (c == '\n')
        strbuf_add(s, "\\n");
    else
        strbuf_addf(s, "\\u%04x", c);
}

void strbuf_add_word(struct strbuf *s, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_./+-@,";
    if (text[0] != '\0' && text[strspn(text, plain)] == '\0') {
        strbuf_add(s, text);
        return;
    }
    strbuf_add_char(s, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            strbuf_add(s, "'\\''");
        else
            strbuf_add_char(s, *text);
    }
    strbuf_add_char(s, '\'');
}

void strbuf_add_harmless(struct strbuf *s, const char *text)
{
    for (; *text != '\0'; text++)
        strbuf_add_char(s, (unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text);
}

void strbuf_add_json(struct strbuf *s, const void *bytes, size_t n)
{
    const unsigned char *from = bytes;
    strbuf_add_char(s, '"');
    for (size_t i = add_plain(s, from, n); i < n; i += add_plain(s, from + i, n - i))
        add_json_escaped(s, from[i++]);
    strbuf_add_char(s, '"');
}

/* strbuf.c - see strbuf.h. */
#include "sim/trace/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void strbuf_free(struct strbuf *s)
{
    free(s->bytes);
    *s = (struct strbuf){0};
}

const char *strbuf_text(const struct strbuf *s)
{
    return s->length == 0 ? "" : s->bytes;
}

/* Room for n more bytes and the final 0. */
static bool make_room(struct strbuf *s, size_t n)
{
    if (n < s->room - s->length)
        return true;
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

void strbuf_add_bytes(struct strbuf *s, const void *bytes, size_t n)
{
    if (n == 0 || !make_room(s, n))
        return;
    memcpy(s->bytes + s->length, bytes, n);
    s->length += n;
    s->bytes[s->length] = '\0';
}

void strbuf_add(struct strbuf *s, const char *text)
{
    strbuf_add_bytes(s, text, strlen(text));
}

void strbuf_add_char(struct strbuf *s, char c)
{
    strbuf_add_bytes(s, &c, 1);
}

void strbuf_add_int(struct strbuf *s, int64_t n)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do
        digits[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (n < 0)
        digits[--at] = '-';
    strbuf_add_bytes(s, digits + at, sizeof digits - at);
}

void strbuf_addf(struct strbuf *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0 || !make_room(s, (size_t)n))
        return;
    va_start(args, format);
    vsnprintf(s->bytes + s->length, (size_t)n + 1, format, args);
    va_end(args);
    s->length += (size_t)n;
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

static void add_escaped(struct strbuf *s, unsigned char c)
{
    switch (c) {
    case '\n': strbuf_add(s, "\\n"); break;
    case '\t': strbuf_add(s, "\\t"); break;
    case '\r': strbuf_add(s, "\\r"); break;
    case '"': strbuf_add(s, "\\\""); break;
    case '\\': strbuf_add(s, "\\\\"); break;
    default:
        if (c >= 0x20 && c < 0x7f)
            strbuf_add_char(s, (char)c);
        else if (c == 0)
            strbuf_add(s, "\\0");
        else
            strbuf_addf(s, "\\x%02x", c);
    }
}

void strbuf_add_quoted(struct strbuf *s, const void *bytes, size_t n, size_t limit)
{
    const unsigned char *at = bytes;
    strbuf_add_char(s, '"');
    for (size_t i = 0; i < n && i < limit; i++)
        add_escaped(s, at[i]);
    strbuf_add(s, n > limit ? "\"..." : "\"");
}

void strbuf_add_json(struct strbuf *s, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    strbuf_add_char(s, '"');
    for (size_t i = 0; i < n; i++) {
        unsigned char c = at[i];
        if (c == '"' || c == '\\')
            strbuf_addf(s, "\\%c", c);
        else if (c == '\n')
            strbuf_add(s, "\\n");
        else if (c < 0x20 || c >= 0x7f)
            strbuf_addf(s, "\\u%04x", c);
        else
            strbuf_add_char(s, (char)c);
    }
    strbuf_add_char(s, '"');
}

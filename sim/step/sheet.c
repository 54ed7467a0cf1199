/* sheet.c - see sheet.h. */
#include "sim/step/sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sheet_free(struct sheet *s)
{
    strbuf_free(&s->text);
    strbuf_free(&s->tones);
    *s = (struct sheet){.line_start = 0};
}

void sheet_clear(struct sheet *s)
{
    strbuf_clear(&s->text);
    strbuf_clear(&s->tones);
    s->line_start = s->line_count = s->focus = 0;
}

static void add_char(struct sheet *s, enum tone tone, char c)
{
    strbuf_add_char(&s->text, c);
    strbuf_add_char(&s->tones, (char)tone);
}

void sheet_add_bytes(struct sheet *s, enum tone tone, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)bytes[i];
        add_char(s, tone, c == '\t' ? ' ' : c < ' ' || c == 0x7f ? '?' : bytes[i]);
    }
}

void sheet_add(struct sheet *s, enum tone tone, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sheet_add_bytes(s, tone, text, strlen(text));
}

void sheet_add_name(struct sheet *s, enum tone tone, const char *name, size_t most)
{
    size_t length = strlen(name), tail = most / 3, head = most - tail - 2;
    if (length <= most)
        sheet_add(s, tone, "%s", name);
    else
        sheet_add(s, tone, "%.*s..%s", (int)head, name, name + length - tail);
}

void sheet_end_line(struct sheet *s)
{
    add_char(s, TONE_PLAIN, '\n');
    s->line_start = s->text.length;
    s->line_count++;
}

static void drop_column(struct sheet *s)
{
    bool inside = true;
    while (inside && s->text.length > s->line_start) {
        inside = ((unsigned char)s->text.bytes[--s->text.length] & 0xc0) == 0x80;
        s->tones.length--;
    }
}

void sheet_end_line_within(struct sheet *s, size_t width)
{
    bool cut = width >= 2 && sheet_column(s) > width;
    while (cut && sheet_column(s) > width - 2)
        drop_column(s);
    sheet_add(s, TONE_DIM, cut ? ".." : "");
    sheet_end_line(s);
}

size_t text_columns(const char *bytes, size_t n)
{
    size_t columns = 0;
    for (size_t i = 0; i < n; i++)
        columns += ((unsigned char)bytes[i] & 0xc0) != 0x80;
    return columns;
}

size_t sheet_column(const struct sheet *s)
{
    return text_columns(strbuf_text(&s->text) + s->line_start, s->text.length - s->line_start);
}

void sheet_pad(struct sheet *s, size_t width)
{
    for (size_t column = sheet_column(s); column < width; column++)
        add_char(s, TONE_PLAIN, ' ');
}

void sheet_wrap(struct sheet *s, enum tone tone, const char *text, size_t indent, size_t width)
{
    bool first = true;
    for (const char *word = text; *word != '\0';) {
        size_t n = strcspn(word, " \n");
        bool line_ends = word[n] == '\n';
        if (!first && sheet_column(s) + 1 + text_columns(word, n) > width) {
            sheet_end_line(s);
            sheet_pad(s, indent);
        } else if (!first) {
            add_char(s, tone, ' ');
        }
        sheet_add_bytes(s, tone, word, n);
        first = false;
        word += n + line_ends;
        word += strspn(word, " ");
        if (line_ends && *word != '\0') {
            sheet_end_line(s);
            sheet_pad(s, indent);
            first = true;
        }
    }
    sheet_end_line(s);
}

struct sheet_line sheet_line(const struct sheet *s, size_t i)
{
    const char *text = strbuf_text(&s->text), *end = text + s->text.length;
    for (; i > 0 && text < end; i--) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        text = newline != NULL ? newline + 1 : end;
    }
    const char *newline = text < end ? memchr(text, '\n', (size_t)(end - text)) : NULL;
    size_t at = (size_t)(text - strbuf_text(&s->text));
    return (struct sheet_line){text, strbuf_text(&s->tones) + at,
                               (size_t)((newline != NULL ? newline : end) - text)};
}

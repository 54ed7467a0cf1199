/* diag.c - see diag.h. */
#include "sim/script/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void diag_list_free(struct diag_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].message);
    free(list->items);
    *list = (struct diag_list){0};
}

static bool is_message(enum diag_level level)
{
    return level == DIAG_ERROR || level == DIAG_FAILED;
}

static char *format_message(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *message = n < 0 ? NULL : malloc((size_t)n + 1);
    if (message != NULL)
        vsnprintf(message, (size_t)n + 1, format, args);
    return message;
}

static void append(struct diag_list *list, struct diag d)
{
    list->messages += is_message(d.level);
    if (d.level == DIAG_ERROR)
        list->leaving_out = ++list->errors > DIAG_LIMIT;
    if (d.level == DIAG_FAILED)
        list->leaving_out = ++list->failures > DIAG_LIMIT;
    if (d.message == NULL || list->leaving_out) {
        free(d.message);
        return;
    }
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 8 : list->room * 2;
        struct diag *grown = realloc(list->items, room * sizeof *grown);
        if (grown == NULL) {
            free(d.message);
            return;
        }
        list->items = grown;
        list->room = room;
    }
    list->items[list->count++] = d;
}

void diag_add(struct diag_list *list, enum diag_level level, struct span place, const char *format,
              ...)
{
    va_list args;
    va_start(args, format);
    append(list, (struct diag){.level = level,
                               .has_place = true,
                               .place = place,
                               .message = format_message(format, args)});
    va_end(args);
}

void diag_add_unplaced(struct diag_list *list, enum diag_level level, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    append(list, (struct diag){.level = level, .message = format_message(format, args)});
    va_end(args);
}

static size_t sort_key(const struct diag *d)
{
    return d->has_place ? d->place.at : (size_t)-1;
}

/* An insertion sort: stable, and there are at most 20 messages. */
static void sort_by_order(struct diag_list *list)
{
    for (size_t i = 1; i < list->count; i++) {
        struct diag d = list->items[i];
        size_t at = i;
        for (; at > 0 && list->items[at - 1].order > d.order; at--)
            list->items[at] = list->items[at - 1];
        list->items[at] = d;
    }
}

void diag_list_sort(struct diag_list *list)
{
    size_t order = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (is_message(list->items[i].level))
            order = sort_key(&list->items[i]);
        list->items[i].order = order;
    }
    sort_by_order(list);
}

/* -- text -------------------------------------------------------------------------------------- */

static size_t line_start(const struct source *s, size_t at)
{
    while (at > 0 && s->text[at - 1] != '\n')
        at--;
    return at;
}

struct place source_place(const struct source *s, size_t at)
{
    at = at < s->size ? at : s->size;
    size_t start = line_start(s, at);
    int line = 1;
    for (size_t i = 0; i < start; i++)
        line += s->text[i] == '\n';
    return (struct place){line, (int)(at - start) + 1};
}

static const char *level_word(enum diag_level level)
{
    static const char *const words[] = {"error", "failed", "note", "help"};
    return words[level];
}

static const char *level_color(enum diag_level level)
{
    static const char *const colors[] = {"\033[1;31m", "\033[1;31m", "\033[1;36m", "\033[1;32m"};
    return colors[level];
}

static void add_level(struct strbuf *out, enum diag_level level, enum diag_color color)
{
    if (color == DIAG_COLORED)
        strbuf_addf(out, "%s%s:\033[0m ", level_color(level), level_word(level));
    else
        strbuf_addf(out, "%s: ", level_word(level));
}

/* The line as it stands, but so that it takes one column a byte, except for tabs. */
static void add_line_text(struct strbuf *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        bool printable = c == '\t' || c >= 0x20;
        strbuf_add_char(out, printable && c != 0x7f ? (char)c : '?');
    }
}

enum { LINE_SHOWN = 160 }; /* bytes of a source line that are shown */

static void add_source_line(struct strbuf *out, const struct source *s, struct span at)
{
    size_t where = at.at < s->size ? at.at : s->size;
    size_t start = line_start(s, where);
    size_t end = where;
    while (end < s->size && s->text[end] != '\n' && s->text[end] != '\r')
        end++;
    size_t column = where - start;
    if (column > LINE_SHOWN)
        return; /* a line of nobody's writing: the place must do */
    size_t shown = end - start < LINE_SHOWN ? end - start : LINE_SHOWN;
    strbuf_addf(out, "%5d | ", source_place(s, where).line);
    add_line_text(out, s->text + start, shown);
    strbuf_add(out, "\n      | ");
    for (size_t i = 0; i < column; i++)
        strbuf_add_char(out, s->text[start + i] == '\t' ? '\t' : ' ');
    strbuf_add_char(out, '^');
    for (size_t i = 1; i < at.length && column + i < shown; i++)
        strbuf_add_char(out, '~');
    strbuf_add_char(out, '\n');
}

/* Further lines of a message are indented under it. */
static void add_message(struct strbuf *out, const char *message)
{
    for (const char *at = message; *at != '\0'; at++) {
        strbuf_add_char(out, *at);
        if (*at == '\n')
            strbuf_add(out, "          ");
    }
    strbuf_add_char(out, '\n');
}

static void add_diag(struct strbuf *out, const struct diag *d, const struct source *s,
                     enum diag_color color)
{
    struct place place = source_place(s, d->place.at);
    if (is_message(d->level)) {
        if (d->has_place)
            strbuf_addf(out, "%s:%d:%d: ", s->name, place.line, place.column);
        else
            strbuf_addf(out, "%s: ", s->name);
    } else if (d->has_place) {
        strbuf_addf(out, "%s:%d:%d: ", s->name, place.line, place.column);
    } else {
        strbuf_add(out, "      ");
    }
    add_level(out, d->level, color);
    add_message(out, d->message);
    if (d->has_place)
        add_source_line(out, s, d->place);
}

void diag_render(const struct diag_list *list, const struct source *source, enum diag_color color,
                 struct strbuf *out)
{
    for (size_t i = 0; i < list->count; i++)
        add_diag(out, &list->items[i], source, color);
    size_t more = (list->errors > DIAG_LIMIT ? list->errors - DIAG_LIMIT : 0) +
                  (list->failures > DIAG_LIMIT ? list->failures - DIAG_LIMIT : 0);
    if (more > 0)
        strbuf_addf(out, "%s: %zu more messages not shown\n", source->name, more);
}

/* rewrite.c - see rewrite.h. */
#include "sim/script/rewrite.h"

#include <stdlib.h>
#include <string.h>

void edit_list_free(struct edit_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].text);
    free(list->items);
    *list = (struct edit_list){0};
}

static bool make_room(struct edit_list *list)
{
    if (list->count < list->room)
        return true;
    size_t room = list->room == 0 ? 64 : list->room * 2;
    struct edit *grown = realloc(list->items, room * sizeof *grown);
    if (grown == NULL)
        return false;
    list->items = grown;
    list->room = room;
    return true;
}

void edit_add_bytes(struct edit_list *list, struct span place, const char *bytes, size_t n)
{
    char *copy = make_room(list) ? malloc(n + 1) : NULL;
    if (copy == NULL) {
        list->out_of_memory = true;
        return;
    }
    memcpy(copy, bytes, n);
    copy[n] = '\0';
    list->items[list->count++] = (struct edit){place, copy};
}

void edit_add(struct edit_list *list, struct span place, const char *text)
{
    edit_add_bytes(list, place, text, strlen(text));
}

/* The outer one first, where two begin at the same byte. */
static int by_place(const void *a, const void *b)
{
    struct span x = ((const struct edit *)a)->place, y = ((const struct edit *)b)->place;
    if (x.at != y.at)
        return x.at < y.at ? -1 : 1;
    if (x.length != y.length)
        return x.length > y.length ? -1 : 1;
    return strcmp(((const struct edit *)a)->text, ((const struct edit *)b)->text);
}

/* -- lines as they are written ----------------------------------------------------------------- */

struct writer {
    struct strbuf *out;
    enum rewritten_lines lines;
    size_t start;     /* of all of it */
    size_t line;      /* where the present one begins in `out` */
    bool edited;      /* so it was */
    bool after_empty; /* the line before it is empty, or there is none */
    long longer;      /* by so many bytes than it was before the edits, or shorter */
};

static void trim(struct writer *w)
{
    struct strbuf *out = w->out;
    while (out->length > w->line && strchr(" \t\r", out->bytes[out->length - 1]) != NULL)
        out->length--;
}

static void end_line(struct writer *w)
{
    trim(w);
    bool empty = w->out->length == w->line;
    bool dropped = w->lines == LINES_TIDIED && empty && (w->edited || w->after_empty);
    if (!dropped) {
        strbuf_add_char(w->out, '\n');
        w->after_empty = empty;
    }
    w->line = w->out->length;
    w->edited = false;
    w->longer = 0;
}

/* Where columns are separated by several spaces, they take up what an edit made longer or shorter.
 * Returns how many spaces there were. */
static size_t copy_spaces(struct writer *w, const char *text, size_t n)
{
    size_t count = 0;
    while (count < n && text[count] == ' ')
        count++;
    long wanted = (long)count;
    if (count > 1 && w->out->length > w->line) {
        wanted = (long)count - w->longer;
        wanted = wanted < 1 ? 1 : wanted;
        w->longer -= (long)count - wanted;
    }
    for (long i = 0; i < wanted; i++)
        strbuf_add_char(w->out, ' ');
    return count;
}

static void copy(struct writer *w, const char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t spaces = copy_spaces(w, text + i, n - i);
        i += spaces;
        if (spaces > 0)
            continue;
        if (text[i] == '\n')
            end_line(w);
        else
            strbuf_add_char(w->out, text[i]);
        i++;
    }
}

/* What is replaced may have gone over several lines. */
static void replace(struct writer *w, const char *old, size_t n, const char *text)
{
    w->edited = true;
    w->longer += (long)strlen(text) - (long)n;
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            end_line(w);
        else
            strbuf_add_char(w->out, *text);
    }
    for (size_t i = 0; i < n; i++) {
        if (old[i] == '\n') {
            end_line(w);
            w->edited = true;
        }
    }
}

static void finish(struct writer *w)
{
    struct strbuf *out = w->out;
    if (out->length > w->line || w->edited)
        end_line(w);
    while (w->lines == LINES_TIDIED && out->length > w->start + 1 &&
           out->bytes[out->length - 1] == '\n' && out->bytes[out->length - 2] == '\n')
        out->length--;
    if (out->bytes != NULL)
        out->bytes[out->length] = '\0';
}

void rewrite(const struct source *source, struct edit_list *list, enum rewritten_lines lines,
             struct strbuf *out)
{
    struct writer w = {out, lines, out->length, out->length, false, true, 0};
    size_t at = 0;
    if (list->count > 0)
        qsort(list->items, list->count, sizeof *list->items, by_place);
    for (size_t i = 0; i < list->count; i++) {
        struct span place = list->items[i].place;
        if (place.at < at)
            continue;
        copy(&w, source->text + at, place.at - at);
        replace(&w, source->text + place.at, place.length, list->items[i].text);
        at = place.at + place.length;
    }
    copy(&w, source->text + at, source->size - at);
    finish(&w);
}

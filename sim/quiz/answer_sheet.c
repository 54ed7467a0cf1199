/* answer_sheet.c - see answer_sheet.h. */
#include "sim/quiz/answer_sheet.h"

#include <stdlib.h>
#include <string.h>

/* The number that a line begins with, at most a million; the rest behind it. 0: none. */
static size_t leading_number(const char *line, const char **rest)
{
    size_t n = 0;
    while (*line >= '0' && *line <= '9' && n <= 1000000)
        n = n * 10 + (size_t)(*line++ - '0');
    *rest = line;
    return n;
}

static bool read_line(struct answer_sheet *sheet, char *line)
{
    const char *rest;
    line += strspn(line, " \t");
    if (*line == '\0' || *line == '#')
        return true;
    size_t n = leading_number(line, &rest);
    if (n < 1 || n > sheet->count || strchr(":.) \t", *rest) == NULL)
        return false;
    if (*rest != '\0')
        rest++;
    rest += strspn(rest, " \t");
    free(sheet->given[n - 1]);
    sheet->given[n - 1] = strdup(rest);
    return true;
}

void answer_sheet_read(struct answer_sheet *sheet, const struct source *text, size_t count,
                       struct diag_list *diags)
{
    size_t at = 0;
    sheet->given = calloc(count + 1, sizeof(char *));
    sheet->count = sheet->given == NULL ? 0 : count;
    while (at < text->size) {
        const char *newline = memchr(text->text + at, '\n', text->size - at);
        size_t n = newline == NULL ? text->size - at : (size_t)(newline - text->text) - at;
        char *line = strndup(text->text + at, n);
        if (line != NULL)
            line[strcspn(line, "\r")] = '\0';
        if (line != NULL && !read_line(sheet, line))
            diag_add(diags, DIAG_ERROR, (struct span){at, n > 0 ? n : 1},
                     "this is no answer to one of the questions 1 to %zu", count);
        free(line);
        at += n + 1;
    }
}

void answer_sheet_free(struct answer_sheet *sheet)
{
    for (size_t i = 0; i < sheet->count; i++)
        free(sheet->given[i]);
    free(sheet->given);
    *sheet = (struct answer_sheet){0};
}

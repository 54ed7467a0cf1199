/* trace_line.c - see trace_line.h. */
#include "sim/step/trace_line.h"

#include <stdbool.h>
#include <string.h>

static struct text_piece trimmed(const char *text, size_t length)
{
    while (length > 0 && text[length - 1] == ' ')
        length--;
    return (struct text_piece){text, length};
}

/* Where the call's column ends: at the first two blanks that are neither its indentation nor
 * quoted. */
static size_t call_length(const char *text, size_t length)
{
    bool quoted = false;
    for (size_t i = strspn(text, " "); i + 1 < length; i++) {
        if (text[i] == '\\')
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && text[i] == ' ' && text[i + 1] == ' ')
            return i;
    }
    return length;
}

struct trace_line trace_line_apart(const char *line, size_t name_width)
{
    size_t length = strlen(line);
    size_t tick = strspn(line, " "), digits = strspn(line + tick, "0123456789");
    size_t name = tick + digits + 2 < length ? tick + digits + 2 : length;
    size_t letters = strcspn(line + name, " ");
    size_t call = name + (letters > name_width ? letters : name_width) + 2;
    struct trace_line parts = {{line + tick, digits}, {line + name, letters}, {"", 0}, {"", 0}};
    if (call >= length)
        return parts;
    size_t end = call + call_length(line + call, length - call);
    parts.call = trimmed(line + call, end - call);
    size_t note = end + strspn(line + end, " ");
    parts.note = (struct text_piece){line + note, length - note};
    return parts;
}

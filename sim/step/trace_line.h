/* trace_line.h - a line of trace, taken apart, to be shown in columns of another width:
 *
 *     "    3  writer   write(p, "hi") = 2        p[hi  ] wakes reader" */
#ifndef SIM_STEP_TRACE_LINE_H
#define SIM_STEP_TRACE_LINE_H

#include <stddef.h>

struct text_piece {
    const char *text; /* borrowed from the line */
    size_t length;
};

struct trace_line {
    struct text_piece tick, name, call, note;
};

/* `name_width`: the column of names is at least so wide. */
struct trace_line trace_line_apart(const char *line, size_t name_width);

#endif

/* text_trace.h - a trace made to be read.
 *
 *     tick  process   call                                    pipe
 *        0  producer  write(p, "abc") = 3                     p[abc     ] used 3 of 8
 *        0  producer  write(p, "defghi") ...                  p[abcdefgh] asleep on p.not_full: ...
 *        4  consumer  read(p, 4) = "abcd"                     p[    efgh] wakes producer
 *        4  producer  ... write(p, "defghi") = 6              p[i   efgh] slept 4 ticks, woken by
 * ...
 *
 * At depth calls a call is one line, or two when it sleeps. At depth queue what happens inside is
 * shown as it takes effect, at depth locks also each operation on a lock or condition variable. */
#ifndef SIM_TRACE_TEXT_TRACE_H
#define SIM_TRACE_TEXT_TRACE_H

#include "sim/trace/strbuf.h"
#include "sim/trace/trace.h"

enum text_color { TEXT_PLAIN, TEXT_COLORED };

struct text_trace {
    struct trace_output out;
    enum trace_depth depth;
    enum text_color color;
    size_t name_width;
    struct strbuf line;
    struct text_actor *actors; /* on the ordinary heap */
    size_t actor_room;
    bool header_written;
};

/* The names of processes are padded to the longest of those given, and to 7. */
void text_trace_init(struct text_trace *t, struct trace_output out, enum trace_depth depth,
                     enum text_color color, size_t longest_name);
void text_trace_fini(struct text_trace *t);
struct trace_sink text_trace_sink(struct text_trace *t);

/* "p[abc     ]": its cells, or a bar when there are many. */
void text_add_pipe_picture(struct strbuf *s, const struct view_pipe *p);

#endif

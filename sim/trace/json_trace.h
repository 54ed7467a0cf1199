/* json_trace.h - a trace as JSON Lines: everything, for other programs; operations on locks only at
 * depth locks. docs/trace.md describes it. */
#ifndef SIM_TRACE_JSON_TRACE_H
#define SIM_TRACE_JSON_TRACE_H

#include "sim/trace/strbuf.h"
#include "sim/trace/trace.h"

enum { JSON_TRACE_VERSION = 1 };

struct json_trace {
    struct trace_output out;
    enum trace_depth depth;
    struct strbuf line;
};

/* The caller writes the first line (the header), and frees `line` at the end. */
void json_trace_init(struct json_trace *j, struct trace_output out, enum trace_depth depth);
void json_trace_fini(struct json_trace *j);
struct trace_sink json_trace_sink(struct json_trace *j);

/* Appends "key":"text" or "key":n, with a comma before it unless it is the first in its object. */
void json_add_text(struct strbuf *s, const char *key, const void *text, size_t size);
void json_add_int(struct strbuf *s, const char *key, int64_t n);

#endif

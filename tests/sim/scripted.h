/* scripted.h - a scenario under test: a text is parsed, run and judged, and what came of it can be
 * looked at: the verdict, the trace as text, as JSON and as a sequence, the messages. There is one run at a time: free
 * it before the next begins.
 *
 * The text is kept without a byte behind its end, so that AddressSanitizer sees who reads on. */
#ifndef TESTS_SIM_SCRIPTED_H
#define TESTS_SIM_SCRIPTED_H

#include "sim/run/run.h"
#include "sim/trace/json_trace.h"
#include "sim/trace/sequence.h"
#include "sim/trace/text_trace.h"

struct script_options {
    struct run_options run;
    enum trace_depth depth;
    enum text_color color;
};

struct scripted {
    struct script_options options;
    struct source source;    /* owned */
    struct program *program; /* owned; NULL: it did not parse */
    struct diag_list diags;
    struct run *run; /* owned; NULL before it has begun */
    struct text_trace text_trace;
    struct json_trace json_trace;
    struct sequence sequence;
    struct trace_sink sinks[3];

    enum sched_end end;
    enum verdict verdict;
    struct strbuf text, json, messages;
};

/* Parses, and sets the run up. Options may be NULL: fifo, calls. */
struct scripted *script_begin(const char *text, const struct script_options *options);
/* The same for bytes that may contain 0. */
struct scripted *script_begin_bytes(const char *bytes, size_t n,
                                    const struct script_options *options);

/* Runs it to its end, if it has begun, and judges it. */
void script_finish(struct scripted *s);
void script_free(struct scripted *s);

/* All of this. */
struct scripted *run_text(const char *text, const struct script_options *options);

/* The same choices again. */
struct scripted *replay(const char *text, const char *schedule, enum trace_depth depth);

/* -- what a test says of a scenario --------------------------------------------------------------- */

/* It runs as it says. */
void comes_true(const char *text);
void comes_true_with(const char *text, const struct script_options *options);

/* It ends with this verdict, and the messages contain `fragment`. */
void ends_as(const char *text, enum verdict verdict, const char *fragment);
void ends_as_with(const char *text, const struct script_options *options, enum verdict verdict,
                  const char *fragment);

/* The parser's first message stands at `place`, "line:column", and contains `fragment`. */
void is_wrong(const char *text, const char *place, const char *fragment);

/* A process that makes these statements finds the condition true. */
void holds(const char *condition);
void holds_after(const char *statements, const char *condition);

/* Running these statements is a mistake. */
void is_mistake(const char *statements, const char *fragment);

void text_contains(const char *text, const char *fragment);
void text_lacks(const char *text, const char *fragment);
size_t occurrences(const char *text, const char *fragment);

#endif

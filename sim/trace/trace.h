/* trace.h - where events go: first into the view, then to each sink, in the order of effect.
 *
 * A sink gets the event together with the view after it. The trace lies in the arena, what a sink
 * keeps does not. trace_emit is called inside the atomic section (sched.h) and never sleeps. */
#ifndef SIM_TRACE_TRACE_H
#define SIM_TRACE_TRACE_H

#include "sim/trace/view.h"

struct trace_sink {
    void (*event)(void *ctx, const struct event *e, const struct view *after);
    void *ctx;
    enum trace_interest { SINK_ALL, SINK_WITHOUT_LOCKS } interest;
};

enum { TRACE_SINKS = 5 };

struct trace {
    uint64_t seq;
    struct view view;
    struct trace_sink sinks[TRACE_SINKS];
    size_t sink_count;
    bool locks; /* does anybody want EV_LOCK, EV_UNLOCK and EV_NOTIFY? */
};

void trace_init(struct trace *t);
void trace_add_sink(struct trace *t, struct trace_sink sink);

/* Fills in seq, tick and ns. */
void trace_emit(struct trace *t, struct event *e);

/* Where a rendering puts its text. */
struct trace_output {
    void (*write)(void *ctx, const char *bytes, size_t n);
    void *ctx;
};

enum trace_depth { DEPTH_CALLS, DEPTH_QUEUE, DEPTH_LOCKS };

#endif

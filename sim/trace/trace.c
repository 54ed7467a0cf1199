/* trace.c - see trace.h. */
#include "sim/trace/trace.h"

#include "sim/sched/sched.h"

#include <assert.h>

void trace_init(struct trace *t)
{
    *t = (struct trace){0};
}

void trace_add_sink(struct trace *t, struct trace_sink sink)
{
    assert(t->sink_count < TRACE_SINKS);
    t->sinks[t->sink_count++] = sink;
    t->locks |= sink.interest == SINK_ALL;
}

static bool is_lock_event(enum event_kind kind)
{
    return kind == EV_LOCK || kind == EV_UNLOCK || kind == EV_NOTIFY;
}

void trace_emit(struct trace *t, struct event *e)
{
    e->seq = ++t->seq;
    struct sched_moment now = sched_moment();
    e->tick = now.tick;
    e->ns = now.ns;
    view_apply(&t->view, e);
    for (size_t i = 0; i < t->sink_count; i++) {
        if (t->sinks[i].interest == SINK_ALL || !is_lock_event(e->kind))
            t->sinks[i].event(t->sinks[i].ctx, e, &t->view);
    }
}

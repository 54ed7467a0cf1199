/* tally.c - see tally.h. */
#include "sim/trace/tally.h"

#include "sim/trace/strbuf.h"

static void count(void *ctx, const struct event *e, const struct view *after)
{
    struct tally *t = ctx;
    if (e->sleep_on == ON_NETWORK || (e->kind == EV_WAKE && after->actors[e->other].pid < 0))
        return; /* the network is no process */
    if (e->actor != NOBODY && e->actor != t->last_actor && e->kind != EV_START &&
        e->kind != EV_OPEN_READER && e->kind != EV_OPEN_WRITER) {
        t->switches += t->last_actor != NOBODY;
        t->last_actor = e->actor;
    }
    t->calls += e->kind == EV_RETURN && e->value2 != 1; /* a restarted call counts once */
    t->wakeups += e->kind == EV_WAKE && after->actors[e->other].sleep_on != ON_TIME;
    if (e->kind == EV_PUT || e->kind == EV_TOOK || e->kind == EV_FILE_WRITTEN ||
        e->kind == EV_FILE_READ)
        t->bytes += e->value;
    if (e->kind == EV_SLEEP && e->sleep_on != ON_TIME && e->sleep_on != ON_LOCK) {
        t->sleeps++;
        t->needless_wakeups += e->value2 != 0;
    }
}

struct trace_sink tally_sink(struct tally *t)
{
    *t = (struct tally){.last_actor = NOBODY};
    return (struct trace_sink){count, t, SINK_WITHOUT_LOCKS};
}

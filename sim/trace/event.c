/* event.c - see event.h. */
#include "sim/trace/event.h"

const char *event_name(enum event_kind kind)
{
    static const char *const names[] = {
#define X(k, name) name,
        EVENT_KINDS(X)
#undef X
    };
    return names[kind];
}

const char *sleep_on_name(enum sleep_on on)
{
    static const char *const names[] = {
#define X(o, name) name,
        SLEEPS_ON(X)
#undef X
    };
    return names[on];
}

/* ticks.h - inside own/: a tick is a millisecond, in a person's own code. */
#ifndef SIM_OWN_TICKS_H
#define SIM_OWN_TICKS_H

#include "sim/sched/sched.h"

#include <time.h>

enum { NS_IN_TICK = 1000000, TICKS_IN_SECOND = 1000 };

static inline tick_t ticks_of(const struct timespec *t)
{
    return t->tv_sec > TICK_MOST / TICKS_IN_SECOND
               ? TICK_MOST
               : t->tv_sec * TICKS_IN_SECOND + t->tv_nsec / NS_IN_TICK;
}

static inline struct timespec ticks_as_time(tick_t t)
{
    return (struct timespec){t / TICKS_IN_SECOND, (long)(t % TICKS_IN_SECOND) * NS_IN_TICK};
}

#endif

/* ticks.h - inside own/: time, as a person's own code has it. A tick is a millisecond. */
#ifndef SIM_OWN_TICKS_H
#define SIM_OWN_TICKS_H

#include "sim/sched/sched.h"

#include <time.h>

enum { NS_IN_TICK = 1000000, TICKS_IN_SECOND = 1000, NS_IN_SECOND = 1000000000 };

/* Tick 0: some day, as on any clock. Who takes a time from now for a time of day is seen to be wrong. */
enum { FIRST_SECOND = 1700000000 };

static inline bool is_no_time(const struct timespec *t)
{
    return t->tv_nsec < 0 || t->tv_nsec >= NS_IN_SECOND;
}

static inline bool is_long_ago(const struct timespec *t)
{
    return t->tv_sec < FIRST_SECOND / 2;
}

/* Before tick 0 it is 0. */
static inline tick_t ticks_of(const struct timespec *t)
{
    tick_t seconds = (tick_t)t->tv_sec - FIRST_SECOND;
    if (seconds < 0)
        return 0;
    return seconds > TICK_MOST / TICKS_IN_SECOND
               ? TICK_MOST
               : seconds * TICKS_IN_SECOND + t->tv_nsec / NS_IN_TICK;
}

static inline struct timespec ticks_as_time(tick_t t)
{
    return (struct timespec){FIRST_SECOND + t / TICKS_IN_SECOND,
                             (long)(t % TICKS_IN_SECOND) * NS_IN_TICK};
}

#endif

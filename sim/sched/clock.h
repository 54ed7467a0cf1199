/* clock.h - seconds by a clock that never goes back: what a bound on real time is measured with. No run
 * depends on it. */
#ifndef SIM_SCHED_CLOCK_H
#define SIM_SCHED_CLOCK_H

#include <time.h>

static inline double clock_seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline double clock_now(void)
{
    return clock_seconds(CLOCK_MONOTONIC);
}

/* That the processor has worked for this process. */
static inline double clock_worked(void)
{
    return clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
}

#endif

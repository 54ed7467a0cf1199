/* tally.h - the figures of a run, for its summary line: a sink that only counts. */
#ifndef SIM_TRACE_TALLY_H
#define SIM_TRACE_TALLY_H

#include "sim/trace/trace.h"

struct tally {
    int64_t calls;    /* that returned, or ended their process */
    int64_t switches; /* an event of another actor than the one before */
    int64_t sleeps;
    int64_t wakeups;
    int64_t
        needless_wakeups; /* of a reader or writer that slept again without having moved a byte */
    int64_t bytes;        /* copied: in plus out */
    int last_actor;
};

struct trace_sink tally_sink(struct tally *t);

#endif

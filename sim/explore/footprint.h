/* footprint.h - inside explore/: which objects a step touched, and whether two steps commute. */
#ifndef SIM_EXPLORE_FOOTPRINT_H
#define SIM_EXPLORE_FOOTPRINT_H

#include "sim/sched/sched.h"

struct touched {
    const void *object;
    uint8_t how; /* a bit for each enum touch_kind */
    uint32_t
        before; /* the touch of the same object before this one, by another or the same task; from
                        1; 0: none. Kept by whoever stores it */
    uint32_t step; /* the step it belongs to; the same */
};

/* A lock that is taken and let go in the same step is simply used. */
enum use { USE_READS, USE_TAKES, USE_LETS_GO, USE_WRITES };

static inline enum use touched_use(const struct touched *t)
{
    enum { READ = 1 << TOUCH_READ, ACQUIRE = 1 << TOUCH_ACQUIRE, RELEASE = 1 << TOUCH_RELEASE };
    switch (t->how & ~READ) {
    case 0: return USE_READS;
    case ACQUIRE: return USE_TAKES;
    case RELEASE: return USE_LETS_GO;
    default: return USE_WRITES;
    }
}

static inline bool uses_conflict(enum use a, enum use b)
{
    return a != USE_READS || b != USE_READS;
}

#endif

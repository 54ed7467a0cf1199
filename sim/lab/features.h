/* features.h - what happens in a scenario on the right pipe, of those things without which a wrong pipe is
 * as good as a right one: nobody who sleeps, say, no wake-up that could be lost. */
#ifndef SIM_LAB_FEATURES_H
#define SIM_LAB_FEATURES_H

#include "sim/script/program.h"

enum feature {
    FEATURE_READ,
    FEATURE_READER_SLEEPS,
    FEATURE_SLEEPS,
    FEATURE_BOTH_SLEEP,
    FEATURE_TWO_READERS,
    FEATURE_WRITERS_SLEEP,
    FEATURE_ROOM_TOO_SMALL,
    FEATURE_CLOSE_WAKES,
    FEATURE_EPIPE,
    FEATURE_EOF,
    FEATURE_EINTR,
    FEATURES
};

/* Those that were met in some runs, a bit each: one as `run` makes it, the others at random. */
unsigned features_of(const struct program *program);

/* "no reader ever sleeps": what is said when there was none. */
const char *feature_missing(enum feature f);

/* What the bug of this name (pipesim bugs) needs to do any harm. */
enum feature feature_needed(const char *bug);

#endif

/* bugs.h - pipes with a bug: ringbuf/pipe.c as a small script (sim/bugs/NAME.sed) has changed it. Each
 * is a pipe implementation, and is taken by its name as any other. docs/bugs.md shows them all. */
#ifndef SIM_KERNEL_BUGS_H
#define SIM_KERNEL_BUGS_H

#include "sim/kernel/pipe_impl.h"

struct bug {
    struct pipe_impl impl; /* its name is the bug's */
    int number;            /* in docs/bugs.md */
    const char *what;      /* in half a line */
    const char *say;       /* what one learns of it */
    const char *change;    /* the lines of pipe.c before (-) and after (+) */
};

extern const struct bug *const bugs[]; /* by number; NULL at the end */

/* NULL: there is none of that name. */
const struct bug *bug_named(const char *name);

#endif

/* compile.h - inside own/: from C files to a shared object. */
#ifndef SIM_OWN_COMPILE_H
#define SIM_OWN_COMPILE_H

#include "sim/own/scratch.h"

enum { WORKSHOP_FILES_MOST = 16 };

/* A folder of our own under TMPDIR, with the headers in it; "" when it cannot be made. */
struct workshop {
    char folder[SCRATCH_PATH_MOST];
    char object[300]; /* the shared object in it */
    char list
        [300]; /* a make rule in it: what the file compiled last consists of, but for the system's headers */
    int files; /* compiled so far */
    enum { SEES_ACCESSES, SEES_CALLS_ONLY } sees;
};

/* 0; or -1, and `out` says why. */
int workshop_open(struct workshop *w, struct strbuf *out);

/* One C file, by the compiler ($CC, or cc), with its hooks for accesses to memory (-fsanitize=thread)
 * where it has them. What the compiler prints is appended to `out`. The places in the code are told by
 * the file's name without its folder. 0 or -1. */
int workshop_compile(struct workshop *w, const char *file, struct strbuf *out);

/* All of them and what stands beside them (beside/beside.c), as w->object. 0 or -1. */
int workshop_link(struct workshop *w, struct strbuf *out);

void workshop_close(struct workshop *w); /* removes the folder */

#endif

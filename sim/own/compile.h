/* compile.h - inside own/: from C files to a shared object. */
#ifndef SIM_OWN_COMPILE_H
#define SIM_OWN_COMPILE_H

#include "sim/trace/strbuf.h"

/* A folder of our own under TMPDIR, with the headers in it; "" when it cannot be made. */
struct workshop {
    char folder[256];
    char object[300]; /* the shared object in it */
};

/* 0; or -1, and `out` says why: what the compiler ($CC, or cc) prints, say. */
int workshop_open(struct workshop *w, struct strbuf *out);
int workshop_compile(struct workshop *w, const char *file, struct strbuf *out);
void workshop_close(struct workshop *w); /* removes the folder */

#endif

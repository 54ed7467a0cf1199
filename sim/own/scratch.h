/* scratch.h - folders for files that nobody needs afterwards. */
#ifndef SIM_OWN_SCRATCH_H
#define SIM_OWN_SCRATCH_H

#include "sim/trace/strbuf.h"

enum { SCRATCH_PATH_MOST = 256 };

/* A new one, in the folder `in`, or NULL: in $TMPDIR or /tmp; its path goes to `path`. 0; or -1, `out` says why, and
 * the path is "". */
int scratch_make(char path[SCRATCH_PATH_MOST], const char *in, struct strbuf *out);

/* With all that is in it; "" is none. */
void scratch_remove(const char *path);

#endif

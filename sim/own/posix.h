/* posix.h - inside own/: the pthread and heap calls of a person's own code, as pipesim makes them. */
#ifndef SIM_OWN_POSIX_H
#define SIM_OWN_POSIX_H

#include "sim/kernel/pipe_impl.h"
#include "sim/trace/strbuf.h"

struct pipesim_calls;
const struct pipesim_calls *posix_calls(void);

/* The static variables of a loaded library become part of every snapshot, and of every state. 0, or -1 and
 * `out` says why. */
int posix_take_variables(void *library, struct strbuf *out);

/* The same for those of posix.c. */
int posix_include_own(void);

/* What a pipe of this sort has instead of what it need not implement. */
void posix_complete(struct pipe_impl *impl);

#endif

/* posix.h - inside own/: the pthread and heap calls of a person's own code, as pipesim makes them. */
#ifndef SIM_OWN_POSIX_H
#define SIM_OWN_POSIX_H

#include "sim/kernel/pipe_impl.h"

struct pipesim_calls;
const struct pipesim_calls *posix_calls(void);

/* Once, before such code runs: what is known of it becomes part of every snapshot, and its crashes are
 * caught. 0, or -1: there are too many variables. */
int posix_begin(void);

/* What a pipe of this sort has instead of what it need not implement. */
void posix_complete(struct pipe_impl *impl);

#endif

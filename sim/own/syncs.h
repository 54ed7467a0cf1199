/* syncs.h - inside own/: the locks, conditions, semaphores, barriers and the like of a person's own code. They
 * lie where the code has them, in the size that the C library gives them; what is wrong with their use is a
 * fault of the run. */
#ifndef SIM_OWN_SYNCS_H
#define SIM_OWN_SYNCS_H

#include <stddef.h>

struct pipesim_calls;
void syncs_add_calls(struct pipesim_calls *calls);

/* Those that the code has no room for (a spin lock, a `once`) lie elsewhere: they are part of a state. */
void syncs_add_state(void (*add)(void *ctx, const void *bytes, size_t n), void *ctx);
int syncs_include(void); /* as memory_include */

#endif

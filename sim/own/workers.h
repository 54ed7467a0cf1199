/* workers.h - inside own/: the threads that a person's own code makes (pthread_create and what belongs to it),
 * and the data that each thread has for itself. What must not be done (join twice) is a fault of the run. */
#ifndef SIM_OWN_WORKERS_H
#define SIM_OWN_WORKERS_H

#include <stddef.h>

struct pipesim_calls;
struct strbuf;

void workers_add_calls(struct pipesim_calls *calls);

/* Is there one that has not come to its end? */
enum workers_alive { WORKERS_NONE, WORKERS_AT_WORK };
enum workers_alive workers_alive(void);

/* One that was neither joined nor detached, as a sentence; nothing if there is none. */
void workers_describe_left(struct strbuf *out);

/* What of all this determines how a run goes on. */
void workers_add_state(void (*add)(void *ctx, const void *bytes, size_t n), void *ctx);
int workers_include(void); /* as memory_include */

#endif

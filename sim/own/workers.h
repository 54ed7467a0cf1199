/* workers.h - inside own/: the threads that a person's own code makes (pthread_create and what belongs to it),
 * and the data that each thread has for itself. Errors are those of the pthread call, as its value; what must
 * not be done (join twice) is a fault of the run. */
#ifndef SIM_OWN_WORKERS_H
#define SIM_OWN_WORKERS_H

#include <stddef.h>

struct pipesim_cleanup;
struct strbuf;

/* The thread is called as its function, whose name ends `function`. */
int workers_create(unsigned long *thread, void *(*function)(void *), void *arg,
                   const char *function_text, const char *site);
int workers_join(unsigned long thread, void **result, const char *site);
int workers_detach(unsigned long thread, const char *site);
void workers_exit(void *result, const char *site);
unsigned long workers_self(void);

/* Is there one that has not come to its end? */
enum workers_alive { WORKERS_NONE, WORKERS_AT_WORK };
enum workers_alive workers_alive(void);

/* One that was neither joined nor detached, as a sentence; nothing if there is none. */
void workers_describe_left(struct strbuf *out);

/* pthread_cleanup_push and _pop. */
void workers_push_cleanup(struct pipesim_cleanup *c);
void workers_pop_cleanup(int execute);

/* Thread-specific data. What a worker has is given to `freer` when it ends. */
int workers_key_create(unsigned *key, void (*freer)(void *));
int workers_key_delete(unsigned key);
void *workers_getspecific(unsigned key);
int workers_setspecific(unsigned key, const void *value);

/* What of all this determines how a run goes on. */
void workers_add_state(void (*add)(void *ctx, const void *bytes, size_t n), void *ctx);
int workers_include(void); /* as memory_include */

#endif

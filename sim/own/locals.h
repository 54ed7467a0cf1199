/* locals.h - inside own/: thread-local variables (__thread, _Thread_local) of a person's own code. All tasks run on
 * one thread of the system, so each is given a copy of its own, here. */
#ifndef SIM_OWN_LOCALS_H
#define SIM_OWN_LOCALS_H

#include <stddef.h>

/* Those of the library that has this address in it. */
void locals_take(const void *inside);

/* What __tls_get_addr gives: where the running task has the variable at this offset. */
void *locals_address(size_t offset);

/* Where they are, as pointers. */
void locals_each(void (*add)(void *ctx, const void *bytes, size_t n), void *ctx);
int locals_include(void); /* as memory_include */

#endif

/* system.h - inside the library: the one system, and how a thread of the program comes into it. */
#ifndef SIM_LIBRARY_SYSTEM_H
#define SIM_LIBRARY_SYSTEM_H

#include "sim/kernel/kernel.h"

/* A call that its caller has prepared: what the kernel gives, a value or a negative errno. */
typedef ssize_t library_attempt(struct thread *self, void *arguments);

enum library_restart { LIBRARY_RESTARTS, LIBRARY_GIVES_EINTR };

/* Makes it as the calling thread, with the kernel lock, and runs the handlers of the signals that have
 * come meanwhile, without. After a handler with SA_RESTART a call that restarts is made again. The
 * result as C has it: -1 with errno, or a value. */
ssize_t library_call(library_attempt *attempt, void *arguments, enum library_restart restart);

#endif

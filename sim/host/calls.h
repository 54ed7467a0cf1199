/* calls.h - inside host/: the system calls that puppets make, by number. */
#ifndef SIM_HOST_CALLS_H
#define SIM_HOST_CALLS_H

#include "sim/host/slot.h"

/* The puppet's side: makes the call. `bytes` is what it writes from and reads into. Fills in value,
 * pair and revents. */
void host_call_make(const struct order *order, char *bytes, struct report *report);

/* Which argument is a process or the actor number of a thread, or -1; is its result one? */
int host_call_process_argument(int call);
bool host_call_gives_process(int call);
bool host_call_names_address(int call);
bool host_call_gives_address(int call);

/* Does a thread that makes this call sleep in system call `number`? */
bool host_call_sleeps_in(int call, long number);

#endif

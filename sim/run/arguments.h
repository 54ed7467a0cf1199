/* arguments.h - inside run/: what a script passes to a call, as what the call needs. A value of the
 * wrong kind is a mistake of the script, and ends the run. */
#ifndef SIM_RUN_ARGUMENTS_H
#define SIM_RUN_ARGUMENTS_H

#include "sim/run/vm.h"

int64_t argument_number(struct vm *vm, struct value v);

/* A number that the kernel takes as an int: what does not fit is no descriptor, signal or pid. */
int argument_small_number(struct vm *vm, struct value v);

struct bytes *argument_bytes(struct vm *vm, struct value v); /* borrowed; NULL after a mistake */

/* A process by name or number; -1 when there is none. */
int argument_process(struct vm *vm, struct value v);

#endif

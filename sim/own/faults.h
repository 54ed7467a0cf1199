/* faults.h - inside own/: how what is wrong with a person's own code is told, and its crashes. */
#ifndef SIM_OWN_FAULTS_H
#define SIM_OWN_FAULTS_H

#include "sim/sched/sync.h"

#include <setjmp.h>

/* Where the running task's code is: at a call ("my_pipe.c:41 free(p)"), or before an access. */
void fault_at_call(const char *site);
void fault_at_access(const void *from);

/* "my_pipe.c:41 free(p)", "my_pipe.c:44": where that was, until the next call of this function. */
const char *fault_place(void);

/* Ends the run with this fault; its first note is fault_place() if it has none. In controlled mode this
 * does not come back when a task runs. Outside of one it is kept until a task comes here. */
void fault_raise(struct sched_fault f);

/* While there is such a place, a fault goes there and is none. */
void fault_escape_to(jmp_buf *place);
void fault_escape(void);

/* From now on signals like SIGSEGV in the code of a pipe are faults of the run, and so is code that
 * computes for FAULT_SECONDS without an access or a call. */
enum { FAULT_SECONDS = 5, FAULT_ACCESSES = 5000000 };
void fault_catch_signals(void);

/* Where the main stack is in that code, or not. */
enum fault_main { MAIN_IN_PIPE, MAIN_ELSEWHERE };
void fault_main_stack(enum fault_main where);

/* Of a call or an access that is seen: the code is alive. Too many accesses without a call are a loop. */
void fault_pulse(void);
void fault_no_loop(void);

#endif

/* clocks.h - inside own/: the vector clocks of tasks and of what they pass on (races.h). */
#ifndef SIM_OWN_CLOCKS_H
#define SIM_OWN_CLOCKS_H

#include "sim/sched/sched.h"

enum { CLOCKS_MOST = 64 }; /* tasks that have one; of further ones no race is found */

/* The running task's number and clock. False: it has none. */
bool clocks_now(uint16_t *task, uint32_t *clock);

/* Has the running task been passed what that task had done at this clock? */
bool clocks_knows(uint16_t task, uint32_t clock);

/* NULL: there is none of this number. */
const struct task *clocks_task(uint16_t task);

/* The running task is passed what those did who have released the object; or releases it. */
void clocks_acquire(const void *object);
void clocks_release(const void *object);
void clocks_forget(const void *object);

/* As memory_include. From then on the scheduler tells what comes before what. */
int clocks_include(void);

#endif

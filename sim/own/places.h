/* places.h - inside own/: places in tables of what each thread has for itself. */
#ifndef SIM_OWN_PLACES_H
#define SIM_OWN_PLACES_H

#include "sim/kernel/kernel.h"
#include "sim/sched/sched.h"

enum { THREADS_MOST = 64 };

/* The running thread's; 0 is the main stack's, and that of all beyond those that are told apart. */
static inline int place_of_thread(void)
{
    const struct thread *t = sched_begun() ? thread_self() : NULL;
    int n = t == NULL ? 0 : thread_number(t);
    return n < THREADS_MOST ? n : 0;
}

#endif

/* fiber.h - control passes from one stack to another: what a controlled task runs on.
 *
 * A fiber runs until it switches to another one. On x86-64 and aarch64 a switch is a dozen
 * instructions of assembly, elsewhere swapcontext. Sanitizers and valgrind are told of each switch.
 * A fiber's memory is in the arena; the main fiber is the stack that the program was started on. */
#ifndef SIM_SCHED_FIBER_H
#define SIM_SCHED_FIBER_H

#include "sim/sched/arena.h"

#if !defined(__x86_64__) && !defined(__aarch64__) && !defined(FIBER_UCONTEXT)
#define FIBER_UCONTEXT 1 /* can be defined by hand, to try it elsewhere */
#endif
#ifdef FIBER_UCONTEXT
#include <ucontext.h>
#endif

struct fiber {
    struct arena_stack *stack; /* owned; NULL for the main fiber */
    char *sp;                  /* of the main fiber, while suspended; others: stack->live */
    void (*body)(void *);
    void *arg;
    void *sanitizer; /* what a sanitizer or valgrind keeps for this stack */
#ifdef FIBER_UCONTEXT
    ucontext_t context;
#endif
};

/* The caller's own stack becomes a fiber that one can switch back to. */
void fiber_init_main(struct fiber *f);

/* The first switch to f calls body(arg), which must never return. 0 or -ENOMEM. */
int fiber_init(struct fiber *f, void (*body)(void *), void *arg);

/* f must not be running. */
void fiber_fini(struct fiber *f);

void fiber_switch(struct fiber *from, struct fiber *to);

#endif

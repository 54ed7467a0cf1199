/* crew.h - tasks under test, and a log of what they say.
 *
 * The log lies outside the arena, so it survives what happens to the run. Tasks say words; the test
 * compares the sentence, on its own stack. With threads a task says things with the kernel lock
 * held, as every task's body has it. */
#ifndef TESTS_SIM_CREW_H
#define TESTS_SIM_CREW_H

#include "sim/sched/arena.h"
#include "sim/sched/sched.h"

/* An empty arena, a scheduler, an empty log. */
void crew_open(struct sched_config config);

/* A task that runs body with its own name as argument. */
struct task *crew_add(const char *name, void (*body)(void *name));

/* The same for a body that is outside of the kernel, as a pipe's code is: it does not hold the kernel
 * lock. There the others may run first, or may be chosen, with these two. */
struct task *crew_add_outside(const char *name, void (*body)(void *name));
void yield_outside(void);
void point_outside(void);

/* Adds a word, and a space before it if it is not the first; formatted as printf does it. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *said(void);
void say_nothing_so_far(void);

/* For property tests: the same numbers each time. */
uint64_t next_random(uint64_t *state);

#endif

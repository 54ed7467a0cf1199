/* accesses.h - inside own/: each access of a person's own code to memory, as the compiler's hooks tell of it
 * just before it is made: is it allowed, does it race, may another task go on first? */
#ifndef SIM_OWN_ACCESSES_H
#define SIM_OWN_ACCESSES_H

#include "sim/own/races.h"
#include "sim/trace/strbuf.h"

#include <setjmp.h>

/* `from` is the address where the hook returns to. */
void accesses_read(const void *at, size_t n, const void *from);
void accesses_write(const void *at, size_t n, const void *from);
/* A scheduling point, and an edge between tasks; whatever memory order was asked for. */
void accesses_atomic(const void *at, size_t n, enum race_access does, const void *from);

/* In pipe_new and pipe_free nobody else can be there: nothing is a race. */
enum accesses_alone { ACCESSES_ALONE, ACCESSES_AMONG_OTHERS };
void accesses_are(enum accesses_alone how);

/* What is written between the two is taken back: nobody but who looks from outside has called. A fault, or
 * more steps than a look can need (accesses and yields), goes to `end`. */
void accesses_keep(jmp_buf *end);
void accesses_take_back(void);
void accesses_look_goes_on(void);
void accesses_look_ends(void);             /* it would sleep */
void accesses_look_allocates(void *block); /* to be taken back, too */

/* See own.h. */
void accesses_preempt_at(const char *lines);
void accesses_collect_races(void);
enum accesses_found { FOUND_NONE, FOUND_NEW };
enum accesses_found accesses_preempt_at_races(void);
void accesses_add_points(struct strbuf *out);

int accesses_include(void); /* as memory_include */

#endif

/* held.h - inside own/: which locks each task holds, for messages; and in which order they are taken. */
#ifndef SIM_OWN_HELD_H
#define SIM_OWN_HELD_H

#include "sim/trace/strbuf.h"

/* The running task takes a lock at this site, and lets it go. */
void held_take(const void *lock, const char *site);
void held_get(const void *lock,
              const char *site); /* the same, by a call that would not have waited */
void held_let_go(const void *lock);
void held_forget(const void *lock); /* it is new, or gone */

/* What it holds, as a number: 0 is no lock, 255 is unknown. */
uint8_t held_now(void);

/* "holding no lock"; "holding &p->lock (my_pipe.c:41)". */
void held_describe(uint8_t held, struct strbuf *out);

/* NULL; or, if the lock taken last closes a circle, a sentence about it. */
const char *held_cycle(void);

int held_include(void); /* as memory_include */

#endif

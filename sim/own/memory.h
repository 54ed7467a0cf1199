/* memory.h - inside own/: the heap of a person's own code, in the arena, and whether each access lies where
 * it may: in a block that has not been freed, or in the bytes that the call has been given.
 *
 * Freed blocks stay apart for a while, so that a use after the free is told from one of a new block. */
#ifndef SIM_OWN_MEMORY_H
#define SIM_OWN_MEMORY_H

#include "sim/trace/strbuf.h"

#include <stdbool.h>

/* As aligned_alloc (MEMORY_ALIGNED: for everything), free and realloc; `site` is the call's. What is new is
 * full of MEMORY_FRESH: who counts on zeros is seen to. What must not be freed is a fault. */
enum { MEMORY_ALIGNED = 16, MEMORY_FRESH = 0xa5 };
void *memory_allocate(size_t alignment, size_t n, const char *site);
void memory_release(void *memory, const char *site);
void *memory_resize(void *old, size_t n, const char *site);

/* As memory_release, of a block that nobody knows; nothing, if it is none. */
void memory_drop(void *memory);

/* A fault, unless these bytes may be used. Do others see them, too? `does`: "reads". */
enum memory_seen { SEEN_BY_NOBODY, SEEN_BY_OTHERS };
enum memory_seen memory_check(const void *at, size_t n, const char *does);

/* The contents of all blocks, for the digest of a state. */
void memory_each(void (*add)(void *ctx, const void *bytes, size_t n), void *ctx);

/* The last pipe is gone: a sentence about what has not been freed and cannot be reached by a pointer any more
 * from these places, if anything. */
typedef void memory_add(void *ctx, const void *bytes, size_t n);
void memory_describe_leaks(void (*each_root)(memory_add *add, void *ctx), struct strbuf *out);

/* Its own variables become part of every snapshot. 0 or -ENOMEM. */
int memory_include(void);

#endif

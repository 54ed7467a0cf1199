/* arena.h - the memory of a run: everything that a controlled run can change lies here.
 *
 * The arena is one range of addresses, reserved once and never moved: a heap from which everything
 * is allocated, and the stacks of the fibers. So a snapshot is a copy of its live bytes, restoring
 * one is a memcpy, and every pointer in it stays good. What must survive a restore (the trace,
 * printed output, statistics) must not be allocated here.
 *
 * There is one arena in a program, because the redirected malloc (redirect.h) has no argument to
 * say which one. Allocation is deterministic: the same calls in the same order give the same
 * addresses. Memory is zeroed when it is allocated. */
#ifndef SIM_SCHED_ARENA_H
#define SIM_SCHED_ARENA_H

#include <stddef.h>

/* Whether several threads use it (the --threads mode) or one. */
enum arena_use { ARENA_ONE_THREAD, ARENA_MANY_THREADS };

/* Reserves heap_limit bytes and room for so many stacks, and empties the arena. May be called again
 * for the next run. 0 or -ENOMEM. */
int arena_open(size_t heap_limit, size_t stacks, enum arena_use use);
void arena_close(void);

/* Zeroed; NULL at the limit. arena_resize keeps the contents and zeroes what is new. */
void *arena_alloc(size_t n);
void *arena_alloc_array(size_t count, size_t n);
void *arena_resize(void *old, size_t n);
void arena_free(void *memory);

/* Memory elsewhere that runs change, too: what is in it now is what each run begins with (arena_open),
 * and snapshots have it. For the static variables of code that is loaded. -ENOMEM: there is too much. */
int arena_include(void *at, size_t n);

/* Whose address is this? Stacks with the pages below them. */
enum arena_place { ARENA_HEAP, ARENA_STACKS, ARENA_ELSEWHERE };
enum arena_place arena_place_of(const void *at);

/* Bytes of the heap handed out so far. */
size_t arena_heap_used(void);

/* A stack for a fiber, with an unmapped page below it. `live` is where its contents begin while the
 * fiber is suspended; the fiber's owner keeps it true, for snapshots. */
struct arena_stack {
    char *low;  /* the lowest byte that may be used */
    char *top;  /* one past the highest */
    char *live; /* low <= live <= top */
    struct arena_stack *next, *previous;
};

struct arena_stack *arena_stack_new(void);
void arena_stack_free(struct arena_stack *stack);

/* A copy of the live bytes: heap and stacks. To be made and restored only while no fiber runs. The
 * copy is on the ordinary heap; NULL when that is short. */
struct snapshot;
struct snapshot *snapshot_take(void);
/* The same in the memory of an old one, which is no more, if it is large enough. */
struct snapshot *snapshot_take_again(struct snapshot *old);
void snapshot_restore(const struct snapshot *s);
void snapshot_free(struct snapshot *s);
size_t snapshot_bytes(const struct snapshot *s);

#endif

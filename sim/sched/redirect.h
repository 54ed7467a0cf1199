/* redirect.h - included before everything else when ringbuf/ (or a student's pipe) is compiled for
 * the simulator: its pthread calls become scheduling points, its heap the arena. The sources stay
 * as they are. Each call passes on its place and its own text, for the trace. */
#ifndef SIM_SCHED_REDIRECT_H
#define SIM_SCHED_REDIRECT_H

#include <pthread.h>
#include <stdlib.h>

#include "sim/sched/arena.h"
#include "sim/sched/sync.h"

#define SCHED_LINE_(line) #line
#define SCHED_LINE(line)  SCHED_LINE_(line)
#define SCHED_SITE(text)  __FILE__ ":" SCHED_LINE(__LINE__) " " text

#define pthread_mutex_t struct sched_mutex
#define pthread_cond_t  struct sched_cond
#undef PTHREAD_MUTEX_INITIALIZER
#undef PTHREAD_COND_INITIALIZER
#define PTHREAD_MUTEX_INITIALIZER                                                                  \
    {                                                                                              \
        0                                                                                          \
    }
#define PTHREAD_COND_INITIALIZER                                                                   \
    {                                                                                              \
        0                                                                                          \
    }

/* clang-format off */
#define pthread_mutex_init(m, attr) ((void)(attr), sched_mutex_init(m))
#define pthread_mutex_destroy(m) sched_mutex_destroy(m)
#define pthread_mutex_lock(m) sched_mutex_lock(m, SCHED_SITE("pthread_mutex_lock(" #m ")"))
#define pthread_mutex_trylock(m) sched_mutex_trylock(m, SCHED_SITE("pthread_mutex_trylock(" #m ")"))
#define pthread_mutex_unlock(m) sched_mutex_unlock(m, SCHED_SITE("pthread_mutex_unlock(" #m ")"))
#define pthread_cond_init(c, attr) ((void)(attr), sched_cond_init(c))
#define pthread_cond_destroy(c) sched_cond_destroy(c)
#define pthread_cond_wait(c, m) sched_cond_wait(c, m, SCHED_SITE("pthread_cond_wait(" #c ", " #m ")"))
#define pthread_cond_signal(c) sched_cond_signal(c, SCHED_SITE("pthread_cond_signal(" #c ")"))
#define pthread_cond_broadcast(c) sched_cond_broadcast(c, SCHED_SITE("pthread_cond_broadcast(" #c ")"))

/* clang-format on */

#define malloc(n)        arena_alloc(n)
#define calloc(count, n) arena_alloc_array(count, n)
#define realloc(old, n)  arena_resize(old, n)
#define free(memory)     arena_free(memory)

#endif

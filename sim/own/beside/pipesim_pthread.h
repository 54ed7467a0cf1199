/* pipesim_pthread.h - included before everything else when a pipe of your own is compiled for pipesim. Your
 * pthread calls go to its scheduler then, with their place and text, and your heap is the memory that it
 * can take back. Your sources stay as they are. */
#ifndef PIPESIM_PTHREAD_H
#define PIPESIM_PTHREAD_H

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* All zero is as good as initialized, as with the static initializers. */
struct pipesim_sync {
    void *state[8];
};

/* What `site` says: "my_pipe.c:41 pthread_mutex_lock(&p->lock)". */
struct pipesim_calls {
    void *(*allocate)(size_t n, const char *site);
    void *(*allocate_array)(size_t count, size_t n, const char *site);
    void *(*resize)(void *old, size_t n, const char *site);
    void (*release)(void *memory, const char *site);

    int (*mutex_init)(struct pipesim_sync *m, const int *kind, const char *site);
    int (*mutex_destroy)(struct pipesim_sync *m, const char *site);
    int (*mutex_lock)(struct pipesim_sync *m, const char *site);
    int (*mutex_trylock)(struct pipesim_sync *m, const char *site);
    int (*mutex_unlock)(struct pipesim_sync *m, const char *site);
    int (*cond_init)(struct pipesim_sync *c, const char *site);
    int (*cond_destroy)(struct pipesim_sync *c, const char *site);
    int (*cond_wait)(struct pipesim_sync *c, struct pipesim_sync *m, const char *site);
    int (*cond_timedwait)(struct pipesim_sync *c, struct pipesim_sync *m,
                          const struct timespec *until, const char *site);
    int (*cond_signal)(struct pipesim_sync *c, const char *site);
    int (*cond_broadcast)(struct pipesim_sync *c, const char *site);

    int (*sem_init)(struct pipesim_sync *s, unsigned value, const char *site);
    int (*sem_destroy)(struct pipesim_sync *s, const char *site);
    int (*sem_wait)(struct pipesim_sync *s, const char *site);
    int (*sem_trywait)(struct pipesim_sync *s, const char *site);
    int (*sem_post)(struct pipesim_sync *s, const char *site);
    int (*sem_getvalue)(struct pipesim_sync *s, int *value, const char *site);

    int (*rwlock_lock)(struct pipesim_sync *l, int writes, const char *site);
    int (*rwlock_trylock)(struct pipesim_sync *l, int writes, const char *site);
    int (*rwlock_unlock)(struct pipesim_sync *l, const char *site);

    unsigned long (*self)(void);
    int (*yield)(const char *site);
    int (*clock)(struct timespec *now);

    /* Every access of your code to memory that others may see (the compiler's hooks). */
    void (*reads)(const void *at, size_t n, const void *from);
    void (*writes)(const void *at, size_t n, const void *from);
};
extern const struct pipesim_calls *pipesim_calls;

#ifndef PIPESIM_TYPES_ONLY /* for pipesim itself */

#define PIPESIM_LINE_(line) #line
#define PIPESIM_LINE(line)  PIPESIM_LINE_(line)
#define PIPESIM_AT(text)    __FILE__ ":" PIPESIM_LINE(__LINE__) " " text

#define pthread_mutex_t     struct pipesim_sync
#define pthread_cond_t      struct pipesim_sync
#define pthread_rwlock_t    struct pipesim_sync
#define pthread_spinlock_t  struct pipesim_sync
#define sem_t               struct pipesim_sync
#define pthread_mutexattr_t int
#define pthread_condattr_t  int
#define pthread_rwlockattr_t int
#undef PTHREAD_MUTEX_INITIALIZER
#undef PTHREAD_COND_INITIALIZER
#undef PTHREAD_RWLOCK_INITIALIZER
#define PTHREAD_MUTEX_INITIALIZER  { { 0 } }
#define PTHREAD_COND_INITIALIZER   { { 0 } }
#define PTHREAD_RWLOCK_INITIALIZER { { 0 } }

static inline int pipesim_set_kind(int *kind, int value)
{
    *kind = value;
    return 0;
}

#define pthread_mutexattr_init(a)            pipesim_set_kind(a, PTHREAD_MUTEX_DEFAULT)
#define pthread_mutexattr_destroy(a)         pipesim_set_kind(a, 0)
#define pthread_mutexattr_settype(a, type)   pipesim_set_kind(a, type)
#define pthread_mutexattr_setpshared(a, how) ((void)(a), (void)(how), 0)
#define pthread_condattr_init(a)             pipesim_set_kind(a, 0)
#define pthread_condattr_destroy(a)          pipesim_set_kind(a, 0)
#define pthread_condattr_setclock(a, clock)  ((void)(a), (void)(clock), 0)
#define pthread_condattr_setpshared(a, how)  ((void)(a), (void)(how), 0)

#define pthread_mutex_init(m, attr) pipesim_calls->mutex_init(m, attr, PIPESIM_AT("pthread_mutex_init(" #m ", " #attr ")"))
#define pthread_mutex_destroy(m)    pipesim_calls->mutex_destroy(m, PIPESIM_AT("pthread_mutex_destroy(" #m ")"))
#define pthread_mutex_lock(m)       pipesim_calls->mutex_lock(m, PIPESIM_AT("pthread_mutex_lock(" #m ")"))
#define pthread_mutex_trylock(m)    pipesim_calls->mutex_trylock(m, PIPESIM_AT("pthread_mutex_trylock(" #m ")"))
#define pthread_mutex_unlock(m)     pipesim_calls->mutex_unlock(m, PIPESIM_AT("pthread_mutex_unlock(" #m ")"))
#define pthread_spin_init(m, how)   pipesim_calls->mutex_init(m, NULL, PIPESIM_AT("pthread_spin_init(" #m ")"))
#define pthread_spin_destroy(m)     pipesim_calls->mutex_destroy(m, PIPESIM_AT("pthread_spin_destroy(" #m ")"))
#define pthread_spin_lock(m)        pipesim_calls->mutex_lock(m, PIPESIM_AT("pthread_spin_lock(" #m ")"))
#define pthread_spin_trylock(m)     pipesim_calls->mutex_trylock(m, PIPESIM_AT("pthread_spin_trylock(" #m ")"))
#define pthread_spin_unlock(m)      pipesim_calls->mutex_unlock(m, PIPESIM_AT("pthread_spin_unlock(" #m ")"))
#define pthread_cond_init(c, attr)  ((void)(attr), pipesim_calls->cond_init(c, PIPESIM_AT("pthread_cond_init(" #c ", " #attr ")")))
#define pthread_cond_destroy(c)     pipesim_calls->cond_destroy(c, PIPESIM_AT("pthread_cond_destroy(" #c ")"))
#define pthread_cond_wait(c, m)     pipesim_calls->cond_wait(c, m, PIPESIM_AT("pthread_cond_wait(" #c ", " #m ")"))
#define pthread_cond_timedwait(c, m, t) pipesim_calls->cond_timedwait(c, m, t, PIPESIM_AT("pthread_cond_timedwait(" #c ", " #m ", " #t ")"))
#define pthread_cond_signal(c)      pipesim_calls->cond_signal(c, PIPESIM_AT("pthread_cond_signal(" #c ")"))
#define pthread_cond_broadcast(c)   pipesim_calls->cond_broadcast(c, PIPESIM_AT("pthread_cond_broadcast(" #c ")"))

#define sem_init(s, shared, value)  ((void)(shared), pipesim_calls->sem_init(s, value, PIPESIM_AT("sem_init(" #s ", " #value ")")))
#define sem_destroy(s)              pipesim_calls->sem_destroy(s, PIPESIM_AT("sem_destroy(" #s ")"))
#define sem_wait(s)                 pipesim_calls->sem_wait(s, PIPESIM_AT("sem_wait(" #s ")"))
#define sem_trywait(s)              pipesim_calls->sem_trywait(s, PIPESIM_AT("sem_trywait(" #s ")"))
#define sem_post(s)                 pipesim_calls->sem_post(s, PIPESIM_AT("sem_post(" #s ")"))
#define sem_getvalue(s, value)      pipesim_calls->sem_getvalue(s, value, PIPESIM_AT("sem_getvalue(" #s ")"))

#define pthread_rwlock_init(l, attr)  ((void)(attr), memset(l, 0, sizeof *(l)), 0)
#define pthread_rwlock_destroy(l)     pipesim_calls->mutex_destroy(l, PIPESIM_AT("pthread_rwlock_destroy(" #l ")"))
#define pthread_rwlock_rdlock(l)      pipesim_calls->rwlock_lock(l, 0, PIPESIM_AT("pthread_rwlock_rdlock(" #l ")"))
#define pthread_rwlock_wrlock(l)      pipesim_calls->rwlock_lock(l, 1, PIPESIM_AT("pthread_rwlock_wrlock(" #l ")"))
#define pthread_rwlock_tryrdlock(l)   pipesim_calls->rwlock_trylock(l, 0, PIPESIM_AT("pthread_rwlock_tryrdlock(" #l ")"))
#define pthread_rwlock_trywrlock(l)   pipesim_calls->rwlock_trylock(l, 1, PIPESIM_AT("pthread_rwlock_trywrlock(" #l ")"))
#define pthread_rwlock_unlock(l)      pipesim_calls->rwlock_unlock(l, PIPESIM_AT("pthread_rwlock_unlock(" #l ")"))

#define pthread_self()        ((pthread_t)pipesim_calls->self())
#define sched_yield()         pipesim_calls->yield(PIPESIM_AT("sched_yield()"))
#define pthread_yield()       pipesim_calls->yield(PIPESIM_AT("pthread_yield()"))
#define usleep(us)            ((void)(us), pipesim_calls->yield(PIPESIM_AT("usleep(" #us ")")))
#define sleep(s)              ((void)(s), (unsigned)pipesim_calls->yield(PIPESIM_AT("sleep(" #s ")")))
#define nanosleep(t, left)    ((void)(t), (void)(left), pipesim_calls->yield(PIPESIM_AT("nanosleep(" #t ")")))
#define clock_gettime(which, now) ((void)(which), pipesim_calls->clock(now))

#define malloc(n)        pipesim_calls->allocate(n, PIPESIM_AT("malloc(" #n ")"))
#define calloc(count, n) pipesim_calls->allocate_array(count, n, PIPESIM_AT("calloc(" #count ", " #n ")"))
#define realloc(old, n)  pipesim_calls->resize(old, n, PIPESIM_AT("realloc(" #old ", " #n ")"))
#define free(memory)     pipesim_calls->release(memory, PIPESIM_AT("free(" #memory ")"))

#endif
#endif

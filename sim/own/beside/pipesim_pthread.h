/* pipesim_pthread.h - included before everything else when a pipe of your own is compiled for pipesim. Your
 * pthread calls go to its scheduler then, with their place and text, and your heap is the memory that it
 * can take back. Your sources stay as they are. */
#ifndef PIPESIM_PTHREAD_H
#define PIPESIM_PTHREAD_H

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* All zero is as good as initialized, as with the static initializers. */
struct pipesim_sync {
    void *state[8];
};

/* Lies on the stack of whoever has pushed it. */
struct pipesim_cleanup {
    void (*function)(void *);
    void *arg;
    struct pipesim_cleanup *before;
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
    int (*mutex_timedlock)(struct pipesim_sync *m, const struct timespec *until, const char *site);
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
    int (*sem_timedwait)(struct pipesim_sync *s, const struct timespec *until, const char *site);
    int (*sem_trywait)(struct pipesim_sync *s, const char *site);
    int (*sem_post)(struct pipesim_sync *s, const char *site);
    int (*sem_getvalue)(struct pipesim_sync *s, int *value, const char *site);

    int (*rwlock_lock)(struct pipesim_sync *l, int writes, const char *site);
    int (*rwlock_timedlock)(struct pipesim_sync *l, int writes, const struct timespec *until,
                            const char *site);
    int (*rwlock_trylock)(struct pipesim_sync *l, int writes, const char *site);
    int (*rwlock_unlock)(struct pipesim_sync *l, const char *site);

    int (*barrier_init)(struct pipesim_sync *b, unsigned count, const char *site);
    int (*barrier_wait)(struct pipesim_sync *b, const char *site);
    int (*once)(struct pipesim_sync *o, void (*function)(void), const char *site);

    int (*thread_create)(unsigned long *thread, void *(*function)(void *), void *arg,
                         const char *function_text, const char *site);
    int (*thread_join)(unsigned long thread, void **result, const char *site);
    int (*thread_detach)(unsigned long thread, const char *site);
    void (*thread_exit)(void *result, const char *site);
    void (*cleanup_push)(struct pipesim_cleanup *c);
    void (*cleanup_pop)(int execute);
    int (*key_create)(unsigned *key, void (*freer)(void *));
    int (*key_delete)(unsigned key);
    void *(*getspecific)(unsigned key);
    int (*setspecific)(unsigned key, const void *value);

    unsigned long (*self)(void);
    int (*yield)(const char *site);
    int (*clock)(struct timespec *now);
    void (*says)(const char *text); /* what it prints */
    void (*refuses)(const char *what, const char *site); /* a call that it must not make: ends the run */

    /* Every access of your code to memory that others may see (the compiler's hooks). */
    void (*reads)(const void *at, size_t n, const void *from);
    void (*writes)(const void *at, size_t n, const void *from);
    void (*reads_atomically)(const void *at, size_t n, const void *from);
    void (*writes_atomically)(const void *at, size_t n, const void *from);

    void (*begins)(const void *from); /* a function */
    void (*enters)(void); /* pipe_new, or pipe_free, */
    void (*leaves)(int pipes); /* and there are so many pipes more */
};
extern const struct pipesim_calls *pipesim_calls;

#ifndef PIPESIM_TYPES_ONLY /* for pipesim itself */

#define PIPESIM_LINE_(line) #line
#define PIPESIM_LINE(line)  PIPESIM_LINE_(line)
#define PIPESIM_AT(text)    __FILE__ ":" PIPESIM_LINE(__LINE__) " " text

#define pthread_mutex_t      struct pipesim_sync
#define pthread_cond_t       struct pipesim_sync
#define pthread_rwlock_t     struct pipesim_sync
#define pthread_spinlock_t   struct pipesim_sync
#define pthread_barrier_t    struct pipesim_sync
#define pthread_once_t       struct pipesim_sync
#define sem_t                struct pipesim_sync
#define pthread_key_t        unsigned
#define pthread_t            unsigned long
#define pthread_mutexattr_t  int
#define pthread_condattr_t   int
#define pthread_rwlockattr_t int
#undef PTHREAD_MUTEX_INITIALIZER
#undef PTHREAD_COND_INITIALIZER
#undef PTHREAD_RWLOCK_INITIALIZER
#undef PTHREAD_ONCE_INIT
#define PTHREAD_MUTEX_INITIALIZER  { { 0 } }
#define PTHREAD_COND_INITIALIZER   { { 0 } }
#define PTHREAD_RWLOCK_INITIALIZER { { 0 } }
#define PTHREAD_ONCE_INIT          { { 0 } }

char *pipesim_duplicate(const char *text, const char *site);

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
#define pthread_mutexattr_setprotocol(a, how) ((void)(a), (void)(how), 0)
#define pthread_condattr_setpshared(a, how)  ((void)(a), (void)(how), 0)
#define pthread_mutexattr_setrobust(a, how)  ((void)(a), (void)(how), 0)
#define pthread_rwlockattr_init(a)           pipesim_set_kind(a, 0)
#define pthread_rwlockattr_destroy(a)        pipesim_set_kind(a, 0)
#define pthread_rwlockattr_setpshared(a, how) ((void)(a), (void)(how), 0)
#define pthread_rwlockattr_setkind_np(a, kind) ((void)(a), (void)(kind), 0)

#define pthread_mutex_init(m, attr) pipesim_calls->mutex_init(m, attr, PIPESIM_AT("pthread_mutex_init(" #m ", " #attr ")"))
#define pthread_mutex_destroy(m)    pipesim_calls->mutex_destroy(m, PIPESIM_AT("pthread_mutex_destroy(" #m ")"))
#define pthread_mutex_lock(m)       pipesim_calls->mutex_lock(m, PIPESIM_AT("pthread_mutex_lock(" #m ")"))
#define pthread_mutex_trylock(m)    pipesim_calls->mutex_trylock(m, PIPESIM_AT("pthread_mutex_trylock(" #m ")"))
#define pthread_mutex_timedlock(m, t) pipesim_calls->mutex_timedlock(m, t, PIPESIM_AT("pthread_mutex_timedlock(" #m ", " #t ")"))
#define pthread_mutex_clocklock(m, clock, t) ((void)(clock), pthread_mutex_timedlock(m, t))
#define pthread_mutex_consistent(m) ((void)(m), 0)
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
#define pthread_cond_clockwait(c, m, clock, t) ((void)(clock), pthread_cond_timedwait(c, m, t))
#define pthread_cond_signal(c)      pipesim_calls->cond_signal(c, PIPESIM_AT("pthread_cond_signal(" #c ")"))
#define pthread_cond_broadcast(c)   pipesim_calls->cond_broadcast(c, PIPESIM_AT("pthread_cond_broadcast(" #c ")"))

#define sem_init(s, shared, value)  ((void)(shared), pipesim_calls->sem_init(s, value, PIPESIM_AT("sem_init(" #s ", " #value ")")))
#define sem_destroy(s)              pipesim_calls->sem_destroy(s, PIPESIM_AT("sem_destroy(" #s ")"))
#define sem_wait(s)                 pipesim_calls->sem_wait(s, PIPESIM_AT("sem_wait(" #s ")"))
#define sem_timedwait(s, t)         pipesim_calls->sem_timedwait(s, t, PIPESIM_AT("sem_timedwait(" #s ", " #t ")"))
#define sem_clockwait(s, clock, t)  ((void)(clock), sem_timedwait(s, t))
#define sem_trywait(s)              pipesim_calls->sem_trywait(s, PIPESIM_AT("sem_trywait(" #s ")"))
#define sem_post(s)                 pipesim_calls->sem_post(s, PIPESIM_AT("sem_post(" #s ")"))
#define sem_getvalue(s, value)      pipesim_calls->sem_getvalue(s, value, PIPESIM_AT("sem_getvalue(" #s ")"))

#define pthread_rwlock_init(l, attr)  ((void)(attr), pipesim_calls->mutex_init(l, NULL, PIPESIM_AT("pthread_rwlock_init(" #l ", " #attr ")")))
#define pthread_rwlock_destroy(l)     pipesim_calls->mutex_destroy(l, PIPESIM_AT("pthread_rwlock_destroy(" #l ")"))
#define pthread_rwlock_rdlock(l)      pipesim_calls->rwlock_lock(l, 0, PIPESIM_AT("pthread_rwlock_rdlock(" #l ")"))
#define pthread_rwlock_wrlock(l)      pipesim_calls->rwlock_lock(l, 1, PIPESIM_AT("pthread_rwlock_wrlock(" #l ")"))
#define pthread_rwlock_timedrdlock(l, t) pipesim_calls->rwlock_timedlock(l, 0, t, PIPESIM_AT("pthread_rwlock_timedrdlock(" #l ", " #t ")"))
#define pthread_rwlock_timedwrlock(l, t) pipesim_calls->rwlock_timedlock(l, 1, t, PIPESIM_AT("pthread_rwlock_timedwrlock(" #l ", " #t ")"))
#define pthread_rwlock_tryrdlock(l)   pipesim_calls->rwlock_trylock(l, 0, PIPESIM_AT("pthread_rwlock_tryrdlock(" #l ")"))
#define pthread_rwlock_trywrlock(l)   pipesim_calls->rwlock_trylock(l, 1, PIPESIM_AT("pthread_rwlock_trywrlock(" #l ")"))
#define pthread_rwlock_unlock(l)      pipesim_calls->rwlock_unlock(l, PIPESIM_AT("pthread_rwlock_unlock(" #l ")"))

#define pthread_barrier_init(b, attr, n) ((void)(attr), pipesim_calls->barrier_init(b, n, PIPESIM_AT("pthread_barrier_init(" #b ", " #attr ", " #n ")")))
#define pthread_barrier_wait(b)       pipesim_calls->barrier_wait(b, PIPESIM_AT("pthread_barrier_wait(" #b ")"))
#define pthread_barrier_destroy(b)    ((void)(b), 0)
#define pthread_once(o, function)     pipesim_calls->once(o, function, PIPESIM_AT("pthread_once(" #o ", " #function ")"))
#define pthread_key_create(k, freer)  pipesim_calls->key_create(k, freer)
#define pthread_key_delete(k)         pipesim_calls->key_delete(k)
#define pthread_getspecific(k)        pipesim_calls->getspecific(k)
#define pthread_setspecific(k, value) pipesim_calls->setspecific(k, value)

#define pthread_create(t, attr, function, arg) ((void)(attr), pipesim_calls->thread_create(t, function, arg, #function, PIPESIM_AT("pthread_create(" #t ", " #attr ", " #function ", " #arg ")")))
#define pthread_join(t, result)       pipesim_calls->thread_join(t, result, PIPESIM_AT("pthread_join(" #t ", " #result ")"))
#define pthread_detach(t)             pipesim_calls->thread_detach(t, PIPESIM_AT("pthread_detach(" #t ")"))
#define pthread_exit(result)          (pipesim_calls->thread_exit(result, PIPESIM_AT("pthread_exit(" #result ")")), __builtin_unreachable())
#undef pthread_cleanup_push
#undef pthread_cleanup_pop
#define pthread_cleanup_push(f, a)    { struct pipesim_cleanup pipesim_cleanup_ = {f, a, NULL}; pipesim_calls->cleanup_push(&pipesim_cleanup_);
#define pthread_cleanup_pop(execute)  pipesim_calls->cleanup_pop(execute); }

/* What a pipe has no business to do. */
static inline int pipesim_refuse(const char *what, const char *site)
{
    pipesim_calls->refuses(what, site);
    return ENOSYS;
}

#define PIPESIM_REFUSES(what, call)   pipesim_refuse(what, PIPESIM_AT(call))
#define pthread_cancel(t)             ((void)(t), PIPESIM_REFUSES("cancels a thread of another", "pthread_cancel(...)"))
#define exit(status)                  ((void)(status), (void)PIPESIM_REFUSES("ends the program", "exit(...)"))
#define _exit(status)                 ((void)(status), (void)PIPESIM_REFUSES("ends the program", "_exit(...)"))
#define abort()                       ((void)PIPESIM_REFUSES("crashes: abort()", "abort()"))
#define fork()                        ((void)PIPESIM_REFUSES("forks", "fork()"), -1)

/* What it prints goes to standard error, up to a limit. */
int pipesim_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int pipesim_fprintf(FILE *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
int pipesim_vprintf(const char *format, va_list args);
int pipesim_puts(const char *text);
int pipesim_fputs(const char *text, FILE *f);
int pipesim_putchar(int c);
#define printf(...)         pipesim_printf(__VA_ARGS__)
#define fprintf(f, ...)     pipesim_fprintf(f, __VA_ARGS__)
#define vprintf(format, a)  pipesim_vprintf(format, a)
#define vfprintf(f, format, a) ((void)(f), pipesim_vprintf(format, a))
#define puts(text)          pipesim_puts(text)
#define fputs(text, f)      pipesim_fputs(text, f)
#define putchar(c)          pipesim_putchar(c)
#define perror(text)        pipesim_printf("%s\n", text)

/* The compiler does not tell what these do. */
void *pipesim_memcpy(void *to, const void *from, size_t n);
void *pipesim_memmove(void *to, const void *from, size_t n);
void *pipesim_memset(void *to, int byte, size_t n);
int pipesim_memcmp(const void *a, const void *b, size_t n);
char *pipesim_strcpy(char *to, const char *from);
size_t pipesim_strlen(const char *text);
#undef memcpy
#undef memmove
#undef memset
#undef strcpy
#define memcpy(to, from, n)  pipesim_memcpy(to, from, n)
#define memmove(to, from, n) pipesim_memmove(to, from, n)
#define memset(to, byte, n)  pipesim_memset(to, byte, n)
#define memcmp(a, b, n)      pipesim_memcmp(a, b, n)
#define strcpy(to, from)     pipesim_strcpy(to, from)
#define strlen(text)         pipesim_strlen(text)

#define pthread_self()        pipesim_calls->self()
#define pthread_equal(a, b)   ((a) == (b))
#define sched_yield()         pipesim_calls->yield(PIPESIM_AT("sched_yield()"))
#define pthread_yield()       pipesim_calls->yield(PIPESIM_AT("pthread_yield()"))
#define usleep(us)            ((void)(us), pipesim_calls->yield(PIPESIM_AT("usleep(" #us ")")))
#define sleep(s)              ((void)(s), (unsigned)pipesim_calls->yield(PIPESIM_AT("sleep(" #s ")")))
#define nanosleep(t, left)    ((void)(t), (void)(left), pipesim_calls->yield(PIPESIM_AT("nanosleep(" #t ")")))
#define clock_gettime(which, now) ((void)(which), pipesim_calls->clock(now))

#define malloc(n)        pipesim_calls->allocate(n, PIPESIM_AT("malloc(" #n ")"))
#define calloc(count, n) pipesim_calls->allocate_array(count, n, PIPESIM_AT("calloc(" #count ", " #n ")"))
#define realloc(old, n)  pipesim_calls->resize(old, n, PIPESIM_AT("realloc(" #old ", " #n ")"))
#define strdup(text)     pipesim_duplicate(text, PIPESIM_AT("strdup(" #text ")"))
#define free(memory)     pipesim_calls->release(memory, PIPESIM_AT("free(" #memory ")"))

#endif
#endif

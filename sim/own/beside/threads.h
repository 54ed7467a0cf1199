/* threads.h - as pthread.h beside it: C11's names for the same. */
#ifndef PIPESIM_THREADS_H
#define PIPESIM_THREADS_H

#pragma GCC system_header /* its macros are not yours to mend */

#include_next <threads.h>

#ifndef PIPESIM_BESIDE

#include <pthread.h>

#include <errno.h>

static inline int pipesim_c11(int error)
{
    return error == 0           ? thrd_success
           : error == EBUSY     ? thrd_busy
           : error == ETIMEDOUT ? thrd_timedout
                                : thrd_error;
}

static inline int pipesim_mtx_init(mtx_t *m, int type, const char *site)
{
    pthread_mutexattr_t a;
    pthread_mutexattr_init(&a);
    pthread_mutexattr_settype(&a, (type & mtx_recursive) != 0 ? PTHREAD_MUTEX_RECURSIVE_NP
                                                              : PTHREAD_MUTEX_TIMED_NP);
    return pipesim_c11(pipesim_calls->mutex_init(PIPESIM_SYNC(m), &a, site));
}

static inline int pipesim_thrd_join(thrd_t t, int *result, const char *site)
{
    void *value;
    int error = pipesim_calls->thread_join(t, &value, site);
    if (error == 0 && result != NULL)
        *result = (int)(long)value;
    return pipesim_c11(error);
}

/* clang-format off */
#define mtx_init(m, type)     pipesim_mtx_init(m, type, PIPESIM_AT("mtx_init(" #m ", " #type ")"))
#define mtx_destroy(m)        ((void)pipesim_calls->mutex_destroy(PIPESIM_SYNC(m), PIPESIM_AT("mtx_destroy(" #m ")")))
#define mtx_lock(m)           pipesim_c11(pipesim_calls->mutex_lock(PIPESIM_SYNC(m), PIPESIM_AT("mtx_lock(" #m ")")))
#define mtx_trylock(m)        pipesim_c11(pipesim_calls->mutex_trylock(PIPESIM_SYNC(m), PIPESIM_AT("mtx_trylock(" #m ")")))
#define mtx_timedlock(m, t)   pipesim_c11(pipesim_calls->mutex_timedlock(PIPESIM_SYNC(m), t, PIPESIM_AT("mtx_timedlock(" #m ", " #t ")")))
#define mtx_unlock(m)         pipesim_c11(pipesim_calls->mutex_unlock(PIPESIM_SYNC(m), PIPESIM_AT("mtx_unlock(" #m ")")))
#define cnd_init(c)           pipesim_c11(pipesim_calls->cond_init(PIPESIM_SYNC(c), PIPESIM_AT("cnd_init(" #c ")")))
#define cnd_destroy(c)        ((void)pipesim_calls->cond_destroy(PIPESIM_SYNC(c), PIPESIM_AT("cnd_destroy(" #c ")")))
#define cnd_wait(c, m)        pipesim_c11(pipesim_calls->cond_wait(PIPESIM_SYNC(c), PIPESIM_SYNC(m), PIPESIM_AT("cnd_wait(" #c ", " #m ")")))
#define cnd_timedwait(c, m, t) pipesim_c11(pipesim_calls->cond_timedwait(PIPESIM_SYNC(c), PIPESIM_SYNC(m), t, PIPESIM_AT("cnd_timedwait(" #c ", " #m ", " #t ")")))
#define cnd_signal(c)         pipesim_c11(pipesim_calls->cond_signal(PIPESIM_SYNC(c), PIPESIM_AT("cnd_signal(" #c ")")))
#define cnd_broadcast(c)      pipesim_c11(pipesim_calls->cond_broadcast(PIPESIM_SYNC(c), PIPESIM_AT("cnd_broadcast(" #c ")")))
#define call_once(o, function) ((void)pipesim_calls->once(PIPESIM_SYNC(o), function, PIPESIM_AT("call_once(" #o ", " #function ")")))
#define thrd_create(t, function, arg) \
    pipesim_c11(pipesim_calls->thread_create((unsigned long *)(t), (void *(*)(void *))(void (*)(void))(function), arg, #function, PIPESIM_AT("thrd_create(" #t ", " #function ", " #arg ")")))
#define thrd_join(t, result)  pipesim_thrd_join(t, result, PIPESIM_AT("thrd_join(" #t ", " #result ")"))
#define thrd_detach(t)        pipesim_c11(pipesim_calls->thread_detach(t, PIPESIM_AT("thrd_detach(" #t ")")))
#define thrd_exit(result)     (pipesim_calls->thread_exit((void *)(long)(result), PIPESIM_AT("thrd_exit(" #result ")")), __builtin_unreachable())
#define thrd_current()        pipesim_calls->self()
#define thrd_equal(a, b)      ((a) == (b))
#define thrd_yield()          ((void)pipesim_calls->yield(PIPESIM_AT("thrd_yield()")))
#define thrd_sleep(t, left)   ((void)(t), (void)(left), pipesim_calls->yield(PIPESIM_AT("thrd_sleep(" #t ")")))
#define tss_create(k, freer)  pipesim_c11(pipesim_calls->key_create((unsigned *)(k), freer))
#define tss_delete(k)         ((void)pipesim_calls->key_delete(k))
#define tss_get(k)            pipesim_calls->getspecific(k)
#define tss_set(k, value)     pipesim_c11(pipesim_calls->setspecific(k, value))
/* clang-format on */

#endif
#endif

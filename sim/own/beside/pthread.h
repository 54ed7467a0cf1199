/* pthread.h - found in place of the system's when a pipe of your own is compiled for pipesim: the same types and
 * functions, but your calls go to its scheduler, with their place and text. */
#ifndef PIPESIM_PTHREAD_H
#define PIPESIM_PTHREAD_H

#pragma GCC system_header /* its macros are not yours to mend */

#include_next <pthread.h>

#ifndef PIPESIM_BESIDE

#include "pipesim/calls.h"

#define PIPESIM_SYNC(s)     ((struct pipesim_sync *)(void *)(s))
#define PIPESIM_TYPED(call) (void)sizeof(call) /* the compiler looks at it as ever */

static inline int pipesim_nothing(const void *unused)
{
    (void)unused;
    return 0;
}

/* clang-format off */
#define pthread_mutex_init(m, attr) \
    (PIPESIM_TYPED((pthread_mutex_init)(m, attr)), \
     pipesim_calls->mutex_init(PIPESIM_SYNC(m), attr, PIPESIM_AT("pthread_mutex_init(" #m ", " #attr ")")))
#define pthread_mutex_destroy(m) \
    (PIPESIM_TYPED((pthread_mutex_destroy)(m)), \
     pipesim_calls->mutex_destroy(PIPESIM_SYNC(m), PIPESIM_AT("pthread_mutex_destroy(" #m ")")))
#define pthread_mutex_lock(m) \
    (PIPESIM_TYPED((pthread_mutex_lock)(m)), \
     pipesim_calls->mutex_lock(PIPESIM_SYNC(m), PIPESIM_AT("pthread_mutex_lock(" #m ")")))
#define pthread_mutex_trylock(m) \
    (PIPESIM_TYPED((pthread_mutex_trylock)(m)), \
     pipesim_calls->mutex_trylock(PIPESIM_SYNC(m), PIPESIM_AT("pthread_mutex_trylock(" #m ")")))
#define pthread_mutex_timedlock(m, ...) \
    (PIPESIM_TYPED((pthread_mutex_timedlock)(m, __VA_ARGS__)), \
     pipesim_calls->mutex_timedlock(PIPESIM_SYNC(m), __VA_ARGS__, PIPESIM_AT("pthread_mutex_timedlock(" #m ", " #__VA_ARGS__ ")")))
#define pthread_mutex_clocklock(m, clock, ...) ((void)(clock), pthread_mutex_timedlock(m, __VA_ARGS__))
#define pthread_mutex_consistent(m)  pipesim_nothing(m) /* nobody dies with a lock here */
#define pthread_mutex_unlock(m) \
    (PIPESIM_TYPED((pthread_mutex_unlock)(m)), \
     pipesim_calls->mutex_unlock(PIPESIM_SYNC(m), PIPESIM_AT("pthread_mutex_unlock(" #m ")")))
#define pthread_spin_init(m, how) \
    (PIPESIM_TYPED((pthread_spin_init)(m, how)), \
     pipesim_calls->spin_init(PIPESIM_SYNC(m), PIPESIM_AT("pthread_spin_init(" #m ")")))
#define pthread_spin_destroy(m) \
    (PIPESIM_TYPED((pthread_spin_destroy)(m)), \
     pipesim_calls->spin_destroy(PIPESIM_SYNC(m), PIPESIM_AT("pthread_spin_destroy(" #m ")")))
#define pthread_spin_lock(m) \
    (PIPESIM_TYPED((pthread_spin_lock)(m)), \
     pipesim_calls->spin_lock(PIPESIM_SYNC(m), PIPESIM_AT("pthread_spin_lock(" #m ")")))
#define pthread_spin_trylock(m) \
    (PIPESIM_TYPED((pthread_spin_trylock)(m)), \
     pipesim_calls->spin_trylock(PIPESIM_SYNC(m), PIPESIM_AT("pthread_spin_trylock(" #m ")")))
#define pthread_spin_unlock(m) \
    (PIPESIM_TYPED((pthread_spin_unlock)(m)), \
     pipesim_calls->spin_unlock(PIPESIM_SYNC(m), PIPESIM_AT("pthread_spin_unlock(" #m ")")))
#define pthread_cond_init(c, attr) \
    (PIPESIM_TYPED((pthread_cond_init)(c, attr)), \
     pipesim_calls->cond_init(PIPESIM_SYNC(c), PIPESIM_AT("pthread_cond_init(" #c ", " #attr ")")))
#define pthread_cond_destroy(c) \
    (PIPESIM_TYPED((pthread_cond_destroy)(c)), \
     pipesim_calls->cond_destroy(PIPESIM_SYNC(c), PIPESIM_AT("pthread_cond_destroy(" #c ")")))
#define pthread_cond_wait(c, m) \
    (PIPESIM_TYPED((pthread_cond_wait)(c, m)), \
     pipesim_calls->cond_wait(PIPESIM_SYNC(c), PIPESIM_SYNC(m), PIPESIM_AT("pthread_cond_wait(" #c ", " #m ")")))
#define pthread_cond_timedwait(c, m, ...) \
    (PIPESIM_TYPED((pthread_cond_timedwait)(c, m, __VA_ARGS__)), \
     pipesim_calls->cond_timedwait(PIPESIM_SYNC(c), PIPESIM_SYNC(m), __VA_ARGS__, PIPESIM_AT("pthread_cond_timedwait(" #c ", " #m ", " #__VA_ARGS__ ")")))
#define pthread_cond_clockwait(c, m, clock, ...) ((void)(clock), pthread_cond_timedwait(c, m, __VA_ARGS__))
#define pthread_cond_signal(c) \
    (PIPESIM_TYPED((pthread_cond_signal)(c)), \
     pipesim_calls->cond_signal(PIPESIM_SYNC(c), PIPESIM_AT("pthread_cond_signal(" #c ")")))
#define pthread_cond_broadcast(c) \
    (PIPESIM_TYPED((pthread_cond_broadcast)(c)), \
     pipesim_calls->cond_broadcast(PIPESIM_SYNC(c), PIPESIM_AT("pthread_cond_broadcast(" #c ")")))

#define pthread_rwlock_init(l, attr) \
    (PIPESIM_TYPED((pthread_rwlock_init)(l, attr)), \
     pipesim_calls->rwlock_init(PIPESIM_SYNC(l), PIPESIM_AT("pthread_rwlock_init(" #l ", " #attr ")")))
#define pthread_rwlock_destroy(l) \
    (PIPESIM_TYPED((pthread_rwlock_destroy)(l)), \
     pipesim_calls->rwlock_destroy(PIPESIM_SYNC(l), PIPESIM_AT("pthread_rwlock_destroy(" #l ")")))
#define pthread_rwlock_rdlock(l) \
    (PIPESIM_TYPED((pthread_rwlock_rdlock)(l)), \
     pipesim_calls->rwlock_lock(PIPESIM_SYNC(l), 0, PIPESIM_AT("pthread_rwlock_rdlock(" #l ")")))
#define pthread_rwlock_wrlock(l) \
    (PIPESIM_TYPED((pthread_rwlock_wrlock)(l)), \
     pipesim_calls->rwlock_lock(PIPESIM_SYNC(l), 1, PIPESIM_AT("pthread_rwlock_wrlock(" #l ")")))
#define pthread_rwlock_timedrdlock(l, ...) \
    (PIPESIM_TYPED((pthread_rwlock_timedrdlock)(l, __VA_ARGS__)), \
     pipesim_calls->rwlock_timedlock(PIPESIM_SYNC(l), 0, __VA_ARGS__, PIPESIM_AT("pthread_rwlock_timedrdlock(" #l ", " #__VA_ARGS__ ")")))
#define pthread_rwlock_timedwrlock(l, ...) \
    (PIPESIM_TYPED((pthread_rwlock_timedwrlock)(l, __VA_ARGS__)), \
     pipesim_calls->rwlock_timedlock(PIPESIM_SYNC(l), 1, __VA_ARGS__, PIPESIM_AT("pthread_rwlock_timedwrlock(" #l ", " #__VA_ARGS__ ")")))
#define pthread_rwlock_tryrdlock(l) \
    (PIPESIM_TYPED((pthread_rwlock_tryrdlock)(l)), \
     pipesim_calls->rwlock_trylock(PIPESIM_SYNC(l), 0, PIPESIM_AT("pthread_rwlock_tryrdlock(" #l ")")))
#define pthread_rwlock_trywrlock(l) \
    (PIPESIM_TYPED((pthread_rwlock_trywrlock)(l)), \
     pipesim_calls->rwlock_trylock(PIPESIM_SYNC(l), 1, PIPESIM_AT("pthread_rwlock_trywrlock(" #l ")")))
#define pthread_rwlock_unlock(l) \
    (PIPESIM_TYPED((pthread_rwlock_unlock)(l)), \
     pipesim_calls->rwlock_unlock(PIPESIM_SYNC(l), PIPESIM_AT("pthread_rwlock_unlock(" #l ")")))

#define pthread_barrier_init(b, attr, n) \
    (PIPESIM_TYPED((pthread_barrier_init)(b, attr, n)), \
     pipesim_calls->barrier_init(PIPESIM_SYNC(b), n, PIPESIM_AT("pthread_barrier_init(" #b ", " #attr ", " #n ")")))
#define pthread_barrier_wait(b) \
    (PIPESIM_TYPED((pthread_barrier_wait)(b)), \
     pipesim_calls->barrier_wait(PIPESIM_SYNC(b), PIPESIM_AT("pthread_barrier_wait(" #b ")")))
#define pthread_barrier_destroy(b) \
    (PIPESIM_TYPED((pthread_barrier_destroy)(b)), \
     pipesim_calls->barrier_destroy(PIPESIM_SYNC(b), PIPESIM_AT("pthread_barrier_destroy(" #b ")")))
#define pthread_once(o, function) \
    (PIPESIM_TYPED((pthread_once)(o, function)), \
     pipesim_calls->once(PIPESIM_SYNC(o), function, PIPESIM_AT("pthread_once(" #o ", " #function ")")))
#define pthread_key_create(k, freer) \
    (PIPESIM_TYPED((pthread_key_create)(k, freer)), \
     pipesim_calls->key_create((unsigned *)(k), freer))
#define pthread_key_delete(k) \
    (PIPESIM_TYPED((pthread_key_delete)(k)), \
     pipesim_calls->key_delete(k))
#define pthread_getspecific(k) \
    (PIPESIM_TYPED((pthread_getspecific)(k)), \
     pipesim_calls->getspecific(k))
#define pthread_setspecific(k, ...) \
    (PIPESIM_TYPED((pthread_setspecific)(k, __VA_ARGS__)), \
     pipesim_calls->setspecific(k, __VA_ARGS__))

#define pthread_create(t, attr, function, arg) \
    (PIPESIM_TYPED((pthread_create)(t, attr, function, arg)), \
     pipesim_calls->thread_create((unsigned long *)(t), function, arg, #function, PIPESIM_AT("pthread_create(" #t ", " #attr ", " #function ", " #arg ")")))
#define pthread_join(t, result) \
    (PIPESIM_TYPED((pthread_join)(t, result)), \
     pipesim_calls->thread_join(t, result, PIPESIM_AT("pthread_join(" #t ", " #result ")")))
#define pthread_detach(t) \
    (PIPESIM_TYPED((pthread_detach)(t)), \
     pipesim_calls->thread_detach(t, PIPESIM_AT("pthread_detach(" #t ")")))
#define pthread_exit(result)          (pipesim_calls->thread_exit(result, PIPESIM_AT("pthread_exit(" #result ")")), __builtin_unreachable())
#undef pthread_cleanup_push
#undef pthread_cleanup_pop
#define pthread_cleanup_push(f, a)    { struct pipesim_cleanup pipesim_cleanup_ = {f, a, NULL}; pipesim_calls->cleanup_push(&pipesim_cleanup_);
#define pthread_cleanup_pop(execute)  pipesim_calls->cleanup_pop(execute); }

/* What a pipe has no business to do. */
static inline int pipesim_refuse(const char *what, const char *site)
{
    pipesim_calls->refuses(what, site);
    return -1;
}

#define PIPESIM_REFUSES(what, call)   pipesim_refuse(what, PIPESIM_AT(call))
#define pthread_cancel(t)             ((void)(t), PIPESIM_REFUSES("cancels a thread of another", "pthread_cancel(...)"))

#undef pthread_self
#undef pthread_equal
#define pthread_self()        pipesim_calls->self()
#define pthread_equal(a, b)   ((a) == (b))
#define pthread_yield()       pipesim_calls->yield(PIPESIM_AT("pthread_yield()"))

/* Said of a thread, and of no use here. */
#define pthread_setname_np(...)       pipesim_nothing(NULL)
#define pthread_setschedparam(...)    pipesim_nothing(NULL)
#define pthread_setaffinity_np(...)   pipesim_nothing(NULL)
#define pthread_setconcurrency(...)   pipesim_nothing(NULL)
/* clang-format on */

#endif
#endif

/* syncs.c - see syncs.h. */
#include "sim/own/syncs.h"

#include "sim/own/accesses.h"
#include "sim/own/beside/calls.h"
#include "sim/own/faults.h"
#include "sim/own/memory.h"
#include "sim/own/races.h"
#include "sim/own/ticks.h"
#include "sim/own/warnings.h"
#include "sim/sched/arena.h"
#include "sim/sched/semaphore.h"
#include "sim/sched/sync.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>

/* -- what lies in the code's own memory -------------------------------------------------------- */

enum made {
    NOT_MADE,
    MADE = 0x6d616465, /* by an init call */
    MADE_STATICALLY,   /* all of it was zero when it was first used */
    DESTROYED
};

struct own_mutex {
    struct sched_mutex mutex;
    int kind, depth, made;
};

struct own_cond {
    struct sched_cond cond;
    int made;
};

struct own_semaphore {
    struct sched_semaphore semaphore;
    int made;
};

struct own_rwlock {
    struct sched_rwlock lock;
    int made;
};

static_assert(sizeof(struct own_mutex) <= sizeof(pthread_mutex_t), "a mutex fits");
static_assert(sizeof(struct own_cond) <= sizeof(pthread_cond_t), "a condition fits");
static_assert(sizeof(struct own_rwlock) <= sizeof(pthread_rwlock_t), "a lock fits");
static_assert(sizeof(struct own_semaphore) <= sizeof(sem_t), "a semaphore fits");
static_assert(sizeof(struct sched_barrier) <= sizeof(pthread_barrier_t), "a barrier fits");

/* pipe_new may be called before there is a run that could fail. */
static void misused(enum sync_misuse misuse, const char *site)
{
    if (sched_begun() && sched_self() != NULL)
        sched_misused(misuse, site);
    else
        fault_raise((struct sched_fault){
            .misuse = misuse,
            .what = misuse == MISUSE_INIT ? "initializes what has been initialized already"
                                          : "destroys what is in use",
            .notes = {site}});
}

static bool is_zero(const void *bytes, size_t n)
{
    const char *at = bytes;
    while (n > 0 && *at == 0)
        at++, n--;
    return n == 0;
}

static void not_made(int made)
{
    fault_raise((struct sched_fault){
        .misuse = MISUSE_MEMORY,
        .what = made == DESTROYED
                    ? "uses a lock, condition or semaphore that has been destroyed"
                    : "uses a lock, condition or semaphore that was never initialized: there is no "
                      "..._init for it, and it is no static variable"});
}

/* Before each use. `blank`: it is as a static one is before its first use. */
static void must_be_made(int *made, bool blank)
{
    if (*made == MADE || *made == MADE_STATICALLY)
        return;
    if (!blank)
        not_made(*made);
    else
        *made = MADE_STATICALLY;
}

static void make(int *made, const char *site)
{
    if (*made == MADE && arena_place_of(made) != ARENA_STACKS) /* there an old one is left behind */
        misused(MISUSE_INIT, site);
    *made = MADE;
}

/* Called at each operation: it is the code's latest, and the object must be where it may be. */
static void at(const void *object, size_t size, const char *does, const char *site)
{
    fault_at_call(site);
    memory_check(object, size, does);
}

/* What would give EINVAL, or a wait that is over at once, each time. */
static bool is_wrong(const struct timespec *until, const char *site)
{
    const char *what = NULL;
    if (is_no_time(until))
        what = "waits until a time whose tv_nsec is not between 0 and 999999999: that is EINVAL";
    else if (is_long_ago(until))
        what = "waits until a time that was over long ago: such a call takes a time of day "
               "(clock_gettime, and so much more), not a time from now";
    fault_at_call(site);
    if (what != NULL)
        fault_raise((struct sched_fault){.misuse = MISUSE_MEMORY, .what = what});
    return what != NULL;
}

/* -- mutexes and conditions -------------------------------------------------------------------- */

/* glibc's static initializers of other kinds are zero but for this. */
enum { KIND_IN_GLIBC = 16, KINDS_IN_GLIBC = 3 };

static bool is_static_mutex(struct own_mutex *m)
{
    int kind;
    char *bytes = (char *)m;
    memcpy(&kind, bytes + KIND_IN_GLIBC, sizeof kind);
    bool known = kind >= 0 && kind <= KINDS_IN_GLIBC;
    if (!known || !is_zero(bytes, KIND_IN_GLIBC) ||
        !is_zero(bytes + KIND_IN_GLIBC + sizeof kind, sizeof *m - KIND_IN_GLIBC - sizeof kind))
        return false;
    *m = (struct own_mutex){.kind = kind};
    return true;
}

static struct own_mutex *mutex_at(struct pipesim_sync *s, const char *does, const char *site)
{
    struct own_mutex *m = (void *)s;
    at(m, sizeof *m, does, site);
    must_be_made(&m->made, m->made == NOT_MADE && is_static_mutex(m));
    return m;
}

static int mutex_init(struct pipesim_sync *s, const void *attributes, const char *site)
{
    struct own_mutex *m = (void *)s;
    int kind = PTHREAD_MUTEX_DEFAULT;
    at(m, sizeof *m, "initializes", site);
    make(&m->made, site);
    if (attributes != NULL)
        pthread_mutexattr_gettype(attributes, &kind);
    *m = (struct own_mutex){.kind = kind, .made = MADE};
    races_forget(s);
    return 0;
}

static int mutex_destroy(struct pipesim_sync *s, const char *site)
{
    struct own_mutex *m = mutex_at(s, "destroys", site);
    int error = sched_mutex_destroy(&m->mutex);
    if (error != 0)
        misused(MISUSE_DESTROY, site);
    m->made = DESTROYED;
    races_forget(s);
    return error;
}

static bool is_mine(const struct own_mutex *m)
{
    return sched_begun() && !sched_is_silent() && m->mutex.owner != NULL &&
           m->mutex.owner == sched_self();
}

static void has_taken(const void *s, const char *site)
{
    if (sched_has_threads || sched_is_silent())
        return;
    fault_at_call(site);
    races_take(s, site);
    const char *cycle = races_lock_cycle();
    if (cycle != NULL)
        warnings_add(cycle);
}

/* By a call that does not wait for it: two of those in both orders are no danger. */
static void has_got(const void *s, const char *site)
{
    if (sched_has_threads || sched_is_silent())
        return;
    fault_at_call(site);
    races_get(s, site);
}

static void lets_go(const void *s)
{
    if (!sched_has_threads && !sched_is_silent())
        races_let_go(s);
}

static int lock(struct own_mutex *m, const char *site)
{
    if (is_mine(m) && m->kind == PTHREAD_MUTEX_RECURSIVE) {
        m->depth++;
        return 0;
    }
    if (is_mine(m) && m->kind == PTHREAD_MUTEX_ERRORCHECK)
        return EDEADLK;
    int error = sched_mutex_lock(&m->mutex, site);
    if (error == 0)
        has_taken(m, site);
    return error;
}

static int trylock(struct own_mutex *m, const char *site)
{
    if (is_mine(m) && m->kind == PTHREAD_MUTEX_RECURSIVE) {
        m->depth++;
        return 0;
    }
    int error = sched_mutex_trylock(&m->mutex, site);
    if (error == 0)
        has_got(m, site);
    return error;
}

static int unlock(struct own_mutex *m, const char *site)
{
    if (is_mine(m) && m->depth > 0) {
        m->depth--;
        return 0;
    }
    if (!is_mine(m) && m->kind == PTHREAD_MUTEX_ERRORCHECK && !sched_is_silent())
        return EPERM;
    if (is_mine(m))
        lets_go(m);
    return sched_mutex_unlock(&m->mutex, site);
}

static struct own_cond *cond_at(struct pipesim_sync *s, const char *does, const char *site)
{
    struct own_cond *c = (void *)s;
    at(c, sizeof *c, does, site);
    must_be_made(&c->made, is_zero(c, sizeof *c));
    return c;
}

static int cond_init(struct pipesim_sync *s, const char *site)
{
    struct own_cond *c = (void *)s;
    at(c, sizeof *c, "initializes", site);
    make(&c->made, site);
    *c = (struct own_cond){.made = MADE};
    return 0;
}

static int cond_destroy(struct pipesim_sync *s, const char *site)
{
    struct own_cond *c = cond_at(s, "destroys", site);
    int error = sched_cond_destroy(&c->cond);
    if (error != 0)
        misused(MISUSE_DESTROY, site);
    c->made = DESTROYED;
    return error;
}

static int wait_until(struct pipesim_sync *condition, struct pipesim_sync *mutex, tick_t until,
                      const char *site)
{
    struct own_cond *c = cond_at(condition, "waits on", site);
    struct own_mutex *m = mutex_at(mutex, "waits with", site);
    bool mine = is_mine(m);
    accesses_look_ends();
    if (mine)
        lets_go(mutex);
    int error = sched_cond_timedwait(&c->cond, &m->mutex, until, site);
    if (mine)
        has_taken(mutex, site);
    return error;
}

static int cond_wait(struct pipesim_sync *c, struct pipesim_sync *m, const char *site)
{
    return wait_until(c, m, TICK_NEVER, site);
}

static int cond_timedwait(struct pipesim_sync *c, struct pipesim_sync *m,
                          const struct timespec *until, const char *site)
{
    return is_wrong(until, site) ? EINVAL : wait_until(c, m, ticks_of(until), site);
}

/* It is asked for again at each tick, which is as exact as time is here. */
static int mutex_lock(struct pipesim_sync *s, const char *site)
{
    return lock(mutex_at(s, "locks", site), site);
}

static int mutex_trylock(struct pipesim_sync *s, const char *site)
{
    return trylock(mutex_at(s, "locks", site), site);
}

static int mutex_unlock(struct pipesim_sync *s, const char *site)
{
    return unlock(mutex_at(s, "unlocks", site), site);
}

static int mutex_timedlock(struct pipesim_sync *m, const struct timespec *until, const char *site)
{
    int error;
    if (is_wrong(until, site))
        return EINVAL;
    while ((error = mutex_trylock(m, site)) == EBUSY) {
        if (sched_self() == NULL || sched_now() >= ticks_of(until))
            return ETIMEDOUT;
        sched_sleep(NULL, tick_after(sched_now(), 1), NULL);
    }
    return error;
}

static int cond_signal(struct pipesim_sync *c, const char *site)
{
    return sched_cond_signal(&cond_at(c, "signals", site)->cond, site);
}

static int cond_broadcast(struct pipesim_sync *c, const char *site)
{
    return sched_cond_broadcast(&cond_at(c, "signals", site)->cond, site);
}

/* -- semaphores and read-write locks ----------------------------------------------------------- */

static struct sched_semaphore *semaphore_at(struct pipesim_sync *s, const char *does,
                                            const char *site)
{
    struct own_semaphore *o = (void *)s;
    at(o, sizeof *o, does, site);
    must_be_made(&o->made, is_zero(o, sizeof *o));
    return &o->semaphore;
}

/* Those of semaphores are told through errno. */
static int as_c_has_it(int error)
{
    if (error != 0)
        errno = error;
    return error != 0 ? -1 : 0;
}

static int semaphore_init(struct pipesim_sync *s, unsigned value, const char *site)
{
    struct own_semaphore *o = (void *)s;
    at(o, sizeof *o, "initializes", site);
    make(&o->made, site);
    *o = (struct own_semaphore){{value, {0}}, MADE};
    return 0;
}

static int semaphore_destroy(struct pipesim_sync *s, const char *site)
{
    if (semaphore_at(s, "destroys", site)->asleep.first != NULL)
        misused(MISUSE_DESTROY, site);
    ((struct own_semaphore *)s)->made = DESTROYED;
    return 0;
}

static bool are_seen(void)
{
    return !sched_has_threads && !sched_is_silent();
}

static int has_come(const struct pipesim_sync *s, int error, const char *site)
{
    fault_at_call(site);
    if (error == 0 && are_seen())
        races_acquire(s);
    return as_c_has_it(error);
}

static int wait_for_semaphore(struct pipesim_sync *s, tick_t until, const char *site)
{
    struct sched_semaphore *o = semaphore_at(s, "waits for", site);
    return has_come(s, sched_semaphore_wait(o, until, site), site);
}

static int semaphore_wait(struct pipesim_sync *s, const char *site)
{
    return wait_for_semaphore(s, TICK_NEVER, site);
}

static int semaphore_timedwait(struct pipesim_sync *s, const struct timespec *until,
                               const char *site)
{
    return is_wrong(until, site) ? as_c_has_it(EINVAL)
                                 : wait_for_semaphore(s, ticks_of(until), site);
}

static int semaphore_trywait(struct pipesim_sync *s, const char *site)
{
    return has_come(s, sched_semaphore_try(semaphore_at(s, "waits for", site), site), site);
}

static int semaphore_post(struct pipesim_sync *s, const char *site)
{
    struct sched_semaphore *o = semaphore_at(s, "posts", site);
    int error = sched_semaphore_post(o, site);
    if (are_seen()) /* not before it: others may go first there, and have been told nothing yet */
        races_release(s);
    return as_c_has_it(error);
}

static int semaphore_getvalue(struct pipesim_sync *s, int *value, const char *site)
{
    *value = (int)semaphore_at(s, "asks for", site)->count;
    return 0;
}

static enum sched_access access_of(int writes)
{
    return writes ? SCHED_WRITES : SCHED_READS;
}

static struct sched_rwlock *rwlock_at(struct pipesim_sync *s, const char *does, const char *site)
{
    struct own_rwlock *l = (void *)s;
    at(l, sizeof *l, does, site);
    must_be_made(&l->made, is_zero(l, sizeof *l));
    return &l->lock;
}

static int rwlock_init(struct pipesim_sync *s, const char *site)
{
    struct own_rwlock *l = (void *)s;
    at(l, sizeof *l, "initializes", site);
    make(&l->made, site);
    *l = (struct own_rwlock){.made = MADE};
    races_forget(s);
    return 0;
}

static int rwlock_destroy(struct pipesim_sync *s, const char *site)
{
    const struct sched_rwlock *l = rwlock_at(s, "destroys", site);
    bool in_use = l->writer != NULL || l->readers > 0 || l->asleep.first != NULL;
    if (in_use)
        misused(MISUSE_DESTROY, site);
    ((struct own_rwlock *)s)->made = DESTROYED;
    races_forget(s);
    return in_use ? EBUSY : 0;
}

static int lock_until(struct pipesim_sync *l, int writes, tick_t until, const char *site)
{
    int error = sched_rwlock_lock(rwlock_at(l, "locks", site), access_of(writes), until, site);
    if (error == EDEADLK)
        sched_misused(MISUSE_LOCK, site);
    else if (error == 0)
        has_taken(l, site);
    return error;
}

static int rwlock_lock(struct pipesim_sync *l, int writes, const char *site)
{
    return lock_until(l, writes, TICK_NEVER, site);
}

static int rwlock_timedlock(struct pipesim_sync *l, int writes, const struct timespec *until,
                            const char *site)
{
    return is_wrong(until, site) ? EINVAL : lock_until(l, writes, ticks_of(until), site);
}

static int rwlock_trylock(struct pipesim_sync *l, int writes, const char *site)
{
    int error = sched_rwlock_try(rwlock_at(l, "locks", site), access_of(writes), site);
    if (error == 0)
        has_got(l, site);
    return error;
}

static int rwlock_unlock(struct pipesim_sync *l, const char *site)
{
    struct sched_rwlock *lock = rwlock_at(l, "unlocks", site);
    int error = sched_rwlock_unlock(lock, site);
    lets_go(l);
    if (error != 0)
        sched_misused(MISUSE_UNLOCK, site);
    return error;
}

/* -- barriers ---------------------------------------------------------------------------------- */

enum { BARRIER_MOST = 1 << 16 };

static struct sched_barrier *barrier_at(struct pipesim_sync *s, const char *does, const char *site)
{
    struct sched_barrier *b = (void *)s;
    at(b, sizeof *b, does, site);
    if (b->wanted == 0 || b->wanted > BARRIER_MOST)
        not_made(b->wanted == 0 ? DESTROYED : NOT_MADE);
    return b;
}

static int barrier_init(struct pipesim_sync *s, unsigned count, const char *site)
{
    at(s, sizeof(struct sched_barrier), "initializes", site);
    if (count == 0 || count > BARRIER_MOST)
        return EINVAL;
    *(struct sched_barrier *)(void *)s = (struct sched_barrier){.wanted = count};
    return 0;
}

static int barrier_wait(struct pipesim_sync *s, const char *site)
{
    struct sched_barrier *b = barrier_at(s, "waits at", site);
    accesses_look_ends();
    if (are_seen())
        races_release(s);
    enum sched_met met = sched_barrier_wait(b, site);
    fault_at_call(site);
    if (are_seen())
        races_acquire(s);
    return met == MET_AS_LAST ? PTHREAD_BARRIER_SERIAL_THREAD : 0;
}

static int barrier_destroy(struct pipesim_sync *s, const char *site)
{
    struct sched_barrier *b = barrier_at(s, "destroys", site);
    if (b->asleep.first != NULL)
        misused(MISUSE_DESTROY, site);
    b->wanted = 0;
    return 0;
}

/* -- spin locks and once: they have room for a number only ------------------------------------- */

struct aside {
    struct aside *next;
    const struct pipesim_sync *of;
    struct own_mutex mutex;
    int done;
};

/* Part of every snapshot. */
static struct aside *asides;

int syncs_include(void)
{
    return arena_include(&asides, sizeof asides);
}

void syncs_add_state(void (*add)(void *ctx, const void *bytes, size_t n), void *ctx)
{
    for (const struct aside *a = asides; a != NULL; a = a->next)
        add(ctx, a, sizeof *a);
}

static struct aside *add_aside(const struct pipesim_sync *s)
{
    struct aside *a = arena_alloc(sizeof *a);
    if (a == NULL)
        return NULL;
    a->of = s;
    a->next = asides;
    a->mutex.made = MADE;
    asides = a;
    return a;
}

static struct aside *aside_of(struct pipesim_sync *s, const char *does, const char *site)
{
    at(s, sizeof(int), does, site);
    for (struct aside *a = asides; a != NULL; a = a->next) {
        if (a->of == s)
            return a;
    }
    return add_aside(s);
}

static void drop_aside(struct aside *gone)
{
    struct aside **place = &asides;
    while (*place != gone)
        place = &(*place)->next;
    *place = gone->next;
    arena_free(gone);
}

static int spin_init(struct pipesim_sync *s, const char *site)
{
    struct aside *a = aside_of(s, "initializes", site);
    if (a == NULL)
        return ENOMEM;
    a->mutex = (struct own_mutex){.made = MADE};
    races_forget(&a->mutex);
    return 0;
}

static int spin_destroy(struct pipesim_sync *s, const char *site)
{
    struct aside *a = aside_of(s, "destroys", site);
    if (a == NULL)
        return ENOMEM;
    if (sched_mutex_destroy(&a->mutex.mutex) != 0)
        misused(MISUSE_DESTROY, site);
    races_forget(&a->mutex);
    drop_aside(a);
    return 0;
}

static int spin_lock(struct pipesim_sync *s, const char *site)
{
    struct aside *a = aside_of(s, "locks", site);
    return a == NULL ? ENOMEM : lock(&a->mutex, site);
}

static int spin_trylock(struct pipesim_sync *s, const char *site)
{
    struct aside *a = aside_of(s, "locks", site);
    return a == NULL ? ENOMEM : trylock(&a->mutex, site);
}

static int spin_unlock(struct pipesim_sync *s, const char *site)
{
    struct aside *a = aside_of(s, "unlocks", site);
    return a == NULL ? ENOMEM : unlock(&a->mutex, site);
}

/* Nobody else goes on before the function has returned. */
static int once(struct pipesim_sync *s, void (*function)(void), const char *site)
{
    struct aside *a = aside_of(s, "asks for", site);
    if (a == NULL)
        return ENOMEM;
    sched_mutex_lock(&a->mutex.mutex, site);
    if (are_seen())
        races_acquire(s);
    if (!a->done)
        function();
    a->done = 1;
    if (are_seen())
        races_release(s);
    sched_mutex_unlock(&a->mutex.mutex, site);
    return 0;
}

/* -- all of them ------------------------------------------------------------------------------- */

void syncs_add_calls(struct pipesim_calls *calls)
{
    calls->mutex_init = mutex_init;
    calls->mutex_destroy = mutex_destroy;
    calls->mutex_lock = mutex_lock;
    calls->mutex_trylock = mutex_trylock;
    calls->mutex_timedlock = mutex_timedlock;
    calls->mutex_unlock = mutex_unlock;
    calls->spin_init = spin_init;
    calls->spin_destroy = spin_destroy;
    calls->spin_lock = spin_lock;
    calls->spin_trylock = spin_trylock;
    calls->spin_unlock = spin_unlock;
    calls->cond_init = cond_init;
    calls->cond_destroy = cond_destroy;
    calls->cond_wait = cond_wait;
    calls->cond_timedwait = cond_timedwait;
    calls->cond_signal = cond_signal;
    calls->cond_broadcast = cond_broadcast;
    calls->rwlock_init = rwlock_init;
    calls->rwlock_destroy = rwlock_destroy;
    calls->rwlock_lock = rwlock_lock;
    calls->rwlock_timedlock = rwlock_timedlock;
    calls->rwlock_trylock = rwlock_trylock;
    calls->rwlock_unlock = rwlock_unlock;
    calls->barrier_init = barrier_init;
    calls->barrier_wait = barrier_wait;
    calls->barrier_destroy = barrier_destroy;
    calls->once = once;
    calls->sem_init = semaphore_init;
    calls->sem_destroy = semaphore_destroy;
    calls->sem_wait = semaphore_wait;
    calls->sem_timedwait = semaphore_timedwait;
    calls->sem_trywait = semaphore_trywait;
    calls->sem_post = semaphore_post;
    calls->sem_getvalue = semaphore_getvalue;
}

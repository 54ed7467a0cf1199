/* posix.c - see posix.h. */
#include "sim/own/posix.h"

#include "sim/own/accesses.h"
#include "sim/own/faults.h"
#include "sim/own/memory.h"
#include "sim/own/races.h"
#include "sim/own/variables.h"
#include "sim/own/warnings.h"
#include "sim/own/workers.h"
#include "sim/sched/arena.h"
#include "sim/sched/semaphore.h"
#include "sim/sched/sync.h"

#define PIPESIM_TYPES_ONLY
#include "sim/own/beside/pipesim_pthread.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>

/* -- the heap ---------------------------------------------------------------------------------- */

static void *allocate(size_t n, const char *site)
{
    fault_at_call(site);
    void *memory = memory_allocate(n, site);
    if (memory != NULL)
        races_forget_memory(memory, n);
    return memory;
}

static void *allocate_array(size_t count, size_t n, const char *site)
{
    return n != 0 && count > SIZE_MAX / n ? NULL : allocate(count * n, site);
}

static void *resize(void *old, size_t n, const char *site)
{
    fault_at_call(site);
    return memory_resize(old, n, site);
}

static void release(void *memory, const char *site)
{
    fault_at_call(site);
    memory_release(memory, site);
}

/* -- mutexes and conditions -------------------------------------------------------------------- */

enum { MADE = 0x6d616465 }; /* by an init call; all zero is as good, but says nothing */

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

static_assert(sizeof(struct own_mutex) <= sizeof(struct pipesim_sync), "a mutex fits");
static_assert(sizeof(struct own_cond) <= sizeof(struct pipesim_sync), "a condition fits");
static_assert(sizeof(struct sched_rwlock) <= sizeof(struct pipesim_sync), "a lock fits");
static_assert(sizeof(struct own_semaphore) <= sizeof(struct pipesim_sync), "a semaphore fits");

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

static struct own_mutex *mutex_of(struct pipesim_sync *s)
{
    return (void *)s;
}

static int mutex_init(struct pipesim_sync *s, const int *kind, const char *site)
{
    struct own_mutex *m = mutex_of(s);
    fault_at_call(site);
    memory_check(s, sizeof *m, "initializes");
    if (m->made == MADE)
        misused(MISUSE_INIT, site);
    *m = (struct own_mutex){.kind = kind != NULL ? *kind : PTHREAD_MUTEX_DEFAULT, .made = MADE};
    races_forget(s);
    return 0;
}

static int mutex_destroy(struct pipesim_sync *s, const char *site)
{
    struct own_mutex *m = mutex_of(s);
    fault_at_call(site);
    memory_check(s, sizeof *m, "destroys");
    int error = sched_mutex_destroy(&m->mutex);
    if (error != 0)
        misused(MISUSE_DESTROY, site);
    m->made = 0;
    races_forget(s);
    return error;
}

static bool is_mine(const struct own_mutex *m)
{
    return sched_begun() && !sched_is_silent() && m->mutex.owner != NULL &&
           m->mutex.owner == sched_self();
}

static void has_taken(struct pipesim_sync *s, const char *site)
{
    if (sched_has_threads || sched_is_silent())
        return;
    fault_at_call(site);
    races_take(s, site);
    const char *cycle = races_lock_cycle();
    if (cycle != NULL)
        warnings_add(cycle);
}

static void lets_go(const struct pipesim_sync *s)
{
    if (!sched_has_threads && !sched_is_silent())
        races_let_go(s);
}

static int mutex_lock(struct pipesim_sync *s, const char *site)
{
    struct own_mutex *m = mutex_of(s);
    fault_at_call(site);
    memory_check(s, sizeof *m, "locks");
    if (is_mine(m) && m->kind == PTHREAD_MUTEX_RECURSIVE) {
        m->depth++;
        return 0;
    }
    if (is_mine(m) && m->kind == PTHREAD_MUTEX_ERRORCHECK)
        return EDEADLK;
    int error = sched_mutex_lock(&m->mutex, site);
    if (error == 0)
        has_taken(s, site);
    return error;
}

static int mutex_trylock(struct pipesim_sync *s, const char *site)
{
    struct own_mutex *m = mutex_of(s);
    fault_at_call(site);
    memory_check(s, sizeof *m, "locks");
    if (is_mine(m) && m->kind == PTHREAD_MUTEX_RECURSIVE) {
        m->depth++;
        return 0;
    }
    int error = sched_mutex_trylock(&m->mutex, site);
    if (error == 0)
        has_taken(s, site);
    return error;
}

static int mutex_unlock(struct pipesim_sync *s, const char *site)
{
    struct own_mutex *m = mutex_of(s);
    fault_at_call(site);
    memory_check(s, sizeof *m, "unlocks");
    if (is_mine(m) && m->depth > 0) {
        m->depth--;
        return 0;
    }
    if (!is_mine(m) && m->kind == PTHREAD_MUTEX_ERRORCHECK)
        return EPERM;
    if (is_mine(m))
        lets_go(s);
    return sched_mutex_unlock(&m->mutex, site);
}

static struct own_cond *cond_of(struct pipesim_sync *s)
{
    return (void *)s;
}

static int cond_init(struct pipesim_sync *s, const char *site)
{
    struct own_cond *c = cond_of(s);
    fault_at_call(site);
    memory_check(s, sizeof *c, "initializes");
    if (c->made == MADE)
        misused(MISUSE_INIT, site);
    *c = (struct own_cond){.made = MADE};
    return 0;
}

static int cond_destroy(struct pipesim_sync *s, const char *site)
{
    fault_at_call(site);
    memory_check(s, sizeof(struct own_cond), "destroys");
    int error = sched_cond_destroy(&cond_of(s)->cond);
    if (error != 0)
        misused(MISUSE_DESTROY, site);
    cond_of(s)->made = 0;
    return error;
}

static int wait_until(struct pipesim_sync *c, struct pipesim_sync *m, tick_t until,
                      const char *site)
{
    fault_at_call(site);
    memory_check(c, sizeof(struct own_cond), "waits on");
    memory_check(m, sizeof(struct own_mutex), "waits with");
    bool mine = is_mine(mutex_of(m));
    if (mine)
        lets_go(m);
    int error = sched_cond_timedwait(&cond_of(c)->cond, &mutex_of(m)->mutex, until, site);
    if (mine)
        has_taken(m, site);
    return error;
}

static int cond_wait(struct pipesim_sync *c, struct pipesim_sync *m, const char *site)
{
    return wait_until(c, m, TICK_NEVER, site);
}

/* A tick is a millisecond here. */
enum { NS_IN_TICK = 1000000, TICKS_IN_SECOND = 1000 };

static tick_t tick_of(const struct timespec *t)
{
    return t->tv_sec > TICK_MOST / TICKS_IN_SECOND
               ? TICK_MOST
               : t->tv_sec * TICKS_IN_SECOND + t->tv_nsec / NS_IN_TICK;
}

static int cond_timedwait(struct pipesim_sync *c, struct pipesim_sync *m,
                          const struct timespec *until, const char *site)
{
    return wait_until(c, m, tick_of(until), site);
}

/* It is asked for again at each tick, which is as exact as time is here. */
static int mutex_timedlock(struct pipesim_sync *m, const struct timespec *until, const char *site)
{
    int error;
    while ((error = mutex_trylock(m, site)) == EBUSY) {
        if (sched_self() == NULL || sched_now() >= tick_of(until))
            return ETIMEDOUT;
        sched_sleep(NULL, tick_after(sched_now(), 1), NULL);
    }
    return error;
}

static int cond_signal(struct pipesim_sync *c, const char *site)
{
    fault_at_call(site);
    memory_check(c, sizeof(struct own_cond), "signals");
    return sched_cond_signal(&cond_of(c)->cond, site);
}

static int cond_broadcast(struct pipesim_sync *c, const char *site)
{
    fault_at_call(site);
    memory_check(c, sizeof(struct own_cond), "signals");
    return sched_cond_broadcast(&cond_of(c)->cond, site);
}

/* -- semaphores and read-write locks ----------------------------------------------------------- */

static struct own_semaphore *semaphore_of(struct pipesim_sync *s)
{
    return (void *)s;
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
    if (semaphore_of(s)->made == MADE)
        misused(MISUSE_INIT, site);
    *semaphore_of(s) = (struct own_semaphore){{value, {0}}, MADE};
    return 0;
}

static int semaphore_destroy(struct pipesim_sync *s, const char *site)
{
    if (semaphore_of(s)->semaphore.asleep.first != NULL)
        misused(MISUSE_DESTROY, site);
    semaphore_of(s)->made = 0;
    return 0;
}

static bool are_seen(void)
{
    return !sched_has_threads && !sched_is_silent();
}

static int has_got(const struct pipesim_sync *s, int error, const char *site)
{
    fault_at_call(site);
    if (error == 0 && are_seen())
        races_acquire(s);
    return as_c_has_it(error);
}

static int wait_for_semaphore(struct pipesim_sync *s, tick_t until, const char *site)
{
    fault_at_call(site);
    memory_check(s, sizeof(struct own_semaphore), "waits for");
    return has_got(s, sched_semaphore_wait(&semaphore_of(s)->semaphore, until, site), site);
}

static int semaphore_wait(struct pipesim_sync *s, const char *site)
{
    return wait_for_semaphore(s, TICK_NEVER, site);
}

static int semaphore_timedwait(struct pipesim_sync *s, const struct timespec *until,
                               const char *site)
{
    return wait_for_semaphore(s, tick_of(until), site);
}

static int semaphore_trywait(struct pipesim_sync *s, const char *site)
{
    fault_at_call(site);
    memory_check(s, sizeof(struct own_semaphore), "waits for");
    return has_got(s, sched_semaphore_try(&semaphore_of(s)->semaphore, site), site);
}

static int semaphore_post(struct pipesim_sync *s, const char *site)
{
    fault_at_call(site);
    memory_check(s, sizeof(struct own_semaphore), "posts");
    if (are_seen())
        races_release(s);
    return as_c_has_it(sched_semaphore_post(&semaphore_of(s)->semaphore, site));
}

static int semaphore_getvalue(struct pipesim_sync *s, int *value, const char *site)
{
    (void)site;
    *value = (int)semaphore_of(s)->semaphore.count;
    return 0;
}

static enum sched_access access_of(int writes)
{
    return writes ? SCHED_WRITES : SCHED_READS;
}

static int lock_until(struct pipesim_sync *l, int writes, tick_t until, const char *site)
{
    fault_at_call(site);
    memory_check(l, sizeof(struct sched_rwlock), "locks");
    int error = sched_rwlock_lock((void *)l, access_of(writes), until, site);
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
    return lock_until(l, writes, tick_of(until), site);
}

static int rwlock_trylock(struct pipesim_sync *l, int writes, const char *site)
{
    fault_at_call(site);
    memory_check(l, sizeof(struct sched_rwlock), "locks");
    int error = sched_rwlock_try((void *)l, access_of(writes), site);
    if (error == 0)
        has_taken(l, site);
    return error;
}

static int rwlock_unlock(struct pipesim_sync *l, const char *site)
{
    fault_at_call(site);
    memory_check(l, sizeof(struct sched_rwlock), "unlocks");
    lets_go(l);
    int error = sched_rwlock_unlock((void *)l, site);
    if (error != 0)
        sched_misused(MISUSE_UNLOCK, site);
    return error;
}

/* -- barriers and once: made of a mutex and a condition ---------------------------------------- */

struct own_meeting {
    struct sched_mutex mutex;
    struct sched_cond cond;
    int wanted, here; /* of a barrier; `here` for once: it has been done */
    int round;
};

static_assert(sizeof(struct own_meeting) <= sizeof(struct pipesim_sync), "a barrier fits");

static struct own_meeting *meeting_of(struct pipesim_sync *s)
{
    return (void *)s;
}

static int barrier_init(struct pipesim_sync *s, unsigned count, const char *site)
{
    fault_at_call(site);
    memory_check(s, sizeof(struct own_meeting), "initializes");
    *meeting_of(s) = (struct own_meeting){.wanted = (int)count};
    return count == 0 ? EINVAL : 0;
}

static int barrier_wait(struct pipesim_sync *s, const char *site)
{
    struct own_meeting *b = meeting_of(s);
    fault_at_call(site);
    memory_check(s, sizeof *b, "waits at");
    if (are_seen())
        races_release(s);
    sched_mutex_lock(&b->mutex, site);
    int round = b->round;
    bool last = ++b->here == b->wanted;
    if (last) {
        b->here = 0;
        b->round++;
        sched_cond_broadcast(&b->cond, site);
    }
    while (b->round == round)
        sched_cond_wait(&b->cond, &b->mutex, site);
    sched_mutex_unlock(&b->mutex, site);
    if (are_seen())
        races_acquire(s);
    return last ? PTHREAD_BARRIER_SERIAL_THREAD : 0;
}

static int once(struct pipesim_sync *s, void (*function)(void), const char *site)
{
    struct own_meeting *o = meeting_of(s);
    fault_at_call(site);
    sched_mutex_lock(&o->mutex, site);
    if (are_seen())
        races_acquire(s);
    if (!o->here)
        function();
    o->here = 1;
    if (are_seen())
        races_release(s);
    sched_mutex_unlock(&o->mutex, site);
    return 0;
}

/* -- the rest ---------------------------------------------------------------------------------- */

static int yield(const char *site)
{
    static const char of_yield;
    fault_at_call(site);
    if (sched_self() == NULL || sched_is_silent())
        return 0;
    sched_access_point(&of_yield, site);
    sched_yield_to_others();
    return 0;
}

static int clock_of_ticks(struct timespec *now)
{
    tick_t t = sched_now();
    *now = (struct timespec){t / TICKS_IN_SECOND, (long)(t % TICKS_IN_SECOND) * NS_IN_TICK};
    return 0;
}

/* So much in all, however many runs there are. */
static void says(const char *text)
{
    enum { SAID_MOST = 16384 };
    static size_t said;
    size_t n = strlen(text);
    if (said < SAID_MOST) {
        fflush(stdout);
        fputs(text, stderr);
        if (said + n >= SAID_MOST)
            fputs("\npipesim: what the pipe prints from here on is left out\n", stderr);
    }
    said += said < SAID_MOST ? n : 0;
}

static void refuses(const char *what, const char *site)
{
    fault_at_call(site);
    fault_raise((struct sched_fault){.misuse = MISUSE_CRASH, .what = what});
}

static void reads_atomically(const void *at, size_t n, const void *from)
{
    accesses_atomic(at, n, RACE_READS_ATOMICALLY, from);
}

static void writes_atomically(const void *at, size_t n, const void *from)
{
    accesses_atomic(at, n, RACE_WRITES_ATOMICALLY, from);
}

/* Part of every snapshot. */
static struct lives {
    int pipes;
} lives;

static void begins(const void *from)
{
    if (!sched_has_threads)
        fault_at_access((const char *)from - 1);
}

static void warn_of(void (*describe)(struct strbuf *out))
{
    struct strbuf what = {0};
    describe(&what);
    if (what.length > 0)
        warnings_add(strbuf_text(&what));
    strbuf_free(&what);
}

static void enters(void)
{
    accesses_are(workers_alive() == WORKERS_AT_WORK ? ACCESSES_AMONG_OTHERS : ACCESSES_ALONE);
    fault_main_stack(MAIN_IN_PIPE);
}

static void leaves(int pipes)
{
    accesses_are(ACCESSES_AMONG_OTHERS);
    fault_main_stack(MAIN_ELSEWHERE);
    lives.pipes += pipes;
    if (lives.pipes > 0 || pipes > 0)
        return;
    warn_of(memory_describe_leaks);
    warn_of(workers_describe_left);
}

const struct pipesim_calls *posix_calls(void)
{
    static const struct pipesim_calls calls = {
        .allocate = allocate,
        .allocate_array = allocate_array,
        .resize = resize,
        .release = release,
        .mutex_init = mutex_init,
        .mutex_destroy = mutex_destroy,
        .mutex_lock = mutex_lock,
        .mutex_trylock = mutex_trylock,
        .mutex_timedlock = mutex_timedlock,
        .mutex_unlock = mutex_unlock,
        .cond_init = cond_init,
        .cond_destroy = cond_destroy,
        .cond_wait = cond_wait,
        .cond_timedwait = cond_timedwait,
        .cond_signal = cond_signal,
        .cond_broadcast = cond_broadcast,
        .sem_init = semaphore_init,
        .sem_destroy = semaphore_destroy,
        .sem_wait = semaphore_wait,
        .sem_timedwait = semaphore_timedwait,
        .sem_trywait = semaphore_trywait,
        .sem_post = semaphore_post,
        .sem_getvalue = semaphore_getvalue,
        .rwlock_lock = rwlock_lock,
        .rwlock_timedlock = rwlock_timedlock,
        .rwlock_trylock = rwlock_trylock,
        .rwlock_unlock = rwlock_unlock,
        .barrier_init = barrier_init,
        .barrier_wait = barrier_wait,
        .once = once,
        .thread_create = workers_create,
        .thread_join = workers_join,
        .thread_detach = workers_detach,
        .thread_exit = workers_exit,
        .cleanup_push = workers_push_cleanup,
        .cleanup_pop = workers_pop_cleanup,
        .key_create = workers_key_create,
        .key_delete = workers_key_delete,
        .getspecific = workers_getspecific,
        .setspecific = workers_setspecific,
        .self = workers_self,
        .yield = yield,
        .clock = clock_of_ticks,
        .says = says,
        .refuses = refuses,
        .reads = accesses_read,
        .writes = accesses_write,
        .reads_atomically = reads_atomically,
        .writes_atomically = writes_atomically,
        .begins = begins,
        .enters = enters,
        .leaves = leaves,
    };
    return &calls;
}

int posix_begin(void)
{
    static bool begun;
    if (begun)
        return 0;
    begun = true;
    fault_catch_signals();
    return memory_include() != 0 || races_include() != 0 || accesses_include() != 0 ||
                   workers_include() != 0 || arena_include(&lives, sizeof lives) != 0
               ? -1
               : 0;
}

/* -- states ------------------------------------------------------------------------------------ */

static void add_state(const struct pipe *p, void (*add)(void *ctx, const void *bytes, size_t n),
                      void *ctx)
{
    (void)p;
    memory_each(add, ctx);
    variables_each(add, ctx);
    workers_add_state(add, ctx);
}

static void nothing(struct pipe *p)
{
    (void)p;
}

static size_t unknown_size(struct pipe *p)
{
    (void)p;
    return 0;
}

static int no_poll(struct pipe *p)
{
    (void)p;
    return PIPE_IN | PIPE_OUT;
}

static int no_resize(struct pipe *p, size_t capacity)
{
    (void)p, (void)capacity;
    return -EINVAL;
}

static ssize_t no_transfer(struct pipe *from, struct pipe *to, size_t n, int flags)
{
    (void)from, (void)to, (void)n, (void)flags;
    return -EINVAL;
}

void posix_complete(struct pipe_impl *impl)
{
    impl->splice = impl->tee = no_transfer;
    impl->state = add_state;
    if (impl->used == NULL)
        impl->observed = impl->observed == PIPE_TELLS ? PIPE_TELLS : PIPE_IS_OBSERVED_AT_END;
    if (impl->free == NULL)
        impl->free = nothing;
    if (impl->open_reader == NULL)
        impl->open_reader = nothing;
    if (impl->open_writer == NULL)
        impl->open_writer = nothing;
    if (impl->used == NULL)
        impl->used = unknown_size;
    if (impl->capacity == NULL)
        impl->capacity = unknown_size;
    if (impl->poll == NULL)
        impl->poll = no_poll;
    if (impl->set_capacity == NULL)
        impl->set_capacity = no_resize;
}

/* posix.c - see posix.h. */
#include "sim/own/posix.h"

#include "sim/sched/arena.h"
#include "sim/sched/semaphore.h"
#include "sim/sched/sync.h"

#define PIPESIM_TYPES_ONLY
#include "sim/own/beside/pipesim_pthread.h"

#include <assert.h>
#include <limits.h>

/* -- the heap ---------------------------------------------------------------------------------- */

/* Its blocks, linked, so that a state can tell what is in them. */
struct block {
    struct block *next, *previous;
    size_t size;
    size_t unused; /* keeps what follows aligned for everything */
};

/* Part of every snapshot. */
static struct variables {
    struct block *blocks;
} heap;

static void *allocate(size_t n, const char *site)
{
    (void)site;
    struct block *b = n > SIZE_MAX - sizeof *b ? NULL : arena_alloc(sizeof *b + n);
    if (b == NULL)
        return NULL;
    b->size = n;
    b->next = heap.blocks;
    if (b->next != NULL)
        b->next->previous = b;
    heap.blocks = b;
    return b + 1;
}

static void *allocate_array(size_t count, size_t n, const char *site)
{
    return n != 0 && count > SIZE_MAX / n ? NULL : allocate(count * n, site);
}

static struct block *block_of(void *memory)
{
    struct block *b = heap.blocks;
    while (b != NULL && b + 1 != memory)
        b = b->next;
    return b;
}

static void release(void *memory, const char *site)
{
    struct block *b = block_of(memory);
    if (memory == NULL)
        return;
    if (b == NULL) {
        sched_misused(MISUSE_FREE, site);
        return;
    }
    if (b->next != NULL)
        b->next->previous = b->previous;
    *(b->previous != NULL ? &b->previous->next : &heap.blocks) = b->next;
    arena_free(b);
}

static void *resize(void *old, size_t n, const char *site)
{
    struct block *b = block_of(old);
    if (old != NULL && b == NULL) {
        sched_misused(MISUSE_FREE, site);
        return NULL;
    }
    void *grown = allocate(n, site);
    if (grown != NULL && b != NULL) {
        memcpy(grown, old, b->size < n ? b->size : n);
        release(old, site);
    }
    return grown;
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

static struct own_mutex *mutex_of(struct pipesim_sync *s)
{
    return (void *)s;
}

static int mutex_init(struct pipesim_sync *s, const int *kind, const char *site)
{
    struct own_mutex *m = mutex_of(s);
    if (m->made == MADE)
        sched_misused(MISUSE_INIT, site);
    *m = (struct own_mutex){.kind = kind != NULL ? *kind : PTHREAD_MUTEX_DEFAULT, .made = MADE};
    return 0;
}

static int mutex_destroy(struct pipesim_sync *s, const char *site)
{
    struct own_mutex *m = mutex_of(s);
    int error = sched_mutex_destroy(&m->mutex);
    if (error != 0)
        sched_misused(MISUSE_DESTROY, site);
    m->made = 0;
    return error;
}

static int mutex_lock(struct pipesim_sync *s, const char *site)
{
    struct own_mutex *m = mutex_of(s);
    bool mine = m->mutex.owner != NULL && m->mutex.owner == sched_self();
    if (mine && m->kind == PTHREAD_MUTEX_RECURSIVE) {
        m->depth++;
        return 0;
    }
    return mine && m->kind == PTHREAD_MUTEX_ERRORCHECK ? EDEADLK
                                                       : sched_mutex_lock(&m->mutex, site);
}

static int mutex_trylock(struct pipesim_sync *s, const char *site)
{
    struct own_mutex *m = mutex_of(s);
    if (m->mutex.owner != NULL && m->mutex.owner == sched_self() &&
        m->kind == PTHREAD_MUTEX_RECURSIVE) {
        m->depth++;
        return 0;
    }
    return sched_mutex_trylock(&m->mutex, site);
}

static int mutex_unlock(struct pipesim_sync *s, const char *site)
{
    struct own_mutex *m = mutex_of(s);
    bool mine = m->mutex.owner != NULL && m->mutex.owner == sched_self();
    if (mine && m->depth > 0) {
        m->depth--;
        return 0;
    }
    return !mine && m->kind == PTHREAD_MUTEX_ERRORCHECK ? EPERM
                                                        : sched_mutex_unlock(&m->mutex, site);
}

static struct own_cond *cond_of(struct pipesim_sync *s)
{
    return (void *)s;
}

static int cond_init(struct pipesim_sync *s, const char *site)
{
    struct own_cond *c = cond_of(s);
    if (c->made == MADE)
        sched_misused(MISUSE_INIT, site);
    *c = (struct own_cond){.made = MADE};
    return 0;
}

static int cond_destroy(struct pipesim_sync *s, const char *site)
{
    int error = sched_cond_destroy(&cond_of(s)->cond);
    if (error != 0)
        sched_misused(MISUSE_DESTROY, site);
    cond_of(s)->made = 0;
    return error;
}

static int cond_wait(struct pipesim_sync *c, struct pipesim_sync *m, const char *site)
{
    return sched_cond_wait(&cond_of(c)->cond, &mutex_of(m)->mutex, site);
}

/* A tick is a millisecond here. */
enum { NS_IN_TICK = 1000000, TICKS_IN_SECOND = 1000 };

static int cond_timedwait(struct pipesim_sync *c, struct pipesim_sync *m,
                          const struct timespec *until, const char *site)
{
    tick_t when = until->tv_sec > TICK_MOST / TICKS_IN_SECOND
                      ? TICK_MOST
                      : until->tv_sec * TICKS_IN_SECOND + until->tv_nsec / NS_IN_TICK;
    return sched_cond_timedwait(&cond_of(c)->cond, &mutex_of(m)->mutex, when, site);
}

static int cond_signal(struct pipesim_sync *c, const char *site)
{
    return sched_cond_signal(&cond_of(c)->cond, site);
}

static int cond_broadcast(struct pipesim_sync *c, const char *site)
{
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
        sched_misused(MISUSE_INIT, site);
    *semaphore_of(s) = (struct own_semaphore){{value, {0}}, MADE};
    return 0;
}

static int semaphore_destroy(struct pipesim_sync *s, const char *site)
{
    if (semaphore_of(s)->semaphore.asleep.first != NULL)
        sched_misused(MISUSE_DESTROY, site);
    semaphore_of(s)->made = 0;
    return 0;
}

static int semaphore_wait(struct pipesim_sync *s, const char *site)
{
    return as_c_has_it(sched_semaphore_wait(&semaphore_of(s)->semaphore, site));
}

static int semaphore_trywait(struct pipesim_sync *s, const char *site)
{
    return as_c_has_it(sched_semaphore_try(&semaphore_of(s)->semaphore, site));
}

static int semaphore_post(struct pipesim_sync *s, const char *site)
{
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

static int rwlock_lock(struct pipesim_sync *l, int writes, const char *site)
{
    return sched_rwlock_lock((void *)l, access_of(writes), site);
}

static int rwlock_trylock(struct pipesim_sync *l, int writes, const char *site)
{
    return sched_rwlock_try((void *)l, access_of(writes), site);
}

static int rwlock_unlock(struct pipesim_sync *l, const char *site)
{
    return sched_rwlock_unlock((void *)l, site);
}

/* -- the rest ---------------------------------------------------------------------------------- */

static unsigned long self(void)
{
    const struct task *t = sched_self();
    return t == NULL ? 0 : (unsigned long)task_number(t) + 1;
}

static int yield(const char *site)
{
    (void)site;
    if (sched_self() != NULL)
        sched_yield_to_others();
    return 0;
}

static int clock_of_ticks(struct timespec *now)
{
    tick_t t = sched_now();
    *now = (struct timespec){t / TICKS_IN_SECOND, (long)(t % TICKS_IN_SECOND) * NS_IN_TICK};
    return 0;
}

static void ignore_access(const void *at, size_t n, const void *from)
{
    (void)at, (void)n, (void)from;
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
        .sem_trywait = semaphore_trywait,
        .sem_post = semaphore_post,
        .sem_getvalue = semaphore_getvalue,
        .rwlock_lock = rwlock_lock,
        .rwlock_trylock = rwlock_trylock,
        .rwlock_unlock = rwlock_unlock,
        .self = self,
        .yield = yield,
        .clock = clock_of_ticks,
        .reads = ignore_access,
        .writes = ignore_access,
    };
    return &calls;
}

int posix_include_own(void)
{
    return arena_include(&heap, sizeof heap);
}

/* -- states ------------------------------------------------------------------------------------ */

static void add_state(const struct pipe *p, void (*add)(void *ctx, const void *bytes, size_t n),
                      void *ctx)
{
    (void)p;
    for (const struct block *b = heap.blocks; b != NULL; b = b->next)
        add(ctx, b + 1, b->size);
    arena_each_included(add, ctx);
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

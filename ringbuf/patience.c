/* patience.c - see patience.h. The figures were found by measurement: make bench shows what they
 * give. */
#include "ringbuf/patience.h"

#ifndef RINGBUF_CONTROLLED /* else the header has it all */

#include <stdint.h>
#include <time.h>

enum {
    FULL_BUDGET_NS = 60000, /* three times what a sleep and a wake-up across processors take */
    LEAST_BUDGET_NS = 2000, /* below this, looking is given up */
    PROBE_EVERY = 256,      /* failures, after which the full budget is tried again */
    LOCK_TRIES = 32,
    BETWEEN_TRIES_NS = 900 /* long enough for the holder to get a good deal done undisturbed */
};

static inline void cpu_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* -- what the pipe holds ----------------------------------------------------------------------- */

static void look_init(struct look *it)
{
    atomic_init(&it->there, 0);
    atomic_init(&it->budget_ns, FULL_BUDGET_NS);
    atomic_init(&it->failures, 0);
}

void patience_init(struct patience *it)
{
    look_init(&it->used);
    look_init(&it->room);
}

void patience_tell(struct patience *it, size_t used, size_t room)
{
    atomic_store_explicit(&it->used.there, used, memory_order_relaxed);
    atomic_store_explicit(&it->room.there, room, memory_order_relaxed);
}

static bool seems_there(struct look *it, size_t need)
{
    return atomic_load_explicit(&it->there, memory_order_relaxed) >= need;
}

static void look_paid(struct look *it)
{
    atomic_store_explicit(&it->budget_ns, FULL_BUDGET_NS, memory_order_relaxed);
}

static void look_was_in_vain(struct look *it, unsigned budget_ns)
{
    unsigned failures = atomic_fetch_add_explicit(&it->failures, 1, memory_order_relaxed) + 1;
    if (failures % PROBE_EVERY == 0)
        budget_ns = FULL_BUDGET_NS;
    else
        budget_ns = budget_ns / 4 < LEAST_BUDGET_NS ? 0 : budget_ns / 4;
    atomic_store_explicit(&it->budget_ns, budget_ns, memory_order_relaxed);
}

static void look(struct look *it, size_t need, unsigned budget_ns)
{
    uint64_t start = now_ns();
    do {
        for (unsigned pauses = 0; pauses < 4; pauses++) {
            if (seems_there(it, need)) {
                look_paid(it);
                return;
            }
            for (unsigned i = 0; i <= pauses; i++)
                cpu_pause();
        }
    } while (now_ns() - start < budget_ns);
    look_was_in_vain(it, budget_ns);
}

static void look_without_lock(struct look *it, size_t need, pthread_mutex_t *lock)
{
    if (seems_there(it, need))
        return;
    unsigned budget_ns = atomic_load_explicit(&it->budget_ns, memory_order_relaxed);
    if (budget_ns == 0) {
        look_was_in_vain(it, 0);
        return;
    }
    pthread_mutex_unlock(lock);
    look(it, need, budget_ns);
    if (!patience_takes(lock))
        pthread_mutex_lock(lock);
}

void patience_for_bytes(struct patience *it, pthread_mutex_t *lock)
{
    look_without_lock(&it->used, 1, lock);
}

void patience_for_room(struct patience *it, pthread_mutex_t *lock, size_t need)
{
    look_without_lock(&it->room, need, lock);
}

/* -- the lock ---------------------------------------------------------------------------------- */

static void pause_ns(unsigned ns)
{
    uint64_t start = now_ns();
    do {
        for (unsigned i = 0; i < 8; i++)
            cpu_pause();
    } while (now_ns() - start < ns);
}

bool patience_takes(pthread_mutex_t *lock)
{
    for (unsigned i = 0; i < LOCK_TRIES; i++) {
        if (pthread_mutex_trylock(lock) == 0)
            return true;
        pause_ns(BETWEEN_TRIES_NS);
    }
    return false;
}

#endif

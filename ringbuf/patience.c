/* patience.c - see patience.h. The figures were found by measurement: make bench shows what they
 * give. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* PTHREAD_MUTEX_ADAPTIVE_NP */
#endif
#include "ringbuf/patience.h"

#include <stdbool.h>

enum {
    FULL_BUDGET = 400, /* looks, of up to four pauses each: about 40 us */
    LEAST_BUDGET = 16, /* below this, looking is given up */
    PROBE_EVERY = 256  /* failures, after which the full budget is tried again */
};

static inline void cpu_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void budget_init(struct budget *b)
{
    atomic_init(&b->looks, FULL_BUDGET);
    atomic_init(&b->failures, 0);
}

void patience_init(struct patience *it, pthread_mutex_t *lock)
{
    atomic_init(&it->used, 0);
    budget_init(&it->readers);
    budget_init(&it->writers);
#ifdef __GLIBC__
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ADAPTIVE_NP);
    pthread_mutex_init(lock, &attr);
    pthread_mutexattr_destroy(&attr);
#else
    pthread_mutex_init(lock, NULL);
#endif
}

void patience_tell(struct patience *it, size_t used)
{
    atomic_store_explicit(&it->used, used, memory_order_relaxed);
}

static void look_paid(struct budget *b)
{
    atomic_store_explicit(&b->looks, FULL_BUDGET, memory_order_relaxed);
}

static void look_was_in_vain(struct budget *b, unsigned looks)
{
    unsigned failures = atomic_fetch_add_explicit(&b->failures, 1, memory_order_relaxed) + 1;
    if (failures % PROBE_EVERY == 0)
        looks = FULL_BUDGET;
    else
        looks = looks / 4 < LEAST_BUDGET ? 0 : looks / 4;
    atomic_store_explicit(&b->looks, looks, memory_order_relaxed);
}

/* True when `used` lies in [low, high], or nobody should wait any longer. */
static bool seen_in(struct patience *it, size_t low, size_t high)
{
    size_t used = atomic_load_explicit(&it->used, memory_order_relaxed);
    return used == PATIENCE_NO_WAITING || (low <= used && used <= high);
}

static void look_for(struct patience *it, struct budget *b, size_t low, size_t high)
{
    if (seen_in(it, low, high))
        return;
    unsigned looks = atomic_load_explicit(&b->looks, memory_order_relaxed);
    for (unsigned i = 0; i < looks; i++) {
        for (unsigned pauses = 0; pauses <= (i & 3); pauses++)
            cpu_pause();
        if (seen_in(it, low, high)) {
            look_paid(b);
            return;
        }
    }
    look_was_in_vain(b, looks);
}

void patience_until_at_least(struct patience *it, size_t used)
{
    look_for(it, &it->readers, used, PATIENCE_NO_WAITING);
}

void patience_until_at_most(struct patience *it, size_t used)
{
    look_for(it, &it->writers, 0, used);
}

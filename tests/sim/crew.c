/* crew.c - see crew.h. */
#include "tests/sim/crew.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>

enum { HEAP = 4 << 20, STACKS = 64 };

static struct sched_config the_config;
static char words[1 << 16];
static size_t length;

void crew_open(struct sched_config config)
{
    enum arena_use use = config.mode == SCHED_THREADS ? ARENA_MANY_THREADS : ARENA_ONE_THREAD;
    the_config = config;
    say_nothing_so_far();
    ck_assert_int_eq(arena_open(HEAP, STACKS, use), 0);
    ck_assert_int_eq(sched_init(&the_config), 0);
}

struct task *crew_add(const char *name, void (*body)(void *))
{
    return sched_spawn(name, body, (void *)(uintptr_t)name);
}

/* Begins with its name, so that a task's argument is its name in both cases. */
struct outsider {
    char name[16];
    void (*body)(void *name);
};

static void run_outside(void *arg)
{
    struct outsider *o = arg;
    sched_kernel_unlock();
    o->body(o->name);
    sched_kernel_lock();
}

struct task *crew_add_outside(const char *name, void (*body)(void *))
{
    struct outsider *o = arena_alloc(sizeof *o);
    snprintf(o->name, sizeof o->name, "%s", name);
    o->body = body;
    return sched_spawn(o->name, run_outside, o);
}

void yield_outside(void)
{
    sched_kernel_lock();
    sched_yield_to_others();
    sched_kernel_unlock();
}

void point_outside(void)
{
    sched_kernel_lock();
    sched_point();
    sched_kernel_unlock();
}

void say(const char *format, ...)
{
    va_list args;
    if (length > 0 && length + 1 < sizeof words)
        words[length++] = ' ';
    va_start(args, format);
    int n = vsnprintf(words + length, sizeof words - length, format, args);
    va_end(args);
    if (n > 0 && (size_t)n < sizeof words - length)
        length += (size_t)n;
}

const char *said(void)
{
    return words;
}

void say_nothing_so_far(void)
{
    length = 0;
    words[0] = '\0';
}

uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

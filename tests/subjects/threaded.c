/* threaded.c - see threaded.h. */
#include "tests/subjects/threaded.h"

#include "sim/sched/arena.h"

#include <stdio.h>
#include <stdlib.h>

enum { HEAP = 1 << 20 };

static struct threaded *current;

static void add_data(const struct threaded *t, struct digest *d)
{
    digest_add_bytes(d, (const char *)t->shared + t->objects, t->size - t->objects);
}

static void state(void *ctx, struct digest *d)
{
    sched_digest(d);
    add_data(ctx, d);
}

/* In a deadlock it matters who is asleep where. */
static struct ending end(void *ctx, enum sched_end end)
{
    struct threaded *t = ctx;
    struct ending e = {.verdict = ENDED_WELL};
    add_data(t, &e.outcome);
    if (end == SCHED_ALL_EXITED)
        return e;
    e.verdict = end == SCHED_DEADLOCK ? ENDED_IN_DEADLOCK : ENDED_IN_FAILURE;
    if (end == SCHED_DEADLOCK)
        sched_digest(&e.failure);
    else
        digest_add(&e.failure, (uintptr_t)t->failure);
    digest_add(&e.outcome, e.failure.a);
    return e;
}

void threaded_open(struct threaded *t, struct freedom freedom, size_t size, size_t objects)
{
    *t = (struct threaded){.size = size, .objects = objects};
    t->subject = (struct subject){.ctx = t, .digest = state, .end = end};
    execution_init(&t->execution, &t->subject);
    t->config = (struct sched_config){
        .policy = POLICY_ASKED, .freedom = freedom, .watch = &t->execution.watch};
    t->config.freedom.grain = GRAIN_LOCKS;
    current = t;
    if (arena_open(HEAP, THREADS_MOST, ARENA_ONE_THREAD) != 0 || sched_init(&t->config) != 0 ||
        (t->shared = arena_alloc(size)) == NULL)
        abort();
}

/* Such code is outside of the simulated kernel. */
static void run(void *arg)
{
    const struct thread_of *thread = arg;
    sched_kernel_unlock();
    thread->body(current->shared, thread->number);
    sched_kernel_lock();
}

void threaded_add(struct threaded *t, const char *name, void (*body)(void *, int), int number)
{
    struct thread_of *thread = &t->threads[t->count++];
    thread->body = body;
    thread->number = number;
    snprintf(thread->name, sizeof thread->name, "%s", name);
    if (sched_spawn(thread->name, run, thread) == NULL)
        abort();
}

void threaded_demand(bool holds, const char *what)
{
    if (holds)
        return;
    current->failure = what;
    sched_stop();
}

/* worker.c - see worker.h. */
#include "sim/kernel/worker.h"

#include "sim/kernel/objects.h"
#include "sim/sched/sync.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void work(void *thread)
{
    struct thread *self = thread;
    sched_kernel_unlock();
    self->stack_mark = __builtin_frame_address(0);
    self->work();
    sched_must_hold_nothing();
    sched_kernel_lock();
    self->pipe = NULL;
    thread_end(self);
}

static bool is_taken(struct kernel *k, const char *name)
{
    return thread_named(k, name, strlen(name)) != NULL;
}

static char *name_like(struct kernel *k, const char *name)
{
    size_t size = strlen(name) + sizeof "4294967295";
    char *copy = arena_alloc(size);
    if (copy != NULL)
        snprintf(copy, size, "%s", name);
    for (unsigned n = 2; copy != NULL && is_taken(k, copy); n++)
        snprintf(copy, size, "%s%u", name, n);
    return copy;
}

static int start(struct kpipe *p, const char *wanted, void (*body)(void), struct thread **made)
{
    struct kernel *k = p->kernel;
    char *name = name_like(k, wanted);
    int error = name == NULL ? -ENOMEM : process_new_own(k, name, VIEW_WORKER, made);
    if (error != 0)
        return error;
    struct thread *t = *made;
    t->pipe = p;
    t->work = body;
    error = thread_start(t, work, NULL);
    if (error == 0)
        sched_let_be(t->task);
    return error;
}

int worker_start(const char *name, void (*body)(void), struct thread **made)
{
    struct thread *self = thread_self();
    struct kpipe *p = self != NULL ? self->pipe : kpipe_being_made();
    if (p == NULL)
        return -EPERM;
    if (self != NULL)
        sched_kernel_lock();
    int error = start(p, name, body, made);
    if (self != NULL)
        sched_kernel_unlock();
    return error;
}

/* Signals wait until it is over: POSIX, pthread_join. */
void worker_join(struct thread *worker)
{
    struct thread *self = thread_self();
    bool interrupted = false;
    sched_kernel_lock();
    while (!worker->ended) {
        interrupted |= sched_interrupted(self->task);
        sched_interrupt_over(self->task);
        sleep_on(self, ON_JOIN, &worker->joining, TICK_NEVER, worker->actor, NULL);
    }
    if (interrupted)
        sched_interrupt(self->task);
    sched_kernel_unlock();
    sched_ordered(worker->task, self->task);
}

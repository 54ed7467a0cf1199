/* processes.c - what all calls have in common, and the calls on processes and signals. */
#include "sim/library/system.h"
#include "sim/sched/arena.h"

#include <errno.h>
#include <signal.h>

/* -- processes that end -------------------------------------------------------------------------- */

/* Threads of the process that nobody is in end here; the others when they notice. */
static void end_process(struct thread *self, int status)
{
    int pid = call_getpid(self);
    call_exit(self, status); /* from now on none of its threads begins a call */
    thread_close_files(self);
    for (struct seat *seat = the_one->seats; seat != NULL; seat = seat->next) {
        if (call_getpid(seat->thread) == pid && !seat->taken)
            library_end_seat(seat);
    }
}

static void call_is_over(struct sim *s)
{
    if (--s->calls > 0 || !s->ending)
        return;
    pthread_mutex_lock(&s->lock);
    s->state = QUIET;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

/* -- calls and signals ------------------------------------------------------------------------- */

/* Is the thread still self after it? It may have entered another process, or ended this one. */
static bool run_handler(struct thread *self, struct delivery d)
{
    void (*handler)(int) = the_one->handlers[d.handler];
    call_is_over(the_one);
    sched_kernel_unlock();
    handler(d.signal);
    if (!library_is(self))
        return false;
    sched_kernel_lock();
    the_one->calls++;
    thread_handler_done(self, d.signal);
    return true;
}

enum after { AFTER_NOTHING, AFTER_HANDLER, AFTER_RESTART, AFTER_LEAVING };

/* AFTER_LEAVING: the thread is self no more, and does not have the kernel lock. */
static enum after deliver(struct thread *self)
{
    enum after after = AFTER_NOTHING;
    for (;;) {
        struct delivery d = thread_delivery(self);
        if (d.kind == DELIVER_NOTHING)
            return after;
        if (d.kind == DELIVER_DEATH) {
            if (!the_one->ending) /* else others would see the end of their pipes */
                end_process(self, 0);
            library_expel();
            call_is_over(the_one);
            sched_kernel_unlock();
            return AFTER_LEAVING;
        }
        if (!run_handler(self, d))
            return AFTER_LEAVING;
        after = d.restart && after != AFTER_HANDLER ? AFTER_RESTART : AFTER_HANDLER;
    }
}

/* The calling thread, with the kernel lock; the signals that came between calls have been dealt with.
 * NULL with errno. */
static struct thread *begin_call(void)
{
    for (;;) {
        struct thread *self = library_thread();
        if (self == NULL)
            return NULL;
        sched_kernel_lock();
        the_one->calls++;
        if (deliver(self) != AFTER_LEAVING)
            return self;
    }
}

/* Without a handler the signal has been ignored in the end. */
static bool is_made_again(ssize_t result, enum after after, enum library_restart restart)
{
    return result == -EINTR && restart == LIBRARY_RESTARTS &&
           (after == AFTER_RESTART || after == AFTER_NOTHING);
}

ssize_t library_call(library_attempt *attempt, void *arguments, enum library_restart restart)
{
    ssize_t result;
    enum after after;
    do {
        struct thread *self = begin_call();
        if (self == NULL)
            return -1;
        thread_begin_call(self, 0);
        result = attempt(self, arguments);
        if (the_one->ending && result == -EINTR)
            result = -ENXIO;
        after = deliver(self);
        if (after != AFTER_LEAVING) {
            call_is_over(the_one);
            sched_kernel_unlock();
        }
    } while (is_made_again(result, after, restart));
    if (result < 0)
        errno = (int)-result;
    return result < 0 ? -1 : result;
}

/* -- processes --------------------------------------------------------------------------------- */

static ssize_t attempt_fork(struct thread *self, void *arguments)
{
    (void)arguments;
    struct thread *made;
    int pid = call_fork(self, "process", &made);
    return pid < 0 || library_add_seat(the_one, made) ? pid : -ENOMEM;
}

int sim_fork(void)
{
    return (int)library_call(attempt_fork, NULL, LIBRARY_GIVES_EINTR);
}

static ssize_t attempt_getpid(struct thread *self, void *arguments)
{
    (void)arguments;
    return call_getpid(self);
}

int sim_getpid(void)
{
    return (int)library_call(attempt_getpid, NULL, LIBRARY_GIVES_EINTR);
}

static ssize_t attempt_exit(struct thread *self, void *arguments)
{
    end_process(self, *(int *)arguments);
    return 0;
}

void sim_exit(int status)
{
    library_call(attempt_exit, &status, LIBRARY_GIVES_EINTR);
}

/* -- signals ----------------------------------------------------------------------------------- */

/* The default of SIGPIPE: what a program that has not thought of it would get. */
static void raise_it(int signal)
{
    raise(signal);
}

/* Its place, or -ENOMEM. */
static int handler_place(struct sim *s, void (*handler)(int))
{
    int place = 0;
    while (place < s->handler_count && s->handlers[place] != handler)
        place++;
    if (place < s->handler_count)
        return place;
    void *grown = arena_resize(s->handlers, (size_t)(place + 1) * sizeof *s->handlers);
    if (grown == NULL)
        return -ENOMEM;
    s->handlers = grown;
    s->handlers[s->handler_count++] = handler;
    return place;
}

/* As the kernel numbers them, or -ENOMEM. */
static int disposition(struct sim *s, int signal, void (*handler)(int))
{
    if (handler == SIG_IGN)
        return HANDLER_IGNORE;
    if (handler == SIG_DFL && signal != SIGPIPE)
        return HANDLER_DEFAULT;
    return handler_place(s, handler == SIG_DFL ? raise_it : handler);
}

int library_set_signal(struct sim *s, struct thread *self, int signal, void (*handler)(int),
                       int flags)
{
    int number = disposition(s, signal, handler);
    if (number == -ENOMEM)
        return -ENOMEM;
    return call_signal(self, signal, number, (flags & SA_RESTART) != 0);
}

struct signal_arguments {
    int signal, flags;
    void (*handler)(int);
};

static ssize_t attempt_signal(struct thread *self, void *arguments)
{
    const struct signal_arguments *a = arguments;
    return library_set_signal(the_one, self, a->signal, a->handler, a->flags);
}

int sim_signal(int signal, void (*handler)(int), int flags)
{
    struct signal_arguments a = {signal, flags, handler};
    return (int)library_call(attempt_signal, &a, LIBRARY_GIVES_EINTR);
}

static ssize_t attempt_thread(struct thread *self, void *arguments)
{
    (void)arguments;
    return thread_number(self);
}

int sim_thread(void)
{
    return (int)library_call(attempt_thread, NULL, LIBRARY_GIVES_EINTR);
}

struct kill_arguments {
    int thread, signal;
};

static ssize_t attempt_kill(struct thread *self, void *arguments)
{
    const struct kill_arguments *a = arguments;
    if (library_seat_of(the_one, a->thread) == NULL)
        return -ESRCH;
    return call_kill_thread(self, a->thread, a->signal);
}

int sim_thread_kill(int thread, int signal)
{
    struct kill_arguments a = {thread, signal};
    return (int)library_call(attempt_kill, &a, LIBRARY_GIVES_EINTR);
}

static ssize_t attempt_is_asleep(struct thread *self, void *arguments)
{
    (void)self;
    struct thread *t = thread_numbered(the_one->kernel, *(int *)arguments);
    return t == NULL ? -ESRCH : thread_is_asleep(t);
}

int sim_is_asleep(int thread)
{
    return (int)library_call(attempt_is_asleep, &thread, LIBRARY_GIVES_EINTR);
}

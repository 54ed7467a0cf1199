/* puppet.c - a process of the host that does what it is told (slot.h).
 *
 * What runs here may run in a signal handler: it calls only what is safe there, and what belongs to
 * one thread is reached through `self`. */
#ifdef __linux__
#define _GNU_SOURCE
#include "sim/host/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

struct stage the_stage;

static _Thread_local int self;

int puppet_self(void)
{
    return self;
}

static struct slot *slot_of(int actor)
{
    return &the_stage.slots[actor];
}

static void add_report(const struct report *r)
{
    struct slot *s = slot_of(self);
    s->reports[s->made % SLOT_REPORTS] = *r;
    atomic_fetch_add(&s->made, 1);
}

/* The stage closes its side, or rather ends, and so do all puppets. */
static void await_order(struct slot *s)
{
    uint64_t orders;
    s->phase = PHASE_WAITS;
    while (read(order_fd(self), &orders, sizeof orders) < 0) {
        if (errno != EINTR)
            _exit(1);
    }
}

/* A thread ends alone, and the process with its last one, as SYS_exit has it. (pthread_exit may open
 * files.) pthread_join waits for the kernel to clear the thread's number, as it does here, too. */
static void end_block(struct slot *s)
{
    s->phase = PHASE_ENDS;
    syscall(SYS_exit, 0);
}

static void make_call(struct slot *s, const struct order *o, int depth)
{
    struct report r = {.kind = REPORT_RETURNED, .call = o->call, .depth = depth};
    s->call = o->call;
    s->phase = PHASE_CALLS;
    host_call_make(o, slot_bytes(self, depth), &r);
    s = slot_of(self); /* in a child it is another one, but then it does not come here */
    s->phase = PHASE_CALLS;
    add_report(&r);
}

/* Until a signal handler is to return. */
static void obey(int depth)
{
    struct slot *s = slot_of(self);
    for (;;) {
        await_order(s);
        struct order o = s->order;
        if (o.kind == ORDER_END_HANDLER)
            return;
        if (o.kind == ORDER_END_BLOCK)
            end_block(s);
        make_call(s, &o, depth);
    }
}

/* -- signals ----------------------------------------------------------------------------------- */

static void on_signal(int number)
{
    struct slot *s = slot_of(self);
    int error = errno, call = s->call, phase = s->phase;
    struct report r = {.kind = REPORT_HANDLES, .signal = number};
    if (s->depth + 1 >= HOST_DEPTH)
        _exit(1);
    add_report(&r);
    obey(++s->depth);
    s->depth--;
    s->call = call;
    s->phase = phase;
    errno = error;
}

int64_t puppet_catch(int number, int64_t handler, int flags)
{
    struct sigaction a = {.sa_flags = flags};
    a.sa_handler = handler == -1 ? SIG_DFL : handler == -2 ? SIG_IGN : on_signal;
    return sigaction(number, &a, NULL) < 0 ? -errno : 0;
}

/* -- being born -------------------------------------------------------------------------------- */

_Noreturn static void live(int actor)
{
    struct slot *s = slot_of(actor);
    self = actor;
    s->pid = getpid();
    s->tid = (int)syscall(SYS_gettid);
    obey(0);
    _exit(1); /* obey does not return outside of a handler */
}

static void await_birth(int actor)
{
    while (slot_of(actor)->phase == PHASE_UNBORN)
        sched_yield();
}

int64_t puppet_fork(int child)
{
    pid_t pid = fork();
    if (pid < 0)
        return -errno;
    if (pid == 0)
        live(child);
    await_birth(child);
    return pid;
}

static void *thread_body(void *arg)
{
    live((int)(intptr_t)arg);
}

int64_t puppet_thread(int child)
{
    struct slot *s = slot_of(child);
    s->joinable = 1;
    int error = pthread_create(&s->thread, NULL, thread_body, (void *)(intptr_t)child);
    if (error != 0)
        return -error;
    await_birth(child);
    return child + 1;
}

int64_t puppet_join(int actor)
{
    if (actor < 0 || actor >= the_stage.count || !slot_of(actor)->joinable)
        return -ESRCH;
    slot_of(actor)->joinable = 0;
    return -pthread_join(slot_of(actor)->thread, NULL);
}

/* -- a process of time 0 ----------------------------------------------------------------------- */

_Noreturn void puppet_begin(int actor)
{
    struct sigaction normal = {.sa_handler = SIG_DFL};
    sigset_t none;
    for (int i = 1; i < NSIG; i++)
        sigaction(i, &normal, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    live(actor);
}
#endif

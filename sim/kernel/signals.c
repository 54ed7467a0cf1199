/* signals.c - sending signals, what they do by default, and alarms. Standard signals: a signal that
 * is already pending is not counted twice. */
#include "sim/kernel/objects.h"

#include <errno.h>

static enum signal_default default_of(int number)
{
    switch (number) {
#define X(name, n, by_default)                                                                     \
    case n: return by_default;
        ABI_SIGNALS(X)
#undef X
    default: return SIGNAL_KILLS;
    }
}

void signal_defaults(struct process *p)
{
    for (int i = 0; i < SIGNALS; i++)
        p->dispositions[i].handler = HANDLER_DEFAULT;
}

static bool ignored(const struct process *p, int number)
{
    int handler = p->dispositions[number].handler;
    if (handler == HANDLER_DEFAULT)
        return default_of(number) == SIGNAL_IGNORED;
    return handler == HANDLER_IGNORE;
}

/* -- sending ----------------------------------------------------------------------------------- */

static bool asleep(const struct kernel *k, const struct thread *t)
{
    const struct view_actor *a = &k->config.trace->view.actors[t->actor];
    return a->state == ACTOR_ASLEEP && a->sleep_on != ON_LOCK;
}

/* In code that would not know what to do: the signal waits until the call returns. */
static bool cannot_be_interrupted(const struct thread *t)
{
    return t->pipe != NULL && t->process->kernel->config.impl->interruptible == PIPE_DOES_NOT_ASK;
}

void thread_interrupt(struct thread *t, struct thread *by)
{
    struct kernel *k = t->process->kernel;
    if (cannot_be_interrupted(t))
        return;
    sched_atomic_begin();
    bool wakes = asleep(k, t);
    sched_atomic_end();
    if (wakes)
        kernel_emit_now(k, (struct event){.kind = EV_WAKE,
                                          .actor = by != NULL ? by->actor : NOBODY,
                                          .other = t->actor,
                                          .pipe = NO_PIPE});
    sched_interrupt(t->task);
}

void thread_must_leave(struct thread *t)
{
    if (!cannot_be_interrupted(t))
        sched_interrupt(t->task);
}

static void interrupt(struct thread *t, int number, struct thread *sender)
{
    if (t->task != NULL && !(t->blocked & 1u << number))
        thread_interrupt(t, sender);
}

/* A signal to a process goes to its first thread that has not ended; but that a child has ended, to the one
 * that has forked it. */
static struct thread *receiver(struct process *p, int number)
{
    struct kernel *k = p->kernel;
    if (number == ABI_SIGCHLD && p->hears != NULL && !p->hears->ended)
        return p->hears;
    if (!p->main->ended)
        return p->main;
    for (size_t i = 0; i < k->thread_count; i++) {
        if (k->threads[i]->process == p && !k->threads[i]->ended)
            return k->threads[i];
    }
    return NULL;
}

static void post(struct process *p, int number, struct thread *sender)
{
    struct thread *t = receiver(p, number);
    if (t == NULL || ignored(p, number))
        return;
    kernel_emit_now(p->kernel, (struct event){.kind = EV_SIGNAL,
                                              .actor = t->actor,
                                              .other = sender != NULL ? sender->actor : NOBODY,
                                              .pipe = NO_PIPE,
                                              .value = number});
    p->pending |= 1u << number;
    interrupt(t, number, sender);
}

void signal_post(struct process *p, int number, struct thread *sender)
{
    if (number == ABI_SIGCHLD && !(p->pending & 1u << number))
        p->hears = NULL;
    post(p, number, sender);
}

void signal_post_child(struct process *child, struct thread *sender)
{
    struct process *p = child->parent;
    if (!(p->pending & 1u << ABI_SIGCHLD))
        p->hears = child->forker;
    post(p, ABI_SIGCHLD, sender);
}

void signal_post_thread(struct thread *t, int number)
{
    if (ignored(t->process, number))
        return;
    kernel_emit_now(t->process->kernel, (struct event){.kind = EV_SIGNAL,
                                                       .actor = t->actor,
                                                       .other = t->actor,
                                                       .pipe = NO_PIPE,
                                                       .value = number});
    t->pending |= 1u << number;
    if (!(t->blocked & 1u << number))
        sched_interrupt(t->task);
}

static bool valid(int number)
{
    return number > 0 && number < SIGNALS && signal_name(number) != NULL;
}

int call_raise(struct thread *self, int number)
{
    if (number != 0 && !valid(number))
        return -EINVAL;
    if (number != 0)
        signal_post_thread(self, number); /* POSIX: raise is for the calling thread */
    return 0;
}

int call_kill(struct thread *self, int pid, int number)
{
    struct thread *target = thread_numbered(self->process->kernel, pid);
    if (target == NULL || target->process->fetched)
        return -ESRCH; /* before the signal is looked at, as on Linux */
    if (number != 0 && !valid(number))
        return -EINVAL;
    if (number != 0 && !target->process->exited)
        signal_post(target->process, number, self);
    return 0;
}

int call_kill_thread(struct thread *self, int number, int signal)
{
    struct thread *target = thread_numbered(self->process->kernel, number);
    if (signal != 0 && !valid(signal))
        return -EINVAL;
    if (target == NULL || target->ended || target->process->exited)
        return -ESRCH;
    if (signal == 0 || ignored(target->process, signal))
        return 0;
    kernel_emit_now(self->process->kernel, (struct event){.kind = EV_SIGNAL,
                                                          .actor = target->actor,
                                                          .other = self->actor,
                                                          .pipe = NO_PIPE,
                                                          .value = signal});
    target->pending |= 1u << signal;
    interrupt(target, signal, self);
    return 0;
}

int call_signal(struct thread *self, int number, int handler, bool restart)
{
    struct process *p = self->process;
    if (!valid(number) || number == ABI_SIGKILL)
        return -EINVAL;
    p->dispositions[number] = (struct disposition){handler, restart};
    p->disposed |= 1u << number;
    if (ignored(p, number)) { /* POSIX: what is pending is discarded */
        p->pending &= ~(1u << number);
        self->pending &= ~(1u << number);
    }
    return 0;
}

bool thread_interrupted(struct thread *self)
{
    struct kernel *k = self->process->kernel;
    if (k->config.signals || !thread_is_alone(self))
        sched_touch(k, TOUCH_READ);
    return sched_interrupted(self->task);
}

/* -- receiving --------------------------------------------------------------------------------- */

static int lowest(uint32_t set)
{
    int number = 0;
    while ((set & 1u) == 0) {
        set >>= 1;
        number++;
    }
    return number;
}

/* Those of a set that nothing keeps from killing the process. */
static uint32_t deadly(const struct process *p, uint32_t set)
{
    uint32_t found = 0;
    for (int i = 1; i < SIGNALS; i++) {
        if (set & 1u << i && !ignored(p, i) && p->dispositions[i].handler == HANDLER_DEFAULT)
            found |= 1u << i;
    }
    return found;
}

/* Of what was sent to the process, what this thread is to hear. */
static uint32_t addressed_to(const struct thread *t, uint32_t pending)
{
    struct process *p = t->process;
    uint32_t children = 1u << ABI_SIGCHLD;
    return (t == receiver(p, 0) ? pending & ~children : 0) |
           (t == receiver(p, ABI_SIGCHLD) ? pending & children : 0);
}

/* What was sent to the process is for one of its threads; but what kills it kills all at once, and
 * whoever comes by first finds it. */
static int take_pending(struct thread *t)
{
    struct process *p = t->process;
    uint32_t *from = t->pending & ~t->blocked ? &t->pending : &p->pending;
    uint32_t takeable = *from & ~t->blocked;
    if (from == &p->pending)
        takeable = addressed_to(t, takeable) | deadly(p, takeable);
    if (takeable == 0)
        return 0;
    int number = lowest(takeable);
    *from &= ~(1u << number);
    return number;
}

/* Sleeps are no longer interrupted once nothing is pending: not those of the handler, either. */
static void interrupt_over(struct thread *self)
{
    struct process *p = self->process;
    uint32_t shared = p->pending & ~self->blocked;
    if ((self->pending & ~self->blocked) == 0 && addressed_to(self, shared) == 0)
        sched_interrupt_over(self->task);
}

struct delivery thread_delivery(struct thread *self)
{
    struct process *p = self->process;
    int number = 0;
    if (p->dying)
        return (struct delivery){.kind = DELIVER_DEATH};
    while ((number = take_pending(self)) != 0) {
        struct disposition d = p->dispositions[number];
        if (ignored(p, number))
            continue;
        if (d.handler != HANDLER_DEFAULT) {
            self->blocked |= 1u << number;
            interrupt_over(self);
            return (struct delivery){DELIVER_HANDLER, number, d.handler, d.restart};
        }
        call_exit(self, -number);
        return (struct delivery){.kind = DELIVER_DEATH, .signal = number};
    }
    interrupt_over(self);
    return (struct delivery){.kind = DELIVER_NOTHING};
}

void thread_handler_done(struct thread *self, int number)
{
    self->blocked &= ~(1u << number);
}

/* -- pause and alarm --------------------------------------------------------------------------- */

int call_pause(struct thread *self)
{
    return sleep_on(self, ON_PAUSE, NULL, TICK_NEVER, NOBODY, NULL);
}

static void alarm_rings(void *arg)
{
    signal_post(arg, ABI_SIGALRM, NULL);
}

int64_t call_alarm(struct thread *self, int64_t ticks)
{
    struct process *p = self->process;
    int64_t left = p->alarm.place != 0 ? p->alarm.when - sched_now() : 0;
    sched_timer_cancel(&p->alarm);
    if (ticks > 0)
        sched_timer_set(&p->alarm, tick_after(sched_now(), ticks), alarm_rings, p);
    return left;
}

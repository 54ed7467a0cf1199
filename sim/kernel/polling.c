/* polling.c - poll: sleeping until one of several descriptors is ready. */
#include "sim/kernel/objects.h"

#include <errno.h>

/* -- what is ready ----------------------------------------------------------------------------- */

int poll_file(struct file *f, int events)
{
    if (f->kind == FILE_TERMINAL || f->kind == FILE_REGULAR)
        return events & (ABI_POLLIN | ABI_POLLOUT);
    int found = 0;
    if (f->kind == FILE_SOCKET)
        return socket_poll(f->socket) & (events | ABI_POLLERR | ABI_POLLHUP);
    if (f->kind == FILE_EPOLL)
        return 0;                       /* sets in sets are not there */
    bool hides_hup = fifo_hides_hup(f); /* a writer that comes now will notify us when it leaves */
    int mask = kpipe_poll(f->pipe);
    if (file_has_end(f, READ_END)) {
        found |= mask & PIPE_IN ? ABI_POLLIN & events : 0;
        found |=
            mask & PIPE_HUP && !hides_hup ? ABI_POLLHUP : 0; /* asked for or not: PS-157, PS-161 */
    }
    if (file_has_end(f, WRITE_END)) {
        found |= mask & PIPE_OUT ? ABI_POLLOUT & events : 0;
        found |= mask & PIPE_ERR ? ABI_POLLERR : 0;
    }
    return found;
}

static int ready(const struct poll_entry *e)
{
    if (e->fd < 0)
        return 0; /* PS-165 */
    return e->file == NULL ? ABI_POLLNVAL : poll_file(e->file, e->events);
}

static int count_ready(struct thread *self, struct poll_entry *entries, int count)
{
    int n = 0;
    for (int i = 0; i < count; i++) {
        self->polled = i;
        entries[i].revents = ready(&entries[i]);
        n += entries[i].revents != 0;
    }
    self->polled = 0;
    return n;
}

/* -- being told -------------------------------------------------------------------------------- */

static bool polls(struct thread *t, const struct kpipe *p, enum pipe_end end)
{
    for (int i = 0; i < t->polling_count; i++) {
        const struct file *f = t->polling[i].file;
        if (f != NULL && file_queue(f, end) == p)
            return true;
    }
    return false;
}

static void hit(struct thread *t, struct thread *by, int pipe)
{
    t->poll_hit = true;
    sched_touch(t, TOUCH_WRITE);
    if (sched_wake(t->task, &t->polling_queue))
        kernel_emit(t->process->kernel, (struct event){.kind = EV_WAKE,
                                                       .actor = by != NULL ? by->actor : NOBODY,
                                                       .other = t->actor,
                                                       .pipe = pipe});
}

void poll_notify(struct kpipe *p, enum pipe_end end, struct thread *by)
{
    epoll_notify(p, end, by);
    for (struct thread *t = p->kernel->pollers; t != NULL; t = t->next_poller) {
        if (!t->poll_hit && polls(t, p, end))
            hit(t, by, p->number);
    }
}

void poll_notify_socket(const struct socket *s, struct thread *by)
{
    sched_atomic_begin();
    for (struct thread *t = s->kernel->pollers; t != NULL; t = t->next_poller) {
        for (int i = 0; i < t->polling_count && !t->poll_hit; i++) {
            const struct file *f = t->polling[i].file;
            if (f != NULL && f->kind == FILE_SOCKET && f->socket == s)
                hit(t, by, NO_PIPE);
        }
    }
    sched_atomic_end();
}

static void start_polling(struct thread *self)
{
    sched_atomic_begin();
    struct thread **at = &self->process->kernel->pollers;
    while (*at != NULL)
        at = &(*at)->next_poller;
    *at = self;
    self->next_poller = NULL;
    sched_atomic_end();
}

static void stop_polling(struct thread *self)
{
    sched_atomic_begin();
    struct thread **at = &self->process->kernel->pollers;
    while (*at != self)
        at = &(*at)->next_poller;
    *at = self->next_poller;
    sched_atomic_end();
}

/* Sleeps from one hit to the next until something is ready. */
static int wait_for_hit(struct thread *self, struct poll_entry *entries, int count, tick_t until)
{
    for (int error = 0;;) {
        sched_atomic_begin();
        self->poll_hit = false;
        sched_touch(self, TOUCH_WRITE);
        sched_atomic_end();
        int n = count_ready(self, entries, count);
        if (n != 0 || error != 0) /* what is ready comes before a signal */
            return n != 0 || error == -ETIMEDOUT ? n : error;
        sched_touch(self, TOUCH_READ);
        error = sleep_on(self, ON_POLL, &self->polling_queue, until, NOBODY, &self->poll_hit);
    }
}

/* Like any call under way, poll keeps its ends open, whatever others close meanwhile. */
static void hold_files(struct thread *self, struct poll_entry *entries, int count)
{
    for (int i = 0; i < count; i++) {
        entries[i].file = file_of(self, entries[i].fd);
        if (entries[i].file != NULL)
            file_begin_call(entries[i].file);
    }
}

static void let_files_go(struct poll_entry *entries, int count)
{
    for (int i = 0; i < count; i++) {
        if (entries[i].file != NULL)
            file_end_call(entries[i].file);
        entries[i].file = NULL;
    }
}

static int sleep_until_ready(struct thread *self, struct poll_entry *entries, int count,
                             int64_t timeout)
{
    self->polling = entries;
    self->polling_count = count;
    start_polling(self);
    int n = wait_for_hit(self, entries, count,
                         timeout < 0 ? TICK_NEVER : tick_after(sched_now(), timeout));
    stop_polling(self);
    self->polling = NULL;
    return n;
}

int call_poll(struct thread *self, struct poll_entry *entries, int count, int64_t timeout)
{
    hold_files(self, entries, count);
    int n = count_ready(self, entries, count);
    if (n == 0 && timeout != 0)
        n = sleep_until_ready(self, entries, count, timeout);
    let_files_go(entries, count);
    return n;
}

/* connections.c - the two ends of a connection: reading, writing, half close, close.
 *
 * A connection has two queues, each a pipe, the same monitor as everywhere: `to`, from the one who
 * connects to the one who accepts, and `back`. Each socket holds the read end of one and the write end
 * of the other, however many descriptors refer to it. SO-nnn are facts of the host's kernel
 * (docs/sockets.md).
 *
 * While a thread is in a pipe's own code, others run: so whatever is known of the other socket must be
 * looked at again afterwards. A socket is there as long as it has a descriptor or a call; its peer is
 * NULL once the other one is about to go. */
#include "sim/kernel/objects.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* -- making ------------------------------------------------------------------------------------ */

static const char *queue_name(const char *owner, const char *way, int n, const char *where)
{
    char text[80];
    if (n > 1)
        snprintf(text, sizeof text, "%.40s.%s.%d%s", owner, way, n, where);
    else
        snprintf(text, sizeof text, "%.40s.%s%s", owner, way, where);
    char *name = arena_alloc(strlen(text) + 1);
    if (name != NULL)
        memcpy(name, text, strlen(text));
    return name;
}

struct kpipe *connection_queue(struct kernel *k, const char *owner, const char *way, int n,
                               const char *where)
{
    const char *name = queue_name(owner, way, n, where);
    struct kpipe *p = name == NULL ? NULL : kernel_declare_queue(k, name, k->config.socket_buffer);
    if (p != NULL)
        p->inside += 2; /* as long as two sockets, or one and the network, refer to it */
    return p;
}

int connection_make(struct socket *a, struct socket *b, const char *owner, int n)
{
    struct kpipe *to = connection_queue(a->kernel, owner, "to", n, "");
    struct kpipe *back = to == NULL ? NULL : connection_queue(a->kernel, owner, "back", n, "");
    if (back == NULL)
        return -ENOMEM;
    a->in = b->out = back;
    a->out = b->in = to;
    a->peer = b;
    b->peer = a;
    a->owner = b->owner = owner;
    a->state = b->state = SOCKET_CONNECTED;
    a->in_open = a->out_open = b->in_open = b->out_open = true;
    return 0;
}

/* -- ends -------------------------------------------------------------------------------------- */

static void close_in(struct socket *s)
{
    if (!s->in_open)
        return;
    s->in_open = false;
    kpipe_close_end(s->in, READ_END);
}

static void close_out(struct socket *s)
{
    if (!s->out_open)
        return;
    s->out_open = false;
    kpipe_close_end(s->out, WRITE_END);
}

static bool is_reading_or_writing(const struct thread *t, const struct socket *s, enum pipe_end end)
{
    return t->socket == s && t->socket_end == end;
}

/* Whoever sleeps in a call on this side of s is to leave it: the pipe's code does not know that its
 * own end has been shut. */
static void call_away(struct thread *by, const struct socket *s, enum pipe_end end)
{
    struct kernel *k = s->kernel;
    for (size_t i = 0; i < k->thread_count; i++) {
        struct thread *t = k->threads[i];
        if (!is_reading_or_writing(t, s, end))
            continue;
        t->called_away = true;
        thread_interrupt(t, by);
    }
}

/* TCP has nothing to say to a peer that is to send no more: it may go on (SO-033, SO-039). */
static void shut_in(struct thread *self, struct socket *s)
{
    s->shut_in = true;
    call_away(self, s, READ_END);
    if (s->domain == ABI_AF_UNIX)
        close_in(s);
}

static void shut_out(struct thread *self, struct socket *s)
{
    call_away(self, s, WRITE_END);
    close_out(s);
}

/* TCP says ENOTCONN of a connection that has ended both ways (SO-032, SO-035, SO-036). */
static bool is_over(const struct socket *s)
{
    return s->domain == ABI_AF_INET && (s->dead || (!s->out_open && s->in->writers == 0));
}

int connection_shutdown(struct thread *self, struct socket *s, int how)
{
    if (is_over(s))
        return -ENOTCONN;
    if (how != ABI_SHUT_RD)
        shut_out(self, s);
    if (how != ABI_SHUT_WR)
        shut_in(self, s);
    sched_touch(s->kernel, TOUCH_WRITE);
    poll_notify_socket(s, self);
    return 0;
}

/* -- closing ----------------------------------------------------------------------------------- */

/* As it has been seen: nobody else is let in. */
static bool holds_bytes(const struct kpipe *p)
{
    sched_atomic_begin();
    bool some = p->kernel->config.trace->view.pipes[p->number].used > 0;
    sched_atomic_end();
    return some;
}

/* The other side is told, once, when it has read what is there (SO-028). */
static void reset_peer(struct socket *s)
{
    if (s->line != NULL)
        network_reset(s);
    if (s->peer == NULL)
        return;
    s->peer->error = ECONNRESET;
    s->peer->dead = true;
}

/* First the read end, so that nobody can write any more what nobody will read. */
void connection_close(struct socket *s, enum connection_end how)
{
    if (how == CONNECTION_RESET || holds_bytes(s->in))
        reset_peer(s);
    s->closing = true;
    close_in(s);
    sched_touch(s->kernel, TOUCH_WRITE);
    if (holds_bytes(s->in))
        reset_peer(s);
    if (s->peer != NULL)
        s->peer->peer = NULL;
    s->peer = NULL;
    close_out(s);
    if (s->line != NULL)
        network_close(s);
    kpipe_let_go(s->in);
    kpipe_let_go(s->out);
}

/* -- reading ----------------------------------------------------------------------------------- */

static void enter(struct thread *self, struct file *f, enum pipe_end end)
{
    file_begin_call(f);
    self->socket = f->socket;
    self->socket_end = end;
    self->called_away = false;
}

static void leave(struct thread *self, struct file *f)
{
    self->socket = NULL;
    file_end_call(f);
}

/* Told once; EPIPE is for writes. */
static ssize_t error_at_end(struct socket *s)
{
    int error = s->error;
    if (error == EPIPE)
        return 0;
    s->error = 0;
    return -error;
}

/* As queue_read; after SHUT_RD nobody sleeps. */
static ssize_t read_some(struct thread *self, struct file *f, char *dst, size_t n, int flags)
{
    struct socket *s = f->socket;
    ssize_t got = queue_read(self, f, s->in, dst, n, flags | (s->shut_in ? PIPE_NONBLOCK : 0));
    sched_touch(s->kernel, TOUCH_WRITE);
    if ((got == -EINTR && self->called_away) || (got == -EAGAIN && s->shut_in))
        return 0;
    return got;
}

/* SO-001; what a connect that has failed did not tell (SO-064). */
static ssize_t read_unconnected(struct socket *s)
{
    if (s->error != 0)
        return error_at_end(s);
    if (s->news == NEWS_FAILED)
        return 0;
    return s->domain == ABI_AF_UNIX ? -EINVAL : -ENOTCONN;
}

/* SO-067 */
static int await_answer(struct thread *self, struct file *f, int flags)
{
    file_begin_call(f);
    int error = socket_await_answer(self, f->socket, flags);
    file_end_call(f);
    return error;
}

ssize_t connection_read(struct thread *self, struct file *f, struct message_in m)
{
    ssize_t got = 0, done = 0;
    if (m.size == 0)
        return 0; /* SO-024 */
    int error = await_answer(self, f, m.flags);
    if (error != 0)
        return error;
    if (f->socket->state != SOCKET_CONNECTED)
        return read_unconnected(f->socket);
    enter(self, f, READ_END);
    do {
        got = read_some(self, f, (char *)m.bytes + done, m.size - (size_t)done, m.flags);
        if (got == 0 && done == 0)
            got = error_at_end(f->socket);
        done += got > 0 ? got : 0;
    } while (m.all && got > 0 && (size_t)done < m.size);
    leave(self, f);
    return done > 0 ? done : got;
}

/* -- writing ----------------------------------------------------------------------------------- */

static bool peer_is_gone(const struct socket *s)
{
    return s->line == NULL && (s->peer == NULL || s->peer->closing);
}

static ssize_t broken(struct thread *self)
{
    self->broken_pipe = true;
    return -EPIPE;
}

/* TCP learns only by its first write that the other side is gone, and the bytes are nowhere; the next
 * one fails (SO-026). 0: it may go on. */
static ssize_t write_to_nobody(struct thread *self, struct socket *s, size_t n)
{
    int error = s->error;
    s->error = 0;
    if (error != 0 && error != EPIPE)
        return -error; /* SO-029 */
    if (s->dead)
        return broken(self);
    if (n == 0)
        return 0;
    s->dead = true;
    s->error = EPIPE;
    return (ssize_t)n;
}

/* A write that slept while the other side went away with bytes unread (SO-042). */
static bool was_reset(const struct thread *self, const struct socket *s)
{
    return self->slept && s->error != 0 && s->error != EPIPE;
}

/* A short count comes without a signal, and so does, on AF_UNIX, the end of a sleep (SO-038, SO-043). */
static bool raises_sigpipe(const struct thread *self, const struct socket *s, ssize_t put)
{
    return put == -EPIPE && !(self->slept && s->domain == ABI_AF_UNIX);
}

static ssize_t write_some(struct thread *self, struct file *f, struct message_out m)
{
    struct socket *s = f->socket;
    enter(self, f, WRITE_END);
    ssize_t put = queue_write(self, f, s->out, m.bytes, m.size, m.flags);
    sched_touch(s->kernel, TOUCH_WRITE);
    if (put == -EINTR && self->called_away)
        put = -EPIPE;
    if (put == -EPIPE && was_reset(self, s)) {
        put = -s->error;
        s->error = 0;
    }
    self->broken_pipe = raises_sigpipe(self, s, put);
    leave(self, f);
    return put;
}

/* SO-002, SO-065 */
static ssize_t write_unconnected(struct thread *self, struct socket *s)
{
    int error = s->error;
    s->error = 0;
    if (error != 0)
        return -error;
    return s->domain == ABI_AF_UNIX ? -ENOTCONN : broken(self);
}

ssize_t connection_write(struct thread *self, struct file *f, struct message_out m)
{
    struct socket *s = f->socket;
    self->broken_pipe = false;
    int error = await_answer(self, f, m.flags);
    if (error != 0)
        return error;
    if (s->state != SOCKET_CONNECTED)
        return write_unconnected(self, s);
    if (!s->out_open)
        return broken(self);
    if (s->domain == ABI_AF_INET && (peer_is_gone(s) || s->dead))
        return write_to_nobody(self, s, m.size);
    if (m.size == 0 && s->domain == ABI_AF_UNIX && s->out->readers == 0)
        return broken(self); /* SO-024 */
    return write_some(self, f, m);
}

/* -- poll -------------------------------------------------------------------------------------- */

/* SO-025, SO-026, SO-028, SO-031..SO-034. That the other side has closed counts from when a read would
 * see it: who is told of an end, or of an error, must find it. */
int connection_poll(struct socket *s)
{
    int in = kpipe_poll(s->in), out = kpipe_poll(s->out), found = 0;
    bool in_ended = s->shut_in || in & PIPE_HUP;
    bool refuses = s->domain == ABI_AF_UNIX && out & PIPE_ERR;
    bool out_ended = !s->out_open || s->dead || refuses;
    if (in & PIPE_IN || in_ended)
        found |= ABI_POLLIN;
    if (out & (PIPE_OUT | PIPE_ERR))
        found |= ABI_POLLOUT;
    if (in_ended && out_ended)
        found |= ABI_POLLHUP;
    return found | (s->error != 0 && in & PIPE_HUP ? ABI_POLLERR : 0);
}

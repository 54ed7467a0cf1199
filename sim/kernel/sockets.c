/* sockets.c - stream sockets: an endpoint of two queues, one in each direction, with the file
 * interface; and how two of them are connected.
 *
 * Each queue is a pipe, the same monitor as everywhere. A connection has two: `to`, from the one who
 * connects to the one who accepts, and `back`. Each socket holds one end of either, however many
 * descriptors refer to it. What Linux does was found out on sockets of the host (docs/sockets.md). */
#include "sim/kernel/objects.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* -- names ------------------------------------------------------------------------------------- */

static const char *keep_text(const char *bytes, size_t n)
{
    char *copy = arena_alloc(n + 1);
    if (copy != NULL)
        memcpy(copy, bytes, n);
    return copy;
}

/* "client.to", and for the second connection of the same process "client.to.2". */
static const char *queue_name(const char *owner, const char *which, int n)
{
    char text[80];
    if (n > 1)
        snprintf(text, sizeof text, "%.40s.%s.%d", owner, which, n);
    else
        snprintf(text, sizeof text, "%.40s.%s", owner, which);
    return keep_text(text, strlen(text));
}

static bool same_address(const struct socket *s, int domain, const char *address, size_t n)
{
    return s->domain == domain && s->address != NULL && strlen(s->address) == n &&
           memcmp(s->address, address, n) == 0;
}

static struct socket *bound_to(struct kernel *k, int domain, const char *address, size_t n)
{
    for (struct socket *s = k->bound; s != NULL; s = s->next_bound) {
        if (same_address(s, domain, address, n))
            return s;
    }
    return NULL;
}

/* -- making ------------------------------------------------------------------------------------ */

static struct socket *socket_new(struct kernel *k, int domain)
{
    struct socket *s = arena_alloc(sizeof *s);
    if (s != NULL) {
        s->kernel = k;
        s->domain = domain;
    }
    return s;
}

static struct file *file_of_socket(struct socket *s, int flags)
{
    struct file *f = s == NULL ? NULL : arena_alloc(sizeof *f);
    if (f == NULL)
        return NULL;
    f->kind = FILE_SOCKET;
    f->flags = ABI_O_RDWR | flags;
    f->socket = s;
    f->first_fd = -1;
    return f;
}

static struct kpipe *queue_new(struct kernel *k, const char *owner, const char *which, int n)
{
    const char *name = queue_name(owner, which, n);
    struct kpipe *p =
        name == NULL ? NULL : kernel_declare_pipe(k, name, k->config.socket_buffer, 1);
    if (p != NULL)
        p->inside++; /* as long as a socket refers to it */
    return p;
}

/* a is the one who connects. */
static int join_sockets(struct socket *a, struct socket *b, const char *owner, int n)
{
    struct kpipe *to = queue_new(a->kernel, owner, "to", n);
    struct kpipe *back = to == NULL ? NULL : queue_new(a->kernel, owner, "back", n);
    if (back == NULL)
        return -ENOMEM;
    to->inside++; /* both refer to it */
    back->inside++;
    a->in = b->out = back;
    a->out = b->in = to;
    a->peer = b;
    b->peer = a;
    a->state = b->state = SOCKET_CONNECTED;
    a->in_open = a->out_open = b->in_open = b->out_open = true;
    return 0;
}

static bool good_domain(int domain)
{
    return domain == ABI_AF_UNIX || domain == ABI_AF_INET;
}

int call_socket(struct thread *self, int domain, int type)
{
    struct process *p = self->process;
    if (!good_domain(domain))
        return -EAFNOSUPPORT;
    if ((type & ~(ABI_SOCK_NONBLOCK | ABI_SOCK_CLOEXEC)) != ABI_SOCK_STREAM)
        return -EINVAL;
    struct file *f = file_of_socket(socket_new(p->kernel, domain), type & ABI_O_NONBLOCK);
    return f == NULL ? -ENOMEM : files_install(p, f, 0);
}

int call_socketpair(struct thread *self, const char *name, int fds[2])
{
    struct process *p = self->process;
    struct kernel *k = p->kernel;
    int error = files_room_for_two(p);
    if (error != 0)
        return error;
    struct file *a = file_of_socket(socket_new(k, ABI_AF_UNIX), 0);
    struct file *b = file_of_socket(socket_new(k, ABI_AF_UNIX), 0);
    if (a == NULL || b == NULL || join_sockets(a->socket, b->socket, name, 1) != 0)
        return -ENOMEM;
    a->socket->owner = b->socket->owner = name;
    fds[0] = files_install(p, a, 0);
    fds[1] = fds[0] < 0 ? fds[0] : files_install(p, b, 0);
    return fds[1] < 0 ? fds[1] : 0;
}

/* -- addresses --------------------------------------------------------------------------------- */

static int socket_of(struct thread *self, int fd, struct file **f)
{
    *f = file_of(self, fd);
    if (*f == NULL)
        return -EBADF;
    return (*f)->kind == FILE_SOCKET ? 0 : -ENOTSOCK;
}

static int take_address(struct socket *s, const char *address, size_t n)
{
    if (bound_to(s->kernel, s->domain, address, n) != NULL)
        return -EADDRINUSE;
    s->address = keep_text(address, n);
    if (s->address == NULL)
        return -ENOMEM;
    s->next_bound = s->kernel->bound;
    s->kernel->bound = s;
    return 0;
}

static void give_address_back(struct socket *s)
{
    struct socket **at = &s->kernel->bound;
    while (*at != NULL && *at != s)
        at = &(*at)->next_bound;
    if (*at == s)
        *at = s->next_bound;
}

int call_bind(struct thread *self, int fd, const char *address, size_t n)
{
    struct file *f;
    int error = socket_of(self, fd, &f);
    if (error != 0)
        return error;
    if (f->socket->address != NULL || n == 0)
        return -EINVAL;
    return take_address(f->socket, address, n);
}

int call_listen(struct thread *self, int fd, int64_t backlog)
{
    struct file *f;
    int error = socket_of(self, fd, &f);
    if (error != 0)
        return error;
    struct socket *s = f->socket;
    if (s->state == SOCKET_CONNECTED || s->address == NULL)
        return -EINVAL; /* Linux gives an AF_INET socket a port of its own choice: a script needs to know it */
    s->state = SOCKET_LISTENING;
    s->backlog = backlog < 0 ? 0 : backlog > INT16_MAX ? INT16_MAX : (int)backlog;
    return 0;
}

const char *call_getpeername(struct thread *self, int fd, int *error)
{
    struct file *f;
    *error = socket_of(self, fd, &f);
    if (*error == 0 && f->socket->state != SOCKET_CONNECTED)
        *error = -ENOTCONN;
    if (*error != 0)
        return NULL;
    return f->socket->peer_address != NULL ? f->socket->peer_address : "";
}

/* -- connecting -------------------------------------------------------------------------------- */

static void wake_first(struct thread *self, struct sched_queue *queue)
{
    sched_atomic_begin();
    struct task *t = queue->first;
    if (t != NULL) {
        struct thread *sleeper = task_arg(t);
        kernel_emit(self->process->kernel, (struct event){.kind = EV_WAKE,
                                                          .actor = self->actor,
                                                          .other = sleeper->actor,
                                                          .pipe = NO_PIPE});
        sched_wake(t, queue);
    }
    sched_atomic_end();
}

static void enqueue(struct socket *listener, struct socket *made)
{
    if (listener->last_pending != NULL)
        listener->last_pending->next_pending = made;
    else
        listener->first_pending = made;
    listener->last_pending = made;
    listener->pending++;
}

static struct socket *dequeue(struct socket *listener)
{
    struct socket *s = listener->first_pending;
    listener->first_pending = s->next_pending;
    if (listener->first_pending == NULL)
        listener->last_pending = NULL;
    s->next_pending = NULL;
    listener->pending--;
    return s;
}

/* As Linux does it, backlog + 1 connections find room. */
static bool has_room(const struct socket *listener)
{
    return listener->pending <= listener->backlog;
}

static int make_connection(struct thread *self, struct socket *s, struct socket *listener)
{
    struct socket *made = socket_new(s->kernel, s->domain);
    if (made == NULL)
        return -ENOMEM;
    int n = ++self->process->connections;
    int error = join_sockets(s, made, self->name, n);
    if (error != 0)
        return error;
    s->owner = made->owner = self->name;
    made->address = listener->address; /* not in the list: it is the listener that has it */
    made->peer_address = s->address;
    s->peer_address = listener->address;
    enqueue(listener, made);
    poll_notify_listener(listener, self);
    wake_first(self, &listener->acceptors);
    return 0;
}

static int connect_socket(struct thread *self, struct file *f, const char *address, size_t n)
{
    struct socket *s = f->socket;
    for (;;) {
        if (s->state != SOCKET_NEW)
            return s->state == SOCKET_CONNECTED ? -EISCONN : -EINVAL;
        struct socket *listener = bound_to(s->kernel, s->domain, address, n);
        if (listener == NULL)
            return s->domain == ABI_AF_UNIX ? -ENOENT : -ECONNREFUSED;
        if (listener->state != SOCKET_LISTENING)
            return -ECONNREFUSED;
        if (has_room(listener))
            return make_connection(self, s, listener);
        if (f->flags & ABI_O_NONBLOCK)
            return -EAGAIN;
        int error = sleep_on(self, ON_CONNECT, &listener->connectors, TICK_NEVER, NOBODY, NULL);
        if (error != 0)
            return error;
    }
}

int call_connect(struct thread *self, int fd, const char *address, size_t n)
{
    struct file *f;
    int error = socket_of(self, fd, &f);
    if (error != 0)
        return error;
    file_begin_call(f);
    error = connect_socket(self, f, address, n);
    file_end_call(f);
    return error;
}

static int accept_connection(struct thread *self, struct file *f)
{
    struct socket *listener = f->socket;
    while (listener->state == SOCKET_LISTENING && listener->pending == 0) {
        if (f->flags & ABI_O_NONBLOCK)
            return -EAGAIN;
        int error = sleep_on(self, ON_ACCEPT, &listener->acceptors, TICK_NEVER, NOBODY, NULL);
        if (error != 0)
            return error;
    }
    if (listener->state != SOCKET_LISTENING)
        return -EINVAL;
    struct file *made = file_of_socket(listener->first_pending, 0);
    int fd = made == NULL ? -ENOMEM : files_install(self->process, made, 0);
    if (fd < 0) {
        arena_free(made);
        return fd;
    }
    dequeue(listener);
    wake_all(self, &listener->connectors);
    return fd;
}

int call_accept(struct thread *self, int fd)
{
    struct file *f;
    int error = socket_of(self, fd, &f);
    if (error != 0)
        return error;
    file_begin_call(f);
    int made = accept_connection(self, f);
    file_end_call(f);
    return made;
}

/* -- the two halves ---------------------------------------------------------------------------- */

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

int call_shutdown(struct thread *self, int fd, int how)
{
    struct file *f;
    int error = socket_of(self, fd, &f);
    if (error != 0)
        return error;
    struct socket *s = f->socket;
    if (how < ABI_SHUT_RD || how > ABI_SHUT_RDWR)
        return -EINVAL;
    if (s->state != SOCKET_CONNECTED)
        return -ENOTCONN;
    file_begin_call(f);
    if (how != ABI_SHUT_RD)
        close_out(s);
    if (how != ABI_SHUT_WR)
        close_in(s);
    file_end_call(f);
    return 0;
}

/* The queues go when nobody refers to them any more. */
static void let_queue_go(struct kpipe *p)
{
    struct kpipe *before = kpipe_enter(p);
    p->inside--;
    kpipe_leave(p, before);
}

static void close_connection(struct socket *s)
{
    struct socket *peer = s->peer;
    bool unread = s->in_open && kpipe_used(s->in) > 0;
    if (peer != NULL) {
        peer->reset = unread; /* it is told once, when it has read what is there */
        peer->peer = NULL;
    }
    close_out(s);
    close_in(s);
    let_queue_go(s->in);
    let_queue_go(s->out);
}

static void stop_listening(struct thread *self, struct socket *s)
{
    s->state = SOCKET_NEW;
    while (s->pending > 0) {
        struct socket *pending = dequeue(s);
        if (pending->peer != NULL)
            pending->peer->reset = true;
        pending->peer = NULL;
        close_connection(pending);
        arena_free(pending);
    }
    wake_all(self, &s->connectors);
    wake_all(self, &s->acceptors);
}

void socket_close(struct socket *s)
{
    struct thread *self = thread_self();
    give_address_back(s);
    if (s->state == SOCKET_LISTENING)
        stop_listening(self, s);
    else if (s->state == SOCKET_CONNECTED)
        close_connection(s);
    arena_free(s);
}

/* -- reading and writing ----------------------------------------------------------------------- */

int socket_readable(const struct socket *s)
{
    if (s->state == SOCKET_CONNECTED)
        return 0;
    return s->domain == ABI_AF_UNIX ? -EINVAL : -ENOTCONN;
}

int socket_end_of_file(struct socket *s)
{
    int error = s->reset ? -ECONNRESET : 0;
    s->reset = false;
    return error;
}

/* A TCP socket learns only by its first write that the other side is gone. */
enum socket_writing socket_writing(struct socket *s)
{
    if (s->state != SOCKET_CONNECTED)
        return s->domain == ABI_AF_UNIX ? SOCKET_NOT_CONNECTED : SOCKET_BROKEN;
    if (!s->out_open)
        return SOCKET_BROKEN;
    if (s->domain == ABI_AF_INET && s->peer == NULL && !s->told && !s->reset) {
        s->told = true;
        return SOCKET_SWALLOWS;
    }
    return SOCKET_WRITES;
}

int socket_poll(struct socket *s)
{
    if (s->state == SOCKET_LISTENING)
        return s->pending > 0 ? ABI_POLLIN : 0;
    if (s->state != SOCKET_CONNECTED)
        return ABI_POLLOUT | ABI_POLLHUP;
    int in = kpipe_poll(s->in), out = kpipe_poll(s->out), found = 0;
    bool ended = !s->in_open || in & PIPE_HUP;
    if (in & PIPE_IN || ended)
        found |= ABI_POLLIN;
    if (out & (PIPE_OUT | PIPE_ERR))
        found |= ABI_POLLOUT;
    if (ended && (!s->out_open || out & PIPE_ERR))
        found |= ABI_POLLHUP;
    return found | (s->reset ? ABI_POLLERR : 0);
}

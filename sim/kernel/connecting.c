/* connecting.c - how two sockets come to be connected: the queue of a listening socket, connect, accept.
 * Over a link the other half is in handshake.c. SO-nnn are facts of the host's kernel (docs/sockets.md). */
#include "sim/kernel/objects.h"

#include <errno.h>
#include <string.h>

/* -- the queue of a listening socket ----------------------------------------------------------- */

static void enqueue(struct socket *listener, struct socket *made)
{
    if (listener->last_pending != NULL)
        listener->last_pending->next_pending = made;
    else
        listener->first_pending = made;
    listener->last_pending = made;
    listener->pending++;
}

struct socket *socket_dequeue(struct socket *listener)
{
    struct socket *s = listener->first_pending;
    listener->first_pending = s->next_pending;
    if (listener->first_pending == NULL)
        listener->last_pending = NULL;
    s->next_pending = NULL;
    listener->pending--;
    return s;
}

struct socket *socket_accepted(struct socket *listener, const char *owner, const char *peer_address)
{
    struct socket *made = socket_new(listener->kernel, listener->domain, listener->host);
    if (made == NULL)
        return NULL;
    made->state = SOCKET_CONNECTED;
    made->in_open = made->out_open = true;
    made->owner = owner;
    made->address = listener->address; /* not in the list: it is the listener that has it */
    made->peer_address = peer_address;
    return made;
}

void socket_enqueue(struct thread *by, struct socket *listener, struct socket *made)
{
    enqueue(listener, made);
    poll_notify_socket(listener, by);
    wake_first(by, &listener->acceptors);
}

static int make_connection(struct thread *self, struct socket *s, struct socket *listener)
{
    struct socket *made = socket_accepted(listener, self->name, s->address);
    if (made == NULL)
        return -ENOMEM;
    int error = connection_make(s, made, self->name, ++self->connections);
    if (error != 0)
        return error;
    s->peer_address = listener->address;
    socket_enqueue(self, listener, made);
    return 0;
}

/* -- connect ----------------------------------------------------------------------------------- */

static int cannot_connect(const struct socket *s)
{
    bool busy = s->state == SOCKET_CONNECTED || s->domain == ABI_AF_INET;
    return busy ? -EISCONN : -EINVAL; /* SO-011 */
}

static int connect_here(struct thread *self, struct file *f, const char *address, size_t n)
{
    struct socket *s = f->socket;
    for (;;) {
        struct socket *listener = socket_bound_to(s->kernel, s->domain, address, n);
        if (s->domain == ABI_AF_UNIX && listener == NULL)
            return -ENOENT; /* a path is looked at before the socket */
        if (s->domain == ABI_AF_UNIX && listener->state != SOCKET_LISTENING)
            return -ECONNREFUSED;
        if (s->state != SOCKET_NEW)
            return cannot_connect(s);
        if (listener == NULL || listener->state != SOCKET_LISTENING)
            return -ECONNREFUSED;
        if (socket_has_room(listener))
            return make_connection(self, s, listener);
        if (f->flags & ABI_O_NONBLOCK)
            return -EAGAIN;
        self->listener = listener;
        int error = sleep_on(self, ON_CONNECT, &listener->connectors, TICK_NEVER, NOBODY, NULL);
        if (error != 0)
            return error;
    }
}

/* The host of an address: that of the socket which has it, or as it is written; NULL: no memory. */
static const char *host_of(struct kernel *k, const char *address, size_t n)
{
    const struct socket *bound = socket_bound_to(k, ABI_AF_INET, address, n);
    const char *colon = memchr(address, ':', n);
    if (bound != NULL)
        return bound->host;
    return socket_keep_text(address, colon != NULL ? (size_t)(colon - address) : n);
}

void socket_connected(struct thread *by, struct socket *s, int error)
{
    s->state = error == 0 ? SOCKET_CONNECTED : SOCKET_NEW;
    s->news = error == 0 ? NEWS_CONNECTED : NEWS_FAILED;
    s->error = error;
    s->in_open = s->out_open = error == 0;
    if (error != 0)
        s->line = NULL;
    poll_notify_socket(s, by);
    wake_all(by, &s->connecting);
}

int socket_await_answer(struct thread *self, struct socket *s, int flags)
{
    while (s->state == SOCKET_CONNECTING) {
        if (flags & PIPE_NONBLOCK)
            return -EAGAIN;
        self->listener = NULL;
        int error =
            sleep_on(self, ON_CONNECT, &s->connecting, TICK_NEVER, network_actor(s->kernel), NULL);
        if (error != 0)
            return error;
    }
    return 0;
}

/* What became of it is told once; a read or write may have told the error before (SO-065, SO-066). */
static int tell_news(struct socket *s)
{
    s->news = NEWS_NONE;
    if (s->state == SOCKET_CONNECTED)
        return 0;
    int error = s->error != 0 ? s->error : ECONNABORTED;
    s->error = 0;
    return -error;
}

static int await_connected(struct thread *self, struct file *f, int while_waiting)
{
    int flags = f->flags & ABI_O_NONBLOCK ? PIPE_NONBLOCK : 0;
    int error = socket_await_answer(self, f->socket, flags);
    if (error == -EAGAIN)
        return while_waiting;
    return error != 0 ? error : tell_news(f->socket);
}

static int connect_to(struct thread *self, struct file *f, const char *host,
                      struct message_out address)
{
    struct socket *s = f->socket;
    s->peer_address = socket_keep_text(address.bytes, address.size);
    s->owner = self->name;
    if (s->peer_address == NULL)
        return -ENOMEM;
    s->line = network_connect(self, s, host, s->peer_address);
    if (s->line == NULL)
        return -ENOMEM;
    s->state = SOCKET_CONNECTING;
    s->error = 0;
    return await_connected(self, f, -EINPROGRESS);
}

static int connect_socket(struct thread *self, struct file *f, const char *address, size_t n)
{
    struct socket *s = f->socket;
    if (s->state == SOCKET_CONNECTING || s->news != NEWS_NONE)
        return await_connected(self, f, -EALREADY);
    if (s->state != SOCKET_NEW || s->domain == ABI_AF_UNIX || s->kernel->network == NULL)
        return connect_here(self, f, address, n);
    const char *host = host_of(s->kernel, address, n);
    if (host == NULL)
        return -ENOMEM;
    if (strcmp(host, s->host) == 0)
        return connect_here(self, f, address, n);
    return connect_to(self, f, host, (struct message_out){.bytes = address, .size = n});
}

int call_connect(struct thread *self, int fd, const char *address, size_t n)
{
    struct file *f;
    int error = socket_of_fd(self, fd, &f);
    if (error != 0)
        return error;
    file_begin_call(f);
    error = connect_socket(self, f, address, n);
    file_end_call(f);
    return error;
}

/* What is there comes before a signal: else nobody might be woken for it. */
static int await_connection(struct thread *self, const struct file *f)
{
    struct socket *listener = f->socket;
    for (int error = 0; listener->state == SOCKET_LISTENING && listener->pending == 0;) {
        if (f->flags & ABI_O_NONBLOCK)
            return -EAGAIN;
        if (error != 0)
            return error;
        self->listener = listener;
        error = sleep_on(self, ON_ACCEPT, &listener->acceptors, TICK_NEVER, NOBODY, NULL);
    }
    return listener->state == SOCKET_LISTENING ? 0 : -EINVAL; /* SO-020 */
}

static int accept_connection(struct thread *self, struct file *f)
{
    struct socket *listener = f->socket;
    int fd = files_promise(self->process); /* also if nobody has connected: SO-019 */
    if (fd < 0)
        return fd;
    int error = await_connection(self, f);
    struct file *made = error != 0 ? NULL : socket_file(listener->first_pending, 0);
    if (made == NULL) { /* it stays in the queue */
        files_break_promise(self->process, fd);
        return error != 0 ? error : -ENOMEM;
    }
    files_keep_promise(self->process, fd, made);
    socket_dequeue(listener);
    wake_all(self, &listener->connectors);
    return fd;
}

int call_accept(struct thread *self, int fd)
{
    struct file *f;
    int error = socket_of_fd(self, fd, &f);
    if (error != 0)
        return error;
    file_begin_call(f);
    int made = accept_connection(self, f);
    file_end_call(f);
    return made;
}

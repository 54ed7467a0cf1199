/* sockets.c - stream sockets: their addresses, and how two of them come to be connected. What they do
 * then is in connections.c. SO-nnn are facts of the host's kernel (docs/sockets.md). */
#include "sim/kernel/objects.h"

#include <errno.h>
#include <string.h>

/* -- names ------------------------------------------------------------------------------------- */

static const char *keep_text(const char *bytes, size_t n)
{
    char *copy = arena_alloc(n + 1);
    if (copy != NULL)
        memcpy(copy, bytes, n);
    return copy;
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

static struct socket *socket_new(struct kernel *k, int domain, const char *host)
{
    struct socket *s = arena_alloc(sizeof *s);
    if (s != NULL) {
        s->kernel = k;
        s->domain = domain;
        s->host = host;
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
    struct file *f = file_of_socket(socket_new(p->kernel, domain, p->host), type & ABI_O_NONBLOCK);
    return f == NULL ? -ENOMEM : files_install(p, f, 0);
}

int call_socketpair(struct thread *self, const char *name, int fds[2])
{
    struct process *p = self->process;
    struct kernel *k = p->kernel;
    int error = files_room_for(p, 2);
    if (error != 0)
        return error;
    struct file *a = file_of_socket(socket_new(k, ABI_AF_UNIX, p->host), 0);
    struct file *b = file_of_socket(socket_new(k, ABI_AF_UNIX, p->host), 0);
    if (a == NULL || b == NULL || connection_make(a->socket, b->socket, name, 1) != 0)
        return -ENOMEM;
    a->socket->pair = PAIR_FIRST;
    b->socket->pair = PAIR_SECOND;
    fds[0] = files_install(p, a, 0);
    fds[1] = fds[0] < 0 ? fds[0] : files_install(p, b, 0);
    return fds[1] < 0 ? fds[1] : 0;
}

/* -- addresses --------------------------------------------------------------------------------- */

/* What is known of addresses and queues is everybody's: a call on it concerns all others. */
static int socket_of(struct thread *self, int fd, struct file **f)
{
    sched_touch(self->process->kernel, TOUCH_WRITE);
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

static bool is_on(const char *host, const char *address, size_t n)
{
    size_t length = strlen(host);
    return length < n && memcmp(host, address, length) == 0 && address[length] == ':';
}

/* The address names another host, one that the script has declared (SO-060). */
static bool is_elsewhere(const struct socket *s, const char *address, size_t n)
{
    const struct kernel *k = s->kernel;
    if (s->domain != ABI_AF_INET || is_on(s->host, address, n))
        return false;
    for (size_t i = 0; i < k->thread_count; i++) {
        const struct process *p = k->threads[i]->process;
        if (p->host_declared && is_on(p->host, address, n))
            return true;
    }
    return false;
}

int call_bind(struct thread *self, int fd, const char *address, size_t n)
{
    struct file *f;
    int error = socket_of(self, fd, &f);
    if (error != 0)
        return error;
    struct socket *s = f->socket;
    bool too_late = s->state == SOCKET_CONNECTING ||
                    (s->domain == ABI_AF_INET && s->state == SOCKET_CONNECTED); /* SO-061, SO-008 */
    bool taken = s->domain == ABI_AF_UNIX && bound_to(s->kernel, s->domain, address, n) != NULL;
    if (taken && !too_late)
        return -EADDRINUSE; /* a path is looked at first */
    if (s->address != NULL || too_late || n == 0 || memchr(address, '\0', n) != NULL)
        return -EINVAL;
    return is_elsewhere(s, address, n) ? -EADDRNOTAVAIL : take_address(s, address, n);
}

/* As Linux does it, backlog + 1 connections find room (SO-013). */
bool socket_has_room(const struct socket *listener)
{
    return listener->pending + listener->half_open <= listener->backlog;
}

struct socket *socket_listening_at(struct kernel *k, const char *address)
{
    struct socket *s = bound_to(k, ABI_AF_INET, address, strlen(address));
    return s != NULL && s->state == SOCKET_LISTENING ? s : NULL;
}

int call_listen(struct thread *self, int fd, int64_t backlog)
{
    struct file *f;
    int error = socket_of(self, fd, &f);
    if (error != 0)
        return error;
    struct socket *s = f->socket;
    if (s->state == SOCKET_CONNECTED || s->state == SOCKET_CONNECTING || s->address == NULL)
        return -EINVAL; /* AF_INET without an address: Linux chooses a port, which nobody would know */
    s->state = SOCKET_LISTENING;
    s->backlog = backlog < 0 ? 0 : backlog > INT16_MAX ? INT16_MAX : (int)backlog;
    if (socket_has_room(s))
        wake_all(self, &s->connectors);
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

static int cannot_connect(const struct socket *s)
{
    bool busy = s->state == SOCKET_CONNECTED || s->domain == ABI_AF_INET;
    return busy ? -EISCONN : -EINVAL; /* SO-011 */
}

static int connect_here(struct thread *self, struct file *f, const char *address, size_t n)
{
    struct socket *s = f->socket;
    for (;;) {
        struct socket *listener = bound_to(s->kernel, s->domain, address, n);
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
    const struct socket *bound = bound_to(k, ABI_AF_INET, address, n);
    const char *colon = memchr(address, ':', n);
    if (bound != NULL)
        return bound->host;
    return keep_text(address, colon != NULL ? (size_t)(colon - address) : n);
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
    s->peer_address = keep_text(address.bytes, address.size);
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
    int error = socket_of(self, fd, &f);
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
    struct file *made = error != 0 ? NULL : file_of_socket(listener->first_pending, 0);
    if (made == NULL) { /* it stays in the queue */
        files_break_promise(self->process, fd);
        return error != 0 ? error : -ENOMEM;
    }
    files_keep_promise(self->process, fd, made);
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

/* -- closing ----------------------------------------------------------------------------------- */

static void stop_listening(struct thread *self, struct socket *s)
{
    s->state = SOCKET_NEW;
    network_stop_listening(s);
    while (s->pending > 0) {
        struct socket *pending = dequeue(s);
        connection_close(pending, CONNECTION_RESET); /* SO-016, SO-017 */
        arena_free(pending);
    }
    wake_all(self, &s->connectors);
    wake_all(self, &s->acceptors);
}

/* As if it had never begun; whoever waits for the answer is told (SO-068). */
static int stop_connecting(struct thread *self, struct socket *s)
{
    network_close(s);
    socket_connected(self, s, ECONNRESET);
    s->news = NEWS_NONE;
    return 0;
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
    if (s->state == SOCKET_CONNECTING)
        return stop_connecting(self, s);
    if (s->state == SOCKET_NEW)
        return s->domain == ABI_AF_UNIX ? 0 : -ENOTCONN; /* SO-003 */
    file_begin_call(f);
    if (s->state == SOCKET_CONNECTED)
        error = connection_shutdown(self, s, how);
    else if (how != ABI_SHUT_WR)
        stop_listening(self, s); /* SO-020 */
    file_end_call(f);
    return error;
}

void socket_close(struct socket *s)
{
    struct thread *self = thread_self();
    give_address_back(s);
    if (s->state == SOCKET_LISTENING)
        stop_listening(self, s);
    else if (s->state == SOCKET_CONNECTED)
        connection_close(s, CONNECTION_CLOSED);
    else if (s->state == SOCKET_CONNECTING)
        network_close(s);
    arena_free(s);
}

struct listening thread_listening(const struct thread *asleep)
{
    const struct socket *s = asleep->listener;
    return (struct listening){s->address, s->backlog, s->pending + s->half_open};
}

/* SO-003, SO-063, SO-064, SO-068 */
static int poll_unconnected(const struct socket *s)
{
    return ABI_POLLOUT | ABI_POLLHUP | (s->news == NEWS_FAILED ? ABI_POLLIN : 0) |
           (s->error != 0 ? ABI_POLLERR : 0);
}

int socket_poll(struct socket *s)
{
    switch (s->state) {
    case SOCKET_NEW: return poll_unconnected(s);
    case SOCKET_CONNECTING: return 0; /* SO-062 */
    case SOCKET_LISTENING: return s->pending > 0 ? ABI_POLLIN : 0;
    case SOCKET_CONNECTED: return connection_poll(s);
    }
    return 0;
}

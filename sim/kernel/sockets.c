/* sockets.c - stream sockets: making them, their addresses, closing, poll. How two of them come to be
 * connected is in connecting.c, what they do then in connections.c. SO-nnn are facts of the host's kernel
 * (docs/sockets.md). */
#include "sim/kernel/objects.h"

#include <errno.h>
#include <string.h>

/* -- names ------------------------------------------------------------------------------------- */

const char *socket_keep_text(const char *bytes, size_t n)
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

struct socket *socket_bound_to(struct kernel *k, int domain, const char *address, size_t n)
{
    for (struct socket *s = k->bound; s != NULL; s = s->next_bound) {
        if (same_address(s, domain, address, n))
            return s;
    }
    return NULL;
}

/* -- making ------------------------------------------------------------------------------------ */

struct socket *socket_new(struct kernel *k, int domain, const char *host)
{
    struct socket *s = arena_alloc(sizeof *s);
    if (s != NULL) {
        s->kernel = k;
        s->domain = domain;
        s->host = host;
    }
    return s;
}

struct file *socket_file(struct socket *s, int flags)
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
    struct file *f = socket_file(socket_new(p->kernel, domain, p->host), type & ABI_O_NONBLOCK);
    return f == NULL ? -ENOMEM : files_install(p, f, 0);
}

int call_socketpair(struct thread *self, const char *name, int fds[2])
{
    struct process *p = self->process;
    struct kernel *k = p->kernel;
    int error = files_room_for(p, 2);
    if (error != 0)
        return error;
    struct file *a = socket_file(socket_new(k, ABI_AF_UNIX, p->host), 0);
    struct file *b = socket_file(socket_new(k, ABI_AF_UNIX, p->host), 0);
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
int socket_of_fd(struct thread *self, int fd, struct file **f)
{
    sched_touch(self->process->kernel, TOUCH_WRITE);
    *f = file_of(self, fd);
    if (*f == NULL)
        return -EBADF;
    return (*f)->kind == FILE_SOCKET ? 0 : -ENOTSOCK;
}

static int take_address(struct socket *s, const char *address, size_t n)
{
    if (socket_bound_to(s->kernel, s->domain, address, n) != NULL)
        return -EADDRINUSE;
    s->address = socket_keep_text(address, n);
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
    int error = socket_of_fd(self, fd, &f);
    if (error != 0)
        return error;
    struct socket *s = f->socket;
    bool too_late = s->state == SOCKET_CONNECTING ||
                    (s->domain == ABI_AF_INET && s->state == SOCKET_CONNECTED); /* SO-061, SO-008 */
    bool taken =
        s->domain == ABI_AF_UNIX && socket_bound_to(s->kernel, s->domain, address, n) != NULL;
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
    struct socket *s = socket_bound_to(k, ABI_AF_INET, address, strlen(address));
    return s != NULL && s->state == SOCKET_LISTENING ? s : NULL;
}

int call_listen(struct thread *self, int fd, int64_t backlog)
{
    struct file *f;
    int error = socket_of_fd(self, fd, &f);
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
    *error = socket_of_fd(self, fd, &f);
    if (*error == 0 && f->socket->state != SOCKET_CONNECTED)
        *error = -ENOTCONN;
    if (*error != 0)
        return NULL;
    return f->socket->peer_address != NULL ? f->socket->peer_address : "";
}

/* -- closing ----------------------------------------------------------------------------------- */

static void stop_listening(struct thread *self, struct socket *s)
{
    s->state = SOCKET_NEW;
    network_stop_listening(s);
    while (s->pending > 0) {
        struct socket *pending = socket_dequeue(s);
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
    int error = socket_of_fd(self, fd, &f);
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

/* readiness.c - the calls of pipesim.h that wait for several descriptors: poll, select, epoll. */
#include "sim/library/system.h"
#include "sim/sched/arena.h"
#include "sim/trace/abi.h"

#include <errno.h>
#include <stdlib.h>

/* -- poll -------------------------------------------------------------------------------------- */

/* PS-163: they come with the two that the kernel knows. */
static short with_bands(const struct pollfd *p, int revents)
{
    int more = (revents & POLLIN ? POLLRDNORM : 0) | (revents & POLLOUT ? POLLWRNORM : 0);
    return (short)((revents & (p->events | POLLERR | POLLHUP | POLLNVAL)) | (more & p->events));
}

static int without_bands(int events)
{
    return events | (events & POLLRDNORM ? POLLIN : 0) | (events & POLLWRNORM ? POLLOUT : 0);
}

struct poll_arguments {
    struct pollfd *fds;
    size_t size;
    int64_t ticks;
};

static ssize_t attempt_poll(struct thread *self, void *arguments)
{
    const struct poll_arguments *a = arguments;
    struct pollfd *fds = a->fds;
    if (a->size > (size_t)the_one->max_files)
        return -EINVAL;
    struct poll_entry *entries = arena_alloc((a->size + 1) * sizeof *entries);
    if (entries == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < a->size; i++) {
        entries[i].fd = fds[i].fd;
        entries[i].events = without_bands(fds[i].events);
    }
    int n = call_poll(self, entries, (int)a->size, a->ticks);
    for (size_t i = 0; i < a->size && n >= 0; i++)
        fds[i].revents = with_bands(&fds[i], entries[i].revents);
    arena_free(entries);
    return n;
}

/* Milliseconds; the tick that is under way is not a whole one any more: one more. */
static int64_t whole_ticks(int timeout)
{
    return timeout > 0 ? (int64_t)timeout + 1 : timeout;
}

int sim_poll(struct pollfd *fds, nfds_t count, int timeout)
{
    struct poll_arguments a = {fds, count, whole_ticks(timeout)};
    return (int)library_call(attempt_poll, &a, LIBRARY_GIVES_EINTR);
}

/* -- select ------------------------------------------------------------------------------------ */

enum {
    READABLE = POLLIN | POLLHUP | POLLERR, /* PS-153..PS-160, PS-164 */
    WRITABLE = POLLOUT | POLLERR
};

static bool is_in(int fd, const fd_set *set)
{
    return set != NULL && FD_ISSET(fd, set);
}

/* How many members it keeps, of those that have one of these events. */
static int keep(fd_set *set, const struct pollfd *found, int count, int events)
{
    int n = 0;
    for (int i = 0; i < count; i++) {
        if (!is_in(i, set))
            continue;
        if (found[i].revents & events)
            n++;
        else
            FD_CLR(i, set);
    }
    return n;
}

/* Ends that have only what these sets do not ask for: poll would give them for ever. */
static bool leave_out(struct pollfd *found, int count)
{
    bool any = false;
    for (int i = 0; i < count; i++) {
        int wanted = POLLNVAL | (found[i].events & POLLIN ? READABLE : 0) |
                     (found[i].events & POLLOUT ? WRITABLE : 0);
        if (found[i].revents != 0 && (found[i].revents & wanted) == 0) {
            found[i].fd = -1;
            any = true;
        } else if (found[i].revents != 0) {
            return false;
        }
    }
    return any;
}

static int poll_for(struct pollfd *found, int count, const struct timeval *timeout)
{
    int ms = timeout == NULL ? -1 : (int)(timeout->tv_sec * 1000 + (timeout->tv_usec + 999) / 1000);
    int n;
    do
        n = sim_poll(found, (nfds_t)count, ms);
    while (n > 0 && leave_out(found, count));
    for (int i = 0; i < count && n > 0; i++) {
        if (found[i].revents & POLLNVAL) {
            errno = EBADF;
            return -1;
        }
    }
    return n;
}

int sim_select(int count, fd_set *readable, fd_set *writable, fd_set *exceptional,
               struct timeval *timeout)
{
    if (count < 0 || count > FD_SETSIZE || (timeout != NULL && timeout->tv_sec < 0)) {
        errno = EINVAL;
        return -1;
    }
    struct pollfd *found = calloc((size_t)count + 1, sizeof *found);
    if (found == NULL)
        return -1;
    for (int i = 0; i < count; i++) {
        found[i].events =
            (short)((is_in(i, readable) ? POLLIN : 0) | (is_in(i, writable) ? POLLOUT : 0));
        found[i].fd = found[i].events != 0 || is_in(i, exceptional) ? i : -1;
    }
    int n = poll_for(found, count, timeout);
    if (n >= 0)
        n = keep(readable, found, count, READABLE) + keep(writable, found, count, WRITABLE) +
            keep(exceptional, found, count, 0);
    free(found);
    return n;
}

/* -- epoll ------------------------------------------------------------------------------------- */

#ifdef __linux__

struct epoll_arguments {
    int set, operation, fd, timeout;
    struct epoll_event *events;
};

static ssize_t attempt_create(struct thread *self, void *arguments)
{
    return call_epoll_create(self, ((struct epoll_arguments *)arguments)->operation);
}

int sim_epoll_create1(int flags)
{
    return (int)library_call(attempt_create, &(struct epoll_arguments){.operation = flags},
                             LIBRARY_GIVES_EINTR);
}

static ssize_t attempt_ctl(struct thread *self, void *arguments)
{
    const struct epoll_arguments *a = arguments;
    struct epoll_interest interest = {0};
    if (a->events != NULL)
        interest = (struct epoll_interest){a->events->events, a->events->data.u64};
    return call_epoll_ctl(self, a->set, a->operation, a->fd, interest);
}

int sim_epoll_ctl(int set, int operation, int fd, struct epoll_event *event)
{
    struct epoll_arguments a = {.set = set, .operation = operation, .fd = fd, .events = event};
    return (int)library_call(attempt_ctl, &a, LIBRARY_GIVES_EINTR);
}

static ssize_t attempt_wait(struct thread *self, void *arguments)
{
    const struct epoll_arguments *a = arguments;
    int most = a->operation, room = most > the_one->max_files ? the_one->max_files : most;
    if (most <= 0)
        return -EINVAL;
    struct epoll_interest *told = arena_alloc_array((size_t)room, sizeof *told);
    if (told == NULL)
        return -ENOMEM;
    int n = call_epoll_wait(self, a->set, told, room, whole_ticks(a->timeout));
    for (int i = 0; i < n; i++) {
        a->events[i].events = told[i].events;
        a->events[i].data.u64 = told[i].data;
    }
    arena_free(told);
    return n;
}

int sim_epoll_wait(int set, struct epoll_event *events, int most, int timeout)
{
    struct epoll_arguments a = {
        .set = set, .operation = most, .events = events, .timeout = timeout};
    return (int)library_call(attempt_wait, &a, LIBRARY_GIVES_EINTR);
}

#endif

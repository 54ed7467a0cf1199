/* calls.c - the calls of pipesim.h on pipes and descriptors. */
#include "sim/library/pipesim.h"
#include "sim/library/system.h"
#include "sim/trace/abi.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

enum {
    LINUX_F_SETPIPE_SZ = 1031,
    LINUX_F_GETPIPE_SZ = 1032,
    LINUX_SPLICE_FLAGS = 15, /* MOVE, NONBLOCK, MORE, GIFT */
    MOST_PIECES = 1024,      /* IOV_MAX */
    MOST_BYTES = 0x7ffff000  /* that a call moves */
};

struct arguments {
    int fd, other, flags;
    int64_t value;
    void *out;
    const void *in;
    size_t size;
};

#define CALL(restart, attempt, ...) library_call(attempt, &(struct arguments){__VA_ARGS__}, restart)

/* -- making and closing ------------------------------------------------------------------------ */

static ssize_t attempt_pipe(struct thread *self, void *arguments)
{
    const struct arguments *a = arguments;
    int made[2];
    int error = call_pipe(self, "pipe", a->flags, made);
    if (error != 0)
        return error;
    for (int i = 0; i < 2 && a->flags & ABI_O_CLOEXEC; i++)
        call_set_close_on_exec(self, made[i], FD_CLOEXEC); /* PS-004 */
    memcpy(a->out, made, sizeof made);
    return 0;
}

int sim_pipe2(int fds[2], int flags)
{
    return (int)CALL(LIBRARY_GIVES_EINTR, attempt_pipe, .flags = flags, .out = fds);
}

int sim_pipe(int fds[2])
{
    return sim_pipe2(fds, 0);
}

static ssize_t attempt_close(struct thread *self, void *arguments)
{
    return call_close(self, ((struct arguments *)arguments)->fd);
}

int sim_close(int fd)
{
    return (int)CALL(LIBRARY_GIVES_EINTR, attempt_close, .fd = fd);
}

static ssize_t attempt_dup(struct thread *self, void *arguments)
{
    return call_dup(self, ((struct arguments *)arguments)->fd);
}

int sim_dup(int fd)
{
    return (int)CALL(LIBRARY_GIVES_EINTR, attempt_dup, .fd = fd);
}

static ssize_t attempt_dup2(struct thread *self, void *arguments)
{
    const struct arguments *a = arguments;
    int made = call_dup2(self, a->fd, a->other);
    if (made >= 0 && a->fd != a->other)
        call_set_close_on_exec(self, made, a->flags & ABI_O_CLOEXEC ? FD_CLOEXEC : 0);
    return made;
}

int sim_dup2(int fd, int wanted)
{
    return (int)CALL(LIBRARY_GIVES_EINTR, attempt_dup2, .fd = fd, .other = wanted);
}

int sim_dup3(int fd, int wanted, int flags)
{
    if (fd == wanted || (flags & ~ABI_O_CLOEXEC) != 0) {
        errno = EINVAL;
        return -1;
    }
    return (int)CALL(LIBRARY_GIVES_EINTR, attempt_dup2, .fd = fd, .other = wanted, .flags = flags);
}

/* -- reading and writing ----------------------------------------------------------------------- */

static bool is_end(struct thread *self, int fd, enum pipe_end end)
{
    int flags = call_get_flags(self, fd);
    int mode = flags & (ABI_O_WRONLY | ABI_O_RDWR);
    return flags >= 0 &&
           (mode == ABI_O_RDWR || mode == (end == READ_END ? ABI_O_RDONLY : ABI_O_WRONLY));
}

/* Of a read or write of n bytes: 0, or a negative errno. Then *n is what it asks for. */
static int check_size(struct thread *self, int fd, enum pipe_end end, size_t *n)
{
    if (*n > SSIZE_MAX)
        return is_end(self, fd, end) ? -EFAULT : -EBADF; /* PS-219 */
    *n = *n < MOST_BYTES ? *n : MOST_BYTES;
    return 0;
}

static ssize_t attempt_read(struct thread *self, void *arguments)
{
    struct arguments *a = arguments;
    int error = check_size(self, a->fd, READ_END, &a->size);
    return error != 0 ? error : call_read(self, a->fd, a->out, a->size);
}

ssize_t sim_read(int fd, void *buffer, size_t n)
{
    return CALL(LIBRARY_RESTARTS, attempt_read, .fd = fd, .out = buffer, .size = n);
}

static ssize_t attempt_write(struct thread *self, void *arguments)
{
    struct arguments *a = arguments;
    int error = check_size(self, a->fd, WRITE_END, &a->size);
    return error != 0 ? error : call_write(self, a->fd, a->in, a->size);
}

ssize_t sim_write(int fd, const void *buffer, size_t n)
{
    return CALL(LIBRARY_RESTARTS, attempt_write, .fd = fd, .in = buffer, .size = n);
}

static ssize_t attempt_end(struct thread *self, void *arguments)
{
    const struct arguments *a = arguments;
    return is_end(self, a->fd, a->other == READ_END ? READ_END : WRITE_END) ? 0 : -EBADF;
}

/* All pieces together, or SIZE_MAX. */
static size_t total_of(const struct iovec *iov, int count)
{
    size_t total = 0;
    if (count < 0 || count > MOST_PIECES)
        return SIZE_MAX;
    for (int i = 0; i < count; i++) {
        if (iov[i].iov_len > SSIZE_MAX - total)
            return SIZE_MAX;
        total += iov[i].iov_len;
    }
    return total < MOST_BYTES ? total : MOST_BYTES;
}

/* For so many bytes of all the pieces; NULL with errno. */
static char *room_for(int fd, enum pipe_end end, size_t total)
{
    if (CALL(LIBRARY_RESTARTS, attempt_end, .fd = fd, .other = end) != 0)
        return NULL;
    char *bytes = total == SIZE_MAX ? NULL : malloc(total != 0 ? total : 1);
    if (bytes == NULL)
        errno = total == SIZE_MAX ? EINVAL : ENOMEM; /* PS-217 */
    return bytes;
}

ssize_t sim_readv(int fd, const struct iovec *iov, int count)
{
    size_t total = total_of(iov, count);
    char *bytes = room_for(fd, READ_END, total);
    if (bytes == NULL)
        return -1;
    ssize_t got = sim_read(fd, bytes, total);
    size_t left = got > 0 ? (size_t)got : 0, done = 0;
    for (int i = 0; left > 0; i++) {
        size_t n = iov[i].iov_len < left ? iov[i].iov_len : left;
        if (n > 0)
            memcpy(iov[i].iov_base, bytes + done, n);
        done += n;
        left -= n;
    }
    free(bytes);
    return got;
}

/* One write of the total: that is what decides (PS-218). */
ssize_t sim_writev(int fd, const struct iovec *iov, int count)
{
    size_t total = total_of(iov, count), done = 0;
    char *bytes = room_for(fd, WRITE_END, total);
    if (bytes == NULL)
        return -1;
    for (int i = 0; i < count && done < total; i++) {
        size_t n = iov[i].iov_len < total - done ? iov[i].iov_len : total - done;
        if (n > 0)
            memcpy(bytes + done, iov[i].iov_base, n);
        done += n;
    }
    ssize_t put = sim_write(fd, bytes, total);
    free(bytes);
    return put;
}

/* -- asking and changing ----------------------------------------------------------------------- */

static int dup_above(struct thread *self, const struct arguments *a, int flag)
{
    int made = call_dup_above(self, a->fd, (int)a->value);
    if (made >= 0)
        call_set_close_on_exec(self, made, flag);
    return made;
}

static ssize_t attempt_fcntl(struct thread *self, void *arguments)
{
    const struct arguments *a = arguments;
    switch (a->other) {
    case F_GETFL: return call_get_flags(self, a->fd);
    case F_SETFL: return call_set_flags(self, a->fd, (int)a->value);
    case F_GETFD: return call_get_close_on_exec(self, a->fd);
    case F_SETFD: return call_set_close_on_exec(self, a->fd, (int)a->value & FD_CLOEXEC);
    case F_DUPFD: return dup_above(self, a, 0);
    case F_DUPFD_CLOEXEC: return dup_above(self, a, FD_CLOEXEC);
    case LINUX_F_GETPIPE_SZ: return call_get_capacity(self, a->fd);
    case LINUX_F_SETPIPE_SZ: return call_set_capacity(self, a->fd, a->value);
    default: return call_get_flags(self, a->fd) < 0 ? -EBADF : -EINVAL;
    }
}

int sim_fcntl(int fd, int command, ...)
{
    va_list list;
    va_start(list, command);
    bool takes_long = command == LINUX_F_SETPIPE_SZ;
    bool takes_int = command == F_SETFL || command == F_SETFD || command == F_DUPFD ||
                     command == F_DUPFD_CLOEXEC;
    int64_t value = takes_long ? va_arg(list, long) : takes_int ? va_arg(list, int) : 0;
    va_end(list);
    return (int)CALL(LIBRARY_GIVES_EINTR, attempt_fcntl, .fd = fd, .other = command,
                     .value = value);
}

static ssize_t attempt_ioctl(struct thread *self, void *arguments)
{
    const struct arguments *a = arguments;
    int available = call_bytes_available(self, a->fd);
    if (available < 0)
        return available;
    if (a->value != FIONREAD)
        return -ENOTTY; /* PS-018 */
    *(int *)a->out = available;
    return 0;
}

int sim_ioctl(int fd, unsigned long request, ...)
{
    va_list list;
    va_start(list, request);
    int *out = request == FIONREAD ? va_arg(list, int *) : NULL;
    va_end(list);
    return (int)CALL(LIBRARY_GIVES_EINTR, attempt_ioctl, .fd = fd, .value = (int64_t)request,
                     .out = out);
}

/* -- from pipe to pipe ------------------------------------------------------------------------- */

static ssize_t transfer(struct thread *self, const struct arguments *a,
                        ssize_t call(struct thread *, int, int, int64_t, int))
{
    if (a->size == 0)
        return 0;
    if ((a->flags & ~LINUX_SPLICE_FLAGS) != 0)
        return -EINVAL;
    int64_t n = a->size < MOST_BYTES ? (int64_t)a->size : MOST_BYTES;
    return call(self, a->fd, a->other, n, a->flags & ABI_SPLICE_F_NONBLOCK);
}

static ssize_t attempt_splice(struct thread *self, void *arguments)
{
    return transfer(self, arguments, call_splice);
}

ssize_t sim_splice(int from, const off_t *from_offset, int to, const off_t *to_offset, size_t n,
                   unsigned flags)
{
    if (from_offset != NULL || to_offset != NULL) {
        errno = ESPIPE;
        return -1;
    }
    return CALL(LIBRARY_RESTARTS, attempt_splice, .fd = from, .other = to, .size = n,
                .flags = (int)flags);
}

static ssize_t attempt_tee(struct thread *self, void *arguments)
{
    return transfer(self, arguments, call_tee);
}

ssize_t sim_tee(int from, int to, size_t n, unsigned flags)
{
    return CALL(LIBRARY_RESTARTS, attempt_tee, .fd = from, .other = to, .size = n,
                .flags = (int)flags);
}

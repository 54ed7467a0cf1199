/* paths.c - the calls of pipesim.h on what has a path: FIFOs, and files beside them. */
#include "sim/library/system.h"
#include "sim/trace/abi.h"

#include <string.h>

struct path_arguments {
    const char *path;
    int flags;
};

static ssize_t attempt_mkfifo(struct thread *self, void *arguments)
{
    const struct path_arguments *a = arguments;
    return call_mkfifo(self, a->path, strlen(a->path));
}

int sim_mkfifo(const char *path, mode_t mode)
{
    (void)mode; /* there is one user */
    return (int)library_call(attempt_mkfifo, &(struct path_arguments){path, 0},
                             LIBRARY_GIVES_EINTR);
}

static ssize_t attempt_unlink(struct thread *self, void *arguments)
{
    const struct path_arguments *a = arguments;
    return call_unlink(self, a->path, strlen(a->path));
}

int sim_unlink(const char *path)
{
    return (int)library_call(attempt_unlink, &(struct path_arguments){path, 0},
                             LIBRARY_GIVES_EINTR);
}

static ssize_t attempt_open(struct thread *self, void *arguments)
{
    const struct path_arguments *a = arguments;
    int fd = call_open(self, a->path, strlen(a->path), a->flags);
    if (fd >= 0 && a->flags & ABI_O_CLOEXEC)
        call_set_close_on_exec(self, fd, FD_CLOEXEC);
    return fd;
}

/* PS-193: an open that sleeps is restarted. */
int sim_open(const char *path, int flags, ...)
{
    return (int)library_call(attempt_open, &(struct path_arguments){path, flags}, LIBRARY_RESTARTS);
}

struct seek_arguments {
    int fd, whence;
    int64_t offset;
};

static ssize_t attempt_lseek(struct thread *self, void *arguments)
{
    const struct seek_arguments *a = arguments;
    return (ssize_t)call_lseek(self, a->fd, a->offset, a->whence);
}

off_t sim_lseek(int fd, off_t offset, int whence)
{
    return library_call(attempt_lseek, &(struct seek_arguments){fd, whence, offset},
                        LIBRARY_GIVES_EINTR);
}

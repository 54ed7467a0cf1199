/* transfers.c - splice and tee: bytes go from one pipe to another, and no process sees them. */
#include "sim/kernel/objects.h"
#include "sim/sched/sync.h"

#include <errno.h>

typedef ssize_t transfer_function(struct pipe *from, struct pipe *to, size_t n, int flags);

/* While it is under way, the thread deals with the locks of both (kernel.c tells which). */
static ssize_t transfer(struct thread *self, struct file *in, struct file *out, size_t n, int flags,
                        transfer_function *function)
{
    struct kpipe *from = in->pipe, *to = out->pipe;
    file_begin_call(out);
    to->inside++;
    self->from = from;
    self->to = to;
    self->end = READ_END;
    self->asked = SIZE_MAX; /* no atomic write */
    self->told = 0;
    call_begin(self, in, from);
    ssize_t result = function(from->pipe, to->pipe, n, flags);
    self->pipe = from;
    self->from = self->to = NULL;
    call_end(in, from);
    kpipe_drop(to);
    file_end_call(out);
    if (self->broken_pipe)
        signal_post_thread(self, ABI_SIGPIPE); /* PS-136 */
    return result;
}

/* 0; -EBADF: closed, or not open for this; -EINVAL: no pipe. */
static int end_of_pipe(struct thread *self, int fd, enum pipe_end end, struct file **f)
{
    *f = file_of(self, fd);
    if (*f == NULL || ((*f)->kind == FILE_PIPE && !file_has_end(*f, end)))
        return -EBADF;
    return (*f)->kind == FILE_PIPE ? 0 : -EINVAL;
}

static ssize_t between(struct thread *self, int from, int to, int64_t n, int flags,
                       transfer_function *function)
{
    struct file *in, *out;
    int no_source = end_of_pipe(self, from, READ_END, &in);
    int no_target = end_of_pipe(self, to, WRITE_END, &out);
    const struct dialect *d = &self->process->kernel->config.impl->dialect;
    if ((flags & ~ABI_SPLICE_F_NONBLOCK) != 0)
        return -EINVAL;
    if (n == 0)
        return 0;
    if (no_source == -EBADF || no_target == -EBADF)
        return -EBADF;
    if (no_source != 0 || no_target != 0)
        return -EINVAL;
    if (in->pipe == out->pipe || function == NULL || d->calls == HAS_POSIX_CALLS)
        return -EINVAL; /* PS-224 */
    bool stays = (in->flags | out->flags) & ABI_O_NONBLOCK || flags & ABI_SPLICE_F_NONBLOCK;
    return transfer(self, in, out, (size_t)n, stays ? PIPE_NONBLOCK : 0, function);
}

ssize_t call_splice(struct thread *self, int from, int to, int64_t n, int flags)
{
    return between(self, from, to, n, flags, self->process->kernel->config.impl->splice);
}

ssize_t call_tee(struct thread *self, int from, int to, int64_t n, int flags)
{
    return between(self, from, to, n, flags, self->process->kernel->config.impl->tee);
}

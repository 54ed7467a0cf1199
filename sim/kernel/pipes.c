/* pipes.c - the kernel's pipes: their ends, reading and writing, and what the pipe tells of itself.
 */
#include "sim/kernel/objects.h"
#include "sim/sched/sync.h"

#include <errno.h>
#include <string.h>

enum {
    PIPE_MAX_SIZE = 1048576, /* /proc/sys/fs/pipe-max-size */
    READ_ROOM = 65536        /* bytes that are always reserved for a read that asks for them */
};

static const struct pipe_impl *impl_of(const struct kpipe *p)
{
    return p->kernel->config.impl;
}

/* -- what the pipe tells, its lock held -------------------------------------------------------- */

static void moved_bytes(struct kpipe *p, const struct pipe_event *pe, enum event_kind kind)
{
    struct thread *self = thread_self();
    self->moved = true;
    kernel_emit(p->kernel, (struct event){.kind = kind,
                                          .actor = self->actor,
                                          .other = NOBODY,
                                          .pipe = p->number,
                                          .value = (int64_t)pe->bytes,
                                          .text = pe->data,
                                          .size = pe->bytes});
}

static void changed(struct kpipe *p, const struct pipe_event *pe, enum event_kind kind)
{
    struct thread *self = thread_self();
    size_t atomic = p->atomic < pe->capacity ? p->atomic : pe->capacity;
    kernel_emit(p->kernel, (struct event){.kind = kind,
                                          .actor = self != NULL ? self->actor : NOBODY,
                                          .other = NOBODY,
                                          .pipe = p->number,
                                          .value = kind == EV_RESIZE ? (int64_t)pe->capacity : 0,
                                          .value2 = kind == EV_RESIZE ? (int64_t)atomic : 0});
}

static void observe(void *ctx, const struct pipe_event *pe)
{
    struct kpipe *p = ctx;
    sched_atomic_begin();
    switch (pe->kind) {
    case PIPE_PUT:
        moved_bytes(p, pe, EV_PUT);
        poll_notify(p, READ_END, thread_self());
        break;
    case PIPE_TOOK:
        moved_bytes(p, pe, EV_TOOK);
        poll_notify(p, WRITE_END, thread_self());
        break;
    case PIPE_READER_OPENED: changed(p, pe, EV_OPEN_READER); break;
    case PIPE_WRITER_OPENED: changed(p, pe, EV_OPEN_WRITER); break;
    case PIPE_READER_CLOSED:
        changed(p, pe, EV_CLOSE_READER);
        if (pe->readers == 0)
            poll_notify(p, WRITE_END, thread_self());
        break;
    case PIPE_WRITER_CLOSED:
        changed(p, pe, EV_CLOSE_WRITER);
        if (pe->writers == 0)
            poll_notify(p, READ_END, thread_self());
        break;
    case PIPE_RESIZED:
        changed(p, pe, EV_RESIZE);
        poll_notify(p, WRITE_END, thread_self());
        break;
    case PIPE_BROKEN: thread_self()->broken_pipe = true; break;
    case PIPE_READER_SLEEPS: thread_self()->need = 1; break;
    case PIPE_WRITER_SLEEPS: thread_self()->need = pe->bytes; break;
    case PIPE_READER_RETURNS: /* sleeping and waking are known from the scheduler, who knows whom */
    case PIPE_WRITER_RETURNS:
    case PIPE_WAKES_READER:
    case PIPE_WAKES_WRITER:
    case PIPE_WAKES_READERS:
    case PIPE_WAKES_WRITERS: break;
    }
    sched_atomic_end();
}

static int interrupted(void *ctx)
{
    (void)ctx;
    return thread_interrupted(thread_self());
}

static const struct pipe_hooks hooks = {observe, interrupted};

/* -- making, opening, closing ------------------------------------------------------------------ */

static int add_pipe(struct kernel *k, struct kpipe *p)
{
    if (k->pipe_count == k->pipe_room) {
        size_t room = k->pipe_room == 0 ? 8 : k->pipe_room * 2;
        struct kpipe **grown = arena_resize(k->pipes, room * sizeof(struct kpipe *));
        if (grown == NULL)
            return -ENOMEM;
        k->pipes = grown;
        k->pipe_room = room;
    }
    p->number = (int)k->pipe_count;
    k->pipes[k->pipe_count++] = p;
    return 0;
}

struct kpipe *kernel_declare_pipe(struct kernel *k, const char *name, size_t capacity,
                                  size_t atomic)
{
    struct kpipe *p = arena_alloc(sizeof *p);
    if (p == NULL)
        return NULL;
    struct pipe_options options = {
        .capacity = capacity != 0 ? capacity : k->config.capacity,
        .atomic = atomic != 0 ? atomic : k->config.atomic,
        .hooks = &hooks,
        .ctx = p,
    };
    p->kernel = k;
    p->name = name;
    p->atomic = options.atomic;
    p->capacity = options.capacity;
    p->readers = 1;
    p->writers = 1;
    p->pipe = k->config.impl->make(&options);
    if (p->pipe == NULL || add_pipe(k, p) != 0)
        return NULL;
    struct thread *self = thread_self();
    size_t least = options.atomic < options.capacity ? options.atomic : options.capacity;
    kernel_emit_now(k, (struct event){.kind = EV_PIPE,
                                      .actor = self != NULL ? self->actor : NOBODY,
                                      .other = NOBODY,
                                      .pipe = p->number,
                                      .value = (int64_t)options.capacity,
                                      .value2 = (int64_t)least,
                                      .text = name,
                                      .size = strlen(name)});
    return p;
}

void kernel_release_pipe(struct kpipe *p)
{
    kpipe_close_end(p, READ_END);
    kpipe_close_end(p, WRITE_END);
}

struct kpipe *kpipe_enter(struct kpipe *p)
{
    struct thread *self = thread_self();
    p->inside++;
    if (self == NULL)
        return NULL;
    struct kpipe *before = self->pipe;
    self->pipe = p;
    state_begins(self);
    sched_kernel_unlock();
    return before;
}

void kpipe_leave(struct kpipe *p, struct kpipe *before)
{
    struct thread *self = thread_self();
    if (self != NULL) {
        sched_must_hold_nothing();
        sched_kernel_lock();
        self->pipe = before;
        if (!thread_is_alone(self))
            sched_touch(p->kernel,
                        TOUCH_WRITE); /* files and descriptors, which its threads share */
    }
    p->inside--;
    if (p->readers > 0 || p->writers > 0 || p->inside > 0)
        return;
    impl_of(p)->free(p->pipe);
    p->pipe = NULL;
}

void kpipe_open_end(struct kpipe *p, enum pipe_end end)
{
    *(end == READ_END ? &p->readers : &p->writers) += 1;
    struct kpipe *before = kpipe_enter(p);
    if (end == READ_END)
        impl_of(p)->open_reader(p->pipe);
    else
        impl_of(p)->open_writer(p->pipe);
    kpipe_leave(p, before);
}

void kpipe_close_end(struct kpipe *p, enum pipe_end end)
{
    *(end == READ_END ? &p->readers : &p->writers) -= 1;
    struct kpipe *before = kpipe_enter(p);
    if (end == READ_END)
        impl_of(p)->close_reader(p->pipe);
    else
        impl_of(p)->close_writer(p->pipe);
    kpipe_leave(p, before);
}

int call_pipe(struct thread *self, const char *name, int flags, int fds[2])
{
    struct kernel *k = self->process->kernel;
    if ((flags & ~(ABI_O_NONBLOCK | ABI_O_CLOEXEC)) != 0)
        return -EINVAL;
    int error = files_room_for_two(self->process);
    if (error != 0)
        return error; /* PS-008: nothing has been made */
    struct kpipe *p = kernel_declare_pipe(k, name, 0, 0);
    struct file *r = p == NULL ? NULL : file_new_end(p, READ_END, flags & ABI_O_NONBLOCK);
    struct file *w = r == NULL ? NULL : file_new_end(p, WRITE_END, flags & ABI_O_NONBLOCK);
    if (w == NULL)
        return -ENOMEM;
    fds[0] = files_install(self->process, r, 0);
    fds[1] = fds[0] < 0 ? fds[0] : files_install(self->process, w, 0);
    return fds[1] < 0 ? fds[1] : 0;
}

/* -- reading and writing ----------------------------------------------------------------------- */

/* The pipe of an end that is open for this kind of call, or NULL (then it is -EBADF). */
static struct file *pipe_file(struct thread *self, int fd, enum pipe_end end)
{
    struct file *f = file_of(self, fd);
    return f != NULL && f->kind == FILE_PIPE && f->end == end ? f : NULL;
}

static bool is_terminal(struct thread *self, int fd)
{
    struct file *f = file_of(self, fd);
    return f != NULL && f->kind == FILE_TERMINAL;
}

static void begin(struct thread *self, struct file *f)
{
    file_begin_call(f);
    self->slept = false;
    self->moved = false;
    self->need = 0;
    self->broken_pipe = false;
    kpipe_enter(f->pipe);
}

static void end(struct file *f)
{
    kpipe_leave(f->pipe, NULL);
    file_end_call(f);
}

static int sleep_flags(const struct file *f)
{
    return f->flags & ABI_O_NONBLOCK ? PIPE_NONBLOCK : 0;
}

ssize_t call_read(struct thread *self, int fd, void *dst, size_t n)
{
    struct file *f = pipe_file(self, fd, READ_END);
    if (f == NULL)
        return is_terminal(self, fd) ? 0 : -EBADF;
    int flags = sleep_flags(f);
    begin(self, f);
    ssize_t result = impl_of(f->pipe)->read(f->pipe->pipe, dst, n, flags);
    end(f);
    return result;
}

static ssize_t print(struct thread *self, const void *src, size_t n)
{
    kernel_emit_now(self->process->kernel, (struct event){.kind = EV_PRINT,
                                                          .actor = self->actor,
                                                          .other = NOBODY,
                                                          .pipe = NO_PIPE,
                                                          .text = src,
                                                          .size = n});
    return (ssize_t)n;
}

ssize_t call_write(struct thread *self, int fd, const void *src, size_t n)
{
    struct file *f = pipe_file(self, fd, WRITE_END);
    if (f == NULL)
        return is_terminal(self, fd) ? print(self, src, n) : -EBADF;
    int flags = sleep_flags(f);
    begin(self, f);
    ssize_t result = impl_of(f->pipe)->write(f->pipe->pipe, src, n, flags);
    end(f);
    if (self->broken_pipe)
        signal_post_thread(self, ABI_SIGPIPE); /* PS-126..PS-133: also with a short count */
    return result;
}

size_t call_read_limit(struct thread *self, int fd, size_t n)
{
    struct file *f = pipe_file(self, fd, READ_END);
    size_t most = f == NULL ? 0 : f->pipe->capacity;
    most = f != NULL && most < READ_ROOM ? READ_ROOM : most; /* it may grow while we sleep */
    return n < most ? n : most;
}

/* -- asking and changing ----------------------------------------------------------------------- */

int call_bytes_available(struct thread *self, int fd)
{
    struct file *f = file_of(self, fd);
    if (f == NULL)
        return -EBADF;
    if (f->kind == FILE_TERMINAL)
        return 0;
    begin(self, f);
    int used = (int)impl_of(f->pipe)->used(f->pipe->pipe);
    end(f);
    return used;
}

int call_get_capacity(struct thread *self, int fd)
{
    struct file *f = file_of(self, fd);
    if (f == NULL || f->kind != FILE_PIPE)
        return -EBADF; /* PS-185 */
    begin(self, f);
    int capacity = (int)impl_of(f->pipe)->capacity(f->pipe->pipe);
    end(f);
    return capacity;
}

int call_set_capacity(struct thread *self, int fd, int64_t capacity)
{
    struct file *f = file_of(self, fd);
    if (f == NULL || f->kind != FILE_PIPE)
        return -EBADF;
    if (capacity <= 0)
        return -EINVAL;
    if (capacity > PIPE_MAX_SIZE)
        return -EPERM; /* PS-177 */
    begin(self, f);
    int result = impl_of(f->pipe)->set_capacity(f->pipe->pipe, (size_t)capacity);
    if (result > 0)
        f->pipe->capacity = (size_t)result;
    end(f);
    return result;
}

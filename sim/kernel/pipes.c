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

/* There are bytes to be sent, or there is room for more, or nothing will come any more. */
static bool concerns_network(const struct kpipe *p, enum pipe_event_kind kind)
{
    return p->linked && (kind == PIPE_PUT || kind == PIPE_TOOK || kind == PIPE_READER_CLOSED ||
                         kind == PIPE_WRITER_CLOSED);
}

static void observe(void *ctx, const struct pipe_event *pe)
{
    struct kpipe *p = ctx;
    sched_atomic_begin();
    if (concerns_network(p, pe->kind))
        network_poke(p->kernel);
    switch (pe->kind) {
    case PIPE_PUT:
        if (p->kernel->config.explored)
            check_put(p, pe);
        moved_bytes(p, pe, EV_PUT);
        poll_notify(p, READ_END, thread_self());
        break;
    case PIPE_TOOK:
        if (p->kernel->config.explored)
            check_took(p, pe);
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

void kpipe_let_go(struct kpipe *p)
{
    struct kpipe *before = kpipe_enter(p);
    p->inside--;
    kpipe_leave(p, before);
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
    int error = files_room_for(self->process, 2);
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

static int sleep_flags(const struct file *f)
{
    return f->flags & ABI_O_NONBLOCK ? PIPE_NONBLOCK : 0;
}

static void enter_anew(struct thread *self, struct kpipe *p)
{
    self->slept = false;
    self->moved = false;
    self->need = 0;
    self->broken_pipe = false;
    kpipe_enter(p);
}

/* A call on a queue begins: its file stays open until it ends. */
static struct kpipe *begin(struct thread *self, struct file *f, struct kpipe *p)
{
    file_begin_call(f);
    enter_anew(self, p);
    return p;
}

static void end(struct file *f, struct kpipe *p)
{
    kpipe_leave(p, NULL);
    file_end_call(f);
}

struct transfer {
    enum pipe_end end;
    void *dst;
    const void *src;
    size_t size;
    int flags; /* as pipe_read and pipe_write have them */
};

static ssize_t transfer(struct thread *self, struct kpipe *p, struct transfer t)
{
    self->end = t.end;
    self->asked = t.size;
    self->told = 0;
    enter_anew(self, p);
    ssize_t result = t.end == READ_END ? impl_of(p)->read(p->pipe, t.dst, t.size, t.flags)
                                       : impl_of(p)->write(p->pipe, t.src, t.size, t.flags);
    if (p->kernel->config.explored)
        check_result(self, p, t.flags, result);
    kpipe_leave(p, NULL);
    return result;
}

ssize_t queue_read(struct thread *self, struct file *f, struct kpipe *p, void *dst, size_t n,
                   int flags)
{
    file_begin_call(f);
    ssize_t result = transfer(
        self, p, (struct transfer){.end = READ_END, .dst = dst, .size = n, .flags = flags});
    file_end_call(f);
    return result;
}

ssize_t queue_write(struct thread *self, struct file *f, struct kpipe *p, const void *src, size_t n,
                    int flags)
{
    file_begin_call(f);
    ssize_t result = transfer(
        self, p, (struct transfer){.end = WRITE_END, .src = src, .size = n, .flags = flags});
    file_end_call(f);
    return result;
}

ssize_t kpipe_put(struct thread *network, struct kpipe *p, const void *src, size_t n)
{
    return transfer(
        network, p,
        (struct transfer){.end = WRITE_END, .src = src, .size = n, .flags = PIPE_NONBLOCK});
}

ssize_t kpipe_take(struct thread *network, struct kpipe *p, void *dst, size_t n)
{
    return transfer(
        network, p,
        (struct transfer){.end = READ_END, .dst = dst, .size = n, .flags = PIPE_NONBLOCK});
}

ssize_t call_read(struct thread *self, int fd, void *dst, size_t n)
{
    struct file *f = file_of(self, fd);
    if (f != NULL && f->kind == FILE_TERMINAL)
        return 0;
    if (f != NULL && f->kind == FILE_SOCKET)
        return call_recv(self, fd, dst, n, 0);
    if (f == NULL || file_queue(f, READ_END) == NULL)
        return -EBADF;
    return queue_read(self, f, f->pipe, dst, n, sleep_flags(f));
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
    struct file *f = file_of(self, fd);
    if (f != NULL && f->kind == FILE_TERMINAL)
        return print(self, src, n);
    if (f != NULL && f->kind == FILE_SOCKET)
        return call_send(self, fd, src, n, 0);
    if (f == NULL || file_queue(f, WRITE_END) == NULL)
        return -EBADF;
    ssize_t result = queue_write(self, f, f->pipe, src, n, sleep_flags(f));
    if (self->broken_pipe)
        signal_post_thread(self, ABI_SIGPIPE); /* PS-126..PS-133: also with a short count */
    return result;
}

static int message_flags(const struct file *f, int flags)
{
    return sleep_flags(f) | (flags & ABI_MSG_DONTWAIT ? PIPE_NONBLOCK : 0);
}

ssize_t call_recv(struct thread *self, int fd, void *dst, size_t n, int flags)
{
    struct file *f = file_of(self, fd);
    if (f == NULL)
        return -EBADF;
    if (f->kind != FILE_SOCKET)
        return -ENOTSOCK;
    return connection_read(
        self, f, (struct message_in){dst, n, message_flags(f, flags), flags & ABI_MSG_WAITALL});
}

ssize_t call_send(struct thread *self, int fd, const void *src, size_t n, int flags)
{
    struct file *f = file_of(self, fd);
    if (f == NULL)
        return -EBADF;
    if (f->kind != FILE_SOCKET)
        return -ENOTSOCK;
    ssize_t result =
        connection_write(self, f, (struct message_out){src, n, message_flags(f, flags)});
    if (self->broken_pipe && !(flags & ABI_MSG_NOSIGNAL))
        signal_post_thread(self, ABI_SIGPIPE);
    return result;
}

size_t call_read_limit(struct thread *self, int fd, size_t n)
{
    struct file *f = file_of(self, fd);
    const struct kpipe *p = f == NULL ? NULL : file_queue(f, READ_END);
    size_t most = p == NULL ? 1 : p->capacity; /* without a queue: still no read of 0 bytes */
    most = p != NULL && most < READ_ROOM ? READ_ROOM : most; /* it may grow while we sleep */
    return n < most ? n : most;
}

/* -- asking and changing ----------------------------------------------------------------------- */

int kpipe_poll(struct kpipe *p)
{
    struct kpipe *before = kpipe_enter(p);
    int mask = impl_of(p)->poll(p->pipe);
    kpipe_leave(p, before);
    return mask;
}

int call_bytes_available(struct thread *self, int fd)
{
    struct file *f = file_of(self, fd);
    if (f == NULL)
        return -EBADF;
    struct kpipe *p = f->kind == FILE_PIPE ? f->pipe : file_queue(f, READ_END);
    if (p == NULL)
        return f->kind == FILE_SOCKET && f->socket->state == SOCKET_LISTENING ? -EINVAL : 0;
    begin(self, f, p);
    int used = (int)impl_of(p)->used(p->pipe);
    end(f, p);
    return used;
}

int call_get_capacity(struct thread *self, int fd)
{
    struct file *f = file_of(self, fd);
    if (f == NULL || f->kind != FILE_PIPE)
        return -EBADF; /* PS-185 */
    struct kpipe *p = begin(self, f, f->pipe);
    int capacity = (int)impl_of(p)->capacity(p->pipe);
    end(f, p);
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
    struct kpipe *p = begin(self, f, f->pipe);
    int result = impl_of(p)->set_capacity(p->pipe, (size_t)capacity);
    if (result > 0)
        p->capacity = (size_t)result;
    end(f, p);
    return result;
}

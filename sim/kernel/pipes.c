/* pipes.c - the kernel's pipes: their ends, reading and writing, and what the pipe tells of itself.
 */
#include "sim/kernel/objects.h"
#include "sim/sched/sync.h"

#include <errno.h>
#include <string.h>

enum { READ_ROOM = 65536 }; /* bytes that are always reserved for a read that asks for them */

static int sleep_flags(const struct file *f)
{
    return f->flags & ABI_O_NONBLOCK ? PIPE_NONBLOCK : 0;
}

/* What counts of its flags when one reads or writes a pipe. */
static int file_pipe_flags(const struct file *f)
{
    bool packets = f->flags & ABI_O_DIRECT && (f->flags & ABI_O_ACCMODE) != ABI_O_RDONLY;
    return sleep_flags(f) | (packets ? PIPE_PACKET : 0);
}

static const struct pipe_impl *impl_of(const struct kpipe *p)
{
    return p->kernel->config.impl;
}

static const struct dialect *dialect_of(const struct kpipe *p)
{
    return &impl_of(p)->dialect;
}

/* -- what the pipe tells, its lock held -------------------------------------------------------- */

/* What the event says besides bytes: see event.h. */
static int64_t detail_of(const struct thread *self, const struct pipe_event *pe)
{
    static const enum put_how how[] = {
        [PIPE_TO_STREAM] = PUT_TO_STREAM,
        [PIPE_MERGED] = PUT_MERGED,
        [PIPE_TO_PACKETS] = PUT_TO_PACKETS,
        [PIPE_TO_COPY] = PUT_TO_COPY,
    };
    bool across = self->to != NULL;
    if (pe->kind == PIPE_TOOK)
        return across ? TOOK_ACROSS : (int64_t)pe->lost;
    return how[pe->placing] | (across ? PUT_ACROSS : 0) | (int64_t)pe->offset << 8;
}

static void moved_bytes(struct kpipe *p, const struct pipe_event *pe, enum event_kind kind)
{
    struct thread *self = thread_self();
    self->moved = true;
    kernel_emit(p->kernel, (struct event){.kind = kind,
                                          .actor = self->actor,
                                          .other = NOBODY,
                                          .pipe = p->number,
                                          .value = (int64_t)pe->bytes,
                                          .value2 = detail_of(self, pe),
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

static void took_bytes(struct kpipe *p, const struct pipe_event *pe)
{
    const struct view_pipe *v = &p->kernel->config.trace->view.pipes[p->number];
    bool was_full = view_room(v) == 0;
    moved_bytes(p, pe, EV_TOOK);
    v = &p->kernel->config.trace->view.pipes[p->number];
    if (p->page == 0 || (was_full && view_room(v) > 0)) /* W3, PS-109 */
        poll_notify(p, WRITE_END, thread_self());
}

void pipe_observe(struct kpipe *p, const struct pipe_event *pe)
{
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
            check_given(p, pe);
        took_bytes(p, pe);
        break;
    case PIPE_PEEKED:
        if (p->kernel->config.explored)
            check_given(p, pe);
        break;
    case PIPE_READER_OPENED:
        changed(p, pe, EV_OPEN_READER);
        fifo_opened(p, pe, READ_END);
        break;
    case PIPE_WRITER_OPENED:
        changed(p, pe, EV_OPEN_WRITER);
        fifo_opened(p, pe, WRITE_END);
        break;
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

static void observe(void *ctx, const struct pipe_event *pe)
{
    pipe_observe(ctx, pe);
}

static int interrupted(void *ctx)
{
    (void)ctx;
    return thread_interrupted(thread_self());
}

/* O_NONBLOCK and O_DIRECT of the open file, which another thread or process may have changed since the call
 * began. Those of splice and tee count when they begin. */
static int flags_now(void *ctx, int flags)
{
    const struct kpipe *p = ctx;
    const struct thread *self = thread_self();
    const struct file *f = self != NULL ? self->file : NULL;
    if (f == NULL || !p->kernel->config.sets_flags)
        return flags;
    sched_touch(f, TOUCH_READ);
    return (flags & ~(PIPE_NONBLOCK | PIPE_PACKET)) | file_pipe_flags(f);
}

static const struct pipe_hooks hooks = {
    .observe = observe, .interrupted = interrupted, .flags = flags_now};

/* -- making, opening, closing ------------------------------------------------------------------ */

int kpipe_add(struct kernel *k, struct kpipe *p)
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

static void tell_of_new_pipe(struct kernel *k, const struct kpipe *p, enum pipe_ends ends)
{
    struct thread *self = thread_self();
    size_t least = p->atomic < p->capacity ? p->atomic : p->capacity;
    struct event made = {.kind = ends == PIPE_ENDS_OPEN ? EV_PIPE : EV_FIFO,
                         .actor = self != NULL ? self->actor : NOBODY,
                         .other = NOBODY,
                         .pipe = p->number,
                         .value = (int64_t)p->capacity,
                         .value2 = (int64_t)least,
                         .text = p->name,
                         .size = strlen(p->name)};
    struct event slots = {.kind = EV_SLOTS,
                          .actor = made.actor,
                          .other = NOBODY,
                          .pipe = p->number,
                          .value = (int64_t)p->page};
    sched_atomic_begin();
    kernel_emit(k, made);
    if (p->page > 0)
        kernel_emit(k, slots);
    sched_atomic_end();
}

static struct kpipe *being_made;

struct kpipe *kpipe_being_made(void)
{
    return being_made;
}

/* The code of a person's own pipe may sleep in pipe_new and pipe_free, too: until a thread that it makes has
 * begun, or has ended. */
static void turn_to(struct thread *self, struct kpipe *p)
{
    self->pipe = p;
    self->stack_mark = __builtin_frame_address(0);
    sched_kernel_unlock();
}

static void turn_back(struct thread *self, struct kpipe *before)
{
    sched_kernel_lock();
    self->pipe = before;
}

static struct pipe *make(struct kpipe *p, const struct pipe_options *options)
{
    struct thread *self = thread_self();
    struct kpipe *before = self != NULL ? self->pipe : NULL;
    if (self != NULL)
        turn_to(self, p);
    else
        being_made = p;
    struct pipe *made = p->kernel->config.impl->make(options);
    if (self != NULL)
        turn_back(self, before);
    being_made = NULL;
    return made;
}

static void unmake(struct kpipe *p)
{
    struct thread *self = thread_self();
    struct kpipe *before = self != NULL ? self->pipe : NULL;
    struct pipe *gone = p->pipe;
    p->pipe = NULL; /* nobody is to look at it any more */
    if (self != NULL)
        turn_to(self, p);
    impl_of(p)->free(gone);
    if (self != NULL)
        turn_back(self, before);
}

int kpipe_make(struct kpipe *p, struct pipe_options options)
{
    struct kernel *k = p->kernel;
    options.hooks = &hooks;
    options.ctx = p;
    p->atomic = options.atomic;
    p->page = options.storage == PIPE_SLOTS ? options.page : 0;
    p->pipe = make(p, &options);
    if (p->pipe == NULL)
        return -ENOMEM;
    p->capacity = options.capacity;
    if (p->page > 0) /* rounded up */
        p->capacity = k->config.impl->capacity(p->pipe);
    tell_of_new_pipe(k, p, options.ends);
    return 0;
}

static struct kpipe *declare(struct kernel *k, const char *name, struct pipe_options options)
{
    struct kpipe *p = arena_alloc(sizeof *p);
    if (p == NULL)
        return NULL;
    p->kernel = k;
    p->name = name;
    p->readers = 1;
    p->writers = 1;
    return kpipe_add(k, p) == 0 && kpipe_make(p, options) == 0 ? p : NULL;
}

static size_t first_of(size_t a, size_t b)
{
    return a != 0 ? a : b;
}

struct pipe_options kpipe_options(const struct kernel *k, size_t capacity, size_t atomic)
{
    const struct dialect *d = &k->config.impl->dialect;
    return (struct pipe_options){
        .capacity = first_of(capacity, k->config.capacity),
        .atomic = d->storage == PIPE_SLOTS ? k->config.atomic : first_of(atomic, k->config.atomic),
        .storage = d->storage,
        .page = k->config.page,
        .waking = d->waking};
}

struct kpipe *kernel_declare_pipe(struct kernel *k, const char *name, size_t capacity,
                                  size_t atomic)
{
    return declare(k, name, kpipe_options(k, capacity, atomic));
}

struct kpipe *kernel_declare_queue(struct kernel *k, const char *name, size_t capacity)
{
    return declare(k, name, (struct pipe_options){.capacity = capacity, .atomic = 1});
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
    self->stack_mark = __builtin_frame_address(0);
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
        if (!thread_is_alone(self) || p->fifo != NULL)
            sched_touch(
                p->kernel,
                TOUCH_WRITE); /* files and descriptors, which its threads share; who has it open */
    }
    kpipe_drop(p);
}

void kpipe_drop(struct kpipe *p)
{
    p->inside--;
    if (p->readers > 0 || p->writers > 0 || p->inside > 0)
        return;
    unmake(p);
    limit_touch(p->kernel);
}

void kpipe_let_go(struct kpipe *p)
{
    struct kpipe *before = kpipe_enter(p);
    p->inside--;
    kpipe_leave(p, before);
}

/* Of a FIFO, an open by any process looks at how many ends there are. */
static void touch_ends(struct kpipe *p)
{
    if (p->fifo != NULL)
        sched_touch(p->kernel, TOUCH_WRITE);
}

void kpipe_open_end(struct kpipe *p, enum pipe_end end)
{
    touch_ends(p);
    *(end == READ_END ? &p->readers : &p->writers) += 1;
    struct kpipe *before = kpipe_enter(p);
    observed_end(p, end == READ_END ? PIPE_READER_OPENED : PIPE_WRITER_OPENED);
    if (end == READ_END)
        impl_of(p)->open_reader(p->pipe);
    else
        impl_of(p)->open_writer(p->pipe);
    kpipe_leave(p, before);
}

void kpipe_close_end(struct kpipe *p, enum pipe_end end)
{
    touch_ends(p);
    *(end == READ_END ? &p->readers : &p->writers) -= 1;
    struct kpipe *before = kpipe_enter(p);
    observed_end(p, end == READ_END ? PIPE_READER_CLOSED : PIPE_WRITER_CLOSED);
    if (end == READ_END)
        impl_of(p)->close_reader(p->pipe);
    else
        impl_of(p)->close_writer(p->pipe);
    kpipe_leave(p, before);
}

/* Bytes that a new pipe holds, or -ENFILE. */
int64_t kpipe_new_capacity(struct kernel *k)
{
    int64_t page = (int64_t)k->config.page;
    if (k->config.impl->dialect.storage != PIPE_SLOTS)
        return (int64_t)k->config.capacity;
    int64_t slots = limit_new_slots(k, ((int64_t)k->config.capacity + page - 1) / page);
    return slots < 0 ? slots : slots * page;
}

int call_pipe(struct thread *self, const char *name, int flags, int fds[2])
{
    struct kernel *k = self->process->kernel;
    bool slots = k->config.impl->dialect.storage == PIPE_SLOTS;
    int known = ABI_O_NONBLOCK | ABI_O_CLOEXEC | (slots ? ABI_O_DIRECT : 0);
    if ((flags & ~known) != 0)
        return -EINVAL;
    int error = files_room_for(self->process, 2);
    if (error != 0)
        return error; /* PS-008: nothing has been made */
    int64_t capacity = kpipe_new_capacity(k);
    if (capacity < 0)
        return (int)capacity;
    struct kpipe *p = kernel_declare_pipe(k, name, (size_t)capacity, 0);
    struct file *r = p == NULL ? NULL : file_new_end(p, READ_END, flags & ABI_O_NONBLOCK);
    struct file *w = r == NULL ? NULL
                               : file_new_end(p, WRITE_END, /* PS-005 */
                                              flags & (ABI_O_NONBLOCK | ABI_O_DIRECT));
    if (w == NULL)
        return -ENOMEM;
    fds[0] = files_install(self->process, r, 0);
    fds[1] = fds[0] < 0 ? fds[0] : files_install(self->process, w, 0);
    return fds[1] < 0 ? fds[1] : 0;
}

/* -- reading and writing ----------------------------------------------------------------------- */

static void enter_anew(struct thread *self, struct kpipe *p)
{
    self->slept = false;
    self->moved = false;
    self->need = 0;
    self->broken_pipe = false;
    kpipe_enter(p);
}

struct kpipe *call_begin(struct thread *self, struct file *f, struct kpipe *p)
{
    file_begin_call(f);
    enter_anew(self, p);
    return p;
}

void call_end(struct file *f, struct kpipe *p)
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
    self->data = t.end == READ_END ? t.dst : t.src;
    self->observed = 0;
    enter_anew(self, p);
    ssize_t result = t.end == READ_END ? impl_of(p)->read(p->pipe, t.dst, t.size, t.flags)
                                       : impl_of(p)->write(p->pipe, t.src, t.size, t.flags);
    observed_result(self, p, t.flags, result);
    self->data = NULL;
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
    if (f != NULL && f->kind == FILE_REGULAR)
        return regular_read(f, dst, n);
    if (f == NULL || file_queue(f, READ_END) == NULL)
        return -EBADF;
    int flags = sleep_flags(f);
    if (dialect_of(f->pipe)->read_of_none == WAITS_FOR_BYTES)
        flags |= PIPE_AWAIT;
    self->file = f;
    ssize_t result = queue_read(self, f, f->pipe, dst, n, flags);
    self->file = NULL;
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
    struct file *f = file_of(self, fd);
    if (f != NULL && f->kind == FILE_TERMINAL)
        return print(self, src, n);
    if (f != NULL && f->kind == FILE_SOCKET)
        return call_send(self, fd, src, n, 0);
    if (f != NULL && f->kind == FILE_REGULAR)
        return regular_write(f, src, n);
    if (f == NULL || file_queue(f, WRITE_END) == NULL)
        return -EBADF;
    const struct dialect *d = dialect_of(f->pipe);
    self->file = f;
    ssize_t result = queue_write(self, f, f->pipe, src, n, file_pipe_flags(f));
    self->file = NULL;
    if (self->broken_pipe && d->no_reader == RAISES_SIGPIPE)
        signal_post_thread(self, ABI_SIGPIPE); /* PS-126..PS-133: also with a short count */
    return self->broken_pipe && d->cut_short == LOSES_COUNT ? -EPIPE : result;
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
    bool peeks = flags & ABI_MSG_PEEK;
    int how = message_flags(f, flags) | (peeks ? PIPE_PEEK : 0);
    bool all = flags & ABI_MSG_WAITALL && !peeks; /* SO-055 */
    return connection_read(self, f, (struct message_in){dst, n, how, all});
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
    if (f != NULL && f->kind == FILE_REGULAR) {
        size_t left = regular_left(f);
        return n < left ? n : left > 0 ? left : 1;
    }
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
    if (f->kind == FILE_REGULAR)
        return (int)regular_left(f);
    struct kpipe *p = f->kind == FILE_PIPE ? f->pipe : file_queue(f, READ_END);
    if (p == NULL)
        return f->kind == FILE_SOCKET && f->socket->state == SOCKET_LISTENING ? -EINVAL : 0;
    call_begin(self, f, p);
    int used = (int)impl_of(p)->used(p->pipe);
    call_end(f, p);
    return used;
}

int call_get_capacity(struct thread *self, int fd)
{
    struct file *f = file_of(self, fd);
    if (f == NULL || f->kind != FILE_PIPE)
        return -EBADF; /* PS-185 */
    struct kpipe *p = call_begin(self, f, f->pipe);
    int capacity = (int)impl_of(p)->capacity(p->pipe);
    call_end(f, p);
    return capacity;
}

/* A ring takes any size up to the limit; slots say themselves what they can have. */
static int check_capacity(const struct kpipe *p, int64_t *capacity)
{
    if (dialect_of(p)->calls == HAS_POSIX_CALLS)
        return -EINVAL;
    if (p->page > 0) {
        *capacity = (uint32_t)*capacity; /* PS-179 */
        return limit_capacity(p, (uint32_t)*capacity);
    }
    if (*capacity <= 0)
        return -EINVAL;
    return (uint64_t)*capacity > p->kernel->config.max_pipe_size ? -EPERM : 0; /* PS-177 */
}

int call_set_capacity(struct thread *self, int fd, int64_t capacity)
{
    struct file *f = file_of(self, fd);
    if (f == NULL || f->kind != FILE_PIPE)
        return -EBADF;
    int result = check_capacity(f->pipe, &capacity);
    if (result != 0)
        return result;
    struct kpipe *p = call_begin(self, f, f->pipe);
    result = impl_of(p)->set_capacity(p->pipe, (size_t)capacity);
    observed_size(p, result);
    if (result > 0)
        p->capacity = (size_t)result;
    call_end(f, p);
    return result;
}

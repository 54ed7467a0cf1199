/* files.c - descriptors and open files. */
#include "sim/kernel/objects.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct file *file_of(struct thread *t, int fd)
{
    struct process *p = t->process;
    return fd >= 0 && fd < p->descriptor_room ? p->descriptors[fd].file : NULL;
}

struct file *file_new(enum file_kind kind, int flags)
{
    struct file *f = arena_alloc(sizeof *f);
    if (f == NULL)
        return NULL;
    f->kind = kind;
    f->flags = flags;
    f->first_fd = -1;
    return f;
}

struct file *file_new_end(struct kpipe *p, enum pipe_end end, int flags)
{
    struct file *f = file_new(FILE_PIPE, flags | (end == READ_END ? ABI_O_RDONLY : ABI_O_WRONLY));
    if (f != NULL)
        f->pipe = p;
    return f;
}

bool file_has_end(const struct file *f, enum pipe_end end)
{
    int mode = f->flags & ABI_O_ACCMODE;
    return mode == ABI_O_RDWR || (mode == ABI_O_WRONLY) == (end == WRITE_END);
}

static void close_ends(const struct file *f)
{
    if (file_has_end(f, WRITE_END))
        kpipe_close_end(f->pipe, WRITE_END); /* others may run meanwhile */
    if (file_has_end(f, READ_END))
        kpipe_close_end(f->pipe, READ_END);
}

static void open_ends(const struct file *f)
{
    if (file_has_end(f, READ_END))
        kpipe_open_end(f->pipe, READ_END);
    if (file_has_end(f, WRITE_END))
        kpipe_open_end(f->pipe, WRITE_END);
}

/* A pipe's end is closed with each descriptor; but the last one stays open as long as a call is under
 * way on it: it lingers. */
void file_close(struct file *f)
{
    struct file was = *f;
    bool last = f->descriptors == 0 && f->calls == 0;
    if (last && was.kind == FILE_PIPE)
        epoll_forget(was.pipe->kernel, f);
    if (last)
        arena_free(f);
    if (was.kind == FILE_PIPE)
        close_ends(&was);
    else if (last && was.kind == FILE_SOCKET)
        socket_close(was.socket);
    else if (last && was.kind == FILE_EPOLL)
        epoll_free(was.epoll);
    if (last && was.node != NULL)
        node_let_go(was.node);
}

static void drop_descriptor(struct file *f)
{
    if (f->kind == FILE_TERMINAL)
        return;
    f->descriptors--;
    if (f->descriptors == 0 && f->calls > 0)
        f->lingers = true;
    else
        file_close(f);
}

void file_begin_call(struct file *f)
{
    f->calls++;
}

void file_end_call(struct file *f)
{
    f->calls--;
    if (f->calls > 0 || !f->lingers)
        return;
    f->lingers = false;
    file_close(f);
}

struct kpipe *file_queue(const struct file *f, enum pipe_end end)
{
    if (f->kind == FILE_PIPE)
        return file_has_end(f, end) ? f->pipe : NULL;
    if (f->kind == FILE_SOCKET)
        return end == READ_END ? f->socket->in : f->socket->out;
    return NULL;
}

/* -- the table --------------------------------------------------------------------------------- */

static int make_room(struct process *p, int fd)
{
    if (fd >= p->kernel->config.max_files)
        return -EMFILE;
    if (fd < p->descriptor_room)
        return 0;
    int had = p->descriptor_room, room = had == 0 ? 8 : had;
    while (room <= fd)
        room *= 2;
    struct descriptor *grown = arena_resize(p->descriptors, (size_t)room * sizeof *grown);
    if (grown == NULL)
        return -ENOMEM;
    memset(grown + had, 0, (size_t)(room - had) * sizeof *grown);
    p->descriptors = grown;
    p->descriptor_room = room;
    return 0;
}

/* A file that had a descriptor before gets another one by being copied. */
static struct opening opening_now(const struct file *f)
{
    const struct thread *self = thread_self();
    if (self == NULL)
        return (struct opening){OPENED_AT_START, 0};
    return (struct opening){f->descriptors > 0 ? COPIED_BY_CALL : OPENED_BY_CALL, self->call};
}

static void put_at(struct process *p, struct file *f, int fd)
{
    p->descriptors[fd] = (struct descriptor){.file = f, .opening = opening_now(f)};
    if (f->kind == FILE_TERMINAL)
        return;
    f->descriptors++;
    if (f->first_fd < 0)
        f->first_fd = fd;
}

static bool is_free(const struct process *p, int fd)
{
    return fd >= p->descriptor_room ||
           (p->descriptors[fd].file == NULL && !p->descriptors[fd].promised);
}

static int lowest_free(struct process *p, int from)
{
    int fd = from;
    while (!is_free(p, fd))
        fd++;
    int error = make_room(p, fd);
    return error != 0 ? error : fd;
}

int files_install(struct process *p, struct file *f, int from)
{
    int fd = lowest_free(p, from);
    if (fd >= 0)
        put_at(p, f, fd);
    return fd;
}

int files_promise(struct process *p)
{
    int fd = lowest_free(p, 0);
    if (fd >= 0)
        p->descriptors[fd].promised = true;
    return fd;
}

void files_keep_promise(struct process *p, int fd, struct file *f)
{
    put_at(p, f, fd);
}

void files_break_promise(struct process *p, int fd)
{
    p->descriptors[fd].promised = false;
}

int files_room_for(struct process *p, int count)
{
    int free = 0;
    for (int fd = 0; fd < p->kernel->config.max_files && free < count; fd++)
        free += is_free(p, fd);
    return free < count ? -EMFILE : 0;
}

void files_open_terminal(struct process *p)
{
    for (int fd = 0; fd <= 2; fd++)
        files_install(p, p->kernel->terminal, fd);
}

static void close_at(struct process *p, int fd)
{
    struct file *f = p->descriptors[fd].file;
    p->descriptors[fd].file = NULL;
    drop_descriptor(f);
}

void files_close_all(struct process *p)
{
    for (int fd = 0; fd < p->descriptor_room; fd++) {
        if (p->descriptors[fd].file != NULL)
            close_at(p, fd);
    }
}

/* One more descriptor will refer to f, which is open and stays so meanwhile. */
static void open_end_of(struct file *f)
{
    file_begin_call(f);
    if (f->kind == FILE_PIPE)
        open_ends(f);
}

static void share(struct process *p, struct file *f, int fd)
{
    open_end_of(f);
    put_at(p, f, fd);
    file_end_call(f);
}

int files_copy(struct process *from, struct process *to)
{
    int room = from->descriptor_room; /* its other threads may open more meanwhile */
    if (room > 0 && make_room(to, room - 1) != 0)
        return -ENOMEM;
    for (int fd = 0; fd < room; fd++) {
        if (from->descriptors[fd].file != NULL)
            share(to, from->descriptors[fd].file, fd);
    }
    return 0;
}

/* A process with both ends of a pipe must tell them apart: p[0] and p[1]. */
static void name_end(struct process *p, struct file *f)
{
    f->redirected = true;
    for (int fd = 0; fd < p->descriptor_room; fd++) {
        struct file *other = p->descriptors[fd].file;
        if (other != NULL && other->kind == FILE_PIPE && other->pipe == f->pipe)
            f->redirected = other->redirected = false;
    }
}

int process_open_end(struct thread *t, struct kpipe *pipe, enum pipe_end end, int fd)
{
    struct process *p = t->process;
    struct file *f = file_new_end(pipe, end, 0);
    if (f == NULL)
        return -ENOMEM;
    kpipe_open_end(pipe, end);
    name_end(p, f);
    if (fd >= 0) {
        put_at(p, f, fd);
        return fd;
    }
    return files_install(p, f, 3);
}

/* -- calls ------------------------------------------------------------------------------------- */

int call_close(struct thread *self, int fd)
{
    if (file_of(self, fd) == NULL)
        return -EBADF;
    close_at(self->process, fd);
    return 0;
}

int call_dup(struct thread *self, int fd)
{
    return call_dup_above(self, fd, 0);
}

int call_get_close_on_exec(struct thread *self, int fd)
{
    return file_of(self, fd) == NULL ? -EBADF : self->process->descriptors[fd].close_on_exec;
}

int call_set_close_on_exec(struct thread *self, int fd, int flag)
{
    if (file_of(self, fd) == NULL)
        return -EBADF;
    self->process->descriptors[fd].close_on_exec = flag;
    return 0;
}

int call_dup_above(struct thread *self, int fd, int least)
{
    struct process *p = self->process;
    struct file *f = file_of(self, fd);
    if (f == NULL)
        return -EBADF;
    if (least < 0 || least >= p->kernel->config.max_files)
        return -EINVAL;
    open_end_of(f);
    int made = files_install(p, f, least);
    if (made < 0 && f->kind == FILE_PIPE)
        close_ends(f);
    file_end_call(f);
    return made;
}

int call_dup2(struct thread *self, int fd, int wanted)
{
    struct process *p = self->process;
    struct file *f = file_of(self, fd);
    if (f == NULL || wanted < 0 || wanted >= p->kernel->config.max_files)
        return -EBADF;
    if (fd == wanted)
        return fd;
    int error = make_room(p, wanted);
    if (error == 0 && p->descriptors[wanted].promised)
        error = -EBUSY; /* another thread is about to open something there */
    if (error != 0)
        return error;
    open_end_of(f);
    while (p->descriptors[wanted].file != NULL) /* another thread may take it meanwhile */
        close_at(p, wanted);
    put_at(p, f, wanted);
    file_end_call(f);
    return wanted;
}

int call_get_flags(struct thread *self, int fd)
{
    struct file *f = file_of(self, fd);
    return f == NULL ? -EBADF : f->flags;
}

/* Only O_NONBLOCK can be changed, O_DIRECT of a pipe with slots, and O_APPEND of a file; other bits are
 * ignored, as Linux does. */
int call_set_flags(struct thread *self, int fd, int flags)
{
    struct file *f = file_of(self, fd);
    if (f == NULL)
        return -EBADF;
    int changes = ABI_O_NONBLOCK;
    if (f->kind == FILE_PIPE && f->pipe->page > 0)
        changes |= ABI_O_DIRECT;
    if (f->kind == FILE_REGULAR)
        changes |= ABI_O_APPEND;
    if (f->kind == FILE_TERMINAL)
        return 0;
    f->flags = (f->flags & ~changes) | (flags & changes);
    sched_touch(f, TOUCH_WRITE);
    return 0;
}

/* -- for the trace ----------------------------------------------------------------------------- */

/* The end as the scenario calls it: p for a redirection, p[1] for the others. */
static void end_name(const struct file *f, char *text, size_t size)
{
    if (f->redirected)
        snprintf(text, size, "%s", f->pipe->name);
    else
        snprintf(text, size, "%s[%d]", f->pipe->name, file_has_end(f, READ_END) ? 0 : 1);
}

/* "3<client>" of a connection that client has made; "3<*server:80>" when it waits for some; of a pair,
 * "s[0]". */
static void describe_socket(const struct file *f, int fd, char *text, size_t size)
{
    const struct socket *s = f->socket;
    int side = s->pair == PAIR_SECOND;
    if (s->pair != NO_PAIR && fd == f->first_fd)
        snprintf(text, size, "%.40s[%d]", s->owner, side);
    else if (s->pair != NO_PAIR)
        snprintf(text, size, "%d<%.40s[%d]>", fd, s->owner, side);
    else if (s->state == SOCKET_CONNECTED)
        snprintf(text, size, "%d<%.40s>", fd, s->owner);
    else if (s->state == SOCKET_LISTENING)
        snprintf(text, size, "%d<*%.40s>", fd, s->address);
    else
        snprintf(text, size, "%d", fd);
}

void thread_describe_fd(struct thread *t, int fd, char *text, size_t size)
{
    struct file *f = file_of(t, fd);
    char name[48];
    if (f != NULL && f->kind == FILE_SOCKET) {
        describe_socket(f, fd, text, size);
        return;
    }
    if (f != NULL && f->node != NULL) {
        snprintf(text, size, "%d<%.40s>", fd, f->node->label);
        return;
    }
    if (f == NULL || f->kind != FILE_PIPE) {
        snprintf(text, size, "%d", fd);
        return;
    }
    end_name(f, name, sizeof name);
    if (fd == f->first_fd)
        snprintf(text, size, "%s", name);
    else
        snprintf(text, size, "%d<%s>", fd, name);
}

int thread_pipe_of_fd(struct thread *t, int fd, enum pipe_end end)
{
    struct file *f = file_of(t, fd);
    if (f == NULL || f->kind == FILE_TERMINAL || f->kind == FILE_REGULAR)
        return NO_PIPE;
    const struct kpipe *p = f->kind == FILE_PIPE ? f->pipe : file_queue(f, end);
    return p != NULL ? p->number : NO_PIPE;
}

struct opening thread_opening(const struct thread *t, int fd)
{
    return t->process->descriptors[fd].opening;
}

bool thread_has_pipe_at(struct thread *t, int fd)
{
    const struct file *f = file_of(t, fd);
    return f != NULL && f->kind == FILE_PIPE;
}

typedef void holder_function(void *ctx, const struct thread *holder, int fd);

static void each_descriptor(struct kernel *k, bool concerns(const struct file *f, const void *what),
                            const void *what, holder_function *each, void *ctx)
{
    for (size_t i = 0; i < k->thread_count; i++) {
        struct process *p = k->threads[i]->process;
        if (p->main != k->threads[i])
            continue;
        for (int fd = 0; fd < p->descriptor_room; fd++) {
            const struct file *f = p->descriptors[fd].file;
            if (f != NULL && concerns(f, what))
                each(ctx, p->main, fd);
        }
    }
}

struct wanted_end {
    int pipe;
    enum pipe_end end;
};

static bool holds_end(const struct file *f, const void *what)
{
    const struct wanted_end *wanted = what;
    const struct kpipe *queue = file_queue(f, wanted->end);
    if (queue == NULL || queue->number != wanted->pipe)
        return false;
    return f->kind == FILE_PIPE ||
           (wanted->end == READ_END ? f->socket->in_open : f->socket->out_open);
}

void kernel_each_end(struct kernel *k, int pipe, enum pipe_end end, holder_function *each,
                     void *ctx)
{
    int held = network_beyond(k, pipe, end);
    each_descriptor(k, holds_end, &(struct wanted_end){held, end}, each, ctx);
}

static bool holds_socket(const struct file *f, const void *socket)
{
    return f->kind == FILE_SOCKET && f->socket == socket;
}

void kernel_each_listener(struct kernel *k, const struct thread *asleep, holder_function *each,
                          void *ctx)
{
    each_descriptor(k, holds_socket, asleep->listener, each, ctx);
}

static bool lets_wait(const struct file *f, const void *pipe)
{
    const struct socket *s = f->kind == FILE_SOCKET ? f->socket->first_pending : NULL;
    while (s != NULL && s->in->number != *(const int *)pipe && s->out->number != *(const int *)pipe)
        s = s->next_pending;
    return s != NULL;
}

void kernel_each_pending(struct kernel *k, int pipe, holder_function *each, void *ctx)
{
    int held = network_beyond(k, pipe, WRITE_END);
    if (held == pipe)
        held = network_beyond(k, pipe, READ_END);
    each_descriptor(k, lets_wait, &held, each, ctx);
}

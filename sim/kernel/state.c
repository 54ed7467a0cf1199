/* state.c - the kernel's part of a state, for explorations.
 *
 * How far a thread has got inside the pipe's own code is on its C stack, which cannot be compared.
 * But that code looks at nothing but its arguments and the pipe, and between two operations on a lock
 * nobody else runs. So what it will do is determined by the states of the pipe that it has seen at
 * each operation of this call: `seen` is a digest of them. When it takes a lock or begins to wait, the
 * pipe's code has kept of all it saw only how many bytes have been moved (pipe.c: `done`, `slept`),
 * which the thread knows; so it starts anew there, and waits that were in vain make no difference.
 *
 * splice and tee are about two pipes, and may hold both locks: what they have seen is both. They keep
 * nothing when they take the second one, for they look only when they have both; and nothing when they
 * have waited, for then they give the lock back and begin anew.
 *
 * Of a person's own code nothing of this is known: there the live part of the stack is compared, all
 * memory of that code, and what a read has copied to its caller so far, byte by byte (PIPE_KEEPS_STACK). That tells states apart that are the same, where
 * bytes lie about that nobody will look at; never the other way round.
 *
 * A pipe with a bug may have kept more, and may even look without the lock (PIPE_KEEPS_ALL): then all
 * that was seen since the call began, or since the last wait, counts; and each step concerns all who
 * use the pipe. */
#include "sim/kernel/objects.h"

#include "sim/sched/digest.h"

#include <string.h>

static void add_bytes(void *ctx, const void *bytes, size_t n)
{
    digest_add_bytes(ctx, bytes, n);
}

static void add_pipe(struct digest *d, const struct kpipe *p)
{
    if (p->pipe != NULL)
        p->kernel->config.impl->state(p->pipe, add_bytes, d);
}

static bool keeps_all(const struct thread *self)
{
    return self->process->kernel->config.impl->keeps == PIPE_KEEPS_ALL;
}

static bool keeps_stack(const struct thread *self)
{
    return self->process->kernel->config.impl->keeps == PIPE_KEEPS_STACK;
}

void state_seen(struct thread *self)
{
    if (keeps_stack(self) && self->pipe != NULL)
        sched_touch(self->pipe, TOUCH_WRITE); /* who knows what it has done with it */
    if (keeps_stack(self) || !self->process->kernel->config.explored || self->pipe == NULL)
        return;
    struct digest d = {.a = self->seen};
    add_pipe(&d, self->pipe);
    if (self->to != NULL)
        add_pipe(&d, self->pipe == self->to ? self->from : self->to);
    self->seen = d.a ^ d.b;
    if (keeps_all(self))
        sched_touch(self->pipe, TOUCH_WRITE);
}

void state_begins(struct thread *self)
{
    self->seen = 0;
    if (keeps_all(self))
        state_seen(self);
}

void state_takes_lock(struct thread *self)
{
    if (!keeps_all(self))
        self->seen = 0;
    state_seen(self);
}

void state_waits(struct thread *self)
{
    state_seen(self);
    self->seen = 0;
}

/* -- the parts --------------------------------------------------------------------------------- */

/* Open files are numbered in the order in which they are met. */
struct numbering {
    const struct file *files[64];
    size_t count;
};

static uint64_t number_of(struct numbering *n, const struct file *f)
{
    for (size_t i = 0; i < n->count; i++) {
        if (n->files[i] == f)
            return i;
    }
    if (n->count == sizeof n->files / sizeof *n->files)
        return (uintptr_t)f; /* so many that they are told apart by their addresses */
    n->files[n->count] = f;
    return n->count++;
}

static void add_text(struct digest *d, const char *text)
{
    digest_add(d, text != NULL ? strlen(text) : UINT64_MAX);
    if (text != NULL)
        digest_add_bytes(d, text, strlen(text));
}

static void add_socket(struct digest *d, const struct socket *s)
{
    digest_add(
        d, (uint64_t)s->state << 40 | (uint64_t)s->domain << 32 | (uint64_t)s->backlog << 16 |
               (uint64_t)s->in_open << 6 | (uint64_t)s->out_open << 5 | (uint64_t)s->shut_in << 4 |
               (uint64_t)s->closing << 3 | (uint64_t)s->dead << 2 | (uint64_t)(s->peer != NULL));
    digest_add(d, (uint64_t)s->news << 48 | (uint64_t)s->error << 32 |
                      (uint64_t)s->half_open << 16 | (uint64_t)s->pending);
    digest_add(d, s->in != NULL ? (uint64_t)s->in->number : UINT64_MAX);
    add_text(d, s->address);
    add_text(d, s->peer_address);
    for (const struct socket *p = s->first_pending; p != NULL; p = p->next_pending)
        add_socket(d, p);
}

static void add_node(struct digest *d, const struct node *n)
{
    digest_add(d, (uint64_t)n->linked << 63 | (uint64_t)n->number << 32 |
                      (uint64_t)(n->fifo != NULL ? n->fifo->number + 1 : 0));
    add_text(d, n->path);
    digest_add(d, n->size);
    digest_add_bytes(d, n->bytes, n->size);
}

static void add_file(struct digest *d, const struct file *f)
{
    bool hides_hup = f->kind == FILE_PIPE && f->pipe->fifo != NULL &&
                     f->no_hup == f->pipe->fifo[WRITE_END].opened;
    digest_add(d, (uint64_t)f->kind << 56 | (uint64_t)hides_hup << 48 |
                      (uint64_t)(f->flags & 0xffff) << 32 | (uint64_t)f->descriptors << 16 |
                      (uint64_t)f->calls);
    if (f->kind == FILE_PIPE)
        digest_add(d, (uint64_t)f->pipe->number);
    if (f->kind == FILE_SOCKET)
        add_socket(d, f->socket);
    if (f->kind == FILE_REGULAR) {
        digest_add(d, (uint64_t)f->offset);
        add_node(d, f->node);
    }
}

static void add_files(struct digest *d, const struct process *p, struct numbering *n)
{
    for (int fd = 0; fd < p->descriptor_room; fd++) {
        const struct file *f = p->descriptors[fd].file;
        if (p->descriptors[fd].promised)
            digest_add(d, (uint64_t)fd << 32 | UINT32_MAX);
        if (f == NULL || f->kind == FILE_TERMINAL)
            continue;
        size_t known = n->count;
        uint64_t number = number_of(n, f);
        digest_add(d, (uint64_t)fd << 32 | number);
        if (n->count > known)
            add_file(d, f);
    }
}

static void add_process(struct digest *d, const struct process *p, struct numbering *n)
{
    digest_add(d, (uint64_t)p->dying << 2 | (uint64_t)p->exited << 1 | p->fetched);
    digest_add(d, (uint64_t)(uint32_t)p->status << 32 | p->pending);
    digest_add(d, (uint64_t)p->live_threads << 32 |
                      (uint64_t)(p->parent != NULL ? p->parent->pid : 0));
    if (p->parent != NULL && p->parent->threaded && !p->exited)
        digest_add(d, (uint64_t)p->forker->number);
    if (p->threaded && p->pending & 1u << ABI_SIGCHLD)
        digest_add(d, (uint64_t)(p->hears != NULL ? p->hears->number : 0));
    digest_add(d, p->alarm.place != 0 ? (uint64_t)p->alarm.when : 0);
    for (uint64_t i = 0; (uint64_t)p->disposed >> i != 0; i++) {
        const struct disposition *s = &p->dispositions[i];
        if (s->handler != HANDLER_DEFAULT || s->restart)
            digest_add(d, i << 40 | (uint64_t)s->restart << 32 | (uint32_t)s->handler);
    }
    if (!p->exited)
        add_files(d, p, n);
}

/* How far it has got in opening a FIFO. */
static void add_opening(struct digest *d, const struct thread *t)
{
    const struct kpipe *p = t->opens;
    if (p == NULL)
        return;
    digest_add(d, (uint64_t)p->number << 8 | (uint64_t)t->alone << 2 |
                      (uint64_t)(t->met == p->fifo[READ_END].opened) << 1 |
                      (uint64_t)(t->met == p->fifo[WRITE_END].opened));
}

static void add_thread(struct digest *d, const struct kernel *k, const struct thread *t)
{
    const struct view_actor *a = &k->config.trace->view.actors[t->actor];
    digest_add(d, t->ended);
    if (t->ended && !(t->pipe != NULL && keeps_stack(t))) /* it closes what was open, at its end */
        return;
    digest_add(d, (uint64_t)t->pending << 32 | t->blocked);
    digest_add(d, (uint64_t)t->connections << 1 | (t->socket != NULL && t->called_away));
    digest_add(d, (uint64_t)(a->in_call && a->slept) << 2 | (uint64_t)(t->polling != NULL) << 1 |
                      (t->polling != NULL && t->poll_hit));
    add_opening(d, t);
    if (t->pipe == NULL)
        return;
    if (t->file != NULL && k->config.sets_flags)
        digest_add(d, (uint64_t)t->file->flags);
    if (t->to != NULL)
        digest_add(d, (uint64_t)t->from->number << 32 | (uint64_t)t->to->number);
    digest_add(d, (uint64_t)t->pipe->number << 32 | (uint64_t)t->polled << 8 |
                      (uint64_t)t->slept << 2 | (uint64_t)t->moved << 1 | t->broken_pipe);
    digest_add(d, (uint64_t)a->moved);
    digest_add(d, t->seen);
    if (keeps_stack(t)) {
        size_t n;
        const void *stack = task_stack(t->task, t->stack_mark, &n);
        digest_add_bytes(d, stack, n);
        if (t->data != NULL && t->end == READ_END)
            digest_add_bytes(d, t->data, t->asked);
    }
}

void kernel_digest(struct kernel *k, struct digest *d)
{
    if (k->network != NULL)
        network_digest(k->network, d);
    struct numbering n;
    n.count = 0; /* the rest need not be zero, and it is asked for very often */
    for (size_t i = 0; i < k->pipe_count; i++) {
        const struct kpipe *p = k->pipes[i];
        digest_add(d, (uint64_t)p->mute << 63 | (uint64_t)p->readers << 32 | (uint64_t)p->writers);
        add_pipe(d, p);
    }
    for (const struct node *node = k->nodes; node != NULL; node = node->next)
        add_node(d, node);
    for (size_t i = 0; i < k->thread_count; i++) {
        const struct thread *t = k->threads[i];
        if (t == t->process->main)
            add_process(d, t->process, &n);
        add_thread(d, k, t);
    }
}

/* check.c - the invariant of pipe.h, looked at from outside: what the pipe says of itself, beside what it
 * has told its observer, and who sleeps in it according to the scheduler. It is a statement about states
 * in which the pipe's lock is free. And of each read and write, whether it gave what pipe.h says. */
#include "sim/kernel/objects.h"

#include <errno.h>

/* -- I1: the bytes ----------------------------------------------------------------------------- */

/* The last bytes of what pipe_state feeds: those in the pipe. */
struct tail {
    unsigned char bytes[VIEW_CELLS];
    uint64_t count;
};

static void add_to_tail(void *ctx, const void *bytes, size_t n)
{
    struct tail *t = ctx;
    for (size_t i = 0; i < n; i++)
        t->bytes[t->count++ % VIEW_CELLS] = ((const unsigned char *)bytes)[i];
}

static bool drawn(const struct view_pipe *v)
{
    return v->capacity <= VIEW_CELLS;
}

/* Byte i of those that went in and did not come out. */
static unsigned char expected(const struct view_pipe *v, uint64_t i)
{
    return (unsigned char)v->cells[(v->taken + i) % (uint64_t)v->capacity];
}

static bool holds_its_bytes(const struct kpipe *p, const struct view_pipe *v)
{
    struct tail tail = {.count = 0};
    uint64_t used = (uint64_t)v->used;
    if (!drawn(v))
        return true;
    p->kernel->config.impl->state(p->pipe, add_to_tail, &tail);
    for (uint64_t i = 0; i < used; i++) {
        if (tail.bytes[(tail.count - used + i) % VIEW_CELLS] != expected(v, i))
            return false;
    }
    return true;
}

static const struct view_pipe *view_of(const struct kpipe *p)
{
    return &p->kernel->config.trace->view.pipes[p->number];
}

void check_given(struct kpipe *p, const struct pipe_event *e)
{
    const struct view_pipe *v = view_of(p);
    for (size_t i = 0; i < e->bytes && drawn(v); i++) {
        if (i >= (size_t)v->used || ((const unsigned char *)e->data)[i] != expected(v, i))
            p->wrong = "I1: a reader was given other bytes than the oldest ones";
    }
    thread_self()->told += e->bytes;
}

static const char *check_bytes(const struct kpipe *p, const struct view_pipe *v)
{
    const struct pipe_impl *impl = p->kernel->config.impl;
    if (v->used < 0 || impl->used(p->pipe) != (size_t)v->used)
        return "I1: the pipe counts other bytes than went in and did not come out";
    if (v->used > v->capacity)
        return "I1: more bytes are in the pipe than it can hold";
    return holds_its_bytes(p, v) ? NULL : "I1: other bytes are in the pipe than went in";
}

/* -- calls ------------------------------------------------------------------------------------- */

void check_put(struct kpipe *p, const struct pipe_event *e)
{
    struct thread *self = thread_self();
    size_t limit = p->atomic < e->capacity ? p->atomic : e->capacity;
    bool begins = self->told == 0;
    self->told += e->bytes;
    if (begins && self->asked <= limit && e->bytes != self->asked)
        p->wrong = "a write that is atomic was split";
}

/* What may a call that did not do all it was asked for give as its reason? */
static const char *check_excuse(const struct thread *self, const struct view_pipe *v, bool sleeps,
                                ssize_t result)
{
    bool interrupted = sched_interrupted(self->task);
    if (result == -EAGAIN && sleeps)
        return "EAGAIN, although the call may sleep";
    if (result == -EINTR && !interrupted)
        return "EINTR, although no signal has come";
    if (result == -EPIPE && v->readers > 0)
        return "EPIPE, although a read end is open";
    if (self->end == READ_END && result == 0 && self->asked > 0 && v->writers > 0)
        return "end of file, although a write end is open";
    if (self->end == READ_END && result == 0 && self->asked > 0 && v->used > 0)
        return "end of file, although bytes are in the pipe";
    if (self->end == WRITE_END && result >= 0 && (size_t)result < self->asked && sleeps &&
        !interrupted && v->readers > 0)
        return "a short write, without a reason";
    return NULL;
}

/* What was the reason is so still: an end that is gone stays so, a signal stays until it is looked at,
 * and when no write end is open the bytes only become fewer. Not so of a FIFO, which may have been
 * opened again since. */
void check_result(struct thread *self, struct kpipe *p, int flags, ssize_t result)
{
    bool may_have_changed = self->file != NULL && p->kernel->config.sets_flags;
    bool sleeps = (flags & PIPE_NONBLOCK) == 0 && !may_have_changed;
    const char *wrong = p->fifo == NULL ? check_excuse(self, view_of(p), sleeps, result) : NULL;
    if (result >= 0 && (size_t)result != self->told)
        wrong = "a result that is not the number of bytes moved";
    if (result < 0 && self->told > 0)
        wrong = "an error, although bytes were moved";
    if (wrong != NULL)
        p->wrong = wrong;
}

/* -- I2: the ends ------------------------------------------------------------------------------ */

static const char *check_ends(const struct kpipe *p, const struct view_pipe *v)
{
    int ready = p->kernel->config.impl->poll(p->pipe);
    bool no_writer = (ready & PIPE_HUP) != 0, no_reader = (ready & PIPE_ERR) != 0;
    if (no_writer != (v->writers == 0) || no_reader != (v->readers == 0))
        return "I2: the pipe counts other ends than are open";
    return NULL;
}

/* -- I3, I4: the sleepers ---------------------------------------------------------------------- */

static bool sleeps_in(const struct thread *t, const struct kpipe *p, enum pipe_end end,
                      enum task_wait wait)
{
    return !t->ended && t->pipe == p && t->end == end && task_waits(t->task) == wait;
}

/* Is somebody on its way who waited for so much? */
static bool is_coming(const struct kpipe *p, enum pipe_end end, size_t need)
{
    const struct kernel *k = p->kernel;
    for (size_t i = 0; i < k->thread_count; i++) {
        if (sleeps_in(k->threads[i], p, end, WAITS_WOKEN) && k->threads[i]->need == need)
            return true;
    }
    return false;
}

static const char *check_reader(const struct kpipe *p, const struct view_pipe *v)
{
    if (v->writers == 0)
        return "I4: a reader sleeps, and no write end is open";
    if (v->used > 0 && !is_coming(p, READ_END, 1))
        return "I3: a reader sleeps beside bytes, and no woken reader is on its way";
    return NULL;
}

static const char *check_writer(const struct kpipe *p, const struct view_pipe *v, size_t need)
{
    if (v->readers == 0)
        return "I4: a writer sleeps, and no read end is open";
    if (view_room(v) >= (int64_t)need && !is_coming(p, WRITE_END, need))
        return "I3: a writer sleeps beside room, and no woken writer that needs as much is on its way";
    return NULL;
}

static const char *check_sleepers(const struct kpipe *p, const struct view_pipe *v)
{
    const struct kernel *k = p->kernel;
    const char *broken = NULL;
    for (size_t i = 0; i < k->thread_count && broken == NULL; i++) {
        if (sleeps_in(k->threads[i], p, READ_END, WAITS_UNWOKEN))
            broken = check_reader(p, v);
        else if (sleeps_in(k->threads[i], p, WRITE_END, WAITS_UNWOKEN))
            broken = check_writer(p, v, k->threads[i]->need);
    }
    return broken;
}

/* -- all of it --------------------------------------------------------------------------------- */

static const char *check_pipe(const struct kpipe *p)
{
    const struct view_pipe *v = view_of(p);
    const char *broken = p->wrong != NULL ? p->wrong : p->kernel->config.impl->check(p->pipe);
    if (broken == NULL)
        broken = check_bytes(p, v);
    if (broken == NULL)
        broken = check_ends(p, v);
    return broken != NULL ? broken : check_sleepers(p, v);
}

const char *kernel_check(const struct kernel *k)
{
    for (size_t i = 0; i < k->pipe_count; i++) {
        const struct kpipe *p = k->pipes[i];
        const char *broken = p->pipe == NULL || p->locks > 0 ? NULL : check_pipe(p);
        if (broken != NULL)
            return broken;
    }
    return NULL;
}

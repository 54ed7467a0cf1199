/* observed.c - what a pipe has done that does not tell: seen from outside, by how many bytes it says are in
 * it. Between two of its operations on locks one thread runs, so what has changed meanwhile is its doing;
 * and which bytes they were is known from its call. Where the pipe cannot say how many there are, they are
 * known when the call returns. */
#include "sim/kernel/objects.h"
#include "sim/sched/sync.h"

#include <errno.h>
#include <string.h>

static const struct pipe_impl *impl_of(const struct kpipe *p)
{
    return p->kernel->config.impl;
}

/* On real threads nobody can look while others are at work in it; and some do not say what is in them while
 * their own sort of lock is held. */
static enum pipe_observed how_observed(const struct kpipe *p)
{
    enum pipe_observed how = impl_of(p)->observed;
    return how == PIPE_IS_OBSERVED && (sched_has_threads || p->mute) ? PIPE_IS_OBSERVED_AT_END
                                                                     : how;
}

static const struct view_pipe *view_of(const struct kpipe *p)
{
    return &p->kernel->config.trace->view.pipes[p->number];
}

static void tell(struct kpipe *p, struct pipe_event e)
{
    const struct view_pipe *v = view_of(p);
    e.capacity = (size_t)v->capacity;
    e.readers = (unsigned)(v->readers - (e.kind == PIPE_READER_CLOSED));
    e.writers = (unsigned)(v->writers - (e.kind == PIPE_WRITER_CLOSED));
    pipe_observe(p, &e);
}

enum { UNKNOWN = 256 }; /* bytes that nobody knows, at most so many at a time */

/* The next bytes of the call, as far as it has so many. */
static void tell_moved(struct thread *self, struct kpipe *p, enum pipe_event_kind kind, size_t n)
{
    static const char unknown[UNKNOWN];
    bool reads = kind == PIPE_TOOK;
    const char *data = self->end == (reads ? READ_END : WRITE_END) ? self->data : NULL;
    bool known = data != NULL && n <= self->asked && self->observed <= self->asked - n;
    while (!known && n > UNKNOWN) {
        tell(p, (struct pipe_event){.kind = kind, .data = unknown, .bytes = UNKNOWN});
        n -= UNKNOWN;
    }
    tell(p, (struct pipe_event){
                .kind = kind, .data = known ? data + self->observed : unknown, .bytes = n});
    self->observed += known ? n : 0;
}

/* What it says, if that is at all likely: a count that has gone below 0 may be any number. */
static int64_t used_now(struct kpipe *p)
{
    sched_silence(SCHED_SILENT);
    int64_t used = (int64_t)impl_of(p)->used(p->pipe);
    sched_silence(SCHED_AUDIBLE);
    int64_t most = view_of(p)->capacity + UNKNOWN;
    if (used == -1) { /* it does not say: own/beside/calls.h */
        p->mute = true;
        return view_of(p)->used;
    }
    return used > most ? most : used < -most ? -most : used;
}

void observed_look(struct thread *self)
{
    struct kpipe *p = self->pipe;
    if (p == NULL || p->pipe == NULL || how_observed(p) != PIPE_IS_OBSERVED)
        return;
    int64_t used = used_now(p), before = view_of(p)->used;
    if (used > before)
        tell_moved(self, p, PIPE_PUT, (size_t)(used - before));
    else if (used < before)
        tell_moved(self, p, PIPE_TOOK, (size_t)(before - used));
}

/* What a write sleeps for, by the contract. */
void observed_sleeps(struct thread *self)
{
    const struct kpipe *p = self->pipe;
    if (p == NULL || impl_of(p)->observed == PIPE_TELLS)
        return;
    size_t limit = p->atomic < p->capacity ? p->atomic : p->capacity;
    bool whole = self->end == WRITE_END && self->asked <= limit && self->asked > 0;
    self->need = whole ? self->asked : 1;
}

/* A write that may sleep and was not interrupted is cut short for one reason only: nobody can read any
 * more. */
static bool is_broken(const struct thread *self, const struct kpipe *p, int flags, ssize_t result)
{
    if (result == -EPIPE)
        return true;
    return self->end == WRITE_END && (flags & PIPE_NONBLOCK) == 0 && result >= 0 &&
           (size_t)result < self->asked && view_of(p)->readers == 0 &&
           !sched_interrupted(self->task);
}

void observed_result(struct thread *self, struct kpipe *p, int flags, ssize_t result)
{
    enum pipe_observed how = how_observed(p);
    if (how == PIPE_TELLS)
        return;
    if (how == PIPE_IS_OBSERVED) {
        observed_look(self);
        int64_t unseen = (result > 0 ? result : 0) - (int64_t)self->observed;
        p->unseen += self->end == WRITE_END ? unseen : -unseen;
    } else if (result > (ssize_t)self->observed) {
        tell_moved(self, p, self->end == READ_END ? PIPE_TOOK : PIPE_PUT,
                   (size_t)result - self->observed);
    }
    if (is_broken(self, p, flags, result))
        self->broken_pipe = true;
}

void observed_end(struct kpipe *p, enum pipe_event_kind kind)
{
    if (impl_of(p)->observed != PIPE_TELLS)
        tell(p, (struct pipe_event){.kind = kind});
}

void observed_size(struct kpipe *p, int result)
{
    if (impl_of(p)->observed == PIPE_TELLS || result <= 0)
        return;
    struct pipe_event e = {.kind = PIPE_RESIZED, .capacity = (size_t)result};
    pipe_observe(p, &e);
}

bool kernel_observes(const struct kernel *k)
{
    return k->config.impl->observed != PIPE_TELLS;
}

int64_t kernel_unseen(const struct kernel *k, int pipe)
{
    return k->pipes[pipe]->unseen;
}

size_t thread_asked(const struct thread *t)
{
    return t->asked;
}

/* fifos.c - opening a FIFO: each side waits for the other (PS-187..PS-198).
 *
 * Its queue is a pipe, the same monitor as everywhere, that begins with no end open and ends with the
 * last one: then its bytes are gone, and the next opening begins with an empty one. An open counts as an
 * end from its beginning, also while it sleeps. What the other side was like is told by the monitor in
 * the very moment in which the end comes to be open (fifo_opened); afterwards it may have changed. So
 * an open waits until the other side has been opened once more than then, not until it is open: whoever
 * opens it and closes it at once is missed by nobody (PS-194). */
#include "sim/kernel/objects.h"

#include <errno.h>

static enum pipe_end other_side(enum pipe_end end)
{
    return end == READ_END ? WRITE_END : READ_END;
}

void fifo_opened(struct kpipe *p, const struct pipe_event *e, enum pipe_end end)
{
    struct thread *self = thread_self();
    if (p->fifo == NULL || self == NULL)
        return;
    sched_touch(p->fifo, TOUCH_WRITE);
    p->fifo[end].opened++;
    if (self->opens != p)
        return; /* a copy */
    self->met = p->fifo[other_side(end)].opened;
    self->alone = (end == READ_END ? e->writers : e->readers) == 0;
}

static int64_t times_opened(struct kpipe *p, enum pipe_end end)
{
    sched_touch(p->fifo, TOUCH_READ);
    sched_atomic_begin();
    int64_t opened = p->fifo[end].opened;
    sched_atomic_end();
    return opened;
}

bool fifo_hides_hup(const struct file *f)
{
    return f->pipe->fifo != NULL && f->no_hup == times_opened(f->pipe, WRITE_END);
}

/* -- its queue --------------------------------------------------------------------------------- */

static struct kpipe *new_queue(struct kernel *k, const char *name)
{
    struct kpipe *p = arena_alloc(sizeof *p);
    if (p == NULL)
        return NULL;
    p->fifo = arena_alloc_array(2, sizeof *p->fifo);
    p->kernel = k;
    p->name = name;
    return p->fifo != NULL && kpipe_add(k, p) == 0 ? p : NULL;
}

/* Its capacity is that of a new pipe again, whatever it was (PS-198). */
static int begin_queue(struct kernel *k, struct node *n)
{
    if (n->fifo == NULL)
        n->fifo = new_queue(k, n->label);
    if (n->fifo == NULL)
        return -ENOMEM;
    if (n->fifo->pipe != NULL)
        return 0;
    int64_t capacity = kpipe_new_capacity(k);
    if (capacity < 0)
        return (int)capacity;
    struct pipe_options options = kpipe_options(k, (size_t)capacity, 0);
    options.ends = PIPE_ENDS_CLOSED;
    return kpipe_make(n->fifo, options);
}

/* -- opening ----------------------------------------------------------------------------------- */

/* One end comes to be open, and those who wait for that go on. */
static void open_side(struct thread *self, struct kpipe *p, enum pipe_end end)
{
    kpipe_open_end(p, end);
    sched_touch(p->kernel, TOUCH_WRITE);
    wake_all(self, &p->fifo[end].awaiting);
}

/* Until the other side has been opened. What has come comes before a signal. */
static int await_other_side(struct thread *self, struct kpipe *p, enum pipe_end end)
{
    struct sched_queue *awaiting = &p->fifo[other_side(end)].awaiting;
    for (int error = 0;;) {
        if (times_opened(p, other_side(end)) != self->met)
            return 0;
        if (error != 0)
            return error;
        error = sleep_on(self, ON_OPEN, awaiting, TICK_NEVER, NOBODY, NULL);
    }
}

static int open_reader(struct thread *self, struct kpipe *p, struct file *f)
{
    open_side(self, p, READ_END);
    if (!self->alone)
        return 0;
    if ((f->flags & ABI_O_NONBLOCK) == 0)
        return await_other_side(self, p, READ_END);
    f->no_hup = self->met;
    return 0;
}

/* With O_NONBLOCK somebody had it open for reading, or was about to, when this began. */
static int open_writer(struct thread *self, struct kpipe *p, struct file *f)
{
    open_side(self, p, WRITE_END);
    bool waits = self->alone && (f->flags & ABI_O_NONBLOCK) == 0;
    return waits ? await_other_side(self, p, WRITE_END) : 0;
}

static int open_both(struct thread *self, struct kpipe *p)
{
    open_side(self, p, READ_END);
    open_side(self, p, WRITE_END);
    return 0;
}

/* Nobody has it open for reading, nor is about to. */
static bool refuses(const struct node *n, int flags)
{
    bool writes = (flags & ABI_O_ACCMODE) == ABI_O_WRONLY && flags & ABI_O_NONBLOCK;
    return writes && (n->fifo == NULL || n->fifo->readers == 0);
}

int fifo_open(struct thread *self, struct node *n, struct file *f)
{
    int error = refuses(n, f->flags) ? -ENXIO : begin_queue(self->process->kernel, n);
    if (error != 0)
        return error;
    struct kpipe *p = f->pipe = self->opens = n->fifo;
    f->no_hup = -1;
    int mode = f->flags & ABI_O_ACCMODE;
    error = mode == ABI_O_RDONLY   ? open_reader(self, p, f)
            : mode == ABI_O_WRONLY ? open_writer(self, p, f)
                                   : open_both(self, p);
    self->opens = NULL;
    if (error != 0) /* PS-193: nobody finds it half open */
        kpipe_close_end(p, mode == ABI_O_RDONLY ? READ_END : WRITE_END);
    return error;
}

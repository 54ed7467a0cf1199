/* atomic.c - a right pipe for one reader and one writer, without a lock: its counts are atomic. */
#include "ringbuf/pipe.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

struct pipe {
    atomic_size_t read, written;
    atomic_int writers;
    size_t capacity;
    char bytes[64];
};

struct pipe *pipe_new(const struct pipe_options *options)
{
    struct pipe *p = calloc(1, sizeof *p);
    p->capacity = options->capacity;
    p->writers = 1;
    return p;
}

void pipe_free(struct pipe *p)
{
    free(p);
}

ssize_t pipe_read(struct pipe *p, void *dst, size_t n, int flags)
{
    size_t got = 0, at = p->read;
    (void)flags;
    while (p->written == at) {
        if (p->writers == 0 && p->written == at)
            return 0;
        sched_yield();
    }
    for (; got < n && at + got < p->written; got++)
        ((char *)dst)[got] = p->bytes[(at + got) % p->capacity];
    p->read = at + got;
    return (ssize_t)got;
}

ssize_t pipe_write(struct pipe *p, const void *src, size_t n, int flags)
{
    (void)flags;
    for (size_t i = 0; i < n; i++) {
        while (p->written - p->read == p->capacity)
            sched_yield();
        p->bytes[p->written % p->capacity] = ((const char *)src)[i];
        p->written++;
    }
    return (ssize_t)n;
}

void pipe_open_writer(struct pipe *p)
{
    p->writers++;
}

void pipe_close_reader(struct pipe *p)
{
    (void)p;
}

void pipe_close_writer(struct pipe *p)
{
    p->writers--;
}

size_t pipe_used(struct pipe *p)
{
    return p->written - p->read;
}

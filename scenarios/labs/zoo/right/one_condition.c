/* one_condition.c - the shortest: one condition variable, and every change is told to everybody. All
 * wake too often, and nobody is forgotten. The counters only grow; their difference is in the pipe. */
#include "ringbuf/pipe.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct pipe {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t capacity, atomic;
    unsigned long long put, taken; /* bytes, since the beginning */
    int readers, writers;
    char bytes[]; /* byte i is at i % capacity */
};

struct pipe *pipe_new(const struct pipe_options *o)
{
    size_t capacity = o && o->capacity ? o->capacity : PIPE_DEFAULT_CAPACITY;
    size_t atomic = o && o->atomic ? o->atomic : PIPE_DEFAULT_ATOMIC;
    struct pipe *p = malloc(sizeof *p + capacity);
    if (!p)
        return NULL;
    *p = (struct pipe){.lock = PTHREAD_MUTEX_INITIALIZER,
                       .changed = PTHREAD_COND_INITIALIZER,
                       .capacity = capacity,
                       .atomic = atomic < capacity ? atomic : capacity,
                       .readers = 1,
                       .writers = 1};
    return p;
}

void pipe_free(struct pipe *p)
{
    free(p);
}

static size_t count(const struct pipe *p)
{
    return (size_t)(p->put - p->taken);
}

ssize_t pipe_read(struct pipe *p, void *dst, size_t n, int flags)
{
    char *to = dst;
    size_t got = 0;
    pthread_mutex_lock(&p->lock);
    while (n > 0 && count(p) == 0 && p->writers > 0 && !(flags & PIPE_NONBLOCK))
        pthread_cond_wait(&p->changed, &p->lock);
    int nothing_yet = n > 0 && count(p) == 0 && p->writers > 0;
    while (got < n && count(p) > 0)
        to[got++] = p->bytes[p->taken++ % p->capacity];
    if (got > 0)
        pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    return nothing_yet ? -EAGAIN : (ssize_t)got;
}

ssize_t pipe_write(struct pipe *p, const void *src, size_t n, int flags)
{
    const char *from = src;
    size_t done = 0, need = n > p->atomic ? 1 : n;
    int error = 0;
    pthread_mutex_lock(&p->lock);
    while (done < n && !error) {
        while (p->capacity - count(p) < need && p->readers > 0 && !(flags & PIPE_NONBLOCK))
            pthread_cond_wait(&p->changed, &p->lock);
        if (p->readers == 0)
            error = -EPIPE;
        else if (p->capacity - count(p) < need)
            error = -EAGAIN;
        for (; !error && done < n && count(p) < p->capacity; done++)
            p->bytes[p->put++ % p->capacity] = from[done];
        pthread_cond_broadcast(&p->changed);
    }
    pthread_mutex_unlock(&p->lock);
    return done > 0 ? (ssize_t)done : error;
}

/* One more end, or one fewer. */
static void count_end(struct pipe *p, int *ends, int by)
{
    pthread_mutex_lock(&p->lock);
    *ends += by;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

void pipe_open_reader(struct pipe *p)
{
    count_end(p, &p->readers, 1);
}

void pipe_open_writer(struct pipe *p)
{
    count_end(p, &p->writers, 1);
}

void pipe_close_reader(struct pipe *p)
{
    count_end(p, &p->readers, -1);
}

void pipe_close_writer(struct pipe *p)
{
    count_end(p, &p->writers, -1);
}

int pipe_poll(struct pipe *p)
{
    int mask = 0;
    pthread_mutex_lock(&p->lock);
    if (count(p) > 0)
        mask |= PIPE_IN;
    if (p->capacity - count(p) >= p->atomic)
        mask |= PIPE_OUT;
    if (p->writers == 0)
        mask |= PIPE_HUP;
    if (p->readers == 0)
        mask |= PIPE_ERR;
    pthread_mutex_unlock(&p->lock);
    return mask;
}

size_t pipe_used(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    size_t n = count(p);
    pthread_mutex_unlock(&p->lock);
    return n;
}

size_t pipe_capacity(struct pipe *p)
{
    return p->capacity;
}

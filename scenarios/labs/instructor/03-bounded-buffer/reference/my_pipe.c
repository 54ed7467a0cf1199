/* my_pipe.c - a bounded buffer with one lock. The functions are described in ringbuf/pipe.h. */
#include "ringbuf/pipe.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct pipe {
    pthread_mutex_t lock; /* guards all that follows */
    char *bytes;     /* a ring of `capacity` bytes */
    size_t capacity; /* how many it can hold */
    size_t used;     /* how many are in it */
    size_t first;    /* where the oldest of them is */
    int readers, writers; /* open ends */
};

struct pipe *pipe_new(const struct pipe_options *options)
{
    struct pipe *p = calloc(1, sizeof *p);
    p->capacity = options != NULL && options->capacity > 0 ? options->capacity : PIPE_DEFAULT_CAPACITY;
    p->bytes = malloc(p->capacity);
    p->readers = p->writers = 1;
    pthread_mutex_init(&p->lock, NULL);
    return p;
}

void pipe_free(struct pipe *p)
{
    pthread_mutex_destroy(&p->lock);
    free(p->bytes);
    free(p);
}

/* As many as there are, up to n. The lock is held. */
static size_t take(struct pipe *p, char *to, size_t n)
{
    size_t done = 0;
    while (done < n && p->used > 0) {
        to[done++] = p->bytes[p->first];
        p->first = (p->first + 1) % p->capacity;
        p->used--;
    }
    return done;
}

/* As many as fit, up to n. The lock is held. */
static size_t put(struct pipe *p, const char *from, size_t n)
{
    size_t done = 0;
    while (done < n && p->used < p->capacity) {
        p->bytes[(p->first + p->used) % p->capacity] = from[done++];
        p->used++;
    }
    return done;
}

ssize_t pipe_read(struct pipe *p, void *dst, size_t n, int flags)
{
    (void)flags;
    pthread_mutex_lock(&p->lock);
    size_t done = take(p, dst, n);
    pthread_mutex_unlock(&p->lock);
    return done == 0 && n > 0 ? -EAGAIN : (ssize_t)done;
}

ssize_t pipe_write(struct pipe *p, const void *src, size_t n, int flags)
{
    (void)flags;
    pthread_mutex_lock(&p->lock);
    size_t done = put(p, src, n);
    pthread_mutex_unlock(&p->lock);
    return done == 0 && n > 0 ? -EAGAIN : (ssize_t)done;
}

/* How many bytes are in it. */
size_t pipe_used(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    size_t used = p->used;
    pthread_mutex_unlock(&p->lock);
    return used;
}

/* Who has an end open is counted; nobody looks at that yet. */
static void count(struct pipe *p, int *ends, int change)
{
    pthread_mutex_lock(&p->lock);
    *ends += change;
    pthread_mutex_unlock(&p->lock);
}

void pipe_open_reader(struct pipe *p)
{
    count(p, &p->readers, +1);
}

void pipe_open_writer(struct pipe *p)
{
    count(p, &p->writers, +1);
}

void pipe_close_reader(struct pipe *p)
{
    count(p, &p->readers, -1);
}

void pipe_close_writer(struct pipe *p)
{
    count(p, &p->writers, -1);
}

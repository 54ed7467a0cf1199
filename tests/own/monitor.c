/* monitor.c - a right pipe: one lock, two conditions. */
#include "ringbuf/pipe.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct pipe {
    pthread_mutex_t lock;
    pthread_cond_t not_empty, not_full;
    char *bytes;
    size_t capacity, count, head;
    int readers, writers;
};

struct pipe *pipe_new(const struct pipe_options *options)
{
    struct pipe *p = calloc(1, sizeof *p);
    p->capacity = options->capacity;
    p->bytes = malloc(p->capacity);
    p->readers = p->writers = 1;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->not_empty, NULL);
    pthread_cond_init(&p->not_full, NULL);
    return p;
}

void pipe_free(struct pipe *p)
{
    pthread_mutex_destroy(&p->lock);
    free(p->bytes);
    free(p);
}

ssize_t pipe_read(struct pipe *p, void *dst, size_t n, int flags)
{
    char *to = dst;
    size_t got = 0;
    (void)flags;
    pthread_mutex_lock(&p->lock);
    while (p->count == 0 && p->writers > 0)
        pthread_cond_wait(&p->not_empty, &p->lock);
    for (; got < n && p->count > 0; got++) {
        to[got] = p->bytes[p->head];
        p->head = (p->head + 1) % p->capacity;
        p->count--;
    }
    pthread_cond_broadcast(&p->not_full);
    pthread_mutex_unlock(&p->lock);
    return (ssize_t)got;
}

ssize_t pipe_write(struct pipe *p, const void *src, size_t n, int flags)
{
    const char *from = src;
    size_t done = 0;
    (void)flags;
    pthread_mutex_lock(&p->lock);
    while (done < n && p->readers > 0) {
        while (p->count == p->capacity && p->readers > 0)
            pthread_cond_wait(&p->not_full, &p->lock);
        for (; done < n && p->count < p->capacity; done++) {
            p->bytes[(p->head + p->count) % p->capacity] = from[done];
            p->count++;
        }
        pthread_cond_broadcast(&p->not_empty);
    }
    pthread_mutex_unlock(&p->lock);
    return done == 0 && n > 0 ? -EPIPE : (ssize_t)done;
}

void pipe_open_reader(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    p->readers++;
    pthread_mutex_unlock(&p->lock);
}

void pipe_open_writer(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    p->writers++;
    pthread_mutex_unlock(&p->lock);
}

void pipe_close_reader(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    p->readers--;
    pthread_cond_broadcast(&p->not_full);
    pthread_mutex_unlock(&p->lock);
}

void pipe_close_writer(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    p->writers--;
    pthread_cond_broadcast(&p->not_empty);
    pthread_mutex_unlock(&p->lock);
}

size_t pipe_used(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    size_t n = p->count;
    pthread_mutex_unlock(&p->lock);
    return n;
}

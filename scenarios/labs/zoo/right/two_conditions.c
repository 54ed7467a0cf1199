/* two_conditions.c - a pipe as the textbook has it: one lock, a condition variable for each reason to
 * sleep, and whoever changes something tells all who wait for that. */
#include "ringbuf/pipe.h"

#include "ring.h"

#include <errno.h>
#include <pthread.h>

struct pipe {
    pthread_mutex_t lock; /* guards all the rest */
    pthread_cond_t not_empty, not_full;
    struct ring ring;
    size_t atomic;
    int readers, writers; /* open ends */
};

struct pipe *pipe_new(const struct pipe_options *o)
{
    size_t capacity = o != NULL && o->capacity > 0 ? o->capacity : PIPE_DEFAULT_CAPACITY;
    size_t atomic = o != NULL && o->atomic > 0 ? o->atomic : PIPE_DEFAULT_ATOMIC;
    struct pipe *p = calloc(1, sizeof *p);
    if (p == NULL || ring_init(&p->ring, capacity) != 0) {
        free(p);
        return NULL;
    }
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->not_empty, NULL);
    pthread_cond_init(&p->not_full, NULL);
    p->atomic = atomic < capacity ? atomic : capacity;
    p->readers = p->writers = 1;
    return p;
}

void pipe_free(struct pipe *p)
{
    pthread_cond_destroy(&p->not_full);
    pthread_cond_destroy(&p->not_empty);
    pthread_mutex_destroy(&p->lock);
    free(p->ring.bytes);
    free(p);
}

static ssize_t leave(struct pipe *p, ssize_t result)
{
    pthread_mutex_unlock(&p->lock);
    return result;
}

ssize_t pipe_read(struct pipe *p, void *dst, size_t n, int flags)
{
    if (n == 0)
        return 0;
    pthread_mutex_lock(&p->lock);
    while (ring_used(&p->ring) == 0 && p->writers > 0) {
        if (flags & PIPE_NONBLOCK)
            return leave(p, -EAGAIN);
        pthread_cond_wait(&p->not_empty, &p->lock);
    }
    size_t got = ring_take(&p->ring, dst, n);
    pthread_cond_broadcast(&p->not_full);
    return leave(p, (ssize_t)got);
}

/* A small write goes in all at once, and waits for room for all of it; a large one piece by piece. */
ssize_t pipe_write(struct pipe *p, const void *src, size_t n, int flags)
{
    size_t done = 0, need = n <= p->atomic ? n : 1;
    pthread_mutex_lock(&p->lock);
    while (done < n) {
        size_t room = ring_room(&p->ring), left = n - done;
        if (p->readers == 0)
            return leave(p, done > 0 ? (ssize_t)done : -EPIPE);
        if (room < need) {
            if (flags & PIPE_NONBLOCK)
                return leave(p, done > 0 ? (ssize_t)done : -EAGAIN);
            pthread_cond_wait(&p->not_full, &p->lock);
            continue;
        }
        size_t piece = left < room ? left : room;
        ring_put(&p->ring, (const char *)src + done, piece);
        done += piece;
        pthread_cond_broadcast(&p->not_empty);
    }
    return leave(p, (ssize_t)done);
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
    if (--p->readers == 0)
        pthread_cond_broadcast(&p->not_full);
    pthread_mutex_unlock(&p->lock);
}

void pipe_close_writer(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    if (--p->writers == 0)
        pthread_cond_broadcast(&p->not_empty);
    pthread_mutex_unlock(&p->lock);
}

int pipe_poll(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    int mask = (ring_used(&p->ring) > 0 ? PIPE_IN : 0) |
               (ring_room(&p->ring) >= p->atomic ? PIPE_OUT : 0) |
               (p->writers == 0 ? PIPE_HUP : 0) | (p->readers == 0 ? PIPE_ERR : 0);
    pthread_mutex_unlock(&p->lock);
    return mask;
}

size_t pipe_used(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    size_t used = ring_used(&p->ring);
    pthread_mutex_unlock(&p->lock);
    return used;
}

size_t pipe_capacity(struct pipe *p)
{
    return p->ring.capacity;
}

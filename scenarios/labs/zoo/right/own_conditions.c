/* own_conditions.c - each sleeper has a condition variable of its own, on its stack, in a queue in the
 * order of arrival. Only somebody who can go on is woken, one at a time; who goes on, or leaves, wakes
 * the next. */
#include "ringbuf/pipe.h"

#include "ring.h"

#include <errno.h>
#include <pthread.h>

struct sleeper {
    pthread_cond_t woken;
    size_t bytes, room; /* it waits until so many are there: one of them is 0 */
    int asleep;
    struct sleeper *next;
};

struct pipe {
    pthread_mutex_t lock;
    struct sleeper *first;
    struct ring ring;
    size_t atomic;
    int readers, writers;
};

struct pipe *pipe_new(const struct pipe_options *o)
{
    size_t capacity = o != NULL && o->capacity > 0 ? o->capacity : PIPE_DEFAULT_CAPACITY;
    size_t atomic = o != NULL && o->atomic > 0 ? o->atomic : PIPE_DEFAULT_ATOMIC;
    struct pipe *p = malloc(sizeof *p);
    if (p == NULL || ring_init(&p->ring, capacity) != 0) {
        free(p);
        return NULL;
    }
    pthread_mutex_init(&p->lock, NULL);
    p->first = NULL;
    p->atomic = atomic < capacity ? atomic : capacity;
    p->readers = p->writers = 1;
    return p;
}

void pipe_free(struct pipe *p)
{
    pthread_mutex_destroy(&p->lock);
    free(p->ring.bytes);
    free(p);
}

static int can_go_on(const struct pipe *p, const struct sleeper *s)
{
    if (s->bytes > 0)
        return ring_used(&p->ring) >= s->bytes || p->writers == 0;
    return ring_room(&p->ring) >= s->room || p->readers == 0;
}

/* The first who can go on: whoever comes back takes care of the next. */
static void wake_next(struct pipe *p)
{
    for (struct sleeper **at = &p->first; *at != NULL; at = &(*at)->next) {
        struct sleeper *s = *at;
        if (can_go_on(p, s)) {
            *at = s->next;
            s->asleep = 0;
            pthread_cond_signal(&s->woken);
            return;
        }
    }
}

static void leave(struct pipe *p)
{
    wake_next(p);
    pthread_mutex_unlock(&p->lock);
}

/* Until so many bytes, or so much room, is there, or never will be. -EAGAIN instead of sleeping. */
static int wait_for(struct pipe *p, size_t bytes, size_t room, int flags)
{
    struct sleeper self = {PTHREAD_COND_INITIALIZER, bytes, room, 0, NULL};
    while (!can_go_on(p, &self)) {
        if (flags & PIPE_NONBLOCK)
            return -EAGAIN;
        struct sleeper **last = &p->first;
        while (*last != NULL)
            last = &(*last)->next;
        self.next = NULL;
        self.asleep = 1;
        *last = &self;
        while (self.asleep)
            pthread_cond_wait(&self.woken, &p->lock);
    }
    return 0;
}

ssize_t pipe_read(struct pipe *p, void *dst, size_t n, int flags)
{
    if (n == 0)
        return 0;
    pthread_mutex_lock(&p->lock);
    ssize_t result = wait_for(p, 1, 0, flags);
    if (result == 0)
        result = (ssize_t)ring_take(&p->ring, dst, n);
    leave(p);
    return result;
}

ssize_t pipe_write(struct pipe *p, const void *src, size_t n, int flags)
{
    const char *from = src;
    size_t left = n, need = n <= p->atomic ? n : 1;
    int error = 0;
    if (n == 0)
        return 0;
    pthread_mutex_lock(&p->lock);
    while (left > 0) {
        error = wait_for(p, 0, need, flags);
        if (error == 0 && p->readers == 0)
            error = -EPIPE;
        if (error != 0)
            break;
        size_t piece = left < ring_room(&p->ring) ? left : ring_room(&p->ring);
        ring_put(&p->ring, from, piece);
        from += piece;
        left -= piece;
        wake_next(p);
    }
    leave(p);
    return left < n ? (ssize_t)(n - left) : error;
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
    leave(p);
}

void pipe_close_writer(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    p->writers--;
    leave(p);
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

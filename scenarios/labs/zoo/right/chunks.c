/* chunks.c - no ring: what a write puts in is a chunk of its own on the heap, in a list. Signals wake one
 * reader at a time, who wakes the next if there are bytes left; a signal sent to a sleeping process ends
 * its call (hooks->interrupted). */
#include "ringbuf/pipe.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct chunk {
    struct chunk *next;
    size_t size, gone; /* bytes, and how many of them have been read */
    char bytes[];
};

struct pipe {
    pthread_mutex_t lock;
    pthread_cond_t not_empty, not_full;
    struct chunk *first, **end;
    size_t used, capacity, atomic;
    int readers, writers;
    const struct pipe_hooks *hooks;
    void *ctx;
};

struct pipe *pipe_new(const struct pipe_options *o)
{
    static const struct pipe_options usual;
    struct pipe *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    if (o == NULL)
        o = &usual;
    p->capacity = o->capacity > 0 ? o->capacity : PIPE_DEFAULT_CAPACITY;
    p->atomic = o->atomic > 0 ? o->atomic : PIPE_DEFAULT_ATOMIC;
    if (p->atomic > p->capacity)
        p->atomic = p->capacity;
    p->hooks = o->hooks;
    p->ctx = o->ctx;
    p->end = &p->first;
    p->readers = p->writers = 1;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->not_empty, NULL);
    pthread_cond_init(&p->not_full, NULL);
    return p;
}

void pipe_free(struct pipe *p)
{
    while (p->first != NULL) {
        struct chunk *c = p->first;
        p->first = c->next;
        free(c);
    }
    pthread_cond_destroy(&p->not_empty);
    pthread_cond_destroy(&p->not_full);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

static int interrupted(const struct pipe *p)
{
    return p->hooks != NULL && p->hooks->interrupted != NULL && p->hooks->interrupted(p->ctx);
}

/* -- the list ---------------------------------------------------------------------------------- */

static int put(struct pipe *p, const char *src, size_t n)
{
    struct chunk *c = malloc(sizeof *c + n);
    if (c == NULL)
        return -ENOMEM;
    c->next = NULL;
    c->size = n;
    c->gone = 0;
    memcpy(c->bytes, src, n);
    *p->end = c;
    p->end = &c->next;
    p->used += n;
    return 0;
}

static void drop_first(struct pipe *p)
{
    struct chunk *c = p->first;
    p->first = c->next;
    if (p->first == NULL)
        p->end = &p->first;
    free(c);
}

static size_t take(struct pipe *p, char *dst, size_t n)
{
    size_t got = 0;
    while (got < n && p->first != NULL) {
        struct chunk *c = p->first;
        size_t left = c->size - c->gone, piece = n - got < left ? n - got : left;
        memcpy(dst + got, c->bytes + c->gone, piece);
        got += piece;
        c->gone += piece;
        if (c->gone == c->size)
            drop_first(p);
    }
    p->used -= got;
    return got;
}

/* -- reading and writing ------------------------------------------------------------------------ */

/* 0, or why it should not wait any longer. Who leaves without having looked hands on what it was woken
 * for. */
static int wait_for_bytes(struct pipe *p, int flags)
{
    while (p->used == 0 && p->writers > 0) {
        if (flags & PIPE_NONBLOCK)
            return -EAGAIN;
        if (interrupted(p))
            return -EINTR;
        pthread_cond_wait(&p->not_empty, &p->lock);
    }
    return 0;
}

ssize_t pipe_read(struct pipe *p, void *dst, size_t n, int flags)
{
    if (n == 0)
        return 0;
    pthread_mutex_lock(&p->lock);
    ssize_t result = wait_for_bytes(p, flags);
    if (result == 0)
        result = (ssize_t)take(p, dst, n);
    if (p->used > 0)
        pthread_cond_signal(&p->not_empty);
    if (result > 0)
        pthread_cond_broadcast(&p->not_full);
    pthread_mutex_unlock(&p->lock);
    return result;
}

static int wait_for_room(struct pipe *p, size_t need, int flags)
{
    while (p->readers > 0 && p->capacity - p->used < need) {
        if (flags & PIPE_NONBLOCK)
            return -EAGAIN;
        if (interrupted(p))
            return -EINTR;
        pthread_cond_wait(&p->not_full, &p->lock);
    }
    return p->readers > 0 ? 0 : -EPIPE;
}

ssize_t pipe_write(struct pipe *p, const void *src, size_t n, int flags)
{
    size_t done = 0, need = n <= p->atomic ? n : 1;
    int error = 0;
    if (n == 0)
        return 0;
    pthread_mutex_lock(&p->lock);
    while (done < n && error == 0) {
        error = wait_for_room(p, need, flags);
        size_t room = p->capacity - p->used, piece = n - done < room ? n - done : room;
        if (error == 0)
            error = put(p, (const char *)src + done, piece);
        if (error == 0) {
            done += piece;
            pthread_cond_signal(&p->not_empty);
        }
    }
    pthread_mutex_unlock(&p->lock);
    return done > 0 ? (ssize_t)done : error;
}

/* -- the ends ---------------------------------------------------------------------------------- */

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
    if (p->readers == 0)
        pthread_cond_broadcast(&p->not_full);
    pthread_mutex_unlock(&p->lock);
}

void pipe_close_writer(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    p->writers--;
    if (p->writers == 0)
        pthread_cond_broadcast(&p->not_empty);
    pthread_mutex_unlock(&p->lock);
}

/* -- looking ----------------------------------------------------------------------------------- */

int pipe_poll(struct pipe *p)
{
    int mask = 0;
    pthread_mutex_lock(&p->lock);
    if (p->used > 0)
        mask |= PIPE_IN;
    if (p->capacity - p->used >= p->atomic)
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
    size_t n = p->used;
    pthread_mutex_unlock(&p->lock);
    return n;
}

size_t pipe_capacity(struct pipe *p)
{
    return p->capacity;
}

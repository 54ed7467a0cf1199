/* semaphores.c - semaphores only: one as a lock, and one for each sleeper, which is posted when it is to
 * look again. A post is not lost when the sleeper is not quite asleep; and as each has its own, nobody can
 * take the post of another and sleep in its place (with one semaphore for all, that happens). */
#include "ringbuf/pipe.h"

#include "ring.h"

#include <errno.h>
#include <semaphore.h>

struct sleeper {
    sem_t look_again;
    struct sleeper *next;
};

struct pipe {
    sem_t lock;
    struct sleeper *for_bytes, *for_room; /* who has not been posted yet */
    struct ring ring;
    size_t atomic;
    int readers, writers;
};

struct pipe *pipe_new(const struct pipe_options *o)
{
    size_t capacity = o != NULL && o->capacity > 0 ? o->capacity : PIPE_DEFAULT_CAPACITY;
    size_t atomic = o != NULL && o->atomic > 0 ? o->atomic : PIPE_DEFAULT_ATOMIC;
    struct pipe *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    if (ring_init(&p->ring, capacity) != 0) {
        free(p);
        return NULL;
    }
    sem_init(&p->lock, 0, 1);
    p->atomic = atomic < capacity ? atomic : capacity;
    p->readers = 1;
    p->writers = 1;
    return p;
}

void pipe_free(struct pipe *p)
{
    sem_destroy(&p->lock);
    free(p->ring.bytes);
    free(p);
}

static void lock(struct pipe *p)
{
    sem_wait(&p->lock);
}

static void unlock(struct pipe *p)
{
    sem_post(&p->lock);
}

/* With the lock, which is let go meanwhile. */
static void wait_for(struct pipe *p, struct sleeper **list)
{
    struct sleeper self;
    sem_init(&self.look_again, 0, 0);
    self.next = *list;
    *list = &self;
    unlock(p);
    sem_wait(&self.look_again);
    lock(p);
    sem_destroy(&self.look_again);
}

static void wake_all(struct sleeper **list)
{
    struct sleeper *s = *list;
    *list = NULL;
    while (s != NULL) {
        struct sleeper *next = s->next; /* once posted, it may be gone */
        sem_post(&s->look_again);
        s = next;
    }
}

ssize_t pipe_read(struct pipe *p, void *dst, size_t n, int flags)
{
    ssize_t result = -EAGAIN;
    if (n == 0)
        return 0;
    lock(p);
    while (ring_used(&p->ring) == 0 && p->writers > 0 && (flags & PIPE_NONBLOCK) == 0)
        wait_for(p, &p->for_bytes);
    if (ring_used(&p->ring) > 0 || p->writers == 0) {
        result = (ssize_t)ring_take(&p->ring, dst, n);
        wake_all(&p->for_room);
    }
    unlock(p);
    return result;
}

/* 0, or why nothing more can go in. */
static int wait_for_room(struct pipe *p, size_t need, int flags)
{
    while (ring_room(&p->ring) < need && p->readers > 0) {
        if (flags & PIPE_NONBLOCK)
            return -EAGAIN;
        wait_for(p, &p->for_room);
    }
    return p->readers > 0 ? 0 : -EPIPE;
}

ssize_t pipe_write(struct pipe *p, const void *src, size_t n, int flags)
{
    size_t done = 0, need = n <= p->atomic ? n : 1;
    int error = 0;
    lock(p);
    while (done < n && (error = wait_for_room(p, need, flags)) == 0) {
        size_t piece = n - done;
        if (piece > ring_room(&p->ring))
            piece = ring_room(&p->ring);
        ring_put(&p->ring, (const char *)src + done, piece);
        done += piece;
        wake_all(&p->for_bytes);
    }
    unlock(p);
    return done > 0 || error == 0 ? (ssize_t)done : error;
}

void pipe_open_reader(struct pipe *p)
{
    lock(p);
    p->readers++;
    unlock(p);
}

void pipe_open_writer(struct pipe *p)
{
    lock(p);
    p->writers++;
    unlock(p);
}

void pipe_close_reader(struct pipe *p)
{
    lock(p);
    p->readers--;
    wake_all(&p->for_room);
    unlock(p);
}

void pipe_close_writer(struct pipe *p)
{
    lock(p);
    p->writers--;
    wake_all(&p->for_bytes);
    unlock(p);
}

int pipe_poll(struct pipe *p)
{
    lock(p);
    int mask = (ring_used(&p->ring) > 0 ? PIPE_IN : 0) |
               (ring_room(&p->ring) >= p->atomic ? PIPE_OUT : 0) |
               (p->writers == 0 ? PIPE_HUP : 0) | (p->readers == 0 ? PIPE_ERR : 0);
    unlock(p);
    return mask;
}

size_t pipe_used(struct pipe *p)
{
    lock(p);
    size_t n = ring_used(&p->ring);
    unlock(p);
    return n;
}

size_t pipe_capacity(struct pipe *p)
{
    return p->ring.capacity;
}

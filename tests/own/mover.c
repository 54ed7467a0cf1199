/* A pipe with a thread of its own: writers put bytes into `in`, and `move` carries them to `out`, where readers
 * look. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "ringbuf/pipe.h"

struct pipe {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t mover;
    int over;
    char *in, *out;
    size_t capacity, in_used, out_used;
    int readers, writers;
};

static void *move(void *arg)
{
    struct pipe *p = arg;
    pthread_mutex_lock(&p->lock);
    while (!p->over) {
        if (p->in_used == 0 || p->out_used > 0) {
            pthread_cond_wait(&p->changed, &p->lock);
            continue;
        }
        memcpy(p->out, p->in, p->in_used);
        p->out_used = p->in_used;
        p->in_used = 0;
        pthread_cond_broadcast(&p->changed);
    }
    pthread_mutex_unlock(&p->lock);
    return p;
}

struct pipe *pipe_new(const struct pipe_options *options)
{
    struct pipe *p = calloc(1, sizeof *p);
    p->capacity = options->capacity;
    p->in = malloc(p->capacity);
    p->out = malloc(p->capacity);
    p->readers = p->writers = 1;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    return pthread_create(&p->mover, NULL, move, p) == 0 ? p : NULL;
}

void pipe_free(struct pipe *p)
{
    void *result;
    pthread_mutex_lock(&p->lock);
    p->over = 1;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    if (pthread_join(p->mover, &result) != 0 || result != p)
        abort();
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    free(p->in);
    free(p->out);
    free(p);
}

ssize_t pipe_read(struct pipe *p, void *to, size_t n, int flags)
{
    (void)flags;
    pthread_mutex_lock(&p->lock);
    while (p->out_used == 0 && (p->writers > 0 || p->in_used > 0))
        pthread_cond_wait(&p->changed, &p->lock);
    n = n < p->out_used ? n : p->out_used;
    memcpy(to, p->out, n);
    memmove(p->out, p->out + n, p->out_used - n);
    p->out_used -= n;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    return (ssize_t)n;
}

ssize_t pipe_write(struct pipe *p, const void *from, size_t n, int flags)
{
    size_t done = 0;
    (void)flags;
    pthread_mutex_lock(&p->lock);
    while (done < n && p->readers > 0) {
        size_t room = p->capacity - p->in_used, piece = n - done < room ? n - done : room;
        if (room == 0) {
            pthread_cond_wait(&p->changed, &p->lock);
            continue;
        }
        memcpy(p->in + p->in_used, (const char *)from + done, piece);
        p->in_used += piece;
        done += piece;
        pthread_cond_broadcast(&p->changed);
    }
    pthread_mutex_unlock(&p->lock);
    return done > 0 || n == 0 ? (ssize_t)done : -EPIPE;
}

static void change(struct pipe *p, int *count, int by)
{
    pthread_mutex_lock(&p->lock);
    *count += by;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

void pipe_open_reader(struct pipe *p)
{
    change(p, &p->readers, 1);
}
void pipe_open_writer(struct pipe *p)
{
    change(p, &p->writers, 1);
}
void pipe_close_reader(struct pipe *p)
{
    change(p, &p->readers, -1);
}
void pipe_close_writer(struct pipe *p)
{
    change(p, &p->writers, -1);
}

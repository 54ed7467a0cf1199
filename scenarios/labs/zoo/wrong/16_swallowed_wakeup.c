/* 16: a wake-up is swallowed by one who leaves. "A signal has come for me, so I go." It may have been woken
 * for a byte just before, and nobody else is told of that byte. */
#define pipe_read  right_read
#define pipe_write right_write
#define pipe_new   right_new
#include "../right/two_conditions.c"
#undef pipe_read
#undef pipe_write
#undef pipe_new

static const struct pipe_hooks *hooks;
static void *hooks_ctx;

struct pipe *pipe_new(const struct pipe_options *o)
{
    hooks = o->hooks;
    hooks_ctx = o->ctx;
    return right_new(o);
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
        if (hooks->interrupted(hooks_ctx))
            return leave(p, -EINTR);
    }
    size_t got = ring_take(&p->ring, dst, n);
    if (ring_used(&p->ring) > 0)
        pthread_cond_signal(&p->not_empty);
    pthread_cond_broadcast(&p->not_full);
    return leave(p, (ssize_t)got);
}

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
        pthread_cond_signal(&p->not_empty);
    }
    return leave(p, (ssize_t)done);
}

/* 37: an error in the middle of a copy loses the count. "A signal has come: EINTR." (So for a bad address:
 * EFAULT.) Eight bytes are in the pipe; whoever is told that none are writes them once more. */
#define pipe_write right_write
#define pipe_new   right_new
#include "../right/two_conditions.c"
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
            if (hooks->interrupted(hooks_ctx))
                return leave(p, -EINTR);
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

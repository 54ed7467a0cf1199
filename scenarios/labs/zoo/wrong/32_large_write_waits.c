/* 32: every write waits for room for all of it. "Writes are atomic." Room for 12 bytes will never be in a
 * pipe of 8. */
#define pipe_write right_write
#include "../right/two_conditions.c"
#undef pipe_write

ssize_t pipe_write(struct pipe *p, const void *src, size_t n, int flags)
{
    pthread_mutex_lock(&p->lock);
    while (ring_room(&p->ring) < n && p->readers > 0) {
        if (flags & PIPE_NONBLOCK)
            return leave(p, -EAGAIN);
        pthread_cond_wait(&p->not_full, &p->lock);
    }
    if (p->readers == 0 && n > 0)
        return leave(p, -EPIPE);
    ring_put(&p->ring, src, n);
    pthread_cond_broadcast(&p->not_empty);
    return leave(p, (ssize_t)n);
}

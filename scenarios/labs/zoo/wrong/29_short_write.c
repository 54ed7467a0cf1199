/* 29: a write that does not fit is not continued. "It says how many went in, as read does." A blocking
 * write sleeps until all are in. */
#define pipe_write right_write
#include "../right/two_conditions.c"
#undef pipe_write

ssize_t pipe_write(struct pipe *p, const void *src, size_t n, int flags)
{
    size_t need = n <= p->atomic ? n : 1;
    if (n == 0)
        return 0;
    pthread_mutex_lock(&p->lock);
    while (ring_room(&p->ring) < need && p->readers > 0) {
        if (flags & PIPE_NONBLOCK)
            return leave(p, -EAGAIN);
        pthread_cond_wait(&p->not_full, &p->lock);
    }
    if (p->readers == 0)
        return leave(p, -EPIPE);
    size_t piece = n < ring_room(&p->ring) ? n : ring_room(&p->ring);
    ring_put(&p->ring, src, piece);
    pthread_cond_broadcast(&p->not_empty);
    return leave(p, (ssize_t)piece);
}

/* 15: writers are woken only when the pipe was full. "Else none of them sleeps." One that needs four bytes
 * of room sleeps although two are free. */
#define pipe_read right_read
#include "../right/two_conditions.c"
#undef pipe_read

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
    int was_full = ring_room(&p->ring) == 0;
    size_t got = ring_take(&p->ring, dst, n);
    if (was_full)
        pthread_cond_broadcast(&p->not_full);
    return leave(p, (ssize_t)got);
}

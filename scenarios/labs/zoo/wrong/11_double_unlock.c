/* 11: the lock is let go twice on the path of end of file. "To be on the safe side." By then it may be
 * somebody else's. */
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
    size_t got = ring_take(&p->ring, dst, n);
    if (got == 0)
        pthread_mutex_unlock(&p->lock);
    pthread_cond_broadcast(&p->not_full);
    return leave(p, (ssize_t)got);
}

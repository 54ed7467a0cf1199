/* 1: `if` instead of `while` around the wait. "I was woken, so there is a byte for me."
 * Another reader may have been quicker; then this one takes nothing, and says end of file. */
#define pipe_read right_read
#include "../right/two_conditions.c"
#undef pipe_read

ssize_t pipe_read(struct pipe *p, void *dst, size_t n, int flags)
{
    if (n == 0)
        return 0;
    pthread_mutex_lock(&p->lock);
    if (ring_used(&p->ring) == 0 && p->writers > 0) {
        if (flags & PIPE_NONBLOCK)
            return leave(p, -EAGAIN);
        pthread_cond_wait(&p->not_empty, &p->lock);
    }
    size_t got = ring_take(&p->ring, dst, n);
    pthread_cond_broadcast(&p->not_full);
    return leave(p, (ssize_t)got);
}

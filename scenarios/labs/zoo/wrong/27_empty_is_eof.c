/* 27: 0 from an empty pipe, although somebody can still write. "Nothing there: 0 bytes." To whoever reads,
 * 0 is the end. */
#define pipe_read right_read
#include "../right/two_conditions.c"
#undef pipe_read

ssize_t pipe_read(struct pipe *p, void *dst, size_t n, int flags)
{
    if (n == 0)
        return 0;
    pthread_mutex_lock(&p->lock);
    size_t got = ring_take(&p->ring, dst, n);
    pthread_cond_broadcast(&p->not_full);
    return leave(p, (ssize_t)got);
}

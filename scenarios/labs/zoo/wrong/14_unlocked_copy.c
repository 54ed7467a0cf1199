/* 14: the lock is dropped around the copy. "Copying is slow, and others want to work." Two readers copy
 * the same bytes, and both are counted off. */
#define pipe_read right_read
#include "../right/two_conditions.c"
#undef pipe_read

ssize_t pipe_read(struct pipe *p, void *dst, size_t n, int flags)
{
    char dropped[4096];
    if (n == 0)
        return 0;
    pthread_mutex_lock(&p->lock);
    while (ring_used(&p->ring) == 0 && p->writers > 0) {
        if (flags & PIPE_NONBLOCK)
            return leave(p, -EAGAIN);
        pthread_cond_wait(&p->not_empty, &p->lock);
    }
    size_t got = n < ring_used(&p->ring) ? n : ring_used(&p->ring);
    got = got < sizeof dropped ? got : sizeof dropped;
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < got; i++)
        ((char *)dst)[i] = p->ring.bytes[(p->ring.first + i) % p->ring.capacity];
    pthread_mutex_lock(&p->lock);
    ring_take(&p->ring, dropped, got);
    pthread_cond_broadcast(&p->not_full);
    return leave(p, (ssize_t)got);
}

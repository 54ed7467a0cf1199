/* 28: end of file before the bytes that are left. "No writer: the end." What was written before the close
 * comes first. */
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
    if (p->writers == 0)
        return leave(p, 0);
    size_t got = ring_take(&p->ring, dst, n);
    pthread_cond_broadcast(&p->not_full);
    return leave(p, (ssize_t)got);
}

/* 4: it looks first, and takes the lock only to sleep. "Reading a variable needs no lock." The signal may
 * come between the look and the sleep; nobody hears it. */
#define pipe_read right_read
#include "../right/two_conditions.c"
#undef pipe_read

ssize_t pipe_read(struct pipe *p, void *dst, size_t n, int flags)
{
    if (n == 0)
        return 0;
    if (ring_used(&p->ring) == 0 && p->writers > 0) {
        if (flags & PIPE_NONBLOCK)
            return -EAGAIN;
        pthread_mutex_lock(&p->lock);
        pthread_cond_wait(&p->not_empty, &p->lock);
    } else {
        pthread_mutex_lock(&p->lock);
    }
    while (ring_used(&p->ring) == 0 && p->writers > 0)
        pthread_cond_wait(&p->not_empty, &p->lock);
    size_t got = ring_take(&p->ring, dst, n);
    pthread_cond_broadcast(&p->not_full);
    return leave(p, (ssize_t)got);
}

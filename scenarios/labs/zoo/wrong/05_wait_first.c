/* 5: it waits without having looked. "A reader waits for a writer, and then it reads." The bytes may be
 * there already, and nobody will announce them again. */
#define pipe_read right_read
#include "../right/two_conditions.c"
#undef pipe_read

ssize_t pipe_read(struct pipe *p, void *dst, size_t n, int flags)
{
    if (n == 0)
        return 0;
    pthread_mutex_lock(&p->lock);
    do {
        if (flags & PIPE_NONBLOCK && ring_used(&p->ring) == 0)
            return leave(p, -EAGAIN);
        pthread_cond_wait(&p->not_empty, &p->lock);
    } while (ring_used(&p->ring) == 0 && p->writers > 0);
    size_t got = ring_take(&p->ring, dst, n);
    pthread_cond_broadcast(&p->not_full);
    return leave(p, (ssize_t)got);
}

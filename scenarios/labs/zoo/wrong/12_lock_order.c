/* 12: two locks, taken in two orders. "The statistics get a lock of their own." A writer has the one and
 * wants the other, a reader the other way round. */
#define pipe_read  right_read
#define pipe_write right_write
#include "../right/two_conditions.c"
#undef pipe_read
#undef pipe_write

static pthread_mutex_t statistics = PTHREAD_MUTEX_INITIALIZER;
static size_t bytes_read, bytes_written;

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
    pthread_mutex_lock(&statistics);
    bytes_read += got;
    pthread_mutex_unlock(&statistics);
    pthread_cond_broadcast(&p->not_full);
    return leave(p, (ssize_t)got);
}

ssize_t pipe_write(struct pipe *p, const void *src, size_t n, int flags)
{
    pthread_mutex_lock(&statistics);
    bytes_written += n;
    pthread_mutex_lock(&p->lock);
    pthread_mutex_unlock(&statistics);
    pthread_mutex_unlock(&p->lock);
    return right_write(p, src, n, flags);
}

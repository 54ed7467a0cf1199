/* 3: one condition variable for both directions, and a signal. "Whoever waits is woken." The signal that
 * is for the writer may wake another reader, who goes back to sleep. */
#define pipe_read  right_read
#define pipe_write right_write
#include "../right/two_conditions.c"
#undef pipe_read
#undef pipe_write

#define changed not_empty

ssize_t pipe_read(struct pipe *p, void *dst, size_t n, int flags)
{
    if (n == 0)
        return 0;
    pthread_mutex_lock(&p->lock);
    while (ring_used(&p->ring) == 0 && p->writers > 0) {
        if (flags & PIPE_NONBLOCK)
            return leave(p, -EAGAIN);
        pthread_cond_wait(&p->changed, &p->lock);
    }
    size_t got = ring_take(&p->ring, dst, n);
    pthread_cond_signal(&p->changed);
    return leave(p, (ssize_t)got);
}

ssize_t pipe_write(struct pipe *p, const void *src, size_t n, int flags)
{
    size_t done = 0, need = n <= p->atomic ? n : 1;
    pthread_mutex_lock(&p->lock);
    while (done < n) {
        size_t room = ring_room(&p->ring), left = n - done;
        if (p->readers == 0)
            return leave(p, done > 0 ? (ssize_t)done : -EPIPE);
        if (room < need) {
            if (flags & PIPE_NONBLOCK)
                return leave(p, done > 0 ? (ssize_t)done : -EAGAIN);
            pthread_cond_wait(&p->changed, &p->lock);
            continue;
        }
        size_t piece = left < room ? left : room;
        ring_put(&p->ring, (const char *)src + done, piece);
        done += piece;
        pthread_cond_signal(&p->changed);
    }
    return leave(p, (ssize_t)done);
}

/* 2: the signal is sent first, without the lock, and the bytes follow. "The reader will take a while to
 * wake up anyway." A reader that looks in between finds nothing, and sleeps. */
#define pipe_write right_write
#include "../right/two_conditions.c"
#undef pipe_write

ssize_t pipe_write(struct pipe *p, const void *src, size_t n, int flags)
{
    size_t done = 0, need = n <= p->atomic ? n : 1;
    pthread_cond_broadcast(&p->not_empty);
    pthread_mutex_lock(&p->lock);
    while (done < n) {
        size_t room = ring_room(&p->ring), left = n - done;
        if (p->readers == 0)
            return leave(p, done > 0 ? (ssize_t)done : -EPIPE);
        if (room < need) {
            if (flags & PIPE_NONBLOCK)
                return leave(p, done > 0 ? (ssize_t)done : -EAGAIN);
            pthread_cond_wait(&p->not_full, &p->lock);
            continue;
        }
        size_t piece = left < room ? left : room;
        ring_put(&p->ring, (const char *)src + done, piece);
        done += piece;
    }
    return leave(p, (ssize_t)done);
}

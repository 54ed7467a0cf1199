/* 34: it looks for readers on entry only. The last reader may leave while the writer sleeps: it is woken,
 * finds no room, and sleeps for ever. */
#define pipe_write right_write
#include "../right/two_conditions.c"
#undef pipe_write

ssize_t pipe_write(struct pipe *p, const void *src, size_t n, int flags)
{
    size_t done = 0, need = n <= p->atomic ? n : 1;
    pthread_mutex_lock(&p->lock);
    if (p->readers == 0 && n > 0)
        return leave(p, -EPIPE);
    while (done < n) {
        size_t room = ring_room(&p->ring), left = n - done;
        if (room < need) {
            if (flags & PIPE_NONBLOCK)
                return leave(p, done > 0 ? (ssize_t)done : -EAGAIN);
            pthread_cond_wait(&p->not_full, &p->lock);
            continue;
        }
        size_t piece = left < room ? left : room;
        ring_put(&p->ring, (const char *)src + done, piece);
        done += piece;
        pthread_cond_broadcast(&p->not_empty);
    }
    return leave(p, (ssize_t)done);
}

/* 30: the second piece begins at the beginning again. The count goes on, and the pointer does not. */
#define pipe_write right_write
#include "../right/two_conditions.c"
#undef pipe_write

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
            pthread_cond_wait(&p->not_full, &p->lock);
            continue;
        }
        size_t piece = left < room ? left : room;
        ring_put(&p->ring, src, piece);
        done += piece;
        pthread_cond_broadcast(&p->not_empty);
    }
    return leave(p, (ssize_t)done);
}

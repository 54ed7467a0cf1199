/* A pipe for one reader and one writer, whose reader says so each time that it has waited for 5 ticks in vain. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ringbuf/pipe.h"

struct pipe {
    pthread_mutex_t lock;
    pthread_rwlock_t ends;
    sem_t bytes;
    char cells[64];
    size_t put, taken;
    int writers;
};

static struct timespec in_ticks(int n)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += n * 1000000L;
    t.tv_sec += t.tv_nsec / 1000000000L;
    t.tv_nsec %= 1000000000L;
    return t;
}

struct pipe *pipe_new(const struct pipe_options *options)
{
    struct pipe *p = calloc(1, sizeof *p);
    (void)options;
    pthread_mutex_init(&p->lock, NULL);
    pthread_rwlock_init(&p->ends, NULL);
    sem_init(&p->bytes, 0, 0);
    p->writers = 1;
    return p;
}

void pipe_free(struct pipe *p)
{
    free(p);
}

static int is_over(struct pipe *p)
{
    struct timespec until = in_ticks(1);
    if (pthread_rwlock_timedrdlock(&p->ends, &until) != 0)
        return 0;
    int over = p->writers == 0;
    pthread_rwlock_unlock(&p->ends);
    return over;
}

ssize_t pipe_read(struct pipe *p, void *to, size_t n, int flags)
{
    char *at = to;
    size_t got = 0;
    (void)flags;
    while (got == 0) {
        struct timespec until = in_ticks(5);
        if (sem_timedwait(&p->bytes, &until) == 0) {
            pthread_mutex_lock(&p->lock);
            at[got++] = p->cells[p->taken++ % sizeof p->cells];
            pthread_mutex_unlock(&p->lock);
        } else if (errno != ETIMEDOUT || is_over(p)) {
            return 0;
        } else {
            printf("nothing yet\n");
        }
    }
    while (got < n && sem_trywait(&p->bytes) == 0) {
        pthread_mutex_lock(&p->lock);
        at[got++] = p->cells[p->taken++ % sizeof p->cells];
        pthread_mutex_unlock(&p->lock);
    }
    return (ssize_t)got;
}

ssize_t pipe_write(struct pipe *p, const void *from, size_t n, int flags)
{
    (void)flags;
    for (size_t i = 0; i < n; i++) {
        struct timespec until = in_ticks(3);
        if (pthread_mutex_timedlock(&p->lock, &until) != 0)
            return -EIO;
        p->cells[p->put++ % sizeof p->cells] = ((const char *)from)[i];
        pthread_mutex_unlock(&p->lock);
        sem_post(&p->bytes);
    }
    return (ssize_t)n;
}

void pipe_open_reader(struct pipe *p)
{
    (void)p;
}

void pipe_open_writer(struct pipe *p)
{
    pthread_rwlock_wrlock(&p->ends);
    p->writers++;
    pthread_rwlock_unlock(&p->ends);
}

void pipe_close_reader(struct pipe *p)
{
    (void)p;
}

void pipe_close_writer(struct pipe *p)
{
    pthread_rwlock_wrlock(&p->ends);
    p->writers--;
    pthread_rwlock_unlock(&p->ends);
}

/* seated.c - see seated.h. */
#include "tests/sim/seated.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

char taken[4 * PIPEFUL];

static struct caller *callers[32];
static int caller_count;

static ssize_t with_error(ssize_t result)
{
    return result < 0 ? -errno : result;
}

static void *caller_main(void *arg)
{
    struct caller *c = arg;
    c->number = sim_thread();
    c->result = with_error(c->call(c));
    c->returned = true;
    return NULL;
}

bool caller_sleeps(struct caller *c)
{
    while (!c->returned && (c->number == 0 || sim_is_asleep(c->number) != 1))
        sched_yield();
    return !c->returned;
}

ssize_t caller_result(struct caller *c)
{
    if (c->thread != 0)
        pthread_join(c->thread, NULL);
    c->thread = 0;
    return c->result;
}

struct caller *caller_of(ssize_t (*call)(struct caller *c), int fd, size_t n, int with)
{
    struct caller *c = calloc(1, sizeof *c);
    if (c == NULL || caller_count == (int)(sizeof callers / sizeof *callers))
        abort();
    callers[caller_count++] = c;
    c->call = call;
    c->fd = fd;
    c->n = n;
    c->with = with;
    c->buffer = calloc(1, n + 1);
    if (c->buffer == NULL || pthread_create(&c->thread, NULL, caller_main, c) != 0)
        abort();
    caller_sleeps(c);
    return c;
}

void forget_callers(void)
{
    while (caller_count > 0) {
        struct caller *c = callers[--caller_count];
        caller_result(c);
        free(c->buffer);
        free(c);
    }
}

static ssize_t reads(struct caller *c)
{
    return sim_read(c->fd, c->buffer, c->n);
}

struct caller *reader_of(int fd, size_t n)
{
    return caller_of(reads, fd, n, 0);
}

static ssize_t enters_and_reads(struct caller *c)
{
    if (sim_enter(c->with) != 0)
        return -1;
    c->number = sim_thread();
    return reads(c);
}

struct caller *reader_in(int process, int fd, size_t n)
{
    return caller_of(enters_and_reads, fd, n, process);
}

static ssize_t writes(struct caller *c)
{
    memset(c->buffer, c->with, c->n);
    return sim_write(c->fd, c->buffer, c->n);
}

struct caller *writer_to(int fd, size_t n, char fill)
{
    return caller_of(writes, fd, n, fill);
}

ssize_t put(int fd, size_t n, char fill)
{
    char *bytes = malloc(n + 1);
    if (bytes == NULL)
        abort();
    memset(bytes, fill, n);
    ssize_t result = with_error(sim_write(fd, bytes, n));
    free(bytes);
    return result;
}

ssize_t take(int fd, size_t n)
{
    if (n > sizeof taken)
        abort();
    return with_error(sim_read(fd, taken, n));
}

int bytes_in(int fd)
{
    int n = 0;
    return sim_ioctl(fd, FIONREAD, &n) != 0 ? -errno : n;
}

int mask_of(int fd)
{
    struct pollfd p = {fd, POLLIN | POLLOUT, 0};
    return sim_poll(&p, 1, 0) < 0 ? -errno : p.revents;
}

void stay_awake(int fd)
{
    sim_fcntl(fd, F_SETFL, sim_fcntl(fd, F_GETFL) | O_NONBLOCK);
}

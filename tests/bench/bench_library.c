/* bench_library.c - what does a call of pipesim.h cost, next to the same call on pipe(2)?
 *
 *     bench_library [--rounds N]
 *
 * A write and a read of the same bytes by one thread; and there and back between two threads, through two
 * pipes. The two take turns; each figure is divided by pipe(2)'s of the same round, and the median over
 * the rounds is printed. */
#include "sim/library/pipesim.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 11, MOST_ROUNDS = 99, PAIRS = 20000, TRIPS = 3000, MOST_BYTES = 4096 };

struct peer {
    const char *name;
    int (*make)(int fds[2]);
    ssize_t (*put)(int fd, const void *src, size_t n);
    ssize_t (*take)(int fd, void *dst, size_t n);
    int (*shut)(int fd);
};

static const struct peer host = {"pipe(2)", pipe, write, read, close};
static const struct peer library = {"sim_pipe", sim_pipe, sim_write, sim_read, sim_close};

static char bytes[MOST_BYTES];

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void must(ssize_t n, size_t wanted)
{
    if (n != (ssize_t)wanted)
        abort();
}

/* Nanoseconds of a write and a read. */
static double pair(const struct peer *p, size_t n)
{
    int fds[2];
    must(p->make(fds), 0);
    int64_t start = now_ns();
    for (int i = 0; i < PAIRS; i++) {
        must(p->put(fds[1], bytes, n), n);
        must(p->take(fds[0], bytes, n), n);
    }
    double each = (double)(now_ns() - start) / PAIRS;
    p->shut(fds[0]);
    p->shut(fds[1]);
    return each;
}

struct echo {
    const struct peer *peer;
    int there[2], back[2];
    size_t n;
};

static void *echo(void *arg)
{
    const struct echo *e = arg;
    static char other_bytes[MOST_BYTES];
    for (int i = 0; i < TRIPS; i++) {
        must(e->peer->take(e->there[0], other_bytes, e->n), e->n);
        must(e->peer->put(e->back[1], other_bytes, e->n), e->n);
    }
    return NULL;
}

/* Nanoseconds of a trip to another thread and back. */
static double trip(const struct peer *p, size_t n)
{
    struct echo e = {.peer = p, .n = n};
    pthread_t thread;
    must(p->make(e.there), 0);
    must(p->make(e.back), 0);
    pthread_create(&thread, NULL, echo, &e);
    int64_t start = now_ns();
    for (int i = 0; i < TRIPS; i++) {
        must(p->put(e.there[1], bytes, n), n);
        must(p->take(e.back[0], bytes, n), n);
    }
    double each = (double)(now_ns() - start) / TRIPS;
    pthread_join(thread, NULL);
    for (int i = 0; i < 2; i++) {
        p->shut(e.there[i]);
        p->shut(e.back[i]);
    }
    return each;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void compare(const char *what, double measure(const struct peer *p, size_t n), size_t n,
                    int rounds)
{
    double ratios[MOST_ROUNDS], ns[MOST_ROUNDS];
    for (int i = 0; i < rounds; i++) {
        double right = measure(&host, n);
        ns[i] = measure(&library, n);
        ratios[i] = ns[i] / right;
    }
    qsort(ratios, (size_t)rounds, sizeof *ratios, ascending);
    qsort(ns, (size_t)rounds, sizeof *ns, ascending);
    printf("    %-36s %4zu bytes  %6.2f of pipe(2)   (%.0f ns)\n", what, n, ratios[rounds / 2],
           ns[rounds / 2]);
}

int main(int argc, char **argv)
{
    int rounds = argc == 3 && strcmp(argv[1], "--rounds") == 0 ? atoi(argv[2]) : ROUNDS;
    struct sim *sim = sim_new(NULL);
    if (sim == NULL || rounds < 1 || rounds > MOST_ROUNDS)
        return 2;
    compare("write and read, one thread", pair, 1, rounds);
    compare("write and read, one thread", pair, MOST_BYTES, rounds);
    compare("there and back, two threads", trip, 1, rounds);
    compare("there and back, two threads", trip, MOST_BYTES, rounds);
    sim_free(sim);
    return 0;
}

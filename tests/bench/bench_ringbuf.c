/* bench_ringbuf.c - how fast is libringbuf between two real threads, next to pipe(2) and two more?
 *
 *     bench_ringbuf [--quick] [--one-cpu] [--rounds N]
 *
 * Absolute figures depend on the machine, on where the two threads run and on what else does. So
 * the peers take turns within a round, each figure is divided by pipe(2)'s of the same round, and
 * what is printed is the median over the rounds. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* pthread_setaffinity_np */
#endif
#include "ringbuf/pipe.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    CAPACITY = 65536, /* bytes, of every pipe and ring here; a socket has its own default */
    SECOND_NS = 1000000000,
    TURN_NS = 40000000, /* how long a peer runs in one round, for one figure */
    ROUNDS = 19,
    QUICK_ROUNDS = 4,
    MAX_ROUNDS = 1000
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* -- the peers -- */

struct peer {
    const char *name;
    void *(*open)(void);
    ssize_t (*put)(void *q, const void *src, size_t n);
    ssize_t (*take)(void *q, void *dst, size_t n);
    void (*close_writer)(void *q);
    void (*free)(void *q);
};

/* libringbuf */

static void *ringbuf_open(void)
{
    struct pipe *p = pipe_new(&(struct pipe_options){.capacity = CAPACITY});
    if (p == NULL)
        die("pipe_new");
    return p;
}

static ssize_t ringbuf_put(void *q, const void *src, size_t n)
{
    return pipe_write(q, src, n, 0);
}

static ssize_t ringbuf_take(void *q, void *dst, size_t n)
{
    return pipe_read(q, dst, n, 0);
}

static void ringbuf_close_writer(void *q)
{
    pipe_close_writer(q);
}

static void ringbuf_free(void *q)
{
    pipe_free(q);
}

/* The two that the kernel serves */

struct fds {
    int end[2]; /* read end, write end; -1 when closed */
};

static void *pipe2_open(void)
{
    struct fds *f = malloc(sizeof *f);
    if (f == NULL || pipe(f->end) != 0)
        die("pipe");
    return f;
}

static void *socketpair_open(void)
{
    struct fds *f = malloc(sizeof *f);
    if (f == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, f->end) != 0)
        die("socketpair");
    return f;
}

static ssize_t fds_put(void *q, const void *src, size_t n)
{
    return write(((struct fds *)q)->end[1], src, n);
}

static ssize_t fds_take(void *q, void *dst, size_t n)
{
    return read(((struct fds *)q)->end[0], dst, n);
}

static void fds_close_writer(void *q)
{
    struct fds *f = q;
    close(f->end[1]);
    f->end[1] = -1;
}

static void fds_free(void *q)
{
    struct fds *f = q;
    close(f->end[0]);
    if (f->end[1] >= 0)
        close(f->end[1]);
    free(f);
}

/* What one writes first: a lock, two condition variables, a signal after every copy */

struct naive {
    pthread_mutex_t lock;
    pthread_cond_t not_empty, not_full;
    size_t from, used;
    bool closed;
    unsigned char cells[CAPACITY];
};

static void *naive_open(void)
{
    struct naive *q = calloc(1, sizeof *q);
    if (q == NULL)
        die("calloc");
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->not_empty, NULL);
    pthread_cond_init(&q->not_full, NULL);
    return q;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t naive_copy_in(struct naive *q, const unsigned char *src, size_t n)
{
    size_t at = (q->from + q->used) % CAPACITY;
    size_t count = least(n, CAPACITY - q->used);
    size_t to_end = least(count, CAPACITY - at);
    memcpy(q->cells + at, src, to_end);
    memcpy(q->cells, src + to_end, count - to_end);
    q->used += count;
    return count;
}

static ssize_t naive_put(void *queue, const void *src, size_t n)
{
    struct naive *q = queue;
    size_t done = 0;
    pthread_mutex_lock(&q->lock);
    while (done < n) {
        while (q->used == CAPACITY)
            pthread_cond_wait(&q->not_full, &q->lock);
        done += naive_copy_in(q, (const unsigned char *)src + done, n - done);
        pthread_cond_signal(&q->not_empty);
    }
    pthread_mutex_unlock(&q->lock);
    return (ssize_t)n;
}

static ssize_t naive_take(void *queue, void *dst, size_t n)
{
    struct naive *q = queue;
    pthread_mutex_lock(&q->lock);
    while (q->used == 0 && !q->closed)
        pthread_cond_wait(&q->not_empty, &q->lock);
    size_t count = least(n, q->used);
    size_t to_end = least(count, CAPACITY - q->from);
    memcpy(dst, q->cells + q->from, to_end);
    memcpy((unsigned char *)dst + to_end, q->cells, count - to_end);
    q->from = (q->from + count) % CAPACITY;
    q->used -= count;
    pthread_cond_signal(&q->not_full);
    pthread_mutex_unlock(&q->lock);
    return (ssize_t)count;
}

static void naive_close_writer(void *queue)
{
    struct naive *q = queue;
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_cond_broadcast(&q->not_empty);
    pthread_mutex_unlock(&q->lock);
}

static void naive_free(void *queue)
{
    struct naive *q = queue;
    pthread_cond_destroy(&q->not_full);
    pthread_cond_destroy(&q->not_empty);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

enum { PIPE2, RINGBUF, SOCKETPAIR, NAIVE, PEERS };

static const struct peer peers[PEERS] = {
    [PIPE2] = {"pipe(2)", pipe2_open, fds_put, fds_take, fds_close_writer, fds_free},
    [RINGBUF] = {"libringbuf", ringbuf_open, ringbuf_put, ringbuf_take, ringbuf_close_writer,
                 ringbuf_free},
    [SOCKETPAIR] = {"socketpair", socketpair_open, fds_put, fds_take, fds_close_writer, fds_free},
    [NAIVE] = {"naive ring", naive_open, naive_put, naive_take, naive_close_writer, naive_free},
};

/* -- time and place -- */

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

enum place { APART, TOGETHER };

static enum place place = APART;

/* Puts the calling thread on the first or, when the two are apart, on the last processor it may
 * use. Where there is no such call the system places the threads. */
static void settle(int which)
{
#ifdef __linux__
    static cpu_set_t allowed; /* as it was at the first call, which is made before any thread */
    static bool known;
    cpu_set_t one;
    int chosen = -1;
    if (!known)
        known = pthread_getaffinity_np(pthread_self(), sizeof allowed, &allowed) == 0;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        bool is_later = which == 1 && place == APART;
        if (CPU_ISSET(cpu, &allowed) && (chosen < 0 || is_later))
            chosen = cpu;
    }
    CPU_ZERO(&one);
    CPU_SET(chosen, &one);
    pthread_setaffinity_np(pthread_self(), sizeof one, &one);
#else
    (void)which;
#endif
}

/* -- throughput -- */

struct stream {
    const struct peer *peer; /* borrowed */
    void *queue;             /* borrowed */
    size_t chunk;
    uint64_t deadline;
};

static void *stream_writer(void *arg)
{
    struct stream *s = arg;
    unsigned char *chunk = calloc(1, s->chunk);
    unsigned between_looks_at_the_clock = s->chunk < 4096 ? 64 : 4;
    settle(1);
    do {
        for (unsigned i = 0; i < between_looks_at_the_clock; i++) {
            if (s->peer->put(s->queue, chunk, s->chunk) != (ssize_t)s->chunk)
                die("short write");
        }
    } while (now_ns() < s->deadline);
    s->peer->close_writer(s->queue);
    free(chunk);
    return NULL;
}

/* Bytes per second, reading and writing in calls of `chunk` bytes. */
static double throughput(const struct peer *peer, size_t chunk)
{
    uint64_t start = now_ns();
    struct stream s = {peer, peer->open(), chunk, start + TURN_NS};
    unsigned char *buffer = malloc(chunk);
    pthread_t writer;
    double bytes = 0;
    ssize_t got;
    if (buffer == NULL || pthread_create(&writer, NULL, stream_writer, &s) != 0)
        die("pthread_create");
    while ((got = peer->take(s.queue, buffer, chunk)) > 0)
        bytes += (double)got;
    double seconds = (double)(now_ns() - start) / SECOND_NS;
    pthread_join(writer, NULL);
    peer->free(s.queue);
    free(buffer);
    return bytes / seconds;
}

/* -- latency -- */

struct echo {
    const struct peer *peer; /* borrowed */
    void *there, *back;      /* borrowed */
};

static void *echo_thread(void *arg)
{
    struct echo *e = arg;
    char byte;
    settle(1);
    while (e->peer->take(e->there, &byte, 1) == 1)
        e->peer->put(e->back, &byte, 1);
    return NULL;
}

/* Seconds for one byte to go there through one queue and come back through another. */
static double round_trip(const struct peer *peer)
{
    struct echo e = {peer, peer->open(), peer->open()};
    pthread_t thread;
    char byte = 'x';
    unsigned long trips = 0;
    if (pthread_create(&thread, NULL, echo_thread, &e) != 0)
        die("pthread_create");
    uint64_t start = now_ns();
    do {
        for (int i = 0; i < 16; i++, trips++) {
            if (peer->put(e.there, &byte, 1) != 1 || peer->take(e.back, &byte, 1) != 1)
                die("ping-pong");
        }
    } while (now_ns() < start + TURN_NS);
    double seconds = (double)(now_ns() - start) / SECOND_NS / (double)trips;
    peer->close_writer(e.there);
    pthread_join(thread, NULL);
    peer->free(e.there);
    peer->free(e.back);
    return seconds;
}

/* The least that any hand-over can cost: one cache line, there and back. It tells how far apart the
 * two processors are today. */
enum { LINE_TRIPS = 20000 };

static void *line_thread(void *arg)
{
    atomic_uint *turn = arg;
    settle(1);
    for (unsigned i = 0; i < LINE_TRIPS; i++) {
        while (atomic_load_explicit(turn, memory_order_acquire) != 2 * i + 1)
            ;
        atomic_store_explicit(turn, 2 * i + 2, memory_order_release);
    }
    return NULL;
}

static double cache_line_round_trip(void)
{
    static atomic_uint turn;
    pthread_t thread;
    if (pthread_create(&thread, NULL, line_thread, &turn) != 0)
        die("pthread_create");
    uint64_t start = 0;
    for (unsigned i = 0; i < LINE_TRIPS; i++) {
        if (i == LINE_TRIPS / 2)
            start = now_ns();
        atomic_store_explicit(&turn, 2 * i + 1, memory_order_release);
        while (atomic_load_explicit(&turn, memory_order_acquire) != 2 * i + 2)
            ;
    }
    double seconds = (double)(now_ns() - start) / SECOND_NS / (LINE_TRIPS / 2.0);
    pthread_join(thread, NULL);
    return seconds;
}

/* -- rounds and the table -- */

static const size_t chunks[] = {1, 64, 4096, 65536};
enum { CHUNKS = sizeof chunks / sizeof chunks[0], FIGURES = CHUNKS + 1 }; /* the last: ping-pong */

struct series {
    double value[MAX_ROUNDS], ratio[MAX_ROUNDS];
};

static struct series results[PEERS][FIGURES];

static double measure(int peer, int figure)
{
    return figure < CHUNKS ? throughput(&peers[peer], chunks[figure]) : round_trip(&peers[peer]);
}

static void one_round(int round)
{
    for (int figure = 0; figure < FIGURES; figure++) {
        for (int turn = 0; turn < PEERS; turn++) {
            int peer = (turn + round) % PEERS;
            results[peer][figure].value[round] = measure(peer, figure);
        }
        double yardstick = results[PIPE2][figure].value[round];
        for (int peer = 0; peer < PEERS; peer++) {
            struct series *s = &results[peer][figure];
            s->ratio[round] = s->value[round] / yardstick;
        }
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_cell(struct series *s, int figure, int rounds)
{
    qsort(s->value, (size_t)rounds, sizeof(double), by_size);
    qsort(s->ratio, (size_t)rounds, sizeof(double), by_size);
    double unit = figure < CHUNKS ? 1e6 : 1e-6;
    int decimals = figure < CHUNKS ? 1 : 2, ratio_decimals = figure < CHUNKS ? 2 : 3;
    printf("  %8.*f x%-5.*f (%.*f..%.*f)\n", decimals, s->value[rounds / 2] / unit, ratio_decimals,
           s->ratio[rounds / 2], ratio_decimals, s->ratio[0], ratio_decimals, s->ratio[rounds - 1]);
}

static void print_table(int rounds)
{
    for (int figure = 0; figure < FIGURES; figure++) {
        if (figure < CHUNKS)
            printf("\ncalls of %zu byte%s (MB/s; more is better)\n", chunks[figure],
                   chunks[figure] == 1 ? "" : "s");
        else
            printf("\nping-pong of 1 byte over two pipes (us there and back; less is better)\n");
        for (int peer = 0; peer < PEERS; peer++) {
            printf("  %-11s", peers[peer].name);
            print_cell(&results[peer][figure], figure, rounds);
        }
    }
}

/* -- the command line -- */

static int usage(void)
{
    fprintf(stderr, "usage: bench_ringbuf [--quick] [--one-cpu] [--rounds 1..%d]\n", MAX_ROUNDS);
    return 2;
}

int main(int argc, char **argv)
{
    int rounds = ROUNDS;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0)
            rounds = QUICK_ROUNDS;
        else if (strcmp(argv[i], "--one-cpu") == 0)
            place = TOGETHER;
        else if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc)
            rounds = atoi(argv[++i]);
        else
            return usage();
    }
    if (rounds < 1 || rounds > MAX_ROUNDS)
        return usage();

    signal(SIGPIPE, SIG_IGN);
    settle(0);
    printf("One writer and one reader, threads %s; %d rounds of %d ms a peer; pipes of %d bytes.\n",
           place == APART ? "on two processors" : "on one processor", rounds, TURN_NS / 1000000,
           CAPACITY);
    if (place == APART)
        printf("A cache line goes there and back between them in %.0f ns.\n",
               cache_line_round_trip() * 1e9);
    printf("Columns: the median; x the median ratio to pipe(2) in the same round (least..most).\n");
    for (int round = 0; round < rounds; round++)
        one_round(round);
    print_table(rounds);
    return 0;
}

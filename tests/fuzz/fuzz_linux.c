/* fuzz_linux.c - does a pipe with page slots do what the kernel's pipe does?
 *
 *     fuzz_linux [--seed N] [--operations N] [--seconds N]
 *
 * Random sequences of calls that do not sleep are made on two pipes of the kernel that this runs on and
 * on two of libringbuf. After each call its result, the bytes read, how many SIGPIPEs there were, and
 * of both pipes the bytes in them, their capacity and all that poll says are compared. The first
 * sequence that differs is made as short as possible and printed. The sequences depend on the seed
 * alone. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* splice, tee, F_SETPIPE_SZ */
#endif
#include <stdio.h>

#ifndef __linux__

int main(void)
{
    puts("fuzz_linux: skipped, for this is not Linux");
    return 0;
}

#else

#include "ringbuf/pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { MOST_BYTES = 100000, LONGEST = 400, MOST_COPIES = 3, PIPES = 2, SHOWN = 60 };

enum what { WRITE, READ, RESIZE, DIRECT, SPLICE, TEE, COPY_END, CLOSE_END, WHATS };

struct operation {
    enum what what;
    int pipe;       /* 0 or 1; of a splice or tee, the one it comes from */
    int end;        /* 0: read end, 1: write end */
    size_t n;       /* bytes, or a capacity */
    size_t content; /* where in `contents` the bytes of a write begin */
};

/* The same pipe twice. */
struct twin {
    int fds[2][MOST_COPIES], count[2];
    struct pipe *model;
    bool direct;
};

static struct twin twins[PIPES];
static unsigned char contents[4 * MOST_BYTES], from_host[MOST_BYTES], from_model[MOST_BYTES];
static size_t page;
static unsigned host_signals, model_signals;
static char difference[200];

/* -- random operations ------------------------------------------------------------------------- */

static uint64_t state;

static uint64_t random_word(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static size_t below(size_t n)
{
    return (size_t)(random_word() >> 11) % n;
}

/* Sizes near whole pages are where things happen. */
static size_t random_size(void)
{
    switch (below(8)) {
    case 0: return below(3);
    case 1: return below(100);
    case 2: return below(page);
    case 3:
    case 4: return below(6) * page + below(5) - (below(2) == 0 ? 2 : 0) + 2;
    case 5: return page - below(20);
    case 6: return below(5 * page);
    default: return below(MOST_BYTES);
    }
}

static size_t random_capacity(void)
{
    size_t slots = (size_t)1 << (below(4) == 0 ? below(9) : below(5));
    size_t capacity = slots * page;
    return below(4) == 0 ? below(capacity + 1) : capacity;
}

static struct operation random_operation(void)
{
    static const enum what often[] = {WRITE, WRITE,  WRITE,  WRITE, WRITE, READ, READ,   READ,
                                      READ,  SPLICE, SPLICE, TEE,   WRITE, READ, RESIZE, DIRECT};
    struct operation o = {.what = often[below(sizeof often / sizeof *often)],
                          .pipe = (int)below(PIPES),
                          .end = (int)below(2)};
    if (below(150) == 0)
        o.what = below(2) == 0 ? COPY_END : CLOSE_END;
    o.n = o.what == RESIZE ? random_capacity() : random_size();
    o.n = o.n > MOST_BYTES && o.what != RESIZE ? MOST_BYTES : o.n;
    o.content = below(sizeof contents - MOST_BYTES);
    return o;
}

/* -- the twins --------------------------------------------------------------------------------- */

static void die(const char *what)
{
    perror(what);
    exit(2);
}

static void on_signal(int signal)
{
    (void)signal;
    host_signals++;
}

static void observe(void *ctx, const struct pipe_event *event)
{
    (void)ctx;
    model_signals += event->kind == PIPE_BROKEN;
}

static void make_twin(struct twin *t)
{
    static const struct pipe_hooks hooks = {observe, NULL};
    int fds[2];
    if (pipe2(fds, O_NONBLOCK) != 0)
        die("pipe2");
    t->direct = false;
    t->model = pipe_new(&(struct pipe_options){.storage = PIPE_SLOTS,
                                               .page = page,
                                               .capacity = (size_t)fcntl(fds[0], F_GETPIPE_SZ),
                                               .hooks = &hooks});
    for (int end = 0; end < 2; end++) {
        t->fds[end][0] = fds[end];
        t->count[end] = 1;
    }
}

static void free_twin(struct twin *t)
{
    for (int end = 0; end < 2; end++) {
        while (t->count[end] > 0)
            close(t->fds[end][--t->count[end]]);
    }
    pipe_free(t->model);
}

static int fd_of(const struct twin *t, int end)
{
    return t->count[end] > 0 ? t->fds[end][0] : -1;
}

static int any_fd(const struct twin *t)
{
    return fd_of(t, t->count[0] > 0 ? 0 : 1);
}

/* -- comparing --------------------------------------------------------------------------------- */

static bool differ(const char *what, long host, long model)
{
    if (host == model)
        return false;
    snprintf(difference, sizeof difference, "%s: the kernel says %ld, the model %ld", what, host,
             model);
    return true;
}

static long host_result(ssize_t result)
{
    return result < 0 ? -(long)errno : (long)result;
}

static int poll_host(const struct twin *t, int end)
{
    struct pollfd p = {fd_of(t, end), POLLIN | POLLOUT, 0};
    poll(&p, 1, 0);
    return p.revents;
}

static int poll_model(const struct twin *t, int end)
{
    int mask = pipe_poll(t->model);
    if (end == 0)
        return (mask & PIPE_IN ? POLLIN : 0) | (mask & PIPE_HUP ? POLLHUP : 0);
    return (mask & PIPE_OUT ? POLLOUT : 0) | (mask & PIPE_ERR ? POLLERR : 0);
}

static bool twins_differ(const struct twin *t)
{
    int available;
    if (ioctl(any_fd(t), FIONREAD, &available) != 0)
        die("FIONREAD");
    for (int end = 0; end < 2; end++) {
        if (t->count[end] > 0 && differ(end == 0 ? "poll of the read end" : "poll of the write end",
                                        poll_host(t, end), poll_model(t, end)))
            return true;
    }
    if (pipe_check(t->model) != NULL) {
        snprintf(difference, sizeof difference, "%s", pipe_check(t->model));
        return true;
    }
    return differ("FIONREAD", available, (long)pipe_used(t->model)) ||
           differ("F_GETPIPE_SZ", fcntl(any_fd(t), F_GETPIPE_SZ), (long)pipe_capacity(t->model));
}

/* -- one operation, on both -------------------------------------------------------------------- */

static bool do_write(struct twin *t, const struct operation *o)
{
    if (t->count[1] == 0)
        return false;
    int flags = PIPE_NONBLOCK | (t->direct ? PIPE_PACKET : 0);
    long host = host_result(write(fd_of(t, 1), contents + o->content, o->n));
    return differ("write", host, pipe_write(t->model, contents + o->content, o->n, flags));
}

static bool do_read(struct twin *t, const struct operation *o)
{
    if (t->count[0] == 0)
        return false;
    long host = host_result(read(fd_of(t, 0), from_host, o->n));
    long model = pipe_read(t->model, from_model, o->n, PIPE_NONBLOCK);
    if (differ("read", host, model))
        return true;
    if (host <= 0 || memcmp(from_host, from_model, (size_t)host) == 0)
        return false;
    snprintf(difference, sizeof difference, "read: other bytes");
    return true;
}

static bool do_resize(struct twin *t, const struct operation *o)
{
    long host = host_result(fcntl(any_fd(t), F_SETPIPE_SZ, o->n));
    return differ("F_SETPIPE_SZ", host, pipe_set_capacity(t->model, o->n));
}

static bool do_direct(struct twin *t)
{
    if (t->count[1] == 0)
        return false;
    t->direct = !t->direct;
    if (fcntl(fd_of(t, 1), F_SETFL, O_NONBLOCK | (t->direct ? O_DIRECT : 0)) != 0)
        die("F_SETFL");
    return false;
}

static bool do_transfer(const struct operation *o)
{
    struct twin *from = &twins[o->pipe], *to = &twins[1 - o->pipe];
    if (from->count[0] == 0 || to->count[1] == 0)
        return false;
    if (o->what == SPLICE) {
        long host = host_result(splice(fd_of(from, 0), NULL, fd_of(to, 1), NULL, o->n, 0));
        return differ("splice", host, pipe_splice(from->model, to->model, o->n, PIPE_NONBLOCK));
    }
    long host = host_result(tee(fd_of(from, 0), fd_of(to, 1), o->n, 0));
    return differ("tee", host, pipe_tee(from->model, to->model, o->n, PIPE_NONBLOCK));
}

static void do_copy(struct twin *t, int end)
{
    if (t->count[end] == 0 || t->count[end] == MOST_COPIES)
        return;
    t->fds[end][t->count[end]++] = dup(fd_of(t, end));
    if (end == 0)
        pipe_open_reader(t->model);
    else
        pipe_open_writer(t->model);
}

/* When nothing is left of a pipe, a new one takes its place. */
static void do_close(struct twin *t, int end)
{
    if (t->count[end] == 0)
        return;
    close(t->fds[end][--t->count[end]]);
    if (end == 0)
        pipe_close_reader(t->model);
    else
        pipe_close_writer(t->model);
    if (t->count[0] + t->count[1] == 0) {
        pipe_free(t->model);
        make_twin(t);
    }
}

static bool differs(const struct operation *o)
{
    struct twin *t = &twins[o->pipe];
    bool found = false;
    switch (o->what) {
    case WRITE: found = do_write(t, o); break;
    case READ: found = do_read(t, o); break;
    case RESIZE: found = do_resize(t, o); break;
    case DIRECT: found = do_direct(t); break;
    case SPLICE:
    case TEE: found = do_transfer(o); break;
    case COPY_END: do_copy(t, o->end); break;
    case CLOSE_END: do_close(t, o->end); break;
    case WHATS: break;
    }
    return found || differ("SIGPIPE", host_signals, model_signals) || twins_differ(&twins[0]) ||
           twins_differ(&twins[1]);
}

/* -- sequences --------------------------------------------------------------------------------- */

/* The number of the operation after which the two differ; `count` if they never do. */
static size_t run(const struct operation *operations, size_t count)
{
    size_t i = 0;
    host_signals = model_signals = 0;
    for (int p = 0; p < PIPES; p++)
        make_twin(&twins[p]);
    while (i < count && !differs(&operations[i]))
        i++;
    for (int p = 0; p < PIPES; p++)
        free_twin(&twins[p]);
    return i;
}

static bool still_differs(const struct operation *operations, size_t *count)
{
    size_t at = run(operations, *count);
    if (at == *count)
        return false;
    *count = at + 1;
    return true;
}

/* Leaves out what can be left out, in ever smaller stretches. */
static size_t leave_out(struct operation *operations, size_t count)
{
    struct operation fewer[LONGEST];
    for (size_t stretch = count; stretch > 0; stretch /= 2) {
        for (size_t i = 0; i + stretch <= count;) {
            size_t left = count - stretch;
            memcpy(fewer, operations, i * sizeof *fewer);
            memcpy(fewer + i, operations + i + stretch, (left - i) * sizeof *fewer);
            if (still_differs(fewer, &left)) {
                memcpy(operations, fewer, left * sizeof *fewer);
                count = left;
            } else {
                i += stretch;
            }
        }
    }
    return count;
}

static size_t with_smaller_sizes(struct operation *operations, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t less = operations[i].n; less > 0; less /= 2) {
            while (i < count && operations[i].n >= less) {
                operations[i].n -= less;
                if (!still_differs(operations, &count)) {
                    operations[i].n += less;
                    break;
                }
            }
        }
    }
    return count;
}

static void print(const struct operation *operations, size_t count)
{
    static const char *const names[] = {"write",  "read", "F_SETPIPE_SZ", "O_DIRECT on or off",
                                        "splice", "tee",  "dup",          "close"};
    for (size_t i = 0; i < count && i < SHOWN; i++) {
        const struct operation *o = &operations[i];
        printf("    %c: %s", "pq"[o->pipe], names[o->what]);
        if (o->what == COPY_END || o->what == CLOSE_END)
            printf(" of the %s end\n", o->end == 0 ? "read" : "write");
        else
            printf(o->what == DIRECT ? "\n" : " %zu\n", o->n);
    }
    printf("    %s\n", difference);
}

static void report(struct operation *operations, size_t count, uint64_t seed)
{
    printf("fuzz_linux: a difference, with --seed %llu; at its shortest:\n",
           (unsigned long long)seed);
    size_t before;
    do {
        before = count;
        count = with_smaller_sizes(operations, leave_out(operations, count));
    } while (count < before);
    run(operations, count);
    print(operations, count);
}

static uint64_t argument(int argc, char **argv, const char *name, uint64_t normal)
{
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], name) == 0)
            return strtoull(argv[i + 1], NULL, 10);
    }
    return normal;
}

int main(int argc, char **argv)
{
    uint64_t seed = argument(argc, argv, "--seed", 1);
    uint64_t wanted = argument(argc, argv, "--operations", 200000);
    uint64_t seconds = argument(argc, argv, "--seconds", 0), done = 0;
    time_t end = time(NULL) + (time_t)seconds;
    struct operation operations[LONGEST];
    page = (size_t)sysconf(_SC_PAGESIZE);
    signal(SIGPIPE, on_signal);
    state = seed * 0x9E3779B97F4A7C15u + 1;
    for (size_t i = 0; i < sizeof contents; i++)
        contents[i] = (unsigned char)random_word();
    while (seconds > 0 ? time(NULL) < end : done < wanted) {
        size_t count = 1 + below(LONGEST);
        for (size_t i = 0; i < count; i++)
            operations[i] = random_operation();
        size_t at = run(operations, count);
        if (at < count) {
            report(operations, at + 1, seed);
            return 1;
        }
        done += count;
    }
    printf("fuzz_linux: %llu operations with seed %llu, no difference\n", (unsigned long long)done,
           (unsigned long long)seed);
    return 0;
}

#endif

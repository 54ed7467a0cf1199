/* calls_player.c - the calls themselves: of the kernel that this runs on; or, with PLAYS_LIBRARY, the same
 * source on the simulated one, as somebody else's test suite would be. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* splice, tee, F_SETPIPE_SZ */
#endif
#include "tests/fuzz/player.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#ifdef PLAYS_LIBRARY
#include "sim/library/pipesim_calls.h"
#endif

#ifdef __linux__

static int fds[PIPES][2][MOST_COPIES], count[PIPES][2];
static unsigned sigpipes;

static void die(const char *what)
{
    perror(what);
    exit(2);
}

static void on_signal(int number)
{
    (void)number;
    sigpipes++;
}

#ifdef PLAYS_LIBRARY
static struct sim *sim;

static void begin(size_t page)
{
    sim = sim_new(&(struct sim_options){.page = page});
    if (sim == NULL || sim_signal(SIGPIPE, on_signal, 0) != 0)
        die("sim_new");
    sigpipes = 0;
}

static void finish(void)
{
    sim_free(sim);
}
#else
static void begin(size_t page)
{
    (void)page;
    signal(SIGPIPE, on_signal);
    sigpipes = 0;
}

static void finish(void)
{
}
#endif

static void make(int p)
{
    int made[2];
    if (pipe2(made, O_NONBLOCK) != 0)
        die("pipe2");
    for (int end = 0; end < 2; end++) {
        fds[p][end][0] = made[end];
        count[p][end] = 1;
    }
}

static int fd_of(int p, int end)
{
    return fds[p][end][0];
}

static int any_fd(int p)
{
    return fd_of(p, count[p][READING] > 0 ? READING : WRITING);
}

static long result(ssize_t n)
{
    return n < 0 ? -(long)errno : (long)n;
}

static long put(int p, const void *src, size_t n)
{
    return result(write(fd_of(p, WRITING), src, n));
}

static long take(int p, void *dst, size_t n)
{
    return result(read(fd_of(p, READING), dst, n));
}

static long resize(int p, size_t capacity)
{
    return result(fcntl(any_fd(p), F_SETPIPE_SZ, (long)capacity));
}

static void direct(int p, bool on)
{
    if (fcntl(fd_of(p, WRITING), F_SETFL, O_NONBLOCK | (on ? O_DIRECT : 0)) != 0)
        die("F_SETFL");
}

static long move(int from, int to, size_t n)
{
    return result(splice(fd_of(from, READING), NULL, fd_of(to, WRITING), NULL, n, 0));
}

static long share(int from, int to, size_t n)
{
    return result(tee(fd_of(from, READING), fd_of(to, WRITING), n, 0));
}

static void copy(int p, int end)
{
    fds[p][end][count[p][end]++] = dup(fd_of(p, end));
}

static void drop(int p, int end)
{
    if (close(fds[p][end][--count[p][end]]) != 0)
        die("close");
}

static int mask(int p, int end)
{
    struct pollfd one = {fd_of(p, end), POLLIN | POLLOUT, 0};
    poll(&one, 1, 0);
    return one.revents;
}

static long used(int p)
{
    int available = 0;
    return ioctl(any_fd(p), FIONREAD, &available) != 0 ? -(long)errno : available;
}

static long capacity(int p)
{
    return result(fcntl(any_fd(p), F_GETPIPE_SZ));
}

static unsigned signals(void)
{
    return sigpipes;
}

#ifdef PLAYS_LIBRARY
#define PLAYER library_player
#define NAME   "the library"
#else
#define PLAYER host_player
#define NAME   "the kernel"
#endif

const struct player PLAYER = {NAME,  begin, finish, make, put,  take,     resize,  direct, move,
                              share, copy,  drop,   mask, used, capacity, signals, NULL};

#endif

/* ringbuf_player.c - pipes with page slots of libringbuf. */
#include "tests/fuzz/player.h"

#include "ringbuf/pipe.h"

#include <poll.h>
#include <stdlib.h>

static struct pipe *pipes[PIPES];
static int open_ends[PIPES];
static bool packets[PIPES];
static size_t page;
static unsigned broken;

static void begin(size_t bytes)
{
    page = bytes;
    broken = 0;
}

static void observe(void *ctx, const struct pipe_event *event)
{
    (void)ctx;
    broken += event->kind == PIPE_BROKEN;
}

static void make(int p)
{
    static const struct pipe_hooks hooks = {.observe = observe};
    pipes[p] = pipe_new(&(struct pipe_options){
        .storage = PIPE_SLOTS, .page = page, .capacity = 16 * page, .hooks = &hooks});
    if (pipes[p] == NULL)
        abort();
    open_ends[p] = 2;
    packets[p] = false;
}

static long put(int p, const void *src, size_t n)
{
    return pipe_write(pipes[p], src, n, PIPE_NONBLOCK | (packets[p] ? PIPE_PACKET : 0));
}

static long take(int p, void *dst, size_t n)
{
    return pipe_read(pipes[p], dst, n, PIPE_NONBLOCK);
}

static long resize(int p, size_t capacity)
{
    return pipe_set_capacity(pipes[p], capacity);
}

static void direct(int p, bool on)
{
    packets[p] = on;
}

static long move(int from, int to, size_t n)
{
    return pipe_splice(pipes[from], pipes[to], n, PIPE_NONBLOCK);
}

static long share(int from, int to, size_t n)
{
    return pipe_tee(pipes[from], pipes[to], n, PIPE_NONBLOCK);
}

static void copy(int p, int end)
{
    open_ends[p]++;
    if (end == READING)
        pipe_open_reader(pipes[p]);
    else
        pipe_open_writer(pipes[p]);
}

static void drop(int p, int end)
{
    if (end == READING)
        pipe_close_reader(pipes[p]);
    else
        pipe_close_writer(pipes[p]);
    if (--open_ends[p] == 0)
        pipe_free(pipes[p]);
}

static int mask(int p, int end)
{
    int found = pipe_poll(pipes[p]);
    if (end == READING)
        return (found & PIPE_IN ? POLLIN : 0) | (found & PIPE_HUP ? POLLHUP : 0);
    return (found & PIPE_OUT ? POLLOUT : 0) | (found & PIPE_ERR ? POLLERR : 0);
}

static long used(int p)
{
    return (long)pipe_used(pipes[p]);
}

static long capacity(int p)
{
    return (long)pipe_capacity(pipes[p]);
}

static unsigned signals(void)
{
    return broken;
}

static const char *wrong(int p)
{
    return pipe_check(pipes[p]);
}

const struct player ringbuf_player = {"libringbuf", begin,  NULL,     make,    put,  take,
                                      resize,       direct, move,     share,   copy, drop,
                                      mask,         used,   capacity, signals, wrong};

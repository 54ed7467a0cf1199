/* pipe_impl.h - a pipe implementation: what serves the calls on pipes. The functions are those of
 * ringbuf/pipe.h and are described there. */
#ifndef SIM_KERNEL_PIPE_IMPL_H
#define SIM_KERNEL_PIPE_IMPL_H

#include "ringbuf/pipe.h"

/* What the code of a call keeps, in variables of its own, when it takes a lock or has waited
 * (sim/kernel/state.c). */
enum pipe_keeps {
    PIPE_KEEPS_COUNTS, /* nothing but how many bytes it has moved, and whether it slept */
    PIPE_KEEPS_ALL,  /* anything that it has seen in the pipe; it may look there without the lock */
    PIPE_KEEPS_STACK /* what is on its stack: nobody knows what it is */
};

/* How it is known what a pipe has done. */
enum pipe_observed {
    PIPE_TELLS,             /* it tells its observer (pipe.h) */
    PIPE_IS_OBSERVED,       /* by looking how many bytes it says are in it (observed.c) */
    PIPE_IS_OBSERVED_AT_END /* from what its calls give, when they return */
};

/* Does it ask whether a sleeper should leave (pipe.h, interrupted)? If not, signals wait for the call. */
enum pipe_asks { PIPE_ASKS, PIPE_DOES_NOT_ASK };

/* What a pipe is to its users, where systems differ; all 0 is `ring`. */
struct dialect {
    enum pipe_storage storage;
    enum pipe_waking waking;
    size_t capacity,
        atomic; /* bytes, where the script does not set them; 0: those of the settings */
    enum { RAISES_SIGPIPE, GIVES_ERROR_ONLY } no_reader; /* for a write */
    enum {
        GIVES_COUNT,
        LOSES_COUNT
    } cut_short; /* a write whose last reader leaves in the middle */
    enum { RETURNS_AT_ONCE, WAITS_FOR_BYTES } read_of_none; /* read(fd, 0) */
    enum { HAS_LINUX_CALLS, HAS_POSIX_CALLS } calls; /* F_SETPIPE_SZ, splice, tee, or EINVAL */
};

struct pipe_impl {
    const char *name;
    struct dialect dialect;
    struct pipe *(*make)(const struct pipe_options *options);
    void (*free)(struct pipe *p);
    ssize_t (*read)(struct pipe *p, void *dst, size_t n, int flags);
    ssize_t (*write)(struct pipe *p, const void *src, size_t n, int flags);
    void (*open_reader)(struct pipe *p);
    void (*open_writer)(struct pipe *p);
    void (*close_reader)(struct pipe *p);
    void (*close_writer)(struct pipe *p);
    int (*poll)(struct pipe *p);
    size_t (*used)(struct pipe *p);
    size_t (*capacity)(struct pipe *p);
    int (*set_capacity)(struct pipe *p, size_t capacity);
    ssize_t (*splice)(struct pipe *from, struct pipe *to, size_t n, int flags);
    ssize_t (*tee)(struct pipe *from, struct pipe *to, size_t n, int flags);
    void (*state)(const struct pipe *p, void (*add)(void *ctx, const void *bytes, size_t n),
                  void *ctx);
    const char *(*check)(struct pipe *p);
    enum pipe_keeps keeps;
    enum pipe_observed observed;
    enum pipe_asks interruptible;
};

/* The functions of ringbuf/pipe.h, as they are named where this stands. */
#define PIPE_FUNCTIONS                                                                             \
    .make = pipe_new, .free = pipe_free, .read = pipe_read, .write = pipe_write,                   \
    .open_reader = pipe_open_reader, .open_writer = pipe_open_writer,                              \
    .close_reader = pipe_close_reader, .close_writer = pipe_close_writer, .poll = pipe_poll,       \
    .used = pipe_used, .capacity = pipe_capacity, .set_capacity = pipe_set_capacity,               \
    .splice = pipe_splice, .tee = pipe_tee, .state = pipe_state, .check = pipe_check

/* The names in `set pipe = NAME`; NULL at the end. */
const char *const *pipe_impl_names(void);

/* One more, borrowed for good. */
void pipe_impl_register(const struct pipe_impl *impl);

/* By the name in `set pipe = NAME`, that of a bug, or as it was registered; NULL: there is none. */
const struct pipe_impl *pipe_impl_named(const char *name);

#endif

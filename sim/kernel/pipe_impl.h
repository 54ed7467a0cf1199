/* pipe_impl.h - a pipe implementation: what serves the calls on pipes. The functions are those of
 * ringbuf/pipe.h and are described there. */
#ifndef SIM_KERNEL_PIPE_IMPL_H
#define SIM_KERNEL_PIPE_IMPL_H

#include "ringbuf/pipe.h"

struct pipe_impl {
    const char *name;
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
    void (*state)(const struct pipe *p, void (*add)(void *ctx, const void *bytes, size_t n),
                  void *ctx);
};

/* By the name in `set pipe = NAME`, or NULL. */
const struct pipe_impl *pipe_impl_named(const char *name);

#endif

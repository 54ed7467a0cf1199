/* pipe_impl.c - the pipe implementations that are built in. */
#include "sim/kernel/pipe_impl.h"

#include <string.h>

static const struct pipe_impl impls[] = {
    {"ring", pipe_new, pipe_free, pipe_read, pipe_write, pipe_open_reader, pipe_open_writer,
     pipe_close_reader, pipe_close_writer, pipe_poll, pipe_used, pipe_capacity, pipe_set_capacity,
     pipe_state},
};

const struct pipe_impl *pipe_impl_named(const char *name)
{
    for (size_t i = 0; i < sizeof impls / sizeof *impls; i++) {
        if (strcmp(impls[i].name, name) == 0)
            return &impls[i];
    }
    return NULL;
}

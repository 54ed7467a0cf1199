/* pipe_impl.c - the pipe implementations that are built in, and those with a bug. */
#include "sim/kernel/bugs.h"

#include <string.h>

static const struct pipe_impl impls[] = {
    {PIPE_FUNCTIONS, .name = "ring"},
};

const struct bug *bug_named(const char *name)
{
    for (size_t i = 0; bugs[i] != NULL; i++) {
        if (strcmp(bugs[i]->impl.name, name) == 0)
            return bugs[i];
    }
    return NULL;
}

const struct pipe_impl *pipe_impl_named(const char *name)
{
    for (size_t i = 0; i < sizeof impls / sizeof *impls; i++) {
        if (strcmp(impls[i].name, name) == 0)
            return &impls[i];
    }
    const struct bug *bug = bug_named(name);
    return bug != NULL ? &bug->impl : NULL;
}

/* pipe_impl.c - the pipe implementations that are built in, and those with a bug. */
#include "sim/kernel/bugs.h"

#include <string.h>

/* xv6 has no PIPE_BUF: a write goes in byte by byte, and another may come between any two (PS, 2.2). POSIX
 * says no more of the capacity than that PIPE_BUF bytes fit, and that is 512 at least. */
static const struct pipe_impl impls[] = {
    {PIPE_FUNCTIONS, .name = "ring"},
    {PIPE_FUNCTIONS, .name = "linux", .dialect = {.storage = PIPE_SLOTS}},
    {PIPE_FUNCTIONS, .name = "xv6",
     .dialect = {.waking = PIPE_WAKE_EVERYBODY,
                 .capacity = 512,
                 .atomic = 1,
                 .no_reader = GIVES_ERROR_ONLY,
                 .cut_short = LOSES_COUNT,
                 .read_of_none = WAITS_FOR_BYTES,
                 .calls = HAS_POSIX_CALLS}},
    {PIPE_FUNCTIONS, .name = "posix",
     .dialect = {.capacity = 512, .atomic = 512, .calls = HAS_POSIX_CALLS}},
};

enum { IMPLS = sizeof impls / sizeof *impls };

const char *const *pipe_impl_names(void)
{
    static const char *names[IMPLS + 1];
    for (size_t i = 0; i < IMPLS; i++)
        names[i] = impls[i].name;
    return names;
}

const struct bug *bug_named(const char *name)
{
    for (size_t i = 0; bugs[i] != NULL; i++) {
        if (strcmp(bugs[i]->impl.name, name) == 0)
            return bugs[i];
    }
    return NULL;
}

enum { REGISTERED_MOST = 16 };

static const struct pipe_impl *registered[REGISTERED_MOST];
static size_t registered_count;

void pipe_impl_register(const struct pipe_impl *impl)
{
    if (registered_count < REGISTERED_MOST)
        registered[registered_count++] = impl;
}

const struct pipe_impl *pipe_impl_named(const char *name)
{
    for (size_t i = 0; i < IMPLS; i++) {
        if (strcmp(impls[i].name, name) == 0)
            return &impls[i];
    }
    for (size_t i = 0; i < registered_count; i++) {
        if (strcmp(registered[i]->name, name) == 0)
            return registered[i];
    }
    const struct bug *bug = bug_named(name);
    return bug != NULL ? &bug->impl : NULL;
}

/* settings.h - what `set` and --set can say, once for the parser, the command line and the docs. */
#ifndef SIM_SCRIPT_SETTINGS_H
#define SIM_SCRIPT_SETTINGS_H

#include <stdint.h>

/* name, default, least, most, meaning */
#define SETTINGS(X)                                                                                \
    X(capacity, 65536, 1, 1048576, "bytes that a new pipe holds")                                  \
    X(atomic, 4096, 1, 1048576, "a write of at most so many bytes goes in all at once")            \
    X(page, 4096, 1, 65536, "bytes of a page slot, with pipe = linux")                             \
    X(max_pipe_size, 1048576, 1, 1073741824, "bytes up to which anybody may set a capacity")       \
    X(user_pages_soft, 16384, 0, INT64_MAX, "pages beyond which new pipes have 2; 0: no limit")    \
    X(user_pages_hard, 0, 0, INT64_MAX, "pages beyond which there are no new pipes; 0: no limit")  \
    X(privileged, 0, 0, 1, "1: processes have CAP_SYS_RESOURCE, and these limits do not hold")     \
    X(socket_buffer, 212992, 1, 1048576, "bytes that each queue of a connection holds")            \
    X(latency, 0, 0, 1000000000, "ticks from one host to another")                                 \
    X(bandwidth, 0, 0, 1000000000, "bytes in a tick from one host to another; 0: no limit")        \
    X(loss, 0, 0, 1000000000, "each loss-th segment between hosts is lost; 0: none")               \
    X(segment, 1460, 1, 1048576, "bytes that travel together, at most")                            \
    X(tick, 1, 1, 60000, "milliseconds of real time in a tick, with --threads")                    \
    X(max_calls, 5000000, 1, INT64_MAX, "calls in a run")                                          \
    X(max_steps, 10000000, 1, INT64_MAX, "turns of loops of a process between two calls")          \
    X(max_idle, 10000, 1, INT64_MAX, "calls in a row that change nothing: a livelock")             \
    X(max_processes, 4096, 1, 16384, "processes and threads in a run")                             \
    X(max_files, 1024, 3, 1048576, "descriptors of a process")                                     \
    X(max_bytes, 16777216, 1, 1073741824, "bytes in one byte string")                              \
    X(max_depth, 100, 1, 10000, "functions inside functions")                                      \
    X(max_memory, 512, 1, 65536, "mebibytes for everything a run can change")

enum setting {
#define X(name, normal, least, most, meaning) SETTING_##name,
    SETTINGS(X)
#undef X
        SETTING_COUNT
};

struct settings {
    int64_t values[SETTING_COUNT];
    uint32_t given; /* which of them were set: a bit each */
    char pipe[32];  /* the name of the pipe implementation */
};

void settings_init(struct settings *s);

void settings_set(struct settings *s, int setting, int64_t value);

/* What the setting says, or `otherwise` if it was not set and that is not 0. */
int64_t settings_or(const struct settings *s, int setting, int64_t otherwise);

/* The setting of that name, or -1. */
int setting_named(const char *name, unsigned long length);
const char *setting_name(int setting);
int64_t setting_least(int setting);
int64_t setting_most(int setting);

#endif

/* vocabulary.c - see vocabulary.h. The calls themselves are in calls.c. */
#include "sim/run/vocabulary.h"

#include "sim/kernel/kernel.h"
#include "sim/run/calls.h"
#include "sim/trace/abi.h"

#include <errno.h>
#include <string.h>

/* name, number on Linux, meaning */
#define ERRORS(X)                                                                                  \
    X(EPERM, 1, "not permitted")                                                                   \
    X(ESRCH, 3, "no such process")                                                                 \
    X(EINTR, 4, "interrupted by a signal")                                                         \
    X(ENXIO, 6, "nobody has it open for reading")                                                  \
    X(EBADF, 9, "not open for this")                                                               \
    X(ECHILD, 10, "no such child")                                                                 \
    X(EAGAIN, 11, "not now: it would have to sleep, or there is no room")                          \
    X(ENOENT, 2, "no such name")                                                                   \
    X(ENOMEM, 12, "out of memory")                                                                 \
    X(EBUSY, 16, "in use")                                                                         \
    X(EEXIST, 17, "there is one of that name")                                                     \
    X(EINVAL, 22, "no such value")                                                                 \
    X(ENFILE, 23, "too many pages of pipes")                                                       \
    X(EMFILE, 24, "no descriptor is free")                                                         \
    X(ENOTTY, 25, "no such request")                                                               \
    X(EFBIG, 27, "larger than a file may be")                                                      \
    X(ESPIPE, 29, "what has no offset cannot be moved in")                                         \
    X(EPIPE, 32, "no read end is open")                                                            \
    X(EDEADLK, 35, "it would wait for itself")                                                     \
    X(ENOTSOCK, 88, "no socket")                                                                   \
    X(EAFNOSUPPORT, 97, "no such address family")                                                  \
    X(EADDRINUSE, 98, "the address is another socket's")                                           \
    X(EADDRNOTAVAIL, 99, "the address is another host's")                                          \
    X(ECONNABORTED, 103, "it was not made, and that has been told")                                \
    X(ECONNRESET, 104, "the other side went away with bytes unread")                               \
    X(EISCONN, 106, "connected already")                                                           \
    X(ENOTCONN, 107, "not connected")                                                              \
    X(ETIMEDOUT, 110, "the other host does not answer")                                            \
    X(ECONNREFUSED, 111, "nobody listens there")                                                   \
    X(EALREADY, 114, "it is being connected already")                                              \
    X(EINPROGRESS, 115, "the other host has not answered yet")

static const struct {
    const char *name;
    int host, number;
    const char *meaning;
} errors[] = {
#define X(name, number, meaning) {#name, name, number, meaning},
    ERRORS(X)
#undef X
};

enum { ERROR_COUNT = sizeof errors / sizeof *errors };

const char *error_name(int host)
{
    for (int i = 0; i < ERROR_COUNT; i++) {
        if (errors[i].host == host)
            return errors[i].name;
    }
    return "E?";
}

const char *error_meaning(int host)
{
    for (int i = 0; i < ERROR_COUNT; i++) {
        if (errors[i].host == host)
            return errors[i].meaning;
    }
    return "";
}

int error_number(int host)
{
    for (int i = 0; i < ERROR_COUNT; i++) {
        if (errors[i].host == host)
            return errors[i].number;
    }
    return host;
}

const char *error_name_of_number(int number)
{
    for (int i = 0; i < ERROR_COUNT; i++) {
        if (errors[i].number == number)
            return errors[i].name;
    }
    return "E?";
}

static const struct vocabulary_constant constants[] = {
#define X(name, number, meaning) {#name, number, CONSTANT_ERROR},
    ERRORS(X)
#undef X
#define X(name, number, what) {#name, number, CONSTANT_SIGNAL},
        ABI_SIGNALS(X)
#undef X
#define X(name) {#name, ABI_##name, CONSTANT_NUMBER},
            X(O_RDONLY) X(O_WRONLY) X(O_RDWR) X(O_CREAT) X(O_EXCL) X(O_TRUNC) X(O_APPEND)
                X(SEEK_SET) X(SEEK_CUR) X(SEEK_END) X(O_NONBLOCK) X(O_CLOEXEC) X(O_DIRECT) X(POLLIN)
                    X(POLLOUT) X(POLLERR) X(POLLHUP) X(POLLNVAL) X(SA_RESTART) X(AF_UNIX) X(AF_INET)
                        X(SOCK_STREAM) X(SOCK_NONBLOCK) X(SHUT_RD) X(SHUT_WR) X(SHUT_RDWR)
                            X(MSG_DONTWAIT) X(MSG_NOSIGNAL) X(MSG_WAITALL) X(MSG_PEEK)
                                X(SPLICE_F_NONBLOCK)
#undef X
                                    {"F_GETFL", COMMAND_GETFL, CONSTANT_NUMBER},
    {"F_SETFL", COMMAND_SETFL, CONSTANT_NUMBER},
    {"F_GETPIPE_SZ", COMMAND_GETPIPE_SZ, CONSTANT_NUMBER},
    {"F_SETPIPE_SZ", COMMAND_SETPIPE_SZ, CONSTANT_NUMBER},
    {"FIONREAD", COMMAND_FIONREAD, CONSTANT_NUMBER},
};

static const char *const pipe_properties[] = {
    "used",   "free",   "capacity", "atomic",    "readers", "writers",    "reads",
    "writes", "stream", "lost",     "in_flight", "slots",   "slots_used", NULL};
static const char *const file_properties[] = {"size", "content", NULL};
static const char *const process_properties[] = {"calls", "sleeps", "output", NULL};
static const char *const conditions[] = {"wait",   "sleep",   "poll", "join", "pause",
                                         "accept", "connect", "open", NULL};

const struct vocabulary *vocabulary(void)
{
    static struct vocabulary words = {
        .constants = constants,
        .constant_count = sizeof constants / sizeof *constants,
        .pipe_properties = pipe_properties,
        .file_properties = file_properties,
        .process_properties = process_properties,
        .conditions = conditions,
        .default_handler = HANDLER_DEFAULT,
        .ignore_handler = HANDLER_IGNORE,
    };
    words.calls = call_vocabulary(&words.call_count);
    words.pipe_impls = pipe_impl_names();
    return &words;
}

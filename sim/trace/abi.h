/* abi.h - the numbers that scripts see, as Linux on x86-64 has them, so that a trace is the same on
 * every host. (Errors are the host's numbers inside the program, and named when shown.) */
#ifndef SIM_TRACE_ABI_H
#define SIM_TRACE_ABI_H

/* name, number, what it does by default */
#define ABI_SIGNALS(X)                                                                             \
    X(SIGHUP, 1, SIGNAL_KILLS)                                                                     \
    X(SIGINT, 2, SIGNAL_KILLS)                                                                     \
    X(SIGKILL, 9, SIGNAL_KILLS)                                                                    \
    X(SIGUSR1, 10, SIGNAL_KILLS)                                                                   \
    X(SIGUSR2, 12, SIGNAL_KILLS)                                                                   \
    X(SIGPIPE, 13, SIGNAL_KILLS)                                                                   \
    X(SIGALRM, 14, SIGNAL_KILLS)                                                                   \
    X(SIGTERM, 15, SIGNAL_KILLS)                                                                   \
    X(SIGCHLD, 17, SIGNAL_IGNORED)

enum signal_default { SIGNAL_KILLS, SIGNAL_IGNORED };

enum {
#define X(name, number, what) ABI_##name = number,
    ABI_SIGNALS(X)
#undef X
};

enum {
    ABI_O_RDONLY = 0,
    ABI_O_WRONLY = 1,
    ABI_O_RDWR = 2,
    ABI_O_ACCMODE = 3,
    ABI_O_CREAT = 0100,
    ABI_O_EXCL = 0200,
    ABI_O_TRUNC = 01000,
    ABI_O_APPEND = 02000,
    ABI_O_NONBLOCK = 04000,
    ABI_O_DIRECT = 040000,
    ABI_O_CLOEXEC = 02000000,
    ABI_SEEK_SET = 0,
    ABI_SEEK_CUR = 1,
    ABI_SEEK_END = 2,
    ABI_EPOLL_CTL_ADD = 1,
    ABI_EPOLL_CTL_DEL = 2,
    ABI_EPOLL_CTL_MOD = 3,
    ABI_EPOLLONESHOT = 1 << 30,
    ABI_POLLIN = 1,
    ABI_POLLOUT = 4,
    ABI_POLLERR = 8,
    ABI_POLLHUP = 16,
    ABI_POLLNVAL = 32,
    ABI_SA_RESTART = 0x10000000,
    ABI_AF_UNIX = 1,
    ABI_AF_INET = 2,
    ABI_SOCK_STREAM = 1,
    ABI_SOCK_NONBLOCK = ABI_O_NONBLOCK,
    ABI_SOCK_CLOEXEC = ABI_O_CLOEXEC,
    ABI_SHUT_RD = 0,
    ABI_SHUT_WR = 1,
    ABI_SHUT_RDWR = 2,
    ABI_MSG_PEEK = 2,
    ABI_MSG_DONTWAIT = 0x40,
    ABI_MSG_WAITALL = 0x100,
    ABI_MSG_NOSIGNAL = 0x4000,
    ABI_SPLICE_F_NONBLOCK = 2
};

/* "SIGPIPE", or NULL. */
const char *signal_name(int number);

/* No value of an enum: it does not fit into an int. */
#define ABI_EPOLLET (1u << 31)

#endif

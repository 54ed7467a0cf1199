/* calls.c - see calls.h. One function for each call, and one table of all of them at the end. */
#ifdef __linux__
#define _GNU_SOURCE
#include "sim/host/calls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/host/addresses.h"

typedef int64_t call_function(const struct order *o, char *bytes, struct report *r);

static int64_t given(int64_t result)
{
    return result < 0 ? -errno : result;
}

/* -- pipes and files --------------------------------------------------------------------------- */

static int64_t make_pipe(struct report *r, int flags)
{
    int64_t result = given(pipe2(r->pair, flags));
    if (result == 0 && the_stage.capacity != 0)
        fcntl(r->pair[1], F_SETPIPE_SZ, (int)the_stage.capacity);
    return result;
}

static int64_t do_pipe(const struct order *o, char *bytes, struct report *r)
{
    (void)o, (void)bytes;
    return make_pipe(r, 0);
}

static int64_t do_pipe2(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes;
    return make_pipe(r, (int)o->numbers[0]);
}

static int64_t do_read(const struct order *o, char *bytes, struct report *r)
{
    (void)r;
    return given(read((int)o->numbers[0], bytes, o->size));
}

static int64_t do_write(const struct order *o, char *bytes, struct report *r)
{
    (void)r;
    return given(write((int)o->numbers[0], bytes, o->size));
}

static int64_t do_splice(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    return given(splice((int)o->numbers[0], NULL, (int)o->numbers[1], NULL, (size_t)o->numbers[2],
                        (unsigned)o->numbers[3]));
}

static int64_t do_tee(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    return given(tee((int)o->numbers[0], (int)o->numbers[1], (size_t)o->numbers[2],
                     (unsigned)o->numbers[3]));
}

static int64_t do_close(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    return given(close((int)o->numbers[0]));
}

static int64_t do_dup(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    return given(dup((int)o->numbers[0]));
}

static int64_t do_dup2(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    return given(dup2((int)o->numbers[0], (int)o->numbers[1]));
}

static int64_t do_fcntl(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    int command = (int)o->numbers[1];
    int64_t result = given(fcntl((int)o->numbers[0], command, (int)o->numbers[2]));
    if (command == F_GETFL && result >= 0)
        return result & (O_ACCMODE | O_NONBLOCK | O_APPEND | O_DIRECT); /* not O_LARGEFILE */
    return result;
}

static int64_t do_ioctl(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    int n = 0;
    int64_t result = given(ioctl((int)o->numbers[0], (unsigned long)o->numbers[1], &n));
    return result < 0 ? result : n;
}

static int64_t do_poll(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes;
    struct pollfd polled[HOST_NUMBERS / 2 + 1];
    int count = o->count / 2;
    int64_t timeout = o->numbers[o->count - 1];
    for (int i = 0; i < count; i++)
        polled[i] = (struct pollfd){(int)o->numbers[2 * i], (short)o->numbers[2 * i + 1], 0};
    polled[count] = (struct pollfd){gate_fd(puppet_self()), POLLIN, 0};
    nfds_t all = (nfds_t)count + (timeout > 0);
    int64_t result = given(poll(polled, all, timeout == 0 ? 0 : -1));
    for (int i = 0; i < count && result >= 0; i++)
        r->revents[i] = polled[i].revents;
    uint64_t opened;
    if (result > 0 && timeout > 0 && polled[count].revents != 0) {
        result--;
        if (read(polled[count].fd, &opened, sizeof opened) < 0)
            return given(-1);
    }
    return result;
}

/* The sizes of the pieces are arguments. */
static int pieces_of(const struct order *o, char *bytes, struct iovec *pieces)
{
    size_t at = 0;
    for (int i = 1; i < o->count; i++) {
        size_t left = o->size - at, size = (size_t)o->numbers[i];
        pieces[i - 1] = (struct iovec){bytes + at, size < left ? size : left};
        at += pieces[i - 1].iov_len;
    }
    return o->count - 1;
}

static int64_t do_readv(const struct order *o, char *bytes, struct report *r)
{
    struct iovec pieces[HOST_NUMBERS];
    (void)r;
    return given(readv((int)o->numbers[0], pieces, pieces_of(o, bytes, pieces)));
}

static int64_t do_writev(const struct order *o, char *bytes, struct report *r)
{
    struct iovec pieces[HOST_NUMBERS];
    (void)r;
    return given(writev((int)o->numbers[0], pieces, pieces_of(o, bytes, pieces)));
}

static int64_t do_lseek(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    return given(lseek((int)o->numbers[0], (off_t)o->numbers[1], (int)o->numbers[2]));
}

static const char *path_in(const char *bytes)
{
    return ((const struct host_address *)(const void *)bytes)->un.sun_path;
}

static int64_t do_open(const struct order *o, char *bytes, struct report *r)
{
    (void)r;
    return given(open(path_in(bytes), o->count > 1 ? (int)o->numbers[1] : O_RDONLY, 0600));
}

static int64_t do_mkfifo(const struct order *o, char *bytes, struct report *r)
{
    (void)o, (void)r;
    return given(mkfifo(path_in(bytes), 0600));
}

static int64_t do_unlink(const struct order *o, char *bytes, struct report *r)
{
    (void)o, (void)r;
    return given(unlink(path_in(bytes)));
}

/* -- sockets ----------------------------------------------------------------------------------- */

static int64_t do_socket(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    return given(socket((int)o->numbers[0], o->count > 1 ? (int)o->numbers[1] : SOCK_STREAM, 0));
}

static int64_t do_socketpair(const struct order *o, char *bytes, struct report *r)
{
    (void)o, (void)bytes;
    return given(socketpair(AF_UNIX, SOCK_STREAM, 0, r->pair));
}

static int64_t do_bind(const struct order *o, char *bytes, struct report *r)
{
    (void)r;
    const struct host_address *a = (const void *)bytes;
    socklen_t size;
    const struct sockaddr *address = host_address_for(a, (int)o->numbers[0], &size);
    return given(bind((int)o->numbers[0], address, size));
}

static int64_t do_listen(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    return given(listen((int)o->numbers[0], (int)o->numbers[1]));
}

static int64_t do_accept(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    return given(accept((int)o->numbers[0], NULL, NULL));
}

static int64_t do_connect(const struct order *o, char *bytes, struct report *r)
{
    (void)r;
    const struct host_address *a = (const void *)bytes;
    socklen_t size;
    const struct sockaddr *address = host_address_for(a, (int)o->numbers[0], &size);
    return given(connect((int)o->numbers[0], address, size));
}

static int64_t do_shutdown(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    return given(shutdown((int)o->numbers[0], (int)o->numbers[1]));
}

static int64_t do_getpeername(const struct order *o, char *bytes, struct report *r)
{
    (void)r;
    socklen_t size = sizeof(struct sockaddr_un);
    memset(bytes, 0, size);
    return given(getpeername((int)o->numbers[0], (struct sockaddr *)(void *)bytes, &size));
}

static int64_t do_recv(const struct order *o, char *bytes, struct report *r)
{
    (void)r;
    return given(recv((int)o->numbers[0], bytes, o->size, o->count > 2 ? (int)o->numbers[2] : 0));
}

static int64_t do_send(const struct order *o, char *bytes, struct report *r)
{
    (void)r;
    return given(send((int)o->numbers[0], bytes, o->size, o->count > 2 ? (int)o->numbers[2] : 0));
}

/* -- processes --------------------------------------------------------------------------------- */

static int64_t do_fork(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    return puppet_fork(o->child);
}

static int64_t do_thread(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    return puppet_thread(o->child);
}

static int64_t do_join(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    return puppet_join((int)o->numbers[0] - 1);
}

static int64_t do_wait(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    int status;
    pid_t pid = o->count == 0 || o->numbers[0] == 0 ? -1 : (pid_t)o->numbers[0];
    if (waitpid(pid, &status, 0) < 0)
        return -errno;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int64_t do_exit(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    _exit(o->count == 0 ? 0 : (int)o->numbers[0]);
}

static int64_t do_getpid(const struct order *o, char *bytes, struct report *r)
{
    (void)o, (void)bytes, (void)r;
    return getpid();
}

static int64_t do_getppid(const struct order *o, char *bytes, struct report *r)
{
    (void)o, (void)bytes, (void)r;
    return getppid();
}

/* -- signals and time -------------------------------------------------------------------------- */

static int64_t do_kill(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    return given(kill((pid_t)o->numbers[0], (int)o->numbers[1]));
}

static int64_t do_raise(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    return given(raise((int)o->numbers[0]));
}

static int64_t do_signal(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    return puppet_catch((int)o->numbers[0], o->numbers[1], SA_RESTART);
}

static int64_t do_sigaction(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    return puppet_catch((int)o->numbers[0], o->numbers[1], o->count > 2 ? (int)o->numbers[2] : 0);
}

static int64_t do_pause(const struct order *o, char *bytes, struct report *r)
{
    (void)o, (void)bytes, (void)r;
    return given(pause());
}

/* Until the gate is opened. */
static int64_t do_sleep(const struct order *o, char *bytes, struct report *r)
{
    (void)bytes, (void)r;
    struct pollfd gate = {gate_fd(puppet_self()), POLLIN, 0};
    uint64_t opened;
    if (o->numbers[0] <= 0)
        return o->numbers[0] < 0 ? -EINVAL : 0;
    if (poll(&gate, 1, -1) < 0 || read(gate.fd, &opened, sizeof opened) < 0)
        return -errno;
    return 0;
}

/* -- the table --------------------------------------------------------------------------------- */

#ifdef SYS_poll
#define IN_POLL SYS_poll, SYS_ppoll
#else
#define IN_POLL SYS_ppoll
#endif
#ifdef SYS_open
#define IN_OPEN SYS_openat, SYS_open
#else
#define IN_OPEN SYS_openat
#endif
#ifdef SYS_pause
#define IN_PAUSE SYS_pause, SYS_ppoll
#else
#define IN_PAUSE SYS_ppoll
#endif

enum { NONE = -1 };

/* takes: which argument is a process. About an address: it names one, or gives one. */
static const struct call {
    const char *name;
    call_function *make;
    int takes;
    enum { GIVES_NUMBER, GIVES_PROCESS } gives;
    enum { NO_ADDRESS, NAMES_ADDRESS, GIVES_ADDRESS } address;
    long sleeps_in[3]; /* 0: no more */
} calls[] = {
    {"pipe", do_pipe, NONE, GIVES_NUMBER, NO_ADDRESS, {0}},
    {"pipe2", do_pipe2, NONE, GIVES_NUMBER, NO_ADDRESS, {0}},
    {"read", do_read, NONE, GIVES_NUMBER, NO_ADDRESS, {SYS_read}},
    {"write", do_write, NONE, GIVES_NUMBER, NO_ADDRESS, {SYS_write}},
    {"splice", do_splice, NONE, GIVES_NUMBER, NO_ADDRESS, {SYS_splice}},
    {"tee", do_tee, NONE, GIVES_NUMBER, NO_ADDRESS, {SYS_tee}},
    {"readv", do_readv, NONE, GIVES_NUMBER, NO_ADDRESS, {SYS_readv}},
    {"writev", do_writev, NONE, GIVES_NUMBER, NO_ADDRESS, {SYS_writev}},
    {"lseek", do_lseek, NONE, GIVES_NUMBER, NO_ADDRESS, {0}},
    {"open", do_open, NONE, GIVES_NUMBER, NAMES_ADDRESS, {IN_OPEN}},
    {"mkfifo", do_mkfifo, NONE, GIVES_NUMBER, NAMES_ADDRESS, {0}},
    {"unlink", do_unlink, NONE, GIVES_NUMBER, NAMES_ADDRESS, {0}},
    {"close", do_close, NONE, GIVES_NUMBER, NO_ADDRESS, {SYS_close}},
    {"dup", do_dup, NONE, GIVES_NUMBER, NO_ADDRESS, {0}},
    {"dup2", do_dup2, NONE, GIVES_NUMBER, NO_ADDRESS, {0}},
    {"fcntl", do_fcntl, NONE, GIVES_NUMBER, NO_ADDRESS, {0}},
    {"ioctl", do_ioctl, NONE, GIVES_NUMBER, NO_ADDRESS, {0}},
    {"poll", do_poll, NONE, GIVES_NUMBER, NO_ADDRESS, {IN_POLL}},
    {"socket", do_socket, NONE, GIVES_NUMBER, NO_ADDRESS, {0}},
    {"socketpair", do_socketpair, NONE, GIVES_NUMBER, NO_ADDRESS, {0}},
    {"bind", do_bind, NONE, GIVES_NUMBER, NAMES_ADDRESS, {0}},
    {"listen", do_listen, NONE, GIVES_NUMBER, NO_ADDRESS, {0}},
    {"accept", do_accept, NONE, GIVES_NUMBER, NO_ADDRESS, {SYS_accept, SYS_accept4}},
    {"connect", do_connect, NONE, GIVES_NUMBER, NAMES_ADDRESS, {SYS_connect}},
    {"shutdown", do_shutdown, NONE, GIVES_NUMBER, NO_ADDRESS, {0}},
    {"getpeername", do_getpeername, NONE, GIVES_NUMBER, GIVES_ADDRESS, {0}},
    {"recv", do_recv, NONE, GIVES_NUMBER, NO_ADDRESS, {SYS_recvfrom}},
    {"send", do_send, NONE, GIVES_NUMBER, NO_ADDRESS, {SYS_sendto}},
    {"fork", do_fork, NONE, GIVES_PROCESS, NO_ADDRESS, {0}},
    {"thread", do_thread, NONE, GIVES_NUMBER, NO_ADDRESS, {0}},
    {"join", do_join, NONE, GIVES_NUMBER, NO_ADDRESS, {SYS_futex}},
    {"wait", do_wait, 0, GIVES_NUMBER, NO_ADDRESS, {SYS_wait4, SYS_waitid}},
    {"exit", do_exit, NONE, GIVES_NUMBER, NO_ADDRESS, {0}},
    {"getpid", do_getpid, NONE, GIVES_PROCESS, NO_ADDRESS, {0}},
    {"getppid", do_getppid, NONE, GIVES_PROCESS, NO_ADDRESS, {0}},
    {"kill", do_kill, 0, GIVES_NUMBER, NO_ADDRESS, {0}},
    {"raise", do_raise, NONE, GIVES_NUMBER, NO_ADDRESS, {0}},
    {"signal", do_signal, NONE, GIVES_NUMBER, NO_ADDRESS, {0}},
    {"sigaction", do_sigaction, NONE, GIVES_NUMBER, NO_ADDRESS, {0}},
    {"pause", do_pause, NONE, GIVES_NUMBER, NO_ADDRESS, {IN_PAUSE}},
    {"sleep", do_sleep, NONE, GIVES_NUMBER, NO_ADDRESS, {IN_POLL}},
};

int host_call_named(const char *name)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (strcmp(calls[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

void host_call_make(const struct order *order, char *bytes, struct report *report)
{
    report->value = calls[order->call].make(order, bytes, report);
}

int host_call_process_argument(int call)
{
    return calls[call].takes;
}

bool host_call_gives_process(int call)
{
    return calls[call].gives == GIVES_PROCESS;
}

bool host_call_names_address(int call)
{
    return calls[call].address == NAMES_ADDRESS;
}

bool host_call_gives_address(int call)
{
    return calls[call].address == GIVES_ADDRESS;
}

bool host_call_sleeps_in(int call, long number)
{
    for (int i = 0; i < 3 && calls[call].sleeps_in[i] != 0; i++) {
        if (calls[call].sleeps_in[i] == number)
            return true;
    }
    /* read is number 0 on some machines */
    return calls[call].make == do_read && number == SYS_read;
}
#endif

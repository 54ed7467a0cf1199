/* calls.c - see calls.h. One function for each call, and one table of all of them at the end. */
#include "sim/run/calls.h"

#include "sim/run/arguments.h"
#include "sim/run/functions.h"
#include "sim/run/paths.h"
#include "sim/run/vectors.h"
#include "sim/run/vocabulary.h"
#include "sim/sched/arena.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static struct outcome gives(int64_t result)
{
    return (struct outcome){.result = result};
}

/* The kernel says ENOMEM only when the run has used up what it may have. */
static struct outcome gives_or_limit(struct vm *vm, int result)
{
    if (result == -ENOMEM)
        vm_limit(vm, SETTING_max_memory);
    return gives(result);
}

/* -- pipes and files --------------------------------------------------------------------------- */

static int call_socketpair_of(struct thread *self, const char *name, int flags, int fds[2])
{
    (void)flags;
    return call_socketpair(self, name, fds);
}

/* A pipe, or a pair of sockets, named as the variable is. */
static struct outcome
make_pair(struct vm *vm, int stores_to,
          int make(struct thread *self, const char *name, int flags, int fds[2]), int flags)
{
    const char *name = vm->run->program->variables[stores_to].name;
    int fds[2];
    int *instances = &vm->run->pipe_instances[stores_to];
    name = instance_name(name, *instances + 1);
    int error = name == NULL ? -ENOMEM : make(vm->thread, name, flags, fds);
    if (error == -ENOMEM)
        vm_limit(vm, SETTING_max_memory);
    if (error != 0) {
        arena_free((char *)name);
        return gives(error);
    }
    ++*instances;
    value_drop(vm->variables[stores_to]);
    vm->variables[stores_to] = (struct value){.kind = VALUE_PAIR, .pair = {fds[0], fds[1]}};
    return gives(0);
}

static struct outcome do_pipe(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)args, (void)n;
    return make_pair(vm, stores_to, call_pipe, 0);
}

static struct outcome do_pipe2(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)n;
    return make_pair(vm, stores_to, call_pipe, argument_small_number(vm, args[0]));
}

typedef ssize_t read_function(struct thread *self, int fd, void *dst, size_t n, int flags);

static ssize_t read_without_flags(struct thread *self, int fd, void *dst, size_t n, int flags)
{
    (void)flags;
    return call_read(self, fd, dst, n);
}

static struct outcome read_bytes(struct vm *vm, const struct value *args, read_function *read,
                                 int flags)
{
    int fd = argument_small_number(vm, args[0]);
    int64_t asked = argument_number(vm, args[1]);
    if (asked < 0) {
        vm_error(vm, "no call can read %" PRId64 " bytes", asked);
        return gives(-EINVAL);
    }
    size_t most = call_read_limit(vm->thread, fd, (size_t)asked);
    struct bytes *b = bytes_new(most);
    if (b == NULL) {
        vm_limit(vm, SETTING_max_memory);
        return gives(-ENOMEM);
    }
    ssize_t got = read(vm->thread, fd, b->at, most, flags);
    if (got < 0) {
        bytes_drop(b);
        return gives(got);
    }
    b->size = (size_t)got;
    return (struct outcome){got, b, asked};
}

static struct outcome do_read(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return read_bytes(vm, args, read_without_flags, 0);
}

static struct outcome do_write(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to;
    struct bytes *b = argument_bytes(vm, args[1]);
    int64_t size = n > 2 ? argument_number(vm, args[2]) : b != NULL ? (int64_t)b->size : 0;
    int fd = argument_small_number(vm, args[0]);
    if (b != NULL && (size < 0 || size > (int64_t)b->size))
        vm_error(vm, "write is to take %" PRId64 " bytes of a string of %zu", size, b->size);
    if (vm->dead)
        return gives(-EINVAL);
    return gives(call_write(vm->thread, fd, b->at, (size_t)size));
}

static struct outcome transfer(struct vm *vm, const struct value *args, int n,
                               ssize_t make(struct thread *self, int from, int to, int64_t n,
                                            int flags))
{
    int flags = n > 3 ? argument_small_number(vm, args[3]) : 0;
    int from = argument_small_number(vm, args[0]), to = argument_small_number(vm, args[1]);
    int64_t bytes = argument_number(vm, args[2]);
    if (bytes < 0)
        vm_error(vm, "no call can move %" PRId64 " bytes", bytes);
    return gives(vm->dead ? -EINVAL : make(vm->thread, from, to, bytes, flags));
}

static struct outcome do_splice(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to;
    return transfer(vm, args, n, call_splice);
}

static struct outcome do_tee(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to;
    return transfer(vm, args, n, call_tee);
}

static struct outcome do_close(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return gives(call_close(vm->thread, argument_small_number(vm, args[0])));
}

static struct outcome do_dup(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return gives(call_dup(vm->thread, argument_small_number(vm, args[0])));
}

static struct outcome do_dup2(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return gives(call_dup2(vm->thread, argument_small_number(vm, args[0]),
                           argument_small_number(vm, args[1])));
}

static struct outcome do_fcntl(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to;
    int fd = argument_small_number(vm, args[0]);
    int64_t command = argument_number(vm, args[1]);
    bool sets = command == COMMAND_SETFL || command == COMMAND_SETPIPE_SZ;
    if (sets && n < 3) {
        vm_error(vm, "this command of fcntl needs a third argument: the value to be set");
        return gives(-EINVAL);
    }
    switch (command) {
    case COMMAND_GETFL: return gives(call_get_flags(vm->thread, fd));
    case COMMAND_SETFL:
        return gives(call_set_flags(vm->thread, fd, argument_small_number(vm, args[2])));
    case COMMAND_GETPIPE_SZ: return gives(call_get_capacity(vm->thread, fd));
    case COMMAND_SETPIPE_SZ:
        return gives(call_set_capacity(vm->thread, fd, argument_number(vm, args[2])));
    default: return gives(call_get_flags(vm->thread, fd) < 0 ? -EBADF : -EINVAL);
    }
}

static struct outcome do_ioctl(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    int available = call_bytes_available(vm->thread, argument_small_number(vm, args[0]));
    bool known = argument_number(vm, args[1]) == COMMAND_FIONREAD;
    return gives(known || available < 0 ? available : -ENOTTY); /* PS-018, PS-019 */
}

/* -- sockets ----------------------------------------------------------------------------------- */

static struct outcome do_socket(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to;
    int type = n > 1 ? argument_small_number(vm, args[1]) : ABI_SOCK_STREAM;
    return gives_or_limit(vm, call_socket(vm->thread, argument_small_number(vm, args[0]), type));
}

static struct outcome do_socketpair(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)args, (void)n;
    return make_pair(vm, stores_to, call_socketpair_of, 0);
}

static struct outcome do_bind(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    struct bytes *address = argument_bytes(vm, args[1]);
    if (address == NULL)
        return gives(-EINVAL);
    return gives_or_limit(
        vm, call_bind(vm->thread, argument_small_number(vm, args[0]), address->at, address->size));
}

static struct outcome do_listen(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return gives(
        call_listen(vm->thread, argument_small_number(vm, args[0]), argument_number(vm, args[1])));
}

static struct outcome do_accept(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return gives_or_limit(vm, call_accept(vm->thread, argument_small_number(vm, args[0])));
}

static struct outcome do_connect(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    struct bytes *address = argument_bytes(vm, args[1]);
    if (address == NULL)
        return gives(-EINVAL);
    return gives_or_limit(vm, call_connect(vm->thread, argument_small_number(vm, args[0]),
                                           address->at, address->size));
}

static struct outcome do_shutdown(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return gives(call_shutdown(vm->thread, argument_small_number(vm, args[0]),
                               argument_small_number(vm, args[1])));
}

static struct outcome do_getpeername(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    int error;
    const char *name = call_getpeername(vm->thread, argument_small_number(vm, args[0]), &error);
    struct bytes *b = name == NULL ? NULL : bytes_copy(name, strlen(name));
    if (name != NULL && b == NULL) {
        vm_limit(vm, SETTING_max_memory);
        return gives(-ENOMEM);
    }
    return (struct outcome){.result = name == NULL ? error : (int64_t)b->size, .bytes = b};
}

static struct outcome do_recv(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to;
    return read_bytes(vm, args, call_recv, n > 2 ? argument_small_number(vm, args[2]) : 0);
}

static struct outcome do_send(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to;
    struct bytes *b = argument_bytes(vm, args[1]);
    int flags = n > 2 ? argument_small_number(vm, args[2]) : 0;
    if (b == NULL || vm->dead)
        return gives(-EINVAL);
    return gives(call_send(vm->thread, argument_small_number(vm, args[0]), b->at, b->size, flags));
}

/* -- processes --------------------------------------------------------------------------------- */

static struct outcome start(struct vm *vm, int block, bool fork)
{
    struct run *run = vm->run;
    int *instances = &run->block_instances[block];
    const char *name = instance_name(run->program->blocks[block].name, *instances + 1);
    struct thread *made = NULL;
    int number = name == NULL ? -ENOMEM
                 : fork       ? call_fork(vm->thread, name, &made)
                              : call_thread(vm->thread, name, &made);
    struct vm *child = number < 0 ? NULL : vm_new(run, made, block, vm);
    if (number == -ENOMEM || (number >= 0 && child == NULL)) {
        vm_limit(vm, SETTING_max_memory);
        return gives(-ENOMEM);
    }
    if (number < 0)
        return gives(number);
    ++*instances;
    if (thread_start(made, vm_thread_body, child) != 0) {
        vm_limit(vm,
                 run->options->mode == SCHED_THREADS ? SETTING_max_processes : SETTING_max_memory);
        return gives(-EAGAIN);
    }
    return gives(number);
}

static struct outcome do_fork(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return start(vm, (int)args[0].n, true);
}

static struct outcome do_thread(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return start(vm, (int)args[0].n, false);
}

static struct outcome do_join(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return gives(call_join(vm->thread, argument_process(vm, args[0])));
}

static struct outcome do_wait(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to;
    return gives(call_wait(vm->thread, n == 0 ? 0 : argument_process(vm, args[0])));
}

static struct outcome do_exit(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to;
    call_exit(vm->thread, n == 0 ? 0 : argument_small_number(vm, args[0]) & 255);
    return gives(0);
}

static struct outcome do_getpid(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)args, (void)n;
    return gives(call_getpid(vm->thread));
}

static struct outcome do_getppid(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)args, (void)n;
    return gives(call_getppid(vm->thread));
}

/* -- signals and time -------------------------------------------------------------------------- */

static struct outcome do_kill(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return gives(
        call_kill(vm->thread, argument_process(vm, args[0]), argument_small_number(vm, args[1])));
}

static struct outcome do_raise(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return gives(call_raise(vm->thread, argument_small_number(vm, args[0])));
}

static struct outcome do_signal(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return gives(call_signal(vm->thread, argument_small_number(vm, args[0]), (int)args[1].n, true));
}

static struct outcome do_sigaction(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to;
    bool restart = n > 2 && argument_number(vm, args[2]) & ABI_SA_RESTART;
    return gives(
        call_signal(vm->thread, argument_small_number(vm, args[0]), (int)args[1].n, restart));
}

static struct outcome do_alarm(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return gives(call_alarm(vm->thread, argument_number(vm, args[0])));
}

static struct outcome do_pause(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)args, (void)n;
    return gives(call_pause(vm->thread));
}

static struct outcome do_sleep(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    int64_t ticks = argument_number(vm, args[0]);
    if (ticks < 0)
        return gives(-EINVAL);
    return gives(call_sleep(vm->thread, ticks));
}

static struct outcome do_yield(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)vm, (void)stores_to, (void)args, (void)n;
    sched_yield_to_others();
    return gives(0);
}

static struct outcome do_poll(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to;
    int count = n / 2;
    struct poll_entry *entries = arena_alloc((size_t)count * sizeof *entries);
    if (entries == NULL) {
        vm_limit(vm, SETTING_max_memory);
        return gives(-ENOMEM);
    }
    for (int i = 0; i < count; i++) {
        entries[i].fd = argument_small_number(vm, args[2 * i]);
        entries[i].events = argument_small_number(vm, args[2 * i + 1]);
    }
    arena_free(vm->polled);
    vm->polled = entries;
    vm->polled_count = count;
    return gives(call_poll(vm->thread, entries, count, argument_number(vm, args[n - 1])));
}

/* -- the table --------------------------------------------------------------------------------- */

/* How an argument is shown: f a descriptor, d data, s a signal, e poll events, o flags of open
 * files, O of open, S what lseek counts from,
 * r flags of sigaction, c a command, h a handler, b a block, a an address family, t a type of
 * socket, w a way to shut down, m flags of messages, p flags of splice; n a number or whatever it is.
 */
static const struct call {
    struct vocabulary_call words;
    const char *show;
    call_function *make;
    struct value (*evaluate)(struct vm *vm, const struct value *args, int n);
    enum call_restart restarts;
    enum { ONCE, MAY_SPIN } spins;
} calls[] = {
    {{"pipe", "v", "pipe(p)", CALL_TO_KERNEL}, "", do_pipe, NULL, RESTARTS_NEVER, ONCE},
    {{"pipe2", "ve", "pipe2(p, FLAGS)", CALL_TO_KERNEL}, "o", do_pipe2, NULL, RESTARTS_NEVER, ONCE},
    {{"read", "ee", "x = read(fd, n): the bytes are its result", CALL_TO_KERNEL},
     "fn",
     do_read,
     NULL,
     RESTARTS_IF_ASKED,
     MAY_SPIN},
    {{"write", "ee[e", "write(fd, bytes) or write(fd, bytes, n)", CALL_TO_KERNEL},
     "fdn",
     do_write,
     NULL,
     RESTARTS_IF_ASKED,
     MAY_SPIN},
    {{"splice", "eee[e", "splice(from, to, n) or splice(from, to, n, SPLICE_F_NONBLOCK)",
      CALL_TO_KERNEL},
     "ffnp",
     do_splice,
     NULL,
     RESTARTS_IF_ASKED,
     MAY_SPIN},
    {{"tee", "eee[e", "tee(from, to, n) or tee(from, to, n, SPLICE_F_NONBLOCK)", CALL_TO_KERNEL},
     "ffnp",
     do_tee,
     NULL,
     RESTARTS_IF_ASKED,
     MAY_SPIN},
    {{"readv", "e[eeeeeeeeeeeeeeee",
      "x = readv(fd, n, n, ...), up to 16: iov(0), iov(1) ... have the bytes", CALL_TO_KERNEL},
     "fn",
     call_readv,
     NULL,
     RESTARTS_IF_ASKED,
     MAY_SPIN},
    {{"writev", "e[eeeeeeeeeeeeeeee", "writev(fd, bytes, bytes, ...), up to 16", CALL_TO_KERNEL},
     "fd",
     call_writev,
     NULL,
     RESTARTS_IF_ASKED,
     MAY_SPIN},
    {{"close", "e", "close(fd)", CALL_TO_KERNEL}, "f", do_close, NULL, RESTARTS_NEVER, ONCE},
    {{"open", "n[e", "open(\"path\", FLAGS): O_RDONLY, O_WRONLY or O_RDWR, and others",
      CALL_TO_KERNEL},
     "nO",
     path_open,
     NULL,
     RESTARTS_IF_ASKED,
     MAY_SPIN},
    {{"lseek", "eee", "lseek(fd, offset, SEEK_SET), or SEEK_CUR, or SEEK_END", CALL_TO_KERNEL},
     "fnS",
     offset_seek,
     NULL,
     RESTARTS_NEVER,
     ONCE},
    {{"mkfifo", "n", "mkfifo(\"path\")", CALL_TO_KERNEL},
     "n",
     path_mkfifo,
     NULL,
     RESTARTS_NEVER,
     ONCE},
    {{"unlink", "n", "unlink(\"path\")", CALL_TO_KERNEL},
     "n",
     path_unlink,
     NULL,
     RESTARTS_NEVER,
     ONCE},
    {{"dup", "e", "dup(fd)", CALL_TO_KERNEL}, "f", do_dup, NULL, RESTARTS_NEVER, ONCE},
    {{"dup2", "ee", "dup2(fd, fd2)", CALL_TO_KERNEL}, "fn", do_dup2, NULL, RESTARTS_NEVER, ONCE},
    {{"fcntl", "ee[e", "fcntl(fd, COMMAND) or fcntl(fd, COMMAND, value)", CALL_TO_KERNEL},
     "fco",
     do_fcntl,
     NULL,
     RESTARTS_NEVER,
     ONCE},
    {{"ioctl", "ee", "ioctl(fd, FIONREAD)", CALL_TO_KERNEL},
     "fc",
     do_ioctl,
     NULL,
     RESTARTS_NEVER,
     MAY_SPIN},
    {{"socket", "e[e", "socket(AF_UNIX) or socket(AF_INET), and SOCK_STREAM as you like",
      CALL_TO_KERNEL},
     "at",
     do_socket,
     NULL,
     RESTARTS_NEVER,
     ONCE},
    {{"socketpair", "v", "socketpair(s): s[0] and s[1] are connected", CALL_TO_KERNEL},
     "",
     do_socketpair,
     NULL,
     RESTARTS_NEVER,
     ONCE},
    {{"bind", "ee", "bind(fd, \"host:port\"), or a path for AF_UNIX", CALL_TO_KERNEL},
     "fn",
     do_bind,
     NULL,
     RESTARTS_NEVER,
     ONCE},
    {{"listen", "ee", "listen(fd, backlog)", CALL_TO_KERNEL},
     "fn",
     do_listen,
     NULL,
     RESTARTS_NEVER,
     ONCE},
    {{"accept", "e", "c = accept(fd)", CALL_TO_KERNEL},
     "f",
     do_accept,
     NULL,
     RESTARTS_IF_ASKED,
     MAY_SPIN},
    {{"connect", "ee", "connect(fd, \"host:port\"), or a path for AF_UNIX", CALL_TO_KERNEL},
     "fn",
     do_connect,
     NULL,
     RESTARTS_IF_ASKED,
     MAY_SPIN},
    {{"shutdown", "ee", "shutdown(fd, SHUT_WR), or SHUT_RD, or SHUT_RDWR", CALL_TO_KERNEL},
     "fw",
     do_shutdown,
     NULL,
     RESTARTS_NEVER,
     ONCE},
    {{"getpeername", "e", "getpeername(fd): the address is its result", CALL_TO_KERNEL},
     "f",
     do_getpeername,
     NULL,
     RESTARTS_NEVER,
     ONCE},
    {{"recv", "ee[e", "x = recv(fd, n) or recv(fd, n, FLAGS)", CALL_TO_KERNEL},
     "fnm",
     do_recv,
     NULL,
     RESTARTS_IF_ASKED,
     MAY_SPIN},
    {{"send", "ee[e", "send(fd, bytes) or send(fd, bytes, FLAGS)", CALL_TO_KERNEL},
     "fdm",
     do_send,
     NULL,
     RESTARTS_IF_ASKED,
     MAY_SPIN},
    {{"fork", "b", "fork(NAME)", CALL_TO_KERNEL}, "b", do_fork, NULL, RESTARTS_NEVER, ONCE},
    {{"thread", "t", "thread(NAME)", CALL_TO_KERNEL}, "b", do_thread, NULL, RESTARTS_NEVER, ONCE},
    {{"join", "p", "join(NAME)", CALL_TO_KERNEL}, "n", do_join, NULL, RESTARTS_ALWAYS, MAY_SPIN},
    {{"wait", "[p", "wait() or wait(NAME)", CALL_TO_KERNEL},
     "n",
     do_wait,
     NULL,
     RESTARTS_IF_ASKED,
     MAY_SPIN},
    {{"exit", "[e", "exit(n)", CALL_TO_KERNEL}, "n", do_exit, NULL, RESTARTS_NEVER, ONCE},
    {{"getpid", "", "getpid()", CALL_TO_KERNEL}, "", do_getpid, NULL, RESTARTS_NEVER, ONCE},
    {{"getppid", "", "getppid()", CALL_TO_KERNEL}, "", do_getppid, NULL, RESTARTS_NEVER, ONCE},
    {{"kill", "pe", "kill(NAME, SIGNAL)", CALL_TO_KERNEL},
     "ns",
     do_kill,
     NULL,
     RESTARTS_NEVER,
     MAY_SPIN},
    {{"raise", "e", "raise(SIGNAL)", CALL_TO_KERNEL}, "s", do_raise, NULL, RESTARTS_NEVER, ONCE},
    {{"signal", "eh", "signal(SIGNAL, HANDLER)", CALL_TO_KERNEL},
     "sh",
     do_signal,
     NULL,
     RESTARTS_NEVER,
     ONCE},
    {{"sigaction", "eh[e", "sigaction(SIGNAL, HANDLER) or sigaction(SIGNAL, HANDLER, SA_RESTART)",
      CALL_TO_KERNEL},
     "shr",
     do_sigaction,
     NULL,
     RESTARTS_NEVER,
     ONCE},
    {{"alarm", "e", "alarm(ticks)", CALL_TO_KERNEL}, "n", do_alarm, NULL, RESTARTS_NEVER, ONCE},
    {{"pause", "", "pause()", CALL_TO_KERNEL}, "", do_pause, NULL, RESTARTS_NEVER, MAY_SPIN},
    {{"sleep", "e", "sleep(ticks)", CALL_TO_KERNEL}, "n", do_sleep, NULL, RESTARTS_NEVER, MAY_SPIN},
    {{"yield", "", "yield()", CALL_TO_KERNEL}, "", do_yield, NULL, RESTARTS_NEVER, MAY_SPIN},
    {{"poll", "eee*", "poll(fd, EVENTS, TIMEOUT), with as many pairs of fd and EVENTS as you like",
      CALL_TO_KERNEL},
     "fe",
     do_poll,
     NULL,
     RESTARTS_NEVER,
     MAY_SPIN},
    {{"len", "e", "len(bytes)", CALL_COMPUTES}, "", NULL, function_len, RESTARTS_NEVER, ONCE},
    {{"str", "e", "str(n)", CALL_COMPUTES}, "", NULL, function_str, RESTARTS_NEVER, ONCE},
    {{"int", "e", "int(bytes)", CALL_COMPUTES}, "", NULL, function_int, RESTARTS_NEVER, ONCE},
    {{"char", "e", "char(n)", CALL_COMPUTES}, "", NULL, function_char, RESTARTS_NEVER, ONCE},
    {{"min", "ee", "min(a, b)", CALL_COMPUTES}, "", NULL, function_min, RESTARTS_NEVER, ONCE},
    {{"max", "ee", "max(a, b)", CALL_COMPUTES}, "", NULL, function_max, RESTARTS_NEVER, ONCE},
    {{"u8", "e", "u8(n)", CALL_COMPUTES}, "", NULL, function_u8, RESTARTS_NEVER, ONCE},
    {{"be16", "e", "be16(n)", CALL_COMPUTES}, "", NULL, function_be16, RESTARTS_NEVER, ONCE},
    {{"be32", "e", "be32(n)", CALL_COMPUTES}, "", NULL, function_be32, RESTARTS_NEVER, ONCE},
    {{"le16", "e", "le16(n)", CALL_COMPUTES}, "", NULL, function_le16, RESTARTS_NEVER, ONCE},
    {{"le32", "e", "le32(n)", CALL_COMPUTES}, "", NULL, function_le32, RESTARTS_NEVER, ONCE},
    {{"str8", "e", "str8(bytes)", CALL_COMPUTES}, "", NULL, function_str8, RESTARTS_NEVER, ONCE},
    {{"str16", "e", "str16(bytes)", CALL_COMPUTES}, "", NULL, function_str16, RESTARTS_NEVER, ONCE},
    {{"from_u8", "e", "from_u8(bytes)", CALL_COMPUTES},
     "",
     NULL,
     function_from_u8,
     RESTARTS_NEVER,
     ONCE},
    {{"from_be16", "e", "from_be16(bytes)", CALL_COMPUTES},
     "",
     NULL,
     function_from_be16,
     RESTARTS_NEVER,
     ONCE},
    {{"from_be32", "e", "from_be32(bytes)", CALL_COMPUTES},
     "",
     NULL,
     function_from_be32,
     RESTARTS_NEVER,
     ONCE},
    {{"from_le16", "e", "from_le16(bytes)", CALL_COMPUTES},
     "",
     NULL,
     function_from_le16,
     RESTARTS_NEVER,
     ONCE},
    {{"from_le32", "e", "from_le32(bytes)", CALL_COMPUTES},
     "",
     NULL,
     function_from_le32,
     RESTARTS_NEVER,
     ONCE},
    {{"from_str8", "e", "from_str8(bytes)", CALL_COMPUTES},
     "",
     NULL,
     function_from_str8,
     RESTARTS_NEVER,
     ONCE},
    {{"from_str16", "e", "from_str16(bytes)", CALL_COMPUTES},
     "",
     NULL,
     function_from_str16,
     RESTARTS_NEVER,
     ONCE},
    {{"print", "[eeeeeeeeeeeeeeee", "print(value, ...), up to 16 values", CALL_BUILT_IN},
     "",
     NULL,
     function_print,
     RESTARTS_NEVER,
     ONCE},
    {{"assert", "e", "assert(condition)", CALL_BUILT_IN},
     "",
     NULL,
     function_assert,
     RESTARTS_NEVER,
     ONCE},
    {{"iov", "e", "iov(i): what the last readv put into its i-th buffer, from 0", CALL_BUILT_IN},
     "",
     NULL,
     function_iov,
     RESTARTS_NEVER,
     ONCE},
    {{"revents", "e", "revents(fd)", CALL_BUILT_IN},
     "",
     NULL,
     function_revents,
     RESTARTS_NEVER,
     ONCE},
};

enum { CALL_COUNT = sizeof calls / sizeof *calls };

const struct vocabulary_call *call_vocabulary(size_t *count)
{
    static struct vocabulary_call words[CALL_COUNT];
    for (int i = 0; i < CALL_COUNT; i++)
        words[i] = calls[i].words;
    *count = CALL_COUNT;
    return words;
}

struct outcome call_make(struct vm *vm, int call, int stores_to, const struct value *args, int n)
{
    return calls[call].make(vm, stores_to, args, n);
}

bool call_is_function(int call)
{
    return calls[call].words.kind != CALL_TO_KERNEL;
}

struct value function_make(struct vm *vm, int call, const struct value *args, int n)
{
    return calls[call].evaluate(vm, args, n);
}

enum call_restart call_restarts(int call)
{
    return calls[call].restarts;
}

bool call_may_spin(int call)
{
    return calls[call].spins == MAY_SPIN;
}

const char *call_name(int call)
{
    return calls[call].words.name;
}

const char *call_show(int call)
{
    return calls[call].show;
}

bool call_is(int call, const char *name)
{
    return strcmp(calls[call].words.name, name) == 0;
}

bool call_gives_pid(int call)
{
    return calls[call].make == do_fork || calls[call].make == do_thread ||
           calls[call].make == do_getpid || calls[call].make == do_getppid;
}

bool call_moves_bytes(int call)
{
    return calls[call].make == do_read || calls[call].make == do_write ||
           calls[call].make == call_readv || calls[call].make == call_writev;
}

bool call_exits(int call)
{
    return calls[call].make == do_exit;
}

bool call_kills_caller(int call, int signal)
{
    return signal == ABI_SIGPIPE || calls[call].make == do_raise || calls[call].make == do_kill;
}

int call_pipe_number(struct vm *vm, int call, const struct value *args, int n)
{
    if (calls[call].show[0] != 'f' || n == 0 || args[0].kind != VALUE_INTEGER ||
        calls[call].make == do_poll)
        return NO_PIPE;
    bool shuts_out = calls[call].make == do_shutdown && args[1].kind == VALUE_INTEGER &&
                     args[1].n != ABI_SHUT_RD;
    bool writes = call_way_of(call_name(call)) == CALL_WRITES || shuts_out;
    return thread_pipe_of_fd(vm->thread, argument_small_number(vm, args[0]),
                             writes ? WRITE_END : READ_END);
}

int64_t call_bytes_asked(int call, const struct value *args, int n)
{
    if (calls[call].make == call_readv || calls[call].make == call_writev)
        return vector_size(args + 1, n - 1);
    bool reads = calls[call].make == do_read || calls[call].make == do_recv;
    if (reads && args[1].kind == VALUE_INTEGER)
        return args[1].n;
    if (calls[call].make == do_send && args[1].kind == VALUE_BYTES)
        return (int64_t)args[1].bytes->size;
    if (calls[call].make == do_write && args[1].kind == VALUE_BYTES)
        return n > 2 && args[2].kind == VALUE_INTEGER ? args[2].n : (int64_t)args[1].bytes->size;
    return 0;
}

struct bytes *call_bytes_sent(int call, const struct value *args, int n)
{
    if (calls[call].make == call_writev)
        return vector_join(args + 1, n - 1);
    return n > 1 ? value_keep(args[1]).bytes : NULL;
}

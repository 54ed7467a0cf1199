/* calls.c - see calls.h. One function for each call, and one table of all of them at the end. */
#include "sim/run/calls.h"

#include "sim/run/vm.h"
#include "sim/run/vocabulary.h"
#include "sim/sched/arena.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

typedef struct outcome call_function(struct vm *vm, int stores_to, const struct value *args, int n);

/* -- arguments --------------------------------------------------------------------------------- */

static int64_t number(struct vm *vm, struct value v)
{
    if (v.kind == VALUE_INTEGER)
        return v.n;
    if (v.kind == VALUE_PAIR)
        vm_error(vm, "a pipe has two descriptors: [0] to read, [1] to write");
    else
        vm_error(vm, "a number is needed here, and this is %s", value_kind_name(v.kind));
    return 0;
}

/* A number that the kernel takes as an int: what does not fit is no descriptor, signal or pid. */
static int small_number(struct vm *vm, struct value v)
{
    int64_t n = number(vm, v);
    return n < INT_MIN ? INT_MIN : n > INT_MAX ? INT_MAX : (int)n;
}

static struct bytes *byte_string(struct vm *vm, struct value v)
{
    if (v.kind == VALUE_BYTES)
        return v.bytes;
    vm_error(vm, "a byte string is needed here, and this is %s", value_kind_name(v.kind));
    return NULL;
}

/* A process by name or number; -1 when there is none. */
static int process_number(struct vm *vm, struct value v)
{
    if (v.kind != VALUE_ACTOR)
        return small_number(vm, v);
    struct thread *t = thread_named(vm->run->kernel, v.bytes->at, v.bytes->size);
    return t == NULL ? -1 : thread_number(t);
}

static struct outcome gives(int64_t result)
{
    return (struct outcome){.result = result};
}

/* -- pipes and files --------------------------------------------------------------------------- */

static struct outcome make_pipe(struct vm *vm, int stores_to, int flags)
{
    const char *name = vm->run->program->variables[stores_to].name;
    int fds[2];
    int *instances = &vm->run->pipe_instances[stores_to];
    name = instance_name(name, *instances + 1);
    int error = name == NULL ? -ENOMEM : call_pipe(vm->thread, name, flags, fds);
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
    return make_pipe(vm, stores_to, 0);
}

static struct outcome do_pipe2(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)n;
    return make_pipe(vm, stores_to, small_number(vm, args[0]));
}

static struct outcome do_read(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    int fd = small_number(vm, args[0]);
    int64_t asked = number(vm, args[1]);
    if (asked < 0) {
        vm_error(vm, "read cannot be asked for %" PRId64 " bytes", asked);
        return gives(-EINVAL);
    }
    size_t most = call_read_limit(vm->thread, fd, (size_t)asked);
    struct bytes *b = bytes_new(most);
    if (b == NULL) {
        vm_limit(vm, SETTING_max_memory);
        return gives(-ENOMEM);
    }
    ssize_t got = call_read(vm->thread, fd, b->at, most);
    if (got < 0) {
        bytes_drop(b);
        return gives(got);
    }
    b->size = (size_t)got;
    return (struct outcome){got, b, asked};
}

static struct outcome do_write(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to;
    struct bytes *b = byte_string(vm, args[1]);
    int64_t size = n > 2 ? number(vm, args[2]) : b != NULL ? (int64_t)b->size : 0;
    int fd = small_number(vm, args[0]);
    if (b != NULL && (size < 0 || size > (int64_t)b->size))
        vm_error(vm, "write is to take %" PRId64 " bytes of a string of %zu", size, b->size);
    if (vm->dead)
        return gives(-EINVAL);
    return gives(call_write(vm->thread, fd, b->at, (size_t)size));
}

static struct outcome do_close(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return gives(call_close(vm->thread, small_number(vm, args[0])));
}

static struct outcome do_dup(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return gives(call_dup(vm->thread, small_number(vm, args[0])));
}

static struct outcome do_dup2(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return gives(call_dup2(vm->thread, small_number(vm, args[0]), small_number(vm, args[1])));
}

static struct outcome do_fcntl(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to;
    int fd = small_number(vm, args[0]);
    int64_t command = number(vm, args[1]);
    bool sets = command == COMMAND_SETFL || command == COMMAND_SETPIPE_SZ;
    if (sets && n < 3) {
        vm_error(vm, "this command of fcntl needs a third argument: the value to be set");
        return gives(-EINVAL);
    }
    switch (command) {
    case COMMAND_GETFL: return gives(call_get_flags(vm->thread, fd));
    case COMMAND_SETFL: return gives(call_set_flags(vm->thread, fd, small_number(vm, args[2])));
    case COMMAND_GETPIPE_SZ: return gives(call_get_capacity(vm->thread, fd));
    case COMMAND_SETPIPE_SZ: return gives(call_set_capacity(vm->thread, fd, number(vm, args[2])));
    default: return gives(call_get_flags(vm->thread, fd) < 0 ? -EBADF : -EINVAL);
    }
}

static struct outcome do_ioctl(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    int available = call_bytes_available(vm->thread, small_number(vm, args[0]));
    bool known = number(vm, args[1]) == COMMAND_FIONREAD;
    return gives(known || available < 0 ? available : -ENOTTY); /* PS-018, PS-019 */
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
        vm_limit(vm, SETTING_max_processes);
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
    return gives(call_join(vm->thread, process_number(vm, args[0])));
}

static struct outcome do_wait(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to;
    return gives(call_wait(vm->thread, n == 0 ? 0 : process_number(vm, args[0])));
}

static struct outcome do_exit(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to;
    call_exit(vm->thread, n == 0 ? 0 : small_number(vm, args[0]) & 255);
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
    return gives(call_kill(vm->thread, process_number(vm, args[0]), small_number(vm, args[1])));
}

static struct outcome do_raise(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return gives(call_raise(vm->thread, small_number(vm, args[0])));
}

static struct outcome do_signal(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return gives(call_signal(vm->thread, small_number(vm, args[0]), (int)args[1].n, true));
}

static struct outcome do_sigaction(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to;
    bool restart = n > 2 && number(vm, args[2]) & ABI_SA_RESTART;
    return gives(call_signal(vm->thread, small_number(vm, args[0]), (int)args[1].n, restart));
}

static struct outcome do_alarm(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return gives(call_alarm(vm->thread, number(vm, args[0])));
}

static struct outcome do_pause(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)args, (void)n;
    return gives(call_pause(vm->thread));
}

static struct outcome do_sleep(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    int64_t ticks = number(vm, args[0]);
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
        entries[i].fd = small_number(vm, args[2 * i]);
        entries[i].events = small_number(vm, args[2 * i + 1]);
    }
    arena_free(vm->polled);
    vm->polled = entries;
    vm->polled_count = count;
    return gives(call_poll(vm->thread, entries, count, number(vm, args[n - 1])));
}

/* -- built-in functions ------------------------------------------------------------------------ */

static struct value new_bytes(struct vm *vm, const char *from, size_t size)
{
    struct bytes *b = bytes_copy(from, size);
    if (b != NULL)
        return value_bytes(b);
    vm_limit(vm, SETTING_max_memory);
    return value_integer(0);
}

static struct value do_len(struct vm *vm, const struct value *args, int n)
{
    (void)n;
    struct bytes *b = byte_string(vm, args[0]);
    return value_integer(b == NULL ? 0 : (int64_t)b->size);
}

static struct value do_str(struct vm *vm, const struct value *args, int n)
{
    (void)n;
    struct strbuf digits = {0};
    strbuf_add_int(&digits, number(vm, args[0]));
    struct value v = new_bytes(vm, strbuf_text(&digits), digits.length);
    strbuf_free(&digits);
    return v;
}

static struct value do_int(struct vm *vm, const struct value *args, int n)
{
    (void)n;
    struct bytes *b = byte_string(vm, args[0]);
    int64_t value = 0;
    size_t at = b != NULL && b->size > 0 && b->at[0] == '-';
    bool negative = at == 1, bad = b == NULL || at == b->size;
    for (; !bad && at < b->size; at++) {
        bad = b->at[at] < '0' || b->at[at] > '9' || __builtin_mul_overflow(value, 10, &value) ||
              __builtin_sub_overflow(value, b->at[at] - '0', &value); /* negative: holds more */
    }
    if (bad || (!negative && value == INT64_MIN)) {
        vm_error(vm, "these bytes are no decimal number");
        return value_integer(0);
    }
    return value_integer(negative ? value : -value);
}

static struct value do_char(struct vm *vm, const struct value *args, int n)
{
    (void)n;
    int64_t code = number(vm, args[0]);
    if (code < 0 || code > 255)
        vm_error(vm, "a byte is from 0 to 255, not %" PRId64, code);
    char byte = (char)(unsigned char)code;
    return new_bytes(vm, &byte, 1);
}

static struct value do_min(struct vm *vm, const struct value *args, int n)
{
    (void)n;
    int64_t a = number(vm, args[0]), b = number(vm, args[1]);
    return value_integer(a < b ? a : b);
}

static struct value do_max(struct vm *vm, const struct value *args, int n)
{
    (void)n;
    int64_t a = number(vm, args[0]), b = number(vm, args[1]);
    return value_integer(a > b ? a : b);
}

static struct value do_print(struct vm *vm, const struct value *args, int n)
{
    struct strbuf *line = &vm->run->outside->text;
    strbuf_clear(line);
    for (int i = 0; i < n; i++) {
        if (args[i].kind == VALUE_BYTES)
            strbuf_add_bytes(line, args[i].bytes->at, args[i].bytes->size);
        else
            strbuf_add_int(line, number(vm, args[i]));
    }
    strbuf_add_char(line, '\n');
    struct event e = {.kind = EV_PRINT,
                      .actor = thread_actor(vm->thread),
                      .other = NOBODY,
                      .pipe = NO_PIPE,
                      .text = line->bytes,
                      .size = line->length};
    sched_atomic_begin();
    trace_emit(&vm->run->trace, &e);
    sched_atomic_end();
    return value_integer(0);
}

static struct value do_assert(struct vm *vm, const struct value *args, int n)
{
    (void)n;
    const struct program *program = vm->run->program;
    const struct site *s = &program->sites[program->code[vm->pc - 1].arg];
    if (!value_true(args[0]))
        expect_failed(vm, s->place, "this is not true");
    vm->run->results_checked++;
    return value_integer(0);
}

static struct value do_revents(struct vm *vm, const struct value *args, int n)
{
    (void)n;
    int fd = small_number(vm, args[0]);
    for (int i = 0; i < vm->polled_count; i++) {
        if (vm->polled[i].fd == fd)
            return value_integer(vm->polled[i].revents);
    }
    return value_integer(0);
}

/* -- the table --------------------------------------------------------------------------------- */

/* How an argument is shown: f a descriptor, d data, s a signal, e poll events, o flags of open
 * files, r flags of sigaction, c a command, h a handler, b a block; n a number or whatever it is.
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
    {{"close", "e", "close(fd)", CALL_TO_KERNEL}, "f", do_close, NULL, RESTARTS_NEVER, ONCE},
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
    {{"len", "e", "len(bytes)", CALL_COMPUTES}, "", NULL, do_len, RESTARTS_NEVER, ONCE},
    {{"str", "e", "str(n)", CALL_COMPUTES}, "", NULL, do_str, RESTARTS_NEVER, ONCE},
    {{"int", "e", "int(bytes)", CALL_COMPUTES}, "", NULL, do_int, RESTARTS_NEVER, ONCE},
    {{"char", "e", "char(n)", CALL_COMPUTES}, "", NULL, do_char, RESTARTS_NEVER, ONCE},
    {{"min", "ee", "min(a, b)", CALL_COMPUTES}, "", NULL, do_min, RESTARTS_NEVER, ONCE},
    {{"max", "ee", "max(a, b)", CALL_COMPUTES}, "", NULL, do_max, RESTARTS_NEVER, ONCE},
    {{"print", "[eeeeeeeeeeeeeeee", "print(value, ...), up to 16 values", CALL_BUILT_IN},
     "",
     NULL,
     do_print,
     RESTARTS_NEVER,
     ONCE},
    {{"assert", "e", "assert(condition)", CALL_BUILT_IN},
     "",
     NULL,
     do_assert,
     RESTARTS_NEVER,
     ONCE},
    {{"revents", "e", "revents(fd)", CALL_BUILT_IN}, "", NULL, do_revents, RESTARTS_NEVER, ONCE},
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

/* -- for the trace ----------------------------------------------------------------------------- */

enum { SHOWN_BYTES = 24 };

static void add_flags(struct strbuf *out, int64_t value, const char *prefix, size_t only)
{
    const struct vocabulary *words = vocabulary();
    size_t start = out->length;
    for (size_t i = 0; i < words->constant_count; i++) {
        const struct vocabulary_constant *c = &words->constants[i];
        if (strncmp(c->name, prefix, only) != 0 || c->kind != CONSTANT_NUMBER)
            continue;
        if (c->value == 0 || (value & c->value) != c->value)
            continue;
        if (out->length > start)
            strbuf_add(out, "|");
        strbuf_add(out, c->name);
        value &= ~c->value;
    }
    if (value != 0 || out->length == start) {
        if (out->length > start)
            strbuf_add(out, "|");
        strbuf_add_int(out, value);
    }
}

static void add_command(struct strbuf *out, int64_t value)
{
    const struct vocabulary *words = vocabulary();
    for (size_t i = 0; i < words->constant_count; i++) {
        const struct vocabulary_constant *c = &words->constants[i];
        if (c->value == value && c->name[0] == 'F') {
            strbuf_add(out, c->name);
            return;
        }
    }
    strbuf_add_int(out, value);
}

static void add_signal(struct strbuf *out, int64_t value)
{
    const char *name = signal_name((int)value);
    if (name != NULL)
        strbuf_add(out, name);
    else
        strbuf_add_int(out, value);
}

static void add_handler(struct strbuf *out, const struct program *program, int64_t handler)
{
    strbuf_add(out, handler == HANDLER_IGNORE    ? "IGN"
                    : handler == HANDLER_DEFAULT ? "DFL"
                                                 : program->functions[handler].name);
}

static void add_descriptor(struct vm *vm, struct strbuf *out, struct value v)
{
    char name[64];
    if (v.kind != VALUE_INTEGER) {
        value_describe(v, out);
        return;
    }
    thread_describe_fd(vm->thread, small_number(vm, v), name, sizeof name);
    strbuf_add(out, name);
}

static void add_argument(struct vm *vm, struct strbuf *out, char how, struct value v)
{
    const struct program *program = vm->run->program;
    if (how == 'f')
        add_descriptor(vm, out, v);
    else if (how == 'b')
        strbuf_add(out, program->blocks[v.n].name);
    else if (how == 'h')
        add_handler(out, program, v.n);
    else if (v.kind == VALUE_BYTES)
        strbuf_add_quoted(out, v.bytes->at, v.bytes->size, SHOWN_BYTES);
    else if (v.kind != VALUE_INTEGER)
        value_describe(v, out);
    else if (how == 's')
        add_signal(out, v.n);
    else if (how == 'e')
        add_flags(out, v.n, "POLL", 4);
    else if (how == 'o')
        add_flags(out, v.n, "O_", 2);
    else if (how == 'r')
        add_flags(out, v.n, "SA_", 3);
    else if (how == 'c')
        add_command(out, v.n);
    else
        strbuf_add_int(out, v.n);
}

/* The letter for argument i; poll repeats its pair, and ends with a number. */
static char how_shown(int call, int i, int n, const struct value *args)
{
    const char *show = calls[call].show;
    bool pairs = strcmp(show, "fe") == 0;
    bool size = strcmp(show, "fco") == 0 && i == 2 && args[1].n == COMMAND_SETPIPE_SZ;
    if (pairs)
        return i == n - 1 ? 'n' : show[i % 2];
    if (size)
        return 'n';
    return (size_t)i < strlen(show) ? show[i] : 'n';
}

void call_describe(struct vm *vm, int call, int stores_to, const struct value *args, int n,
                   struct strbuf *out)
{
    strbuf_add(out, calls[call].words.name);
    strbuf_add(out, "(");
    if (stores_to >= 0)
        strbuf_add(out, vm->run->program->variables[stores_to].name);
    for (int i = 0; i < n; i++) {
        if (i > 0 || stores_to >= 0)
            strbuf_add(out, ", ");
        add_argument(vm, out, how_shown(call, i, n, args), args[i]);
    }
    strbuf_add(out, ")");
}

void outcome_describe(struct outcome o, struct strbuf *out)
{
    if (o.result < 0)
        strbuf_addf(out, "-1 %s", error_name((int)-o.result));
    else if (o.bytes != NULL && o.bytes->size == 0 && o.asked > 0)
        strbuf_add(out, "EOF");
    else if (o.bytes != NULL)
        strbuf_add_quoted(out, o.bytes->at, o.bytes->size, SHOWN_BYTES);
    else
        strbuf_add_int(out, o.result);
}

bool call_exits(int call)
{
    return calls[call].make == do_exit;
}

bool call_kills_caller(int call, int signal)
{
    return signal == ABI_SIGPIPE || calls[call].make == do_raise || calls[call].make == do_kill;
}

static void describe_polled(struct vm *vm, struct strbuf *out)
{
    char name[64];
    const char *separator = " (";
    for (int i = 0; i < vm->polled_count; i++) {
        const struct poll_entry *e = &vm->polled[i];
        if (e->revents == 0)
            continue;
        thread_describe_fd(vm->thread, e->fd, name, sizeof name);
        strbuf_addf(out, "%s%s ", separator, name);
        add_flags(out, e->revents, "POLL", 4);
        separator = ", ";
    }
    strbuf_add(out, ")");
}

void call_describe_found(struct vm *vm, int call, const struct value *args, int n, struct outcome o,
                         struct strbuf *out)
{
    if (calls[call].make == do_poll && o.result > 0)
        describe_polled(vm, out);
    if (calls[call].make != do_fcntl || n < 2 || args[1].n != COMMAND_GETFL || o.result < 0)
        return;
    strbuf_add(out, o.result & ABI_O_WRONLY ? " (O_WRONLY" : " (O_RDONLY");
    strbuf_add(out, o.result & ABI_O_NONBLOCK ? "|O_NONBLOCK)" : ")");
}

int call_pipe_number(struct vm *vm, int call, const struct value *args, int n)
{
    if (calls[call].show[0] != 'f' || n == 0 || args[0].kind != VALUE_INTEGER ||
        calls[call].make == do_poll)
        return NO_PIPE;
    return thread_pipe_of_fd(vm->thread, small_number(vm, args[0]));
}

int64_t call_bytes_asked(int call, const struct value *args, int n)
{
    if (calls[call].make == do_read && args[1].kind == VALUE_INTEGER)
        return args[1].n;
    if (calls[call].make == do_write && args[1].kind == VALUE_BYTES)
        return n > 2 && args[2].kind == VALUE_INTEGER ? args[2].n : (int64_t)args[1].bytes->size;
    return 0;
}

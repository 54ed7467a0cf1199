/* describe.c - calls and their results as they stand in a trace. */
#include "sim/run/arguments.h"
#include "sim/run/vectors.h"
#include "sim/run/vocabulary.h"

#include <string.h>

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

static void add_open_flags(struct strbuf *out, int64_t flags)
{
    int64_t mode = flags & ABI_O_ACCMODE;
    strbuf_add(out, mode == ABI_O_RDONLY   ? "O_RDONLY"
                    : mode == ABI_O_WRONLY ? "O_WRONLY"
                                           : "O_RDWR");
    if (flags == mode)
        return;
    strbuf_add(out, "|");
    add_flags(out, flags & ~(int64_t)ABI_O_ACCMODE, "O_", 2);
}

/* The constant of this value whose name begins so. */
static void add_named(struct strbuf *out, int64_t value, const char *prefix)
{
    const struct vocabulary *words = vocabulary();
    for (size_t i = 0; i < words->constant_count; i++) {
        const struct vocabulary_constant *c = &words->constants[i];
        if (c->value == value && strncmp(c->name, prefix, strlen(prefix)) == 0) {
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
    thread_describe_fd(vm->thread, argument_small_number(vm, v), name, sizeof name);
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
    else if (how == 'O')
        add_open_flags(out, v.n);
    else if (how == 'r')
        add_flags(out, v.n, "SA_", 3);
    else if (how == 'c')
        add_named(out, v.n, "F");
    else if (how == 'a')
        add_named(out, v.n, "AF_");
    else if (how == 't')
        add_flags(out, v.n, "SOCK_", 5);
    else if (how == 'S')
        add_named(out, v.n, "SEEK_");
    else if (how == 'w')
        add_named(out, v.n, "SHUT_");
    else if (how == 'm')
        add_flags(out, v.n, "MSG_", 4);
    else if (how == 'p')
        add_flags(out, v.n, "SPLICE_F_", 9);
    else
        strbuf_add_int(out, v.n);
}

/* The letter for argument i; poll repeats its pair, and ends with a number. */
static char how_shown(int call, int i, int n, const struct value *args)
{
    const char *show = call_show(call);
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
    strbuf_add(out, call_name(call));
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

/* What each buffer of a readv got, when that is not all in the first. */
static void describe_vector(struct vm *vm, struct strbuf *out)
{
    for (int i = 0; i < vm->vector.count; i++) {
        struct vector_piece piece = vector_piece(vm, i);
        strbuf_add(out, i == 0 ? " (" : ", ");
        strbuf_add_quoted(out, piece.at, piece.size, SHOWN_BYTES);
    }
    strbuf_add(out, ")");
}

void call_describe_found(struct vm *vm, int call, const struct value *args, int n, struct outcome o,
                         struct strbuf *out)
{
    if (call_is(call, "poll") && o.result > 0)
        describe_polled(vm, out);
    if (call_is(call, "readv") && o.result > 0)
        describe_vector(vm, out);
    if (!call_is(call, "fcntl") || n < 2 || args[1].n != COMMAND_GETFL || o.result < 0)
        return;
    strbuf_add(out, o.result & ABI_O_RDWR     ? " (O_RDWR"
                    : o.result & ABI_O_WRONLY ? " (O_WRONLY"
                                              : " (O_RDONLY");
    strbuf_add(out, o.result & ABI_O_NONBLOCK ? "|O_NONBLOCK" : "");
    strbuf_add(out, o.result & ABI_O_DIRECT ? "|O_DIRECT)" : ")");
}

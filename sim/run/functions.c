/* functions.c - see functions.h. */
#include "sim/run/functions.h"

#include "sim/run/arguments.h"

#include <inttypes.h>

static struct value new_bytes(struct vm *vm, const char *from, size_t size)
{
    struct bytes *b = bytes_copy(from, size);
    if (b != NULL)
        return value_bytes(b);
    vm_limit(vm, SETTING_max_memory);
    return value_integer(0);
}

struct value function_len(struct vm *vm, const struct value *args, int n)
{
    (void)n;
    struct bytes *b = argument_bytes(vm, args[0]);
    return value_integer(b == NULL ? 0 : (int64_t)b->size);
}

struct value function_str(struct vm *vm, const struct value *args, int n)
{
    (void)n;
    struct strbuf digits = {0};
    strbuf_add_int(&digits, argument_number(vm, args[0]));
    struct value v = new_bytes(vm, strbuf_text(&digits), digits.length);
    strbuf_free(&digits);
    return v;
}

struct value function_int(struct vm *vm, const struct value *args, int n)
{
    (void)n;
    struct bytes *b = argument_bytes(vm, args[0]);
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

struct value function_char(struct vm *vm, const struct value *args, int n)
{
    (void)n;
    int64_t code = argument_number(vm, args[0]);
    if (code < 0 || code > 255)
        vm_error(vm, "a byte is from 0 to 255, not %" PRId64, code);
    char byte = (char)(unsigned char)code;
    return new_bytes(vm, &byte, 1);
}

struct value function_min(struct vm *vm, const struct value *args, int n)
{
    (void)n;
    int64_t a = argument_number(vm, args[0]), b = argument_number(vm, args[1]);
    return value_integer(a < b ? a : b);
}

struct value function_max(struct vm *vm, const struct value *args, int n)
{
    (void)n;
    int64_t a = argument_number(vm, args[0]), b = argument_number(vm, args[1]);
    return value_integer(a > b ? a : b);
}

struct value function_print(struct vm *vm, const struct value *args, int n)
{
    struct strbuf *line = &vm->run->outside->text;
    vm_point(vm);
    sched_touch(&vm->run->printed, TOUCH_WRITE);
    strbuf_clear(line);
    for (int i = 0; i < n; i++) {
        if (args[i].kind == VALUE_BYTES)
            strbuf_add_bytes(line, args[i].bytes->at, args[i].bytes->size);
        else
            strbuf_add_int(line, argument_number(vm, args[i]));
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

struct value function_assert(struct vm *vm, const struct value *args, int n)
{
    (void)n;
    const struct program *program = vm->run->program;
    const struct site *s = &program->sites[program->code[vm->pc - 1].arg];
    if (!value_true(args[0]))
        expect_failed(vm, s->place, "this is not true");
    vm->run->results_checked++;
    return value_integer(0);
}

struct value function_revents(struct vm *vm, const struct value *args, int n)
{
    (void)n;
    int fd = argument_small_number(vm, args[0]);
    for (int i = 0; i < vm->polled_count; i++) {
        if (vm->polled[i].fd == fd)
            return value_integer(vm->polled[i].revents);
    }
    return value_integer(0);
}

/* operators.c - see operators.h. */
#include "sim/run/operators.h"

#include "sim/sched/arena.h"

#include <inttypes.h>
#include <string.h>

/* -- the stack --------------------------------------------------------------------------------- */

bool vm_grow_stack(struct vm *vm)
{
    int room = vm->room * 2;
    struct value *grown = arena_resize(vm->stack, (size_t)room * sizeof *grown);
    if (grown == NULL) {
        vm_limit(vm, SETTING_max_memory);
        return false;
    }
    vm->stack = grown;
    vm->room = room;
    return true;
}

void vm_drop_to(struct vm *vm, int sp)
{
    while (vm->sp > sp)
        value_drop(vm_pop(vm));
}

void vm_push_bytes(struct vm *vm, struct bytes *b)
{
    if (b == NULL)
        vm_limit(vm, SETTING_max_memory);
    else
        vm_push(vm, value_bytes(b));
}

/* -- operators --------------------------------------------------------------------------------- */

static void repeat_bytes(struct vm *vm, struct bytes *b, int64_t times)
{
    int64_t most = vm->run->settings.values[SETTING_max_bytes];
    if (times < 0)
        times = 0;
    if (b->size > 0 && times > most / (int64_t)b->size) {
        vm_limit(vm, SETTING_max_bytes);
        return;
    }
    struct bytes *made = bytes_new(b->size * (size_t)times);
    for (size_t i = 0; made != NULL && i < (size_t)times && b->size > 0; i++)
        memcpy(made->at + i * b->size, b->at, b->size);
    vm_push_bytes(vm, made);
}

static void join_bytes(struct vm *vm, struct bytes *a, struct bytes *b)
{
    if (a->size + b->size > (size_t)vm->run->settings.values[SETTING_max_bytes]) {
        vm_limit(vm, SETTING_max_bytes);
        return;
    }
    struct bytes *made = bytes_new(a->size + b->size);
    if (made != NULL) {
        memcpy(made->at, a->at, a->size);
        memcpy(made->at + a->size, b->at, b->size);
    }
    vm_push_bytes(vm, made);
}

static int64_t divided(struct vm *vm, enum op op, int64_t a, int64_t b)
{
    if (b == 0) {
        vm_error(vm, "division by zero");
        return 0;
    }
    if (a == INT64_MIN && b == -1) {
        vm_error(vm, "this number is too large");
        return 0;
    }
    return op == OP_DIVIDE ? a / b : a % b;
}

static void arithmetic(struct vm *vm, enum op op, int64_t a, int64_t b)
{
    int64_t n = 0;
    bool too_large = false;
    switch (op) {
    case OP_ADD: too_large = __builtin_add_overflow(a, b, &n); break;
    case OP_SUBTRACT: too_large = __builtin_sub_overflow(a, b, &n); break;
    case OP_MULTIPLY: too_large = __builtin_mul_overflow(a, b, &n); break;
    case OP_BIT_AND: n = a & b; break;
    case OP_BIT_OR: n = a | b; break;
    default: n = divided(vm, op, a, b);
    }
    if (too_large)
        vm_error(vm, "this number is too large: 64 bits are all there is");
    else
        vm_push(vm, value_integer(n));
}

static int compare_bytes(const struct bytes *a, const struct bytes *b)
{
    size_t n = a->size < b->size ? a->size : b->size;
    int c = memcmp(a->at, b->at, n);
    return c != 0 ? c : (a->size > b->size) - (a->size < b->size);
}

static void order(struct vm *vm, enum op op, struct value a, struct value b)
{
    int c;
    if (a.kind == VALUE_INTEGER && b.kind == VALUE_INTEGER)
        c = (a.n > b.n) - (a.n < b.n);
    else if (a.kind == VALUE_BYTES && b.kind == VALUE_BYTES)
        c = compare_bytes(a.bytes, b.bytes);
    else {
        vm_error(vm, "%s and %s have no order", value_kind_name(a.kind), value_kind_name(b.kind));
        return;
    }
    vm_push(vm, value_integer(op == OP_LESS         ? c < 0
                              : op == OP_LESS_EQUAL ? c <= 0
                              : op == OP_GREATER    ? c > 0
                                                    : c >= 0));
}

void operator_binary(struct vm *vm, enum op op)
{
    struct value b = vm_pop(vm), a = vm_pop(vm);
    if (op == OP_EQUAL || op == OP_NOT_EQUAL)
        vm_push(vm, value_integer(value_equal(a, b) == (op == OP_EQUAL)));
    else if (op == OP_LESS || op == OP_LESS_EQUAL || op == OP_GREATER || op == OP_GREATER_EQUAL)
        order(vm, op, a, b);
    else if (a.kind == VALUE_INTEGER && b.kind == VALUE_INTEGER)
        arithmetic(vm, op, a.n, b.n);
    else if (op == OP_ADD && a.kind == VALUE_BYTES && b.kind == VALUE_BYTES)
        join_bytes(vm, a.bytes, b.bytes);
    else if (op == OP_MULTIPLY && a.kind == VALUE_BYTES && b.kind == VALUE_INTEGER)
        repeat_bytes(vm, a.bytes, b.n);
    else if (op == OP_MULTIPLY && a.kind == VALUE_INTEGER && b.kind == VALUE_BYTES)
        repeat_bytes(vm, b.bytes, a.n);
    else
        vm_error(vm, "this cannot be done with %s and %s; str(n) and int(x) convert",
                 value_kind_name(a.kind), value_kind_name(b.kind));
    value_drop(a);
    value_drop(b);
}

void operator_negate(struct vm *vm)
{
    struct value v = vm_pop(vm);
    if (v.kind != VALUE_INTEGER || v.n == INT64_MIN)
        vm_error(vm,
                 v.kind == VALUE_INTEGER ? "this number is too large: 64 bits are all there is"
                                         : "'-' needs a number, and this is %s",
                 value_kind_name(v.kind));
    else
        vm_push(vm, value_integer(-v.n));
    value_drop(v);
}

void operator_index(struct vm *vm)
{
    struct value i = vm_pop(vm), x = vm_pop(vm);
    if (i.kind != VALUE_INTEGER || (x.kind != VALUE_PAIR && x.kind != VALUE_BYTES))
        vm_error(vm, "%s cannot be indexed by %s", value_kind_name(x.kind),
                 value_kind_name(i.kind));
    else if (x.kind == VALUE_PAIR && (i.n < 0 || i.n > 1))
        vm_error(vm, "a pipe has the descriptors [0] and [1], not [%" PRId64 "]", i.n);
    else if (x.kind == VALUE_PAIR)
        vm_push(vm, value_integer(x.pair[i.n]));
    else if (i.n < 0 || i.n >= (int64_t)x.bytes->size)
        vm_error(vm, "there is no byte %" PRId64 " in a string of %zu", i.n, x.bytes->size);
    else
        vm_push(vm, value_integer((unsigned char)x.bytes->at[i.n]));
    value_drop(x);
    value_drop(i);
}

void operator_slice(struct vm *vm)
{
    struct value j = vm_pop(vm), i = vm_pop(vm), x = vm_pop(vm);
    if (x.kind != VALUE_BYTES || (i.kind != VALUE_INTEGER && i.kind != VALUE_NONE) ||
        (j.kind != VALUE_INTEGER && j.kind != VALUE_NONE)) {
        vm_error(vm, "x[i..j] needs a byte string and two numbers");
    } else {
        int64_t size = (int64_t)x.bytes->size;
        int64_t from = i.kind == VALUE_NONE || i.n < 0 ? 0 : i.n;
        int64_t to = j.kind == VALUE_NONE || j.n > size ? size : j.n;
        from = from < size ? from : size;
        vm_push_bytes(vm, bytes_copy(x.bytes->at + from, to > from ? (size_t)(to - from) : 0));
    }
    value_drop(x);
    value_drop(i);
    value_drop(j);
}

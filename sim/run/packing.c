/* packing.c - numbers and strings as the bytes that travel between hosts, and back: be is the network's
 * order, the most significant byte first, le the other one. */
#include "sim/run/arguments.h"
#include "sim/run/functions.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum byte_order { BIG_ENDIAN_ORDER, LITTLE_ENDIAN_ORDER };

enum { SHOWN = 16 };

/* Where byte i of a number stands, counted from its most significant one. */
static int place_of(int i, int size, enum byte_order order)
{
    return order == BIG_ENDIAN_ORDER ? i : size - 1 - i;
}

static void put_number(char *to, int64_t n, int size, enum byte_order order)
{
    for (int i = 0; i < size; i++)
        to[place_of(i, size, order)] = (char)(unsigned char)(n >> 8 * (size - 1 - i) & 255);
}

static int64_t get_number(const char *from, int size, enum byte_order order)
{
    int64_t n = 0;
    for (int i = 0; i < size; i++)
        n = n << 8 | (unsigned char)from[place_of(i, size, order)];
    return n;
}

/* The function that is being called, for a message: there is no way back from one, so the text is the
 * run's. */
static const char *name_of_function(struct vm *vm)
{
    const struct program *p = vm->run->program;
    struct span name = p->sites[p->code[vm->pc - 1].arg].name;
    struct strbuf *text = &vm->run->outside->cause;
    strbuf_clear(text);
    strbuf_add_bytes(text, p->source.text + name.at, name.length);
    return strbuf_text(text);
}

static struct value new_bytes(struct vm *vm, size_t size)
{
    bool fits = size <= (size_t)vm->run->settings.values[SETTING_max_bytes];
    struct bytes *b = fits ? bytes_new(size) : NULL;
    if (b != NULL)
        return value_bytes(b);
    vm_limit(vm, fits ? SETTING_max_memory : SETTING_max_bytes);
    return value_integer(0);
}

static struct value pack(struct vm *vm, struct value v, int size, enum byte_order order)
{
    int64_t n = argument_number(vm, v), most = (INT64_C(1) << 8 * size) - 1;
    if (n < 0 || n > most) {
        vm_error(vm, "%s holds 0 to %" PRId64 ", and this is %" PRId64, name_of_function(vm), most,
                 n);
        return value_integer(0);
    }
    struct value packed = new_bytes(vm, (size_t)size);
    if (packed.kind == VALUE_BYTES)
        put_number(packed.bytes->at, n, size, order);
    return packed;
}

/* "from_be16 takes 2 bytes, and this is 1: "\x01"" */
static void wrong_size(struct vm *vm, const struct bytes *b, const char *wanted)
{
    struct strbuf *shown = &vm->run->outside->message;
    strbuf_clear(shown);
    strbuf_add_quoted(shown, b->at, b->size, SHOWN);
    vm_error(vm, "%s takes %s, and %s %zu: %s", name_of_function(vm), wanted,
             b->size == 1 ? "this is" : "these are", b->size, strbuf_text(shown));
}

static struct value unpack(struct vm *vm, struct value v, int size, enum byte_order order)
{
    struct bytes *b = argument_bytes(vm, v);
    char wanted[16];
    if (b != NULL && b->size == (size_t)size)
        return value_integer(get_number(b->at, size, order));
    snprintf(wanted, sizeof wanted, "%d byte%s", size, size == 1 ? "" : "s");
    if (b != NULL)
        wrong_size(vm, b, wanted);
    return value_integer(0);
}

/* A string behind its length. */
static struct value pack_string(struct vm *vm, struct value v, int size)
{
    struct bytes *b = argument_bytes(vm, v);
    size_t most = ((size_t)1 << 8 * size) - 1;
    if (b == NULL)
        return value_integer(0);
    if (b->size > most) {
        vm_error(vm, "%s holds at most %zu bytes, and these are %zu", name_of_function(vm), most,
                 b->size);
        return value_integer(0);
    }
    struct value packed = new_bytes(vm, (size_t)size + b->size);
    if (packed.kind == VALUE_BYTES) {
        put_number(packed.bytes->at, (int64_t)b->size, size, BIG_ENDIAN_ORDER);
        memcpy(packed.bytes->at + size, b->at, b->size);
    }
    return packed;
}

static struct value unpack_string(struct vm *vm, struct value v, int size)
{
    struct bytes *b = argument_bytes(vm, v);
    if (b == NULL)
        return value_integer(0);
    bool has_length = b->size >= (size_t)size;
    size_t length = has_length ? (size_t)get_number(b->at, size, BIG_ENDIAN_ORDER) : 0;
    if (!has_length || length > b->size - (size_t)size) {
        char wanted[64];
        if (has_length)
            snprintf(wanted, sizeof wanted, "%d + %zu bytes, as the length says", size, length);
        else
            snprintf(wanted, sizeof wanted, "%d byte%s of length", size, size == 1 ? "" : "s");
        wrong_size(vm, b, wanted);
        return value_integer(0);
    }
    struct value string = new_bytes(vm, length);
    if (string.kind == VALUE_BYTES)
        memcpy(string.bytes->at, b->at + size, length);
    return string;
}

#define PACKING(name, work, ...)                                                                   \
    struct value function_##name(struct vm *vm, const struct value *args, int n)                   \
    {                                                                                              \
        (void)n;                                                                                   \
        return work(vm, args[0], __VA_ARGS__);                                                     \
    }

PACKING(u8, pack, 1, BIG_ENDIAN_ORDER)
PACKING(be16, pack, 2, BIG_ENDIAN_ORDER)
PACKING(be32, pack, 4, BIG_ENDIAN_ORDER)
PACKING(le16, pack, 2, LITTLE_ENDIAN_ORDER)
PACKING(le32, pack, 4, LITTLE_ENDIAN_ORDER)
PACKING(str8, pack_string, 1)
PACKING(str16, pack_string, 2)
PACKING(from_u8, unpack, 1, BIG_ENDIAN_ORDER)
PACKING(from_be16, unpack, 2, BIG_ENDIAN_ORDER)
PACKING(from_be32, unpack, 4, BIG_ENDIAN_ORDER)
PACKING(from_le16, unpack, 2, LITTLE_ENDIAN_ORDER)
PACKING(from_le32, unpack, 4, LITTLE_ENDIAN_ORDER)
PACKING(from_str8, unpack_string, 1)
PACKING(from_str16, unpack_string, 2)

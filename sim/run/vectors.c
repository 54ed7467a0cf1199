/* vectors.c - see vectors.h. The pipe sees one read, or one write, of the total: that decides what is
 * atomic (PS-218). */
#include "sim/run/vectors.h"

#include "sim/run/arguments.h"
#include "sim/run/functions.h"

#include <errno.h>
#include <string.h>

static int64_t piece_size(struct value v)
{
    return v.kind == VALUE_BYTES ? (int64_t)v.bytes->size : v.kind == VALUE_INTEGER ? v.n : -1;
}

int64_t vector_size(const struct value *pieces, int n)
{
    int64_t total = 0;
    for (int i = 0; i < n; i++) {
        int64_t size = piece_size(pieces[i]);
        if (size < 0)
            return -1;
        total = size > INT64_MAX - total ? INT64_MAX : total + size;
    }
    return total;
}

struct bytes *vector_join(const struct value *pieces, int n)
{
    int64_t total = vector_size(pieces, n), at = 0;
    struct bytes *b = total < 0 ? NULL : bytes_new((size_t)total);
    for (int i = 0; i < n && b != NULL; i++) {
        if (pieces[i].kind != VALUE_BYTES) {
            bytes_drop(b);
            return NULL;
        }
        memcpy(b->at + at, pieces[i].bytes->at, pieces[i].bytes->size);
        at += piece_size(pieces[i]);
    }
    return b;
}

static struct outcome fails(int error)
{
    return (struct outcome){.result = error};
}

/* -- reading ----------------------------------------------------------------------------------- */

/* Takes over one use of `bytes`, which may be NULL. */
static void fill_vector(struct vm *vm, struct bytes *bytes, const struct value *sizes, int n)
{
    if (vm->vector.bytes != NULL)
        bytes_drop(vm->vector.bytes);
    vm->vector.bytes = bytes;
    vm->vector.count = n;
    for (int i = 0; i < n; i++)
        vm->vector.sizes[i] = sizes[i].n;
}

struct outcome call_readv(struct vm *vm, int stores_to, const struct value *args, int n)
{
    int fd = argument_small_number(vm, args[0]);
    (void)stores_to;
    for (int i = 1; i < n && !vm->dead; i++) {
        if (argument_number(vm, args[i]) < 0)
            vm_error(vm, "no call can read fewer than 0 bytes");
    }
    if (vm->dead)
        return fails(-EINVAL);
    int64_t asked = vector_size(args + 1, n - 1);
    size_t most = call_read_limit(vm->thread, fd, (size_t)asked);
    struct bytes *b = bytes_new(most);
    if (b == NULL) {
        vm_limit(vm, SETTING_max_memory);
        return fails(-ENOMEM);
    }
    ssize_t got = call_read(vm->thread, fd, b->at, most);
    b->size = got > 0 ? (size_t)got : 0;
    fill_vector(vm, b, args + 1, n - 1);
    if (got < 0)
        return fails((int)got);
    b->users++;
    return (struct outcome){got, b, asked};
}

struct vector_piece vector_piece(const struct vm *vm, int64_t i)
{
    const struct bytes *b = vm->vector.bytes;
    size_t at = 0;
    if (b == NULL || i < 0 || i >= vm->vector.count)
        return (struct vector_piece){"", 0};
    for (int64_t before = 0; before < i; before++) {
        size_t size = (size_t)vm->vector.sizes[before];
        at = size < b->size - at ? at + size : b->size;
    }
    size_t left = b->size - at, size = (size_t)vm->vector.sizes[i];
    return (struct vector_piece){b->at + at, size < left ? size : left};
}

struct value function_iov(struct vm *vm, const struct value *args, int n)
{
    struct vector_piece piece = vector_piece(vm, argument_number(vm, args[0]));
    struct bytes *b = bytes_copy(piece.at, piece.size);
    (void)n;
    if (b != NULL)
        return value_bytes(b);
    vm_limit(vm, SETTING_max_memory);
    return value_integer(0);
}

/* -- writing ----------------------------------------------------------------------------------- */

struct outcome call_writev(struct vm *vm, int stores_to, const struct value *args, int n)
{
    int fd = argument_small_number(vm, args[0]);
    (void)stores_to;
    for (int i = 1; i < n && !vm->dead; i++)
        argument_bytes(vm, args[i]);
    if (vm->dead)
        return fails(-EINVAL);
    struct bytes *b = vector_join(args + 1, n - 1);
    if (b == NULL) {
        vm_limit(vm, SETTING_max_memory);
        return fails(-ENOMEM);
    }
    ssize_t put = call_write(vm->thread, fd, b->at, b->size);
    bytes_drop(b);
    return (struct outcome){.result = put};
}

/* value.c - see value.h. */
#include "sim/run/value.h"

#include "sim/sched/arena.h"

#include <string.h>

struct bytes *bytes_new(size_t size)
{
    struct bytes *b = arena_alloc(sizeof *b + size);
    if (b == NULL)
        return NULL;
    b->users = 1;
    b->size = size;
    return b;
}

struct bytes *bytes_copy(const char *from, size_t size)
{
    struct bytes *b = bytes_new(size);
    if (b != NULL && size > 0)
        memcpy(b->at, from, size);
    return b;
}

void bytes_drop(struct bytes *b)
{
    if (--b->users == 0)
        arena_free(b);
}

bool value_true(struct value v)
{
    return v.kind == VALUE_BYTES ? v.bytes->size > 0 : v.kind != VALUE_INTEGER || v.n != 0;
}

bool value_equal(struct value a, struct value b)
{
    if (a.kind != b.kind)
        return false;
    switch (a.kind) {
    case VALUE_INTEGER: return a.n == b.n;
    case VALUE_BYTES:
    case VALUE_ACTOR:
        return a.bytes->size == b.bytes->size &&
               memcmp(a.bytes->at, b.bytes->at, a.bytes->size) == 0;
    case VALUE_PAIR: return a.pair[0] == b.pair[0] && a.pair[1] == b.pair[1];
    case VALUE_UNSET:
    case VALUE_NONE: return true;
    }
    return false;
}

const char *value_kind_name(enum value_kind kind)
{
    static const char *const names[] = {
        "nothing", "a number", "a byte string", "a pair of descriptors", "a process", "nothing"};
    return names[kind];
}

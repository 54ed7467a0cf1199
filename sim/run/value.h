/* value.h - what a script computes with: integers, byte strings, pairs of descriptors. Byte strings
 * are shared and counted; they lie in the arena and never change once more than one holds them. */
#ifndef SIM_RUN_VALUE_H
#define SIM_RUN_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
    int64_t users;
    size_t size;
    char at[];
};

enum value_kind {
    VALUE_UNSET, /* a variable that has no value yet */
    VALUE_INTEGER,
    VALUE_BYTES,
    VALUE_PAIR,  /* of descriptors, made by pipe */
    VALUE_ACTOR, /* a process by name: the bytes are its name */
    VALUE_NONE   /* the absent end of a slice */
};

struct value {
    enum value_kind kind;
    int pair[2];
    bool from_read; /* bytes: what a read gave that asked for more than 0, so none is EOF */
    int error;      /* an integer: -1 that stands for this error, as the host numbers it; or 0 */
    int64_t n;
    struct bytes *bytes; /* VALUE_BYTES, VALUE_ACTOR: one use of it is owned */
};

static inline struct value value_integer(int64_t n)
{
    return (struct value){.kind = VALUE_INTEGER, .n = n};
}

/* Takes over the caller's use of b. */
static inline struct value value_bytes(struct bytes *b)
{
    return (struct value){.kind = VALUE_BYTES, .bytes = b};
}

/* Not yet filled; NULL at the memory limit. */
struct bytes *bytes_new(size_t size);
struct bytes *bytes_copy(const char *from, size_t size);
void bytes_drop(struct bytes *b);

static inline struct value value_keep(struct value v) /* one more user */
{
    if (v.bytes != NULL)
        v.bytes->users++;
    return v;
}

static inline void value_drop(struct value v)
{
    if (v.bytes != NULL)
        bytes_drop(v.bytes);
}

bool value_true(struct value v);
bool value_equal(struct value a, struct value b);
const char *value_kind_name(enum value_kind kind);

#endif

/* store.h - what a pipe keeps its bytes in: a ring of bytes, or page slots. The monitor (pipe.c) talks
 * to this, and so need not know which.
 *
 * *Room* is counted in what the storage gives out: free bytes of a ring, free slots of the slots. */
#ifndef RINGBUF_STORE_H
#define RINGBUF_STORE_H

#include "ringbuf/pipe.h"
#include "ringbuf/ring.h"
#include "ringbuf/slots.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

struct store {
    enum pipe_storage kind;
    union {
        struct ring ring;
        struct slots slots;
    };
};

static inline int store_init(struct store *s, const struct pipe_options *o)
{
    size_t capacity = o->capacity != 0 ? o->capacity : PIPE_DEFAULT_CAPACITY;
    s->kind = o->storage;
    if (s->kind == PIPE_BYTES)
        return ring_init(&s->ring, capacity);
    return slots_init(&s->slots, capacity, o->page != 0 ? o->page : PIPE_DEFAULT_PAGE);
}

static inline void store_fini(struct store *s)
{
    if (s->kind == PIPE_BYTES)
        ring_fini(&s->ring);
    else
        slots_fini(&s->slots);
}

/* In bytes. */
static inline size_t store_used(const struct store *s)
{
    return s->kind == PIPE_BYTES ? ring_used(&s->ring) : s->slots.used;
}

static inline size_t store_capacity(const struct store *s)
{
    return s->kind == PIPE_BYTES ? s->ring.capacity : s->slots.max * s->slots.page;
}

static inline size_t store_room(const struct store *s)
{
    return s->kind == PIPE_BYTES ? ring_free(&s->ring) : slots_free(&s->slots);
}

/* What can go in at the beginning of a write without any room (R3). */
static inline size_t store_merge(struct store *s, const void *src, size_t n)
{
    return s->kind == PIPE_BYTES ? 0 : slots_merge(&s->slots, src, n);
}

/* `kind` says what slots are to be made. */
static inline size_t store_put(struct store *s, const void *src, size_t n, enum slot_kind kind)
{
    return s->kind == PIPE_BYTES ? ring_put(&s->ring, src, n) : slots_put(&s->slots, src, n, kind);
}

/* *lost: bytes of a packet that went with it. */
static inline size_t store_take(struct store *s, void *dst, size_t n, size_t *lost)
{
    *lost = 0;
    return s->kind == PIPE_BYTES ? ring_take(&s->ring, dst, n)
                                 : slots_take(&s->slots, dst, n, lost);
}

static inline int store_resize(struct store *s, size_t capacity)
{
    if (s->kind == PIPE_SLOTS)
        return slots_resize(&s->slots, capacity);
    return capacity == 0 || capacity > INT_MAX ? -EINVAL : ring_resize(&s->ring, capacity);
}

static inline void store_each_piece(const struct store *s,
                                    void (*each)(void *ctx, const void *bytes, size_t n), void *ctx)
{
    if (s->kind == PIPE_BYTES)
        ring_each_piece(&s->ring, each, ctx);
    else
        slots_each_piece(&s->slots, each, ctx);
}

/* -- between two of the same kind; `at` counts bytes of a ring, slots of the slots --------------- */

/* What lies at `at`, as far as one step can move it: *n bytes. */
static inline const void *store_piece(const struct store *s, size_t at, size_t *n)
{
    *n = 0;
    if (s->kind == PIPE_BYTES)
        return ring_piece(&s->ring, at, n);
    if (at >= slots_in_use(&s->slots))
        return NULL;
    const struct slot *slot = slots_at(&s->slots, at);
    *n = slot->len;
    return slot->bytes + (slot->off - slot->base);
}

/* Copies at most n bytes of what lies at `at`: how many. */
static inline size_t store_tee(const struct store *from, size_t at, struct store *to, size_t n)
{
    size_t there;
    if (from->kind == PIPE_SLOTS)
        return slots_tee(&from->slots, at, &to->slots, n);
    const void *bytes = ring_piece(&from->ring, at, &there);
    return ring_put(&to->ring, bytes, there < n ? there : n);
}

/* Moves at most n bytes of the oldest: how many. */
static inline size_t store_splice(struct store *from, struct store *to, size_t n)
{
    if (from->kind == PIPE_SLOTS)
        return slots_splice(&from->slots, &to->slots, n);
    size_t moved = store_tee(from, 0, to, n);
    from->ring.taken += moved;
    return moved;
}

static inline const char *store_check(const struct store *s)
{
    if (s->kind == PIPE_SLOTS)
        return slots_check(&s->slots);
    if (s->ring.taken > s->ring.written || ring_used(&s->ring) > s->ring.capacity)
        return "I1: the ring's counters are out of order";
    return NULL;
}

/* As store_take, but the bytes stay. */
static inline size_t store_peek(const struct store *s, void *dst, size_t n)
{
    size_t done = 0, there;
    const void *piece;
    for (size_t at = 0; done < n; at += s->kind == PIPE_BYTES ? there : 1) {
        piece = store_used(s) > done ? store_piece(s, at, &there) : NULL;
        if (piece == NULL)
            break;
        size_t taken = there < n - done ? there : n - done;
        memcpy((unsigned char *)dst + done, piece, taken);
        done += taken;
    }
    return done;
}

#endif

/* ring.h - a byte ring: the storage under a pipe. It knows nothing of locks, sleepers or ends; its
 * owner does.
 *
 * Two counters run freely: `written` and `taken`, in bytes since the ring was made or resized. What
 * is in the ring is their difference, so empty (0) and full (capacity) cannot be confused, and byte
 * number i lies in cell i % capacity. At 64 bits a counter does not overflow in the life of a
 * machine, so the capacity need not be a power of two.
 *
 * Invariant: taken <= written <= taken + capacity. */
#ifndef RINGBUF_RING_H
#define RINGBUF_RING_H

#include <stddef.h>
#include <stdint.h>

struct ring {
    unsigned char *cells; /* owned; `capacity` bytes */
    size_t capacity;
    uint64_t written;
    uint64_t taken;
};

/* 0, or -ENOMEM. The capacity is in bytes and at least 1. */
int ring_init(struct ring *r, size_t capacity);
void ring_fini(struct ring *r);

static inline size_t ring_used(const struct ring *r)
{
    return (size_t)(r->written - r->taken);
}

static inline size_t ring_free(const struct ring *r)
{
    return r->capacity - ring_used(r);
}

/* Copies in, or out, at most n bytes: as many as there is room for, or as there are. Returns how
 * many. */
size_t ring_put(struct ring *r, const void *src, size_t n);
size_t ring_take(struct ring *r, void *dst, size_t n);

/* The bytes in the ring from number `skip` on, as far as they lie side by side: *n of them. */
const unsigned char *ring_piece(const struct ring *r, size_t skip, size_t *n);

/* The bytes in the ring, in order, as at most two pieces: each(ctx, bytes, n). */
void ring_each_piece(const struct ring *r, void (*each)(void *ctx, const void *bytes, size_t n),
                     void *ctx);

/* Keeps the bytes in order. 0; -EBUSY when more bytes are in the ring than would fit; -ENOMEM.
 * Nothing changes on error. */
int ring_resize(struct ring *r, size_t capacity);

#endif

/* slots.h - page slots: the storage under a pipe as Linux has it. It knows nothing of locks, sleepers
 * or ends; its owner does.
 *
 * A queue of at most `max` slots. Each has one page, of which it uses the `len` bytes from `off` on.
 * What is in front of `off` has been read and is not used again; what is behind off + len only a later
 * write can use, and only in the last slot (slots_merge). A slot comes back when all its bytes have
 * been taken. So "full" means that no slot is free, and says little about bytes. (R1..R13 of
 * pipe-semantics, part 1.)
 *
 * A slot has memory only while it is in use: a whole page if a write may still merge into it, else as
 * much as it holds.
 *
 * Slots are numbered as they come, from 0; `put` and `taken` run freely, as the counters of a ring do,
 * and slot number i lies in place i % max.
 * Invariant: taken <= put <= taken + max; off + len <= page and len > 0 in every slot in use. */
#ifndef RINGBUF_SLOTS_H
#define RINGBUF_SLOTS_H

#include <stddef.h>
#include <stdint.h>

enum slot_kind {
    SLOT_STREAM, /* of a plain write: a later write may merge into it */
    SLOT_PACKET, /* of a write with O_DIRECT: it ends the read that comes to it */
    SLOT_COPY    /* of tee, or of a splice that took a part: as a stream, but nothing merges */
};

struct slot {
    unsigned char *bytes; /* owned; the page from `base` on */
    uint32_t base, off, len;
    enum slot_kind kind;
};

struct slots {
    struct slot *places; /* owned; `max` of them */
    size_t max, page;    /* page: in bytes */
    size_t used;         /* bytes in all slots (FIONREAD, R11) */
    uint64_t put, taken;
};

/* As many slots as capacity bytes fill, rounded up to a power of two (R12). 0, -EINVAL (a capacity
 * above 2^30) or -ENOMEM. */
int slots_init(struct slots *s, size_t capacity, size_t page);
void slots_fini(struct slots *s);

static inline size_t slots_in_use(const struct slots *s)
{
    return (size_t)(s->put - s->taken);
}

static inline size_t slots_free(const struct slots *s)
{
    return s->max - slots_in_use(s);
}

/* Slot i of those in use, from the oldest, 0, on. */
static inline struct slot *slots_at(const struct slots *s, size_t i)
{
    return &s->places[(s->taken + i) % s->max];
}

/* R3: the first n % page bytes of a write go into the last slot, if it is of a stream and they fit
 * behind what is there; else none do. How many. For the beginning of a write only. */
size_t slots_merge(struct slots *s, const void *src, size_t n);

/* R4: into new slots, at most a page each, while one is free. How many bytes; fewer when memory is
 * short. */
size_t slots_put(struct slots *s, const void *src, size_t n, enum slot_kind kind);

/* R8: out of the slots, the oldest first, until n bytes are taken or a packet has been visited; what is
 * left of that is lost: *lost bytes. How many were taken. */
size_t slots_take(struct slots *s, void *dst, size_t n, size_t *lost);

/* R13, one slot. At most n bytes of the oldest slot of `from` become the newest of `to`: the slot itself
 * is moved if that is all of it, else a part is copied out. How many bytes; 0 if there is no slot, or
 * none free, or memory is short. */
size_t slots_splice(struct slots *from, struct slots *to, size_t n);

/* The same for slot i of those in use, copied: `from` keeps it. */
size_t slots_tee(const struct slots *from, size_t i, struct slots *to, size_t n);

/* R12. 0; -EINVAL as slots_init; -EBUSY: more slots than that are in use; -ENOMEM. Nothing changes on
 * error. */
int slots_resize(struct slots *s, size_t capacity);

/* All that determines what comes: first where the bytes lie, slot by slot, then the bytes themselves,
 * in order. each(ctx, bytes, n). */
void slots_each_piece(const struct slots *s, void (*each)(void *ctx, const void *bytes, size_t n),
                      void *ctx);

/* NULL, or what is wrong with them. */
const char *slots_check(const struct slots *s);

#endif

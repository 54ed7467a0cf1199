/* slots.c - see slots.h. */
#include "ringbuf/slots.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* -- how many ---------------------------------------------------------------------------------- */

static const size_t largest_capacity = (size_t)1 << 30; /* what an int can say, rounded up */

/* 0: too many. */
static size_t slots_for(size_t capacity, size_t page)
{
    size_t slots = 1;
    if (capacity > largest_capacity)
        return 0;
    while (slots * page < capacity)
        slots *= 2;
    return slots;
}

int slots_init(struct slots *s, size_t capacity, size_t page)
{
    size_t max = slots_for(capacity, page);
    if (max == 0)
        return -EINVAL;
    *s = (struct slots){.max = max, .page = page};
    s->places = malloc(max * sizeof *s->places);
    return s->places != NULL ? 0 : -ENOMEM;
}

void slots_fini(struct slots *s)
{
    for (size_t i = 0; i < slots_in_use(s); i++)
        free(slots_at(s, i)->bytes);
    free(s->places);
    s->places = NULL;
}

int slots_resize(struct slots *s, size_t capacity)
{
    struct slots other;
    size_t max = slots_for(capacity, s->page), in_use = slots_in_use(s);
    if (max == 0)
        return -EINVAL;
    if (in_use > max)
        return -EBUSY;
    if (slots_init(&other, capacity, s->page) != 0)
        return -ENOMEM;
    for (size_t i = 0; i < in_use; i++)
        other.places[i] = *slots_at(s, i);
    other.put = in_use;
    other.used = s->used;
    free(s->places);
    *s = other;
    return 0;
}

/* -- one slot ---------------------------------------------------------------------------------- */

static unsigned char *first_byte(const struct slot *slot)
{
    return slot->bytes + (slot->off - slot->base);
}

/* A new slot, the last, with the n bytes at src from `off` of its page on. False: no memory. */
static int add(struct slots *s, const void *src, uint32_t off, size_t n, enum slot_kind kind)
{
    uint32_t base = kind == SLOT_STREAM ? 0 : off;
    unsigned char *bytes = malloc(kind == SLOT_STREAM ? s->page : n);
    if (bytes == NULL)
        return 0;
    memcpy(bytes + (off - base), src, n);
    s->places[s->put++ % s->max] = (struct slot){bytes, base, off, (uint32_t)n, kind};
    s->used += n;
    return 1;
}

static void drop_oldest(struct slots *s)
{
    struct slot *slot = slots_at(s, 0);
    s->used -= slot->len;
    free(slot->bytes);
    s->taken++;
}

static void advance(struct slots *s, struct slot *slot, size_t n)
{
    slot->off += (uint32_t)n;
    slot->len -= (uint32_t)n;
    s->used -= n;
}

/* -- writing and reading ----------------------------------------------------------------------- */

size_t slots_merge(struct slots *s, const void *src, size_t n)
{
    size_t rest = n % s->page;
    if (rest == 0 || slots_in_use(s) == 0)
        return 0;
    struct slot *last = slots_at(s, slots_in_use(s) - 1);
    if (last->kind != SLOT_STREAM || last->off + last->len + rest > s->page)
        return 0;
    memcpy(first_byte(last) + last->len, src, rest);
    last->len += (uint32_t)rest;
    s->used += rest;
    return rest;
}

size_t slots_put(struct slots *s, const void *src, size_t n, enum slot_kind kind)
{
    size_t done = 0;
    while (done < n && slots_free(s) > 0) {
        size_t piece = least(n - done, s->page);
        if (!add(s, (const unsigned char *)src + done, 0, piece, kind))
            break;
        done += piece;
    }
    return done;
}

size_t slots_take(struct slots *s, void *dst, size_t n, size_t *lost)
{
    size_t done = 0;
    *lost = 0;
    while (done < n && slots_in_use(s) > 0) {
        struct slot *slot = slots_at(s, 0);
        size_t piece = least(n - done, slot->len);
        int packet = slot->kind == SLOT_PACKET;
        memcpy((unsigned char *)dst + done, first_byte(slot), piece);
        done += piece;
        advance(s, slot, piece);
        if (packet)
            *lost = slot->len;
        if (slot->len == 0 || packet)
            drop_oldest(s);
        if (packet)
            break;
    }
    return done;
}

/* -- from pipe to pipe ------------------------------------------------------------------------- */

static size_t copy_slot(const struct slot *slot, struct slots *to, size_t n)
{
    enum slot_kind kind = slot->kind == SLOT_PACKET ? SLOT_PACKET : SLOT_COPY;
    n = least(n, slot->len);
    if (slots_free(to) == 0 || !add(to, first_byte(slot), slot->off, n, kind))
        return 0;
    return n;
}

size_t slots_tee(const struct slots *from, size_t i, struct slots *to, size_t n)
{
    return i < slots_in_use(from) ? copy_slot(slots_at(from, i), to, n) : 0;
}

size_t slots_splice(struct slots *from, struct slots *to, size_t n)
{
    if (slots_in_use(from) == 0 || slots_free(to) == 0)
        return 0;
    struct slot *oldest = slots_at(from, 0);
    if (n < oldest->len) {
        size_t copied = copy_slot(oldest, to, n);
        advance(from, oldest, copied);
        return copied;
    }
    to->places[to->put++ % to->max] = *oldest;
    to->used += oldest->len;
    from->used -= oldest->len;
    from->taken++;
    return oldest->len;
}

/* -- looking ----------------------------------------------------------------------------------- */

void slots_each_piece(const struct slots *s, void (*each)(void *ctx, const void *bytes, size_t n),
                      void *ctx)
{
    for (size_t i = 0; i < slots_in_use(s); i++) {
        const struct slot *slot = slots_at(s, i);
        uint32_t shape[] = {slot->off, slot->len, (uint32_t)slot->kind};
        each(ctx, shape, sizeof shape);
    }
    for (size_t i = 0; i < slots_in_use(s); i++)
        each(ctx, first_byte(slots_at(s, i)), slots_at(s, i)->len);
}

const char *slots_check(const struct slots *s)
{
    size_t sum = 0;
    if (s->taken > s->put || slots_in_use(s) > s->max)
        return "I1: the counters of the slots are out of order";
    for (size_t i = 0; i < slots_in_use(s); i++) {
        const struct slot *slot = slots_at(s, i);
        if (slot->len == 0 || slot->off + slot->len > s->page)
            return "I1: a slot is empty, or does not lie in its page";
        sum += slot->len;
    }
    return sum == s->used ? NULL : "I1: the slots hold other bytes than are counted";
}

/* ring.c - see ring.h. A copy crosses the end of the cells at most once, so each is at most two
 * memcpy. */
#include "ringbuf/ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int ring_init(struct ring *r, size_t capacity)
{
    r->cells = malloc(capacity);
    if (r->cells == NULL)
        return -ENOMEM;
    r->capacity = capacity;
    r->written = 0;
    r->taken = 0;
    return 0;
}

void ring_fini(struct ring *r)
{
    free(r->cells);
    r->cells = NULL;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t cell_of(const struct ring *r, uint64_t byte_number)
{
    size_t mask = r->capacity - 1;
    if ((r->capacity & mask) == 0)
        return (size_t)byte_number & mask; /* a power of two: no division */
    return (size_t)(byte_number % r->capacity);
}

size_t ring_put(struct ring *r, const void *src, size_t n)
{
    n = least(n, ring_free(r));
    size_t at = cell_of(r, r->written);
    size_t to_end = least(n, r->capacity - at);
    memcpy(r->cells + at, src, to_end);
    memcpy(r->cells, (const unsigned char *)src + to_end, n - to_end);
    r->written += n;
    return n;
}

size_t ring_take(struct ring *r, void *dst, size_t n)
{
    n = least(n, ring_used(r));
    if (n == 0)
        return 0; /* dst may be NULL then, which memcpy must not see */
    size_t at = cell_of(r, r->taken);
    size_t to_end = least(n, r->capacity - at);
    memcpy(dst, r->cells + at, to_end);
    memcpy((unsigned char *)dst + to_end, r->cells, n - to_end);
    r->taken += n;
    return n;
}

const unsigned char *ring_piece(const struct ring *r, size_t skip, size_t *n)
{
    size_t at = cell_of(r, r->taken + skip);
    *n = least(ring_used(r) - skip, r->capacity - at);
    return r->cells + at;
}

void ring_each_piece(const struct ring *r, void (*each)(void *ctx, const void *bytes, size_t n),
                     void *ctx)
{
    size_t at = cell_of(r, r->taken), used = ring_used(r);
    size_t to_end = least(used, r->capacity - at);
    each(ctx, r->cells + at, to_end);
    each(ctx, r->cells, used - to_end);
}

int ring_resize(struct ring *r, size_t capacity)
{
    struct ring bigger;
    if (ring_used(r) > capacity)
        return -EBUSY;
    if (ring_init(&bigger, capacity) != 0)
        return -ENOMEM;
    bigger.written = ring_take(r, bigger.cells, ring_used(r));
    ring_fini(r);
    *r = bigger;
    return 0;
}

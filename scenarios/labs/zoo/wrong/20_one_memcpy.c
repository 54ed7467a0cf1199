/* 20: one memcpy, also where the ring wraps around. "It is one piece, after all." It goes past the end of
 * the memory, over whatever is there. */
#define RING_H

#include <stdlib.h>
#include <string.h>

struct ring {
    char *bytes;
    size_t capacity, first, count;
};

static int ring_init(struct ring *r, size_t capacity)
{
    r->bytes = malloc(capacity);
    r->capacity = capacity;
    r->first = r->count = 0;
    return r->bytes != NULL ? 0 : -1;
}

static size_t ring_used(const struct ring *r)
{
    return r->count;
}

static size_t ring_room(const struct ring *r)
{
    return r->capacity - r->count;
}

static void ring_put(struct ring *r, const char *src, size_t n)
{
    memcpy(r->bytes + (r->first + r->count) % r->capacity, src, n);
    r->count += n;
}

static size_t ring_take(struct ring *r, char *dst, size_t n)
{
    size_t got = n < r->count ? n : r->count;
    memcpy(dst, r->bytes + r->first, got);
    r->first = (r->first + got) % r->capacity;
    r->count -= got;
    return got;
}

#include "../right/two_conditions.c"

/* 23: the count goes down by what was wanted, not by what was copied. "It reads n bytes." A read of 16 may
 * have given 5. */
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
    for (size_t i = 0; i < n; i++)
        r->bytes[(r->first + r->count++) % r->capacity] = src[i];
}

static size_t ring_take(struct ring *r, char *dst, size_t n)
{
    size_t got = n < r->count ? n : r->count;
    for (size_t i = 0; i < got; i++)
        dst[i] = r->bytes[(r->first + i) % r->capacity];
    r->first = (r->first + got) % r->capacity;
    r->count -= n;
    return got;
}

#include "../right/two_conditions.c"

/* 22: counters that only grow, and capacity is no power of two. "They overflow together, so the difference
 * stays right." It does, but 256 % 10 is 6: the place jumps. (With 32 bits it happens after 4 GiB; here they
 * have 8, so that one need not wait.) */
#define RING_H

#include <stdlib.h>
#include <string.h>

struct ring {
    char *bytes;
    size_t capacity;
    unsigned char put, taken; /* the difference is what is in it */
};

static int ring_init(struct ring *r, size_t capacity)
{
    r->bytes = malloc(capacity);
    r->capacity = capacity;
    r->put = r->taken = 0;
    return r->bytes != NULL ? 0 : -1;
}

static size_t ring_used(const struct ring *r)
{
    return (unsigned char)(r->put - r->taken);
}

static size_t ring_room(const struct ring *r)
{
    return r->capacity - ring_used(r);
}

static void ring_put(struct ring *r, const char *src, size_t n)
{
    for (size_t i = 0; i < n; i++)
        r->bytes[r->put++ % r->capacity] = src[i];
}

static size_t ring_take(struct ring *r, char *dst, size_t n)
{
    size_t got = 0;
    while (got < n && ring_used(r) > 0)
        dst[got++] = r->bytes[r->taken++ % r->capacity];
    return got;
}

#include "../right/two_conditions.c"

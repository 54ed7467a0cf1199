/* 18: it holds capacity - 1. "One place stays free, so that full is not empty." Right, but then the memory
 * must have one place more than the pipe holds. */
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
    return r->capacity - 1 - r->count;
}

static void ring_put(struct ring *r, const char *src, size_t n)
{
    for (size_t i = 0; i < n; i++)
        r->bytes[(r->first + r->count++) % r->capacity] = src[i];
}

static size_t ring_take(struct ring *r, char *dst, size_t n)
{
    size_t got = 0;
    for (; got < n && r->count > 0; r->count--) {
        dst[got++] = r->bytes[r->first];
        r->first = (r->first + 1) % r->capacity;
    }
    return got;
}

#include "../right/two_conditions.c"

/* ring.h - bytes in a circle: the oldest is at `first`, the next one goes in `count` behind it. */
#ifndef RING_H
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

/* n is at most ring_room: up to the end of the memory, and the rest from its beginning on. */
static void ring_put(struct ring *r, const char *src, size_t n)
{
    size_t at = (r->first + r->count) % r->capacity;
    size_t piece = n < r->capacity - at ? n : r->capacity - at;
    memcpy(r->bytes + at, src, piece);
    memcpy(r->bytes, src + piece, n - piece);
    r->count += n;
}

/* At most n bytes; how many they were. */
static size_t ring_take(struct ring *r, char *dst, size_t n)
{
    size_t got = n < r->count ? n : r->count;
    size_t piece = got < r->capacity - r->first ? got : r->capacity - r->first;
    memcpy(dst, r->bytes + r->first, piece);
    memcpy(dst + piece, r->bytes, got - piece);
    r->first = (r->first + got) % r->capacity;
    r->count -= got;
    return got;
}

#endif

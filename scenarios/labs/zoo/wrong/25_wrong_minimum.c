/* 25: the minimum of the wrong pair. "As many as are wanted, at most as many as the pipe holds." It must be
 * at most as many as are free: here it copies 6 bytes where there is room for 4. */
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

/* Is there any? */
static size_t ring_room(const struct ring *r)
{
    return r->count < r->capacity ? r->capacity : 0;
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

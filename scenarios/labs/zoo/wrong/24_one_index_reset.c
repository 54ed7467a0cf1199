/* 24: when the pipe is empty, one index is reset, and the other is not. "Then it begins at the front again,
 * and need not wrap around so often." The next read gets old bytes. */
#define RING_H

#include <stdlib.h>
#include <string.h>

struct ring {
    char *bytes;
    size_t capacity, first, next, count;
};

static int ring_init(struct ring *r, size_t capacity)
{
    r->bytes = malloc(capacity);
    r->capacity = capacity;
    r->first = r->next = r->count = 0;
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
    for (size_t i = 0; i < n; i++, r->count++) {
        r->bytes[r->next] = src[i];
        r->next = (r->next + 1) % r->capacity;
    }
}

static size_t ring_take(struct ring *r, char *dst, size_t n)
{
    size_t got = 0;
    for (; got < n && r->count > 0; r->count--) {
        dst[got++] = r->bytes[r->first];
        r->first = (r->first + 1) % r->capacity;
    }
    if (r->count == 0)
        r->first = 0;
    return got;
}

#include "../right/two_conditions.c"

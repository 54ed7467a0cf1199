/* 21: the second half of a split copy begins at the wrong place of the source. "Two copies, one to the end
 * of the ring and one to its beginning." Both from the beginning of the bytes. */
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
    size_t at = (r->first + r->count) % r->capacity;
    size_t piece = n < r->capacity - at ? n : r->capacity - at;
    memcpy(r->bytes + at, src, piece);
    memcpy(r->bytes, src, n - piece);
    r->count += n;
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

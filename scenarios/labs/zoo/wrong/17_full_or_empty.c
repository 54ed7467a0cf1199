/* 17: head == tail is taken for empty. "Two indices are all one needs." It is also so when the pipe is
 * full: one must count, or leave one place free. */
#define RING_H

#include <stdlib.h>
#include <string.h>

struct ring {
    char *bytes;
    size_t capacity, head, tail;
};

static int ring_init(struct ring *r, size_t capacity)
{
    r->bytes = malloc(capacity);
    r->capacity = capacity;
    r->head = r->tail = 0;
    return r->bytes != NULL ? 0 : -1;
}

static size_t ring_used(const struct ring *r)
{
    return (r->tail + r->capacity - r->head) % r->capacity;
}

static size_t ring_room(const struct ring *r)
{
    return r->capacity - ring_used(r);
}

static void ring_put(struct ring *r, const char *src, size_t n)
{
    for (size_t i = 0; i < n; i++, r->tail = (r->tail + 1) % r->capacity)
        r->bytes[r->tail] = src[i];
}

static size_t ring_take(struct ring *r, char *dst, size_t n)
{
    size_t got = 0;
    for (; got < n && ring_used(r) > 0; r->head = (r->head + 1) % r->capacity)
        dst[got++] = r->bytes[r->head];
    return got;
}

#include "../right/two_conditions.c"

/* model_player.c - a pipe as the rules R1 to R13 of the pipe semantics have it, and as nothing else has:
 * written from them alone, with a list of pages, so that it shares no mistake with what it is compared to.
 * Slow and plain. */
#include "tests/fuzz/player.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct slot {
    struct slot *next;
    size_t from, bytes;  /* unread, in `page` */
    bool merges, packet; /* a write may append to it; a read takes it alone */
    unsigned char page[];
};

struct model {
    struct slot *first;
    size_t most; /* slots */
    int ends[2]; /* descriptors */
    bool direct;
};

static struct model models[PIPES];
static size_t page;
static unsigned sigpipes;

static void begin(size_t bytes)
{
    page = bytes;
    sigpipes = 0;
}

static void make(int p)
{
    models[p] = (struct model){.most = 16, .ends = {1, 1}};
}

/* -- the list ---------------------------------------------------------------------------------- */

static size_t slots(const struct model *m)
{
    size_t n = 0;
    for (const struct slot *s = m->first; s != NULL; s = s->next)
        n++;
    return n;
}

static bool full(const struct model *m)
{
    return slots(m) >= m->most;
}

static struct slot **end_of(struct model *m)
{
    struct slot **at = &m->first;
    while (*at != NULL)
        at = &(*at)->next;
    return at;
}

static struct slot *last(struct model *m)
{
    struct slot *s = m->first;
    while (s != NULL && s->next != NULL)
        s = s->next;
    return s;
}

/* A new last slot with these bytes, which lie at `from` in its page. */
static struct slot *append(struct model *m, const void *bytes, size_t n, size_t from)
{
    struct slot *s = calloc(1, sizeof *s + page);
    if (s == NULL)
        abort();
    memcpy(s->page + from, bytes, n);
    s->from = from;
    s->bytes = n;
    *end_of(m) = s;
    return s;
}

static void drop_first(struct model *m)
{
    struct slot *s = m->first;
    m->first = s->next;
    free(s);
}

/* -- R1 to R9 ---------------------------------------------------------------------------------- */

static long broken(void)
{
    sigpipes++;
    return -EPIPE;
}

/* R3: how many bytes of a write of n go into the last slot. */
static size_t merged(struct model *m, const unsigned char *src, size_t n)
{
    size_t rest = n % page;
    struct slot *s = last(m);
    if (rest == 0 || s == NULL || !s->merges || s->from + s->bytes + rest > page)
        return 0;
    memcpy(s->page + s->from + s->bytes, src, rest);
    s->bytes += rest;
    return rest;
}

static long put(int p, const void *src, size_t n)
{
    struct model *m = &models[p];
    if (n == 0)
        return 0; /* R1 */
    if (m->ends[READING] == 0)
        return broken(); /* R2 */
    const unsigned char *bytes = src;
    size_t done = merged(m, bytes, n);
    while (done < n && !full(m)) { /* R4 */
        size_t piece = n - done < page ? n - done : page;
        struct slot *s = append(m, bytes + done, piece, 0);
        s->packet = m->direct;
        s->merges = !m->direct;
        done += piece;
    }
    return done > 0 ? (long)done : -EAGAIN; /* R5 */
}

/* R9 */
static long nothing_there(const struct model *m)
{
    return m->ends[WRITING] == 0 ? 0 : -EAGAIN;
}

static long take(int p, void *dst, size_t n)
{
    struct model *m = &models[p];
    size_t done = 0;
    if (n == 0)
        return 0; /* R7 */
    if (m->first == NULL)
        return nothing_there(m);
    for (bool packet = false; done < n && m->first != NULL && !packet;) { /* R8 */
        struct slot *s = m->first;
        size_t piece = s->bytes < n - done ? s->bytes : n - done;
        memcpy((unsigned char *)dst + done, s->page + s->from, piece);
        s->from += piece;
        s->bytes -= piece;
        done += piece;
        packet = s->packet;
        if (s->bytes == 0 || packet)
            drop_first(m);
    }
    return (long)done;
}

/* -- R11, R12 ---------------------------------------------------------------------------------- */

static long used(int p)
{
    size_t n = 0;
    for (const struct slot *s = models[p].first; s != NULL; s = s->next)
        n += s->bytes;
    return (long)n;
}

static int mask(int p, int end)
{
    const struct model *m = &models[p];
    if (end == READING)
        return (m->first != NULL ? POLLIN : 0) | (m->ends[WRITING] == 0 ? POLLHUP : 0);
    return (full(m) ? 0 : POLLOUT) | (m->ends[READING] == 0 ? POLLERR : 0);
}

static long resize(int p, size_t wanted)
{
    size_t size = page;
    if (wanted > (size_t)1 << 31)
        return -EINVAL;
    while (size < wanted)
        size *= 2;
    if (size / page < slots(&models[p]))
        return -EBUSY;
    models[p].most = size / page;
    return (long)size;
}

static long capacity(int p)
{
    return (long)(models[p].most * page);
}

/* -- R13 --------------------------------------------------------------------------------------- */

/* 1: there is something to be done; else the result. The destination comes before the end of the source
 * (PS-223). */
static long may_transfer(const struct model *from, const struct model *to)
{
    if (from->first == NULL && from->ends[WRITING] > 0)
        return -EAGAIN;
    if (to->ends[READING] == 0)
        return broken();
    if (full(to))
        return -EAGAIN;
    return from->first == NULL ? 0 : 1;
}

static void append_copy(struct model *to, const struct slot *s, size_t n)
{
    append(to, s->page + s->from, n, s->from)->packet = s->packet;
}

static void move_first(struct model *from, struct model *to)
{
    struct slot *s = from->first;
    from->first = s->next;
    s->next = NULL;
    *end_of(to) = s;
}

static long move(int p, int q, size_t n)
{
    struct model *from = &models[p], *to = &models[q];
    long may = n == 0 ? 0 : may_transfer(from, to);
    size_t done = 0;
    while (may == 1 && done < n && from->first != NULL && !full(to)) {
        struct slot *s = from->first;
        size_t piece = s->bytes < n - done ? s->bytes : n - done;
        if (piece == s->bytes) {
            move_first(from, to);
        } else {
            append_copy(to, s, piece);
            s->from += piece;
            s->bytes -= piece;
        }
        done += piece;
    }
    return may == 1 ? (long)done : may;
}

static long share(int p, int q, size_t n)
{
    struct model *from = &models[p], *to = &models[q];
    long may = n == 0 ? 0 : may_transfer(from, to);
    size_t done = 0;
    for (struct slot *s = from->first; may == 1 && done < n && s != NULL && !full(to);
         s = s->next) {
        size_t piece = s->bytes < n - done ? s->bytes : n - done;
        append_copy(to, s, piece);
        done += piece;
    }
    return may == 1 ? (long)done : may;
}

/* -- ends -------------------------------------------------------------------------------------- */

static void direct(int p, bool on)
{
    models[p].direct = on;
}

static void copy(int p, int end)
{
    models[p].ends[end]++;
}

static void drop(int p, int end)
{
    struct model *m = &models[p];
    m->ends[end]--;
    while (m->ends[READING] + m->ends[WRITING] == 0 && m->first != NULL)
        drop_first(m);
}

static unsigned signals(void)
{
    return sigpipes;
}

const struct player model_player = {"the model", begin,  NULL,     make,    put,  take,
                                    resize,      direct, move,     share,   copy, drop,
                                    mask,        used,   capacity, signals, NULL};

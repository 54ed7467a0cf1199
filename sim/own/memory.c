/* memory.c - see memory.h. */
#define _GNU_SOURCE
#include "sim/own/memory.h"

#include "sim/kernel/kernel.h"
#include "sim/own/faults.h"
#include "sim/own/variables.h"
#include "sim/sched/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct block {
    size_t size;
    const char *made;  /* the site; borrowed, as are all */
    const char *freed; /* NULL: it has not been */
    void *whole;       /* as the arena gave it */
    enum { NOT_REACHED, REACHED, GONE_THROUGH } reached;
    void *unused; /* keeps what follows aligned for everything */
};

enum { KEPT_APART = 8, NEAR = 64, NULL_PAGE = 65536 };

/* Part of every snapshot. */
static struct variables {
    struct block **blocks; /* sorted by address; those that are kept apart, too */
    size_t count, room;
    struct block *apart[KEPT_APART];
    unsigned next_apart;
} heap;

int memory_include(void)
{
    return arena_include(&heap, sizeof heap);
}

static char *start_of(const struct block *b)
{
    return (char *)(b + 1);
}

/* How many blocks begin at this address or before. */
static size_t place_of(const void *at)
{
    size_t low = 0, high = heap.count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (start_of(heap.blocks[middle]) <= (const char *)at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct block *block_before(const void *at)
{
    size_t n = place_of(at);
    return n == 0 ? NULL : heap.blocks[n - 1];
}

/* -- the heap ---------------------------------------------------------------------------------- */

static int insert(struct block *b)
{
    if (heap.count == heap.room) {
        size_t room = heap.room == 0 ? 16 : heap.room * 2;
        struct block **grown = arena_resize(heap.blocks, room * sizeof(struct block *));
        if (grown == NULL)
            return -1;
        heap.blocks = grown;
        heap.room = room;
    }
    size_t at = place_of(b);
    memmove(heap.blocks + at + 1, heap.blocks + at, (heap.count - at) * sizeof(struct block *));
    heap.blocks[at] = b;
    heap.count++;
    return 0;
}

static void remove_block(struct block *b)
{
    size_t at = place_of(start_of(b)) - 1;
    heap.count--;
    memmove(heap.blocks + at, heap.blocks + at + 1, (heap.count - at) * sizeof(struct block *));
}

static_assert(sizeof(struct block) % MEMORY_ALIGNED == 0, "what follows it is aligned");

static struct block *new_block(size_t alignment, size_t n)
{
    size_t beyond = alignment > MEMORY_ALIGNED ? alignment : 0;
    bool possible = n <= SIZE_MAX / 4 && beyond <= SIZE_MAX / 4;
    char *whole = possible ? arena_alloc(sizeof(struct block) + n + beyond) : NULL;
    if (whole == NULL)
        return NULL;
    uintptr_t start = (uintptr_t)whole + sizeof(struct block);
    size_t up = beyond == 0 ? 0 : (beyond - start % beyond) % beyond;
    struct block *b = (void *)(whole + up);
    *b = (struct block){.size = n, .whole = whole};
    return b;
}

void *memory_allocate(size_t alignment, size_t n, const char *site)
{
    struct block *b = new_block(alignment, n);
    if (b == NULL)
        return NULL;
    b->made = site;
    memset(start_of(b), MEMORY_FRESH, n);
    sched_atomic_begin();
    int error = insert(b);
    sched_atomic_end();
    if (error == 0)
        return start_of(b);
    arena_free(b->whole);
    return NULL;
}

static struct block *block_at(const void *memory)
{
    struct block *b = block_before(memory);
    return b != NULL && start_of(b) == memory ? b : NULL;
}

static void set_apart(struct block *b)
{
    struct block **slot = &heap.apart[heap.next_apart++ % KEPT_APART];
    if (*slot != NULL) {
        remove_block(*slot);
        arena_free((*slot)->whole);
    }
    *slot = b;
}

/* What getline or open_memstream have allocated: it is kept, since the run may go back to before this. */
static bool is_of_the_library(const void *memory)
{
    static char first;
    return arena_place_of(memory) == ARENA_ELSEWHERE && (const char *)memory > &first &&
           (const char *)memory < (const char *)sbrk(0);
}

void memory_release(void *memory, const char *site)
{
    if (memory == NULL)
        return;
    if (is_of_the_library(memory))
        return;
    sched_atomic_begin();
    struct block *b = block_at(memory);
    bool good = b != NULL && b->freed == NULL;
    const char *freed = b != NULL ? b->freed : NULL;
    if (good) {
        b->freed = site;
        set_apart(b);
    }
    sched_atomic_end();
    char note[220];
    snprintf(note, sizeof note, "it was freed here: %s", freed != NULL ? freed : "");
    if (!good)
        fault_raise((struct sched_fault){.misuse = MISUSE_FREE,
                                         .what = "frees what was freed before, or never allocated",
                                         .notes = {site, freed != NULL ? note : NULL}});
}

void memory_drop(void *memory)
{
    struct block *b = block_at(memory);
    if (b == NULL || b->freed != NULL)
        return;
    remove_block(b);
    arena_free(b->whole);
}

void *memory_resize(void *old, size_t n, const char *site)
{
    const struct block *b = old == NULL ? NULL : block_at(old);
    void *grown = memory_allocate(MEMORY_ALIGNED, n, site);
    if (grown != NULL && b != NULL)
        memcpy(grown, old, b->size < n ? b->size : n);
    if (grown != NULL)
        memory_release(old, site);
    return grown;
}

void memory_each(void (*add)(void *ctx, const void *bytes, size_t n), void *ctx)
{
    for (size_t i = 0; i < heap.count; i++) {
        if (heap.blocks[i]->freed == NULL)
            add(ctx, start_of(heap.blocks[i]), heap.blocks[i]->size);
    }
}

/* Marks the blocks to which a word of these bytes points. */
static void reach(void *ctx, const void *bytes, size_t n)
{
    const char *at = bytes;
    bool *more = ctx;
    for (size_t i = (size_t)(-(uintptr_t)at % sizeof(void *)); i + sizeof(void *) <= n;
         i += sizeof(void *)) {
        const char *to;
        memcpy(&to, at + i, sizeof to);
        struct block *b = arena_place_of(to) == ARENA_HEAP ? block_before(to) : NULL;
        if (b == NULL || b->freed != NULL || b->reached != NOT_REACHED ||
            to > start_of(b) + b->size)
            continue;
        b->reached = REACHED;
        *more = true;
    }
}

static void reach_all(void (*each_root)(memory_add *add, void *ctx))
{
    bool more = false;
    for (size_t i = 0; i < heap.count; i++)
        heap.blocks[i]->reached = NOT_REACHED;
    each_root(reach, &more);
    while (more) {
        more = false;
        for (size_t i = 0; i < heap.count; i++) {
            struct block *b = heap.blocks[i];
            if (b->reached != REACHED)
                continue;
            b->reached = GONE_THROUGH;
            reach(&more, start_of(b), b->size);
        }
    }
}

void memory_describe_leaks(void (*each_root)(memory_add *add, void *ctx), struct strbuf *out)
{
    reach_all(each_root);
    size_t blocks = 0, bytes = 0;
    const char *first = NULL;
    for (size_t i = 0; i < heap.count; i++) {
        const struct block *b = heap.blocks[i];
        if (b->freed != NULL || b->reached != NOT_REACHED)
            continue;
        blocks++;
        bytes += b->size;
        first = first != NULL ? first : b->made;
    }
    if (blocks > 0)
        strbuf_addf(out, "%zu byte%s in %zu block%s are never freed, though every pipe is: %s\n",
                    bytes, bytes == 1 ? "" : "s", blocks, blocks == 1 ? "" : "s", first);
}

/* -- the accesses ------------------------------------------------------------------------------ */

static bool lies_in(const void *at, size_t n, const void *start, size_t size)
{
    const char *a = at, *s = start;
    return s != NULL && a >= s && size >= n && (size_t)(a - s) <= size - n;
}

/* What the call under way was given. */
static const void *buffer_of_call(size_t *n)
{
    const struct task *t = sched_self();
    *n = 0;
    return t == NULL ? NULL : thread_buffer(task_arg(t), n);
}

/* A pipe may copy from one caller to another who sleeps, with no buffer of its own in between. */
static bool is_in_a_call(const void *at, size_t n)
{
    size_t size;
    for (const struct task *t = sched_next_task(NULL); t != NULL; t = sched_next_task(t)) {
        const void *buffer = thread_buffer(task_arg(t), &size);
        if (lies_in(at, n, buffer, size))
            return true;
    }
    return false;
}

struct complaint {
    char what[160], made[240], freed[240];
};

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

/* b is the block before the address, or NULL. */
static void describe(struct complaint *c, const struct block *b, const char *at, size_t n,
                     const char *does)
{
    size_t size;
    const char *buffer = buffer_of_call(&size);
    int said = snprintf(c->what, sizeof c->what, "%s %zu byte%s ", does, n, plural(n));
    char *rest = c->what + said;
    size_t room = sizeof c->what - (size_t)said;
    if (b != NULL && at < start_of(b) + b->size + NEAR) {
        snprintf(c->made, sizeof c->made, "the %zu byte%s were allocated here: %s", b->size,
                 plural(b->size), b->made);
        if (b->freed != NULL)
            snprintf(c->freed, sizeof c->freed, "and freed here: %s", b->freed);
        snprintf(rest, room,
                 b->freed != NULL ? "of memory that has been freed"
                                  : "past the end of a block of %zu",
                 b->size);
    } else if (buffer != NULL && at < buffer + size + NEAR && at >= buffer - NEAR) {
        snprintf(rest, room, "%s the caller's buffer of %zu",
                 at < buffer ? "before" : "past the end of", size);
    } else {
        snprintf(rest, room, "of memory that is none of its own");
    }
}

static void complain(const void *at, size_t n, const char *does)
{
    struct complaint c = {"", "", ""};
    size_t before = place_of(at);
    const struct block *next = before < heap.count ? heap.blocks[before] : NULL;
    describe(&c, block_before(at), at, n, does);
    if (c.made[0] == '\0' && next != NULL && (const char *)at + NEAR >= start_of(next)) {
        snprintf(c.what, sizeof c.what, "%s %zu byte%s before the beginning of a block of %zu",
                 does, n, plural(n), next->size);
        snprintf(c.made, sizeof c.made, "it was allocated here: %s", next->made);
    }
    char place[220];
    snprintf(place, sizeof place, "%s", fault_place());
    fault_raise((struct sched_fault){
        .misuse = MISUSE_MEMORY,
        .what = c.what,
        .notes = {place, c.made[0] != '\0' ? c.made : NULL, c.freed[0] != '\0' ? c.freed : NULL}});
}

enum memory_seen memory_check(const void *at, size_t n, const char *does)
{
    size_t size;
    if ((uintptr_t)at < NULL_PAGE) {
        char what[80];
        snprintf(what, sizeof what, "%s %zu byte%s through a null pointer", does, n, plural(n));
        fault_raise((struct sched_fault){.misuse = MISUSE_CRASH, .what = what});
    }
    if (arena_place_of(at) != ARENA_HEAP)
        return variables_has(at) ? SEEN_BY_OTHERS : SEEN_BY_NOBODY;
    const struct block *b = block_before(at);
    if (b != NULL && b->freed == NULL && lies_in(at, n, start_of(b), b->size))
        return SEEN_BY_OTHERS;
    const void *buffer = buffer_of_call(&size);
    if (!lies_in(at, n, buffer, size) && !is_in_a_call(at, n))
        complain(at, n, does);
    return SEEN_BY_NOBODY;
}

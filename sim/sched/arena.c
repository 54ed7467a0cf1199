/* arena.c - see arena.h. The heap keeps a free list for each class of sizes and never gives memory
 * back to the system during a run; that is simple, fast, and the same everywhere. */
#include "sim/sched/arena.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__has_feature) /* clang */
#if __has_feature(address_sanitizer) && !defined(__SANITIZE_ADDRESS__)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define UNPOISON(at, n) ASAN_UNPOISON_MEMORY_REGION(at, n)
#else
#define UNPOISON(at, n) ((void)0)
#endif

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0 /* then an address is only a wish, which is good enough */
#endif

enum {
    SIZE_CLASSES = 64 + 4 * 48, /* multiples of 16 up to 1 KiB, then four to each doubling */
    SMALL_LIMIT = 1024,
    STAGGER = 192, /* tops of stacks differ modulo CACHE_WAY, or they would evict each other from */
    CACHE_WAY = 4096,       /* the cache; both are multiples of a cache line */
    STACK_SIZE = 256 * 1024 /* address space; only touched pages cost memory */
};

struct block {
    size_t size_class;
    struct block *next_free; /* overlaps the memory handed out, which starts here */
};

enum { BLOCK_HEADER = 16 };

struct arena {
    size_t used;                     /* bytes of the heap, this header included */
    size_t limit;                    /* bytes */
    struct arena_stack *stacks;      /* in use */
    struct arena_stack *free_stacks; /* made before, to be used again */
    size_t stacks_made, stacks_limit;
    size_t classes; /* those from here on have no free blocks; snapshots leave them out */
    _Alignas(16) struct block *free_blocks[SIZE_CLASSES]; /* and so are the blocks that follow */
};

/* The one piece of hidden state (see arena.h). `lock` matters only with many threads. */
static struct {
    struct arena *arena; /* at the start of the heap */
    char *stack_area;
    size_t heap_bytes, stack_bytes;
    enum arena_use use;
    pthread_mutex_t lock;
} the = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void arena_lock(void)
{
    if (the.use == ARENA_MANY_THREADS)
        pthread_mutex_lock(&the.lock);
}

static void arena_unlock(void)
{
    if (the.use == ARENA_MANY_THREADS)
        pthread_mutex_unlock(&the.lock);
}

/* -- memory elsewhere -------------------------------------------------------------------------- */

enum { INCLUDED_MOST = 16 };

static struct {
    char *at;
    size_t size;
    char *first; /* owned; what was in it */
} included[INCLUDED_MOST];

static size_t included_count, included_bytes;

int arena_include(void *at, size_t n)
{
    char *first = included_count < INCLUDED_MOST ? malloc(n) : NULL;
    if (first == NULL)
        return -ENOMEM;
    memcpy(first, at, n);
    included[included_count].at = at;
    included[included_count].size = n;
    included[included_count++].first = first;
    included_bytes += n;
    return 0;
}

static void begin_included(void)
{
    for (size_t i = 0; i < included_count; i++)
        memcpy(included[i].at, included[i].first, included[i].size);
}

static void copy_included(char *to)
{
    for (size_t i = 0; i < included_count; i++) {
        memcpy(to, included[i].at, included[i].size);
        to += included[i].size;
    }
}

static void restore_included(const char *from)
{
    for (size_t i = 0; i < included_count; i++) {
        memcpy(included[i].at, from, included[i].size);
        from += included[i].size;
    }
}

/* -- reserving -------------------------------------------------------------------------------- */

/* The same address in every run of the program where the system allows it; sanitizers and valgrind
 * forbid some, hence two. */
static void *reserve(size_t n, uintptr_t offset)
{
    static const uintptr_t wishes[] = {0x1000000000, 0x110000000000};
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes && sizeof(void *) == 8; i++) {
        void *at = mmap((void *)(wishes[i] + offset), n, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
        if (at == (void *)(wishes[i] + offset))
            return at;
        if (at != MAP_FAILED)
            munmap(at, n);
    }
    void *at =
        mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return at == MAP_FAILED ? NULL : at;
}

void arena_close(void)
{
    if (the.arena != NULL)
        munmap(the.arena, the.heap_bytes);
    if (the.stack_area != NULL)
        munmap(the.stack_area, the.stack_bytes);
    the.arena = NULL;
    the.stack_area = NULL;
}

/* Stacks that an earlier run made keep their mappings and their guard pages. */
static void arena_empty(size_t stacks)
{
    memset(the.arena, 0, sizeof *the.arena);
    the.arena->used = sizeof *the.arena;
    the.arena->limit = the.heap_bytes;
    the.arena->stacks_limit = stacks;
}

int arena_open(size_t heap_limit, size_t stacks, enum arena_use use)
{
    size_t stack_bytes = stacks * STACK_SIZE;
    the.use = use;
    if (the.arena == NULL || the.heap_bytes != heap_limit || the.stack_bytes != stack_bytes) {
        arena_close();
        the.heap_bytes = heap_limit;
        the.stack_bytes = stack_bytes;
        the.arena = reserve(heap_limit, 0);
        the.stack_area = reserve(stack_bytes, 0x800000000);
        if (the.arena == NULL || the.stack_area == NULL) {
            arena_close();
            return -ENOMEM;
        }
    }
    arena_empty(stacks);
    begin_included();
    return 0;
}

/* -- the heap --------------------------------------------------------------------------------- */

static size_t class_of(size_t n)
{
    if (n <= SMALL_LIMIT)
        return n == 0 ? 0 : (n - 1) / 16;
    size_t c = SMALL_LIMIT / 16, base = SMALL_LIMIT;
    while (n > base * 2) {
        base *= 2;
        c += 4;
    }
    return c + (n - base - 1) / (base / 4);
}

static size_t class_bytes(size_t c)
{
    if (c < SMALL_LIMIT / 16)
        return (c + 1) * 16;
    c -= SMALL_LIMIT / 16;
    size_t base = (size_t)SMALL_LIMIT << (c / 4);
    return base + (c % 4 + 1) * (base / 4);
}

static void *memory_of(struct block *b)
{
    return (char *)b + BLOCK_HEADER;
}

static struct block *block_of(void *memory)
{
    return (struct block *)(void *)((char *)memory - BLOCK_HEADER);
}

/* The link of a free block lies in the memory that was handed out. */
static struct block **link_of(struct block *b)
{
    return memory_of(b);
}

static struct block *find_block(size_t c)
{
    struct block *b = the.arena->free_blocks[c];
    if (b != NULL) {
        the.arena->free_blocks[c] = *link_of(b);
        return b;
    }
    size_t bytes = BLOCK_HEADER + class_bytes(c);
    if (bytes > the.arena->limit - the.arena->used)
        return NULL;
    b = (struct block *)(void *)((char *)the.arena + the.arena->used);
    the.arena->used += bytes;
    b->size_class = c;
    return b;
}

void *arena_alloc(size_t n)
{
    if (n > the.arena->limit)
        return NULL;
    arena_lock();
    struct block *b = find_block(class_of(n));
    arena_unlock();
    return b == NULL ? NULL : memset(memory_of(b), 0, class_bytes(b->size_class));
}

void *arena_alloc_array(size_t count, size_t n)
{
    return n != 0 && count > SIZE_MAX / n ? NULL : arena_alloc(count * n);
}

void *arena_resize(void *old, size_t n)
{
    size_t room = old == NULL ? 0 : class_bytes(block_of(old)->size_class);
    if (old != NULL && n <= room)
        return old;
    char *grown = arena_alloc(n);
    if (grown != NULL && old != NULL) {
        memcpy(grown, old, room);
        arena_free(old);
    }
    return grown;
}

void arena_free(void *memory)
{
    if (memory == NULL)
        return;
    arena_lock();
    struct block *b = block_of(memory);
    if (b->size_class >= the.arena->classes)
        the.arena->classes = b->size_class + 1;
    *link_of(b) = the.arena->free_blocks[b->size_class];
    the.arena->free_blocks[b->size_class] = b;
    arena_unlock();
}

enum arena_place arena_place_of(const void *at)
{
    uintptr_t offset = (uintptr_t)at - (uintptr_t)the.arena;
    uintptr_t in_stacks = (uintptr_t)at - (uintptr_t)the.stack_area;
    if (the.arena != NULL && offset < the.heap_bytes)
        return ARENA_HEAP;
    return the.stack_area != NULL && in_stacks < the.stack_bytes ? ARENA_STACKS : ARENA_ELSEWHERE;
}

size_t arena_heap_used(void)
{
    return the.arena->used;
}

/* -- stacks ----------------------------------------------------------------------------------- */

static struct arena_stack *stack_make(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct arena_stack *s;
    if (the.arena->stacks_made == the.arena->stacks_limit || (s = arena_alloc(sizeof *s)) == NULL)
        return NULL;
    size_t number = the.arena->stacks_made++;
    char *slot = the.stack_area + number * STACK_SIZE;
    if (mprotect(slot, page, PROT_NONE) != 0) /* running over the stack's end faults here */
        return NULL;
    s->low = slot + page;
    s->top = slot + STACK_SIZE - number * STAGGER % CACHE_WAY;
    return s;
}

struct arena_stack *arena_stack_new(void)
{
    struct arena_stack *s = the.arena->free_stacks;
    if (s != NULL)
        the.arena->free_stacks = s->next;
    else if ((s = stack_make()) == NULL)
        return NULL;
    UNPOISON(s->low, (size_t)(s->top - s->low)); /* its last fiber may have left frames behind */
    s->live = s->top;
    s->previous = NULL;
    s->next = the.arena->stacks;
    if (s->next != NULL)
        s->next->previous = s;
    the.arena->stacks = s;
    return s;
}

void arena_stack_free(struct arena_stack *s)
{
    if (s->previous != NULL)
        s->previous->next = s->next;
    else
        the.arena->stacks = s->next;
    if (s->next != NULL)
        s->next->previous = s->previous;
    s->next = the.arena->free_stacks;
    the.arena->free_stacks = s;
}

/* -- snapshots -------------------------------------------------------------------------------- */

struct snapshot {
    size_t header_bytes, heap_bytes; /* the arena's header, and the blocks after it */
    size_t bytes, room;              /* of `copy` */
    char copy[]; /* these, then the live part of each stack in the order of arena->stacks */
};

static size_t header_bytes(void)
{
    return offsetof(struct arena, free_blocks) + the.arena->classes * sizeof(struct block *);
}

static char *heap(void)
{
    return (char *)(the.arena + 1);
}

static size_t live_bytes(const struct arena_stack *s)
{
    return (size_t)(s->top - s->live);
}

#if defined(__SANITIZE_ADDRESS__)
/* Not memcpy, which would object to a poisoned stack. */
__attribute__((no_sanitize_address)) static void copy_bytes(char *to, const char *from, size_t n)
{
    typedef uint64_t __attribute__((may_alias)) word;
    size_t i = 0;
    if (((uintptr_t)to | (uintptr_t)from) % sizeof(word) == 0) {
        for (; i + sizeof(word) <= n; i += sizeof(word))
            *(volatile word *)(void *)(to + i) = *(const word *)(const void *)(from + i);
    }
    for (; i < n; i++)
        ((volatile char *)to)[i] = from[i];
}
#else
static void copy_bytes(char *to, const char *from, size_t n)
{
    memcpy(to, from, n);
}
#endif

/* Memory for so many bytes: that of the old one, if it is large enough. */
static struct snapshot *snapshot_room(struct snapshot *old, size_t bytes)
{
    if (old != NULL && old->room >= bytes)
        return old;
    size_t room = old == NULL ? bytes : bytes + bytes / 4;
    free(old);
    struct snapshot *s = malloc(sizeof *s + room);
    if (s != NULL)
        s->room = room;
    return s;
}

struct snapshot *snapshot_take(void)
{
    return snapshot_take_again(NULL);
}

struct snapshot *snapshot_take_again(struct snapshot *old)
{
    size_t header = header_bytes(), blocks = the.arena->used - sizeof *the.arena;
    size_t bytes = header + blocks + included_bytes;
    for (struct arena_stack *s = the.arena->stacks; s != NULL; s = s->next)
        bytes += live_bytes(s);
    struct snapshot *snap = snapshot_room(old, bytes);
    if (snap == NULL)
        return NULL;
    snap->header_bytes = header;
    snap->heap_bytes = blocks;
    snap->bytes = bytes;
    char *to = snap->copy;
    copy_bytes(to, (char *)the.arena, header);
    to += header;
    copy_bytes(to, heap(), blocks);
    to += blocks;
    copy_included(to);
    to += included_bytes;
    for (struct arena_stack *s = the.arena->stacks; s != NULL; s = s->next) {
        copy_bytes(to, s->live, live_bytes(s));
        to += live_bytes(s);
    }
    return snap;
}

/* The frames that are given up leave their poison behind. Below the live bytes there is none, since
 * whoever was there has returned. */
static void unpoison(const struct arena_stack *stacks)
{
    for (const struct arena_stack *s = stacks; s != NULL; s = s->next)
        UNPOISON(s->live, live_bytes(s));
}

void snapshot_restore(const struct snapshot *snap)
{
    const char *from = snap->copy;
    size_t header = header_bytes();
    unpoison(the.arena->stacks);
    unpoison(the.arena->free_stacks);
    copy_bytes((char *)the.arena, from, snap->header_bytes);
    if (header > snap->header_bytes)
        memset((char *)the.arena + snap->header_bytes, 0, header - snap->header_bytes);
    from += snap->header_bytes;
    copy_bytes(heap(), from, snap->heap_bytes);
    from += snap->heap_bytes;
    restore_included(from);
    from += included_bytes;
    for (struct arena_stack *s = the.arena->stacks; s != NULL; s = s->next) {
        copy_bytes(s->live, from, live_bytes(s));
        from += live_bytes(s);
    }
}

void snapshot_free(struct snapshot *snap)
{
    free(snap);
}

size_t snapshot_bytes(const struct snapshot *snap)
{
    return snap->bytes;
}

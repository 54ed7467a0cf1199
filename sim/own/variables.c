/* variables.c - the static variables of a loaded library: found in its program headers. */
#define _GNU_SOURCE
#include "sim/own/variables.h"

#include "sim/sched/arena.h"

enum { RANGES_MOST = 8 };

static struct {
    char *at;
    size_t size;
} ranges[RANGES_MOST];

static size_t range_count;

void variables_each(void (*add)(void *ctx, const void *bytes, size_t n), void *ctx)
{
    for (size_t i = 0; i < range_count; i++)
        add(ctx, ranges[i].at, ranges[i].size);
}

bool variables_has(const void *at)
{
    for (size_t i = 0; i < range_count; i++) {
        if ((const char *)at >= ranges[i].at && (const char *)at < ranges[i].at + ranges[i].size)
            return true;
    }
    return false;
}

#if defined(__linux__)
#include <dlfcn.h>
#include <link.h>

#include "sim/own/library.h"

struct search {
    const char *inside; /* an address in the library */
    int included;
};

static int take(char *at, size_t n)
{
    if (range_count == RANGES_MOST || arena_include(at, n) != 0)
        return -1;
    ranges[range_count].at = at;
    ranges[range_count++].size = n;
    return 0;
}

/* The writable part of a segment: what the loader has made read-only (RELRO) does not change. */
static int include(const struct dl_phdr_info *info, const ElfW(Phdr) * segment)
{
    ElfW(Addr) start = segment->p_vaddr, end = start + segment->p_memsz;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *h = &info->dlpi_phdr[i];
        ElfW(Addr) relro_end = (h->p_vaddr + h->p_memsz + 4095) / 4096 * 4096;
        if (h->p_type == PT_GNU_RELRO && h->p_vaddr <= start && relro_end > start)
            start = relro_end < end ? relro_end : end;
    }
    return start == end ? 0 : take((char *)(info->dlpi_addr + start), end - start);
}

static int look(struct dl_phdr_info *info, size_t size, void *ctx)
{
    struct search *s = ctx;
    bool ours = library_has(info, s->inside);
    (void)size;
    for (int i = 0; ours && i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *h = &info->dlpi_phdr[i];
        if (h->p_type == PT_LOAD && h->p_flags & PF_W && include(info, h) != 0)
            s->included = -1;
    }
    return ours;
}

int variables_take(const void *inside)
{
    struct search s = {inside, 0};
    dl_iterate_phdr(look, &s);
    return s.included;
}
#else
/* Elsewhere they are not taken back: a pipe without static variables need not care. */
int variables_take(const void *inside)
{
    (void)inside;
    return 0;
}
#endif

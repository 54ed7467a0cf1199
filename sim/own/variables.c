/* variables.c - the static variables of a loaded library: found in its program headers. */
#define _GNU_SOURCE
#include "sim/own/posix.h"
#include "sim/sched/arena.h"

#if defined(__linux__)
#include <dlfcn.h>
#include <link.h>

struct search {
    const char *inside; /* an address in the library */
    int included;
};

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
    return start == end ? 0 : arena_include((void *)(info->dlpi_addr + start), end - start);
}

static int look(struct dl_phdr_info *info, size_t size, void *ctx)
{
    struct search *s = ctx;
    bool ours = false;
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *h = &info->dlpi_phdr[i];
        ElfW(Addr) at = info->dlpi_addr + h->p_vaddr, wanted = (ElfW(Addr))s->inside;
        ours |= h->p_type == PT_LOAD && wanted >= at && wanted < at + h->p_memsz;
    }
    for (int i = 0; ours && i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *h = &info->dlpi_phdr[i];
        if (h->p_type == PT_LOAD && h->p_flags & PF_W && include(info, h) != 0)
            s->included = -1;
    }
    return ours;
}

static int include_library(void *library)
{
    struct search s = {dlsym(library, "pipesim_calls"), 0};
    dl_iterate_phdr(look, &s);
    return s.included;
}
#else
/* Elsewhere they are not taken back: a pipe without static variables need not care. */
static int include_library(void *library)
{
    (void)library;
    return 0;
}
#endif

int posix_take_variables(void *library, struct strbuf *out)
{
    if (include_library(library) == 0 && posix_include_own() == 0)
        return 0;
    strbuf_add(out, "there are too many static variables\n");
    return -1;
}

/* locals.c - see locals.h: a library's PT_TLS segment (Drepper, ELF Handling For Thread-Local Storage). */
#define _GNU_SOURCE
#include "sim/own/locals.h"

#include "sim/own/memory.h"
#include "sim/own/places.h"
#include "sim/sched/arena.h"

#include <string.h>

/* As the code was loaded. */
static struct image {
    const void *bytes;
    size_t given, size, alignment; /* the rest is 0 */
} image;

/* Part of every snapshot. */
static void *copies[THREADS_MOST];

int locals_include(void)
{
    return arena_include(&copies, sizeof copies);
}

void locals_each(void (*add)(void *ctx, const void *bytes, size_t n), void *ctx)
{
    add(ctx, copies, sizeof copies);
}

static void *make_copy(void)
{
    char *copy = memory_allocate(image.alignment, image.size, "thread-local variables");
    if (copy == NULL)
        return NULL;
    memcpy(copy, image.bytes, image.given);
    memset(copy + image.given, 0, image.size - image.given);
    return copy;
}

void *locals_address(size_t offset)
{
    void **copy = &copies[place_of_thread()];
    if (*copy == NULL)
        *copy = make_copy();
    return *copy == NULL ? NULL : (char *)*copy + offset;
}

#if defined(__linux__)
#include <link.h>

#include "sim/own/library.h"

static int look(struct dl_phdr_info *info, size_t size, void *ctx)
{
    const ElfW(Phdr) *locals = NULL;
    bool ours = library_has(info, ctx);
    (void)size;
    for (int i = 0; ours && i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *h = &info->dlpi_phdr[i];
        locals = h->p_type == PT_TLS ? h : locals;
    }
    if (ours && locals != NULL)
        image = (struct image){(const void *)(info->dlpi_addr + locals->p_vaddr), locals->p_filesz,
                               locals->p_memsz, locals->p_align};
    return ours;
}

void locals_take(const void *inside)
{
    dl_iterate_phdr(look, (void *)inside);
}
#else
void locals_take(const void *inside)
{
    (void)inside;
}
#endif

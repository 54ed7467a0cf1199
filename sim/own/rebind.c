/* rebind.c - see rebind.h: the object's relocations are gone through a second time (ELF gABI, chapter 5; the
 * System V ABI of each processor for their types). */
#define _GNU_SOURCE
#include "sim/own/rebind.h"

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Those whose place holds the address of a symbol. */
static bool holds_address(uint64_t type)
{
#if defined(__x86_64__)
    return type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT || type == R_X86_64_64;
#else
    return type == R_AARCH64_JUMP_SLOT || type == R_AARCH64_GLOB_DAT || type == R_AARCH64_ABS64;
#endif
}

struct object {
    char *base;
    const Elf64_Sym *symbols;
    const char *names;
};

static void *function_named(const struct rebind_function *functions, const char *name)
{
    for (; functions->name != NULL; functions++) {
        if (strcmp(functions->name, name) == 0)
            return functions->function;
    }
    return NULL;
}

/* The loader may have made the page read-only. */
static int put(void *place, void *function)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = (uintptr_t)place & ~(page - 1);
    if (mprotect((void *)start, page, PROT_READ | PROT_WRITE) != 0)
        return -1;
    memcpy(place, &function, sizeof function);
    return 0;
}

static int go_through(const struct object *o, const Elf64_Rela *all, size_t bytes,
                      const struct rebind_function *functions)
{
    for (size_t i = 0; i < bytes / sizeof *all; i++) {
        const Elf64_Sym *symbol = &o->symbols[ELF64_R_SYM(all[i].r_info)];
        void *function = holds_address(ELF64_R_TYPE(all[i].r_info)) && symbol->st_shndx == SHN_UNDEF
                             ? function_named(functions, o->names + symbol->st_name)
                             : NULL;
        if (function != NULL && put(o->base + all[i].r_offset, function) != 0)
            return -1;
    }
    return 0;
}

int rebind(void *library, const struct rebind_function *functions)
{
    struct link_map *map;
    uint64_t of[DT_JMPREL + 1] = {0};
    if (dlinfo(library, RTLD_DI_LINKMAP, &map) != 0)
        return -1;
    for (const Elf64_Dyn *d = map->l_ld; d->d_tag != DT_NULL; d++) {
        if (d->d_tag > 0 && d->d_tag <= DT_JMPREL)
            of[d->d_tag] = d->d_un.d_val;
    }
    struct object o = {(char *)map->l_addr, (void *)of[DT_SYMTAB], (void *)of[DT_STRTAB]};
    return go_through(&o, (void *)of[DT_JMPREL], of[DT_PLTRELSZ], functions) != 0
               ? -1
               : go_through(&o, (void *)of[DT_RELA], of[DT_RELASZ], functions);
}
#else
int rebind(void *library, const struct rebind_function *functions)
{
    (void)library, (void)functions;
    return -1;
}
#endif

/* library.h - inside own/: which of the loaded libraries it is, among those that dl_iterate_phdr goes through.
 * <link.h> has been included, with _GNU_SOURCE. */
#ifndef SIM_OWN_LIBRARY_H
#define SIM_OWN_LIBRARY_H

#include <stdbool.h>

/* Does this address lie in it? */
static inline bool library_has(const struct dl_phdr_info *info, const void *address)
{
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *h = &info->dlpi_phdr[i];
        ElfW(Addr) at = info->dlpi_addr + h->p_vaddr, wanted = (ElfW(Addr))address;
        if (h->p_type == PT_LOAD && wanted >= at && wanted < at + h->p_memsz)
            return true;
    }
    return false;
}

#endif

/* lines.h - inside own/: from an address in loaded code to the line of the source, by the line table that
 * the compiler has put into the shared object (DWARF 2 to 4, .debug_line). */
#ifndef SIM_OWN_LINES_H
#define SIM_OWN_LINES_H

#include "sim/trace/strbuf.h"

/* Takes the table of this shared object, whose first byte is at `base`. Without one nothing is known. */
void lines_take(const char *object, const char *base);

/* Line 0: unknown. The file's name is without its folder, and lasts. */
struct code_line {
    const char *file;
    unsigned line;
};
struct code_line lines_find(const void *address);

/* "my_pipe.c:41", or "somewhere in its code". */
void lines_add(const void *address, struct strbuf *out);

#endif

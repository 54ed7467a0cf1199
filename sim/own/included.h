/* included.h - inside own/: what a C file consists of, with all that it includes. */
#ifndef SIM_OWN_INCLUDED_H
#define SIM_OWN_INCLUDED_H

#include "sim/trace/strbuf.h"

/* Looks in the files of which `file` consists, as the compiler has listed them (-MMD), but for those in the folder
 * `ours`, for words by which code hides from pipesim what it does. 0; or -1, and `out` says what and where.
 * No list can have a line end in a name: if there is one in that of the file, it is looked at alone. */
int included_hides_nothing(const char *file, const char *list, const char *ours,
                           struct strbuf *out);

#endif

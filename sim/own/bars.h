/* bars.h - inside own/: what the system lets this process do no more, for good. */
#ifndef SIM_OWN_BARS_H
#define SIM_OWN_BARS_H

#include "sim/own/cage.h"

void bars_limits(const struct cage_limits *limits);

/* Nothing is open but 0, 1, 2 and this descriptor. */
void bars_close_others(int kept);

/* Files can be opened only for reading, below this folder (NULL: none) and the system's libraries. 0, or -1:
 * this system has nothing of the kind. */
int bars_files(const char *folder);

/* Only the calls that cage.h names. 0, or -1: this system has nothing of the kind. */
int bars_calls(void);

#endif

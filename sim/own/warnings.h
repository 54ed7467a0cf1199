/* warnings.h - inside own/: what is suspicious, and no mistake of this run. Each is kept once, however many
 * runs show it. */
#ifndef SIM_OWN_WARNINGS_H
#define SIM_OWN_WARNINGS_H

#include "sim/trace/strbuf.h"

void warnings_add(const char *sentence);

/* A line for each, and they are forgotten. */
void warnings_take(struct strbuf *out);

#endif

/* troupe.h - inside host/: the processes of time 0, and the end of all. */
#ifndef SIM_HOST_TROUPE_H
#define SIM_HOST_TROUPE_H

#include "sim/host/slot.h"

struct troupe {
    int keeper;   /* leads the process group; 0: there is none */
    int lifeline; /* when it closes, the keeper kills the group */
};

/* Descriptors, shared memory, processes. False, and why. */
bool troupe_assemble(struct troupe *t, const struct host_plan *plan, struct strbuf *why);

/* The puppets have their ends: those of the stage are closed. */
void troupe_give_pipes(const struct host_plan *plan);

/* Kills and fetches all. Whatever has been set up may be missing. */
void troupe_dismiss(struct troupe *t);

#endif

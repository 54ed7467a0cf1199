/* keeper.h - inside own/: who stands before a cage: takes what comes out of it, and ends it when it goes too
 * far. */
#ifndef SIM_OWN_KEEPER_H
#define SIM_OWN_KEEPER_H

#include "sim/own/cage.h"

#include <sys/types.h>

enum { KEEPER_CHILDREN = 64 };

struct keeper {
    pid_t pid;                        /* of the child, and of its process group */
    int results, output;              /* descriptors; < 0: its end has come */
    const struct cage_limits *limits; /* borrowed */
    struct strbuf come;               /* from results; owned by the caller */
    struct strbuf *kept;              /* borrowed; the beginning of the output */
    size_t printed;                   /* bytes, kept or not */
    int status;                       /* as of waitpid */
    double worked;                    /* seconds of the processor, in all */
    pid_t before[KEEPER_CHILDREN];    /* children of ours that have nothing to do with it */
    int before_count;
};

enum { KEEPER_RESULTS_MOST = 64 << 20 /* bytes */ };

/* What its processes leave behind when they end becomes ours from now on. Before the child is made. */
void keeper_adopt(struct keeper *k);

/* Until the child has ended, or has gone too far; then nobody is left of it. CAGE_DONE: by itself. */
enum cage_end keeper_watch(struct keeper *k);

#endif

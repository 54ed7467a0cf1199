/* glance.h - inside step/: what the panes share. */
#ifndef SIM_STEP_GLANCE_H
#define SIM_STEP_GLANCE_H

#include "sim/kernel/kernel.h"
#include "sim/step/panes.h"

struct panes {
    struct walk *walk; /* borrowed */
    struct {
        struct view_actor *actors; /* owned copies; what they point to may be gone */
        struct view_pipe *pipes;
        size_t actor_count, pipe_count;
        uint64_t position;
    } before;         /* the last movement */
    const char *said; /* borrowed; NULL: nothing */
};

/* Has there been a movement since panes_remember? */
bool glance_moved(const struct panes *p);

/* A pipe as it was before it; NULL when it was not there, or nothing has moved. */
const struct view_pipe *glance_pipe(const struct panes *p, size_t pipe);

/* The event that has just happened; NULL at the start. */
const struct note *glance_note(const struct panes *p);

/* What has happened in the present event, n: a sentence, and who woke whom by it. */
void glance_say(const struct panes *p, const struct note *n, struct strbuf *out);

/* In a deadlock, of somebody who sleeps: the wake-up that came before its sleep, or went to somebody
 * else, and at which event. Nothing when none did. */
void glance_lost_wakeup(const struct panes *p, int actor, struct strbuf *out);

/* The line of the script it happened on; 0 when it has none. */
int glance_line(const struct panes *p);

/* Is it at a line of the script? */
bool glance_has_place(const struct view_actor *a);

/* "parent 3, child 3": who holds an end of a pipe, on which descriptor. Returns how many. */
int glance_holders(const struct panes *p, size_t pipe, enum pipe_end end, struct strbuf *out);

#endif

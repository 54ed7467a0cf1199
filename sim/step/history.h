/* history.h - the calls of a run, each from its beginning to its end: who made it, where in the
 * script, what it gave, whether it slept, and who woke it.
 *
 * It is made from the notes of a walk, whose position stays as it is, and is good until the walk
 * makes another run. */
#ifndef SIM_STEP_HISTORY_H
#define SIM_STEP_HISTORY_H

#include "sim/step/walk.h"

struct call_made {
    int actor, pipe, line;
    const char *text;  /* with its arguments, as in a trace; borrowed from the walk */
    char *shown;       /* owned: as the script has it, if just one such call stands on the line */
    char *result;      /* owned: as in a trace, or "killed SIGPIPE"; "" when it never came back */
    uint64_t begin;    /* its EV_CALL; the first one, if a signal made it start again */
    uint64_t sleep;    /* where it fell asleep first; 0: it did not */
    uint64_t woken;    /* the last EV_WAKE in it; 0: none */
    uint64_t end;      /* its EV_RETURN, or its process's EV_EXIT; 0: it is asleep at the end */
    uint64_t restarts; /* its last EV_RETURN "to be restarted"; 0: none, or it has begun again */
    size_t outer;      /* 1 + the number of the call that a signal handler interrupted; 0: none */
};

struct history {
    struct walk *walk;       /* borrowed */
    struct call_made *calls; /* owned, in the order of their beginnings */
    size_t count, room;
    char **names; /* owned: of the actors */
    size_t *open; /* owned; of each actor: 1 + the number of its unfinished call, or 0 */
    size_t actor_count;
};

/* NULL when memory is short. */
struct history *history_new(struct walk *w);
void history_free(struct history *h);

/* The call that an actor is in at event n, the one that n ends included; NULL when in none. */
const struct call_made *history_call_at(const struct history *h, int actor, uint64_t n);

/* How many calls of the same actor with the same `shown` on the same line there are up to this one,
 * itself included. */
size_t history_nth(const struct history *h, const struct call_made *c);

/* "read": the name of what is called. */
bool call_is_named(const struct call_made *c, const char *name);

/* Who woke it; NOBODY: time, or it never was. */
int call_waker(const struct history *h, const struct call_made *c);

#endif

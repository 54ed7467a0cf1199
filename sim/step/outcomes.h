/* outcomes.h - what each call of the script gave in a run, and when: for every place in the script
 * that makes a call, all times it was made, in the order of their end. Those that are asleep when the
 * run is over come last. */
#ifndef SIM_STEP_OUTCOMES_H
#define SIM_STEP_OUTCOMES_H

#include "sim/step/walk.h"

enum call_fate {
    CALL_RETURNED,
    CALL_KILLED,    /* by a signal */
    CALL_LAST,      /* its process or thread ended in it, as exit does */
    CALL_ASLEEP,    /* in a deadlock */
    CALL_UNFINISHED /* the run was stopped */
};

/* One time that a call was made. */
struct outcome_of_call {
    int actor;
    enum call_fate fate;
    bool slept;
    int64_t start, end; /* ticks; end: CALL_RETURNED */
    size_t result;      /* in `texts`: as the language writes it, "" when it has none */
};

struct outcomes_of_site {
    struct outcome_of_call *calls; /* owned */
    size_t count, room;
    bool failed; /* one was not as its line says */
};

struct outcomes {
    struct outcomes_of_site *sites; /* owned; one for each site of the program */
    size_t site_count;
    struct strbuf texts; /* 0-terminated, one after another */
    struct strbuf names; /* of actors, the same */
    size_t *name_starts; /* owned */
    size_t name_count, name_room;
    enum verdict verdict;
    bool out_of_memory;
};

/* Of the walk's present run; where one is does not change. */
struct outcomes outcomes_of_run(struct walk *w);
void outcomes_free(struct outcomes *o);

const char *outcome_result(const struct outcomes *o, const struct outcome_of_call *call);
const char *outcome_actor(const struct outcomes *o, const struct outcome_of_call *call);

#endif

/* facts.h - what an execution came to, fact by fact, as text: the results of the calls, what came out
 * on the terminal, which lines did not come true, and how each process ended.
 *
 * Two executions with the same facts have the same outcome for whoever reads a report. As in run.h,
 * the same result again in the same place is not counted, and what only says who was there first
 * (numbers of processes) is left out. */
#ifndef SIM_EXPLORE_FACTS_H
#define SIM_EXPLORE_FACTS_H

#include "sim/run/run.h"

enum fact_kind {
    FACT_OUTPUT, /* text: all that was printed, in quotes */
    FACT_RESULT, /* of a call */
    FACT_WRONG,  /* the line did not come true */
    FACT_END     /* text: how the process ended */
};

/* Two outcomes differ in a fact when kind, process, line and number are the same, and the text is
 * not. */
struct fact {
    enum fact_kind kind;
    const char *process; /* owned, as the others; "" for FACT_OUTPUT and FACT_WRONG */
    const char *call;    /* as it was made: read(p, 4). "" unless FACT_RESULT */
    const char *text;    /* "abcd" */
    int line;
    int number; /* of its kind in this place, from 1 */
};

struct facts {
    struct fact *items; /* owned; output first, then by process in the order of their creation */
    size_t count, room;
    bool repeats; /* some result came again in its place, and is there once */
    bool out_of_memory;
};

void facts_free(struct facts *f);
void facts_add(struct facts *f, const struct fact *fact); /* with copies of its strings */

/* Some order, the same everywhere. */
int facts_compare(const struct facts *a, const struct facts *b);

/* Appends all that makes it differ from others, as a key. */
void facts_key(const struct facts *f, struct strbuf *key);

/* Collects the facts of a run. */
struct fact_recorder {
    enum outcome_detail detail;
    struct facts facts;
    struct recorded_actor *actors; /* owned */
    size_t actor_count;
    struct strbuf output;
};

void fact_recorder_init(struct fact_recorder *r, enum outcome_detail detail);
struct trace_sink fact_recorder_sink(struct fact_recorder *r);
/* The run is over: what was recorded, to be freed with facts_free. The recorder is done with. */
struct facts fact_recorder_take(struct fact_recorder *r);

#endif

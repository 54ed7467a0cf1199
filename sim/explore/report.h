/* report.h - all that is said of an exploration, as data: outcomes and failures in words, what became
 * of the claims, how much was looked at. It refers to nothing but itself, so that it can be written
 * down, read back in another process, and joined with the reports of the other parts.
 *
 * Outcomes are told apart by their facts, failures by their id. */
#ifndef SIM_EXPLORE_REPORT_H
#define SIM_EXPLORE_REPORT_H

#include "sim/explore/explore.h"
#include "sim/explore/facts.h"

/* How a schedule is had again, and how hard it is to follow. */
struct again {
    char *schedule; /* owned; as --schedule takes it */
    struct cost cost;
};

struct report_outcome {
    struct facts facts;
    enum verdict verdict;
    struct tally_of_paths executions;
    struct again again;
    char *failure;   /* owned; the id of what went wrong, or NULL */
    uint64_t broken; /* claims, a bit for each of the first 64 */
};

struct report_failure {
    char *id;       /* owned; the same in every process */
    char *headline; /* owned; "deadlock", "a claim does not hold" ... */
    char *story;    /* owned; lines, in the words of story.h */
    char *messages; /* owned; lines: what `run` says of it */
    enum verdict verdict;
    struct tally_of_paths executions;
    struct again again;
};

/* A way to go on for ever. */
struct report_cycle {
    char *who; /* owned; names, with commas */
    struct again again;
    bool progress;
};

struct report_claim {
    enum claim_kind kind;
    char *text; /* owned; as it stands in the script, with its first word */
    int line;
    bool met; /* sometimes: it held in some state */
};

struct report {
    /* What was asked: parts are joined only if all of this is the same. */
    char *file, *title;   /* owned */
    char *how;            /* owned; the options that decide what is found: " --depth calls" */
    char *tail;           /* owned; of a command line that runs it: " --set capacity=4 FILE" */
    uint64_t script;      /* a hash of its text */
    uint32_t part, parts; /* parts: 0 unless it is one of several */
    uint32_t joined;      /* so many parts make it up; 0: it is not joined */

    struct report_outcome *outcomes; /* owned; the good ones first, then by their facts */
    size_t outcome_count, outcome_room;
    struct report_failure *failures; /* owned; the easiest first */
    size_t failure_count, failure_room;
    struct report_cycle *cycles; /* owned */
    size_t cycle_count, cycle_room;
    struct report_claim *claims; /* owned; in the order of the script */
    size_t claim_count, claim_room;

    struct tally_of_paths executions;
    uint64_t made, blocked, states, samples;
    struct sample sample; /* samples > 0: how likely a failure was to be found */
    enum reduction reduction;
    double seconds, covered;
    enum search_end end;
    int64_t preemptions; /* the bound, or < 0 */
    bool bounded;        /* it has left something out */
    bool repeats;        /* as in facts.h */
};

/* Makes each finding's execution again, to say what it was like. `how` and `tail` are copied.
 * NULL: memory is short. */
struct report *report_new(const struct program *program, const struct explore_options *options,
                          const struct exploration *e, const char *how, const char *tail);
void report_free(struct report *r);

/* What the report comes to; also the exit status of the program. */
enum verdict report_verdict(const struct report *r);
/* Was every schedule looked at? */
bool report_complete(const struct report *r);

/* For those who fill in a report from elsewhere. NULL: memory is short. */
struct report *report_empty(void);
struct report_outcome *report_add_outcome(struct report *r);
struct report_failure *report_add_failure(struct report *r);
struct report_cycle *report_add_cycle(struct report *r);
struct report_claim *report_add_claim(struct report *r);
void report_free_outcome(struct report_outcome *o);
void report_free_failure(struct report_failure *f);
/* Once all are there: those that are the same become one, and all are put in order. False: memory is
 * short. */
bool report_unite(struct report *r);

/* Joins reports of parts into the first of them; the others are left empty. NULL, or why they do not
 * belong together (to be freed); then *which is the first that does not fit. */
char *report_join(struct report **parts, size_t count, size_t *which);

#endif

/* trial.h - one case of a lab, in the process that calls: scenarios run or explored on pipes, and what
 * came of it. */
#ifndef SIM_LAB_TRIAL_H
#define SIM_LAB_TRIAL_H

#include "sim/lab/lab.h"

enum outcome {
    OUTCOME_PASSED,
    OUTCOME_FAILED,
    OUTCOME_CANNOT_SAY /* it could not be run: a mistake in a script, a limit, a crash */
};

/* Owned texts. */
struct trial {
    enum outcome outcome;
    struct strbuf headline; /* what went wrong, in a line */
    struct strbuf story;    /* how it came to it, in lines */
    struct strbuf again;    /* command lines that show it again, a line each */
};
void trial_free(struct trial *t);

/* Where a case is tried. */
struct bench {
    const char *hand_in;   /* folder of what is handed in */
    const char *folder;    /* where the other paths begin */
    const char *own;       /* the file handed in, as a command line has it; NULL: no pipe */
    const char *own_pipe;  /* the name by which that pipe is known */
    double seconds;        /* for an exploration, of the processor */
    enum visibility shown; /* are its scenarios for the student's eyes? */
};

struct material; /* what the case is made of (material.h) */
void trial_make(struct trial *t, const struct bench *bench, const struct lab_case *c,
                const struct material *m);

#endif

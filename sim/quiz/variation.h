/* variation.h - a scenario as a quiz shows it: without what would tell its answers, and, but for
 * seed 0, with other numbers, bytes and orders.
 *
 * What varies is the text, and what runs is that text parsed: so what is printed and what is run
 * cannot disagree. A seed's variation ends in the way the scenario does: in a deadlock or not, with
 * somebody killed or not, with somebody who slept or not, and without a limit reached. Such a one
 * is looked for in a fixed order, with ever fewer changes. */
#ifndef SIM_QUIZ_VARIATION_H
#define SIM_QUIZ_VARIATION_H

#include "sim/run/run.h"

struct variation {
    struct strbuf text;
    struct source source; /* of the text */
    struct program *program;
    enum sched_policy policy;          /* POLICY_FIFO or POLICY_RR */
    struct schedule schedule;          /* the choices that rr makes in this run; empty with fifo */
    enum verdict verdict;              /* of a run of it */
    char pipe[32];                     /* what serves its calls */
    struct setting_override limits[4]; /* and that pipe */
    enum {
        AS_WRITTEN, /* seed 0 */
        VARIED,
        NOT_VARIED /* no other one ends as it does */
    } how;
};

enum { QUIZ_CALLS = 5000 }; /* no run of a quiz makes more */

/* The original must parse, and is borrowed for the call. False: its run is too long for a quiz, or
 * stopped by a mistake; then `diags` says why, in places of v->source. To be freed either way. */
bool variation_make(struct variation *v, const struct program *original, uint64_t seed,
                    struct diag_list *diags);
void variation_free(struct variation *v);

/* The options of a run of it: with limits on calls, steps and memory, and its schedule. They borrow from
 * v. */
struct run_options variation_run_options(const struct variation *v);

#endif

/* compare.h - one scenario on two pipes: the calls of both, side by side, as far as they are the same,
 * and the first difference. */
#ifndef SIM_COMPARE_COMPARE_H
#define SIM_COMPARE_COMPARE_H

#include "sim/compare/difference.h"
#include "sim/compare/model.h"

/* Also the exit status of the program; 2 is bad usage, or a mistake in the script. */
enum compared { COMPARED_SAME = 0, COMPARED_DIFFERENT = 1, COMPARED_NOT = 3 };

struct comparison {
    enum compared result;
    struct model a;
    struct model b;       /* of a model; the host fills only its record */
    const char *names[2]; /* "ring", "host" */
    size_t rounds;        /* compared; the last one may differ */
    struct difference difference;
    size_t
        reordered; /* how often the host let another one of several go first than the rule does */
    struct strbuf why; /* COMPARED_NOT: a sentence */
};

/* Runs the scenario on the pipe that the options say, then the same causes on the host's own pipes.
 * False after a message: the script cannot be run. */
bool compare_with_host(struct comparison *c, const struct program *program,
                       const struct run_options *options, struct diag_list *diags);

/* The same with another model, by the name of its implementation. */
bool compare_with_model(struct comparison *c, const struct program *program,
                        const struct run_options *options, const char *other,
                        struct diag_list *diags);

void comparison_free(struct comparison *c);

/* What the first difference means: sentences, with the facts (PS-nnn, SO-nnn) where they are known.
 * Empty when nothing is known. */
void difference_explain(const struct comparison *c, struct strbuf *out);

#endif

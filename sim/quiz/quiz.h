/* quiz.h - homework made of a scenario: a variation of it, and questions about its run.
 *
 * A quiz is determined by the text of the scenario, the seed and how many questions are wanted: the
 * same bytes on every machine. So a key need not be kept: whoever has these three can mark. */
#ifndef SIM_QUIZ_QUIZ_H
#define SIM_QUIZ_QUIZ_H

#include "sim/quiz/question.h"
#include "sim/quiz/variation.h"

struct quiz {
    struct variation variation;
    struct question_list questions;
};

/* The program must parse, and is borrowed for the call. There may be fewer questions than wanted.
 * False: there is no quiz to be made of it; `diags` says why, in places of q->variation.source. To
 * be freed either way. */
bool quiz_make(struct quiz *q, const struct program *program, uint64_t seed, size_t wanted,
               struct diag_list *diags);
void quiz_free(struct quiz *q);

#endif

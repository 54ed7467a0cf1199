/* answers.h - answers to a quiz (sim/quiz), handed in. */
#ifndef SIM_LAB_ANSWERS_H
#define SIM_LAB_ANSWERS_H

#include "sim/lab/material.h"

/* Of CASE_QUIZ: "@ANSWERS+SCENARIO", c->question the number of one question, from 1. The first line of the
 * answers says for whom the quiz was made: "# seed NAME". */
void answers_judge(struct trial *t, const struct lab_case *c, const struct material *m);

#endif

/* literals.h - inside quiz/: other numbers and bytes in the text of a scenario. */
#ifndef SIM_QUIZ_LITERALS_H
#define SIM_QUIZ_LITERALS_H

#include "sim/quiz/draw.h"
#include "sim/script/rewrite.h"

/* How much may change: of four literals so many do, on average. */
enum boldness { ONLY_LETTERS = 0, A_FEW = 1, MANY = 3 };

/* Adds edits: the sizes that read asks for; how long the strings are that write puts in; counts of
 * repeat, ticks of sleep, capacity and atomic; and all letters in strings, each by the same number
 * of places in the alphabet, so that equal strings stay equal. */
void literals_vary(const struct source *source, struct draw *draw, enum boldness boldness,
                   struct edit_list *edits);

/* Adds edits that let two processes which start at time 0 change places in the text. */
void processes_vary(const struct source *source, struct draw *draw, struct edit_list *edits);

#endif

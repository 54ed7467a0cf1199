/* answer_sheet.h - what somebody has answered: a text with a line for each question, as "3: EOF".
 *
 * After the number there may be ':', '.', ')' or a space. Empty lines and those that begin with '#'
 * do not count; of two lines for one question the later one does. */
#ifndef SIM_QUIZ_ANSWER_SHEET_H
#define SIM_QUIZ_ANSWER_SHEET_H

#include "sim/script/diag.h"

struct answer_sheet {
    char **given; /* owned: of question n at n - 1; NULL when there is none */
    size_t count;
};

/* Reads the answers to `count` questions. Lines that are none, or for a question that there is not,
 * are complained of. */
void answer_sheet_read(struct answer_sheet *sheet, const struct source *text, size_t count,
                       struct diag_list *diags);
void answer_sheet_free(struct answer_sheet *sheet);

#endif

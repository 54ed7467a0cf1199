/* quiz_paper.h - a quiz as it is printed: what to know, the scenario, the questions, the key. */
#ifndef SIM_CLI_QUIZ_PAPER_H
#define SIM_CLI_QUIZ_PAPER_H

#include "sim/cli/quiz_options.h"
#include "sim/quiz/quiz.h"

/* All appended to `out`. Text is at most 80 columns wide, but for lines of the scenario. */
void paper_head(const struct quiz_options *o, const struct quiz *q, struct strbuf *out);
void paper_questions(const struct quiz *q, struct strbuf *out);
void paper_key(const struct quiz *q, struct strbuf *out);
void paper_key_json(const struct quiz_options *o, const struct quiz *q, struct strbuf *out);

/* The first line of all JSON output. */
void paper_json_head(const struct quiz_options *o, const struct quiz *q, struct strbuf *out);

/* A text on as many lines as it needs, the first behind `begins`, the others behind `indent`
 * spaces. */
void paper_wrap(const char *begins, const char *text, size_t indent, struct strbuf *out);

#endif

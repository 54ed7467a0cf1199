/* answers.c - see answers.h. */
#include "sim/lab/answers.h"

#include "sim/quiz/answer_sheet.h"
#include "sim/quiz/draw.h"
#include "sim/quiz/quiz.h"
#include "sim/run/vocabulary.h"

#include <inttypes.h>
#include <stdio.h>

enum { QUESTIONS = 10, NAME_MOST = 64 };

static void judge(struct trial *t, const struct lab_case *c, const struct script *answers,
                  const struct quiz *q)
{
    struct answer_sheet sheet;
    struct diag_list diags = {0};
    struct source source = {"answers", strbuf_text(&answers->text), answers->text.length};
    answer_sheet_read(&sheet, &source, q->questions.count, &diags);
    size_t i = (size_t)c->question - 1;
    const char *given = i < sheet.count ? sheet.given[i] : NULL;
    t->outcome = OUTCOME_PASSED;
    /* A quiz may have fewer questions than asked for. */
    if (i < q->questions.count && (given == NULL || given[0] == '?')) {
        t->outcome = OUTCOME_FAILED;
        strbuf_addf(&t->headline, "there is no answer to question %" PRId64, c->question);
    } else if (i < q->questions.count && !answer_accepts(&q->questions.items[i].answer, given)) {
        t->outcome = OUTCOME_FAILED;
        strbuf_addf(&t->headline, "the answer '%s' is not right", given);
        strbuf_addf(&t->story, "%s\n", strbuf_text(&q->questions.items[i].text));
    }
    answer_sheet_free(&sheet);
    diag_list_free(&diags);
}

void answers_judge(struct trial *t, const struct lab_case *c, const struct material *m)
{
    struct quiz q = {0};
    struct diag_list diags = {0};
    char name[NAME_MOST]; /* for whom it was made */
    t->outcome = OUTCOME_CANNOT_SAY;
    if (!material_is_whole(m, &t->headline))
        return;
    const struct script *answers = &m->pieces[0].script, *about = &m->pieces[1].script;
    if (sscanf(strbuf_text(&answers->text), "# seed %63s", name) != 1) {
        strbuf_addf(&t->headline, "the first line of '%s' must be '# seed NAME'",
                    strbuf_text(&answers->name));
        return;
    }
    struct source source = {strbuf_text(&about->name), strbuf_text(&about->text),
                            about->text.length};
    struct program *program = script_parse(&source, vocabulary(), &diags);
    if (program != NULL && quiz_make(&q, program, draw_seed_of(name), QUESTIONS, &diags))
        judge(t, c, answers, &q);
    else
        strbuf_add(&t->headline, "no quiz can be made of the scenario");
    quiz_free(&q);
    program_free(program);
    diag_list_free(&diags);
}

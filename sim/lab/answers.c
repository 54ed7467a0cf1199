/* answers.c - see answers.h. */
#include "sim/lab/answers.h"

#include "sim/lab/script.h"
#include "sim/quiz/answer_sheet.h"
#include "sim/quiz/draw.h"
#include "sim/quiz/quiz.h"
#include "sim/run/vocabulary.h"

#include <inttypes.h>
#include <stdio.h>

enum { QUESTIONS = 10, NAME_MOST = 64 };

struct paper {
    struct strbuf answers, scenario; /* texts */
    struct strbuf path;              /* of the scenario */
    char name[NAME_MOST];            /* for whom it was made */
};

static bool read_paper(struct paper *p, const struct bench *bench, const struct lab_case *c,
                       struct strbuf *why)
{
    size_t length = strcspn(c->files, "+");
    struct strbuf path = {0};
    path_join(&path, bench->hand_in, c->files + 1, length - 1);
    strbuf_addf(&p->path, "%s/%s", bench->folder, c->files + length + 1);
    bool good = file_read(strbuf_text(&path), &p->answers, why) &&
                file_read(strbuf_text(&p->path), &p->scenario, why);
    if (good && sscanf(strbuf_text(&p->answers), "# seed %63s", p->name) != 1) {
        strbuf_addf(why, "the first line of '%s' must be '# seed NAME'", strbuf_text(&path));
        good = false;
    }
    strbuf_free(&path);
    return good;
}

static void judge(struct trial *t, const struct lab_case *c, const struct paper *p,
                  const struct quiz *q)
{
    struct answer_sheet sheet;
    struct diag_list diags = {0};
    struct source source = {"answers", strbuf_text(&p->answers), p->answers.length};
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

void answers_judge(struct trial *t, const struct bench *bench, const struct lab_case *c)
{
    struct paper p = {.name = ""};
    struct quiz q = {0};
    struct diag_list diags = {0};
    t->outcome = OUTCOME_CANNOT_SAY;
    if (read_paper(&p, bench, c, &t->headline)) {
        struct source source = {strbuf_text(&p.path), strbuf_text(&p.scenario), p.scenario.length};
        struct program *program = script_parse(&source, vocabulary(), &diags);
        if (program != NULL && quiz_make(&q, program, draw_seed_of(p.name), QUESTIONS, &diags))
            judge(t, c, &p, &q);
        else
            strbuf_add(&t->headline, "no quiz can be made of the scenario");
        quiz_free(&q);
        program_free(program);
    }
    diag_list_free(&diags);
    strbuf_free(&p.answers);
    strbuf_free(&p.scenario);
    strbuf_free(&p.path);
}

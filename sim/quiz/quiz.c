/* quiz.c - see quiz.h. */
#include "sim/quiz/quiz.h"

/* Apart from those that variations are drawn with. */
enum { DRAWS_QUESTIONS = 1 << 20 };

static void ask(struct quiz *q, struct walk *w, uint64_t seed, size_t wanted)
{
    struct draw draw = draw_from(seed, DRAWS_QUESTIONS);
    struct history *h = history_new(w);
    if (h == NULL)
        return;
    questions_find(h, &q->questions);
    questions_draw(&q->questions, wanted, &draw);
    history_free(h);
}

bool quiz_make(struct quiz *q, const struct program *program, uint64_t seed, size_t wanted,
               struct diag_list *diags)
{
    *q = (struct quiz){.questions = {0}};
    if (!variation_make(&q->variation, program, seed, diags))
        return false;
    struct run_options options = variation_run_options(&q->variation);
    struct walk *w = walk_new(q->variation.program, &options, DEPTH_CALLS, diags);
    if (w == NULL)
        return false;
    ask(q, w, seed, wanted);
    walk_free(w);
    return true;
}

void quiz_free(struct quiz *q)
{
    questions_free(&q->questions);
    variation_free(&q->variation);
}

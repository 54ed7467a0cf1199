/* predicting.c - a stepping session in which somebody predicts; see predict.h. */
#include "sim/step/session.h"

const char *stepper_question(const struct stepper *s)
{
    return s->predict == NULL ? NULL : predict_question(s->predict);
}

void predicting_ask(const struct stepper *s, struct strbuf *out)
{
    const char *question = stepper_question(s);
    if (question != NULL)
        strbuf_addf(out, "? %s\n", question);
}

/* Where something is to be asked, or there in any case. */
void predicting_move(struct stepper *s, uint64_t to, struct strbuf *out)
{
    uint64_t here = walk_position(s->walk);
    uint64_t stop = predict_before(s->predict, to);
    if (stop != here || stepper_question(s) == NULL)
        stepper_go(s, stop, out);
}

void predicting_answer(struct stepper *s, const char *line, struct strbuf *out)
{
    predict_answer(s->predict, line, out);
    if (stepper_question(s) == NULL)
        stepper_go(s, predict_goal(s->predict), out);
}

static void switch_on(struct stepper *s, struct strbuf *out)
{
    s->predict = predict_new(s->walk);
    strbuf_add(out, s->predict == NULL
                        ? "there is too little memory for that\n"
                        : "predicting: before each sleep and each result you are asked for it.\n"
                          "Write it as a trace does: 3, \"ab\", EOF, -1 EPIPE; or sleeps. An empty "
                          "line shows it.\n");
}

static void switch_off(struct stepper *s, struct strbuf *out)
{
    strbuf_add(out, "predicted: ");
    predict_score(s->predict, out);
    strbuf_add(out, " right\n");
    predict_free(s->predict);
    s->predict = NULL;
}

void predict_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    bool on = strcmp(rest, "on") == 0, off = strcmp(rest, "off") == 0;
    if (*rest != '\0' && !on && !off)
        strbuf_add(out, "predict on, predict off; predict alone changes it\n");
    else if (s->predict == NULL && !off)
        switch_on(s, out);
    else if (s->predict != NULL && !on)
        switch_off(s, out);
}

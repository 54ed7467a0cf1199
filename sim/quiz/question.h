/* question.h - questions about a run, each with its answer and why that is so.
 *
 * All that can be asked of a run is found first; then some are drawn, of as many kinds as there
 * are, at most one about each call, so that no question gives another one's answer away. */
#ifndef SIM_QUIZ_QUESTION_H
#define SIM_QUIZ_QUESTION_H

#include "sim/quiz/draw.h"
#include "sim/step/answer.h"
#include "sim/step/history.h"

/* From the run to its state, and back: from a state to the call that made it. */
#define QUESTION_KINDS(X)                                                                          \
    X(QUESTION_RESULT, "result") /* what does this call give? */                                   \
    X(QUESTION_UNTIL, "until")   /* does it sleep, until which tick? */                            \
    X(QUESTION_BYTES, "bytes")   /* which bytes are in the pipe after it? */                       \
    X(QUESTION_USED, "used")     /* how many? */                                                   \
    X(QUESTION_WAKER, "waker")   /* which call woke this sleeper? */                               \
    X(QUESTION_LEVEL, "level")   /* which call made the pipe full, or empty again? */              \
    X(QUESTION_NEXT, "next")     /* who goes on when this one has fallen asleep? */                \
    X(QUESTION_SLEEPS, "sleeps") /* how many calls of a process sleep? */                          \
    X(QUESTION_STATE, "state")   /* what is a process asleep on when all is over? */               \
    X(QUESTION_TICK, "tick")     /* when is that? */

enum question_kind {
#define X(kind, name) kind,
    QUESTION_KINDS(X)
#undef X
        QUESTION_KIND_COUNT
};

const char *question_kind_name(enum question_kind kind);

struct question {
    enum question_kind kind;
    uint64_t at; /* the event it is about: questions are asked in this order */
    int subject; /* the number of the call it is about, or -1 */
    struct strbuf text, why;
    struct answer answer;
};

/* A zeroed list is empty. */
struct question_list {
    struct question *items; /* owned */
    size_t count, room;
};

/* Everything that can be asked. */
void questions_find(const struct history *h, struct question_list *out);

/* Keeps at most `wanted` of them, in the order of the run. */
void questions_draw(struct question_list *list, size_t wanted, struct draw *draw);

void questions_free(struct question_list *list);

#endif

/* answer.h - an answer to a question about a run, and whether what somebody wrote is that answer.
 *
 * The right one is kept in the script's notation. What is written may be a little different: in
 * upper or lower case where there are words, without quotes where no other answer looks so, with
 * "line", "tick", "bytes" around a number. Nothing that could also mean something else is taken. */
#ifndef SIM_STEP_ANSWER_H
#define SIM_STEP_ANSWER_H

#include "sim/trace/strbuf.h"

enum answer_kind {
    ANSWER_RESULT, /* of a call: 3, "ab", EOF, -1 EPIPE, killed SIGPIPE; sleeps; never */
    ANSWER_NUMBER, /* of bytes, a line, a tick */
    ANSWER_BYTES,  /* in a pipe: "ab"; "" or empty */
    ANSWER_NAME,   /* of a process */
    ANSWER_UNTIL,  /* no, the tick until which it sleeps, or never */
    ANSWER_STATE   /* at the end: p.not_empty, wait, ..., exited, killed SIGPIPE */
};

struct answer {
    enum answer_kind kind;
    struct strbuf text; /* the right one */
};

/* Is this it? Spaces around it do not count; an empty text never is, but for spaces in quotes. */
bool answer_accepts(const struct answer *a, const char *given);

void answer_free(struct answer *a);

#endif

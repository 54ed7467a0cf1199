/* sentence.h - what processes do, as sentences: each has somebody who does something, and clauses that
 * say what, one after the other. A paragraph of them is numbered and broken into lines. */
#ifndef SIM_EXPLORE_SENTENCE_H
#define SIM_EXPLORE_SENTENCE_H

#include "sim/trace/strbuf.h"

struct clause {
    char *text; /* owned; "reads "a" from p" */
    int times;  /* in a row */
};

/* What one process does before another one does something. */
struct sentence {
    int actor;
    const char *who; /* borrowed */
    int64_t tick;
    struct clause *clauses; /* owned; none: nothing happened that is worth telling */
    size_t count, left_out;
};

/* All zero is an empty one. */
struct paragraph {
    struct sentence *sentences; /* owned */
    size_t count;
    bool out_of_memory;
};

void paragraph_fini(struct paragraph *p);

/* The last sentence, if this actor is its subject and the tick is the same; else a new one. The name is
 * borrowed. NULL when memory is short. */
struct sentence *paragraph_sentence(struct paragraph *p, int actor, const char *who, int64_t tick);

/* Adds a clause to one of the sentences, unless that is NULL, and frees the text. */
void sentence_add(struct paragraph *p, struct sentence *to, struct strbuf *text);

/* All has been told. Sentences of one actor with nothing to tell between them become one; numbers[i]
 * is what sentence i will be told as, from 1. Returns how many there are to tell. */
size_t paragraph_number(struct paragraph *p, size_t *numbers);

/* Appends lines: of a long paragraph the beginning and the end. `count` as paragraph_number said. */
void paragraph_render(const struct paragraph *p, size_t count, struct strbuf *out);

/* Appends a text in lines, broken at blanks; all but the first are indented. */
void text_wrap(struct strbuf *out, const char *text, const char *indentation);

#endif

/* difference.h - two records of a scenario, and where they differ first. What comes after the first
 * difference may be nothing but its consequence, so nobody looks there. */
#ifndef SIM_COMPARE_DIFFERENCE_H
#define SIM_COMPARE_DIFFERENCE_H

#include "sim/compare/record.h"

enum difference_kind {
    DIFFERENCE_NONE,
    DIFFERENCE_EFFECT, /* something came of it that did not there, or came otherwise */
    DIFFERENCE_ORDER,  /* the same came of it, but to others */
    DIFFERENCE_CAUSE,  /* somebody else, or something else, came next */
    DIFFERENCE_LENGTH  /* there nothing more happened */
};

struct difference {
    enum difference_kind kind;
    size_t round;
    /* DIFFERENCE_EFFECT: borrowed from the records; NULL: there was none. */
    const struct effect *a, *b;
};

/* Of one round, which both have. */
struct difference difference_in_round(const struct record *a, const struct record *b, size_t round);

/* The first one. */
struct difference difference_find(const struct record *a, const struct record *b);

/* Effect number n of an actor in a round; NULL: it has fewer. */
const struct effect *round_effect(const struct round *r, int actor, size_t n);

#endif

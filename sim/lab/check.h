/* check.h - one submission, judged by a lab: for each item, whether it gives its points, and if not what
 * went wrong and how to see it again.
 *
 * Its code is compiled once (guest.h), and each case is a cage (cage.h): a crash or an endless loop costs one
 * item. What is known so far is kept, whatever happens. */
#ifndef SIM_LAB_CHECK_H
#define SIM_LAB_CHECK_H

#include "sim/lab/lab.h"
#include "sim/lab/trial.h"
#include "sim/own/guest.h"

struct item_result {
    const struct lab_item *item; /* borrowed */
    enum { NOT_LOOKED_AT, LOOKED_AT } state;
    struct trial trial;
    double seconds;
};

enum built {
    BUILT_NOT_YET, /* nothing is known of it */
    BUILT,
    BUILT_NOT /* does not compile, or is not there */
};

/* What is known now, and was not before. */
enum news { NEWS_BUILT, NEWS_ITEM, NEWS_END };

struct check {
    const struct lab *lab;        /* borrowed */
    char *folder;                 /* owned; of what was handed in */
    const char *room;             /* borrowed; as of struct guest, and so is the next */
    enum guest_compiler compiler; /* set it to what is known; check_init has COMPILER_NOT_TRIED */
    enum built built;
    struct strbuf said;        /* by the compiler, or why there is nothing to be compiled */
    struct item_result *items; /* owned; lab->item_count */
    struct strbuf ended;       /* why it ended early; empty if it did not */
    double seconds;
    /* May be NULL. `item` is which one, when it is one. */
    void (*changed)(void *ctx, const struct check *check, enum news what, size_t item);
    void *ctx; /* borrowed */
};

/* False: memory is short. */
bool check_init(struct check *c, const struct lab *lab, const char *folder);
void check_free(struct check *c);

/* Judges, within the lab's seconds. In a process of one thread. */
void check_make(struct check *c);

int64_t check_score(const struct check *c);

/* The first that failed, or could not be looked at; NULL: none did. */
const struct item_result *check_first_failure(const struct check *c);

/* What it most likely comes from, in a sentence or more, after the grading file; "" if that says nothing. */
const char *item_cause(const struct item_result *r);

#endif

/* grade.h - many submissions, several at a time, each in processes of its own. What is known is written
 * down as it comes. */
#ifndef SIM_LAB_GRADE_H
#define SIM_LAB_GRADE_H

#include "sim/lab/formats.h"

struct grading {
    struct group group;
    unsigned jobs; /* at a time */
    double budget; /* seconds for all; 0: no bound. Who is not graded by then gets no points */
    /* Called again and again, some times in a second at least; `over` is the submission that has just come
     * to its end, or NULL. May be NULL. */
    void (*progress)(void *ctx, const struct group *g, const struct submission *over);
    void *ctx; /* borrowed */

    char room[SCRATCH_PATH_MOST]; /* for what is compiled; "" : there is none */
};

/* Of submissions in these folders; their names are those of the folders. False: memory is short. */
bool grading_init(struct grading *g, const struct lab *lab, char *const *folders, size_t count);

/* Finds out what is the same for all of them: group.bars is known then. */
void grading_begin(struct grading *g);
void grading_make(struct grading *g);
void grading_free(struct grading *g);

/* Ends soon, with what is known. May be called by a signal handler. */
void grading_stop(void);

#endif

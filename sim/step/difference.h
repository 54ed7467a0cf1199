/* difference.h - the present run beside one that was left: in a sentence who went on here and who
 * there where they part, and how both end; then how many lines of their traces are the same, and
 * those that differ, side by side. Where one is in the walk does not change. */
#ifndef SIM_STEP_DIFFERENCE_H
#define SIM_STEP_DIFFERENCE_H

#include "sim/step/walk.h"

/* Appends it, in lines of at most `width` columns, or of DIFFERENCE_LEAST_WIDTH. `branch` as
 * walk_branch_schedule counts. */
enum { DIFFERENCE_LEAST_WIDTH = 60 };
void difference_show(struct walk *w, size_t branch, size_t width, struct strbuf *out);

#endif

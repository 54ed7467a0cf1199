/* difference.h - what differs between the outcomes of a report: of each only that need be shown. */
#ifndef SIM_EXPLORE_DIFFERENCE_H
#define SIM_EXPLORE_DIFFERENCE_H

#include "sim/explore/report.h"

enum difference_length { DIFFERENCES_SHORT, DIFFERENCES_WHOLE };

struct differences;

/* The report is borrowed. NULL: memory is short. */
struct differences *differences_new(const struct report *r, enum difference_length length);
void differences_free(struct differences *d);

/* Appends lines, one for what was printed and one for each process in which outcome i differs from
 * others. If there is no other: what was printed, and who did not simply exit. */
void differences_show(const struct differences *d, size_t i, struct strbuf *out);

#endif

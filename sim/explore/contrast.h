/* contrast.h - what differs between the outcomes of a report: of each only that need be shown. */
#ifndef SIM_EXPLORE_CONTRAST_H
#define SIM_EXPLORE_CONTRAST_H

#include "sim/explore/report.h"

enum contrast_length { CONTRAST_SHORT, CONTRAST_WHOLE };

struct contrast;

/* The report is borrowed. NULL: memory is short. */
struct contrast *contrast_new(const struct report *r, enum contrast_length length);
void contrast_free(struct contrast *d);

/* Appends lines, one for what was printed and one for each process in which outcome i differs from
 * others. If there is no other: what was printed, and who did not simply exit. */
void contrast_show(const struct contrast *d, size_t i, struct strbuf *out);

#endif

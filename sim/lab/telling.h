/* telling.h - what is known of a submission, told by one process to another that trusts it: over a pipe, or from
 * a cage. */
#ifndef SIM_LAB_TELLING_H
#define SIM_LAB_TELLING_H

#include "sim/lab/check.h"

void tell_trial(struct strbuf *out, const struct trial *t);

/* False: that is no trial. */
bool hear_trial(struct trial *t, const char *told, size_t n);

/* As struct check, changed, is called; and remembering it in the check of another process. hear_news takes
 * what it could use from the front of `told`. */
void tell_news(struct strbuf *out, const struct check *c, enum news what, size_t item);
void hear_news(struct check *c, struct strbuf *told);

#endif

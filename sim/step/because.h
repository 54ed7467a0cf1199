/* because.h - why a call gave what it gave, and why it slept: in sentences, from what was so in the
 * run at that moment. The walk goes there and comes back. */
#ifndef SIM_STEP_BECAUSE_H
#define SIM_STEP_BECAUSE_H

#include "sim/step/history.h"

/* Why it fell asleep, if it did. */
void because_it_sleeps(const struct history *h, const struct call_made *c, struct strbuf *out);

/* Who woke it, and when; or that nobody does. Nothing when it did not sleep. */
void because_it_wakes(const struct history *h, const struct call_made *c, struct strbuf *out);

/* Why it gave its result, once it could go on. Nothing when it never came back. */
void because_of_state(const struct history *h, const struct call_made *c, struct strbuf *out);

/* All of these. */
void because(const struct history *h, const struct call_made *c, struct strbuf *out);

#endif

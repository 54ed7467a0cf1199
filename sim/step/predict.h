/* predict.h - questions on the way: what will this call give, who goes on next? While somebody
 * predicts, no movement goes forward over a sleep or a result without asking.
 *
 * A run is a row of stretches, each up to the next event at which a call returns or falls asleep, or
 * a process ends. Where a stretch begins, who goes on is asked when that is open: when the one that
 * ran last cannot, and at least two could; then what the call that ends the stretch will give.
 * What has been seen once is not asked for again; another run is, from where it begins. */
#ifndef SIM_STEP_PREDICT_H
#define SIM_STEP_PREDICT_H

#include "sim/step/walk.h"

struct predict;

/* The walk is borrowed, and does not show what comes (walk_show_future) until this is freed. NULL
 * when memory is short. */
struct predict *predict_new(struct walk *w);
void predict_free(struct predict *p);

/* Before a movement from where the walk is to `to`: how far it may go. If that is not `to`, or a
 * question is open afterwards, then something is to be asked there. */
uint64_t predict_before(struct predict *p, uint64_t to);

/* The question that is open, one sentence; NULL when none is. */
const char *predict_question(const struct predict *p);

/* Is this an answer to it, even if it could also be a command: the right one, or the name of a
 * process when one is asked for? */
bool predict_is_answer(const struct predict *p, const char *given);

/* An answer to the open question; "" gives it up. Appends what to say of it, and the score. Then
 * another question may be open; when none is, the movement goes on to predict_goal. */
void predict_answer(struct predict *p, const char *given, struct strbuf *out);
uint64_t predict_goal(const struct predict *p);

/* "7 of 9" */
void predict_score(const struct predict *p, struct strbuf *out);

#endif

/* cycle.h - the sleepers of a deadlock that wait for each other: in words, and as a picture. */
#ifndef SIM_STEP_CYCLE_H
#define SIM_STEP_CYCLE_H

#include "sim/step/panes.h"

/* "client waits for server to read from ask; server waits for client to read from answer." Nothing
 * when nobody waits for each other. */
void cycle_words(struct walk *w, struct strbuf *out);

/* The same as a ring, on two lines:
 *
 *     +-> client --(room in ask)--> server --(room in answer)--+
 *     +--------------------------------------------------------+
 *
 * or, where that is too wide, from top to bottom:
 *
 *     +-> client
 *     |   v (room in ask)
 *     |   server
 *     +---+ (room in answer)
 */
void cycle_picture(struct walk *w, struct pane_size size, struct strbuf *out);

#endif

/* decoy.h - a scenario with a wrong result in it.
 *
 * Code that is judged runs in the process that judges it, and can change what that says, or read in its memory
 * what is wanted. But a scenario, and the same one with another result in the place of one that is surely
 * given, cannot both hold, on no pipe whatever. So who is said to hold on both has changed who says it; and to
 * know which of the two to hold on, one must know what a right pipe does. */
#ifndef SIM_LAB_DECOY_H
#define SIM_LAB_DECOY_H

#include "sim/run/run.h"

/* Puts one into the text of a scenario, drawn by the seed; only in the place of one that comes up in every run
 * in which the results before it are as wanted, and that a right pipe gives: that is tried, under these
 * options. False: there is none, and the text is as it was. */
bool decoy_make(struct strbuf *text, const struct run_options *options, uint64_t seed);

#endif

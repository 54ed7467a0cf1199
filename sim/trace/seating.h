/* seating.h - who stands beside whom in a chart, so that arrows are short and bytes go from left to
 * right where they can: writer, pipe, reader. */
#ifndef SIM_TRACE_SEATING_H
#define SIM_TRACE_SEATING_H

#include "sim/trace/sequence.h"

/* Puts all participants into `seats`, from left to right. */
void seating_find(const struct sequence *s, int seats[SEQUENCE_PARTICIPANTS]);

#endif

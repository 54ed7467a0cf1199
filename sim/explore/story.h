/* story.h - an execution that went wrong, told: who did what in which order, who slept on what, which
 * signal went where, and what would have woken those who sleep for ever.
 *
 * Each stretch in which one process runs is a sentence or two, with a number. What does not matter
 * is left out, and where much is left out it is said. */
#ifndef SIM_EXPLORE_STORY_H
#define SIM_EXPLORE_STORY_H

#include "sim/run/run.h"

struct story;

struct story *story_new(const struct program *program); /* borrowed. NULL: memory is short */
void story_free(struct story *s);
struct trace_sink story_sink(struct story *s);

/* After the run, and with its messages: what went wrong in some words, to be freed: "deadlock: reader
 * sleeps for ever". Up to the colon it is the sort of failure. NULL: memory is short. */
char *story_headline(const struct story *s, enum verdict verdict, const struct diag_list *messages);

/* The story as lines without indentation, to be freed. NULL: memory is short. */
char *story_text(struct story *s);

#endif

/* progress.h - how far a search has come: one line on the terminal, written again and again, and gone
 * at the end. And Ctrl-C, which ends the search but not the program; the second one ends that, too. */
#ifndef SIM_CLI_PROGRESS_H
#define SIM_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    /* On a terminal a line that is rewritten; else, if always, a line now and then. */
    enum progress_mode { PROGRESS_ON_TERMINAL, PROGRESS_ALWAYS } mode;
    double next; /* seconds: when to show it again */
    bool shown;
};

void progress_begin(struct progress *p, enum progress_mode mode);

/* As explore_options.progress: true if Ctrl-C was pressed. */
bool progress_show(void *progress, uint64_t executions, uint64_t states, double seconds);

void progress_end(struct progress *p);

#endif

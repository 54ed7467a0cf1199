/* saved_script.h - a run as a script: the scenario's own text, in which each line that is a call
 * carries the result and the times that this run gave. What a line says already stays, unless the
 * run was otherwise. Where one line was several calls that differed, they stand in a comment behind
 * it. The first lines tell how to make the run again. */
#ifndef SIM_STEP_SAVED_SCRIPT_H
#define SIM_STEP_SAVED_SCRIPT_H

#include "sim/step/walk.h"

/* Appends it; `file` is the name that it will have. 0, -ENOMEM. */
int saved_script(struct walk *w, const char *file, struct strbuf *out);

#endif

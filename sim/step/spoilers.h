/* spoilers.h - the parts of a script that tell how its run goes: results and times as expected,
 * claims, assertions, the title and the comments. Who is to find out for himself sees the script
 * without them. */
#ifndef SIM_STEP_SPOILERS_H
#define SIM_STEP_SPOILERS_H

#include "sim/script/program.h"
#include "sim/script/rewrite.h"

/* Adds an edit for each. A written result becomes `?`, the end of a time `..?`, an assertion the
 * calls that are in it (it may make some); the rest goes. What is left does the same calls. */
void spoilers_find(const struct program *program, struct edit_list *edits);

#endif

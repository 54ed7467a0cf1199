/* screen.h - the full screen of `pipesim step`: panes over a walk, and keys that move it. */
#ifndef SIM_CLI_SCREEN_H
#define SIM_CLI_SCREEN_H

#include "sim/cli/options.h"
#include "sim/step/walk.h"

/* Was the program built with ncursesw? */
bool screen_is_built_in(void);

/* Shows the walk until the user quits. 0; -1 when the terminal cannot be used so, and nothing was
 * done. */
int screen_show(struct walk *w, const struct options *o);

#endif

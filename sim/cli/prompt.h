/* prompt.h - where the commands of the plain stepper come from, line by line.
 *
 * On a terminal, with libedit (PIPESIM_LIBEDIT), the line can be edited, earlier ones come back with
 * the up key, and Tab completes the name of a command. Without libedit the terminal's own editing is
 * all there is. Of a file of commands each line is shown behind the prompt, as if it were typed;
 * from a pipe nothing is shown. */
#ifndef SIM_CLI_PROMPT_H
#define SIM_CLI_PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct prompt;

/* Reads from `in`, which is borrowed. NULL when memory is short. */
struct prompt *prompt_open(FILE *in);
void prompt_close(struct prompt *p);

/* The next line, without its end and cut to `size`; false at the end of the input. */
bool prompt_line(struct prompt *p, char *line, size_t size);

#endif

/* bugs_command.h - `pipesim bugs [NAME]`: the pipes with a bug, or what one of them changes. */
#ifndef SIM_CLI_BUGS_COMMAND_H
#define SIM_CLI_BUGS_COMMAND_H

/* argv[0] is "bugs". The exit status. */
int bugs_command(int argc, char **argv);

/* A line for each, on standard output. */
void bugs_list(void);

#endif

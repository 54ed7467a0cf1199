/* explore_command.h - `pipesim explore`. */
#ifndef SIM_CLI_EXPLORE_COMMAND_H
#define SIM_CLI_EXPLORE_COMMAND_H

/* The exit status of the program. */
int explore_command(int argc, char **argv);

#endif

/* compare_command.h - `pipesim compare`. */
#ifndef SIM_CLI_COMPARE_COMMAND_H
#define SIM_CLI_COMPARE_COMMAND_H

int compare_command(int argc, char **argv); /* the exit status */

#endif

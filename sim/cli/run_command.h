/* run_command.h - `pipesim run`. */
#ifndef SIM_CLI_RUN_COMMAND_H
#define SIM_CLI_RUN_COMMAND_H

/* argv[0] is "run". The exit status. */
int run_command(int argc, char **argv);

#endif

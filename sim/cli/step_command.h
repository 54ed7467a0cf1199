/* step_command.h - `pipesim step`. */
#ifndef SIM_CLI_STEP_COMMAND_H
#define SIM_CLI_STEP_COMMAND_H

/* argv[0] is "step". The exit status. */
int step_command(int argc, char **argv);

#endif

/* lint_command.h - `pipesim lint FILE`: which wrong pipes does a scenario tell from a right one? */
#ifndef SIM_CLI_LINT_COMMAND_H
#define SIM_CLI_LINT_COMMAND_H

/* argv[0] is "lint". The exit status. */
int lint_command(int argc, char **argv);

#endif

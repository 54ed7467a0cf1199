/* lab_command.h - `pipesim lab VERB`. */
#ifndef SIM_CLI_LAB_COMMAND_H
#define SIM_CLI_LAB_COMMAND_H

/* argv[0] is "lab". The exit status. */
int lab_command(int argc, char **argv);

#endif

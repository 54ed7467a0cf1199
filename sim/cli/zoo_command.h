/* zoo_command.h - `pipesim lab zoo [NUMBER]`: the bug zoo, and what finds each of it. */
#ifndef SIM_CLI_ZOO_COMMAND_H
#define SIM_CLI_ZOO_COMMAND_H

/* argv[0] is "zoo". The exit status. */
int zoo_command(int argc, char **argv);

/* The folder of the zoo: zoo, in that of the labs (sim/lab/shelf.h). Borrowed; NULL: there is none. */
const char *zoo_folder(void);

#endif

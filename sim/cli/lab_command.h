/* lab_command.h - `pipesim lab`: exercises with a grading. */
#ifndef SIM_CLI_LAB_COMMAND_H
#define SIM_CLI_LAB_COMMAND_H

int lab_command(int argc, char **argv);
void help_lab(void);

#endif

/* quiz_command.h - `pipesim quiz`. */
#ifndef SIM_CLI_QUIZ_COMMAND_H
#define SIM_CLI_QUIZ_COMMAND_H

/* argv[0] is "quiz". The exit status. */
int quiz_command(int argc, char **argv);

#endif

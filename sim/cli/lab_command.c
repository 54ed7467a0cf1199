/* lab_command.c - `pipesim lab VERB`: a table of verbs. */
#include "sim/cli/lab_command.h"

#include "sim/cli/zoo_command.h"

#include <stdio.h>
#include <string.h>

int lab_command(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "--help";
    if (strcmp(word, "zoo") == 0)
        return zoo_command(argc - 1, argv + 1);
    printf("pipesim lab zoo - the bug zoo, and what finds each of it\n");
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ? 0 : 2;
}

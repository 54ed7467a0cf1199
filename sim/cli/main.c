/* main.c - the command line: which command. */
#include "sim/cli/bugs_command.h"
#include "sim/cli/compare_command.h"
#include "sim/cli/explore_command.h"
#include "sim/cli/lab_command.h"
#include "sim/cli/lint_command.h"
#include "sim/cli/options.h"
#include "sim/cli/quiz_command.h"
#include "sim/cli/quiz_options.h"
#include "sim/cli/run_command.h"
#include "sim/cli/step_command.h"
#include "sim/own/own.h"

#include <stdio.h>
#include <string.h>

static int unknown(const char *word)
{
    fprintf(stderr, "pipesim: error: there is no command '%s'; try 'pipesim --help'\n", word);
    return 2;
}

static int help(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[2], "run") == 0)
        help_run();
    else if (argc > 2 && strcmp(argv[2], "step") == 0)
        help_step();
    else if (argc > 2 && strcmp(argv[2], "quiz") == 0)
        help_quiz();
    else if (argc > 2 && strcmp(argv[2], "explore") == 0)
        help_explore();
    else if (argc > 2 && strcmp(argv[2], "compare") == 0)
        help_compare();
    else if (argc > 2 && strcmp(argv[2], "lab") == 0)
        help_lab();
    else if (argc > 2)
        return unknown(argv[2]);
    else
        help_overview();
    return 0;
}

static int command(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "--help";
    if (strcmp(word, "run") == 0)
        return run_command(argc - 1, argv + 1);
    if (strcmp(word, "explore") == 0)
        return explore_command(argc - 1, argv + 1);
    if (strcmp(word, "compare") == 0)
        return compare_command(argc - 1, argv + 1);
    if (strcmp(word, "step") == 0)
        return step_command(argc - 1, argv + 1);
    if (strcmp(word, "quiz") == 0)
        return quiz_command(argc - 1, argv + 1);
    if (strcmp(word, "bugs") == 0)
        return bugs_command(argc - 1, argv + 1);
    if (strcmp(word, "lint") == 0)
        return lint_command(argc - 1, argv + 1);
    if (strcmp(word, "lab") == 0)
        return lab_command(argc - 1, argv + 1);
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0)
        return help(argc, argv);
    if (strcmp(word, "--version") == 0) {
        print_version();
        return 0;
    }
    return unknown(word);
}

/* What a pipe of a person's own does, and should not. */
static void print_warnings(void)
{
    struct strbuf text = {0};
    own_take_warnings(&text);
    if (text.length == 0)
        return;
    fflush(stdout);
    for (char *line = strtok(text.bytes, "\n"); line != NULL; line = strtok(NULL, "\n"))
        fprintf(stderr, "pipesim: warning: %s\n", line);
    strbuf_free(&text);
}

int main(int argc, char **argv)
{
    int status = command(argc, argv);
    print_warnings();
    return status;
}

/* zoo_command.c - see zoo_command.h. */
#include "sim/cli/zoo_command.h"

#include "sim/lab/shelf.h"
#include "sim/lab/zoo.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void help(void)
{
    fputs(
        "pipesim lab zoo [-v] [--dir FOLDER] [NUMBER] - the bug zoo, and what finds each of it\n"
        "\n"
        "  pipesim lab zoo      a line for each mistake: shown by one run, or by exploring only; in how\n"
        "                       many schedules; preemptions + other switches of the easiest one; and\n"
        "                       what is said first\n"
        "  pipesim lab zoo 4    all that is said of number 4\n"
        "\n"
        "  -v, --verbose        how many executions were made, too\n"
        "  --dir FOLDER         where the zoo is (scenarios/labs/zoo, or as it was installed)\n"
        "\n"
        "Exit status: 0 each was found, and the message names the cause; 1 not; 2 there is no zoo.\n"
        "docs/zoo.md says more.\n",
        stdout);
}

/* -- where it is ------------------------------------------------------------------------------- */

const char *zoo_folder(void)
{
    static char folder[PATH_MAX], table[PATH_MAX];
    char *labs = shelf_find("pipesim");
    if (labs == NULL)
        return NULL;
    snprintf(folder, sizeof folder, "%.4000s/zoo", labs);
    snprintf(table, sizeof table, "%.4000s/zoo/zoo.txt", labs);
    free(labs);
    return access(table, R_OK) == 0 ? folder : NULL;
}

/* -- the command ------------------------------------------------------------------------------- */

static int unusable(const char *word)
{
    fprintf(stderr, "pipesim: error: '%s' is of no use here; try 'pipesim lab zoo --help'\n", word);
    return 2;
}

static int status_of(enum zoo_end end, const char *folder, int number)
{
    switch (end) {
    case ZOO_AS_IT_SAYS: return 0;
    case ZOO_MISSED: return 1;
    case ZOO_NO_TABLE:
        fprintf(stderr, "pipesim: error: there is no zoo in '%s': %s\n", folder, strerror(errno));
        return 2;
    case ZOO_NO_NUMBER:
        fprintf(stderr, "pipesim: error: the zoo has no number %d\n", number);
        break;
    }
    return 2;
}

int zoo_command(int argc, char **argv)
{
    const char *folder = NULL;
    enum zoo_detail detail = ZOO_THE_SAME_EVERYWHERE;
    int number = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            help();
            return 0;
        }
        if (strcmp(argv[i], "--dir") == 0 && i + 1 < argc)
            folder = argv[++i];
        else if (strcmp(argv[i], "-v") == 0 || strcmp(argv[i], "--verbose") == 0)
            detail = ZOO_WITH_EXECUTIONS;
        else if ((number = atoi(argv[i])) <= 0)
            return unusable(argv[i]);
    }
    folder = folder != NULL ? folder : zoo_folder();
    if (folder == NULL)
        return unusable("no --dir, and no zoo beside the program");
    return status_of(zoo_print(folder, number, detail, stdout), folder, number);
}

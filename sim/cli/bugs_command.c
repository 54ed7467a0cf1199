/* bugs_command.c - `pipesim bugs`: what can be made wrong with the pipe. */
#include "sim/cli/bugs_command.h"

#include "sim/kernel/bugs.h"

#include <stdio.h>
#include <string.h>

void bugs_list(void)
{
    for (size_t i = 0; bugs[i] != NULL; i++)
        printf("%2d  %-20s  %s\n", bugs[i]->number, bugs[i]->impl.name, bugs[i]->what);
}

static void print_bug(const struct bug *b)
{
    printf("bug %d, %s: %s\n\n%s\n%s\n\n", b->number, b->impl.name, b->what, b->change, b->say);
    printf("pipesim explore --bug %s scenarios/bugs/%s.pipe shows it\n", b->impl.name,
           b->impl.name);
}

static void print_all(void)
{
    printf("ringbuf/pipe.c, with one mistake:\n\n");
    bugs_list();
    printf("\npipesim bugs NAME shows the lines that differ; docs/bugs.md has more.\n"
           "pipesim explore --bug NAME FILE looks for a schedule on which it does harm\n"
           "(run and step take --bug too); scenarios/bugs/ has a scenario for each.\n");
}

int bugs_command(int argc, char **argv)
{
    const struct bug *b = argc > 1 ? bug_named(argv[1]) : NULL;
    if (argc > 2 || (argc > 1 && b == NULL && argv[1][0] == '-')) {
        printf("pipesim bugs [NAME] - the pipes with a bug, or what one of them changes\n");
        return argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) ? 0 : 2;
    }
    if (argc > 1 && b == NULL) {
        fprintf(stderr, "pipesim: error: no bug is named '%s': pipesim bugs lists them\n", argv[1]);
        return 2;
    }
    if (b != NULL)
        print_bug(b);
    else
        print_all();
    return 0;
}

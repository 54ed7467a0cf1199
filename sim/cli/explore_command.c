/* explore_command.c - `pipesim explore`: all that can happen in a scenario. */
#include "sim/cli/explore_command.h"

#include "sim/cli/files.h"
#include "sim/cli/options.h"
#include "sim/explore/explore.h"
#include "sim/run/vocabulary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int explore_command(int argc, char **argv)
{
    struct source source;
    struct diag_list diags = {0};
    const char *file = argv[argc - 1];
    struct run_options run = {.outcome = OUTCOME_RESULTS, .freedom.grain = GRAIN_LOCKS};
    struct setting_override bug = {.setting = -1};
    if (argc > 3 && strcmp(argv[1], "--bug") == 0) {
        bug.pipe = argv[2];
        run.overrides = &bug;
        run.override_count = 1;
    }
    if (argc > 2 && strcmp(argv[1], "calls") == 0)
        run.freedom.grain = GRAIN_CALLS;
    enum reduction reduction = argc > 3 ? (enum reduction)atoi(argv[2]) : 0;
    if (!source_read(&source, file))
        return 2;
    struct program *program = script_parse(&source, vocabulary(), &diags);
    if (program == NULL)
        return 2;
    struct explore_options o = {
        .run = &run, .reduction = reduction, .bounds.preemptions = -1, .bounds.seconds = 60};
    struct exploration *e = explore(program, &o, &diags);
    if (e == NULL) {
        printf("failed\n");
        return 1;
    }
    char text[64];
    paths_format(e->executions, text, sizeof text);
    printf(
        "%s: %s schedules, %" PRIu64 " states, %" PRIu64
        " stretches, %zu outcomes, %zu failures, %zu cycles %.3f s end %d made %lu blocked %lu\n",
        file, text, e->states, e->stretches, e->outcome_count, e->failure_count, e->cycle_count,
        e->seconds, e->end, (unsigned long)e->made, (unsigned long)e->blocked);
    for (size_t i = 0; i < e->outcome_count && i < 10; i++) {
        paths_format(e->outcomes[i].executions, text, sizeof text);
        printf("  verdict %d  %s executions  cost %u %u %u  %s\n", e->outcomes[i].verdict, text,
               e->outcomes[i].cost.preemptions, e->outcomes[i].cost.switches,
               e->outcomes[i].cost.steps, e->outcomes[i].schedule);
    }
    exploration_free(e);
    return 0;
}

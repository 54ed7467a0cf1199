/* lint_command.c - see lint_command.h. A scenario that is as expected on a wrong pipe, too, tests nothing
 * of what is wrong with that pipe. */
#include "sim/cli/lint_command.h"

#include "sim/cli/files.h"
#include "sim/cli/messages.h"
#include "sim/cli/zoo_command.h"
#include "sim/explore/explore.h"
#include "sim/kernel/bugs.h"
#include "sim/lab/features.h"
#include "sim/lab/zoo.h"
#include "sim/own/guest.h"
#include "sim/run/vocabulary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Small, so that it is quick: most mistakes show within two preemptions. */
enum {
    EXECUTIONS_MOST = 3000,
    PREEMPTIONS_MOST = 2,
    MEMORY_MOST = 512 << 20,
    SECONDS_MOST = 60,
    PRINTED_MOST = 1 << 14
};

struct lint {
    const char *file, *zoo; /* zoo: a folder, or NULL: the built-in bugs only */
    struct source source;
    struct program *program;
    unsigned features;
    size_t found, all;
};

enum sight { SEEN, BLIND, BLIND_SO_FAR, NOT_TRIED };

static void help(void)
{
    fputs(
        "pipesim lint [--zoo] [--dir FOLDER] FILE - which wrong pipes does a scenario tell from a right one?\n"
        "\n"
        "  pipesim lint eof.pipe        each of the built-in bugs (pipesim bugs): found or not\n"
        "  pipesim lint --zoo eof.pipe  the pipes of the bug zoo, too (pipesim lab zoo)\n"
        "\n"
        "  --zoo           needs a C compiler\n"
        "  --dir FOLDER    where the zoo is (scenarios/labs/zoo, or as it was installed)\n"
        "\n"
        "Each is explored with at most 2 preemptions and 3,000 executions. A scenario that finds none is\n"
        "blind: no claim and no result of it depends on the pipe being right.\n"
        "\n"
        "Exit status: 0 some bug is found; 1 none is, or the scenario fails on the right pipe;\n"
        "2 bad usage or script.\n",
        stdout);
}

/* -- one pipe ---------------------------------------------------------------------------------- */

static struct exploration *explore_on(const struct lint *l, const char *pipe)
{
    struct diag_list diags = {0};
    struct setting_override override = {.setting = -1, .pipe = pipe};
    struct run_options run = {.outcome = OUTCOME_RESULTS,
                              .freedom.grain = GRAIN_LOCKS,
                              .overrides = &override,
                              .override_count = pipe != NULL ? 1 : 0};
    struct explore_options options = {
        .run = &run, .bounds = {EXECUTIONS_MOST, MEMORY_MOST, 0, PREEMPTIONS_MOST}};
    struct exploration *e = explore(l->program, &options, &diags);
    diag_list_free(&diags);
    return e;
}

static enum sight sight_of(const struct exploration *e)
{
    if (e == NULL)
        return NOT_TRIED;
    for (size_t i = 0; i < e->failure_count; i++) {
        if (e->failures[i].verdict == VERDICT_FAILED || e->failures[i].verdict == VERDICT_STUCK)
            return SEEN;
    }
    return e->end == SEARCH_COMPLETE ? BLIND : BLIND_SO_FAR;
}

static void count(struct lint *l, enum sight sight)
{
    l->found += sight == SEEN;
    l->all++;
}

/* -- the built-in bugs ------------------------------------------------------------------------- */

static const char *why_blind(const struct lint *l, const char *bug, enum sight sight)
{
    enum feature needs = feature_needed(bug);
    if ((l->features & 1u << needs) == 0)
        return feature_missing(needs);
    return sight == BLIND_SO_FAR ? "perhaps with more executions: pipesim explore --bug says it"
                                 : "what it takes happens, but not in the order that does harm, or "
                                   "nothing that is asked for depends on it";
}

static void try_bugs(struct lint *l)
{
    for (size_t i = 0; bugs[i] != NULL; i++) {
        const char *name = bugs[i]->impl.name;
        struct exploration *e = explore_on(l, name);
        enum sight sight = sight_of(e);
        count(l, sight);
        if (sight == SEEN)
            printf("%2d  %-20s  found after %" PRIu64 " execution%s\n", bugs[i]->number, name,
                   e->made, e->made == 1 ? "" : "s");
        else
            printf("%2d  %-20s  not found: %s\n", bugs[i]->number, name,
                   sight == NOT_TRIED ? "it cannot be explored" : why_blind(l, name, sight));
        fflush(stdout);
        exploration_free(e);
    }
}

/* -- the zoo ----------------------------------------------------------------------------------- */

struct animal {
    const struct lint *lint;
    struct guest guest;
};

/* In a cage: it may crash. Its answer is one byte. */
static void try_in_cage(void *ctx, struct cage *c)
{
    const struct animal *a = ctx;
    struct strbuf said = {0};
    const struct pipe_impl *impl = guest_load(&a->guest, c, &said);
    struct exploration *e = impl != NULL ? explore_on(a->lint, impl->name) : NULL;
    char answer = (char)('0' + sight_of(e));
    cage_tell(c, &answer, 1);
}

static enum sight watch(struct animal *a)
{
    static const struct cage_limits limits = {.cpu_seconds = SECONDS_MOST,
                                              .wall_seconds = SECONDS_MOST,
                                              .memory = (size_t)4 << 30,
                                              .output = PRINTED_MOST};
    struct cage_report r;
    cage_run(try_in_cage, a, &limits, &r);
    enum sight sight = r.end != CAGE_DONE ? SEEN /* it crashes or loops: nobody can miss that */
                       : r.results.length == 1 ? (enum sight)(r.results.bytes[0] - '0')
                                               : NOT_TRIED;
    cage_report_free(&r);
    return sight;
}

static enum sight try_animal(const struct lint *l, const char *file)
{
    struct animal a = {.lint = l, .guest.sources = l->zoo};
    struct strbuf said = {0};
    enum guest_end end = guest_open(&a.guest, file, &said, &said);
    enum sight sight = end == GUEST_READY ? watch(&a) : end == GUEST_FAILED ? SEEN : NOT_TRIED;
    guest_close(&a.guest);
    strbuf_free(&said);
    return sight;
}

static void try_zoo(struct lint *l)
{
    static const char *const words[] = {"found", "not found", "not found within the bounds",
                                        "cannot be tried"};
    struct zoo z;
    if (zoo_read(&z, l->zoo) != 0) {
        fprintf(stderr, "pipesim: error: there is no zoo in '%s'\n", l->zoo);
        return;
    }
    printf("\nof the zoo:\n");
    for (size_t i = 0; i < z.count; i++) {
        char file[320];
        if (zoo_kind(&z, &z.classes[i], file, sizeof file) != ZOO_PIPE)
            continue;
        enum sight sight = try_animal(l, file);
        count(l, sight);
        printf("%2d  %-56s  %s\n", z.classes[i].number, z.classes[i].what, words[sight]);
        fflush(stdout);
    }
}

/* -- all of it --------------------------------------------------------------------------------- */

static int lint(struct lint *l)
{
    struct exploration *right = explore_on(l, NULL);
    enum sight sight = sight_of(right);
    exploration_free(right);
    if (sight == SEEN) {
        printf("%s: fails on the right pipe: pipesim explore says how\n", l->file);
        return 1;
    }
    if (sight == NOT_TRIED) {
        fprintf(stderr, "pipesim: error: '%s' cannot be explored\n", l->file);
        return 2;
    }
    l->features = features_of(l->program);
    try_bugs(l);
    if (l->zoo != NULL)
        try_zoo(l);
    printf("\n%s: finds %zu of %zu%s\n", l->file, l->found, l->all,
           l->found == 0 ? ": it is BLIND, a wrong pipe passes as well as a right one" : "");
    return l->found > 0 ? 0 : 1;
}

static int lint_file(struct lint *l)
{
    struct diag_list diags = {0};
    int status = 2;
    if (!source_read(&l->source, l->file))
        return 2;
    l->program = script_parse(&l->source, vocabulary(), &diags);
    if (l->program != NULL)
        status = lint(l);
    else
        print_messages(&diags, &l->source, DIAG_PLAIN);
    program_free(l->program);
    source_free(&l->source);
    diag_list_free(&diags);
    return status;
}

int lint_command(int argc, char **argv)
{
    struct lint l = {.file = NULL};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            help();
            return 0;
        }
        if (strcmp(argv[i], "--zoo") == 0 && l.zoo == NULL)
            l.zoo = zoo_folder() != NULL ? zoo_folder() : "";
        else if (strcmp(argv[i], "--dir") == 0 && i + 1 < argc)
            l.zoo = argv[++i];
        else if (l.file == NULL && (argv[i][0] != '-' || argv[i][1] == '\0'))
            l.file = argv[i];
        else
            l.file = "";
    }
    if (l.file != NULL && l.file[0] != '\0')
        return lint_file(&l);
    fprintf(stderr, "pipesim: error: lint takes one scenario; try 'pipesim lint --help'\n");
    return 2;
}

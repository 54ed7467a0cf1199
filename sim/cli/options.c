/* options.c - see options.h. */
#include "sim/cli/options.h"

#include "sim/cli/bugs_command.h"
#include "sim/kernel/bugs.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/run/vocabulary.h"

enum {
    OPTION_DEPTH = 256,
    OPTION_JSON,
    OPTION_TRACE,
    OPTION_POLICY,
    OPTION_SEED,
    OPTION_SCHEDULE,
    OPTION_SAVE_SCHEDULE,
    OPTION_GRAIN,
    OPTION_RUNS,
    OPTION_THREADS,
    OPTION_SET,
    OPTION_BUG,
    OPTION_COLOR,
    OPTION_CHECK,
    OPTION_PLAIN,
    OPTION_PREDICT,
    OPTION_ASCII
};

static const struct option long_options[] = {
    {"depth", required_argument, NULL, OPTION_DEPTH},
    {"json", no_argument, NULL, OPTION_JSON},
    {"trace", no_argument, NULL, OPTION_TRACE},
    {"quiet", no_argument, NULL, 'q'},
    {"policy", required_argument, NULL, OPTION_POLICY},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"schedule", required_argument, NULL, OPTION_SCHEDULE},
    {"save-schedule", required_argument, NULL, OPTION_SAVE_SCHEDULE},
    {"grain", required_argument, NULL, OPTION_GRAIN},
    {"runs", required_argument, NULL, OPTION_RUNS},
    {"threads", no_argument, NULL, OPTION_THREADS},
    {"set", required_argument, NULL, OPTION_SET},
    {"bug", required_argument, NULL, OPTION_BUG},
    {"color", required_argument, NULL, OPTION_COLOR},
    {"check", no_argument, NULL, OPTION_CHECK},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static const struct option step_options[] = {
    {"plain", no_argument, NULL, OPTION_PLAIN},
    {"predict", no_argument, NULL, OPTION_PREDICT},
    {"ascii", no_argument, NULL, OPTION_ASCII},
    {"color", required_argument, NULL, OPTION_COLOR},
    {"commands", required_argument, NULL, 'x'},
    {"depth", required_argument, NULL, OPTION_DEPTH},
    {"grain", required_argument, NULL, OPTION_GRAIN},
    {"set", required_argument, NULL, OPTION_SET},
    {"bug", required_argument, NULL, OPTION_BUG},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static int usage_error(const char *format, const char *what)
{
    fprintf(stderr, "pipesim: error: ");
    fprintf(stderr, format, what);
    fprintf(stderr, "; --help lists what there is\n");
    return 2;
}

/* The index of `word` in a list that ends with NULL, or -1. */
static int choice(const char *word, const char *const *list)
{
    for (int i = 0; list[i] != NULL; i++) {
        if (strcmp(word, list[i]) == 0)
            return i;
    }
    return -1;
}

static bool parse_number(const char *text, uint64_t *n)
{
    char *end;
    errno = 0;
    *n = strtoull(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && text[0] != '-';
}

/* -- single options ---------------------------------------------------------------------------- */

static int set_choice(const char *text, const char *const *list, const char *message, int *value)
{
    *value = choice(text, list);
    return *value < 0 ? usage_error(message, text) : 0;
}

static int set_depth(struct options *o, const char *text)
{
    static const char *const depths[] = {"calls", "queue", "locks", NULL};
    int depth,
        error = set_choice(text, depths, "no depth is named '%s': calls, queue, locks", &depth);
    if (error == 0)
        o->depth = (enum trace_depth)depth;
    return error;
}

static int set_policy(struct options *o, const char *text)
{
    static const char *const policies[] = {"fifo", "rr", "random", NULL};
    int policy,
        error = set_choice(text, policies, "no policy is named '%s': fifo, rr, random", &policy);
    if (error == 0)
        o->run.policy = (enum sched_policy)policy;
    return error;
}

static int set_grain(struct options *o, const char *text)
{
    static const char *const grains[] = {"calls", "locks", NULL};
    int grain, error = set_choice(text, grains, "no grain is named '%s': calls, locks", &grain);
    o->grain_chosen = true;
    if (error == 0)
        o->run.freedom.grain = (enum grain)grain;
    return error;
}

static int set_color(struct options *o, const char *text)
{
    static const char *const colors[] = {"auto", "always", "never", NULL};
    int color,
        error = set_choice(text, colors, "--color takes auto, always or never, not '%s'", &color);
    if (error == 0)
        o->color = (enum color_choice)color;
    return error;
}

/* A schedule, or @FILE. */
static char *schedule_argument(const char *text)
{
    if (text[0] != '@')
        return strdup(text);
    FILE *f = fopen(text + 1, "r");
    if (f == NULL)
        return NULL;
    struct strbuf contents = {0};
    char buffer[4096];
    size_t n;
    while ((n = fread(buffer, 1, sizeof buffer, f)) > 0)
        strbuf_add_bytes(&contents, buffer, n);
    fclose(f);
    while (contents.length > 0 && strchr(" \r\n", contents.bytes[contents.length - 1]) != NULL)
        contents.bytes[--contents.length] = '\0';
    char *copy = strdup(strbuf_text(&contents));
    strbuf_free(&contents);
    return copy;
}

static int set_schedule(struct options *o, const char *argument)
{
    const char *error = NULL;
    size_t at = 0;
    char *text = schedule_argument(argument);
    if (text == NULL)
        return usage_error("the schedule cannot be read from '%s'", argument + 1);
    schedule_fini(&o->schedule);
    schedule_init(&o->schedule, (struct freedom){0});
    if (strcmp(text, "fifo") == 0) {
        o->run.policy = POLICY_FIFO;
    } else if (schedule_parse(&o->schedule, text, &error, &at) != 0) {
        fprintf(stderr, "pipesim: error: in the schedule, at byte %zu: %s\n  %s\n  %*s^\n", at + 1,
                error != NULL ? error : "out of memory", text, (int)at, "");
        free(text);
        return 2;
    } else {
        o->run.policy = POLICY_SCHEDULE;
        o->run.freedom = o->schedule.freedom;
    }
    free(text);
    return 0;
}

static bool room_for_override(const struct options *o)
{
    return o->run.override_count < sizeof o->overrides / sizeof *o->overrides;
}

static int set_setting(struct options *o, const char *text)
{
    const char *equals = strchr(text, '=');
    uint64_t n;
    if (equals == NULL)
        return usage_error("--set takes KEY=VALUE, not '%s'", text);
    if (!room_for_override(o))
        return usage_error("there are too many --set; '%s' is one too many", text);
    struct setting_override *override = &o->overrides[o->run.override_count];
    size_t length = (size_t)(equals - text);
    override->setting = setting_named(text, length);
    if (length == 4 && memcmp(text, "pipe", 4) == 0) {
        if (choice(equals + 1, vocabulary()->pipe_impls) < 0)
            return usage_error("no pipe implementation is named '%s'", equals + 1);
        override->pipe = equals + 1;
    } else if (override->setting < 0) {
        return usage_error("there is no such setting: '%s'", text);
    } else if (!parse_number(equals + 1, &n) || n > INT64_MAX ||
               (int64_t)n < setting_least(override->setting) ||
               (int64_t)n > setting_most(override->setting)) {
        fprintf(stderr, "pipesim: error: %s must be from %lld to %lld, not '%s'\n",
                setting_name(override->setting), (long long)setting_least(override->setting),
                (long long)setting_most(override->setting), equals + 1);
        return 2;
    } else {
        override->value = (int64_t)n;
    }
    o->run.override_count++;
    return 0;
}

/* A pipe with a bug is one more pipe implementation. */
static int set_bug(struct options *o, const char *name)
{
    if (strcmp(name, "list") == 0) {
        bugs_list();
        return -1;
    }
    if (bug_named(name) == NULL)
        return usage_error("no bug is named '%s': pipesim bugs lists them", name);
    if (!room_for_override(o))
        return usage_error("there are too many --set; '%s' is one too many", name);
    o->overrides[o->run.override_count++] = (struct setting_override){.setting = -1, .pipe = name};
    return 0;
}

static int set_count(const char *text, const char *message, uint64_t *value)
{
    return parse_number(text, value) ? 0 : usage_error(message, text);
}

static int choose_output(struct options *o, enum output_kind output)
{
    if (o->output_chosen && o->output != output)
        return usage_error("%s exclude each other", "--json, --trace and -q");
    o->output = output;
    o->output_chosen = true;
    return 0;
}

static int set_option(struct options *o, int option, const char *argument)
{
    switch (option) {
    case OPTION_DEPTH: return set_depth(o, argument);
    case OPTION_JSON: return choose_output(o, OUTPUT_JSON);
    case OPTION_TRACE: return choose_output(o, OUTPUT_TRACE);
    case 'q': return choose_output(o, OUTPUT_VERDICT);
    case OPTION_POLICY: return set_policy(o, argument);
    case OPTION_SEED:
        o->seed_chosen = true;
        return set_count(argument, "--seed takes a number, not '%s'", &o->run.seed);
    case OPTION_SCHEDULE: return set_schedule(o, argument);
    case OPTION_SAVE_SCHEDULE: o->save_schedule = argument; return 0;
    case OPTION_GRAIN: return set_grain(o, argument);
    case OPTION_RUNS: return set_count(argument, "--runs takes a number, not '%s'", &o->runs);
    case OPTION_THREADS: o->run.mode = SCHED_THREADS; return 0;
    case OPTION_SET: return set_setting(o, argument);
    case OPTION_BUG: return set_bug(o, argument);
    case OPTION_COLOR: return set_color(o, argument);
    case OPTION_CHECK: o->check_only = true; return 0;
    case OPTION_PLAIN: o->plain = true; return 0;
    case OPTION_PREDICT: o->predict = true; return 0;
    case OPTION_ASCII: o->ascii = true; return 0;
    case 'x': o->commands = argument; return 0;
    case 'h': o->command == OPTIONS_STEP ? help_step() : help_run(); return -1;
    default: fprintf(stderr, "--help lists what there is\n"); return 2;
    }
}

/* -- all of them ------------------------------------------------------------------------------- */

static int check_together(struct options *o)
{
    if (o->file_count == 0)
        return usage_error("%s", "no scenario is given");
    if (o->command == OPTIONS_STEP && o->file_count > 1)
        return usage_error("one scenario at a time: '%s' is one too many", o->files[1]);
    bool chooses =
        o->run.policy != POLICY_FIFO || o->grain_chosen || o->seed_chosen || o->runs != 1;
    if (o->run.mode == SCHED_THREADS && chooses)
        return usage_error("%s do not go with --threads, where the system chooses who runs",
                           "--policy, --seed, --grain, --schedule and --runs");
    if (o->runs == 0)
        return usage_error("--runs takes at least %s", "1");
    if (o->runs > 1 && o->run.policy != POLICY_RANDOM)
        return usage_error("--runs makes runs with different seeds: %s",
                           "it needs --policy random");
    if (o->seed_chosen && o->run.policy != POLICY_RANDOM)
        return usage_error("%s needs --policy random", "--seed");
    if (o->runs > 1 && o->output_chosen)
        return usage_error("--runs prints a survey: %s",
                           "--json, --trace and -q do not go with it");
    return 0;
}

int options_parse(struct options *o, enum command_with_options command, int argc, char **argv)
{
    int option, error = 0;
    bool step = command == OPTIONS_STEP;
    const char *letters = step ? "hx:" : "hq";
    *o = (struct options){.runs = 1, .command = command};
    schedule_init(&o->schedule, (struct freedom){0});
    o->run.overrides = o->overrides;
    o->run.schedule = &o->schedule;
    static char name[] = "pipesim"; /* how getopt's messages begin */
    argv[0] = name;
    while (error == 0 && (option = getopt_long(argc, argv, letters,
                                               step ? step_options : long_options, NULL)) != -1)
        error = set_option(o, option, optarg);
    o->files = argv + optind;
    o->file_count = argc - optind;
    return error != 0 ? error : check_together(o);
}

void options_fini(struct options *o)
{
    schedule_fini(&o->schedule);
}

bool options_color(const struct options *o, int fd)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if (o->color != COLOR_AUTO)
        return o->color == COLOR_ALWAYS;
    if ((no_color != NULL && no_color[0] != '\0') || (term != NULL && strcmp(term, "dumb") == 0))
        return false;
    return isatty(fd) != 0;
}

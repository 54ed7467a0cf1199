/* options.c - see options.h. */
#include "sim/cli/options.h"

#include "sim/cli/bugs_command.h"
#include "sim/kernel/bugs.h"

#include "sim/own/own.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/run/vocabulary.h"

enum { OWN_PIPE_FAILED = 4 }; /* exit status: a person's own code does not compile, or crashes */

enum {
    OPTION_DEPTH = 256,
    OPTION_JSON,
    OPTION_FORMAT,
    OPTION_WIDTH,
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
    OPTION_PIPE,
    OPTION_PREEMPT,
    OPTION_WITH,
    OPTION_COLOR,
    OPTION_CHECK,
    OPTION_PLAIN,
    OPTION_PREDICT,
    OPTION_ASCII,
    OPTION_REDUCTION,
    OPTION_WAKE,
    OPTION_SPURIOUS,
    OPTION_PREEMPTIONS,
    OPTION_EXECUTIONS,
    OPTION_TIME,
    OPTION_MEMORY,
    OPTION_EXACT,
    OPTION_OUTCOMES,
    OPTION_SAMPLE,
    OPTION_SHARD,
    OPTION_MERGE,
    OPTION_ALL
};

static const struct option long_options[] = {
    {"depth", required_argument, NULL, OPTION_DEPTH},
    {"json", no_argument, NULL, OPTION_JSON},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"width", required_argument, NULL, OPTION_WIDTH},
    {"ascii", no_argument, NULL, OPTION_ASCII},
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
    {"pipe", required_argument, NULL, OPTION_PIPE},
    {"preempt", required_argument, NULL, OPTION_PREEMPT},
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
    {"schedule", required_argument, NULL, OPTION_SCHEDULE},
    {"set", required_argument, NULL, OPTION_SET},
    {"bug", required_argument, NULL, OPTION_BUG},
    {"pipe", required_argument, NULL, OPTION_PIPE},
    {"preempt", required_argument, NULL, OPTION_PREEMPT},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static const struct option explore_options[] = {
    {"depth", required_argument, NULL, OPTION_DEPTH},
    {"wake", required_argument, NULL, OPTION_WAKE},
    {"spurious", optional_argument, NULL, OPTION_SPURIOUS},
    {"outcomes", required_argument, NULL, OPTION_OUTCOMES},
    {"preemptions", required_argument, NULL, OPTION_PREEMPTIONS},
    {"executions", required_argument, NULL, OPTION_EXECUTIONS},
    {"time", required_argument, NULL, OPTION_TIME},
    {"memory", required_argument, NULL, OPTION_MEMORY},
    {"reduction", required_argument, NULL, OPTION_REDUCTION},
    {"exact", no_argument, NULL, OPTION_EXACT},
    {"sample", required_argument, NULL, OPTION_SAMPLE},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"shard", required_argument, NULL, OPTION_SHARD},
    {"merge", no_argument, NULL, OPTION_MERGE},
    {"json", no_argument, NULL, OPTION_JSON},
    {"all", no_argument, NULL, OPTION_ALL},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"set", required_argument, NULL, OPTION_SET},
    {"bug", required_argument, NULL, OPTION_BUG},
    {"pipe", required_argument, NULL, OPTION_PIPE},
    {"preempt", required_argument, NULL, OPTION_PREEMPT},
    {"color", required_argument, NULL, OPTION_COLOR},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static const struct option compare_options[] = {
    {"pipe", required_argument, NULL, OPTION_PIPE},
    {"bug", required_argument, NULL, OPTION_BUG},
    {"with", required_argument, NULL, OPTION_WITH},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"json", no_argument, NULL, OPTION_JSON},
    {"quiet", no_argument, NULL, 'q'},
    {"set", required_argument, NULL, OPTION_SET},
    {"color", required_argument, NULL, OPTION_COLOR},
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

static int set_grain(struct options *o, const char *text, const char *message)
{
    static const char *const grains[] = {"calls", "locks", NULL};
    int grain, error = set_choice(text, grains, message, &grain);
    o->grain_chosen = true;
    if (error == 0)
        o->run.freedom.grain = (enum grain)grain;
    return error;
}

static int set_depth(struct options *o, const char *text)
{
    static const char *const depths[] = {"calls", "queue", "locks", NULL};
    if (o->command == OPTIONS_EXPLORE)
        return set_grain(o, text, "explore has no depth '%s': calls, locks");
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

/* A person's own pipe. What the compiler says is shown, whatever comes of it. NULL: it was no good. */
static const char *load_pipe(const char *file)
{
    struct strbuf said = {0};
    const struct pipe_impl *impl = own_load(file, &said);
    fputs(strbuf_text(&said), stderr);
    strbuf_free(&said);
    if (impl == NULL)
        fprintf(stderr, "pipesim: error: '%s' is no pipe that could be used\n", file);
    return impl != NULL ? impl->name : NULL;
}

int options_load_pipe(const char *given, const char **name, const char **file)
{
    *file = own_is_file(given) ? given : NULL;
    *name = *file != NULL ? load_pipe(given) : given;
    if (*name == NULL)
        return OWN_PIPE_FAILED;
    if (*file == NULL && choice(given, vocabulary()->pipe_impls) < 0)
        return usage_error("no pipe implementation is named '%s'; a C file ends in .c", given);
    return 0;
}

static int set_pipe(struct options *o, const char *name)
{
    const char *file;
    int error = options_load_pipe(name, &name, &file);
    if (error != 0)
        return error;
    if (!room_for_override(o))
        return usage_error("there are too many --set; '%s' is one too many", name);
    o->overrides[o->run.override_count++] =
        (struct setting_override){.setting = -1, .pipe = name, .file = file};
    return 0;
}

/* Lines of a person's own pipe; explore finds them by itself. */
static int set_preempt(struct options *o, const char *lines)
{
    bool races = strcmp(lines, "races") == 0;
    if (races && o->command != OPTIONS_EXPLORE)
        return usage_error("--preempt takes lines, as FILE.c:41; only explore finds the %s", lines);
    if (!races && strchr(lines, ':') == NULL)
        return usage_error("--preempt takes lines, as FILE.c:41,FILE.c:43, not '%s'", lines);
    if (!room_for_override(o))
        return usage_error("there are too many --set; '%s' is one too many", lines);
    if (races)
        own_collect_races();
    else
        own_preempt_at(lines);
    o->preempts_at_races = races;
    o->overrides[o->run.override_count++] =
        (struct setting_override){.setting = -1, .lines = races ? o->racing_lines : lines};
    return 0;
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
    if (length == 4 && memcmp(text, "pipe", 4) == 0)
        return set_pipe(o, equals + 1);
    if (override->setting < 0) {
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

/* -- options of compare ------------------------------------------------------------------------ */

static int set_with(struct options *o, const char *name)
{
    if (own_is_file(name)) {
        name = load_pipe(name);
        if (name == NULL)
            return OWN_PIPE_FAILED;
    }
    if (strcmp(name, "host") != 0 && pipe_impl_named(name) == NULL)
        return usage_error("--with takes host, or the name of a pipe, not '%s'", name);
    o->with = name;
    return 0;
}

static int set_count(const char *text, const char *message, uint64_t *value)
{
    return parse_number(text, value) ? 0 : usage_error(message, text);
}

/* -- options of explore ------------------------------------------------------------------------ */

static int set_reduction(struct options *o, const char *text)
{
    static const char *const names[] = {"states", "orders", "none", NULL};
    int value,
        error = set_choice(text, names, "no reduction is named '%s': states, orders, none", &value);
    if (error == 0)
        o->explore.reduction = (enum reduction)value;
    return error;
}

static int set_wake(struct options *o, const char *text)
{
    static const char *const names[] = {"fifo", "any", NULL};
    int value, error = set_choice(text, names, "--wake takes fifo or any, not '%s'", &value);
    if (error == 0)
        o->run.freedom.wake = value == 0 ? WAKE_FIFO : WAKE_ANY;
    return error;
}

static int set_outcomes(struct options *o, const char *text)
{
    static const char *const names[] = {"ends", "output", "results", NULL};
    int value, error = set_choice(text, names, "--outcomes takes results, output or ends, not '%s'",
                                  &value);
    if (error == 0)
        o->run.outcome = (enum outcome_detail)value;
    return error;
}

static int set_bound(const char *text, const char *message, uint64_t most, uint64_t *value)
{
    return parse_number(text, value) && *value <= most ? 0 : usage_error(message, text);
}

static int set_spurious(struct options *o, const char *text)
{
    uint64_t n = 1;
    int error = text == NULL
                    ? 0
                    : set_bound(text, "--spurious takes a number up to 1000, not '%s'", 1000, &n);
    o->run.freedom.spurious = (unsigned)n;
    return error;
}

static int set_preemptions(struct options *o, const char *text)
{
    uint64_t n = 0;
    int error = set_bound(text, "--preemptions takes a number, not '%s'", 1000000, &n);
    o->explore.bounds.preemptions = (int64_t)n;
    return error;
}

static int set_time(struct options *o, const char *text)
{
    char *end;
    double seconds = strtod(text, &end);
    if (end == text || *end != '\0' || !(seconds > 0) || seconds > 1e9)
        return usage_error("--time takes seconds, not '%s'", text);
    o->explore.bounds.seconds = seconds;
    return 0;
}

static int set_memory(struct options *o, const char *text)
{
    uint64_t n = 0;
    int error = set_bound(text, "--memory takes mebibytes, not '%s'", UINT64_C(1) << 40, &n);
    o->explore.bounds.bytes = n << 20;
    return error;
}

/* K/N */
static int set_shard(struct options *o, const char *text)
{
    char *end;
    unsigned long k = strtoul(text, &end, 10);
    unsigned long n = *end == '/' ? strtoul(end + 1, &end, 10) : 0;
    if (*end != '\0' || text[0] == '-' || k < 1 || n > 100000 || k > n)
        return usage_error("--shard takes K/N, such as 1/8, not '%s'", text);
    o->explore.part = (uint32_t)k;
    o->explore.parts = (uint32_t)n;
    return 0;
}

static int choose_output(struct options *o, enum output_kind output)
{
    const char *choices =
        o->command == OPTIONS_RUN ? "--format, --json, --trace and -q" : "--json, --trace and -q";
    if (o->output_chosen && o->output != output)
        return usage_error("%s exclude each other", choices);
    o->output = output;
    o->output_chosen = true;
    return 0;
}

enum { LEAST_WIDTH = 40, MOST_WIDTH = 1000 };

static int set_width(struct options *o, const char *text)
{
    uint64_t n = 0;
    if (!parse_number(text, &n) || n < LEAST_WIDTH || n > MOST_WIDTH)
        return usage_error("--width takes a number of columns from 40 to 1000, not '%s'", text);
    o->width = (int)n;
    return 0;
}

static int set_format(struct options *o, const char *text)
{
    static const char *const formats[] = {"text", "json", "chart", "mermaid", NULL};
    static const enum output_kind outputs[] = {OUTPUT_TRACE, OUTPUT_JSON, OUTPUT_CHART,
                                               OUTPUT_MERMAID};
    int format, error = set_choice(text, formats,
                                   "no format is named '%s': text, json, chart, mermaid", &format);
    if (error == 0 && o->command == OPTIONS_COMPARE && format > 1)
        return usage_error("compare has no format '%s': text, json", text);
    return error != 0 ? error : choose_output(o, outputs[format]);
}

static void help(enum command_with_options command)
{
    switch (command) {
    case OPTIONS_RUN: help_run(); break;
    case OPTIONS_STEP: help_step(); break;
    case OPTIONS_EXPLORE: help_explore(); break;
    case OPTIONS_COMPARE: help_compare(); break;
    }
}

static int set_option_of_explore(struct options *o, int option, const char *argument)
{
    struct explore_options *e = &o->explore;
    switch (option) {
    case OPTION_REDUCTION: return set_reduction(o, argument);
    case OPTION_WAKE: return set_wake(o, argument);
    case OPTION_SPURIOUS: return set_spurious(o, argument);
    case OPTION_PREEMPTIONS: return set_preemptions(o, argument);
    case OPTION_EXECUTIONS:
        return set_count(argument, "--executions takes a number, not '%s'", &e->bounds.executions);
    case OPTION_TIME: return set_time(o, argument);
    case OPTION_MEMORY: return set_memory(o, argument);
    case OPTION_EXACT: e->exact = true; return 0;
    case OPTION_OUTCOMES: return set_outcomes(o, argument);
    case OPTION_SAMPLE:
        return set_count(argument, "--sample takes a number, not '%s'", &e->samples);
    case OPTION_SHARD: return set_shard(o, argument);
    case OPTION_MERGE: o->merge = true; return 0;
    case OPTION_ALL: o->all = true; return 0;
    case 'v': o->verbose = true; return 0;
    default: fprintf(stderr, "--help lists what there is\n"); return 2;
    }
}

static int set_option(struct options *o, int option, const char *argument)
{
    switch (option) {
    case OPTION_DEPTH: return set_depth(o, argument);
    case OPTION_JSON: return choose_output(o, OUTPUT_JSON);
    case OPTION_FORMAT: return set_format(o, argument);
    case OPTION_WIDTH: return set_width(o, argument);
    case OPTION_TRACE: return choose_output(o, OUTPUT_TRACE);
    case 'q': return choose_output(o, OUTPUT_VERDICT);
    case OPTION_POLICY: return set_policy(o, argument);
    case OPTION_SEED:
        o->seed_chosen = true;
        if (o->command == OPTIONS_EXPLORE)
            return set_count(argument, "--seed takes a number, not '%s'", &o->explore.seed);
        return set_count(argument, "--seed takes a number, not '%s'", &o->run.seed);
    case OPTION_SCHEDULE: return set_schedule(o, argument);
    case OPTION_SAVE_SCHEDULE: o->save_schedule = argument; return 0;
    case OPTION_GRAIN: return set_grain(o, argument, "no grain is named '%s': calls, locks");
    case OPTION_RUNS: return set_count(argument, "--runs takes a number, not '%s'", &o->runs);
    case OPTION_THREADS: o->run.mode = SCHED_THREADS; return 0;
    case OPTION_SET: return set_setting(o, argument);
    case OPTION_BUG: return set_bug(o, argument);
    case OPTION_PIPE: return set_pipe(o, argument);
    case OPTION_PREEMPT: return set_preempt(o, argument);
    case OPTION_COLOR: return set_color(o, argument);
    case OPTION_CHECK: o->check_only = true; return 0;
    case OPTION_PLAIN: o->plain = true; return 0;
    case OPTION_PREDICT: o->predict = true; return 0;
    case OPTION_ASCII: o->ascii = true; return 0;
    case 'x': o->commands = argument; return 0;
    case 'h': help(o->command); return -1;
    case OPTION_WITH: return set_with(o, argument);
    default: return set_option_of_explore(o, option, argument);
    }
}

/* -- all of them ------------------------------------------------------------------------------- */

static int check_explore(const struct options *o)
{
    const struct explore_options *e = &o->explore;
    if (e->bounds.preemptions >= 0 && e->reduction == REDUCTION_ORDERS)
        return usage_error("%s does not go with --reduction orders: some failures would be missed",
                           "--preemptions");
    if (o->seed_chosen && e->samples == 0)
        return usage_error("%s needs --sample", "--seed");
    if (e->samples > 0 && e->parts > 0)
        return usage_error("%s: give each machine a --seed instead",
                           "--sample does not go with --shard");
    return 0;
}

static int check_together(struct options *o)
{
    if (o->file_count == 0)
        return usage_error("%s", o->merge ? "no results are given" : "no scenario is given");
    if (o->command == OPTIONS_EXPLORE && !o->merge && o->file_count > 1 && o->output_chosen &&
        o->output == OUTPUT_JSON)
        return usage_error("--json takes one scenario at a time: '%s' is one too many",
                           o->files[1]);
    if (o->command == OPTIONS_EXPLORE)
        return check_explore(o);
    if (o->command == OPTIONS_COMPARE && o->with == NULL)
        return usage_error("compared with what? %s is missing", "--with host, or --with PIPE,");
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
                           "--format, --json, --trace and -q do not go with it");
    return 0;
}

enum { MEMORY_OF_EXPLORE = 2048 /* mebibytes */ };

static void set_defaults_of_explore(struct options *o)
{
    o->run.freedom.grain = GRAIN_LOCKS;
    o->run.outcome = OUTCOME_RESULTS;
    o->explore.run = &o->run;
    o->explore.bounds.preemptions = -1;
    o->explore.bounds.bytes = (uint64_t)MEMORY_OF_EXPLORE << 20;
}

int options_parse(struct options *o, enum command_with_options command, int argc, char **argv)
{
    static const struct option *const lists[] = {long_options, step_options, explore_options,
                                                 compare_options};
    static const char *const letters[] = {"hq", "hx:", "hqv", "hq"};
    int option, error = 0;
    *o = (struct options){.runs = 1, .command = command};
    if (command == OPTIONS_EXPLORE)
        set_defaults_of_explore(o);
    schedule_init(&o->schedule, (struct freedom){0});
    o->run.overrides = o->overrides;
    o->run.schedule = &o->schedule;
    static char name[] = "pipesim"; /* how getopt's messages begin */
    argv[0] = name;
    while (error == 0 &&
           (option = getopt_long(argc, argv, letters[command], lists[command], NULL)) != -1)
        error = set_option(o, option, optarg);
    o->files = argv + optind;
    o->file_count = argc - optind;
    return error != 0 ? error : check_together(o);
}

void options_fini(struct options *o)
{
    schedule_fini(&o->schedule);
}

void options_add_explore(const struct options *o, struct strbuf *out)
{
    static const char *const reductions[] = {"states", "orders", "none"};
    static const char *const outcomes[] = {"ends", "output", "results"};
    const struct explore_options *e = &o->explore;
    if (o->run.freedom.grain == GRAIN_CALLS)
        strbuf_add(out, " --depth calls");
    if (o->run.freedom.wake == WAKE_ANY)
        strbuf_add(out, " --wake any");
    if (o->run.freedom.spurious > 0)
        strbuf_addf(out, " --spurious=%u", o->run.freedom.spurious);
    if (o->run.outcome != OUTCOME_RESULTS)
        strbuf_addf(out, " --outcomes %s", outcomes[o->run.outcome]);
    if (e->bounds.preemptions >= 0)
        strbuf_addf(out, " --preemptions %" PRId64, e->bounds.preemptions);
    if (e->reduction != REDUCTION_STATES)
        strbuf_addf(out, " --reduction %s", reductions[e->reduction]);
    if (e->samples > 0)
        strbuf_addf(out, " --sample %" PRIu64 " --seed %" PRIu64, e->samples, e->seed);
    options_add_settings(o, out);
}

void options_add_settings(const struct options *o, struct strbuf *out)
{
    for (size_t i = 0; i < o->run.override_count; i++)
        override_add(&o->run.overrides[i], out);
}

void options_add_file(const char *name, struct strbuf *out)
{
    strbuf_add_char(out, ' ');
    strbuf_add_word(out, name);
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

enum diag_color options_messages(const struct options *o)
{
    return options_color(o, STDERR_FILENO) ? DIAG_COLORED : DIAG_PLAIN;
}

bool options_utf8(const struct options *o)
{
    setlocale(LC_CTYPE, "");
    return !o->ascii && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

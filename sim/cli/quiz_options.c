/* quiz_options.c - see quiz_options.h. */
#include "sim/cli/quiz_options.h"

#include "sim/cli/options.h"
#include "sim/quiz/draw.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTION_SEED = 256,
    OPTION_ASK,
    OPTION_PIPE,
    OPTION_ANSWERS,
    OPTION_CHECK,
    OPTION_SCENARIO,
    OPTION_JSON
};

enum { MOST_QUESTIONS = 1000 };

static const struct option long_options[] = {
    {"seed", required_argument, NULL, OPTION_SEED},
    {"ask", required_argument, NULL, OPTION_ASK},
    {"pipe", required_argument, NULL, OPTION_PIPE},
    {"answers", no_argument, NULL, OPTION_ANSWERS},
    {"check", required_argument, NULL, OPTION_CHECK},
    {"scenario", no_argument, NULL, OPTION_SCENARIO},
    {"json", no_argument, NULL, OPTION_JSON},
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

static int set_seed(struct quiz_options *o, const char *text)
{
    if (text[0] == '\0')
        return usage_error("--seed takes a number or a name, and this is empty%s", "");
    o->seed_text = text;
    o->seed = draw_seed_of(text);
    return 0;
}

static int set_ask(struct quiz_options *o, const char *text)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || n < 1 || n > MOST_QUESTIONS)
        return usage_error("--ask takes a number from 1 to 1000, not '%s'", text);
    o->ask = (size_t)n;
    return 0;
}

static int set_what_it_does(struct quiz_options *o, int does)
{
    if (o->does != QUIZ_CONVERSES && (int)o->does != does)
        return usage_error("%s exclude each other", "--answers, --check and --scenario");
    o->does = does;
    return 0;
}

static int set_pipe(struct quiz_options *o, const char *given)
{
    const char *file;
    o->pipe_given = given;
    return options_load_pipe(given, &o->pipe, &file);
}

static int set_option(struct quiz_options *o, int option, const char *argument)
{
    switch (option) {
    case OPTION_SEED: return set_seed(o, argument);
    case OPTION_ASK: return set_ask(o, argument);
    case OPTION_PIPE: return set_pipe(o, argument);
    case OPTION_ANSWERS: return set_what_it_does(o, QUIZ_TELLS);
    case OPTION_SCENARIO: return set_what_it_does(o, QUIZ_SCENARIO);
    case OPTION_CHECK: o->check = argument; return set_what_it_does(o, QUIZ_CHECKS);
    case OPTION_JSON: o->json = true; return 0;
    case 'h': help_quiz(); return -1;
    default: fprintf(stderr, "--help lists what there is\n"); return 2;
    }
}

static int check_together(const struct quiz_options *o, int files, char **names)
{
    if (files == 0)
        return usage_error("%s", "no scenario is given");
    if (files > 1)
        return usage_error("one scenario at a time: '%s' is one too many", names[1]);
    if (o->json && o->does != QUIZ_CHECKS && o->does != QUIZ_TELLS)
        return usage_error("%s goes with --check or --answers", "--json");
    if (o->does == QUIZ_CHECKS && strcmp(o->check, "-") == 0 && strcmp(names[0], "-") == 0)
        return usage_error("%s cannot be both the scenario and the answers", "standard input");
    if (o->does == QUIZ_CONVERSES && strcmp(names[0], "-") == 0)
        return usage_error("%s is where your answers come from: the scenario must be a file",
                           "standard input");
    return 0;
}

int quiz_options_parse(struct quiz_options *o, int argc, char **argv)
{
    int option, error = 0;
    static char name[] = "pipesim"; /* how getopt's messages begin */
    *o = (struct quiz_options){.seed_text = "0", .ask = 10, .does = QUIZ_CONVERSES};
    argv[0] = name;
    while (error == 0 && (option = getopt_long(argc, argv, "h", long_options, NULL)) != -1)
        error = set_option(o, option, optarg);
    if (error == 0)
        error = check_together(o, argc - optind, argv + optind);
    o->file = argv[optind];
    return error;
}

void help_quiz(void)
{
    fputs(
        "pipesim quiz [OPTIONS] FILE - questions about the run of a scenario, as homework\n"
        "\n"
        "Examples:\n"
        "  pipesim quiz hello.pipe                       ten questions; type the answers\n"
        "  pipesim quiz --seed 7 hello.pipe              variation 7 of the scenario\n"
        "  pipesim quiz --seed ada hello.pipe            the one for this name\n"
        "  pipesim quiz --seed ada --check answers.txt hello.pipe\n"
        "  pipesim quiz --seed ada --answers hello.pipe  the key, with reasons, for staff\n"
        "\n"
        "Which questions:\n"
        "  --seed N|TEXT      0: the scenario as it is written (0); any other number, or a name:\n"
        "                     other sizes, bytes, counts, orders\n"
        "  --ask N            so many questions, or as many as there are (10)\n"
        "  --pipe NAME        what serves the calls: ring, linux, ..., or a pipe of your own,\n"
        "                     FILE.c,... (docs/own.md)\n"
        "\n"
        "What is done with them:\n"
        "  (nothing)          prints them, and checks the answers that are typed, one on a line;\n"
        "                     an empty line shows the answer\n"
        "  --answers          prints them with their answers and the reasons\n"
        "  --check FILE       checks a file of answers, lines as '3: EOF' (- is standard input)\n"
        "  --json             with --check or --answers: JSON Lines, for a grading script\n"
        "  --scenario         prints the varied scenario alone, to be run\n"
        "  -h, --help\n"
        "\n"
        "The same file, seed and number of questions give the same quiz on every machine.\n"
        "docs/quiz.md is the manual. Exit status: 0 all right; 1 something is wrong or missing;\n"
        "2 bad usage or script; 4 a pipe of your own that does not compile.\n",
        stdout);
}

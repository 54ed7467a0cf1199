/* quiz_options.h - what was asked of `pipesim quiz` on the command line. */
#ifndef SIM_CLI_QUIZ_OPTIONS_H
#define SIM_CLI_QUIZ_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct quiz_options {
    const char *file;
    const char *seed_text; /* as it was written */
    uint64_t seed;
    size_t ask;
    const char *pipe, *pipe_given; /* --pipe: its name, and as it was written; or NULL */
    enum {
        QUIZ_CONVERSES, /* questions, and then answers from standard input */
        QUIZ_TELLS,     /* --answers: questions with their answers */
        QUIZ_CHECKS,    /* --check: a file of answers */
        QUIZ_SCENARIO   /* --scenario: the varied scenario alone */
    } does;
    const char *check; /* a file name, or "-" */
    bool json;
};

/* 0, or the exit status after a message on stderr; -1 when help was asked for, and given. */
int quiz_options_parse(struct quiz_options *o, int argc, char **argv);

void help_quiz(void);

#endif

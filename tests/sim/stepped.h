/* stepped.h - a stepping session under test: a scenario, a walk over its run, and the commands. */
#ifndef TESTS_SIM_STEPPED_H
#define TESTS_SIM_STEPPED_H

#include "sim/step/stepper.h"

struct stepped {
    struct source source;
    struct program *program;
    struct walk *walk;
    struct stepper *stepper;
    struct strbuf out; /* of the last command */
};

/* `text` is borrowed. */
struct stepped step_into(const char *text);
void step_end(struct stepped *s);

/* Executes a command. What it printed; good until the next one. */
const char *step_say(struct stepped *s, const char *command);

#endif

/* stepper.h - the commands of a stepping session, one line at a time: what `pipesim step --plain`
 * reads and prints, and what the keys of the full screen stand for. Names are gdb's where gdb has
 * them. */
#ifndef SIM_STEP_STEPPER_H
#define SIM_STEP_STEPPER_H

#include "sim/step/walk.h"

struct stepper;

/* Owns nothing of the walk. NULL when memory is short. */
struct stepper *stepper_new(struct walk *w);
void stepper_free(struct stepper *s);

/* What is printed should be no wider, where it can be fitted: 80 columns, unless said otherwise. */
void stepper_set_width(struct stepper *s, size_t columns);

/* Executes a command and appends what it prints. An empty line repeats the last movement. False:
 * quit. */
bool stepper_execute(struct stepper *s, const char *line, struct strbuf *out);

/* What the condition of the last movement came to: "p.used: 3, before 0"; "" when it had none. */
const char *stepper_remark(const struct stepper *s);

/* What is asked, while somebody predicts: one sentence, and the next line is the answer to it. NULL
 * when nothing is asked. */
const char *stepper_question(const struct stepper *s);

/* The names of the commands, in the order of help; NULL behind the last. */
const char *stepper_command_name(size_t i);

/* The parts of the picture, each some lines long: who is in what state; what is in the pipes; who
 * holds which end; the last `lines` lines of the trace; why the sleepers sleep. */
void stepper_processes(struct stepper *s, struct strbuf *out);
void stepper_pipes(struct stepper *s, struct strbuf *out);
void stepper_ends(struct stepper *s, struct strbuf *out);
void stepper_locks(struct stepper *s, struct strbuf *out);
void stepper_trace(struct stepper *s, size_t lines, struct strbuf *out);
void stepper_why(struct stepper *s, struct strbuf *out);

/* "event 12 of 40, tick 5" */
void stepper_position(struct stepper *s, struct strbuf *out);

#endif

/* parse.h - from text to program. docs/language.md is the language. */
#ifndef SIM_SCRIPT_PARSE_H
#define SIM_SCRIPT_PARSE_H

#include "sim/script/program.h"

/* What the parser must know of the world that scripts run in, and does not know by itself.
 *
 * A call's arguments are written as one letter each: e an expression, v a variable that the call
 * sets, b the name of a block that it forks, t of one that it starts as a thread, p a process (its
 * name, or an expression), h a handler, n a path; `[` starts the optional ones, `*` says that the last two
 * may be repeated before the final one (poll). */
struct vocabulary_call {
    const char *name;
    const char *arguments;
    const char *usage; /* "read(fd, n)", for messages */
    enum {
        CALL_TO_KERNEL,
        CALL_BUILT_IN, /* a function: no time, no result, no trace */
        CALL_COMPUTES  /* the same, and nothing but its value: fit for claims */
    } kind;
};

enum constant_kind { CONSTANT_NUMBER, CONSTANT_ERROR, CONSTANT_SIGNAL };

struct vocabulary_constant {
    const char *name;
    int64_t value;
    enum constant_kind kind;
};

struct vocabulary {
    const struct vocabulary_call *calls; /* the number of a call is its index */
    size_t call_count;
    const struct vocabulary_constant *constants;
    size_t constant_count;
    const char *const *pipe_properties; /* NULL at the end; the number is the index */
    const char *const *file_properties; /* that pipes do not have */
    const char *const *process_properties;
    const char *const *conditions; /* what can follow "asleep on", without the pipe's own */
    const char *const *pipe_impls;
    int default_handler, ignore_handler;
};

/* The program, or NULL with at least one error in `diags`, which takes them up either way. The
 * source is borrowed for the life of the program. */
struct program *script_parse(const struct source *source, const struct vocabulary *words,
                             struct diag_list *diags);

/* Adds the code of one more condition, as it could stand in a claim, to a program. Where that
 * begins, or -1 with a message in `diags`. The text is needed only meanwhile. */
int script_parse_condition(struct program *program, const struct source *text,
                           const struct vocabulary *words, struct diag_list *diags);

#endif

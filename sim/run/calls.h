/* calls.h - the calls of the language, one by one: from the values of a script to the kernel. */
#ifndef SIM_RUN_CALLS_H
#define SIM_RUN_CALLS_H

#include "sim/run/value.h"
#include "sim/script/parse.h"
#include "sim/trace/strbuf.h"

struct vm;

/* The commands of fcntl and ioctl, as Linux numbers them. */
enum {
    COMMAND_GETFL = 3,
    COMMAND_SETFL = 4,
    COMMAND_SETPIPE_SZ = 1031,
    COMMAND_GETPIPE_SZ = 1032,
    COMMAND_FIONREAD = 0x541b
};

const struct vocabulary_call *call_vocabulary(size_t *count);

/* What a call gave: a number or a negative errno, or for a read its bytes (NULL else). */
struct outcome {
    int64_t result;
    struct bytes *bytes; /* one use of it is owned */
    int64_t asked;       /* a read: how many bytes were asked for */
};

typedef struct outcome call_function(struct vm *vm, int stores_to, const struct value *args, int n);

struct outcome call_make(struct vm *vm, int call, int stores_to, const struct value *args, int n);

/* Appends the call as it stands in a trace: read(p[0], 16). */
void call_describe(struct vm *vm, int call, int stores_to, const struct value *args, int n,
                   struct strbuf *out);
/* Appends its result: 3, "abc", EOF, -1 EPIPE. */
void outcome_describe(struct outcome o, struct strbuf *out);

const char *call_name(int call);
bool call_is(int call, const char *name);

/* How its arguments are shown, a letter for each: see the table in calls.c. */
const char *call_show(int call);

bool call_moves_bytes(int call); /* read, write, readv, writev */
bool call_gives_pid(int call);   /* fork, getpid and the like */

/* Is it exit, from which nobody returns? */
bool call_exits(int call);
/* Does it kill its own caller, if that dies in it? */
bool call_kills_caller(int call, int signal);
/* Appends, in parentheses, what else a call found: which descriptors poll did, and for what. */
void call_describe_found(struct vm *vm, int call, const struct value *args, int n, struct outcome o,
                         struct strbuf *out);
/* Is it made again when a signal has interrupted it? (signal(7)) */
enum call_restart { RESTARTS_NEVER, RESTARTS_IF_ASKED, RESTARTS_ALWAYS };
enum call_restart call_restarts(int call);
/* Is it a call that one makes again and again while waiting for something? */
bool call_may_spin(int call);
/* For the trace: the pipe it is about, or NO_PIPE; and the bytes it asks for. */
int call_pipe_number(struct vm *vm, int call, const struct value *args, int n);
int64_t call_bytes_asked(int call, const struct value *args, int n);
/* What a call that writes is given, one use of it owned; NULL: no bytes, or no memory. */
struct bytes *call_bytes_sent(int call, const struct value *args, int n);

/* Built-in functions: pushes nothing, returns the value. */
bool call_is_function(int call);
struct value function_make(struct vm *vm, int call, const struct value *args, int n);

#endif

/* program.h - a script as data: what the parser makes and the interpreter (sim/run) executes.
 *
 * All code is one array of instructions for a stack machine; processes, functions and claims are
 * entry points into it. Variables of processes are numbered over the whole script (a forked child
 * gets a copy of them all), locals within their function. A program never changes once it is made,
 * and lies on the ordinary heap. */
#ifndef SIM_SCRIPT_PROGRAM_H
#define SIM_SCRIPT_PROGRAM_H

#include "sim/script/diag.h"
#include "sim/script/settings.h"

#include <stdint.h>

enum op {
    OP_INT,         /* push integers[arg] */
    OP_BYTES,       /* push strings[arg] */
    OP_ACTOR,       /* push the process named strings[arg] */
    OP_SLOT,        /* push arg itself: a variable to be set by a call, a block, a handler */
    OP_LOAD,        /* push variable arg */
    OP_STORE,       /* pop into variable arg */
    OP_LOAD_LOCAL,  /* the same with locals of the function */
    OP_STORE_LOCAL, /* */
    OP_ERRNO,       /* push the process's errno */
    OP_NOW,         /* push the tick */
    OP_POP,
    OP_DUP,
    OP_NEGATE,
    OP_NOT,
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_REMAINDER,
    OP_BIT_AND,
    OP_BIT_OR,
    OP_EQUAL,
    OP_NOT_EQUAL,
    OP_LESS,
    OP_LESS_EQUAL,
    OP_GREATER,
    OP_GREATER_EQUAL,
    OP_TRUTH,         /* 0 or 1 */
    OP_INDEX,         /* x i -- x[i] */
    OP_SLICE,         /* x i j -- x[i..j]; an absent end is the value NONE */
    OP_NONE,          /* push NONE */
    OP_JUMP,          /* to arg; counts as a step */
    OP_JUMP_IF_FALSE, /* pop */
    OP_AND,           /* if top is false: jump to arg, leaving it; else pop */
    OP_OR,            /* if top is true: the same */
    OP_REPEAT,        /* top is a counter: if 0, pop and jump to arg, else decrement it */
    OP_CALL,          /* sites[arg]: pops its arguments, pushes the result */
    OP_EXPECT,        /* sites[arg]: compares the result on top with what was expected */
    OP_FUNCTION,      /* sites[arg]: as OP_CALL, of a function of the script's */
    OP_RETURN,        /* pops a function's result */
    OP_ATOM,          /* push the value of atoms[arg], of a claim */
    OP_END            /* of a process's block, or of a claim */
};

struct instruction {
    enum op op;
    int32_t arg;
};

struct byte_string {
    char *bytes; /* owned */
    size_t size;
};

enum time_kind {
    TIME_FREE,      /* nothing was written */
    TIME_AT,        /* a tick */
    TIME_AFTER,     /* start: ticks after the last return; end: ticks after the start */
    TIME_OPEN,      /* "?": end only: may sleep */
    TIME_NEVER,     /* end only: still asleep when the run is over */
    TIME_IMMEDIATE, /* end only: returns without sleeping */
};

struct time {
    enum time_kind kind;
    int64_t ticks;
};

enum expect_kind {
    EXPECT_NOTHING, /* of a function's result */
    EXPECT_SUCCESS,
    EXPECT_VALUE, /* on the stack above the result; so are the two of a range */
    EXPECT_RANGE,
    EXPECT_EOF,
    EXPECT_ERROR,  /* `number`: the errno as scripts see it; 0 is any */
    EXPECT_KILLED, /* `number`: the signal */
    EXPECT_ANYTHING
};

/* One place where a call, or a function of the script's, is called. */
struct site {
    struct span place;    /* of the call: name and arguments */
    struct span name;     /* of its name */
    int line;             /* where that stands */
    struct span expected; /* of the result that was written; empty when none */
    /* Of the statement that consists of this call, without its time: a time and a result may stand
     * there. Empty when the call is part of something else. */
    struct span statement;
    int callee; /* the vocabulary's call, or the function */
    int argument_count;
    struct time start, end;
    struct span when; /* of the time that was written */
    enum expect_kind expect;
    int expected_number;
    int stores_to; /* OP_SLOT's variable for calls that set one (pipe), or -1 */
};

enum redirection_end { REDIRECT_READ, REDIRECT_WRITE };

struct redirection {
    int pipe; /* declared pipe */
    int variable;
    enum redirection_end end;
};

/* What one who speaks a protocol does; for who answers, sending and receiving change places, and so do
 * to close one's own end and to find that the other has closed his. */
enum message_kind { MESSAGE_SEND, MESSAGE_RECEIVE, MESSAGE_CLOSE, MESSAGE_EOF, MESSAGE_KINDS };

/* What the bytes of a message must be. */
enum message_pattern {
    PATTERN_ANY,    /* one byte at least */
    PATTERN_EXACT,  /* these bytes */
    PATTERN_PREFIX, /* begin with these bytes */
    PATTERN_LENGTH  /* so many bytes */
};

/* on send "add" * -> waiting */
struct transition {
    int from, to; /* states */
    enum message_kind kind;
    enum message_pattern pattern;
    struct byte_string bytes;
    int64_t length;
    struct span place, target; /* of the whole, and of the name of the state it leads to */
    struct span words;         /* of the pattern; empty when none is written */
};

struct protocol_state {
    char *name; /* owned */
    struct span place;
    bool final; /* a process may end here */
};

/* Its first state is where it begins; of several transitions that fit the first one counts. */
struct protocol {
    char *name; /* owned */
    struct span place;
    struct protocol_state *states; /* owned */
    size_t state_count, state_room;
    struct transition *transitions; /* owned; in the order of the script */
    size_t transition_count, transition_room;
    bool has_final;
    bool speaks_of[MESSAGE_KINDS]; /* is there any transition of this kind? */
};

/* process client > ask < answer speaks rpc on ask, answer */
struct role {
    int protocol;
    enum { ROLE_SPEAKS, ROLE_ANSWERS } side;
    struct span place;
    struct span *pipes; /* owned; their names; none: all of the process */
    size_t pipe_count, pipe_room;
};

enum block_start { START_AT_ONCE, START_BY_FORK, START_BY_THREAD };

struct block {
    char *name; /* owned */
    struct span place;
    int64_t copies;
    char *host; /* owned; NULL: none is named */
    enum block_start start;
    struct redirection *redirections; /* owned */
    size_t redirection_count;
    struct role *roles; /* owned */
    size_t role_count, role_room;
    int code; /* the first instruction */
};

struct function {
    char *name; /* owned */
    struct span place;
    int parameters, locals; /* locals include the parameters */
    int code;               /* -1 until its body has been seen */
};

struct declared_pipe {
    char *name; /* owned */
    struct span place;
    int64_t capacity, atomic; /* bytes; 0: as set */
};

enum claim_kind { CLAIM_END, CLAIM_ALWAYS, CLAIM_NEVER, CLAIM_SOMETIMES, CLAIM_AT };

struct claim {
    enum claim_kind kind;
    int64_t tick; /* CLAIM_AT */
    int code;
    struct span place; /* of the condition */
};

enum atom_kind {
    ATOM_PIPE,    /* property of pipe `name`; reads and writes also of a file */
    ATOM_FILE,    /* property of file `name` */
    ATOM_PROCESS, /* property of process `name` */
    ATOM_ASLEEP,  /* `name` is asleep; on `on` of pipe `of` when they are not NULL */
    ATOM_EXITED,  /* with status `number`, unless any */
    ATOM_KILLED,  /* by signal `number`, unless 0 */
    ATOM_NOBODY_ASLEEP,
    ATOM_NO_DESCRIPTOR,
    ATOM_DEADLOCK
};

struct atom {
    enum atom_kind kind;
    struct span place, name_place;
    char *name; /* owned; "p", "p.2" */
    char *of;   /* owned */
    char *on;   /* owned */
    int property;
    int64_t number;
    bool any;
};

struct variable {
    char *name; /* owned */
    bool assigned, holds_pipe;
    bool used;
    struct span first_use;
};

/* A path that claims can speak of: declared, or written as the path of a call. */
struct path {
    char *name; /* owned */
    enum { PATH_OF_CALL, PATH_OF_FIFO, PATH_OF_FILE } kind;
    struct byte_string bytes; /* owned; of a file: at first */
};

struct program {
    char *title; /* owned; "" when none */
    struct source source;
    struct settings settings;

    struct instruction *code;
    size_t *code_places; /* for each instruction, the byte of the source */
    size_t code_count, code_room;
    int64_t *integers;
    size_t integer_count, integer_room;
    struct byte_string *strings;
    size_t string_count, string_room;
    struct site *sites;
    size_t site_count, site_room;
    struct block *blocks;
    size_t block_count, block_room;
    struct function *functions;
    size_t function_count, function_room;
    struct protocol *protocols;
    size_t protocol_count, protocol_room;
    struct declared_pipe *pipes;
    size_t pipe_count, pipe_room;
    struct path *paths;
    size_t path_count, path_room;
    struct claim *claims;
    size_t claim_count, claim_room;
    struct atom *atoms;
    size_t atom_count, atom_room;
    struct variable *variables;
    size_t variable_count, variable_room;
};

void program_free(struct program *p);

#endif

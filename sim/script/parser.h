/* parser.h - inside script/: the state of a parse, and what its files offer each other.
 *
 * The parser makes code as it goes; there is no tree. Names of processes, pipes and functions are
 * collected first (items.c), so that they can be used before they are defined.
 *
 * After a mistake, `panic` is set and no more is reported until the next statement or item: one
 * mistake, one message. */
#ifndef SIM_SCRIPT_PARSER_H
#define SIM_SCRIPT_PARSER_H

#include "sim/script/lex.h"
#include "sim/script/parse.h"

#include <setjmp.h>

enum { NESTING_LIMIT = 200, LOCALS_LIMIT = 64, VARIABLES_LIMIT = 10000 };

struct loop {
    struct loop *outer;
    int start;      /* where `continue` jumps to */
    int breaks[64]; /* jumps to be patched */
    int break_count;
    bool has_counter; /* repeat: its counter is on the stack */
};

struct parser {
    const struct source *source;
    const struct vocabulary *words;
    struct diag_list *diags;
    struct program *program;
    struct token *tokens, *at;
    bool panic;
    int parens;  /* open ones: then a line may be broken */
    int nesting; /* of expressions and blocks */
    jmp_buf out_of_memory;

    bool in_claim;
    struct block *block;       /* being parsed, or NULL */
    struct function *function; /* being parsed, or NULL */
    struct protocol *protocol; /* being parsed, or NULL */
    struct span locals[LOCALS_LIMIT];
    struct loop *loop;

    size_t line_at; /* a byte of the source, and the line it is on: sites come in order */
    int line;
    bool extra_brace;                   /* a '}' closes nothing: after one message, no more */
    struct span set[SETTING_COUNT + 1]; /* where each was set, the implementation last */
    struct handler_use {
        int function;
        struct span place;
    } * handlers;
    size_t handler_count, handler_room;

    int last_call;        /* the site of the call that the code ends with, and */
    size_t last_call_end; /* where that code ends */
};

/* -- tokens (names.c) -------------------------------------------------------------------------- */

struct token *peek_token(struct parser *p); /* inside parens, past line ends that do not matter */
/* This token, or inside parens the first one on a later line. */
struct token *token_past_lines(const struct parser *p, struct token *t);
bool at_kind(struct parser *p, int kind);
bool at_word(struct parser *p, const char *word);
bool token_is(const struct parser *p, const struct token *t, const char *word);
struct token *next_token(struct parser *p);
bool accept_token(struct parser *p, int kind);
bool accept_word(struct parser *p, const char *word);
bool expect_kind(struct parser *p, int kind, const char *what);
void skip_newlines(struct parser *p);
bool at_end_of_statement(struct parser *p);
bool is_reserved(const struct parser *p, const struct token *t);

void error_at(struct parser *p, struct span place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void help_add(struct parser *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What was found instead, as words for a message. */
const char *found_text(struct parser *p, char *buffer, size_t size);

/* -- names ------------------------------------------------------------------------------------- */

enum name_kinds {
    NAMES_CALLS = 1,
    NAMES_FUNCTIONS = 2,
    NAMES_VARIABLES = 4,
    NAMES_CONSTANTS = 8,
    NAMES_BLOCKS = 16,
    NAMES_PIPES = 32,
    NAMES_ITEMS = 64,
    NAMES_STATEMENTS = 128,
    NAMES_SETTINGS = 256,
    NAMES_PIPE_PROPERTIES = 512,
    NAMES_PROCESS_PROPERTIES = 1024,
    NAMES_ERRORS = 2048,
    NAMES_SIGNALS = 4096,
    NAMES_PROTOCOLS = 8192,
    NAMES_STATES = 16384, /* of the protocol being parsed */
    NAMES_ROLE_WORDS = 32768,
    NAMES_MESSAGES = 65536 /* words of a protocol */
};

/* Adds "did you mean 'x'?" when a known name of these kinds is near. False when none is. */
bool suggest_name(struct parser *p, struct span name, int kinds);

int find_call(const struct parser *p, struct span name);
int find_function(const struct parser *p, struct span name);
int find_block(const struct parser *p, struct span name);
int find_pipe(const struct parser *p, struct span name);
int find_path(const struct parser *p, struct span name);
int find_protocol(const struct parser *p, struct span name);
int find_local(const struct parser *p, struct span name);
const struct vocabulary_constant *find_constant(const struct parser *p, struct span name);
int variable_number(struct parser *p, struct span name); /* made when it is new */
bool name_is(const struct parser *p, struct span name, const char *text);
char *copy_text(struct parser *p, struct span place);

/* -- code (code.c) ----------------------------------------------------------------------------- */

void *grow_array(struct parser *p, void *array, size_t count, size_t *room, size_t size);
/* Makes room for one element more and yields the new one, zeroed. */
#define ADD(p, array, count, room)                                                                 \
    ((array) = grow_array(p, array, count, &(room), sizeof *(array)), &(array)[(count)++])

int emit_code(struct parser *p, enum op op, int arg, struct span place); /* where it stands */
void emit_integer(struct parser *p, int64_t n, struct span place);
int add_string(struct parser *p, const char *bytes, size_t n);
int code_here(const struct parser *p);
void patch_jump(struct parser *p, int jump); /* to here */

/* -- the grammar ------------------------------------------------------------------------------- */

void parse_items(struct parser *p);                   /* items.c */
void parse_block(struct parser *p);                   /* statement.c */
void parse_action(struct parser *p, bool keep_value); /* statement.c */
void parse_protocol(struct parser *p);                /* protocol.c */
void parse_role(struct parser *p, struct block *b);   /* protocol.c */
void check_roles(struct parser *p);
bool parse_integer(struct parser *p, int64_t *n, const char *what);
void parse_expression(struct parser *p);    /* expression.c */
void parse_claim(struct parser *p);         /* claim.c */
bool parse_claim_primary(struct parser *p); /* false: not one */
void parse_signal_name(struct parser *p, int64_t *number);
void check_claims(struct parser *p, size_t first_atom);
bool enter_nesting(struct parser *p); /* one level deeper; false beyond the limit */

#endif

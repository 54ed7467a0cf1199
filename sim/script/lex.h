/* lex.h - the text of a script as tokens. */
#ifndef SIM_SCRIPT_LEX_H
#define SIM_SCRIPT_LEX_H

#include "sim/script/diag.h"

#include <stdint.h>

/* Single characters stand for themselves. */
enum token_kind {
    TOKEN_END = 256, /* of the file */
    TOKEN_NEWLINE,   /* or ';' */
    TOKEN_NAME,
    TOKEN_INTEGER, /* also a character in quotes */
    TOKEN_STRING,  /* still in its quotes: token_string decodes it */
    TOKEN_EQUAL,   /* == */
    TOKEN_NOT_EQUAL,
    TOKEN_LESS_EQUAL,
    TOKEN_GREATER_EQUAL,
    TOKEN_AND, /* && */
    TOKEN_OR,
    TOKEN_RANGE /* .. */
};

struct token {
    int kind;
    struct span place;
    int64_t value; /* of an integer */
};

/* All tokens, the last one TOKEN_END, on the ordinary heap; NULL when memory is short. Mistakes go
 * to `diags`. */
struct token *lex(const struct source *source, struct diag_list *diags);

/* Decodes a string token into `out`, which has room for its length. Returns the number of bytes. */
size_t token_string(const struct source *source, const struct token *t, char *out);

#endif

/* names.c - tokens one at a time, messages, and looking names up. */
#include "sim/script/parser.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- tokens ------------------------------------------------------------------------------------ */

/* Can a token stand at the start of a line that goes on an expression in parentheses? */
static bool goes_on(const struct parser *p, const struct token *t)
{
    if (t->kind == TOKEN_NAME)
        return token_is(p, t, "and") || token_is(p, t, "or");
    return t->kind >= TOKEN_EQUAL || (t->kind < 128 && strchr(",)]+-*/%&|<>=", t->kind) != NULL);
}

/* Can an expression not end with this token? */
static bool wants_more(const struct parser *p, const struct token *t)
{
    if (t->kind == TOKEN_NAME)
        return token_is(p, t, "and") || token_is(p, t, "or") || token_is(p, t, "not");
    return t->kind >= TOKEN_EQUAL || (t->kind < 128 && strchr(",([+-*/%&|<>=!", t->kind) != NULL);
}

struct token *peek_token(struct parser *p)
{
    if (p->parens > 0 && p->at->kind == TOKEN_NEWLINE) {
        struct token *t = token_past_lines(p, p->at);
        if (goes_on(p, t) || wants_more(p, p->at - 1))
            p->at = t;
    }
    return p->at;
}

struct token *token_past_lines(const struct parser *p, struct token *t)
{
    while (p->parens > 0 && t->kind == TOKEN_NEWLINE)
        t++;
    return t;
}

bool name_is(const struct parser *p, struct span name, const char *text)
{
    return strlen(text) == name.length && memcmp(p->source->text + name.at, text, name.length) == 0;
}

bool token_is(const struct parser *p, const struct token *t, const char *word)
{
    return t->kind == TOKEN_NAME && name_is(p, t->place, word);
}

bool at_kind(struct parser *p, int kind)
{
    return peek_token(p)->kind == kind;
}

bool at_word(struct parser *p, const char *word)
{
    return token_is(p, peek_token(p), word);
}

struct token *next_token(struct parser *p)
{
    struct token *t = peek_token(p);
    if (t->kind != TOKEN_END)
        p->at++;
    return t;
}

bool accept_token(struct parser *p, int kind)
{
    if (!at_kind(p, kind))
        return false;
    next_token(p);
    return true;
}

bool accept_word(struct parser *p, const char *word)
{
    if (!at_word(p, word))
        return false;
    next_token(p);
    return true;
}

void skip_newlines(struct parser *p)
{
    while (p->at->kind == TOKEN_NEWLINE)
        p->at++;
}

bool at_end_of_statement(struct parser *p)
{
    int kind = peek_token(p)->kind;
    return kind == TOKEN_NEWLINE || kind == TOKEN_END || kind == '}';
}

bool is_reserved(const struct parser *p, const struct token *t)
{
    static const char *const words[] = {"if",       "else",   "while", "repeat", "loop", "break",
                                        "continue", "return", "local", "and",    "or",   "not"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (token_is(p, t, words[i]))
            return true;
    }
    return false;
}

/* -- messages ---------------------------------------------------------------------------------- */

void error_at(struct parser *p, struct span place, const char *format, ...)
{
    char text[400];
    va_list args;
    if (p->panic)
        return;
    p->panic = true;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    diag_add(p->diags, DIAG_ERROR, place, "%s", text);
}

void help_add(struct parser *p, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    diag_add_unplaced(p->diags, DIAG_HELP, "%s", text);
}

const char *found_text(struct parser *p, char *buffer, size_t size)
{
    const struct token *t = peek_token(p);
    if (t->kind == TOKEN_END)
        return "the end of the file";
    if (t->kind == TOKEN_NEWLINE)
        return p->source->text[t->place.at] == ';' ? "';'" : "the end of the line";
    if (t->kind == '-' && t[1].kind == '>' && t[1].place.at == t->place.at + 1)
        return "'->'";
    int n = t->place.length < 40 ? (int)t->place.length : 40;
    snprintf(buffer, size, t->kind == TOKEN_STRING ? "%.*s" : "'%.*s'", n,
             p->source->text + t->place.at);
    return buffer;
}

bool expect_kind(struct parser *p, int kind, const char *what)
{
    char buffer[64];
    if (accept_token(p, kind))
        return true;
    error_at(p, peek_token(p)->place, "%s is expected here, not %s", what,
             found_text(p, buffer, sizeof buffer));
    return false;
}

/* -- looking up -------------------------------------------------------------------------------- */

char *copy_text(struct parser *p, struct span place)
{
    char *copy = malloc(place.length + 1);
    if (copy == NULL)
        longjmp(p->out_of_memory, 1);
    if (place.length > 0)
        memcpy(copy, p->source->text + place.at, place.length);
    copy[place.length] = '\0';
    return copy;
}

int find_call(const struct parser *p, struct span name)
{
    for (size_t i = 0; i < p->words->call_count; i++) {
        if (name_is(p, name, p->words->calls[i].name))
            return (int)i;
    }
    return -1;
}

int find_function(const struct parser *p, struct span name)
{
    for (size_t i = 0; i < p->program->function_count; i++) {
        if (name_is(p, name, p->program->functions[i].name))
            return (int)i;
    }
    return -1;
}

int find_block(const struct parser *p, struct span name)
{
    for (size_t i = 0; i < p->program->block_count; i++) {
        if (name_is(p, name, p->program->blocks[i].name))
            return (int)i;
    }
    return -1;
}

int find_pipe(const struct parser *p, struct span name)
{
    for (size_t i = 0; i < p->program->pipe_count; i++) {
        if (name_is(p, name, p->program->pipes[i].name))
            return (int)i;
    }
    return -1;
}

int find_path(const struct parser *p, struct span name)
{
    for (size_t i = 0; i < p->program->path_count; i++) {
        if (name_is(p, name, p->program->paths[i].name))
            return (int)i;
    }
    return -1;
}

int find_protocol(const struct parser *p, struct span name)
{
    for (size_t i = 0; i < p->program->protocol_count; i++) {
        if (name_is(p, name, p->program->protocols[i].name))
            return (int)i;
    }
    return -1;
}

int find_local(const struct parser *p, struct span name)
{
    for (int i = 0; p->function != NULL && i < p->function->locals; i++) {
        struct span local = p->locals[i];
        if (local.length == name.length &&
            memcmp(p->source->text + local.at, p->source->text + name.at, name.length) == 0)
            return i;
    }
    return -1;
}

const struct vocabulary_constant *find_constant(const struct parser *p, struct span name)
{
    for (size_t i = 0; i < p->words->constant_count; i++) {
        if (name_is(p, name, p->words->constants[i].name))
            return &p->words->constants[i];
    }
    return NULL;
}

int variable_number(struct parser *p, struct span name)
{
    struct program *program = p->program;
    for (size_t i = 0; i < program->variable_count; i++) {
        if (name_is(p, name, program->variables[i].name))
            return (int)i;
    }
    if (program->variable_count == VARIABLES_LIMIT) {
        error_at(p, name, "too many variables: %d are the most", VARIABLES_LIMIT);
        return 0;
    }
    char *copy = copy_text(p, name);
    ADD(p, program->variables, program->variable_count, program->variable_room)->name = copy;
    return (int)program->variable_count - 1;
}

/* -- suggestions ------------------------------------------------------------------------------- */

enum { LONGEST_NAME = 32 };

/* Damerau-Levenshtein: insertions, deletions, replacements, and swaps of neighbours. */
static int distance(const char *a, size_t n, const char *b, size_t m)
{
    int d[LONGEST_NAME + 1][LONGEST_NAME + 1];
    for (size_t i = 0; i <= n; i++)
        d[i][0] = (int)i;
    for (size_t j = 0; j <= m; j++)
        d[0][j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        for (size_t j = 1; j <= m; j++) {
            int best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            best = d[i - 1][j] + 1 < best ? d[i - 1][j] + 1 : best;
            best = d[i][j - 1] + 1 < best ? d[i][j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    }
    return d[n][m];
}

struct nearest {
    const char *wanted;
    size_t length;
    const char *best;
    int distance;
};

static void consider(struct nearest *near, const char *name)
{
    size_t length = strlen(name);
    if (length > LONGEST_NAME)
        return;
    int d = distance(near->wanted, near->length, name, length);
    if (d > 0 && d < near->distance) {
        near->best = name;
        near->distance = d;
    }
}

static void consider_list(struct nearest *near, const char *const *names)
{
    for (; names != NULL && *names != NULL; names++)
        consider(near, *names);
}

static void consider_constants(const struct parser *p, struct nearest *near, int kinds)
{
    for (size_t i = 0; i < p->words->constant_count; i++) {
        const struct vocabulary_constant *c = &p->words->constants[i];
        bool wanted = (kinds & NAMES_CONSTANTS) ||
                      ((kinds & NAMES_ERRORS) && c->kind == CONSTANT_ERROR) ||
                      ((kinds & NAMES_SIGNALS) && c->kind == CONSTANT_SIGNAL);
        if (wanted)
            consider(near, c->name);
    }
}

static void consider_program(const struct parser *p, struct nearest *near, int kinds)
{
    const struct program *program = p->program;
    for (size_t i = 0; (kinds & NAMES_FUNCTIONS) && i < program->function_count; i++)
        consider(near, program->functions[i].name);
    for (size_t i = 0; (kinds & NAMES_VARIABLES) && i < program->variable_count; i++) {
        if (program->variables[i].assigned)
            consider(near, program->variables[i].name);
    }
    for (size_t i = 0; (kinds & NAMES_PIPES) && i < program->variable_count; i++) {
        if (program->variables[i].holds_pipe)
            consider(near, program->variables[i].name);
    }
    for (size_t i = 0; (kinds & NAMES_BLOCKS) && i < program->block_count; i++)
        consider(near, program->blocks[i].name);
    for (size_t i = 0; (kinds & NAMES_PIPES) && i < program->pipe_count; i++)
        consider(near, program->pipes[i].name);
    for (size_t i = 0; (kinds & NAMES_PIPES) && i < program->path_count; i++)
        consider(near, program->paths[i].name);
    for (size_t i = 0; (kinds & NAMES_PROTOCOLS) && i < program->protocol_count; i++)
        consider(near, program->protocols[i].name);
    for (size_t i = 0; (kinds & NAMES_STATES) && i < p->protocol->state_count; i++)
        consider(near, p->protocol->states[i].name);
}

static void consider_words(struct nearest *near, int kinds)
{
    static const char *const items[] = {"scenario", "set",       "pipe",     "fifo", "file",
                                        "process",  "def",       "protocol", "end",  "always",
                                        "never",    "sometimes", "expect",   NULL};
    static const char *const statements[] = {"if",    "else",     "while",  "repeat", "loop",
                                             "break", "continue", "return", "local",  NULL};
    static const char *const roles[] = {"speaks", "answers", NULL};
    if (kinds & NAMES_ITEMS)
        consider_list(near, items);
    static const char *const messages[] = {"state", "final", "send", "receive", "close", NULL};
    if (kinds & NAMES_MESSAGES)
        consider_list(near, messages);
    if (kinds & NAMES_ROLE_WORDS)
        consider_list(near, roles);
    if (kinds & NAMES_STATEMENTS)
        consider_list(near, statements);
    for (int i = 0; (kinds & NAMES_SETTINGS) && i < SETTING_COUNT; i++)
        consider(near, setting_name(i));
    if (kinds & NAMES_SETTINGS)
        consider(near, "pipe");
}

/* Words of other languages, and what one writes here. */
static bool foreign_word(struct parser *p, struct span name)
{
    static const char *const words[][2] = {
        {"for", "there is no 'for': write repeat N { } or while (...) { }"},
        {"do", "there is no 'do': write loop { } with a break"},
        {"elif", "write else if"},
        {"elseif", "write else if"},
        {"switch", "there is no 'switch': write if (...) { } else if (...) { }"},
        {"int", "variables have no type here: write x = 3"},
        {"char", "variables have no type here: write x = 3"},
        {"long", "variables have no type here: write x = 3"},
        {"void", "functions have no type here: write def NAME(...) { }"},
        {"ssize_t", "variables have no type here: write x = 3"},
        {"size_t", "variables have no type here: write x = 3"},
        {"pid_t", "variables have no type here: write x = 3"},
        {"var", "variables need no declaration: write x = 3"},
        {"let", "variables need no declaration: write x = 3"},
        {"true", "write 1"},
        {"false", "write 0"},
        {"NULL", "there are no pointers here: a read gives its bytes, x = read(fd, n)"},
        {"None", "write 0"},
        {"stdin", "write 0"},
        {"stdout", "write 1"},
        {"stderr", "write 2"},
        {"printf", "write print(value, ...)"},
        {"puts", "write print(value, ...)"},
        {"echo", "write print(value, ...)"},
        {"strlen", "write len(x)"},
        {"htons", "write be16(n): it gives the two bytes"},
        {"htonl", "write be32(n): it gives the four bytes"},
        {"ntohs", "write from_be16(bytes)"},
        {"ntohl", "write from_be32(bytes)"},
        {"pack", "write u8(n), be16(n), be32(n), str16(bytes), joined by +"},
        {"unpack", "write from_u8(x[0..1]), from_be16(x[1..3]), from_str16(x[3..])"},
        {"sizeof", "write len(x)"},
        {"function", "write def NAME(...) { }"},
        {"func", "write def NAME(...) { }"},
        {"fn", "write def NAME(...) { }"},
        {"waitpid", "write wait(NAME)"},
        {"usleep", "write sleep(ticks)"},
        {"sched_yield", "write yield()"},
        {"pthread_create", "write thread(NAME)"},
        {"pthread_join", "write join(NAME)"},
        {"open", "there are no files here, only pipes and the terminal"},
        {"include", "a comment starts with #, and there is nothing to include"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (name_is(p, name, words[i][0])) {
            help_add(p, "%s", words[i][1]);
            return true;
        }
    }
    return false;
}

bool suggest_name(struct parser *p, struct span name, int kinds)
{
    if (foreign_word(p, name))
        return true;
    if (name.length > LONGEST_NAME || name.length < 3)
        return false;                     /* a short name is near to too many */
    int limit = name.length == 3 ? 2 : 3; /* nearer than this */
    struct nearest near = {p->source->text + name.at, name.length, NULL, limit};
    for (size_t i = 0; (kinds & NAMES_CALLS) && i < p->words->call_count; i++)
        consider(&near, p->words->calls[i].name);
    consider_program(p, &near, kinds);
    consider_constants(p, &near, kinds);
    consider_words(&near, kinds);
    if (kinds & NAMES_PIPE_PROPERTIES)
        consider_list(&near, p->words->pipe_properties);
    if (kinds & NAMES_PIPE_PROPERTIES)
        consider_list(&near, p->words->file_properties);
    if (kinds & NAMES_PROCESS_PROPERTIES)
        consider_list(&near, p->words->process_properties);
    if (near.best == NULL)
        return false;
    help_add(p, "did you mean '%s'?", near.best);
    return true;
}

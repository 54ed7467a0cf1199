/* expression.c - expressions and calls. The grammar rule stands above each function
 * (docs/language.md, section 7). */
#include "sim/script/parser.h"

#include <stdlib.h>
#include <string.h>

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

bool enter_nesting(struct parser *p)
{
    if (p->nesting == NESTING_LIMIT) {
        error_at(p, peek_token(p)->place, "this is nested too deeply: %d levels are the most",
                 NESTING_LIMIT);
        return false;
    }
    p->nesting++;
    return true;
}

static struct span from_to(struct span first, const struct token *last)
{
    return (struct span){first.at, last->place.at + last->place.length - first.at};
}

/* -- calls ------------------------------------------------------------------------------------- */

static int line_of(struct parser *p, size_t at)
{
    for (; p->line_at < at; p->line_at++)
        p->line += p->source->text[p->line_at] == '\n';
    return p->line;
}

static struct site *add_site(struct parser *p, int callee, struct span name)
{
    struct program *program = p->program;
    struct site *site = ADD(p, program->sites, program->site_count, program->site_room);
    site->callee = callee;
    site->name = name;
    site->line = line_of(p, name.at);
    site->place = name;
    site->stores_to = -1;
    site->start.kind = TIME_FREE;
    site->end.kind = TIME_OPEN;
    return site;
}

/* The argument v: the variable that the call sets. */
static void variable_argument(struct parser *p, int site)
{
    struct token *t = peek_token(p);
    if (t->kind != TOKEN_NAME || is_reserved(p, t)) {
        error_at(p, t->place, "the name of a variable is expected here, for the two descriptors");
        return;
    }
    if (find_constant(p, t->place) != NULL) {
        error_at(p, t->place, "this name stands for a constant; choose another one");
        return;
    }
    next_token(p);
    int v = variable_number(p, t->place);
    p->program->variables[v].assigned = true;
    p->program->variables[v].holds_pipe = true;
    p->program->sites[site].stores_to = v;
}

/* The argument b or t: the block of a new process or thread. */
static void block_argument(struct parser *p, enum block_start start)
{
    struct token *t = peek_token(p);
    int block = t->kind == TOKEN_NAME ? find_block(p, t->place) : -1;
    if (block < 0) {
        if (t->kind != TOKEN_NAME)
            error_at(p, t->place, "the name of a process block is expected here");
        else
            error_at(p, t->place, "no process is named '%.*s'", (int)t->place.length,
                     p->source->text + t->place.at);
        if (t->kind == TOKEN_NAME && !suggest_name(p, t->place, NAMES_BLOCKS))
            help_add(p, "write a block 'process %.*s { ... }' for it to run", (int)t->place.length,
                     p->source->text + t->place.at);
        return;
    }
    next_token(p);
    struct block *b = &p->program->blocks[block];
    if (b->start != START_AT_ONCE && b->start != start)
        error_at(p, t->place, "'%s' is started both by fork and by thread", b->name);
    b->start = start;
    emit_code(p, OP_SLOT, block, t->place);
}

/* The argument p: a process by name, or an expression for its number. */
static void process_argument(struct parser *p)
{
    struct token *t = peek_token(p);
    if (t->kind != TOKEN_NAME || find_block(p, t->place) < 0 || find_local(p, t->place) >= 0) {
        parse_expression(p);
        return;
    }
    next_token(p);
    struct span name = t->place;
    if (at_kind(p, '.') && p->at[1].kind == TOKEN_INTEGER) {
        next_token(p);
        name = from_to(name, next_token(p));
    }
    emit_code(p, OP_ACTOR, add_string(p, p->source->text + name.at, name.length), name);
}

/* The argument h: IGN, DFL, or a function. */
static void handler_argument(struct parser *p)
{
    struct token *t = peek_token(p);
    int handler = t->kind == TOKEN_NAME ? find_function(p, t->place) : -1;
    if (token_is(p, t, "IGN") || token_is(p, t, "SIG_IGN"))
        handler = p->words->ignore_handler;
    else if (token_is(p, t, "DFL") || token_is(p, t, "SIG_DFL"))
        handler = p->words->default_handler;
    else if (handler < 0) {
        error_at(p, t->place, "IGN, DFL or the name of a function is expected here");
        if (t->kind == TOKEN_NAME)
            suggest_name(p, t->place, NAMES_FUNCTIONS);
        return;
    }
    next_token(p);
    if (handler >= 0)
        *ADD(p, p->handlers, p->handler_count, p->handler_room) =
            (struct handler_use){handler, t->place};
    emit_code(p, OP_SLOT, handler, t->place);
}

/* The argument n: a path. One that is written as a name can be spoken of in claims. */
static void path_argument(struct parser *p)
{
    const struct token *t = peek_token(p);
    struct span name = {t->place.at + 1, t->place.length - 2};
    size_t letters =
        t->kind == TOKEN_STRING ? strspn(p->source->text + name.at, NAME_CHARACTERS) : 0;
    if (letters > 0 && letters == name.length && find_path(p, name) < 0) {
        char *copy = copy_text(p, name);
        *ADD(p, p->program->paths, p->program->path_count, p->program->path_room) =
            (struct path){.name = copy, .kind = PATH_OF_CALL};
    }
    parse_expression(p);
}

static void argument(struct parser *p, char letter, int site)
{
    switch (letter) {
    case 'v': variable_argument(p, site); break;
    case 'b': block_argument(p, START_BY_FORK); break;
    case 't': block_argument(p, START_BY_THREAD); break;
    case 'p': process_argument(p); break;
    case 'h': handler_argument(p); break;
    case 'n': path_argument(p); break;
    default: parse_expression(p);
    }
}

/* Which letter the argument number n of a call has; 0: there are too many. */
static char letter_of(const char *arguments, int n)
{
    for (; *arguments != '\0'; arguments++) {
        if (*arguments == '[')
            continue;
        if (*arguments == '*')
            return 'e';
        if (n-- == 0)
            return *arguments;
    }
    return 0;
}

static int least_arguments(const char *arguments)
{
    return (int)strcspn(arguments, "[*");
}

static bool count_is_right(const char *arguments, int count)
{
    bool repeated = strchr(arguments, '*') != NULL; /* pairs, and one more */
    return count >= least_arguments(arguments) && (!repeated || count % 2 == 1);
}

static bool separator(struct parser *p)
{
    if (!accept_token(p, ','))
        return false;
    skip_newlines(p);
    return true;
}

/* "(" [ expr { "," expr } ] ")" ; returns the number of arguments. `call`: NULL for a function. */
static int arguments(struct parser *p, const struct vocabulary_call *call, int site)
{
    int count = 0;
    p->parens++;
    next_token(p); /* ( */
    skip_newlines(p);
    if (!at_kind(p, ')')) {
        do {
            char letter = call == NULL ? 'e' : letter_of(call->arguments, count);
            if (letter == 0) {
                error_at(p, peek_token(p)->place, "%s takes no more arguments than these",
                         call->name);
                help_add(p, "%s", call->usage);
                break;
            }
            argument(p, letter, site);
            count++;
        } while (!p->panic && separator(p));
    }
    if (!p->panic && call != NULL && at_kind(p, ')') && !count_is_right(call->arguments, count)) {
        error_at(p, peek_token(p)->place, "%s needs more arguments than these", call->name);
        help_add(p, "%s", call->usage);
    }
    if (!p->panic && at_end_of_statement(p))
        error_at(p, peek_token(p)->place, "')' is expected here, to close the '(' of this call");
    else
        expect_kind(p, ')', "',' or ')'");
    p->parens--;
    return count;
}

static void finish_call(struct parser *p, int site, const struct token *last)
{
    struct site *s = &p->program->sites[site];
    s->place = from_to(s->name, last);
    p->last_call = site;
}

static void system_call(struct parser *p, int call, struct span name)
{
    const struct vocabulary_call *c = &p->words->calls[call];
    bool function = c->kind != CALL_TO_KERNEL;
    if (p->in_claim && c->kind != CALL_COMPUTES) {
        error_at(p, name, "a claim looks on and makes no calls");
        return;
    }
    struct site *s = add_site(p, call, name);
    s->expect = function ? EXPECT_NOTHING : EXPECT_SUCCESS;
    int site = (int)(s - p->program->sites);
    int count = arguments(p, c, site);
    s = &p->program->sites[site];
    s->argument_count = count - (s->stores_to >= 0);
    finish_call(p, site, p->at - 1);
    emit_code(p, OP_CALL, site, name);
    if (!function)
        emit_code(p, OP_EXPECT, site, name);
    p->last_call_end = (size_t)code_here(p);
}

static void script_function(struct parser *p, int function, struct span name)
{
    struct site *s = add_site(p, function, name);
    s->expect = EXPECT_NOTHING;
    int site = (int)(s - p->program->sites);
    if (p->in_claim)
        error_at(p, name, "a claim looks on and runs no functions of the script");
    int count = arguments(p, NULL, site);
    p->program->sites[site].argument_count = count;
    finish_call(p, site, p->at - 1);
    emit_code(p, OP_FUNCTION, site, name);
    p->last_call_end = (size_t)code_here(p);
}

static void call(struct parser *p, struct span name)
{
    int number = find_call(p, name);
    int function = find_function(p, name);
    if (function >= 0)
        script_function(p, function, name);
    else if (number >= 0)
        system_call(p, number, name);
    else {
        error_at(p, name, "no call or function is named '%.*s'", (int)name.length,
                 p->source->text + name.at);
        suggest_name(p, name, NAMES_CALLS | NAMES_FUNCTIONS | NAMES_STATEMENTS);
    }
}

/* -- primary ----------------------------------------------------------------------------------- */

static void string_literal(struct parser *p, const struct token *t)
{
    char *decoded = malloc(t->place.length);
    if (decoded == NULL)
        longjmp(p->out_of_memory, 1);
    size_t n = token_string(p->source, t, decoded);
    int number = add_string(p, decoded, n);
    free(decoded);
    emit_code(p, OP_BYTES, number, t->place);
}

static void load(struct parser *p, struct span name)
{
    int local = find_local(p, name);
    if (local >= 0) {
        emit_code(p, OP_LOAD_LOCAL, local, name);
        return;
    }
    int v = variable_number(p, name);
    if (!p->program->variables[v].used) {
        p->program->variables[v].used = true;
        p->program->variables[v].first_use = name;
    }
    emit_code(p, OP_LOAD, v, name);
}

static void name_or_call(struct parser *p)
{
    struct token *t = next_token(p);
    const struct vocabulary_constant *constant = find_constant(p, t->place);
    if (is_reserved(p, t))
        error_at(p, t->place, "'%.*s' cannot stand here", (int)t->place.length,
                 p->source->text + t->place.at);
    else if (at_kind(p, '('))
        call(p, t->place);
    else if (token_is(p, t, "EOF"))
        emit_code(p, OP_BYTES, add_string(p, "", 0), t->place);
    else if (token_is(p, t, "errno"))
        emit_code(p, OP_ERRNO, 0, t->place);
    else if (constant != NULL)
        emit_integer(p, constant->value, t->place);
    else
        load(p, t->place);
}

/* What other languages write with signs. */
static void hint_at_sign(struct parser *p, const struct token *t)
{
    if (t > p->tokens && t->kind == '/' && (t[1].kind == '/' || t[1].kind == '*'))
        help_add(p, "a comment starts with #");
    else if (t > p->tokens + 1 && (t->kind == '+' || t->kind == '=') && t[-1].kind == '+')
        help_add(p, "write i = i + 1");
}

/* primary = INTEGER | STRING | NAME [ "(" ... ")" ] | "(" action ")" */
static void primary(struct parser *p)
{
    struct token *t = peek_token(p);
    char buffer[64];
    if (p->in_claim && parse_claim_primary(p))
        return;
    if (t->kind == TOKEN_INTEGER) {
        emit_integer(p, next_token(p)->value, t->place);
    } else if (t->kind == TOKEN_STRING) {
        string_literal(p, next_token(p));
    } else if (t->kind == TOKEN_NAME) {
        name_or_call(p);
    } else if (t->kind == '(') {
        next_token(p);
        p->parens++;
        skip_newlines(p);
        parse_action(p, true);
        expect_kind(p, ')', "')'");
        p->parens--;
    } else {
        error_at(p, t->place, "a value is expected here, not %s",
                 found_text(p, buffer, sizeof buffer));
        hint_at_sign(p, t);
    }
}

/* postfix = primary { "[" expr "]" | "[" [ expr ] ".." [ expr ] "]" } */
static void postfix(struct parser *p)
{
    primary(p);
    while (!p->panic && at_kind(p, '[')) {
        struct span place = next_token(p)->place;
        bool slice = false;
        p->parens++;
        if (at_kind(p, TOKEN_RANGE))
            emit_code(p, OP_NONE, 0, place);
        else
            parse_expression(p);
        if (accept_token(p, TOKEN_RANGE)) {
            slice = true;
            if (at_kind(p, ']'))
                emit_code(p, OP_NONE, 0, place);
            else
                parse_expression(p);
        }
        expect_kind(p, ']', "']'");
        p->parens--;
        emit_code(p, slice ? OP_SLICE : OP_INDEX, 0, place);
    }
}

/* unary = ( "!" | "not" | "-" ) unary | postfix */
static void unary(struct parser *p)
{
    struct token *t = peek_token(p);
    bool minus = t->kind == '-';
    if (!minus && t->kind != '!' && !token_is(p, t, "not")) {
        postfix(p);
        return;
    }
    if (!enter_nesting(p))
        return;
    next_token(p);
    unary(p);
    emit_code(p, minus ? OP_NEGATE : OP_NOT, 0, t->place);
    p->nesting--;
}

/* -- binary operators, loosest last ------------------------------------------------------------ */

struct operator
{
    int kind;
    enum op op;
};

static const struct operator* operator_at(struct parser *p, const struct operator* ops)
{
    int kind = peek_token(p)->kind;
    for (; ops->kind != 0; ops++) {
        if (ops->kind == kind)
            return ops;
    }
    return NULL;
}

/* operand { operator operand } */
static void left_to_right(struct parser *p, const struct operator* ops,
                          void (*operand)(struct parser *))
{
    const struct operator* o;
    operand(p);
    while (!p->panic && (o = operator_at(p, ops)) != NULL) {
        struct span place = next_token(p)->place;
        if (p->parens > 0)
            skip_newlines(p);
        operand(p);
        emit_code(p, o->op, 0, place);
    }
}

static void term(struct parser *p)
{
    static const struct operator ops[] = {
        {'*', OP_MULTIPLY}, {'/', OP_DIVIDE}, {'%', OP_REMAINDER}, {0, OP_END}};
    left_to_right(p, ops, unary);
}

static void sum(struct parser *p)
{
    static const struct operator ops[] = {{'+', OP_ADD}, {'-', OP_SUBTRACT}, {0, OP_END}};
    left_to_right(p, ops, term);
}

static void mask(struct parser *p)
{
    static const struct operator ops[] = {{'&', OP_BIT_AND}, {0, OP_END}};
    left_to_right(p, ops, sum);
}

static void bits(struct parser *p)
{
    static const struct operator ops[] = {{'|', OP_BIT_OR}, {0, OP_END}};
    left_to_right(p, ops, mask);
}

/* comparison = bits [ ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) bits ] */
static void comparison(struct parser *p)
{
    static const struct operator ops[] = {{TOKEN_EQUAL, OP_EQUAL},
                                          {TOKEN_NOT_EQUAL, OP_NOT_EQUAL},
                                          {TOKEN_LESS_EQUAL, OP_LESS_EQUAL},
                                          {TOKEN_GREATER_EQUAL, OP_GREATER_EQUAL},
                                          {'<', OP_LESS},
                                          {'>', OP_GREATER},
                                          {0, OP_END}};
    const struct operator* o;
    bits(p);
    if (p->panic || (o = operator_at(p, ops)) == NULL)
        return;
    struct span place = next_token(p)->place;
    bits(p);
    emit_code(p, o->op, 0, place);
    if (!p->panic && operator_at(p, ops) != NULL)
        error_at(p, peek_token(p)->place, "comparisons do not chain: join them with 'and'");
}

/* and = comparison { ( "&&" | "and" ) comparison } */
static void conjunction(struct parser *p)
{
    comparison(p);
    while (!p->panic && (at_kind(p, TOKEN_AND) || at_word(p, "and"))) {
        struct span place = next_token(p)->place;
        int jump = emit_code(p, OP_AND, 0, place);
        comparison(p);
        patch_jump(p, jump);
        emit_code(p, OP_TRUTH, 0, place);
    }
}

/* expr = and { ( "||" | "or" ) and } */
void parse_expression(struct parser *p)
{
    if (!enter_nesting(p))
        return;
    conjunction(p);
    while (!p->panic && (at_kind(p, TOKEN_OR) || at_word(p, "or"))) {
        struct span place = next_token(p)->place;
        int jump = emit_code(p, OP_OR, 0, place);
        conjunction(p);
        patch_jump(p, jump);
        emit_code(p, OP_TRUTH, 0, place);
    }
    p->nesting--;
}

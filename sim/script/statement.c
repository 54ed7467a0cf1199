/* statement.c - blocks and statements. The grammar rule stands above each function. */
#include "sim/script/parser.h"

static void statement(struct parser *p);

/* -- recovery ---------------------------------------------------------------------------------- */

/* How many '(' of this line are open where the parser stands: for (i = 0; ...) is one statement. */
static int paren_depth(const struct parser *p)
{
    int depth = 0;
    for (const struct token *t = p->at; t > p->tokens; t--) {
        if (t[-1].kind == TOKEN_NEWLINE && p->source->text[t[-1].place.at] == '\n')
            break;
        depth += (t[-1].kind == '(') - (t[-1].kind == ')');
    }
    return depth > 0 ? depth : 0;
}

/* After a mistake: to the end of the statement, past a whole block if it has one. */
static void skip_statement(struct parser *p)
{
    int depth = 0, parens = paren_depth(p);
    p->panic = false;
    p->parens = 0;
    for (;; p->at++) {
        int kind = p->at->kind;
        bool semicolon = kind == TOKEN_NEWLINE && p->source->text[p->at->place.at] == ';';
        parens += (kind == '(') - (kind == ')');
        if (kind == TOKEN_END ||
            (depth == 0 && (kind == TOKEN_NEWLINE || kind == '}') && !(semicolon && parens > 0)))
            return;
        depth += (kind == '{') - (kind == '}');
        if (kind == '}' && depth == 0 && p->at[1].kind != TOKEN_NAME) {
            p->at++;
            return;
        }
    }
}

/* -- times ------------------------------------------------------------------------------------- */

bool parse_integer(struct parser *p, int64_t *n, const char *what)
{
    char buffer[64];
    if (!at_kind(p, TOKEN_INTEGER)) {
        error_at(p, peek_token(p)->place, "%s is expected here, not %s", what,
                 found_text(p, buffer, sizeof buffer));
        return false;
    }
    *n = next_token(p)->value;
    return true;
}

/* until = INTEGER | "+" INTEGER | "?" | "never" */
static struct time until(struct parser *p)
{
    struct time end = {TIME_AT, 0};
    if (accept_token(p, '?'))
        return (struct time){TIME_OPEN, 0};
    if (accept_word(p, "never"))
        return (struct time){TIME_NEVER, 0};
    if (accept_token(p, '+'))
        end.kind = TIME_AFTER;
    parse_integer(p, &end.ticks, "a tick, '?' or 'never'");
    return end;
}

struct when {
    bool written;
    struct time start, end;
    struct span place;
};

/* when = "@" ( INTEGER [ ".." until ] | ".." until ) | "+" INTEGER [ ".." until ] */
static struct when when(struct parser *p)
{
    struct when w = {.start = {TIME_FREE, 0}, .end = {TIME_IMMEDIATE, 0}};
    struct token *first = peek_token(p);
    if (!at_kind(p, '@') && !at_kind(p, '+'))
        return w;
    w.written = true;
    next_token(p);
    if (first->kind == '+' || !at_kind(p, TOKEN_RANGE)) {
        w.start.kind = first->kind == '+' ? TIME_AFTER : TIME_AT;
        parse_integer(p, &w.start.ticks,
                      first->kind == '+' ? "a number of ticks" : "a tick or '..'");
    }
    if (!p->panic && accept_token(p, TOKEN_RANGE))
        w.end = until(p);
    struct token *last = p->at - 1;
    w.place = (struct span){first->place.at, last->place.at + last->place.length - first->place.at};
    if (w.start.kind == TIME_AT && w.end.kind == TIME_AT && w.end.ticks < w.start.ticks)
        error_at(p, w.place, "this ends before it starts");
    if (w.start.kind == TIME_FREE && w.end.kind == TIME_AFTER)
        error_at(p, w.place, "'+' after '..' counts from the start, and none is written");
    return w;
}

/* -- results ----------------------------------------------------------------------------------- */

static bool at_statement_end_after(struct parser *p, struct token *t)
{
    return t->kind == TOKEN_NEWLINE || t->kind == TOKEN_END || t->kind == '}' ||
           (t->kind == ')' && p->parens > 0);
}

/* "-1" [ ERRNO ]; false: it is some other expression. */
static bool error_result(struct parser *p, struct site *s)
{
    struct token *minus = peek_token(p), *one = minus + 1, *name = minus + 2;
    if (minus->kind != '-' || one->kind != TOKEN_INTEGER || one->value != 1)
        return false;
    if (name->kind != TOKEN_NAME && !at_statement_end_after(p, name))
        return false;
    p->at += 2;
    s->expect = EXPECT_ERROR;
    s->expected_number = 0;
    if (name->kind != TOKEN_NAME)
        return true;
    next_token(p);
    const struct vocabulary_constant *c = find_constant(p, name->place);
    if (c == NULL || c->kind != CONSTANT_ERROR) {
        error_at(p, name->place, "no error is named '%.*s'", (int)name->place.length,
                 p->source->text + name->place.at);
        suggest_name(p, name->place, NAMES_ERRORS);
        return true;
    }
    s->expected_number = (int)c->value;
    return true;
}

void parse_signal_name(struct parser *p, int64_t *number)
{
    struct token *t = peek_token(p);
    const struct vocabulary_constant *c = t->kind == TOKEN_NAME ? find_constant(p, t->place) : NULL;
    if (c != NULL && c->kind == CONSTANT_SIGNAL) {
        *number = next_token(p)->value;
        *number = c->value;
        return;
    }
    if (t->kind == TOKEN_NAME)
        error_at(p, t->place, "no signal is named '%.*s'", (int)t->place.length,
                 p->source->text + t->place.at);
    else
        error_at(p, t->place, "the name of a signal is expected here, such as SIGPIPE");
    if (t->kind == TOKEN_NAME)
        suggest_name(p, t->place, NAMES_SIGNALS);
}

/* Two numbers, as most ranges are, can be compared right away. */
static void check_range(struct parser *p, const struct token *first)
{
    const struct program *program = p->program;
    const struct instruction *last = &program->code[program->code_count - 1];
    if (!p->panic && last[0].op == OP_INT && last[-1].op == OP_INT &&
        program->integers[last[-1].arg] > program->integers[last[0].arg])
        error_at(p, first->place, "no number is in this range: it ends before it starts");
}

/* result = "?" | "EOF" | "-1" ERRNO | "killed" SIGNAL | expr [ ".." expr ] */
static void result(struct parser *p, int site)
{
    struct site *s = &p->program->sites[site];
    struct token *first = peek_token(p);
    int64_t number = 0;
    const struct vocabulary_constant *constant =
        first->kind == TOKEN_NAME ? find_constant(p, first->place) : NULL;
    if (constant != NULL && constant->kind == CONSTANT_ERROR) {
        error_at(p, first->place, "an error is written = -1 %s", constant->name);
    } else if (accept_token(p, '?')) {
        s->expect = EXPECT_ANYTHING;
    } else if (token_is(p, first, "EOF") && at_statement_end_after(p, first + 1)) {
        next_token(p);
        s->expect = EXPECT_EOF;
    } else if (accept_word(p, "killed")) {
        s->expect = EXPECT_KILLED;
        parse_signal_name(p, &number);
        p->program->sites[site].expected_number = (int)number;
    } else if (!error_result(p, s)) {
        s->expect = EXPECT_VALUE;
        parse_expression(p);
        if (!p->panic && accept_token(p, TOKEN_RANGE)) {
            p->program->sites[site].expect = EXPECT_RANGE;
            parse_expression(p);
            check_range(p, first);
        }
    }
    struct token *last = p->at - 1;
    p->program->sites[site].expected =
        (struct span){first->place.at, last->place.at + last->place.length - first->place.at};
}

static bool ends_with_call(const struct parser *p)
{
    return p->last_call >= 0 && p->last_call_end == p->program->code_count;
}

/* "=" result, after a call: its check comes after the code of what is expected. */
static void call_result(struct parser *p)
{
    struct token *equals = peek_token(p);
    if (!ends_with_call(p)) {
        error_at(p, equals->place, "a result can be written only after a call");
        help_add(p, "'==' compares two values");
        return;
    }
    next_token(p);
    int site = p->last_call;
    struct program *program = p->program;
    if (program->code[program->code_count - 1].op == OP_EXPECT)
        program->code_count--;
    else if (program->code[program->code_count - 1].op == OP_CALL) {
        error_at(p, equals->place, "a built-in function has no result to be written");
        help_add(p, "'==' compares two values");
        return;
    }
    result(p, site);
    emit_code(p, OP_EXPECT, site, program->sites[site].name);
}

/* -- actions ----------------------------------------------------------------------------------- */

static void store(struct parser *p, struct span name)
{
    int local = find_local(p, name);
    if (local >= 0) {
        emit_code(p, OP_STORE_LOCAL, local, name);
        return;
    }
    emit_code(p, OP_STORE, variable_number(p, name), name);
}

static bool assignable(struct parser *p, struct token *t)
{
    if (find_constant(p, t->place) == NULL && !token_is(p, t, "EOF") && !token_is(p, t, "errno"))
        return true;
    error_at(p, t->place, "'%.*s' is a constant and cannot be assigned", (int)t->place.length,
             p->source->text + t->place.at);
    return false;
}

/* A variable counts as assigned as soon as an assignment is begun, even if that has a mistake in
 * it. */
static void note_assignment(struct parser *p, struct span name)
{
    if (find_local(p, name) >= 0)
        return;
    int v = variable_number(p, name);
    p->program->variables[v].assigned = true;
}

/* action = [ NAME "=" ] expr [ "=" result ] */
void parse_action(struct parser *p, bool keep_value)
{
    struct token *target = peek_token(p);
    bool assigns =
        !p->in_claim && target->kind == TOKEN_NAME && token_past_lines(p, target + 1)->kind == '=';
    if (assigns && (is_reserved(p, target) || !assignable(p, target))) {
        error_at(p, target->place, "this word cannot be assigned");
        return;
    }
    if (assigns) {
        next_token(p);
        next_token(p);
        note_assignment(p, target->place);
    }
    parse_expression(p);
    if (!p->panic && at_kind(p, '=') && p->in_claim) {
        error_at(p, peek_token(p)->place, "'==' compares; '=' does not stand in a claim");
    } else if (!p->panic && at_kind(p, '=')) {
        call_result(p);
        p->last_call_end = (size_t)code_here(p);
    }
    if (p->panic)
        return;
    if (!assigns && !keep_value && !ends_with_call(p)) {
        error_at(p, target->place, "this does nothing: a statement is a call or an assignment");
        if (target->kind == TOKEN_NAME)
            suggest_name(p, target->place, 0);
        return;
    }
    if (assigns && keep_value)
        emit_code(p, OP_DUP, 0, target->place);
    if (assigns)
        store(p, target->place);
    else if (!keep_value)
        emit_code(p, OP_POP, 0, target->place);
}

/* The action just parsed, from `first` on, is a call whose result is dropped or stored. */
static void note_statement(struct parser *p, const struct token *first)
{
    const struct program *program = p->program;
    const struct instruction *before_last = &program->code[program->code_count - 2];
    const struct token *last = p->at - 1;
    if (p->last_call < 0 || before_last->op != OP_EXPECT || before_last->arg != p->last_call)
        return;
    program->sites[p->last_call].statement =
        (struct span){first->place.at, last->place.at + last->place.length - first->place.at};
}

/* [ when ] action */
static void timed_action(struct parser *p)
{
    struct when w = when(p);
    const struct token *first = p->at;
    size_t first_site = p->program->site_count;
    if (p->panic)
        return;
    if (w.written && is_reserved(p, peek_token(p))) {
        error_at(p, peek_token(p)->place, "a time can be written only before a call");
        return;
    }
    p->last_call = -1;
    parse_action(p, false);
    if (!p->panic)
        note_statement(p, first);
    if (!w.written || p->panic)
        return;
    struct site *s = p->last_call >= 0 ? &p->program->sites[p->last_call] : NULL;
    bool plain = s != NULL && (size_t)p->last_call >= first_site;
    if (!plain || s->expect == EXPECT_NOTHING) {
        error_at(p, w.place, "a time can be written only before a call");
        return;
    }
    s->when = w.place;
    s->start = w.start;
    s->end = w.end;
}

/* -- statements -------------------------------------------------------------------------------- */

/* test = "(" action ")" */
static void test(struct parser *p)
{
    if (!expect_kind(p, '(', "'('"))
        return;
    p->parens++;
    skip_newlines(p);
    struct token *first = peek_token(p);
    size_t sites = p->program->site_count;
    parse_action(p, true);
    if (!p->panic && first[1].kind == '=' && p->program->site_count == sites) {
        error_at(p, first[1].place, "'=' assigns, and this is the same each time");
        help_add(p, "'==' compares");
    }
    expect_kind(p, ')', "')'");
    p->parens--;
}

static void if_statement(struct parser *p)
{
    struct span place = next_token(p)->place;
    test(p);
    int skip = emit_code(p, OP_JUMP_IF_FALSE, 0, place);
    parse_block(p);
    struct token *after = p->at;
    while (after->kind == TOKEN_NEWLINE)
        after++;
    if (p->panic || !token_is(p, after, "else")) {
        patch_jump(p, skip);
        return;
    }
    p->at = after + 1;
    int end = emit_code(p, OP_JUMP, 0, place);
    patch_jump(p, skip);
    if (at_word(p, "if") && enter_nesting(p)) {
        if_statement(p);
        p->nesting--;
    } else if (!p->panic) {
        parse_block(p);
    }
    patch_jump(p, end);
}

static void loop_body(struct parser *p, struct loop *loop, struct span place)
{
    loop->outer = p->loop;
    p->loop = loop;
    parse_block(p);
    emit_code(p, OP_JUMP, loop->start, place);
    p->loop = loop->outer;
}

static void end_loop(struct parser *p, struct loop *loop)
{
    for (int i = 0; i < loop->break_count; i++)
        patch_jump(p, loop->breaks[i]);
}

static void while_statement(struct parser *p)
{
    struct span place = next_token(p)->place;
    struct loop loop = {.start = code_here(p)};
    test(p);
    int out = emit_code(p, OP_JUMP_IF_FALSE, 0, place);
    loop_body(p, &loop, place);
    patch_jump(p, out);
    end_loop(p, &loop);
}

static void repeat_statement(struct parser *p)
{
    struct span place = next_token(p)->place;
    parse_expression(p);
    struct loop loop = {.start = code_here(p), .has_counter = true};
    int out = emit_code(p, OP_REPEAT, 0, place);
    loop_body(p, &loop, place);
    patch_jump(p, out);
    end_loop(p, &loop);
}

static void loop_statement(struct parser *p)
{
    struct span place = next_token(p)->place;
    struct loop loop = {.start = code_here(p)};
    loop_body(p, &loop, place);
    end_loop(p, &loop);
}

static void break_statement(struct parser *p)
{
    struct token *t = next_token(p);
    struct loop *loop = p->loop;
    bool is_break = token_is(p, t, "break");
    if (loop == NULL) {
        error_at(p, t->place, "'%s' stands in no loop", is_break ? "break" : "continue");
        return;
    }
    if (!is_break) {
        emit_code(p, OP_JUMP, loop->start, t->place);
        return;
    }
    if (loop->break_count == (int)(sizeof loop->breaks / sizeof *loop->breaks)) {
        error_at(p, t->place, "this loop has too many 'break's: %d are the most",
                 loop->break_count);
        return;
    }
    if (loop->has_counter)
        emit_code(p, OP_POP, 0, t->place);
    loop->breaks[loop->break_count++] = emit_code(p, OP_JUMP, 0, t->place);
}

static void return_statement(struct parser *p)
{
    struct span place = next_token(p)->place;
    if (p->function == NULL) {
        error_at(p, place, "'return' stands in no function");
        help_add(p, "a process ends with exit(n)");
        return;
    }
    if (at_end_of_statement(p))
        emit_integer(p, 0, place);
    else
        parse_expression(p);
    emit_code(p, OP_RETURN, 0, place);
}

/* "local" NAME [ "=" action ] */
static void local_statement(struct parser *p)
{
    struct span place = next_token(p)->place;
    struct token *name = peek_token(p);
    if (p->function == NULL) {
        error_at(p, place, "'local' stands in no function: a process's variables are its own");
        return;
    }
    if (!expect_kind(p, TOKEN_NAME, "a name"))
        return;
    if (p->function->locals == LOCALS_LIMIT) {
        error_at(p, name->place, "too many local variables: %d are the most", LOCALS_LIMIT);
        return;
    }
    if (accept_token(p, '='))
        parse_action(p, true);
    else
        emit_integer(p, 0, name->place);
    int local = find_local(p, name->place);
    if (local < 0) {
        local = p->function->locals++;
        p->locals[local] = name->place;
    }
    emit_code(p, OP_STORE_LOCAL, local, name->place);
}

static void statement(struct parser *p)
{
    static const struct {
        const char *word;
        void (*parse)(struct parser *);
    } words[] = {{"if", if_statement},         {"while", while_statement},
                 {"repeat", repeat_statement}, {"loop", loop_statement},
                 {"break", break_statement},   {"continue", break_statement},
                 {"return", return_statement}, {"local", local_statement}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (at_word(p, words[i].word)) {
            words[i].parse(p);
            return;
        }
    }
    timed_action(p);
}

/* block = "{" { [ statement ] end-of-line } "}" */
void parse_block(struct parser *p)
{
    char buffer[64];
    int parens = p->parens;
    const struct token *after = p->at;
    while (after->kind == TOKEN_NEWLINE)
        after++;
    if (after->kind == '{')
        skip_newlines(p); /* it may stand on a line of its own */
    if (p->panic || !enter_nesting(p) || !expect_kind(p, '{', "'{'"))
        return;
    p->parens = 0;
    for (;;) {
        skip_newlines(p);
        if (at_kind(p, '}') || at_kind(p, TOKEN_END))
            break;
        statement(p);
        if (!p->panic && !at_end_of_statement(p) && p->at[-1].kind != '}')
            error_at(p, peek_token(p)->place, "the end of the statement is expected here, not %s",
                     found_text(p, buffer, sizeof buffer));
        if (p->panic)
            skip_statement(p);
    }
    p->parens = parens;
    p->nesting--;
    expect_kind(p, '}', "'}'");
}

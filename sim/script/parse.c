/* parse.c - see parse.h: a first look at the tokens for braces and names, the parse itself, and
 * what can be checked only when everything is known. */
#include "sim/script/parser.h"

#include <stdlib.h>
#include <string.h>

/* -- braces ------------------------------------------------------------------------------------ */

/* Does this token begin an item, at the start of a line? (A call of pipe, or a variable called end,
 * does not: no statement has two names, or a name and a string, side by side.) */
static bool begins_item(const struct parser *p, const struct token *t)
{
    static const char *const words[] = {"scenario", "set",       "pipe",     "fifo", "file",
                                        "process",  "def",       "protocol", "end",  "always",
                                        "never",    "sometimes", "expect"};
    if (t > p->tokens && t[-1].kind != TOKEN_NEWLINE)
        return false;
    if (t[1].kind != TOKEN_NAME && t[1].kind != TOKEN_STRING)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (token_is(p, t, words[i]))
            return true;
    }
    return false;
}

static int depth_at_end(const struct parser *p)
{
    int depth = 0;
    for (const struct token *t = p->tokens; t->kind != TOKEN_END; t++)
        depth += (t->kind == '{') - (t->kind == '}');
    return depth;
}

/* An item begins while a brace is open: either that brace was forgotten, or the item is out of
 * place. */
static void item_inside(struct parser *p, const struct token *t, const struct token *brace)
{
    if (depth_at_end(p) > 0) {
        error_at(p, brace->place, "this '{' is never closed");
        help_add(p, "a '}' is missing");
        return;
    }
    error_at(p, t->place, "'%.*s' stands outside of processes and functions", (int)t->place.length,
             p->source->text + t->place.at);
}

/* Every brace must have its partner before anything else is looked at. */
static void check_braces(struct parser *p)
{
    const struct token *outermost = NULL;
    int depth = 0;
    for (const struct token *t = p->tokens; !p->panic && t->kind != TOKEN_END; t++) {
        if (t->kind == '{' && depth++ == 0)
            outermost = t;
        else if (t->kind == '}' && depth > 0)
            depth--;
        else if (t->kind == '}')
            p->extra_brace = true; /* perhaps a '{' is missing: the parser will see */
        else if (depth > 0 && begins_item(p, t))
            item_inside(p, t, outermost);
    }
    if (!p->panic && depth > 0) {
        error_at(p, outermost->place, "this '{' is never closed");
        help_add(p, "a '}' is missing");
    }
}

/* -- names ------------------------------------------------------------------------------------- */

static void note_first(struct parser *p, struct span place)
{
    diag_add(p->diags, DIAG_NOTE, place, "the first one is here");
    p->panic = false;
}

static void collect_block(struct parser *p, struct span name)
{
    int first = find_block(p, name);
    if (first >= 0) {
        error_at(p, name, "two processes have this name");
        note_first(p, p->program->blocks[first].place);
        return;
    }
    char *copy = copy_text(p, name);
    struct block *b = ADD(p, p->program->blocks, p->program->block_count, p->program->block_room);
    b->name = copy;
    b->place = name;
}

static void collect_function(struct parser *p, struct span name)
{
    int first = find_function(p, name);
    if (first >= 0) {
        error_at(p, name, "two functions have this name");
        note_first(p, p->program->functions[first].place);
        return;
    }
    if (find_call(p, name) >= 0) {
        error_at(p, name, "there is a call of this name already");
        p->panic = false;
        return;
    }
    char *copy = copy_text(p, name);
    struct function *f =
        ADD(p, p->program->functions, p->program->function_count, p->program->function_room);
    f->name = copy;
    f->place = name;
    f->code = -1;
}

static void collect_protocol(struct parser *p, struct span name)
{
    struct program *program = p->program;
    int first = find_protocol(p, name);
    if (first >= 0) {
        error_at(p, name, "two protocols have this name");
        note_first(p, program->protocols[first].place);
        return;
    }
    char *copy = copy_text(p, name);
    struct protocol *protocol =
        ADD(p, program->protocols, program->protocol_count, program->protocol_room);
    protocol->name = copy;
    protocol->place = name;
}

static void collect_pipe(struct parser *p, struct span name)
{
    int first = find_pipe(p, name);
    if (first >= 0) {
        error_at(p, name, "two pipes have this name");
        note_first(p, p->program->pipes[first].place);
        return;
    }
    char *copy = copy_text(p, name);
    struct declared_pipe *d =
        ADD(p, p->program->pipes, p->program->pipe_count, p->program->pipe_room);
    d->name = copy;
    d->place = name;
}

/* pipe p(capacity = 4), q */
static void collect_pipes(struct parser *p, const struct token *t)
{
    int depth = 0;
    for (; (t->kind != TOKEN_NEWLINE || depth > 0) && t->kind != TOKEN_END; t++) {
        depth += (t->kind == '(') - (t->kind == ')');
        if (depth == 0 && t->kind == TOKEN_NAME)
            collect_pipe(p, t->place);
    }
}

/* Longer names would not fit into schedules and traces. */
enum { NAME_LIMIT = 32, NAMES_LIMIT = 20000 };

static void require_name(struct parser *p, const struct token *t, const char *what)
{
    if (t->kind == TOKEN_NAME && !is_reserved(p, t) && t->place.length <= NAME_LIMIT)
        return;
    if (t->kind == TOKEN_NAME && t->place.length > NAME_LIMIT)
        error_at(p, t->place, "this name is too long: %d bytes are the most", NAME_LIMIT);
    error_at(p, t->place, "the name of the %s is expected here", what);
}

/* Names at the top level, so that they can be used before they are defined. Stops at a mistake. */
static void collect_names(struct parser *p)
{
    int depth = 0;
    for (const struct token *t = p->tokens; !p->panic && t->kind != TOKEN_END; t++) {
        const struct program *program = p->program;
        if (program->block_count + program->function_count + program->pipe_count > NAMES_LIMIT)
            error_at(p, t->place, "too many names: %d processes, pipes and functions are the most",
                     NAMES_LIMIT);
        depth += (t->kind == '{') - (t->kind == '}');
        bool first = t == p->tokens || t[-1].kind == TOKEN_NEWLINE || t[-1].kind == '}';
        if (depth > 0 || !first || t->kind != TOKEN_NAME)
            continue;
        if (token_is(p, t, "process")) {
            require_name(p, t + 1, "process");
            if (!p->panic)
                collect_block(p, t[1].place);
        } else if (token_is(p, t, "def")) {
            require_name(p, t + 1, "function");
            if (!p->panic)
                collect_function(p, t[1].place);
        } else if (token_is(p, t, "protocol")) {
            require_name(p, t + 1, "protocol");
            if (!p->panic)
                collect_protocol(p, t[1].place);
        } else if (token_is(p, t, "pipe")) {
            collect_pipes(p, t + 1);
        }
    }
}

/* -- what is known only at the end ------------------------------------------------------------- */

/* One mistake, one message: what is unknown on a line with a message is probably part of it. */
static bool reported_on_line(const struct parser *p, struct span place)
{
    int line = source_place(p->source, place.at).line;
    for (size_t i = 0; i < p->diags->count; i++) {
        const struct diag *d = &p->diags->items[i];
        if (d->has_place && source_place(p->source, d->place.at).line == line)
            return true;
    }
    return false;
}

static void check_variables(struct parser *p)
{
    for (size_t i = 0; i < p->program->variable_count; i++) {
        struct variable *v = &p->program->variables[i];
        if (!v->used || v->assigned || reported_on_line(p, v->first_use))
            continue;
        error_at(p, v->first_use, "nothing is named '%s'", v->name);
        if (find_pipe(p, v->first_use) >= 0)
            help_add(p, "pipe '%s' must be opened: process NAME < %s, or > %s", v->name, v->name,
                     v->name);
        else if (!suggest_name(p, v->first_use,
                               NAMES_VARIABLES | NAMES_CONSTANTS | NAMES_PIPES | NAMES_BLOCKS))
            help_add(p, "a variable must be assigned somewhere: %s = ...", v->name);
        p->panic = false;
    }
}

static void check_function_calls(struct parser *p)
{
    struct program *program = p->program;
    for (size_t i = 0; i < program->code_count; i++) {
        if (program->code[i].op != OP_FUNCTION)
            continue;
        const struct site *s = &program->sites[program->code[i].arg];
        const struct function *f = &program->functions[s->callee];
        if (s->argument_count == f->parameters)
            continue;
        error_at(p, s->place, "%s takes %d argument%s, not %d", f->name, f->parameters,
                 f->parameters == 1 ? "" : "s", s->argument_count);
        diag_add(p->diags, DIAG_NOTE, f->place, "it is defined here");
        p->panic = false;
    }
}

static void check_handlers(struct parser *p)
{
    for (size_t i = 0; i < p->handler_count; i++) {
        const struct function *f = &p->program->functions[p->handlers[i].function];
        if (f->parameters <= 1)
            continue;
        error_at(p, p->handlers[i].place,
                 "a handler gets the signal's number and nothing else: %s takes %d arguments",
                 f->name, f->parameters);
        p->panic = false;
    }
}

static void check_blocks(struct parser *p)
{
    for (size_t i = 0; i < p->program->block_count; i++) {
        const struct block *b = &p->program->blocks[i];
        if (b->start == START_AT_ONCE || (b->redirection_count == 0 && b->copies <= 1))
            continue;
        error_at(p, b->place, "'%s' is started by %s, so it takes its descriptors from there",
                 b->name, b->start == START_BY_FORK ? "fork" : "thread");
        help_add(p, "'<', '>' and '*' are for processes that start at time 0");
        p->panic = false;
    }
}

/* A block that starts at time 0 and names a declared pipe must have an end of it. */
static void check_pipe_uses(struct parser *p)
{
    for (size_t i = 0; i < p->program->block_count; i++) {
        const struct block *b = &p->program->blocks[i];
        const struct program *program = p->program;
        size_t end = (size_t)b->code;
        while (b->start == START_AT_ONCE && end < program->code_count &&
               program->code[end].op != OP_END) {
            const struct instruction *in = &program->code[end];
            size_t at = program->code_places[end++];
            if (in->op != OP_LOAD)
                continue;
            const struct variable *v = &program->variables[in->arg];
            struct span name = {at, strlen(v->name)};
            int pipe = find_pipe(p, name);
            bool has = pipe < 0 || v->holds_pipe;
            for (size_t r = 0; r < b->redirection_count; r++)
                has |= b->redirections[r].variable == in->arg;
            if (has || reported_on_line(p, name))
                continue;
            error_at(p, name, "process '%s' has no end of pipe '%s'", b->name, v->name);
            help_add(p, "write 'process %s < %s' to read from it, '> %s' to write to it", b->name,
                     v->name, v->name);
            p->panic = false;
        }
    }
}

static bool somebody_starts(const struct program *program)
{
    bool any = false;
    for (size_t i = 0; i < program->block_count; i++)
        any |= program->blocks[i].start == START_AT_ONCE;
    return any;
}

/* -- the whole --------------------------------------------------------------------------------- */

static void parse(struct parser *p)
{
    if (p->diags->messages > 0)
        return; /* lexical mistakes first */
    check_braces(p);
    if (!p->panic)
        collect_names(p);
    if (p->panic || p->diags->messages > 0)
        return;
    p->at = p->tokens;
    parse_items(p);
    if (p->panic)
        return;
    check_variables(p);
    check_function_calls(p);
    check_handlers(p);
    check_claims(p, 0);
    check_blocks(p);
    check_pipe_uses(p);
    check_roles(p);
    if (p->program->title == NULL)
        p->program->title = copy_text(p, (struct span){0, 0});
    if (p->diags->messages == 0 && p->program->block_count == 0) {
        diag_add_unplaced(p->diags, DIAG_ERROR, "there is no process in this scenario");
        diag_add_unplaced(p->diags, DIAG_HELP, "write one: process NAME { ... }");
    } else if (p->diags->messages == 0 && !somebody_starts(p->program)) {
        diag_add(p->diags, DIAG_ERROR, p->program->blocks[0].place,
                 "no process starts at time 0: each is named by a fork or thread");
    }
}

static void parse_condition(struct parser *p, size_t first_atom)
{
    char buffer[64];
    if (setjmp(p->out_of_memory) != 0) {
        diag_add_unplaced(p->diags, DIAG_ERROR, "out of memory");
        return;
    }
    p->at = p->tokens;
    p->in_claim = true;
    parse_action(p, true);
    if (!p->panic && !at_kind(p, TOKEN_END))
        error_at(p, peek_token(p)->place, "the end of the condition is expected here, not %s",
                 found_text(p, buffer, sizeof buffer));
    emit_code(p, OP_END, 0, (struct span){0, 0});
    if (!p->panic)
        check_claims(p, first_atom);
}

int script_parse_condition(struct program *program, const struct source *text,
                           const struct vocabulary *words, struct diag_list *diags)
{
    struct parser *p = calloc(1, sizeof *p);
    int code = (int)program->code_count;
    if (p == NULL)
        return -1;
    *p = (struct parser){.source = text,
                         .words = words,
                         .diags = diags,
                         .program = program,
                         .last_call = -1,
                         .line = 1};
    size_t first_atom = program->atom_count;
    p->tokens = lex(text, diags);
    if (p->tokens != NULL && diags->messages == 0)
        parse_condition(p, first_atom);
    free(p->tokens);
    free(p);
    return diags->messages == 0 ? code : -1;
}

struct program *script_parse(const struct source *source, const struct vocabulary *words,
                             struct diag_list *diags)
{
    struct parser *p = calloc(1, sizeof *p); /* on the heap: setjmp leaves it alone */
    if (p == NULL)
        return NULL;
    p->source = source;
    p->words = words;
    p->diags = diags;
    p->last_call = -1;
    p->line = 1;
    p->program = calloc(1, sizeof *p->program);
    p->tokens = p->program == NULL ? NULL : lex(source, diags);
    if (p->tokens == NULL || setjmp(p->out_of_memory) != 0) {
        diag_add_unplaced(diags, DIAG_ERROR, "out of memory");
    } else {
        p->program->source = *source;
        settings_init(&p->program->settings);
        parse(p);
    }
    struct program *program = p->program;
    free(p->tokens);
    free(p->handlers);
    free(p);
    diag_list_sort(diags);
    if (diags->messages == 0)
        return program;
    program_free(program);
    return NULL;
}

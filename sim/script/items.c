/* items.c - what stands at the top level: settings, pipes, processes, functions. */
#include "sim/script/parser.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* -- settings ---------------------------------------------------------------------------------- */

/* Each setting is made once. */
static void set_once(struct parser *p, int setting, struct span place)
{
    struct span *first = &p->set[setting];
    if (first->length > 0 && !p->panic) {
        error_at(p, place, "this is set already");
        diag_add(p->diags, DIAG_NOTE, *first, "here");
    }
    *first = place;
}

static void pipe_impl_setting(struct parser *p)
{
    struct token *t = peek_token(p);
    if (!expect_kind(p, TOKEN_NAME, "the name of a pipe implementation"))
        return;
    for (const char *const *impl = p->words->pipe_impls; *impl != NULL; impl++) {
        if (name_is(p, t->place, *impl)) {
            strcpy(p->program->settings.pipe, *impl);
            return;
        }
    }
    error_at(p, t->place, "no pipe implementation is named '%.*s'", (int)t->place.length,
             p->source->text + t->place.at);
    help_add(p, "'ring' is one");
}

static void set_value(struct parser *p, int setting, int64_t *value)
{
    struct token *t = peek_token(p);
    bool negative = t->kind == '-';
    if (negative)
        next_token(p);
    int64_t n;
    if (!parse_integer(p, &n, "a number"))
        return;
    if (negative || n < setting_least(setting) || n > setting_most(setting)) {
        error_at(p, t->place, "%s must be from %lld to %lld", setting_name(setting),
                 (long long)setting_least(setting), (long long)setting_most(setting));
        return;
    }
    *value = n;
}

/* setting = NAME "=" ( INTEGER | NAME ) */
static void set_setting(struct parser *p, int number)
{
    int64_t value = p->program->settings.values[number];
    set_value(p, number, &value);
    settings_set(&p->program->settings, number, value);
}

static void setting(struct parser *p)
{
    struct token *key = peek_token(p);
    if (!expect_kind(p, TOKEN_NAME, "the name of a setting"))
        return;
    int number = setting_named(p->source->text + key->place.at, key->place.length);
    bool impl = token_is(p, key, "pipe");
    if (number < 0 && !impl) {
        error_at(p, key->place, "there is no setting '%.*s'", (int)key->place.length,
                 p->source->text + key->place.at);
        if (!suggest_name(p, key->place, NAMES_SETTINGS))
            help_add(p, "capacity, atomic, pipe, tick, and the limits max_... are the settings");
        return;
    }
    set_once(p, impl ? SETTING_COUNT : number, key->place);
    if (!expect_kind(p, '=', "'='"))
        return;
    if (impl)
        pipe_impl_setting(p);
    else
        set_setting(p, number);
}

static void settings(struct parser *p)
{
    next_token(p);
    do
        setting(p);
    while (!p->panic && accept_token(p, ','));
}

/* -- pipes ------------------------------------------------------------------------------------- */

/* "(" setting { "," setting } ")" with capacity and atomic only. */
static void pipe_sizes(struct parser *p, struct declared_pipe *pipe)
{
    p->parens++;
    do {
        skip_newlines(p);
        struct token *key = peek_token(p);
        bool capacity = token_is(p, key, "capacity");
        if (!capacity && !token_is(p, key, "atomic")) {
            error_at(p, key->place, "a pipe has two sizes: capacity and atomic");
            break;
        }
        next_token(p);
        if (expect_kind(p, '=', "'='"))
            set_value(p, capacity ? SETTING_capacity : SETTING_atomic,
                      capacity ? &pipe->capacity : &pipe->atomic);
    } while (!p->panic && accept_token(p, ','));
    expect_kind(p, ')', "')'");
    p->parens--;
}

/* pipes = "pipe" pipe { "," pipe }; the names have been collected already. */
static void pipes(struct parser *p)
{
    next_token(p);
    do {
        struct token *name = peek_token(p);
        if (!expect_kind(p, TOKEN_NAME, "the name of a pipe"))
            return;
        int number = find_pipe(p, name->place);
        assert(number >= 0); /* all names have been collected */
        if (accept_token(p, '('))
            pipe_sizes(p, &p->program->pipes[number]);
    } while (!p->panic && accept_token(p, ','));
}

/* The bytes that a file has at first. */
static void content(struct parser *p, struct path *path)
{
    const struct token *t = peek_token(p);
    if (!accept_token(p, '='))
        return;
    t = peek_token(p);
    if (!expect_kind(p, TOKEN_STRING, "the bytes of the file, in quotes,"))
        return;
    path->bytes.bytes = malloc(t->place.length);
    if (path->bytes.bytes == NULL)
        longjmp(p->out_of_memory, 1);
    path->bytes.size = token_string(p->source, t, path->bytes.bytes);
}

/* paths = ( "fifo" NAME { "," NAME } | "file" NAME [ "=" STRING ] { "," NAME [ "=" STRING ] } ) */
static void paths(struct parser *p)
{
    bool fifo = token_is(p, next_token(p), "fifo");
    do {
        struct token *name = peek_token(p);
        if (!expect_kind(p, TOKEN_NAME, fifo ? "the name of a FIFO" : "the name of a file"))
            return;
        if (find_path(p, name->place) >= 0 || find_pipe(p, name->place) >= 0) {
            error_at(p, name->place, "there is a pipe, FIFO or file of this name already");
            return;
        }
        char *copy = copy_text(p, name->place);
        *ADD(p, p->program->paths, p->program->path_count, p->program->path_room) =
            (struct path){.name = copy, .kind = fifo ? PATH_OF_FIFO : PATH_OF_FILE};
        if (!fifo)
            content(p, &p->program->paths[p->program->path_count - 1]);
    } while (!p->panic && accept_token(p, ','));
}

/* -- processes --------------------------------------------------------------------------------- */

static struct redirection *add_redirection(struct parser *p, struct block *b)
{
    size_t count = b->redirection_count++;
    struct redirection *grown = realloc(b->redirections, (count + 1) * sizeof(struct redirection));
    if (grown == NULL)
        longjmp(p->out_of_memory, 1);
    b->redirections = grown;
    return &grown[count];
}

static void redirection(struct parser *p, struct block *b)
{
    struct token *sign = next_token(p), *name = peek_token(p);
    if (!expect_kind(p, TOKEN_NAME, "the name of a pipe"))
        return;
    int pipe = find_pipe(p, name->place);
    if (pipe < 0) {
        error_at(p, name->place, "no pipe is named '%.*s'", (int)name->place.length,
                 p->source->text + name->place.at);
        if (!suggest_name(p, name->place, NAMES_PIPES))
            help_add(p, "write 'pipe %.*s' above", (int)name->place.length,
                     p->source->text + name->place.at);
        return;
    }
    enum redirection_end end = sign->kind == '<' ? REDIRECT_READ : REDIRECT_WRITE;
    for (size_t i = 0; i < b->redirection_count; i++) {
        if (b->redirections[i].pipe == pipe && b->redirections[i].end == end) {
            error_at(p, name->place, "'%s' has this end of '%s' already", b->name,
                     p->program->pipes[pipe].name);
            return;
        }
    }
    struct redirection *r = add_redirection(p, b);
    *r = (struct redirection){pipe, variable_number(p, name->place), end};
    p->program->variables[r->variable].assigned = true;
}

/* host = "on" NAME */
static void host(struct parser *p, struct block *b)
{
    next_token(p);
    struct token *name = peek_token(p);
    if (!expect_kind(p, TOKEN_NAME, "the name of a host"))
        return;
    if (b->start != START_AT_ONCE)
        error_at(p, name->place, "'%s' is on the host of who starts it", b->name);
    b->host = copy_text(p, name->place);
}

enum { COPIES_LIMIT = 1000000 };

/* process = "process" NAME [ "*" INTEGER ] [ host ] { ( "<" | ">" ) NAME } { role } block */
static void process(struct parser *p)
{
    next_token(p);
    struct block *b = &p->program->blocks[find_block(p, next_token(p)->place)];
    b->copies = 1;
    if (accept_token(p, '*') && parse_integer(p, &b->copies, "a number of processes") &&
        (b->copies < 1 || b->copies > COPIES_LIMIT))
        error_at(p, p->at[-1].place, "the number of processes must be from 1 to %d", COPIES_LIMIT);
    if (!p->panic && at_word(p, "on"))
        host(p, b);
    while (!p->panic && (at_kind(p, '<') || at_kind(p, '>')))
        redirection(p, b);
    while (!p->panic && (at_word(p, "speaks") || at_word(p, "answers")))
        parse_role(p, b);
    p->block = b;
    b->code = code_here(p);
    const struct token *after = p->at;
    while (after->kind == TOKEN_NEWLINE)
        after++;
    if (!p->panic && after->kind != '{') {
        char buffer[64];
        error_at(p, peek_token(p)->place,
                 b->role_count == 0
                     ? "'<', '>', 'speaks', 'answers' or '{' is expected here, not %s"
                     : "'{' is expected here, not %s",
                 found_text(p, buffer, sizeof buffer));
        if (b->role_count == 0)
            suggest_name(p, peek_token(p)->place, NAMES_ROLE_WORDS);
        if (at_kind(p, '('))
            help_add(p, "a process takes no arguments: process NAME { ... }");
    }
    parse_block(p);
    emit_code(p, OP_END, 0, p->at[-1].place);
    p->block = NULL;
}

/* function = "def" NAME "(" [ NAME { "," NAME } ] ")" block */
static void function(struct parser *p)
{
    next_token(p);
    struct span name = next_token(p)->place;
    struct function *f = &p->program->functions[find_function(p, name)];
    p->function = f;
    if (!expect_kind(p, '(', "'('"))
        return;
    while (!at_kind(p, ')') && !p->panic) {
        struct token *parameter = peek_token(p);
        if (!expect_kind(p, TOKEN_NAME, "the name of a parameter"))
            break;
        if (find_local(p, parameter->place) >= 0)
            error_at(p, parameter->place, "two parameters have this name");
        else if (f->locals == LOCALS_LIMIT)
            error_at(p, parameter->place, "too many parameters: %d are the most", LOCALS_LIMIT);
        else
            p->locals[f->locals++] = parameter->place;
        if (!accept_token(p, ','))
            break;
    }
    f->parameters = f->locals;
    expect_kind(p, ')', "',' or ')'");
    f->code = code_here(p);
    parse_block(p);
    emit_integer(p, 0, p->at[-1].place);
    emit_code(p, OP_RETURN, 0, p->at[-1].place);
    p->function = NULL;
}

static void scenario(struct parser *p)
{
    struct token *word = next_token(p), *t = peek_token(p);
    if (!expect_kind(p, TOKEN_STRING, "the title, in quotes,"))
        return;
    if (p->program->title != NULL)
        error_at(p, word->place, "a file holds one scenario, and this one has a title already");
    char *title = malloc(t->place.length + 1);
    if (title == NULL)
        longjmp(p->out_of_memory, 1);
    title[token_string(p->source, t, title)] = '\0';
    free(p->program->title);
    p->program->title = title;
}

/* -- the top level ----------------------------------------------------------------------------- */

static const struct {
    const char *word;
    void (*parse)(struct parser *);
} items[] = {{"scenario", scenario}, {"set", settings},
             {"pipe", pipes},        {"fifo", paths},
             {"file", paths},        {"process", process},
             {"def", function},      {"protocol", parse_protocol},
             {"end", parse_claim},   {"always", parse_claim},
             {"never", parse_claim}, {"sometimes", parse_claim},
             {"expect", parse_claim}};

static bool is_item_word(const struct parser *p, const struct token *t)
{
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        if (token_is(p, t, items[i].word))
            return true;
    }
    return false;
}

static void item(struct parser *p)
{
    char buffer[64];
    struct token *t = peek_token(p);
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        if (token_is(p, t, items[i].word)) {
            items[i].parse(p);
            return;
        }
    }
    error_at(p, t->place,
             "a process, a pipe, a setting, a function, a protocol or a claim is expected here, "
             "not %s",
             found_text(p, buffer, sizeof buffer));
    if (t->kind == TOKEN_NAME && !suggest_name(p, t->place, NAMES_ITEMS) && t[1].kind == '(')
        help_add(p, "calls stand in a block: process NAME { ... }");
}

/* After a mistake: past the item, with its block if it has one. */
static void skip_item(struct parser *p)
{
    int depth = 0;
    p->panic = false;
    p->parens = 0;
    p->nesting = 0;
    p->function = NULL;
    p->protocol = NULL;
    p->block = NULL;
    p->in_claim = false;
    for (; p->at->kind != TOKEN_END; p->at++) {
        if (depth == 0 && p->at->kind == TOKEN_NEWLINE)
            return;
        depth += (p->at->kind == '{') - (p->at->kind == '}' && depth > 0);
    }
}

void parse_items(struct parser *p)
{
    char buffer[64];
    for (;;) {
        skip_newlines(p);
        if (at_kind(p, TOKEN_END))
            return;
        item(p);
        bool closed = p->at > p->tokens && p->at[-1].kind == '}';
        if (!p->panic && !closed && !at_kind(p, TOKEN_NEWLINE) && !at_kind(p, TOKEN_END))
            error_at(p, peek_token(p)->place, "the end of the line is expected here, not %s",
                     found_text(p, buffer, sizeof buffer));
        else if (!p->panic && closed && !at_kind(p, TOKEN_NEWLINE) && !at_kind(p, TOKEN_END) &&
                 !is_item_word(p, peek_token(p)))
            error_at(p, peek_token(p)->place, "the end of the line is expected here, not %s",
                     found_text(p, buffer, sizeof buffer));
        if (p->panic && p->extra_brace)
            return;
        if (p->panic)
            skip_item(p);
        p->nesting = 0;
    }
}

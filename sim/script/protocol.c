/* protocol.c - protocols: state machines that processes keep to, and who keeps to which.
 *
 * docs/language.md, sections 6 and 7. The names of protocols have been collected before; the states of one are
 * looked up when it is complete, so that a transition can lead to a later one. */
#include "sim/script/parser.h"

#include <stdlib.h>
#include <string.h>

enum { STATES_LIMIT = 1000, TRANSITIONS_LIMIT = 10000 };

static int find_state(const struct parser *p, struct span name)
{
    for (size_t i = 0; i < p->protocol->state_count; i++) {
        if (name_is(p, name, p->protocol->states[i].name))
            return (int)i;
    }
    return -1;
}

static struct span up_to_here(const struct parser *p, const struct token *first)
{
    const struct token *last = p->at - 1;
    return (struct span){first->place.at, last->place.at + last->place.length - first->place.at};
}

/* -- states ------------------------------------------------------------------------------------ */

/* [ "final" ] "state" NAME */
static void state(struct parser *p)
{
    struct protocol *protocol = p->protocol;
    bool final = accept_word(p, "final");
    if (!accept_word(p, "state")) {
        error_at(p, peek_token(p)->place, "'state' is expected here");
        return;
    }
    struct token *name = peek_token(p);
    if (name->kind != TOKEN_NAME || is_reserved(p, name)) {
        error_at(p, name->place, "the name of a state is expected here");
        return;
    }
    next_token(p);
    int first = find_state(p, name->place);
    if (first >= 0) {
        error_at(p, name->place, "two states have this name");
        diag_add(p->diags, DIAG_NOTE, protocol->states[first].place, "the first one is here");
        return;
    }
    if (protocol->state_count == STATES_LIMIT) {
        error_at(p, name->place, "too many states: %d are the most", STATES_LIMIT);
        return;
    }
    char *copy = copy_text(p, name->place);
    struct protocol_state *s =
        ADD(p, protocol->states, protocol->state_count, protocol->state_room);
    *s = (struct protocol_state){copy, name->place, final};
    protocol->has_final |= final;
}

/* -- transitions ------------------------------------------------------------------------------- */

/* "*" | STRING [ "*" ] | INTEGER ( "bytes" | "byte" ) */
static void pattern(struct parser *p, struct transition *t)
{
    struct token *first = peek_token(p);
    char buffer[64];
    if (accept_token(p, '*')) {
        t->pattern = PATTERN_ANY;
    } else if (accept_token(p, TOKEN_STRING)) {
        t->bytes.bytes = malloc(first->place.length);
        if (t->bytes.bytes == NULL)
            longjmp(p->out_of_memory, 1);
        t->bytes.size = token_string(p->source, first, t->bytes.bytes);
        t->pattern = accept_token(p, '*') ? PATTERN_PREFIX : PATTERN_EXACT;
        if (t->bytes.size == 0)
            error_at(p, first->place, "a message has one byte at least");
    } else if (first->kind == TOKEN_INTEGER) {
        t->pattern = PATTERN_LENGTH;
        t->length = next_token(p)->value;
        if (t->length < 1)
            error_at(p, first->place, "a message has one byte at least");
        if (!accept_word(p, "bytes") && !accept_word(p, "byte"))
            error_at(p, peek_token(p)->place, "'bytes' is expected here, not %s",
                     found_text(p, buffer, sizeof buffer));
    } else {
        error_at(p, first->place, "what the message is must stand here, not %s",
                 found_text(p, buffer, sizeof buffer));
        help_add(p,
                 "* for any, \"add\" for these bytes, \"add\" * for what begins with them, "
                 "8 bytes for so many%s",
                 t->kind == MESSAGE_RECEIVE ? ", EOF for the end" : "");
    }
    t->words = up_to_here(p, first);
}

/* ( "send" | "receive" ) pattern | "receive" "EOF" | "close" */
static void message(struct parser *p, struct transition *t)
{
    char buffer[64];
    struct token *word = peek_token(p);
    if (accept_word(p, "close")) {
        t->kind = MESSAGE_CLOSE;
    } else if (accept_word(p, "send")) {
        t->kind = MESSAGE_SEND;
        pattern(p, t);
    } else if (accept_word(p, "receive")) {
        t->kind = at_word(p, "EOF") ? MESSAGE_EOF : MESSAGE_RECEIVE;
        if (!accept_word(p, "EOF"))
            pattern(p, t);
    } else {
        error_at(p, word->place, "'send', 'receive' or 'close' is expected here, not %s",
                 found_text(p, buffer, sizeof buffer));
        if (word->kind == TOKEN_NAME)
            suggest_name(p, word->place, NAMES_MESSAGES);
    }
}

static bool arrow(struct parser *p)
{
    struct token *minus = peek_token(p);
    char buffer[64];
    if (minus->kind == '-' && minus[1].kind == '>' && minus[1].place.at == minus->place.at + 1) {
        p->at += 2;
        return true;
    }
    error_at(p, minus->place, "'->' and a state are expected here, not %s",
             found_text(p, buffer, sizeof buffer));
    return false;
}

/* Is all that fits `later` taken by the transition before it? */
static bool takes_all(const struct transition *before, const struct transition *later)
{
    if (before->from != later->from || before->kind != later->kind)
        return false;
    if (before->kind == MESSAGE_CLOSE || before->kind == MESSAGE_EOF)
        return true;
    bool same_start = later->pattern != PATTERN_LENGTH && later->pattern != PATTERN_ANY &&
                      later->bytes.size >= before->bytes.size &&
                      (before->bytes.size == 0 || /* then there may be no bytes to point to */
                       memcmp(later->bytes.bytes, before->bytes.bytes, before->bytes.size) == 0);
    switch (before->pattern) {
    case PATTERN_ANY: return true;
    case PATTERN_PREFIX: return same_start;
    case PATTERN_EXACT:
        return same_start && later->pattern == PATTERN_EXACT &&
               later->bytes.size == before->bytes.size;
    case PATTERN_LENGTH:
        return (later->pattern == PATTERN_LENGTH && later->length == before->length) ||
               (later->pattern == PATTERN_EXACT && (int64_t)later->bytes.size == before->length);
    }
    return false;
}

static void check_reachable(struct parser *p, const struct transition *t)
{
    const struct protocol *protocol = p->protocol;
    for (const struct transition *before = protocol->transitions; before < t; before++) {
        if (!p->panic && takes_all(before, t)) {
            error_at(p, t->place, "this is never reached: all that it is about is taken before");
            diag_add(p->diags, DIAG_NOTE, before->place, "here");
        }
    }
}

/* transition = "on" message "->" NAME */
static void transition(struct parser *p)
{
    struct protocol *protocol = p->protocol;
    struct token *on = next_token(p);
    if (protocol->state_count == 0) {
        error_at(p, on->place, "a state must stand before this: state NAME");
        return;
    }
    if (protocol->transition_count == TRANSITIONS_LIMIT) {
        error_at(p, on->place, "too many transitions: %d are the most", TRANSITIONS_LIMIT);
        return;
    }
    struct transition *t =
        ADD(p, protocol->transitions, protocol->transition_count, protocol->transition_room);
    t->from = (int)protocol->state_count - 1;
    message(p, t);
    if (p->panic || !arrow(p))
        return;
    struct token *target = peek_token(p);
    if (!expect_kind(p, TOKEN_NAME, "the name of a state"))
        return;
    t->target = target->place;
    t->place = up_to_here(p, on);
    protocol->speaks_of[t->kind] = true;
    check_reachable(p, t);
}

/* -- protocols --------------------------------------------------------------------------------- */

static void look_up_targets(struct parser *p)
{
    struct protocol *protocol = p->protocol;
    for (size_t i = 0; i < protocol->transition_count; i++) {
        struct transition *t = &protocol->transitions[i];
        t->to = find_state(p, t->target);
        if (t->to >= 0)
            continue;
        error_at(p, t->target, "protocol %s has no state '%.*s'", protocol->name,
                 (int)t->target.length, p->source->text + t->target.at);
        suggest_name(p, t->target, NAMES_STATES);
        p->panic = false;
    }
}

/* After a mistake: to the end of the line. */
static void skip_line(struct parser *p)
{
    p->panic = false;
    while (p->at->kind != TOKEN_NEWLINE && p->at->kind != '}' && p->at->kind != TOKEN_END)
        p->at++;
}

static void state_or_transition(struct parser *p)
{
    char buffer[64];
    struct token *t = peek_token(p);
    if (token_is(p, t, "on")) {
        transition(p);
    } else if (token_is(p, t, "state") || token_is(p, t, "final")) {
        state(p);
    } else {
        error_at(p, t->place, "'state' or 'on' is expected here, not %s",
                 found_text(p, buffer, sizeof buffer));
        if (t->kind == TOKEN_NAME)
            suggest_name(p, t->place, NAMES_MESSAGES);
    }
}

/* protocol = "protocol" NAME "{" { [ "final" ] "state" NAME | transition | end-of-line } "}" */
void parse_protocol(struct parser *p)
{
    size_t messages = p->diags->messages;
    next_token(p);
    struct token *name = next_token(p);
    const struct token *after = p->at;
    while (after->kind == TOKEN_NEWLINE)
        after++;
    if (after->kind == '{')
        skip_newlines(p);
    p->protocol = &p->program->protocols[find_protocol(p, name->place)];
    if (!expect_kind(p, '{', "'{'"))
        return;
    for (skip_newlines(p); !at_kind(p, '}') && !at_kind(p, TOKEN_END); skip_newlines(p)) {
        state_or_transition(p);
        if (p->panic)
            skip_line(p);
    }
    if (p->diags->messages == messages) { /* else a state may be missing because of a mistake */
        look_up_targets(p);
        if (p->protocol->state_count == 0)
            error_at(p, name->place, "a protocol has one state at least: state NAME");
    }
    next_token(p);
    p->protocol = NULL;
}

/* -- roles ------------------------------------------------------------------------------------- */

/* role = ( "speaks" | "answers" ) NAME [ "on" NAME { "," NAME } ] */
void parse_role(struct parser *p, struct block *b)
{
    struct token *word = next_token(p), *name = peek_token(p);
    if (!expect_kind(p, TOKEN_NAME, "the name of a protocol"))
        return;
    int protocol = find_protocol(p, name->place);
    if (protocol < 0) {
        error_at(p, name->place, "no protocol is named '%.*s'", (int)name->place.length,
                 p->source->text + name->place.at);
        if (!suggest_name(p, name->place, NAMES_PROTOCOLS))
            help_add(p, "write one: protocol %.*s { state ... }", (int)name->place.length,
                     p->source->text + name->place.at);
        return;
    }
    struct role *r = ADD(p, b->roles, b->role_count, b->role_room);
    r->protocol = protocol;
    r->side = token_is(p, word, "speaks") ? ROLE_SPEAKS : ROLE_ANSWERS;
    if (accept_word(p, "on")) {
        do {
            struct token *pipe = peek_token(p);
            if (!expect_kind(p, TOKEN_NAME, "the name of a pipe"))
                return;
            *ADD(p, r->pipes, r->pipe_count, r->pipe_room) = pipe->place;
        } while (accept_token(p, ','));
    }
    r->place = up_to_here(p, word);
}

/* A connection is called as the process that connects. */
static bool is_made(const struct parser *p, struct span name)
{
    for (size_t i = 0; i < p->program->variable_count; i++) {
        const struct variable *v = &p->program->variables[i];
        if (v->holds_pipe && name_is(p, name, v->name))
            return true;
    }
    return find_pipe(p, name) >= 0 || find_path(p, name) >= 0 || find_block(p, name) >= 0;
}

/* The pipes of a role are declared, or made by a call somewhere; or they are connections. */
void check_roles(struct parser *p)
{
    for (size_t i = 0; i < p->program->block_count; i++) {
        const struct block *b = &p->program->blocks[i];
        for (size_t j = 0; j < b->role_count; j++) {
            for (size_t k = 0; k < b->roles[j].pipe_count; k++) {
                struct span name = b->roles[j].pipes[k];
                if (is_made(p, name))
                    continue;
                error_at(p, name, "no pipe is named '%.*s'", (int)name.length,
                         p->source->text + name.at);
                suggest_name(p, name, NAMES_PIPES | NAMES_BLOCKS);
                p->panic = false;
            }
        }
    }
}

/* claim.c - claims, and what their conditions can speak of besides expressions. */
#include "sim/script/parser.h"

#include <string.h>

static struct atom *add_atom(struct parser *p, enum atom_kind kind, struct span place)
{
    struct program *program = p->program;
    struct atom *a = ADD(p, program->atoms, program->atom_count, program->atom_room);
    a->kind = kind;
    a->place = place;
    emit_code(p, OP_ATOM, (int)program->atom_count - 1, place);
    return a;
}

static int find_word(const struct parser *p, const char *const *words, struct span name)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (name_is(p, name, words[i]))
            return i;
    }
    return -1;
}

static void accept_number(struct parser *p)
{
    if (p->at[0].kind == '.' && p->at[1].kind == TOKEN_INTEGER)
        p->at += 2;
}

/* The queues of a connection: client.to, client.back. */
static bool accept_direction(struct parser *p)
{
    if (p->at[0].kind != '.' || (!token_is(p, &p->at[1], "to") && !token_is(p, &p->at[1], "back")))
        return false;
    p->at += 2;
    return true;
}

/* The receive buffer at the other host. */
static void accept_far(struct parser *p)
{
    if (p->at[0].kind == '.' && token_is(p, &p->at[1], "far"))
        p->at += 2;
}

/* name = NAME [ "." INTEGER ] [ "." ( "to" | "back" ) [ "." INTEGER ] [ "." "far" ] ] */
static struct span full_name(struct parser *p)
{
    struct span name = next_token(p)->place;
    accept_number(p);
    if (accept_direction(p)) {
        accept_number(p);
        accept_far(p);
    }
    name.length = p->at[-1].place.at + p->at[-1].place.length - name.at;
    return name;
}

/* -- NAME asleep, exited, killed --------------------------------------------------------------- */

/* [ "on" ( name "." NAME | NAME ) ] */
static void asleep(struct parser *p, struct atom *a)
{
    if (!accept_word(p, "on"))
        return;
    struct token *t = peek_token(p);
    if (t->kind != TOKEN_NAME) {
        error_at(p, t->place, "what it sleeps on is expected here, such as p.not_empty or wait");
        return;
    }
    if (t[1].kind != '.') {
        if (find_word(p, p->words->conditions, t->place) < 0) {
            error_at(p, t->place, "nobody can be asleep on '%.*s'", (int)t->place.length,
                     p->source->text + t->place.at);
            help_add(
                p, "p.not_empty and p.not_full for a pipe p; wait, sleep, poll, join, pause, open");
            return;
        }
        a->on = copy_text(p, next_token(p)->place);
        return;
    }
    a->of = copy_text(p, full_name(p));
    expect_kind(p, '.', "'.'");
    t = peek_token(p);
    if (!expect_kind(p, TOKEN_NAME, "not_empty or not_full"))
        return;
    a->on = copy_text(p, t->place);
    if (!name_is(p, t->place, "not_empty") && !name_is(p, t->place, "not_full"))
        error_at(p, t->place, "a pipe has two conditions to sleep on: not_empty and not_full");
}

static void state_of(struct parser *p, struct span name)
{
    struct token *word = next_token(p);
    enum atom_kind kind = token_is(p, word, "asleep")   ? ATOM_ASLEEP
                          : token_is(p, word, "exited") ? ATOM_EXITED
                                                        : ATOM_KILLED;
    struct atom *a = add_atom(p, kind, name);
    a->name_place = name;
    a->name = copy_text(p, name);
    a->any = true;
    if (kind == ATOM_ASLEEP)
        asleep(p, a);
    if (kind == ATOM_EXITED && accept_word(p, "with"))
        a->any = !parse_integer(p, &a->number, "a status");
    if (kind == ATOM_KILLED && accept_word(p, "by")) {
        a->any = false;
        parse_signal_name(p, &a->number);
    }
}

/* -- name "." PROPERTY ------------------------------------------------------------------------- */

static void property_of(struct parser *p, struct span name)
{
    next_token(p); /* . */
    struct token *t = peek_token(p);
    if (!expect_kind(p, TOKEN_NAME, "a property"))
        return;
    int of_pipe = find_word(p, p->words->pipe_properties, t->place);
    int of_file = find_word(p, p->words->file_properties, t->place);
    int of_process = find_word(p, p->words->process_properties, t->place);
    if (of_pipe < 0 && of_file < 0 && of_process < 0) {
        error_at(p, t->place, "neither a pipe nor a process has a property '%.*s'",
                 (int)t->place.length, p->source->text + t->place.at);
        suggest_name(p, t->place, NAMES_PIPE_PROPERTIES | NAMES_PROCESS_PROPERTIES);
        return;
    }
    enum atom_kind kind = of_pipe >= 0 ? ATOM_PIPE : of_file >= 0 ? ATOM_FILE : ATOM_PROCESS;
    struct atom *a = add_atom(p, kind, name);
    a->name_place = name;
    a->name = copy_text(p, name);
    a->property = of_pipe >= 0 ? of_pipe : of_file >= 0 ? of_file : of_process;
}

/* -- the words that need no name --------------------------------------------------------------- */

static bool fixed_words(struct parser *p)
{
    struct token *t = peek_token(p);
    if (token_is(p, t, "now")) {
        emit_code(p, OP_NOW, 0, next_token(p)->place);
    } else if (token_is(p, t, "deadlock")) {
        add_atom(p, ATOM_DEADLOCK, next_token(p)->place);
    } else if (token_is(p, t, "no") && token_is(p, t + 1, "deadlock")) {
        p->at += 2;
        add_atom(p, ATOM_DEADLOCK, t->place);
        emit_code(p, OP_NOT, 0, t->place);
    } else if (token_is(p, t, "nobody") && token_is(p, t + 1, "asleep")) {
        p->at += 2;
        add_atom(p, ATOM_NOBODY_ASLEEP, t->place);
    } else if (token_is(p, t, "no") && token_is(p, t + 1, "descriptor") &&
               token_is(p, t + 2, "open")) {
        p->at += 3;
        add_atom(p, ATOM_NO_DESCRIPTOR, t->place);
    } else if (token_is(p, t, "no") || token_is(p, t, "nobody")) {
        error_at(p, t->place, "'%.*s' goes on differently", (int)t->place.length,
                 p->source->text + t->place.at);
        help_add(p, "nobody asleep, no descriptor open, no deadlock");
        next_token(p);
    } else {
        return false;
    }
    return true;
}

bool parse_claim_primary(struct parser *p)
{
    struct token *t = peek_token(p);
    if (t->kind != TOKEN_NAME)
        return false;
    if (fixed_words(p))
        return true;
    if (t[1].kind == '(' || find_constant(p, t->place) != NULL || token_is(p, t, "EOF") ||
        is_reserved(p, t))
        return false;
    struct span name = full_name(p);
    if (at_word(p, "asleep") || at_word(p, "exited") || at_word(p, "killed")) {
        state_of(p, name);
    } else if (at_kind(p, TOKEN_NAME) && !is_reserved(p, peek_token(p))) {
        error_at(p, peek_token(p)->place, "'asleep', 'exited' or 'killed' is expected here");
    } else if (at_kind(p, '.')) {
        property_of(p, name);
    } else {
        error_at(p, name, "a claim does not see the variable '%.*s'", (int)name.length,
                 p->source->text + name.at);
        help_add(p,
                 "it sees pipes (p.used, p.stream, ...) and processes (NAME asleep, NAME.output)");
    }
    return true;
}

/* -- claims ------------------------------------------------------------------------------------ */

static enum claim_kind kind_of(struct parser *p, const struct token *word)
{
    return token_is(p, word, "end")      ? CLAIM_END
           : token_is(p, word, "always") ? CLAIM_ALWAYS
           : token_is(p, word, "never")  ? CLAIM_NEVER
           : token_is(p, word, "expect") ? CLAIM_AT
                                         : CLAIM_SOMETIMES;
}

/* claim = ( "end" | "always" | "never" | "sometimes" | "expect" "at" INTEGER ":" ) cond { "," cond
 * } */
void parse_claim(struct parser *p)
{
    struct program *program = p->program;
    enum claim_kind kind = kind_of(p, next_token(p));
    int64_t tick = 0;
    if (kind == CLAIM_AT) {
        if (!accept_word(p, "at")) {
            error_at(p, peek_token(p)->place, "'at' is expected here: expect at TICK: CONDITION");
            return;
        }
        if (!parse_integer(p, &tick, "a tick") || !expect_kind(p, ':', "':'"))
            return;
    }
    p->in_claim = true;
    do {
        struct token *first = peek_token(p);
        int code = code_here(p);
        parse_action(p, true);
        emit_code(p, OP_END, 0, first->place);
        struct token *last = p->at - 1;
        size_t end = last->place.at + last->place.length;
        struct span place = {first->place.at,
                             end > first->place.at ? end - first->place.at : first->place.length};
        *ADD(p, program->claims, program->claim_count, program->claim_room) =
            (struct claim){kind, tick, code, place};
    } while (!p->panic && accept_token(p, ','));
    p->in_claim = false;
}

/* -- names in claims, once everything is known ------------------------------------------------- */

static struct span without_number(const struct parser *p, struct span name)
{
    const char *dot = memchr(p->source->text + name.at, '.', name.length);
    if (dot != NULL)
        name.length = (size_t)(dot - (p->source->text + name.at));
    return name;
}

static bool is_pipe(const struct parser *p, struct span name)
{
    for (size_t i = 0; i < p->program->variable_count; i++) {
        const struct variable *v = &p->program->variables[i];
        if (v->holds_pipe && name_is(p, name, v->name))
            return true;
    }
    return find_pipe(p, name) >= 0 || find_path(p, name) >= 0;
}

static bool is_queue(const struct parser *p, struct span name)
{
    const char *text = p->source->text + name.at;
    for (size_t i = 0; i + 1 < name.length; i++) {
        if (text[i] == '.' && (text[i + 1] == 't' || text[i + 1] == 'b'))
            return true;
    }
    return false;
}

static void check_file_name(struct parser *p, struct span name)
{
    name = without_number(p, name);
    const char *text = p->source->text + name.at;
    int n = (int)name.length;
    if (find_path(p, name) >= 0)
        return;
    bool other_kind = is_pipe(p, name) || find_block(p, name) >= 0;
    error_at(p, name, other_kind ? "'%.*s' is no file" : "no file is named '%.*s'", n, text);
    if (other_kind)
        help_add(p, "this is a property of files; a pipe has used, free, stream, ...");
    else
        help_add(p, "declare it: file %.*s; or name it in open(\"%.*s\", ...)", n, text, n, text);
    p->panic = false;
}

static void check_name(struct parser *p, struct span name, bool pipe)
{
    bool queue = is_queue(p, name);
    name = without_number(p, name);
    if (queue && pipe && (find_block(p, name) >= 0 || is_pipe(p, name)))
        return;
    if (pipe ? is_pipe(p, name) : find_block(p, name) >= 0)
        return;
    bool other_kind = pipe ? find_block(p, name) >= 0 : is_pipe(p, name);
    error_at(p, name, other_kind ? "'%3$.*2$s' is no %1$s" : "no %s is named '%.*s'",
             pipe ? "pipe" : "process", (int)name.length, p->source->text + name.at);
    if (other_kind)
        help_add(p, pipe ? "this is a property of pipes; a process has calls, sleeps, output"
                         : "this is said of processes; a pipe has used, free, stream, ...");
    else
        suggest_name(p, name, pipe ? NAMES_PIPES : NAMES_BLOCKS);
    p->panic = false;
}

void check_claims(struct parser *p, size_t first_atom)
{
    for (size_t i = first_atom; i < p->program->atom_count; i++) {
        const struct atom *a = &p->program->atoms[i];
        if (a->name != NULL && a->kind == ATOM_FILE)
            check_file_name(p, a->name_place);
        else if (a->name != NULL)
            check_name(p, a->name_place, a->kind == ATOM_PIPE);
    }
}

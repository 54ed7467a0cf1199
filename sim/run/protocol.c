/* protocol.c - does a process keep to the protocols that it says it speaks?
 *
 * Each role of a process is a state machine of its own. A write that moved bytes, a read that did, a
 * read that found the end of the file, and a close of an end that is written to are its messages; they
 * move it when the call has returned (so do send, recv and shutdown). A write that is not allowed is found before it is made, since
 * it might sleep for ever. After its first violation a role is looked at no more. */
#include "sim/run/arguments.h"
#include "sim/sched/arena.h"

#include <inttypes.h>
#include <string.h>

enum { SHOWN = 24 };

/* In the arena, one for each role of the process's block. */
struct role_state {
    int state; /* of the protocol; or BROKEN */
    int site;  /* of the call that led to it; -1: none yet */
    tick_t since;
};

enum { BROKEN = -1 };

/* A message as its process sees it. */
struct message {
    enum message_kind kind;
    const struct bytes *bytes; /* NULL: none */
    size_t size;
};

bool protocol_begin(struct vm *vm)
{
    size_t n = vm->block >= 0 ? vm->run->program->blocks[vm->block].role_count : 0;
    if (n == 0)
        return true;
    vm->roles = arena_alloc_array(n, sizeof *vm->roles);
    for (size_t i = 0; vm->roles != NULL && i < n; i++)
        vm->roles[i].site = -1;
    return vm->roles != NULL;
}

void protocol_digest(const struct vm *vm, struct digest *d)
{
    size_t n = vm->roles != NULL ? vm->run->program->blocks[vm->block].role_count : 0;
    for (size_t i = 0; i < n; i++)
        digest_add(d, (uint64_t)(uint32_t)vm->roles[i].state);
}

/* -- which messages a role is about ------------------------------------------------------------ */

/* "p" is also about p.2, a pipe made by the same line once more, and "client" about client.to and
 * client.back, the two ways of a connection. */
static bool is_about(const struct vm *vm, const struct role *r, int pipe)
{
    if (pipe == NO_PIPE)
        return false;
    sched_atomic_begin();
    const char *name = vm->run->trace.view.pipes[pipe].name;
    sched_atomic_end();
    size_t n = strcspn(name, ".");
    for (size_t i = 0; i < r->pipe_count; i++) {
        const char *wanted = vm->run->program->source.text + r->pipes[i].at;
        if (r->pipes[i].length == n && memcmp(wanted, name, n) == 0)
            return true;
    }
    return r->pipe_count == 0;
}

/* Between the view of the process and that of the protocol: the same there and back. */
static enum message_kind seen_by(const struct role *r, enum message_kind kind)
{
    static const enum message_kind turned[] = {MESSAGE_RECEIVE, MESSAGE_SEND, MESSAGE_EOF,
                                               MESSAGE_CLOSE};
    return r->side == ROLE_SPEAKS ? kind : turned[kind];
}

static bool fits(const struct transition *t, const struct message *m)
{
    if (m->bytes == NULL)
        return true;
    switch (t->pattern) {
    case PATTERN_ANY: return true;
    case PATTERN_EXACT:
        return m->size == t->bytes.size &&
               (m->size == 0 || memcmp(m->bytes->at, t->bytes.bytes, m->size) == 0);
    case PATTERN_PREFIX:
        return m->size >= t->bytes.size &&
               (t->bytes.size == 0 || memcmp(m->bytes->at, t->bytes.bytes, t->bytes.size) == 0);
    case PATTERN_LENGTH: return (int64_t)m->size == t->length;
    }
    return false;
}

static const struct transition *find(const struct protocol *p, const struct role *r, int state,
                                     const struct message *m)
{
    for (size_t i = 0; i < p->transition_count; i++) {
        const struct transition *t = &p->transitions[i];
        if (t->from == state && t->kind == seen_by(r, m->kind) && fits(t, m))
            return t;
    }
    return NULL;
}

/* -- violations -------------------------------------------------------------------------------- */

static void describe(const struct message *m, struct strbuf *out)
{
    static const char *const words[] = {"sends ", "receives ", "closes",
                                        "finds the end of the file"};
    strbuf_add(out, m != NULL ? words[m->kind] : "ends");
    if (m != NULL && m->bytes != NULL)
        strbuf_add_quoted(out, m->bytes->at, m->size, SHOWN);
}

/* What the state allows, in the words of the script, as this side sees it. */
static void describe_allowed(const struct vm *vm, const struct role *r, int state,
                             struct strbuf *out)
{
    static const char *const words[] = {"send", "receive", "close", "receive EOF"};
    const struct program *program = vm->run->program;
    const struct protocol *p = &program->protocols[r->protocol];
    int count = 0, shown = 0;
    for (size_t i = 0; i < p->transition_count; i++)
        count += p->transitions[i].from == state;
    strbuf_add(out, count == 0 ? ", where nothing is allowed" : ", where only ");
    for (size_t i = 0; i < p->transition_count; i++) {
        const struct transition *t = &p->transitions[i];
        if (t->from != state)
            continue;
        strbuf_addf(out, "%s'%s",
                    shown == 0          ? ""
                    : shown + 1 < count ? ", "
                                        : " and ",
                    words[seen_by(r, t->kind)]);
        if (t->words.length > 0)
            strbuf_addf(out, " %.*s", (int)t->words.length, program->source.text + t->words.at);
        strbuf_add_char(out, '\'');
        shown++;
    }
    if (count > 0)
        strbuf_add(out, count == 1 ? " is allowed" : " are allowed");
}

static void describe_past(const struct vm *vm, const struct role_state *s, const char *state,
                          struct strbuf *out)
{
    const struct site *site = s->site >= 0 ? &vm->run->program->sites[s->site] : NULL;
    strbuf_addf(out, "at tick %" PRId64 "; it has been in state %s ", sched_now(), state);
    if (site == NULL)
        strbuf_add(out, "from the start");
    else
        strbuf_addf(out, "since its %s on line %d, at tick %" PRId64, call_name(site->callee),
                    site->line, s->since);
}

/* The message does not fit; NULL: the process ends here. The texts are the run's, because a run may
 * be taken back to before this while it is under way. */
static void violated(struct vm *vm, size_t number, struct span place, const struct message *m)
{
    struct run *run = vm->run;
    const struct role *r = &run->program->blocks[vm->block].roles[number];
    const struct protocol *p = &run->program->protocols[r->protocol];
    struct role_state *s = &vm->roles[number];
    struct strbuf *message = &run->outside->message, *note = &run->outside->cause;
    const char *state = p->states[s->state].name;
    sched_atomic_begin();
    const char *name = run->trace.view.actors[thread_actor(vm->thread)].name;
    sched_atomic_end();
    strbuf_clear(message);
    strbuf_addf(message, "protocol %s: %s ", p->name, name);
    describe(m, message);
    strbuf_addf(message, " in state %s", state);
    if (m == NULL)
        strbuf_add(message, ", which is not final");
    else
        describe_allowed(vm, r, s->state, message);
    strbuf_clear(note);
    describe_past(vm, s, state, note);
    s->state = BROKEN;
    vm_fail(vm, place, strbuf_text(message), strbuf_text(note));
}

/* -- calls ------------------------------------------------------------------------------------- */

/* Does the role's protocol have to do with such a message? Closing is no part of some. */
static bool matters(const struct protocol *p, const struct role *r, enum message_kind kind)
{
    return kind == MESSAGE_SEND || kind == MESSAGE_RECEIVE || p->speaks_of[seen_by(r, kind)];
}

enum doing { LOOK, MOVE };

static void message(struct vm *vm, const struct message *m, enum doing doing)
{
    const struct program *program = vm->run->program;
    const struct block *b = &program->blocks[vm->block];
    const struct site *site = &program->sites[vm->site];
    for (size_t i = 0; i < b->role_count; i++) {
        const struct role *r = &b->roles[i];
        const struct protocol *p = &program->protocols[r->protocol];
        struct role_state *s = &vm->roles[i];
        if (s->state == BROKEN || !matters(p, r, m->kind) || !is_about(vm, r, vm->call_pipe))
            continue;
        const struct transition *t = find(p, r, s->state, m);
        if (t == NULL)
            violated(vm, i, site->place, m);
        else if (doing == MOVE)
            *s = (struct role_state){t->to, vm->site, sched_now()};
    }
}

static bool sends(const struct site *s)
{
    return call_way_of(call_name(s->callee)) == CALL_WRITES;
}

/* A message that was only looked at is still to be received. */
static bool receives(const struct site *s, const struct value *args)
{
    bool peeks = call_is(s->callee, "recv") && s->argument_count > 2 &&
                 args[2].kind == VALUE_INTEGER && args[2].n & ABI_MSG_PEEK;
    return call_way_of(call_name(s->callee)) == CALL_READS && !peeks;
}

/* Does the call close a way to send that is open still? To close a socket that has been shut down for
 * writing does not. */
static bool closes_writer(struct vm *vm, const struct site *s, const struct value *args)
{
    bool shuts =
        call_is(s->callee, "shutdown") && args[1].kind == VALUE_INTEGER && args[1].n != ABI_SHUT_RD;
    if (!shuts && !call_is(s->callee, "close"))
        return false;
    int fd = argument_small_number(vm, args[0]);
    int flags = call_get_flags(vm->thread, fd);
    int pipe = thread_pipe_of_fd(vm->thread, fd, WRITE_END);
    if (flags < 0 || (flags & (ABI_O_WRONLY | ABI_O_RDWR)) == 0 || pipe == NO_PIPE)
        return false;
    sched_atomic_begin();
    int64_t writers = vm->run->trace.view.pipes[pipe].writers;
    sched_atomic_end();
    return writers > 0;
}

void protocol_before_call(struct vm *vm, const struct site *s, const struct value *args)
{
    if (vm->roles == NULL || vm->call_pipe == NO_PIPE)
        return;
    vm->closes_writer = closes_writer(vm, s, args);
    int64_t size = call_bytes_asked(s->callee, args, s->argument_count);
    struct bytes *sent =
        sends(s) && size > 0 ? call_bytes_sent(s->callee, args, s->argument_count) : NULL;
    if (sent == NULL)
        return;
    struct message m = {MESSAGE_SEND, sent, (size_t)size};
    if (size <= (int64_t)sent->size)
        message(vm, &m, LOOK);
    bytes_drop(sent);
}

void protocol_after_call(struct vm *vm, const struct site *s, const struct value *args,
                         struct outcome o)
{
    if (vm->roles == NULL || vm->call_pipe == NO_PIPE || o.result < 0)
        return;
    struct message m = {MESSAGE_SEND, NULL, (size_t)o.result};
    struct bytes *sent = sends(s) ? call_bytes_sent(s->callee, args, s->argument_count) : NULL;
    if (sent != NULL)
        m.bytes = sent;
    else if (receives(s, args))
        m = (struct message){MESSAGE_RECEIVE, o.bytes, (size_t)o.result};
    bool eof = m.kind == MESSAGE_RECEIVE && m.size == 0 && o.asked > 0;
    if (eof || vm->closes_writer)
        m = (struct message){eof ? MESSAGE_EOF : MESSAGE_CLOSE, NULL, 0};
    vm->closes_writer = false;
    if (m.kind == MESSAGE_CLOSE || m.kind == MESSAGE_EOF || (m.bytes != NULL && m.size > 0))
        message(vm, &m, MOVE);
    if (sent != NULL)
        bytes_drop(sent);
}

/* To end closes what is open; so a state from which a close leads to the end is good, too. */
static bool may_end(const struct protocol *p, const struct role *r, int state)
{
    struct message closes = {MESSAGE_CLOSE, NULL, 0};
    const struct transition *t = find(p, r, state, &closes);
    return !p->has_final || p->states[state].final || (t != NULL && p->states[t->to].final);
}

void protocol_end(struct vm *vm)
{
    const struct program *program = vm->run->program;
    size_t n = vm->roles != NULL ? program->blocks[vm->block].role_count : 0;
    for (size_t i = 0; i < n; i++) {
        const struct role *r = &program->blocks[vm->block].roles[i];
        int state = vm->roles[i].state;
        if (state != BROKEN && !may_end(&program->protocols[r->protocol], r, state))
            violated(vm, i, r->place, NULL);
    }
}

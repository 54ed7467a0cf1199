/* replay.c - see replay.h. */
#include "sim/compare/replay.h"

#include "sim/host/host.h"
#include "sim/run/calls.h"
#include "sim/run/vocabulary.h"
#include "sim/trace/abi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is known of a puppet: the round of the call it is in (by 1 + its number), inside so many
 * handlers. */
struct puppet {
    size_t open[HOST_DEPTH + 1];
    int64_t foretold_value[HOST_DEPTH + 1];
    bool foretold[HOST_DEPTH + 1]; /* its result is in the record already: see foretell */
    int depth;
    bool gone;
};

struct replay {
    struct model *model;
    const struct run_options *options;
    struct record *record;
    struct host *host;
    struct puppet *puppets; /* owned */
};

/* -- a plan ------------------------------------------------------------------------------------ */

bool host_has_size(const struct pipe_size *size)
{
    enum { HOST_ATOMIC = 4096, HOST_FIFO_SIZE = 65536 };
    int64_t capacity = size->kind == PIPE_IS_FIFO ? HOST_FIFO_SIZE : host_capacity(size->capacity);
    return size->kind != PIPE_IS_SOCKET && capacity == size->capacity &&
           size->atomic == HOST_ATOMIC;
}

static bool is(const struct cause *c, const char *name)
{
    return c->kind == CAUSE_CALL && strcmp(c->call.name, name) == 0;
}

static bool gives_bytes(const struct cause *c)
{
    return is(c, "read") || is(c, "recv") || is(c, "readv");
}

static int64_t bytes_asked(const struct cause *c)
{
    int64_t sum = 0;
    for (int i = 1; i < c->call.count && (i == 1 || is(c, "readv")); i++)
        sum += c->call.numbers[i];
    return sum;
}

/* A read has no bytes yet, but room for them. */
static size_t bytes_of(const struct cause *c)
{
    enum { MOST = 1 << 24 };
    int64_t asked = gives_bytes(c) ? bytes_asked(c) : (int64_t)c->call.size;
    return asked < 0 ? 0 : asked > MOST ? MOST : (size_t)asked;
}

static void plan_calls(const struct record *r, struct host_plan *plan)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct cause *c = &r->rounds[i].cause;
        if (c->kind != CAUSE_CALL)
            continue;
        if (bytes_of(c) > plan->bytes)
            plan->bytes = bytes_of(c);
        if (is(c, "socket") && c->call.numbers[0] == ABI_AF_INET)
            plan->network = HOST_USES_NETWORK;
    }
}

/* Those of time 0. */
static void plan_paths(const struct program *program, struct host_path *paths,
                       struct host_plan *plan)
{
    plan->paths = paths;
    for (size_t i = 0; paths != NULL && i < program->path_count; i++) {
        const struct path *p = &program->paths[i];
        if (p->kind == PATH_OF_CALL)
            continue;
        paths[plan->path_count++] =
            (struct host_path){.name = p->name,
                               .kind = p->kind == PATH_OF_FIFO ? HOST_FIFO : HOST_FILE,
                               .bytes = p->bytes.bytes,
                               .size = p->bytes.size};
    }
}

static bool all_calls_are_known(const struct record *r, struct strbuf *why)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct cause *c = &r->rounds[i].cause;
        if (c->kind != CAUSE_CALL || cause_is_private(c))
            continue;
        if (host_call_named(c->call.name) >= 0 && c->call.count <= WATCHED_NUMBERS)
            continue;
        strbuf_addf(why, "no process of the host can make the call %s", c->text);
        return false;
    }
    return true;
}

/* Of pipes that a call makes: as the model has made them. */
static int64_t new_capacity(const struct model *m)
{
    for (size_t i = m->declared; i < m->pipe_count; i++) {
        if (m->pipes[i].kind == PIPE_IS_PIPE)
            return host_capacity(m->pipes[i].capacity);
    }
    return host_capacity(m->settings.values[SETTING_capacity]);
}

enum { ACTORS_MOST = 256 };

static struct host *open_host(const struct model *m, struct strbuf *why)
{
    struct host_plan plan = {.actor_count = (int)m->record.actor_count,
                             .starter_count = (int)m->starters,
                             .pipe_count = (int)m->declared,
                             .end_count = (int)m->end_count,
                             .capacity = new_capacity(m),
                             .max_files = (int)m->settings.values[SETTING_max_files]};
    int starters[ACTORS_MOST];
    int64_t *pipes = calloc(m->declared + 1, sizeof *pipes);
    struct host_end *ends = calloc(m->end_count + 1, sizeof *ends);
    struct host *host = NULL;
    for (size_t i = 0; i < m->starters; i++)
        starters[i] = (int)i;
    for (size_t i = 0; pipes != NULL && i < m->declared; i++)
        pipes[i] = m->pipes[i].capacity;
    for (size_t i = 0; ends != NULL && i < m->end_count; i++)
        ends[i] =
            (struct host_end){.actor = m->ends[i].actor,
                              .fd = m->ends[i].fd,
                              .pipe = m->ends[i].pipe,
                              .end = m->ends[i].end == READ_END ? HOST_READ_END : HOST_WRITE_END};
    struct host_path *paths = calloc(m->program->path_count + 1, sizeof *paths);
    plan_paths(m->program, paths, &plan);
    plan.starters = starters;
    plan.pipes = pipes;
    plan.ends = ends;
    plan_calls(&m->record, &plan);
    if (pipes != NULL && ends != NULL && paths != NULL)
        host = host_open(&plan, why);
    free(paths);
    free(pipes);
    free(ends);
    return host;
}

/* -- a cause ----------------------------------------------------------------------------------- */

static void order_call(struct replay *r, const struct cause *c)
{
    struct host_call call = {.call = host_call_named(c->call.name),
                             .count = c->call.count,
                             .bytes = c->call.bytes,
                             .size = bytes_of(c),
                             .child = c->child};
    memcpy(call.numbers, c->call.numbers, sizeof call.numbers);
    host_order(r->host, c->actor, &call);
}

/* The same cause without what the other record owns. */
static struct cause same_cause(const struct cause *c)
{
    struct cause copy = *c;
    copy.text = NULL;
    copy.call.bytes = NULL;
    return copy;
}

static bool can_be_ordered(const struct replay *r, const struct cause *c)
{
    bool needs_orders =
        c->kind == CAUSE_CALL || c->kind == CAUSE_END || c->kind == CAUSE_HANDLER_END;
    return !needs_orders || cause_is_private(c) || host_state(r->host, c->actor) == HOST_WAITS;
}

static void bring_about(struct replay *r, const struct cause *c, size_t round)
{
    struct puppet *p = &r->puppets[c->actor];
    switch (c->kind) {
    case CAUSE_CALL:
        if (!cause_is_private(c)) {
            p->open[p->depth] = round + 1;
            order_call(r, c);
        }
        break;
    case CAUSE_END: host_end_block(r->host, c->actor); break;
    case CAUSE_HANDLER_END:
        if (p->depth > 0)
            p->depth--;
        host_end_handler(r->host, c->actor);
        break;
    case CAUSE_TIME: host_open_gate(r->host, c->actor); break;
    case CAUSE_ALARM: host_signal(r->host, c->actor, ABI_SIGALRM); break;
    }
}

/* -- its effects ------------------------------------------------------------------------------- */

/* How long a sleep was only the model knows. */
static int64_t ticks_left(const struct replay *r, int actor, size_t round)
{
    const struct effect *e = round_effect(&r->model->record.rounds[round], actor, 0);
    return e != NULL && e->kind == EFFECT_RETURNS ? e->result.value : -EINTR;
}

static void add_return(struct replay *r, int actor, const struct host_report *report, size_t round)
{
    struct puppet *p = &r->puppets[actor];
    size_t open = p->open[p->depth];
    if (open == 0)
        return;
    const struct cause *c = &r->model->record.rounds[open - 1].cause;
    struct effect e = {.kind = EFFECT_RETURNS, .actor = actor, .call = open - 1};
    bool reads = gives_bytes(c);
    e.result.value = report->value < 0 ? -error_number((int)-report->value) : report->value;
    if (is(c, "sleep") && report->value == -EINTR)
        e.result.value = ticks_left(r, actor, round);
    if (reads)
        e.result.asked = bytes_asked(c);
    if (report->value >= 0 && (reads || is(c, "getpeername")))
        e.result.bytes = record_copy(r->record, report->bytes, (size_t)report->value);
    if (report->value >= 0)
        memcpy(e.result.pair, report->pair, sizeof e.result.pair);
    memcpy(e.result.revents, report->revents, sizeof e.result.revents);
    if (p->foretold[p->depth] && e.result.value == p->foretold_value[p->depth])
        effect_free(&e);
    else
        record_add(r->record, e);
    p->foretold[p->depth] = false;
    p->open[p->depth] = 0;
}

/* A call that does not sleep may bring about a signal to its own caller that comes from elsewhere: a
 * child that it kills. Whether the call or the handler is first is up to the host. If it is the
 * handler, and the call in the model, then what the model says is recorded, and looked at when the
 * call gives its result. */
static void foretell(struct replay *r, int actor, size_t round)
{
    struct puppet *p = &r->puppets[actor];
    const struct round *model = &r->model->record.rounds[round];
    const struct effect *first = round_effect(model, actor, 0);
    const struct effect *second = round_effect(model, actor, 1);
    bool other_order = p->open[p->depth] == round + 1 && !p->foretold[p->depth] && first != NULL &&
                       second != NULL && first->kind == EFFECT_RETURNS &&
                       first->result.bytes == NULL && second->kind == EFFECT_HANDLES;
    if (!other_order)
        return;
    record_add(r->record, *first);
    p->foretold[p->depth] = true;
    p->foretold_value[p->depth] = first->result.value;
}

static void collect(struct replay *r, int actor, size_t round)
{
    struct puppet *p = &r->puppets[actor];
    struct host_report report;
    while (host_next_report(r->host, actor, &report)) {
        if (report.kind == HOST_RETURNED) {
            add_return(r, actor, &report, round);
            continue;
        }
        foretell(r, actor, round);
        p->depth += p->depth < HOST_DEPTH;
        p->open[p->depth] = 0;
        record_add(r->record, (struct effect){
                                  .kind = EFFECT_HANDLES, .actor = actor, .number = report.signal});
    }
    if (!p->gone && host_state(r->host, actor) == HOST_GONE) {
        int status = host_status(r->host, actor);
        p->gone = true;
        record_add(r->record,
                   (struct effect){.kind = EFFECT_EXITS,
                                   .actor = actor,
                                   .number = status == HOST_UNKNOWN ? EXIT_UNKNOWN : status});
    }
}

/* What a private call gives is nobody else's business: as in the model. */
static void copy_effects(struct replay *r, const struct round *from)
{
    for (size_t i = 0; i < from->count; i++) {
        if (from->effects[i].actor == from->cause.actor)
            record_add(r->record, from->effects[i]);
    }
}

static void record_effects(struct replay *r, size_t round)
{
    const struct round *model = &r->model->record.rounds[round];
    int actor = model->cause.actor;
    if (cause_is_private(&model->cause))
        copy_effects(r, model);
    for (size_t i = 0; i < r->model->record.actor_count; i++)
        collect(r, (int)i, round);
    if (model->cause.kind == CAUSE_CALL && !cause_is_private(&model->cause) &&
        round_effect(record_last(r->record), actor, 0) == NULL)
        record_add(r->record,
                   (struct effect){.kind = EFFECT_SLEEPS, .actor = actor, .call = round});
}

/* -- all --------------------------------------------------------------------------------------- */

/* The host had the choice who goes first: goes on with the model in its order. */
static bool take_its_order(struct replay *r, size_t round, struct replayed *replayed)
{
    struct model other;
    replayed->searched = orders_find(r->model, r->options, r->record, round, &other);
    if (replayed->searched != ORDER_FOUND)
        return false;
    model_free(r->model);
    *r->model = other;
    replayed->reordered++;
    return true;
}

static bool play(struct replay *r, struct replayed *replayed, struct strbuf *why)
{
    for (size_t i = 0; i < r->model->record.count; i++) {
        const struct cause *c = &r->model->record.rounds[i].cause;
        if (!can_be_ordered(r, c)) {
            strbuf_addf(why, "%s is not where it was in the model",
                        r->model->record.actors[c->actor].name);
            return false;
        }
        if (c->child == NOBODY && (is(c, "fork") || is(c, "thread"))) {
            strbuf_add(why,
                       "max_processes limits the processes of a run, and not those of the host");
            return false;
        }
        record_begin_round(r->record, same_cause(c));
        bring_about(r, c, i);
        if (!host_settle(r->host)) {
            strbuf_add(why, host_complaint(r->host));
            return false;
        }
        record_effects(r, i);
        if (r->record->out_of_memory)
            return false;
        replayed->difference = difference_in_round(&r->model->record, r->record, i);
        if (replayed->difference.kind == DIFFERENCE_NONE)
            continue;
        if (!take_its_order(r, i, replayed))
            return true;
        replayed->difference.kind = DIFFERENCE_NONE;
    }
    return true;
}

bool replay_on_host(struct model *m, const struct run_options *options, struct record *host,
                    struct replayed *replayed, struct strbuf *why)
{
    struct replay r = {.model = m, .options = options, .record = host};
    bool good = false;
    *replayed = (struct replayed){.difference.kind = DIFFERENCE_NONE};
    if (!all_calls_are_known(&m->record, why))
        return false;
    if (m->record.actor_count > ACTORS_MOST) {
        strbuf_addf(why, "%zu processes are too many to make real ones", m->record.actor_count);
        return false;
    }
    r.puppets = calloc(m->record.actor_count + 1, sizeof *r.puppets);
    r.host = r.puppets == NULL ? NULL : open_host(m, why);
    if (r.host != NULL)
        good = play(&r, replayed, why);
    host_close(r.host);
    free(r.puppets);
    return good;
}

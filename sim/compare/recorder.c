/* recorder.c - see recorder.h. */
#include "sim/compare/recorder.h"

#include "sim/run/calls.h"
#include "sim/run/vocabulary.h"
#include "sim/trace/abi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* -- rounds ------------------------------------------------------------------------------------ */

static bool is_call(const struct cause *c, const char *name)
{
    return c->kind == CAUSE_CALL && strcmp(c->call.name, name) == 0;
}

static struct recorded *recorded(struct recorder *r, int actor)
{
    return &r->actors[actor];
}

static size_t open_call(const struct recorder *r, int actor)
{
    const struct recorded *a = &r->actors[actor];
    return a->open[a->depth];
}

static void begin_round(struct recorder *r, struct cause cause)
{
    const struct view *v = run_view(r->run);
    cause.tick = v->tick;
    record_begin_round(r->record, cause);
    recorded(r, cause.actor)->due = r->record->count;
    recorded(r, cause.actor)->fresh = false;
}

/* `by` has woken it, has sent it a signal, or takes it along into the end of their process. */
static void goes_on_because_of(struct recorder *r, int actor, int by)
{
    if (by != NOBODY && actor != by)
        recorded(r, actor)->due = recorded(r, by)->due;
}

/* All threads of its process will end. */
static void take_along(struct recorder *r, int actor)
{
    for (size_t i = 0; i < r->record->actor_count; i++) {
        if ((int)i == actor || r->record->actors[i].pid != r->record->actors[actor].pid)
            continue;
        recorded(r, (int)i)->urgent = true;
        goes_on_because_of(r, (int)i, actor);
    }
}

/* To the round that it belongs to. */
static void add_effect(struct recorder *r, struct effect e)
{
    struct record *record = r->record;
    size_t all = record->count;
    record->count = recorded(r, e.actor)->due;
    record_add(record, e);
    record->count = all;
}

static struct effect *last_effect(struct recorder *r, int actor)
{
    size_t due = recorded(r, actor)->due;
    struct round *round = due == NO_ROUND ? NULL : &r->record->rounds[due - 1];
    for (size_t i = round == NULL ? 0 : round->count; i-- > 0;) {
        if (round->effects[i].actor == actor)
            return &round->effects[i];
    }
    return NULL;
}

static void take_back(struct recorder *r, int actor, struct effect *e)
{
    struct round *round = &r->record->rounds[recorded(r, actor)->due - 1];
    size_t after = (size_t)(round->effects + round->count - e) - 1;
    memmove(e, e + 1, after * sizeof *e);
    round->count--;
}

/* -- what the calls tell ----------------------------------------------------------------------- */

static void on_begins(void *ctx, const struct watched_call *call)
{
    struct recorder *r = ctx;
    struct recorded *a = recorded(r, call->actor);
    struct cause c = {.kind = CAUSE_CALL,
                      .actor = call->actor,
                      .line = call->line,
                      .call = *call,
                      .child = NOBODY};
    a->spun = strcmp(call->name, "yield") == 0;
    if (call->made == MADE_AGAIN)
        return;
    c.call.bytes = call->bytes == NULL ? NULL : record_copy(r->record, call->bytes, call->size);
    begin_round(r, c);
    a->open[a->depth] = r->record->count;
    if (strcmp(call->name, "exit") == 0)
        take_along(r, call->actor);
}

static bool is_write(const struct cause *c)
{
    return is_call(c, "write") || is_call(c, "send") || is_call(c, "writev");
}

/* A place was short: a write was not taken whole; or sizes were asked for. */
static bool shows_room(const struct cause *c, int64_t value)
{
    bool writes = is_write(c);
    if (writes)
        return value == -EAGAIN || (value >= 0 && value < (int64_t)c->call.size);
    return is_call(c, "fcntl") &&
           (c->call.numbers[1] == COMMAND_GETPIPE_SZ || c->call.numbers[1] == COMMAND_SETPIPE_SZ);
}

static bool asks_for_room(const struct cause *c)
{
    for (int i = 0; i < c->call.count / 2; i++) {
        if (c->call.numbers[2 * i + 1] & ABI_POLLOUT)
            return true;
    }
    return false;
}

static bool polls_in_vain(const struct cause *c, const struct watched_result *result)
{
    for (int i = 0; is_call(c, "poll") && i < c->call.count / 2; i++) {
        if (c->call.numbers[2 * i + 1] & ABI_POLLOUT && !(result->revents[i] & ABI_POLLOUT))
            return true;
    }
    return false;
}

static void note_room(struct recorder *r, const struct cause *c,
                      const struct watched_result *result)
{
    struct round *round = record_last(r->record);
    if (polls_in_vain(c, result))
        round->short_of_room = SOME_PIPE;
    else if (shows_room(c, result->value))
        round->short_of_room = recorded(r, c->actor)->pipe;
}

static void on_returns(void *ctx, const struct watched_result *result)
{
    struct recorder *r = ctx;
    struct recorded *a = recorded(r, result->actor);
    size_t open = open_call(r, result->actor);
    if (result->end != CALL_RETURNS || open == NO_ROUND)
        return;
    struct effect e = {EFFECT_RETURNS, .actor = result->actor, .call = open - 1, .result = *result};
    note_room(r, &r->record->rounds[open - 1].cause, result);
    if (result->bytes != NULL && result->value >= 0)
        e.result.bytes = record_copy(r->record, result->bytes, (size_t)result->value);
    if (result->value < 0)
        e.result.value = -error_number((int)-result->value);
    a->spun |= result->value == -EAGAIN;
    add_effect(r, e);
    a->open[a->depth] = NO_ROUND;
    a->signalled = false;
}

static void on_handler_runs(void *ctx, int actor)
{
    recorded(ctx, actor)->fresh = false;
}

/* A handler that was set up before the one that is over begins now; or the call that was interrupted
 * gives its result. On the host it is so. */
static void on_handler_over(void *ctx, int actor)
{
    struct recorder *r = ctx;
    struct recorded *a = recorded(r, actor);
    begin_round(r, (struct cause){.kind = CAUSE_HANDLER_END, .actor = actor, .child = NOBODY});
    if (a->depth > 0)
        a->depth--;
    if (a->depth > 0 && !a->handlers[a->depth - 1].begun) {
        a->handlers[a->depth - 1].begun = true;
        add_effect(r, (struct effect){.kind = EFFECT_HANDLES,
                                      .actor = actor,
                                      .number = a->handlers[a->depth - 1].signal});
    } else if (a->held[a->depth].kind == EFFECT_RETURNS && a->open[a->depth] != NO_ROUND) {
        add_effect(r, a->held[a->depth]);
        a->held[a->depth] = (struct effect){.kind = EFFECT_SLEEPS};
        a->open[a->depth] = NO_ROUND;
    }
}

static void on_block_over(void *ctx, int actor)
{
    struct recorder *r = ctx;
    begin_round(r, (struct cause){.kind = CAUSE_END, .actor = actor, .child = NOBODY});
    recorded(r, actor)->ends = true;
}

/* -- what the events tell ---------------------------------------------------------------------- */

static void add_actor(struct recorder *r, const struct event *e)
{
    struct record *record = r->record;
    struct round *round = record_last(record);
    if (r->actor_room < (size_t)e->actor + 1) {
        size_t room = (size_t)(e->actor + 1) * 2;
        struct recorded *grown = realloc(r->actors, room * sizeof *grown);
        struct actor *actors = realloc(record->actors, room * sizeof *actors);
        r->actors = grown != NULL ? grown : r->actors;
        record->actors = actors != NULL ? actors : record->actors;
        if (grown == NULL || actors == NULL)
            abort(); /* the recorder cannot go on, and the run cannot be stopped from here */
        r->actor_room = room;
    }
    r->actors[e->actor] = (struct recorded){.pipe = NO_PIPE};
    for (int i = 0; i <= RECORDER_DEPTH; i++)
        r->actors[e->actor].held[i].kind = EFFECT_SLEEPS;
    record->actors[e->actor] =
        (struct actor){.name = record_copy(record, e->text, e->size), .pid = (int)e->value};
    record->actor_count = (size_t)e->actor + 1;
    if (round != NULL && e->other == round->cause.actor)
        round->cause.child = e->actor;
}

static void make_room_for_pipes(struct recorder *r, size_t count)
{
    struct model *m = r->model;
    size_t room = count * 2;
    struct pipe_size *grown =
        count <= m->pipe_room ? NULL : realloc(m->pipes, room * sizeof *grown);
    if (grown != NULL) {
        m->pipes = grown;
        m->pipe_room = room;
    }
    r->record->out_of_memory |= count > m->pipe_room;
}

/* A FIFO's queue may be made more than once, by the same number. */
static void add_pipe(struct recorder *r, const struct event *e)
{
    struct model *m = r->model;
    const struct round *round = record_last(r->record);
    size_t number = (size_t)e->pipe;
    make_room_for_pipes(r, number + 1);
    if (number < m->pipe_count || number >= m->pipe_room)
        return;
    struct pipe_size *p = &m->pipes[m->pipe_count++];
    bool piped = round == NULL || is_call(&round->cause, "pipe") || is_call(&round->cause, "pipe2");
    *p = (struct pipe_size){.capacity = e->value,
                            .atomic = e->value2,
                            .name = record_copy(r->record, e->text, e->size),
                            .kind = e->kind == EV_FIFO ? PIPE_IS_FIFO
                                    : piped            ? PIPE_IS_PIPE
                                                       : PIPE_IS_SOCKET};
}

static void call_has_text(struct recorder *r, const struct event *e)
{
    struct round *round = record_last(r->record);
    struct recorded *a = recorded(r, e->actor);
    a->pipe = e->pipe;
    if (round != NULL && round->cause.kind == CAUSE_CALL && round->cause.text == NULL)
        round->cause.text = record_copy(r->record, e->text, e->size);
}

static void falls_asleep(struct recorder *r, const struct event *e)
{
    struct recorded *a = recorded(r, e->actor);
    struct round *round = record_last(r->record);
    a->sleeps_on = e->sleep_on;
    size_t open = open_call(r, e->actor);
    if (open == NO_ROUND)
        return;
    const struct cause *c = &r->record->rounds[open - 1].cause;
    if (is_write(c))
        round->short_of_room = a->pipe;
    else if (is_call(c, "poll") && asks_for_room(c))
        round->short_of_room = SOME_PIPE;
}

/* Time ends a sleep or a poll. A signal that time has sent does not. */
static void is_woken(struct recorder *r, const struct event *e)
{
    struct recorded *a = recorded(r, e->other);
    bool timed = a->sleeps_on == ON_SLEEP || a->sleeps_on == ON_POLL;
    goes_on_because_of(r, e->other, e->actor);
    if (e->actor == NOBODY && timed && !a->urgent)
        begin_round(r, (struct cause){.kind = CAUSE_TIME, .actor = e->other, .child = NOBODY});
    a->sleeps_on = ON_NOTHING;
}

static void is_signalled(struct recorder *r, const struct event *e)
{
    struct recorded *a = recorded(r, e->actor);
    goes_on_because_of(r, e->actor, e->other);
    if (e->other == NOBODY && e->value == ABI_SIGALRM)
        begin_round(r, (struct cause){.kind = CAUSE_ALARM, .actor = e->actor, .child = NOBODY});
    a->urgent = true;
    a->signalled = true;
}

static void handler_is_set_up(struct recorder *r, const struct event *e)
{
    struct recorded *a = recorded(r, e->actor);
    struct effect *last = last_effect(r, e->actor);
    if (a->depth == RECORDER_DEPTH) {
        r->too_deep = true;
        return;
    }
    if (a->fresh && last != NULL && last->kind == EFFECT_HANDLES) {
        a->handlers[a->depth - 1].begun = false;
        take_back(r, e->actor, last);
    } else if (last != NULL && last->kind == EFFECT_RETURNS && !a->signalled) {
        /* It came with the end of the call. On the host the handler runs before one has the result. */
        a->held[a->depth] = *last;
        a->open[a->depth] = last->call + 1;
        take_back(r, e->actor, last);
    }
    a->handlers[a->depth++] = (struct handler){(int)e->value, true};
    a->open[a->depth] = NO_ROUND;
    add_effect(r,
               (struct effect){.kind = EFFECT_HANDLES, .actor = e->actor, .number = (int)e->value});
    a->fresh = true;
}

static void exits(struct recorder *r, const struct event *e)
{
    struct recorded *a = recorded(r, e->actor);
    int number = e->value2 != 0 ? EXIT_UNKNOWN : (int)e->value;
    add_effect(r, (struct effect){.kind = EFFECT_EXITS, .actor = e->actor, .number = number});
    for (int i = 0; i <= RECORDER_DEPTH; i++)
        effect_free(&a->held[i]);
    memset(a->open, 0, sizeof a->open);
    a->ends = false;
    if (e->value < 0)
        take_along(r, e->actor);
}

static void on_event(void *ctx, const struct event *e, const struct view *after)
{
    struct recorder *r = ctx;
    (void)after;
    if (e->kind == EV_START)
        add_actor(r, e);
    if (e->actor != NOBODY)
        recorded(r, e->actor)->ready_since = e->seq;
    if (e->kind == EV_WAKE)
        recorded(r, e->other)->ready_since = e->seq;
    if (e->kind == EV_CALL || e->kind == EV_RETURN || e->kind == EV_HANDLER || e->kind == EV_SLEEP)
        recorded(r, e->actor)->urgent = false; /* it has gone on */
    switch (e->kind) {
    case EV_PIPE:
    case EV_FIFO: add_pipe(r, e); break;
    case EV_CALL: call_has_text(r, e); break;
    case EV_SLEEP: falls_asleep(r, e); break;
    case EV_WAKE: is_woken(r, e); break;
    case EV_SIGNAL: is_signalled(r, e); break;
    case EV_HANDLER: handler_is_set_up(r, e); break;
    case EV_EXIT: exits(r, e); break;
    default: break; /* the others say nothing of calls */
    }
}

/* -- all --------------------------------------------------------------------------------------- */

struct call_watch recorder_watch(struct recorder *r)
{
    return (struct call_watch){
        r, on_begins, on_returns, on_handler_runs, on_handler_over, on_block_over};
}

struct trace_sink recorder_sink(struct recorder *r)
{
    return (struct trace_sink){on_event, r, SINK_WITHOUT_LOCKS};
}

bool recorder_in_call(const struct recorder *r, int actor)
{
    return open_call(r, actor) != NO_ROUND || r->actors[actor].ends;
}

/* Whoever is in a call, and has nothing to show for it, sleeps. */
static void add_sleeps(struct record *record)
{
    for (size_t i = 0; i < record->count; i++) {
        struct round *round = &record->rounds[i];
        const struct effect *e = round->effects;
        bool any = cause_is_private(&round->cause);
        for (size_t j = 0; j < round->count; j++)
            any |= e[j].actor == round->cause.actor;
        size_t all = record->count;
        if (any || round->cause.kind != CAUSE_CALL)
            continue;
        record->count = i + 1;
        record_add(record,
                   (struct effect){.kind = EFFECT_SLEEPS, .actor = round->cause.actor, .call = i});
        record->count = all;
    }
}

void recorder_end(struct recorder *r)
{
    add_sleeps(r->record);
    free(r->actors);
}

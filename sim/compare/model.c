/* model.c - see model.h. The events of the run, and what a watch of its calls is told, become rounds
 * (recorder); who goes on at each choice is settled by `prefers`. */
#include "sim/compare/model.h"

#include "sim/run/calls.h"
#include "sim/run/vocabulary.h"
#include "sim/trace/abi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 16, NO_ROUND = 0 };

/* A signal handler that was set up; of several at once the last one begins first. */
struct handler {
    int signal;
    bool begun;
};

/* Rounds by 1 + their number; NO_ROUND: none. */
struct recorded {
    size_t open[DEPTH + 1]; /* the round of the call it is in, inside so many handlers */
    struct handler handlers[DEPTH];
    int depth;
    bool fresh; /* nothing was done since the last handler was set up */
    struct effect
        held[DEPTH + 1]; /* results: told once the handlers that came with them are over */
    /* The round whose cause lets it go on: its own, or that of whoever woke it. There its effects
     * belong, though others may have begun rounds since. */
    size_t due;
    bool signalled; /* since its last call returned */
    enum sleep_on sleeps_on;
    int pipe;             /* of its call */
    bool urgent;          /* a signal, or the end of its process, concerns it */
    bool spun;            /* its last call was in vain */
    uint64_t ready_since; /* the event by which it became so, or its last one */
};

struct recorder {
    struct model *model;
    struct record *record;
    struct run *run;
    struct recorded *actors; /* owned */
    size_t actor_room;
    int last, in_a_row; /* who was chosen last, and how often */
    bool too_deep;
};

/* -- rounds ------------------------------------------------------------------------------------ */

static bool is_call(const struct cause *c, const char *name)
{
    return c->kind == CAUSE_CALL && strcmp(c->call.name, name) == 0;
}

static struct recorded *recorded(struct recorder *r, int actor)
{
    return &r->actors[actor];
}

static size_t open_call(struct recorder *r, int actor)
{
    const struct recorded *a = recorded(r, actor);
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
    for (int i = 0; i <= DEPTH; i++)
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
    if (a->depth == DEPTH) {
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
    for (int i = 0; i <= DEPTH; i++)
        effect_free(&a->held[i]);
    memset(a->open, 0, sizeof a->open);
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

/* -- who goes on ------------------------------------------------------------------------------- */

enum { PATIENCE = 64 /* calls in a row while others wait */ };

/* The lower, the sooner. */
static int rank(struct recorder *r, int actor, int running)
{
    const struct recorded *a = recorded(r, actor);
    bool goes_on = actor == running && !a->spun && r->in_a_row < PATIENCE;
    return open_call(r, actor) != NO_ROUND ? 0 : a->urgent ? 1 : goes_on ? 2 : 3;
}

static int actor_of(const struct task *t)
{
    return t == NULL ? NOBODY : thread_actor(task_arg(t));
}

static struct sched_choice choose(struct recorder *r)
{
    struct sched_choice choices[SCHED_CHOICES_MOST];
    size_t n = sched_choices(choices, SCHED_CHOICES_MOST), best = 0;
    int running = actor_of(sched_continues());
    for (size_t i = 1; i < n && i < SCHED_CHOICES_MOST; i++) {
        int actor = actor_of(choices[i].task), chosen = actor_of(choices[best].task);
        int difference = rank(r, actor, running) - rank(r, chosen, running);
        if (difference < 0 ||
            (difference == 0 && recorded(r, actor)->ready_since < recorded(r, chosen)->ready_since))
            best = i;
    }
    int actor = actor_of(choices[best].task);
    r->in_a_row = actor == r->last ? r->in_a_row + 1 : 0;
    r->last = actor;
    recorded(r, actor)->urgent = false;
    return choices[best];
}

/* -- time 0 ------------------------------------------------------------------------------------ */

struct ends_of_pipe {
    struct model *model;
    int pipe;
    enum pipe_end end;
};

static void add_end(void *ctx, const struct thread *holder, int fd)
{
    const struct ends_of_pipe *of = ctx;
    struct model *m = of->model;
    if (m->end_count == m->end_room) {
        size_t room = m->end_room == 0 ? 8 : m->end_room * 2;
        struct end_at_start *grown = realloc(m->ends, room * sizeof *grown);
        if (grown == NULL) {
            m->record.out_of_memory = true;
            return;
        }
        m->ends = grown;
        m->end_room = room;
    }
    m->ends[m->end_count++] = (struct end_at_start){thread_actor(holder), fd, of->pipe, of->end};
}

static void look_at_start(struct model *m, struct run *run)
{
    m->starters = m->record.actor_count;
    m->declared = m->pipe_count;
    for (size_t i = 0; i < m->declared; i++) {
        struct ends_of_pipe readers = {m, (int)i, READ_END}, writers = {m, (int)i, WRITE_END};
        kernel_each_end(run_kernel(run), (int)i, READ_END, add_end, &readers);
        kernel_each_end(run_kernel(run), (int)i, WRITE_END, add_end, &writers);
    }
}

/* -- all --------------------------------------------------------------------------------------- */

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

bool model_run(struct model *m, const struct program *program, const struct run_options *options,
               struct diag_list *diags)
{
    struct recorder r = {.model = m, .record = &m->record, .last = NOBODY};
    struct call_watch watch = {&r, on_begins, on_returns, on_handler_over, on_block_over};
    struct trace_sink sink = {on_event, &r, SINK_WITHOUT_LOCKS};
    struct run_options o = *options;
    *m = (struct model){.program = program, .verdict = VERDICT_LIMIT};
    o.mode = SCHED_CONTROLLED;
    o.policy = POLICY_ASKED;
    o.calls = &watch;
    o.sinks = &sink;
    o.sink_count = 1;
    r.run = run_begin(program, &o, diags);
    if (r.run != NULL) {
        look_at_start(m, r.run);
        enum sched_end end = run_go(r.run, 0);
        while (end == SCHED_PAUSED) {
            sched_choose(choose(&r));
            end = run_go(r.run, 1);
        }
        m->verdict = run_judge(r.run, end);
        m->settings = *run_settings(r.run);
        run_free(r.run);
    }
    add_sleeps(&m->record);
    free(r.actors);
    return r.run != NULL && !r.too_deep && !m->record.out_of_memory;
}

void model_free(struct model *m)
{
    for (size_t i = 0; i < m->pipe_count; i++)
        free(m->pipes[i].name);
    free(m->pipes);
    free(m->ends);
    record_free(&m->record);
}

/* features.c - see features.h. */
#include "sim/lab/features.h"

#include "sim/run/run.h"

#include <string.h>

enum { PIPES_MOST = 64, RANDOM_RUNS = 20, EPIPE_NUMBER = 32, EINTR_NUMBER = 4 };

static const char *const missing[FEATURES] = {
    [FEATURE_READ] = "nothing is ever read",
    [FEATURE_READER_SLEEPS] = "no reader ever sleeps",
    [FEATURE_SLEEPS] = "nobody ever sleeps",
    [FEATURE_BOTH_SLEEP] = "no pipe has readers and writers that sleep",
    [FEATURE_TWO_READERS] = "no pipe has two readers",
    [FEATURE_WRITERS_SLEEP] = "never do two writers sleep on one pipe",
    [FEATURE_ROOM_TOO_SMALL] = "no writer ever sleeps beside room that is too little for it",
    [FEATURE_CLOSE_WAKES] = "nobody sleeps when the last end of a kind is closed",
    [FEATURE_EPIPE] = "no write ever finds that nobody reads any more",
    [FEATURE_EOF] = "no read ever comes to end of file",
    [FEATURE_EINTR] = "no signal ever interrupts a read",
};

const char *feature_missing(enum feature f)
{
    return missing[f];
}

enum feature feature_needed(const char *bug)
{
    static const struct {
        const char *bug;
        enum feature needs;
    } table[] = {
        {"if-not-while", FEATURE_TWO_READERS},
        {"signal-before-change", FEATURE_READER_SLEEPS},
        {"one-condition", FEATURE_BOTH_SLEEP},
        {"lost-wakeup", FEATURE_READER_SLEEPS},
        {"wait-first", FEATURE_READ},
        {"signal-not-broadcast", FEATURE_WRITERS_SLEEP},
        {"silent-close", FEATURE_CLOSE_WAKES},
        {"swapped-conditions", FEATURE_SLEEPS},
        {"wait-without-lock", FEATURE_READER_SLEEPS},
        {"error-keeps-lock", FEATURE_EPIPE},
        {"double-unlock", FEATURE_EOF},
        {"lock-order", FEATURE_READ},
        {"busy-wait", FEATURE_READER_SLEEPS},
        {"unlocked-copy", FEATURE_TWO_READERS},
        {"wake-when-full", FEATURE_ROOM_TOO_SMALL},
        {"swallowed-wakeup", FEATURE_EINTR},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strcmp(table[i].bug, bug) == 0)
            return table[i].needs;
    }
    return FEATURE_READ;
}

/* -- looking at a run -------------------------------------------------------------------------- */

struct watch {
    unsigned met;
    /* Actors, a bit each for the first 64, who have read there, and what has been slept on there. */
    uint64_t readers[PIPES_MOST];
    bool slept_empty[PIPES_MOST], slept_full[PIPES_MOST];
};

static void meet(struct watch *w, enum feature f)
{
    w->met |= 1u << f;
}

static int asleep_on(const struct view *v, int pipe, const char *condition)
{
    int n = 0;
    for (size_t i = 0; i < v->actor_count; i++) {
        const struct view_actor *a = &v->actors[i];
        n += a->state == ACTOR_ASLEEP && a->sleep_on == ON_CONDITION && a->pipe == pipe &&
             (condition == NULL || strcmp(a->condition, condition) == 0);
    }
    return n;
}

static void note_reader(struct watch *w, const struct event *e)
{
    meet(w, FEATURE_READ);
    w->readers[e->pipe] |= (uint64_t)1 << (e->actor & 63);
    if ((w->readers[e->pipe] & (w->readers[e->pipe] - 1)) != 0)
        meet(w, FEATURE_TWO_READERS);
}

static void note_sleep(struct watch *w, const struct event *e, const struct view *v)
{
    bool empty = strcmp(e->text, "not_empty") == 0;
    int64_t room = view_room(&v->pipes[e->pipe]);
    meet(w, FEATURE_SLEEPS);
    if (empty) {
        meet(w, FEATURE_READER_SLEEPS);
        note_reader(w, e);
        w->slept_empty[e->pipe] = true;
    } else {
        w->slept_full[e->pipe] = true;
        if (room > 0)
            meet(w, FEATURE_ROOM_TOO_SMALL);
        if (asleep_on(v, e->pipe, "not_full") > 1)
            meet(w, FEATURE_WRITERS_SLEEP);
    }
    if (w->slept_empty[e->pipe] && w->slept_full[e->pipe])
        meet(w, FEATURE_BOTH_SLEEP);
}

static void note_result(struct watch *w, const struct event *e)
{
    if (e->value == -EPIPE_NUMBER)
        meet(w, FEATURE_EPIPE);
    if (e->value == -EINTR_NUMBER)
        meet(w, FEATURE_EINTR);
    if (e->size == 3 && memcmp(e->text, "EOF", 3) == 0)
        meet(w, FEATURE_EOF);
}

static void note_close(struct watch *w, const struct event *e, const struct view *v)
{
    const struct view_pipe *p = &v->pipes[e->pipe];
    bool last = e->kind == EV_CLOSE_WRITER ? p->writers == 0 : p->readers == 0;
    if (last && asleep_on(v, e->pipe, NULL) > 0)
        meet(w, FEATURE_CLOSE_WAKES);
}

static void on_event(void *ctx, const struct event *e, const struct view *after)
{
    struct watch *w = ctx;
    if (e->kind == EV_RETURN)
        note_result(w, e);
    if (e->pipe < 0 || e->pipe >= PIPES_MOST || e->actor < 0)
        return;
    if (e->kind == EV_TOOK)
        note_reader(w, e);
    else if (e->kind == EV_SLEEP && e->sleep_on == ON_CONDITION)
        note_sleep(w, e, after);
    else if (e->kind == EV_CLOSE_READER || e->kind == EV_CLOSE_WRITER)
        note_close(w, e, after);
}

static unsigned met_in_run(const struct program *program, struct run_options options)
{
    struct watch w = {.met = 0};
    struct diag_list diags = {0};
    struct trace_sink sink = {on_event, &w, SINK_WITHOUT_LOCKS};
    options.sinks = &sink;
    options.sink_count = 1;
    struct run *run = run_begin(program, &options, &diags);
    if (run != NULL) {
        run_judge(run, run_go(run, UINT64_MAX));
        run_free(run);
    }
    diag_list_free(&diags);
    return w.met;
}

unsigned features_of(const struct program *program)
{
    unsigned met = met_in_run(program, (struct run_options){.policy = POLICY_FIFO});
    for (uint64_t seed = 0; seed < RANDOM_RUNS; seed++)
        met |= met_in_run(program, (struct run_options){.policy = POLICY_RANDOM,
                                                        .freedom.grain = GRAIN_LOCKS,
                                                        .seed = seed});
    return met;
}

/* model.c - see model.h: who goes on at each choice, and the run as a whole. recorder.h keeps what happens. */
#include "sim/compare/model.h"

#include "sim/compare/recorder.h"

#include <stdlib.h>

/* -- who goes on ------------------------------------------------------------------------------- */

enum { PATIENCE = 64 /* calls in a row while others wait */ };

struct chooser {
    struct recorder *recorder;
    int last, in_a_row; /* who was chosen last, and how often */
    struct turns *turns;
    size_t given, moments; /* turns that were given; moments so far */
};

/* The lower, the sooner. */
static int rank(const struct chooser *t, int actor, int running)
{
    const struct recorded *a = &t->recorder->actors[actor];
    bool goes_on = actor == running && !a->spun && t->in_a_row < PATIENCE;
    bool must = a->urgent || (a->depth > 0 && a->fresh); /* its handler is about to run */
    return recorder_in_call(t->recorder, actor) ? 0 : must ? 1 : goes_on ? 2 : 3;
}

static bool is_before(const struct chooser *t, int actor, int other, int running)
{
    const struct recorded *actors = t->recorder->actors;
    int difference = rank(t, actor, running) - rank(t, other, running);
    return difference < 0 ||
           (difference == 0 && actors[actor].ready_since < actors[other].ready_since);
}

static int actor_of(const struct task *t)
{
    return t == NULL ? NOBODY : thread_actor(task_arg(t));
}

static int actor_of_choice(struct sched_choice c)
{
    return actor_of(c.task);
}

/* The first as the rule has them; few, so by insertion. */
static void sort(const struct chooser *t, struct sched_choice *choices, size_t n, int running)
{
    for (size_t i = 1; i < n; i++) {
        struct sched_choice c = choices[i];
        size_t j = i;
        for (; j > 0 && is_before(t, actor_of_choice(c), actor_of_choice(choices[j - 1]), running);
             j--)
            choices[j] = choices[j - 1];
        choices[j] = c;
    }
}

static bool add_turn(struct turns *t, struct turn turn)
{
    if (t->count == t->room) {
        size_t room = t->room == 0 ? 64 : t->room * 2;
        struct turn *grown = realloc(t->turns, room * sizeof *grown);
        if (grown == NULL)
            return false;
        t->turns = grown;
        t->room = room;
    }
    t->turns[t->count++] = turn;
    return true;
}

/* Which of the first `among`, of whom each has to go on. */
static size_t take_turn(struct chooser *t, size_t among)
{
    size_t moment = t->moments++;
    if (among < 2 || t->turns == NULL) {
        t->moments -= among < 2;
        return 0;
    }
    if (moment < t->given) {
        struct turn *given = &t->turns->turns[moment];
        given->round = t->recorder->record->count;
        given->among = (int)among;
        return given->taken < (int)among ? (size_t)given->taken : 0;
    }
    struct turn turn = {t->recorder->record->count, (int)among, 0};
    t->recorder->record->out_of_memory |= !add_turn(t->turns, turn);
    return 0;
}

static struct sched_choice choose(struct chooser *t)
{
    enum { MUST = 1 /* the rank of those who cannot wait */ };
    struct sched_choice choices[SCHED_CHOICES_MOST];
    size_t all = sched_choices(choices, SCHED_CHOICES_MOST), must = 0;
    size_t n = all < SCHED_CHOICES_MOST ? all : SCHED_CHOICES_MOST;
    for (size_t i = 0; i < n; i++)
        t->recorder->actors[actor_of_choice(choices[i])].ends |=
            thread_is_ending(task_arg(choices[i].task));
    int running = actor_of(sched_continues());
    sort(t, choices, n, running);
    while (must < n && rank(t, actor_of_choice(choices[must]), running) <= MUST)
        must++;
    struct sched_choice chosen = choices[take_turn(t, must)];
    int actor = actor_of_choice(chosen);
    t->in_a_row = actor == t->last ? t->in_a_row + 1 : 0;
    t->last = actor;
    t->recorder->actors[actor].urgent = false;
    return chosen;
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

bool model_run(struct model *m, const struct program *program, const struct run_options *options,
               struct diag_list *diags)
{
    return model_run_in_order(m, program, options, NULL, diags);
}

bool model_run_in_order(struct model *m, const struct program *program,
                        const struct run_options *options, struct turns *turns,
                        struct diag_list *diags)
{
    struct recorder r = {.model = m, .record = &m->record};
    struct call_watch watch = recorder_watch(&r);
    struct trace_sink sink = recorder_sink(&r);
    struct chooser chooser = {
        .recorder = &r, .last = NOBODY, .turns = turns, .given = turns == NULL ? 0 : turns->count};
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
            sched_choose(choose(&chooser));
            end = run_go(r.run, 1);
        }
        m->verdict = run_judge(r.run, end);
        m->settings = *run_settings(r.run);
        run_free(r.run);
    }
    recorder_end(&r);
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

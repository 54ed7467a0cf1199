/* samples.c - see samples.h. */
#include "sim/explore/samples.h"

#include "sim/sched/arena.h"
#include "sim/sched/clock.h"
#include "sim/sched/random.h"

#include <stdlib.h>

enum {
    TASKS = 64, /* those beyond share ranks */
    LOOK_EVERY = 256,
    LEAST_DEPTH = 2,
    MOST_DEPTH = 5,
    FIRST_GUESS = 16 /* choices of an execution, before one has been made */
};

enum manner { EVENLY, BY_RANK, PCT };

struct sampler {
    struct samples *s;
    struct execution *x;
    uint64_t random;
    enum manner manner;
    uint64_t rank[TASKS]; /* of each task; the highest goes */
    uint32_t changes[MOST_DEPTH - 1], change_count;
    uint32_t made; /* choices of this execution */
    struct cost cost;
    struct move *moves; /* owned; of this execution */
    uint32_t room;
    bool out_of_memory;
};

static uint64_t random_next(struct sampler *r)
{
    return random_after(&r->random);
}

static size_t random_below(struct sampler *r, size_t n)
{
    return (size_t)(random_next(r) % n);
}

/* -- the manners ------------------------------------------------------------------------------- */

static enum manner manner_of(uint64_t execution)
{
    uint64_t i = execution % 10;
    return i < 5 ? EVENLY : i < 8 ? BY_RANK : PCT;
}

/* High ranks are random; what falls below all others gets a low one. */
static uint64_t high_rank(struct sampler *r)
{
    return random_next(r) | UINT64_C(1) << 63;
}

static void begin(struct sampler *r, uint64_t execution)
{
    struct samples *s = r->s;
    uint32_t choices = s->choices > 0 ? s->choices : FIRST_GUESS;
    r->random = s->seed + execution * 0x2545f4914f6cdd1d;
    r->manner = manner_of(execution);
    r->made = 0;
    r->change_count = 0;
    for (int i = 0; i < TASKS; i++)
        r->rank[i] = high_rank(r);
    if (r->manner != PCT)
        return;
    uint32_t depth = LEAST_DEPTH + (uint32_t)(s->pct % (MOST_DEPTH - LEAST_DEPTH + 1));
    for (; r->change_count + 1 < depth; r->change_count++)
        r->changes[r->change_count] = (uint32_t)random_below(r, choices);
    s->pct++;
}

static uint64_t *rank_of(struct sampler *r, const struct task *t)
{
    return &r->rank[task_number(t) % TASKS];
}

static size_t highest(struct sampler *r)
{
    size_t best = 0;
    for (size_t i = 1; i < r->x->count; i++) {
        if (*rank_of(r, r->x->choices[i].task) > *rank_of(r, r->x->choices[best].task))
            best = i;
    }
    return best;
}

static size_t choose(struct sampler *r)
{
    struct execution *x = r->x;
    if (r->manner == EVENLY || x->choices[0].kind != CHOICE_GOES_ON)
        return random_below(r, x->count);
    size_t best = highest(r);
    for (uint32_t i = 0; i < r->change_count && r->manner == PCT; i++) {
        if (r->changes[i] == r->made) {
            *rank_of(r, x->choices[best].task) = i;
            best = highest(r);
        }
    }
    if (r->manner == BY_RANK)
        *rank_of(r, x->choices[best].task) = high_rank(r);
    return best;
}

/* -- executions -------------------------------------------------------------------------------- */

static void keep_move(struct sampler *r, struct sched_choice c)
{
    if (r->made == r->room) {
        uint32_t room = r->room == 0 ? 256 : r->room * 2;
        struct move *grown = realloc(r->moves, room * sizeof *grown);
        if (grown == NULL) {
            r->out_of_memory = true;
            return;
        }
        r->moves = grown;
        r->room = room;
    }
    r->moves[r->made++] = move_of(c);
}

static void make_choice(struct sampler *r)
{
    struct execution *x = r->x;
    struct sched_choice c = x->choices[choose(r)];
    keep_move(r, c);
    r->cost = cost_sum(r->cost, execution_go_at_cost(x, c));
}

static uint32_t tasks_alive(void)
{
    uint32_t n = 0;
    for (const struct task *t = sched_next_task(NULL); t != NULL; t = sched_next_task(t))
        n++;
    return n;
}

static void most(uint32_t *of, uint32_t n)
{
    *of = n > *of ? n : *of;
}

static void keep_ending(struct sampler *r)
{
    struct ending e = r->x->subject->end(r->x->subject->ctx, r->x->end);
    struct met_ending *met = endings_meet(&r->s->endings, &e);
    if (met == NULL || r->out_of_memory) {
        r->out_of_memory = true;
        return;
    }
    if (met->route.moves != NULL && cost_compare(r->cost, met->route.cost) >= 0)
        return;
    route_fini(&met->route);
    met->route = (struct route){r->moves, r->made, r->cost};
    r->moves = malloc(sizeof *r->moves);
    r->room = r->moves != NULL;
}

static void make_execution(struct sampler *r, uint64_t number)
{
    struct execution *x = r->x;
    begin(r, number);
    execution_start(x);
    r->cost = (struct cost){0, x->switches, x->steps};
    while (!x->ended && !r->out_of_memory) {
        most(&r->s->tasks, tasks_alive());
        make_choice(r);
    }
    most(&r->s->choices, r->made);
    r->s->steps += r->cost.steps;
    r->s->executions++;
    if (x->ended)
        keep_ending(r);
}

static bool at_a_bound(struct sampler *r, double start)
{
    struct samples *s = r->s;
    if (r->out_of_memory) {
        s->end = SEARCH_BYTES;
        return true;
    }
    if (s->executions % LOOK_EVERY != 0)
        return false;
    s->seconds = clock_now() - start;
    if (s->bounds.seconds > 0 && s->seconds > s->bounds.seconds)
        s->end = SEARCH_SECONDS;
    else if (s->stop != NULL && s->stop(s->ctx, s))
        s->end = SEARCH_STOPPED;
    return s->end != SEARCH_EXECUTIONS;
}

void samples_search(struct samples *s, struct execution *x)
{
    struct sampler r = {.s = s, .x = x};
    struct snapshot *start = snapshot_take();
    double began = clock_now();
    s->end = SEARCH_EXECUTIONS; /* all that were asked for: it is a sample all the same */
    r.out_of_memory = start == NULL;
    while (s->executions < s->count && !at_a_bound(&r, began)) {
        make_execution(&r, s->executions);
        if (start != NULL)
            snapshot_restore(start);
    }
    snapshot_free(start);
    free(r.moves);
    s->seconds = clock_now() - began;
}

void samples_fini(struct samples *s)
{
    endings_fini(&s->endings);
}

double samples_probability(const struct samples *s, int d)
{
    uint64_t executions = s->pct / (MOST_DEPTH - LEAST_DEPTH + 1);
    double once = s->tasks > 0 ? 1.0 / s->tasks : 1, missed = 1;
    for (int i = 1; i < d; i++)
        once /= s->choices > 0 ? s->choices : 1;
    for (uint64_t i = 0; i < executions && missed > 1e-12; i++)
        missed *= 1 - once;
    return 1 - missed;
}

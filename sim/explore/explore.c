/* explore.c - see explore.h: an engine is run, and what it found is sorted. */
#include "sim/explore/explore.h"

#include "sim/explore/orders.h"
#include "sim/explore/samples.h"
#include "sim/explore/scenario.h"

#include <stdlib.h>
#include <string.h>

/* -- findings ---------------------------------------------------------------------------------- */

/* One more element of an array of findings. NULL: memory is short. */
static struct finding *add(struct finding **all, size_t *count)
{
    struct finding *grown = realloc(*all, (*count + 1) * sizeof *grown);
    if (grown == NULL)
        return NULL;
    *all = grown;
    grown[*count] = (struct finding){.failure = NO_NODE};
    return &grown[(*count)++];
}

/* Endings with the same outcome are one finding; the easiest execution is kept. */
static bool add_ending(struct exploration *e, struct scenario *s, const struct ending *ending,
                       struct tally_of_paths executions, const struct route *route)
{
    size_t i = 0;
    while (i < e->outcome_count &&
           (!digest_same(&e->outcomes[i].ending.outcome, &ending->outcome) ||
            e->outcomes[i].ending.verdict != ending->verdict))
        i++;
    bool is_new = i == e->outcome_count;
    if (is_new && add(&e->outcomes, &e->outcome_count) == NULL)
        return false;
    struct finding *f = &e->outcomes[i];
    f->executions = paths_sum(f->executions, executions);
    if (!is_new && cost_compare(route->cost, f->cost) >= 0)
        return true;
    free(f->schedule);
    f->ending = *ending;
    f->verdict = (enum verdict)ending->verdict;
    f->schedule = scenario_schedule(s, route, ending, &f->cost);
    return f->schedule != NULL;
}

/* -- the search through states ----------------------------------------------------------------- */

static uint32_t ending_of(const void *ctx, uint32_t node)
{
    const struct graph *g = ctx;
    return g->nodes[node].ending;
}

static bool collect_endings(struct exploration *e, struct scenario *s, const struct graph *g,
                            const struct paths *paths)
{
    struct route *routes = calloc(g->ending_count + 1, sizeof *routes);
    bool good = routes != NULL && paths_easiest(g, ending_of, g, routes, g->ending_count);
    for (uint32_t i = 0; good && i < g->ending_count; i++) {
        if (routes[i].moves != NULL)
            good = add_ending(e, s, &g->endings[i].ending, paths->of_ending[i], &routes[i]);
    }
    for (uint32_t i = 0; routes != NULL && i < g->ending_count; i++)
        route_fini(&routes[i]);
    free(routes);
    return good;
}

enum { CYCLES_MOST = 100 };

static uint32_t cycle_of(const void *ctx, uint32_t node)
{
    const struct paths *p = ctx;
    for (uint32_t i = 0; i < p->cycle_count && i < CYCLES_MOST; i++) {
        if (p->cycles[i].node == node)
            return i;
    }
    return NO_NODE;
}

static int by_worry(const void *x, const void *y)
{
    const struct cycle *a = x, *b = y;
    if (a->progress != b->progress)
        return a->progress - b->progress;
    return (a->node > b->node) - (a->node < b->node);
}

/* Tasks and actors have the same numbers: both count in the order of creation. */
static char *names_of(const struct view *v, uint64_t movers)
{
    struct strbuf names = {0};
    for (size_t i = 0; i < v->actor_count && i < 64; i++) {
        if ((movers >> i & 1) != 0)
            strbuf_addf(&names, "%s%s", names.length > 0 ? ", " : "", v->actors[i].name);
    }
    return names.bytes != NULL ? names.bytes : strdup("nobody");
}

static bool add_cycle(struct exploration *e, struct scenario *s, const struct cycle *c,
                      const struct route *route)
{
    struct endless *made = &e->cycles[e->cycle_count++];
    made->cycle = *c;
    made->schedule = scenario_schedule(s, route, NULL, &made->cost);
    made->who = names_of(run_view(s->run), c->movers);
    return made->schedule != NULL && made->who != NULL;
}

static bool collect_cycles(struct exploration *e, struct scenario *s, const struct graph *g,
                           struct paths *paths)
{
    uint32_t count = paths->cycle_count < CYCLES_MOST ? paths->cycle_count : CYCLES_MOST;
    struct route *routes = calloc(count + 1, sizeof *routes);
    e->cycles = calloc(count + 1, sizeof *e->cycles);
    if (count > 0)
        qsort(paths->cycles, paths->cycle_count, sizeof *paths->cycles, by_worry);
    bool good = routes != NULL && e->cycles != NULL &&
                (count == 0 || paths_easiest(g, cycle_of, paths, routes, count));
    for (uint32_t i = 0; good && i < count; i++) {
        if (routes[i].moves != NULL)
            good = add_cycle(e, s, &paths->cycles[i], &routes[i]);
    }
    for (uint32_t i = 0; routes != NULL && i < count; i++)
        route_fini(&routes[i]);
    free(routes);
    return good;
}

static bool collect(struct exploration *e, struct scenario *s, const struct graph *g)
{
    struct paths paths;
    bool good = paths_count(&paths, g);
    if (good)
        e->executions = paths.all;
    good = good && collect_endings(e, s, g, &paths) && collect_cycles(e, s, g, &paths);
    paths_fini(&paths);
    return good;
}

static bool stop(void *ctx, const struct search *s)
{
    const struct explore_options *o = ctx;
    return o->progress != NULL &&
           o->progress(o->ctx, s->executions, s->graph.node_count, s->seconds);
}

static bool search_states(struct exploration *e, struct scenario *s,
                          const struct explore_options *o)
{
    struct search search = {.bounds = o->bounds,
                            .part = o->part,
                            .parts = o->parts,
                            .stop = stop,
                            .ctx = (void *)(uintptr_t)o};
    graph_init(&search.graph);
    search.graph.exact = o->exact;
    states_search(&search, &s->execution);
    e->made = search.executions;
    e->states = search.graph.node_count;
    e->stretches = search.steps;
    e->seconds = search.seconds;
    e->end = search.end;
    e->bounded = search.bounded;
    e->covered = search.covered;
    e->claims_met = run_claims_met(s->run);
    bool good = collect(e, s, &search.graph);
    search_fini(&search);
    return good;
}

static bool collect_met(struct exploration *e, struct scenario *s, const struct endings *all)
{
    bool good = true;
    for (uint32_t i = 0; good && i < all->count; i++) {
        const struct met_ending *met = &all->at[i];
        good = add_ending(e, s, &met->ending, (struct tally_of_paths){.low = met->executions},
                          &met->route);
    }
    return good;
}

/* -- the search through orders ----------------------------------------------------------------- */

static bool stop_orders(void *ctx, const struct orders *orders)
{
    const struct explore_options *o = ctx;
    return o->progress != NULL && o->progress(o->ctx, orders->executions, 0, orders->seconds);
}

static bool search_orders(struct exploration *e, struct scenario *s,
                          const struct explore_options *o)
{
    if (s->subject.states == SUBJECT_SHOWS)
        e->reduction = REDUCTION_NONE; /* steps that commute lead through different states */
    struct orders orders = {.which =
                                e->reduction == REDUCTION_NONE ? ORDERS_ALL : ORDERS_THAT_DIFFER,
                            .bounds = o->bounds,
                            .part = o->part,
                            .parts = o->parts,
                            .stop = stop_orders,
                            .ctx = (void *)(uintptr_t)o};
    orders_search(&orders, &s->execution);
    e->made = orders.executions;
    e->blocked = orders.blocked;
    e->executions.low = orders.executions;
    e->stretches = orders.steps;
    e->seconds = orders.seconds;
    e->end = orders.end;
    e->bounded = orders.bounded;
    e->covered = orders.covered;
    e->claims_met = run_claims_met(s->run);
    bool good = collect_met(e, s, &orders.endings);
    orders_fini(&orders);
    return good;
}

/* -- a sample ---------------------------------------------------------------------------------- */

static bool stop_samples(void *ctx, const struct samples *samples)
{
    const struct explore_options *o = ctx;
    return o->progress != NULL && o->progress(o->ctx, samples->executions, 0, samples->seconds);
}

static bool search_samples(struct exploration *e, struct scenario *s,
                           const struct explore_options *o)
{
    struct samples samples = {.count = o->samples,
                              .seed = o->seed,
                              .bounds = o->bounds,
                              .stop = stop_samples,
                              .ctx = (void *)(uintptr_t)o};
    samples_search(&samples, &s->execution);
    e->made = samples.executions;
    e->executions.low = samples.executions;
    e->stretches = samples.steps;
    e->seconds = samples.seconds;
    e->end = samples.end;
    e->claims_met = run_claims_met(s->run);
    e->sample =
        (struct sample){.tasks = samples.tasks, .choices = samples.choices, .pct = samples.pct};
    for (int d = SAMPLE_LEAST_DEPTH; d <= SAMPLE_MOST_DEPTH; d++)
        e->sample.probability[d - SAMPLE_LEAST_DEPTH] = samples_probability(&samples, d);
    bool good = collect_met(e, s, &samples.endings);
    samples_fini(&samples);
    return good;
}

/* -- sorting ----------------------------------------------------------------------------------- */

static int by_goodness(const void *x, const void *y)
{
    const struct finding *a = x, *b = y;
    bool a_bad = a->verdict != VERDICT_AS_EXPECTED, b_bad = b->verdict != VERDICT_AS_EXPECTED;
    if (a_bad != b_bad)
        return a_bad - b_bad;
    int order = cost_compare(a->cost, b->cost);
    return order != 0 ? order : strcmp(a->schedule, b->schedule);
}

static bool find_failures(struct exploration *e)
{
    if (e->outcome_count > 0)
        qsort(e->outcomes, e->outcome_count, sizeof *e->outcomes, by_goodness);
    for (size_t i = 0; i < e->outcome_count; i++) {
        struct finding *o = &e->outcomes[i];
        size_t f = 0;
        if (o->verdict == VERDICT_AS_EXPECTED)
            continue;
        while (f < e->failure_count &&
               (e->failures[f].verdict != o->verdict ||
                !digest_same(&e->failures[f].ending.failure, &o->ending.failure)))
            f++;
        if (f == e->failure_count) {
            struct finding *made = add(&e->failures, &e->failure_count);
            if (made == NULL)
                return false;
            *made = *o;
            made->executions = (struct tally_of_paths){0};
            made->schedule = strdup(o->schedule);
        }
        o->failure = (uint32_t)f;
        e->failures[f].executions = paths_sum(e->failures[f].executions, o->executions);
    }
    return true;
}

/* -- schedules made short ---------------------------------------------------------------------- */

static uint64_t choices_in(const struct schedule *s)
{
    uint64_t n = 0;
    for (size_t i = 0; i < s->count; i++)
        n += s->items[i].times;
    return n;
}

static void keep_choices(struct schedule *s, uint64_t n)
{
    size_t i = 0;
    while (i < s->count && s->items[i].times <= n)
        n -= s->items[i++].times;
    if (n > 0)
        s->items[i++].times = n;
    s->count = i;
}

/* The first n choices; after them the default policy goes on. To be freed. */
static char *beginning(const char *text, uint64_t n)
{
    struct schedule s;
    const char *error;
    size_t at;
    schedule_init(&s, (struct freedom){0});
    char *cut = NULL;
    if (schedule_parse(&s, text, &error, &at) == 0) {
        keep_choices(&s, n);
        cut = schedule_text(&s);
    }
    schedule_fini(&s);
    return cut;
}

/* The same outcome, and no harder to follow? */
static bool is_as_good(const struct program *program, const struct run_options *o,
                       const char *schedule, const struct finding *f)
{
    struct ending e;
    struct cost cost = explore_cost(program, o, schedule, &e);
    return e.verdict == f->ending.verdict && digest_same(&e.outcome, &f->ending.outcome) &&
           cost.preemptions <= f->cost.preemptions && cost.switches <= f->cost.switches;
}

/* The fewest choices with which the rest follows by itself. */
static void shorten(const struct program *program, const struct run_options *o, struct finding *f)
{
    struct schedule s;
    const char *error;
    size_t at;
    schedule_init(&s, (struct freedom){0});
    uint64_t most = schedule_parse(&s, f->schedule, &error, &at) == 0 ? choices_in(&s) : 0;
    schedule_fini(&s);
    uint64_t least = 0;
    while (least < most) {
        uint64_t middle = least + (most - least) / 2;
        char *cut = beginning(f->schedule, middle);
        if (cut != NULL && is_as_good(program, o, cut, f))
            most = middle;
        else
            least = middle + 1;
        free(cut);
    }
    char *cut = beginning(f->schedule, least);
    if (cut != NULL && is_as_good(program, o, cut, f)) {
        free(f->schedule);
        f->schedule = cut;
    } else {
        free(cut);
    }
}

static bool search(struct exploration *e, struct scenario *s, const struct explore_options *o)
{
    e->reduction = o->reduction;
    if (o->samples > 0)
        return search_samples(e, s, o);
    return o->reduction == REDUCTION_STATES ? search_states(e, s, o) : search_orders(e, s, o);
}

/* -- all of it --------------------------------------------------------------------------------- */

enum { SHORTENED = 1000 /* findings; the others keep all their choices */ };

struct exploration *explore(const struct program *program, const struct explore_options *options,
                            struct diag_list *diags)
{
    struct scenario s;
    struct exploration *e = calloc(1, sizeof *e);
    bool good = e != NULL && scenario_open(&s, program, options->run, diags);
    bool opened = good;
    good = good && search(e, &s, options);
    if (opened)
        scenario_close(&s);
    good = good && find_failures(e);
    for (size_t i = 0; good && i < e->outcome_count && i < SHORTENED; i++)
        shorten(program, options->run, &e->outcomes[i]);
    for (size_t i = 0; good && i < e->failure_count && i < SHORTENED; i++)
        shorten(program, options->run, &e->failures[i]);
    if (good)
        return e;
    if (diags->messages == 0)
        diag_add_unplaced(diags, DIAG_ERROR, "there is not enough memory for this exploration");
    exploration_free(e);
    return NULL;
}

void exploration_free(struct exploration *e)
{
    if (e == NULL)
        return;
    for (size_t i = 0; i < e->outcome_count; i++)
        free(e->outcomes[i].schedule);
    for (size_t i = 0; i < e->failure_count; i++)
        free(e->failures[i].schedule);
    for (size_t i = 0; i < e->cycle_count; i++) {
        free(e->cycles[i].schedule);
        free(e->cycles[i].who);
    }
    free(e->outcomes);
    free(e->failures);
    free(e->cycles);
    free(e);
}

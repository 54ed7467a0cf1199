/* states.c - see states.h. */
#include "sim/explore/states.h"

#include "sim/explore/deal.h"
#include "sim/sched/arena.h"
#include "sim/sched/clock.h"

#include <stdlib.h>
#include <string.h>

enum { LOOK_EVERY = 1024 }; /* steps between two looks at the clock: a stretch may have many */

/* A state on the way to the present one. */
struct stop {
    uint32_t node;
    struct snapshot *here; /* owned */
    struct sched_choice choices[SCHED_CHOICES_MOST];
    struct edge edges[SCHED_CHOICES_MOST];
    uint32_t met;         /* choices */
    uint32_t count, next; /* of them, those to be made; the next one */
    uint32_t preemptions;
    uint16_t last;
    struct digest present; /* subject.h */
};

struct way {
    struct search *s;
    struct execution *x;
    struct stop **stops; /* owned; those above `count` are kept for later */
    uint32_t count, room, made;
    double start;
    uint64_t unlooked; /* steps since the last look at the clock */
    size_t snapshot_bytes;
    uint64_t prefixes; /* met so far */
    struct deal deal;
};

/* -- the state where we are -------------------------------------------------------------------- */

static uint32_t node_here(struct way *w, uint32_t preemptions, bool *is_new)
{
    static struct digest_words words; /* kept for its room; there is one search at a time */
    struct graph *g = &w->s->graph;
    struct digest d = {.words = g->exact ? &words : NULL};
    words.count = 0;
    if (w->x->ended) {
        struct ending e = w->x->subject->end(w->x->subject->ctx, w->x->end);
        digest_add(&d, e.outcome.a);
        digest_add(&d, e.outcome.b);
        digest_add(&d, e.failure.a);
        digest_add(&d, (uint64_t)e.verdict);
        uint32_t node = graph_node(g, &d, is_new);
        if (node != NO_NODE && *is_new)
            g->nodes[node].ending = graph_ending(g, &e, node);
        return node;
    }
    digest_add(&d, 1);
    w->x->subject->digest(w->x->subject->ctx, &d);
    if (w->s->bounds.preemptions >= 0)
        digest_add(&d, (uint64_t)preemptions << 16 | w->x->last);
    if (w->s->parts > 0 && w->count < DEAL_DEPTH)
        digest_add(&d, ++w->prefixes); /* no two are the same: all parts must deal alike */
    return graph_node(g, &d, is_new);
}

/* -- the way ----------------------------------------------------------------------------------- */

static struct stop *room_for_stop(struct way *w)
{
    if (w->count == w->room) {
        uint32_t room = w->room == 0 ? 64 : w->room * 2;
        struct stop **grown = realloc(w->stops, room * sizeof(struct stop *));
        if (grown == NULL)
            return NULL;
        w->stops = grown;
        w->room = room;
    }
    if (w->count == w->made) {
        if ((w->stops[w->made] = malloc(sizeof(struct stop))) == NULL)
            return NULL;
        w->stops[w->made]->here = NULL;
        w->made++;
    }
    return w->stops[w->count++];
}

/* Tasks that have not begun come first: most often they do nothing that concerns others before they
 * come to a choice, and then there is nothing else to do here. Then whoever made the last step. */
static int place_in_list(const struct execution *x, struct sched_choice c)
{
    if (!task_has_begun(c.task))
        return 0;
    return task_number(c.task) == x->last ? 1 : 2;
}

static void list_choices(struct stop *stop, const struct execution *x)
{
    uint32_t count = 0;
    for (int place = 0; place <= 2; place++) {
        for (size_t i = 0; i < x->count; i++) {
            if (place_in_list(x, x->choices[i]) == place)
                stop->choices[count++] = x->choices[i];
        }
    }
}

static void push(struct way *w, uint32_t node, uint32_t preemptions, struct digest present)
{
    struct stop *stop = room_for_stop(w);
    if (stop != NULL)
        stop->here = snapshot_take_again(stop->here);
    if (stop == NULL || stop->here == NULL) {
        w->s->graph.out_of_memory = true;
        w->count -= stop != NULL;
        return;
    }
    stop->node = node;
    stop->met = stop->count = (uint32_t)w->x->count;
    stop->next = 0;
    stop->preemptions = preemptions;
    stop->present = present;
    stop->last = w->x->last;
    list_choices(stop, w->x);
    w->snapshot_bytes += snapshot_bytes(stop->here);
    if (w->count > w->s->deepest)
        w->s->deepest = w->count;
}

static void pop(struct way *w)
{
    struct stop *stop = w->stops[--w->count];
    graph_set_edges(&w->s->graph, stop->node, stop->edges, stop->next);
    if (stop->next < stop->count) /* at a bound */
        w->s->graph.nodes[stop->node].pruned = true;
    w->snapshot_bytes -= snapshot_bytes(stop->here);
}

/* -- bounds ------------------------------------------------------------------------------------ */

/* What has been seen of all there is, taking the branches that are not yet known for as large as
 * those that are. */
static double covered(const struct way *w)
{
    double sum = 0, share = 1;
    for (uint32_t i = 0; i < w->count; i++) {
        const struct stop *stop = w->stops[i];
        double each = share / stop->count;
        sum += each * (stop->next > 0 ? stop->next - 1 : 0);
        share = each;
    }
    return w->count == 0 ? 1 : sum;
}

static bool at_a_bound(struct way *w)
{
    struct search *s = w->s;
    s->end = SEARCH_COMPLETE;
    if (s->bounds.executions > 0 && s->executions >= s->bounds.executions)
        s->end = SEARCH_EXECUTIONS;
    else if (s->graph.out_of_memory ||
             (s->bounds.bytes > 0 && w->snapshot_bytes + graph_bytes(&s->graph) > s->bounds.bytes))
        s->end = SEARCH_BYTES;
    if (s->end == SEARCH_COMPLETE && w->unlooked >= LOOK_EVERY) {
        w->unlooked = 0;
        s->seconds = clock_now() - w->start;
        s->covered = covered(w);
        if (s->bounds.seconds > 0 && s->seconds > s->bounds.seconds)
            s->end = SEARCH_SECONDS;
        else if (s->stop != NULL && s->stop(s->ctx, s))
            s->end = SEARCH_STOPPED;
    }
    return s->end != SEARCH_COMPLETE;
}

/* -- the search -------------------------------------------------------------------------------- */

static struct digest present_here(const struct way *w)
{
    struct digest d = {.a = 0};
    const struct subject *subject = w->x->subject;
    if (subject->present != NULL && !w->x->ended)
        subject->present(subject->ctx, &d);
    return d;
}

enum { ROUNDS = 2 /* of a loop that changes nothing but what there is to tell of it */ };

/* The state that this one comes back to, if it has done so often enough; or NO_NODE. */
static uint32_t rounds_back(const struct way *w, const struct digest *present)
{
    uint32_t rounds = 0, last = NO_NODE;
    if (w->x->subject->present == NULL)
        return NO_NODE;
    for (uint32_t i = 0; i < w->count; i++) {
        const struct stop *stop = w->stops[i];
        if (stop->present.a == present->a && stop->present.b == present->b) {
            rounds++;
            last = stop->node;
        }
    }
    return rounds >= ROUNDS ? last : NO_NODE;
}

/* Where a stretch has led: a node, which is gone on from unless it is known. */
static uint32_t arrive(struct way *w, uint32_t preemptions)
{
    struct search *s = w->s;
    bool is_new;
    if (!deal_is_ours(&w->deal, w->count, w->x->ended ? DEAL_HAS_ENDED : DEAL_GOES_ON))
        return NO_NODE;
    struct digest present = present_here(w);
    uint32_t node = w->x->ended ? NO_NODE : rounds_back(w, &present);
    if (node != NO_NODE) {
        s->executions++;
        return node;
    }
    node = node_here(w, preemptions, &is_new);
    if (w->x->ended || !is_new)
        s->executions++;
    if (node != NO_NODE && !w->x->ended && is_new)
        push(w, node, preemptions, present);
    return node;
}

/* A step that concerns nobody, of another task than the last one: it is made here because that saves
 * states, but need not be made before the task goes on with something that does concern others. So it
 * is no switch, and whoever went before goes on. */
static bool is_silent(const struct execution *x, const struct stop *stop, struct sched_choice c)
{
    return x->local && x->steps == 1 && !x->ended && c.kind == CHOICE_GOES_ON &&
           task_number(c.task) != stop->last;
}

static void take_next_choice(struct way *w)
{
    struct stop *stop = w->stops[w->count - 1];
    struct execution *x = w->x;
    struct sched_choice c = stop->choices[stop->next];
    struct edge *edge = &stop->edges[stop->next++];
    bool preempts = choice_preempts(stop->choices, stop->met, c, stop->last);
    if (stop->next > 1) {
        snapshot_restore(stop->here);
        execution_resume(x, stop->last);
    }
    execution_go(x, c);
    w->s->steps++;
    w->unlooked += 1 + x->steps;
    bool silent = is_silent(x, stop, c);
    if (silent) {
        preempts = false;
        x->last = stop->last;
    }
    *edge = (struct edge){.to = NO_NODE,
                          .move = move_of(c),
                          .steps = x->steps,
                          .switches = x->switches,
                          .movers = x->movers,
                          .last = x->last,
                          .progress = x->progress};
    edge->move.silent = silent;
    if (x->local && !w->s->everything && x->subject->states == SUBJECT_HIDES) {
        stop->count = stop->next; /* whatever else can be done here can be done afterwards */
        w->s->graph.nodes[stop->node].pruned = stop->count < stop->met;
    }
    int64_t preemptions = (int64_t)stop->preemptions + preempts;
    if (w->s->bounds.preemptions >= 0 && preemptions > w->s->bounds.preemptions)
        w->s->bounded = true;
    else
        edge->to = arrive(w, (uint32_t)preemptions);
}

void states_search(struct search *s, struct execution *x)
{
    struct way w = {
        .s = s, .x = x, .start = clock_now(), .deal = {.part = s->part, .parts = s->parts}};
    execution_start(x);
    arrive(&w, 0);
    while (w.count > 0 && !at_a_bound(&w)) {
        const struct stop *stop = w.stops[w.count - 1];
        if (stop->next == stop->count)
            pop(&w);
        else
            take_next_choice(&w);
    }
    s->covered = covered(&w);
    while (w.count > 0)
        pop(&w);
    for (uint32_t i = 0; i < w.made; i++) {
        snapshot_free(w.stops[i]->here);
        free(w.stops[i]);
    }
    free(w.stops);
    s->seconds = clock_now() - w.start;
}

void search_fini(struct search *s)
{
    graph_fini(&s->graph);
}

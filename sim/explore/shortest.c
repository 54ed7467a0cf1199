/* shortest.c - the easiest way to a node: Dijkstra's algorithm over pairs of a state and who made the
 * last step, since what a choice costs depends on both. */
#include "sim/explore/paths.h"

#include <stdlib.h>
#include <string.h>

struct place {
    uint32_t node;
    uint16_t last;
    bool done;
    struct cost cost;
    uint32_t from, edge; /* the place before, and the edge that led here; NO_NODE at the start */
};

struct map {
    const struct graph *g;
    struct place *places; /* owned */
    uint32_t count, room;
    uint32_t *table; /* owned; of places, by node and last */
    uint32_t table_room;
    uint32_t *heap; /* owned; places, the cheapest first; a place may be in it more than once */
    struct cost *heap_costs;
    uint32_t heap_count, heap_room;
    bool out_of_memory;
};

/* -- places ------------------------------------------------------------------------------------ */

static uint32_t slot_of(const struct map *m, uint32_t node, uint16_t last)
{
    uint64_t key = ((uint64_t)node << 16 | last) * 0x9e3779b97f4a7c15;
    uint32_t mask = m->table_room - 1, at = (uint32_t)(key >> 32) & mask;
    while (m->table[at] != NO_NODE &&
           (m->places[m->table[at]].node != node || m->places[m->table[at]].last != last))
        at = (at + 1) & mask;
    return at;
}

static bool grow_places(struct map *m)
{
    uint32_t room = m->room == 0 ? 1024 : m->room * 2;
    struct place *places = realloc(m->places, room * sizeof *places);
    uint32_t *table = malloc((size_t)room * 2 * sizeof *table);
    if (places != NULL)
        m->places = places;
    if (places == NULL || table == NULL) {
        free(table);
        m->out_of_memory = true;
        return false;
    }
    free(m->table);
    m->table = table;
    m->room = room;
    m->table_room = room * 2;
    memset(table, 0xff, (size_t)m->table_room * sizeof *table);
    for (uint32_t i = 0; i < m->count; i++)
        table[slot_of(m, m->places[i].node, m->places[i].last)] = i;
    return true;
}

/* -- the heap ---------------------------------------------------------------------------------- */

static void swap(struct map *m, uint32_t a, uint32_t b)
{
    uint32_t place = m->heap[a];
    struct cost cost = m->heap_costs[a];
    m->heap[a] = m->heap[b];
    m->heap_costs[a] = m->heap_costs[b];
    m->heap[b] = place;
    m->heap_costs[b] = cost;
}

static bool less(const struct map *m, uint32_t a, uint32_t b)
{
    return cost_compare(m->heap_costs[a], m->heap_costs[b]) < 0;
}

static void heap_add(struct map *m, uint32_t place, struct cost cost)
{
    if (m->heap_count == m->heap_room) {
        uint32_t room = m->heap_room == 0 ? 1024 : m->heap_room * 2;
        uint32_t *heap = realloc(m->heap, room * sizeof *heap);
        if (heap != NULL)
            m->heap = heap;
        struct cost *costs = realloc(m->heap_costs, room * sizeof *costs);
        if (costs != NULL)
            m->heap_costs = costs;
        if (heap == NULL || costs == NULL) {
            m->out_of_memory = true;
            return;
        }
        m->heap_room = room;
    }
    uint32_t at = m->heap_count++;
    m->heap[at] = place;
    m->heap_costs[at] = cost;
    for (; at > 0 && less(m, at, (at - 1) / 2); at = (at - 1) / 2)
        swap(m, at, (at - 1) / 2);
}

static uint32_t heap_take(struct map *m)
{
    uint32_t first = m->heap[0], at = 0;
    m->heap_count--;
    swap(m, 0, m->heap_count);
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child + 1 < m->heap_count && less(m, child + 1, child))
            child++;
        if (child >= m->heap_count || !less(m, child, at))
            return first;
        swap(m, child, at);
        at = child;
    }
}

/* -- the way ----------------------------------------------------------------------------------- */

static void reach(struct map *m, uint32_t node, uint16_t last, struct cost cost, uint32_t from,
                  uint32_t edge)
{
    if (m->count == m->room && !grow_places(m))
        return;
    uint32_t slot = slot_of(m, node, last), i = m->table[slot];
    if (i == NO_NODE) {
        i = m->count++;
        m->table[slot] = i;
        m->places[i] = (struct place){.node = node, .last = last, .cost = {UINT32_MAX, 0, 0}};
    }
    if (cost_compare(cost, m->places[i].cost) >= 0)
        return;
    m->places[i].cost = cost;
    m->places[i].from = from;
    m->places[i].edge = edge;
    heap_add(m, i, cost);
}

static void leave(struct map *m, uint32_t place)
{
    const struct graph *g = m->g;
    struct place here = m->places[place];
    const struct node *n = &g->nodes[here.node];
    for (uint32_t i = n->first_edge; i < n->first_edge + n->edge_count; i++) {
        const struct edge *e = &g->edges[i];
        if (e->to == NO_NODE)
            continue;
        bool silent = e->move.silent;
        bool preempts = !silent && graph_preempts(g, here.node, here.last, e->move);
        bool switches = !silent && e->move.kind == CHOICE_GOES_ON && here.last != NO_TASK &&
                        here.last != e->move.task;
        struct cost cost = {preempts, e->switches + switches, e->steps};
        reach(m, e->to, silent ? here.last : e->last, cost_sum(here.cost, cost), place, i);
    }
}

static bool keep_route(const struct map *m, uint32_t place, struct route *route)
{
    uint32_t count = 0;
    for (uint32_t at = place; m->places[at].from != NO_NODE; at = m->places[at].from)
        count++;
    route->moves = malloc((count + 1) * sizeof *route->moves);
    if (route->moves == NULL)
        return false;
    route->count = count;
    route->cost = m->places[place].cost;
    for (uint32_t at = place; m->places[at].from != NO_NODE; at = m->places[at].from)
        route->moves[--count] = m->g->edges[m->places[at].edge].move;
    return true;
}

bool paths_easiest(const struct graph *g, uint32_t (*target)(const void *ctx, uint32_t node),
                   const void *ctx, struct route *routes, uint32_t count)
{
    struct map m = {.g = g};
    uint32_t left = count;
    memset(routes, 0, count * sizeof *routes);
    if (g->node_count > 0)
        reach(&m, 0, NO_TASK, (struct cost){0, 0, 0}, NO_NODE, NO_NODE);
    while (m.heap_count > 0 && left > 0 && !m.out_of_memory) {
        uint32_t place = heap_take(&m);
        if (m.places[place].done)
            continue;
        m.places[place].done = true;
        uint32_t i = target(ctx, m.places[place].node);
        if (i < count && routes[i].moves == NULL) {
            m.out_of_memory |= !keep_route(&m, place, &routes[i]);
            left--;
        }
        leave(&m, place);
    }
    free(m.places);
    free(m.table);
    free(m.heap);
    free(m.heap_costs);
    return !m.out_of_memory;
}

void route_fini(struct route *r)
{
    free(r->moves);
    r->moves = NULL;
}

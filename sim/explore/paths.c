/* paths.c - counting executions on the graph, and its cycles: Tarjan's strongly connected components,
 * which come out in reverse topological order. */
#include "sim/explore/paths.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- numbers ----------------------------------------------------------------------------------- */

struct tally_of_paths paths_sum(struct tally_of_paths a, struct tally_of_paths b)
{
    struct tally_of_paths sum = {.infinite = a.infinite || b.infinite,
                                 .too_many = a.too_many || b.too_many};
    uint64_t carry = __builtin_add_overflow(a.low, b.low, &sum.low);
    if (__builtin_add_overflow(a.high, b.high, &sum.high) ||
        __builtin_add_overflow(sum.high, carry, &sum.high))
        sum.too_many = true;
    return sum;
}

/* Divides by ten; returns the remainder. */
static unsigned divide(struct tally_of_paths *n)
{
    uint64_t rest = n->high % 10;
    n->high /= 10;
    uint64_t upper = rest << 32 | n->low >> 32;
    uint64_t lower = (upper % 10) << 32 | (n->low & 0xffffffff);
    n->low = (upper / 10) << 32 | lower / 10;
    return (unsigned)(lower % 10);
}

void paths_format(struct tally_of_paths n, char *text, size_t size)
{
    char digits[64];
    size_t at = sizeof digits - 1, count = 0;
    if (n.infinite || n.too_many) {
        snprintf(text, size, "%s", n.infinite ? "infinitely many" : "more than 10^38");
        return;
    }
    digits[at] = '\0';
    do {
        if (count > 0 && count % 3 == 0)
            digits[--at] = ',';
        digits[--at] = (char)('0' + divide(&n));
        count++;
    } while (n.high > 0 || n.low > 0);
    snprintf(text, size, "%s", digits + at);
}

/* -- components -------------------------------------------------------------------------------- */

struct visit {
    uint32_t node, next; /* the next of its edges */
};

struct components {
    const struct graph *g;
    uint32_t *index, *low; /* owned; from 1; 0: not met */
    uint32_t *component;   /* owned; of each node; NO_NODE: not known */
    uint32_t *order;       /* owned; the nodes, in reverse topological order */
    uint32_t order_count, component_count;
    uint32_t *open; /* owned; met, and not yet in a component */
    uint32_t open_count;
    struct visit *visits; /* owned */
    uint32_t visit_count;
    uint32_t met;
};

static bool components_init(struct components *c, const struct graph *g)
{
    size_t n = g->node_count + 1;
    *c = (struct components){.g = g};
    c->index = calloc(n, sizeof *c->index);
    c->low = calloc(n, sizeof *c->low);
    c->component = malloc(n * sizeof *c->component);
    c->order = malloc(n * sizeof *c->order);
    c->open = malloc(n * sizeof *c->open);
    c->visits = malloc(n * sizeof *c->visits);
    if (c->component != NULL)
        memset(c->component, 0xff, n * sizeof *c->component);
    return c->index != NULL && c->low != NULL && c->component != NULL && c->order != NULL &&
           c->open != NULL && c->visits != NULL;
}

static void components_fini(struct components *c)
{
    free(c->index);
    free(c->low);
    free(c->component);
    free(c->order);
    free(c->open);
    free(c->visits);
}

static void meet(struct components *c, uint32_t node)
{
    c->index[node] = c->low[node] = ++c->met;
    c->open[c->open_count++] = node;
    c->visits[c->visit_count++] = (struct visit){node, 0};
}

static void lower(struct components *c, uint32_t node, uint32_t to)
{
    c->low[node] = to < c->low[node] ? to : c->low[node];
}

/* All its edges have been followed. */
static void finish(struct components *c, uint32_t node)
{
    uint32_t member;
    c->visit_count--;
    if (c->visit_count > 0)
        lower(c, c->visits[c->visit_count - 1].node, c->low[node]);
    if (c->low[node] != c->index[node])
        return;
    do {
        member = c->open[--c->open_count];
        c->component[member] = c->component_count;
        c->order[c->order_count++] = member;
    } while (member != node);
    c->component_count++;
}

static void find_components(struct components *c)
{
    meet(c, 0);
    while (c->visit_count > 0) {
        struct visit *v = &c->visits[c->visit_count - 1];
        const struct node *n = &c->g->nodes[v->node];
        if (v->next == n->edge_count) {
            finish(c, v->node);
            continue;
        }
        uint32_t to = c->g->edges[n->first_edge + v->next++].to;
        if (to == NO_NODE)
            continue;
        if (c->index[to] == 0)
            meet(c, to);
        else if (c->component[to] == NO_NODE)
            lower(c, v->node, c->index[to]);
    }
}

/* -- cycles ------------------------------------------------------------------------------------ */

struct component {
    uint32_t node;
    uint64_t movers;
    uint64_t always; /* who could run in every one of its states */
    bool cyclic, progress;
};

static uint64_t bit(uint16_t task)
{
    return task < 64 ? UINT64_C(1) << task : 0;
}

static void look_at_node(const struct components *c, uint32_t i, struct component *of)
{
    const struct graph *g = c->g;
    const struct node *n = &g->nodes[i];
    uint64_t can_run = 0;
    of->node = i < of->node ? i : of->node;
    for (uint32_t e = n->first_edge; e < n->first_edge + n->edge_count; e++) {
        const struct edge *edge = &g->edges[e];
        can_run |= bit(edge->move.task);
        if (edge->to == NO_NODE || c->component[edge->to] != c->component[i])
            continue;
        of->cyclic = true;
        of->movers |= edge->movers;
        of->progress |= edge->progress;
    }
    if (!n->pruned)
        of->always &= can_run;
}

/* A cycle in which a process that could always run never does is the scheduler's fault, and no
 * scheduler does that for ever. */
static bool is_fair(const struct component *of)
{
    return of->cyclic && (of->always & ~of->movers) == 0;
}

static bool find_cycles(struct paths *p, const struct components *c, struct component *of)
{
    for (uint32_t i = 0; i < c->component_count; i++)
        of[i] = (struct component){.node = NO_NODE, .always = UINT64_MAX};
    for (uint32_t i = 0; i < c->g->node_count; i++) {
        if (c->component[i] != NO_NODE)
            look_at_node(c, i, &of[c->component[i]]);
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < c->component_count; i++)
        count += is_fair(&of[i]);
    p->cycles = malloc((count + 1) * sizeof *p->cycles);
    for (uint32_t i = 0; p->cycles != NULL && i < c->component_count; i++) {
        if (is_fair(&of[i]))
            p->cycles[p->cycle_count++] = (struct cycle){of[i].node, of[i].movers, of[i].progress};
    }
    return p->cycles != NULL;
}

/* -- counting ---------------------------------------------------------------------------------- */

static void count_paths(struct paths *p, const struct components *c, const struct component *of,
                        struct tally_of_paths *to_node)
{
    const struct graph *g = c->g;
    to_node[0].low = 1;
    for (uint32_t at = c->order_count; at > 0; at--) {
        uint32_t i = c->order[at - 1];
        const struct node *n = &g->nodes[i];
        if (of[c->component[i]].cyclic)
            to_node[i].infinite = true;
        if (n->ending != NO_NODE) {
            p->of_ending[n->ending] = paths_sum(p->of_ending[n->ending], to_node[i]);
            p->all = paths_sum(p->all, to_node[i]);
        }
        for (uint32_t e = n->first_edge; e < n->first_edge + n->edge_count; e++) {
            uint32_t to = g->edges[e].to;
            if (to != NO_NODE)
                to_node[to] = paths_sum(to_node[to], to_node[i]);
        }
    }
}

bool paths_count(struct paths *p, const struct graph *g)
{
    struct components c;
    bool good = false;
    *p = (struct paths){0};
    p->of_ending = calloc(g->ending_count + 1, sizeof *p->of_ending);
    if (g->node_count == 0)
        return p->of_ending != NULL; /* all of it belongs to other parts */
    if (components_init(&c, g) && p->of_ending != NULL) {
        find_components(&c);
        struct component *of = malloc((c.component_count + 1) * sizeof *of);
        struct tally_of_paths *to_node = calloc(g->node_count + 1, sizeof *to_node);
        good = of != NULL && to_node != NULL && find_cycles(p, &c, of);
        if (good)
            count_paths(p, &c, of, to_node);
        free(of);
        free(to_node);
    }
    components_fini(&c);
    return good;
}

void paths_fini(struct paths *p)
{
    free(p->of_ending);
    free(p->cycles);
    *p = (struct paths){0};
}

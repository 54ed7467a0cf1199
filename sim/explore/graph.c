/* graph.c - see graph.h. */
#include "sim/explore/endings.h"

#include <stdlib.h>
#include <string.h>

void graph_init(struct graph *g)
{
    *g = (struct graph){.table_room = 0};
}

void graph_fini(struct graph *g)
{
    for (uint32_t i = 0; g->states != NULL && i < g->node_count; i++)
        free(g->states[i].at);
    free(g->states);
    free(g->nodes);
    free(g->edges);
    free(g->endings);
    free(g->table);
    graph_init(g);
}

/* Makes room for `more` further elements. */
static bool grow(struct graph *g, void **array, uint32_t count, uint32_t *room, uint32_t more,
                 size_t size)
{
    if (more <= *room - count)
        return true;
    uint64_t wanted = *room == 0 ? 256 : (uint64_t)*room * 2;
    while (wanted < (uint64_t)count + more)
        wanted *= 2;
    void *grown = wanted >= NO_NODE ? NULL : realloc(*array, wanted * size);
    if (grown == NULL) {
        g->out_of_memory = true;
        return false;
    }
    *array = grown;
    *room = (uint32_t)wanted;
    return true;
}

/* -- nodes ------------------------------------------------------------------------------------- */

static bool same_words(const struct digest_words *a, const struct digest_words *b)
{
    return a->count == b->count && memcmp(a->at, b->at, a->count * sizeof *a->at) == 0;
}

static bool is_node(const struct graph *g, uint32_t i, const struct digest *d)
{
    const struct node *n = &g->nodes[i];
    return n->a == d->a && n->b == d->b && (!g->exact || same_words(&g->states[i], d->words));
}

/* Where the node is in the table, or belongs. */
static uint32_t place_of(const struct graph *g, const struct digest *d)
{
    uint32_t mask = g->table_room - 1, at = (uint32_t)d->a & mask;
    while (g->table[at] != NO_NODE && !is_node(g, g->table[at], d))
        at = (at + 1) & mask;
    return at;
}

static bool grow_table(struct graph *g)
{
    uint32_t room = g->table_room == 0 ? 1024 : g->table_room * 2;
    uint32_t *table = room == 0 ? NULL : malloc((size_t)room * sizeof *table);
    if (table == NULL) {
        g->out_of_memory = true;
        return false;
    }
    memset(table, 0xff, (size_t)room * sizeof *table);
    for (uint32_t i = 0; i < g->node_count; i++) {
        uint32_t at = (uint32_t)g->nodes[i].a & (room - 1);
        while (table[at] != NO_NODE)
            at = (at + 1) & (room - 1);
        table[at] = i;
    }
    free(g->table);
    g->table = table;
    g->table_room = room;
    return true;
}

static bool keep_state(struct graph *g, const struct digest_words *words)
{
    uint32_t room = g->node_room;
    struct digest_words *grown = realloc(g->states, (size_t)room * sizeof *grown);
    uint64_t *copy = grown == NULL ? NULL : malloc(words->count * sizeof *copy);
    if (grown != NULL)
        g->states = grown;
    if (copy == NULL) {
        g->out_of_memory = true;
        return false;
    }
    memcpy(copy, words->at, words->count * sizeof *copy);
    g->states[g->node_count] = (struct digest_words){copy, words->count, words->count};
    return true;
}

uint32_t graph_node(struct graph *g, const struct digest *d, bool *is_new)
{
    *is_new = false;
    if (g->node_count * 2 >= g->table_room && !grow_table(g))
        return NO_NODE;
    uint32_t at = place_of(g, d);
    if (g->table[at] != NO_NODE)
        return g->table[at];
    if (!grow(g, (void **)&g->nodes, g->node_count, &g->node_room, 1, sizeof *g->nodes) ||
        (g->exact && !keep_state(g, d->words)))
        return NO_NODE;
    uint32_t i = g->node_count++;
    g->nodes[i] = (struct node){.a = d->a, .b = d->b, .ending = NO_NODE};
    g->table[at] = i;
    *is_new = true;
    return i;
}

void graph_set_edges(struct graph *g, uint32_t node, const struct edge *edges, uint32_t count)
{
    if (!grow(g, (void **)&g->edges, g->edge_count, &g->edge_room, count, sizeof *edges))
        return;
    g->nodes[node].first_edge = g->edge_count;
    g->nodes[node].edge_count = count;
    memcpy(g->edges + g->edge_count, edges, count * sizeof *edges);
    g->edge_count += count;
}

/* -- endings ----------------------------------------------------------------------------------- */

uint32_t graph_ending(struct graph *g, const struct ending *e, uint32_t node)
{
    for (uint32_t i = 0; i < g->ending_count; i++) {
        if (ending_same(&g->endings[i].ending, e))
            return i;
    }
    if (!grow(g, (void **)&g->endings, g->ending_count, &g->ending_room, 1, sizeof *g->endings))
        return NO_NODE;
    g->endings[g->ending_count] = (struct found_ending){*e, node};
    return g->ending_count++;
}

size_t graph_bytes(const struct graph *g)
{
    size_t bytes = g->node_room * sizeof *g->nodes + g->edge_room * sizeof *g->edges +
                   g->table_room * sizeof *g->table;
    for (uint32_t i = 0; g->exact && i < g->node_count; i++)
        bytes += g->states[i].count * sizeof(uint64_t);
    return bytes;
}

bool graph_preempts(const struct graph *g, uint32_t node, uint16_t last, struct move m)
{
    const struct node *n = &g->nodes[node];
    if (m.kind != CHOICE_GOES_ON || m.task == last)
        return false;
    for (uint32_t i = 0; i < n->edge_count; i++) {
        if (g->edges[n->first_edge + i].move.task == last)
            return true;
    }
    return false;
}

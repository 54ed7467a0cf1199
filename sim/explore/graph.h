/* graph.h - what an exploration has found: the states in which there is something to choose, the
 * stretches between them, and the endings.
 *
 * Nodes are numbered in the order in which they were met; node 0 is the first. A node is a state with
 * at least two choices, or an end. Its edges stand together once it has been left for good. */
#ifndef SIM_EXPLORE_GRAPH_H
#define SIM_EXPLORE_GRAPH_H

#include "sim/explore/execution.h"

#include <stdbool.h>

enum { NO_NODE = UINT32_MAX };

struct edge {
    uint32_t to; /* NO_NODE: not followed, since a bound forbids it */
    struct move move;
    uint32_t steps, switches; /* of the stretch; switches: after its first step */
    uint64_t movers;          /* who made a step in it: a bit for each task below 64 */
    uint16_t last;            /* who made its last step */
    bool progress;
};

struct node {
    uint64_t a, b; /* the digest */
    uint32_t first_edge, edge_count;
    uint32_t ending; /* number, or NO_NODE: it goes on */
    bool pruned;     /* some choices were left to the states that follow */
};

/* Distinct endings. */
struct found_ending {
    struct ending ending;
    uint32_t node; /* the first node that has it */
};

struct graph {
    struct node *nodes; /* all arrays owned */
    uint32_t node_count, node_room;
    struct edge *edges;
    uint32_t edge_count, edge_room;
    struct found_ending *endings;
    uint32_t ending_count, ending_room;
    uint32_t *table; /* of nodes, by digest: open addressing; a power of two */
    uint32_t table_room;
    bool exact;                  /* the states themselves are kept and compared */
    struct digest_words *states; /* exact: of each node */
    bool out_of_memory;
};

void graph_init(struct graph *g);
void graph_fini(struct graph *g);

/* The node with this digest; *is_new: it has just been added. NO_NODE when memory is short. */
uint32_t graph_node(struct graph *g, const struct digest *d, bool *is_new);

/* The number of this ending, which may be new. */
uint32_t graph_ending(struct graph *g, const struct ending *e, uint32_t node);

/* Appends the edges of a node; only once for each. */
void graph_set_edges(struct graph *g, uint32_t node, const struct edge *edges, uint32_t count);

size_t graph_bytes(const struct graph *g);

/* Is it a preemption to make a choice at this node after `last` has made the last step? */
bool graph_preempts(const struct graph *g, uint32_t node, uint16_t last, struct move m);

#endif

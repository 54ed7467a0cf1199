/* endings.c - see endings.h. */
#include "sim/explore/endings.h"

#include <stdlib.h>

bool ending_same(const struct ending *a, const struct ending *b)
{
    return a->verdict == b->verdict && digest_same(&a->outcome, &b->outcome) &&
           digest_same(&a->failure, &b->failure);
}

struct met_ending *endings_meet(struct endings *all, const struct ending *e)
{
    for (uint32_t i = 0; i < all->count; i++) {
        if (ending_same(&all->at[i].ending, e)) {
            all->at[i].executions++;
            return &all->at[i];
        }
    }
    struct met_ending *grown = realloc(all->at, (all->count + 1) * sizeof *grown);
    if (grown == NULL)
        return NULL;
    all->at = grown;
    grown[all->count] = (struct met_ending){.ending = *e, .executions = 1};
    return &grown[all->count++];
}

void endings_fini(struct endings *all)
{
    for (uint32_t i = 0; i < all->count; i++)
        route_fini(&all->at[i].route);
    free(all->at);
    *all = (struct endings){0};
}

/* orders.c - see orders.h. */
#include "sim/compare/orders.h"

#include "sim/compare/difference.h"

#include <stdlib.h>
#include <string.h>

enum { TRIES_MOST = 1000 };

/* The turns at the first moments of a run that is still to be tried. */
struct attempt {
    struct turn *turns; /* owned */
    size_t count;
};

struct attempts {
    struct attempt list[TRIES_MOST];
    size_t count, next;
    bool complete; /* none was left out */
};

/* The first round in which they differ; above `last`: none up to there. */
static size_t first_difference(const struct record *model, const struct record *host, size_t last)
{
    for (size_t i = 0; i <= last; i++) {
        if (i >= model->count || difference_in_round(model, host, i).kind != DIFFERENCE_NONE)
            return i;
    }
    return last + 1;
}

static void add(struct attempts *a, const struct turns *past, size_t moment, int taken)
{
    struct turn *copy = a->count == TRIES_MOST ? NULL : malloc((moment + 1) * sizeof *copy);
    if (copy == NULL) {
        a->complete = false;
        return;
    }
    memcpy(copy, past->turns, moment * sizeof *copy);
    copy[moment] = (struct turn){.taken = taken};
    a->list[a->count++] = (struct attempt){copy, moment + 1};
}

/* The same run, but at one of the moments after those that were given: not later than the round that came
 * out otherwise, since what is later cannot change that. */
static void add_others(struct attempts *a, const struct turns *t, size_t given, size_t round)
{
    for (size_t i = given; i < t->count && t->turns[i].round <= round + 1; i++) {
        for (int taken = 1; taken < t->turns[i].among; taken++)
            add(a, t, i, taken);
    }
}

/* True: it is as on the host. */
static bool try(struct attempts *a, const struct attempt *attempt, const struct model *first,
                const struct run_options *options, const struct record *host, size_t round,
                struct model *m)
{
    struct diag_list nobody_reads = {0};
    struct turns turns = {attempt->turns, attempt->count, attempt->count};
    bool good = model_run_in_order(m, first->program, options, &turns, &nobody_reads);
    size_t differs = good ? first_difference(&m->record, host, round) : 0;
    bool found = good && differs > round && m->record.actor_count == first->record.actor_count;
    if (!found && good)
        add_others(a, &turns, attempt->count, differs);
    if (!found)
        model_free(m);
    free(turns.turns);
    diag_list_free(&nobody_reads);
    return found;
}

static enum ordered search(const struct model *m, const struct run_options *options,
                           const struct record *host, size_t round, struct model *found)
{
    struct attempts *a = calloc(1, sizeof *a);
    enum ordered result = ORDER_NOT_FOUND;
    if (a == NULL)
        return result;
    a->complete = true;
    a->count = 1; /* by the rule */
    while (a->next < a->count && result != ORDER_FOUND) {
        struct attempt *attempt = &a->list[a->next++];
        if (try(a, attempt, m, options, host, round, found))
            result = ORDER_FOUND;
        attempt->turns = NULL;
    }
    if (result != ORDER_FOUND && a->complete)
        result = ORDER_NONE;
    while (a->next < a->count)
        free(a->list[a->next++].turns);
    free(a);
    return result;
}

/* Mostly it is enough to ask whose turn it is when somebody falls asleep or has done his call; else, in the
 * middle of calls, too. */
enum ordered orders_find(const struct model *m, const struct run_options *options,
                         const struct record *host, size_t round, struct model *found)
{
    struct run_options o = *options;
    o.freedom.grain = GRAIN_CALLS;
    enum ordered result = search(m, &o, host, round, found);
    if (result == ORDER_FOUND)
        return result;
    o.freedom.grain = GRAIN_LOCKS;
    return search(m, &o, host, round, found);
}

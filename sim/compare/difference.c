/* difference.c - see difference.h. */
#include "sim/compare/difference.h"

#include <string.h>

const struct effect *round_effect(const struct round *r, int actor, size_t n)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->effects[i].actor == actor && n-- == 0)
            return &r->effects[i];
    }
    return NULL;
}

/* -- equal? ------------------------------------------------------------------------------------ */

static bool same_result(const struct watched_result *a, const struct watched_result *b)
{
    bool bytes = a->bytes != NULL && b->bytes != NULL && a->value > 0;
    return a->value == b->value && (!bytes || memcmp(a->bytes, b->bytes, (size_t)a->value) == 0) &&
           memcmp(a->pair, b->pair, sizeof a->pair) == 0 &&
           (a->value < 0 || memcmp(a->revents, b->revents, sizeof a->revents) == 0);
}

/* But for who did it. */
static bool same_effect(const struct effect *a, const struct effect *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case EFFECT_RETURNS: return same_result(&a->result, &b->result);
    case EFFECT_SLEEPS: return true;
    case EFFECT_HANDLES: return a->number == b->number;
    case EFFECT_EXITS:
        return a->number == b->number || a->number == EXIT_UNKNOWN || b->number == EXIT_UNKNOWN;
    }
    return false;
}

static bool same_cause(const struct cause *a, const struct cause *b)
{
    return a->kind == b->kind && a->actor == b->actor &&
           (a->kind != CAUSE_CALL ||
            (strcmp(a->call.name, b->call.name) == 0 && a->line == b->line &&
             a->call.count == b->call.count && a->call.size == b->call.size &&
             memcmp(a->call.numbers, b->call.numbers, sizeof a->call.numbers) == 0));
}

/* -- in a round -------------------------------------------------------------------------------- */

/* Does each effect of one have its like in the other, though of another actor? */
static bool same_but_for_actors(const struct round *a, const struct round *b)
{
    bool used[64] = {false};
    if (a->count != b->count || a->count > 64)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        size_t j = 0;
        while (j < b->count && (used[j] || !same_effect(&a->effects[i], &b->effects[j])))
            j++;
        if (j == b->count)
            return false;
        used[j] = true;
    }
    return true;
}

/* The effects of one actor. */
static bool differ_for(const struct round *a, const struct round *b, int actor,
                       struct difference *found)
{
    for (size_t n = 0;; n++) {
        const struct effect *here = round_effect(a, actor, n), *there = round_effect(b, actor, n);
        if (here == NULL && there == NULL)
            return false;
        if (here == NULL || there == NULL || !same_effect(here, there)) {
            found->a = here;
            found->b = there;
            return true;
        }
    }
}

struct difference difference_in_round(const struct record *a, const struct record *b, size_t round)
{
    const struct round *here = &a->rounds[round], *there = &b->rounds[round];
    struct difference d = {.kind = DIFFERENCE_NONE, .round = round};
    if (!same_cause(&here->cause, &there->cause)) {
        d.kind = DIFFERENCE_CAUSE;
        return d;
    }
    bool differ = differ_for(here, there, here->cause.actor, &d);
    for (size_t i = 0; !differ && i < here->count; i++)
        differ = differ_for(here, there, here->effects[i].actor, &d);
    for (size_t i = 0; !differ && i < there->count; i++)
        differ = differ_for(here, there, there->effects[i].actor, &d);
    if (differ)
        d.kind = same_but_for_actors(here, there) ? DIFFERENCE_ORDER : DIFFERENCE_EFFECT;
    return d;
}

struct difference difference_find(const struct record *a, const struct record *b)
{
    struct difference d = {.kind = DIFFERENCE_NONE};
    size_t shorter = a->count < b->count ? a->count : b->count;
    for (size_t i = 0; i < shorter && d.kind == DIFFERENCE_NONE; i++)
        d = difference_in_round(a, b, i);
    if (d.kind == DIFFERENCE_NONE && a->count != b->count)
        d = (struct difference){.kind = DIFFERENCE_LENGTH, .round = shorter};
    return d;
}

/* report_join.c - what several executions, or several parts, have found is made one, in an order that
 * is the same for the whole as for its parts (see report.h). */
#include "sim/explore/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* -- order ------------------------------------------------------------------------------------- */

static int compare_again(const struct again *a, const struct again *b)
{
    int order = cost_compare(a->cost, b->cost);
    return order != 0 ? order : strcmp(a->schedule, b->schedule);
}

static int by_goodness(const void *x, const void *y)
{
    const struct report_outcome *a = x, *b = y;
    bool a_bad = a->verdict != VERDICT_AS_EXPECTED, b_bad = b->verdict != VERDICT_AS_EXPECTED;
    int order = a_bad != b_bad ? a_bad - b_bad : facts_compare(&a->facts, &b->facts);
    return order != 0 ? order : compare_again(&a->again, &b->again);
}

static int by_ease(const void *x, const void *y)
{
    const struct report_failure *a = x, *b = y;
    int order = cost_compare(a->again.cost, b->again.cost);
    if (order == 0)
        order = strcmp(a->id, b->id);
    return order != 0 ? order : strcmp(a->again.schedule, b->again.schedule);
}

static int by_worry(const void *x, const void *y)
{
    const struct report_cycle *a = x, *b = y;
    return a->progress != b->progress ? a->progress - b->progress
                                      : compare_again(&a->again, &b->again);
}

static void sort(struct report *r)
{
    if (r->outcome_count > 0)
        qsort(r->outcomes, r->outcome_count, sizeof *r->outcomes, by_goodness);
    if (r->failure_count > 0)
        qsort(r->failures, r->failure_count, sizeof *r->failures, by_ease);
    if (r->cycle_count > 0)
        qsort(r->cycles, r->cycle_count, sizeof *r->cycles, by_worry);
}

/* -- what is the same is one ------------------------------------------------------------------- */

/* Keeps the easier of two ways to the same. */
static void keep_easier(struct again *mine, struct again *other)
{
    if (compare_again(other, mine) >= 0)
        return;
    struct again was = *mine;
    *mine = *other;
    *other = was;
}

struct keyed {
    char *key; /* owned */
    struct report_outcome outcome;
};

static int by_key(const void *x, const void *y)
{
    const struct keyed *a = x, *b = y;
    return strcmp(a->key, b->key);
}

static bool make_keys(const struct report *r, struct keyed *all)
{
    bool good = true;
    for (size_t i = 0; i < r->outcome_count; i++) {
        struct strbuf key = {0};
        strbuf_addf(&key, "%d %" PRIx64 "\n", r->outcomes[i].verdict, r->outcomes[i].broken);
        facts_key(&r->outcomes[i].facts, &key);
        good = good && !key.out_of_memory;
        all[i] = (struct keyed){key.bytes, r->outcomes[i]};
    }
    return good;
}

static bool unite_outcomes(struct report *r)
{
    struct keyed *all = calloc(r->outcome_count + 1, sizeof *all);
    if (all == NULL || !make_keys(r, all)) {
        free(all);
        return false;
    }
    qsort(all, r->outcome_count, sizeof *all, by_key);
    size_t kept = 0;
    for (size_t i = 0; i < r->outcome_count; i++) {
        struct report_outcome *last = kept > 0 ? &r->outcomes[kept - 1] : NULL;
        struct report_outcome *o = &all[i].outcome;
        if (last == NULL || strcmp(all[i].key, all[i - 1].key) != 0) {
            r->outcomes[kept++] = *o;
            continue;
        }
        last->executions = paths_sum(last->executions, o->executions);
        keep_easier(&last->again, &o->again);
        report_free_outcome(o);
    }
    for (size_t i = 0; i < r->outcome_count; i++)
        free(all[i].key);
    free(all);
    r->outcome_count = kept;
    return true;
}

/* There are few failures. The easier one tells the story. */
static void unite_failures(struct report *r)
{
    size_t kept = 0;
    if (r->failure_count > 0)
        qsort(r->failures, r->failure_count, sizeof *r->failures, by_ease);
    for (size_t i = 0; i < r->failure_count; i++) {
        size_t same = 0;
        while (same < kept && strcmp(r->failures[same].id, r->failures[i].id) != 0)
            same++;
        if (same == kept) {
            struct report_failure f = r->failures[i];
            r->failures[kept++] = f;
            continue;
        }
        r->failures[same].executions =
            paths_sum(r->failures[same].executions, r->failures[i].executions);
        report_free_failure(&r->failures[i]);
    }
    r->failure_count = kept;
}

static void unite_cycles(struct report *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->cycle_count; i++) {
        size_t same = 0;
        while (same < kept && (strcmp(r->cycles[same].who, r->cycles[i].who) != 0 ||
                               r->cycles[same].progress != r->cycles[i].progress))
            same++;
        if (same == kept) {
            struct report_cycle c = r->cycles[i];
            r->cycles[kept++] = c;
            continue;
        }
        keep_easier(&r->cycles[same].again, &r->cycles[i].again);
        free(r->cycles[i].who);
        free(r->cycles[i].again.schedule);
    }
    r->cycle_count = kept;
}

bool report_unite(struct report *r)
{
    bool good = unite_outcomes(r);
    unite_failures(r);
    unite_cycles(r);
    sort(r);
    return good;
}

/* -- parts ------------------------------------------------------------------------------------- */

static char *misfit(const struct report *r, const struct report *other)
{
    struct strbuf why = {0};
    if (other->joined > 0)
        strbuf_add(&why, "it has been joined already: join the parts themselves");
    else if (other->parts == 0)
        strbuf_add(&why, "it is no part: it was made without --shard");
    else if (other->script != r->script)
        strbuf_addf(&why, "it is of another script: %s (or the script was changed)", other->file);
    else if (strcmp(other->how, r->how) != 0)
        strbuf_addf(&why, "it was made with other options:%s; the first with:%s",
                    other->how[0] != '\0' ? other->how : " none",
                    r->how[0] != '\0' ? r->how : " none");
    else if (other->parts != r->parts)
        strbuf_addf(&why, "it is one of %u parts; the first is one of %u", other->parts, r->parts);
    else if (other->claim_count != r->claim_count || other->part < 1 || other->part > r->parts)
        strbuf_add(&why, "it is damaged");
    return why.bytes;
}

static bool move_findings(struct report *r, struct report *from)
{
    bool good = true;
    for (size_t i = 0; i < from->outcome_count && good; i++) {
        struct report_outcome *o = report_add_outcome(r);
        good = o != NULL;
        if (good)
            *o = from->outcomes[i];
    }
    for (size_t i = 0; i < from->failure_count && good; i++) {
        struct report_failure *f = report_add_failure(r);
        good = f != NULL;
        if (good)
            *f = from->failures[i];
    }
    for (size_t i = 0; i < from->cycle_count && good; i++) {
        struct report_cycle *c = report_add_cycle(r);
        good = c != NULL;
        if (good)
            *c = from->cycles[i];
    }
    for (size_t i = 0; i < r->claim_count; i++)
        r->claims[i].met |= from->claims[i].met;
    from->outcome_count = from->failure_count = from->cycle_count = 0;
    return good;
}

static void add_figures(struct report *r, const struct report *other)
{
    r->executions = paths_sum(r->executions, other->executions);
    r->made += other->made;
    r->blocked += other->blocked;
    r->states += other->states;
    r->seconds += other->seconds;
    r->covered += other->covered;
    r->end = r->end == SEARCH_COMPLETE ? other->end : r->end;
    r->bounded |= other->bounded;
    r->repeats |= other->repeats;
}

char *report_join(struct report **parts, size_t count, size_t *which)
{
    struct report *r = parts[0];
    bool good = true;
    char *why = NULL;
    for (*which = 0; *which < count; (*which)++) {
        if ((why = misfit(r, parts[*which])) != NULL)
            return why;
        for (size_t i = 0; i < *which; i++) {
            if (parts[i]->part == parts[*which]->part)
                return strdup("this part is there already");
        }
    }
    for (size_t i = 1; i < count; i++) {
        good = good && move_findings(r, parts[i]);
        add_figures(r, parts[i]);
    }
    r->joined = (uint32_t)count;
    r->covered /= r->parts;
    if (good && report_unite(r))
        return NULL;
    *which = 0;
    return strdup("there is not enough memory to join them");
}

/* held.c - see held.h. */
#include "sim/own/held.h"

#include "sim/own/clocks.h"
#include "sim/sched/arena.h"

#include <stdio.h>
#include <string.h>

enum { DEPTH_MOST = 4, SETS_MOST = 254, PAIRS_MOST = 64, UNKNOWN = 255 };

struct lock {
    const void *lock;
    const char *site;
};

/* In the order in which they were taken. */
struct set {
    size_t count;
    struct lock locks[DEPTH_MOST];
};

/* `second` was taken by one who held `first`. */
struct pair {
    struct lock first, second;
};

/* Part of every snapshot. */
static struct variables {
    struct set *sets; /* those that have been held so far, from number 1 */
    size_t set_count, set_room;
    uint8_t held[CLOCKS_MOST]; /* by each task */
    struct pair pairs[PAIRS_MOST];
    size_t pair_count;
    const struct pair *back; /* of held_cycle */
    struct pair here;
} the;

int held_include(void)
{
    return arena_include(&the, sizeof the);
}

static uint8_t *own(void)
{
    static uint8_t unknown;
    uint16_t task;
    uint32_t clock;
    unknown = UNKNOWN;
    return clocks_now(&task, &clock) ? &the.held[task] : &unknown;
}

uint8_t held_now(void)
{
    return *own();
}

static struct set set_of(uint8_t number)
{
    return number == 0 || number > the.set_count ? (struct set){.count = 0} : the.sets[number - 1];
}

static bool same(const struct set *a, const struct set *b)
{
    bool equal = a->count == b->count;
    for (size_t i = 0; equal && i < a->count; i++)
        equal = a->locks[i].lock == b->locks[i].lock && a->locks[i].site == b->locks[i].site;
    return equal;
}

static uint8_t number_of(const struct set *s)
{
    if (s->count == 0)
        return 0;
    for (size_t i = 0; i < the.set_count; i++) {
        if (same(&the.sets[i], s))
            return (uint8_t)(i + 1);
    }
    if (the.set_count == the.set_room) {
        size_t room = the.set_room == 0 ? 8 : the.set_room * 2;
        struct set *grown =
            room > SETS_MOST + 2 ? NULL : arena_resize(the.sets, room * sizeof *grown);
        if (grown == NULL)
            return UNKNOWN;
        the.sets = grown;
        the.set_room = room;
    }
    if (the.set_count == SETS_MOST)
        return UNKNOWN;
    the.sets[the.set_count++] = *s;
    return (uint8_t)the.set_count;
}

/* -- the order --------------------------------------------------------------------------------- */

static const struct pair *find_pair(const void *first, const void *second)
{
    for (size_t i = 0; i < the.pair_count; i++) {
        if (the.pairs[i].first.lock == first && the.pairs[i].second.lock == second)
            return &the.pairs[i];
    }
    return NULL;
}

/* Leads a way of pairs from one lock to the other? Its first pair, or NULL. `far`: pairs at most. */
static const struct pair *way(const void *from, const void *to, int far)
{
    for (size_t i = 0; i < the.pair_count; i++) {
        const struct pair *p = &the.pairs[i];
        if (p->first.lock == from &&
            (p->second.lock == to || (far > 1 && way(p->second.lock, to, far - 1) != NULL)))
            return p;
    }
    return NULL;
}

static void note_order(const struct set *before, struct lock now)
{
    for (size_t i = 0; i < before->count; i++) {
        struct lock first = before->locks[i];
        if (find_pair(first.lock, now.lock) != NULL)
            continue;
        const struct pair *back = way(now.lock, first.lock, DEPTH_MOST);
        if (back != NULL) {
            the.back = back;
            the.here = (struct pair){first, now};
        }
        if (the.pair_count < PAIRS_MOST)
            the.pairs[the.pair_count++] = (struct pair){first, now};
    }
}

/* -- taking ------------------------------------------------------------------------------------ */

void held_get(const void *lock, const char *site)
{
    uint8_t *held = own();
    struct set s = set_of(*held);
    the.back = NULL;
    if (*held == UNKNOWN || s.count == DEPTH_MOST) {
        *held = UNKNOWN;
        return;
    }
    s.locks[s.count++] = (struct lock){lock, site};
    *held = number_of(&s);
}

void held_take(const void *lock, const char *site)
{
    struct set before = set_of(*own());
    held_get(lock, site);
    note_order(&before, (struct lock){lock, site});
}

void held_let_go(const void *lock)
{
    uint8_t *held = own();
    struct set s = set_of(*held);
    size_t kept = 0;
    for (size_t i = 0; i < s.count; i++) {
        if (s.locks[i].lock != lock)
            s.locks[kept++] = s.locks[i];
    }
    s.count = kept;
    *held = number_of(&s); /* of an unknown set nothing is left: better too few than wrong ones */
}

void held_forget(const void *lock)
{
    size_t kept = 0;
    for (size_t i = 0; i < the.pair_count; i++) {
        if (the.pairs[i].first.lock != lock && the.pairs[i].second.lock != lock)
            the.pairs[kept++] = the.pairs[i];
    }
    the.pair_count = kept;
}

/* -- telling ----------------------------------------------------------------------------------- */

/* "my_pipe.c:41 pthread_mutex_lock(&p->lock)" is about "&p->lock", at my_pipe.c:41; a wait is about its second
 * argument. */
static void add_lock(const struct lock *l, struct strbuf *out)
{
    const char *open = strchr(l->site, '('), *name = open != NULL ? open + 1 : "";
    const char *comma = strstr(l->site, "pthread_cond_") != NULL ? strstr(name, ", ") : NULL;
    if (comma != NULL)
        name = comma + 2;
    size_t place = strcspn(l->site, " "), size = strcspn(name, ",");
    if (size > 0 && name[size] == '\0' && name[size - 1] == ')')
        size--;
    strbuf_addf(out, "%.*s (%.*s)", (int)size, name, (int)place, l->site);
}

void held_describe(uint8_t held, struct strbuf *out)
{
    struct set s = set_of(held);
    if (held == UNKNOWN || s.count == 0)
        strbuf_add(out, held == UNKNOWN ? "holding several locks" : "holding no lock");
    for (size_t i = 0; i < s.count; i++) {
        strbuf_add(out, i == 0 ? "holding " : i + 1 == s.count ? " and " : ", ");
        add_lock(&s.locks[i], out);
    }
}

const char *held_cycle(void)
{
    static char sentence[320];
    struct strbuf text = {0};
    if (the.back == NULL)
        return NULL;
    add_lock(&the.here.second, &text);
    strbuf_add(&text, " is taken by one who holds ");
    add_lock(&the.here.first, &text);
    strbuf_add(&text, "; but ");
    add_lock(&the.back->second, &text);
    strbuf_add(&text, " by one who holds ");
    add_lock(&the.back->first, &text);
    strbuf_add(&text, ": two who do so at once may wait for each other");
    the.back = NULL;
    snprintf(sentence, sizeof sentence, "%s", strbuf_text(&text));
    strbuf_free(&text);
    return sentence;
}

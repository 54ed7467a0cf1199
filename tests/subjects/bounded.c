/* bounded.c - see bounded.h. The code of the threads is a textbook's. */
#include "sim/sched/redirect.h"

#include "tests/subjects/bounded.h"

#include <stddef.h>

enum { CAPACITY = 1, OF_A_KIND = 4, TAKES_MOST = 4 };

struct buffer {
    pthread_mutex_t lock;
    pthread_cond_t changed, not_empty; /* changed: not full; or either, when there is only one */
    const struct bounded_problem *problem;
    struct data {
        signed char used, first, slots[CAPACITY];
        signed char put[OF_A_KIND], taken[OF_A_KIND]; /* by each thread so far */
        signed char items[OF_A_KIND][TAKES_MOST];     /* that a consumer has taken */
    } data;
};

static pthread_cond_t *not_full(struct buffer *b)
{
    return &b->changed;
}

static pthread_cond_t *not_empty(struct buffer *b)
{
    return b->problem->conditions == CONDITIONS_ONE ? &b->changed : &b->not_empty;
}

static void await_room(struct buffer *b)
{
    while (b->data.used == CAPACITY) {
        pthread_cond_wait(not_full(b), &b->lock);
        if (b->problem->waits == WAITS_IF)
            break;
    }
    threaded_demand(b->data.used < CAPACITY, "there is room for an item");
}

static void await_item(struct buffer *b)
{
    while (b->data.used == 0) {
        pthread_cond_wait(not_empty(b), &b->lock);
        if (b->problem->waits == WAITS_IF)
            break;
    }
    threaded_demand(b->data.used > 0, "there is an item");
}

static void put(struct buffer *b, signed char item)
{
    pthread_mutex_lock(&b->lock);
    await_room(b);
    b->data.slots[(b->data.first + b->data.used++) % CAPACITY] = item;
    pthread_cond_signal(not_empty(b));
    pthread_mutex_unlock(&b->lock);
}

/* The slot is cleared, since what is left behind in it would tell states apart. */
static void take(struct buffer *b, signed char *item)
{
    pthread_mutex_lock(&b->lock);
    await_item(b);
    *item = b->data.slots[b->data.first];
    b->data.slots[b->data.first] = 0;
    b->data.first = (signed char)((b->data.first + 1) % CAPACITY);
    b->data.used--;
    pthread_cond_signal(not_full(b));
    pthread_mutex_unlock(&b->lock);
}

static void producer(void *shared, int number)
{
    struct buffer *b = shared;
    bool alike = b->problem->items == ITEMS_ALIKE;
    signed char *i = &b->data.put[number];
    for (*i = 0; *i < b->problem->each_puts; ++*i)
        put(b, (signed char)(alike ? 1 : number * TAKES_MOST + *i + 1));
}

static void consumer(void *shared, int number)
{
    struct buffer *b = shared;
    signed char *i = &b->data.taken[number];
    for (*i = 0; *i < b->problem->each_takes; ++*i)
        take(b, &b->data.items[number][*i]);
}

/* -- the problems ------------------------------------------------------------------------------ */

#define ONE  CONDITIONS_ONE
#define TWO  CONDITIONS_TWO
#define LOOP WAITS_WHILE
#define IF   WAITS_IF

const struct bounded_known bounded_known[BOUNDED_KNOWN] = {
    {"a: 1x2, 1x2", {1, 2, 1, 2, TWO, LOOP, 0, NULL}, {{8, 0, 0}, {8, 0, 0}}},
    {"b: 2x1, 2x1", {2, 1, 2, 1, TWO, LOOP, 0, NULL}, {{56, 0, 0}, {64, 0, 0}}},
    {"c: 2x2, 2x2", {2, 2, 2, 2, TWO, LOOP, 0, NULL}, {{50264, 0, 0}, {86336, 0, 0}}},
    {"d: 1x2, 2x1, one condition", {1, 2, 2, 1, ONE, LOOP, 0, NULL}, {{28, 2, 0}, {36, 4, 0}}},
    {"e: 1x2, 2x1, if for while", {1, 2, 2, 1, TWO, IF, 0, NULL}, {{24, 0, 4}, {28, 0, 4}}},
    {"f: 3x1, 3x1", {3, 1, 3, 1, TWO, LOOP, 0, NULL}, {{9828, 0, 0}, {17856, 0, 0}}},
    {"g: 4x1, 4x1", {4, 1, 4, 1, TWO, LOOP, 0, NULL}, {{7053696, 0, 0}, {0, 0, 0}}},
    {"h: 2x3, 2x3", {2, 3, 2, 3, TWO, LOOP, 0, NULL}, {{62960604, 0, 0}, {0, 0, 0}}},
    {"i: 3x2, 3x2", {3, 2, 3, 2, TWO, LOOP, 0, NULL}, {{22181327280, 0, 0}, {0, 0, 0}}},
};

/* -- setting up -------------------------------------------------------------------------------- */

static void create(struct threaded *t, char kind, int number)
{
    char name[3] = {kind, (char)('1' + number), '\0'};
    threaded_add(t, name, kind == 'p' ? producer : consumer, number);
}

void bounded_open(struct threaded *t, const struct bounded_problem *p, struct freedom freedom)
{
    int producers = 0, consumers = 0;
    threaded_open(t, freedom, sizeof(struct buffer), offsetof(struct buffer, data));
    ((struct buffer *)t->shared)->problem = p;
    for (const char *kind = p->created; kind != NULL && *kind != '\0'; kind++)
        create(t, *kind, *kind == 'p' ? producers++ : consumers++);
    while (producers < p->producers)
        create(t, 'p', producers++);
    while (consumers < p->consumers)
        create(t, 'c', consumers++);
}

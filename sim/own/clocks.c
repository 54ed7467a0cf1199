/* clocks.c - see clocks.h. */
#include "sim/own/clocks.h"

#include "sim/sched/arena.h"

#include <string.h>

struct clock {
    uint32_t of[CLOCKS_MOST];
};

struct passed {
    const void *object; /* NULL: an empty place */
    struct clock *clock;
};

/* Part of every snapshot. */
static struct variables {
    const struct task *tasks[CLOCKS_MOST];
    struct clock *clocks[CLOCKS_MOST]; /* of tasks, by their numbers; NULL: has done nothing yet */
    struct passed *passed;             /* a hash table */
    size_t count, room;
} the;

static struct clock *clock_of(const struct task *t)
{
    int n = t == NULL ? CLOCKS_MOST : task_number(t);
    if (n >= CLOCKS_MOST)
        return NULL;
    if (the.clocks[n] == NULL && (the.clocks[n] = arena_alloc(sizeof(struct clock))) != NULL) {
        the.clocks[n]->of[n] = 1;
        the.tasks[n] = t;
    }
    return the.clocks[n];
}

static struct clock *own_clock(void)
{
    return clock_of(sched_self());
}

static void join(struct clock *to, const struct clock *from)
{
    for (int i = 0; i < CLOCKS_MOST; i++)
        to->of[i] = to->of[i] > from->of[i] ? to->of[i] : from->of[i];
}

bool clocks_now(uint16_t *task, uint32_t *clock)
{
    const struct clock *own = own_clock();
    if (own == NULL)
        return false;
    *task = (uint16_t)task_number(sched_self());
    *clock = own->of[*task];
    return true;
}

bool clocks_knows(uint16_t task, uint32_t clock)
{
    return own_clock()->of[task] >= clock;
}

const struct task *clocks_task(uint16_t task)
{
    return the.tasks[task];
}

/* -- objects ----------------------------------------------------------------------------------- */

static struct passed *place_in(struct passed *all, size_t room, const void *object)
{
    size_t i = (size_t)((uintptr_t)object * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (room - 1);
    while (all[i].object != NULL && all[i].object != object)
        i = (i + 1) & (room - 1);
    return &all[i];
}

static int grow(void)
{
    size_t room = the.room == 0 ? 16 : the.room * 2;
    struct passed *all = arena_alloc_array(room, sizeof *all);
    if (all == NULL)
        return -1;
    for (size_t i = 0; i < the.room; i++) {
        if (the.passed[i].object != NULL)
            *place_in(all, room, the.passed[i].object) = the.passed[i];
    }
    arena_free(the.passed);
    the.passed = all;
    the.room = room;
    return 0;
}

void clocks_acquire(const void *object)
{
    struct clock *own = own_clock();
    const struct passed *p = the.room > 0 ? place_in(the.passed, the.room, object) : NULL;
    if (own != NULL && p != NULL && p->clock != NULL)
        join(own, p->clock);
}

void clocks_release(const void *object)
{
    struct clock *own = own_clock();
    if (own == NULL || (the.count * 2 >= the.room && grow() != 0))
        return;
    struct passed *p = place_in(the.passed, the.room, object);
    the.count += p->object == NULL;
    p->object = object;
    if (p->clock == NULL && (p->clock = arena_alloc(sizeof *p->clock)) == NULL)
        return;
    join(p->clock, own);
    own->of[task_number(sched_self())]++;
}

void clocks_forget(const void *object)
{
    struct passed *p = the.room > 0 ? place_in(the.passed, the.room, object) : NULL;
    if (p != NULL && p->clock != NULL)
        memset(p->clock, 0, sizeof *p->clock);
}

/* -- tasks ------------------------------------------------------------------------------------- */

static void on_order(const struct task *before, const struct task *after)
{
    struct clock *from = clock_of(before), *to = clock_of(after);
    if (from == NULL || to == NULL)
        return;
    join(to, from);
    from->of[task_number(before)]++;
}

int clocks_include(void)
{
    sched_tell_order(on_order);
    return arena_include(&the, sizeof the);
}

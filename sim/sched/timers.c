/* timers.c - what is to happen at which tick: a binary heap ordered by tick, then by the order in
 * which the timers were set. */
#include "sim/sched/task.h"

#include <errno.h>

static bool before(const struct sched_timer *a, const struct sched_timer *b)
{
    return a->when != b->when ? a->when < b->when : a->order < b->order;
}

static void place(struct sched_timer *timer, size_t at)
{
    the_sched->timers[at] = timer;
    timer->place = at;
}

static void sift_up(struct sched_timer *timer, size_t at)
{
    struct sched_timer **heap = the_sched->timers;
    for (; at > 1 && before(timer, heap[at / 2]); at /= 2)
        place(heap[at / 2], at);
    place(timer, at);
}

static void sift_down(struct sched_timer *timer, size_t at)
{
    struct sched_timer **heap = the_sched->timers;
    size_t n = the_sched->timer_count;
    for (size_t child = at * 2; child <= n; at = child, child = at * 2) {
        if (child < n && before(heap[child + 1], heap[child]))
            child++;
        if (!before(heap[child], timer))
            break;
        place(heap[child], at);
    }
    place(timer, at);
}

static int make_room(void)
{
    struct sched *s = the_sched;
    if (s->timer_count + 1 < s->timer_room)
        return 0;
    size_t room = s->timer_room == 0 ? 16 : s->timer_room * 2;
    struct sched_timer **grown = arena_resize(s->timers, room * sizeof(struct sched_timer *));
    if (grown == NULL)
        return -ENOMEM;
    s->timers = grown;
    s->timer_room = room;
    return 0;
}

static void take_out(struct sched_timer *timer)
{
    struct sched *s = the_sched;
    size_t at = timer->place;
    struct sched_timer *last = s->timers[s->timer_count--];
    timer->place = 0;
    if (last == timer)
        return;
    if (at > 1 && before(last, s->timers[at / 2]))
        sift_up(last, at);
    else
        sift_down(last, at);
}

void timer_cancel(struct sched_timer *timer)
{
    if (timer->place != 0)
        take_out(timer);
}

int timer_set(struct sched_timer *timer, tick_t when, void (*fire)(void *), void *arg)
{
    struct sched *s = the_sched;
    timer_cancel(timer);
    int error = make_room();
    if (error != 0)
        return error;
    timer->when = when;
    timer->order = s->timer_order++;
    timer->fire = fire;
    timer->arg = arg;
    s->timer_count++;
    sift_up(timer, s->timer_count);
    threads_timers_changed();
    return 0;
}

int sched_timer_set(struct sched_timer *timer, tick_t when, void (*fire)(void *), void *arg)
{
    sched_atomic_begin();
    int error = timer_set(timer, when, fire, arg);
    sched_atomic_end();
    return error;
}

void sched_timer_cancel(struct sched_timer *timer)
{
    sched_atomic_begin();
    timer_cancel(timer);
    sched_atomic_end();
}

struct sched_timer *timer_first(void)
{
    return the_sched->timer_count == 0 ? NULL : the_sched->timers[1];
}

void timers_fire(tick_t now)
{
    struct sched_timer *timer;
    while (!the_sched->stopping && (timer = timer_first()) != NULL && timer->when <= now) {
        take_out(timer);
        timer->fire(timer->arg);
    }
}

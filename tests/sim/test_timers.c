/* test_timers.c - what is to happen at which tick. Timers alone keep a run going: no task is needed. */
#include "tests/sim/crew.h"
#include "tests/suites.h"

#include <stdlib.h>

static void open_crew(void)
{
    crew_open((struct sched_config){.mode = SCHED_CONTROLLED});
}

static void speaks(void *word)
{
    say("%s@%d", (char *)word, (int)sched_now());
}

static struct sched_timer *timer_at(tick_t when, const char *word)
{
    struct sched_timer *t = arena_alloc(sizeof *t);
    ck_assert_int_eq(sched_timer_set(t, when, speaks, (void *)(uintptr_t)word), 0);
    return t;
}

static void run_to_the_end(void)
{
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_ALL_EXITED);
}

/* -- order -------------------------------------------------------------------------------------------- */

START_TEST(timers_fire_in_the_order_of_their_ticks)
{
    timer_at(7, "c");
    timer_at(1, "a");
    timer_at(3, "b");
    run_to_the_end();
    ck_assert_str_eq(said(), "a@1 b@3 c@7");
}
END_TEST

START_TEST(timers_of_one_tick_fire_in_the_order_in_which_they_were_set)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
    for (size_t i = 0; i < 10; i++)
        timer_at(5, names[i]);
    run_to_the_end();
    ck_assert_str_eq(said(), "a@5 b@5 c@5 d@5 e@5 f@5 g@5 h@5 i@5 j@5");
}
END_TEST

START_TEST(time_is_that_of_the_last_timer_when_all_have_fired)
{
    timer_at(1000000000000, "a");
    ck_assert_int_eq(sched_now(), 0);
    run_to_the_end();
    ck_assert_int_eq(sched_now(), 1000000000000);
}
END_TEST

START_TEST(a_timer_of_tick_0_fires_at_tick_0)
{
    timer_at(0, "a");
    run_to_the_end();
    ck_assert_str_eq(said(), "a@0");
}
END_TEST

/* -- changing ----------------------------------------------------------------------------------------- */

START_TEST(a_cancelled_timer_does_not_fire)
{
    timer_at(1, "a");
    struct sched_timer *b = timer_at(2, "b");
    timer_at(3, "c");
    sched_timer_cancel(b);
    ck_assert_uint_eq(b->place, 0);
    sched_timer_cancel(b);
    run_to_the_end();
    ck_assert_str_eq(said(), "a@1 c@3");
}
END_TEST

START_TEST(a_timer_set_again_fires_once_at_its_new_tick)
{
    struct sched_timer *a = timer_at(1, "a");
    timer_at(2, "b");
    ck_assert_int_eq(sched_timer_set(a, 4, speaks, (void *)(uintptr_t) "A"), 0);
    run_to_the_end();
    ck_assert_str_eq(said(), "b@2 A@4");
}
END_TEST

START_TEST(a_timer_set_again_stands_behind_those_of_its_tick)
{
    struct sched_timer *a = timer_at(2, "a");
    timer_at(2, "b");
    ck_assert_int_eq(sched_timer_set(a, 2, speaks, (void *)(uintptr_t) "A"), 0);
    run_to_the_end();
    ck_assert_str_eq(said(), "b@2 A@2");
}
END_TEST

START_TEST(a_timer_that_has_fired_is_no_longer_set)
{
    struct sched_timer *a = timer_at(1, "a");
    ck_assert_uint_ne(a->place, 0);
    run_to_the_end();
    ck_assert_uint_eq(a->place, 0);
    sched_timer_cancel(a);
}
END_TEST

static struct sched_timer later, at_once;

static void sets_others(void *arg)
{
    (void)arg;
    speaks("first");
    sched_timer_set(&later, sched_now() + 2, speaks, (void *)(uintptr_t) "later");
    sched_timer_set(&at_once, 0, speaks, (void *)(uintptr_t) "past");
}

START_TEST(a_timer_can_set_others_and_one_in_the_past_fires_at_once)
{
    struct sched_timer *t = arena_alloc(sizeof *t);
    timer_at(5, "other");
    sched_timer_set(t, 4, sets_others, NULL);
    run_to_the_end();
    ck_assert_str_eq(said(), "first@4 past@4 other@5 later@6");
}
END_TEST

static void stops(void *arg)
{
    (void)arg;
    speaks("stop");
    sched_stop();
}

START_TEST(a_timer_can_stop_the_run)
{
    struct sched_timer *t = arena_alloc(sizeof *t);
    timer_at(1, "a");
    sched_timer_set(t, 2, stops, NULL);
    timer_at(2, "b");
    timer_at(3, "c");
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_STOPPED);
    ck_assert_str_eq(said(), "a@1 stop@2");
}
END_TEST

/* -- the clock ---------------------------------------------------------------------------------------- */

static void time_has_moved(void *ctx, tick_t now)
{
    (void)ctx;
    say("now=%d", (int)now);
}

START_TEST(the_hook_is_told_of_each_new_tick_once_before_its_timers)
{
    crew_open((struct sched_config){.mode = SCHED_CONTROLLED, .on_time = time_has_moved});
    timer_at(0, "z");
    timer_at(2, "a");
    timer_at(2, "b");
    timer_at(9, "c");
    run_to_the_end();
    ck_assert_str_eq(said(), "z@0 now=2 a@2 b@2 now=9 c@9");
}
END_TEST

/* -- a property --------------------------------------------------------------------------------------- */

enum { MANY = 300 };

struct plan {
    struct sched_timer timer;
    tick_t when;
    int order; /* in which it was set; -1: cancelled */
};

static struct plan *plans;
static int fired[MANY], fired_count;

static void notes(void *plan)
{
    fired[fired_count++] = (int)((struct plan *)plan - plans);
}

static int by_tick_then_order(const void *a, const void *b)
{
    const struct plan *x = &plans[*(const int *)a], *y = &plans[*(const int *)b];
    if (x->when != y->when)
        return x->when < y->when ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

START_TEST(whatever_is_set_and_cancelled_the_rest_fires_in_order)
{
    uint64_t seed = (uint64_t)_i;
    int wanted[MANY], count = 0;
    fired_count = 0;
    plans = arena_alloc(MANY * sizeof *plans);
    for (int i = 0; i < MANY; i++)
        plans[i].order = -1;
    for (int step = 0; step < 3 * MANY; step++) {
        struct plan *p = &plans[next_random(&seed) % MANY];
        bool cancel = next_random(&seed) % 4 == 0;
        if (cancel) {
            sched_timer_cancel(&p->timer);
            p->order = -1;
        } else {
            p->when = (tick_t)(next_random(&seed) % 40);
            p->order = step;
            ck_assert_int_eq(sched_timer_set(&p->timer, p->when, notes, p), 0);
        }
    }
    for (int i = 0; i < MANY; i++) {
        if (plans[i].order >= 0)
            wanted[count++] = i;
    }
    qsort(wanted, (size_t)count, sizeof *wanted, by_tick_then_order);
    run_to_the_end();
    ck_assert_int_eq(fired_count, count);
    ck_assert_mem_eq(fired, wanted, (size_t)count * sizeof *wanted);
}
END_TEST

Suite *timers_suite(void)
{
    Suite *suite = suite_create("timers");
    TCase *order = tcase_create("order");
    tcase_add_checked_fixture(order, open_crew, NULL);
    tcase_add_test(order, timers_fire_in_the_order_of_their_ticks);
    tcase_add_test(order, timers_of_one_tick_fire_in_the_order_in_which_they_were_set);
    tcase_add_test(order, time_is_that_of_the_last_timer_when_all_have_fired);
    tcase_add_test(order, a_timer_of_tick_0_fires_at_tick_0);
    tcase_add_test(order, the_hook_is_told_of_each_new_tick_once_before_its_timers);
    tcase_add_loop_test(order, whatever_is_set_and_cancelled_the_rest_fires_in_order, 0, 20);
    suite_add_tcase(suite, order);

    TCase *change = tcase_create("change");
    tcase_add_checked_fixture(change, open_crew, NULL);
    tcase_add_test(change, a_cancelled_timer_does_not_fire);
    tcase_add_test(change, a_timer_set_again_fires_once_at_its_new_tick);
    tcase_add_test(change, a_timer_set_again_stands_behind_those_of_its_tick);
    tcase_add_test(change, a_timer_that_has_fired_is_no_longer_set);
    tcase_add_test(change, a_timer_can_set_others_and_one_in_the_past_fires_at_once);
    tcase_add_test(change, a_timer_can_stop_the_run);
    suite_add_tcase(suite, change);
    return suite;
}

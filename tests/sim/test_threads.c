/* test_threads.c - the threads mode: the same tasks on real threads. Who runs when is the system's
 * choice, so what is asked is only how a run ends and what must hold in any order. A tick is a
 * microsecond. */
#include "tests/sim/crew.h"
#include "tests/suites.h"

#include "sim/sched/sync.h"

#include <errno.h>
#include <string.h>

enum { SOME = 8, TURNS = 500 };

static void open_crew_of_threads(void)
{
    crew_open((struct sched_config){.mode = SCHED_THREADS, .tick_ns = 1000});
}

static void says_name(void *name)
{
    say("%s", (char *)name);
}

/* -- ends --------------------------------------------------------------------------------------------- */

START_TEST(a_run_is_over_when_all_have_exited)
{
    for (int i = 0; i < SOME; i++)
        ck_assert_ptr_nonnull(crew_add("x", says_name));
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_ALL_EXITED);
    ck_assert_str_eq(said(), "x x x x x x x x");
}
END_TEST

START_TEST(nobody_runs_before_the_run_begins)
{
    crew_add("x", says_name);
    ck_assert_str_eq(said(), "");
    sched_run(UINT64_MAX);
    ck_assert_str_eq(said(), "x");
}
END_TEST

START_TEST(a_run_without_tasks_is_over)
{
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_ALL_EXITED);
}
END_TEST

static struct sched_queue *queue;

static void sleeps_for_ever(void *name)
{
    sched_sleep(queue, TICK_NEVER, NULL);
    say("%s: never", (char *)name);
}

START_TEST(a_deadlock_is_found)
{
    queue = arena_alloc(sizeof *queue);
    for (int i = 0; i < SOME; i++)
        crew_add("s", sleeps_for_ever);
    crew_add("x", says_name);
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_DEADLOCK);
    ck_assert_str_eq(said(), "x");
}
END_TEST

START_TEST(a_deadlock_is_found_however_soon_it_comes)
{
    for (int i = 0; i < 200; i++) {
        open_crew_of_threads();
        queue = arena_alloc(sizeof *queue);
        crew_add("s", sleeps_for_ever);
        ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_DEADLOCK);
    }
}
END_TEST

static void stops(void *name)
{
    say("%s", (char *)name);
    sched_stop();
}

START_TEST(a_task_can_stop_the_run_while_others_sleep)
{
    queue = arena_alloc(sizeof *queue);
    crew_add("s", sleeps_for_ever);
    crew_add("t", stops);
    crew_add("s", sleeps_for_ever);
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_STOPPED);
    ck_assert_str_eq(said(), "t");
}
END_TEST

static void goes_on_until_stopped(void *name)
{
    (void)name;
    for (;;) {
        sched_point();
        sched_yield_to_others();
    }
}

START_TEST(who_passes_scheduling_points_leaves_a_run_that_is_stopped)
{
    crew_add("a", goes_on_until_stopped);
    crew_add("b", goes_on_until_stopped);
    crew_add("t", stops);
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_STOPPED);
}
END_TEST

static void spawns(void *name)
{
    (void)name;
    for (int i = 0; i < SOME; i++)
        crew_add("c", says_name);
}

START_TEST(tasks_started_by_tasks_are_waited_for)
{
    crew_add("p", spawns);
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_ALL_EXITED);
    ck_assert_str_eq(said(), "c c c c c c c c");
}
END_TEST

/* -- time --------------------------------------------------------------------------------------------- */

static tick_t woken_at;

static void sleeps_until_20(void *name)
{
    int result = sched_sleep(NULL, 20, NULL);
    woken_at = sched_now();
    say("%s=%d", (char *)name, result == -ETIMEDOUT);
}

START_TEST(a_sleep_ends_no_earlier_than_its_tick)
{
    crew_add("a", sleeps_until_20);
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_ALL_EXITED);
    ck_assert_str_eq(said(), "a=1");
    ck_assert_int_ge(woken_at, 20);
}
END_TEST

/* -- sleeping and waking ------------------------------------------------------------------------------- */

static struct task *sleeper;
static bool *done;

static void sleeps_unless_done(void *name)
{
    say("%s=%d", (char *)name, sched_sleep(queue, TICK_NEVER, done));
}

static void makes_it_done(void *name)
{
    (void)name;
    sched_atomic_begin();
    *done = true;
    sched_wake(sleeper, queue);
    sched_atomic_end();
}

struct waited {
    struct sched_mutex mutex;
    struct sched_cond cond;
};

static struct waited *waited;

static void waits_until_tick_5(void *name)
{
    sched_kernel_unlock(); /* as around the pipe's code: timers fire with it */
    sched_mutex_lock(&waited->mutex, "lock");
    int result = sched_cond_timedwait(&waited->cond, &waited->mutex, 5, "timedwait");
    say("%s: %s", (char *)name, result == ETIMEDOUT && sched_now() >= 5 ? "timed out" : "woken");
    sched_mutex_unlock(&waited->mutex, "unlock");
    sched_kernel_lock();
}

START_TEST(a_wait_with_a_time_ends_no_earlier)
{
    waited = arena_alloc(sizeof *waited);
    crew_add("x", waits_until_tick_5);
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_ALL_EXITED);
    ck_assert_str_eq(said(), "x: timed out");
}
END_TEST

START_TEST(a_wake_up_is_not_lost_whoever_comes_first)
{
    for (int i = 0; i < 100; i++) {
        open_crew_of_threads();
        queue = arena_alloc(sizeof *queue);
        done = arena_alloc(sizeof *done);
        sleeper = crew_add("a", sleeps_unless_done);
        crew_add("b", makes_it_done);
        ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_ALL_EXITED);
        ck_assert_str_eq(said(), "a=0");
    }
}
END_TEST

static void is_interrupted(void *name)
{
    say("%s=%d", (char *)name, sched_sleep(queue, TICK_NEVER, NULL) == -EINTR);
}

static void interrupts(void *name)
{
    (void)name;
    sched_interrupt(sleeper);
}

START_TEST(an_interruption_ends_a_sleep_or_the_one_that_would_begin)
{
    for (int i = 0; i < 100; i++) {
        open_crew_of_threads();
        queue = arena_alloc(sizeof *queue);
        sleeper = crew_add("a", is_interrupted);
        crew_add("i", interrupts);
        ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_ALL_EXITED);
        ck_assert_str_eq(said(), "a=1");
    }
}
END_TEST

/* -- locks -------------------------------------------------------------------------------------------- */

static struct sched_mutex *mutex;
static struct sched_cond *changed;
static int counter, inside, broken;

static void counts(void *name)
{
    (void)name;
    sched_kernel_unlock();
    for (int i = 0; i < TURNS; i++) {
        sched_mutex_lock(mutex, "test");
        broken += inside++ != 0;
        counter++;
        broken += --inside != 0;
        sched_mutex_unlock(mutex, "test");
    }
    sched_kernel_lock();
}

START_TEST(a_mutex_lets_one_in_at_a_time)
{
    mutex = arena_alloc(sizeof *mutex);
    for (int i = 0; i < SOME; i++)
        crew_add("c", counts);
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_ALL_EXITED);
    ck_assert_int_eq(counter, SOME * TURNS);
    ck_assert_int_eq(broken, 0);
}
END_TEST

/* A turn-taking: the parity of `counter` says whose turn it is. */
static void takes_turns(int parity)
{
    sched_kernel_unlock();
    for (int i = 0; i < TURNS; i++) {
        sched_mutex_lock(mutex, "test");
        while (counter % 2 != parity)
            sched_cond_wait(changed, mutex, "test");
        counter++;
        sched_cond_broadcast(changed, "test");
        sched_mutex_unlock(mutex, "test");
    }
    sched_kernel_lock();
}

static void even(void *name)
{
    (void)name;
    takes_turns(0);
}

static void odd(void *name)
{
    (void)name;
    takes_turns(1);
}

START_TEST(who_waits_for_a_condition_is_woken_when_it_holds)
{
    mutex = arena_alloc(sizeof *mutex);
    changed = arena_alloc(sizeof *changed);
    crew_add("e", even);
    crew_add("o", odd);
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_ALL_EXITED);
    ck_assert_int_eq(counter, 2 * TURNS);
}
END_TEST

static void waits_for_nothing(void *name)
{
    (void)name;
    sched_kernel_unlock();
    sched_mutex_lock(mutex, "test");
    sched_cond_wait(changed, mutex, "test");
    say("never");
    sched_mutex_unlock(mutex, "test");
    sched_kernel_lock();
}

START_TEST(waiting_for_a_signal_that_never_comes_is_a_deadlock)
{
    mutex = arena_alloc(sizeof *mutex);
    changed = arena_alloc(sizeof *changed);
    crew_add("a", waits_for_nothing);
    crew_add("b", waits_for_nothing);
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_DEADLOCK);
    ck_assert_str_eq(said(), "");
}
END_TEST

Suite *threads_suite(void)
{
    Suite *suite = suite_create("threads");
    TCase *ends = tcase_create("end");
    tcase_add_checked_fixture(ends, open_crew_of_threads, NULL);
    tcase_add_test(ends, a_run_is_over_when_all_have_exited);
    tcase_add_test(ends, nobody_runs_before_the_run_begins);
    tcase_add_test(ends, a_run_without_tasks_is_over);
    tcase_add_test(ends, a_deadlock_is_found);
    tcase_add_test(ends, a_task_can_stop_the_run_while_others_sleep);
    tcase_add_test(ends, who_passes_scheduling_points_leaves_a_run_that_is_stopped);
    tcase_add_test(ends, tasks_started_by_tasks_are_waited_for);
    suite_add_tcase(suite, ends);

    TCase *sleep = tcase_create("sleep");
    tcase_add_checked_fixture(sleep, open_crew_of_threads, NULL);
    tcase_add_test(sleep, a_sleep_ends_no_earlier_than_its_tick);
    tcase_add_test(sleep, a_wait_with_a_time_ends_no_earlier);
    suite_add_tcase(suite, sleep);

    TCase *wake = tcase_create("wake");
    tcase_set_timeout(wake, 30);
    tcase_add_test(wake, a_deadlock_is_found_however_soon_it_comes);
    tcase_add_test(wake, a_wake_up_is_not_lost_whoever_comes_first);
    tcase_add_test(wake, an_interruption_ends_a_sleep_or_the_one_that_would_begin);
    suite_add_tcase(suite, wake);

    TCase *locks = tcase_create("locks");
    tcase_set_timeout(locks, 30);
    tcase_add_checked_fixture(locks, open_crew_of_threads, NULL);
    tcase_add_test(locks, a_mutex_lets_one_in_at_a_time);
    tcase_add_test(locks, who_waits_for_a_condition_is_woken_when_it_holds);
    tcase_add_test(locks, waiting_for_a_signal_that_never_comes_is_a_deadlock);
    suite_add_tcase(suite, locks);
    return suite;
}

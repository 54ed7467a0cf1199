/* test_sync.c - the simulator's mutexes and condition variables, whose operations are scheduling
 * points. What tasks find out they say, or count; the test judges it on its own stack. */
#include "sim/sched/sync.h"
#include "tests/sim/crew.h"
#include "tests/suites.h"

#include <errno.h>
#include <string.h>

enum { LOTS = 200 }; /* of seeds */

static struct sched_mutex *mutex;
static struct sched_cond *cond;

static void open_with(struct sched_config config)
{
    crew_open(config);
    mutex = arena_alloc(sizeof *mutex);
    cond = arena_alloc(sizeof *cond);
}

static void open_fifo(void)
{
    open_with((struct sched_config){.policy = POLICY_FIFO, .freedom.grain = GRAIN_LOCKS});
}

static void open_random(uint64_t seed)
{
    open_with(
        (struct sched_config){.policy = POLICY_RANDOM, .freedom.grain = GRAIN_LOCKS, .seed = seed});
}

static void run_to_the_end(void)
{
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_ALL_EXITED);
}

static int lock(void)
{
    return sched_mutex_lock(mutex, "t.c:1 lock");
}

static int unlock(void)
{
    return sched_mutex_unlock(mutex, "t.c:2 unlock");
}

static int wait_for_it(void)
{
    return sched_cond_wait(cond, mutex, "t.c:3 wait");
}

static int signal_it(void)
{
    return sched_cond_signal(cond, "t.c:4 signal");
}

static int broadcast_it(void)
{
    return sched_cond_broadcast(cond, "t.c:5 broadcast");
}

/* -- mutexes ------------------------------------------------------------------------------------------ */

static int inside, entered, broken;

static void enters_three_times(void *name)
{
    (void)name;
    for (int i = 0; i < 3; i++) {
        lock();
        broken += inside++ != 0;
        point_outside();
        entered++;
        broken += --inside != 0;
        unlock();
    }
}

START_TEST(never_are_two_inside)
{
    for (uint64_t seed = 0; seed < LOTS; seed++) {
        inside = entered = broken = 0;
        open_random(seed);
        for (int i = 0; i < 4; i++)
            crew_add_outside("x", enters_three_times);
        run_to_the_end();
        ck_assert_int_eq(broken, 0);
        ck_assert_int_eq(entered, 12);
    }
}
END_TEST

static struct task *others[2];

static void says_states(const char *when)
{
    say("%s:", when);
    for (int i = 0; i < 2; i++)
        say("%s", task_state(others[i]) == TASK_READY    ? "ready"
                  : task_state(others[i]) == TASK_ASLEEP ? "asleep"
                                                         : "?");
}

static void holds_it_twice(void *name)
{
    (void)name;
    lock();
    yield_outside();
    says_states("held");
    unlock();
    says_states("free");
    lock();
    says_states("held again");
    unlock();
}

static void enters(void *name)
{
    lock();
    say("%s", (char *)name);
    unlock();
}

START_TEST(those_who_want_a_mutex_are_ready_exactly_while_it_is_free)
{
    open_fifo();
    crew_add_outside("h", holds_it_twice);
    others[0] = crew_add_outside("a", enters);
    others[1] = crew_add_outside("b", enters);
    run_to_the_end();
    ck_assert_str_eq(said(), "held: asleep asleep free: ready ready held again: asleep asleep a b");
}
END_TEST

/* In any order: inside, nobody else who has come for the mutex can be chosen. */
enum { CROWD = 4 };
static struct task *crowd[CROWD];
static bool blocked[CROWD];

static void notes_blocked(void *ctx, const struct sync_event *e)
{
    (void)ctx;
    for (int i = 0; i < CROWD; i++) {
        if (crowd[i] == e->task)
            blocked[i] = e->kind == SYNC_BLOCKED;
    }
}

static void watches_the_others(void *name)
{
    (void)name;
    for (int i = 0; i < 2; i++) {
        lock();
        point_outside();
        for (int j = 0; j < CROWD; j++)
            broken += blocked[j] && task_state(crowd[j]) != TASK_ASLEEP;
        unlock();
        for (int j = 0; j < CROWD; j++)
            broken += blocked[j] && task_state(crowd[j]) != TASK_READY && mutex->owner == NULL;
    }
}

START_TEST(in_any_order_those_who_want_a_mutex_sleep_while_it_is_held)
{
    for (uint64_t seed = 0; seed < LOTS; seed++) {
        broken = 0;
        open_with((struct sched_config){.policy = POLICY_RANDOM,
                                        .freedom.grain = GRAIN_LOCKS,
                                        .seed = seed,
                                        .on_sync = notes_blocked});
        for (int i = 0; i < CROWD; i++) {
            blocked[i] = false;
            crowd[i] = crew_add_outside("x", watches_the_others);
        }
        run_to_the_end();
        ck_assert_int_eq(broken, 0);
    }
}
END_TEST

static void barges(void *name)
{
    lock();
    say("%s1", (char *)name);
    yield_outside(); /* the other comes, and falls asleep */
    unlock();
    lock();
    say("%s2", (char *)name);
    unlock();
}

START_TEST(a_released_mutex_is_not_handed_over)
{
    open_fifo();
    crew_add_outside("a", barges);
    crew_add_outside("b", enters);
    run_to_the_end();
    ck_assert_str_eq(said(), "a1 a2 b");
}
END_TEST

START_TEST(a_released_mutex_may_be_taken_by_whoever_the_policy_likes)
{
    bool a_first = false, b_first = false;
    for (uint64_t seed = 0; seed < 50; seed++) {
        open_random(seed);
        crew_add_outside("a", enters);
        crew_add_outside("b", enters);
        run_to_the_end();
        a_first |= strcmp(said(), "a b") == 0;
        b_first |= strcmp(said(), "b a") == 0;
    }
    ck_assert(a_first && b_first);
}
END_TEST

static void holds_for_ever(void *name)
{
    (void)name;
    lock();
}

START_TEST(wanting_what_is_never_released_is_a_deadlock)
{
    open_fifo();
    crew_add_outside("h", holds_for_ever);
    others[0] = crew_add_outside("a", enters);
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_DEADLOCK);
    ck_assert_str_eq(said(), "");
    ck_assert_int_eq(task_state(others[0]), TASK_ASLEEP);
}
END_TEST

static void misuses(void *name)
{
    (void)name;
    say("%d", unlock() == EPERM);
    say("%d", wait_for_it() == EPERM);
    say("%d", lock());
    say("%d", lock() == EDEADLK);
    say("%d", sched_mutex_destroy(mutex) == EBUSY);
    say("%d", unlock());
    say("%d", unlock() == EPERM);
    say("%d", sched_mutex_destroy(mutex));
}

START_TEST(misuse_gives_the_error_of_an_error_checking_mutex)
{
    open_fifo();
    crew_add_outside("a", misuses);
    run_to_the_end();
    ck_assert_str_eq(said(), "1 1 0 1 1 0 1 0");
}
END_TEST

static void holds_once(void *name)
{
    (void)name;
    lock();
    yield_outside();
    unlock();
}

static void tries(void *name)
{
    (void)name;
    say("%d", unlock() == EPERM);
    say("%d", sched_mutex_trylock(mutex, "t.c:6 try") == EBUSY);
    yield_outside();
    say("%d", sched_mutex_trylock(mutex, "t.c:6 try"));
    say("%d", unlock());
}

START_TEST(trying_to_lock_never_sleeps)
{
    open_fifo();
    crew_add_outside("h", holds_once);
    crew_add_outside("t", tries);
    run_to_the_end();
    ck_assert_str_eq(said(), "1 1 0 0");
}
END_TEST

START_TEST(outside_of_a_run_locks_are_free)
{
    open_fifo();
    ck_assert_int_eq(sched_mutex_init(mutex), 0);
    ck_assert_int_eq(sched_cond_init(cond), 0);
    ck_assert_int_eq(lock(), 0);
    ck_assert_int_eq(unlock(), 0);
    ck_assert_int_eq(signal_it(), 0);
    ck_assert_int_eq(broadcast_it(), 0);
    ck_assert_int_eq(sched_cond_destroy(cond), 0);
}
END_TEST

/* -- condition variables ------------------------------------------------------------------------------ */

static void waits(void *name)
{
    lock();
    int result = wait_for_it();
    say("%s=%d", (char *)name, result);
    unlock();
}

static void signals_three_times(void *name)
{
    for (int i = 0; i < 3; i++) {
        say("%s", (char *)name);
        lock();
        signal_it();
        unlock();
        yield_outside();
    }
}

START_TEST(a_signal_wakes_who_has_waited_longest)
{
    open_fifo();
    crew_add_outside("a", waits);
    crew_add_outside("b", waits);
    crew_add_outside("c", waits);
    crew_add_outside("s", signals_three_times);
    run_to_the_end();
    ck_assert_str_eq(said(), "s a=0 s b=0 s c=0");
}
END_TEST

static void broadcasts(void *name)
{
    lock();
    broadcast_it();
    say("%s", (char *)name);
    unlock();
}

START_TEST(a_broadcast_wakes_all)
{
    open_fifo();
    crew_add_outside("a", waits);
    crew_add_outside("b", waits);
    crew_add_outside("c", waits);
    crew_add_outside("s", broadcasts);
    run_to_the_end();
    ck_assert_str_eq(said(), "s a=0 b=0 c=0");
}
END_TEST

static void signals(void *name)
{
    lock();
    signal_it();
    say("%s", (char *)name);
    unlock();
}

START_TEST(a_signal_that_finds_nobody_is_lost)
{
    open_fifo();
    crew_add_outside("s", signals);
    others[0] = crew_add_outside("a", waits);
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_DEADLOCK);
    ck_assert_str_eq(said(), "s");
    ck_assert_int_eq(sched_cond_destroy(cond), EBUSY);
}
END_TEST

START_TEST(one_signal_wakes_one)
{
    open_fifo();
    crew_add_outside("a", waits);
    crew_add_outside("b", waits);
    crew_add_outside("s", signals);
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_DEADLOCK);
    ck_assert_str_eq(said(), "s a=0");
}
END_TEST

static void signals_and_holds_on(void *name)
{
    lock();
    signal_it();
    yield_outside();
    say("%s", (char *)name);
    unlock();
}

START_TEST(who_is_signalled_returns_only_once_it_has_the_mutex)
{
    open_fifo();
    crew_add_outside("a", waits);
    crew_add_outside("s", signals_and_holds_on);
    run_to_the_end();
    ck_assert_str_eq(said(), "s a=0");
}
END_TEST

static void looks_inside(void *name)
{
    lock();
    broken += inside++ != 0;
    wait_for_it();
    inside++;
    broken += inside != 1;
    inside--;
    unlock();
    (void)name;
}

static void releases_and_counts(void *name)
{
    (void)name;
    lock();
    broken += inside != 1; /* the waiter has left the mutex, though not its place */
    inside = 0;
    signal_it();
    unlock();
}

START_TEST(waiting_releases_the_mutex)
{
    inside = broken = 0;
    open_fifo();
    crew_add_outside("a", looks_inside);
    crew_add_outside("s", releases_and_counts);
    run_to_the_end();
    ck_assert_int_eq(broken, 0);
}
END_TEST

/* A bounded buffer of one, the classic: nothing is lost or seen twice, in any order. */
static int full, put_sum, got_sum;
static struct sched_cond *not_full;

static void produces(void *name)
{
    (void)name;
    for (int i = 1; i <= 4; i++) {
        lock();
        while (full != 0)
            sched_cond_wait(not_full, mutex, "t.c:7 wait");
        full = i;
        put_sum += i;
        signal_it();
        unlock();
    }
}

static void consumes(void *name)
{
    (void)name;
    for (int i = 1; i <= 4; i++) {
        lock();
        while (full == 0)
            wait_for_it();
        got_sum += full;
        full = 0;
        sched_cond_signal(not_full, "t.c:8 signal");
        unlock();
    }
}

START_TEST(a_monitor_loses_nothing_in_any_order)
{
    for (uint64_t seed = 0; seed < LOTS; seed++) {
        full = put_sum = got_sum = 0;
        open_random(seed);
        not_full = arena_alloc(sizeof *not_full);
        crew_add_outside("p", produces);
        crew_add_outside("q", produces);
        crew_add_outside("c", consumes);
        crew_add_outside("d", consumes);
        run_to_the_end();
        ck_assert_int_eq(put_sum, 20);
        ck_assert_int_eq(got_sum, 20);
    }
}
END_TEST

/* -- interruption ------------------------------------------------------------------------------------- */

static void waits_and_tells(void *name)
{
    lock();
    say("%s=%d", (char *)name, wait_for_it());
    say("%d", sched_interrupted(sched_self()));
    say("%d", wait_for_it()); /* not begun */
    say("%d", unlock());      /* it was held all along */
}

static void interrupts(void *name)
{
    (void)name;
    sched_interrupt(others[0]);
}

START_TEST(an_interruption_looks_like_a_spurious_wakeup)
{
    open_fifo();
    others[0] = crew_add_outside("a", waits_and_tells);
    crew_add_outside("i", interrupts);
    run_to_the_end();
    ck_assert_str_eq(said(), "a=0 1 0 0");
}
END_TEST

static void interrupts_holding(void *name)
{
    lock();
    sched_interrupt(others[0]);
    yield_outside();
    say("%s", (char *)name);
    unlock();
}

START_TEST(who_is_interrupted_still_needs_the_mutex_to_return)
{
    open_fifo();
    others[0] = crew_add_outside("a", waits_and_tells);
    crew_add_outside("i", interrupts_holding);
    run_to_the_end();
    ck_assert_str_eq(said(), "i a=0 1 0 0");
}
END_TEST

START_TEST(an_interrupted_waiter_does_not_eat_a_signal)
{
    open_fifo();
    others[0] = crew_add_outside("a", waits_and_tells);
    crew_add_outside("b", waits);
    crew_add_outside("i", interrupts);
    crew_add_outside("s", signals);
    run_to_the_end();
    ck_assert_str_eq(said(), "s a=0 1 0 0 b=0");
}
END_TEST

static void enters_when_free(void *name)
{
    lock();
    say("%s=%d", (char *)name, inside);
    unlock();
}

static void interrupts_who_wants(void *name)
{
    (void)name;
    inside = 1;
    lock();
    yield_outside();
    sched_interrupt(others[0]);
    yield_outside();
    inside = 0;
    unlock();
}

START_TEST(waiting_for_a_mutex_is_not_interrupted)
{
    open_fifo();
    crew_add_outside("h", interrupts_who_wants);
    others[0] = crew_add_outside("a", enters_when_free);
    run_to_the_end();
    ck_assert_str_eq(said(), "a=0");
}
END_TEST

/* -- what is reported --------------------------------------------------------------------------------- */

static void tells_kind(void *ctx, const struct sync_event *e)
{
    static const char *const words[] = {"lock",   "blocked",   "unlock",  "wait",  "return",
                                        "signal", "broadcast", "no-wait", "misuse"};
    static const char *const misuses[] = {"", "-lock", "-unlock", "-wait", "-keep"};
    (void)ctx;
    if (e->kind == SYNC_POINT)
        return;
    say("%s-%s%s", (char *)task_arg(e->task), words[e->kind], misuses[e->misuse]);
    if (e->other != NULL)
        say("(%s)", (char *)task_arg(e->other));
}

static void open_telling(void)
{
    open_with((struct sched_config){
        .policy = POLICY_FIFO, .freedom.grain = GRAIN_LOCKS, .on_sync = tells_kind});
}

static void tells_points(void *ctx, const struct sync_event *e)
{
    (void)ctx;
    if (e->kind == SYNC_POINT || e->kind == SYNC_LOCK || e->kind == SYNC_UNLOCK)
        say("%s%s", (char *)task_arg(e->task),
            e->kind == SYNC_POINT  ? "?"
            : e->kind == SYNC_LOCK ? "-lock"
                                   : "-unlock");
}

static void waits_quietly(void *name)
{
    (void)name;
    lock();
    wait_for_it();
    unlock();
}

static void signals_quietly(void *name)
{
    (void)name;
    lock();
    signal_it();
    signal_it();
    unlock();
}

static void locks_quietly(void *name)
{
    (void)name;
    lock();
    unlock();
}

/* Whoever watches from outside must see what was done before others can see it. */
START_TEST(each_operation_is_announced_before_others_may_go_first)
{
    open_with((struct sched_config){
        .policy = POLICY_RR, .freedom.grain = GRAIN_LOCKS, .on_sync = tells_points});
    crew_add_outside("a", locks_quietly);
    crew_add_outside("b", locks_quietly);
    run_to_the_end();
    ck_assert_str_eq(said(), "a? b? a-lock a? a-unlock b-lock b? b-unlock");
}
END_TEST

START_TEST(every_operation_is_reported_with_who_was_woken)
{
    open_telling();
    crew_add_outside("a", waits_quietly);
    crew_add_outside("s", signals_quietly);
    run_to_the_end();
    ck_assert_str_eq(said(),
                     "a-lock a-wait s-lock s-signal (a) s-signal s-unlock a-return a-unlock");
}
END_TEST

START_TEST(a_broadcast_is_reported_once_for_each_who_is_woken)
{
    open_telling();
    crew_add_outside("a", waits_quietly);
    crew_add_outside("b", waits_quietly);
    crew_add_outside("s", broadcasts);
    run_to_the_end();
    ck_assert_str_eq(said(), "a-lock a-wait b-lock b-wait s-lock s-broadcast (a) s-broadcast (b) s "
                             "s-unlock a-return a-unlock b-return b-unlock");
}
END_TEST

START_TEST(who_is_blocked_is_reported_with_the_owner)
{
    open_telling();
    crew_add_outside("h", holds_once);
    crew_add_outside("a", enters);
    run_to_the_end();
    ck_assert_str_eq(said(), "h-lock a-blocked (h) h-unlock a-lock a a-unlock");
}
END_TEST

static void breaks_the_rules(void *name)
{
    (void)name;
    unlock();
    wait_for_it();
    lock();
    lock();
    sched_must_hold_nothing();
    unlock();
    sched_must_hold_nothing();
}

START_TEST(misuse_is_reported_with_who_holds_the_lock)
{
    open_telling();
    crew_add_outside("a", breaks_the_rules);
    run_to_the_end();
    ck_assert_str_eq(said(), "a-misuse-unlock a-misuse-wait a-lock a-misuse-lock (a) a-misuse-keep "
                             "a-unlock");
}
END_TEST

Suite *sync_suite(void)
{
    Suite *suite = suite_create("sync");
    TCase *mutexes = tcase_create("mutex");
    tcase_add_test(mutexes, never_are_two_inside);
    tcase_add_test(mutexes, those_who_want_a_mutex_are_ready_exactly_while_it_is_free);
    tcase_add_test(mutexes, in_any_order_those_who_want_a_mutex_sleep_while_it_is_held);
    tcase_add_test(mutexes, a_released_mutex_is_not_handed_over);
    tcase_add_test(mutexes, a_released_mutex_may_be_taken_by_whoever_the_policy_likes);
    tcase_add_test(mutexes, wanting_what_is_never_released_is_a_deadlock);
    tcase_add_test(mutexes, misuse_gives_the_error_of_an_error_checking_mutex);
    tcase_add_test(mutexes, trying_to_lock_never_sleeps);
    tcase_add_test(mutexes, outside_of_a_run_locks_are_free);
    suite_add_tcase(suite, mutexes);

    TCase *conditions = tcase_create("condition");
    tcase_add_test(conditions, a_signal_wakes_who_has_waited_longest);
    tcase_add_test(conditions, a_broadcast_wakes_all);
    tcase_add_test(conditions, a_signal_that_finds_nobody_is_lost);
    tcase_add_test(conditions, one_signal_wakes_one);
    tcase_add_test(conditions, who_is_signalled_returns_only_once_it_has_the_mutex);
    tcase_add_test(conditions, waiting_releases_the_mutex);
    tcase_add_test(conditions, a_monitor_loses_nothing_in_any_order);
    suite_add_tcase(suite, conditions);

    TCase *interruption = tcase_create("interruption");
    tcase_add_test(interruption, an_interruption_looks_like_a_spurious_wakeup);
    tcase_add_test(interruption, who_is_interrupted_still_needs_the_mutex_to_return);
    tcase_add_test(interruption, an_interrupted_waiter_does_not_eat_a_signal);
    tcase_add_test(interruption, waiting_for_a_mutex_is_not_interrupted);
    suite_add_tcase(suite, interruption);

    TCase *reports = tcase_create("report");
    tcase_add_test(reports, each_operation_is_announced_before_others_may_go_first);
    tcase_add_test(reports, every_operation_is_reported_with_who_was_woken);
    tcase_add_test(reports, a_broadcast_is_reported_once_for_each_who_is_woken);
    tcase_add_test(reports, who_is_blocked_is_reported_with_the_owner);
    tcase_add_test(reports, misuse_is_reported_with_who_holds_the_lock);
    suite_add_tcase(suite, reports);
    return suite;
}

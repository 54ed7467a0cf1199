/* test_sched.c - who runs next, in controlled mode: policies, schedules, sleeping, virtual time, and
 * runs that pause. */
#include "tests/sim/crew.h"
#include "tests/suites.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void open_with(enum sched_policy policy, uint64_t seed)
{
    crew_open((struct sched_config){.policy = policy, .seed = seed});
}

static void run_to_the_end(void)
{
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_ALL_EXITED);
}

/* Three steps with a scheduling point before each. */
static void three_steps(void *name)
{
    for (int i = 1; i <= 3; i++) {
        sched_point();
        say("%s%d", (char *)name, i);
    }
}

static void add_three(void)
{
    crew_add("a", three_steps);
    crew_add("b", three_steps);
    crew_add("c", three_steps);
}

/* -- policies ----------------------------------------------------------------------------------------- */

START_TEST(fifo_lets_each_run_until_it_sleeps)
{
    open_with(POLICY_FIFO, 0);
    add_three();
    run_to_the_end();
    ck_assert_str_eq(said(), "a1 a2 a3 b1 b2 b3 c1 c2 c3");
}
END_TEST

START_TEST(round_robin_takes_turns)
{
    open_with(POLICY_RR, 0);
    add_three();
    run_to_the_end();
    ck_assert_str_eq(said(), "a1 b1 c1 a2 b2 c2 a3 b3 c3");
}
END_TEST

static char *random_sentence(uint64_t seed)
{
    open_with(POLICY_RANDOM, seed);
    add_three();
    run_to_the_end();
    return strdup(said());
}

START_TEST(random_with_the_same_seed_is_the_same)
{
    char *first = random_sentence((uint64_t)_i), *again = random_sentence((uint64_t)_i);
    ck_assert_str_eq(first, again);
    free(first);
    free(again);
}
END_TEST

START_TEST(random_with_other_seeds_is_different)
{
    enum { SEEDS = 40 };
    char *sentences[SEEDS];
    int different = 0;
    for (int i = 0; i < SEEDS; i++) {
        int same = 0;
        sentences[i] = random_sentence((uint64_t)i);
        for (int j = 0; j < i; j++)
            same |= strcmp(sentences[i], sentences[j]) == 0;
        different += !same;
    }
    for (int i = 0; i < SEEDS; i++)
        free(sentences[i]);
    ck_assert_int_gt(different, SEEDS / 2);
}
END_TEST

START_TEST(random_lets_everybody_be_first)
{
    char first[] = "abc";
    for (uint64_t seed = 0; seed < 30; seed++) {
        char *sentence = random_sentence(seed);
        for (int i = 0; i < 3; i++)
            first[i] = first[i] == sentence[0] ? '.' : first[i];
        free(sentence);
    }
    ck_assert_str_eq(first, "...");
}
END_TEST

START_TEST(reseeding_starts_the_random_choices_again)
{
    char *wanted = random_sentence(12);
    open_with(POLICY_RANDOM, 99);
    sched_reseed(12);
    add_three();
    run_to_the_end();
    ck_assert_str_eq(said(), wanted);
    free(wanted);
}
END_TEST

static void yields(void *name)
{
    say("%s1", (char *)name);
    sched_yield_to_others();
    say("%s2", (char *)name);
}

START_TEST(yielding_lets_the_others_run_first_even_with_fifo)
{
    open_with(POLICY_FIFO, 0);
    crew_add("a", yields);
    crew_add("b", yields);
    crew_add("c", three_steps);
    run_to_the_end();
    ck_assert_str_eq(said(), "a1 b1 c1 c2 c3 a2 b2");
}
END_TEST

START_TEST(yielding_alone_just_goes_on)
{
    open_with(POLICY_RR, 0);
    crew_add("a", yields);
    run_to_the_end();
    ck_assert_str_eq(said(), "a1 a2");
}
END_TEST

/* -- schedules ---------------------------------------------------------------------------------------- */

static struct schedule given, made;

static enum sched_end follow(const char *text)
{
    const char *error;
    size_t at;
    schedule_init(&given, (struct freedom){.grain = GRAIN_CALLS});
    schedule_init(&made, (struct freedom){.grain = GRAIN_CALLS});
    ck_assert_int_eq(schedule_parse(&given, text, &error, &at), 0);
    crew_open(
        (struct sched_config){.policy = POLICY_SCHEDULE, .schedule = &given, .record = &made});
    add_three();
    enum sched_end end = sched_run(UINT64_MAX);
    schedule_fini(&given);
    schedule_fini(&made);
    return end;
}

START_TEST(a_schedule_is_followed)
{
    ck_assert_int_eq(follow("c,a*2,b,c*3,a,b*2"), SCHED_ALL_EXITED);
    ck_assert_str_eq(said(), "a1 c1 c2 c3 a2 b1 b2 b3 a3");
}
END_TEST

START_TEST(when_the_schedule_is_used_up_fifo_goes_on)
{
    ck_assert_int_eq(follow("b,a*2,b*2"), SCHED_ALL_EXITED);
    ck_assert_str_eq(said(), "a1 b1 b2 b3 c1 c2 c3 a2 a3");
}
END_TEST

START_TEST(a_schedule_that_names_somebody_who_cannot_run_is_refused)
{
    ck_assert_int_eq(follow("a*2,x"), SCHED_BAD_SCHEDULE);
    ck_assert_str_eq(said(), "a1");
    ck_assert_ptr_nonnull(strstr(sched_complaint(), "'x'"));
    ck_assert_ptr_nonnull(strstr(sched_complaint(), "item 2"));
}
END_TEST

START_TEST(what_was_recorded_replays_the_run)
{
    schedule_init(&made, (struct freedom){.grain = GRAIN_CALLS});
    crew_open(
        (struct sched_config){.policy = POLICY_RANDOM, .seed = (uint64_t)_i, .record = &made});
    add_three();
    run_to_the_end();
    char *wanted = strdup(said()), *text = schedule_text(&made);
    schedule_fini(&made);
    ck_assert_int_eq(follow(text), SCHED_ALL_EXITED);
    ck_assert_str_eq(said(), wanted);
    free(wanted);
    free(text);
}
END_TEST

/* -- pausing ------------------------------------------------------------------------------------------ */

static void sleeps_and_steps(void *name)
{
    three_steps(name);
    sched_sleep(NULL, sched_now() + 2, NULL);
    three_steps(name);
}

static void add_sleepers(void)
{
    crew_add("a", sleeps_and_steps);
    crew_add("b", three_steps);
    crew_add("c", sleeps_and_steps);
    crew_add("d", yields);
}

START_TEST(a_run_that_pauses_after_every_few_choices_is_the_same_run)
{
    static const enum sched_policy policies[] = {POLICY_FIFO, POLICY_RR, POLICY_RANDOM};
    enum sched_policy policy = policies[_i % 3];
    uint64_t choices = 1 + (uint64_t)_i / 3;
    open_with(policy, 5);
    add_sleepers();
    run_to_the_end();
    char *wanted = strdup(said());
    open_with(policy, 5);
    add_sleepers();
    enum sched_end end;
    int pauses = 0;
    while ((end = sched_run(choices)) == SCHED_PAUSED)
        pauses++;
    ck_assert_int_eq(end, SCHED_ALL_EXITED);
    ck_assert_str_eq(said(), wanted);
    ck_assert_int_gt(pauses, 0);
    free(wanted);
}
END_TEST

START_TEST(no_choices_means_that_nobody_runs_while_there_is_a_choice)
{
    open_with(POLICY_FIFO, 0);
    add_three();
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(sched_run(0), SCHED_PAUSED);
    ck_assert_str_eq(said(), "");
}
END_TEST

START_TEST(a_run_alone_has_no_choices_to_pause_at)
{
    open_with(POLICY_RANDOM, 3);
    crew_add("a", three_steps);
    ck_assert_int_eq(sched_run(0), SCHED_ALL_EXITED);
    ck_assert_str_eq(said(), "a1 a2 a3");
}
END_TEST

/* -- pausing, and going back ---------------------------------------------------------------------------- */

/* The rest of the run is taken twice, the second time after a restore. */
static void rest_is_the_same_after_a_restore(void)
{
    struct snapshot *s = snapshot_take();
    say_nothing_so_far();
    run_to_the_end();
    char *wanted = strdup(said());
    snapshot_restore(s);
    say_nothing_so_far();
    run_to_the_end();
    ck_assert_str_eq(said(), wanted);
    snapshot_free(s);
    free(wanted);
}

START_TEST(from_a_snapshot_in_a_pause_the_run_goes_on_the_same_way)
{
    static const enum sched_policy policies[] = {POLICY_FIFO, POLICY_RR, POLICY_RANDOM};
    uint64_t pauses = 0;
    for (;; pauses++) {
        open_with(policies[_i], 17);
        add_sleepers();
        if (sched_run(pauses) != SCHED_PAUSED)
            break;
        rest_is_the_same_after_a_restore();
    }
    ck_assert_uint_gt(pauses, 5);
}
END_TEST

static void starts_another(void *name)
{
    say("%s1", (char *)name);
    sched_point();
    crew_add("n", three_steps);
    sched_point();
    say("%s2", (char *)name);
}

/* The stack of a task that has ended is taken over by a new one, which a restore must undo. */
START_TEST(a_pause_when_a_task_has_just_ended_can_be_gone_back_to)
{
    for (uint64_t choices = 0;; choices++) {
        open_with(POLICY_RANDOM, (uint64_t)_i);
        crew_add("a", yields);
        crew_add("b", starts_another);
        crew_add("c", starts_another);
        if (sched_run(choices) != SCHED_PAUSED)
            break;
        rest_is_the_same_after_a_restore();
    }
}
END_TEST

/* -- tasks -------------------------------------------------------------------------------------------- */

static void spawns(void *name)
{
    crew_add("child", three_steps);
    three_steps(name);
}

START_TEST(a_task_can_start_others)
{
    open_with(POLICY_RR, 0);
    crew_add("p", spawns);
    run_to_the_end();
    ck_assert_str_eq(said(), "p1 child1 p2 child2 p3 child3");
}
END_TEST

static void says_name(void *name)
{
    say("%s", (char *)name);
}

static void spawns_many(void *name)
{
    (void)name;
    for (int i = 0; i < 500; i++) {
        if (crew_add("x", says_name) == NULL)
            say("no");
        sched_yield_to_others();
    }
}

START_TEST(stacks_of_ended_tasks_are_used_again)
{
    open_with(POLICY_FIFO, 0);
    crew_add("p", spawns_many);
    run_to_the_end();
    ck_assert_ptr_null(strstr(said(), "no"));
    ck_assert_uint_eq(strlen(said()), 999);
}
END_TEST

START_TEST(without_room_for_a_stack_no_task_is_made)
{
    int count = 0;
    open_with(POLICY_FIFO, 0);
    while (count < 1000 && crew_add("x", says_name) != NULL)
        count++;
    ck_assert_int_gt(count, 10);
    ck_assert_int_lt(count, 1000);
    run_to_the_end();
}
END_TEST

static struct task *first, *second;

static void looks_around(void *name)
{
    (void)name;
    say("%d %d", task_state(first) == TASK_RUNNING, task_state(second) == TASK_READY);
    say("%d", sched_self() == first && task_arg(first) == name);
}

START_TEST(the_state_of_a_task_can_be_asked)
{
    open_with(POLICY_FIFO, 0);
    ck_assert_ptr_null(sched_self());
    first = crew_add("a", looks_around);
    second = crew_add("b", says_name);
    ck_assert_int_eq(task_state(first), TASK_READY);
    run_to_the_end();
    ck_assert_str_eq(said(), "1 1 1 b");
    ck_assert_int_eq(task_state(first), TASK_EXITED);
    ck_assert_ptr_null(sched_self());
}
END_TEST

START_TEST(a_run_without_tasks_is_over)
{
    open_with(POLICY_FIFO, 0);
    run_to_the_end();
}
END_TEST

static void stops(void *name)
{
    say("%s", (char *)name);
    sched_stop();
    say("never");
}

START_TEST(stopping_ends_the_run_at_once)
{
    open_with(POLICY_FIFO, 0);
    crew_add("a", stops);
    crew_add("b", three_steps);
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_STOPPED);
    ck_assert_str_eq(said(), "a");
    ck_assert(sched_stopping());
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_STOPPED);
    ck_assert_str_eq(said(), "a");
}
END_TEST

/* -- sleeping ----------------------------------------------------------------------------------------- */

static struct sched_queue *queue;
static bool *already;

static void open_queue(enum sched_policy policy)
{
    open_with(policy, 0);
    queue = arena_alloc(sizeof *queue);
    already = arena_alloc(sizeof *already);
}

static void sleeps_on_queue(void *name)
{
    int result = sched_sleep(queue, TICK_NEVER, NULL);
    say("%s=%d@%d", (char *)name, result, (int)sched_now());
}

static void wakes_one(void)
{
    sched_atomic_begin();
    if (queue->first != NULL)
        sched_wake(queue->first, queue);
    sched_atomic_end();
}

static void wakes_three(void *name)
{
    for (int i = 0; i < 3; i++) {
        say("%s", (char *)name);
        wakes_one();
        sched_yield_to_others();
    }
}

START_TEST(sleepers_are_woken_in_the_order_of_their_coming)
{
    open_queue(POLICY_FIFO);
    crew_add("a", sleeps_on_queue);
    crew_add("b", sleeps_on_queue);
    crew_add("c", sleeps_on_queue);
    crew_add("w", wakes_three);
    run_to_the_end();
    ck_assert_str_eq(said(), "w a=0@0 w b=0@0 w c=0@0");
}
END_TEST

START_TEST(a_sleeper_that_nobody_wakes_is_a_deadlock)
{
    open_queue(POLICY_FIFO);
    struct task *a = crew_add("a", sleeps_on_queue);
    crew_add("b", three_steps);
    ck_assert_int_eq(sched_run(UINT64_MAX), SCHED_DEADLOCK);
    ck_assert_str_eq(said(), "b1 b2 b3");
    ck_assert_int_eq(task_state(a), TASK_ASLEEP);
}
END_TEST

static void sleeps_5(void *name)
{
    int result = sched_sleep(queue, sched_now() + 5, NULL);
    say("%s=%s@%d", (char *)name, result == -ETIMEDOUT ? "timeout" : "?", (int)sched_now());
}

static void sleeps_3(void *name)
{
    sched_sleep(NULL, 3, NULL);
    say("%s@%d", (char *)name, (int)sched_now());
}

START_TEST(time_moves_to_the_next_tick_at_which_somebody_wakes)
{
    open_queue(POLICY_FIFO);
    crew_add("a", sleeps_5);
    crew_add("b", sleeps_3);
    crew_add("c", three_steps);
    run_to_the_end();
    ck_assert_str_eq(said(), "c1 c2 c3 b@3 a=timeout@5");
}
END_TEST

START_TEST(who_timed_out_is_no_longer_in_the_queue)
{
    open_queue(POLICY_FIFO);
    crew_add("a", sleeps_5);
    run_to_the_end();
    ck_assert_ptr_null(queue->first);
    ck_assert_ptr_null(queue->last);
}
END_TEST

static void wakes_at_3(void *name)
{
    sched_sleep(NULL, 3, NULL);
    wakes_one();
    sched_sleep(NULL, 20, NULL);
    say("%s@%d", (char *)name, (int)sched_now());
}

static void sleeps_5_is_woken(void *name)
{
    int result = sched_sleep(queue, 5, NULL);
    say("%s=%d@%d", (char *)name, result, (int)sched_now());
    result = sched_sleep(queue, 10, NULL);
    say("%s=%s@%d", (char *)name, result == -ETIMEDOUT ? "timeout" : "?", (int)sched_now());
}

START_TEST(who_is_woken_before_the_time_limit_is_not_bothered_by_it_later)
{
    open_queue(POLICY_FIFO);
    crew_add("a", sleeps_5_is_woken);
    crew_add("w", wakes_at_3);
    run_to_the_end();
    ck_assert_str_eq(said(), "a=0@3 a=timeout@10 w@20");
}
END_TEST

static void sleeps_unless(void *name)
{
    int result = sched_sleep(queue, TICK_NEVER, already);
    say("%s=%d", (char *)name, result);
}

START_TEST(what_has_already_happened_is_not_slept_for)
{
    open_queue(POLICY_FIFO);
    *already = true;
    crew_add("a", sleeps_unless);
    run_to_the_end();
    ck_assert_str_eq(said(), "a=0");
    ck_assert_ptr_null(queue->first);
}
END_TEST

START_TEST(waking_somebody_who_is_not_asleep_does_nothing)
{
    open_queue(POLICY_FIFO);
    struct task *a = crew_add("a", says_name);
    ck_assert(!sched_wake(a, queue));
    run_to_the_end();
    ck_assert(!sched_wake(a, queue));
    ck_assert_str_eq(said(), "a");
    run_to_the_end();
}
END_TEST

/* -- interrupting ------------------------------------------------------------------------------------- */

static void sleeps_three_times(void *name)
{
    say("%s=%d", (char *)name, sched_sleep(queue, TICK_NEVER, NULL) == -EINTR);
    say("%d", sched_interrupted(sched_self()));
    say("%d", sched_sleep(queue, TICK_NEVER, NULL) == -EINTR);
    sched_interrupt_over(sched_self());
    say("%d", sched_interrupted(sched_self()));
    say("%d", sched_sleep(queue, 7, NULL) == -ETIMEDOUT);
}

static void interrupts_first(void *name)
{
    (void)name;
    sched_interrupt(first);
    say("interrupts");
}

START_TEST(an_interrupted_task_leaves_every_sleep_until_that_is_over)
{
    open_queue(POLICY_FIFO);
    first = crew_add("a", sleeps_three_times);
    crew_add("i", interrupts_first);
    run_to_the_end();
    ck_assert_str_eq(said(), "interrupts a=1 1 1 0 1");
    ck_assert_ptr_null(queue->first);
}
END_TEST

START_TEST(who_is_interrupted_before_the_sleep_does_not_begin_it)
{
    open_queue(POLICY_FIFO);
    first = crew_add("a", sleeps_three_times);
    sched_interrupt(first);
    run_to_the_end();
    ck_assert_str_eq(said(), "a=1 1 1 0 1");
}
END_TEST

static void sleeps_for_time(void *name)
{
    int result = sched_sleep(NULL, 50, NULL);
    say("%s=%s@%d", (char *)name, result == -EINTR ? "EINTR" : "?", (int)sched_now());
}

static void interrupts_at_4(void *name)
{
    (void)name;
    sched_sleep(NULL, 4, NULL);
    sched_interrupt(first);
}

START_TEST(a_sleep_for_time_alone_can_be_interrupted)
{
    open_queue(POLICY_FIFO);
    first = crew_add("a", sleeps_for_time);
    crew_add("i", interrupts_at_4);
    run_to_the_end();
    ck_assert_str_eq(said(), "a=EINTR@4");
    ck_assert_int_eq(sched_now(), 4);
}
END_TEST

Suite *sched_suite(void)
{
    Suite *suite = suite_create("sched");
    TCase *policy = tcase_create("policy");
    tcase_add_test(policy, fifo_lets_each_run_until_it_sleeps);
    tcase_add_test(policy, round_robin_takes_turns);
    tcase_add_loop_test(policy, random_with_the_same_seed_is_the_same, 0, 10);
    tcase_add_test(policy, random_with_other_seeds_is_different);
    tcase_add_test(policy, random_lets_everybody_be_first);
    tcase_add_test(policy, reseeding_starts_the_random_choices_again);
    tcase_add_test(policy, yielding_lets_the_others_run_first_even_with_fifo);
    tcase_add_test(policy, yielding_alone_just_goes_on);
    suite_add_tcase(suite, policy);

    TCase *schedule = tcase_create("schedule");
    tcase_add_test(schedule, a_schedule_is_followed);
    tcase_add_test(schedule, when_the_schedule_is_used_up_fifo_goes_on);
    tcase_add_test(schedule, a_schedule_that_names_somebody_who_cannot_run_is_refused);
    tcase_add_loop_test(schedule, what_was_recorded_replays_the_run, 0, 20);
    suite_add_tcase(suite, schedule);

    TCase *pause = tcase_create("pause");
    tcase_add_loop_test(pause, a_run_that_pauses_after_every_few_choices_is_the_same_run, 0, 15);
    tcase_add_test(pause, no_choices_means_that_nobody_runs_while_there_is_a_choice);
    tcase_add_test(pause, a_run_alone_has_no_choices_to_pause_at);
    tcase_add_loop_test(pause, from_a_snapshot_in_a_pause_the_run_goes_on_the_same_way, 0, 3);
    tcase_add_loop_test(pause, a_pause_when_a_task_has_just_ended_can_be_gone_back_to, 0, 10);
    suite_add_tcase(suite, pause);

    TCase *tasks = tcase_create("tasks");
    tcase_add_test(tasks, a_task_can_start_others);
    tcase_add_test(tasks, stacks_of_ended_tasks_are_used_again);
    tcase_add_test(tasks, without_room_for_a_stack_no_task_is_made);
    tcase_add_test(tasks, the_state_of_a_task_can_be_asked);
    tcase_add_test(tasks, a_run_without_tasks_is_over);
    tcase_add_test(tasks, stopping_ends_the_run_at_once);
    suite_add_tcase(suite, tasks);

    TCase *sleep = tcase_create("sleep");
    tcase_add_test(sleep, sleepers_are_woken_in_the_order_of_their_coming);
    tcase_add_test(sleep, a_sleeper_that_nobody_wakes_is_a_deadlock);
    tcase_add_test(sleep, time_moves_to_the_next_tick_at_which_somebody_wakes);
    tcase_add_test(sleep, who_timed_out_is_no_longer_in_the_queue);
    tcase_add_test(sleep, who_is_woken_before_the_time_limit_is_not_bothered_by_it_later);
    tcase_add_test(sleep, what_has_already_happened_is_not_slept_for);
    tcase_add_test(sleep, waking_somebody_who_is_not_asleep_does_nothing);
    suite_add_tcase(suite, sleep);

    TCase *interrupt = tcase_create("interrupt");
    tcase_add_test(interrupt, an_interrupted_task_leaves_every_sleep_until_that_is_over);
    tcase_add_test(interrupt, who_is_interrupted_before_the_sleep_does_not_begin_it);
    tcase_add_test(interrupt, a_sleep_for_time_alone_can_be_interrupted);
    suite_add_tcase(suite, interrupt);
    return suite;
}

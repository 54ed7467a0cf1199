/* test_explore_outcomes.c - what an exploration reports of small scenarios, by each engine and at each
 * depth: how many outcomes there are was found by a program that knows nothing of the engines, or by
 * hand. */
#include "sim/explore/explore.h"
#include "sim/run/vocabulary.h"
#include "tests/suites.h"

#include <string.h>

static struct exploration *explored;

static void look(const char *text, enum reduction reduction, struct freedom freedom)
{
    struct source source = {"test.pipe", text, strlen(text)};
    struct diag_list diags = {0};
    struct program *program = script_parse(&source, vocabulary(), &diags);
    ck_assert_ptr_nonnull(program);
    struct run_options run = {.freedom = freedom, .outcome = OUTCOME_RESULTS};
    struct explore_options options = {
        .run = &run, .reduction = reduction, .bounds.preemptions = -1};
    explored = explore(program, &options, &diags);
    ck_assert_ptr_nonnull(explored);
    ck_assert_int_eq(explored->end, SEARCH_COMPLETE);
    program_free(program);
    diag_list_free(&diags);
}

/* By all engines. */
static void has_findings(const char *text, struct freedom freedom, size_t outcomes, size_t failures)
{
    for (int reduction = REDUCTION_STATES; reduction <= REDUCTION_NONE; reduction++) {
        look(text, (enum reduction)reduction, freedom);
        ck_assert_msg(explored->outcome_count == outcomes && explored->failure_count == failures,
                      "reduction %d, grain %d: %zu outcomes, %zu failures", reduction,
                      freedom.grain, explored->outcome_count, explored->failure_count);
        exploration_free(explored);
    }
}

static void has_outcomes(const char *text, size_t outcomes)
{
    has_findings(text, (struct freedom){.grain = GRAIN_CALLS}, outcomes, 0);
}

/* Between calls only there may be fewer of them, but they are known in both cases. */
static void has_outcomes_at_locks(const char *text, size_t outcomes)
{
    has_findings(text, (struct freedom){.grain = GRAIN_LOCKS}, outcomes, 0);
}

/* -- what makes two outcomes different --------------------------------------------------------- */

/* The first call of the script gives 1, or its process dies in it. */
START_TEST(the_first_result_counts)
{
    static const char text[] =
        "pipe p\n"
        "process w > p { write(p, \"a\") = ?; repeat 2 { write(p, \"b\") = ? } }\n"
        "process y < p { close(p) }\n";
    has_outcomes(text, 4);
    has_outcomes_at_locks(text, 4);
}
END_TEST

START_TEST(who_was_forked_first_makes_no_outcome)
{
    static const char text[] = "process w { fork(x); fork(y) }\n"
                               "process x { fork(z) }\n"
                               "process y { }\n"
                               "process z { }\n";
    has_outcomes(text, 1);
    has_outcomes_at_locks(text, 1);
}
END_TEST

START_TEST(who_was_forked_first_makes_no_failure)
{
    has_findings("pipe p\n"
                 "process w < p > p { fork(x); fork(y); read(p[0], 1) }\n"
                 "process x { fork(z); pause() }\n"
                 "process y { pause() }\n"
                 "process z { pause() }\n",
                 (struct freedom){.grain = GRAIN_CALLS}, 1, 1);
}
END_TEST

/* The reader has got EAGAIN, and sleeps in the second read or in the wait. */
START_TEST(where_a_process_sleeps_for_ever_counts)
{
    has_findings("process w {\n"
                 "    pipe2(p, O_NONBLOCK)\n"
                 "    fork(x)\n"
                 "    repeat 2 { read(p[0], 1) = ? }\n"
                 "    wait(x)\n"
                 "}\n"
                 "process x { fcntl(p[0], F_SETFL, O_RDONLY); read(p[0], 1) }\n",
                 (struct freedom){.grain = GRAIN_CALLS}, 3, 2);
}
END_TEST

START_TEST(failures_in_another_order_are_the_same)
{
    has_findings("process a { getpid() = 0 }\n"
                 "process b { getpid() = 0 }\n",
                 (struct freedom){.grain = GRAIN_CALLS}, 1, 1);
}
END_TEST

/* -- what the engines must not leave out ------------------------------------------------------- */

START_TEST(a_signal_may_come_before_each_call)
{
    has_outcomes(
        "pipe p\n"
        "process w < p > p { fork(x); close(p[0]) = ?; kill(x, SIGTERM) = ?; wait() = ? }\n"
        "process x { close(p[0]) = ?; write(p[1], \"d\") = ? }\n",
        5);
}
END_TEST

/* Whether the other threads have ended already shows in how they end when a signal kills all. */
START_TEST(the_last_thread_depends_on_the_others)
{
    has_outcomes("process w { pipe(p) = ?; thread(x) = ?; thread(y) = ? }\n"
                 "process x { close(p[0]) = ? }\n"
                 "process y { write(p[1], \"b\") = ? }\n",
                 5);
}
END_TEST

START_TEST(exit_ends_threads_wherever_they_are)
{
    has_outcomes(
        "process w { pipe(p) = ?; thread(x) = ?; thread(y) = ?; close(p[1]) = ?; exit(3) }\n"
        "process x { v = read(p[0], 2) = ? }\n"
        "process y { v = read(p[0], 2) = ?; write(p[1], \"d\") = ? }\n",
        12);
}
END_TEST

/* The two have nothing to do with each other, so the orders of their steps are one; but not the states
 * that they lead through. */
START_TEST(a_claim_about_states_is_judged_in_all_of_them)
{
    static const char text[] = "pipe p, q\n"
                               "process a < p > p { write(p[1], \"1\"); read(p[0], 1) }\n"
                               "process b < q > q { write(q[1], \"1\"); read(q[0], 1) }\n"
                               "never p.used == 1 and q.used == 1\n";
    has_findings(text, (struct freedom){.grain = GRAIN_CALLS}, 2, 1);
}
END_TEST

Suite *explore_outcomes_suite(void)
{
    Suite *s = suite_create("explore_outcomes");
    TCase *outcomes = tcase_create("outcomes");
    tcase_add_test(outcomes, the_first_result_counts);
    tcase_add_test(outcomes, who_was_forked_first_makes_no_outcome);
    tcase_add_test(outcomes, who_was_forked_first_makes_no_failure);
    tcase_add_test(outcomes, where_a_process_sleeps_for_ever_counts);
    tcase_add_test(outcomes, failures_in_another_order_are_the_same);
    suite_add_tcase(s, outcomes);
    TCase *engines = tcase_create("engines");
    tcase_add_test(engines, a_signal_may_come_before_each_call);
    tcase_add_test(engines, the_last_thread_depends_on_the_others);
    tcase_add_test(engines, exit_ends_threads_wherever_they_are);
    tcase_add_test(engines, a_claim_about_states_is_judged_in_all_of_them);
    suite_add_tcase(s, engines);
    return s;
}

/* test_limits.c - each limit stops the run, names itself, and is status 124; a livelock is status 3. */
#include "tests/sim/scripted.h"
#include "tests/suites.h"

#include <string.h>

static void reaches(const char *text, const char *limit)
{
    struct strbuf message = {0};
    strbuf_addf(&message, "the limit %s is reached", limit);
    ends_as(text, VERDICT_LIMIT, strbuf_text(&message));
    strbuf_free(&message);
}

START_TEST(too_many_calls_end_the_run)
{
    comes_true("set max_calls = 10\nprocess a { repeat 10 { getpid() } }\n");
    reaches("set max_calls = 10\nprocess a { repeat 11 { getpid() } }\n", "max_calls = 10");
}
END_TEST

START_TEST(calls_are_counted_over_all_processes)
{
    reaches("set max_calls = 10\n"
            "process a * 4 { repeat 3 { getpid() } }\n",
            "max_calls = 10");
}
END_TEST

START_TEST(too_many_steps_between_two_calls_end_the_run)
{
    comes_true("set max_steps = 1000\nprocess a { repeat 50 { repeat 50 { x = 1 }; getpid() } }\n");
    reaches("set max_steps = 1000\nprocess a { loop { } }\n", "max_steps = 1000");
    reaches("set max_steps = 1000\nprocess a { while (1) { x = 1 } }\n", "max_steps = 1000");
    reaches("set max_steps = 1000\nprocess a { repeat 9223372036854775807 { x = 1 } }\n",
            "max_steps = 1000");
    reaches("set max_steps = 1000\nprocess a { loop { print(\"x\") } }\n", "max_steps = 1000");
}
END_TEST

START_TEST(calls_that_change_nothing_are_a_livelock)
{
    ends_as("set max_idle = 100\nprocess a { loop { yield() } }\n", VERDICT_STUCK,
            "livelock at tick 0: 100 calls in a row have changed nothing (max_idle)");
    ends_as("set max_idle = 100\n"
            "pipe p\n"
            "process a < p { fcntl(p, F_SETFL, O_NONBLOCK); loop { read(p, 1) = -1 EAGAIN } }\n"
            "process b > p { loop { yield() } }\n",
            VERDICT_STUCK, "a keeps calling, last on line 3");
}
END_TEST

START_TEST(a_livelock_is_not_found_where_time_or_bytes_move)
{
    comes_true("set max_idle = 10\n"
               "process a { repeat 100 { sleep(1); getpid() } }\n");
    comes_true(
        "set max_idle = 10\n"
        "process a { pipe(p); repeat 100 { write(p[1], \"x\"); getpid(); read(p[0], 1) } }\n");
}
END_TEST

START_TEST(too_many_processes_at_time_0_are_refused)
{
    comes_true("set max_processes = 5\nprocess a * 5 { }\n");
    reaches("set max_processes = 5\nprocess a * 6 { }\n", "max_processes = 5");
    reaches("set max_processes = 5\nprocess a * 3 { }\nprocess b * 3 { }\n", "max_processes = 5");
}
END_TEST

START_TEST(no_number_of_processes_is_too_large_to_be_refused)
{
    is_wrong("process a * 9223372036854775807 { }\n", "1:13", "the number of processes must be");
    reaches("process a * 1000000 { }\n", "max_processes = 4096");
    reaches("process a * 1000000 { }\nprocess b * 1000000 { }\n", "max_processes = 4096");
}
END_TEST

START_TEST(too_many_forks_fail_with_eagain)
{
    comes_true("set max_processes = 3\n"
               "process a { fork(c); thread(t); fork(c) = -1 EAGAIN; thread(t) = -1 EAGAIN }\n"
               "process c { }\n"
               "process t { }\n");
}
END_TEST

START_TEST(too_many_files_fail_with_emfile)
{
    comes_true(
        "set max_files = 5\nprocess a { pipe(p); pipe(q) = -1 EMFILE; dup(0) = -1 EMFILE }\n");
}
END_TEST

START_TEST(too_many_files_at_time_0_name_their_limit)
{
    struct scripted *s = run_text("set max_files = 3\n"
                                  "pipe p, q\n"
                                  "process a < p < q { }\n",
                                  NULL);
    ck_assert_int_ne(s->verdict, VERDICT_AS_EXPECTED);
    text_contains(strbuf_text(&s->messages), "max_files is 3");
    text_lacks(strbuf_text(&s->messages), "max_memory");
    script_free(s);
}
END_TEST

START_TEST(too_long_a_string_ends_the_run)
{
    comes_true("set max_bytes = 100\nprocess a { x = \"ab\" * 50; x = x[..50] + x[..50] }\n");
    reaches("set max_bytes = 100\nprocess a { x = \"ab\" * 51 }\n", "max_bytes = 100");
    reaches("set max_bytes = 100\nprocess a { x = \"a\" * 100; x = x + \"b\" }\n",
            "max_bytes = 100");
    reaches("process a { x = \"ab\" * 9223372036854775807 }\n", "max_bytes = 16777216");
    reaches("process a { x = \"a\"; loop { x = x + x } }\n", "max_bytes = 16777216");
}
END_TEST

START_TEST(too_long_a_stream_for_a_claim_ends_the_run)
{
    ends_as("set max_bytes = 100\n"
            "pipe p\n"
            "process a < p > p { repeat 11 { write(p[1], \"0123456789\"); read(p[0], 10) } }\n"
            "end len(p.stream) == 110\n",
            VERDICT_LIMIT, "max_bytes");
    ends_as("set max_bytes = 100\n"
            "process a { repeat 11 { print(\"0123456789\") } }\n"
            "end len(a.output) == 121\n",
            VERDICT_LIMIT, "max_bytes");
}
END_TEST

START_TEST(too_deep_a_recursion_ends_the_run)
{
    comes_true("set max_depth = 10\n"
               "def f(n) { if (n > 1) { f(n - 1) } }\n"
               "process a { f(10) }\n");
    reaches("set max_depth = 10\n"
            "def f(n) { if (n > 1) { f(n - 1) } }\n"
            "process a { f(11) }\n",
            "max_depth = 10");
    reaches("def f() { return f() }\nprocess a { f() }\n", "max_depth = 100");
    reaches("set max_depth = 10000\ndef f() { return f() }\nprocess a { f() }\n",
            "max_depth = 10000");
}
END_TEST

/* Its own signal waits until a handler has returned, so this is no recursion, but endless. */
START_TEST(a_handler_that_raises_its_signal_again_is_stopped)
{
    reaches("set max_calls = 1000\n"
            "def h(s) { raise(SIGUSR1) }\n"
            "process a { signal(SIGUSR1, h); raise(SIGUSR1) }\n",
            "max_calls = 1000");
}
END_TEST

START_TEST(too_much_memory_for_strings_ends_the_run)
{
    reaches("set max_memory = 2\n"
            "process a { x = \"a\" * 1000000; y = x + \"b\"; z = y + \"c\" }\n",
            "max_memory = 2");
    reaches("set max_memory = 2\n"
            "def f(n) { local x = \"a\" * 100000 + str(n)\n return f(n + 1) + x }\n"
            "process a { f(0) }\n",
            "max_memory = 2");
}
END_TEST

START_TEST(too_much_memory_for_pipes_and_processes_ends_the_run)
{
    reaches("set max_memory = 2\nprocess a { loop { pipe(p); close(p[0]) } }\n", "max_memory = 2");
    reaches("set max_memory = 1\n"
            "process a { loop { fork(b) } }\n"
            "process b { pause() }\n",
            "max_memory = 1");
}
END_TEST

START_TEST(too_much_memory_before_time_0_is_refused)
{
    ends_as("set max_memory = 1, capacity = 1048576\npipe p, q\nprocess a { }\n", VERDICT_LIMIT,
            "max_memory = 1");
}
END_TEST

START_TEST(a_limit_is_reported_with_its_place_and_how_to_raise_it)
{
    struct scripted *s =
        run_text("set max_steps = 100\nprocess a {\n  x = 1\n  loop { x = x + 1 }\n}\n", NULL);
    text_contains(strbuf_text(&s->messages), "test.pipe:4:3: error: the limit max_steps = 100");
    text_contains(strbuf_text(&s->messages), "--set max_steps=N");
    ck_assert_uint_eq(s->diags.messages, 1);
    script_free(s);
}
END_TEST

START_TEST(a_limit_in_threads_mode_stops_all)
{
    struct script_options o = {.run = {.mode = SCHED_THREADS}};
    ends_as_with("set max_steps = 5000\n"
                 "process a { loop { } }\n"
                 "process b { pipe(p); read(p[0], 1) }\n"
                 "process c { loop { sleep(1) } }\n",
                 &o, VERDICT_LIMIT, "max_steps = 5000");
}
END_TEST

Suite *limits_suite(void)
{
    Suite *suite = suite_create("limits");
    TCase *time = tcase_create("time");
    tcase_add_test(time, too_many_calls_end_the_run);
    tcase_add_test(time, calls_are_counted_over_all_processes);
    tcase_add_test(time, too_many_steps_between_two_calls_end_the_run);
    tcase_add_test(time, calls_that_change_nothing_are_a_livelock);
    tcase_add_test(time, a_livelock_is_not_found_where_time_or_bytes_move);
    suite_add_tcase(suite, time);

    TCase *numbers = tcase_create("number");
    tcase_add_test(numbers, too_many_processes_at_time_0_are_refused);
    tcase_add_test(numbers, no_number_of_processes_is_too_large_to_be_refused);
    tcase_add_test(numbers, too_many_forks_fail_with_eagain);
    tcase_add_test(numbers, too_many_files_fail_with_emfile);
    tcase_add_test(numbers, too_many_files_at_time_0_name_their_limit);
    tcase_add_test(numbers, too_deep_a_recursion_ends_the_run);
    tcase_add_test(numbers, a_handler_that_raises_its_signal_again_is_stopped);
    suite_add_tcase(suite, numbers);

    TCase *space = tcase_create("space");
    tcase_set_timeout(space, 30);
    tcase_add_test(space, too_long_a_string_ends_the_run);
    tcase_add_test(space, too_long_a_stream_for_a_claim_ends_the_run);
    tcase_add_test(space, too_much_memory_for_strings_ends_the_run);
    tcase_add_test(space, too_much_memory_for_pipes_and_processes_ends_the_run);
    tcase_add_test(space, too_much_memory_before_time_0_is_refused);
    suite_add_tcase(suite, space);

    TCase *report = tcase_create("report");
    tcase_add_test(report, a_limit_is_reported_with_its_place_and_how_to_raise_it);
    tcase_add_test(report, a_limit_in_threads_mode_stops_all);
    suite_add_tcase(suite, report);
    return suite;
}

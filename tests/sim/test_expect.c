/* test_expect.c - does a call do what its line says? Results and times, right and wrong, and what is
 * said of the wrong ones. */
#include "tests/sim/scripted.h"
#include "tests/suites.h"

/* A process with one line; before it runs there is a pipe p with "abc" in it, and one q at its end. */
static void line(const char *text, enum verdict verdict, const char *fragment)
{
    struct strbuf script = {0};
    strbuf_addf(&script,
                "process a {\n"
                "pipe(p); write(p[1], \"abc\"); pipe(q); close(q[1])\n"
                "%s\n"
                "}\n",
                text);
    ends_as(strbuf_text(&script), verdict, fragment);
    strbuf_free(&script);
}

/* -- results ------------------------------------------------------------------------------------------ */

static const char *const right[] = {
    "read(p[0], 9) = 3",
    "read(p[0], 9) = \"abc\"",
    "read(p[0], 9) = \"a\" + \"bc\"",
    "read(p[0], 9) = 1..8",
    "read(p[0], 9) = 3..3",
    "read(p[0], 9) = ?",
    "read(p[0], 9)",
    "read(p[0], 0) = 0",
    "read(p[0], 0) = \"\"",
    "read(q[0], 9) = EOF",
    "read(q[0], 9) = 0",
    "read(q[0], 9) = \"\"",
    "read(q[0], 9) = ?",
    "read(99, 9) = -1 EBADF",
    "read(99, 9) = -1",
    "read(99, 9) = ?",
    "if ((read(99, 9) = -1) == -1) { }",
    "getpid() = 1",
    "getpid() = 0..5",
    "x = 1; getpid() = x",
    "write(p[1], \"de\") = 2",
    "write(p[1], \"de\") = len(\"de\")",
    "write(99, \"\") = -1 EBADF",
    "raise(SIGTERM) = killed SIGTERM",
    "raise(SIGKILL) = ?",
    "close(q[0]) = 0",
};

START_TEST(what_comes_true_is_as_expected)
{
    line(right[_i], VERDICT_AS_EXPECTED, "");
}
END_TEST

static const struct {
    const char *text, *message;
} wrong[] = {
    {"read(p[0], 9) = 4", "wanted 4\n          got    \"abc\"\n"},
    {"read(p[0], 9) = \"abd\"", "wanted \"abd\"\n          got    \"abc\"\n"},
    {"read(p[0], 9) = EOF", "wanted EOF\n          got    \"abc\"\n"},
    {"read(p[0], 9) = 4..8", "wanted 4..8\n          got    \"abc\"\n"},
    {"read(p[0], 9) = -1 EAGAIN", "wanted -1 EAGAIN\n          got    \"abc\"\n"},
    {"read(p[0], 9) = -1", "wanted -1, any error\n          got    \"abc\"\n"},
    {"read(p[0], 9) = killed SIGPIPE", "wanted killed by SIGPIPE\n          got    \"abc\"\n"},
    {"read(p[0], 0) = EOF", "wanted EOF\n          got    \"\"\n"},
    {"read(q[0], 9) = \"x\"", "wanted \"x\"\n          got    EOF\n"},
    {"read(q[0], 9) = 1..8", "wanted 1..8\n          got    EOF\n"},
    {"read(99, 9) = 3", "wanted 3\n          got    -1 EBADF (not open for this)\n"},
    {"read(99, 9) = \"\"", "got    -1 EBADF"},
    {"read(99, 9) = EOF", "got    -1 EBADF"},
    {"read(99, 9) = -1 EAGAIN",
     "wanted -1 EAGAIN\n          got    -1 EBADF (not open for this)\n"},
    {"read(99, 9) = -5..5", "wanted -5..5\n          got    -1 EBADF"},
    {"read(99, 9)", "wanted success, since no result is written\n          got    -1 EBADF"},
    {"getpid() = 2", "wanted 2\n          got    1\n"},
    {"getpid() = \"1\"", "wanted \"1\"\n          got    1\n"},
    {"getpid() = EOF", "wanted EOF\n          got    1\n"},
    {"getpid() = -1 EPERM", "wanted -1 EPERM\n          got    1\n"},
    {"write(p[1], \"de\") = \"de\"", "wanted \"de\"\n          got    2\n"},
    {"raise(SIGTERM)",
     "wanted success, since no result is written\n          got    killed by SIGTERM\n"},
    {"raise(SIGTERM) = 0", "wanted 0\n          got    killed by SIGTERM\n"},
    {"raise(SIGTERM) = killed SIGKILL",
     "wanted killed SIGKILL\n          got    killed by SIGTERM\n"},
    {"raise(SIGTERM) = 1..2", "wanted 1..2\n          got    killed by SIGTERM\n"},
    {"close(p[0]); write(p[1], \"x\")", "got    killed by SIGPIPE\n"},
};

START_TEST(what_does_not_come_true_is_told_wanted_over_got)
{
    line(wrong[_i].text, VERDICT_FAILED, wrong[_i].message);
}
END_TEST

START_TEST(the_place_is_that_of_the_result_or_of_the_call)
{
    ends_as("process a {\n  getpid() = 2\n}\n", VERDICT_FAILED, "test.pipe:2:14: failed: wanted 2");
    ends_as("process a {\n  close(99)\n}\n", VERDICT_FAILED,
            "test.pipe:2:3: failed: wanted success");
}
END_TEST

START_TEST(the_note_tells_who_and_when_and_who_woke_it)
{
    ends_as("pipe p\n"
            "process r < p { read(p, 1) = \"y\" }\n"
            "process w > p { @4 write(p, \"x\") }\n",
            VERDICT_FAILED,
            "note: in process r at tick 4, having slept since tick 0 until woken by w\n");
}
END_TEST

START_TEST(a_result_with_bytes_that_cannot_be_printed_is_escaped)
{
    line("write(p[1], \"\\n\\xff\"); read(p[0], 9) = \"\"", VERDICT_FAILED,
         "got    \"abc\\n\\xff\"\n");
}
END_TEST

START_TEST(a_failed_result_does_not_end_the_process)
{
    ends_as("process a { getpid() = 2; getpid() = 3; exit(7) }\nend a exited with 7\n",
            VERDICT_FAILED, "wanted 3");
}
END_TEST

START_TEST(the_value_of_a_call_with_a_result_is_what_it_gave)
{
    comes_true("process a { x = (getpid() = 1) + (getpid() = ?); assert(x == 2)\n"
               "  y = read(99, 1) = -1 EBADF; assert(y == -1 and errno == EBADF) }\n");
}
END_TEST

START_TEST(checks_that_were_made_are_counted)
{
    struct scripted *s = run_text("process a { getpid() = 1; @0 getpid(); getpid() = ?; getpid()\n"
                                  "  repeat 3 { getpid() = 1 }; assert(1) }\n",
                                  NULL);
    ck_assert_int_eq(run_checks(s->run).results, 6);
    script_free(s);
}
END_TEST

/* -- times -------------------------------------------------------------------------------------------- */

/* Another process writes "x" into p at tick 5 and closes it at tick 9. */
static void timed(const char *text, enum verdict verdict, const char *fragment)
{
    struct strbuf script = {0};
    strbuf_addf(
        &script,
        "pipe p\n"
        "process a < p {\n"
        "%s\n"
        "}\n"
        "process w > p { signal(SIGPIPE, IGN); @5 write(p, \"x\") = ?; @9 close(p); @20 sleep(0) }\n",
        text);
    ends_as(strbuf_text(&script), verdict, fragment);
    strbuf_free(&script);
}

static const char *const in_time[] = {
    "@0..5 read(p, 1)",
    "@..5 read(p, 1)",
    "@3..5 read(p, 1)",
    "@3..+2 read(p, 1)",
    "@0..? read(p, 1)",
    "@7 read(p, 1)",
    "@7..? read(p, 1)",
    "read(p, 1)",
    "+0..5 read(p, 1)",
    "+2..+3 read(p, 1)",
    "+7 read(p, 1)",
    "sleep(3); +1..5 read(p, 1)",
    "sleep(3); +1..+1 read(p, 1)",
    "sleep(3); +4 read(p, 1)",
    "sleep(3); +0..? read(p, 1)",
    "@5..? read(p, 1)",
    "@0 getpid(); @0 getpid(); @3 getpid(); @3 getpid()",
    "@4 x = getpid() = 1",
    "@0..5 x = read(p, 1) = \"x\"; @5 read(p, 0); @..9 read(p, 1) = EOF",
    "@1..3 sleep(2)",
    "@1..+2 sleep(2)",
};

START_TEST(who_is_in_time_is_as_expected)
{
    timed(in_time[_i], VERDICT_AS_EXPECTED, "");
}
END_TEST

static const struct {
    const char *text, *message;
} late[] = {
    {"@0 read(p, 1)",
     "wanted a return without sleeping\n          got    a return at tick 5, having slept\n"},
    {"@0..4 read(p, 1)",
     "wanted asleep until tick 4\n          got    a return at tick 5, having slept\n"},
    {"@0..6 read(p, 1)",
     "wanted asleep until tick 6\n          got    a return at tick 5, having slept\n"},
    {"@..6 read(p, 1)",
     "wanted asleep until tick 6\n          got    a return at tick 5, having slept\n"},
    {"@7..8 read(p, 1)",
     "wanted asleep until tick 8\n          got    a return at tick 7, without having slept\n"},
    {"@7..7 read(p, 1)",
     "wanted asleep until tick 7\n          got    a return at tick 7, without having slept\n"},
    {"@3..+1 read(p, 1)",
     "wanted asleep until tick 4\n          got    a return at tick 5, having slept\n"},
    {"@0..never read(p, 1)",
     "wanted still asleep when the run ends\n          got    a return at tick 5, having slept\n"},
    {"@..never getpid()",
     "wanted still asleep when the run ends\n          got    a return at tick 0, without having slept\n"},
    {"sleep(3); @2 getpid()",
     "wanted a start at tick 2\n          got    here at tick 3 only: the line above took until then\n"},
    {"sleep(3); @2..5 read(p, 1)",
     "wanted a start at tick 2\n          got    here at tick 3 only"},
    {"+0 read(p, 1)", "wanted a return without sleeping\n"},
    {"sleep(1); +1..+2 read(p, 1)",
     "wanted asleep until tick 4\n          got    a return at tick 5, having slept\n"},
};

START_TEST(who_is_not_in_time_is_told)
{
    timed(late[_i].text, VERDICT_FAILED, late[_i].message);
}
END_TEST

START_TEST(the_place_of_a_wrong_time_is_that_of_the_time)
{
    ends_as("process a {\n  @0..3 sleep(2)\n}\n", VERDICT_FAILED,
            "test.pipe:2:3: failed: wanted asleep");
}
END_TEST

START_TEST(who_is_killed_by_another_in_a_call_without_a_result_has_not_failed)
{
    comes_true(
        "process a { pause() }\nprocess k { @1 kill(a, SIGTERM) }\nend a killed by SIGTERM\n");
}
END_TEST

START_TEST(who_was_to_sleep_for_ever_and_is_killed_has_failed)
{
    ends_as("process a { @0..never pause() }\nprocess k { @1 kill(a, SIGTERM) }\n", VERDICT_FAILED,
            "wanted still asleep when the run ends\n          got    ended by SIGTERM\n");
}
END_TEST

START_TEST(times_in_a_loop_are_judged_each_time)
{
    comes_true("process a { repeat 4 { +1..+2 sleep(2) } }\nend now == 12\n");
    ends_as("process a { repeat 2 { @1 getpid() ; sleep(1) } }\n", VERDICT_FAILED,
            "got    here at tick 2");
}
END_TEST

START_TEST(no_time_is_too_large)
{
    comes_true("process a { @9223372036854775806 getpid() }\n");
    comes_true("process a { sleep(1); +9223372036854775807 getpid() = ? }\n"
               "process b { @3 kill(a, SIGKILL) }\n");
    ends_as("process a { sleep(1); @1..+9223372036854775807 sleep(1) }\n", VERDICT_FAILED,
            "got    a return at tick 2, having slept");
}
END_TEST

START_TEST(with_threads_nothing_may_come_earlier_but_all_may_come_later)
{
    struct script_options o = {.run = {.mode = SCHED_THREADS}};
    comes_true_with(
        "process a { @1 getpid(); @0 getpid(); @2..3 sleep(1); +1 getpid(); +0..? sleep(1) }\n",
        &o);
    ends_as_with("pipe p\n"
                 "process a < p { @0..1000000 read(p, 1) }\n"
                 "process w > p { write(p, \"x\") }\n",
                 &o, VERDICT_FAILED, "wanted no return before tick 1000000");
}
END_TEST

Suite *expect_suite(void)
{
    Suite *suite = suite_create("expect");
    TCase *results = tcase_create("result");
    tcase_add_loop_test(results, what_comes_true_is_as_expected, 0, sizeof right / sizeof *right);
    tcase_add_loop_test(results, what_does_not_come_true_is_told_wanted_over_got, 0,
                        sizeof wrong / sizeof *wrong);
    tcase_add_test(results, the_place_is_that_of_the_result_or_of_the_call);
    tcase_add_test(results, the_note_tells_who_and_when_and_who_woke_it);
    tcase_add_test(results, a_result_with_bytes_that_cannot_be_printed_is_escaped);
    tcase_add_test(results, a_failed_result_does_not_end_the_process);
    tcase_add_test(results, the_value_of_a_call_with_a_result_is_what_it_gave);
    tcase_add_test(results, checks_that_were_made_are_counted);
    suite_add_tcase(suite, results);

    TCase *times = tcase_create("time");
    tcase_add_loop_test(times, who_is_in_time_is_as_expected, 0, sizeof in_time / sizeof *in_time);
    tcase_add_loop_test(times, who_is_not_in_time_is_told, 0, sizeof late / sizeof *late);
    tcase_add_test(times, the_place_of_a_wrong_time_is_that_of_the_time);
    tcase_add_test(results, who_is_killed_by_another_in_a_call_without_a_result_has_not_failed);
    tcase_add_test(times, who_was_to_sleep_for_ever_and_is_killed_has_failed);
    tcase_add_test(times, times_in_a_loop_are_judged_each_time);
    tcase_add_test(times, no_time_is_too_large);
    tcase_add_test(times, with_threads_nothing_may_come_earlier_but_all_may_come_later);
    suite_add_tcase(suite, times);
    return suite;
}

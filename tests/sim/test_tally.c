/* test_tally.c - the figures of a run. */
#include "tests/sim/scripted.h"
#include "tests/suites.h"

static struct tally tally_of(const char *text)
{
    struct scripted *s = run_text(text, NULL);
    struct tally t = *run_tally(s->run);
    ck_assert_int_eq(s->verdict, VERDICT_AS_EXPECTED);
    script_free(s);
    return t;
}

START_TEST(bytes_count_going_in_and_coming_out)
{
    struct tally t = tally_of("process a { pipe(p); write(p[1], \"abcde\"); read(p[0], 3) }\n");
    ck_assert_int_eq(t.bytes, 8);
}
END_TEST

START_TEST(calls_are_counted_that_return)
{
    ck_assert_int_eq(tally_of("process a { pipe(p); getpid(); close(9) = -1 }\n").calls, 3);
    ck_assert_int_eq(tally_of("process a { x = len(\"a\"); print(x) }\n").calls, 0);
}
END_TEST

START_TEST(calls_are_counted_that_end_their_process)
{
    ck_assert_int_eq(tally_of("process a { getpid(); exit(0) }\n").calls, 2);
    ck_assert_int_eq(tally_of("pipe p\nprocess a > p { write(p, \"x\") = killed SIGPIPE }\n").calls,
                     1);
}
END_TEST

START_TEST(a_restarted_call_is_one_call)
{
    struct tally t = tally_of("def h(s) { }\n"
                              "process a { signal(SIGUSR1, h); pipe(p); fork(c); close(p[1])\n"
                              "  read(p[0], 1) = EOF }\n"
                              "process c { @1 kill(a, SIGUSR1); @2 close(p[1]) }\n");
    ck_assert_int_eq(t.calls, 7);
}
END_TEST

START_TEST(sleeps_and_wakeups_are_counted_but_not_the_ticks_of_lines)
{
    struct tally t = tally_of("pipe p\n"
                              "process r < p { read(p, 1); @5..7 sleep(2) }\n"
                              "process w > p { @1 write(p, \"x\") }\n");
    ck_assert_int_eq(t.sleeps, 2);
    ck_assert_int_eq(t.wakeups, 2);
    ck_assert_int_eq(t.needless_wakeups, 0);
}
END_TEST

START_TEST(a_reader_that_finds_nothing_was_woken_needlessly)
{
    struct tally t = tally_of("pipe p\n"
                              "process r < p { read(p, 1) = EOF }\n"
                              "process w < p > p { @1 write(p[1], \"x\"); read(p[0], 1)\n"
                              "  @2 close(p[1]) }\n");
    ck_assert_int_eq(t.needless_wakeups, 1);
    ck_assert_int_eq(t.sleeps, 2);
}
END_TEST

START_TEST(a_writer_that_writes_piece_by_piece_was_not_woken_needlessly)
{
    struct tally t = tally_of("pipe p(capacity = 2, atomic = 1)\n"
                              "process w > p { write(p, \"abcdef\") }\n"
                              "process r < p { @1 read(p, 2); @2 read(p, 2); @3 read(p, 2) }\n");
    ck_assert_int_eq(t.needless_wakeups, 0);
}
END_TEST

START_TEST(switches_are_changes_of_who_acts)
{
    ck_assert_int_eq(tally_of("process a { getpid(); getpid() }\n").switches, 0);
    ck_assert_int_eq(tally_of("process a { getpid() }\nprocess b { getpid() }\n").switches, 1);
    ck_assert_int_eq(tally_of("process a { getpid(); yield(); getpid() }\n"
                              "process b { getpid() }\n")
                         .switches,
                     2);
}
END_TEST

Suite *tally_suite(void)
{
    Suite *suite = suite_create("tally");
    TCase *figures = tcase_create("figure");
    tcase_add_test(figures, bytes_count_going_in_and_coming_out);
    tcase_add_test(figures, calls_are_counted_that_return);
    tcase_add_test(figures, calls_are_counted_that_end_their_process);
    tcase_add_test(figures, a_restarted_call_is_one_call);
    tcase_add_test(figures, sleeps_and_wakeups_are_counted_but_not_the_ticks_of_lines);
    tcase_add_test(figures, a_reader_that_finds_nothing_was_woken_needlessly);
    tcase_add_test(figures, a_writer_that_writes_piece_by_piece_was_not_woken_needlessly);
    tcase_add_test(figures, switches_are_changes_of_who_acts);
    suite_add_tcase(suite, figures);
    return suite;
}

/* test_explain.c - why nothing goes on: the report of a deadlock and of a livelock. */
#include "tests/sim/scripted.h"
#include "tests/suites.h"

static void stuck(const char *text, const char *fragment)
{
    ends_as(text, VERDICT_STUCK, fragment);
}

START_TEST(a_reader_is_told_who_holds_the_write_ends)
{
    stuck(
        "pipe p\n"
        "process r < p { read(p, 1) }\n"
        "process w > p { pause() }\n",
        "test.pipe:2:17: note: r waits for bytes: p is empty, and 1 write end is open, so this is not "
        "end of file\n");
    stuck("pipe p\n"
          "process r < p { read(p, 1) }\n"
          "process w > p { pause() }\n",
          "the write end of p is held by w (descriptor 1, from process w > p on line 3)\n");
}
END_TEST

START_TEST(a_sleeper_is_told_where_each_end_was_opened)
{
    stuck("process a {\n"
          "  pipe(p)\n"
          "  fork(b)\n"
          "  dup2(p[1], 9); close(p[1])\n"
          "  read(p[0], 1)\n"
          "}\n"
          "process b { close(p[0]); pause() }\n",
          "the write end of p is held by "
          "a (descriptor 9, a copy made by dup2(p[1], 9) on line 4), "
          "b (descriptor 4, a copy made by fork(b) on line 3)\n");
    stuck("set capacity = 1\n"
          "process a {\n"
          "  pipe(p)\n"
          "  write(p[1], \"abc\")\n"
          "}\n",
          "the read end of p is held by a (descriptor 3, from pipe(p) on line 3)\n");
    stuck("process a { pipe(\n"
          "  p); read(p[0], 1) }\n",
          "held by a (descriptor 4, from pipe on line 1)\n");
}
END_TEST

START_TEST(a_descriptor_that_was_closed_and_opened_again_is_the_later_one)
{
    stuck("process a {\n"
          "  pipe(p)\n"
          "  dup2(p[1], 9)\n"
          "  close(9)\n"
          "  dup2(p[1], 9)\n"
          "  close(p[1])\n"
          "  read(p[0], 1)\n"
          "}\n",
          "held by a (descriptor 9, a copy made by dup2(p[1], 9) on line 5)\n");
}
END_TEST

START_TEST(of_many_holders_eight_are_named)
{
    stuck("pipe p\n"
          "process r < p { read(p, 1) }\n"
          "process w * 20 > p { pause() }\n",
          "w.8 (descriptor 1, from process w > p on line 3), and 12 more\n");
}
END_TEST

START_TEST(a_reader_that_keeps_the_write_end_itself_is_told_to_close_it)
{
    stuck("process a { pipe(p); read(p[0], 1) }\n",
          "help: a keeps a write end open itself: close it before reading");
}
END_TEST

START_TEST(a_writer_is_told_how_full_the_pipe_is)
{
    stuck("pipe p(capacity = 4, atomic = 1)\n"
          "process w > p { write(p, \"abcdef\") }\n"
          "process r < p { pause() }\n",
          "w waits for room: p is full (4 of 4 bytes), and 4 bytes of this write are in\n");
    stuck(
        "pipe p(capacity = 4, atomic = 4)\n"
        "process w > p { write(p, \"abc\"); write(p, \"de\") }\n"
        "process r < p { pause() }\n",
        "w waits for room: 2 bytes must go in together (atomic is 4), and 1 of 4 are free in p\n");
}
END_TEST

START_TEST(a_writer_that_alone_could_read_is_told_so)
{
    stuck("set capacity = 1\nprocess a { pipe(p); write(p[1], \"ab\") }\n",
          "only a itself could read from p");
}
END_TEST

START_TEST(a_cycle_is_told)
{
    stuck("pipe p, q\n"
          "process a < p > q { read(p, 1) }\n"
          "process b < q > p { read(q, 1) }\n",
          "each waits for the next: a -(bytes from p)-> b -(bytes from q)-> a\n");
    stuck("pipe p(capacity = 1)\n"
          "process a { pipe(q); fcntl(q[0], F_SETPIPE_SZ, 1); fork(c); close(q[0]); wait(c) }\n"
          "process c { close(q[0]); pipe(r); close(r[1]); read(r[0], 1); kill(a, 0); pause() }\n",
          "a waits for c to exit");
}
END_TEST

/* Who holds the end first, or was made first, may be none of them. */
START_TEST(a_cycle_is_found_past_others_who_sleep)
{
    stuck("set capacity = 4\n"
          "process shell { pipe(p); fork(idle); fork(tool); wait(); wait() }\n"
          "process idle { pause() }\n"
          "process tool { close(p[0]); write(p[1], \"abcdefgh\") }\n",
          "each waits for the next: shell -(exit of)-> tool -(room in p)-> shell\n");
    stuck("pipe p, q\n"
          "process idle > p { pause() }\n"
          "process a < p > q { read(p, 1) }\n"
          "process b < q > p { read(q, 1) }\n",
          "each waits for the next: a -(bytes from p)-> b -(bytes from q)-> a\n");
}
END_TEST

START_TEST(a_cycle_of_one_is_no_cycle)
{
    struct scripted *s = run_text("process a { pipe(p); read(p[0], 1) }\n", NULL);
    text_lacks(strbuf_text(&s->messages), "each waits for the next");
    script_free(s);
}
END_TEST

START_TEST(each_sort_of_sleeper_is_explained)
{
    stuck("process a { pipe(p); poll(p[0], POLLIN, -1) }\n",
          "a waits until one of its descriptors is ready");
    stuck("process a { pause() }\n", "a waits for a signal");
    stuck("process a { thread(t); join(t) }\nprocess t { pause() }\n", "a waits for t to end");
    stuck("process a { fork(c); wait() }\nprocess c { pause() }\n", "a waits for a child to exit");
}
END_TEST

START_TEST(of_many_sleepers_eight_are_shown_and_the_rest_is_counted)
{
    struct scripted *s = run_text("process a * 20 { pause() }\n", NULL);
    ck_assert_int_eq(s->verdict, VERDICT_STUCK);
    text_contains(strbuf_text(&s->messages), "20 processes are asleep");
    ck_assert_uint_eq(occurrences(strbuf_text(&s->messages), "waits for a signal"), 8);
    text_contains(strbuf_text(&s->messages), "and 12 more");
    script_free(s);
}
END_TEST

START_TEST(the_report_says_how_to_ask_for_a_deadlock)
{
    stuck("process a { pause() }\n", "say it: end deadlock");
}
END_TEST

START_TEST(a_deadlock_while_others_have_exited_names_only_sleepers)
{
    struct scripted *s = run_text("process a { pause() }\nprocess b { sleep(3) }\n", NULL);
    text_contains(strbuf_text(&s->messages),
                  "deadlock at tick 3: 1 process is asleep, and nothing is left "
                  "that would wake it");
    text_lacks(strbuf_text(&s->messages), "b waits");
    script_free(s);
}
END_TEST

START_TEST(a_livelock_names_who_keeps_calling)
{
    stuck("set max_idle = 200\n"
          "process a {\n"
          "  loop { yield() }\n"
          "}\n"
          "process b { pause() }\n",
          "note: a keeps calling, last on line 3");
}
END_TEST

START_TEST(lock_waiters_in_a_deadlock_do_not_confuse_the_report)
{
    for (uint64_t seed = 0; seed < 30; seed++) {
        struct script_options o = {
            .run = {.policy = POLICY_RANDOM, .freedom.grain = GRAIN_LOCKS, .seed = seed}};
        ends_as_with("pipe p\n"
                     "process r * 3 < p { read(p, 1) }\n"
                     "process w > p { write(p, \"x\"); pause() }\n",
                     &o, VERDICT_STUCK, "deadlock at tick 0: 3 processes are asleep");
    }
}
END_TEST

Suite *explain_suite(void)
{
    Suite *suite = suite_create("explain");
    TCase *sleepers = tcase_create("sleeper");
    tcase_add_test(sleepers, a_reader_is_told_who_holds_the_write_ends);
    tcase_add_test(sleepers, a_sleeper_is_told_where_each_end_was_opened);
    tcase_add_test(sleepers, a_descriptor_that_was_closed_and_opened_again_is_the_later_one);
    tcase_add_test(sleepers, of_many_holders_eight_are_named);
    tcase_add_test(sleepers, a_reader_that_keeps_the_write_end_itself_is_told_to_close_it);
    tcase_add_test(sleepers, a_writer_is_told_how_full_the_pipe_is);
    tcase_add_test(sleepers, a_writer_that_alone_could_read_is_told_so);
    tcase_add_test(sleepers, each_sort_of_sleeper_is_explained);
    tcase_add_test(sleepers, of_many_sleepers_eight_are_shown_and_the_rest_is_counted);
    tcase_add_test(sleepers, a_deadlock_while_others_have_exited_names_only_sleepers);
    tcase_add_test(sleepers, lock_waiters_in_a_deadlock_do_not_confuse_the_report);
    suite_add_tcase(suite, sleepers);

    TCase *whole = tcase_create("whole");
    tcase_add_test(whole, a_cycle_is_told);
    tcase_add_test(whole, a_cycle_is_found_past_others_who_sleep);
    tcase_add_test(whole, a_cycle_of_one_is_no_cycle);
    tcase_add_test(whole, the_report_says_how_to_ask_for_a_deadlock);
    tcase_add_test(whole, a_livelock_names_who_keeps_calling);
    suite_add_tcase(suite, whole);
    return suite;
}

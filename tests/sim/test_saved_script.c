/* test_saved_script.c - a run as a script: its results and times, on its lines. */
#include "sim/step/saved_script.h"
#include "tests/sim/scripted.h"
#include "tests/sim/stepped.h"
#include "tests/suites.h"

#include <stdlib.h>

#define SAVED "# saved by pipesim step: pipesim run "

/* What is saved after these commands, of which there may be none. */
static char *saved_after(const char *script, const char *first, const char *second)
{
    struct stepped s = step_into(script);
    struct strbuf out = {0};
    if (first != NULL)
        step_say(&s, first);
    if (second != NULL)
        step_say(&s, second);
    uint64_t here = walk_position(s.walk);
    ck_assert_int_eq(saved_script(s.walk, "x.pipe", &out), 0);
    ck_assert_uint_eq(walk_position(s.walk), here);
    step_end(&s);
    return out.bytes;
}

static void is_saved_as(const char *script, const char *wanted)
{
    char *saved = saved_after(script, NULL, NULL);
    struct strbuf whole = {0};
    strbuf_addf(&whole, SAVED "x.pipe\n%s", wanted);
    ck_assert_str_eq(saved, strbuf_text(&whole));
    comes_true(saved);
    strbuf_free(&whole);
    free(saved);
}

START_TEST(a_line_gets_what_its_call_gave_and_when)
{
    is_saved_as("pipe p\n"
                "process r < p {\n"
                "          x = read(p, 8)        # a comment\n"
                "          read(p, 8)\n"
                "}\n"
                "process w > p { sleep(2); write(p, \"a\\n\") }\n",
                "pipe p\n"
                "process r < p {\n"
                "  @0..2   x = read(p, 8) = \"a\\n\"  # a comment\n"
                "  @2      read(p, 8) = EOF\n"
                "}\n"
                "process w > p { @0..2 sleep(2) = 0; @2 write(p, \"a\\n\") = 2 }\n");
}
END_TEST

START_TEST(what_a_line_says_already_stays)
{
    is_saved_as("process a {\n"
                "  @3   pipe(p) = 0..5\n"
                "  +0   close(p[1]) = ?\n"
                "       read(p[0], 8) = EOF # the end\n"
                "}\n",
                "process a {\n"
                "  @3   pipe(p) = 0..5\n"
                "  +0   close(p[1]) = ?\n"
                "  @3   read(p[0], 8) = EOF # the end\n"
                "}\n");
}
END_TEST

START_TEST(what_was_otherwise_is_written_as_it_was)
{
    is_saved_as("process a {\n"
                "  @0..1 sleep(2) = 7\n"
                "        write(77, \"x\")\n"
                "}\n",
                "process a {\n"
                "  @0..2 sleep(2) = 0\n"
                "  @2    write(77, \"x\") = -1 EBADF\n"
                "}\n");
}
END_TEST

START_TEST(ends_of_a_process_are_written)
{
    is_saved_as("pipe p\n"
                "process a > p { sleep(1); write(p, \"x\") = ? }\n"
                "process b > p { sleep(1); write(p, \"x\") }\n"
                "process c < p { close(p); fork(d); exit(1) }\n"
                "process d { raise(SIGTERM) }\n",
                "pipe p\n"
                "process a > p { @0..1 sleep(1) = 0; @1 write(p, \"x\") = ? }\n"
                "process b > p { @0..1 sleep(1) = 0; @1 write(p, \"x\") = killed SIGPIPE }\n"
                "process c < p { @0 close(p) = 0; @0 fork(d) = 4; @0 exit(1) }\n"
                "process d { @0 raise(SIGTERM) = killed SIGTERM }\n");
}
END_TEST

START_TEST(who_sleeps_at_the_end_never_returns)
{
    is_saved_as("process a { pipe(p); fork(b); wait(b) }\n"
                "process b { sleep(2); read(p[0], 1) }\n",
                "process a { @0 pipe(p) = 0; @0 fork(b) = 2; @0..never wait(b) }\n"
                "process b { @0..2 sleep(2) = 0; @2..never read(p[0], 1) }\n");
}
END_TEST

START_TEST(calls_of_one_line_that_differ_stand_behind_it)
{
    is_saved_as("pipe p\n"
                "process w > p { repeat 5 { write(p, \"ab\") }\n"
                "  if (0) { pause() }\n"
                "}\n"
                "process r < p {\n"
                "  while (x = read(p, 8)) { sleep(1) } # all\n"
                "}\n"
                "process two * 2 { sleep(getpid() - 2) }\n",
                "pipe p\n"
                "process w > p { repeat 5 { @0 write(p, \"ab\") = 2 }\n"
                "  if (0) { pause() }  # pause: not called\n"
                "}\n"
                "process r < p {\n"
                "  while (x = read(p, 8)) { sleep(1) = 0 } # all"
                "  # read: @0 = \"abababab\", @1 = \"ab\", @2 = EOF;"
                " sleep: @0..1 = 0, @1..2 = 0\n"
                "}\n"
                "process two * 2 { sleep(getpid() - 2) = 0 }"
                "  # sleep: two @0..1 = 0, two.2 @0..2 = 0; getpid: two @0 = 3, two.2 @0 = 4\n");
}
END_TEST

START_TEST(saving_leaves_the_walk_where_it_is)
{
    struct stepped s = step_into("pipe p(capacity = 2)\n"
                                 "process w > p { repeat 9 { write(p, \"abc\") } }\n"
                                 "process r < p { while (read(p, 2)) { } }\n");
    struct strbuf before = {0}, after = {0}, script = {0};
    step_say(&s, "goto 50");
    strbuf_addf(&before, "%s", step_say(&s, "list"));
    strbuf_addf(&before, "%s", step_say(&s, "info pipes"));
    ck_assert_int_eq(saved_script(s.walk, "x.pipe", &script), 0);
    strbuf_addf(&after, "%s", step_say(&s, "list"));
    strbuf_addf(&after, "%s", step_say(&s, "info pipes"));
    ck_assert_str_eq(strbuf_text(&before), strbuf_text(&after));
    text_contains(step_say(&s, "goto end"), "the run is over: as expected\n");
    strbuf_free(&before);
    strbuf_free(&after);
    strbuf_free(&script);
    step_end(&s);
}
END_TEST

/* -- a schedule -------------------------------------------------------------------------------- */

static const char two_writers[] = "pipe p\n"
                                  "process a > p { write(p, \"a\") }\n"
                                  "process b > p { write(p, \"b\") }\n"
                                  "process r < p { read(p, 1); read(p, 1) }\n";

START_TEST(another_run_names_its_schedule)
{
    char *saved = saved_after(two_writers, "run b", NULL);
    text_contains(saved, SAVED "--schedule 'calls:b");
    text_contains(saved, "process r < p { @0 read(p, 1) = \"b\"; @0 read(p, 1) = \"a\" }\n");
    ends_as(saved, VERDICT_FAILED, "failed: wanted \"b\"\n          got    \"a\"\n");
    free(saved);
}
END_TEST

START_TEST(the_first_run_needs_no_schedule)
{
    char *saved = saved_after(two_writers, "run b", "undo");
    text_contains(saved, SAVED "x.pipe\n");
    comes_true(saved);
    free(saved);
}
END_TEST

START_TEST(a_result_that_is_changed_is_found)
{
    char *saved = saved_after(two_writers, NULL, NULL);
    char *result = strstr(saved, "= \"b\"");
    ck_assert_ptr_nonnull(result);
    result[3] = 'c';
    ends_as(saved, VERDICT_FAILED, "failed: wanted \"c\"\n          got    \"b\"\n");
    free(saved);
}
END_TEST

Suite *saved_script_suite(void)
{
    Suite *suite = suite_create("saved_script");
    TCase *line = tcase_create("line");
    tcase_add_test(line, a_line_gets_what_its_call_gave_and_when);
    tcase_add_test(line, what_a_line_says_already_stays);
    tcase_add_test(line, what_was_otherwise_is_written_as_it_was);
    tcase_add_test(line, ends_of_a_process_are_written);
    tcase_add_test(line, who_sleeps_at_the_end_never_returns);
    tcase_add_test(line, calls_of_one_line_that_differ_stand_behind_it);
    tcase_add_test(line, saving_leaves_the_walk_where_it_is);
    suite_add_tcase(suite, line);

    TCase *schedule = tcase_create("schedule");
    tcase_add_test(schedule, another_run_names_its_schedule);
    tcase_add_test(schedule, the_first_run_needs_no_schedule);
    tcase_add_test(schedule, a_result_that_is_changed_is_found);
    suite_add_tcase(suite, schedule);
    return suite;
}

/* test_difference.c - two runs side by side, up to where they part. */
#include "sim/step/difference.h"
#include "sim/step/sheet.h"
#include "tests/sim/scripted.h"
#include "tests/sim/stepped.h"
#include "tests/suites.h"

#include <string.h>

static const char two_writers[] = "pipe p(capacity = 8)\n"
                                  "process a > p { write(p, \"a\") }\n"
                                  "process b > p { write(p, \"b\"); write(p, \"b\") }\n"
                                  "process r < p { while (read(p, 1)) { } }\n"
                                  "end p.stream == \"abb\"\n";

/* The present run is the one in which b went on after the first call. */
static struct stepped two_runs(void)
{
    struct stepped s = step_into(two_writers);
    step_say(&s, "goto 0");
    step_say(&s, "run b");
    return s;
}

static size_t widest_line(const char *text)
{
    size_t widest = 0;
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        widest = text_columns(text, n) > widest ? text_columns(text, n) : widest;
        text += n + (text[n] == '\n');
    }
    return widest;
}

START_TEST(lines_that_differ_stand_side_by_side)
{
    struct stepped s = two_runs();
    const char *text = step_say(&s, "compare");
    text_contains(text, "no line is the same\n");
    text_contains(text, "here, the present run:                 | there, branch 1:\n"
                        "0 b  write(p, \"b\") = 1                 | 0 a  write(p, \"a\") = 1\n"
                        "    p[b       ] used 1 of 8            |     p[a       ] used 1 of 8\n");
    step_end(&s);
}
END_TEST

START_TEST(a_sentence_says_who_went_on_and_how_both_end)
{
    struct stepped s = two_runs();
    text_contains(step_say(&s, "compare"),
                  "Here b went on at tick 0, there a did at tick 0.\n"
                  "The end here: not as expected: line 5: this does not hold at tick 0.\n"
                  "The end there: as expected, at tick 0.\n");
    step_say(&s, "branches 1");
    text_contains(step_say(&s, "compare"), "Here a went on at tick 0, there b did at tick 0.\n"
                                           "The end here: as expected, at tick 0.\n"
                                           "The end there: not as expected: line 5");
    step_end(&s);
}
END_TEST

START_TEST(a_deadlock_is_told)
{
    struct stepped s = step_into("pipe p, q\n"
                                 "process a < p > q { read(p, 1) }\n"
                                 "process b < q > p { read(q, 1) }\n"
                                 "end deadlock\n");
    step_say(&s, "run b");
    text_contains(step_say(&s, "compare"), "The end here: a deadlock, as expected, at tick 0.\n");
    step_end(&s);
}
END_TEST

START_TEST(what_both_have_is_counted_and_its_end_is_shown)
{
    struct stepped s = step_into("process a { repeat 4 { sleep(1) }; yield(); sleep(9) }\n"
                                 "process b { repeat 4 { sleep(1) }; yield(); sleep(9) }\n");
    step_say(&s, "goto 43");
    text_contains(step_say(&s, "run b"), "branch 1");
    const char *text = step_say(&s, "compare");
    text_contains(text, " lines are the same, up to these:\n");
    size_t lines = 0;
    for (const char *at = strstr(text, "these:\n"); strncmp(at, "here,", 5) != 0;
         at = strchr(at, '\n') + 1)
        lines++;
    ck_assert_uint_eq(lines, 1 + 3);
    step_end(&s);
}
END_TEST

START_TEST(it_is_as_wide_as_it_may_be)
{
    static const size_t widths[] = {10, 60, 80, 81, 132, 200};
    struct stepped s = step_into("pipe a_pipe_with_quite_a_long_name(capacity = 32)\n"
                                 "process a > a_pipe_with_quite_a_long_name {\n"
                                 "  write(a_pipe_with_quite_a_long_name, \"abc\" * 100)\n"
                                 "}\n"
                                 "process r < a_pipe_with_quite_a_long_name {\n"
                                 "  while (read(a_pipe_with_quite_a_long_name, 31)) { }\n"
                                 "}\n");
    step_say(&s, "run r");
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        struct strbuf out = {0};
        size_t most = widths[i] < DIFFERENCE_LEAST_WIDTH ? DIFFERENCE_LEAST_WIDTH : widths[i];
        difference_show(s.walk, 0, widths[i], &out);
        ck_assert_uint_le(widest_line(strbuf_text(&out)), most);
        ck_assert_uint_gt(widest_line(strbuf_text(&out)), most / 2);
        strbuf_free(&out);
    }
    step_end(&s);
}
END_TEST

START_TEST(comparing_leaves_the_walk_where_it_is)
{
    struct stepped s = two_runs();
    struct strbuf before = {0};
    strbuf_addf(&before, "%s", step_say(&s, "info pipes"));
    uint64_t here = walk_position(s.walk);
    step_say(&s, "compare");
    ck_assert_uint_eq(walk_position(s.walk), here);
    ck_assert_uint_eq(walk_branches(s.walk), 1);
    ck_assert_str_eq(step_say(&s, "info pipes"), strbuf_text(&before));
    text_contains(step_say(&s, "goto end"), "the run is over: not as expected\n");
    strbuf_free(&before);
    step_end(&s);
}
END_TEST

START_TEST(there_must_be_another_run)
{
    struct stepped s = step_into(two_writers);
    text_contains(step_say(&s, "compare"), "there is no other run yet");
    step_say(&s, "run b");
    text_contains(step_say(&s, "compare 2"), "there is no branch 2");
    step_end(&s);
}
END_TEST

Suite *difference_suite(void)
{
    Suite *suite = suite_create("difference");
    TCase *runs = tcase_create("runs");
    tcase_add_test(runs, lines_that_differ_stand_side_by_side);
    tcase_add_test(runs, a_sentence_says_who_went_on_and_how_both_end);
    tcase_add_test(runs, a_deadlock_is_told);
    tcase_add_test(runs, what_both_have_is_counted_and_its_end_is_shown);
    tcase_add_test(runs, it_is_as_wide_as_it_may_be);
    tcase_add_test(runs, comparing_leaves_the_walk_where_it_is);
    tcase_add_test(runs, there_must_be_another_run);
    suite_add_tcase(suite, runs);
    return suite;
}

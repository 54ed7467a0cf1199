/* test_schedule.c - schedules as text, and choice by choice. */
#include "sim/sched/schedule.h"
#include "tests/suites.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct schedule s;

static void init(void)
{
    schedule_init(&s, (struct freedom){.grain = GRAIN_CALLS});
}

static void fini(void)
{
    schedule_fini(&s);
}

static void parses(const char *text)
{
    const char *error;
    size_t at;
    ck_assert_int_eq(schedule_parse(&s, text, &error, &at), 0);
    ck_assert_ptr_null(error);
}

static void text_is(const char *wanted)
{
    char *text = schedule_text(&s);
    ck_assert_str_eq(text, wanted);
    free(text);
}

/* -- text --------------------------------------------------------------------------------------------- */

static const char *const texts[] = {
    "calls:",    "locks:",     "calls:a", "locks:a*3,b,a*2", "calls:a.2,b_c.17*1000000,a.2",
    "calls:A,b", "calls:0*2,1"};

START_TEST(what_is_written_is_read_back)
{
    parses(texts[_i]);
    text_is(texts[_i]);
}
END_TEST

START_TEST(the_first_word_sets_the_grain)
{
    parses("locks:a");
    ck_assert_int_eq(s.freedom.grain, GRAIN_LOCKS);
    fini();
    schedule_init(&s, (struct freedom){.grain = GRAIN_LOCKS});
    parses("calls:a");
    ck_assert_int_eq(s.freedom.grain, GRAIN_CALLS);
}
END_TEST

START_TEST(without_a_first_word_the_grain_stays)
{
    parses("a,b*2");
    text_is("calls:a,b*2");
    fini();
    schedule_init(&s, (struct freedom){.grain = GRAIN_LOCKS});
    parses("a");
    text_is("locks:a");
}
END_TEST

START_TEST(the_largest_count_is_kept)
{
    parses("calls:a*18446744073709551615");
    text_is("calls:a*18446744073709551615");
}
END_TEST

static const struct {
    const char *text, *fragment;
    size_t at;
} mistakes[] = {
    {"calls:a,,b", "name of a process", 8},
    {",a", "name of a process", 0},
    {"calls:a,", "name of a process", 8},
    {"calls:*3", "name of a process", 6},
    {"calls:a b", "','", 7},
    {"calls:a*", "count", 7},
    {"calls:a*0", "count", 7},
    {"calls:a*-1", "count", 7},
    {"calls:a* 2", "count", 7},
    {"calls:a*18446744073709551616", "count", 7},
    {"calls:a*2x", "','", 9},
    {"steps:a", "','", 5},
    {"calls:abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", "too long", 6},
    {"calls:a\xff", "','", 7},
};

START_TEST(a_mistake_is_reported_with_its_place)
{
    const char *error = NULL;
    size_t at = 999;
    ck_assert_int_eq(schedule_parse(&s, mistakes[_i].text, &error, &at), -EINVAL);
    ck_assert_msg(strstr(error, mistakes[_i].fragment) != NULL, "%s: %s", mistakes[_i].text, error);
    ck_assert_uint_eq(at, mistakes[_i].at);
}
END_TEST

/* -- adding ------------------------------------------------------------------------------------------- */

START_TEST(choices_of_the_same_are_counted)
{
    const char *const choices[] = {"a", "a", "b", "a", "b", "b", "b"};
    for (size_t i = 0; i < 7; i++)
        schedule_add(&s, choices[i]);
    text_is("calls:a*2,b,a,b*3");
}
END_TEST

START_TEST(many_choices_are_kept)
{
    for (int i = 0; i < 3000; i++)
        schedule_add(&s, i % 3 == 0 ? "a" : "b");
    ck_assert_uint_eq(s.count, 2000);
    char *text = schedule_text(&s);
    schedule_fini(&s);
    init();
    parses(text);
    ck_assert_uint_eq(s.count, 2000);
    free(text);
}
END_TEST

/* -- following ---------------------------------------------------------------------------------------- */

START_TEST(choices_come_one_by_one_and_then_there_are_none)
{
    static const char *const wanted[] = {"a", "a", "b", "a"};
    struct schedule_cursor cursor = {0, 0};
    parses("calls:a*2,b,a");
    for (size_t i = 0; i < 4; i++)
        ck_assert_str_eq(schedule_next(&s, &cursor), wanted[i]);
    ck_assert_ptr_null(schedule_next(&s, &cursor));
    ck_assert_ptr_null(schedule_next(&s, &cursor));
}
END_TEST

START_TEST(an_empty_schedule_has_no_choices)
{
    struct schedule_cursor cursor = {0, 0};
    ck_assert_ptr_null(schedule_next(&s, &cursor));
}
END_TEST

/* -- cutting ------------------------------------------------------------------------------------------ */

START_TEST(cutting_takes_the_last_choices_away)
{
    struct schedule_cursor ends[8] = {{0, 0}};
    static const char *const choices[] = {"a", "a", "b", "b", "b", "a", "c"};
    char *prefixes[8];
    for (size_t i = 0; i <= 7; i++) {
        ends[i] = schedule_end(&s);
        prefixes[i] = schedule_text(&s);
        if (i < 7)
            schedule_add(&s, choices[i]);
    }
    for (size_t i = 8; i-- > 0;) {
        schedule_cut(&s, ends[i]);
        text_is(prefixes[i]);
        free(prefixes[i]);
    }
}
END_TEST

START_TEST(after_a_cut_choices_are_added_again)
{
    schedule_add(&s, "a");
    schedule_add(&s, "b");
    struct schedule_cursor end = schedule_end(&s);
    schedule_add(&s, "b");
    schedule_add(&s, "c");
    schedule_cut(&s, end);
    schedule_add(&s, "b");
    schedule_add(&s, "d");
    text_is("calls:a,b*2,d");
}
END_TEST

START_TEST(cutting_everything_leaves_nothing)
{
    parses("calls:a*2,b");
    schedule_cut(&s, (struct schedule_cursor){0, 0});
    text_is("calls:");
    schedule_add(&s, "x");
    text_is("calls:x");
}
END_TEST

Suite *schedule_suite(void)
{
    Suite *suite = suite_create("schedule");
    TCase *text = tcase_create("text");
    tcase_add_checked_fixture(text, init, fini);
    tcase_add_loop_test(text, what_is_written_is_read_back, 0, sizeof texts / sizeof *texts);
    tcase_add_test(text, the_first_word_sets_the_grain);
    tcase_add_test(text, without_a_first_word_the_grain_stays);
    tcase_add_test(text, the_largest_count_is_kept);
    tcase_add_loop_test(text, a_mistake_is_reported_with_its_place, 0,
                        sizeof mistakes / sizeof *mistakes);
    suite_add_tcase(suite, text);

    TCase *choices = tcase_create("choices");
    tcase_add_checked_fixture(choices, init, fini);
    tcase_add_test(choices, choices_of_the_same_are_counted);
    tcase_add_test(choices, many_choices_are_kept);
    tcase_add_test(choices, choices_come_one_by_one_and_then_there_are_none);
    tcase_add_test(choices, an_empty_schedule_has_no_choices);
    tcase_add_test(choices, cutting_takes_the_last_choices_away);
    tcase_add_test(choices, after_a_cut_choices_are_added_again);
    tcase_add_test(choices, cutting_everything_leaves_nothing);
    suite_add_tcase(suite, choices);
    return suite;
}

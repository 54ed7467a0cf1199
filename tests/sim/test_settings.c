/* test_settings.c - the keys of `set`: names, bounds, defaults, and what overrides what. */
#include "sim/script/settings.h"
#include "tests/sim/scripted.h"
#include "tests/suites.h"

#include <stdio.h>
#include <string.h>

START_TEST(each_setting_is_found_by_its_name)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const char *name = setting_name(i);
        ck_assert_int_eq(setting_named(name, strlen(name)), i);
    }
}
END_TEST

START_TEST(a_part_of_a_name_is_not_the_name)
{
    ck_assert_int_eq(setting_named("capacity", 7), -1);
    ck_assert_int_eq(setting_named("capacityx", 9), -1);
    ck_assert_int_eq(setting_named("capacityx", 8), SETTING_capacity);
    ck_assert_int_eq(setting_named("", 0), -1);
}
END_TEST

START_TEST(the_defaults_lie_within_the_bounds)
{
    struct settings s;
    settings_init(&s);
    for (int i = 0; i < SETTING_COUNT; i++) {
        ck_assert_int_le(setting_least(i), s.values[i]);
        ck_assert_int_ge(setting_most(i), s.values[i]);
    }
    ck_assert_int_eq(s.values[SETTING_capacity], 65536);
    ck_assert_int_eq(s.values[SETTING_atomic], 4096);
    ck_assert_str_eq(s.pipe, "ring");
}
END_TEST

START_TEST(a_script_sets_what_it_says_and_nothing_else)
{
    comes_true("set capacity = 8, atomic = 3\n"
               "pipe p\n"
               "process a < p > p { }\n"
               "end p.capacity == 8, p.atomic == 3\n");
    comes_true("set atomic = 3\n"
               "pipe p\n"
               "process a < p > p { }\n"
               "end p.capacity == 65536, p.atomic == 3\n");
}
END_TEST

START_TEST(a_setting_holds_wherever_in_the_file_it_stands)
{
    comes_true("pipe p\n"
               "process a < p > p { }\n"
               "end p.capacity == 8\n"
               "set capacity = 8\n");
}
END_TEST

START_TEST(a_pipe_may_have_its_own_sizes)
{
    comes_true("set capacity = 8, atomic = 3\n"
               "pipe p(capacity = 5), q(atomic = 2), r(capacity = 7, atomic = 1), s\n"
               "process a < p > p < q > q < r > r < s > s { }\n"
               "end p.capacity == 5, p.atomic == 3, q.capacity == 8, q.atomic == 2\n"
               "end r.capacity == 7, r.atomic == 1, s.capacity == 8, s.atomic == 3\n");
}
END_TEST

START_TEST(atomic_never_counts_for_more_than_the_capacity)
{
    comes_true("set capacity = 4, atomic = 100\n"
               "pipe p\n"
               "process a < p > p { }\n"
               "end p.atomic == 4\n");
}
END_TEST

START_TEST(the_command_line_overrides_the_script)
{
    struct setting_override overrides[] = {{.setting = SETTING_capacity, .value = 6},
                                           {.setting = SETTING_atomic, .value = 2},
                                           {.setting = -1, .pipe = "ring"}};
    struct script_options o = {.run = {.overrides = overrides, .override_count = 3}};
    comes_true_with("set capacity = 8\n"
                    "pipe p, q(capacity = 7)\n"
                    "process a < p > p < q > q { }\n"
                    "end p.capacity == 6, p.atomic == 2, q.capacity == 7\n",
                    &o);
}
END_TEST

/* A script with the setting, and where its value stands. */
static void is_out_of_bounds(int setting, const char *value)
{
    char text[200], place[40];
    snprintf(text, sizeof text, "set %s = %s\nprocess a { }\n", setting_name(setting), value);
    snprintf(place, sizeof place, "1:%zu", strlen("set ") + strlen(setting_name(setting)) + 4);
    is_wrong(text, place, "must be from");
}

START_TEST(values_out_of_bounds_are_refused)
{
    char value[40];
    snprintf(value, sizeof value, "%lld", (long long)setting_least(_i) - 1);
    is_out_of_bounds(_i, value);
    is_out_of_bounds(_i, "-1");
    if (setting_most(_i) == INT64_MAX)
        return;
    snprintf(value, sizeof value, "%lld", (long long)setting_most(_i) + 1);
    is_out_of_bounds(_i, value);
}
END_TEST

START_TEST(the_least_values_are_accepted)
{
    char text[200];
    snprintf(text, sizeof text, "set %s = %lld\nprocess a { x = 1 }\n", setting_name(_i),
             (long long)setting_least(_i));
    comes_true(text);
}
END_TEST

Suite *settings_suite(void)
{
    Suite *suite = suite_create("settings");
    TCase *table = tcase_create("table");
    tcase_add_test(table, each_setting_is_found_by_its_name);
    tcase_add_test(table, a_part_of_a_name_is_not_the_name);
    tcase_add_test(table, the_defaults_lie_within_the_bounds);
    suite_add_tcase(suite, table);

    TCase *script = tcase_create("script");
    tcase_add_test(script, a_script_sets_what_it_says_and_nothing_else);
    tcase_add_test(script, a_setting_holds_wherever_in_the_file_it_stands);
    tcase_add_test(script, a_pipe_may_have_its_own_sizes);
    tcase_add_test(script, atomic_never_counts_for_more_than_the_capacity);
    tcase_add_test(script, the_command_line_overrides_the_script);
    tcase_add_loop_test(script, values_out_of_bounds_are_refused, 0, SETTING_COUNT);
    tcase_add_loop_test(script, the_least_values_are_accepted, 0, SETTING_COUNT);
    suite_add_tcase(suite, script);
    return suite;
}

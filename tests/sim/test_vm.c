/* test_vm.c - what a script computes. */
#include "tests/sim/scripted.h"
#include "tests/suites.h"

/* -- numbers ------------------------------------------------------------------------------------------ */

static const char *const truths[] = {
    "7 / 2 == 3",
    "-7 / 2 == -3", /* as in C: towards zero */
    "7 / -2 == -3",
    "7 % 3 == 1",
    "-7 % 3 == -1",
    "7 % -3 == 1",
    "9223372036854775806 + 1 == 9223372036854775807",
    "-9223372036854775807 - 1 < -9223372036854775807",
    "(-9223372036854775807 - 1) / 1 == -9223372036854775807 - 1",
    "(-9223372036854775807 - 1) % 2 == 0",
    "3037000499 * 3037000499 == 9223372030926249001",
    "-1 & 255 == 255",
    "0 | 0 == 0",
    "min(3, -2) == -2",
    "max(3, -2) == 3",
    "min(5, 5) == 5",
    "str(0) == \"0\"",
    "str(-12) == \"-12\"",
    "str(-9223372036854775807 - 1) == \"-9223372036854775808\"",
    "int(\"0\") == 0",
    "int(\"-12\") == -12",
    "int(\"007\") == 7",
    "int(\"9223372036854775807\") == 9223372036854775807",
    "int(\"-9223372036854775808\") == -9223372036854775807 - 1",
    "int(str(123456789)) == 123456789",
};

static const char *const packed[] = {
    "u8(0) == \"\\0\" && u8(255) == \"\\xff\"",
    "be16(258) == \"\\x01\\x02\" && le16(258) == \"\\x02\\x01\"",
    "be32(16909060) == \"\\x01\\x02\\x03\\x04\" && le32(16909060) == \"\\x04\\x03\\x02\\x01\"",
    "be16(65535) == \"\\xff\\xff\" && be32(4294967295) == \"\\xff\" * 4",
    "from_u8(\"\\xff\") == 255 && from_u8(u8(7)) == 7",
    "from_be16(\"\\x01\\x02\") == 258 && from_le16(\"\\x01\\x02\") == 513",
    "from_be32(\"\\xff\" * 4) == 4294967295 && from_le32(\"\\xff\" * 4) == 4294967295",
    "from_be32(\"\\x01\\x02\\x03\\x04\") == 16909060",
    "from_le32(be32(1)) == 16777216", /* who forgets the byte order */
    "from_be32(be32(305419896)) == 305419896 && from_le32(le32(305419896)) == 305419896",
    "str8(\"\") == \"\\0\" && str8(\"abc\") == \"\\x03abc\"",
    "str16(\"abc\") == \"\\0\\x03abc\" && str16(\"a\" * 256)[..2] == \"\\x01\\0\"",
    "str16(\"abc\") == be16(3) + \"abc\"",
    "len(str8(\"a\" * 255)) == 256 && len(str16(\"a\" * 65535)) == 65537",
    "from_str8(str8(\"\")) == \"\" && from_str16(str16(\"a\\0b\")) == \"a\\0b\"",
    "from_str16(str16(\"one\") + str16(\"two\")) == \"one\"", /* what follows is not its business */
    "from_str16(str16(\"a\" * 65535)) == \"a\" * 65535",
};

START_TEST(numbers_and_strings_are_packed_and_unpacked)
{
    holds(packed[_i]);
}
END_TEST

START_TEST(numbers_are_computed_as_in_c)
{
    holds(truths[_i]);
}
END_TEST

static const struct {
    const char *statement, *fragment;
} mistakes[] = {
    {"x = 9223372036854775807 + 1", "too large"},
    {"x = -9223372036854775807 - 2", "too large"},
    {"x = 9223372036854775807 - -1", "too large"},
    {"x = 3037000500 * 3037000500", "too large"},
    {"x = -(-9223372036854775807 - 1)", "too large"},
    {"x = (-9223372036854775807 - 1) / -1", "too large"},
    {"x = (-9223372036854775807 - 1) % -1", "too large"},
    {"x = 1 / 0", "division by zero"},
    {"x = 1 % 0", "division by zero"},
    {"x = \"a\" + 1", "str(n) and int(x) convert"},
    {"x = 1 + \"a\"", "a number and a byte string"},
    {"x = \"a\" - \"b\"", "a byte string and a byte string"},
    {"x = \"a\" * \"b\"", "cannot be done"},
    {"x = -\"a\"", "a byte string"},
    {"x = \"a\" < 1", "have no order"},
    {"pipe(p); x = p < p", "have no order"},
    {"pipe(p); x = p + 1", "a pair of descriptors"},
    {"x = \"abc\"[3]", "there is no byte 3 in a string of 3"},
    {"x = \"abc\"[-1]", "there is no byte -1"},
    {"x = \"\"[0]", "there is no byte 0"},
    {"x = 5[0]", "cannot be indexed"},
    {"x = \"abc\"[\"a\"]", "cannot be indexed"},
    {"pipe(p); x = p[2]", "not [2]"},
    {"pipe(p); x = p[-1]", "not [-1]"},
    {"x = 5[1..2]", "x[i..j] needs"},
    {"x = \"abc\"[\"a\"..]", "x[i..j] needs"},
    {"x = len(5)", "a byte string is needed"},
    {"x = str(\"a\")", "a number is needed"},
    {"x = int(5)", "a byte string is needed"},
    {"x = int(\"\")", "no decimal number"},
    {"x = int(\"-\")", "no decimal number"},
    {"x = int(\"12a\")", "no decimal number"},
    {"x = int(\" 1\")", "no decimal number"},
    {"x = int(\"9223372036854775808\")", "no decimal number"},
    {"x = int(\"-9223372036854775809\")", "no decimal number"},
    {"x = char(256)", "from 0 to 255"},
    {"x = char(-1)", "from 0 to 255"},
    {"x = min(1, \"a\")", "a number is needed"},
    {"x = u8(256)", "u8 holds 0 to 255, and this is 256"},
    {"x = u8(-1)", "u8 holds 0 to 255, and this is -1"},
    {"x = be16(65536)", "be16 holds 0 to 65535, and this is 65536"},
    {"x = le32(4294967296)", "le32 holds 0 to 4294967295, and this is 4294967296"},
    {"x = be32(\"1\")", "a number is needed"},
    {"x = from_u8(\"\")", "from_u8 takes 1 byte, and these are 0: \"\""},
    {"x = from_be16(\"\\x01\")", "from_be16 takes 2 bytes, and this is 1: \"\\x01\""},
    {"x = from_le16(\"abc\")", "from_le16 takes 2 bytes, and these are 3: \"abc\""},
    {"x = from_be32(\"a\" * 100)", "these are 100: \"aaaaaaaaaaaaaaaa\"..."},
    {"x = from_be32(7)", "a byte string is needed"},
    {"x = str8(\"a\" * 256)", "str8 holds at most 255 bytes, and these are 256"},
    {"x = str16(\"a\" * 65536)", "str16 holds at most 65535 bytes"},
    {"x = str16(5)", "a byte string is needed"},
    {"x = from_str8(\"\")", "from_str8 takes 1 byte of length, and these are 0"},
    {"x = from_str16(\"\\0\")", "from_str16 takes 2 bytes of length, and this is 1"},
    {"x = from_str16(\"\\0\\x05abc\")",
     "from_str16 takes 2 + 5 bytes, as the length says, and these are 5"},
    {"repeat \"a\" { }", "repeat needs a number"},
    {"read(\"a\", 1)", "a number is needed"},
    {"pipe(p); read(p, 1)", "[0] to read, [1] to write"},
    {"pipe(p); read(p[0], -1)", "-1 bytes"},
    {"pipe(p); write(p[1], 5)", "a byte string is needed"},
    {"pipe(p); write(p[1], \"abc\", 4)", "4 bytes of a string of 3"},
    {"pipe(p); write(p[1], \"abc\", -1)", "-1 bytes"},
    {"if (0) { x = 1 }; y = x", "'x' has no value here"},
    {"pipe(p); fcntl(p[0], F_SETFL)", "needs a third argument"},
    {"sleep(\"a\")", "a number is needed"},
    {"exit(\"a\")", "a number is needed"},
    {"poll(0, POLLIN, \"a\")", "a number is needed"},
};

START_TEST(a_mistake_ends_the_run_and_is_named)
{
    is_mistake(mistakes[_i].statement, mistakes[_i].fragment);
}
END_TEST

START_TEST(the_place_of_a_mistake_is_that_of_the_operator)
{
    ends_as("process a {\n  x = 1 + 2 / (x = 0)\n}\n", VERDICT_BAD_SCRIPT,
            "test.pipe:2:13: error: division by zero");
}
END_TEST

START_TEST(after_a_mistake_nobody_runs_on)
{
    struct scripted *s = run_text("process a { x = 1 / 0; print(\"a\") }\n"
                                  "process b { print(\"b\") }\n",
                                  NULL);
    ck_assert_int_eq(s->verdict, VERDICT_BAD_SCRIPT);
    ck_assert_uint_eq(s->diags.messages, 1);
    text_lacks(strbuf_text(&s->text), "prints");
    script_free(s);
}
END_TEST

/* -- byte strings ------------------------------------------------------------------------------------- */

static const char *const strings[] = {
    "\"ab\" + \"\" == \"ab\"",
    "\"ab\" * 0 == \"\"",
    "\"ab\" * -1 == \"\"",
    "3 * \"ab\" == \"ababab\"",
    "\"\" * 1000000000000 == \"\"",
    "len(\"\\x00\\x00\") == 2",
    "\"\\xff\"[0] == 255",
    "\"\\0a\"[1] == 'a'",
    "char(0) + char(255) == \"\\x00\\xff\"",
    "\"abcdef\"[2..4] == \"cd\"",
    "\"abc\"[0..3] == \"abc\"",
    "\"abc\"[1..1] == \"\"",
    "\"abc\"[2..1] == \"\"",
    "\"abc\"[5..] == \"\"",
    "\"abc\"[..9] == \"abc\"",
    "\"abc\"[-5..2] == \"ab\"",
    "\"abc\"[0..-1] == \"\"",
    "\"a\" < \"b\"",
    "\"a\" < \"aa\"",
    "\"\" < \"a\"",
    "\"\\x7f\" < \"\\x80\"",
    "\"ab\" <= \"ab\" and \"ab\" >= \"ab\"",
    "not (\"ab\" < \"ab\")",
    "\"a\" != \"b\"",
    "not (\"1\" == 1)", /* a string is no number */
    "\"1\" != 1",
};

START_TEST(byte_strings_are_cut_joined_and_compared)
{
    holds(strings[_i]);
}
END_TEST

START_TEST(nothing_is_false_but_0_and_the_empty_string)
{
    holds_after("x = 0; if (0) { x = 1 }; if (\"\") { x = 2 }; if (EOF) { x = 3 }", "x == 0");
    holds_after("x = 0; if (-1) { x = x + 1 }; if (\"0\") { x = x + 1 }", "x == 2");
    holds_after("pipe(p); x = 0; if (p) { x = 1 }", "x == 1");
}
END_TEST

START_TEST(strings_are_copies_when_they_are_assigned)
{
    holds_after("x = \"ab\"; y = x; x = x + \"c\"", "y == \"ab\" and x == \"abc\"");
}
END_TEST

START_TEST(strings_made_again_and_again_do_not_use_up_memory)
{
    struct setting_override memory = {.setting = SETTING_max_memory, .value = 8};
    struct script_options o = {.run = {.overrides = &memory, .override_count = 1}};
    comes_true_with("def f(x) { local y = x + \"b\"\n return y * 2 }\n"
                    "process a {\n"
                    "  repeat 20000 { x = \"a\" * 1000; y = f(x)[10..500] + str(5); x = y }\n"
                    "  pipe(p)\n"
                    "  repeat 20000 { write(p[1], x); y = read(p[0], 1000) }\n"
                    "}\n",
                    &o);
}
END_TEST

/* -- variables ---------------------------------------------------------------------------------------- */

START_TEST(errno_is_that_of_the_last_failed_call)
{
    holds_after("read(9, 1) = -1 EBADF; getpid(); x = errno; wait() = -1; y = errno",
                "x == EBADF and y == ECHILD");
    holds_after("x = errno", "x == 0");
}
END_TEST

START_TEST(locals_hide_what_the_process_has_and_recursion_has_its_own)
{
    comes_true("def fac(n) { local r = 1\n if (n > 1) { r = n * fac(n - 1) }; return r }\n"
               "def set(v) { g = v }\n"
               "def both(x) { local g = x\n g = g + 1\n return g }\n"
               "process a {\n"
               "  assert(fac(20) == 2432902008176640000)\n"
               "  set(5); assert(g == 5)\n"
               "  assert(both(1) == 2); assert(g == 5)\n"
               "}\n");
}
END_TEST

START_TEST(a_local_starts_at_0_each_time)
{
    comes_true("def f(set) { local x\n if (set) { x = 5 }; return x }\n"
               "process a { assert(f(1) == 5); assert(f(0) == 0) }\n");
}
END_TEST

START_TEST(a_local_may_be_declared_in_a_loop)
{
    comes_true("def f() { local s = 0\n"
               " repeat 3 { local x = s + 1\n s = s + x }\n return s }\n"
               "process a { assert(f() == 7) }\n");
}
END_TEST

START_TEST(processes_do_not_share_variables)
{
    comes_true("process a { x = 1; sleep(2); assert(x == 1) }\n"
               "process b { sleep(1); x = 2 }\n");
}
END_TEST

/* -- loops -------------------------------------------------------------------------------------------- */

START_TEST(break_and_continue_belong_to_the_innermost_loop)
{
    holds_after("n = 0\n"
                "repeat 3 {\n"
                "  repeat 5 {\n"
                "    n = n + 1\n"
                "    if (n % 2) { continue }\n"
                "    break\n"
                "  }\n"
                "  while (1) { break }\n"
                "  n = n + 100\n"
                "}",
                "n == 306");
}
END_TEST

START_TEST(leaving_loops_by_break_and_return_leaves_nothing_behind)
{
    comes_true("def f() { repeat 5 { repeat 5 { loop { return 7 } } } }\n"
               "process a {\n"
               "  s = 0\n"
               "  repeat 1000 { repeat 3 { repeat 3 { break }; break }; s = s + f() }\n"
               "  assert(s == 7000)\n"
               "  assert(1 + f() * 2 == 15)\n"
               "}\n");
}
END_TEST

START_TEST(the_number_of_turns_is_found_once)
{
    holds_after("n = 3; x = 0; repeat n { n = 10; x = x + 1 }", "x == 3");
}
END_TEST

START_TEST(continue_in_a_while_tests_the_condition_again)
{
    holds_after("x = 0; n = 0; while ((x = x + 1) < 10) { if (x == 5) { continue }; n = n + 1 }",
                "n == 8 and x == 10");
}
END_TEST

/* -- handlers ----------------------------------------------------------------------------------------- */

START_TEST(a_handler_gets_the_number_and_changes_variables)
{
    comes_true(
        "def h(s) { got = s\n return 99 }\n"
        "process a { got = 0; signal(SIGUSR1, h); raise(SIGUSR1) = 0; assert(got == 10) }\n");
}
END_TEST

START_TEST(a_handler_need_not_have_a_parameter)
{
    comes_true("def h() { got = got + 1 }\n"
               "process a { got = 0; signal(SIGINT, h); repeat 3 { raise(SIGINT) }; "
               "assert(got == 3) }\n");
}
END_TEST

START_TEST(a_handler_with_two_parameters_is_refused)
{
    struct scripted *s = run_text("def h(a, b) { }\nprocess a { signal(SIGINT, h) }\n", NULL);
    ck_assert_int_eq(s->verdict, VERDICT_BAD_SCRIPT);
    text_contains(strbuf_text(&s->messages), "the signal's number and nothing else");
    script_free(s);
}
END_TEST

START_TEST(a_handler_in_the_middle_of_an_expression_disturbs_nothing)
{
    comes_true("def h(s) { local x = 5\n y = x * s }\n"
               "def k() { raise(SIGUSR1); return 4 }\n"
               "process a {\n"
               "  y = 0; signal(SIGUSR1, h)\n"
               "  repeat 3 { x = 100 + k() * 10 + raise(SIGUSR1) }\n"
               "  assert(x == 140 and y == 50)\n"
               "}\n");
}
END_TEST

START_TEST(a_handler_may_make_calls)
{
    comes_true(
        "def h(s) { write(p[1], \"!\") = 1 }\n"
        "process a { pipe(p); signal(SIGUSR1, h); raise(SIGUSR1); read(p[0], 5) = \"!\" }\n");
}
END_TEST

START_TEST(a_handler_may_exit)
{
    comes_true("def h(s) { exit(s) }\n"
               "process a { signal(SIGUSR1, h); raise(SIGUSR1); assert(0) }\n"
               "end a exited with 10\n");
}
END_TEST

/* -- output ------------------------------------------------------------------------------------------- */

START_TEST(print_joins_its_values_and_ends_the_line)
{
    comes_true("process a { print(\"x=\", 5, \" \", -1); print(); print(\"\") }\n"
               "end a.output == \"x=5 -1\\n\\n\\n\"\n");
}
END_TEST

START_TEST(an_assertion_that_fails_fails_the_scenario_and_the_process_goes_on)
{
    struct scripted *s = run_text("process a {\n  assert(1 == 2)\n  print(\"on\")\n}\n", NULL);
    ck_assert_int_eq(s->verdict, VERDICT_FAILED);
    text_contains(strbuf_text(&s->messages), "test.pipe:2:3: failed: this is not true");
    text_contains(strbuf_text(&s->text), "prints \"on\\n\"");
    script_free(s);
}
END_TEST

Suite *vm_suite(void)
{
    Suite *suite = suite_create("vm");
    TCase *values = tcase_create("value");
    tcase_add_loop_test(values, numbers_are_computed_as_in_c, 0, sizeof truths / sizeof *truths);
    tcase_add_loop_test(values, numbers_and_strings_are_packed_and_unpacked, 0,
                        sizeof packed / sizeof *packed);
    tcase_add_loop_test(values, byte_strings_are_cut_joined_and_compared, 0,
                        sizeof strings / sizeof *strings);
    tcase_add_test(values, nothing_is_false_but_0_and_the_empty_string);
    tcase_add_test(values, strings_are_copies_when_they_are_assigned);
    tcase_add_test(values, strings_made_again_and_again_do_not_use_up_memory);
    suite_add_tcase(suite, values);

    TCase *wrong = tcase_create("mistake");
    tcase_add_loop_test(wrong, a_mistake_ends_the_run_and_is_named, 0,
                        sizeof mistakes / sizeof *mistakes);
    tcase_add_test(wrong, the_place_of_a_mistake_is_that_of_the_operator);
    tcase_add_test(wrong, after_a_mistake_nobody_runs_on);
    suite_add_tcase(suite, wrong);

    TCase *variables = tcase_create("variable");
    tcase_add_test(variables, errno_is_that_of_the_last_failed_call);
    tcase_add_test(variables, locals_hide_what_the_process_has_and_recursion_has_its_own);
    tcase_add_test(variables, a_local_starts_at_0_each_time);
    tcase_add_test(variables, a_local_may_be_declared_in_a_loop);
    tcase_add_test(variables, processes_do_not_share_variables);
    suite_add_tcase(suite, variables);

    TCase *loops = tcase_create("loop");
    tcase_add_test(loops, break_and_continue_belong_to_the_innermost_loop);
    tcase_add_test(loops, leaving_loops_by_break_and_return_leaves_nothing_behind);
    tcase_add_test(loops, the_number_of_turns_is_found_once);
    tcase_add_test(loops, continue_in_a_while_tests_the_condition_again);
    suite_add_tcase(suite, loops);

    TCase *handlers = tcase_create("handler");
    tcase_add_test(handlers, a_handler_gets_the_number_and_changes_variables);
    tcase_add_test(handlers, a_handler_need_not_have_a_parameter);
    tcase_add_test(handlers, a_handler_with_two_parameters_is_refused);
    tcase_add_test(handlers, a_handler_in_the_middle_of_an_expression_disturbs_nothing);
    tcase_add_test(handlers, a_handler_may_make_calls);
    tcase_add_test(handlers, a_handler_may_exit);
    suite_add_tcase(suite, handlers);

    TCase *output = tcase_create("output");
    tcase_add_test(output, print_joins_its_values_and_ends_the_line);
    tcase_add_test(output, an_assertion_that_fails_fails_the_scenario_and_the_process_goes_on);
    suite_add_tcase(suite, output);
    return suite;
}

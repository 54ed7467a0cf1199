/* test_strbuf.c - strings that grow, and the three ways in which bytes are written in them. */
#include "sim/trace/strbuf.h"
#include "tests/sim/json_text.h"
#include "tests/suites.h"

#include <string.h>

static struct strbuf s;

static void fini(void)
{
    strbuf_free(&s);
}

/* -- growing ------------------------------------------------------------------------------------------ */

START_TEST(an_empty_one_is_an_empty_text)
{
    ck_assert_str_eq(strbuf_text(&s), "");
    strbuf_add(&s, "");
    strbuf_add_bytes(&s, NULL, 0);
    ck_assert_str_eq(strbuf_text(&s), "");
    ck_assert_uint_eq(s.length, 0);
}
END_TEST

START_TEST(text_is_added_at_the_end)
{
    strbuf_add(&s, "ab");
    strbuf_add_char(&s, 'c');
    strbuf_add_bytes(&s, "d\0e", 3);
    strbuf_addf(&s, "%d-%s", 7, "x");
    ck_assert_uint_eq(s.length, 9);
    ck_assert_mem_eq(s.bytes, "abcd\0e7-x", 10);
}
END_TEST

START_TEST(it_grows_to_any_length_and_always_ends_in_0)
{
    for (size_t i = 1; i <= 5000; i++) {
        strbuf_add_char(&s, (char)('a' + i % 26));
        ck_assert_uint_eq(s.length, i);
        ck_assert_int_eq(s.bytes[i], 0);
    }
    for (size_t i = 1; i <= 5000; i++)
        ck_assert_int_eq(s.bytes[i - 1], (char)('a' + i % 26));
}
END_TEST

START_TEST(formatted_text_of_every_length_goes_in)
{
    static char wanted[400];
    for (int n = 0; n < 300; n++) {
        strbuf_free(&s);
        memset(wanted, 'x', sizeof wanted);
        wanted[n] = '\0';
        strbuf_addf(&s, "%s", wanted);
        ck_assert_str_eq(strbuf_text(&s), wanted);
    }
}
END_TEST

START_TEST(after_clearing_it_is_empty)
{
    strbuf_add(&s, "something");
    strbuf_clear(&s);
    ck_assert_str_eq(strbuf_text(&s), "");
    strbuf_add(&s, "x");
    ck_assert_str_eq(strbuf_text(&s), "x");
}
END_TEST

START_TEST(numbers_are_written_in_decimal)
{
    static const int64_t numbers[] = {0, 7, -1, 10, -100, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        strbuf_add_int(&s, numbers[i]);
        strbuf_add(&s, " ");
    }
    ck_assert_str_eq(strbuf_text(&s), "0 7 -1 10 -100 9223372036854775807 -9223372036854775808 ");
}
END_TEST

START_TEST(padding_reaches_the_width_and_never_cuts)
{
    strbuf_add(&s, "ab");
    size_t start = s.length;
    strbuf_add(&s, "cd");
    strbuf_pad(&s, start, 5);
    ck_assert_str_eq(strbuf_text(&s), "abcd   ");
    strbuf_pad(&s, start, 3);
    ck_assert_str_eq(strbuf_text(&s), "abcd   ");
    strbuf_pad(&s, start, 100);
    ck_assert_uint_eq(s.length, start + 100);
}
END_TEST

/* -- quoted ------------------------------------------------------------------------------------------- */

static void quoted_is(const void *bytes, size_t n, size_t limit, const char *wanted)
{
    strbuf_clear(&s);
    strbuf_add_quoted(&s, bytes, n, limit);
    ck_assert_str_eq(strbuf_text(&s), wanted);
}

START_TEST(quoted_bytes_are_a_string_of_the_language)
{
    quoted_is("", 0, 10, "\"\"");
    quoted_is("abc", 3, 10, "\"abc\"");
    quoted_is("a\"b\\c", 5, 10, "\"a\\\"b\\\\c\"");
    quoted_is("\n\t\r\0", 4, 10, "\"\\n\\t\\r\\0\"");
    quoted_is("\x01\x1f\x7f\x80\xff", 5, 10, "\"\\x01\\x1f\\x7f\\x80\\xff\"");
    quoted_is(" ~", 2, 10, "\" ~\"");
}
END_TEST

START_TEST(beyond_the_limit_dots_stand_behind_the_quotes)
{
    quoted_is("abcd", 4, 4, "\"abcd\"");
    quoted_is("abcde", 5, 4, "\"abcd\"...");
    quoted_is("abcde", 5, 0, "\"\"...");
}
END_TEST

/* -- JSON --------------------------------------------------------------------------------------------- */

START_TEST(every_byte_is_written_so_that_json_gives_it_back)
{
    unsigned char bytes[256], back[300];
    for (int i = 0; i < 256; i++)
        bytes[i] = (unsigned char)i;
    strbuf_add(&s, "{\"key\":");
    strbuf_add_json(&s, bytes, sizeof bytes);
    strbuf_add(&s, "}");
    ck_assert(json_is_value(s.bytes, s.length));
    ck_assert_int_eq(json_string_of(s.bytes, "key", back, sizeof back), 256);
    ck_assert_mem_eq(back, bytes, sizeof bytes);
}
END_TEST

START_TEST(an_empty_json_string_is_two_quotes)
{
    strbuf_add_json(&s, NULL, 0);
    ck_assert_str_eq(strbuf_text(&s), "\"\"");
}
END_TEST

START_TEST(a_word_is_one_for_every_shell)
{
    strbuf_add_word(&s, "a/b-1.pipe");
    strbuf_add_char(&s, ' ');
    strbuf_add_word(&s, "");
    strbuf_add_char(&s, ' ');
    strbuf_add_word(&s, "it's $x");
    ck_assert_str_eq(strbuf_text(&s), "a/b-1.pipe '' 'it'\\''s $x'");
}
END_TEST

START_TEST(control_characters_do_no_harm)
{
    strbuf_add_harmless(&s, "a\nb\033[1m\177\303\274");
    ck_assert_str_eq(strbuf_text(&s), "a?b?[1m?\303\274");
}
END_TEST

Suite *strbuf_suite(void)
{
    Suite *suite = suite_create("strbuf");
    TCase *growing = tcase_create("grow");
    tcase_add_checked_fixture(growing, NULL, fini);
    tcase_add_test(growing, an_empty_one_is_an_empty_text);
    tcase_add_test(growing, text_is_added_at_the_end);
    tcase_add_test(growing, it_grows_to_any_length_and_always_ends_in_0);
    tcase_add_test(growing, formatted_text_of_every_length_goes_in);
    tcase_add_test(growing, after_clearing_it_is_empty);
    tcase_add_test(growing, numbers_are_written_in_decimal);
    tcase_add_test(growing, padding_reaches_the_width_and_never_cuts);
    suite_add_tcase(suite, growing);

    TCase *bytes = tcase_create("bytes");
    tcase_add_checked_fixture(bytes, NULL, fini);
    tcase_add_test(bytes, quoted_bytes_are_a_string_of_the_language);
    tcase_add_test(bytes, beyond_the_limit_dots_stand_behind_the_quotes);
    tcase_add_test(bytes, every_byte_is_written_so_that_json_gives_it_back);
    tcase_add_test(bytes, an_empty_json_string_is_two_quotes);
    tcase_add_test(bytes, a_word_is_one_for_every_shell);
    tcase_add_test(bytes, control_characters_do_no_harm);
    suite_add_tcase(suite, bytes);
    return suite;
}

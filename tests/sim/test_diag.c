/* test_diag.c - messages with their places, as a compiler prints them. */
#include "sim/script/diag.h"
#include "tests/suites.h"

#include <string.h>

static struct diag_list list;
static struct strbuf out;

static void fini(void)
{
    diag_list_free(&list);
    strbuf_free(&out);
}

static struct source source_of(const char *text)
{
    return (struct source){"s.pipe", text, strlen(text)};
}

/* One message about the first place of `word` in the text. */
static const char *message_about(const char *text, const char *word)
{
    struct source source = source_of(text);
    const char *at = strstr(text, word);
    ck_assert_ptr_nonnull(at);
    diag_add(&list, DIAG_ERROR, (struct span){(size_t)(at - text), strlen(word)}, "wrong");
    diag_render(&list, &source, DIAG_PLAIN, &out);
    return strbuf_text(&out);
}

/* -- places ------------------------------------------------------------------------------------------- */

START_TEST(lines_and_columns_count_from_1)
{
    struct source s = source_of("ab\n\ncd");
    static const struct {
        size_t at;
        int line, column;
    } places[] = {{0, 1, 1}, {1, 1, 2}, {2, 1, 3}, {3, 2, 1}, {4, 3, 1}, {5, 3, 2}, {6, 3, 3}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct place p = source_place(&s, places[i].at);
        ck_assert_int_eq(p.line, places[i].line);
        ck_assert_int_eq(p.column, places[i].column);
    }
}
END_TEST

START_TEST(a_place_behind_the_end_is_the_end)
{
    struct source s = source_of("ab\nc");
    struct place p = source_place(&s, 1000);
    ck_assert_int_eq(p.line, 2);
    ck_assert_int_eq(p.column, 2);
}
END_TEST

START_TEST(an_empty_file_has_a_first_line)
{
    struct source s = source_of("");
    struct place p = source_place(&s, 0);
    ck_assert_int_eq(p.line, 1);
    ck_assert_int_eq(p.column, 1);
    diag_add(&list, DIAG_ERROR, (struct span){0, 0}, "empty");
    diag_render(&list, &s, DIAG_PLAIN, &out);
    ck_assert_str_eq(strbuf_text(&out), "s.pipe:1:1: error: empty\n    1 | \n      | ^\n");
}
END_TEST

START_TEST(columns_count_bytes)
{
    struct source s = source_of("\xc3\xa4 x");
    ck_assert_int_eq(source_place(&s, 3).column, 4);
}
END_TEST

/* -- carets ------------------------------------------------------------------------------------------- */

START_TEST(the_line_stands_below_the_message_and_the_caret_below_the_word)
{
    ck_assert_str_eq(message_about("one\ntwo word three\nfour\n", "word"),
                     "s.pipe:2:5: error: wrong\n"
                     "    2 | two word three\n"
                     "      |     ^~~~\n");
}
END_TEST

START_TEST(a_place_without_length_has_one_caret)
{
    struct source s = source_of("abc\n");
    diag_add(&list, DIAG_ERROR, (struct span){3, 0}, "end");
    diag_render(&list, &s, DIAG_PLAIN, &out);
    ck_assert_str_eq(strbuf_text(&out), "s.pipe:1:4: error: end\n    1 | abc\n      |    ^\n");
}
END_TEST

START_TEST(a_tab_is_kept_so_that_the_caret_stands_below_its_word)
{
    ck_assert_str_eq(message_about("\t a\tword\n", "word"), "s.pipe:1:5: error: wrong\n"
                                                            "    1 | \t a\tword\n"
                                                            "      | \t  \t^~~~\n");
}
END_TEST

START_TEST(a_last_line_without_its_end_is_shown)
{
    ck_assert_str_eq(message_about("a\nword", "word"), "s.pipe:2:1: error: wrong\n"
                                                       "    2 | word\n"
                                                       "      | ^~~~\n");
}
END_TEST

START_TEST(a_span_over_several_lines_is_underlined_on_its_first)
{
    ck_assert_str_eq(message_about("x(ab\ncd)\n", "(ab\ncd)"), "s.pipe:1:2: error: wrong\n"
                                                               "    1 | x(ab\n"
                                                               "      |  ^~~\n");
}
END_TEST

START_TEST(the_carriage_return_of_a_windows_line_is_not_shown)
{
    ck_assert_str_eq(message_about("a\r\nword\r\nb\r\n", "word"), "s.pipe:2:1: error: wrong\n"
                                                                  "    2 | word\n"
                                                                  "      | ^~~~\n");
}
END_TEST

START_TEST(control_characters_are_shown_as_question_marks)
{
    const char *text = message_about("a\x01\x1b[31m\x7f word\n", "word");
    ck_assert_ptr_nonnull(strstr(text, "    1 | a??[31m? word\n      |          ^~~~\n"));
}
END_TEST

START_TEST(bytes_above_127_are_shown_as_they_are)
{
    const char *text = message_about("\xc3\xa4 word\n", "word");
    ck_assert_ptr_nonnull(strstr(text, "    1 | \xc3\xa4 word\n"));
}
END_TEST

START_TEST(a_nul_byte_does_not_end_the_line)
{
    struct source s = {"s.pipe", "a\0b word\n", 9};
    diag_add(&list, DIAG_ERROR, (struct span){4, 4}, "wrong");
    diag_render(&list, &s, DIAG_PLAIN, &out);
    ck_assert_str_eq(strbuf_text(&out),
                     "s.pipe:1:5: error: wrong\n    1 | a?b word\n      |     ^~~~\n");
}
END_TEST

START_TEST(of_a_very_long_line_only_a_part_is_shown)
{
    static char text[100001];
    memset(text, 'x', sizeof text - 1);
    struct source s = source_of(text);
    diag_add(&list, DIAG_ERROR, (struct span){10, 90000}, "near");
    diag_add(&list, DIAG_ERROR, (struct span){99000, 5}, "far");
    diag_render(&list, &s, DIAG_PLAIN, &out);
    ck_assert_uint_lt(out.length, 600);
    ck_assert_ptr_nonnull(strstr(strbuf_text(&out), "s.pipe:1:11: error: near\n"));
    ck_assert_ptr_nonnull(strstr(strbuf_text(&out), "s.pipe:1:99001: error: far\n"));
}
END_TEST

/* -- kinds of messages -------------------------------------------------------------------------------- */

START_TEST(each_level_has_its_word)
{
    struct source s = source_of("abc\n");
    diag_add(&list, DIAG_FAILED, (struct span){0, 3}, "f %d", 1);
    diag_add(&list, DIAG_NOTE, (struct span){1, 1}, "n");
    diag_add_unplaced(&list, DIAG_NOTE, "m");
    diag_add_unplaced(&list, DIAG_HELP, "h %s", "x");
    diag_add_unplaced(&list, DIAG_ERROR, "e");
    diag_render(&list, &s, DIAG_PLAIN, &out);
    ck_assert_str_eq(strbuf_text(&out), "s.pipe:1:1: failed: f 1\n"
                                        "    1 | abc\n"
                                        "      | ^~~\n"
                                        "s.pipe:1:2: note: n\n"
                                        "    1 | abc\n"
                                        "      |  ^\n"
                                        "      note: m\n"
                                        "      help: h x\n"
                                        "s.pipe: error: e\n");
}
END_TEST

START_TEST(further_lines_of_a_message_are_indented)
{
    struct source s = source_of("");
    diag_add_unplaced(&list, DIAG_ERROR, "wanted 1\ngot    2");
    diag_render(&list, &s, DIAG_PLAIN, &out);
    ck_assert_str_eq(strbuf_text(&out), "s.pipe: error: wanted 1\n          got    2\n");
}
END_TEST

START_TEST(percent_signs_in_arguments_are_text)
{
    struct source s = source_of("");
    diag_add_unplaced(&list, DIAG_ERROR, "%s", "100%d %n");
    diag_render(&list, &s, DIAG_PLAIN, &out);
    ck_assert_str_eq(strbuf_text(&out), "s.pipe: error: 100%d %n\n");
}
END_TEST

START_TEST(colour_is_put_only_where_it_is_asked_for)
{
    struct source s = source_of("abc\n");
    diag_add(&list, DIAG_ERROR, (struct span){0, 3}, "e");
    diag_render(&list, &s, DIAG_PLAIN, &out);
    ck_assert_ptr_null(strchr(strbuf_text(&out), '\033'));
    strbuf_clear(&out);
    diag_render(&list, &s, DIAG_COLORED, &out);
    ck_assert_ptr_nonnull(strstr(strbuf_text(&out), "\033[1;31merror:\033[0m e\n"));
}
END_TEST

/* -- limits ------------------------------------------------------------------------------------------- */

START_TEST(twenty_messages_are_shown_and_the_rest_is_counted)
{
    struct source s = source_of("");
    for (int i = 1; i <= 25; i++) {
        diag_add_unplaced(&list, DIAG_ERROR, "e%d.", i);
        diag_add_unplaced(&list, DIAG_NOTE, "n%d.", i);
        diag_add_unplaced(&list, DIAG_HELP, "h%d.", i);
    }
    diag_render(&list, &s, DIAG_PLAIN, &out);
    const char *text = strbuf_text(&out);
    ck_assert_ptr_nonnull(strstr(text, "e20."));
    ck_assert_ptr_nonnull(strstr(text, "h20."));
    ck_assert_ptr_null(strstr(text, "e21."));
    ck_assert_ptr_null(strstr(text, "n21."));
    ck_assert_ptr_null(strstr(text, "h21."));
    ck_assert_ptr_nonnull(strstr(text, "s.pipe: 5 more messages not shown\n"));
    ck_assert_uint_eq(list.messages, 25);
}
END_TEST

START_TEST(exactly_twenty_are_all_shown)
{
    struct source s = source_of("");
    for (int i = 1; i <= 20; i++)
        diag_add_unplaced(&list, DIAG_ERROR, "e%d.", i);
    diag_render(&list, &s, DIAG_PLAIN, &out);
    ck_assert_ptr_null(strstr(strbuf_text(&out), "more messages"));
}
END_TEST

START_TEST(an_empty_list_says_nothing)
{
    struct source s = source_of("abc");
    diag_render(&list, &s, DIAG_PLAIN, &out);
    ck_assert_uint_eq(out.length, 0);
    ck_assert_uint_eq(list.messages, 0);
}
END_TEST

Suite *diag_suite(void)
{
    Suite *suite = suite_create("diag");
    TCase *places = tcase_create("place");
    tcase_add_checked_fixture(places, NULL, fini);
    tcase_add_test(places, lines_and_columns_count_from_1);
    tcase_add_test(places, a_place_behind_the_end_is_the_end);
    tcase_add_test(places, an_empty_file_has_a_first_line);
    tcase_add_test(places, columns_count_bytes);
    suite_add_tcase(suite, places);

    TCase *carets = tcase_create("caret");
    tcase_add_checked_fixture(carets, NULL, fini);
    tcase_add_test(carets, the_line_stands_below_the_message_and_the_caret_below_the_word);
    tcase_add_test(carets, a_place_without_length_has_one_caret);
    tcase_add_test(carets, a_tab_is_kept_so_that_the_caret_stands_below_its_word);
    tcase_add_test(carets, a_last_line_without_its_end_is_shown);
    tcase_add_test(carets, a_span_over_several_lines_is_underlined_on_its_first);
    tcase_add_test(carets, the_carriage_return_of_a_windows_line_is_not_shown);
    tcase_add_test(carets, control_characters_are_shown_as_question_marks);
    tcase_add_test(carets, bytes_above_127_are_shown_as_they_are);
    tcase_add_test(carets, a_nul_byte_does_not_end_the_line);
    tcase_add_test(carets, of_a_very_long_line_only_a_part_is_shown);
    suite_add_tcase(suite, carets);

    TCase *kinds = tcase_create("kind");
    tcase_add_checked_fixture(kinds, NULL, fini);
    tcase_add_test(kinds, each_level_has_its_word);
    tcase_add_test(kinds, further_lines_of_a_message_are_indented);
    tcase_add_test(kinds, percent_signs_in_arguments_are_text);
    tcase_add_test(kinds, colour_is_put_only_where_it_is_asked_for);
    suite_add_tcase(suite, kinds);

    TCase *limits = tcase_create("limit");
    tcase_add_checked_fixture(limits, NULL, fini);
    tcase_add_test(limits, twenty_messages_are_shown_and_the_rest_is_counted);
    tcase_add_test(limits, exactly_twenty_are_all_shown);
    tcase_add_test(limits, an_empty_list_says_nothing);
    suite_add_tcase(suite, limits);
    return suite;
}

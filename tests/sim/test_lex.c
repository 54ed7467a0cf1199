/* test_lex.c - the text of a script as tokens. */
#include "sim/script/lex.h"
#include "tests/suites.h"

#include <stdlib.h>
#include <string.h>

static struct diag_list diags;
static struct source source;
static struct token *tokens;
static char *copy;

static void fini(void)
{
    free(tokens);
    free(copy);
    diag_list_free(&diags);
}

/* The text is copied so that a byte read behind its end is seen by AddressSanitizer. */
static void lex_bytes(const char *text, size_t n)
{
    copy = malloc(n > 0 ? n : 1);
    memcpy(copy, text, n);
    source = (struct source){"s.pipe", copy, n};
    tokens = lex(&source, &diags);
    ck_assert_ptr_nonnull(tokens);
}

static void lex_text(const char *text)
{
    lex_bytes(text, strlen(text));
}

static void kinds_are(const int *kinds, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(tokens[i].kind == kinds[i], "token %zu is %d, not %d", i, tokens[i].kind,
                      kinds[i]);
    ck_assert_int_eq(tokens[n].kind, TOKEN_END);
}

#define KINDS_ARE(...)                                                                             \
    kinds_are((const int[]){__VA_ARGS__}, sizeof(int[]){__VA_ARGS__} / sizeof(int))

static void is_mistake(const char *text, size_t at, const char *fragment)
{
    lex_text(text);
    ck_assert_uint_eq(diags.messages, 1);
    ck_assert_uint_eq(diags.items[0].place.at, at);
    ck_assert_msg(strstr(diags.items[0].message, fragment) != NULL, "%s", diags.items[0].message);
}

/* -- kinds -------------------------------------------------------------------------------------------- */

START_TEST(an_empty_text_has_only_an_end)
{
    lex_text("");
    ck_assert_int_eq(tokens[0].kind, TOKEN_END);
    ck_assert_uint_eq(tokens[0].place.at, 0);
}
END_TEST

START_TEST(blanks_and_comments_are_nothing)
{
    lex_text(" \t # a comment \" ' \\ \xff ; } \n#\n# to the end of the file");
    KINDS_ARE(TOKEN_NEWLINE, TOKEN_NEWLINE);
    ck_assert_uint_eq(diags.messages, 0);
}
END_TEST

START_TEST(every_sign_is_itself)
{
    lex_text("( ) { } [ ] , = < > + - * / % ! & | @ ? . :");
    KINDS_ARE('(', ')', '{', '}', '[', ']', ',', '=', '<', '>', '+', '-', '*', '/', '%', '!', '&',
              '|', '@', '?', '.', ':');
}
END_TEST

START_TEST(two_signs_may_be_one_token)
{
    lex_text("== != <= >= && || ..");
    KINDS_ARE(TOKEN_EQUAL, TOKEN_NOT_EQUAL, TOKEN_LESS_EQUAL, TOKEN_GREATER_EQUAL, TOKEN_AND,
              TOKEN_OR, TOKEN_RANGE);
    free(tokens);
    free(copy);
    lex_text("===<==...&&&");
    KINDS_ARE(TOKEN_EQUAL, '=', TOKEN_LESS_EQUAL, '=', TOKEN_RANGE, '.', TOKEN_AND, '&');
}
END_TEST

START_TEST(a_semicolon_ends_a_line_and_so_does_a_windows_line_end)
{
    lex_text("a;b\r\nc\n");
    KINDS_ARE(TOKEN_NAME, TOKEN_NEWLINE, TOKEN_NAME, TOKEN_NEWLINE, TOKEN_NAME, TOKEN_NEWLINE);
    ck_assert_uint_eq(diags.messages, 0);
}
END_TEST

START_TEST(names_are_letters_digits_and_underscores)
{
    lex_text("_a9 A_b9c a.b");
    KINDS_ARE(TOKEN_NAME, TOKEN_NAME, TOKEN_NAME, '.', TOKEN_NAME);
    ck_assert_uint_eq(tokens[1].place.at, 4);
    ck_assert_uint_eq(tokens[1].place.length, 5);
}
END_TEST

START_TEST(places_are_those_of_the_text)
{
    lex_text("ab \"cd\" 12\n'x'");
    static const struct span places[] = {{0, 2}, {3, 4}, {8, 2}, {10, 1}, {11, 3}, {14, 0}};
    for (size_t i = 0; i < 6; i++) {
        ck_assert_uint_eq(tokens[i].place.at, places[i].at);
        ck_assert_uint_eq(tokens[i].place.length, places[i].length);
    }
}
END_TEST

/* -- numbers ------------------------------------------------------------------------------------------ */

static const struct {
    const char *text;
    int64_t value;
} numbers[] = {
    {"0", 0},
    {"42", 42},
    {"0x2a", 42},
    {"0X2A", 42},
    {"007", 7},
    {"9223372036854775807", INT64_MAX},
    {"0x7fffffffffffffff", INT64_MAX},
    {"'a'", 'a'},
    {"' '", ' '},
    {"'\\n'", '\n'},
    {"'\\0'", 0},
    {"'\\xff'", 255},
    {"'\\''", '\''},
    {"'\"'", '"'},
    {"'#'", '#'},
};

START_TEST(numbers_and_characters_have_a_value)
{
    lex_text(numbers[_i].text);
    KINDS_ARE(TOKEN_INTEGER);
    ck_assert_int_eq(tokens[0].value, numbers[_i].value);
    ck_assert_uint_eq(diags.messages, 0);
    ck_assert_uint_eq(tokens[0].place.length, strlen(numbers[_i].text));
}
END_TEST

START_TEST(a_range_of_numbers_is_three_tokens)
{
    lex_text("1..8 5..?");
    KINDS_ARE(TOKEN_INTEGER, TOKEN_RANGE, TOKEN_INTEGER, TOKEN_INTEGER, TOKEN_RANGE, '?');
}
END_TEST

/* -- strings ------------------------------------------------------------------------------------------ */

static const struct {
    const char *text, *bytes;
    size_t size;
} strings[] = {
    {"\"\"", "", 0},
    {"\"abc\"", "abc", 3},
    {"\"# no comment ; no end\"", "# no comment ; no end", 21},
    {"\"\\n\\t\\r\\0\\\\\\\"\"", "\n\t\r\0\\\"", 6},
    {"\"\\x00\\xFF\\x7f\"", "\0\xff\x7f", 3},
    {"\"\\x414\"", "A4", 2},
    {"\"\xc3\xa4\"", "\xc3\xa4", 2},
    {"\"'\"", "'", 1},
};

START_TEST(strings_are_decoded)
{
    char out[100];
    lex_text(strings[_i].text);
    KINDS_ARE(TOKEN_STRING);
    ck_assert_uint_eq(diags.messages, 0);
    ck_assert_uint_eq(token_string(&source, &tokens[0], out), strings[_i].size);
    ck_assert_mem_eq(out, strings[_i].bytes, strings[_i].size);
}
END_TEST

/* -- mistakes ----------------------------------------------------------------------------------------- */

static const struct {
    const char *text;
    size_t at;
    const char *fragment;
} mistakes[] = {
    {"x = \"abc", 4, "closing"},
    {"x = \"abc\ny", 4, "closing"},
    {"\"abc\\", 0, "closing"},
    {"\"abc\\\"", 0, "closing"},
    {"\"a\\qb\"", 2, "escape"},
    {"\"a\\x4\"", 2, ""},
    {"\"a\\xg0\"", 2, ""},
    {"x = 'ab'", 4, "character"},
    {"'", 0, "character"},
    {"''", 0, "character"},
    {"'\\q'", 0, ""},
    {"12abc", 0, "not a number"},
    {"0x", 0, "not a number"},
    {"0xg", 0, "not a number"},
    {"1_000", 0, "not a number"},
    {"9223372036854775808", 0, "too large"},
    {"0x8000000000000000", 0, "too large"},
    {"99999999999999999999999999", 0, "too large"},
    {"a $ b", 2, "'$'"},
    {"a ~ b", 2, "'~'"},
    {"a \\ b", 2, "'\\'"},
    {"a \x01 b", 2, "0x01"},
    {"a \xff b", 2, "0xff"},
    {"a \r b", 2, "0x0d"},
};

START_TEST(a_mistake_is_reported_once_at_its_place)
{
    is_mistake(mistakes[_i].text, mistakes[_i].at, mistakes[_i].fragment);
}
END_TEST

START_TEST(a_character_of_several_bytes_is_one_mistake)
{
    is_mistake("a \xe2\x82\xac b", 2, "0xe2");
}
END_TEST

START_TEST(a_nul_byte_is_a_mistake)
{
    lex_bytes("a \0 b", 5);
    ck_assert_uint_eq(diags.messages, 1);
    ck_assert_uint_eq(diags.items[0].place.at, 2);
}
END_TEST

START_TEST(any_bytes_end_in_an_end)
{
    char bytes[64];
    uint64_t seed = (uint64_t)_i;
    for (int round = 0; round < 500; round++) {
        size_t n = (size_t)(seed >> 40) % sizeof bytes;
        for (size_t i = 0; i < n; i++) {
            static const char likely[] = "\"'\\x0#;{.=&|ab9 \n\r\t";
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            unsigned char c = (unsigned char)(seed >> 33);
            bytes[i] = c < 200 ? likely[c % (sizeof likely - 1)] : (char)c;
        }
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        lex_bytes(bytes, n);
        size_t last = 0;
        while (tokens[last].kind != TOKEN_END) {
            ck_assert_uint_le(tokens[last].place.at + tokens[last].place.length, n);
            last++;
        }
        ck_assert_uint_eq(tokens[last].place.at, n);
        fini();
        tokens = NULL;
        copy = NULL;
    }
}
END_TEST

Suite *lex_suite(void)
{
    Suite *suite = suite_create("lex");
    TCase *kinds = tcase_create("kind");
    tcase_add_checked_fixture(kinds, NULL, fini);
    tcase_add_test(kinds, an_empty_text_has_only_an_end);
    tcase_add_test(kinds, blanks_and_comments_are_nothing);
    tcase_add_test(kinds, every_sign_is_itself);
    tcase_add_test(kinds, two_signs_may_be_one_token);
    tcase_add_test(kinds, a_semicolon_ends_a_line_and_so_does_a_windows_line_end);
    tcase_add_test(kinds, names_are_letters_digits_and_underscores);
    tcase_add_test(kinds, places_are_those_of_the_text);
    suite_add_tcase(suite, kinds);

    TCase *values = tcase_create("value");
    tcase_add_checked_fixture(values, NULL, fini);
    tcase_add_loop_test(values, numbers_and_characters_have_a_value, 0,
                        sizeof numbers / sizeof *numbers);
    tcase_add_test(values, a_range_of_numbers_is_three_tokens);
    tcase_add_loop_test(values, strings_are_decoded, 0, sizeof strings / sizeof *strings);
    suite_add_tcase(suite, values);

    TCase *wrong = tcase_create("mistake");
    tcase_add_checked_fixture(wrong, NULL, fini);
    tcase_add_loop_test(wrong, a_mistake_is_reported_once_at_its_place, 0,
                        sizeof mistakes / sizeof *mistakes);
    tcase_add_test(wrong, a_character_of_several_bytes_is_one_mistake);
    tcase_add_test(wrong, a_nul_byte_is_a_mistake);
    tcase_add_loop_test(wrong, any_bytes_end_in_an_end, 0, 10);
    suite_add_tcase(suite, wrong);
    return suite;
}

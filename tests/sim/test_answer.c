/* test_answer.c - what is taken for an answer, and what is not. */
#include "sim/step/answer.h"
#include "tests/suites.h"

static bool accepted(enum answer_kind kind, const char *right, const char *given)
{
    struct answer a = {.kind = kind};
    strbuf_add(&a.text, right);
    bool good = answer_accepts(&a, given);
    answer_free(&a);
    return good;
}

static void right(enum answer_kind kind, const char *right, const char *given)
{
    ck_assert_msg(accepted(kind, right, given), "'%s' is not taken for %s", given, right);
}

static void wrong(enum answer_kind kind, const char *right, const char *given)
{
    ck_assert_msg(!accepted(kind, right, given), "'%s' is taken for %s", given, right);
}

START_TEST(every_answer_is_accepted_as_it_is_written)
{
    static const struct {
        enum answer_kind kind;
        const char *text;
    } answers[] = {
        {ANSWER_RESULT, "3"},
        {ANSWER_RESULT, "\"ab\""},
        {ANSWER_RESULT, "EOF"},
        {ANSWER_RESULT, "-1 EPIPE"},
        {ANSWER_RESULT, "never"},
        {ANSWER_RESULT, "sleeps"},
        {ANSWER_RESULT, "\"\""},
        {ANSWER_RESULT, "\"a\\n\\\"\""},
        {ANSWER_NUMBER, "12"},
        {ANSWER_BYTES, "\"\""},
        {ANSWER_BYTES, "\"x y\""},
        {ANSWER_NAME, "reader.2"},
        {ANSWER_UNTIL, "no"},
        {ANSWER_UNTIL, "5"},
        {ANSWER_UNTIL, "never"},
        {ANSWER_STATE, "p.not_empty"},
        {ANSWER_STATE, "exited"},
        {ANSWER_STATE, "wait"},
        {ANSWER_NAME, "no"},
        {ANSWER_STATE, "killed SIGPIPE"},
        {ANSWER_RESULT, "killed SIGPIPE"},
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        right(answers[i].kind, answers[i].text, answers[i].text);
        for (size_t j = 0; j < sizeof answers / sizeof *answers; j++) {
            bool means_more = strcmp(answers[i].text, "never") == 0 ||
                              strcmp(answers[i].text, "EOF") == 0; /* see below */
            if (i != j && answers[i].kind == answers[j].kind && !means_more)
                wrong(answers[i].kind, answers[i].text, answers[j].text);
        }
    }
}
END_TEST

START_TEST(nothing_is_no_answer)
{
    wrong(ANSWER_RESULT, "EOF", "");
    wrong(ANSWER_BYTES, "\"\"", "  ");
    wrong(ANSWER_NAME, "a", "\t");
    wrong(ANSWER_NUMBER, "0", "");
}
END_TEST

START_TEST(bytes_need_no_quotes_unless_they_look_like_something_else)
{
    right(ANSWER_RESULT, "\"ab\"", " ab ");
    right(ANSWER_RESULT, "\"ab\"", "= \"ab\"");
    right(ANSWER_RESULT, "\"ab\"", "'ab'");
    wrong(ANSWER_RESULT, "\"ab\"", "AB");
    wrong(ANSWER_RESULT, "\"ab\"", "abc");
    wrong(ANSWER_RESULT, "\"ab\"", "2");
    wrong(ANSWER_RESULT, "\"3\"", "3");
    right(ANSWER_RESULT, "\"3\"", "\"3\"");
    wrong(ANSWER_RESULT, "\"EOF\"", "EOF");
    right(ANSWER_RESULT, "\"EOF\"", "\"EOF\"");
    wrong(ANSWER_RESULT, "\"no\"", "no");
    wrong(ANSWER_RESULT, "3", "\"3\"");
}
END_TEST

START_TEST(escapes_mean_bytes)
{
    right(ANSWER_RESULT, "\"\\x05hi\"", "\"\\x05hi\"");
    right(ANSWER_RESULT, "\"a\\n\"", "\"a\\x0a\"");
    wrong(ANSWER_RESULT, "\"a\\n\"", "\"an\"");
    wrong(ANSWER_RESULT, "\"a\\\\\"", "\"a\"");
    right(ANSWER_RESULT, "\"\\0\"", "\"\\x00\"");
    wrong(ANSWER_RESULT, "\"\\0\"", "\"\"");
    wrong(ANSWER_RESULT, "\"ab\"", "\"ab");
}
END_TEST

START_TEST(end_of_file_is_nothing_read_but_nothing_read_is_not_end_of_file)
{
    right(ANSWER_RESULT, "EOF", "eof");
    right(ANSWER_RESULT, "EOF", "end of file");
    right(ANSWER_RESULT, "EOF", "0");
    right(ANSWER_RESULT, "EOF", "\"\"");
    wrong(ANSWER_RESULT, "EOF", "-1");
    wrong(ANSWER_RESULT, "EOF", "sleeps");
    wrong(ANSWER_RESULT, "\"\"", "EOF");
    wrong(ANSWER_RESULT, "0", "EOF");
}
END_TEST

START_TEST(errors_go_by_their_names)
{
    right(ANSWER_RESULT, "-1 EPIPE", "EPIPE");
    right(ANSWER_RESULT, "-1 EPIPE", "epipe");
    right(ANSWER_RESULT, "-1 EPIPE", "-EPIPE");
    right(ANSWER_RESULT, "-1 EPIPE", "-1 epipe");
    wrong(ANSWER_RESULT, "-1 EPIPE", "-1");
    wrong(ANSWER_RESULT, "-1 EPIPE", "EAGAIN");
    wrong(ANSWER_RESULT, "-1 EPIPE", "SIGPIPE");
    wrong(ANSWER_RESULT, "-1 EPIPE", "killed SIGPIPE");
    wrong(ANSWER_RESULT, "-1 EAGAIN", "EAGAIN EPIPE");
}
END_TEST

START_TEST(death_goes_by_its_signal)
{
    right(ANSWER_RESULT, "killed SIGPIPE", "SIGPIPE");
    right(ANSWER_RESULT, "killed SIGPIPE", "killed by sigpipe");
    wrong(ANSWER_RESULT, "killed SIGPIPE", "EPIPE");
    wrong(ANSWER_RESULT, "killed SIGPIPE", "killed");
    wrong(ANSWER_RESULT, "killed SIGPIPE", "SIGTERM");
    right(ANSWER_STATE, "killed SIGPIPE", "killed by SIGPIPE");
    wrong(ANSWER_STATE, "killed SIGPIPE", "exited");
}
END_TEST

START_TEST(sleeping_has_many_names)
{
    right(ANSWER_RESULT, "sleeps", "asleep");
    right(ANSWER_RESULT, "sleeps", "Blocks");
    right(ANSWER_RESULT, "sleeps", "it sleeps");
    wrong(ANSWER_RESULT, "sleeps", "3");
    wrong(ANSWER_RESULT, "sleeps", "no");
    wrong(ANSWER_RESULT, "sleeps", "does not sleep");
    wrong(ANSWER_RESULT, "2", "sleeps");
    right(ANSWER_RESULT, "never", "sleeps");
    right(ANSWER_RESULT, "never", "never returns");
    wrong(ANSWER_RESULT, "sleeps", "never");
}
END_TEST

START_TEST(numbers_may_have_their_unit)
{
    right(ANSWER_NUMBER, "9", "line 9");
    right(ANSWER_NUMBER, "5", "at tick 5");
    right(ANSWER_NUMBER, "3", "3 bytes");
    right(ANSWER_NUMBER, "1", "01");
    wrong(ANSWER_NUMBER, "9", "line 19");
    wrong(ANSWER_NUMBER, "9", "9 or 8");
    wrong(ANSWER_NUMBER, "9", "8 9");
    wrong(ANSWER_NUMBER, "9", "-9");
    wrong(ANSWER_NUMBER, "0", "nothing");
    wrong(ANSWER_NUMBER, "3", "3.5");
    wrong(ANSWER_NUMBER, "3", "99999999999999999999999");
}
END_TEST

START_TEST(times_of_sleep)
{
    right(ANSWER_UNTIL, "no", "No");
    right(ANSWER_UNTIL, "no", "does not sleep");
    right(ANSWER_UNTIL, "5", "until tick 5");
    right(ANSWER_UNTIL, "5", "yes, 5");
    right(ANSWER_UNTIL, "never", "for ever");
    wrong(ANSWER_UNTIL, "no", "0");
    wrong(ANSWER_UNTIL, "0", "no");
    wrong(ANSWER_UNTIL, "5", "yes");
    wrong(ANSWER_UNTIL, "never", "no");
    wrong(ANSWER_UNTIL, "never", "sleeps");
}
END_TEST

START_TEST(an_empty_pipe_has_a_word)
{
    right(ANSWER_BYTES, "\"\"", "empty");
    right(ANSWER_BYTES, "\"\"", "\"\"");
    right(ANSWER_BYTES, "\"\"", "nothing");
    wrong(ANSWER_BYTES, "\"\"", "0");
    wrong(ANSWER_BYTES, "\"a\"", "empty");
    right(ANSWER_BYTES, "\"ca\"", "ca");
    wrong(ANSWER_BYTES, "\"ca\"", "ac");
}
END_TEST

START_TEST(names_are_exact)
{
    right(ANSWER_NAME, "producer", "producer ");
    wrong(ANSWER_NAME, "a", "A");
    wrong(ANSWER_NAME, "reader", "reader.2");
    wrong(ANSWER_NAME, "reader.2", "reader");
}
END_TEST

START_TEST(what_somebody_sleeps_on)
{
    right(ANSWER_STATE, "p.not_empty", "asleep on p.not_empty");
    right(ANSWER_STATE, "p.not_empty", "on P.not_empty");
    right(ANSWER_STATE, "wait", "in wait");
    wrong(ANSWER_STATE, "p.not_empty", "p.not_full");
    wrong(ANSWER_STATE, "p.not_empty", "q.not_empty");
    wrong(ANSWER_STATE, "p.not_empty", "asleep");
    wrong(ANSWER_STATE, "p.not_empty", "exited");
    wrong(ANSWER_STATE, "exited", "p.not_empty");
}
END_TEST

Suite *answer_suite(void)
{
    Suite *suite = suite_create("answer");
    TCase *accept = tcase_create("accept");
    tcase_add_test(accept, every_answer_is_accepted_as_it_is_written);
    tcase_add_test(accept, nothing_is_no_answer);
    tcase_add_test(accept, bytes_need_no_quotes_unless_they_look_like_something_else);
    tcase_add_test(accept, escapes_mean_bytes);
    tcase_add_test(accept, end_of_file_is_nothing_read_but_nothing_read_is_not_end_of_file);
    tcase_add_test(accept, errors_go_by_their_names);
    tcase_add_test(accept, death_goes_by_its_signal);
    tcase_add_test(accept, sleeping_has_many_names);
    tcase_add_test(accept, numbers_may_have_their_unit);
    tcase_add_test(accept, times_of_sleep);
    tcase_add_test(accept, an_empty_pipe_has_a_word);
    tcase_add_test(accept, names_are_exact);
    tcase_add_test(accept, what_somebody_sleeps_on);
    suite_add_tcase(suite, accept);
    return suite;
}

/* test_calls.c - how calls and their results stand in a trace, as strace would print them. */
#include "tests/sim/scripted.h"
#include "tests/suites.h"

#include "sim/run/vocabulary.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *statement, *shown;
} shown[] = {
    {"pipe(q)", "pipe(q) = 0\n"},
    {"pipe2(q, O_NONBLOCK | O_CLOEXEC)", "pipe2(q, O_NONBLOCK|O_CLOEXEC) = 0\n"},
    {"pipe2(q, 1) = -1", "pipe2(q, O_WRONLY) = -1 EINVAL\n"},
    {"read(p[0], 16)", "read(p[0], 16) = \"abc\" "},
    {"read(p[0], 0)", "read(p[0], 0) = \"\" "},
    {"read(e[0], 9)", "read(e[0], 9) = EOF "},
    {"read(99, 9) = -1", "read(99, 9) = -1 EBADF\n"},
    {"read(-1, 9) = -1", "read(-1, 9) = -1 EBADF\n"},
    {"write(p[1], \"a\\n\\x00\\xff\")", "write(p[1], \"a\\n\\0\\xff\") = 4 "},
    {"write(p[1], \"abc\", 2)", "write(p[1], \"abc\", 2) = 2 "},
    {"write(1, \"hi\")", "write(1, \"hi\") = 2\n"},
    {"close(p[0])", "close(p[0]) = 0 "},
    {"close(99) = -1", "close(99) = -1 EBADF\n"},
    {"x = dup(p[1]); close(x)", "dup(p[1]) = 6 "},
    {"x = dup(p[1]); close(x)", "close(6<p[1]>) = 0 "},
    {"dup2(p[1], 9)", "dup2(p[1], 9) = 9 "},
    {"fcntl(p[0], F_GETFL)", "fcntl(p[0], F_GETFL) = 0 "},
    {"fcntl(p[0], F_SETFL, O_NONBLOCK)", "fcntl(p[0], F_SETFL, O_NONBLOCK) = 0 "},
    {"fcntl(p[0], F_SETFL, 0)", "fcntl(p[0], F_SETFL, 0) = 0 "},
    {"fcntl(p[0], F_SETPIPE_SZ, 2048)", "fcntl(p[0], F_SETPIPE_SZ, 2048) = 2048 "},
    {"fcntl(p[0], F_GETPIPE_SZ)", "fcntl(p[0], F_GETPIPE_SZ) = 65536 "},
    {"fcntl(p[0], 77) = -1", "fcntl(p[0], 77) = -1 EINVAL "},
    {"ioctl(p[0], FIONREAD)", "ioctl(p[0], FIONREAD) = 3 "},
    {"fork(c); wait(c)", "fork(c) = 3\n"},
    {"fork(c); wait(c)", "wait(c) = 5 "},
    {"wait() = -1", "wait() = -1 ECHILD\n"},
    {"thread(t); join(t)", "thread(t) = 3\n"},
    {"join(a) = -1", "join(a) = -1 ESRCH\n"},
    {"getpid(); getppid()", "getppid() = 0\n"},
    {"kill(a, 0)", "kill(a, 0) = 0\n"},
    {"kill(a, SIGCHLD)", "kill(a, SIGCHLD) = 0\n"},
    {"kill(77, SIGINT) = -1", "kill(77, SIGINT) = -1 ESRCH\n"},
    {"raise(SIGCHLD)", "raise(SIGCHLD) = 0\n"},
    {"signal(SIGINT, IGN)", "signal(SIGINT, IGN) = 0\n"},
    {"signal(SIGINT, DFL)", "signal(SIGINT, DFL) = 0\n"},
    {"signal(SIGINT, h)", "signal(SIGINT, h) = 0\n"},
    {"sigaction(SIGINT, h, SA_RESTART)", "sigaction(SIGINT, h, SA_RESTART) = 0\n"},
    {"signal(77, IGN) = -1", "signal(77, IGN) = -1 EINVAL\n"},
    {"alarm(5); alarm(0)", "alarm(0) = 5\n"},
    {"yield()", "yield() = 0\n"},
    {"sleep(3)", "sleep(3) "},
    {"poll(p[0], POLLIN, p[1], POLLIN | POLLOUT, -1)",
     "poll(p[0], POLLIN, p[1], POLLIN|POLLOUT, -1) = 2 (p[0] POLLIN, p[1] POLLOUT)\n"},
    {"poll(-1, 0, 0)", "poll(-1, 0, 0) = 0\n"},
    {"exit(3)", "exits with 3\n"},
};

START_TEST(a_call_is_shown_as_it_was_made)
{
    struct strbuf text = {0};
    strbuf_addf(&text,
                "def h(s) { }\n"
                "process a {\n"
                "pipe(p); write(p[1], \"abc\"); pipe2(e, 0); close(e[1])\n"
                "%s\n"
                "}\n"
                "process c { exit(5) }\n"
                "process t { }\n",
                shown[_i].statement);
    if (strstr(shown[_i].statement, "fork") == NULL)
        strbuf_add(&text, "process u { sleep(1); fork(c); wait(c) }\n");
    if (strstr(shown[_i].statement, "thread") == NULL)
        strbuf_add(&text, "process v { sleep(1); thread(t); join(t) }\n");
    struct scripted *s = run_text(strbuf_text(&text), NULL);
    /* trailing blanks of a line are cut, so a result may be at its end */
    size_t n = strlen(shown[_i].shown);
    char wanted[100];
    memcpy(wanted, shown[_i].shown, n + 1);
    ck_assert_msg(strstr(strbuf_text(&s->text), wanted) != NULL, "'%s' is not in\n%s%s", wanted,
                  strbuf_text(&s->text), strbuf_text(&s->messages));
    script_free(s);
    strbuf_free(&text);
}
END_TEST

START_TEST(a_redirected_end_has_the_name_of_its_pipe)
{
    struct scripted *s = run_text("pipe p\n"
                                  "process w > p { write(p, \"x\"); write(1, \"y\"); dup(p) }\n"
                                  "process r < p { read(p, 1); read(0, 1) }\n",
                                  NULL);
    text_contains(strbuf_text(&s->text), "write(p, \"x\") = 1");
    text_contains(strbuf_text(&s->text), "write(p, \"y\") = 1");
    text_contains(strbuf_text(&s->text), "dup(p) = 3");
    text_contains(strbuf_text(&s->text), "read(p, 1) = \"y\"");
    script_free(s);
}
END_TEST

START_TEST(an_end_that_was_moved_by_dup2_shows_its_number)
{
    struct scripted *s =
        run_text("process a { pipe(p); dup2(p[1], 1); close(p[1]); write(1, \"x\") }\n", NULL);
    text_contains(strbuf_text(&s->text), "write(1<p[1]>, \"x\") = 1");
    script_free(s);
}
END_TEST

/* -- words -------------------------------------------------------------------------------------------- */

START_TEST(errors_have_names_numbers_and_meanings)
{
    const struct vocabulary *words = vocabulary();
    int count = 0;
    for (size_t i = 0; i < words->constant_count; i++) {
        const struct vocabulary_constant *c = &words->constants[i];
        if (c->kind != CONSTANT_ERROR)
            continue;
        ck_assert_str_eq(error_name_of_number((int)c->value), c->name);
        count++;
    }
    ck_assert_int_ge(count, 10);
    ck_assert_str_eq(error_name(EPIPE), "EPIPE");
    ck_assert_int_eq(error_number(EAGAIN), 11);
    ck_assert_uint_gt(strlen(error_meaning(EBADF)), 3);
}
END_TEST

START_TEST(no_word_means_two_things)
{
    const struct vocabulary *words = vocabulary();
    for (size_t i = 0; i < words->call_count; i++) {
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(words->calls[i].name, words->calls[j].name);
        for (size_t j = 0; j < words->constant_count; j++)
            ck_assert_str_ne(words->calls[i].name, words->constants[j].name);
    }
}
END_TEST

START_TEST(the_usage_of_a_call_contains_it)
{
    const struct vocabulary *words = vocabulary();
    char wanted[40];
    for (size_t i = 0; i < words->call_count; i++) {
        snprintf(wanted, sizeof wanted, "%s(", words->calls[i].name);
        text_contains(words->calls[i].usage, wanted);
    }
}
END_TEST

Suite *calls_suite(void)
{
    Suite *suite = suite_create("calls");
    TCase *traces = tcase_create("trace");
    tcase_add_loop_test(traces, a_call_is_shown_as_it_was_made, 0, sizeof shown / sizeof *shown);
    tcase_add_test(traces, a_redirected_end_has_the_name_of_its_pipe);
    tcase_add_test(traces, an_end_that_was_moved_by_dup2_shows_its_number);
    suite_add_tcase(suite, traces);

    TCase *words = tcase_create("word");
    tcase_add_test(words, errors_have_names_numbers_and_meanings);
    tcase_add_test(words, no_word_means_two_things);
    tcase_add_test(words, the_usage_of_a_call_contains_it);
    suite_add_tcase(suite, words);
    return suite;
}

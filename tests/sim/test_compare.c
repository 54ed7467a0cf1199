/* test_compare.c - one scenario on two pipes, up to the first difference. */
#include "sim/compare/table.h"
#include "sim/run/vocabulary.h"
#include "tests/sim/scripted.h"
#include "tests/suites.h"

#include <stdio.h>
#include <string.h>

struct compared_text {
    struct source source;
    struct program *program;
    struct diag_list diags;
    struct comparison c;
    struct strbuf text; /* the table and the verdict */
};

/* other: "host", or a model. */
static struct compared_text compare_text(const char *text, const char *other)
{
    struct compared_text t = {.source = {.name = "test.pipe", .text = text, .size = strlen(text)}};
    struct run_options options = {.mode = SCHED_CONTROLLED};
    t.program = script_parse(&t.source, vocabulary(), &t.diags);
    ck_assert_ptr_nonnull(t.program);
    bool good = strcmp(other, "host") == 0
                    ? compare_with_host(&t.c, t.program, &options, &t.diags)
                    : compare_with_model(&t.c, t.program, &options, other, &t.diags);
    ck_assert(good);
    comparison_table(&t.c, TABLE_PLAIN, &t.text);
    comparison_verdict(&t.c, &t.text);
    return t;
}

static void compare_free(struct compared_text *t)
{
    comparison_free(&t->c);
    strbuf_free(&t->text);
    program_free(t->program);
    diag_list_free(&t->diags);
}

static void comes_out(const char *script, const char *other, enum compared result,
                      const char *fragment)
{
    struct compared_text t = compare_text(script, other);
    const char *text = strbuf_text(&t.text);
    bool skipped = t.c.result == COMPARED_NOT && strstr(text, "compared: the host ") != NULL;
    if (!skipped) {
        if (t.c.result != result)
            fprintf(stderr, "%s", text);
        ck_assert_int_eq(t.c.result, result);
        text_contains(text, fragment);
    }
    compare_free(&t);
}

/* -- two models -------------------------------------------------------------------------------- */

static const char hello[] = "pipe p\n"
                            "process writer > p { @1 write(p, \"hello\") = 5 }\n"
                            "process reader < p { read(p, 16) = \"hello\"; read(p, 16) = EOF }\n";

START_TEST(a_pipe_is_the_same_as_itself)
{
    comes_out(hello, "ring", COMPARED_SAME, "the same: 3 calls");
}
END_TEST

START_TEST(a_sleeper_returns_below_the_call_that_woke_it)
{
    comes_out(hello, "ring", COMPARED_SAME,
              "   1  writer   write(p, \"hello\")    5             5\n"
              "      reader   ... read(p, 16)      \"hello\"       \"hello\"\n");
}
END_TEST

START_TEST(a_call_that_sleeps_on_one_only_is_the_difference)
{
    comes_out("process alone { pipe(p); write(p[1], \"hello\"); read(p[0], 16) }\n", "wait-first",
              COMPARED_DIFFERENT, "\"hello\"   sleeps      <-- differs\n");
}
END_TEST

START_TEST(a_sleeper_that_is_not_woken_is_the_difference)
{
    comes_out("pipe p(capacity = 4)\n"
              "process reader < p { @1 read(p, 1); @2 read(p, 4) }\n"
              "process writer > p { write(p, \"abc\"); write(p, \"de\") }\n",
              "wake-when-full", COMPARED_DIFFERENT, "sleeps on       <-- differs\n");
}
END_TEST

START_TEST(a_long_table_shows_its_end)
{
    comes_out(
        "process alone { pipe(p); repeat 90 { write(p[1], \"x\") }; read(p[0], 0); read(p[0], 5) }\n",
        "wait-first", COMPARED_DIFFERENT, " ...  73 rows that are the same\n");
}
END_TEST

START_TEST(json_has_a_line_for_each_row)
{
    struct compared_text t = compare_text(hello, "ring");
    struct strbuf json = {0};
    comparison_json(&t.c, "1", "test.pipe", &json);
    ck_assert_uint_eq(occurrences(strbuf_text(&json), "\"event\":\"row\""), 7);
    text_contains(strbuf_text(&json), "\"call\":\"... read(p, 16)\",\"a\":\"\\\"hello\\\"\"");
    text_contains(strbuf_text(&json), "{\"event\":\"verdict\",\"status\":0,\"verdict\":\"same\"");
    strbuf_free(&json);
    compare_free(&t);
}
END_TEST

/* -- the host ---------------------------------------------------------------------------------- */

START_TEST(the_host_does_the_same)
{
    comes_out(hello, "host", COMPARED_SAME, "the same: 3 calls");
}
END_TEST

START_TEST(whoever_is_asleep_in_the_end_sleeps_on_the_host)
{
    comes_out("process alone { pipe(p); read(p[0], 1) }\nend deadlock\n", "host", COMPARED_SAME,
              "sleeps    sleeps\n");
}
END_TEST

/* PS-148: what is left of a large write goes into the last page. */
START_TEST(the_host_counts_pages)
{
    comes_out(
        "process alone { pipe2(p, O_NONBLOCK); write(p[1], \"x\" * 61441); write(p[1], \"y\" * 4097) }\n",
        "host", COMPARED_DIFFERENT, "PS-148");
}
END_TEST

START_TEST(a_pipe_that_the_host_cannot_have_is_compared_as_far_as_it_goes)
{
    comes_out(
        "pipe p(capacity = 4)\n"
        "process writer > p { write(p, \"abcd\"); write(p, \"e\") }\n"
        "process reader < p { @1 read(p, 5) = \"abcd\" }\n",
        "host", COMPARED_NOT,
        "pipe 'p' holds: here 4 bytes, of which 4 go in at once; a pipe of this host has 65536, and 4096\n"
        "up to there: 1 call, the same on ring and host\n");
}
END_TEST

START_TEST(a_handler_and_what_it_interrupts_are_in_the_order_of_the_host)
{
    comes_out(
        "def rescue(s) { write(p[1], \"me\") }\n"
        "process one { pipe(p); signal(SIGALRM, rescue); alarm(1); read(p[0], 9) = \"me\" }\n",
        "host", COMPARED_SAME, "handler of SIGALRM  handler of SIGALRM\n");
}
END_TEST

START_TEST(signals_of_one_moment_are_handled_one_inside_the_other)
{
    comes_out("def noted(s) { getpid() }\n"
              "process one {\n"
              "  signal(SIGUSR1, noted); signal(SIGUSR2, noted); fork(other)\n"
              "  @2 getpid()\n"
              "}\n"
              "process other { @1 kill(one, SIGUSR1); kill(one, SIGUSR2) }\n",
              "host", COMPARED_SAME, "the same");
}
END_TEST

START_TEST(a_process_that_nobody_could_know_of_is_not_found)
{
    comes_out("process one { @1 kill(other, 99) = -1 ESRCH }\nprocess other { }\n", "host",
              COMPARED_SAME, "-1 ESRCH      -1 ESRCH\n");
}
END_TEST

Suite *compare_suite(void)
{
    Suite *s = suite_create("compare");
    TCase *c = tcase_create("models");
    tcase_add_test(c, a_pipe_is_the_same_as_itself);
    tcase_add_test(c, a_sleeper_returns_below_the_call_that_woke_it);
    tcase_add_test(c, a_call_that_sleeps_on_one_only_is_the_difference);
    tcase_add_test(c, a_sleeper_that_is_not_woken_is_the_difference);
    tcase_add_test(c, a_long_table_shows_its_end);
    tcase_add_test(c, json_has_a_line_for_each_row);
    suite_add_tcase(s, c);
    c = tcase_create("host");
    tcase_add_test(c, the_host_does_the_same);
    tcase_add_test(c, whoever_is_asleep_in_the_end_sleeps_on_the_host);
    tcase_add_test(c, the_host_counts_pages);
    tcase_add_test(c, a_pipe_that_the_host_cannot_have_is_compared_as_far_as_it_goes);
    tcase_add_test(c, a_handler_and_what_it_interrupts_are_in_the_order_of_the_host);
    tcase_add_test(c, signals_of_one_moment_are_handled_one_inside_the_other);
    tcase_add_test(c, a_process_that_nobody_could_know_of_is_not_found);
    suite_add_tcase(s, c);
    return s;
}

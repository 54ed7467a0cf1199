/* test_quiz.c - variations of a scenario, and the questions about its run: answers that were worked
 * out by hand. */
#include "sim/quiz/answer_sheet.h"
#include "sim/quiz/quiz.h"
#include "sim/run/vocabulary.h"
#include "tests/suites.h"

#include <stdio.h>
#include <string.h>

static struct program *parse(const char *text, struct source *source)
{
    struct diag_list diags = {0};
    *source = (struct source){"test.pipe", text, strlen(text)};
    struct program *program = script_parse(source, vocabulary(), &diags);
    ck_assert_msg(program != NULL, "this is no scenario:\n%s", text);
    diag_list_free(&diags);
    return program;
}

/* -- questions --------------------------------------------------------------------------------- */

static struct question_list all_questions(const char *text)
{
    struct source source;
    struct program *program = parse(text, &source);
    struct run_options options = {.policy = POLICY_FIFO};
    struct diag_list diags = {0};
    struct question_list list = {0};
    struct walk *w = walk_new(program, &options, DEPTH_CALLS, &diags);
    ck_assert_ptr_nonnull(w);
    struct history *h = history_new(w);
    questions_find(h, &list);
    history_free(h);
    walk_free(w);
    program_free(program);
    diag_list_free(&diags);
    return list;
}

static const struct question *question_like(const struct question_list *list, const char *begins)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strncmp(strbuf_text(&list->items[i].text), begins, strlen(begins)) == 0)
            return &list->items[i];
    }
    return NULL;
}

static void answers(const struct question_list *list, const char *begins, const char *answer)
{
    const struct question *q = question_like(list, begins);
    ck_assert_msg(q != NULL, "nobody asks: %s", begins);
    ck_assert_msg(strcmp(strbuf_text(&q->answer.text), answer) == 0,
                  "%s\nhas the answer %s, not %s", begins, strbuf_text(&q->answer.text), answer);
}

static void is_not_asked(const struct question_list *list, const char *begins)
{
    ck_assert_msg(question_like(list, begins) == NULL, "somebody asks: %s", begins);
}

/* abc | abc waits: 1 free | ab read, c left | cabc | ca | bc | end of file. */
static const char queue[] = "pipe p(capacity = 4)\n"
                            "process producer > p { repeat 2 { write(p, \"abc\") } }\n"
                            "process consumer < p {\n"
                            "  while (read(p, 2)) { sleep(1) }\n"
                            "}\n";

START_TEST(results_are_those_of_the_run)
{
    struct question_list q = all_questions(queue);
    answers(&q, "Line 2, producer's write(p, \"abc\"), 1st time: what does it give?", "3");
    answers(&q, "Line 2, producer's write(p, \"abc\"), 2nd time: what does it give?", "3");
    answers(&q, "Line 4, consumer's read(p, 2), 1st time: what does it give?", "\"ab\"");
    answers(&q, "Line 4, consumer's read(p, 2), 2nd time: what does it give?", "\"ca\"");
    answers(&q, "Line 4, consumer's read(p, 2), 3rd time: what does it give?", "\"bc\"");
    answers(&q, "Line 4, consumer's read(p, 2), 4th time: what does it give?", "EOF");
    is_not_asked(&q, "Line 4, consumer's read(p, 2), 5th time");
    is_not_asked(&q, "Line 4, consumer's sleep(1), 1st time: what");
    questions_free(&q);
}
END_TEST

START_TEST(times_are_those_of_the_run)
{
    struct question_list q = all_questions(queue);
    answers(&q, "Line 2, producer's write(p, \"abc\"), 1st time: does it sleep", "no");
    answers(&q, "Line 2, producer's write(p, \"abc\"), 2nd time: does it sleep", "0");
    answers(&q, "At the end: which tick", "3");
    answers(&q, "In all: how many calls of producer fall asleep?", "1");
    answers(&q, "In all: how many calls of consumer fall asleep?", "3");
    questions_free(&q);
}
END_TEST

START_TEST(contents_are_those_after_the_call)
{
    struct question_list q = all_questions(queue);
    answers(&q, "Line 4, consumer's read(p, 2), 1st time, has returned: which bytes", "\"c\"");
    answers(&q, "Line 2, producer's write(p, \"abc\"), 2nd time, has returned: which bytes",
            "\"cabc\"");
    answers(&q, "Line 4, consumer's read(p, 2), 2nd time, has returned: how many", "2");
    answers(&q, "Line 4, consumer's read(p, 2), 3rd time, has returned: which bytes", "\"\"");
    questions_free(&q);
}
END_TEST

START_TEST(causes_are_asked_for_by_their_lines)
{
    struct question_list q = all_questions(queue);
    answers(&q, "Line 2, producer's write(p, \"abc\"), 2nd time, falls asleep: on which line", "4");
    is_not_asked(&q, "Line 2, producer's write(p, \"abc\"), 1st time, falls asleep");
    is_not_asked(&q, "Line 4, consumer's sleep(1), 1st time, falls asleep: on which line");
    answers(&q, "p has become full for the first time", "2");
    answers(&q, "p has become empty again for the first time", "4");
    questions_free(&q);
}
END_TEST

START_TEST(who_goes_on_is_asked_when_several_could)
{
    struct question_list q = all_questions("pipe p(capacity = 4)\n"
                                           "process one < p { read(p, 1) }\n"
                                           "process two < p { read(p, 1) }\n"
                                           "process w > p { write(p, \"xy\") }\n");
    answers(&q, "Line 2, one's read(p, 1), falls asleep: who goes on?", "two");
    is_not_asked(&q, "Line 3, two's read(p, 1), falls asleep: who goes on?"); /* only w is awake */
    answers(&q, "Line 2, one's read(p, 1): what does it give?", "\"x\"");
    answers(&q, "Line 2, one's read(p, 1), falls asleep: on which line", "4");
    questions_free(&q);
}
END_TEST

START_TEST(what_never_returns_is_asked_for_in_a_deadlock)
{
    struct question_list q = all_questions("process a { pipe(p); read(p[0], 1) }\n");
    answers(&q, "Line 1, a's read(p[0], 1): what does it give?", "never");
    answers(&q, "Line 1, a's read(p[0], 1): does it sleep", "never");
    answers(&q, "At the end: is a asleep, and on what?", "p.not_empty");
    is_not_asked(&q, "Line 1, a's read(p[0], 1), has returned");
    is_not_asked(&q, "Line 1, a's read(p[0], 1), falls asleep");
    questions_free(&q);
}
END_TEST

START_TEST(death_is_a_result)
{
    struct question_list q = all_questions("pipe p\nprocess a > p { write(p, \"x\") = ? }\n");
    answers(&q, "Line 2, a's write(p, \"x\"): what does it give?", "killed SIGPIPE");
    answers(&q, "At the end: is a asleep", "killed SIGPIPE");
    is_not_asked(&q, "Line 2, a's write(p, \"x\"): does it sleep");
    is_not_asked(&q, "Line 2, a's write(p, \"x\"), has returned");
    questions_free(&q);
}
END_TEST

START_TEST(a_restarted_call_is_one_call)
{
    struct question_list q = all_questions(
        "def h(s) { getpid() }\n"
        "process a { signal(SIGUSR1, h); pipe(p); fork(c); close(p[1])\n"
        "  read(p[0], 1)\n"
        "}\n"
        "process c { @1..? kill(a, SIGUSR1); @2..? write(p[1], \"z\"); close(p[1]) }\n");
    answers(&q, "Line 3, a's read(p[0], 1): what does it give?", "\"z\"");
    answers(&q, "Line 3, a's read(p[0], 1): does it sleep", "2");
    is_not_asked(&q, "Line 3, a's read(p[0], 1), falls asleep: on which line"); /* woken twice */
    questions_free(&q);
}
END_TEST

START_TEST(arguments_are_shown_as_the_script_has_them)
{
    struct question_list q = all_questions("pipe p(capacity = 8)\n"
                                           "process a > p { write(p, \"ab\" + \"cd\") }\n"
                                           "process b < p { x = read(p, 4); write(1, x) }\n");
    answers(&q, "Line 2, a's write(p, \"ab\" + \"cd\"): what does it give?", "4");
    answers(&q, "Line 3, b's write(1, x): what does it give?", "4");
    questions_free(&q);
}
END_TEST

START_TEST(every_question_has_a_reason_and_accepts_its_answer)
{
    struct question_list q = all_questions(queue);
    ck_assert_uint_gt(q.count, 20);
    for (size_t i = 0; i < q.count; i++) {
        ck_assert_uint_gt(q.items[i].why.length, 0);
        ck_assert(answer_accepts(&q.items[i].answer, strbuf_text(&q.items[i].answer.text)));
    }
    questions_free(&q);
}
END_TEST

static void why(const struct question_list *list, const char *begins, const char *sentence)
{
    const struct question *q = question_like(list, begins);
    ck_assert_msg(q != NULL, "nobody asks: %s", begins);
    ck_assert_str_eq(strbuf_text(&q->why), sentence);
}

START_TEST(reasons_are_what_was_so_at_that_moment)
{
    struct question_list q = all_questions(queue);
    why(&q, "Line 2, producer's write(p, \"abc\"), 2nd time: what",
        "producer waits for room: 3 bytes must go in together (atomic is 4), and 1 of 4 are free in "
        "p. consumer's read(p, 2) on line 4 wakes it at tick 0. 3 bytes are free in p then: it goes "
        "on.");
    why(&q, "Line 4, consumer's read(p, 2), 2nd time: what",
        "p holds 4 bytes, \"cabc\"; this read takes what is there, at most 2.");
    why(&q, "Line 4, consumer's read(p, 2), 4th time: what",
        "p is empty and no write end of it is open: end of file.");
    why(&q, "In all: how many calls of consumer", "They are: 3 on line 4.");
    questions_free(&q);
}
END_TEST

START_TEST(reasons_of_errors)
{
    struct question_list q = all_questions("process a {\n"
                                           "  pipe2(p, O_NONBLOCK); signal(SIGPIPE, IGN)\n"
                                           "  read(p[0], 1) = ?\n"
                                           "  read(p[1], 1) = ?\n"
                                           "  close(p[0])\n"
                                           "  write(p[1], \"x\") = ?\n"
                                           "  wait() = ?\n"
                                           "  poll(p[1], POLLOUT, 0)\n"
                                           "  kill(7, 0) = ?\n"
                                           "}\n");
    why(&q, "Line 3, a's read(p[0], 1): what",
        "p is empty, a write end is open, and O_NONBLOCK forbids to sleep.");
    why(&q, "Line 4, a's read(p[1], 1): what",
        "It has no such descriptor, or not for this direction.");
    why(&q, "Line 6, a's write(p[1], \"x\"): what", "No read end of p is open: EPIPE.");
    why(&q, "Line 7, a's wait(): what", "It has no child left to wait for.");
    why(&q, "Line 8, a's poll(p[1], POLLOUT, 0): what", "It finds 1 (p[1] POLLOUT|POLLERR).");
    why(&q, "Line 9, a's kill(7, 0): what", "There is no such process, or no longer.");
    questions_free(&q);
}
END_TEST

static bool tell_each_other(const struct question *a, const struct question *b)
{
    bool one_is_result = a->kind == QUESTION_RESULT || b->kind == QUESTION_RESULT;
    bool one_is_after = a->kind == QUESTION_BYTES || a->kind == QUESTION_USED ||
                        b->kind == QUESTION_BYTES || b->kind == QUESTION_USED;
    return a->subject >= 0 && a->subject == b->subject && !(one_is_result && one_is_after);
}

START_TEST(drawn_questions_do_not_tell_each_others_answers)
{
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct question_list q = all_questions(queue);
        struct draw draw = draw_from(seed, 0);
        questions_draw(&q, 15, &draw);
        ck_assert_uint_ge(q.count, 10);
        ck_assert_uint_le(q.count, 15);
        for (size_t i = 0; i < q.count; i++) {
            ck_assert(i == 0 || q.items[i - 1].at <= q.items[i].at);
            for (size_t j = 0; j < i; j++)
                ck_assert(!tell_each_other(&q.items[i], &q.items[j]));
        }
        questions_free(&q);
    }
}
END_TEST

/* -- variations -------------------------------------------------------------------------------- */

static struct variation vary(const char *text, uint64_t seed)
{
    struct source source;
    struct program *program = parse(text, &source);
    struct variation v;
    struct diag_list diags = {0};
    ck_assert(variation_make(&v, program, seed, &diags));
    program_free(program);
    diag_list_free(&diags);
    return v;
}

START_TEST(seed_0_is_the_scenario_as_it_is_written)
{
    struct variation v = vary(queue, 0);
    ck_assert_int_eq(v.how, AS_WRITTEN);
    ck_assert_int_eq(v.policy, POLICY_FIFO);
    ck_assert_str_eq(strbuf_text(&v.text), queue);
    variation_free(&v);
}
END_TEST

START_TEST(a_seed_gives_the_same_variation_each_time)
{
    size_t different = 0;
    struct strbuf last = {0};
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct variation v = vary(queue, seed), again = vary(queue, seed);
        ck_assert_int_eq(v.how, VARIED);
        ck_assert_str_eq(strbuf_text(&v.text), strbuf_text(&again.text));
        ck_assert_int_eq(v.policy, again.policy);
        ck_assert_ptr_eq(v.program->source.text, strbuf_text(&v.text)); /* what is shown is run */
        different += strcmp(strbuf_text(&v.text), strbuf_text(&last)) != 0;
        strbuf_clear(&last);
        strbuf_add(&last, strbuf_text(&v.text));
        variation_free(&v);
        variation_free(&again);
    }
    ck_assert_uint_eq(different, 50);
    strbuf_free(&last);
}
END_TEST

/* A deadlock when it does not fit, and none when it does. */
START_TEST(variations_end_as_the_scenario_does)
{
    static const char stuck[] = "set capacity = 4\n"
                                "process a { pipe(p); write(p[1], \"abcde\") }\n";
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct variation v = vary(stuck, seed), w = vary(queue, seed);
        ck_assert_int_eq(v.verdict, VERDICT_STUCK);
        ck_assert_int_eq(w.verdict, VERDICT_AS_EXPECTED);
        variation_free(&v);
        variation_free(&w);
    }
}
END_TEST

/* With more than 2 bytes to write at once, or another sleep, the second line would be too late. */
START_TEST(no_line_of_a_variation_begins_too_late)
{
    static const char timed[] =
        "pipe p(capacity = 2)\n"
        "process w > p { @0 write(p, \"ab\"); sleep(2); @3..? write(p, \"c\") }\n"
        "process r < p { @5..? read(p, 2); read(p, 2) }\n";
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct variation v = vary(timed, seed);
        ck_assert_int_eq(v.verdict, VERDICT_AS_EXPECTED);
        variation_free(&v);
    }
}
END_TEST

START_TEST(what_cannot_be_varied_is_as_it_is_written)
{
    struct variation v = vary("process a { getpid() }\n", 5);
    ck_assert_int_eq(v.how, NOT_VARIED);
    ck_assert_str_eq(strbuf_text(&v.text), "process a { getpid() }\n");
    variation_free(&v);
}
END_TEST

START_TEST(what_runs_too_long_is_no_quiz)
{
    struct source source;
    struct program *program = parse("process a { loop { getpid() } }\n", &source);
    struct quiz q;
    struct diag_list diags = {0};
    ck_assert(!quiz_make(&q, program, 0, 10, &diags));
    ck_assert_uint_gt(diags.count, 0);
    diag_list_free(&diags);
    quiz_free(&q);
    program_free(program);
}
END_TEST

/* -- seeds and sheets -------------------------------------------------------------------------- */

START_TEST(seeds_are_numbers_or_names)
{
    ck_assert(draw_seed_of("0") == 0);
    ck_assert(draw_seed_of("7") == 7);
    ck_assert(draw_seed_of("007") == 7);
    ck_assert(draw_seed_of("18446744073709551615") == UINT64_MAX);
    ck_assert(draw_seed_of("18446744073709551616") != UINT64_MAX); /* too large: a name */
    ck_assert(draw_seed_of("a") == 0xaf63dc4c8601ec8c);            /* as FNV-1a has them */
    ck_assert(draw_seed_of("foobar") == 0x85944171f73967e8);
    ck_assert(draw_seed_of("-1") != draw_seed_of("1"));
}
END_TEST

START_TEST(answers_are_found_by_their_numbers)
{
    static const char text[] = "# ada\r\n1: 3\r\n  2. EOF \n\n3) p.not_full\n4 x\n5:\n2: later\n";
    struct source source = {"answers", text, strlen(text)};
    struct answer_sheet sheet;
    struct diag_list diags = {0};
    answer_sheet_read(&sheet, &source, 6, &diags);
    ck_assert_uint_eq(diags.count, 0);
    ck_assert_str_eq(sheet.given[0], "3");
    ck_assert_str_eq(sheet.given[1], "later");
    ck_assert_str_eq(sheet.given[2], "p.not_full");
    ck_assert_str_eq(sheet.given[3], "x");
    ck_assert_str_eq(sheet.given[4], "");
    ck_assert_ptr_null(sheet.given[5]);
    answer_sheet_free(&sheet);
}
END_TEST

START_TEST(what_is_no_answer_is_complained_of)
{
    static const char text[] = "hello\n0: a\n3: b\n1x\n99999999999999999999: c\n2: d";
    struct source source = {"answers", text, strlen(text)};
    struct answer_sheet sheet;
    struct diag_list diags = {0};
    answer_sheet_read(&sheet, &source, 2, &diags);
    ck_assert_uint_eq(diags.errors, 5);
    ck_assert_ptr_null(sheet.given[0]);
    ck_assert_str_eq(sheet.given[1], "d");
    answer_sheet_free(&sheet);
    diag_list_free(&diags);
}
END_TEST

Suite *quiz_suite(void)
{
    Suite *suite = suite_create("quiz");

    TCase *question = tcase_create("question");
    tcase_add_test(question, results_are_those_of_the_run);
    tcase_add_test(question, times_are_those_of_the_run);
    tcase_add_test(question, contents_are_those_after_the_call);
    tcase_add_test(question, causes_are_asked_for_by_their_lines);
    tcase_add_test(question, who_goes_on_is_asked_when_several_could);
    tcase_add_test(question, what_never_returns_is_asked_for_in_a_deadlock);
    tcase_add_test(question, death_is_a_result);
    tcase_add_test(question, a_restarted_call_is_one_call);
    tcase_add_test(question, arguments_are_shown_as_the_script_has_them);
    tcase_add_test(question, every_question_has_a_reason_and_accepts_its_answer);
    tcase_add_test(question, reasons_are_what_was_so_at_that_moment);
    tcase_add_test(question, reasons_of_errors);
    tcase_add_test(question, drawn_questions_do_not_tell_each_others_answers);
    suite_add_tcase(suite, question);

    TCase *variation = tcase_create("variation");
    tcase_add_test(variation, seed_0_is_the_scenario_as_it_is_written);
    tcase_add_test(variation, a_seed_gives_the_same_variation_each_time);
    tcase_add_test(variation, variations_end_as_the_scenario_does);
    tcase_add_test(variation, no_line_of_a_variation_begins_too_late);
    tcase_add_test(variation, what_cannot_be_varied_is_as_it_is_written);
    tcase_add_test(variation, what_runs_too_long_is_no_quiz);
    suite_add_tcase(suite, variation);

    TCase *sheet = tcase_create("sheet");
    tcase_add_test(sheet, seeds_are_numbers_or_names);
    tcase_add_test(sheet, answers_are_found_by_their_numbers);
    tcase_add_test(sheet, what_is_no_answer_is_complained_of);
    suite_add_tcase(suite, sheet);
    return suite;
}

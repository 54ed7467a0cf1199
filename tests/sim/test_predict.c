/* test_predict.c - a stepping session that asks before it shows. */
#include "sim/run/vocabulary.h"
#include "sim/step/panes.h"
#include "sim/step/stepper.h"
#include "tests/sim/scripted.h"
#include "tests/suites.h"

#include <stdio.h>
#include <string.h>

struct session {
    struct source source;
    struct program *program;
    struct walk *walk;
    struct stepper *stepper;
    struct strbuf out;
};

static struct session open_session(const char *text)
{
    struct session s = {.source = {"test.pipe", text, strlen(text)}};
    struct run_options options = {.policy = POLICY_FIFO};
    struct diag_list diags = {0};
    s.program = script_parse(&s.source, vocabulary(), &diags);
    ck_assert_msg(s.program != NULL, "this is no scenario:\n%s", text);
    s.walk = walk_new(s.program, &options, DEPTH_CALLS, &diags);
    ck_assert_ptr_nonnull(s.walk);
    s.stepper = stepper_new(s.walk);
    diag_list_free(&diags);
    return s;
}

static void close_session(struct session *s)
{
    stepper_free(s->stepper);
    walk_free(s->walk);
    program_free(s->program);
    strbuf_free(&s->out);
}

/* What comes out of one line. */
static const char *says(struct session *s, const char *line)
{
    strbuf_clear(&s->out);
    stepper_execute(s->stepper, line, &s->out);
    return strbuf_text(&s->out);
}

static void asks(const struct session *s, const char *question)
{
    const char *asked = stepper_question(s->stepper);
    ck_assert_msg(asked != NULL, "nothing is asked, but should be: %s", question);
    ck_assert_str_eq(asked, question);
}

/* abc | abc waits: 1 free | ab read | sleeps | ... */
static const char queue[] = "scenario \"a secret\"\n"
                            "pipe p(capacity = 4)\n"
                            "process producer > p { repeat 2 { write(p, \"abc\") = 3 } }\n"
                            "process consumer < p { while (read(p, 2) = 0..2) { sleep(1) } }\n";

START_TEST(it_stops_before_each_sleep_and_result)
{
    struct session s = open_session(queue);
    text_contains(says(&s, "predict on"), "predicting");
    text_contains(says(&s, "next"), "? Who goes on next: producer or consumer?");
    text_lacks(says(&s, "producer"), "= 3");
    asks(&s, "producer calls write(p, \"abc\") (line 3): what does it give? Or does it sleep?");
    text_contains(says(&s, "3"), "write(p, \"abc\") = 3");
    text_lacks(says(&s, "next"), "write(p, \"abc\")  ");
    asks(&s, "producer calls write(p, \"abc\") (line 3): what does it give? Or does it sleep?");
    text_contains(says(&s, "blocks"), "Right: it sleeps. producer waits for room: 3 bytes must");
    says(&s, "next"); /* only consumer is awake: nobody asks who goes on */
    asks(&s, "consumer calls read(p, 2) (line 4): what does it give? Or does it sleep?");
    text_contains(says(&s, "ab"), "Right: \"ab\". p holds 3 bytes, \"abc\"; this read takes");
    says(&s, "next"); /* sleep(1) is not asked for */
    says(&s, "next");
    asks(&s, "producer goes on in its write(p, \"abc\") (line 3): what does it give? Or does it "
             "sleep again?");
    close_session(&s);
}
END_TEST

START_TEST(score_is_kept)
{
    struct session s = open_session(queue);
    says(&s, "predict");
    says(&s, "next");
    text_contains(says(&s, "producer"), "(1 of 1)");
    text_contains(says(&s, "sleeps"),
                  "Wrong: 3. 4 bytes are free in p: all of it goes in. (1 of 2)");
    says(&s, "next");
    text_contains(says(&s, ""), "Shown: it sleeps. producer waits for room");
    text_contains(says(&s, "predict"), "predicted: 1 of 3 right");
    ck_assert_ptr_null(stepper_question(s.stepper));
    text_contains(says(&s, "next"), "read(p, 2) = \"ab\""); /* and nothing is asked */
    close_session(&s);
}
END_TEST

START_TEST(no_movement_goes_over_a_question)
{
    static const char *const movements[] = {
        "step",    "step 20",           "next 9",       "continue", "goto end",
        "goto 12", "until p.used == 4", "watch p.used",
    };
    for (size_t i = 0; i < sizeof movements / sizeof *movements; i++) {
        struct session s = open_session(queue);
        says(&s, "predict on");
        says(&s, "next");
        says(&s, "producer");
        says(&s, "3"); /* and the second write is to be predicted */
        uint64_t here = walk_position(s.walk);
        text_lacks(says(&s, movements[i]), "asleep on p.not_full");
        ck_assert_uint_eq(walk_position(s.walk), here);
        asks(&s, "producer calls write(p, \"abc\") (line 3): what does it give? Or does it sleep?");
        text_lacks(strbuf_text(&s.out), "before"); /* what watch has seen */
        close_session(&s);
    }
}
END_TEST

START_TEST(a_step_stays_within_what_was_predicted)
{
    struct session s = open_session(queue);
    says(&s, "predict on");
    says(&s, "step");
    uint64_t here = walk_position(s.walk);
    says(&s, "producer");
    says(&s, "3");
    ck_assert_uint_eq(walk_position(s.walk), here + 1); /* one event, as was asked for */
    says(&s, "step");
    ck_assert_uint_eq(walk_position(s.walk), here + 2);
    ck_assert_ptr_null(stepper_question(s.stepper));
    says(&s, "goto end");
    ck_assert_ptr_nonnull(stepper_question(s.stepper));
    close_session(&s);
}
END_TEST

START_TEST(after_an_answer_it_goes_to_what_was_predicted)
{
    struct session s = open_session(queue);
    says(&s, "predict on");
    says(&s, "goto end");
    says(&s, "producer");
    text_contains(says(&s, "3"), "write(p, \"abc\") = 3");
    text_lacks(strbuf_text(&s.out), "asleep on p.not_full");
    ck_assert_ptr_null(stepper_question(s.stepper));
    close_session(&s);
}
END_TEST

START_TEST(an_answer_does_not_take_one_past_where_one_wanted_to_go)
{
    struct session s = open_session(queue);
    says(&s, "predict on");
    uint64_t wanted = walk_start(s.walk) + 3; /* within the call that is asked for */
    says(&s, "goto 3");
    says(&s, "producer");
    says(&s, "3");
    ck_assert_ptr_null(stepper_question(s.stepper));
    ck_assert_uint_eq(walk_position(s.walk), wanted);
    text_contains(says(&s, "next"), "write(p, \"abc\") = 3"); /* and the rest needs no answer */
    ck_assert_ptr_null(stepper_question(s.stepper));
    close_session(&s);
}
END_TEST

START_TEST(far_beyond_the_end_is_the_end)
{
    struct session s = open_session("process a { sleep(1) }\n"); /* nothing is asked */
    says(&s, "predict on");
    says(&s, "goto 9223372036854775807");
    ck_assert_uint_eq(walk_position(s.walk), walk_length(s.walk));
    close_session(&s);
}
END_TEST

START_TEST(what_was_seen_before_is_not_asked_for)
{
    struct session s = open_session(queue);
    says(&s, "next 2");
    says(&s, "predict on");
    says(&s, "next");
    ck_assert_ptr_nonnull(stepper_question(s.stepper));
    says(&s, "goto 0");
    text_contains(says(&s, "next"), "write(p, \"abc\") = 3");
    ck_assert_ptr_null(stepper_question(s.stepper));
    close_session(&s);
}
END_TEST

START_TEST(what_was_seen_is_not_asked_again)
{
    struct session s = open_session(queue);
    says(&s, "predict on");
    says(&s, "next");
    says(&s, "producer");
    says(&s, "3");
    says(&s, "goto 0");
    text_contains(says(&s, "next"), "write(p, \"abc\") = 3");
    ck_assert_ptr_null(stepper_question(s.stepper));
    says(&s, "next");
    ck_assert_ptr_nonnull(stepper_question(s.stepper));
    close_session(&s);
}
END_TEST

START_TEST(another_run_is_asked_for)
{
    struct session s = open_session(queue);
    says(&s, "predict on");
    says(&s, "next");
    says(&s, "producer");
    says(&s, "3");
    says(&s, "goto 0");
    says(&s, "run consumer");
    asks(&s, "Who goes on next: producer or consumer?");
    text_contains(says(&s, "consumer"), "or was chosen to go on");
    asks(&s, "consumer calls read(p, 2) (line 4): what does it give? Or does it sleep?");
    text_contains(says(&s, "EOF"), "Wrong: it sleeps. consumer waits for bytes");
    text_contains(says(&s, "compare"), "that would show what comes");
    says(&s, "undo");
    ck_assert_ptr_null(stepper_question(s.stepper));
    close_session(&s);
}
END_TEST

START_TEST(commands_work_while_something_is_asked)
{
    struct session s = open_session(queue);
    says(&s, "predict on");
    says(&s, "next");
    says(&s, "producer");
    says(&s, "3");
    says(&s, "n");
    const char *question =
        "producer calls write(p, \"abc\") (line 3): what does it give? Or does it sleep?";
    text_contains(says(&s, "print p.used"), "3\n? producer calls");
    asks(&s, question);
    text_contains(says(&s, "n"), "? producer calls");
    asks(&s, question);
    says(&s, "goto 0");
    ck_assert_ptr_null(stepper_question(s.stepper));
    says(&s, "goto end");
    ck_assert(!stepper_execute(s.stepper, "q", &s.out));
    close_session(&s);
}
END_TEST

START_TEST(who_goes_on_may_be_named_like_a_command)
{
    struct session s = open_session("pipe p\nprocess a < p { read(p, 1) }\n"
                                    "process b > p { write(p, \"x\") }\n");
    says(&s, "predict on");
    says(&s, "n");
    text_contains(says(&s, "b"), "Wrong: a. Of those who are awake");
    close_session(&s);
}
END_TEST

START_TEST(a_right_answer_is_one_even_if_it_is_a_command)
{
    struct session s = open_session("pipe p\n"
                                    "process n < p { read(p, 9); read(p, 9) }\n"
                                    "process w > p { write(p, \"n\"); write(p, \"next\") }\n");
    says(&s, "predict on");
    says(&s, "n");
    text_contains(says(&s, "n"), "Right: n.");
    close_session(&s);
}
END_TEST

/* -- the full screen --------------------------------------------------------------------------- */

static const char *trace_and_source(struct session *s, struct panes *panes)
{
    struct pane_size size = {80, 12, GLYPHS_ASCII};
    struct sheet sheet = {.line_count = 0};
    strbuf_clear(&s->out);
    pane_trace(panes, size, &sheet);
    pane_source(panes, size, &sheet);
    pane_why(panes, size, &sheet);
    strbuf_add_bytes(&s->out, sheet.text.bytes, sheet.text.length);
    sheet_free(&sheet);
    return strbuf_text(&s->out);
}

START_TEST(panes_hide_what_comes)
{
    struct session s = open_session(queue);
    struct panes *panes = panes_new(s.walk);
    text_contains(trace_and_source(&s, panes), "write(p, \"abc\") = 3      p[abc ]");
    text_contains(trace_and_source(&s, panes), "write(p, \"abc\") = 3 }");
    text_contains(trace_and_source(&s, panes), "a secret");
    text_contains(trace_and_source(&s, panes), "Next goes producer");
    says(&s, "predict on");
    text_lacks(trace_and_source(&s, panes), "= 3");
    text_lacks(trace_and_source(&s, panes), "0..2");
    text_lacks(trace_and_source(&s, panes), "a secret");
    text_lacks(trace_and_source(&s, panes), "Next goes");
    text_contains(trace_and_source(&s, panes),
                  "   4  process consumer < p { while (read(p, 2) = ?)");
    says(&s, "predict off");
    text_contains(trace_and_source(&s, panes), "a secret");
    panes_free(panes);
    close_session(&s);
}
END_TEST

START_TEST(questions_stand_in_the_pane_of_reasons)
{
    struct session s = open_session(queue);
    struct panes *panes = panes_new(s.walk);
    panes_say(panes, "Right: 3.\n? What next?\n");
    text_contains(trace_and_source(&s, panes), "Right: 3.\n? What next?\n");
    panes_say(panes, NULL);
    text_lacks(trace_and_source(&s, panes), "Right");
    panes_free(panes);
    close_session(&s);
}
END_TEST

Suite *predict_suite(void)
{
    Suite *suite = suite_create("predict");
    TCase *session = tcase_create("session");
    tcase_add_test(session, it_stops_before_each_sleep_and_result);
    tcase_add_test(session, score_is_kept);
    tcase_add_test(session, no_movement_goes_over_a_question);
    tcase_add_test(session, a_step_stays_within_what_was_predicted);
    tcase_add_test(session, after_an_answer_it_goes_to_what_was_predicted);
    tcase_add_test(session, far_beyond_the_end_is_the_end);
    tcase_add_test(session, an_answer_does_not_take_one_past_where_one_wanted_to_go);
    tcase_add_test(session, what_was_seen_before_is_not_asked_for);
    tcase_add_test(session, what_was_seen_is_not_asked_again);
    tcase_add_test(session, another_run_is_asked_for);
    tcase_add_test(session, commands_work_while_something_is_asked);
    tcase_add_test(session, who_goes_on_may_be_named_like_a_command);
    tcase_add_test(session, a_right_answer_is_one_even_if_it_is_a_command);
    suite_add_tcase(suite, session);
    TCase *screen = tcase_create("screen");
    tcase_add_test(screen, panes_hide_what_comes);
    tcase_add_test(screen, questions_stand_in_the_pane_of_reasons);
    suite_add_tcase(suite, screen);
    return suite;
}

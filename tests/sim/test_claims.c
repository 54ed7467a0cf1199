/* test_claims.c - what a script says must hold: each kind of claim and each thing it can speak of, true
 * and false. */
#include "tests/sim/scripted.h"
#include "tests/suites.h"

/* A reader that sleeps until tick 2 and again from 5 to 9, a writer that exits with 3 at tick 4 and
 * leaves a byte behind, and one that is killed at tick 6. */
#define ENDS                                                                                       \
    "pipe p(capacity = 8, atomic = 4)\n"                                                           \
    "process r < p { @0..2 read(p, 2) = \"ab\"; print(\"hi\"); @5..9 sleep(4) }\n"                 \
    "process w > p { @2 write(p, \"ab\"); @3 write(p, \"c\"); @4 exit(3) }\n"                      \
    "process k { pause() = killed SIGTERM }\n"                                                     \
    "process d { @6 kill(k, SIGTERM) }\n"

static void claim(const char *text, enum verdict verdict, const char *fragment)
{
    struct strbuf script = {0};
    strbuf_addf(&script, "%s%s\n", ENDS, text);
    ends_as(strbuf_text(&script), verdict, fragment);
    strbuf_free(&script);
}

/* -- end ---------------------------------------------------------------------------------------------- */

static const char *const at_the_end[] = {
    "nobody asleep",
    "no descriptor open",
    "no deadlock",
    "not deadlock",
    "now == 9",
    "p.used == 1",
    "p.free == 7",
    "p.capacity == 8",
    "p.atomic == 4",
    "p.readers == 0",
    "p.writers == 0",
    "p.reads == 1",
    "p.writes == 2",
    "p.stream == \"abc\"",
    "p.stream[1..] == \"bc\"",
    "len(p.stream) == 3",
    "p.lost == 1",
    "r exited",
    "r exited with 0",
    "w exited with 3",
    "not k exited",
    "k killed",
    "k killed by SIGTERM",
    "not w killed",
    "not r asleep",
    "r.output == \"hi\\n\"",
    "r.calls == 2",
    "r.sleeps == 2",
    "w.sleeps == 0",
    "p.used + p.free == p.capacity",
    "w exited with 3 and k killed or r asleep",
    "max(p.used, p.lost) == 1",
};

START_TEST(what_is_so_at_the_end_holds_and_its_contrary_does_not)
{
    struct strbuf text = {0};
    strbuf_addf(&text, "end %s", at_the_end[_i]);
    claim(strbuf_text(&text), VERDICT_AS_EXPECTED, "");
    strbuf_clear(&text);
    strbuf_addf(&text, "end not (%s)", at_the_end[_i]);
    claim(strbuf_text(&text), VERDICT_FAILED, "this does not hold at tick 9");
    strbuf_free(&text);
}
END_TEST

START_TEST(of_several_conditions_each_is_judged)
{
    struct scripted *s = run_text(ENDS "end p.used == 2, w exited, p.lost == 5\n", NULL);
    ck_assert_int_eq(s->verdict, VERDICT_FAILED);
    ck_assert_uint_eq(s->diags.messages, 2);
    text_contains(strbuf_text(&s->messages), "test.pipe:6:5: failed");
    text_contains(strbuf_text(&s->messages), "test.pipe:6:28: failed");
    script_free(s);
}
END_TEST

/* -- always, never ------------------------------------------------------------------------------------ */

START_TEST(always_holds_in_every_state_or_is_broken)
{
    claim("always p.used <= 3", VERDICT_AS_EXPECTED, "");
    claim("always p.used <= 1", VERDICT_FAILED, "this does not hold at tick 2");
    claim("always not r asleep on sleep", VERDICT_FAILED, "this does not hold at tick 5");
    claim("always not w exited", VERDICT_FAILED, "this does not hold at tick 4");
    claim("always no deadlock", VERDICT_AS_EXPECTED, "");
}
END_TEST

START_TEST(never_holds_in_no_state_or_is_broken)
{
    claim("never p.used > 3", VERDICT_AS_EXPECTED, "");
    claim("never p.used == 2", VERDICT_FAILED, "this holds, and never may, at tick 2");
    claim("never r asleep on p.not_empty", VERDICT_FAILED, "at tick 0");
    claim("never r asleep on p.not_full", VERDICT_AS_EXPECTED, "");
    claim("never k asleep on wait", VERDICT_AS_EXPECTED, "");
    claim("never k asleep on pause", VERDICT_FAILED, "at tick 0");
    claim("never now > 9", VERDICT_AS_EXPECTED, "");
    claim("never now == 9", VERDICT_FAILED, "at tick 9");
}
END_TEST

START_TEST(a_claim_is_broken_once_and_the_first_time_is_told)
{
    struct scripted *s = run_text("process a { pipe(p); repeat 5 { write(p[1], \"x\") } }\n"
                                  "always p.used < 2\n",
                                  NULL);
    ck_assert_int_eq(s->verdict, VERDICT_FAILED);
    ck_assert_uint_eq(s->diags.messages, 1);
    text_contains(strbuf_text(&s->messages), "note: p.used is 2\n");
    text_contains(strbuf_text(&s->messages), "after a put 1 byte into p, in the call on line 1");
    script_free(s);
}
END_TEST

START_TEST(always_looks_between_the_pieces_of_a_call)
{
    ends_as("pipe p(capacity = 4, atomic = 1)\n"
            "process w > p { write(p, \"abcdef\") }\n"
            "process r < p { read(p, 9); read(p, 9) }\n"
            "always p.used != 4\n",
            VERDICT_FAILED, "p.used is 4");
}
END_TEST

START_TEST(always_and_never_are_judged_even_if_nothing_happens)
{
    ends_as("process a { }\nalways now == 1\n", VERDICT_FAILED, "tick 0");
    ends_as("process a { }\nnever now == 0\n", VERDICT_FAILED, "tick 0");
}
END_TEST

/* -- expect at ---------------------------------------------------------------------------------------- */

START_TEST(expect_looks_when_all_of_its_tick_has_happened)
{
    claim("expect at 0: r asleep on p.not_empty, p.used == 0", VERDICT_AS_EXPECTED, "");
    claim("expect at 1: r asleep, now == 1", VERDICT_AS_EXPECTED, "");
    claim("expect at 2: p.used == 0, p.reads == 1, not r asleep", VERDICT_AS_EXPECTED, "");
    claim("expect at 3: p.used == 1", VERDICT_AS_EXPECTED, "");
    claim("expect at 3: w exited", VERDICT_FAILED, "this does not hold at tick 3");
    claim("expect at 4: w exited with 3", VERDICT_AS_EXPECTED, "");
    claim("expect at 5: r asleep on sleep", VERDICT_AS_EXPECTED, "");
    claim("expect at 6: k killed", VERDICT_AS_EXPECTED, "");
    claim("expect at 7: now == 7", VERDICT_AS_EXPECTED, "");
}
END_TEST

START_TEST(expect_beyond_the_end_looks_at_the_end)
{
    claim("expect at 1000: r exited and now == 1000", VERDICT_AS_EXPECTED, "");
    claim("expect at 1000: r asleep", VERDICT_FAILED, "at tick 1000");
}
END_TEST

START_TEST(expect_is_broken_at_its_tick_only)
{
    struct scripted *s = run_text(ENDS "expect at 1: p.used == 1\n", NULL);
    ck_assert_int_eq(s->verdict, VERDICT_FAILED);
    ck_assert_uint_eq(s->diags.messages, 1);
    text_contains(strbuf_text(&s->messages), "does not hold at tick 1");
    text_contains(strbuf_text(&s->messages), "p.used is 0");
    script_free(s);
}
END_TEST

/* -- sometimes ---------------------------------------------------------------------------------------- */

START_TEST(sometimes_is_not_judged_by_a_single_run)
{
    claim("sometimes p.used == 77", VERDICT_AS_EXPECTED, "");
}
END_TEST

START_TEST(claims_that_a_run_judges_are_counted)
{
    struct scripted *s = run_text(ENDS "end r exited, w exited\nalways no deadlock\n"
                                       "expect at 3: p.used == 1\nsometimes p.used == 9\n",
                                  NULL);
    ck_assert_int_eq(run_checks(s->run).claims, 4);
    script_free(s);
}
END_TEST

/* -- what is asked of ---------------------------------------------------------------------------------- */

START_TEST(what_does_not_exist_yet_is_empty_and_not_asleep)
{
    comes_true(
        "process a { sleep(2); pipe(p); fork(c); wait(c) }\n"
        "process c { exit(1) }\n"
        "expect at 1: p.used == 0, p.readers == 0, p.stream == \"\", not c asleep, not c exited\n"
        "expect at 1: c.calls == 0, c.output == \"\"\n");
}
END_TEST

START_TEST(pipes_and_processes_made_again_have_numbers)
{
    comes_true(
        "process a { repeat 3 { pipe(p); n = 0; fork(c) }; write(p[1], \"xyz\"); wait(c.3) = 0 }\n"
        "process c { x = getpid() = 2..4 }\n"
        "end p.stream == \"\", p.2.stream == \"\", p.3.stream == \"xyz\", c.3 exited\n");
}
END_TEST

START_TEST(calls_that_moved_bytes_count_also_when_they_do_not_return)
{
    comes_true("pipe p(capacity = 4, atomic = 1)\n"
               "process w > p { write(p, \"abcdefgh\") = killed SIGKILL }\n"
               "process r < p { @3 kill(w, SIGKILL); @4 read(p, 9) = \"abcd\" }\n"
               "end p.writes == 1, p.reads == 1\n");
}
END_TEST

START_TEST(a_line_that_waits_for_its_tick_is_not_asleep)
{
    comes_true("process a { @5 sleep(0) }\n"
               "always nobody asleep, not a asleep\n");
}
END_TEST

START_TEST(descriptors_of_the_terminal_do_not_count)
{
    comes_true("process a { sleep(1) }\n"
               "always no descriptor open\n");
}
END_TEST

START_TEST(each_sleep_can_be_asked_for)
{
    comes_true(
        "pipe p(capacity = 1)\n"
        "process a { thread(t); @0..1 join(t); fork(c); @1..2 wait(c); @2..3 poll(0, 0, 1) }\n"
        "process t { sleep(1) }\n"
        "process c { @2 sleep(0) }\n"
        "process w > p { write(p, \"x\"); @0..2 write(p, \"y\") }\n"
        "process r < p { @2 read(p, 1); @3 read(p, 1); read(p, 1) = EOF }\n"
        "expect at 0: a asleep on join and t asleep on sleep and w asleep on p.not_full\n"
        "expect at 1: a asleep on wait\n"
        "expect at 2: a asleep on poll\n");
}
END_TEST

/* -- mistakes that only judging shows ------------------------------------------------------------------ */

START_TEST(a_claim_that_cannot_be_computed_is_a_mistake)
{
    struct scripted *s = run_text("pipe p\n"
                                  "process a > p { write(p, \"x\") = killed SIGPIPE }\n"
                                  "always 1 / p.used == 1\n",
                                  NULL);
    ck_assert_int_eq(s->verdict, VERDICT_BAD_SCRIPT);
    text_contains(strbuf_text(&s->messages), "test.pipe:3:10: error: division by zero");
    script_free(s);
}
END_TEST

START_TEST(a_claim_that_cannot_be_computed_breaks_no_other)
{
    struct scripted *s = run_text("pipe p\n"
                                  "process a > p { write(p, \"x\") = killed SIGPIPE }\n"
                                  "always 1 / p.used == 1\n"
                                  "never p.used > 100\n",
                                  NULL);
    ck_assert_int_eq(s->verdict, VERDICT_BAD_SCRIPT);
    ck_assert_uint_eq(s->diags.messages, 1);
    script_free(s);
}
END_TEST

START_TEST(a_claim_that_cannot_be_computed_does_not_hang_real_threads)
{
    struct script_options o = {.run = {.mode = SCHED_THREADS}};
    ends_as_with("pipe p\n"
                 "process a > p { write(p, \"x\") = killed SIGPIPE }\n"
                 "always 1 / p.used == 1\n",
                 &o, VERDICT_BAD_SCRIPT, "division by zero");
}
END_TEST

START_TEST(a_claim_cannot_print)
{
    struct scripted *s = run_text("process a { }\nalways print(\"x\") == 0\n", NULL);
    ck_assert_int_eq(s->verdict, VERDICT_BAD_SCRIPT);
    script_free(s);
}
END_TEST

START_TEST(a_claim_cannot_assert)
{
    struct scripted *s = run_text("process a { }\nalways assert(0) == 0\n", NULL);
    ck_assert_int_eq(s->verdict, VERDICT_BAD_SCRIPT);
    script_free(s);
}
END_TEST

/* -- deadlock ----------------------------------------------------------------------------------------- */

static const char stuck[] = "pipe p, q\n"
                            "process a < p > q { read(p, 1) }\n"
                            "process b < q > p { read(q, 1) }\n";

static void deadlock_with(const char *claims, enum verdict verdict, const char *fragment)
{
    struct strbuf script = {0};
    strbuf_addf(&script, "%s%s\n", stuck, claims);
    ends_as(strbuf_text(&script), verdict, fragment);
    strbuf_free(&script);
}

START_TEST(a_deadlock_that_is_not_asked_for_is_status_3)
{
    deadlock_with("", VERDICT_STUCK, "deadlock at tick 0: 2 processes are asleep");
    deadlock_with("end no deadlock", VERDICT_STUCK, "deadlock at tick 0");
    deadlock_with("always p.used == 0", VERDICT_STUCK, "deadlock at tick 0");
}
END_TEST

START_TEST(a_deadlock_can_be_asked_for_as_such)
{
    deadlock_with("end deadlock", VERDICT_AS_EXPECTED, "");
    deadlock_with("end deadlock and p.used == 0", VERDICT_AS_EXPECTED, "");
}
END_TEST

START_TEST(a_deadlock_can_be_asked_for_by_its_sleepers)
{
    deadlock_with("end a asleep, b asleep", VERDICT_AS_EXPECTED, "");
    deadlock_with("end a asleep on p.not_empty and b asleep on q.not_empty", VERDICT_AS_EXPECTED,
                  "");
    deadlock_with("end a asleep", VERDICT_STUCK, "deadlock");
    deadlock_with("end a asleep on p.not_full, b asleep", VERDICT_STUCK, "deadlock");
}
END_TEST

START_TEST(a_deadlock_can_be_asked_for_by_never)
{
    comes_true("pipe p, q\n"
               "process a < p > q { @0..never read(p, 1) }\n"
               "process b < q > p { @..never read(q, 1) }\n");
    ends_as("pipe p, q\n"
            "process a < p > q { @0..never read(p, 1) }\n"
            "process b < q > p { read(q, 1) }\n",
            VERDICT_STUCK, "deadlock");
    comes_true("pipe p, q\n"
               "process a < p > q { @0..never read(p, 1) }\n"
               "process b < q > p { read(q, 1) }\n"
               "end b asleep\n");
}
END_TEST

START_TEST(in_a_deadlock_that_was_asked_for_the_other_claims_are_judged)
{
    deadlock_with("end deadlock, p.used == 5", VERDICT_FAILED, "p.used is 0");
    deadlock_with("end deadlock\nalways no deadlock", VERDICT_FAILED, "there is a deadlock");
    deadlock_with("end deadlock, nobody asleep", VERDICT_FAILED, "asleep: a, b");
    deadlock_with("end deadlock, no descriptor open", VERDICT_FAILED,
                  "open: of p 1 read end and 1 write end, of q 1 read end and 1 write end");
}
END_TEST

START_TEST(a_deadlock_that_does_not_come_is_a_failure)
{
    ends_as("process a { }\nend deadlock\n", VERDICT_FAILED, "there is no deadlock");
    ends_as("process a { @..never sleep(1) }\n", VERDICT_FAILED, "still asleep when the run ends");
}
END_TEST

/* -- notes -------------------------------------------------------------------------------------------- */

START_TEST(the_note_tells_what_was_so)
{
    claim("end w exited with 4", VERDICT_FAILED, "w has exited with 3\n");
    claim("end k exited", VERDICT_FAILED, "killed by SIGTERM\n");
    claim("expect at 1: not r asleep", VERDICT_FAILED, "note: r is asleep on p.not_empty\n");
    claim("expect at 1: not k asleep", VERDICT_FAILED, "note: k is asleep on pause\n");
    claim("expect at 1: nobody asleep", VERDICT_FAILED, "note: asleep: r, k\n");
    claim("expect at 1: p.used == 1 and p.free == 1", VERDICT_FAILED,
          "note: p.used is 0; p.free is 8\n");
    claim("end p.stream == \"x\"", VERDICT_FAILED, "note: p.stream is \"abc\"\n");
    claim("end r.output == \"x\"", VERDICT_FAILED, "note: r.output is \"hi\\n\"\n");
}
END_TEST

Suite *claims_suite(void)
{
    Suite *suite = suite_create("claims");
    TCase *end = tcase_create("end");
    tcase_add_loop_test(end, what_is_so_at_the_end_holds_and_its_contrary_does_not, 0,
                        sizeof at_the_end / sizeof *at_the_end);
    tcase_add_test(end, of_several_conditions_each_is_judged);
    suite_add_tcase(suite, end);

    TCase *states = tcase_create("state");
    tcase_add_test(states, always_holds_in_every_state_or_is_broken);
    tcase_add_test(states, never_holds_in_no_state_or_is_broken);
    tcase_add_test(states, a_claim_is_broken_once_and_the_first_time_is_told);
    tcase_add_test(states, always_looks_between_the_pieces_of_a_call);
    tcase_add_test(states, always_and_never_are_judged_even_if_nothing_happens);
    suite_add_tcase(suite, states);

    TCase *expect = tcase_create("expect");
    tcase_add_test(expect, expect_looks_when_all_of_its_tick_has_happened);
    tcase_add_test(expect, expect_beyond_the_end_looks_at_the_end);
    tcase_add_test(expect, expect_is_broken_at_its_tick_only);
    tcase_add_test(expect, sometimes_is_not_judged_by_a_single_run);
    tcase_add_test(expect, claims_that_a_run_judges_are_counted);
    suite_add_tcase(suite, expect);

    TCase *about = tcase_create("about");
    tcase_add_test(about, what_does_not_exist_yet_is_empty_and_not_asleep);
    tcase_add_test(about, pipes_and_processes_made_again_have_numbers);
    tcase_add_test(about, calls_that_moved_bytes_count_also_when_they_do_not_return);
    tcase_add_test(about, a_line_that_waits_for_its_tick_is_not_asleep);
    tcase_add_test(about, descriptors_of_the_terminal_do_not_count);
    tcase_add_test(about, each_sleep_can_be_asked_for);
    tcase_add_test(about, the_note_tells_what_was_so);
    suite_add_tcase(suite, about);

    TCase *wrong = tcase_create("mistake");
    tcase_add_test(wrong, a_claim_that_cannot_be_computed_is_a_mistake);
    tcase_add_test(wrong, a_claim_that_cannot_be_computed_breaks_no_other);
    tcase_add_test(wrong, a_claim_that_cannot_be_computed_does_not_hang_real_threads);
    tcase_add_test(wrong, a_claim_cannot_print);
    tcase_add_test(wrong, a_claim_cannot_assert);
    suite_add_tcase(suite, wrong);

    TCase *deadlock = tcase_create("deadlock");
    tcase_add_test(deadlock, a_deadlock_that_is_not_asked_for_is_status_3);
    tcase_add_test(deadlock, a_deadlock_can_be_asked_for_as_such);
    tcase_add_test(deadlock, a_deadlock_can_be_asked_for_by_its_sleepers);
    tcase_add_test(deadlock, a_deadlock_can_be_asked_for_by_never);
    tcase_add_test(deadlock, in_a_deadlock_that_was_asked_for_the_other_claims_are_judged);
    tcase_add_test(deadlock, a_deadlock_that_does_not_come_is_a_failure);
    suite_add_tcase(suite, deadlock);
    return suite;
}

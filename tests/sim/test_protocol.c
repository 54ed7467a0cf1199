/* test_protocol.c - protocols as state machines: what they let through, and what is said of a process
 * that does not keep to one. Mistakes in the declarations are in tests/scripts/wrong/. */
#include "tests/sim/scripted.h"
#include "tests/suites.h"

#include "sim/explore/explore.h"
#include "sim/run/vocabulary.h"

#include <stdio.h>
#include <string.h>

#define RPC                                                                                        \
    "pipe ask, answer\n"                                                                           \
    "protocol rpc {\n"                                                                             \
    "  state idle     on send * -> waiting\n"                                                      \
    "                 on close -> done\n"                                                          \
    "  state waiting  on receive * -> idle\n"                                                      \
    "  final state done\n"                                                                         \
    "}\n"

#define SERVER                                                                                     \
    "process server < ask > answer answers rpc { while (x = read(ask, 9)) { write(answer, x) } }\n"

/* One process, one protocol that has this body, and these statements with a pipe p. */
static void says(const char *body, const char *statements, enum verdict verdict,
                 const char *fragment)
{
    struct strbuf text = {0};
    strbuf_addf(&text, "protocol t {\n%s\n}\nprocess a speaks t {\npipe(p)\n%s\n}\n", body,
                statements);
    ends_as(strbuf_text(&text), verdict, fragment);
    strbuf_free(&text);
}

static void keeps(const char *body, const char *statements)
{
    says(body, statements, VERDICT_AS_EXPECTED, "");
}

static void breaks(const char *body, const char *statements, const char *fragment)
{
    says(body, statements, VERDICT_FAILED, fragment);
}

/* -- what fits --------------------------------------------------------------------------------- */

START_TEST(who_keeps_to_it_from_both_ends_is_let_through)
{
    comes_true(RPC SERVER "process client < answer > ask speaks rpc {\n"
                          "  repeat 3 { write(ask, \"x\"); read(answer, 9) = \"x\" }\n"
                          "  close(ask); read(answer, 9) = EOF }\n");
}
END_TEST

START_TEST(a_pattern_is_about_the_bytes_of_one_call)
{
    keeps("state a on send \"one\" -> b\nfinal state b", "write(p[1], \"one\")");
    keeps("state a on send \"on\" * -> b\nfinal state b", "write(p[1], \"one\")");
    keeps("state a on send \"one\" * -> b\nfinal state b", "write(p[1], \"one\")");
    keeps("state a on send 3 bytes -> b\nfinal state b", "write(p[1], \"one\")");
    keeps("state a on send 1 byte -> b\nfinal state b", "write(p[1], \"\\0\")");
    keeps("state a on send \"a\\0b\" -> b\nfinal state b", "write(p[1], \"a\\0b\")");
    breaks("state a on send \"one\" -> a", "write(p[1], \"ones\")", "a sends \"ones\" in state a");
    breaks("state a on send \"one\" -> a", "write(p[1], \"on\")", "a sends \"on\" in state a");
    breaks("state a on send \"one\" * -> a", "write(p[1], \"on\")", "only 'send \"one\" *' is");
    breaks("state a on send 3 bytes -> a", "write(p[1], \"four\")", "only 'send 3 bytes' is");
    breaks("state a on send \"a\\0b\" -> a", "write(p[1], \"a\\0c\")", "a sends \"a\\0c\"");
}
END_TEST

START_TEST(the_first_transition_that_fits_counts)
{
    static const char body[] = "state a on send \"quit\" -> b\n on send * -> a\nfinal state b";
    keeps(body, "write(p[1], \"x\"); write(p[1], \"quit\")");
    breaks(body, "write(p[1], \"quit\"); write(p[1], \"x\")",
           "a sends \"x\" in state b, where nothing is allowed");
}
END_TEST

START_TEST(calls_that_move_nothing_are_no_messages)
{
    keeps("state a on send \"x\" -> b\nfinal state b",
          "write(p[1], \"\") = 0; read(p[0], 0) = 0; fcntl(p[1], F_SETFL, O_NONBLOCK)\n"
          "write(p[1], \"x\"); write(9, \"y\") = -1 EBADF; getpid(); dup(p[0])");
    keeps("state a on send * -> b\nstate b on receive * -> c\nfinal state c",
          "fcntl(p[0], F_SETFL, O_NONBLOCK)\nwrite(p[1], \"x\"); read(p[0], 1) = \"x\"\n"
          "read(p[0], 1) = -1 EAGAIN");
}
END_TEST

START_TEST(what_is_only_looked_at_has_not_been_received)
{
    comes_true(
        "protocol one { state a\n on receive * -> b\n final state b }\n"
        "process w { socketpair(s); fork(a); write(s[0], \"x\") }\n"
        "process a speaks one { recv(s[1], 1, MSG_PEEK) = \"x\"; recv(s[1], 1, MSG_PEEK) = \"x\"\n"
        "  recv(s[1], 1) = \"x\" }\n");
}
END_TEST

START_TEST(what_a_write_puts_in_is_the_message_not_what_it_was_given)
{
    keeps("state a on send 8 bytes -> b\nfinal state b",
          "fcntl(p[1], F_SETPIPE_SZ, 8) = ?; write(p[1], \"0123456789\", 8)");
}
END_TEST

START_TEST(a_role_can_be_about_some_of_the_pipes_only)
{
    static const char text[] =
        "pipe p, q\n"
        "protocol t { state a on send \"x\" -> b\nfinal state b }\n"
        "process w > p > q speaks t on %s { write(p, \"x\"); write(q, \"y\") }\n"
        "process r < p < q { sleep(1) }\n";
    char script[400];
    snprintf(script, sizeof script, text, "p");
    comes_true(script);
    snprintf(script, sizeof script, text, "q");
    ends_as(script, VERDICT_FAILED, "w sends \"y\" in state a, where only 'send \"x\"'");
    snprintf(script, sizeof script, text, "p, q");
    ends_as(script, VERDICT_FAILED, "w sends \"y\" in state b, where nothing is allowed");
}
END_TEST

START_TEST(a_process_can_have_more_roles_than_one)
{
    ends_as("pipe p, q\n"
            "protocol one { state a on send * -> b\nfinal state b }\n"
            "protocol two { state a on receive * -> b\nfinal state b }\n"
            "process w > p > q speaks one on p answers two on q {\n"
            "  write(p, \"1\"); write(q, \"2\"); write(q, \"3\") }\n"
            "process r < p < q { sleep(1) }\n",
            VERDICT_FAILED, "protocol two: w sends \"3\" in state b, where nothing is allowed");
}
END_TEST

START_TEST(a_forked_process_begins_at_the_start_and_pipes_go_by_their_names)
{
    comes_true("protocol t { state a on send \"x\" -> b\nfinal state b }\n"
               "process parent speaks t on p { pipe(p); write(p[1], \"x\"); fork(child); wait() }\n"
               "process child speaks t on p { write(p[1], \"x\") }\n");
}
END_TEST

/* -- closing ----------------------------------------------------------------------------------- */

START_TEST(closing_matters_only_where_a_protocol_speaks_of_it)
{
    keeps("state a on receive * -> a\n on send * -> a",
          "write(p[1], \"x\"); close(p[1]); repeat 2 { read(p[0], 1) }");
    breaks("state a on send * -> b\nstate b on close -> c\nstate c", "close(p[1])",
           "a closes in state a, where only 'send *' is allowed");
    breaks("state a on receive EOF -> b\nstate b", "close(p[1]); repeat 2 { read(p[0], 1) }",
           "a finds the end of the file in state b, where nothing is allowed");
}
END_TEST

START_TEST(only_an_end_that_is_written_to_is_closed_in_this_sense)
{
    keeps("state a on close -> b\nfinal state b", "close(p[0]); close(p[1])");
}
END_TEST

START_TEST(a_process_ends_in_a_final_state_if_there_is_one)
{
    static const char body[] = "state a on send * -> b\nfinal state b";
    keeps("state a on send * -> b\nstate b", "");
    keeps(body, "write(p[1], \"x\")");
    keeps(body, "write(p[1], \"x\"); exit(3)");
    breaks(body, "sleep(1)", "protocol t: a ends in state a, which is not final\n");
    breaks(body, "exit(3)", "protocol t: a ends in state a");
    keeps(body, "raise(SIGKILL) = killed SIGKILL"); /* it has not ended: it was ended */
}
END_TEST

START_TEST(to_end_is_to_close)
{
    keeps("state a on send * -> a\n on close -> b\nfinal state b", "write(p[1], \"x\")");
}
END_TEST

START_TEST(the_answering_side_finds_the_end_where_the_other_closes)
{
    ends_as(
        RPC
        "process client > ask < answer { close(ask); read(answer, 1) }\n"
        "process server < ask > answer answers rpc { read(ask, 1) = EOF; write(answer, \"x\") }\n",
        VERDICT_FAILED, "server sends \"x\" in state done, where nothing is allowed");
}
END_TEST

START_TEST(a_connection_is_a_pipe_each_way_and_shut_down_is_closed)
{
    static const char text[] =
        "protocol greet {\n"
        "  state start  on send * -> sent\n"
        "  state sent   on close -> over\n"
        "  state over   on receive * -> over\n"
        "               on receive EOF -> done\n"
        "  final state done\n"
        "}\n"
        "process server answers greet on client { s = socket(AF_INET); bind(s, \"h:1\"); listen(s, 1)\n"
        "  c = accept(s); while (x = recv(c, 9)) { name = x }\n"
        "  send(c, \"hi \" + name); close(c) }\n"
        "process client speaks greet { s = socket(AF_INET); @1 connect(s, \"h:1\")\n"
        "  write(s, \"bob\"); shutdown(s, SHUT_WR); %s; recv(s, 9); recv(s, 9) = EOF; close(s) }\n";
    char script[1000];
    snprintf(script, sizeof script, text, "shutdown(s, SHUT_WR)");
    comes_true(script);
    snprintf(script, sizeof script, text, "send(s, \"x\") = -1 EPIPE");
    ends_as(
        script, VERDICT_FAILED,
        "client sends \"x\" in state over, where only 'receive *' and 'receive EOF' are allowed");
}
END_TEST

/* -- what is said ------------------------------------------------------------------------------ */

START_TEST(a_violation_names_the_state_what_it_allows_and_since_when)
{
    struct scripted *s = run_text(RPC SERVER "process client < answer > ask speaks rpc {\n"
                                             "  @3 write(ask, \"one\")\n"
                                             "     write(ask, \"two\")\n"
                                             "}\n",
                                  NULL);
    const char *m = strbuf_text(&s->messages);
    ck_assert_int_eq(s->verdict, VERDICT_FAILED);
    text_contains(m, "test.pipe:11:6: failed: protocol rpc: client sends \"two\" in state waiting, "
                     "where only 'receive *' is allowed\n");
    text_contains(m, "note: at tick 3; it has been in state waiting since its write on line 10, at "
                     "tick 3\n");
    text_contains(strbuf_text(&s->text), "FAILED line 11: protocol rpc: client sends \"two\"");
    script_free(s);
}
END_TEST

START_TEST(the_other_side_is_told_in_its_own_words)
{
    ends_as(RPC
            "process client < answer > ask { write(ask, \"x\"); read(answer, 9) }\n"
            "process server < ask > answer answers rpc { write(answer, \"?\"); read(ask, 9) }\n",
            VERDICT_FAILED,
            "protocol rpc: server sends \"?\" in state idle, where only 'receive *' and 'receive "
            "EOF' are allowed\n");
    ends_as("protocol t { state a on close -> b\nstate b }\n"
            "process a answers t { pipe(p); write(p[1], \"x\") }\n",
            VERDICT_FAILED, "at tick 0; it has been in state a from the start\n");
}
END_TEST

START_TEST(a_violation_is_reported_once_and_the_run_goes_on)
{
    struct scripted *s = run_text("protocol t { state a\nfinal state b }\n"
                                  "process a speaks t { pipe(p)\n"
                                  "  repeat 3 { write(p[1], \"x\") }\n"
                                  "  print(\"on\") }\n",
                                  NULL);
    ck_assert_int_eq(s->verdict, VERDICT_FAILED);
    ck_assert_uint_eq(s->diags.failures, 1);
    text_contains(strbuf_text(&s->text), "prints \"on\\n\"");
    script_free(s);
}
END_TEST

START_TEST(a_write_that_is_not_allowed_is_found_also_if_it_never_returns)
{
    struct scripted *s = run_text("set capacity = 4\nprotocol t { state a }\n"
                                  "process a speaks t { pipe(p); write(p[1], \"12345\") }\n",
                                  NULL);
    ck_assert_int_eq(s->verdict, VERDICT_STUCK);
    text_contains(strbuf_text(&s->messages), "protocol t: a sends \"12345\" in state a");
    script_free(s);
}
END_TEST

START_TEST(a_write_made_again_after_a_signal_is_one_message)
{
    comes_true(
        "set capacity = 4\n"
        "pipe p\n"
        "def h() { }\n"
        "protocol t { state a on send \"1234\" -> b\n"
        "             state b on send \"56\" -> c\n"
        "             final state c }\n"
        "process w > p speaks t { signal(SIGALRM, h); write(p, \"1234\"); @..2 write(p, \"56\") "
        "}\n"
        "process r < p { sleep(2); read(p, 4); read(p, 4) = \"56\" }\n"
        "process k { @1 kill(w, SIGALRM) }\n");
}
END_TEST

/* -- exploring --------------------------------------------------------------------------------- */

/* Who writes first decides whether the protocol is broken, and when both have been read nothing else
 * tells the two orders apart. */
START_TEST(states_that_differ_in_a_protocol_only_are_told_apart)
{
    static const char text[] = "pipe p\n"
                               "protocol t {\n"
                               "  state a on receive \"1\" -> b\n on receive \"2\" -> c\n"
                               "  state b on receive \"2\" -> d\n"
                               "  state c on receive \"1\" -> e\n"
                               "  final state d\n"
                               "  state e\n"
                               "}\n"
                               "process one > p { write(p, \"1\") }\n"
                               "process two > p { write(p, \"2\") }\n"
                               "process r < p speaks t { repeat 2 { read(p, 1) = ? }; sleep(1) }\n";
    struct source source = {"test.pipe", text, strlen(text)};
    struct diag_list diags = {0};
    struct run_options run = {.outcome = OUTCOME_ENDS};
    struct explore_options options = {.run = &run, .bounds.preemptions = -1};
    struct program *program = script_parse(&source, vocabulary(), &diags);
    struct exploration *e = explore(program, &options, &diags);
    ck_assert_ptr_nonnull(e);
    ck_assert_uint_eq(e->failure_count, 1);
    ck_assert_uint_eq(e->outcome_count, 2);
    ck_assert_uint_eq(e->outcomes[0].executions.low, e->outcomes[1].executions.low);
    exploration_free(e);
    program_free(program);
    diag_list_free(&diags);
}
END_TEST

Suite *protocol_suite(void)
{
    Suite *suite = suite_create("protocol");
    TCase *message = tcase_create("message");
    tcase_add_test(message, who_keeps_to_it_from_both_ends_is_let_through);
    tcase_add_test(message, a_pattern_is_about_the_bytes_of_one_call);
    tcase_add_test(message, the_first_transition_that_fits_counts);
    tcase_add_test(message, calls_that_move_nothing_are_no_messages);
    tcase_add_test(message, what_is_only_looked_at_has_not_been_received);
    tcase_add_test(message, what_a_write_puts_in_is_the_message_not_what_it_was_given);
    tcase_add_test(message, a_role_can_be_about_some_of_the_pipes_only);
    tcase_add_test(message, a_process_can_have_more_roles_than_one);
    tcase_add_test(message, a_forked_process_begins_at_the_start_and_pipes_go_by_their_names);
    tcase_add_test(message, a_write_made_again_after_a_signal_is_one_message);
    suite_add_tcase(suite, message);

    TCase *close = tcase_create("close");
    tcase_add_test(close, closing_matters_only_where_a_protocol_speaks_of_it);
    tcase_add_test(close, only_an_end_that_is_written_to_is_closed_in_this_sense);
    tcase_add_test(close, a_process_ends_in_a_final_state_if_there_is_one);
    tcase_add_test(close, to_end_is_to_close);
    tcase_add_test(close, the_answering_side_finds_the_end_where_the_other_closes);
    tcase_add_test(close, a_connection_is_a_pipe_each_way_and_shut_down_is_closed);
    suite_add_tcase(suite, close);

    TCase *violation = tcase_create("violation");
    tcase_add_test(violation, a_violation_names_the_state_what_it_allows_and_since_when);
    tcase_add_test(violation, the_other_side_is_told_in_its_own_words);
    tcase_add_test(violation, a_violation_is_reported_once_and_the_run_goes_on);
    tcase_add_test(violation, a_write_that_is_not_allowed_is_found_also_if_it_never_returns);
    tcase_add_test(violation, states_that_differ_in_a_protocol_only_are_told_apart);
    suite_add_tcase(suite, violation);
    return suite;
}

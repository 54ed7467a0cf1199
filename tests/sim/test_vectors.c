/* test_vectors.c - readv and writev: one call, several buffers. PS-nnn are facts of the pipe
 * semantics. */
#include "tests/sim/scripted.h"
#include "tests/suites.h"

START_TEST(the_buffers_are_filled_in_their_order) /* PS-215 */
{
    comes_true(
        "process a { pipe(p); writev(p[1], \"abc\", \"\", \"defgh\") = 8\n"
        "  readv(p[0], 2, 4, 10) = \"abcdefgh\"\n"
        "  assert(iov(0) == \"ab\" and iov(1) == \"cdef\" and iov(2) == \"gh\" and iov(3) == \"\") }\n"
        "end p.writes == 1, p.reads == 1\n");
}
END_TEST

START_TEST(nothing_asked_for_is_nothing_done) /* PS-216 */
{
    comes_true("process a { pipe(p); @0 readv(p[0]) = 0; @0 readv(p[0], 0, 0) = 0\n"
               "  writev(p[1]) = 0; writev(p[1], \"\", \"\") = 0 }\n"
               "end p.used == 0, p.writes == 0\n");
}
END_TEST

START_TEST(the_total_decides_what_is_atomic) /* PS-218 */
{
    comes_true("set capacity = 8, atomic = 4\n"
               "process a { pipe2(p, O_NONBLOCK); write(p[1], \"12345\")\n"
               "  writev(p[1], \"ab\", \"cd\") = -1 EAGAIN; writev(p[1], \"abcd\", \"e\") = 3\n"
               "  read(p[0], 99) = \"12345abc\" }\n");
}
END_TEST

START_TEST(a_vector_sleeps_as_one_call_does)
{
    comes_true(
        "set capacity = 4, atomic = 4\npipe p\n"
        "process w > p { write(p, \"12\"); @0..2 writev(p, \"a\", \"bc\") = 3 }\n"
        "process r < p { @2 readv(p, 1, 1) = 2; assert(iov(0) == \"1\" and iov(1) == \"2\")\n"
        "  @2..? readv(p, 9, 9) = \"abc\"; @..? readv(p, 9) = EOF }\n"
        "expect at 1: w asleep on p.not_full\n"
        "end p.writes == 2\n");
}
END_TEST

START_TEST(its_errors_are_those_of_read_and_write)
{
    comes_true(
        "process a { pipe2(p, O_NONBLOCK); readv(p[1], 1) = -1 EBADF; writev(p[0], \"x\") = -1 EBADF\n"
        "  readv(p[0], 2, 2) = -1 EAGAIN; assert(iov(0) == \"\")\n"
        "  close(p[0]); writev(p[1], \"x\", \"y\") = killed SIGPIPE }\n");
}
END_TEST

START_TEST(it_is_made_again_after_a_signal_if_that_is_wanted)
{
    comes_true(
        "pipe p\nprocess r < p { signal(SIGALRM, h); alarm(1); @0..2 readv(p, 1, 1) = \"ab\" }\n"
        "process w > p { @2 writev(p, \"a\", \"b\") }\ndef h() { }\n");
}
END_TEST

START_TEST(a_socket_takes_it_too)
{
    comes_true(
        "process a { socketpair(s); writev(s[0], \"a\", \"b\") = 2; readv(s[1], 1, 9) = \"ab\"\n"
        "  assert(iov(1) == \"b\") }\nend s.to.writes == 1\n");
}
END_TEST

START_TEST(a_protocol_sees_one_message)
{
    comes_true("protocol two { state a\n on send \"h:b\" -> b\n final state b }\n"
               "process a speaks two { pipe(p); writev(p[1], \"h:\", \"b\") }\n");
    ends_as("protocol two { state a\n on send \"h:b\" -> b\n final state b }\n"
            "process a speaks two { pipe(p); writev(p[1], \"h:\", \"c\") }\n",
            VERDICT_FAILED, "a sends \"h:c\"");
}
END_TEST

START_TEST(the_trace_shows_what_each_buffer_got)
{
    struct scripted *s = run_text(
        "process a { pipe(p); writev(p[1], \"ab\", \"c\"); readv(p[0], 1, 4) = ? }\n", NULL);
    text_contains(strbuf_text(&s->text), "writev(p[1], \"ab\", \"c\") = 3");
    text_contains(strbuf_text(&s->text), "readv(p[0], 1, 4) = \"abc\" (\"a\", \"bc\")");
    script_free(s);
}
END_TEST

START_TEST(a_piece_must_be_of_its_kind)
{
    is_mistake("pipe(p); readv(p[0], \"x\")", "a number is needed here");
    is_mistake("pipe(p); readv(p[0], 1, -1)", "no call can read fewer than 0 bytes");
    is_mistake("pipe(p); writev(p[1], \"x\", 1)", "a byte string is needed here");
}
END_TEST

Suite *vectors_suite(void)
{
    Suite *s = suite_create("vectors");
    TCase *c = tcase_create("calls");
    tcase_add_test(c, the_buffers_are_filled_in_their_order);
    tcase_add_test(c, nothing_asked_for_is_nothing_done);
    tcase_add_test(c, the_total_decides_what_is_atomic);
    tcase_add_test(c, a_vector_sleeps_as_one_call_does);
    tcase_add_test(c, its_errors_are_those_of_read_and_write);
    tcase_add_test(c, it_is_made_again_after_a_signal_if_that_is_wanted);
    tcase_add_test(c, a_socket_takes_it_too);
    tcase_add_test(c, a_protocol_sees_one_message);
    tcase_add_test(c, the_trace_shows_what_each_buffer_got);
    tcase_add_test(c, a_piece_must_be_of_its_kind);
    suite_add_tcase(s, c);
    return s;
}

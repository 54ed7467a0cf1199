/* test_polling.c - poll: what is ready, and sleeping until something is. PS-nnn are facts of the pipe
 * semantics; the ring is ready for writing while a write of `atomic` bytes would go in. */
#include "tests/sim/scripted.h"
#include "tests/suites.h"

#define ALL "POLLIN | POLLOUT"

/* -- states ------------------------------------------------------------------------------------------- */

/* Statements bring the pipe (capacity 8, atomic 4) into a state; then what poll finds for both ends. */
static const struct {
    const char *state, *reading, *writing;
} states[] = {
    {"", "0", "POLLOUT"},                                                  /* PS-153 */
    {"write(p[1], \"abc\")", "POLLIN", "POLLOUT"},                         /* PS-154 */
    {"write(p[1], \"abcd\")", "POLLIN", "POLLOUT"},                        /* just room */
    {"write(p[1], \"abcd\"); write(p[1], \"e\")", "POLLIN", "0"},          /* PS-082 */
    {"write(p[1], \"abcdefgh\")", "POLLIN", "0"},                          /* PS-155 */
    {"write(p[1], \"abcdefgh\"); read(p[0], 1)", "POLLIN", "0"},           /* PS-156 */
    {"close(p[1])", "POLLHUP", "POLLNVAL"},                                /* PS-157, PS-019 */
    {"write(p[1], \"abc\"); close(p[1])", "POLLIN | POLLHUP", "POLLNVAL"}, /* PS-158 */
    {"close(p[0])", "POLLNVAL", "POLLOUT | POLLERR"},                      /* PS-159 */
    {"write(p[1], \"abcdefgh\"); close(p[0])", "POLLNVAL", "POLLERR"},     /* PS-160 */
};

START_TEST(each_state_of_a_pipe_is_reported)
{
    struct strbuf text = {0};
    strbuf_addf(&text,
                "set capacity = 8, atomic = 4\n"
                "process a { pipe(p); %s\n"
                "  n = poll(p[0], " ALL ", p[1], " ALL ", 0) = ?\n"
                "  assert(revents(p[0]) == (%s)); assert(revents(p[1]) == (%s))\n"
                "  assert(n == (revents(p[0]) != 0) + (revents(p[1]) != 0)) }\n",
                states[_i].state, states[_i].reading, states[_i].writing);
    comes_true(strbuf_text(&text));
    strbuf_free(&text);
}
END_TEST

START_TEST(hang_up_and_error_are_reported_unasked) /* PS-161 */
{
    comes_true("process a { pipe(p); pipe(q); close(p[1]); close(q[0])\n"
               "  poll(p[0], 0, q[1], 0, -1) = 2; assert(revents(p[0]) == POLLHUP)\n"
               "  assert(revents(q[1]) == POLLERR) }\n");
}
END_TEST

START_TEST(the_wrong_event_for_an_end_never_comes) /* PS-162 */
{
    comes_true("process a { pipe(p); write(p[1], \"x\"); poll(p[0], POLLOUT, p[1], POLLIN, 0) = 0\n"
               "  assert(revents(p[0]) == 0 and revents(p[1]) == 0) }\n");
}
END_TEST

START_TEST(a_negative_descriptor_is_ignored) /* PS-165 */
{
    comes_true("process a { pipe(p); poll(-1, " ALL ", 0) = 0; assert(revents(-1) == 0)\n"
               "  poll(-1, " ALL ", p[1], POLLOUT, -1) = 1; @0..5 poll(-1, POLLIN, 5) = 0 }\n");
}
END_TEST

START_TEST(a_closed_descriptor_is_reported_at_once) /* PS-019 */
{
    comes_true("process a { @0 poll(77, POLLIN, -1) = 1; assert(revents(77) == POLLNVAL) }\n");
}
END_TEST

START_TEST(the_terminal_is_always_ready)
{
    comes_true(
        "process a { poll(0, POLLIN, 1, POLLOUT, -1) = 2; assert(revents(1) == POLLOUT) }\n");
}
END_TEST

START_TEST(what_is_said_to_be_writable_takes_an_atomic_write) /* PS-082 */
{
    comes_true("set capacity = 10, atomic = 4\n"
               "process a { pipe2(p, O_NONBLOCK); n = 0\n"
               "  while (poll(p[1], POLLOUT, 0)) { write(p[1], \"abcd\") = 4; n = n + 4 }\n"
               "  assert(n == 8); write(p[1], \"abcd\") = -1 EAGAIN; write(p[1], \"ab\") = 2 }\n");
}
END_TEST

/* -- sleeping ----------------------------------------------------------------------------------------- */

START_TEST(poll_sleeps_until_bytes_come)
{
    comes_true("pipe p\n"
               "process r < p { @0..4 poll(p, POLLIN, -1) = 1; read(p, 9) = \"x\" }\n"
               "process w > p { @4 write(p, \"x\"); @5 sleep(0) }\n"
               "expect at 2: r asleep on poll\n");
}
END_TEST

START_TEST(poll_sleeps_until_its_time_is_over)
{
    comes_true("process a { pipe(p); @0..7 poll(p[0], POLLIN, 7) = 0; assert(revents(p[0]) == 0)\n"
               "  @7 poll(p[0], POLLIN, 0) = 0 }\n");
}
END_TEST

START_TEST(poll_for_ever_on_nothing_is_a_deadlock)
{
    comes_true("process a { pipe(p); @0..never poll(p[0], POLLIN, -1) }\n");
}
END_TEST

START_TEST(the_longest_timeout_is_no_mistake)
{
    comes_true("process a { sleep(1); pipe(p); fork(c); close(p[1])\n"
               "  @1..2 poll(p[0], POLLIN, 9223372036854775807) = 1 }\n"
               "process c { sleep(1) }\n");
}
END_TEST

START_TEST(poll_sleeps_until_there_is_room) /* PS-109 */
{
    comes_true(
        "pipe p(capacity = 8, atomic = 4)\n"
        "process w > p { write(p, \"abcdefgh\"); @0..3 poll(p, POLLOUT, -1) = 1; @3 write(p, \"ijkl\") = 4 }\n"
        "process r < p { @1 read(p, 3); @3 read(p, 1); @4 sleep(0) }\n");
}
END_TEST

START_TEST(poll_sees_the_other_side_leave)
{
    comes_true(
        "pipe p, q(capacity = 1)\n"
        "process r < p { @0..2 poll(p, POLLIN, -1) = 1; assert(revents(p) == POLLHUP) }\n"
        "process w > q { write(q, \"x\"); @0..3 poll(q, POLLOUT, -1) = 1; assert(revents(q) == POLLERR) }\n"
        "process o > p < q { @2 close(p); @3 close(q) }\n");
}
END_TEST

START_TEST(poll_sees_the_pipe_grow)
{
    comes_true("pipe p(capacity = 4, atomic = 4)\n"
               "process w > p { write(p, \"abcd\"); @0..2 poll(p, POLLOUT, -1) = 1 }\n"
               "process r < p { @2 fcntl(p, F_SETPIPE_SZ, 8); @3 sleep(0) }\n");
}
END_TEST

START_TEST(of_several_descriptors_any_ends_the_sleep)
{
    comes_true("pipe p, q, r\n"
               "process a < p < q < r { @0..2 poll(p, POLLIN, q, POLLIN, r, POLLIN, 99) = 1\n"
               "  assert(revents(p) == 0 and revents(q) == POLLIN and revents(r) == 0) }\n"
               "process w > p > q > r { @2 write(q, \"x\"); @3 sleep(0) }\n");
}
END_TEST

START_TEST(one_write_wakes_all_who_poll_and_the_reader_too) /* PS-105, PS-106 */
{
    comes_true("pipe p\n"
               "process a * 4 < p { @0..2 poll(p, POLLIN, -1) = 1 }\n"
               "process w > p { @2 write(p, \"x\"); @3 sleep(0) }\n");
}
END_TEST

START_TEST(who_finds_its_byte_stolen_sleeps_again)
{
    comes_true("pipe p\n"
               "process a < p { @0..5 poll(p, POLLIN, -1) = 1; assert(revents(p) == POLLHUP) }\n"
               "process w < p > p { @2 write(p[1], \"x\"); read(p[0], 1); @5 close(p[1]) }\n");
    comes_true("pipe p\n"
               "process a < p { @0..4 poll(p, POLLIN, 4) = 0 }\n"
               "process w < p > p { @2 write(p[1], \"x\"); read(p[0], 1); @5 close(p[1]) }\n");
}
END_TEST

START_TEST(a_change_that_was_not_asked_for_wakes_nobody)
{
    comes_true("pipe p\n"
               "process a > p < p { write(p[1], \"x\"); @0..6 poll(p[0], POLLOUT, 6) = 0 }\n"
               "process r < p { @2 read(p, 1) }\n");
}
END_TEST

START_TEST(a_signal_ends_the_poll) /* never restarted */
{
    comes_true(
        "def h(s) { }\n"
        "process a { signal(SIGUSR1, h); pipe(p); @0..3 poll(p[0], POLLIN, -1) = -1 EINTR }\n"
        "process k { @3 kill(a, SIGUSR1) }\n");
}
END_TEST

START_TEST(what_is_ready_when_the_signal_comes_is_still_reported)
{
    comes_true(
        "def h(s) { n = n + 1 }\n"
        "pipe p\n"
        "process a < p { n = 0; signal(SIGUSR1, h); @0..3 poll(p, POLLIN, -1) = 1; assert(n == 1) }\n"
        "process k > p { @3 write(p, \"x\"); kill(a, SIGUSR1); @4 sleep(0) }\n");
}
END_TEST

START_TEST(a_poll_that_ends_leaves_nothing_behind)
{
    comes_true(
        "pipe p\n"
        "process a < p { repeat 50 { poll(p, POLLIN, 1) = 0 }; @50..60 poll(p, POLLIN, -1) = 1 }\n"
        "process b < p { repeat 30 { poll(p, POLLIN, 1) = 0 } }\n"
        "process w > p { @60 write(p, \"x\"); @61 sleep(0) }\n");
}
END_TEST

Suite *polling_suite(void)
{
    Suite *suite = suite_create("polling");
    TCase *ready = tcase_create("ready");
    tcase_add_loop_test(ready, each_state_of_a_pipe_is_reported, 0, sizeof states / sizeof *states);
    tcase_add_test(ready, hang_up_and_error_are_reported_unasked);
    tcase_add_test(ready, the_wrong_event_for_an_end_never_comes);
    tcase_add_test(ready, a_negative_descriptor_is_ignored);
    tcase_add_test(ready, a_closed_descriptor_is_reported_at_once);
    tcase_add_test(ready, the_terminal_is_always_ready);
    tcase_add_test(ready, what_is_said_to_be_writable_takes_an_atomic_write);
    suite_add_tcase(suite, ready);

    TCase *sleep = tcase_create("sleep");
    tcase_add_test(sleep, poll_sleeps_until_bytes_come);
    tcase_add_test(sleep, poll_sleeps_until_its_time_is_over);
    tcase_add_test(sleep, poll_for_ever_on_nothing_is_a_deadlock);
    tcase_add_test(sleep, the_longest_timeout_is_no_mistake);
    tcase_add_test(sleep, poll_sleeps_until_there_is_room);
    tcase_add_test(sleep, poll_sees_the_other_side_leave);
    tcase_add_test(sleep, poll_sees_the_pipe_grow);
    tcase_add_test(sleep, of_several_descriptors_any_ends_the_sleep);
    tcase_add_test(sleep, one_write_wakes_all_who_poll_and_the_reader_too);
    tcase_add_test(sleep, who_finds_its_byte_stolen_sleeps_again);
    tcase_add_test(sleep, a_change_that_was_not_asked_for_wakes_nobody);
    tcase_add_test(sleep, a_signal_ends_the_poll);
    tcase_add_test(sleep, what_is_ready_when_the_signal_comes_is_still_reported);
    tcase_add_test(sleep, a_poll_that_ends_leaves_nothing_behind);
    suite_add_tcase(suite, sleep);
    return suite;
}

/* test_signals.c - signals: what they do to processes, to sleeping calls, and to writes that nobody will
 * read. PS-nnn are facts of the pipe semantics. */
#include "tests/sim/scripted.h"
#include "tests/suites.h"

/* -- SIGPIPE and EPIPE -------------------------------------------------------------------------------- */

START_TEST(a_write_that_nobody_can_read_kills_the_writer) /* PS-126 */
{
    comes_true("pipe p\n"
               "process a > p { write(p, \"x\") = killed SIGPIPE; assert(0) }\n"
               "end a killed by SIGPIPE, a killed, not a exited\n");
}
END_TEST

START_TEST(when_sigpipe_is_ignored_the_write_fails_each_time) /* PS-127 */
{
    comes_true("pipe p\n"
               "process a > p { signal(SIGPIPE, IGN); repeat 3 { write(p, \"x\") = -1 EPIPE } }\n");
}
END_TEST

START_TEST(a_handler_for_sigpipe_runs_once_for_each_write) /* PS-128 */
{
    comes_true(
        "def h(s) { n = n + s }\n"
        "pipe p\n"
        "process a > p { n = 0; signal(SIGPIPE, h)\n"
        "  write(p, \"x\") = -1 EPIPE; write(p, \"y\" * 5000) = -1 EPIPE; write(p, \"z\") = -1 EPIPE\n"
        "  assert(n == 39); write(p, \"\") = 0; assert(n == 39) }\n");
}
END_TEST

START_TEST(sigpipe_is_for_the_thread_that_writes) /* PS-129 */
{
    comes_true("def h(s) { print(\"got it\") }\n"
               "process a { signal(SIGPIPE, h); pipe(p); close(p[0]); thread(t); join(t) }\n"
               "process t { write(p[1], \"x\") = -1 EPIPE }\n"
               "end t.output == \"got it\\n\", a.output == \"\"\n");
}
END_TEST

START_TEST(a_partial_write_whose_reader_leaves_is_short_and_raises_sigpipe_too) /* PS-131 */
{
    comes_true(
        "def h(s) { n = n + 1 }\n"
        "set atomic = 1\n"
        "pipe p(capacity = 4)\n"
        "process w > p { n = 0; signal(SIGPIPE, h); @0..3 write(p, \"abcdefgh\") = 4; assert(n == 1)\n"
        "  write(p, \"x\") = -1 EPIPE; assert(n == 2) }\n"
        "process r < p { @3 close(p) }\n");
}
END_TEST

START_TEST(sigpipe_is_raised_also_when_another_signal_comes_with_it) /* measured on the host */
{
    comes_true("def h(s) { n = n + 1 }\n"
               "def k(s) { m = m + 1 }\n"
               "pipe p(capacity = 4, atomic = 1)\n"
               "process w > p { n = 0; m = 0; signal(SIGPIPE, h); signal(SIGUSR1, k)\n"
               "  @0..3 write(p, \"abcdefgh\") = 4; assert(m == 1); assert(n == 1) }\n"
               "process r < p { @3 kill(w, SIGUSR1); close(p) }\n");
}
END_TEST

START_TEST(by_default_sigpipe_kills_even_after_bytes_went_in) /* PS-132 */
{
    comes_true(
        "pipe p(capacity = 4, atomic = 1)\n"
        "process w > p { @0 signal(SIGPIPE, DFL); write(p, \"abcdefgh\") = killed SIGPIPE }\n"
        "process r < p { @3 close(p) }\n"
        "end p.stream == \"abcd\" and p.lost == 4\n");
}
END_TEST

START_TEST(a_write_asleep_with_nothing_in_gets_epipe_when_the_reader_leaves) /* PS-133 */
{
    comes_true(
        "def h(s) { n = n + 1 }\n"
        "pipe p(capacity = 4, atomic = 4)\n"
        "process w > p { n = 0; signal(SIGPIPE, h); write(p, \"abcd\"); @0..3 write(p, \"e\") = -1 EPIPE\n"
        "  assert(n == 1) }\n"
        "process r < p { @3 close(p) }\n");
}
END_TEST

START_TEST(a_short_write_that_is_not_the_readers_fault_raises_nothing)
{
    comes_true("process a { pipe2(p, O_NONBLOCK); write(p[1], \"x\" * 70000) = 65536 }\n");
}
END_TEST

/* -- reads and writes that are interrupted ------------------------------------------------------------- */

START_TEST(a_read_that_sleeps_ends_with_eintr) /* PS-139 */
{
    comes_true(
        "def h(s) { n = s }\n"
        "pipe p\n"
        "process r < p { sigaction(SIGUSR1, h); n = 0; @0..2 read(p, 1) = -1 EINTR; assert(n == 10) }\n"
        "process w > p { @2 kill(r, SIGUSR1) = 0; @3 sleep(0) }\n");
}
END_TEST

START_TEST(with_sa_restart_it_goes_on_after_the_handler) /* PS-140 */
{
    comes_true("def h(s) { n = n + 1 }\n"
               "pipe p\n"
               "process r < p { n = 0; sigaction(SIGUSR1, h, SA_RESTART); signal(SIGUSR2, h)\n"
               "  @0..5 read(p, 9) = \"x\"; assert(n == 2); @5 getpid() = 1; @7 getpid() = 1 }\n"
               "process w > p { @2 kill(r, SIGUSR1); @3 kill(r, SIGUSR2); @5 write(p, \"x\") }\n"
               "expect at 2: r asleep on p.not_empty\n");
}
END_TEST

START_TEST(a_call_that_goes_on_keeps_its_time_when_the_handler_makes_calls)
{
    comes_true(
        "def h(s) { @2 write(q, \"!\") = 1 }\n"
        "pipe p, q\n"
        "process r < p > q { signal(SIGUSR1, h); @0..5 read(p, 9) = \"x\" }\n"
        "process w > p < q { @2 kill(r, SIGUSR1); read(q, 1) = \"!\"; @5 write(p, \"x\") }\n");
}
END_TEST

START_TEST(an_ignored_signal_interrupts_nothing) /* PS-141, PS-146 */
{
    comes_true("pipe p, q(capacity = 4, atomic = 1)\n"
               "process r < p { signal(SIGUSR1, IGN); @0..5 read(p, 9) = \"x\" }\n"
               "process s > q { signal(SIGUSR1, IGN); @0..5 write(q, \"abcdefgh\") = 8 }\n"
               "process w > p < q { @2 kill(r, SIGUSR1); kill(s, SIGUSR1); kill(r, SIGCHLD)\n"
               "  @5 write(p, \"x\"); read(q, 9) = \"abcd\"; read(q, 9) = \"efgh\" }\n"
               "end r.sleeps == 1\n");
}
END_TEST

START_TEST(a_write_with_nothing_in_ends_with_eintr_or_goes_on) /* PS-142, PS-143 */
{
    comes_true("def h(s) { }\n"
               "pipe p(capacity = 4, atomic = 4)\n"
               "process w > p { sigaction(SIGUSR1, h); signal(SIGUSR2, h); write(p, \"abcd\")\n"
               "  @0..1 write(p, \"ef\") = -1 EINTR; @1..4 write(p, \"gh\") = 2 }\n"
               "process r < p { @1 kill(w, SIGUSR1); @2 ioctl(p, FIONREAD) = 4; kill(w, SIGUSR2)\n"
               "  @4 read(p, 4); @5 read(p, 9) = \"gh\" }\n");
}
END_TEST

START_TEST(a_partial_write_is_short_with_or_without_sa_restart) /* PS-144, PS-145 */
{
    comes_true(
        "def h(s) { }\n"
        "pipe p(capacity = 4, atomic = 1)\n"
        "process w > p { sigaction(SIGUSR1, h); signal(SIGUSR2, h); @0..1 write(p, \"abcdef\") = 4\n"
        "  sleep(1); @2..3 write(p, \"ghijkl\") = 2 }\n"
        "process r < p { @1 kill(w, SIGUSR1); @2 read(p, 2); @3 kill(w, SIGUSR2); @4 read(p, 9) = \"cdgh\" }\n");
}
END_TEST

START_TEST(an_interrupted_atomic_write_leaves_nothing_in_the_pipe) /* PS-147 */
{
    comes_true(
        "def h(s) { }\n"
        "pipe p(capacity = 8, atomic = 4)\n"
        "process w > p { sigaction(SIGUSR1, h); write(p, \"abcdef\"); @0..1 write(p, \"ghij\") = -1 EINTR }\n"
        "process r < p { @1 kill(w, SIGUSR1); @2 ioctl(p, FIONREAD) = 6; read(p, 9) = \"abcdef\" }\n");
}
END_TEST

START_TEST(an_interrupted_sleeper_does_not_eat_a_wake_up)
{
    comes_true("def h(s) { }\n"
               "pipe p\n"
               "process r < p { sigaction(SIGUSR1, h); @0..1 read(p, 1) = -1 EINTR; @9 close(p) }\n"
               "process s < p { @0..2 read(p, 1) = \"x\" }\n"
               "process w > p { @1 kill(r, SIGUSR1); @2 write(p, \"x\"); @10 sleep(0) }\n");
}
END_TEST

START_TEST(wait_and_join_are_interrupted_and_restarted)
{
    comes_true("def h(s) { }\n"
               "process a { sigaction(SIGUSR1, h); signal(SIGUSR2, h); fork(c)\n"
               "  @0..1 wait(c) = -1 EINTR; @1..5 wait(c) = 0 }\n"
               "process c { @5 sleep(0) }\n"
               "process k { @1 kill(a, SIGUSR1); @3 kill(a, SIGUSR2) }\n");
}
END_TEST

/* -- what signals do ---------------------------------------------------------------------------------- */

START_TEST(by_default_a_signal_kills) /* except SIGCHLD */
{
    comes_true("process a { raise(SIGHUP) = killed SIGHUP }\n"
               "process b { raise(SIGINT) = killed SIGINT }\n"
               "process c { raise(SIGKILL) = killed SIGKILL }\n"
               "process d { raise(SIGUSR1) = killed SIGUSR1 }\n"
               "process e { raise(SIGUSR2) = killed SIGUSR2 }\n"
               "process f { raise(SIGPIPE) = killed SIGPIPE }\n"
               "process g { raise(SIGALRM) = killed SIGALRM }\n"
               "process h { raise(SIGTERM) = killed SIGTERM }\n"
               "process i { raise(SIGCHLD) = 0 }\n");
}
END_TEST

START_TEST(sigkill_can_be_neither_caught_nor_ignored)
{
    comes_true("def h(s) { }\n"
               "process a { signal(SIGKILL, h) = -1 EINVAL; signal(SIGKILL, IGN) = -1 EINVAL\n"
               "  signal(SIGKILL, DFL) = -1 EINVAL; raise(SIGKILL) = killed SIGKILL }\n");
}
END_TEST

START_TEST(a_killed_process_closes_its_descriptors)
{
    comes_true("pipe p\n"
               "process w > p { pause() = killed SIGTERM }\n"
               "process r < p { @0..3 read(p, 1) = EOF }\n"
               "process k { @3 kill(w, SIGTERM) }\n"
               "end no descriptor open\n");
}
END_TEST

START_TEST(a_signal_kills_who_has_not_begun)
{
    comes_true("process k { kill(a, SIGTERM) }\n"
               "process a { x = 1 }\n"
               "end a killed by SIGTERM\n");
}
END_TEST

START_TEST(a_signal_kills_all_threads)
{
    comes_true("process a { thread(t); pipe(p); @0..? read(p[0], 1) = killed SIGTERM }\n"
               "process t { @0..? sleep(100) = ? }\n"
               "process k { @1 kill(a, SIGTERM) }\n"
               "end a killed by SIGTERM, now == 1\n");
}
END_TEST

START_TEST(a_signal_to_a_process_whose_main_thread_has_ended_reaches_another)
{
    comes_true("process a { pipe(p); thread(t) }\n"
               "process t { @0..2 read(p[0], 1) = killed SIGTERM }\n"
               "process k { @2 kill(a, SIGTERM) = 0 }\n");
}
END_TEST

START_TEST(a_signal_that_the_main_thread_leaves_unhandled_reaches_another)
{
    comes_true("process m { fork(a); wait(a) = 128 + SIGTERM }\n"
               "process a { pipe(p); thread(t); sleep(2) }\n"
               "process t { read(p[0], 1) = ? }\n"
               "process k { @2 kill(a, SIGTERM) }\n");
}
END_TEST

START_TEST(a_signal_pending_twice_is_handled_once)
{
    comes_true("def h(s) { n = n + 1 }\n"
               "process a { n = 0; signal(SIGUSR1, h); @1 sleep(0); assert(n == 1) }\n"
               "process k { kill(a, SIGUSR1); kill(a, SIGUSR1) }\n");
}
END_TEST

START_TEST(ignoring_a_signal_discards_what_is_pending)
{
    comes_true("def h(s) {\n"
               "  runs = runs + 1\n"
               "  if (runs == 1) { raise(SIGUSR2); signal(SIGUSR2, IGN); signal(SIGUSR2, h) }\n"
               "}\n"
               "process a { runs = 0; signal(SIGUSR2, h); raise(SIGUSR2); print(runs) }\n"
               "end a.output == \"1\\n\"\n");
    comes_true("def h(s) { n = n + 1 }\n"
               "process a { n = 0; signal(SIGUSR2, h); thread(t); join(t) = 0; assert(n == 0) }\n"
               "process t { kill(a, SIGUSR2); signal(SIGUSR2, IGN); signal(SIGUSR2, h) }\n");
}
END_TEST

START_TEST(a_thread_that_kills_its_own_process_does_not_come_back)
{
    comes_true("process a { thread(t); pause() = ? }\n"
               "process t { @1 kill(a, SIGUSR2) = killed SIGUSR2; print(\"alive\") }\n"
               "end a killed by SIGUSR2, t.output == \"\"\n");
}
END_TEST

START_TEST(kill_checks_its_arguments)
{
    comes_true(
        "process a { kill(b, 0) = 0; kill(b, 99) = -1 EINVAL; kill(b, -1) = -1 EINVAL; kill(b, 32) = -1 EINVAL\n"
        "  kill(77, SIGTERM) = -1 ESRCH; kill(0, SIGTERM) = -1 ESRCH; kill(-5, 0) = -1 ESRCH\n"
        "  fork(c); sleep(1); kill(c, SIGTERM) = 0; wait(c) = 5; kill(c, SIGTERM) = -1 ESRCH\n"
        "  raise(0) = 0; raise(3) = -1 EINVAL; signal(0, IGN) = -1 EINVAL; signal(3, IGN) = -1 EINVAL }\n"
        "process b { sleep(1) }\n"
        "process c { exit(5) }\n");
}
END_TEST

START_TEST(a_child_inherits_dispositions_but_nothing_pending)
{
    comes_true("def h(s) { n = n + 1 }\n"
               "process a { n = 0; signal(SIGUSR1, h); signal(SIGUSR2, IGN); alarm(5); fork(c)\n"
               "  sleep(2); alarm(0) = 3; wait(c) = 0 }\n"
               "process c { raise(SIGUSR2); raise(SIGUSR1); assert(n == 1); @9 sleep(0) }\n");
}
END_TEST

START_TEST(a_dying_child_tells_its_parent)
{
    comes_true(
        "def h(s) { n = s }\n"
        "process a { n = 0; signal(SIGCHLD, h); fork(c); sleep(5) = 3; assert(n == 17); wait(c) = 0 }\n"
        "process c { sleep(2) }\n");
}
END_TEST

/* -- pause, alarm, sleep ------------------------------------------------------------------------------- */

START_TEST(pause_ends_when_a_signal_was_handled)
{
    comes_true(
        "def h(s) { n = s }\n"
        "process a { n = 0; signal(SIGUSR1, h); signal(SIGUSR2, IGN); @0..3 pause() = -1 EINTR; assert(n == 10) }\n"
        "process k { @2 kill(a, SIGUSR2); @3 kill(a, SIGUSR1) }\n"
        "expect at 2: a asleep on pause\n");
}
END_TEST

START_TEST(alarm_sends_sigalrm_and_tells_what_was_left)
{
    comes_true("def h(s) { n = s }\n"
               "process a { n = 0; signal(SIGALRM, h); alarm(5) = 0; sleep(2) = 0; alarm(4) = 3\n"
               "  @2..6 pause() = -1 EINTR; assert(n == 14); alarm(0) = 0 }\n"
               "process b { alarm(3); @0..3 pause() = killed SIGALRM }\n");
}
END_TEST

START_TEST(a_cancelled_alarm_does_not_ring)
{
    comes_true("process a { alarm(3); sleep(1); alarm(0) = 2; sleep(5) = 0 }\n");
}
END_TEST

START_TEST(the_alarm_of_a_dead_process_rings_for_nobody)
{
    comes_true("process a { alarm(1000) }\n"
               "end now == 0\n");
}
END_TEST

START_TEST(the_largest_alarm_is_no_mistake)
{
    comes_true(
        "process a { sleep(1); alarm(9223372036854775807) = 0; x = alarm(0) = ?; assert(x >= 0) }\n");
}
END_TEST

START_TEST(an_interrupted_sleep_tells_what_was_left)
{
    comes_true("def h(s) { }\n"
               "process a { signal(SIGUSR1, h); @0..4 sleep(10) = 6; @4..14 sleep(10) = 0 }\n"
               "process k { @4 kill(a, SIGUSR1) }\n");
}
END_TEST

START_TEST(a_line_that_waits_for_its_tick_handles_signals_and_still_starts_in_time)
{
    comes_true("def h(s) { n = n + 1 }\n"
               "process a { n = 0; signal(SIGUSR1, h); @6 getpid() = 1; assert(n == 1) }\n"
               "process k { @3 kill(a, SIGUSR1) }\n");
}
END_TEST

Suite *signals_suite(void)
{
    Suite *suite = suite_create("signals");
    TCase *sigpipe = tcase_create("sigpipe");
    tcase_add_test(sigpipe, a_write_that_nobody_can_read_kills_the_writer);
    tcase_add_test(sigpipe, when_sigpipe_is_ignored_the_write_fails_each_time);
    tcase_add_test(sigpipe, a_handler_for_sigpipe_runs_once_for_each_write);
    tcase_add_test(sigpipe, sigpipe_is_for_the_thread_that_writes);
    tcase_add_test(sigpipe, a_partial_write_whose_reader_leaves_is_short_and_raises_sigpipe_too);
    tcase_add_test(sigpipe, sigpipe_is_raised_also_when_another_signal_comes_with_it);
    tcase_add_test(sigpipe, by_default_sigpipe_kills_even_after_bytes_went_in);
    tcase_add_test(sigpipe, a_write_asleep_with_nothing_in_gets_epipe_when_the_reader_leaves);
    tcase_add_test(sigpipe, a_short_write_that_is_not_the_readers_fault_raises_nothing);
    suite_add_tcase(suite, sigpipe);

    TCase *interrupted = tcase_create("interrupted");
    tcase_add_test(interrupted, a_read_that_sleeps_ends_with_eintr);
    tcase_add_test(interrupted, with_sa_restart_it_goes_on_after_the_handler);
    tcase_add_test(interrupted, a_call_that_goes_on_keeps_its_time_when_the_handler_makes_calls);
    tcase_add_test(interrupted, an_ignored_signal_interrupts_nothing);
    tcase_add_test(interrupted, a_write_with_nothing_in_ends_with_eintr_or_goes_on);
    tcase_add_test(interrupted, a_partial_write_is_short_with_or_without_sa_restart);
    tcase_add_test(interrupted, an_interrupted_atomic_write_leaves_nothing_in_the_pipe);
    tcase_add_test(interrupted, an_interrupted_sleeper_does_not_eat_a_wake_up);
    tcase_add_test(interrupted, wait_and_join_are_interrupted_and_restarted);
    suite_add_tcase(suite, interrupted);

    TCase *effect = tcase_create("effect");
    tcase_add_test(effect, by_default_a_signal_kills);
    tcase_add_test(effect, sigkill_can_be_neither_caught_nor_ignored);
    tcase_add_test(effect, a_killed_process_closes_its_descriptors);
    tcase_add_test(effect, a_signal_kills_who_has_not_begun);
    tcase_add_test(effect, a_signal_kills_all_threads);
    tcase_add_test(effect, a_signal_to_a_process_whose_main_thread_has_ended_reaches_another);
    tcase_add_test(effect, a_signal_that_the_main_thread_leaves_unhandled_reaches_another);
    tcase_add_test(effect, a_signal_pending_twice_is_handled_once);
    tcase_add_test(effect, ignoring_a_signal_discards_what_is_pending);
    tcase_add_test(effect, a_thread_that_kills_its_own_process_does_not_come_back);
    tcase_add_test(effect, kill_checks_its_arguments);
    tcase_add_test(effect, a_child_inherits_dispositions_but_nothing_pending);
    tcase_add_test(effect, a_dying_child_tells_its_parent);
    suite_add_tcase(suite, effect);

    TCase *time = tcase_create("time");
    tcase_add_test(time, pause_ends_when_a_signal_was_handled);
    tcase_add_test(time, alarm_sends_sigalrm_and_tells_what_was_left);
    tcase_add_test(time, a_cancelled_alarm_does_not_ring);
    tcase_add_test(time, the_alarm_of_a_dead_process_rings_for_nobody);
    tcase_add_test(time, the_largest_alarm_is_no_mistake);
    tcase_add_test(time, an_interrupted_sleep_tells_what_was_left);
    tcase_add_test(time, a_line_that_waits_for_its_tick_handles_signals_and_still_starts_in_time);
    suite_add_tcase(suite, time);
    return suite;
}

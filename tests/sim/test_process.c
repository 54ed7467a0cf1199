/* test_process.c - processes and threads: making them, ending them, waiting for them. */
#include "tests/sim/scripted.h"
#include "tests/suites.h"

/* -- fork --------------------------------------------------------------------------------------------- */

START_TEST(a_child_has_copies_of_descriptors_and_variables)
{
    comes_true(
        "process a { x = 1; pipe(p); fork(c) = 2; x = 2; close(p[0]); wait(c) = 0; assert(x == 2) }\n"
        "process c { assert(x == 1); x = 3; @0..1 sleep(1); write(p[1], \"y\") = 1\n"
        "  read(p[0], 1) = \"y\" }\n");
}
END_TEST

START_TEST(processes_are_numbered_in_the_order_of_their_making)
{
    comes_true(
        "process a { getpid() = 1; getppid() = 0; fork(c) = 3; fork(c) = 4; wait(c); wait(c.2) }\n"
        "process b { getpid() = 2; getppid() = 0 }\n"
        "process c { getppid() = 1; x = getpid() = 3..4 }\n"
        "end c exited, c.2 exited\n");
}
END_TEST

START_TEST(copies_of_a_block_are_numbered_too)
{
    comes_true("process a * 3 { exit(getpid()) }\n"
               "end a exited with 1, a.2 exited with 2, a.3 exited with 3\n");
}
END_TEST

START_TEST(a_child_of_a_dead_parent_has_no_parent)
{
    comes_true("process a { fork(c); sleep(1) }\n"
               "process c { getppid() = 1; @2 getppid() = 0 }\n");
}
END_TEST

/* -- wait --------------------------------------------------------------------------------------------- */

START_TEST(wait_gives_the_status_as_a_shell_has_it)
{
    comes_true("process a { fork(c); fork(d); fork(e)\n"
               "  wait(c) = 7; wait(d) = 128 + SIGTERM; wait(e) = 255 }\n"
               "process c { exit(7) }\n"
               "process d { raise(SIGTERM) = killed SIGTERM }\n"
               "process e { exit(-1) }\n");
}
END_TEST

START_TEST(an_exit_status_has_8_bits)
{
    comes_true("process a { exit(256 + 3) }\n"
               "end a exited with 3\n");
}
END_TEST

START_TEST(wait_sleeps_until_the_child_has_exited)
{
    comes_true("process a { fork(c); @0..5 wait(c) = 1 }\n"
               "process c { sleep(5); exit(1) }\n"
               "expect at 3: a asleep on wait\n");
}
END_TEST

START_TEST(wait_without_a_name_takes_the_child_that_exits_first)
{
    comes_true("process a { fork(c); fork(d); fork(e)\n"
               "  @0..1 wait() = 4; @..2 wait() = 3; @..3 wait() = 5; wait() = -1 ECHILD }\n"
               "process c { sleep(2); exit(3) }\n"
               "process d { sleep(1); exit(4) }\n"
               "process e { sleep(3); exit(5) }\n");
}
END_TEST

START_TEST(of_several_that_have_exited_wait_takes_the_eldest)
{
    comes_true("process a { fork(c); fork(d); sleep(1); @1 wait() = 3; @1 wait() = 4 }\n"
               "process c { exit(3) }\n"
               "process d { exit(4) }\n");
}
END_TEST

START_TEST(wait_for_one_child_leaves_the_others_waiting)
{
    comes_true(
        "process a { fork(c); fork(d); sleep(1); wait(d) = 4; wait(c) = 3; wait(c) = -1 ECHILD }\n"
        "process c { exit(3) }\n"
        "process d { exit(4) }\n");
}
END_TEST

START_TEST(who_is_no_child_cannot_be_waited_for)
{
    comes_true(
        "process a { wait() = -1 ECHILD; wait(b) = -1 ECHILD; wait(a) = -1 ECHILD\n"
        "  wait(99) = -1 ECHILD; wait(-7) = -1 ECHILD; fork(c); wait(d) = -1 ECHILD; wait(c) }\n"
        "process b { }\n"
        "process c { fork(d); wait(d) }\n"
        "process d { sleep(1) }\n");
}
END_TEST

START_TEST(a_child_can_be_waited_for_by_its_number)
{
    comes_true("process a { x = fork(c); y = fork(c); wait(y) = 0; wait(x) = 0 }\n"
               "process c { }\n");
}
END_TEST

START_TEST(wait_finds_the_child_whose_death_it_is_told_by_a_handler)
{
    /* measured on the host: the dead child is looked for before the signal is */
    comes_true("def h(s) { n = n + 1 }\n"
               "process a { n = 0; sigaction(SIGCHLD, h); fork(c); wait(c) = 3; assert(n == 1) }\n"
               "process c { sleep(1); exit(3) }\n");
}
END_TEST

/* -- threads ------------------------------------------------------------------------------------------ */

START_TEST(threads_share_descriptors_and_have_copies_of_variables)
{
    comes_true(
        "process a { x = 1; pipe(p); thread(t) = 2; x = 2; @0..1 read(p[0], 1) = EOF\n"
        "  assert(x == 2); getpid() = 1 }\n"
        "process t { assert(x == 1); x = 5; @1 close(p[1]); getpid() = 1; pipe(q); dup2(q[0], 9) }\n");
}
END_TEST

START_TEST(join_waits_for_the_end_of_a_thread)
{
    comes_true("process a { thread(t); thread(u); @0..3 join(t); @3..6 join(u); @6 join(t) }\n"
               "process t { sleep(3) }\n"
               "process u { sleep(6) }\n"
               "expect at 2: a asleep on join\n");
}
END_TEST

START_TEST(join_refuses_who_is_no_thread_of_the_process)
{
    comes_true(
        "process a { join(a) = -1 ESRCH; join(b) = -1 ESRCH; join(99) = -1 ESRCH; thread(t); join(t) }\n"
        "process b { }\n"
        "process t { join(t) = -1 EDEADLK; join(a) = -1 ESRCH }\n");
}
END_TEST

START_TEST(a_process_lives_as_long_as_one_of_its_threads)
{
    comes_true("process a { pipe(p); fork(c); thread(t); close(p[0]) }\n"
               "process t { @4 write(p[1], \"x\") = 1; @5 sleep(0) }\n"
               "process c { close(p[1]); @0..4 read(p[0], 1) = \"x\"; @4..5 read(p[0], 1) = EOF }\n"
               "end no descriptor open\n");
}
END_TEST

START_TEST(exit_ends_all_threads)
{
    comes_true("process m { fork(a); wait(a) = 4 }\n"
               "process a { pipe(p); thread(t); thread(u); thread(v); pause() }\n"
               "process t { read(p[0], 1); assert(0) }\n"
               "process u { sleep(100); assert(0) }\n"
               "process v { sleep(1); exit(4) }\n"
               "end m exited with 0, a exited with 4, now == 1\n");
}
END_TEST

START_TEST(a_thread_that_ends_does_not_end_the_process)
{
    comes_true("process a { thread(t); join(t); sleep(1); print(\"on\") }\n"
               "process t { }\n"
               "end a.output == \"on\\n\"\n");
}
END_TEST

START_TEST(the_number_of_processes_and_threads_is_limited)
{
    comes_true("set max_processes = 3\n"
               "process a { fork(c) = 2; wait(c); thread(t) = 3; fork(c) = -1 EAGAIN }\n"
               "process c { }\n"
               "process t { }\n");
}
END_TEST

/* -- time --------------------------------------------------------------------------------------------- */

START_TEST(sleep_takes_its_ticks_and_0_takes_none)
{
    comes_true("process a { @0 sleep(0) = 0; @0..7 sleep(7) = 0; sleep(-1) = -1 EINVAL }\n");
}
END_TEST

START_TEST(a_long_sleep_takes_no_longer)
{
    comes_true("process a { sleep(1000000000000) = 0 }\n"
               "end now == 1000000000000\n");
}
END_TEST

START_TEST(the_longest_sleep_is_no_mistake)
{
    comes_true("process a { sleep(9223372036854775807); sleep(9223372036854775807); sleep(5) }\n");
}
END_TEST

START_TEST(yield_lets_the_others_run)
{
    comes_true("process a { write(1, \"a\"); yield(); write(1, \"A\"); kill(b, 0) = -1 ESRCH }\n"
               "process b { write(1, \"b\") }\n");
}
END_TEST

Suite *process_suite(void)
{
    Suite *suite = suite_create("process");
    TCase *fork = tcase_create("fork");
    tcase_add_test(fork, a_child_has_copies_of_descriptors_and_variables);
    tcase_add_test(fork, processes_are_numbered_in_the_order_of_their_making);
    tcase_add_test(fork, copies_of_a_block_are_numbered_too);
    tcase_add_test(fork, a_child_of_a_dead_parent_has_no_parent);
    suite_add_tcase(suite, fork);

    TCase *wait = tcase_create("wait");
    tcase_add_test(wait, wait_gives_the_status_as_a_shell_has_it);
    tcase_add_test(wait, an_exit_status_has_8_bits);
    tcase_add_test(wait, wait_sleeps_until_the_child_has_exited);
    tcase_add_test(wait, wait_without_a_name_takes_the_child_that_exits_first);
    tcase_add_test(wait, of_several_that_have_exited_wait_takes_the_eldest);
    tcase_add_test(wait, wait_for_one_child_leaves_the_others_waiting);
    tcase_add_test(wait, who_is_no_child_cannot_be_waited_for);
    tcase_add_test(wait, a_child_can_be_waited_for_by_its_number);
    tcase_add_test(wait, wait_finds_the_child_whose_death_it_is_told_by_a_handler);
    suite_add_tcase(suite, wait);

    TCase *threads = tcase_create("thread");
    tcase_add_test(threads, threads_share_descriptors_and_have_copies_of_variables);
    tcase_add_test(threads, join_waits_for_the_end_of_a_thread);
    tcase_add_test(threads, join_refuses_who_is_no_thread_of_the_process);
    tcase_add_test(threads, a_process_lives_as_long_as_one_of_its_threads);
    tcase_add_test(threads, exit_ends_all_threads);
    tcase_add_test(threads, a_thread_that_ends_does_not_end_the_process);
    tcase_add_test(threads, the_number_of_processes_and_threads_is_limited);
    suite_add_tcase(suite, threads);

    TCase *time = tcase_create("time");
    tcase_add_test(time, sleep_takes_its_ticks_and_0_takes_none);
    tcase_add_test(time, a_long_sleep_takes_no_longer);
    tcase_add_test(time, the_longest_sleep_is_no_mistake);
    tcase_add_test(time, yield_lets_the_others_run);
    suite_add_tcase(suite, time);
    return suite;
}

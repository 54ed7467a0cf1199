/* test_pipes.c - reading and writing as the kernel's calls do it. PS-nnn are facts of the pipe
 * semantics; where those count in slots, the ring counts in bytes. */
#include "tests/sim/scripted.h"
#include "tests/suites.h"

/* -- reading ------------------------------------------------------------------------------------------ */

START_TEST(a_read_takes_what_is_there_and_does_not_wait_for_more) /* PS-024..PS-027, PS-032 */
{
    comes_true("process a {\n"
               "  pipe(p)\n"
               "  write(p[1], \"abc\"); read(p[0], 100) = \"abc\"\n"
               "  repeat 10 { write(p[1], \"x\") }; read(p[0], 10) = \"x\" * 10\n"
               "  write(p[1], \"0123456789\"); write(p[1], \"abcdefghij\")\n"
               "  read(p[0], 15) = \"0123456789abcde\"; read(p[0], 15) = \"fghij\"\n"
               "}\n");
}
END_TEST

START_TEST(a_read_sleeps_until_the_first_byte_comes) /* PS-026 */
{
    comes_true("pipe p\n"
               "process r < p { @0..3 read(p, 100) = \"ab\" }\n"
               "process w > p { @3 write(p, \"ab\") = 2; @4 close(p) }\n"
               "expect at 2: r asleep on p.not_empty\n");
}
END_TEST

START_TEST(a_nonblocking_read_of_nothing_is_eagain) /* PS-028 */
{
    comes_true("process a { pipe2(p, O_NONBLOCK); @0 read(p[0], 1) = -1 EAGAIN }\n");
}
END_TEST

START_TEST(a_read_of_no_bytes_never_sleeps) /* PS-029 */
{
    comes_true(
        "set capacity = 2\n"
        "process a { pipe(p); @0 read(p[0], 0) = 0; write(p[1], \"xy\"); @0 read(p[0], 0) = \"\"\n"
        "  assert(ioctl(p[0], FIONREAD) == 2); close(p[1]); read(p[0], 5); @0 read(p[0], 0) = 0 }\n");
}
END_TEST

START_TEST(after_the_last_write_end_bytes_come_first_then_end_of_file_for_ever) /* PS-111, PS-112 */
{
    comes_true("process a { pipe(p); write(p[1], \"0123456789\"); close(p[1])\n"
               "  @0 read(p[0], 4) = \"0123\"; @0 read(p[0], 100) = \"456789\"\n"
               "  @0 read(p[0], 1) = EOF; @0 read(p[0], 1) = EOF\n"
               "  fcntl(p[0], F_SETFL, O_NONBLOCK); @0 read(p[0], 1) = EOF }\n");
}
END_TEST

START_TEST(any_number_of_bytes_may_be_asked_for)
{
    comes_true(
        "process a { pipe(p); write(p[1], \"x\"); read(p[0], 9223372036854775807) = \"x\" }\n");
}
END_TEST

/* -- writing ------------------------------------------------------------------------------------------ */

START_TEST(a_pipe_takes_its_capacity_and_then_the_writer_sleeps) /* PS-036 */
{
    comes_true("pipe p\n"
               "process w > p { @0 write(p, \"x\" * 65536) = 65536; @0..5 write(p, \"y\") = 1 }\n"
               "process r < p { @5 read(p, 1) = \"x\"; @6 sleep(0) }\n"
               "expect at 4: w asleep on p.not_full and p.used == 65536\n");
}
END_TEST

START_TEST(a_write_of_no_bytes_is_0_whatever_the_pipe_is_like) /* PS-037 */
{
    comes_true(
        "set capacity = 2\n"
        "process a { pipe(p); write(p[1], \"\") = 0; write(p[1], \"xy\"); @0 write(p[1], \"\") = 0\n"
        "  close(p[0]); @0 write(p[1], \"\") = 0 }\n");
}
END_TEST

START_TEST(of_a_large_write_what_fits_is_in_and_can_be_read_at_once) /* PS-048 */
{
    comes_true("pipe p(capacity = 8, atomic = 2)\n"
               "process w > p { @0..7 write(p, \"0123456789abc\") = 13 }\n"
               "process r < p { @2 read(p, 3) = \"012\"; @3 ioctl(p, FIONREAD) = 8\n"
               "  @7 read(p, 8) = \"3456789a\"; @8 read(p, 8) = \"bc\" }\n"
               "expect at 1: p.used == 8 and w asleep on p.not_full\n");
}
END_TEST

START_TEST(of_an_atomic_write_nothing_is_in_before_all_fits) /* PS-047 */
{
    comes_true(
        "pipe p(capacity = 8, atomic = 4)\n"
        "process w > p { write(p, \"012345\"); @0..5 write(p, \"abcd\") = 4 }\n"
        "process r < p { @1 ioctl(p, FIONREAD) = 6; @2 read(p, 1) = \"0\"\n"
        "  @3 ioctl(p, FIONREAD) = 5; @5 read(p, 1) = \"1\"; @6 read(p, 9) = \"2345abcd\" }\n");
}
END_TEST

START_TEST(large_writes_may_be_interleaved_and_atomic_ones_are_not) /* PS-039..PS-044 */
{
    comes_true(
        "pipe p(capacity = 4, atomic = 2)\n"
        "process a > p { write(p, \"aaaaaaaa\") }\n"
        "process b > p { write(p, \"bbbbbbbb\") }\n"
        "process r < p { n = 0; while (read(p, 1)) { n = n + 1; sleep(1) }; assert(n == 16) }\n"
        "end p.stream == \"aaaa\" + \"ab\" * 4 + \"bbbb\"\n");
    comes_true(
        "pipe p(capacity = 4, atomic = 4)\n"
        "process a > p { repeat 8 { write(p, \"aaa\") } }\n"
        "process b > p { repeat 8 { write(p, \"bbb\") } }\n"
        "process r < p { while (c = read(p, 3)) { assert(c == \"aaa\" or c == \"bbb\") } }\n");
}
END_TEST

/* -- nonblocking writes ------------------------------------------------------------------------------- */

START_TEST(a_nonblocking_write_to_a_full_pipe_is_eagain) /* PS-078 */
{
    comes_true("set capacity = 4, atomic = 2\n"
               "process a { pipe2(p, O_NONBLOCK); write(p[1], \"abcd\") = 4\n"
               "  @0 write(p[1], \"e\") = -1 EAGAIN; @0 write(p[1], \"efghijk\") = -1 EAGAIN }\n");
}
END_TEST

START_TEST(a_nonblocking_atomic_write_is_all_or_nothing) /* PS-079 */
{
    comes_true(
        "set capacity = 8, atomic = 4\n"
        "process a { pipe2(p, O_NONBLOCK); write(p[1], \"abcdef\") = 6\n"
        "  write(p[1], \"ghi\") = -1 EAGAIN; ioctl(p[1], FIONREAD) = 6; write(p[1], \"gh\") = 2 }\n");
}
END_TEST

START_TEST(a_nonblocking_large_write_is_cut_to_what_fits) /* PS-080 */
{
    comes_true("process a { pipe2(p, O_NONBLOCK); write(p[1], \"x\" * 65537) = 65536\n"
               "  read(p[0], 100); write(p[1], \"y\" * 5000) = 100 }\n");
}
END_TEST

START_TEST(a_sleeping_read_does_not_notice_that_the_flag_is_set) /* PS-086 */
{
    comes_true(
        "process a { pipe(p); thread(t); @0..5 read(p[0], 1) = \"x\"; read(p[0], 1) = -1 EAGAIN }\n"
        "process t { @2 fcntl(p[0], F_SETFL, O_NONBLOCK); @5 write(p[1], \"x\") }\n");
}
END_TEST

/* -- who is woken -------------------------------------------------------------------------------------- */

START_TEST(one_write_wakes_the_reader_that_has_waited_longest) /* PS-087 */
{
    comes_true("pipe p\n"
               "process r * 4 < p { x = read(p, 16) = ?; print(x) }\n"
               "process w > p { @1 write(p, \"hello\"); @2 sleep(0) }\n"
               "expect at 1: r exited and r.2 asleep and r.3 asleep and r.4 asleep\n"
               "end r.output == \"hello\\n\", r.2.sleeps == 1, r.3.sleeps == 1, r.4.sleeps == 1\n");
}
END_TEST

START_TEST(readers_are_served_in_the_order_of_their_coming) /* PS-088 */
{
    comes_true("pipe p\n"
               "process r * 3 < p { x = read(p, 1) = ?; print(x) }\n"
               "process w > p { @1 write(p, \"a\"); @2 write(p, \"b\"); @3 write(p, \"c\") }\n"
               "end r.output == \"a\\n\", r.2.output == \"b\\n\", r.3.output == \"c\\n\"\n");
}
END_TEST

START_TEST(a_wake_up_is_handed_on_while_bytes_are_left) /* PS-089 */
{
    comes_true(
        "pipe p\n"
        "process r * 4 < p { x = read(p, 1) = ? }\n"
        "process w > p { @1 write(p, \"abc\"); @5 close(p) }\n"
        "expect at 1: r exited and r.2 exited and r.3 exited and r.4 asleep on p.not_empty\n");
}
END_TEST

START_TEST(one_read_lets_all_writers_go_on_that_fit) /* PS-092 */
{
    comes_true("pipe p(capacity = 8, atomic = 2)\n"
               "process f > p { write(p, \"01234567\"); close(p) }\n"
               "process w * 4 > p { @0..1 write(p, \"ab\") = 2 }\n"
               "process r < p { @1 read(p, 8) = \"01234567\"; @2 read(p, 9) = \"abababab\" }\n");
}
END_TEST

START_TEST(the_last_write_end_wakes_every_reader) /* PS-099, PS-100 */
{
    comes_true("pipe p\n"
               "process r * 4 < p { @0..6 read(p, 1) = EOF }\n"
               "process w > p { @3 x = dup(p); close(p); @6 close(x) }\n");
}
END_TEST

START_TEST(the_last_read_end_wakes_every_writer) /* PS-101, PS-133 */
{
    comes_true("pipe p(capacity = 2, atomic = 2)\n"
               "process f > p { write(p, \"xy\"); close(p) }\n"
               "process w * 4 > p { signal(SIGPIPE, IGN); @..6 write(p, \"ab\") = -1 EPIPE }\n"
               "process r < p { @3 x = dup(p); close(p); @6 close(x) }\n"
               "end p.lost == 2\n");
}
END_TEST

START_TEST(a_process_that_exits_closes_its_ends) /* PS-110 */
{
    comes_true("pipe p\n"
               "process r < p { @0..4 read(p, 1) = EOF }\n"
               "process w > p { sleep(4); exit(7) }\n"
               "end no descriptor open\n");
}
END_TEST

START_TEST(a_killed_writer_leaves_its_bytes_and_then_end_of_file) /* PS-151 */
{
    comes_true(
        "pipe p(capacity = 4, atomic = 1)\n"
        "process w > p { write(p, \"abcdefgh\") = killed SIGKILL }\n"
        "process r < p { @1 kill(w, SIGKILL); @2 read(p, 9) = \"abcd\"; @2 read(p, 9) = EOF }\n");
}
END_TEST

START_TEST(a_killed_reader_takes_no_byte) /* PS-104 */
{
    comes_true("pipe p\n"
               "process r * 2 < p { read(p, 1) = ? }\n"
               "process w > p { @1 kill(r, SIGKILL); @2 write(p, \"x\"); @3 close(p) }\n"
               "end r killed by SIGKILL, r.2 exited, p.lost == 0, p.reads == 1\n");
}
END_TEST

/* -- calls that outlive their descriptor --------------------------------------------------------------- */

START_TEST(closing_a_descriptor_does_not_disturb_a_read_on_it) /* PS-122 */
{
    comes_true(
        "process a { signal(SIGPIPE, IGN); pipe(p); thread(t); @0..4 read(p[0], 9) = \"abcd\"\n"
        "  join(t) }\n"
        "process t { @2 close(p[0]) = 0; read(p[0], 1) = -1 EBADF\n"
        "  @4 write(p[1], \"abcd\") = 4; @5 write(p[1], \"e\") = -1 EPIPE }\n"
        "expect at 3: p.readers == 1\n");
}
END_TEST

START_TEST(a_write_under_way_keeps_its_end_open) /* PS-123 */
{
    comes_true("process a { pipe2(p, 0); fcntl(p[1], F_SETPIPE_SZ, 4); thread(t)\n"
               "  @0..4 write(p[1], \"abcdefgh\") = 8; close(p[1]) = -1 EBADF; join(t) }\n"
               "process t { @2 close(p[1]); @4 read(p[0], 9) = \"abcd\"; @5 read(p[0], 9) = ?\n"
               "  @6 read(p[0], 9) = EOF }\n"
               "set atomic = 1\n"
               "expect at 3: p.writers == 1\n"
               "expect at 5: p.writers == 0\n");
}
END_TEST

START_TEST(a_read_stays_on_its_pipe_when_the_descriptor_gets_another) /* PS-124 */
{
    comes_true("process a { pipe(p); pipe(q); thread(t); @0..3 read(p[0], 9) = \"old\"; join(t) }\n"
               "process t { @1 dup2(q[0], p[0]); @2 write(q[1], \"new\"); @3 write(p[1], \"old\")\n"
               "  read(p[0], 9) = \"new\" }\n");
}
END_TEST

/* -- sizes -------------------------------------------------------------------------------------------- */

START_TEST(the_bytes_in_the_pipe_can_be_asked_on_both_ends) /* PS-118 */
{
    comes_true(
        "process a { signal(SIGPIPE, IGN); pipe(p); ioctl(p[0], FIONREAD) = 0\n"
        "  write(p[1], \"0123456789\"); ioctl(p[0], FIONREAD) = 10; ioctl(p[1], FIONREAD) = 10\n"
        "  close(p[0]); write(p[1], \"x\") = -1 EPIPE; ioctl(p[1], FIONREAD) = 10\n"
        "  ioctl(p[1], 5) = -1 ENOTTY }\n");
}
END_TEST

START_TEST(the_capacity_can_be_asked_and_changed) /* PS-180 */
{
    comes_true("process a { pipe(p); fcntl(p[0], F_GETPIPE_SZ) = 65536\n"
               "  fcntl(p[1], F_SETPIPE_SZ, 100) = 100; fcntl(p[0], F_GETPIPE_SZ) = 100\n"
               "  close(p[0]); fcntl(p[1], F_GETPIPE_SZ) = 100\n"
               "  fcntl(p[1], 99) = -1 EINVAL }\n"
               "end p.capacity == 100\n");
}
END_TEST

START_TEST(impossible_capacities_are_refused) /* PS-103, PS-177 */
{
    comes_true(
        "process a { pipe(p); write(p[1], \"0123456789\")\n"
        "  fcntl(p[0], F_SETPIPE_SZ, 9) = -1 EBUSY; fcntl(p[0], F_SETPIPE_SZ, 10) = 10\n"
        "  fcntl(p[0], F_SETPIPE_SZ, 0) = -1 EINVAL; fcntl(p[0], F_SETPIPE_SZ, -1) = -1 EINVAL\n"
        "  fcntl(p[0], F_SETPIPE_SZ, 1048577) = -1 EPERM\n"
        "  fcntl(p[0], F_SETPIPE_SZ, 9223372036854775807) = -1 EPERM\n"
        "  fcntl(p[0], F_SETPIPE_SZ, 1048576) = 1048576; read(p[0], 99) = \"0123456789\" }\n");
}
END_TEST

START_TEST(growing_the_pipe_wakes_the_writers) /* PS-102 */
{
    comes_true(
        "pipe p(capacity = 4, atomic = 4)\n"
        "process f > p { write(p, \"wxyz\"); @5 sleep(0) }\n"
        "process w * 3 > p { @0..2 write(p, \"abcd\") = 4 }\n"
        "process r < p { @2 fcntl(p, F_SETPIPE_SZ, 16) = 16; @3 read(p, 99) = \"wxyz\" + \"abcd\" * 3 }\n");
}
END_TEST

START_TEST(a_resized_pipe_keeps_its_bytes_in_order_around_the_ring) /* PS-184 */
{
    comes_true(
        "set capacity = 8, atomic = 8\n"
        "process a { pipe(p); write(p[1], \"01234567\"); read(p[0], 5); write(p[1], \"abcd\")\n"
        "  fcntl(p[0], F_SETPIPE_SZ, 7) = 7; write(p[1], \"\") = 0; read(p[0], 2) = \"56\"\n"
        "  fcntl(p[0], F_SETPIPE_SZ, 100); write(p[1], \"efgh\"); read(p[0], 99) = \"7abcdefgh\" }\n");
}
END_TEST

/* -- deadlocks of one's own making --------------------------------------------------------------------- */

START_TEST(who_keeps_a_write_end_never_sees_the_end) /* PS-116 */
{
    comes_true("process a { pipe(p); fork(c); close(p[1]); @0..never wait(c) }\n"
               "process c { @0..never read(p[0], 1) }\n");
}
END_TEST

START_TEST(who_keeps_the_read_end_sleeps_instead_of_epipe)
{
    comes_true("process a { pipe(p); @0..never write(p[1], \"x\" * 70000) }\n"
               "end p.used == 65536\n");
}
END_TEST

Suite *pipes_suite(void)
{
    Suite *suite = suite_create("pipes");
    TCase *reading = tcase_create("read");
    tcase_add_test(reading, a_read_takes_what_is_there_and_does_not_wait_for_more);
    tcase_add_test(reading, a_read_sleeps_until_the_first_byte_comes);
    tcase_add_test(reading, a_nonblocking_read_of_nothing_is_eagain);
    tcase_add_test(reading, a_read_of_no_bytes_never_sleeps);
    tcase_add_test(reading, after_the_last_write_end_bytes_come_first_then_end_of_file_for_ever);
    tcase_add_test(reading, any_number_of_bytes_may_be_asked_for);
    suite_add_tcase(suite, reading);

    TCase *writing = tcase_create("write");
    tcase_add_test(writing, a_pipe_takes_its_capacity_and_then_the_writer_sleeps);
    tcase_add_test(writing, a_write_of_no_bytes_is_0_whatever_the_pipe_is_like);
    tcase_add_test(writing, of_a_large_write_what_fits_is_in_and_can_be_read_at_once);
    tcase_add_test(writing, of_an_atomic_write_nothing_is_in_before_all_fits);
    tcase_add_test(writing, large_writes_may_be_interleaved_and_atomic_ones_are_not);
    suite_add_tcase(suite, writing);

    TCase *nonblocking = tcase_create("nonblocking");
    tcase_add_test(nonblocking, a_nonblocking_write_to_a_full_pipe_is_eagain);
    tcase_add_test(nonblocking, a_nonblocking_atomic_write_is_all_or_nothing);
    tcase_add_test(nonblocking, a_nonblocking_large_write_is_cut_to_what_fits);
    tcase_add_test(nonblocking, a_sleeping_read_does_not_notice_that_the_flag_is_set);
    suite_add_tcase(suite, nonblocking);

    TCase *waking = tcase_create("wake");
    tcase_add_test(waking, one_write_wakes_the_reader_that_has_waited_longest);
    tcase_add_test(waking, readers_are_served_in_the_order_of_their_coming);
    tcase_add_test(waking, a_wake_up_is_handed_on_while_bytes_are_left);
    tcase_add_test(waking, one_read_lets_all_writers_go_on_that_fit);
    tcase_add_test(waking, the_last_write_end_wakes_every_reader);
    tcase_add_test(waking, the_last_read_end_wakes_every_writer);
    tcase_add_test(waking, a_process_that_exits_closes_its_ends);
    tcase_add_test(waking, a_killed_writer_leaves_its_bytes_and_then_end_of_file);
    tcase_add_test(waking, a_killed_reader_takes_no_byte);
    suite_add_tcase(suite, waking);

    TCase *under_way = tcase_create("under way");
    tcase_add_test(under_way, closing_a_descriptor_does_not_disturb_a_read_on_it);
    tcase_add_test(under_way, a_write_under_way_keeps_its_end_open);
    tcase_add_test(under_way, a_read_stays_on_its_pipe_when_the_descriptor_gets_another);
    suite_add_tcase(suite, under_way);

    TCase *sizes = tcase_create("size");
    tcase_add_test(sizes, the_bytes_in_the_pipe_can_be_asked_on_both_ends);
    tcase_add_test(sizes, the_capacity_can_be_asked_and_changed);
    tcase_add_test(sizes, impossible_capacities_are_refused);
    tcase_add_test(sizes, growing_the_pipe_wakes_the_writers);
    tcase_add_test(sizes, a_resized_pipe_keeps_its_bytes_in_order_around_the_ring);
    suite_add_tcase(suite, sizes);

    TCase *deadlock = tcase_create("deadlock");
    tcase_add_test(deadlock, who_keeps_a_write_end_never_sees_the_end);
    tcase_add_test(deadlock, who_keeps_the_read_end_sleeps_instead_of_epipe);
    suite_add_tcase(suite, deadlock);
    return suite;
}

/* test_files.c - descriptors and open files. PS-nnn are facts of the pipe semantics. */
#include "tests/sim/scripted.h"
#include "tests/suites.h"

/* -- numbers ------------------------------------------------------------------------------------------ */

START_TEST(pipe_takes_the_two_lowest_free_descriptors_read_end_first) /* PS-001 */
{
    comes_true("process a {\n"
               "  pipe(p); assert(p[0] == 3 and p[1] == 4)\n"
               "  close(0); pipe(q); assert(q[0] == 0 and q[1] == 5)\n"
               "  close(p[0]); close(2); pipe(r); assert(r[0] == 2 and r[1] == 3)\n"
               "}\n");
}
END_TEST

START_TEST(dup_takes_the_lowest_free_descriptor)
{
    comes_true("process a { pipe(p); dup(p[0]) = 5; close(1); dup(p[1]) = 1; dup(p[1]) = 6 }\n");
}
END_TEST

START_TEST(without_two_free_descriptors_pipe_fails_and_leaks_none) /* PS-008 */
{
    comes_true("set max_files = 6\n"
               "process a {\n"
               "  pipe(p) = 0\n"
               "  p2 = 77\n"
               "  pipe(p2) = -1 EMFILE\n"
               "  assert(p2 == 77)\n"
               "  dup(p[0]) = 5\n"
               "  pipe(q) = -1 EMFILE; dup(0) = -1 EMFILE\n"
               "  close(5); close(0)\n"
               "  pipe(q) = 0; assert(q[0] == 0 and q[1] == 5)\n"
               "}\n"
               "end no descriptor open\n");
}
END_TEST

START_TEST(a_pipe_that_could_not_be_made_takes_no_name)
{
    comes_true("set max_files = 4\n"
               "process a {\n"
               "  pipe(p) = -1 EMFILE\n"
               "  close(0)\n"
               "  pipe(p) = 0\n"
               "  write(p[1], \"x\") = 1\n"
               "  sleep(1)\n"
               "}\n"
               "expect at 0: p.used == 1, p.writes == 1\n");
}
END_TEST

START_TEST(redirections_are_numbered_as_a_shell_does_it)
{
    comes_true("pipe p, q, r, s\n"
               "process a < p > q < r > s {\n"
               "  assert(p == 0 and q == 1 and r == 3 and s == 4)\n"
               "}\n");
}
END_TEST

START_TEST(a_block_with_both_ends_of_a_pipe_has_them_as_a_pair)
{
    comes_true("pipe p\n"
               "process a < p > p { assert(p[0] == 0 and p[1] == 1)\n"
               "  write(p[1], \"x\"); read(p[0], 1) = \"x\" }\n");
}
END_TEST

/* -- EBADF -------------------------------------------------------------------------------------------- */

START_TEST(the_wrong_end_is_ebadf_even_for_no_bytes) /* PS-015 */
{
    comes_true("process a {\n"
               "  pipe(p)\n"
               "  read(p[1], 1) = -1 EBADF; write(p[0], \"x\") = -1 EBADF\n"
               "  read(p[1], 0) = -1 EBADF; write(p[0], \"\") = -1 EBADF\n"
               "}\n");
}
END_TEST

START_TEST(a_closed_descriptor_is_ebadf_for_every_call) /* PS-019, PS-125 */
{
    comes_true("process a {\n"
               "  pipe(p); close(p[0]) = 0; close(p[0]) = -1 EBADF\n"
               "  read(p[0], 1) = -1 EBADF; write(p[0], \"x\") = -1 EBADF\n"
               "  dup(p[0]) = -1 EBADF; dup2(p[0], 9) = -1 EBADF\n"
               "  fcntl(p[0], F_GETFL) = -1 EBADF; fcntl(p[0], F_SETFL, 0) = -1 EBADF\n"
               "  fcntl(p[0], F_GETPIPE_SZ) = -1 EBADF; fcntl(p[0], F_SETPIPE_SZ, 9) = -1 EBADF\n"
               "  ioctl(p[0], FIONREAD) = -1 EBADF\n"
               "}\n");
}
END_TEST

START_TEST(numbers_that_are_no_descriptors_are_ebadf)
{
    comes_true("process a {\n"
               "  read(-1, 1) = -1 EBADF; close(-1) = -1 EBADF; dup(-1) = -1 EBADF\n"
               "  read(1000000, 1) = -1 EBADF; write(9223372036854775807, \"x\") = -1 EBADF\n"
               "  close(-9223372036854775807) = -1 EBADF; close(4294967296) = -1 EBADF\n"
               "}\n");
}
END_TEST

/* -- dup ---------------------------------------------------------------------------------------------- */

START_TEST(dup_shares_the_flags_and_the_other_end_has_its_own) /* PS-022 */
{
    comes_true("process a {\n"
               "  pipe(p); x = dup(p[0])\n"
               "  fcntl(x, F_SETFL, O_NONBLOCK) = 0\n"
               "  fcntl(p[0], F_GETFL) = O_NONBLOCK\n"
               "  fcntl(p[1], F_GETFL) = O_WRONLY\n"
               "  read(p[0], 1) = -1 EAGAIN\n"
               "}\n");
}
END_TEST

START_TEST(fork_shares_the_flags_too)
{
    comes_true("process a { pipe(p); fork(c); wait(c); read(p[0], 1) = -1 EAGAIN }\n"
               "process c { fcntl(p[0], F_SETFL, O_NONBLOCK) }\n");
}
END_TEST

START_TEST(flags_say_which_end_it_is) /* PS-002, PS-003 */
{
    comes_true("process a {\n"
               "  pipe(p); fcntl(p[0], F_GETFL) = O_RDONLY; fcntl(p[1], F_GETFL) = O_WRONLY\n"
               "  pipe2(q, O_NONBLOCK | O_CLOEXEC)\n"
               "  fcntl(q[0], F_GETFL) = O_NONBLOCK; fcntl(q[1], F_GETFL) = O_WRONLY | O_NONBLOCK\n"
               "  fcntl(q[1], F_SETFL, 0) = 0; fcntl(q[1], F_GETFL) = O_WRONLY\n"
               "}\n");
}
END_TEST

START_TEST(pipe2_refuses_other_flags) /* PS-006 */
{
    comes_true("process a { pipe2(p, 1) = -1 EINVAL; pipe2(p, O_NONBLOCK | 1024) = -1 EINVAL;"
               " pipe2(p, 0) = 0; assert(p[0] == 3) }\n");
}
END_TEST

START_TEST(dup2_closes_what_was_there)
{
    comes_true("process a {\n"
               "  pipe(p); pipe(q)\n"
               "  dup2(q[1], p[1]) = 4\n" /* p's only write end is gone */
               "  read(p[0], 1) = EOF\n"
               "  write(4, \"x\") = 1; read(q[0], 1) = \"x\"\n"
               "}\n");
}
END_TEST

START_TEST(dup2_onto_itself_does_nothing)
{
    comes_true("process a {\n"
               "  pipe(p); dup2(p[1], p[1]) = 4; write(p[1], \"x\") = 1; read(p[0], 1) = \"x\"\n"
               "  close(p[1]); dup2(p[1], p[1]) = -1 EBADF\n"
               "}\n");
}
END_TEST

START_TEST(dup2_takes_numbers_below_the_limit)
{
    comes_true(
        "set max_files = 10\n"
        "process a {\n"
        "  pipe(p); dup2(p[0], 9) = 9; dup2(p[0], 10) = -1 EBADF; dup2(p[0], -1) = -1 EBADF\n"
        "  read(p[0], 1) = ?\n"
        "}\n"
        "process b { sleep(1); kill(a, SIGKILL) }\n");
}
END_TEST

START_TEST(dup_keeps_the_end_open) /* PS-113, PS-114 */
{
    comes_true("process a {\n"
               "  signal(SIGPIPE, IGN)\n"
               "  pipe2(p, O_NONBLOCK); x = dup(p[1]); y = dup(p[0]); close(p[1]); close(p[0])\n"
               "  read(y, 1) = -1 EAGAIN; write(x, \"a\") = 1; read(y, 1) = \"a\"\n"
               "  close(y); write(x, \"b\") = -1 EPIPE\n"
               "}\n");
}
END_TEST

/* -- the terminal ------------------------------------------------------------------------------------- */

START_TEST(the_terminal_prints_and_gives_end_of_file)
{
    comes_true(
        "process a {\n"
        "  read(0, 10) = EOF; write(1, \"one \") = 4; write(2, \"two\") = 3; write(0, \"\") = 0\n"
        "  ioctl(0, FIONREAD) = 0; fcntl(1, F_GETPIPE_SZ) = -1 EBADF\n" /* PS-185 */
        "  x = dup(1); close(1); write(1, \"x\") = -1 EBADF; write(x, \"three\") = 5\n"
        "}\n"
        "end a.output == \"one twothree\"\n");
}
END_TEST

START_TEST(a_redirected_output_goes_into_the_pipe)
{
    comes_true(
        "process a { pipe(p); x = dup(1); dup2(p[1], 1); write(1, \"ab\"); read(p[0], 9) = \"ab\"\n"
        "  dup2(x, 1); write(1, \"cd\") }\n"
        "end a.output == \"cd\"\n");
}
END_TEST

/* -- counting ----------------------------------------------------------------------------------------- */

START_TEST(every_descriptor_counts_as_an_end)
{
    comes_true("process a {\n"
               "  pipe(p); x = dup(p[0]); y = dup(p[1]); dup2(y, 9)\n"
               "  @1 fork(c)\n"
               "  @2 wait(c)\n"
               "  @3 close(x); close(9)\n"
               "  @4 getpid()\n"
               "}\n"
               "process c { }\n"
               "expect at 0: p.readers == 2, p.writers == 3\n"
               "expect at 3: p.readers == 1, p.writers == 2\n"
               "end p.readers == 0 and p.writers == 0\n"
               "sometimes p.readers == 4\n");
}
END_TEST

START_TEST(the_table_grows_to_the_limit)
{
    comes_true("process a { pipe(p); n = 2; while ((x = dup(p[0]) = ?) >= 0) { n = n + 1 }\n"
               "  assert(n == 1021 and errno == EMFILE and x == -1)\n"
               "  repeat 1019 { close(n + 2); n = n - 1 }\n"
               "  pipe(q) = 0 }\n"
               "end no descriptor open\n");
}
END_TEST

Suite *files_suite(void)
{
    Suite *suite = suite_create("files");
    TCase *numbers = tcase_create("number");
    tcase_add_test(numbers, pipe_takes_the_two_lowest_free_descriptors_read_end_first);
    tcase_add_test(numbers, dup_takes_the_lowest_free_descriptor);
    tcase_add_test(numbers, without_two_free_descriptors_pipe_fails_and_leaks_none);
    tcase_add_test(numbers, a_pipe_that_could_not_be_made_takes_no_name);
    tcase_add_test(numbers, redirections_are_numbered_as_a_shell_does_it);
    tcase_add_test(numbers, a_block_with_both_ends_of_a_pipe_has_them_as_a_pair);
    tcase_add_test(numbers, the_table_grows_to_the_limit);
    suite_add_tcase(suite, numbers);

    TCase *bad = tcase_create("bad");
    tcase_add_test(bad, the_wrong_end_is_ebadf_even_for_no_bytes);
    tcase_add_test(bad, a_closed_descriptor_is_ebadf_for_every_call);
    tcase_add_test(bad, numbers_that_are_no_descriptors_are_ebadf);
    suite_add_tcase(suite, bad);

    TCase *dup = tcase_create("dup");
    tcase_add_test(dup, dup_shares_the_flags_and_the_other_end_has_its_own);
    tcase_add_test(dup, fork_shares_the_flags_too);
    tcase_add_test(dup, flags_say_which_end_it_is);
    tcase_add_test(dup, pipe2_refuses_other_flags);
    tcase_add_test(dup, dup2_closes_what_was_there);
    tcase_add_test(dup, dup2_onto_itself_does_nothing);
    tcase_add_test(dup, dup2_takes_numbers_below_the_limit);
    tcase_add_test(dup, dup_keeps_the_end_open);
    tcase_add_test(dup, every_descriptor_counts_as_an_end);
    suite_add_tcase(suite, dup);

    TCase *terminal = tcase_create("terminal");
    tcase_add_test(terminal, the_terminal_prints_and_gives_end_of_file);
    tcase_add_test(terminal, a_redirected_output_goes_into_the_pipe);
    suite_add_tcase(suite, terminal);
    return suite;
}

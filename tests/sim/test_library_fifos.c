/* test_library_fifos.c - FIFOs for real threads. PS-nnn are facts of the pipe semantics. */
#include "tests/sim/seated.h"
#include "tests/suites.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>

enum { NB = O_NONBLOCK };

static struct sim *sim;
static _Atomic int signals;

static void open_system(void)
{
    sim = sim_new(NULL);
    ck_assert_ptr_nonnull(sim);
    sim_signal(SIGPIPE, SIG_IGN, 0);
    ck_assert_int_eq(sim_mkfifo("f", 0600), 0);
}

static void close_system(void)
{
    sim_free(sim);
    forget_callers();
}

static ssize_t opens(struct caller *c)
{
    return sim_open("f", c->with);
}

static struct caller *opener(int flags)
{
    return caller_of(opens, 0, 0, flags);
}

static void count_signal(int signal)
{
    (void)signal;
    signals++;
}

static int open_f(int flags)
{
    int fd = sim_open("f", flags);
    return fd < 0 ? -errno : fd;
}

START_TEST(PS_187_188_189_a_reader_before_between_and_after_writers)
{
    int r = open_f(O_RDONLY | NB);
    ck_assert_int_eq(mask_of(r), 0);
    ck_assert_int_eq(take(r, 1), 0);
    int w = open_f(O_WRONLY);
    put(w, 3, 'x');
    sim_close(w);
    ck_assert_int_eq(mask_of(r), POLLIN | POLLHUP);
    ck_assert_int_eq(take(r, 9), 3);
    ck_assert_int_eq(mask_of(r), POLLHUP);
    ck_assert_int_eq(take(r, 9), 0);
    open_f(O_WRONLY);
    ck_assert_int_eq(mask_of(r), 0);
    ck_assert_int_eq(take(r, 10), -EAGAIN);
}
END_TEST

START_TEST(PS_190_191_each_side_waits_for_the_other)
{
    static const int modes[][2] = {{O_RDONLY, O_WRONLY}, {O_WRONLY, O_RDONLY}};
    if (modes[_i][0] == O_WRONLY)
        ck_assert_int_eq(open_f(O_WRONLY | NB), -ENXIO);
    struct caller *c = opener(modes[_i][0]);
    ck_assert(caller_sleeps(c));
    ck_assert_int_ge(open_f(modes[_i][1]), 3);
    ck_assert_int_ge(caller_result(c), 3);
}
END_TEST

START_TEST(PS_192_who_opens_both_ends_waits_for_nobody)
{
    int fd = open_f(O_RDWR | NB);
    ck_assert_int_ge(fd, 3);
    ck_assert_int_eq(put(fd, 3, 'x'), 3);
    ck_assert_int_eq(take(fd, 9), 3);
    ck_assert_int_eq(take(fd, 9), -EAGAIN);
    ck_assert_int_eq(mask_of(fd), POLLOUT);
}
END_TEST

START_TEST(PS_193_a_signal_ends_an_open_or_not)
{
    struct caller *c = opener(O_RDONLY);
    sim_signal(SIGUSR1, count_signal, SA_RESTART);
    sim_thread_kill(c->number, SIGUSR1);
    while (signals == 0)
        sched_yield();
    ck_assert(caller_sleeps(c));
    sim_signal(SIGUSR1, count_signal, 0);
    sim_thread_kill(c->number, SIGUSR1);
    ck_assert_int_eq(caller_result(c), -EINTR);
    ck_assert_int_eq(open_f(O_WRONLY | NB), -ENXIO);
}
END_TEST

START_TEST(PS_194_a_writer_that_leaves_at_once_is_not_missed)
{
    struct caller *c = opener(O_RDONLY);
    sim_close(open_f(O_WRONLY));
    int r = (int)caller_result(c);
    ck_assert_int_ge(r, 3);
    ck_assert_int_eq(mask_of(r), POLLHUP);
    ck_assert_int_eq(take(r, 1), 0);
}
END_TEST

START_TEST(PS_195_one_writer_lets_two_readers_in)
{
    struct caller *a = opener(O_RDONLY), *b = opener(O_RDONLY);
    ck_assert_int_ge(open_f(O_WRONLY), 3);
    ck_assert_int_ge(caller_result(a), 3);
    ck_assert_int_ge(caller_result(b), 3);
}
END_TEST

START_TEST(PS_196_who_waits_in_open_counts_as_a_reader)
{
    struct caller *c = opener(O_RDONLY);
    ck_assert_int_ge(open_f(O_WRONLY | NB), 3);
    ck_assert_int_ge(caller_result(c), 3);
}
END_TEST

START_TEST(PS_197_bytes_stay_as_long_as_somebody_has_it_open)
{
    int both = open_f(O_RDWR);
    put(both, 7, 'x');
    int w = open_f(O_WRONLY);
    sim_close(both);
    ck_assert_int_eq(put(w, 1, 'y'), -EPIPE);
    int r = open_f(O_RDONLY);
    ck_assert_int_eq(take(r, 100), 7);
}
END_TEST

START_TEST(PS_198_with_the_last_descriptor_all_is_gone)
{
    int both = open_f(O_RDWR);
    put(both, 7, 'x');
    sim_fcntl(both, F_SETPIPE_SZ, 4096L);
    sim_close(both);
    both = open_f(O_RDWR);
    ck_assert_int_eq(bytes_in(both), 0);
    ck_assert_int_eq(sim_fcntl(both, F_GETPIPE_SZ), PIPEFUL);
}
END_TEST

START_TEST(PS_199_200_flags_without_effect_and_unlink)
{
    int both = open_f(O_RDWR);
    put(both, 3, 'x');
    int w = open_f(O_WRONLY | O_TRUNC | O_APPEND | O_CLOEXEC);
    ck_assert_int_eq(bytes_in(both), 3);
    ck_assert_int_eq(sim_fcntl(w, F_GETFD), FD_CLOEXEC);
    ck_assert_int_eq(sim_lseek(w, 0, 0), -1);
    ck_assert_int_eq(errno, ESPIPE);
    ck_assert_int_eq(sim_unlink("f"), 0);
    ck_assert_int_eq(open_f(O_RDONLY | NB), -ENOENT);
    ck_assert_int_eq(put(w, 2, 'y'), 2);
    ck_assert_int_eq(take(both, 9), 5);
}
END_TEST

START_TEST(paths_that_are_none)
{
    ck_assert_int_eq(sim_mkfifo("f", 0600), -1);
    ck_assert_int_eq(errno, EEXIST);
    ck_assert_int_eq(sim_unlink("g"), -1);
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_int_eq(sim_open("", O_RDONLY), -1);
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

Suite *library_fifos_suite(void)
{
    Suite *suite = suite_create("library_fifos");
    TCase *open = tcase_create("open");
    tcase_set_timeout(open, 30);
    tcase_add_checked_fixture(open, open_system, close_system);
    tcase_add_test(open, PS_187_188_189_a_reader_before_between_and_after_writers);
    tcase_add_loop_test(open, PS_190_191_each_side_waits_for_the_other, 0, 2);
    tcase_add_test(open, PS_192_who_opens_both_ends_waits_for_nobody);
    tcase_add_test(open, PS_193_a_signal_ends_an_open_or_not);
    tcase_add_test(open, PS_194_a_writer_that_leaves_at_once_is_not_missed);
    tcase_add_test(open, PS_195_one_writer_lets_two_readers_in);
    tcase_add_test(open, PS_196_who_waits_in_open_counts_as_a_reader);
    tcase_add_test(open, PS_197_bytes_stay_as_long_as_somebody_has_it_open);
    tcase_add_test(open, PS_198_with_the_last_descriptor_all_is_gone);
    tcase_add_test(open, PS_199_200_flags_without_effect_and_unlink);
    tcase_add_test(open, paths_that_are_none);
    suite_add_tcase(suite, open);
    return suite;
}

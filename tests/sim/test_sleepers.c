/* test_sleepers.c - real threads that sleep in the calls of pipesim.h: who is woken by what, and with
 * what result. PS-nnn are facts of the pipe semantics, measured on Linux. That a thread sleeps is asked
 * for, never waited for. */
#include "tests/sim/seated.h"
#include "tests/suites.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

static struct sim *sim;
static int p[2];
static _Atomic int signals;

static void open_system(void)
{
    sim = sim_new(NULL);
    ck_assert_ptr_nonnull(sim);
    sim_signal(SIGPIPE, SIG_IGN, 0);
    ck_assert_int_eq(sim_pipe(p), 0);
}

static void close_system(void)
{
    sim_free(sim); /* whoever still sleeps is woken */
    forget_callers();
}

static void fill(void)
{
    ck_assert_int_eq(put(p[1], PIPEFUL, 'f'), PIPEFUL);
}

static void count_signal(int signal)
{
    (void)signal;
    signals++;
}

/* How many of them have returned, once the rest are asleep. */
static int returned(struct caller **callers, int count)
{
    int n = 0;
    for (int i = 0; i < count; i++)
        n += !caller_sleeps(callers[i]);
    return n;
}

/* So many that some must have returned: when that is so, and the others sleep. */
static void await_returned(struct caller **callers, int count, int wanted)
{
    while (returned(callers, count) < wanted)
        sched_yield();
    ck_assert_int_eq(returned(callers, count), wanted);
}

/* -- reading ------------------------------------------------------------------------------------------ */

START_TEST(PS_024_026_a_read_sleeps_until_there_is_one_byte_and_takes_what_is_there)
{
    struct caller *r = reader_of(p[0], 100);
    ck_assert(caller_sleeps(r));
    ck_assert_int_eq(put(p[1], 2, 'x'), 2);
    ck_assert_int_eq(caller_result(r), 2);
    ck_assert_mem_eq(r->buffer, "xx", 2);
}
END_TEST

START_TEST(PS_031_a_read_takes_one_pipeful_and_not_what_the_writer_will_add)
{
    struct caller *w = writer_to(p[1], 200000, 'x');
    ck_assert(caller_sleeps(w));
    ck_assert_int_eq(take(p[0], 200000), PIPEFUL);
    for (ssize_t total = PIPEFUL; total < 200000;)
        total += take(p[0], PIPEFUL);
    ck_assert_int_eq(caller_result(w), 200000);
}
END_TEST

START_TEST(PS_036_a_pipeful_goes_in_without_a_reader_and_the_next_byte_sleeps)
{
    fill();
    ck_assert(caller_sleeps(writer_to(p[1], 1, 'x')));
}
END_TEST

/* -- large and small writes --------------------------------------------------------------------------- */

START_TEST(PS_043_a_large_write_queues_behind_a_small_one_after_each_slot)
{
    put(p[1], 15 * PAGE_BYTES, 'f');
    struct caller *a = writer_to(p[1], 3 * PAGE_BYTES, 'a'), *b = writer_to(p[1], PAGE_BYTES, 'b');
    struct caller *both[] = {a, b};
    take(p[0], PAGE_BYTES);
    ck_assert(caller_sleeps(a));
    take(p[0], PAGE_BYTES);
    await_returned(both, 2, 1);
    ck_assert(b->returned);
    take(p[0], PAGE_BYTES);
    ck_assert_int_eq(caller_result(a), 3 * PAGE_BYTES);
    take(p[0], 12 * PAGE_BYTES);
    ck_assert_int_eq(take(p[0], PIPEFUL), 4 * PAGE_BYTES);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(taken[i * PAGE_BYTES], "aaba"[i]);
}
END_TEST

START_TEST(PS_044_the_pages_of_two_large_writes_alternate)
{
    fill();
    struct caller *both[] = {writer_to(p[1], 4 * PAGE_BYTES, 'a'),
                             writer_to(p[1], 4 * PAGE_BYTES, 'b')};
    for (int i = 0; i < 8; i++) {
        take(p[0], PAGE_BYTES);
        while (bytes_in(p[0]) < PIPEFUL)
            sched_yield();
        returned(both, 2);
    }
    take(p[0], 8 * PAGE_BYTES);
    ck_assert_int_eq(take(p[0], PIPEFUL), 8 * PAGE_BYTES);
    for (int i = 0; i < 8; i++)
        ck_assert_int_eq(taken[i * PAGE_BYTES], "ab"[i % 2]);
}
END_TEST

START_TEST(PS_047_nothing_of_a_small_write_is_in_the_pipe_while_it_sleeps)
{
    put(p[1], 61441, 'f');
    ck_assert(caller_sleeps(writer_to(p[1], PAGE_BYTES, 'x')));
    ck_assert_int_eq(bytes_in(p[0]), 61441);
}
END_TEST

START_TEST(PS_048_what_fits_of_a_large_write_can_be_read_while_it_sleeps)
{
    ck_assert(caller_sleeps(writer_to(p[1], 100000, 'x')));
    ck_assert_int_eq(bytes_in(p[0]), PIPEFUL);
}
END_TEST

START_TEST(PS_049_a_large_write_goes_on_in_whole_slots)
{
    static const int steps[][2] = {{1, 65535},    {4095, 65536},  {5000, 64632},
                                   {3192, 65536}, {20480, 65536}, {4096, 63136}};
    struct caller *w = writer_to(p[1], 100000, 'x');
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        /* PS-049 has the fill before it: 65536 are in, 34464 are to come */
        ck_assert_int_eq(take(p[0], (size_t)steps[i][0]), steps[i][0]);
        while (bytes_in(p[0]) != steps[i][1])
            sched_yield();
        caller_sleeps(w);
        ck_assert_int_eq(bytes_in(p[0]), steps[i][1]);
    }
    ck_assert_int_eq(caller_result(w), 100000);
}
END_TEST

/* -- who is woken ------------------------------------------------------------------------------------- */

static struct caller *four[4];

static void four_readers(size_t n)
{
    for (int i = 0; i < 4; i++)
        four[i] = reader_of(p[0], n);
    ck_assert_int_eq(returned(four, 4), 0);
}

static void four_writers(size_t n)
{
    for (int i = 0; i < 4; i++)
        four[i] = writer_to(p[1], n, (char)('a' + i));
    ck_assert_int_eq(returned(four, 4), 0);
}

START_TEST(PS_087_a_write_wakes_the_reader_that_has_waited_longest)
{
    four_readers(16);
    put(p[1], 5, 'x');
    await_returned(four, 4, 1);
    ck_assert_int_eq(caller_result(four[0]), 5);
}
END_TEST

START_TEST(PS_089_readers_hand_on_what_is_left)
{
    four_readers(1);
    put(p[1], 3, 'x');
    await_returned(four, 4, 3);
    ck_assert(caller_sleeps(four[3]));
}
END_TEST

START_TEST(PS_090_a_writer_is_woken_for_each_slot_that_becomes_free)
{
    static const struct {
        size_t n;
        int returned;
    } steps[] = {{1, 0}, {4095, 1}, {4096, 2}, {8192, 4}};
    fill();
    four_writers(PAGE_BYTES);
    for (size_t i = 0; i < 4; i++) {
        take(p[0], steps[i].n);
        await_returned(four, 4, steps[i].returned);
    }
}
END_TEST

START_TEST(PS_092_one_large_read_lets_all_writers_finish_in_their_order)
{
    fill();
    four_writers(PAGE_BYTES);
    ck_assert_int_eq(take(p[0], PIPEFUL), PIPEFUL);
    await_returned(four, 4, 4);
    ck_assert_int_eq(take(p[0], PIPEFUL), 4 * PAGE_BYTES);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(taken[i * PAGE_BYTES], 'a' + i);
}
END_TEST

START_TEST(PS_093_a_writer_that_has_slept_does_not_merge)
{
    fill();
    four_writers(1000);
    take(p[0], PAGE_BYTES);
    await_returned(four, 4, 1);
    ck_assert_int_eq(bytes_in(p[0]), 62440);
    ck_assert_int_eq(put(p[1], 1000, 'x'), 1000);
}
END_TEST

START_TEST(PS_094_a_small_write_overtakes_one_that_sleeps)
{
    put(p[1], 61441, 'f');
    struct caller *a = writer_to(p[1], PAGE_BYTES, 'a');
    ck_assert_int_eq(put(p[1], 10, 'b'), 10);
    ck_assert(caller_sleeps(a));
}
END_TEST

START_TEST(PS_099_the_last_writers_close_wakes_all_readers)
{
    four_readers(1);
    sim_close(p[1]);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(caller_result(four[i]), 0);
}
END_TEST

START_TEST(PS_100_the_close_of_one_of_two_writers_wakes_nobody)
{
    four_readers(1);
    int copy = sim_dup(p[1]);
    sim_close(p[1]);
    ck_assert_int_eq(returned(four, 4), 0);
    sim_close(copy);
    await_returned(four, 4, 4);
}
END_TEST

START_TEST(PS_101_the_last_readers_close_gives_all_writers_EPIPE)
{
    signals = 0;
    sim_signal(SIGPIPE, count_signal, 0);
    fill();
    four_writers(PAGE_BYTES);
    sim_close(p[0]);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(caller_result(four[i]), -EPIPE);
    ck_assert_int_eq(signals, 4);
}
END_TEST

START_TEST(PS_102_growing_lets_all_writers_finish)
{
    fill();
    four_writers(PAGE_BYTES);
    ck_assert_int_eq(sim_fcntl(p[1], F_SETPIPE_SZ, 131072L), 131072);
    await_returned(four, 4, 4);
}
END_TEST

START_TEST(PS_103_shrinking_below_what_is_in_use_disturbs_nobody)
{
    struct caller *w = writer_to(p[1], 100000, 'x');
    ck_assert_int_eq(sim_fcntl(p[0], F_SETPIPE_SZ, 32768L), -1);
    ck_assert_int_eq(errno, EBUSY);
    ck_assert(caller_sleeps(w));
}
END_TEST

START_TEST(PS_104_a_byte_goes_to_the_next_reader_when_the_first_is_killed)
{
    int child = sim_fork();
    struct caller *first = reader_in(child, p[0], 1), *second = reader_of(p[0], 1);
    ck_assert_int_eq(sim_thread_kill(first->number, SIGKILL), 0);
    ck_assert_int_eq(caller_result(first), -EINTR);
    put(p[1], 1, 'x');
    ck_assert_int_eq(caller_result(second), 1);
}
END_TEST

static ssize_t polls(struct caller *c)
{
    struct pollfd one = {c->fd, (short)c->with, 0};
    int n = sim_poll(&one, 1, -1);
    return n == 1 ? one.revents : n;
}

START_TEST(PS_105_all_who_poll_are_woken)
{
    for (int i = 0; i < 4; i++)
        four[i] = caller_of(polls, p[0], 0, POLLIN);
    ck_assert_int_eq(returned(four, 4), 0);
    put(p[1], 1, 'x');
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(caller_result(four[i]), POLLIN);
}
END_TEST

START_TEST(PS_109_who_polls_for_room_sleeps_until_a_slot_is_free)
{
    fill();
    struct caller *c = caller_of(polls, p[1], 0, POLLOUT);
    take(p[0], 1);
    ck_assert(caller_sleeps(c));
    take(p[0], 4095);
    ck_assert_int_eq(caller_result(c), POLLOUT);
}
END_TEST

/* -- closing ------------------------------------------------------------------------------------------ */

START_TEST(PS_110_a_reader_sees_the_end_when_its_only_peer_exits)
{
    int child = sim_fork(), parent = sim_getpid();
    sim_close(p[1]);
    struct caller *r = reader_of(p[0], 1);
    ck_assert_int_eq(sim_enter(child), 0);
    sim_exit(0);
    ck_assert_int_eq(caller_result(r), 0);
    ck_assert_int_eq(sim_enter(parent), 0);
}
END_TEST

START_TEST(PS_111_112_bytes_first_and_then_the_end_for_ever)
{
    put(p[1], 10, 'x');
    sim_close(p[1]);
    stay_awake(p[0]);
    static const int wanted[] = {4, 6, 0, 0};
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(take(p[0], i == 0 ? 4 : 100), wanted[i]);
}
END_TEST

START_TEST(PS_113_114_copies_keep_an_end_open)
{
    int r = sim_dup(p[0]), w = sim_dup(p[1]);
    stay_awake(r);
    sim_close(p[1]);
    ck_assert_int_eq(take(r, 1), -EAGAIN);
    sim_close(p[0]);
    ck_assert_int_eq(put(w, 1, 'x'), 1);
    ck_assert_int_eq(take(r, 1), 1);
    int last = sim_dup(w);
    sim_close(w);
    sim_close(r);
    ck_assert_int_eq(put(last, 1, 'x'), -EPIPE);
}
END_TEST

START_TEST(PS_118_what_is_unread_stays_until_both_ends_are_closed)
{
    put(p[1], 10, 'x');
    sim_close(p[0]);
    ck_assert_int_eq(put(p[1], 1, 'x'), -EPIPE);
    ck_assert_int_eq(bytes_in(p[1]), 10);
    ck_assert_int_eq(put(p[1], 0, 'x'), 0);
}
END_TEST

START_TEST(PS_115_116_a_reader_that_keeps_a_write_end_waits_for_itself)
{
    struct caller *r = reader_in(sim_fork(), p[0], 1);
    sim_close(p[1]);
    ck_assert(caller_sleeps(r));
}
END_TEST

START_TEST(PS_122_a_close_does_not_wake_who_reads)
{
    struct caller *r = reader_of(p[0], 10);
    ck_assert_int_eq(sim_close(p[0]), 0);
    ck_assert(caller_sleeps(r));
    ck_assert_int_eq(put(p[1], 4, 'x'), 4);
    ck_assert_int_eq(caller_result(r), 4);
    ck_assert_int_eq(put(p[1], 4, 'x'), -EPIPE);
}
END_TEST

START_TEST(PS_123_a_writer_that_sleeps_keeps_its_end_open)
{
    struct caller *w = writer_to(p[1], PIPEFUL + 1, 'x');
    sim_close(p[1]);
    ck_assert_int_eq(take(p[0], PIPEFUL), PIPEFUL);
    ck_assert_int_eq(caller_result(w), PIPEFUL + 1);
    ck_assert_int_eq(take(p[0], 10), 1);
    ck_assert_int_eq(take(p[0], 10), 0);
}
END_TEST

START_TEST(PS_124_a_reader_stays_on_the_pipe_that_it_began_with)
{
    int q[2];
    sim_pipe(q);
    struct caller *r = reader_of(p[0], 1);
    ck_assert_int_eq(sim_dup2(q[0], p[0]), p[0]);
    put(q[1], 1, 'q');
    ck_assert(caller_sleeps(r));
    put(p[1], 1, 'p');
    ck_assert_int_eq(caller_result(r), 1);
    ck_assert_int_eq(r->buffer[0], 'p');
}
END_TEST

/* -- SIGPIPE and other signals ------------------------------------------------------------------------ */

START_TEST(PS_131_a_large_write_cut_short_by_a_close_gives_its_count_and_SIGPIPE)
{
    signals = 0;
    sim_signal(SIGPIPE, count_signal, SA_RESTART);
    struct caller *w = writer_to(p[1], 100000, 'x');
    sim_close(p[0]);
    ck_assert_int_eq(caller_result(w), PIPEFUL);
    ck_assert_int_eq(signals, 1);
    ck_assert_int_eq(put(p[1], 1, 'x'), -EPIPE);
    ck_assert_int_eq(signals, 2);
}
END_TEST

START_TEST(PS_132_the_same_with_the_default_ends_the_program)
{
    sim_signal(SIGPIPE, SIG_DFL, 0);
    struct caller *w = writer_to(p[1], 100000, 'x');
    sim_close(p[0]);
    caller_result(w);
}
END_TEST

START_TEST(PS_133_a_small_write_whose_reader_closes_gives_EPIPE)
{
    signals = 0;
    sim_signal(SIGPIPE, count_signal, 0);
    fill();
    struct caller *w = writer_to(p[1], 1, 'x');
    sim_close(p[0]);
    ck_assert_int_eq(caller_result(w), -EPIPE);
    ck_assert_int_eq(signals, 1);
}
END_TEST

static pthread_t ran_on;

static void note_thread(int signal)
{
    (void)signal;
    signals++;
    ran_on = pthread_self();
}

START_TEST(PS_129_the_handler_runs_on_the_thread_that_writes)
{
    sim_signal(SIGPIPE, note_thread, 0);
    fill();
    struct caller *w = writer_to(p[1], 1, 'x');
    pthread_t writer = w->thread;
    sim_close(p[0]);
    caller_result(w);
    ck_assert(pthread_equal(ran_on, writer));
}
END_TEST

enum about { NOT_RESTARTED = 0, RESTARTED = SA_RESTART, IGNORED = -1 };

/* Sends it SIGUSR1, which is handled so, or ignored. */
static void disturb(struct caller *c, enum about about)
{
    signals = 0;
    sim_signal(SIGUSR1, about == IGNORED ? SIG_IGN : count_signal, about == IGNORED ? 0 : about);
    ck_assert(caller_sleeps(c));
    ck_assert_int_eq(sim_thread_kill(c->number, SIGUSR1), 0);
    while (about != IGNORED && signals == 0)
        sched_yield();
}

START_TEST(PS_139_a_signal_ends_a_read)
{
    struct caller *r = reader_of(p[0], 1);
    disturb(r, NOT_RESTARTED);
    ck_assert_int_eq(caller_result(r), -EINTR);
    ck_assert_int_eq(signals, 1);
}
END_TEST

START_TEST(PS_140_a_read_goes_on_after_a_handler_with_SA_RESTART)
{
    struct caller *r = reader_of(p[0], 1);
    disturb(r, RESTARTED);
    ck_assert(caller_sleeps(r));
    put(p[1], 1, 'x');
    ck_assert_int_eq(caller_result(r), 1);
    ck_assert_int_eq(signals, 1);
}
END_TEST

START_TEST(PS_141_an_ignored_signal_disturbs_no_read)
{
    struct caller *r = reader_of(p[0], 1);
    disturb(r, IGNORED);
    ck_assert_int_eq(sim_thread_kill(r->number, SIGCHLD), 0);
    ck_assert(caller_sleeps(r));
}
END_TEST

START_TEST(PS_142_143_a_write_of_which_nothing_is_in)
{
    fill();
    struct caller *w = writer_to(p[1], PAGE_BYTES, 'x');
    disturb(w, RESTARTED);
    ck_assert(caller_sleeps(w));
    disturb(w, NOT_RESTARTED);
    ck_assert_int_eq(caller_result(w), -EINTR);
    ck_assert_int_eq(bytes_in(p[0]), PIPEFUL);
}
END_TEST

START_TEST(PS_144_145_a_write_of_which_some_is_in_gives_its_count_whatever_SA_RESTART_says)
{
    struct caller *w = writer_to(p[1], 100000, 'x');
    disturb(w, _i == 0 ? NOT_RESTARTED : RESTARTED);
    ck_assert_int_eq(caller_result(w), PIPEFUL);
}
END_TEST

START_TEST(PS_146_an_ignored_signal_disturbs_no_write)
{
    struct caller *w = writer_to(p[1], 100000, 'x');
    disturb(w, IGNORED);
    ck_assert(caller_sleeps(w));
    take(p[0], PIPEFUL);
    ck_assert_int_eq(caller_result(w), 100000);
}
END_TEST

START_TEST(PS_147_a_small_write_that_a_signal_ends_leaves_nothing)
{
    put(p[1], 61441, 'f');
    struct caller *w = writer_to(p[1], PAGE_BYTES, 'x');
    disturb(w, NOT_RESTARTED);
    ck_assert_int_eq(caller_result(w), -EINTR);
    ck_assert_int_eq(bytes_in(p[0]), 61441);
}
END_TEST

START_TEST(PS_148_of_a_larger_one_what_has_merged_is_in)
{
    put(p[1], 61441, 'f');
    struct caller *w = writer_to(p[1], PAGE_BYTES + 1, 'x');
    disturb(w, NOT_RESTARTED);
    ck_assert_int_eq(caller_result(w), 1);
}
END_TEST

START_TEST(poll_is_not_restarted)
{
    struct caller *c = caller_of(polls, p[0], 0, POLLIN);
    disturb(c, RESTARTED);
    ck_assert_int_eq(caller_result(c), -EINTR);
}
END_TEST

static ssize_t splices(struct caller *c)
{
    return c->with == 't' ? sim_tee(p[0], c->fd, c->n, 0)
                          : sim_splice(p[0], NULL, c->fd, NULL, c->n, 0);
}

START_TEST(splice_and_tee_sleep_for_bytes_and_are_restarted)
{
    int q[2];
    sim_pipe(q);
    struct caller *c = caller_of(splices, q[1], 100, _i == 0 ? 't' : 's');
    disturb(c, RESTARTED);
    ck_assert(caller_sleeps(c));
    put(p[1], 3, 'x');
    ck_assert_int_eq(caller_result(c), 3);
    ck_assert_int_eq(bytes_in(q[0]), 3);
    ck_assert_int_eq(bytes_in(p[0]), _i == 0 ? 3 : 0);
}
END_TEST

static void add_reading(TCase *to)
{
    tcase_add_test(to, PS_024_026_a_read_sleeps_until_there_is_one_byte_and_takes_what_is_there);
    tcase_add_test(to, PS_031_a_read_takes_one_pipeful_and_not_what_the_writer_will_add);
    tcase_add_test(to, PS_036_a_pipeful_goes_in_without_a_reader_and_the_next_byte_sleeps);
}

static void add_writing(TCase *to)
{
    tcase_add_test(to, PS_043_a_large_write_queues_behind_a_small_one_after_each_slot);
    tcase_add_test(to, PS_044_the_pages_of_two_large_writes_alternate);
    tcase_add_test(to, PS_047_nothing_of_a_small_write_is_in_the_pipe_while_it_sleeps);
    tcase_add_test(to, PS_048_what_fits_of_a_large_write_can_be_read_while_it_sleeps);
    tcase_add_test(to, PS_049_a_large_write_goes_on_in_whole_slots);
}

static void add_waking(TCase *to)
{
    tcase_add_test(to, PS_087_a_write_wakes_the_reader_that_has_waited_longest);
    tcase_add_test(to, PS_089_readers_hand_on_what_is_left);
    tcase_add_test(to, PS_090_a_writer_is_woken_for_each_slot_that_becomes_free);
    tcase_add_test(to, PS_092_one_large_read_lets_all_writers_finish_in_their_order);
    tcase_add_test(to, PS_093_a_writer_that_has_slept_does_not_merge);
    tcase_add_test(to, PS_094_a_small_write_overtakes_one_that_sleeps);
    tcase_add_test(to, PS_099_the_last_writers_close_wakes_all_readers);
    tcase_add_test(to, PS_100_the_close_of_one_of_two_writers_wakes_nobody);
    tcase_add_test(to, PS_101_the_last_readers_close_gives_all_writers_EPIPE);
    tcase_add_test(to, PS_102_growing_lets_all_writers_finish);
    tcase_add_test(to, PS_103_shrinking_below_what_is_in_use_disturbs_nobody);
    tcase_add_test(to, PS_104_a_byte_goes_to_the_next_reader_when_the_first_is_killed);
    tcase_add_test(to, PS_105_all_who_poll_are_woken);
    tcase_add_test(to, PS_109_who_polls_for_room_sleeps_until_a_slot_is_free);
}

static void add_closing(TCase *to)
{
    tcase_add_test(to, PS_110_a_reader_sees_the_end_when_its_only_peer_exits);
    tcase_add_test(to, PS_111_112_bytes_first_and_then_the_end_for_ever);
    tcase_add_test(to, PS_113_114_copies_keep_an_end_open);
    tcase_add_test(to, PS_118_what_is_unread_stays_until_both_ends_are_closed);
    tcase_add_test(to, PS_115_116_a_reader_that_keeps_a_write_end_waits_for_itself);
    tcase_add_test(to, PS_122_a_close_does_not_wake_who_reads);
    tcase_add_test(to, PS_123_a_writer_that_sleeps_keeps_its_end_open);
    tcase_add_test(to, PS_124_a_reader_stays_on_the_pipe_that_it_began_with);
    tcase_add_test(to, PS_131_a_large_write_cut_short_by_a_close_gives_its_count_and_SIGPIPE);
    tcase_add_test(to, PS_133_a_small_write_whose_reader_closes_gives_EPIPE);
    tcase_add_test(to, PS_129_the_handler_runs_on_the_thread_that_writes);
}

static void add_disturbed(TCase *to)
{
    tcase_add_test(to, PS_139_a_signal_ends_a_read);
    tcase_add_test(to, PS_140_a_read_goes_on_after_a_handler_with_SA_RESTART);
    tcase_add_test(to, PS_141_an_ignored_signal_disturbs_no_read);
    tcase_add_test(to, PS_142_143_a_write_of_which_nothing_is_in);
    tcase_add_test(to, PS_146_an_ignored_signal_disturbs_no_write);
    tcase_add_test(to, PS_147_a_small_write_that_a_signal_ends_leaves_nothing);
    tcase_add_test(to, PS_148_of_a_larger_one_what_has_merged_is_in);
    tcase_add_test(to, poll_is_not_restarted);
}

static void add_nothing(TCase *to)
{
    (void)to;
}

static TCase *add_case(Suite *suite, const char *name, void add(TCase *to))
{
    TCase *tests = tcase_create(name);
    tcase_set_timeout(tests, 30);
    tcase_add_checked_fixture(tests, open_system, close_system);
    add(tests);
    suite_add_tcase(suite, tests);
    return tests;
}

Suite *sleepers_suite(void)
{
    Suite *suite = suite_create("sleepers");
    add_case(suite, "reading", add_reading);
    add_case(suite, "writing", add_writing);
    add_case(suite, "waking", add_waking);
    add_case(suite, "closing", add_closing);
    TCase *default_case = add_case(suite, "default", add_nothing);
    tcase_add_test_raise_signal(default_case, PS_132_the_same_with_the_default_ends_the_program,
                                SIGPIPE);
    TCase *signals_case = add_case(suite, "signals", add_disturbed);
    tcase_add_loop_test(
        signals_case,
        PS_144_145_a_write_of_which_some_is_in_gives_its_count_whatever_SA_RESTART_says, 0, 2);
    tcase_add_loop_test(signals_case, splice_and_tee_sleep_for_bytes_and_are_restarted, 0, 2);
    return suite;
}

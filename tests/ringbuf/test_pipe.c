/* test_pipe.c - what reads, writes, closes and polls of a pipe give, with real threads. Who wakes
 * whom is in test_wake.c. PS-nnn are the numbered facts of pipe-semantics. */
#include "tests/ringbuf/stage.h"
#include "tests/suites.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static struct stage *s;

/* The pipe of most tests: eight bytes, writes of up to four are atomic. */
static void small_pipe(void)
{
    s = stage_new(8, 4);
}

static void tear_down(void)
{
    ck_assert_ptr_null(pipe_check(s->pipe));
    stage_free(s);
}

/* Calls that must not sleep, from the test's own thread. */

static ssize_t write_now(const char *bytes)
{
    return pipe_write(s->pipe, bytes, strlen(bytes), PIPE_NONBLOCK);
}

static ssize_t read_now(size_t n)
{
    char bytes[64];
    return pipe_read(s->pipe, bytes, n, PIPE_NONBLOCK);
}

static void gives(size_t n, const char *expected)
{
    char bytes[64];
    ck_assert_int_eq(pipe_read(s->pipe, bytes, n, PIPE_NONBLOCK), strlen(expected));
    ck_assert_mem_eq(bytes, expected, strlen(expected));
}

/* -- read -- */

START_TEST(read_returns_what_is_there_not_what_was_asked_for) /* PS-024, PS-025 */
{
    struct actor *reader;
    write_now("abc");
    reader = starts_reading(s, 16);
    ck_assert_int_eq(result_of(reader), 3);
    ck_assert_mem_eq(reader->bytes, "abc", 3);
    ck_assert_uint_eq(told(s, PIPE_READER_SLEEPS), 0);
}
END_TEST

START_TEST(read_asleep_returns_the_first_bytes_that_come) /* PS-026 */
{
    struct actor *reader = starts_reading(s, 16);
    await_sleeping_readers(s, 1);
    ck_assert_int_eq(write_now("ab"), 2);
    ck_assert_int_eq(result_of(reader), 2);
    ck_assert_mem_eq(reader->bytes, "ab", 2);
}
END_TEST

START_TEST(read_sees_no_message_boundaries) /* PS-032 */
{
    write_now("a");
    write_now("bc");
    write_now("def");
    gives(4, "abcd");
    gives(16, "ef");
}
END_TEST

START_TEST(read_keeps_the_order_across_the_end_of_the_ring) /* PS-033 */
{
    write_now("abcdef");
    gives(5, "abcde");
    write_now("ghijk");
    gives(16, "fghijk");
}
END_TEST

START_TEST(read_of_an_empty_pipe_that_must_not_sleep_is_eagain) /* PS-028 */
{
    ck_assert_int_eq(read_now(1), -EAGAIN);
}
END_TEST

START_TEST(read_of_no_bytes_is_zero_whatever_the_state) /* PS-029 */
{
    ck_assert_int_eq(pipe_read(s->pipe, NULL, 0, 0), 0);
    write_now("abc");
    ck_assert_int_eq(pipe_read(s->pipe, NULL, 0, 0), 0);
    ck_assert_uint_eq(pipe_used(s->pipe), 3);
    gives(3, "abc");
    pipe_close_writer(s->pipe);
    ck_assert_int_eq(pipe_read(s->pipe, NULL, 0, 0), 0);
    ck_assert_uint_eq(told(s, PIPE_READER_SLEEPS), 0);
}
END_TEST

START_TEST(read_drains_then_sees_end_of_file) /* PS-111, PS-112 */
{
    write_now("abcdef");
    pipe_close_writer(s->pipe);
    gives(4, "abcd");
    gives(16, "ef");
    gives(1, "");
    gives(1, ""); /* for ever, and not EAGAIN */
}
END_TEST

START_TEST(peek_leaves_the_bytes_and_wakes_no_writer)
{
    char seen[16];
    ck_assert_int_eq(pipe_read(s->pipe, seen, 4, PIPE_PEEK | PIPE_NONBLOCK), -EAGAIN);
    write_now("abcdefgh");
    struct actor *writer = starts_writing(s, "ijk");
    await_sleeping_writers(s, 1);
    ck_assert_int_eq(pipe_read(s->pipe, seen, 16, PIPE_PEEK), 8);
    ck_assert_mem_eq(seen, "abcdefgh", 8);
    ck_assert_uint_eq(told(s, PIPE_WAKES_WRITER) + told(s, PIPE_WAKES_WRITERS), 0);
    ck_assert_uint_eq(told(s, PIPE_PEEKED), 1);
    gives(8, "abcdefgh");
    ck_assert_int_eq(result_of(writer), 3);
    pipe_close_writer(s->pipe);
    ck_assert_int_eq(pipe_read(s->pipe, seen, 16, PIPE_PEEK), 3);
    gives(16, "ijk");
    ck_assert_int_eq(pipe_read(s->pipe, seen, 16, PIPE_PEEK), 0);
}
END_TEST

/* -- write -- */

START_TEST(write_fills_the_pipe_without_a_reader_at_work) /* PS-036 */
{
    struct actor *writer = starts_writing(s, "abcdefgh");
    ck_assert_int_eq(result_of(writer), 8);
    ck_assert_uint_eq(told(s, PIPE_WRITER_SLEEPS), 0);
    gives(16, "abcdefgh");
}
END_TEST

START_TEST(write_of_no_bytes_is_zero_whatever_the_state) /* PS-037 */
{
    ck_assert_int_eq(pipe_write(s->pipe, NULL, 0, 0), 0);
    write_now("abcdefgh");
    ck_assert_int_eq(pipe_write(s->pipe, NULL, 0, 0), 0);
    pipe_close_reader(s->pipe);
    ck_assert_int_eq(pipe_write(s->pipe, NULL, 0, 0), 0);
    ck_assert_uint_eq(told(s, PIPE_PUT), 1);
}
END_TEST

START_TEST(atomic_write_that_must_not_sleep_goes_in_whole_or_not_at_all) /* PS-079 */
{
    write_now("abcdef");
    ck_assert_int_eq(write_now("ghi"), -EAGAIN);
    ck_assert_uint_eq(pipe_used(s->pipe), 6);
    ck_assert_int_eq(write_now("gh"), 2);
    ck_assert_int_eq(write_now("i"), -EAGAIN);
}
END_TEST

START_TEST(large_write_that_must_not_sleep_takes_the_room_there_is) /* PS-078, PS-080 */
{
    write_now("abcdef");
    ck_assert_int_eq(write_now("ghijk"), 2);
    ck_assert_int_eq(write_now("ijklm"), -EAGAIN);
    gives(16, "abcdefgh");
}
END_TEST

START_TEST(atomic_write_sleeps_with_none_of_it_in_the_pipe) /* PS-047 */
{
    struct actor *writer;
    write_now("abcdef");
    writer = starts_writing(s, "wxyz");
    await_sleeping_writers(s, 1);
    ck_assert_uint_eq(pipe_used(s->pipe), 6);
    gives(16, "abcdef");
    ck_assert_int_eq(result_of(writer), 4);
    gives(16, "wxyz");
    ck_assert_uint_eq(told(s, PIPE_PUT), 2);
}
END_TEST

START_TEST(large_write_goes_in_piece_by_piece) /* PS-048 */
{
    struct actor *writer = starts_writing(s, "abcdefghijklmnopqrst");
    await_sleeping_writers(s, 1);
    ck_assert_uint_eq(pipe_used(s->pipe), 8);
    gives(3, "abc");
    await_told(s, PIPE_PUT, 2);
    await_sleeping_writers(s, 1);
    gives(8, "defghijk");
    await_told(s, PIPE_PUT, 3);
    await_sleeping_writers(s, 1);
    gives(8, "lmnopqrs");
    ck_assert_int_eq(result_of(writer), 20);
    gives(8, "t");
}
END_TEST

START_TEST(write_of_the_whole_capacity_goes_in_pieces_when_that_is_above_atomic)
{
    struct actor *writer;
    write_now("a");
    writer = starts_writing(s, "bcdefghi");
    await_sleeping_writers(s, 1);
    ck_assert_uint_eq(pipe_used(s->pipe), 8);
    gives(16, "abcdefgh");
    ck_assert_int_eq(result_of(writer), 8);
    gives(16, "i");
}
END_TEST

START_TEST(atomic_never_counts_for_more_than_the_capacity)
{
    struct actor *writer;
    stage_free(s);
    s = stage_new(4, 4096);
    writer = starts_writing(s, "abcdefgh");
    await_sleeping_writers(s, 1);
    gives(4, "abcd");
    ck_assert_int_eq(result_of(writer), 8);
    gives(4, "efgh");
}
END_TEST

START_TEST(defaults_are_those_of_linux) /* PS-020, PS-021 */
{
    struct pipe *p = pipe_new(NULL);
    char *bytes = calloc(1, PIPE_DEFAULT_CAPACITY);
    ck_assert_uint_eq(pipe_capacity(p), 65536);
    ck_assert_int_eq(pipe_write(p, bytes, 65536 - 4095, PIPE_NONBLOCK), 65536 - 4095);
    ck_assert_int_eq(pipe_write(p, bytes, 4096, PIPE_NONBLOCK), -EAGAIN);
    ck_assert_int_eq(pipe_write(p, bytes, 4097, PIPE_NONBLOCK), 4095);
    free(bytes);
    pipe_free(p);
}
END_TEST

/* -- close -- */

START_TEST(write_without_a_reader_is_epipe_and_leaves_the_bytes) /* PS-118, PS-127 */
{
    write_now("abc");
    pipe_close_reader(s->pipe);
    ck_assert_int_eq(write_now("d"), -EPIPE);
    ck_assert_int_eq(pipe_write(s->pipe, "defghi", 6, 0), -EPIPE);
    ck_assert_uint_eq(pipe_used(s->pipe), 3);
}
END_TEST

START_TEST(writers_asleep_get_epipe_when_the_last_reader_leaves) /* PS-101, PS-133 */
{
    struct actor *writers[3];
    write_now("abcdefgh");
    for (int i = 0; i < 3; i++)
        writers[i] = starts_writing(s, "w");
    await_sleeping_writers(s, 3);
    pipe_close_reader(s->pipe);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(result_of(writers[i]), -EPIPE);
}
END_TEST

START_TEST(write_that_the_reader_cuts_short_returns_what_went_in) /* PS-131 */
{
    struct actor *writer = starts_writing(s, "abcdefghijklmnopqrst");
    await_sleeping_writers(s, 1);
    pipe_close_reader(s->pipe);
    ck_assert_int_eq(result_of(writer), 8);
    ck_assert_int_ne(pipe_poll(s->pipe) & PIPE_ERR, 0);
    ck_assert_int_eq(write_now("t"), -EPIPE);
}
END_TEST

START_TEST(readers_asleep_see_end_of_file_when_the_last_writer_leaves) /* PS-099 */
{
    struct actor *readers[3];
    for (int i = 0; i < 3; i++)
        readers[i] = starts_reading(s, 4);
    await_sleeping_readers(s, 3);
    pipe_close_writer(s->pipe);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(result_of(readers[i]), 0);
}
END_TEST

START_TEST(one_of_two_write_ends_closed_is_no_end_of_file) /* PS-100, PS-113 */
{
    struct actor *reader;
    pipe_open_writer(s->pipe);
    reader = starts_reading(s, 4);
    await_sleeping_readers(s, 1);
    pipe_close_writer(s->pipe);
    ck_assert_uint_eq(wakes(s), 0);
    ck_assert_int_eq(read_now(1), -EAGAIN);
    pipe_close_writer(s->pipe);
    ck_assert_int_eq(result_of(reader), 0);
}
END_TEST

START_TEST(one_of_two_read_ends_closed_is_no_broken_pipe) /* PS-114 */
{
    struct actor *writer;
    pipe_open_reader(s->pipe);
    write_now("abcdefgh");
    writer = starts_writing(s, "i");
    await_sleeping_writers(s, 1);
    pipe_close_reader(s->pipe);
    ck_assert_uint_eq(wakes(s), 0);
    gives(2, "ab");
    ck_assert_int_eq(result_of(writer), 1);
    pipe_close_reader(s->pipe);
    ck_assert_int_eq(write_now("j"), -EPIPE);
}
END_TEST

START_TEST(events_count_the_open_ends)
{
    pipe_open_reader(s->pipe);
    pipe_open_writer(s->pipe);
    pipe_open_writer(s->pipe);
    pipe_close_reader(s->pipe);
    ck_assert_uint_eq(s->event_count, 4);
    ck_assert_int_eq(s->events[3].kind, PIPE_READER_CLOSED);
    ck_assert_uint_eq(s->events[3].readers, 1);
    ck_assert_uint_eq(s->events[3].writers, 3);
}
END_TEST

/* -- poll -- */

START_TEST(poll_follows_what_is_in_the_pipe) /* PS-153..PS-155 */
{
    ck_assert_int_eq(pipe_poll(s->pipe), PIPE_OUT);
    write_now("abcd");
    ck_assert_int_eq(pipe_poll(s->pipe), PIPE_IN | PIPE_OUT);
    write_now("e");
    ck_assert_int_eq(pipe_poll(s->pipe), PIPE_IN); /* no room for an atomic write: PS-082 */
    write_now("fgh");
    ck_assert_int_eq(pipe_poll(s->pipe), PIPE_IN);
}
END_TEST

START_TEST(poll_without_writers_is_hup) /* PS-157, PS-158 */
{
    write_now("a");
    pipe_close_writer(s->pipe);
    ck_assert_int_eq(pipe_poll(s->pipe) & ~PIPE_OUT, PIPE_IN | PIPE_HUP);
    gives(1, "a");
    ck_assert_int_eq(pipe_poll(s->pipe) & ~PIPE_OUT, PIPE_HUP);
}
END_TEST

START_TEST(poll_without_readers_is_err) /* PS-159, PS-160 */
{
    pipe_close_reader(s->pipe);
    ck_assert_int_eq(pipe_poll(s->pipe), PIPE_OUT | PIPE_ERR);
}
END_TEST

/* -- resize -- */

START_TEST(resize_keeps_the_bytes_and_gives_the_room)
{
    write_now("abcdef");
    gives(4, "abcd");
    write_now("ghijk"); /* across the end */
    ck_assert_int_eq(pipe_set_capacity(s->pipe, 10), 10);
    ck_assert_uint_eq(pipe_capacity(s->pipe), 10);
    ck_assert_int_eq(write_now("lmnopqr"), 3);
    gives(16, "efghijklmn");
}
END_TEST

START_TEST(resize_below_what_is_used_is_ebusy) /* PS-103 */
{
    write_now("abcdef");
    ck_assert_int_eq(pipe_set_capacity(s->pipe, 5), -EBUSY);
    ck_assert_uint_eq(pipe_capacity(s->pipe), 8);
    ck_assert_int_eq(pipe_set_capacity(s->pipe, 6), 6);
    gives(16, "abcdef");
}
END_TEST

START_TEST(resize_to_nothing_or_beyond_all_measure_is_einval)
{
    ck_assert_int_eq(pipe_set_capacity(s->pipe, 0), -EINVAL);
    ck_assert_int_eq(pipe_set_capacity(s->pipe, (size_t)INT_MAX + 1), -EINVAL);
    ck_assert_uint_eq(told(s, PIPE_RESIZED), 0);
}
END_TEST

START_TEST(resize_lets_sleeping_writers_in) /* PS-102 */
{
    struct actor *writers[3];
    write_now("abcdefgh");
    for (int i = 0; i < 3; i++)
        writers[i] = starts_writing(s, "wxyz");
    await_sleeping_writers(s, 3);
    ck_assert_int_eq(pipe_set_capacity(s->pipe, 20), 20);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(result_of(writers[i]), 4);
    gives(32, "abcdefghwxyzwxyzwxyz");
}
END_TEST

START_TEST(resize_below_atomic_makes_a_sleeping_write_go_in_pieces)
{
    struct actor *writer;
    stage_free(s);
    s = stage_new(6, 4);
    write_now("abc");
    writer = starts_writing(s, "wxyz");
    await_sleeping_writers(s, 1);
    ck_assert_int_eq(pipe_set_capacity(s->pipe, 3), 3); /* never again will there be room for 4 */
    await_told(s, PIPE_WRITER_SLEEPS, 2);
    gives(3, "abc");
    await_told(s, PIPE_WRITER_SLEEPS, 3);
    gives(3, "wxy");
    ck_assert_int_eq(result_of(writer), 4);
    gives(3, "z");
}
END_TEST

/* -- the observer -- */

static void event_is(unsigned i, enum pipe_event_kind kind, size_t bytes, size_t used)
{
    ck_assert_uint_lt(i, s->event_count);
    ck_assert_int_eq(s->events[i].kind, kind);
    ck_assert_uint_eq(s->events[i].bytes, bytes);
    ck_assert_uint_eq(s->events[i].used, used);
}

START_TEST(observer_is_told_in_the_order_of_effect)
{
    struct actor *reader = starts_reading(s, 2);
    await_sleeping_readers(s, 1);
    write_now("abc");
    ck_assert_int_eq(result_of(reader), 2);
    pipe_close_writer(s->pipe);
    ck_assert_uint_eq(s->event_count, 6);
    event_is(0, PIPE_READER_SLEEPS, 0, 0);
    event_is(1, PIPE_PUT, 3, 3);
    event_is(2, PIPE_WAKES_READER, 0, 3);
    event_is(3, PIPE_READER_RETURNS, 0, 3);
    event_is(4, PIPE_TOOK, 2, 1);
    event_is(5, PIPE_WRITER_CLOSED, 0, 1);
}
END_TEST

START_TEST(observer_is_told_what_a_writer_sleeps_for)
{
    struct actor *writer;
    write_now("abcdef");
    writer = starts_writing(s, "wxyz");
    await_sleeping_writers(s, 1);
    gives(2, "ab");
    ck_assert_int_eq(result_of(writer), 4);
    ck_assert_uint_eq(s->event_count, 6);
    event_is(0, PIPE_PUT, 6, 6);
    event_is(1, PIPE_WRITER_SLEEPS, 4, 6);
    event_is(2, PIPE_TOOK, 2, 4);
    event_is(3, PIPE_WAKES_WRITER, 0, 4);
    event_is(4, PIPE_WRITER_RETURNS, 0, 4);
    event_is(5, PIPE_PUT, 4, 8);
}
END_TEST

START_TEST(observer_sees_the_bytes_themselves)
{
    static const char bytes[] = "abc";
    pipe_write(s->pipe, bytes, 3, 0);
    ck_assert_ptr_eq(s->events[0].data, bytes);
    ck_assert_uint_eq(s->events[0].bytes, 3);
}
END_TEST

static TCase *on_a_small_pipe(Suite *suite, const char *name)
{
    TCase *c = tcase_create(name);
    tcase_add_checked_fixture(c, small_pipe, tear_down);
    suite_add_tcase(suite, c);
    return c;
}

static void add_reads_and_writes(Suite *suite)
{
    TCase *c = on_a_small_pipe(suite, "read");
    tcase_add_test(c, read_returns_what_is_there_not_what_was_asked_for);
    tcase_add_test(c, read_asleep_returns_the_first_bytes_that_come);
    tcase_add_test(c, read_sees_no_message_boundaries);
    tcase_add_test(c, read_keeps_the_order_across_the_end_of_the_ring);
    tcase_add_test(c, read_of_an_empty_pipe_that_must_not_sleep_is_eagain);
    tcase_add_test(c, read_of_no_bytes_is_zero_whatever_the_state);
    tcase_add_test(c, read_drains_then_sees_end_of_file);
    tcase_add_test(c, peek_leaves_the_bytes_and_wakes_no_writer);

    c = on_a_small_pipe(suite, "write");
    tcase_add_test(c, write_fills_the_pipe_without_a_reader_at_work);
    tcase_add_test(c, write_of_no_bytes_is_zero_whatever_the_state);
    tcase_add_test(c, atomic_write_that_must_not_sleep_goes_in_whole_or_not_at_all);
    tcase_add_test(c, large_write_that_must_not_sleep_takes_the_room_there_is);
    tcase_add_test(c, atomic_write_sleeps_with_none_of_it_in_the_pipe);
    tcase_add_test(c, large_write_goes_in_piece_by_piece);
    tcase_add_test(c, write_of_the_whole_capacity_goes_in_pieces_when_that_is_above_atomic);
    tcase_add_test(c, atomic_never_counts_for_more_than_the_capacity);
    tcase_add_test(c, defaults_are_those_of_linux);
}

static void add_the_rest(Suite *suite)
{
    TCase *c = on_a_small_pipe(suite, "close");
    tcase_add_test(c, write_without_a_reader_is_epipe_and_leaves_the_bytes);
    tcase_add_test(c, writers_asleep_get_epipe_when_the_last_reader_leaves);
    tcase_add_test(c, write_that_the_reader_cuts_short_returns_what_went_in);
    tcase_add_test(c, readers_asleep_see_end_of_file_when_the_last_writer_leaves);
    tcase_add_test(c, one_of_two_write_ends_closed_is_no_end_of_file);
    tcase_add_test(c, one_of_two_read_ends_closed_is_no_broken_pipe);
    tcase_add_test(c, events_count_the_open_ends);

    c = on_a_small_pipe(suite, "poll");
    tcase_add_test(c, poll_follows_what_is_in_the_pipe);
    tcase_add_test(c, poll_without_writers_is_hup);
    tcase_add_test(c, poll_without_readers_is_err);

    c = on_a_small_pipe(suite, "resize");
    tcase_add_test(c, resize_keeps_the_bytes_and_gives_the_room);
    tcase_add_test(c, resize_below_what_is_used_is_ebusy);
    tcase_add_test(c, resize_to_nothing_or_beyond_all_measure_is_einval);
    tcase_add_test(c, resize_lets_sleeping_writers_in);
    tcase_add_test(c, resize_below_atomic_makes_a_sleeping_write_go_in_pieces);

    c = on_a_small_pipe(suite, "observer");
    tcase_add_test(c, observer_is_told_in_the_order_of_effect);
    tcase_add_test(c, observer_is_told_what_a_writer_sleeps_for);
    tcase_add_test(c, observer_sees_the_bytes_themselves);
}

Suite *pipe_suite(void)
{
    Suite *suite = suite_create("pipe");
    add_reads_and_writes(suite);
    add_the_rest(suite);
    return suite;
}

/* test_wake.c - who wakes whom: nobody is forgotten, and nobody is woken where that can be avoided.
 * PS-nnn are the numbered facts of pipe-semantics. */
#include "tests/ringbuf/stage.h"
#include "tests/suites.h"

#include <errno.h>
#include <string.h>

static struct stage *s;

/* Eight bytes; writes of up to four are atomic. */
static void small_pipe(void)
{
    s = stage_new(8, 4);
}

static void tear_down(void)
{
    ck_assert_ptr_null(pipe_check(s->pipe));
    stage_free(s);
}

static void fill(size_t n)
{
    for (; n > 0; n--)
        ck_assert_int_eq(pipe_write(s->pipe, "-", 1, PIPE_NONBLOCK), 1);
}

static void drain(size_t n)
{
    char bytes[64];
    ck_assert_int_eq(pipe_read(s->pipe, bytes, n, PIPE_NONBLOCK), n);
}

/* -- readers -- */

START_TEST(nobody_asleep_nobody_woken)
{
    fill(8);
    drain(8);
    pipe_set_capacity(s->pipe, 16);
    pipe_interrupt(s->pipe);
    pipe_close_writer(s->pipe);
    pipe_close_reader(s->pipe);
    ck_assert_uint_eq(wakes(s), 0);
}
END_TEST

START_TEST(one_byte_wakes_one_of_three_readers) /* PS-087 */
{
    for (int i = 0; i < 3; i++)
        starts_reading(s, 4);
    await_sleeping_readers(s, 3);
    fill(1);
    await_told(s, PIPE_TOOK, 1);
    ck_assert_uint_eq(told(s, PIPE_WAKES_READER), 1);
    ck_assert_uint_eq(told(s, PIPE_READER_RETURNS), 1);
    pipe_close_writer(s->pipe);
    for (int i = 0; i < 3; i++)
        result_of(&s->actors[i]);
    ck_assert_uint_eq(told(s, PIPE_WAKES_READERS), 1);
    ck_assert_uint_eq(wakes(s), 2);
}
END_TEST

/* The reader may or may not be back before the second byte. In either case only the first byte into
 * an empty pipe wakes, and only a reader that leaves bytes behind hands on. */
START_TEST(bytes_beside_bytes_wake_nobody)
{
    starts_reading(s, 1);
    starts_reading(s, 1);
    await_sleeping_readers(s, 2);
    fill(2);
    result_of(&s->actors[0]);
    result_of(&s->actors[1]);
    for (unsigned i = 1; i < s->event_count; i++) {
        const struct pipe_event *cause = &s->events[i - 1];
        if (s->events[i].kind != PIPE_WAKES_READER)
            continue;
        if (cause->kind == PIPE_PUT)
            ck_assert_uint_eq(cause->used, cause->bytes);
        else
            ck_assert_int_eq(cause->kind, PIPE_TOOK);
    }
}
END_TEST

START_TEST(reader_that_leaves_bytes_behind_hands_the_wake_up_on) /* PS-089 */
{
    for (int i = 0; i < 4; i++)
        starts_reading(s, 1);
    await_sleeping_readers(s, 4);
    ck_assert_int_eq(pipe_write(s->pipe, "abc", 3, 0), 3);
    await_told(s, PIPE_TOOK, 3);
    await_sleeping_readers(s, 1);
    ck_assert_uint_eq(told(s, PIPE_WAKES_READER), 3); /* by the write, and twice handed on */
    ck_assert_uint_eq(told(s, PIPE_READER_RETURNS), 3);
    pipe_close_writer(s->pipe);
    for (int i = 0; i < 4; i++)
        result_of(&s->actors[i]);
}
END_TEST

START_TEST(reader_that_only_looks_hands_the_wake_up_on)
{
    starts_peeking(s, 1);
    starts_peeking(s, 1);
    await_sleeping_readers(s, 2);
    ck_assert_int_eq(pipe_write(s->pipe, "a", 1, 0), 1);
    ck_assert_int_eq(result_of(&s->actors[0]), 1);
    ck_assert_int_eq(result_of(&s->actors[1]), 1);
    ck_assert_uint_eq(told(s, PIPE_WAKES_WRITER), 0);
    ck_assert_uint_eq(pipe_used(s->pipe), 1);
}
END_TEST

/* A wake-up gives no right to the byte. Whether the thief is quick enough is not certain in one
 * round: what is tested holds in either case, and one round in which it was is enough. */
START_TEST(robbed_reader_sleeps_again) /* PS-095 */
{
    enum { ROUNDS = 200 };
    struct actor *reader = starts_reading(s, 1);
    unsigned robberies = 0;
    for (unsigned round = 0; round < ROUNDS && robberies < 3; round++) {
        char byte;
        await_sleeping_readers(s, 1);
        fill(1);
        if (pipe_read(s->pipe, &byte, 1, PIPE_NONBLOCK) == 1) {
            await_told(s, PIPE_READER_SLEEPS, ++robberies + 1);
            continue;
        }
        ck_assert_int_eq(result_of(reader), 1);
        stage_free(s);
        small_pipe();
        reader = starts_reading(s, 1);
        robberies = 0;
    }
    await_sleeping_readers(s, 1);
    pipe_close_writer(s->pipe);
    ck_assert_int_eq(result_of(reader), 0);
}
END_TEST

/* -- writers -- */

START_TEST(room_for_none_wakes_none) /* PS-090 */
{
    struct actor *writer;
    fill(8);
    writer = starts_writing(s, "wxyz");
    await_sleeping_writers(s, 1);
    drain(1);
    drain(2);
    ck_assert_uint_eq(wakes(s), 0);
    drain(1);
    ck_assert_uint_eq(wakes(s), 1);
    ck_assert_int_eq(result_of(writer), 4);
}
END_TEST

START_TEST(writer_is_woken_though_the_pipe_was_not_full)
{
    struct actor *writer;
    fill(6);
    writer = starts_writing(s, "wxyz");
    await_sleeping_writers(s, 1);
    drain(2);
    ck_assert_int_eq(result_of(writer), 4);
    ck_assert_uint_eq(pipe_used(s->pipe), 8);
}
END_TEST

START_TEST(writer_that_leaves_room_behind_hands_the_wake_up_on) /* PS-092 */
{
    fill(8);
    for (int i = 0; i < 4; i++)
        starts_writing(s, "wx");
    await_sleeping_writers(s, 4);
    drain(8);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(result_of(&s->actors[i]), 2);
    ck_assert_uint_eq(told(s, PIPE_WAKES_WRITER), 4); /* by the read, and three times handed on */
    ck_assert_uint_eq(wakes(s), 4);
}
END_TEST

START_TEST(large_writer_hands_on_what_it_does_not_need)
{
    struct actor *large, *small;
    fill(8);
    large = starts_writing(s, "vwxyz"); /* more than atomic: needs one byte */
    small = starts_writing(s, "a");     /* needs one byte as well */
    await_sleeping_writers(s, 2);
    drain(8);
    ck_assert_int_eq(result_of(large), 5);
    ck_assert_int_eq(result_of(small), 1);
    ck_assert_uint_eq(told(s, PIPE_WAKES_WRITERS), 0);
}
END_TEST

/* A signal might hit one whose need is not met. So all are woken, and once only. */
START_TEST(mixed_needs_are_all_woken_when_one_is_met)
{
    struct actor *need_four[2], *needs_two;
    fill(8);
    need_four[0] = starts_writing(s, "wxyz");
    need_four[1] = starts_writing(s, "wxyz");
    await_sleeping_writers(s, 2);
    needs_two = starts_writing(s, "ab");
    await_sleeping_writers(s, 3);
    drain(1);
    ck_assert_uint_eq(wakes(s), 0);
    drain(1);
    ck_assert_int_eq(result_of(needs_two), 2);
    ck_assert_uint_eq(told(s, PIPE_WAKES_WRITERS), 1);
    await_told(s, PIPE_WRITER_SLEEPS, 5); /* the others, again: alike by now */
    await_sleeping_writers(s, 2);
    drain(3);
    ck_assert_uint_eq(wakes(s), 1);
    drain(1);
    await_told(s, PIPE_PUT, 8 + 2);
    drain(4);
    ck_assert_int_eq(result_of(need_four[0]), 4);
    ck_assert_int_eq(result_of(need_four[1]), 4);
    ck_assert_uint_eq(told(s, PIPE_WAKES_WRITERS), 1);
    ck_assert_uint_eq(told(s, PIPE_WAKES_WRITER), 2);
}
END_TEST

START_TEST(greater_needs_are_not_forgotten_when_the_least_is_met)
{
    struct actor *needs_two, *need_four[2];
    fill(8);
    needs_two = starts_writing(s, "ab");
    await_sleeping_writers(s, 1);
    need_four[0] = starts_writing(s, "wxyz");
    need_four[1] = starts_writing(s, "wxyz");
    await_sleeping_writers(s, 3);
    drain(2);
    ck_assert_int_eq(result_of(needs_two), 2);
    await_told(s, PIPE_WRITER_SLEEPS, 5);
    drain(2);
    drain(2);
    await_told(s, PIPE_PUT, 8 + 2);
    drain(2);
    drain(2);
    ck_assert_int_eq(result_of(need_four[0]), 4);
    ck_assert_int_eq(result_of(need_four[1]), 4);
}
END_TEST

START_TEST(every_size_of_sleeping_write_gets_in_at_last)
{
    static const char *const texts[] = {"a", "bcd", "ef", "ghij", "klmnop", "q"};
    size_t total = 0;
    fill(8);
    for (size_t i = 0; i < 6; i++) {
        starts_writing(s, texts[i]);
        total += strlen(texts[i]);
    }
    await_sleeping_writers(s, 6);
    for (size_t taken = 0; taken < 8 + total; taken++) {
        char byte;
        ck_assert_int_eq(pipe_read(s->pipe, &byte, 1, 0), 1);
    }
    for (size_t i = 0; i < 6; i++)
        ck_assert_int_eq(result_of(&s->actors[i]), strlen(texts[i]));
}
END_TEST

/* -- interruption -- */

START_TEST(interrupted_reader_leaves_and_the_other_sleeps_on) /* PS-139 */
{
    struct actor *first = starts_reading(s, 4), *second = starts_reading(s, 4);
    await_sleeping_readers(s, 2);
    interrupt(first);
    pipe_interrupt(s->pipe);
    ck_assert_int_eq(result_of(first), -EINTR);
    await_told(s, PIPE_READER_SLEEPS, 3);
    ck_assert_int_eq(pipe_write(s->pipe, "ab", 2, 0), 2);
    ck_assert_int_eq(result_of(second), 2);
}
END_TEST

START_TEST(interrupted_writer_with_nothing_in_leaves_with_eintr) /* PS-142, PS-147 */
{
    struct actor *writer;
    fill(6);
    writer = starts_writing(s, "wxyz");
    await_sleeping_writers(s, 1);
    interrupt(writer);
    pipe_interrupt(s->pipe);
    ck_assert_int_eq(result_of(writer), -EINTR);
    ck_assert_uint_eq(pipe_used(s->pipe), 6);
}
END_TEST

START_TEST(interrupted_writer_with_some_in_returns_how_much) /* PS-144 */
{
    struct actor *writer = starts_writing(s, "abcdefghijkl");
    await_sleeping_writers(s, 1);
    interrupt(writer);
    pipe_interrupt(s->pipe);
    ck_assert_int_eq(result_of(writer), 8);
    ck_assert_uint_eq(pipe_used(s->pipe), 8);
}
END_TEST

/* Were it to leave with EINTR, the wake-up would be gone and the other reader asleep beside a byte.
 */
START_TEST(woken_reader_takes_the_byte_before_it_minds_an_interruption) /* PS-104, PS-152 */
{
    struct actor *first = starts_reading(s, 4), *second = starts_reading(s, 4);
    await_sleeping_readers(s, 2);
    interrupt(first);
    interrupt(second);
    fill(1);
    await_told(s, PIPE_TOOK, 1);
    ck_assert_uint_eq(told(s, PIPE_WAKES_READER), 1);
    pipe_interrupt(s->pipe);
    ck_assert_int_eq(result_of(first) + result_of(second), 1 - EINTR);
}
END_TEST

START_TEST(woken_writer_takes_the_room_before_it_minds_an_interruption) /* PS-152 */
{
    struct actor *first, *second;
    fill(8);
    first = starts_writing(s, "wxyz");
    second = starts_writing(s, "wxyz");
    await_sleeping_writers(s, 2);
    interrupt(first);
    interrupt(second);
    drain(4);
    await_told(s, PIPE_PUT, 8 + 1);
    pipe_interrupt(s->pipe);
    ck_assert_int_eq(result_of(first) + result_of(second), 4 - EINTR);
}
END_TEST

static TCase *on_a_small_pipe(Suite *suite, const char *name)
{
    TCase *c = tcase_create(name);
    tcase_add_checked_fixture(c, small_pipe, tear_down);
    suite_add_tcase(suite, c);
    return c;
}

Suite *wake_suite(void)
{
    Suite *suite = suite_create("wake");
    TCase *c = on_a_small_pipe(suite, "readers");
    tcase_add_test(c, nobody_asleep_nobody_woken);
    tcase_add_test(c, one_byte_wakes_one_of_three_readers);
    tcase_add_test(c, bytes_beside_bytes_wake_nobody);
    tcase_add_test(c, reader_that_leaves_bytes_behind_hands_the_wake_up_on);
    tcase_add_test(c, reader_that_only_looks_hands_the_wake_up_on);
    tcase_add_test(c, robbed_reader_sleeps_again);

    c = on_a_small_pipe(suite, "writers");
    tcase_add_test(c, room_for_none_wakes_none);
    tcase_add_test(c, writer_is_woken_though_the_pipe_was_not_full);
    tcase_add_test(c, writer_that_leaves_room_behind_hands_the_wake_up_on);
    tcase_add_test(c, large_writer_hands_on_what_it_does_not_need);
    tcase_add_test(c, mixed_needs_are_all_woken_when_one_is_met);
    tcase_add_test(c, greater_needs_are_not_forgotten_when_the_least_is_met);
    tcase_add_test(c, every_size_of_sleeping_write_gets_in_at_last);

    c = on_a_small_pipe(suite, "interruption");
    tcase_add_test(c, interrupted_reader_leaves_and_the_other_sleeps_on);
    tcase_add_test(c, interrupted_writer_with_nothing_in_leaves_with_eintr);
    tcase_add_test(c, interrupted_writer_with_some_in_returns_how_much);
    tcase_add_test(c, woken_reader_takes_the_byte_before_it_minds_an_interruption);
    tcase_add_test(c, woken_writer_takes_the_room_before_it_minds_an_interruption);
    return suite;
}

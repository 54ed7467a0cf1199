/* test_ring.c - the storage: bytes in order, whatever the capacity and wherever the end lies. */
#include "ringbuf/ring.h"
#include "tests/suites.h"

#include <errno.h>
#include <string.h>

static struct ring ring;

static void set_up(size_t capacity)
{
    ck_assert_int_eq(ring_init(&ring, capacity), 0);
}

static void tear_down(void)
{
    ring_fini(&ring);
}

static void put_all(const char *bytes)
{
    ck_assert_uint_eq(ring_put(&ring, bytes, strlen(bytes)), strlen(bytes));
}

static void take_all(const char *bytes)
{
    char taken[64] = "";
    ck_assert_uint_eq(ring_take(&ring, taken, sizeof taken), strlen(bytes));
    ck_assert_mem_eq(taken, bytes, strlen(bytes));
}

/* -- put and take -- */

START_TEST(a_new_ring_is_empty)
{
    char byte;
    set_up(8);
    ck_assert_uint_eq(ring_used(&ring), 0);
    ck_assert_uint_eq(ring_free(&ring), 8);
    ck_assert_uint_eq(ring_take(&ring, &byte, 1), 0);
    tear_down();
}
END_TEST

START_TEST(full_and_empty_are_told_apart)
{
    set_up(4);
    put_all("abcd");
    ck_assert_uint_eq(ring_used(&ring), 4);
    ck_assert_uint_eq(ring_free(&ring), 0);
    ck_assert_uint_eq(ring_put(&ring, "e", 1), 0);
    take_all("abcd");
    ck_assert_uint_eq(ring_used(&ring), 0);
    ck_assert_uint_eq(ring_free(&ring), 4);
    tear_down();
}
END_TEST

START_TEST(put_takes_in_no_more_than_there_is_room_for)
{
    set_up(4);
    ck_assert_uint_eq(ring_put(&ring, "abcdef", 6), 4);
    take_all("abcd");
    tear_down();
}
END_TEST

START_TEST(take_gives_no_more_than_was_asked_for)
{
    char taken[2];
    set_up(4);
    put_all("abcd");
    ck_assert_uint_eq(ring_take(&ring, taken, 2), 2);
    ck_assert_mem_eq(taken, "ab", 2);
    take_all("cd");
    tear_down();
}
END_TEST

START_TEST(bytes_cross_the_end_of_the_cells_in_order)
{
    set_up(8);
    put_all("abcdef");
    take_all("abcdef");
    put_all("ghijklm");
    take_all("ghijklm");
    tear_down();
}
END_TEST

/* Reads and writes of all small sizes, against a plain count of what must come. */
START_TEST(order_is_kept_at_every_capacity)
{
    for (size_t capacity = 1; capacity <= 9; capacity++) {
        unsigned char in = 0, out = 0;
        set_up(capacity);
        for (size_t step = 0; step < 500; step++) {
            unsigned char bytes[16];
            size_t n = step * 7 % 11;
            for (size_t i = 0; i < n; i++)
                bytes[i] = (unsigned char)(in + i);
            in = (unsigned char)(in + ring_put(&ring, bytes, n));
            n = ring_take(&ring, bytes, step * 5 % 8);
            for (size_t i = 0; i < n; i++, out++)
                ck_assert_uint_eq(bytes[i], out);
        }
        ck_assert_uint_eq(ring_used(&ring), (unsigned char)(in - out));
        tear_down();
    }
}
END_TEST

START_TEST(counters_beyond_32_bits_make_no_difference)
{
    set_up(6);
    ring.written = ring.taken = UINT32_MAX - (uint64_t)2;
    put_all("abcdef");
    take_all("abcdef");
    ck_assert_uint_gt(ring.taken, UINT32_MAX);
    put_all("gh");
    take_all("gh");
    tear_down();
}
END_TEST

/* -- resize -- */

START_TEST(resize_keeps_the_bytes_in_order)
{
    char taken[4];
    set_up(6);
    put_all("abcdef");
    ck_assert_uint_eq(ring_take(&ring, taken, 4), 4);
    put_all("ghi"); /* across the end */
    ck_assert_int_eq(ring_resize(&ring, 16), 0);
    ck_assert_uint_eq(ring_free(&ring), 11);
    put_all("jk");
    ck_assert_int_eq(ring_resize(&ring, 7), 0); /* to the byte */
    ck_assert_uint_eq(ring_free(&ring), 0);
    take_all("efghijk");
    tear_down();
}
END_TEST

START_TEST(resize_below_what_is_used_changes_nothing)
{
    set_up(8);
    put_all("abcde");
    ck_assert_int_eq(ring_resize(&ring, 4), -EBUSY);
    ck_assert_uint_eq(ring_free(&ring), 3);
    take_all("abcde");
    tear_down();
}
END_TEST

Suite *ring_suite(void)
{
    Suite *suite = suite_create("ring");
    TCase *copy = tcase_create("copy");
    tcase_add_test(copy, a_new_ring_is_empty);
    tcase_add_test(copy, full_and_empty_are_told_apart);
    tcase_add_test(copy, put_takes_in_no_more_than_there_is_room_for);
    tcase_add_test(copy, take_gives_no_more_than_was_asked_for);
    tcase_add_test(copy, bytes_cross_the_end_of_the_cells_in_order);
    tcase_add_test(copy, order_is_kept_at_every_capacity);
    tcase_add_test(copy, counters_beyond_32_bits_make_no_difference);
    suite_add_tcase(suite, copy);
    TCase *resize = tcase_create("resize");
    tcase_add_test(resize, resize_keeps_the_bytes_in_order);
    tcase_add_test(resize, resize_below_what_is_used_changes_nothing);
    suite_add_tcase(suite, resize);
    return suite;
}

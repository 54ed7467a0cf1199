/* test_slots.c - page slots as storage: which bytes lie where, and when a slot comes back. What this
 * means for calls is in test_linux_pipe.c. Rn are the rules of pipe-semantics, part 1. */
#include "ringbuf/slots.h"
#include "tests/suites.h"

#include <errno.h>
#include <string.h>

enum { PAGE = 8 };

static struct slots slots;

static void set_up(size_t count)
{
    ck_assert_int_eq(slots_init(&slots, count * PAGE, PAGE), 0);
}

static void tear_down(void)
{
    ck_assert_ptr_null(slots_check(&slots));
    slots_fini(&slots);
}

static void put(const char *bytes)
{
    ck_assert_uint_eq(slots_put(&slots, bytes, strlen(bytes), SLOT_STREAM), strlen(bytes));
}

static void takes(struct slots *s, size_t n, const char *bytes)
{
    char taken[64];
    size_t lost;
    ck_assert_uint_eq(slots_take(s, taken, n, &lost), strlen(bytes));
    ck_assert_mem_eq(taken, bytes, strlen(bytes));
}

static void lies_at(size_t i, size_t off, size_t len)
{
    ck_assert_uint_eq(slots_at(&slots, i)->off, off);
    ck_assert_uint_eq(slots_at(&slots, i)->len, len);
}

/* -- put and take -- */

START_TEST(all_slots_of_a_new_one_are_free)
{
    set_up(4);
    ck_assert_uint_eq(slots_in_use(&slots), 0);
    ck_assert_uint_eq(slots_free(&slots), 4);
    ck_assert_uint_eq(slots.used, 0);
    tear_down();
}
END_TEST

START_TEST(put_fills_slot_after_slot) /* R4 */
{
    set_up(2);
    put("0123456789");
    lies_at(0, 0, 8);
    lies_at(1, 0, 2);
    ck_assert_uint_eq(slots_put(&slots, "x", 1, SLOT_STREAM), 0);
    takes(&slots, 64, "0123456789");
    tear_down();
}
END_TEST

START_TEST(put_takes_in_whole_slots_of_what_is_too_much)
{
    set_up(2);
    ck_assert_uint_eq(slots_put(&slots, "0123456789abcdefXYZ", 19, SLOT_STREAM), 16);
    takes(&slots, 64, "0123456789abcdef");
    tear_down();
}
END_TEST

START_TEST(a_slot_comes_back_with_its_last_byte) /* R8, R10 */
{
    set_up(1);
    put("01234567");
    takes(&slots, 7, "0123456");
    lies_at(0, 7, 1);
    ck_assert_uint_eq(slots_free(&slots), 0);
    takes(&slots, 1, "7");
    ck_assert_uint_eq(slots_free(&slots), 1);
    tear_down();
}
END_TEST

START_TEST(order_is_kept_around_the_end_of_the_places)
{
    char taken[3], next = 'a';
    size_t lost;
    set_up(4);
    for (int i = 0; i < 100; i++) {
        char piece[] = {(char)('a' + i % 26), (char)('a' + i % 26), (char)('a' + i % 26)};
        ck_assert_uint_eq(slots_put(&slots, piece, 3, SLOT_STREAM), 3);
        if (i < 2)
            continue;
        ck_assert_uint_eq(slots_take(&slots, taken, 3, &lost), 3);
        ck_assert_int_eq(taken[2], next);
        next = next == 'z' ? 'a' : (char)(next + 1);
    }
    tear_down();
}
END_TEST

/* -- merge -- */

START_TEST(merge_puts_the_odd_bytes_behind_the_last_ones) /* R3 */
{
    set_up(4);
    put("abc");
    ck_assert_uint_eq(slots_merge(&slots, "de", 2), 2);
    ck_assert_uint_eq(slots_merge(&slots, "f12345678", 9), 1); /* 9 is a page and 1 */
    lies_at(0, 0, 6);
    ck_assert_uint_eq(slots_merge(&slots, "xyz", 3), 0);
    ck_assert_uint_eq(slots_merge(&slots, "12345678", 8), 0);
    takes(&slots, 64, "abcdef");
    tear_down();
}
END_TEST

START_TEST(merge_counts_what_was_read_already) /* PS-071 */
{
    set_up(1);
    put("abcd");
    takes(&slots, 3, "abc");
    ck_assert_uint_eq(slots_merge(&slots, "12345", 5), 0);
    ck_assert_uint_eq(slots_merge(&slots, "1234", 4), 4);
    takes(&slots, 64, "d1234");
    tear_down();
}
END_TEST

START_TEST(nothing_merges_into_a_packet) /* PS-211 */
{
    set_up(2);
    ck_assert_uint_eq(slots_put(&slots, "ab", 2, SLOT_PACKET), 2);
    ck_assert_uint_eq(slots_merge(&slots, "c", 1), 0);
    tear_down();
}
END_TEST

/* -- packets -- */

START_TEST(take_ends_at_a_packet_and_loses_its_rest) /* R8, PS-203, PS-210 */
{
    char taken[64];
    size_t lost;
    set_up(4);
    put("ab");
    slots_put(&slots, "cdef", 4, SLOT_PACKET);
    slots_put(&slots, "gh", 2, SLOT_PACKET);
    ck_assert_uint_eq(slots_take(&slots, taken, 3, &lost), 3);
    ck_assert_mem_eq(taken, "abc", 3);
    ck_assert_uint_eq(lost, 3);
    ck_assert_uint_eq(slots.used, 2);
    takes(&slots, 64, "gh");
    tear_down();
}
END_TEST

/* -- sizes -- */

START_TEST(sizes_are_rounded_up_to_a_power_of_two) /* R12 */
{
    set_up(1);
    ck_assert_int_eq(slots_resize(&slots, 0), 0);
    ck_assert_uint_eq(slots.max, 1);
    ck_assert_int_eq(slots_resize(&slots, 17), 0);
    ck_assert_uint_eq(slots.max, 4);
    ck_assert_int_eq(slots_resize(&slots, ((size_t)1 << 30) + 1), -EINVAL);
    ck_assert_uint_eq(slots.max, 4);
    tear_down();
}
END_TEST

START_TEST(resize_keeps_what_is_there_or_changes_nothing) /* PS-182, PS-184 */
{
    set_up(4);
    put("aaaaaaaabbbbbbbbcccccccc");
    takes(&slots, 9, "aaaaaaaab");
    put("dddddddd");
    ck_assert_int_eq(slots_resize(&slots, 16), -EBUSY);
    ck_assert_int_eq(slots_resize(&slots, 64), 0);
    lies_at(0, 1, 7);
    takes(&slots, 64, "bbbbbbbccccccccdddddddd");
    tear_down();
}
END_TEST

/* -- splice and tee -- */

START_TEST(a_whole_slot_is_moved_and_a_part_is_copied) /* R13, PS-226 */
{
    struct slots other;
    set_up(2);
    ck_assert_int_eq(slots_init(&other, 2 * PAGE, PAGE), 0);
    put("abcd");
    ck_assert_uint_eq(slots_splice(&slots, &other, 1), 1);
    ck_assert_uint_eq(slots_merge(&other, "x", 1), 0);
    lies_at(0, 1, 3);
    ck_assert_uint_eq(slots_splice(&slots, &other, 64), 3);
    ck_assert_uint_eq(slots_in_use(&slots), 0);
    ck_assert_uint_eq(slots_merge(&other, "x", 1), 1); /* it begins at 1, and so has 4 left */
    ck_assert_uint_eq(slots_splice(&slots, &other, 64), 0);
    takes(&other, 64, "abcdx");
    ck_assert_ptr_null(slots_check(&other));
    slots_fini(&other);
    tear_down();
}
END_TEST

START_TEST(tee_leaves_everything_and_is_its_own_copy) /* PS-222 */
{
    struct slots other;
    set_up(2);
    ck_assert_int_eq(slots_init(&other, 2 * PAGE, PAGE), 0);
    put("abcd");
    ck_assert_uint_eq(slots_tee(&slots, 0, &other, 3), 3);
    ck_assert_uint_eq(slots_tee(&slots, 1, &other, 3), 0);
    ck_assert_uint_eq(slots_merge(&slots, "e", 1), 1);
    takes(&other, 64, "abc");
    takes(&slots, 64, "abcde");
    slots_fini(&other);
    tear_down();
}
END_TEST

Suite *slots_suite(void)
{
    Suite *suite = suite_create("slots");
    TCase *copy = tcase_create("copy");
    tcase_add_test(copy, all_slots_of_a_new_one_are_free);
    tcase_add_test(copy, put_fills_slot_after_slot);
    tcase_add_test(copy, put_takes_in_whole_slots_of_what_is_too_much);
    tcase_add_test(copy, a_slot_comes_back_with_its_last_byte);
    tcase_add_test(copy, order_is_kept_around_the_end_of_the_places);
    suite_add_tcase(suite, copy);
    TCase *merge = tcase_create("merge");
    tcase_add_test(merge, merge_puts_the_odd_bytes_behind_the_last_ones);
    tcase_add_test(merge, merge_counts_what_was_read_already);
    tcase_add_test(merge, nothing_merges_into_a_packet);
    tcase_add_test(merge, take_ends_at_a_packet_and_loses_its_rest);
    suite_add_tcase(suite, merge);
    TCase *other = tcase_create("other");
    tcase_add_test(other, sizes_are_rounded_up_to_a_power_of_two);
    tcase_add_test(other, resize_keeps_what_is_there_or_changes_nothing);
    tcase_add_test(other, a_whole_slot_is_moved_and_a_part_is_copied);
    tcase_add_test(other, tee_leaves_everything_and_is_its_own_copy);
    suite_add_tcase(suite, other);
    return suite;
}

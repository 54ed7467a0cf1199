/* test_arena.c - the memory of a run: what it hands out, and what a snapshot brings back. */
#include "sim/sched/arena.h"
#include "tests/sim/crew.h"
#include "tests/suites.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>

enum { HEAP = 1 << 20, STACKS = 16 };

static void open_arena(void)
{
    ck_assert_int_eq(arena_open(HEAP, STACKS, ARENA_ONE_THREAD), 0);
}

static bool all_are(const unsigned char *bytes, size_t n, unsigned char c)
{
    size_t i = 0;
    while (i < n && bytes[i] == c)
        i++;
    return i == n;
}

/* -- heap ------------------------------------------------------------------------------------------- */

START_TEST(memory_is_aligned_for_anything)
{
    for (size_t n = 0; n < 5000; n += n < 100 ? 1 : 97)
        ck_assert_uint_eq((uintptr_t)arena_alloc(n) % 16, 0);
}
END_TEST

START_TEST(memory_is_zeroed_when_it_is_fresh)
{
    for (size_t n = 1; n < 3000; n += 31)
        ck_assert(all_are(arena_alloc(n), n, 0));
}
END_TEST

START_TEST(memory_is_zeroed_when_it_is_used_again)
{
    for (size_t n = 1; n < 3000; n += 31) {
        unsigned char *dirty = arena_alloc(n);
        memset(dirty, 0xee, n);
        arena_free(dirty);
        ck_assert(all_are(arena_alloc(n), n, 0));
    }
}
END_TEST

START_TEST(memory_is_zeroed_after_the_arena_was_emptied)
{
    unsigned char *dirty = arena_alloc(100000);
    memset(dirty, 0xee, 100000);
    open_arena();
    ck_assert(all_are(arena_alloc(100000), 100000, 0));
}
END_TEST

START_TEST(blocks_do_not_overlap)
{
    enum { BLOCKS = 200 };
    unsigned char *blocks[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++) {
        blocks[i] = arena_alloc(1 + i * 13);
        memset(blocks[i], (int)i, 1 + i * 13);
    }
    for (size_t i = 0; i < BLOCKS; i++)
        ck_assert(all_are(blocks[i], 1 + i * 13, (unsigned char)i));
}
END_TEST

START_TEST(nothing_is_handed_out_beyond_the_limit)
{
    size_t got = 0;
    while (arena_alloc(4096) != NULL)
        got += 4096;
    ck_assert_uint_le(got, HEAP);
    ck_assert_uint_ge(got, HEAP - HEAP / 4);
    ck_assert_uint_le(arena_heap_used(), HEAP);
}
END_TEST

START_TEST(what_is_larger_than_the_limit_is_refused)
{
    ck_assert_ptr_null(arena_alloc(HEAP + 1));
    ck_assert_ptr_null(arena_alloc(SIZE_MAX));
    ck_assert_ptr_null(arena_alloc(SIZE_MAX - 15));
    ck_assert_ptr_nonnull(arena_alloc(16));
}
END_TEST

START_TEST(an_array_whose_size_overflows_is_refused)
{
    ck_assert_ptr_null(arena_alloc_array(SIZE_MAX / 8 + 2, 8));
    ck_assert_ptr_null(arena_alloc_array(2, SIZE_MAX));
    ck_assert_ptr_nonnull(arena_alloc_array(0, 8));
    ck_assert_ptr_nonnull(arena_alloc_array(3, 0));
    ck_assert(all_are(arena_alloc_array(100, 24), 2400, 0));
}
END_TEST

START_TEST(at_the_limit_freed_memory_can_be_had_again)
{
    void *last = NULL, *more;
    while ((more = arena_alloc(4096)) != NULL)
        last = more;
    arena_free(last);
    ck_assert_ptr_eq(arena_alloc(4096), last);
}
END_TEST

START_TEST(freed_memory_is_used_again_latest_first)
{
    void *a = arena_alloc(40), *b = arena_alloc(40);
    size_t used = arena_heap_used();
    arena_free(a);
    arena_free(b);
    ck_assert_ptr_eq(arena_alloc(40), b);
    ck_assert_ptr_eq(arena_alloc(40), a);
    ck_assert_uint_eq(arena_heap_used(), used);
}
END_TEST

START_TEST(freeing_nothing_is_allowed)
{
    arena_free(NULL);
}
END_TEST

/* Allocates and frees at random; what addresses come of it. */
static uint64_t addresses_of_random_calls(uint64_t seed)
{
    enum { SLOTS = 64 };
    void *slots[SLOTS] = {0};
    uint64_t hash = 0;
    for (int i = 0; i < 2000; i++) {
        size_t at = next_random(&seed) % SLOTS;
        if (slots[at] != NULL) {
            arena_free(slots[at]);
            slots[at] = NULL;
        } else {
            slots[at] = arena_alloc(next_random(&seed) % 2000);
        }
        hash = hash * 31 + (uintptr_t)slots[at];
    }
    return hash;
}

START_TEST(the_same_calls_give_the_same_addresses)
{
    uint64_t first = addresses_of_random_calls((uint64_t)_i);
    open_arena();
    ck_assert_uint_eq(addresses_of_random_calls((uint64_t)_i), first);
}
END_TEST

/* -- resize ------------------------------------------------------------------------------------------- */

START_TEST(resizing_keeps_what_was_there)
{
    for (size_t n = 1; n < 3000; n = n * 3 / 2 + 1) {
        unsigned char *at = arena_alloc(n);
        memset(at, 0x5a, n);
        at = arena_resize(at, n * 2);
        ck_assert(all_are(at, n, 0x5a));
    }
}
END_TEST

START_TEST(resizing_nothing_allocates)
{
    ck_assert(all_are(arena_resize(NULL, 100), 100, 0));
}
END_TEST

START_TEST(resizing_frees_the_old_block)
{
    void *old = arena_alloc(100);
    ck_assert_ptr_ne(arena_resize(old, 1000), old);
    ck_assert_ptr_eq(arena_alloc(100), old);
}
END_TEST

START_TEST(resizing_beyond_the_limit_leaves_the_old_block_as_it_was)
{
    unsigned char *at = arena_alloc(100);
    memset(at, 0x5a, 100);
    ck_assert_ptr_null(arena_resize(at, HEAP));
    ck_assert(all_are(at, 100, 0x5a));
    ck_assert_ptr_ne(arena_alloc(100), at);
}
END_TEST

START_TEST(resizing_zeroes_what_is_new)
{
    for (size_t n = 1; n < 3000; n = n * 3 / 2 + 1) {
        unsigned char *at = arena_resize(arena_alloc(n), n * 4);
        ck_assert(all_are(at, n * 4, 0));
    }
}
END_TEST

START_TEST(resizing_zeroes_what_is_new_of_a_block_that_was_used_before)
{
    for (size_t n = 1; n < 3000; n = n * 3 / 2 + 1) {
        unsigned char *dirty = arena_alloc(n + 15);
        memset(dirty, 0xee, n + 15);
        arena_free(dirty);
        unsigned char *at = arena_resize(arena_alloc(n), n + 15);
        ck_assert_msg(all_are(at, n + 15, 0), "from %zu to %zu bytes", n, n + 15);
    }
}
END_TEST

/* -- stacks ------------------------------------------------------------------------------------------- */

START_TEST(a_stack_can_be_used_from_end_to_end)
{
    struct arena_stack *s = arena_stack_new();
    ck_assert_ptr_eq(s->live, s->top);
    ck_assert_uint_ge((size_t)(s->top - s->low), 32 * 1024);
    ck_assert_uint_eq((uintptr_t)s->top % 16, 0);
    memset(s->low, 0x5a, (size_t)(s->top - s->low));
}
END_TEST

START_TEST(there_are_as_many_stacks_as_were_asked_for)
{
    for (int i = 0; i < STACKS; i++)
        ck_assert_ptr_nonnull(arena_stack_new());
    ck_assert_ptr_null(arena_stack_new());
}
END_TEST

START_TEST(stacks_do_not_overlap)
{
    struct arena_stack *stacks[STACKS];
    for (int i = 0; i < STACKS; i++) {
        stacks[i] = arena_stack_new();
        memset(stacks[i]->low, i, (size_t)(stacks[i]->top - stacks[i]->low));
    }
    for (int i = 0; i < STACKS; i++)
        ck_assert(all_are((unsigned char *)stacks[i]->low,
                          (size_t)(stacks[i]->top - stacks[i]->low), (unsigned char)i));
}
END_TEST

START_TEST(a_freed_stack_is_used_again)
{
    struct arena_stack *a = arena_stack_new(), *b = arena_stack_new(), *c = arena_stack_new();
    arena_stack_free(b);
    ck_assert_ptr_eq(arena_stack_new(), b);
    arena_stack_free(a);
    arena_stack_free(c);
    ck_assert_ptr_eq(arena_stack_new(), c);
    ck_assert_ptr_eq(arena_stack_new(), a);
    ck_assert_ptr_eq(a->live, a->top);
}
END_TEST

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
START_TEST(running_over_the_end_of_a_stack_faults)
{
    struct arena_stack *s = arena_stack_new();
    *(volatile char *)(s->low - 1) = 1;
}
END_TEST
#endif

/* -- snapshots ---------------------------------------------------------------------------------------- */

START_TEST(a_snapshot_brings_back_contents_of_the_heap)
{
    char *at = arena_alloc(100);
    strcpy(at, "before");
    struct snapshot *s = snapshot_take();
    strcpy(at, "after");
    snapshot_restore(s);
    ck_assert_str_eq(at, "before");
    snapshot_free(s);
}
END_TEST

START_TEST(a_snapshot_can_be_restored_more_than_once)
{
    int *at = arena_alloc(sizeof *at);
    *at = 1;
    struct snapshot *s = snapshot_take();
    for (int i = 0; i < 3; i++) {
        *at = 100 + i;
        snapshot_restore(s);
        ck_assert_int_eq(*at, 1);
    }
    snapshot_free(s);
}
END_TEST

START_TEST(what_was_freed_after_the_snapshot_is_there_again)
{
    char *at = arena_alloc(100);
    strcpy(at, "kept");
    struct snapshot *s = snapshot_take();
    arena_free(at);
    memset(arena_alloc(100), 'x', 100);
    snapshot_restore(s);
    ck_assert_str_eq(at, "kept");
    ck_assert_ptr_ne(arena_alloc(100), at);
    snapshot_free(s);
}
END_TEST

START_TEST(after_a_restore_allocation_goes_on_as_from_the_snapshot)
{
    arena_free(arena_alloc(48));
    struct snapshot *s = snapshot_take();
    size_t used = arena_heap_used();
    uint64_t first = addresses_of_random_calls(7);
    snapshot_restore(s);
    ck_assert_uint_eq(arena_heap_used(), used);
    ck_assert_uint_eq(addresses_of_random_calls(7), first);
    snapshot_free(s);
}
END_TEST

START_TEST(a_snapshot_brings_back_the_live_part_of_each_stack)
{
    struct arena_stack *a = arena_stack_new(), *b = arena_stack_new();
    a->live = a->top - 100;
    b->live = b->top - 2000;
    memset(a->live, 'a', 100);
    memset(b->live, 'b', 2000);
    struct snapshot *s = snapshot_take();
    memset(a->low, 'x', (size_t)(a->top - a->low));
    memset(b->low, 'y', (size_t)(b->top - b->low));
    a->live = a->low;
    snapshot_restore(s);
    ck_assert_ptr_eq(a->live, a->top - 100);
    ck_assert(all_are((unsigned char *)a->live, 100, 'a'));
    ck_assert(all_are((unsigned char *)b->live, 2000, 'b'));
    snapshot_free(s);
}
END_TEST

START_TEST(stacks_made_and_freed_after_the_snapshot_are_as_they_were)
{
    struct arena_stack *a = arena_stack_new();
    a->live = a->top - 64;
    memset(a->live, 'a', 64);
    struct snapshot *s = snapshot_take();
    arena_stack_free(a);
    for (int i = 0; i < STACKS; i++)
        memset(arena_stack_new()->top - 64, 'x', 64);
    snapshot_restore(s);
    ck_assert(all_are((unsigned char *)a->live, 64, 'a'));
    for (int i = 0; i < STACKS - 1; i++)
        ck_assert_ptr_ne(arena_stack_new(), a);
    ck_assert_ptr_null(arena_stack_new());
    snapshot_free(s);
}
END_TEST

static size_t snapshot_size(void)
{
    struct snapshot *s = snapshot_take();
    size_t bytes = snapshot_bytes(s);
    snapshot_free(s);
    return bytes;
}

START_TEST(the_size_of_a_snapshot_is_that_of_the_live_bytes)
{
    struct arena_stack *a = arena_stack_new();
    size_t before = snapshot_size(), used = arena_heap_used();
    arena_alloc(1000);
    a->live = a->top - 300;
    ck_assert_uint_eq(snapshot_size(), before + (arena_heap_used() - used) + 300);
}
END_TEST

/* A free block that is not handed out any more after the restore, or is handed out again. */
START_TEST(a_restore_brings_back_which_blocks_are_free)
{
    void *small = arena_alloc(16), *large = arena_alloc(5000);
    struct snapshot *none_free = snapshot_take();
    arena_free(large);
    struct snapshot *large_free = snapshot_take();
    arena_free(small);
    snapshot_restore(none_free);
    ck_assert_ptr_ne(arena_alloc(5000), large);
    ck_assert_ptr_ne(arena_alloc(16), small);
    snapshot_restore(large_free);
    ck_assert_ptr_eq(arena_alloc(5000), large);
    ck_assert_ptr_ne(arena_alloc(16), small);
    snapshot_free(none_free);
    snapshot_free(large_free);
}
END_TEST

START_TEST(a_snapshot_can_be_taken_into_the_memory_of_another)
{
    int *n = arena_alloc(sizeof *n);
    *n = 1;
    struct snapshot *s = snapshot_take();
    *n = 2;
    struct snapshot *again = snapshot_take_again(s);
    ck_assert_ptr_eq(again, s);
    *n = 3;
    snapshot_restore(again);
    ck_assert_int_eq(*n, 2);
    char *more = arena_alloc(10000); /* now it is too small */
    more[9999] = 'x';
    again = snapshot_take_again(again);
    more[9999] = 'y';
    snapshot_restore(again);
    ck_assert_int_eq(more[9999], 'x');
    snapshot_free(again);
}
END_TEST

/* Blocks with a known filling, for the property below. */
enum { SLOTS = 48 };

struct slots {
    unsigned char *at[SLOTS];
    size_t size[SLOTS];
    unsigned char filling[SLOTS];
};

static void change_at_random(struct slots *s, uint64_t *seed, int steps)
{
    while (steps-- > 0) {
        size_t i = next_random(seed) % SLOTS;
        unsigned kind = (unsigned)(next_random(seed) % 3);
        size_t size = next_random(seed) % 1500;
        unsigned char filling = (unsigned char)next_random(seed);
        if (s->at[i] != NULL && kind == 0) {
            arena_free(s->at[i]);
            s->at[i] = NULL;
            continue;
        }
        unsigned char *made = kind == 1 ? arena_resize(s->at[i], size) : s->at[i];
        if (made == NULL)
            made = arena_alloc(size);
        else if (kind != 1)
            size = s->size[i];
        s->at[i] = made;
        s->size[i] = size;
        s->filling[i] = filling;
        memset(made, filling, size);
    }
}

static void check_slots(const struct slots *s)
{
    for (int i = 0; i < SLOTS; i++)
        ck_assert(s->at[i] == NULL || all_are(s->at[i], s->size[i], s->filling[i]));
}

START_TEST(any_snapshot_brings_everything_back)
{
    uint64_t seed = (uint64_t)_i + 1;
    struct slots now = {0};
    for (int round = 0; round < 20; round++) {
        change_at_random(&now, &seed, 60);
        struct slots then = now;
        struct snapshot *s = snapshot_take();
        uint64_t again = seed;
        change_at_random(&now, &seed, 60);
        struct slots first = now;
        check_slots(&now);
        snapshot_restore(s);
        check_slots(&then);
        now = then;
        change_at_random(&now, &again, 60);
        ck_assert_mem_eq(now.at, first.at, sizeof now.at);
        check_slots(&now);
        snapshot_free(s);
    }
}
END_TEST

/* -- threads ------------------------------------------------------------------------------------------ */

static void *allocate_and_free(void *filling)
{
    unsigned char mine = (unsigned char)(uintptr_t)filling;
    uintptr_t good = 1;
    unsigned char *held[20] = {0};
    for (unsigned i = 0; i < 2000; i++) {
        size_t n = 1 + i % 300;
        unsigned char **slot = &held[i % 20];
        if (*slot != NULL) {
            good &= all_are(*slot, 1 + (i - 20) % 300, mine);
            arena_free(*slot);
        }
        *slot = arena_alloc(n);
        good &= all_are(*slot, n, 0);
        memset(*slot, mine, n);
    }
    return (void *)good;
}

START_TEST(many_threads_may_allocate_at_once)
{
    pthread_t threads[4];
    ck_assert_int_eq(arena_open(4 * HEAP, STACKS, ARENA_MANY_THREADS), 0);
    for (uintptr_t i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, allocate_and_free, (void *)(i + 1)), 0);
    for (int i = 0; i < 4; i++) {
        void *good;
        pthread_join(threads[i], &good);
        ck_assert_ptr_nonnull(good);
    }
}
END_TEST

START_TEST(another_size_of_arena_can_be_opened)
{
    for (size_t heap = 1 << 16; heap <= 1 << 24; heap *= 4) {
        ck_assert_int_eq(arena_open(heap, 4, ARENA_ONE_THREAD), 0);
        ck_assert_ptr_nonnull(arena_alloc(heap / 2));
        ck_assert_ptr_null(arena_alloc(heap));
    }
    arena_close();
    arena_close();
    open_arena();
    ck_assert_ptr_nonnull(arena_alloc(100));
}
END_TEST

Suite *arena_suite(void)
{
    Suite *suite = suite_create("arena");
    TCase *heap = tcase_create("heap");
    tcase_add_checked_fixture(heap, open_arena, arena_close);
    tcase_add_test(heap, memory_is_aligned_for_anything);
    tcase_add_test(heap, memory_is_zeroed_when_it_is_fresh);
    tcase_add_test(heap, memory_is_zeroed_when_it_is_used_again);
    tcase_add_test(heap, memory_is_zeroed_after_the_arena_was_emptied);
    tcase_add_test(heap, blocks_do_not_overlap);
    tcase_add_test(heap, nothing_is_handed_out_beyond_the_limit);
    tcase_add_test(heap, what_is_larger_than_the_limit_is_refused);
    tcase_add_test(heap, an_array_whose_size_overflows_is_refused);
    tcase_add_test(heap, at_the_limit_freed_memory_can_be_had_again);
    tcase_add_test(heap, freed_memory_is_used_again_latest_first);
    tcase_add_test(heap, freeing_nothing_is_allowed);
    tcase_add_loop_test(heap, the_same_calls_give_the_same_addresses, 0, 5);
    tcase_add_test(heap, another_size_of_arena_can_be_opened);
    suite_add_tcase(suite, heap);

    TCase *resize = tcase_create("resize");
    tcase_add_checked_fixture(resize, open_arena, arena_close);
    tcase_add_test(resize, resizing_keeps_what_was_there);
    tcase_add_test(resize, resizing_nothing_allocates);
    tcase_add_test(resize, resizing_frees_the_old_block);
    tcase_add_test(resize, resizing_beyond_the_limit_leaves_the_old_block_as_it_was);
    tcase_add_test(resize, resizing_zeroes_what_is_new);
    tcase_add_test(resize, resizing_zeroes_what_is_new_of_a_block_that_was_used_before);
    suite_add_tcase(suite, resize);

    TCase *stacks = tcase_create("stacks");
    tcase_add_checked_fixture(stacks, open_arena, arena_close);
    tcase_add_test(stacks, a_stack_can_be_used_from_end_to_end);
    tcase_add_test(stacks, there_are_as_many_stacks_as_were_asked_for);
    tcase_add_test(stacks, stacks_do_not_overlap);
    tcase_add_test(stacks, a_freed_stack_is_used_again);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    tcase_add_test_raise_signal(stacks, running_over_the_end_of_a_stack_faults, SIGSEGV);
#endif
    suite_add_tcase(suite, stacks);

    TCase *snapshots = tcase_create("snapshots");
    tcase_add_checked_fixture(snapshots, open_arena, arena_close);
    tcase_add_test(snapshots, a_snapshot_brings_back_contents_of_the_heap);
    tcase_add_test(snapshots, a_snapshot_can_be_restored_more_than_once);
    tcase_add_test(snapshots, what_was_freed_after_the_snapshot_is_there_again);
    tcase_add_test(snapshots, after_a_restore_allocation_goes_on_as_from_the_snapshot);
    tcase_add_test(snapshots, a_snapshot_brings_back_the_live_part_of_each_stack);
    tcase_add_test(snapshots, stacks_made_and_freed_after_the_snapshot_are_as_they_were);
    tcase_add_test(snapshots, the_size_of_a_snapshot_is_that_of_the_live_bytes);
    tcase_add_test(snapshots, a_restore_brings_back_which_blocks_are_free);
    tcase_add_test(snapshots, a_snapshot_can_be_taken_into_the_memory_of_another);
    tcase_add_loop_test(snapshots, any_snapshot_brings_everything_back, 0, 10);
    suite_add_tcase(suite, snapshots);

    TCase *threads = tcase_create("threads");
    tcase_add_checked_fixture(threads, NULL, arena_close);
    tcase_add_test(threads, many_threads_may_allocate_at_once);
    suite_add_tcase(suite, threads);
    return suite;
}

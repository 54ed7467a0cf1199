/* test_fiber.c - control passes from stack to stack, and each stack is found as it was left. */
#include "sim/sched/fiber.h"
#include "tests/sim/crew.h"
#include "tests/suites.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { STACKS = 300 };

static struct fiber main_fiber;

static void open_arena(void)
{
    ck_assert_int_eq(arena_open(1 << 20, STACKS, ARENA_ONE_THREAD), 0);
    say_nothing_so_far();
    fiber_init_main(&main_fiber);
}

static struct fiber *new_fiber(void (*body)(void *), void *arg)
{
    struct fiber *f = arena_alloc(sizeof *f);
    ck_assert_int_eq(fiber_init(f, body, arg), 0);
    return f;
}

static void go(struct fiber *f)
{
    fiber_switch(&main_fiber, f);
}

/* -- switching ---------------------------------------------------------------------------------------- */

static struct fiber *self;

static void back(void)
{
    fiber_switch(self, &main_fiber);
}

static void speaks_twice(void *word)
{
    say("%s-1", (char *)word);
    back();
    say("%s-2", (char *)word);
    back();
}

START_TEST(a_fiber_runs_when_it_is_switched_to_and_goes_on_where_it_stopped)
{
    self = new_fiber(speaks_twice, "f");
    say("main-1");
    go(self);
    say("main-2");
    go(self);
    ck_assert_str_eq(said(), "main-1 f-1 main-2 f-2");
}
END_TEST

static struct fiber *pair[2];

static void passes_the_ball(void *number)
{
    int me = (int)(intptr_t)number;
    for (int i = 0; i < 3; i++) {
        say("%d", me);
        fiber_switch(pair[me], pair[1 - me]);
    }
    fiber_switch(pair[me], &main_fiber);
}

START_TEST(fibers_switch_to_each_other)
{
    pair[0] = new_fiber(passes_the_ball, (void *)0);
    pair[1] = new_fiber(passes_the_ball, (void *)1);
    go(pair[0]);
    ck_assert_str_eq(said(), "0 1 0 1 0 1");
}
END_TEST

static struct fiber *crowd[STACKS];
static uint64_t sums[STACKS];

static void adds_up(void *number)
{
    uintptr_t me = (uintptr_t)number;
    uint64_t sum = me;
    for (uint64_t i = 1;; i++) {
        sum += i * (me + 1);
        sums[me] = sum;
        fiber_switch(crowd[me], &main_fiber);
    }
}

START_TEST(many_fibers_keep_their_variables_apart)
{
    for (uintptr_t i = 0; i < STACKS; i++)
        crowd[i] = new_fiber(adds_up, (void *)i);
    for (int round = 0; round < 10; round++) {
        for (int i = STACKS - 1; i >= 0; i--)
            go(crowd[i]);
    }
    for (uint64_t i = 0; i < STACKS; i++)
        ck_assert_uint_eq(sums[i], i + 55 * (i + 1));
}
END_TEST

START_TEST(when_no_stack_is_left_a_fiber_is_refused)
{
    struct fiber f;
    for (uintptr_t i = 0; i < STACKS; i++)
        crowd[i] = new_fiber(adds_up, (void *)i);
    ck_assert_int_eq(fiber_init(&f, adds_up, NULL), -ENOMEM);
    go(crowd[0]);
    fiber_fini(crowd[0]);
    ck_assert_int_eq(fiber_init(&f, adds_up, NULL), 0);
}
END_TEST

/* -- the stack ---------------------------------------------------------------------------------------- */

static int depth_reached;

static __attribute__((noinline)) uint64_t goes_deep(int depth)
{
    volatile char room[100];
    memset((char *)(uintptr_t)room, depth, sizeof room);
    if (depth == 0) {
        back();
        return 0;
    }
    uint64_t below = goes_deep(depth - 1);
    for (size_t i = 0; i < sizeof room; i++)
        depth_reached += room[i] != (char)depth;
    return below + (unsigned)depth;
}

static uint64_t deep_sum;

static void deep_body(void *depth)
{
    deep_sum = goes_deep((int)(intptr_t)depth);
    back();
}

START_TEST(a_deep_stack_is_found_as_it_was_left)
{
    self = new_fiber(deep_body, (void *)120);
    go(self);
    struct fiber *deep = self;
    self = new_fiber(deep_body, (void *)100);
    go(self); /* another one, meanwhile */
    self = deep;
    go(self);
    ck_assert_uint_eq(deep_sum, 120 * 121 / 2);
    ck_assert_int_eq(depth_reached, 0);
}
END_TEST

/* Enough values alive across the switch that some must be in the registers that a function saves. */
static uint64_t numbers[12];
static double fractions[6];

static __attribute__((noinline)) void holds_many_values(uint64_t start)
{
    uint64_t a = start + 1, b = a * 3, c = b * 5, d = c * 7, e = d * 11, f = e * 13, g = f * 17;
    double x = (double)start * 0.5, y = x * 0.25, z = y + 1.125;
    for (int i = 0; i < 5; i++) {
        back();
        a += 1, b ^= a, c += b, d ^= c, e += d, f ^= e, g += f;
        x += 0.5, y *= 2.0, z -= 0.125;
    }
    uint64_t all[] = {a, b, c, d, e, f, g};
    memcpy(numbers, all, sizeof all);
    fractions[0] = x, fractions[1] = y, fractions[2] = z;
}

static void values_body(void *start)
{
    holds_many_values((uintptr_t)start);
    back();
}

START_TEST(values_survive_a_switch)
{
    uint64_t a = 6, b = a * 3, c = b * 5, d = c * 7, e = d * 11, f = e * 13, g = f * 17;
    uint64_t mine = 1, hers = 2;
    self = new_fiber(values_body, (void *)5);
    for (int i = 0; i < 6; i++) {
        go(self);
        mine = mine * 3 + hers;
        hers = hers * 5 + mine;
    }
    for (int i = 0; i < 5; i++)
        a += 1, b ^= a, c += b, d ^= c, e += d, f ^= e, g += f;
    uint64_t all[] = {a, b, c, d, e, f, g};
    ck_assert_mem_eq(numbers, all, sizeof all);
    ck_assert_double_eq(fractions[0], 5.0);
    ck_assert_double_eq(fractions[1], 20.0);
    ck_assert_double_eq(fractions[2], 1.125 + 0.625 - 0.625);
    uint64_t m = 1, h = 2;
    for (int i = 0; i < 6; i++) {
        m = m * 3 + h;
        h = h * 5 + m;
    }
    ck_assert_uint_eq(mine, m);
    ck_assert_uint_eq(hers, h);
}
END_TEST

static char printed[32];

static void prints_a_fraction(void *arg)
{
    (void)arg;
    snprintf(printed, sizeof printed, "%.3f", 1.5); /* faults when the stack is not aligned */
    back();
}

START_TEST(the_stack_is_aligned_as_the_abi_wants_it)
{
    self = new_fiber(prints_a_fraction, NULL);
    go(self);
    ck_assert_str_eq(printed, "1.500");
}
END_TEST

START_TEST(a_stack_is_used_again_by_another_fiber)
{
    self = new_fiber(speaks_twice, "old");
    go(self);
    struct arena_stack *stack = self->stack;
    fiber_fini(self);
    self = new_fiber(speaks_twice, "new");
    ck_assert_ptr_eq(self->stack, stack);
    go(self);
    go(self);
    ck_assert_str_eq(said(), "old-1 new-1 new-2");
}
END_TEST

/* -- snapshots ---------------------------------------------------------------------------------------- */

static void counts(void *arg)
{
    char word[8] = "aaa";
    (void)arg;
    for (int i = 1;; i++) {
        word[i % 3]++;
        say("%d%s", i, word);
        back();
    }
}

START_TEST(a_restored_fiber_goes_on_from_the_snapshot)
{
    self = new_fiber(counts, NULL);
    go(self);
    go(self);
    struct snapshot *s = snapshot_take();
    struct fiber main_then = main_fiber;
    go(self);
    go(self);
    say("/");
    snapshot_restore(s);
    main_fiber = main_then;
    go(self);
    go(self);
    ck_assert_str_eq(said(), "1aba 2abb 3bbb 4bcb / 3bbb 4bcb");
    snapshot_free(s);
}
END_TEST

START_TEST(a_fiber_that_has_not_run_yet_starts_after_the_restore)
{
    self = new_fiber(counts, NULL);
    struct snapshot *s = snapshot_take();
    struct fiber main_then = main_fiber;
    go(self);
    say("/");
    snapshot_restore(s);
    main_fiber = main_then;
    go(self);
    ck_assert_str_eq(said(), "1aba / 1aba");
    snapshot_free(s);
}
END_TEST

Suite *fiber_suite(void)
{
    Suite *suite = suite_create("fiber");
    TCase *switching = tcase_create("switch");
    tcase_add_checked_fixture(switching, open_arena, NULL);
    tcase_add_test(switching, a_fiber_runs_when_it_is_switched_to_and_goes_on_where_it_stopped);
    tcase_add_test(switching, fibers_switch_to_each_other);
    tcase_add_test(switching, many_fibers_keep_their_variables_apart);
    tcase_add_test(switching, when_no_stack_is_left_a_fiber_is_refused);
    suite_add_tcase(suite, switching);

    TCase *stack = tcase_create("stack");
    tcase_add_checked_fixture(stack, open_arena, NULL);
    tcase_add_test(stack, a_deep_stack_is_found_as_it_was_left);
    tcase_add_test(stack, values_survive_a_switch);
    tcase_add_test(stack, the_stack_is_aligned_as_the_abi_wants_it);
    tcase_add_test(stack, a_stack_is_used_again_by_another_fiber);
    suite_add_tcase(suite, stack);

    TCase *snapshots = tcase_create("snapshot");
    tcase_add_checked_fixture(snapshots, open_arena, NULL);
    tcase_add_test(snapshots, a_restored_fiber_goes_on_from_the_snapshot);
    tcase_add_test(snapshots, a_fiber_that_has_not_run_yet_starts_after_the_restore);
    suite_add_tcase(suite, snapshots);
    return suite;
}

/* test_view.c - what can be seen from outside: the sum of the events. */
#include "sim/sched/arena.h"
#include "sim/trace/view.h"
#include "tests/suites.h"

#include <stdio.h>
#include <string.h>

static struct view v;

static void open_view(void)
{
    ck_assert_int_eq(arena_open(1 << 20, 1, ARENA_ONE_THREAD), 0);
    v = (struct view){.keep_streams = true, .keep_output = true, .keep_limit = 100};
}

static void tell(struct event e)
{
    view_apply(&v, &e);
}

static void actor(const char *name)
{
    tell((struct event){.kind = EV_START,
                        .actor = (int)v.actor_count,
                        .other = NOBODY,
                        .pipe = NO_PIPE,
                        .text = name,
                        .size = strlen(name)});
}

static void pipe_of(const char *name, int64_t capacity)
{
    tell((struct event){.kind = EV_PIPE,
                        .actor = NOBODY,
                        .other = NOBODY,
                        .pipe = (int)v.pipe_count,
                        .value = capacity,
                        .value2 = 1,
                        .text = name,
                        .size = strlen(name)});
}

static void about_pipe(enum event_kind kind, int64_t value, const char *bytes)
{
    tell((struct event){.kind = kind,
                        .actor = 0,
                        .other = NOBODY,
                        .pipe = 0,
                        .value = value,
                        .text = bytes,
                        .size = bytes == NULL ? 0 : strlen(bytes)});
}

static void put(const char *bytes)
{
    about_pipe(EV_PUT, (int64_t)strlen(bytes), bytes);
}

static void take(const char *bytes)
{
    about_pipe(EV_TOOK, (int64_t)strlen(bytes), bytes);
}

static void open_pipe(void)
{
    open_view();
    actor("a");
    pipe_of("p", 8);
}

/* What is in a small pipe, by its cells. */
static void holds_bytes(const char *wanted)
{
    const struct view_pipe *p = &v.pipes[0];
    char bytes[VIEW_CELLS + 1] = {0};
    size_t n = 0;
    for (uint64_t i = p->taken; i < p->written; i++)
        bytes[n++] = p->cells[i % (uint64_t)p->capacity];
    ck_assert_str_eq(bytes, wanted);
    ck_assert_int_eq(p->used, (int64_t)strlen(wanted));
}

/* -- pipes -------------------------------------------------------------------------------------------- */

START_TEST(a_new_pipe_is_empty_and_open_at_both_ends)
{
    const struct view_pipe *p = view_pipe_named(&v, "p", 1);
    ck_assert_ptr_nonnull(p);
    ck_assert_int_eq(p->used, 0);
    ck_assert_int_eq(p->capacity, 8);
    ck_assert_int_eq(p->readers, 1);
    ck_assert_int_eq(p->writers, 1);
    ck_assert_int_eq(v.open_ends, 2);
}
END_TEST

START_TEST(bytes_go_in_and_out_around_the_ring)
{
    put("abcdef");
    holds_bytes("abcdef");
    take("abcd");
    holds_bytes("ef");
    put("ghijkl");
    holds_bytes("efghijkl");
    take("efghijkl");
    holds_bytes("");
}
END_TEST

START_TEST(the_stream_is_all_that_was_ever_written)
{
    put("abc");
    take("ab");
    put("de");
    ck_assert_uint_eq(v.pipes[0].stream_size, 5);
    ck_assert_mem_eq(v.pipes[0].stream, "abcde", 5);
}
END_TEST

START_TEST(beyond_the_limit_a_stream_is_not_kept_and_that_is_said)
{
    for (int i = 0; i < 25; i++) {
        put("abcd");
        take("abcd");
    }
    ck_assert(!v.limit_reached);
    put("x");
    ck_assert(v.limit_reached);
    ck_assert_uint_eq(v.pipes[0].stream_size, 100);
}
END_TEST

START_TEST(ends_are_counted_and_what_nobody_can_read_is_lost)
{
    put("abc");
    about_pipe(EV_OPEN_READER, 0, NULL);
    about_pipe(EV_OPEN_WRITER, 0, NULL);
    about_pipe(EV_CLOSE_READER, 0, NULL);
    ck_assert_int_eq(v.pipes[0].readers, 1);
    ck_assert_int_eq(v.pipes[0].writers, 2);
    ck_assert_int_eq(v.open_ends, 3);
    ck_assert_int_eq(v.pipes[0].lost, 0);
    about_pipe(EV_CLOSE_READER, 0, NULL);
    ck_assert_int_eq(v.pipes[0].lost, 3);
    about_pipe(EV_CLOSE_WRITER, 0, NULL);
    about_pipe(EV_CLOSE_WRITER, 0, NULL);
    ck_assert_int_eq(v.open_ends, 0);
}
END_TEST

static void resize(int64_t capacity)
{
    tell((struct event){
        .kind = EV_RESIZE, .actor = 0, .other = NOBODY, .pipe = 0, .value = capacity, .value2 = 2});
}

START_TEST(a_resized_pipe_keeps_what_is_in_it)
{
    put("abcdef");
    take("abcd");
    put("ghij");
    resize(20);
    holds_bytes("efghij");
    ck_assert_int_eq(v.pipes[0].capacity, 20);
    ck_assert_int_eq(v.pipes[0].atomic, 2);
    resize(6);
    holds_bytes("efghij");
    take("ef");
    put("kl");
    holds_bytes("ghijkl");
}
END_TEST

START_TEST(of_a_pipe_too_large_to_draw_the_bytes_are_not_known_later)
{
    resize(1000);
    put("abc");
    resize(5);
    holds_bytes("???");
    put("de");
    holds_bytes("???de");
    take("???");
    holds_bytes("de");
}
END_TEST

START_TEST(bytes_in_cells_survive_growing_large_only_as_a_number)
{
    put("abc");
    resize(1000);
    ck_assert_int_eq(v.pipes[0].used, 3);
    take("abc");
    ck_assert_int_eq(v.pipes[0].used, 0);
}
END_TEST

START_TEST(many_pipes_and_actors_are_found_by_name)
{
    static char names[100][16];
    for (int i = 0; i < 100; i++) {
        snprintf(names[i], sizeof names[i], "x.%d", i);
        pipe_of(names[i], 4);
        actor(names[i]);
    }
    for (int i = 0; i < 100; i++) {
        ck_assert_ptr_eq(view_pipe_named(&v, names[i], strlen(names[i])), &v.pipes[i + 1]);
        ck_assert_ptr_eq(view_actor_named(&v, names[i], strlen(names[i])), &v.actors[i + 1]);
    }
    ck_assert_ptr_null(view_pipe_named(&v, "x", 1));
    ck_assert_ptr_null(view_actor_named(&v, "x.1000", 6));
    ck_assert_ptr_eq(view_actor_named(&v, "x.10", 3), &v.actors[2]);
}
END_TEST

/* -- actors ------------------------------------------------------------------------------------------- */

static void by_actor(enum event_kind kind, int64_t tick)
{
    tell((struct event){.kind = kind, .actor = 0, .other = NOBODY, .pipe = NO_PIPE, .tick = tick});
}

static void sleeps(enum sleep_on on, int64_t tick)
{
    tell((struct event){.kind = EV_SLEEP,
                        .sleep_on = on,
                        .actor = 0,
                        .other = NOBODY,
                        .pipe = 0,
                        .text = "not_full",
                        .size = 8,
                        .tick = tick});
}

START_TEST(an_actor_sleeps_and_wakes)
{
    by_actor(EV_CALL, 1);
    ck_assert_int_eq(v.actors[0].state, ACTOR_RUNNABLE);
    sleeps(ON_CONDITION, 2);
    ck_assert_int_eq(v.actors[0].state, ACTOR_ASLEEP);
    ck_assert_int_eq(v.actors[0].since, 2);
    ck_assert_str_eq(v.actors[0].condition, "not_full");
    ck_assert_int_eq(v.asleep, 1);
    actor("b");
    tell((struct event){.kind = EV_WAKE, .actor = 1, .other = 0, .pipe = NO_PIPE, .tick = 5});
    ck_assert_int_eq(v.asleep, 0);
    ck_assert_int_eq(v.actors[0].woken_by, 1);
    by_actor(EV_RESUME, 6);
    by_actor(EV_RETURN, 6);
    ck_assert_int_eq(v.actors[0].state, ACTOR_RUNNABLE);
    ck_assert_int_eq(v.actors[0].sleeps, 1);
    ck_assert_int_eq(v.actors[0].calls, 1);
    ck_assert_int_eq(v.tick, 6);
}
END_TEST

START_TEST(waiting_for_a_tick_or_a_lock_is_no_sleep_of_the_call)
{
    by_actor(EV_CALL, 1);
    sleeps(ON_TIME, 1);
    by_actor(EV_RESUME, 2);
    sleeps(ON_LOCK, 2);
    by_actor(EV_RESUME, 2);
    ck_assert_int_eq(v.actors[0].sleeps, 0);
    ck_assert(!v.actors[0].slept);
}
END_TEST

START_TEST(calls_that_moved_bytes_are_counted_once)
{
    about_pipe(EV_CALL, 4, NULL);
    put("ab");
    put("cd");
    about_pipe(EV_RETURN, 4, NULL);
    about_pipe(EV_CALL, 9, NULL);
    take("abcd");
    about_pipe(EV_RETURN, 4, NULL);
    about_pipe(EV_CALL, 9, NULL);
    about_pipe(EV_RETURN, 0, NULL);
    ck_assert_int_eq(v.pipes[0].writes, 1);
    ck_assert_int_eq(v.pipes[0].reads, 1);
    ck_assert_int_eq(v.actors[0].calls, 3);
}
END_TEST

START_TEST(output_is_kept)
{
    tell((struct event){.kind = EV_PRINT,
                        .actor = 0,
                        .other = NOBODY,
                        .pipe = NO_PIPE,
                        .text = "ab\0c",
                        .size = 4});
    tell((struct event){
        .kind = EV_PRINT, .actor = 0, .other = NOBODY, .pipe = NO_PIPE, .text = "d", .size = 1});
    ck_assert_uint_eq(v.actors[0].output_size, 5);
    ck_assert_mem_eq(v.actors[0].output, "ab\0cd", 5);
}
END_TEST

START_TEST(an_actor_that_ends_has_a_status_and_is_no_longer_asleep)
{
    sleeps(ON_PAUSE, 1);
    tell(
        (struct event){.kind = EV_EXIT, .actor = 0, .other = NOBODY, .pipe = NO_PIPE, .value = -9});
    ck_assert_int_eq(v.actors[0].state, ACTOR_EXITED);
    ck_assert_int_eq(v.actors[0].status, -9);
    ck_assert_int_eq(v.asleep, 0);
}
END_TEST

Suite *view_suite(void)
{
    Suite *suite = suite_create("view");
    TCase *pipes = tcase_create("pipe");
    tcase_add_checked_fixture(pipes, open_pipe, NULL);
    tcase_add_test(pipes, a_new_pipe_is_empty_and_open_at_both_ends);
    tcase_add_test(pipes, bytes_go_in_and_out_around_the_ring);
    tcase_add_test(pipes, the_stream_is_all_that_was_ever_written);
    tcase_add_test(pipes, beyond_the_limit_a_stream_is_not_kept_and_that_is_said);
    tcase_add_test(pipes, ends_are_counted_and_what_nobody_can_read_is_lost);
    tcase_add_test(pipes, a_resized_pipe_keeps_what_is_in_it);
    tcase_add_test(pipes, of_a_pipe_too_large_to_draw_the_bytes_are_not_known_later);
    tcase_add_test(pipes, bytes_in_cells_survive_growing_large_only_as_a_number);
    tcase_add_test(pipes, many_pipes_and_actors_are_found_by_name);
    suite_add_tcase(suite, pipes);

    TCase *actors = tcase_create("actor");
    tcase_add_checked_fixture(actors, open_pipe, NULL);
    tcase_add_test(actors, an_actor_sleeps_and_wakes);
    tcase_add_test(actors, waiting_for_a_tick_or_a_lock_is_no_sleep_of_the_call);
    tcase_add_test(actors, calls_that_moved_bytes_are_counted_once);
    tcase_add_test(actors, output_is_kept);
    tcase_add_test(actors, an_actor_that_ends_has_a_status_and_is_no_longer_asleep);
    suite_add_tcase(suite, actors);
    return suite;
}

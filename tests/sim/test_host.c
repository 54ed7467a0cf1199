/* test_host.c - real processes that make real calls on order, and are seen to sleep. Linux only. */
#include "sim/host/host.h"
#include "sim/trace/abi.h"
#include "tests/suites.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#ifdef __linux__

enum { WRITER, READER, CHILD, ACTORS };

/* A writer and a reader at the ends of one pipe; the reader may have a child. NULL: the host forbids
 * it, and says so. */
static struct host *open_pair(void)
{
    static const int starters[] = {WRITER, READER};
    static const int64_t pipes[] = {65536};
    static const struct host_end ends[] = {{WRITER, 1, 0, HOST_WRITE_END},
                                           {READER, 0, 0, HOST_READ_END}};
    const struct host_plan plan = {.actor_count = ACTORS,
                                   .starters = starters,
                                   .starter_count = 2,
                                   .pipes = pipes,
                                   .pipe_count = 1,
                                   .ends = ends,
                                   .end_count = 2,
                                   .capacity = 65536,
                                   .max_files = 64,
                                   .bytes = 100};
    struct strbuf why = {0};
    struct host *h = host_open(&plan, &why);
    if (h == NULL)
        fprintf(stderr, "skipped: %s\n", strbuf_text(&why));
    strbuf_free(&why);
    return h;
}

static void order(struct host *h, int actor, const char *name, int64_t a, int64_t b)
{
    struct host_call call = {.call = host_call_named(name),
                             .numbers = {a, b},
                             .count = 2,
                             .size = (size_t)b,
                             .child = CHILD};
    host_order(h, actor, &call);
    ck_assert(host_settle(h));
}

static void write_text(struct host *h, int actor, int fd, const char *text)
{
    struct host_call call = {.call = host_call_named("write"),
                             .numbers = {fd},
                             .count = 2,
                             .bytes = text,
                             .size = strlen(text)};
    host_order(h, actor, &call);
    ck_assert(host_settle(h));
}

static int64_t returned(struct host *h, int actor)
{
    struct host_report report;
    ck_assert(host_next_report(h, actor, &report));
    ck_assert_int_eq(report.kind, HOST_RETURNED);
    return report.value;
}

START_TEST(a_read_of_an_empty_pipe_is_seen_to_sleep)
{
    struct host *h = open_pair();
    struct host_report report;
    if (h == NULL)
        return;
    order(h, READER, "read", 0, 100);
    ck_assert_int_eq(host_state(h, READER), HOST_ASLEEP);
    ck_assert_int_eq(host_state(h, WRITER), HOST_WAITS);
    write_text(h, WRITER, 1, "hello");
    ck_assert_int_eq(host_state(h, READER), HOST_WAITS);
    ck_assert_int_eq(returned(h, WRITER), 5);
    ck_assert(host_next_report(h, READER, &report));
    ck_assert_int_eq(report.value, 5);
    ck_assert(memcmp(report.bytes, "hello", 5) == 0);
    ck_assert(!host_next_report(h, READER, &report));
    host_close(h);
}
END_TEST

START_TEST(nobody_but_the_puppets_has_an_end)
{
    struct host *h = open_pair();
    if (h == NULL)
        return;
    order(h, READER, "read", 0, 100);
    host_end_block(h, WRITER);
    ck_assert(host_settle(h));
    ck_assert_int_eq(host_state(h, WRITER), HOST_GONE);
    ck_assert_int_eq(host_status(h, WRITER), 0);
    ck_assert_int_eq(returned(h, READER), 0);
    host_close(h);
}
END_TEST

START_TEST(a_child_is_made_by_its_parent_and_shares_the_pipe)
{
    struct host *h = open_pair();
    if (h == NULL)
        return;
    order(h, READER, "fork", 0, 0);
    ck_assert_int_eq(returned(h, READER), CHILD + 1);
    ck_assert_int_eq(host_state(h, CHILD), HOST_WAITS);
    order(h, CHILD, "getppid", 0, 0);
    ck_assert_int_eq(returned(h, CHILD), READER + 1);
    order(h, CHILD, "read", 0, 100);
    write_text(h, WRITER, 1, "hi");
    ck_assert_int_eq(returned(h, CHILD), 2);
    order(h, READER, "wait", CHILD + 1, 0);
    ck_assert_int_eq(host_state(h, READER), HOST_ASLEEP);
    host_signal(h, CHILD, SIGTERM);
    ck_assert(host_settle(h));
    ck_assert_int_eq(returned(h, READER), 128 + SIGTERM);
    host_close(h);
}
END_TEST

START_TEST(a_handler_takes_orders_until_it_is_told_to_return)
{
    struct host *h = open_pair();
    struct host_report report;
    if (h == NULL)
        return;
    order(h, READER, "sigaction", SIGUSR1, 0);
    ck_assert_int_eq(returned(h, READER), 0);
    order(h, READER, "read", 0, 100);
    host_signal(h, READER, SIGUSR1);
    ck_assert(host_settle(h));
    ck_assert(host_next_report(h, READER, &report));
    ck_assert_int_eq(report.kind, HOST_HANDLES);
    ck_assert_int_eq(report.signal, SIGUSR1);
    order(h, READER, "getpid", 0, 0);
    ck_assert_int_eq(returned(h, READER), READER + 1);
    host_end_handler(h, READER);
    ck_assert(host_settle(h));
    ck_assert_int_eq(returned(h, READER), -EINTR);
    host_close(h);
}
END_TEST

START_TEST(time_passes_when_the_stage_says_so)
{
    struct host *h = open_pair();
    if (h == NULL)
        return;
    order(h, READER, "sleep", 5, 0);
    ck_assert_int_eq(host_state(h, READER), HOST_ASLEEP);
    host_open_gate(h, READER);
    ck_assert(host_settle(h));
    ck_assert_int_eq(returned(h, READER), 0);
    host_close(h);
}
END_TEST

START_TEST(whoever_is_asleep_is_killed_in_the_end)
{
    struct host *h = open_pair();
    if (h == NULL)
        return;
    order(h, READER, "fork", 0, 0);
    order(h, CHILD, "read", 0, 100);
    host_close(h);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
    ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(a_puppet_sees_the_descriptors_of_its_script_only)
{
    struct host *h = open_pair();
    if (h == NULL)
        return;
    order(h, WRITER, "dup", 1, 0);
    ck_assert_int_eq(returned(h, WRITER), 3);
    for (int fd = 4; fd < 64; fd++) {
        order(h, WRITER, "close", fd, 0);
        ck_assert_int_eq(returned(h, WRITER), -EBADF);
    }
    for (int fd = 4; fd < 64; fd++) {
        order(h, WRITER, "dup", 1, 0);
        ck_assert_int_eq(returned(h, WRITER), fd);
    }
    order(h, WRITER, "dup", 1, 0);
    ck_assert_int_eq(returned(h, WRITER), -EMFILE);
    host_close(h);
}
END_TEST

START_TEST(a_pipe_of_the_host_is_a_power_of_two_of_pages)
{
    ck_assert_int_eq(host_capacity(65536), 65536);
    ck_assert_int_eq(host_capacity(131072), 131072);
    ck_assert_int_eq(host_capacity(8), 65536);
    ck_assert_int_eq(host_capacity(70000), 131072);
}
END_TEST

#endif

Suite *host_suite(void)
{
    Suite *s = suite_create("host");
#ifdef __linux__
    TCase *c = tcase_create("puppets");
    tcase_add_test(c, a_read_of_an_empty_pipe_is_seen_to_sleep);
    tcase_add_test(c, nobody_but_the_puppets_has_an_end);
    tcase_add_test(c, a_child_is_made_by_its_parent_and_shares_the_pipe);
    tcase_add_test(c, a_handler_takes_orders_until_it_is_told_to_return);
    tcase_add_test(c, time_passes_when_the_stage_says_so);
    tcase_add_test(c, whoever_is_asleep_is_killed_in_the_end);
    tcase_add_test(c, a_puppet_sees_the_descriptors_of_its_script_only);
    tcase_add_test(c, a_pipe_of_the_host_is_a_power_of_two_of_pages);
    suite_add_tcase(s, c);
#endif
    return s;
}

/* test_library_sets.c - select and epoll on simulated pipes. PS-nnn are facts of the pipe semantics. */
#include "tests/sim/seated.h"
#include "tests/suites.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>

static struct sim *sim;
static int p[2];

static void open_system(void)
{
    sim = sim_new(NULL);
    ck_assert_ptr_nonnull(sim);
    sim_signal(SIGPIPE, SIG_IGN, 0);
    ck_assert_int_eq(sim_pipe2(p, O_NONBLOCK), 0);
}

static void close_system(void)
{
    sim_free(sim);
    forget_callers();
}

/* -- select ------------------------------------------------------------------------------------------- */

/* Readable 1, writable 2, exceptional 4; or a negative errno. */
static int selected(int fd)
{
    fd_set sets[3];
    struct timeval none = {0, 0};
    for (int i = 0; i < 3; i++) {
        FD_ZERO(&sets[i]);
        FD_SET(fd, &sets[i]);
    }
    int n = sim_select(fd + 1, &sets[0], &sets[1], &sets[2], &none), found = 0, members = 0;
    for (int i = 0; i < 3 && n >= 0; i++) {
        found |= (FD_ISSET(fd, &sets[i]) != 0) << i;
        members += FD_ISSET(fd, &sets[i]) != 0;
    }
    ck_assert(n < 0 || n == members);
    return n < 0 ? -errno : found;
}

START_TEST(PS_153_to_160_164_each_state_for_select)
{
    ck_assert_int_eq(selected(p[0]), 0);
    ck_assert_int_eq(selected(p[1]), 2);
    put(p[1], 10, 'x');
    ck_assert_int_eq(selected(p[0]), 1);
    ck_assert_int_eq(selected(p[1]), 2);
    put(p[1], PIPEFUL, 'x');
    ck_assert_int_eq(selected(p[0]), 1);
    ck_assert_int_eq(selected(p[1]), 0);
    int copy = sim_dup(p[0]), w = sim_dup(p[1]);
    sim_close(p[0]);
    sim_close(copy);
    ck_assert_int_eq(selected(p[1]), 3);
    sim_close(w);
    sim_close(p[1]);
    ck_assert_int_eq(selected(p[1]), -EBADF);
    sim_pipe(p);
    sim_close(p[1]);
    ck_assert_int_eq(selected(p[0]), 1);
    sim_pipe2(p, O_NONBLOCK);
    sim_close(p[0]);
    ck_assert_int_eq(selected(p[1]), 3);
}
END_TEST

static ssize_t selects(struct caller *c)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(c->fd, &set);
    return sim_select(c->fd + 1, c->with == POLLIN ? &set : NULL, c->with == POLLOUT ? &set : NULL,
                      NULL, NULL);
}

START_TEST(select_sleeps_until_one_is_ready)
{
    struct caller *c = caller_of(selects, p[0], 0, POLLIN),
                  *never = caller_of(selects, p[0], 0, POLLOUT);
    ck_assert(caller_sleeps(c));
    put(p[1], 1, 'x');
    ck_assert_int_eq(caller_result(c), 1);
    sim_close(p[1]); /* a hang-up is no room */
    ck_assert(caller_sleeps(never));
    ck_assert_int_eq(sim_select(-1, NULL, NULL, NULL, NULL), -1);
    ck_assert_int_eq(errno, EINVAL);
}
END_TEST

/* -- epoll -------------------------------------------------------------------------------------------- */

#ifdef __linux__

static int set;

static int watch(int to, int operation, int fd, uint32_t events)
{
    struct epoll_event e = {.events = events, .data.fd = fd};
    return sim_epoll_ctl(to, operation, fd, &e) < 0 ? -errno : 0;
}

/* Events of the one that is ready, 0 if none is. */
static int told(void)
{
    struct epoll_event events[4];
    int n = sim_epoll_wait(set, events, 4, 0);
    ck_assert_int_ge(n, 0);
    ck_assert_int_le(n, 1);
    return n == 0 ? 0 : (int)events[0].events;
}

static void watch_one(int fd, uint32_t events)
{
    set = sim_epoll_create1(0);
    ck_assert_int_ge(set, 0);
    ck_assert_int_eq(watch(set, EPOLL_CTL_ADD, fd, events), 0);
}

START_TEST(PS_166_level_triggered_reports_twice)
{
    watch_one(p[0], EPOLLIN);
    ck_assert_int_eq(told(), 0);
    put(p[1], 1, 'x');
    ck_assert_int_eq(told(), EPOLLIN);
    ck_assert_int_eq(told(), EPOLLIN);
    take(p[0], 1);
    ck_assert_int_eq(told(), 0);
}
END_TEST

START_TEST(PS_167_168_169_170_edges_of_a_read_end)
{
    watch_one(p[0], EPOLLIN | EPOLLET);
    put(p[1], 1, 'x');
    ck_assert_int_eq(told(), EPOLLIN);
    ck_assert_int_eq(told(), 0);
    put(p[1], 1, 'x');
    ck_assert_int_eq(told(), EPOLLIN);
    take(p[0], 1);
    ck_assert_int_eq(told(), 0);
    put(p[1], 0, 'x');
    ck_assert_int_eq(told(), 0);
    take(p[0], 1);
    sim_close(p[1]);
    ck_assert_int_eq(told(), EPOLLHUP);
    ck_assert_int_eq(told(), 0);
}
END_TEST

START_TEST(PS_171_172_173_edges_of_a_write_end)
{
    watch_one(p[1], EPOLLOUT | EPOLLET);
    ck_assert_int_eq(told(), EPOLLOUT);
    ck_assert_int_eq(told(), 0);
    put(p[1], 10, 'x');
    take(p[0], 5);
    ck_assert_int_eq(told(), 0);
    take(p[0], 5);
    put(p[1], PIPEFUL, 'x');
    take(p[0], 100);
    ck_assert_int_eq(told(), 0);
    take(p[0], 3996);
    ck_assert_int_eq(told(), EPOLLOUT);
    take(p[0], 4096);
    ck_assert_int_eq(told(), 0);
    sim_fcntl(p[0], F_SETPIPE_SZ, 131072L);
    ck_assert_int_eq(told(), EPOLLOUT);
}
END_TEST

START_TEST(PS_174_what_is_closed_is_in_no_set)
{
    watch_one(p[0], EPOLLIN);
    int copy = sim_dup(p[0]);
    put(p[1], 1, 'x');
    sim_close(p[0]);
    ck_assert_int_eq(told(), EPOLLIN); /* as long as it has another descriptor */
    sim_close(copy);
    ck_assert_int_eq(told(), 0);
}
END_TEST

START_TEST(one_shot_and_changes)
{
    watch_one(p[0], EPOLLIN | EPOLLONESHOT);
    put(p[1], 2, 'x');
    ck_assert_int_eq(told(), EPOLLIN);
    put(p[1], 1, 'x');
    ck_assert_int_eq(told(), 0);
    ck_assert_int_eq(watch(set, EPOLL_CTL_MOD, p[0], EPOLLIN), 0);
    ck_assert_int_eq(told(), EPOLLIN);
    ck_assert_int_eq(watch(set, EPOLL_CTL_DEL, p[0], 0), 0);
    ck_assert_int_eq(told(), 0);
}
END_TEST

START_TEST(sets_that_are_none_and_ends_that_are_in_or_not)
{
    watch_one(p[0], EPOLLIN);
    ck_assert_int_eq(watch(set, EPOLL_CTL_ADD, p[0], EPOLLIN), -EEXIST);
    ck_assert_int_eq(watch(set, EPOLL_CTL_MOD, p[1], EPOLLIN), -ENOENT);
    ck_assert_int_eq(watch(set, EPOLL_CTL_DEL, p[1], EPOLLIN), -ENOENT);
    ck_assert_int_eq(watch(set, 77, p[1], EPOLLIN), -EINVAL);
    ck_assert_int_eq(watch(set, EPOLL_CTL_ADD, 77, EPOLLIN), -EBADF);
    ck_assert_int_eq(watch(set, EPOLL_CTL_ADD, 0, EPOLLIN), -EPERM);
    ck_assert_int_eq(watch(set, EPOLL_CTL_ADD, set, EPOLLIN), -EINVAL);
    ck_assert_int_eq(watch(p[0], EPOLL_CTL_ADD, p[1], EPOLLIN), -EINVAL);
    ck_assert_int_eq(sim_epoll_wait(set, NULL, 0, 0), -1);
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_int_eq(sim_epoll_create1(1), -1);
    ck_assert_int_eq(sim_close(set), 0);
    put(p[1], 1, 'x');
    ck_assert_int_eq(watch(set, EPOLL_CTL_ADD, p[0], EPOLLIN), -EBADF);
}
END_TEST

static ssize_t waits_in_set(struct caller *c)
{
    struct epoll_event e;
    return sim_epoll_wait(c->fd, &e, 1, -1);
}

static int returned(struct caller **callers, int count)
{
    int n = 0;
    for (int i = 0; i < count; i++)
        n += !caller_sleeps(callers[i]);
    return n;
}

START_TEST(PS_107_each_of_six_sets_is_told)
{
    struct caller *waiting[6];
    for (int i = 0; i < 6; i++) {
        watch_one(p[0], EPOLLIN);
        waiting[i] = caller_of(waits_in_set, set, 0, 0);
    }
    ck_assert_int_eq(returned(waiting, 6), 0);
    put(p[1], 1, 'x');
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(caller_result(waiting[i]), 1);
}
END_TEST

START_TEST(PS_108_of_six_threads_in_one_set_one_is_told)
{
    struct caller *waiting[6];
    watch_one(p[0], EPOLLIN | EPOLLET);
    for (int i = 0; i < 6; i++)
        waiting[i] = caller_of(waits_in_set, set, 0, 0);
    put(p[1], 1, 'x');
    while (returned(waiting, 6) < 1)
        sched_yield();
    ck_assert_int_eq(returned(waiting, 6), 1);
}
END_TEST

static void *pours(void *arg)
{
    for (int i = 0; i < 2000; i++)
        while (put(p[1], 100, 'x') < 0)
            sched_yield();
    sim_close(p[1]);
    return arg;
}

/* No edge is lost: who reads until EAGAIN after each gets everything. */
START_TEST(edges_while_another_thread_writes)
{
    pthread_t thread;
    struct epoll_event e;
    long total = 0;
    watch_one(p[0], EPOLLIN | EPOLLET);
    pthread_create(&thread, NULL, pours, NULL);
    for (ssize_t n = 1; n != 0;) {
        ck_assert_int_eq(sim_epoll_wait(set, &e, 1, -1), 1);
        while ((n = take(p[0], 1000)) > 0)
            total += n;
    }
    pthread_join(thread, NULL);
    ck_assert_int_eq(total, 200000);
}
END_TEST

static void add_epoll(TCase *to)
{
    tcase_add_test(to, PS_166_level_triggered_reports_twice);
    tcase_add_test(to, PS_167_168_169_170_edges_of_a_read_end);
    tcase_add_test(to, PS_171_172_173_edges_of_a_write_end);
    tcase_add_test(to, PS_174_what_is_closed_is_in_no_set);
    tcase_add_test(to, one_shot_and_changes);
    tcase_add_test(to, sets_that_are_none_and_ends_that_are_in_or_not);
    tcase_add_test(to, PS_107_each_of_six_sets_is_told);
    tcase_add_test(to, PS_108_of_six_threads_in_one_set_one_is_told);
    tcase_add_test(to, edges_while_another_thread_writes);
}

#else

static void add_epoll(TCase *to)
{
    (void)to;
}

#endif

static void add_select(TCase *to)
{
    tcase_add_test(to, PS_153_to_160_164_each_state_for_select);
    tcase_add_test(to, select_sleeps_until_one_is_ready);
}

static void add_case(Suite *suite, const char *name, void add(TCase *to))
{
    TCase *tests = tcase_create(name);
    tcase_set_timeout(tests, 30);
    tcase_add_checked_fixture(tests, open_system, close_system);
    add(tests);
    suite_add_tcase(suite, tests);
}

Suite *library_sets_suite(void)
{
    Suite *suite = suite_create("library_sets");
    add_case(suite, "select", add_select);
    add_case(suite, "epoll", add_epoll);
    return suite;
}

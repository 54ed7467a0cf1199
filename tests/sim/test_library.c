/* test_library.c - pipesim.h as a program that is careless, or hostile, would use it: without a system,
 * with wrong arguments, with threads that come and go. */
#include "tests/sim/seated.h"
#include "tests/suites.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

static struct sim *sim;
static int p[2];
static _Atomic int signals, others;

static void open_system(void)
{
    sim = sim_new(NULL);
    ck_assert_ptr_nonnull(sim);
    sim_signal(SIGPIPE, SIG_IGN, 0);
    ck_assert_int_eq(sim_pipe(p), 0);
}

static void close_system(void)
{
    sim_free(sim);
    sim = NULL;
    forget_callers();
}

#define FAILS(error, call)                                                                         \
    do {                                                                                           \
        errno = 0;                                                                                 \
        ck_assert_int_eq((long)(call), -1);                                                        \
        ck_assert_int_eq(errno, error);                                                            \
    } while (0)

/* -- the system --------------------------------------------------------------------------------------- */

START_TEST(calls_without_a_system_fail)
{
    char byte;
    int fds[2];
    FAILS(ENXIO, sim_pipe(fds));
    FAILS(ENXIO, sim_enter(1));
    sim_exit(0);
    sim_free(NULL);
    open_system();
    put(p[1], 1, 'x');
    close_system();
    FAILS(ENXIO, sim_read(p[0], &byte, 1));
    FAILS(ENXIO, sim_thread());
}
END_TEST

START_TEST(there_is_one_system_at_a_time)
{
    open_system();
    errno = 0;
    ck_assert_ptr_null(sim_new(NULL));
    ck_assert_int_eq(errno, EBUSY);
    ck_assert_int_eq(put(p[1], 1, 'x'), 1);
    close_system();
}
END_TEST

START_TEST(impossible_options_are_refused)
{
    static const struct sim_options wrong[] = {{.pipe = "no such pipe"}, {.memory = -1},
                                               {.max_files = -1},        {.capacity = SIZE_MAX},
                                               {.page = SIZE_MAX},       {.atomic = SIZE_MAX}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        errno = 0;
        ck_assert_ptr_null(sim_new(&wrong[i]));
        ck_assert_int_eq(errno, EINVAL);
    }
    open_system();
    close_system();
}
END_TEST

START_TEST(a_thread_uses_one_system_after_the_other)
{
    for (int i = 0; i < 200; i++) {
        open_system();
        ck_assert_int_eq(p[0], 3);
        ck_assert_int_eq(put(p[1], 5, 'x'), 5);
        ck_assert_int_eq(take(p[0], 9), 5);
        if (i % 2 == 0)
            ck_assert(caller_sleeps(reader_of(p[0], 1)));
        close_system();
    }
}
END_TEST

struct turns {
    int parties;
    _Atomic int there, round, sum;
};

/* Until all have come. */
static void meet(struct turns *t)
{
    int round = t->round;
    if (++t->there == t->parties) {
        t->there = 0;
        t->round++;
    }
    while (t->round == round)
        sched_yield();
}

static void *takes_part(void *arg)
{
    struct turns *t = arg;
    for (int i = 0; i < 50; i++) {
        meet(t); /* there is a system */
        t->sum += put(p[1], 1, 'x') == 1;
        meet(t);
        meet(t); /* there is none */
        t->sum += sim_thread() == -1 && errno == ENXIO;
        meet(t);
    }
    return NULL;
}

START_TEST(so_do_threads_that_have_not_made_them)
{
    struct turns t = {.parties = 4};
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, takes_part, &t);
    for (int i = 0; i < 50; i++) {
        open_system();
        meet(&t);
        meet(&t);
        ck_assert_int_eq(bytes_in(p[0]), 3);
        close_system();
        meet(&t);
        meet(&t);
    }
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(t.sum, 3 * 50 * 2);
}
END_TEST

static void *calls_in_both(void *arg)
{
    struct turns *t = arg;
    t->sum += sim_thread() > 0;
    meet(t);
    meet(t);
    t->sum += sim_thread() > 0;
    return NULL;
}

/* What the thread had lay where the second system has no memory. */
START_TEST(what_a_thread_had_in_a_system_is_forgotten)
{
    struct turns t = {.parties = 2};
    pthread_t thread;
    int fds[2];
    open_system();
    for (int i = 0; i < 300; i++)
        ck_assert(sim_pipe(fds) == 0 && put(fds[1], PIPEFUL, 'x') == PIPEFUL);
    pthread_create(&thread, NULL, calls_in_both, &t);
    meet(&t);
    close_system();
    sim = sim_new(&(struct sim_options){.memory = 1});
    meet(&t);
    pthread_join(thread, NULL);
    ck_assert_int_eq(t.sum, 2);
    close_system();
}
END_TEST

START_TEST(the_end_of_the_system_ends_the_calls_that_sleep)
{
    open_system();
    int q[2];
    sim_pipe(q);
    struct caller *r = reader_of(p[0], 1), *w = writer_to(q[1], PIPEFUL + 1, 'x');
    sim_free(sim);
    ck_assert_int_eq(caller_result(r), -ENXIO);
    ck_assert_int_eq(caller_result(w), PIPEFUL);
    forget_callers();
}
END_TEST

START_TEST(a_system_that_memory_is_too_short_for_leaves_nothing_locked)
{
    open_system();
    close_system();
    struct sim *small = sim_new(&(struct sim_options){.memory = 1});
    int fds[2], made = 0;
    while (small != NULL && sim_pipe(fds) == 0)
        made++;
    ck_assert_int_gt(made, 10);
    ck_assert(errno == ENOMEM || errno == EMFILE);
    sim_free(small);
    open_system();
    close_system();
}
END_TEST

/* -- arguments ---------------------------------------------------------------------------------------- */

START_TEST(descriptors_that_are_none)
{
    static const int bad[] = {-1, -1000, 77, 1 << 30, 0x7fffffff, (int)0x80000000};
    struct iovec iov = {taken, 1};
    int n;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        FAILS(EBADF, sim_read(bad[i], taken, 1));
        FAILS(EBADF, sim_write(bad[i], taken, 0));
        FAILS(EBADF, sim_readv(bad[i], &iov, 1));
        FAILS(EBADF, sim_writev(bad[i], &iov, 1));
        FAILS(EBADF, sim_close(bad[i]));
        FAILS(EBADF, sim_dup(bad[i]));
        FAILS(EBADF, sim_dup2(bad[i], 5));
        FAILS(EBADF, sim_dup3(bad[i], 5, 0));
        FAILS(EBADF, sim_fcntl(bad[i], F_GETFL));
        FAILS(EBADF, sim_fcntl(bad[i], F_SETFD, FD_CLOEXEC));
        FAILS(EBADF, sim_fcntl(bad[i], F_GETPIPE_SZ));
        FAILS(EBADF, sim_fcntl(bad[i], 4711));
        FAILS(EBADF, sim_ioctl(bad[i], FIONREAD, &n));
        FAILS(EBADF, sim_splice(bad[i], NULL, p[1], NULL, 1, 0));
        FAILS(EBADF, sim_tee(p[0], bad[i], 1, 0));
        ck_assert_int_eq(mask_of(bad[i]), bad[i] < 0 ? 0 : POLLNVAL); /* PS-019, PS-165 */
    }
    FAILS(EBADF, sim_dup2(p[0], -1));
    FAILS(EBADF, sim_dup2(p[0], 1024));
    FAILS(EINVAL, sim_fcntl(p[0], F_DUPFD, 1024));
    FAILS(EINVAL, sim_fcntl(p[0], F_DUPFD, -1));
}
END_TEST

START_TEST(PS_015_each_end_is_for_one_way)
{
    FAILS(EBADF, sim_read(p[1], taken, 1));
    FAILS(EBADF, sim_read(p[1], taken, 0));
    FAILS(EBADF, sim_write(p[0], taken, 1));
    FAILS(EBADF, sim_write(p[0], taken, 0));
    FAILS(EBADF, sim_splice(p[1], NULL, p[0], NULL, 1, 0));
    ck_assert_int_eq(sim_close(p[0]), 0);
    FAILS(EBADF, sim_close(p[0])); /* PS-125 */
}
END_TEST

START_TEST(PS_004_005_006_flags_of_pipe2)
{
    int q[2] = {-7, -7};
    ck_assert_int_eq(sim_pipe2(q, O_CLOEXEC | O_NONBLOCK | O_DIRECT), 0);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(sim_fcntl(q[i], F_GETFD), FD_CLOEXEC);
        ck_assert_int_eq(sim_fcntl(q[i], F_GETFL), i | O_NONBLOCK | (i == 1 ? O_DIRECT : 0));
    }
    q[0] = q[1] = -7;
    FAILS(EINVAL, sim_pipe2(q, 0xDEAD));
    FAILS(EINVAL, sim_pipe2(q, O_APPEND));
    ck_assert(q[0] == -7 && q[1] == -7);
}
END_TEST

START_TEST(close_on_exec_belongs_to_the_descriptor)
{
    sim_fcntl(p[0], F_SETFD, FD_CLOEXEC);
    int copy = sim_dup(p[0]), third = sim_fcntl(p[0], F_DUPFD_CLOEXEC, 20);
    ck_assert_int_eq(sim_fcntl(copy, F_GETFD), 0);
    ck_assert_int_eq(third, 20);
    ck_assert_int_eq(sim_fcntl(third, F_GETFD), FD_CLOEXEC);
    ck_assert_int_eq(sim_fcntl(p[0], F_DUPFD, 20), 21);
    ck_assert_int_eq(sim_dup3(p[0], 30, O_CLOEXEC), 30);
    ck_assert_int_eq(sim_fcntl(30, F_GETFD), FD_CLOEXEC);
    ck_assert_int_eq(sim_dup2(p[0], 30), 30);
    ck_assert_int_eq(sim_fcntl(30, F_GETFD), 0);
    ck_assert_int_eq(sim_dup2(third, third), third);
    ck_assert_int_eq(sim_fcntl(third, F_GETFD), FD_CLOEXEC);
    FAILS(EINVAL, sim_dup3(p[0], p[0], 0));
    FAILS(EINVAL, sim_dup3(p[0], 30, O_NONBLOCK));
}
END_TEST

START_TEST(PS_008_without_two_free_descriptors_no_pipe_is_made)
{
    int fds[2] = {-7, -7}, last = -1;
    for (int fd; (fd = sim_dup(p[0])) >= 0;)
        last = fd;
    ck_assert_int_eq(errno, EMFILE);
    sim_close(last);
    FAILS(EMFILE, sim_pipe(fds));
    ck_assert(fds[0] == -7 && fds[1] == -7);
    ck_assert_int_eq(sim_dup(p[0]), last);
}
END_TEST

START_TEST(PS_217_219_counts_that_are_too_large)
{
    struct iovec iov[2] = {{taken, SIZE_MAX / 2}, {taken, SIZE_MAX / 2}};
    put(p[1], 3, 'x');
    FAILS(EINVAL, sim_readv(p[0], iov, -1));
    FAILS(EINVAL, sim_readv(p[0], iov, 1025));
    FAILS(EINVAL, sim_writev(p[1], iov, 1025));
    FAILS(EINVAL, sim_readv(p[0], iov, 2));
    FAILS(EFAULT, sim_read(p[0], taken, SIZE_MAX));
    FAILS(EFAULT, sim_write(p[1], taken, SIZE_MAX));
    FAILS(EBADF, sim_read(p[1], taken, SIZE_MAX));
    FAILS(EINVAL, sim_poll(NULL, 1u << 30, 0));
    ck_assert_int_eq(bytes_in(p[0]), 3);
    ck_assert_int_eq(sim_read(p[0], taken, SIZE_MAX / 2), 3);
}
END_TEST

START_TEST(nothing_may_be_NULL)
{
    ck_assert_int_eq(sim_read(p[0], NULL, 0), 0);
    ck_assert_int_eq(sim_write(p[1], NULL, 0), 0); /* PS-038 */
    ck_assert_int_eq(sim_readv(p[0], NULL, 0), 0); /* PS-216 */
    ck_assert_int_eq(sim_writev(p[1], &(struct iovec){NULL, 0}, 1), 0);
    ck_assert_int_eq(sim_poll(NULL, 0, 0), 0);
    ck_assert_int_eq(sim_poll(NULL, 0, 1), 0);
}
END_TEST

START_TEST(PS_215_218_pieces)
{
    char a[2], b[4], c[10];
    struct iovec out[] = {{"abc", 3}, {NULL, 0}, {"defgh", 5}, {NULL, 0}};
    struct iovec in[] = {{a, 2}, {b, 4}, {c, 10}};
    ck_assert_int_eq(sim_writev(p[1], out, 4), 8);
    ck_assert_int_eq(sim_readv(p[0], in, 3), 8);
    ck_assert(memcmp(a, "ab", 2) == 0 && memcmp(b, "cdef", 4) == 0 && memcmp(c, "gh", 2) == 0);
    put(p[1], 61441, 'f');
    stay_awake(p[1]);
    struct iovec large[] = {{taken, 4000}, {taken, 96}};
    FAILS(EAGAIN, sim_writev(p[1], large, 2));
    large[1].iov_len = 95;
    ck_assert_int_eq(sim_writev(p[1], large, 2), 4095);
}
END_TEST

START_TEST(flags_of_splice)
{
    int q[2];
    off_t at = 0;
    sim_pipe(q);
    put(p[1], 3, 'x');
    FAILS(EINVAL, sim_splice(p[0], NULL, q[1], NULL, 1, 64));
    FAILS(ESPIPE, sim_splice(p[0], &at, q[1], NULL, 1, 0));
    FAILS(EINVAL, sim_tee(p[0], p[1], 1, 0));
    ck_assert_int_eq(sim_tee(p[0], q[1], SIZE_MAX, 1 | 4 | 8), 3);
    ck_assert_int_eq(sim_splice(p[0], NULL, q[1], NULL, SIZE_MAX, 1), 3);
    FAILS(EAGAIN, sim_splice(p[0], NULL, q[1], NULL, 1, SPLICE_F_NONBLOCK));
}
END_TEST

START_TEST(PS_018_163_ioctl_and_the_other_names_of_poll)
{
    int n = 0;
    FAILS(ENOTTY, sim_ioctl(p[0], TIOCOUTQ, &n));
    put(p[1], 3, 'x');
    struct pollfd fds[] = {{p[0], POLLRDNORM, 0}, {p[1], POLLWRNORM | POLLOUT, 0}, {p[0], 0, 7}};
    ck_assert_int_eq(sim_poll(fds, 3, -1), 2);
    ck_assert_int_eq(fds[0].revents, POLLRDNORM);
    ck_assert_int_eq(fds[1].revents, POLLWRNORM | POLLOUT);
    ck_assert_int_eq(fds[2].revents, 0);
}
END_TEST

START_TEST(poll_waits_no_less_than_it_says)
{
    struct timespec before, after;
    struct pollfd one = {p[0], POLLIN, 7};
    clock_gettime(CLOCK_MONOTONIC, &before);
    ck_assert_int_eq(sim_poll(&one, 1, 5), 0);
    clock_gettime(CLOCK_MONOTONIC, &after);
    ck_assert_int_eq(one.revents, 0);
    ck_assert_int_ge((after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec,
                     5000000);
}
END_TEST

/* -- threads that come and go ------------------------------------------------------------------------- */

static void *says_its_number(void *arg)
{
    *(int *)arg = sim_thread();
    return NULL;
}

START_TEST(the_seat_of_a_thread_that_has_ended_is_used_again)
{
    int first = 0, number = 0;
    for (int i = 0; i < 500; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, says_its_number, &number);
        pthread_join(thread, NULL);
        first = first == 0 ? number : first;
        ck_assert_int_eq(number, first);
    }
    FAILS(ESRCH, sim_thread_kill(number, SIGUSR1)); /* nobody has it now */
    FAILS(ESRCH, sim_thread_kill(4711, SIGUSR1));
    FAILS(ESRCH, sim_is_asleep(-1));
}
END_TEST

static pthread_key_t at_end;
static int copy_at_end;

static void closes_at_its_end(void *arg)
{
    (void)arg;
    copy_at_end = sim_dup(p[0]);
    sim_close(copy_at_end);
}

static void *leaves_it_to_a_destructor(void *arg)
{
    pthread_setspecific(at_end, p);
    return says_its_number(arg);
}

START_TEST(a_threads_destructors_can_call)
{
    int number = 0;
    pthread_t thread;
    sim_thread(); /* so that our own destructor is the first */
    pthread_key_create(&at_end, closes_at_its_end);
    for (int i = 0; i < 20; i++) {
        copy_at_end = -1;
        pthread_create(&thread, NULL, leaves_it_to_a_destructor, &number);
        pthread_join(thread, NULL);
        ck_assert_int_gt(copy_at_end, 4);
        ck_assert_int_le(number, 3);
    }
}
END_TEST

static void *reads_until_cancelled(void *arg)
{
    _Atomic int *number = arg;
    *number = sim_thread();
    for (;;) {
        sim_read(p[0], taken, 1);
        pthread_testcancel();
    }
    return NULL;
}

START_TEST(a_sleeping_thread_is_cancelled_after_its_call)
{
    _Atomic int number = 0;
    pthread_t thread;
    pthread_create(&thread, NULL, reads_until_cancelled, &number);
    while (number == 0 || sim_is_asleep(number) != 1)
        sched_yield();
    pthread_cancel(thread);
    ck_assert_int_eq(put(p[1], 1, 'x'), 1);
    pthread_join(thread, NULL);
    ck_assert_int_eq(put(p[1], 2, 'x'), 2);
    ck_assert_int_eq(bytes_in(p[0]), 2);
}
END_TEST

/* Each writes its bytes in sizes of its own; each reads what it can get. */
static _Atomic long passed;

static void *pours(void *arg)
{
    size_t n = (size_t)(intptr_t)arg;
    for (int i = 0; i < 300; i++)
        put(p[1], n, 'x');
    return NULL;
}

static void *drains(void *arg)
{
    static _Thread_local char bytes[10000];
    for (ssize_t n; (n = sim_read(p[0], bytes, (size_t)(intptr_t)arg)) > 0;)
        passed += n;
    return NULL;
}

START_TEST(many_threads_lose_nothing)
{
    static const int sizes[] = {1, 100, 4096, 5000};
    pthread_t writers[4], readers[4];
    for (int i = 0; i < 4; i++) {
        pthread_create(&readers[i], NULL, drains, (void *)(intptr_t)(i * 3000 + 1));
        pthread_create(&writers[i], NULL, pours, (void *)(intptr_t)sizes[i]);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(writers[i], NULL);
    sim_close(p[1]);
    for (int i = 0; i < 4; i++)
        pthread_join(readers[i], NULL);
    ck_assert_int_eq(passed, 300 * (1 + 100 + 4096 + 5000));
}
END_TEST

static void *opens_and_closes(void *arg)
{
    for (int i = 0; i < 300; i++) {
        int fds[2];
        if (sim_pipe(fds) != 0)
            abort();
        sim_write(fds[1], "x", 1);
        sim_close(fds[0]);
        sim_close(sim_fcntl(fds[1], F_DUPFD, 10 + i % 200));
        sim_close(fds[1]);
    }
    return arg;
}

START_TEST(a_fork_while_others_open_and_close)
{
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, opens_and_closes, NULL);
    for (int i = 0; i < 100; i++) {
        pthread_t thread;
        int child = sim_fork(), parent = sim_getpid();
        ck_assert_int_gt(child, 0);
        ck_assert_int_eq(sim_enter(child), 0);
        sim_exit(0);
        ck_assert_int_eq(sim_enter(parent), 0);
        pthread_create(&thread, NULL, says_its_number, &(int){0});
        pthread_join(thread, NULL);
    }
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(sim_dup(p[0]), 5); /* they have closed all */
}
END_TEST

/* -- processes ---------------------------------------------------------------------------------------- */

START_TEST(a_process_has_descriptors_of_its_own)
{
    int parent = sim_getpid(), child = sim_fork();
    ck_assert_int_eq(sim_close(p[0]), 0);
    ck_assert_int_eq(sim_enter(child), 0);
    ck_assert_int_eq(sim_getpid(), child);
    ck_assert_int_eq(sim_close(p[0]), 0);
    FAILS(EPIPE, sim_write(p[1], "x", 1));
    ck_assert_int_eq(sim_enter(parent), 0);
    ck_assert_int_eq(sim_dup(p[1]), p[0]);
}
END_TEST

START_TEST(who_cannot_enter_stays_where_he_was)
{
    int me = sim_thread();
    FAILS(ESRCH, sim_enter(4711));
    FAILS(ESRCH, sim_enter(0));
    FAILS(ESRCH, sim_enter(-1));
    ck_assert_int_eq(sim_thread(), me);
}
END_TEST

/* In that process; the first of them has ended, and left its place there. */
static struct caller *second_reader_in(int process)
{
    struct caller *first = reader_in(process, p[0], 1), *second = reader_in(process, p[0], 1);
    put(p[1], 1, 'x');
    ck_assert_int_eq(caller_result(first), 1);
    return second;
}

START_TEST(after_its_end_a_process_is_nowhere)
{
    int parent = sim_getpid(), child = sim_fork();
    struct caller *r = second_reader_in(child);
    sim_enter(child);
    sim_exit(3);
    FAILS(ESRCH, sim_thread());
    FAILS(ESRCH, sim_enter(child));
    ck_assert_int_eq(sim_enter(parent), 0);
    FAILS(ESRCH, sim_enter(child));
    ck_assert_int_eq(caller_result(r), -EINTR);
    ck_assert_int_eq(put(p[1], 1, 'x'), 1);
    ck_assert_int_eq(take(p[0], 1), 1);
}
END_TEST

START_TEST(PS_151_who_is_killed_leaves_its_descriptors)
{
    int child = sim_fork();
    struct caller *r = second_reader_in(child);
    sim_close(p[0]);
    ck_assert(caller_sleeps(r));
    ck_assert_int_eq(sim_thread_kill(r->number, SIGKILL), 0);
    ck_assert_int_eq(caller_result(r), -EINTR);
    ck_assert_int_eq(put(p[1], 1, 'x'), -EPIPE);
    FAILS(ESRCH, sim_enter(child)); /* although there is a place that nobody has */
}
END_TEST

/* -- signals ------------------------------------------------------------------------------------------ */

static void count_signal(int signal)
{
    (void)signal;
    signals++;
}

static void count_other(int signal)
{
    (void)signal;
    others++;
}

static _Atomic int awake, may_read;

static ssize_t reads_later(struct caller *c)
{
    awake = sim_thread();
    while (!may_read)
        sched_yield();
    return sim_read(c->fd, c->buffer, c->n);
}

static void *disturbs_it(void *arg)
{
    while (!awake)
        sched_yield();
    sim_thread_kill(awake, SIGUSR1);
    may_read = 1;
    return arg;
}

START_TEST(a_signal_between_calls_does_not_end_the_next)
{
    pthread_t thread;
    sim_signal(SIGUSR1, count_signal, 0);
    pthread_create(&thread, NULL, disturbs_it, NULL);
    struct caller *r = caller_of(reads_later, p[0], 1, 0);
    pthread_join(thread, NULL);
    ck_assert(caller_sleeps(r));
    ck_assert_int_eq(signals, 1);
}
END_TEST

START_TEST(signals_that_cannot_be)
{
    FAILS(EINVAL, sim_signal(0, SIG_IGN, 0));
    FAILS(EINVAL, sim_signal(-1, SIG_IGN, 0));
    FAILS(EINVAL, sim_signal(1000, SIG_IGN, 0));
    FAILS(EINVAL, sim_signal(SIGKILL, SIG_IGN, 0));
    FAILS(EINVAL, sim_thread_kill(sim_thread(), 1000));
    FAILS(EINVAL, sim_thread_kill(sim_thread(), -1));
}
END_TEST

START_TEST(handlers_belong_to_a_process)
{
    int parent = sim_getpid(), child = sim_fork();
    sim_signal(SIGUSR1, count_signal, 0);
    sim_enter(child);
    sim_signal(SIGUSR1, count_other, 0);
    sim_thread_kill(sim_thread(), SIGUSR1);
    ck_assert_int_eq(signals * 10 + others, 1);
    sim_enter(parent);
    sim_thread_kill(sim_thread(), SIGUSR1);
    ck_assert_int_eq(signals * 10 + others, 11);
}
END_TEST

static void exits(int signal)
{
    sim_exit(signal);
}

START_TEST(a_handler_can_exit)
{
    int parent = sim_getpid();
    sim_enter(sim_fork());
    sim_signal(SIGPIPE, exits, 0);
    sim_close(p[0]);
    sim_enter(parent);
    sim_close(p[0]);
    int child = parent + 1;
    while (sim_enter(child) != 0)
        child++;
    sim_write(p[1], "x", 1);
    FAILS(ESRCH, sim_thread());
    ck_assert_int_eq(sim_enter(parent), 0);
    ck_assert_int_eq(sim_dup(p[1]), p[0]);
}
END_TEST

static int home;

static void goes_home(int signal)
{
    (void)signal;
    sim_enter(home);
}

START_TEST(a_handler_can_enter_another_process)
{
    home = sim_getpid();
    sim_enter(sim_fork());
    sim_signal(SIGUSR1, goes_home, SA_RESTART);
    sim_thread_kill(sim_thread(), SIGUSR1);
    ck_assert_int_eq(sim_getpid(), home);
    ck_assert_int_eq(put(p[1], 1, 'x'), 1);
}
END_TEST

static void reads_the_byte(int signal)
{
    signals += (int)take(p[0], 1) * signal;
}

START_TEST(a_handler_can_call)
{
    sim_signal(SIGUSR1, reads_the_byte, SA_RESTART);
    struct caller *r = reader_of(p[0], 1);
    sim_thread_kill(r->number, SIGUSR1); /* the handler sleeps in the same read */
    while (!caller_sleeps(r))
        sched_yield();
    put(p[1], 1, 'x');
    while (signals == 0)
        sched_yield();
    put(p[1], 1, 'y');
    ck_assert_int_eq(caller_result(r), 1);
    ck_assert_int_eq(r->buffer[0], 'y');
    ck_assert_int_eq(signals, SIGUSR1);
}
END_TEST

static void leaves(int signal)
{
    (void)signal;
    pthread_exit(NULL);
}

START_TEST(a_handler_can_end_its_thread)
{
    sim_signal(SIGUSR1, leaves, 0);
    struct caller *r = reader_of(p[0], 1);
    sim_thread_kill(r->number, SIGUSR1);
    caller_result(r);
    ck_assert_int_eq(put(p[1], 1, 'x'), 1);
    ck_assert_int_eq(take(p[0], 1), 1);
}
END_TEST

START_TEST(PS_126_the_default_of_SIGPIPE_is_the_real_one)
{
    sim_signal(SIGPIPE, SIG_DFL, 0);
    sim_close(p[0]);
    sim_write(p[1], "x", 1);
}
END_TEST

START_TEST(PS_127_128_SIGPIPE_ignored_or_handled)
{
    sim_close(p[0]);
    ck_assert_int_eq(put(p[1], 1, 'x'), -EPIPE);
    sim_signal(SIGPIPE, count_signal, 0);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(put(p[1], (size_t)i * 5000 + 1, 'x'), -EPIPE);
    ck_assert_int_eq(signals, 3);
}
END_TEST

static void add_arguments(TCase *to)
{
    tcase_add_test(to, descriptors_that_are_none);
    tcase_add_test(to, PS_015_each_end_is_for_one_way);
    tcase_add_test(to, PS_004_005_006_flags_of_pipe2);
    tcase_add_test(to, close_on_exec_belongs_to_the_descriptor);
    tcase_add_test(to, PS_008_without_two_free_descriptors_no_pipe_is_made);
    tcase_add_test(to, PS_217_219_counts_that_are_too_large);
    tcase_add_test(to, nothing_may_be_NULL);
    tcase_add_test(to, PS_215_218_pieces);
    tcase_add_test(to, flags_of_splice);
    tcase_add_test(to, PS_018_163_ioctl_and_the_other_names_of_poll);
    tcase_add_test(to, poll_waits_no_less_than_it_says);
}

static void add_threads(TCase *to)
{
    tcase_add_test(to, the_seat_of_a_thread_that_has_ended_is_used_again);
    tcase_add_test(to, a_threads_destructors_can_call);
    tcase_add_test(to, a_sleeping_thread_is_cancelled_after_its_call);
    tcase_add_test(to, many_threads_lose_nothing);
    tcase_add_test(to, a_fork_while_others_open_and_close);
}

static void add_processes(TCase *to)
{
    tcase_add_test(to, a_process_has_descriptors_of_its_own);
    tcase_add_test(to, who_cannot_enter_stays_where_he_was);
    tcase_add_test(to, after_its_end_a_process_is_nowhere);
    tcase_add_test(to, PS_151_who_is_killed_leaves_its_descriptors);
}

static void add_signals(TCase *to)
{
    tcase_add_test(to, a_signal_between_calls_does_not_end_the_next);
    tcase_add_test(to, signals_that_cannot_be);
    tcase_add_test(to, handlers_belong_to_a_process);
    tcase_add_test(to, a_handler_can_exit);
    tcase_add_test(to, a_handler_can_enter_another_process);
    tcase_add_test(to, a_handler_can_call);
    tcase_add_test(to, a_handler_can_end_its_thread);
    tcase_add_test_raise_signal(to, PS_126_the_default_of_SIGPIPE_is_the_real_one, SIGPIPE);
    tcase_add_test(to, PS_127_128_SIGPIPE_ignored_or_handled);
}

static void add_case(Suite *suite, const char *name, void add(TCase *to))
{
    TCase *tests = tcase_create(name);
    tcase_set_timeout(tests, 30);
    tcase_add_checked_fixture(tests, open_system, close_system);
    add(tests);
    suite_add_tcase(suite, tests);
}

Suite *library_suite(void)
{
    Suite *suite = suite_create("library");
    TCase *system = tcase_create("system");
    tcase_set_timeout(system, 30);
    tcase_add_test(system, calls_without_a_system_fail);
    tcase_add_test(system, there_is_one_system_at_a_time);
    tcase_add_test(system, impossible_options_are_refused);
    tcase_add_test(system, a_thread_uses_one_system_after_the_other);
    tcase_add_test(system, so_do_threads_that_have_not_made_them);
    tcase_add_test(system, what_a_thread_had_in_a_system_is_forgotten);
    tcase_add_test(system, the_end_of_the_system_ends_the_calls_that_sleep);
    tcase_add_test(system, a_system_that_memory_is_too_short_for_leaves_nothing_locked);
    suite_add_tcase(suite, system);
    add_case(suite, "arguments", add_arguments);
    add_case(suite, "threads", add_threads);
    add_case(suite, "processes", add_processes);
    add_case(suite, "signals", add_signals);
    return suite;
}

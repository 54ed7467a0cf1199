/* test_cage.c - code that nobody trusts, in a child process. */
#define _GNU_SOURCE
#include "sim/own/cage.h"
#include "sim/own/scratch.h"
#include "sim/own/seal.h"
#include "tests/suites.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct cage_limits limits = {
    .cpu_seconds = 1, .wall_seconds = 20, .memory = (size_t)1 << 36, .output = 4096};

static struct cage_report run(void (*inside)(void *ctx, struct cage *c))
{
    struct cage_report r;
    cage_run(inside, NULL, &limits, &r);
    return r;
}

static void ends(void (*inside)(void *ctx, struct cage *c), enum cage_end end)
{
    struct cage_report r = run(inside);
    ck_assert_int_eq(r.end, end);
    cage_report_free(&r);
}

/* -- results ----------------------------------------------------------------------------------- */

static void tells(void *ctx, struct cage *c)
{
    (void)ctx;
    cage_tell(c, "one ", 4);
    printf("aside\n");
    cage_tell(c, "two", 3);
}

START_TEST(what_is_told_comes_back_in_order_and_apart_from_the_output)
{
    struct cage_report r = run(tells);
    ck_assert_int_eq(r.end, CAGE_DONE);
    ck_assert_str_eq(strbuf_text(&r.results), "one two");
    ck_assert_str_eq(strbuf_text(&r.output), "aside\n");
    cage_report_free(&r);
}
END_TEST

static void forges(void *ctx, struct cage *c)
{
    (void)ctx;
    cage_tell(c, "0 points", 8);
    for (int fd = 3; fd < 64; fd++) {
        ssize_t ignored = write(fd, "100 points", 10);
        (void)ignored;
    }
    _exit(0);
}

START_TEST(a_message_without_the_seal_is_told_from_one_with_it)
{
    struct cage_report r = run(forges);
    ck_assert_int_eq(r.end, CAGE_FORGED);
    ck_assert_str_eq(strbuf_text(&r.results), "0 points");
    cage_report_free(&r);
}
END_TEST

static void copies_a_head(void *ctx, struct cage *c)
{
    uint64_t head[2] = {3, 0x1234};
    (void)ctx, (void)c;
    for (int fd = 3; fd < 64; fd++) {
        ssize_t ignored = write(fd, head, sizeof head);
        ignored = write(fd, "100", 3);
        (void)ignored;
    }
}

START_TEST(a_guessed_seal_is_no_seal)
{
    struct cage_report r = run(copies_a_head);
    ck_assert_int_eq(r.end, CAGE_FORGED);
    ck_assert_uint_eq(r.results.length, 0);
    cage_report_free(&r);
}
END_TEST

/* The vector of the authors' paper: 00 01 .. 0e under the key 00 01 .. 0f. The first word is the number. */
START_TEST(the_seal_is_siphash)
{
    struct seal_key key = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
    static const unsigned char rest[] = {8, 9, 10, 11, 12, 13, 14};
    ck_assert_uint_eq(seal_of(&key, 0x0706050403020100, rest, sizeof rest), 0xa129ca6149be45e5);
}
END_TEST

/* -- ends -------------------------------------------------------------------------------------- */

static void exits(void *ctx, struct cage *c)
{
    (void)ctx;
    cage_tell(c, "half", 4);
    _exit(0);
}

static void crashes(void *ctx, struct cage *c)
{
    (void)ctx, (void)c;
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
}

static void goes_round(void *ctx, struct cage *c)
{
    (void)ctx, (void)c;
    for (volatile unsigned i = 0;; i++)
        ;
}

static void floods(void *ctx, struct cage *c)
{
    (void)ctx, (void)c;
    for (;;)
        printf("more and more and more\n");
}

START_TEST(whoever_leaves_early_has_told_only_half)
{
    ends(exits, CAGE_LEFT);
}
END_TEST

START_TEST(a_crash_is_the_childs_alone)
{
    struct cage_report r = run(crashes);
    ck_assert_int_eq(r.end, CAGE_CRASHED);
    ck_assert_int_eq(r.signal, SIGABRT);
    cage_report_free(&r);
}
END_TEST

START_TEST(an_endless_loop_ends)
{
    ends(goes_round, CAGE_TOO_LONG);
}
END_TEST

START_TEST(a_flood_is_stopped)
{
    struct cage_report r = run(floods);
    ck_assert_int_eq(r.end, CAGE_TOO_LOUD);
    ck_assert_uint_eq(r.output.length, limits.output);
    cage_report_free(&r);
}
END_TEST

static void talks_much(void *ctx, struct cage *c)
{
    (void)ctx, (void)c;
    for (int i = 0; i < 1000; i++)
        printf("more and more and more\n");
}

START_TEST(of_much_output_the_beginning_is_kept)
{
    struct cage_report r = run(talks_much);
    ck_assert_int_eq(r.end, CAGE_DONE);
    ck_assert_uint_eq(r.output.length, limits.output);
    cage_report_free(&r);
}
END_TEST

static void closes_and_goes_round(void *ctx, struct cage *c)
{
    (void)ctx;
    for (int fd = 0; fd < 64; fd++)
        close(fd);
    goes_round(NULL, c);
}

START_TEST(whoever_closes_its_results_does_not_get_away)
{
    ends(closes_and_goes_round, CAGE_TOO_LONG);
}
END_TEST

static void kills_itself(void *ctx, struct cage *c)
{
    (void)ctx, (void)c;
    raise(SIGKILL);
}

START_TEST(to_be_killed_is_a_crash_before_the_time_is_over)
{
    struct cage_report r = run(kills_itself);
    ck_assert_int_eq(r.end, CAGE_CRASHED);
    ck_assert_int_eq(r.signal, SIGKILL);
    cage_report_free(&r);
}
END_TEST

static void ignores_clocks(void *ctx, struct cage *c)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    goes_round(ctx, c);
}

START_TEST(nobody_can_be_deaf_to_the_end_of_its_time)
{
    ends(ignores_clocks, CAGE_TOO_LONG);
}
END_TEST

START_TEST(other_children_are_none_of_its_business)
{
    pid_t pid = fork();
    if (pid == 0) {
        for (;;)
            pause();
    }
    ends(tells, CAGE_DONE);
    ck_assert_int_eq(kill(pid, 0), 0);
    ck_assert_int_eq(waitpid(pid, NULL, WNOHANG), 0);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}
END_TEST

static void leaves_others_behind(void *ctx, struct cage *c)
{
    (void)ctx, (void)c;
    for (int i = 0; i < 3; i++) {
        if (fork() == 0) {
            setsid();
            for (;;)
                pause();
        }
    }
}

START_TEST(nobody_is_left_behind)
{
    ends(leaves_others_behind, CAGE_DONE);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
    ck_assert_int_eq(errno, ECHILD);
}
END_TEST

/* -- what it cannot do ------------------------------------------------------------------------- */

/* Tells what could be done nevertheless. */
static void tries(void *ctx, struct cage *c)
{
    (void)ctx;
    if (cage_shut(c, NULL) != CAGE_IS_SHUT) {
        cage_tell(c, "no bars", 7);
        return;
    }
    if (open("/etc/passwd", O_RDONLY) >= 0)
        cage_tell(c, "reads ", 6);
    if (open("/tmp/pipesim-cage", O_WRONLY | O_CREAT, 0600) >= 0)
        cage_tell(c, "writes ", 7);
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0)
        cage_tell(c, "talks ", 6);
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    if (pid > 0)
        cage_tell(c, "forks ", 6);
    if (kill(getppid(), 0) == 0)
        cage_tell(c, "kills ", 6);
    cage_tell(c, "tried", 5);
}

START_TEST(behind_bars_it_neither_reads_nor_writes_nor_talks_nor_forks)
{
    struct cage_report r = run(tries);
    ck_assert_int_eq(r.end, CAGE_DONE);
    if (strcmp(strbuf_text(&r.results), "no bars") != 0)
        ck_assert_str_eq(strbuf_text(&r.results), "tried");
    cage_report_free(&r);
}
END_TEST

static void looks_into(void *ctx, struct cage *c)
{
    if (cage_shut(c, ctx) != CAGE_IS_SHUT) {
        cage_tell(c, "no bars", 7);
        return;
    }
    if (open("inside", O_RDONLY) >= 0)
        cage_tell(c, "inside ", 7);
    if (open("../outside", O_RDONLY) >= 0)
        cage_tell(c, "outside ", 8);
    if (open("inside", O_WRONLY) >= 0)
        cage_tell(c, "writes ", 7);
    if (getenv("PATH") != NULL)
        cage_tell(c, "environment ", 12);
}

START_TEST(one_folder_can_be_read_and_nothing_beside_it)
{
    char folder[SCRATCH_PATH_MOST], path[SCRATCH_PATH_MOST + 20];
    struct strbuf why = {0};
    struct cage_report r;
    ck_assert_int_eq(scratch_make(folder, NULL, &why), 0);
    snprintf(path, sizeof path, "%s/room", folder);
    ck_assert_int_eq(mkdir(path, 0777), 0);
    snprintf(path, sizeof path, "%s/outside", folder);
    ck_assert_int_ge(open(path, O_WRONLY | O_CREAT, 0666), 0);
    snprintf(path, sizeof path, "%s/room/inside", folder);
    ck_assert_int_ge(open(path, O_WRONLY | O_CREAT, 0666), 0);
    snprintf(path, sizeof path, "%s/room", folder);
    cage_run(looks_into, path, &limits, &r);
    if (strcmp(strbuf_text(&r.results), "no bars") != 0)
        ck_assert_str_eq(strbuf_text(&r.results), "inside ");
    cage_report_free(&r);
    scratch_remove(folder);
}
END_TEST

static void looks_around(void *ctx, struct cage *c)
{
    (void)ctx;
    int open_ones = 0;
    for (int fd = 3; fd < 256; fd++)
        open_ones += fcntl(fd, F_GETFD) >= 0;
    char text[16];
    cage_tell(c, text, (size_t)snprintf(text, sizeof text, "%d", open_ones));
}

START_TEST(it_has_nothing_open_but_its_results)
{
    int spare = open("/dev/null", O_RDONLY);
    struct cage_report r = run(looks_around);
    close(spare);
    ck_assert_str_eq(strbuf_text(&r.results), "1");
    cage_report_free(&r);
}
END_TEST

Suite *cage_suite(void)
{
    Suite *s = suite_create("cage");
    TCase *results = tcase_create("results"), *end = tcase_create("ends"),
          *bars = tcase_create("bars");
    tcase_add_test(results, what_is_told_comes_back_in_order_and_apart_from_the_output);
    tcase_add_test(results, a_message_without_the_seal_is_told_from_one_with_it);
    tcase_add_test(results, a_guessed_seal_is_no_seal);
    tcase_add_test(results, the_seal_is_siphash);
    tcase_add_test(end, whoever_leaves_early_has_told_only_half);
    tcase_add_test(end, a_crash_is_the_childs_alone);
    tcase_add_test(end, an_endless_loop_ends);
    tcase_add_test(end, a_flood_is_stopped);
    tcase_add_test(end, of_much_output_the_beginning_is_kept);
    tcase_add_test(end, whoever_closes_its_results_does_not_get_away);
    tcase_add_test(end, to_be_killed_is_a_crash_before_the_time_is_over);
    tcase_add_test(end, nobody_can_be_deaf_to_the_end_of_its_time);
    tcase_add_test(end, nobody_is_left_behind);
    tcase_add_test(end, other_children_are_none_of_its_business);
    tcase_add_test(bars, behind_bars_it_neither_reads_nor_writes_nor_talks_nor_forks);
    tcase_add_test(bars, one_folder_can_be_read_and_nothing_beside_it);
    tcase_add_test(bars, it_has_nothing_open_but_its_results);
    suite_add_tcase(s, results);
    suite_add_tcase(s, end);
    suite_add_tcase(s, bars);
    return s;
}

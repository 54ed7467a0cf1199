/* test_cage.c - code that nobody trusts, in a child process. */
#define _GNU_SOURCE
#include "sim/own/cage.h"
#include "sim/own/seal.h"
#include "tests/suites.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
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
    ends(floods, CAGE_TOO_LOUD);
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
    tcase_add_test(bars, behind_bars_it_neither_reads_nor_writes_nor_talks_nor_forks);
    tcase_add_test(bars, it_has_nothing_open_but_its_results);
    suite_add_tcase(s, results);
    suite_add_tcase(s, end);
    suite_add_tcase(s, bars);
    return s;
}

/* test_chart.c - a run as a chart: who stands where, what the arrows say, who sleeps, and what is
 * done where there is too little room. */
#include "sim/trace/chart.h"
#include "tests/sim/scripted.h"
#include "tests/suites.h"

#include <stdlib.h>
#include <string.h>

static const char producer[] = "set capacity = 4\n"
                               "process consumer < p { @2 read(p, 3); while (read(p, 9)) { } }\n"
                               "process producer > p { write(p, \"abcdef\") }\n"
                               "pipe p\n";

static void to_strbuf(void *ctx, const char *bytes, size_t n)
{
    strbuf_add_bytes(ctx, bytes, n);
}

/* The chart of a scenario; to be freed. */
static struct strbuf chart_of(const char *text, enum trace_depth depth, struct chart_style style)
{
    struct script_options o = {.depth = depth};
    struct strbuf chart = {0};
    struct scripted *s = run_text(text, &o);
    chart_write(&s->sequence, &style, (struct trace_output){to_strbuf, &chart});
    script_free(s);
    return chart;
}

static struct strbuf plain_chart_of(const char *text)
{
    return chart_of(text, DEPTH_CALLS, (struct chart_style){.width = 80});
}

static void chart_contains(const char *scenario, const char *line)
{
    struct strbuf chart = plain_chart_of(scenario);
    text_contains(strbuf_text(&chart), line);
    strbuf_free(&chart);
}

/* The text of line n, from 0; its length in `size`. */
static const char *line_of(const char *text, int n, size_t *size)
{
    for (; n > 0 && *text != '\0'; n--)
        text += strcspn(text, "\n") + (strchr(text, '\n') != NULL);
    *size = strcspn(text, "\n");
    return text;
}

START_TEST(a_chart_shows_bytes_sleeps_and_wake_ups)
{
    struct strbuf chart = plain_chart_of(producer);
    size_t n;
    const char *end = line_of(strbuf_text(&chart), 9, &n);
    chart.bytes[end - chart.bytes] = '\0';
    ck_assert_str_eq(strbuf_text(&chart),
                     " tick  producer                   p                  consumer\n"
                     "           |                      |                      |\n"
                     "    0      |---- 4 \"abcd\" ---->[abcd]                    |\n"
                     "           z asleep on p.not_full |                      |\n"
                     "           z                      |                      |\n"
                     "    2      z                   [   d]----- 3 \"abc\" ----->|\n"
                     "           |<- - - - - - - - - - -|- - - - wakes - - - - |\n"
                     "           |                   [    ]------ 1 \"d\" ------>|\n"
                     "           |                      |                      z asleep on "
                     "p.not_empty\n");
    strbuf_free(&chart);
}
END_TEST

START_TEST(who_writes_stands_left_of_the_pipe_and_who_reads_right_of_it)
{
    struct strbuf chart = plain_chart_of("pipe p, q\n"
                                         "process last < q { read(q, 1) = 1; read(q, 1) = EOF }\n"
                                         "process middle < p > q { write(q, read(p, 1)) = 1 }\n"
                                         "process first > p { write(p, \"x\") = 1 }\n");
    size_t n;
    const char *names = line_of(strbuf_text(&chart), 0, &n);
    const char *wanted[] = {"first", "p", "middle", "q", "last"};
    for (int i = 0; i < 5; i++) {
        names = strstr(names, wanted[i]);
        ck_assert_ptr_nonnull(names);
        names += strlen(wanted[i]);
    }
    strbuf_free(&chart);
}
END_TEST

/* The glyph of the sleeper's lifeline in each line, and nothing else. */
START_TEST(a_lifeline_is_z_from_the_sleep_to_the_wake_up_and_ends_with_x)
{
    struct strbuf chart = plain_chart_of(producer), life = {0};
    size_t n, x = strcspn(line_of(strbuf_text(&chart), 1, &n), "|") + 1;
    for (int i = 1;; i++) {
        const char *line = line_of(strbuf_text(&chart), i, &n);
        if (n == 0)
            break;
        strbuf_add_char(&life, x - 1 < n ? line[x - 1] : '.');
    }
    ck_assert_str_eq(strbuf_text(&life), "||zzz||||||X    ");
    strbuf_free(&chart);
    strbuf_free(&life);
}
END_TEST

START_TEST(end_of_file_errors_and_signals_come_from_the_pipe)
{
    static const char broken[] = "pipe p(capacity = 2)\n"
                                 "process w > p { @1 write(p, \"x\") = killed SIGPIPE }\n"
                                 "process r < p { close(p) }\n";
    chart_contains("process a { pipe(p); close(p[1]); read(p[0], 1) = EOF }\n",
                   "|<-------- EOF ---------[0/65536]");
    chart_contains("process a { pipe2(p, O_NONBLOCK); read(p[0], 1) = ? }\n",
                   "|<------- -1 EAGAIN --------[0/65536]");
    chart_contains(broken, "|<------ SIGPIPE -------[  ]");
    chart_contains(broken, "X killed by SIGPIPE\n");
    chart_contains("process a { fork(c); kill(c, SIGTERM); wait() }\nprocess c { pause() }\n",
                   "-- SIGTERM ");
}
END_TEST

START_TEST(who_is_made_in_the_run_has_a_lifeline_from_there_on)
{
    struct strbuf chart = plain_chart_of("process a { sleep(1); fork(b); wait(b) = 3 }\n"
                                         "process b { pipe(p); exit(3) }\n");
    size_t n;
    const char *text = strbuf_text(&chart);
    const char *names = line_of(text, 0, &n), *before = line_of(text, 1, &n);
    ck_assert_uint_eq(strspn(before, " |"), n);
    ck_assert_ptr_eq(memchr(before, '|', n), strstr(before, "|"));
    ck_assert_uint_lt(n, (size_t)(strstr(names, " b") - names));
    text_contains(text, "- fork ");
    text_contains(text, "- pipe(p) ");
    text_contains(text, "| wait(b) = 3\n");
    text_contains(text, "X exits with 3\n");
    strbuf_free(&chart);
}
END_TEST

START_TEST(ends_are_counted_as_they_open_and_close)
{
    struct strbuf chart =
        plain_chart_of("process a { pipe(p); dup(p[1]); close(p[1]); exit(0) }\n");
    text_contains(strbuf_text(&chart), " dup: 2 writers ");
    text_contains(strbuf_text(&chart), " close: 1 writer ");
    text_contains(strbuf_text(&chart), " close: 0 readers ");
    text_contains(strbuf_text(&chart), " close: 0 writers ");
    strbuf_free(&chart);
}
END_TEST

START_TEST(what_the_clock_a_handler_and_the_terminal_do_stands_beside_the_lifeline)
{
    static const char noisy[] =
        "def h() { print(\"rung\") }\n"
        "process a { signal(SIGALRM, h); alarm(1); sleep(5) = 4; sleep(1) }\n";
    chart_contains(noisy, "z SIGALRM\n");
    chart_contains(noisy, "| SIGALRM: handler h runs\n");
    chart_contains(noisy, "| prints \"rung\\n\"\n");
    chart_contains(noisy, "| sleep(5) = 4\n");
    chart_contains(noisy, "z asleep: sleep(1)\n");
    chart_contains(noisy, "| woken by the clock\n");
}
END_TEST

START_TEST(a_connection_is_a_pipe_each_way)
{
    static const char talk[] =
        "process server { s = socket(AF_INET); bind(s, \"h:1\"); listen(s, 1); c = accept(s)\n"
        "  recv(c, 9) = \"hi\"; recv(c, 9) = EOF }\n"
        "process client { s = socket(AF_INET); @1 connect(s, \"h:1\"); send(s, \"hi\")\n"
        "  shutdown(s, SHUT_WR); sleep(1) }\n";
    chart_contains(talk, "client.to");
    chart_contains(talk, "- connect -");
    chart_contains(talk, " 2 \"hi\" -");
    chart_contains(talk, "--- EOF --->|");
    struct strbuf wide = chart_of(talk, DEPTH_CALLS, (struct chart_style){.width = 150});
    text_contains(strbuf_text(&wide), " shutdown: 0 writers ");
    strbuf_free(&wide);
}
END_TEST

START_TEST(what_did_not_come_true_has_a_line)
{
    chart_contains("process a { pipe(p); write(p[1], \"x\") = 2 }\n",
                   "\n       FAILED line 1: wanted 2, got 1");
}
END_TEST

START_TEST(locks_are_shown_at_depth_locks_only)
{
    struct strbuf chart = chart_of(producer, DEPTH_LOCKS, (struct chart_style){.width = 100});
    text_contains(strbuf_text(&chart), " mutex_lock(&p->lock) ");
    text_contains(strbuf_text(&chart), " cond_signal(&p->not_full) ");
    strbuf_free(&chart);
    chart = plain_chart_of(producer);
    text_lacks(strbuf_text(&chart), "mutex");
    strbuf_free(&chart);
}
END_TEST

/* -- room -------------------------------------------------------------------------------------- */

static size_t widest_line(const char *text)
{
    size_t widest = 0, n;
    for (; *text != '\0'; text += n + (text[n] == '\n')) {
        n = strcspn(text, "\n");
        widest = n > widest ? n : widest;
    }
    return widest;
}

/* _i processes that all write into one pipe. */
static struct strbuf crowd(int n)
{
    struct strbuf text = {0};
    strbuf_add(&text, "pipe p(capacity = 100)\n");
    strbuf_addf(&text, "process a_writer * %d > p < p { write(p[1], \"0123456789\") }\n", n);
    return text;
}

START_TEST(up_to_six_columns_fit_into_80)
{
    struct strbuf text = crowd(_i), chart = plain_chart_of(strbuf_text(&text));
    ck_assert_uint_le(widest_line(strbuf_text(&chart)), 80);
    text_contains(strbuf_text(&chart), "10 ");
    strbuf_free(&text);
    strbuf_free(&chart);
}
END_TEST

START_TEST(more_columns_make_longer_lines_and_all_of_them_are_there)
{
    struct strbuf text = crowd(20), chart = plain_chart_of(strbuf_text(&text));
    text_contains(strbuf_text(&chart), "a_writer.20");
    ck_assert_uint_gt(widest_line(strbuf_text(&chart)), 300);
    text_lacks(strbuf_text(&chart), "left out");
    strbuf_free(&text);
    strbuf_free(&chart);
}
END_TEST

START_TEST(where_there_is_little_room_less_is_said)
{
    struct strbuf wide = chart_of(producer, DEPTH_CALLS, (struct chart_style){.width = 100});
    struct strbuf narrow = chart_of(producer, DEPTH_CALLS, (struct chart_style){.width = 52});
    text_contains(strbuf_text(&wide), "z asleep on p.not_full");
    text_contains(strbuf_text(&wide), " close: 0 writers ");
    text_contains(strbuf_text(&narrow), "z p.not_full");
    text_lacks(strbuf_text(&narrow), "close:");
    text_contains(strbuf_text(&narrow), " 0 writers ");
    ck_assert_uint_le(widest_line(strbuf_text(&narrow)), 53); /* the legend */
    strbuf_free(&wide);
    strbuf_free(&narrow);
}
END_TEST

START_TEST(a_short_arrow_does_not_look_like_a_negative_number)
{
    struct strbuf chart = chart_of(producer, DEPTH_CALLS, (struct chart_style){.width = 52});
    text_lacks(strbuf_text(&chart), "-3 ");
    text_lacks(strbuf_text(&chart), "-4 ");
    strbuf_free(&chart);
}
END_TEST

START_TEST(what_is_too_much_is_counted)
{
    struct strbuf text = {0};
    strbuf_addf(&text, "process w * 60 { repeat 300 { print(1) } }\n");
    struct strbuf chart = plain_chart_of(strbuf_text(&text));
    text_contains(strbuf_text(&chart), "moments more are left out: a chart shows the first 10000");
    text_contains(strbuf_text(&chart), "12 processes and pipes more are left out");
    ck_assert_uint_ge(occurrences(strbuf_text(&chart), "\n"), 10000);
    ck_assert_uint_lt(occurrences(strbuf_text(&chart), "\n"), 11000);
    strbuf_free(&text);
    strbuf_free(&chart);
}
END_TEST

START_TEST(a_large_pipe_shows_a_number)
{
    chart_contains("process a { pipe(p); write(p[1], \"x\" * 100) }\n", "[100/65536]");
}
END_TEST

/* -- looks ------------------------------------------------------------------------------------- */

/* Each glyph of UTF-8 as the character that stands for it in ASCII; colours are dropped. */
static struct strbuf as_ascii(const char *text)
{
    static const char *const glyphs[][2] = {{"│", "|"}, {"─", "-"}, {"▸", ">"}, {"◂", "<"}};
    struct strbuf out = {0};
    while (*text != '\0') {
        size_t i = 0;
        while (i < 4 && strncmp(text, glyphs[i][0], strlen(glyphs[i][0])) != 0)
            i++;
        if (i < 4) {
            strbuf_add(&out, glyphs[i][1]);
            text += strlen(glyphs[i][0]);
        } else if (*text == '\033') {
            text += strcspn(text, "m") + 1;
        } else {
            strbuf_add_char(&out, *text++);
        }
    }
    return out;
}

/* Without wake-ups, which are dotted in two ways. */
static const char awake[] = "process a { pipe(p); write(p[1], \"abc\"); read(p[0], 2) = 5 }\n";

START_TEST(in_utf8_and_colour_the_chart_is_the_same)
{
    struct chart_style style = {.width = 80, .glyphs = CHART_UTF8, .color = TEXT_COLORED};
    struct strbuf pretty = chart_of(awake, DEPTH_CALLS, style), plain = plain_chart_of(awake);
    struct strbuf stripped = as_ascii(strbuf_text(&pretty));
    char *legend = strstr(stripped.bytes, "\n\n"), *other = strstr(plain.bytes, "\n\n");
    text_contains(strbuf_text(&pretty), "\033[1;31m");
    text_contains(strbuf_text(&pretty), "│");
    text_lacks(strbuf_text(&plain), "\033");
    ck_assert(legend != NULL && other != NULL);
    *legend = *other = '\0';
    ck_assert_str_eq(stripped.bytes, plain.bytes);
    strbuf_free(&pretty);
    strbuf_free(&stripped);
    strbuf_free(&plain);
}
END_TEST

START_TEST(every_line_ends_in_no_space)
{
    struct strbuf chart = plain_chart_of(producer);
    text_lacks(strbuf_text(&chart), " \n");
    strbuf_free(&chart);
}
END_TEST

START_TEST(a_run_in_which_nothing_happens_has_a_chart)
{
    chart_contains("process a { }\n", "X exits with 0\n");
}
END_TEST

Suite *chart_suite(void)
{
    Suite *suite = suite_create("chart");
    TCase *moments = tcase_create("moment");
    tcase_add_test(moments, a_chart_shows_bytes_sleeps_and_wake_ups);
    tcase_add_test(moments, who_writes_stands_left_of_the_pipe_and_who_reads_right_of_it);
    tcase_add_test(moments, a_lifeline_is_z_from_the_sleep_to_the_wake_up_and_ends_with_x);
    tcase_add_test(moments, end_of_file_errors_and_signals_come_from_the_pipe);
    tcase_add_test(moments, who_is_made_in_the_run_has_a_lifeline_from_there_on);
    tcase_add_test(moments, ends_are_counted_as_they_open_and_close);
    tcase_add_test(moments,
                   what_the_clock_a_handler_and_the_terminal_do_stands_beside_the_lifeline);
    tcase_add_test(moments, a_connection_is_a_pipe_each_way);
    tcase_add_test(moments, what_did_not_come_true_has_a_line);
    tcase_add_test(moments, locks_are_shown_at_depth_locks_only);
    tcase_add_test(moments, a_run_in_which_nothing_happens_has_a_chart);
    suite_add_tcase(suite, moments);

    TCase *room = tcase_create("room");
    tcase_add_loop_test(room, up_to_six_columns_fit_into_80, 1, 6);
    tcase_add_test(room, more_columns_make_longer_lines_and_all_of_them_are_there);
    tcase_add_test(room, where_there_is_little_room_less_is_said);
    tcase_add_test(room, a_short_arrow_does_not_look_like_a_negative_number);
    tcase_add_test(room, what_is_too_much_is_counted);
    tcase_add_test(room, a_large_pipe_shows_a_number);
    suite_add_tcase(suite, room);

    TCase *looks = tcase_create("look");
    tcase_add_test(looks, in_utf8_and_colour_the_chart_is_the_same);
    tcase_add_test(looks, every_line_ends_in_no_space);
    suite_add_tcase(suite, looks);
    return suite;
}

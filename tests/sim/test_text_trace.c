/* test_text_trace.c - a trace made to be read: its columns, its two-line calls, its notes. */
#include "tests/sim/scripted.h"
#include "tests/suites.h"

#include <string.h>

static const char producer[] =
    "pipe p(capacity = 4, atomic = 2)\n"
    "process producer > p { write(p, \"abcdef\") }\n"
    "process reader < p { @2 read(p, 3); read(p, 1); read(p, 9); read(p, 9) = EOF }\n";

/* The text of a run, at a depth. */
static struct scripted *traced(const char *text, enum trace_depth depth)
{
    struct script_options o = {.depth = depth};
    return run_text(text, &o);
}

START_TEST(a_call_that_sleeps_has_two_lines_and_says_why_it_slept_and_who_woke_it)
{
    struct scripted *s = traced(producer, DEPTH_CALLS);
    const char *t = strbuf_text(&s->text);
    text_contains(t, "    0  producer  write(p, \"abcdef\") ...");
    text_contains(t, "p[abcd] asleep on not_full: 2 left, 0 free\n");
    text_contains(t, "    2  reader    read(p, 3) = \"abc\"");
    text_contains(t, "p[   d] wakes producer\n");
    text_contains(t, "    2  producer  ... write(p, \"abcdef\") = 6");
    text_contains(t, "slept 2 ticks, woken by reader's read");
    text_contains(t, "read(p, 9) = EOF");
    text_contains(t, "no write end is open");
    text_contains(t, "    2  reader    exits with 0\n");
    script_free(s);
}
END_TEST

START_TEST(every_line_has_the_same_columns)
{
    struct scripted *s = traced(producer, DEPTH_CALLS);
    const char *line = strbuf_text(&s->text);
    size_t call = strlen(" tick  producer  "), lines = 0;
    size_t what = (size_t)(strstr(line, "what happens") - line);
    ck_assert(strncmp(line, " tick  process   call", call + 4) == 0);
    for (; *line != '\0'; line = strchr(line, '\n') + 1, lines++) {
        size_t length = strcspn(line, "\n");
        ck_assert(length > 0 && line[length - 1] != ' ');
        ck_assert_int_eq(line[5], ' ');
        ck_assert(line[call - 1] == ' ' && line[call] != ' ');
        if (length > what)
            ck_assert(line[what - 1] == ' ' && line[what - 2] == ' ' && line[what] != ' ');
    }
    ck_assert_uint_gt(lines, 6);
    script_free(s);
}
END_TEST

START_TEST(a_large_pipe_is_drawn_as_a_bar)
{
    struct scripted *s =
        traced("process a { pipe(p); write(p[1], \"x\"); write(p[1], \"x\" * 32767)\n"
               "  write(p[1], \"x\" * 32768); read(p[0], 65536) }\n",
               DEPTH_CALLS);
    text_contains(strbuf_text(&s->text), "p[#               ] used 1 of 65536\n");
    text_contains(strbuf_text(&s->text), "p[########        ] used 32768 of 65536\n");
    text_contains(strbuf_text(&s->text), "p[################] used 65536 of 65536\n");
    text_contains(strbuf_text(&s->text), "p[                ] used 0 of 65536\n");
    script_free(s);
}
END_TEST

START_TEST(bytes_that_cannot_be_drawn_are_replaced)
{
    struct scripted *s = traced("set capacity = 6\n"
                                "process a { pipe(p); write(p[1], \"a \\n\\xff\\x00\") }\n",
                                DEPTH_CALLS);
    text_contains(strbuf_text(&s->text), "write(p[1], \"a \\n\\xff\\0\") = 5");
    text_contains(strbuf_text(&s->text), "p[a_... ]");
    script_free(s);
}
END_TEST

START_TEST(every_byte_of_a_trace_can_be_printed)
{
    struct strbuf text = {0};
    strbuf_add(&text, "set capacity = 32\nprocess a { pipe(p)\n");
    for (int i = 0; i < 256; i += 8) {
        strbuf_add(&text, "  write(p[1], \"");
        for (int j = i; j < i + 8; j++)
            strbuf_addf(&text, "\\x%02x", j);
        strbuf_add(&text, "\"); x = read(p[0], 8) = ?; print(x); write(1, x)\n");
    }
    strbuf_add(&text, "}\n");
    for (enum trace_depth depth = DEPTH_CALLS; depth <= DEPTH_LOCKS; depth++) {
        struct scripted *s = traced(strbuf_text(&text), depth);
        ck_assert_int_eq(s->verdict, VERDICT_AS_EXPECTED);
        for (size_t i = 0; i < s->text.length; i++) {
            unsigned char c = (unsigned char)s->text.bytes[i];
            ck_assert(c == '\n' || (c >= ' ' && c < 0x7f));
        }
        script_free(s);
    }
    strbuf_free(&text);
}
END_TEST

START_TEST(depth_queue_shows_what_happens_inside_a_call)
{
    struct scripted *s = traced(producer, DEPTH_QUEUE);
    const char *t = strbuf_text(&s->text);
    text_contains(t, "puts 4 bytes");
    text_contains(t, "falls asleep");
    text_contains(t, "takes 3 bytes");
    text_contains(t, "wakes producer");
    text_contains(t, "runs again");
    text_contains(t, "write end");
    text_lacks(t, "pthread_");
    script_free(s);
}
END_TEST

START_TEST(depth_locks_shows_each_operation_and_its_place)
{
    struct scripted *s = traced(producer, DEPTH_LOCKS);
    const char *t = strbuf_text(&s->text);
    text_contains(t, "pthread_mutex_lock(&p->lock)");
    text_contains(t, "pthread_mutex_unlock(&p->lock)");
    text_contains(t, "pthread_cond_wait(&p->not_full, &p->lock)");
    text_contains(t, "pthread_cond_signal(&p->not_full)");
    text_contains(t, "ringbuf/pipe.c:");
    script_free(s);
}
END_TEST

START_TEST(short_writes_closes_and_errors_have_their_reason)
{
    struct scripted *s = traced("set capacity = 4, atomic = 2\n"
                                "process a { signal(SIGPIPE, IGN); pipe2(p, O_NONBLOCK)\n"
                                "  write(p[1], \"abcdef\") = 4; write(p[1], \"x\") = -1 EAGAIN\n"
                                "  close(p[0]); write(p[1], \"x\") = -1 EPIPE }\n",
                                DEPTH_CALLS);
    const char *t = strbuf_text(&s->text);
    text_contains(t, "p[abcd] 4 of 6\n");
    text_contains(t, "write(p[1], \"x\") = -1 EAGAIN");
    text_contains(t, "0 read ends and 1 write end left\n");
    text_contains(t, "no read end is open\n");
    text_contains(t, "signal(SIGPIPE, IGN) = 0");
    text_contains(t, "pipe2(p, O_NONBLOCK) = 0");
    script_free(s);
}
END_TEST

START_TEST(ends_of_processes_are_told)
{
    struct scripted *s =
        traced("def h(s) { }\n"
               "pipe p\n"
               "process a > p { write(p, \"x\") = killed SIGPIPE }\n"
               "process b { signal(SIGINT, h); raise(SIGINT); print(\"hi\"); exit(3) }\n",
               DEPTH_CALLS);
    const char *t = strbuf_text(&s->text);
    text_contains(t, "killed by SIGPIPE");
    text_contains(t, "in write(p, \"x\")");
    text_contains(t, "SIGINT: handler h runs\n");
    text_contains(t, "prints \"hi\\n\"\n");
    text_contains(t, "exits with 3\n");
    script_free(s);
}
END_TEST

START_TEST(a_failure_is_told_where_it_happens)
{
    struct scripted *s = traced("process a {\n  getpid() = 2\n  getpid() = 1\n}\n", DEPTH_CALLS);
    const char *t = strbuf_text(&s->text);
    const char *failed = strstr(t, "FAILED line 2: wanted 2, got 1\n");
    ck_assert_ptr_nonnull(failed);
    ck_assert_ptr_nonnull(strstr(failed, "exits with 0"));
    script_free(s);
}
END_TEST

START_TEST(each_sleep_says_what_it_is_for)
{
    struct scripted *s =
        traced("process a { fork(c); wait(c); fork(c); wait(); thread(t); join(t)\n"
               "  poll(0, 0, 3); sleep(2) }\n"
               "process c { sleep(1) }\n"
               "process t { sleep(1) }\n",
               DEPTH_CALLS);
    const char *t = strbuf_text(&s->text);
    text_contains(t, "asleep: c has not exited\n");
    text_contains(t, "asleep: no child has exited\n");
    text_contains(t, "asleep: t has not ended\n");
    text_contains(t, "asleep: none is ready, until tick 6\n");
    text_contains(t, "asleep until tick 8\n");
    text_contains(t, "woken by the clock\n");
    script_free(s);
}
END_TEST

START_TEST(a_long_argument_is_cut)
{
    struct scripted *s =
        traced("process a { pipe(p); write(p[1], \"0123456789\" * 10) = 100 }\n", DEPTH_CALLS);
    text_contains(strbuf_text(&s->text), "write(p[1], \"012345678901234567890123\"...) = 100  p[");
    script_free(s);
}
END_TEST

START_TEST(without_colour_there_is_none_and_with_it_the_text_is_the_same)
{
    struct script_options o = {.color = TEXT_COLORED};
    struct strbuf stripped = {0};
    struct scripted *s = run_text(producer, &o);
    text_contains(strbuf_text(&s->text), "\033[33m");
    for (const char *at = strbuf_text(&s->text); *at != '\0'; at++) {
        if (*at == '\033')
            at += strcspn(at, "m");
        else
            strbuf_add_char(&stripped, *at);
    }
    script_free(s);
    s = traced(producer, DEPTH_CALLS);
    text_lacks(strbuf_text(&s->text), "\033");
    ck_assert_str_eq(strbuf_text(&stripped), strbuf_text(&s->text));
    script_free(s);
    strbuf_free(&stripped);
}
END_TEST

START_TEST(many_actors_are_kept_apart)
{
    struct scripted *s = traced("pipe p\n"
                                "process r * 100 < p { read(p, 1) }\n"
                                "process w > p { @1 write(p, \"x\" * 100) }\n",
                                DEPTH_CALLS);
    ck_assert_uint_eq(occurrences(strbuf_text(&s->text), "... read(p, 1) = \"x\""), 100);
    script_free(s);
}
END_TEST

Suite *text_trace_suite(void)
{
    Suite *suite = suite_create("text_trace");
    TCase *lines = tcase_create("line");
    tcase_add_test(lines, a_call_that_sleeps_has_two_lines_and_says_why_it_slept_and_who_woke_it);
    tcase_add_test(lines, every_line_has_the_same_columns);
    tcase_add_test(lines, a_long_argument_is_cut);
    tcase_add_test(lines, without_colour_there_is_none_and_with_it_the_text_is_the_same);
    tcase_add_test(lines, many_actors_are_kept_apart);
    suite_add_tcase(suite, lines);

    TCase *pictures = tcase_create("picture");
    tcase_add_test(pictures, a_large_pipe_is_drawn_as_a_bar);
    tcase_add_test(pictures, bytes_that_cannot_be_drawn_are_replaced);
    tcase_add_test(pictures, every_byte_of_a_trace_can_be_printed);
    suite_add_tcase(suite, pictures);

    TCase *depths = tcase_create("depth");
    tcase_add_test(depths, depth_queue_shows_what_happens_inside_a_call);
    tcase_add_test(depths, depth_locks_shows_each_operation_and_its_place);
    suite_add_tcase(suite, depths);

    TCase *notes = tcase_create("note");
    tcase_add_test(notes, short_writes_closes_and_errors_have_their_reason);
    tcase_add_test(notes, ends_of_processes_are_told);
    tcase_add_test(notes, a_failure_is_told_where_it_happens);
    tcase_add_test(notes, each_sleep_says_what_it_is_for);
    suite_add_tcase(suite, notes);
    return suite;
}

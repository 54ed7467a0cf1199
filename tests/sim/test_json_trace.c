/* test_json_trace.c - a trace as JSON Lines, for other programs. */
#include "tests/sim/json_text.h"
#include "tests/sim/scripted.h"
#include "tests/suites.h"

#include <stdio.h>
#include <string.h>

static const char everything[] =
    "def h(s) { print(\"in h\") }\n"
    "set capacity = 4, atomic = 2\n"
    "pipe p\n"
    "process w > p { signal(SIGUSR1, h); write(p, \"abcdefgh\"); raise(SIGUSR1) }\n"
    "process r < p { @1 read(p, 3); poll(p, POLLIN, 5); read(p, 9); fork(c); wait(c) = 143\n"
    "  thread(t); join(t); dup(p); fcntl(p, F_SETPIPE_SZ, 9); getpid() = 99; exit(3) }\n"
    "process c { sleep(1); raise(SIGTERM) = killed SIGTERM }\n"
    "process t { }\n";

static struct scripted *traced(const char *text, enum trace_depth depth)
{
    struct script_options o = {.depth = depth};
    return run_text(text, &o);
}

/* The next line, without its end; NULL behind the last. */
static const char *next_line(const char **at, size_t *n)
{
    const char *line = *at;
    if (*line == '\0')
        return NULL;
    *n = strcspn(line, "\n");
    *at = line + *n + 1;
    return line;
}

START_TEST(every_line_is_an_object)
{
    struct scripted *s = traced(everything, (enum trace_depth)_i);
    const char *at = strbuf_text(&s->json), *line;
    size_t n, lines = 0;
    while ((line = next_line(&at, &n)) != NULL) {
        ck_assert_msg(line[0] == '{' && json_is_value(line, n), "%.*s", (int)n, line);
        ck_assert_int_eq(line[n], '\n');
        lines++;
    }
    ck_assert_uint_gt(lines, 50);
    script_free(s);
}
END_TEST

START_TEST(events_are_numbered_without_a_gap)
{
    struct scripted *s = traced(everything, (enum trace_depth)_i);
    char wanted[40];
    const char *at = strbuf_text(&s->json), *line;
    size_t n, seq = 0;
    int64_t last = -1;
    while ((line = next_line(&at, &n)) != NULL) {
        long long now;
        snprintf(wanted, sizeof wanted, "{\"seq\":%zu,\"tick\":", ++seq);
        ck_assert_msg(strncmp(line, wanted, strlen(wanted)) == 0, "%zu: %.60s", seq, line);
        ck_assert_int_eq(sscanf(line + strlen(wanted), "%lld", &now), 1);
        ck_assert_int_ge(now, last);
        last = now;
    }
    script_free(s);
}
END_TEST

START_TEST(every_kind_of_event_has_its_name)
{
    static const char *const kinds[] = {
        "start",   "call",  "return",      "sleep",        "wake",         "resume", "put",
        "took",    "pipe",  "open-reader", "close-reader", "close-writer", "resize", "signal",
        "handler", "print", "exit",        "lock",         "unlock",       "notify", "fail"};
    struct scripted *s = traced(everything, DEPTH_LOCKS);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char wanted[40];
        snprintf(wanted, sizeof wanted, "\"event\":\"%s\"", kinds[i]);
        text_contains(strbuf_text(&s->json), wanted);
    }
    script_free(s);
}
END_TEST

START_TEST(operations_on_locks_are_told_only_at_depth_locks)
{
    struct scripted *s = traced(everything, DEPTH_QUEUE);
    text_lacks(strbuf_text(&s->json), "\"event\":\"lock\"");
    text_lacks(strbuf_text(&s->json), "\"event\":\"notify\"");
    script_free(s);
}
END_TEST

START_TEST(a_return_has_its_value_also_when_that_is_0)
{
    struct scripted *s = traced("process a { sleep(0) }\n", DEPTH_CALLS);
    text_contains(strbuf_text(&s->json),
                  "\"event\":\"return\",\"process\":\"a\",\"line\":1,\"value\":0,");
    text_contains(strbuf_text(&s->json), "\"event\":\"exit\",\"process\":\"a\",\"value\":0");
    script_free(s);
}
END_TEST

START_TEST(the_pipe_is_told_as_it_is_after_the_event)
{
    struct scripted *s = traced("set capacity = 9, atomic = 3\n"
                                "process a { pipe(p); write(p[1], \"abc\") }\n",
                                DEPTH_CALLS);
    text_contains(
        strbuf_text(&s->json),
        "\"event\":\"put\",\"process\":\"a\",\"value\":3,\"text\":\"abc\",\"pipe\":{\"name\":\"p\","
        "\"used\":3,\"capacity\":9,\"atomic\":3,\"readers\":1,\"writers\":1}}");
    script_free(s);
}
END_TEST

START_TEST(the_bytes_of_a_write_come_back_exactly)
{
    struct strbuf text = {0};
    strbuf_add(&text, "process a { pipe(p); write(p[1], \"");
    for (int i = 0; i < 256; i++)
        strbuf_addf(&text, "\\x%02x", i);
    strbuf_add(&text, "\") }\n");
    struct scripted *s = traced(strbuf_text(&text), DEPTH_CALLS);
    unsigned char bytes[300];
    const char *put = strstr(strbuf_text(&s->json), "\"event\":\"put\"");
    ck_assert_ptr_nonnull(put);
    ck_assert_int_eq(json_string_of(put, "text", bytes, sizeof bytes), 256);
    for (int i = 0; i < 256; i++)
        ck_assert_int_eq(bytes[i], i);
    script_free(s);
    strbuf_free(&text);
}
END_TEST

START_TEST(a_wake_up_names_its_cause)
{
    struct scripted *s = traced("pipe p\n"
                                "process r < p { read(p, 1); sleep(1) }\n"
                                "process w > p { write(p, \"x\") }\n",
                                DEPTH_CALLS);
    text_contains(strbuf_text(&s->json), "\"event\":\"wake\",\"process\":\"w\",\"other\":\"r\"");
    text_contains(strbuf_text(&s->json), "\"event\":\"wake\",\"other\":\"r\""); /* time */
    script_free(s);
}
END_TEST

START_TEST(pairs_are_added_with_commas_between_them)
{
    struct strbuf s = {0};
    strbuf_add(&s, "{");
    json_add_text(&s, "a", "x\"y", 3);
    json_add_int(&s, "b", -5);
    json_add_text(&s, "c", NULL, 0);
    strbuf_add(&s, "}");
    ck_assert_str_eq(strbuf_text(&s), "{\"a\":\"x\\\"y\",\"b\":-5,\"c\":\"\"}");
    strbuf_free(&s);
}
END_TEST

START_TEST(real_time_is_told_with_threads_only)
{
    struct script_options o = {.run = {.mode = SCHED_THREADS}};
    struct scripted *s = run_text("process a { getpid() }\n", &o);
    text_contains(strbuf_text(&s->json), "\"ns\":");
    script_free(s);
    s = traced("process a { getpid() }\n", DEPTH_CALLS);
    text_lacks(strbuf_text(&s->json), "\"ns\":");
    script_free(s);
}
END_TEST

Suite *json_trace_suite(void)
{
    Suite *suite = suite_create("json_trace");
    TCase *lines = tcase_create("line");
    tcase_add_loop_test(lines, every_line_is_an_object, DEPTH_CALLS, DEPTH_LOCKS + 1);
    tcase_add_loop_test(lines, events_are_numbered_without_a_gap, DEPTH_LOCKS, DEPTH_LOCKS + 1);
    tcase_add_test(lines, every_kind_of_event_has_its_name);
    tcase_add_test(lines, operations_on_locks_are_told_only_at_depth_locks);
    suite_add_tcase(suite, lines);

    TCase *fields = tcase_create("field");
    tcase_add_test(fields, a_return_has_its_value_also_when_that_is_0);
    tcase_add_test(fields, the_pipe_is_told_as_it_is_after_the_event);
    tcase_add_test(fields, the_bytes_of_a_write_come_back_exactly);
    tcase_add_test(fields, a_wake_up_names_its_cause);
    tcase_add_test(fields, pairs_are_added_with_commas_between_them);
    tcase_add_test(fields, real_time_is_told_with_threads_only);
    suite_add_tcase(suite, fields);
    return suite;
}

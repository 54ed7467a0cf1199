/* test_spoilers.c - a scenario without what tells how it goes, and texts that are rewritten. */
#include "sim/run/vocabulary.h"
#include "sim/step/spoilers.h"
#include "tests/suites.h"

#include <string.h>

static void becomes_in(const char *text, enum rewritten_lines lines, const char *wanted)
{
    struct source source = {"test.pipe", text, strlen(text)};
    struct diag_list diags = {0};
    struct edit_list edits = {0};
    struct strbuf out = {0};
    struct program *program = script_parse(&source, vocabulary(), &diags);
    ck_assert_msg(program != NULL, "this is no scenario:\n%s", text);
    spoilers_find(program, &edits);
    rewrite(&source, &edits, lines, &out);
    ck_assert_str_eq(strbuf_text(&out), wanted);
    strbuf_free(&out);
    edit_list_free(&edits);
    program_free(program);
    diag_list_free(&diags);
}

static void becomes(const char *text, const char *wanted)
{
    becomes_in(text, LINES_TIDIED, wanted);
}

START_TEST(results_become_blanks)
{
    becomes("process a { pipe(p); write(p[1], \"hi\") = 2 }\n",
            "process a { pipe(p); write(p[1], \"hi\") = ? }\n");
    becomes("process a { pipe(p); close(p[0]); write(p[1], \"hi\") = killed SIGPIPE }\n",
            "process a { pipe(p); close(p[0]); write(p[1], \"hi\") = ? }\n");
    becomes("process a { if ((x = read(9, 1) = -1 EBADF) == -1) { exit(1 + 1) } }\n",
            "process a { if ((x = read(9, 1) = ?) == -1) { exit(1 + 1) } }\n");
    becomes("process a { x = getpid() = len(\"abc\") - 2 .. 7 }\n",
            "process a { x = getpid() = ? }\n");
}
END_TEST

START_TEST(ends_of_times_become_blanks)
{
    becomes("process a {\n@3 getpid()\n@3..3 getpid()\n@..never pause()\n+1..+2 pause()\n}\n",
            "process a {\n@3..? getpid()\n@3..? getpid()\n         pause()\n+1..?  pause()\n}\n");
}
END_TEST

START_TEST(columns_stay_where_there_is_space)
{
    becomes("process a {\n  @3      getpid()\n  @3..3   getpid()\n}\n",
            "process a {\n  @3..?   getpid()\n  @3..?   getpid()\n}\n");
}
END_TEST

START_TEST(claims_title_and_comments_go)
{
    becomes("# why\nscenario \"what one learns\"\nset capacity = 4     # so small\n\n"
            "process a { }\n\nend a exited, (1 == 1)\nalways no deadlock\n",
            "set capacity = 4\n\nprocess a { }\n");
    becomes("process end { always = 1 }\nexpect at 3: end exited\n",
            "process end { always = 1 }\n");
    becomes("process a { print(\"# no comment\") }\n", "process a { print(\"# no comment\") }\n");
}
END_TEST

START_TEST(assertions_go_but_for_their_calls)
{
    becomes("process a {\n  x = 1; assert(x == 1); x = 2\n  assert(x == 2)\n}\n",
            "process a {\n  x = 1;  x = 2\n}\n");
    becomes(
        "def f(x) { return x }\nprocess a { assert(f(getpid()) == 1 && len(str(getpid())) == 1) }\n",
        "def f(x) { return x }\nprocess a { f(getpid()); getpid() }\n");
}
END_TEST

START_TEST(lines_can_be_kept)
{
    becomes_in(
        "# why\nscenario \"t\"\n\nprocess a { getpid() = 1 }\nend a exited\nprocess b { assert(len(\n\"a\")) }\n",
        LINES_KEPT, "\n\n\nprocess a { getpid() = ? }\n\nprocess b {\n }\n");
}
END_TEST

START_TEST(a_file_needs_no_last_newline)
{
    becomes("process a { getpid() = 1 }", "process a { getpid() = ? }\n");
    becomes("process a { }\nend a exited", "process a { }\n");
    becomes("process a { } # c", "process a { }\n");
}
END_TEST

START_TEST(edits_within_an_edit_are_left_out)
{
    struct source source = {"t", "abcdef", 6};
    struct edit_list edits = {0};
    struct strbuf out = {0};
    edit_add(&edits, (struct span){2, 1}, "never");
    edit_add(&edits, (struct span){1, 3}, "X");
    edit_add(&edits, (struct span){1, 1}, "never");
    edit_add(&edits, (struct span){5, 1}, "YY");
    rewrite(&source, &edits, LINES_KEPT, &out);
    ck_assert_str_eq(strbuf_text(&out), "aXeYY\n");
    strbuf_free(&out);
    edit_list_free(&edits);
}
END_TEST

Suite *spoilers_suite(void)
{
    Suite *suite = suite_create("spoilers");
    TCase *hidden = tcase_create("hidden");
    tcase_add_test(hidden, results_become_blanks);
    tcase_add_test(hidden, ends_of_times_become_blanks);
    tcase_add_test(hidden, columns_stay_where_there_is_space);
    tcase_add_test(hidden, claims_title_and_comments_go);
    tcase_add_test(hidden, assertions_go_but_for_their_calls);
    suite_add_tcase(suite, hidden);
    TCase *text = tcase_create("text");
    tcase_add_test(text, lines_can_be_kept);
    tcase_add_test(text, a_file_needs_no_last_newline);
    tcase_add_test(text, edits_within_an_edit_are_left_out);
    suite_add_tcase(suite, text);
    return suite;
}

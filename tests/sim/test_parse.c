/* test_parse.c - from text to program: what each form means, and what is said of mistakes. What a form
 * means is seen by running it. */
#include "tests/sim/crew.h"
#include "tests/sim/scripted.h"
#include "tests/suites.h"

#include "sim/run/vocabulary.h"

#include <stdlib.h>
#include <string.h>

/* -- files -------------------------------------------------------------------------------------------- */

START_TEST(a_file_without_a_process_is_no_scenario)
{
    static const char *const files[] = {
        "", "\n\n", "# only\n# comments", "pipe p\n", "scenario \"t\"\n", "set capacity = 3\n"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct scripted *s = run_text(files[i], NULL);
        ck_assert_int_eq(s->verdict, VERDICT_BAD_SCRIPT);
        text_contains(strbuf_text(&s->messages), "there is no process in this scenario");
        script_free(s);
    }
}
END_TEST

START_TEST(the_last_line_needs_no_end)
{
    comes_true("process a { exit(0) }");
    comes_true("process a { exit(3) }\nend a exited with 3");
    comes_true("process a { exit(3) }\nend a exited with 3 # comment");
}
END_TEST

START_TEST(lines_may_end_as_on_windows)
{
    comes_true("process a {\r\n  x = 1 # comment\r\n  assert(x == 1)\r\n}\r\nend a exited\r\n");
}
END_TEST

START_TEST(items_may_come_in_any_order)
{
    comes_true("end p.stream == \"x\"\n"
               "process b < p { assert(f(2) == 4); read(p, 1) = \"x\" }\n"
               "process a > p { write(p, \"x\") }\n"
               "def f(x) { return x * k() }\n"
               "def k() { return 2 }\n"
               "pipe p\n");
}
END_TEST

START_TEST(the_title_is_kept)
{
    struct scripted *s = run_text("scenario \"a \\\"title\\\"\"\nprocess a { }\n", NULL);
    ck_assert_str_eq(s->program->title, "a \"title\"");
    script_free(s);
}
END_TEST

START_TEST(without_a_title_the_title_is_empty)
{
    struct scripted *s = run_text("process a { }\n", NULL);
    ck_assert_ptr_nonnull(s->program->title);
    ck_assert_str_eq(s->program->title, "");
    script_free(s);
}
END_TEST

START_TEST(item_words_are_names_elsewhere)
{
    comes_true("process a {\n"
               "  end = 1\n"
               "  set = end + 1\n"
               "  expect = set; never = 0; always = 1; def = 2; scenario = 3; process = 4\n"
               "  sometimes = 5\n"
               "  assert(end + set + expect == 5)\n"
               "  pipe(pipe)\n"
               "  assert(pipe[0] == 3)\n"
               "}\n");
}
END_TEST

/* -- statements --------------------------------------------------------------------------------------- */

static const struct {
    const char *statements, *condition;
} statements[] = {
    {"x = 1", "x == 1"},
    {"x = 1; y = 2;", "x + y == 3"},
    {"x = 1\nif (x == 1) { x = 5 }", "x == 5"},
    {"x = 1\nif (x == 2) { x = 5 }", "x == 1"},
    {"x = 1\nif (x == 2) { x = 5 } else { x = 6 }", "x == 6"},
    {"x = 1\nif (x == 2) { x = 5 }\nelse { x = 6 }", "x == 6"},
    {"x = 1\nif (x == 2) { x = 5 } else if (x == 1) { x = 7 } else { x = 6 }", "x == 7"},
    {"x = 3\nif (x == 2) { x = 5 } else if (x == 1) { x = 7 } else { x = 6 }", "x == 6"},
    {"x = 0\nwhile (x < 5) { x = x + 1 }", "x == 5"},
    {"x = 0\nrepeat 5 { x = x + 2 }", "x == 10"},
    {"x = 0\nrepeat 2 + 1 { x = x + 2 }", "x == 6"},
    {"x = 0\nloop { x = x + 1; if (x == 4) { break } }", "x == 4"},
    {"x = 0; y = 0\nrepeat 5 { x = x + 1; if (x == 2) { continue }; y = y + x }", "y == 13"},
    {"x = 0; y = 0\nwhile (x < 5) {\nx = x + 1\nif (x == 2) { continue }\ny = y + x\n}", "y == 13"},
    {"x = 0\nrepeat 0 { x = 1 }", "x == 0"},
    {"x = 0\nrepeat -3 { x = 1 }", "x == 0"},
    {"x = 5\nif ((y = x)) { x = y + 1 }", "x == 6"},
    {"pipe(p)\nwrite(p[1], \"abc\")\nx = \"\"\nclose(p[1])\n"
     "while (c = read(p[0], 1)) { x = c + x }",
     "x == \"cba\""},
    {"pipe(p); fcntl(p[0], F_SETFL, O_NONBLOCK); x = 0\n"
     "if ((y = read(p[0], 8) = ?) == -1) { x = errno }",
     "x == EAGAIN"},
    {"x = (1 +\n 2\n *\n 3)", "x == 7"},
    {"x = max(1,\n 2)", "x == 2"},
    {"x = (1\n + 2)", "x == 3"},
    {"x = (\n1\n)", "x == 1"},
    {"if (1) { } ; x = 1", "x == 1"},
    {"x = 1 # = 2", "x == 1"},
};

START_TEST(each_statement_does_what_it_says)
{
    holds_after(statements[_i].statements, statements[_i].condition);
}
END_TEST

START_TEST(functions_have_parameters_locals_and_results)
{
    comes_true("def twice(f) { local y = f * 2\n return y }\n"
               "def nothing() { }\n"
               "def early(x) { if (x) { return 1 }; return 2 }\n"
               "def many(a, b, c) { return a * 100 + b * 10 + c }\n"
               "process a {\n"
               "  y = 7\n"
               "  assert(twice(4) == 8)\n"
               "  assert(y == 7)\n"
               "  assert(nothing() == 0)\n"
               "  assert(early(1) * 10 + early(0) == 12)\n"
               "  assert(many(1, twice(1), 3) == 123)\n"
               "  twice(1)\n"
               "}\n");
}
END_TEST

START_TEST(times_and_results_stand_around_a_call)
{
    comes_true("process a {\n"
               "  @0 pipe(p) = 0\n"
               "  @0 x = write(p[1], \"ab\") = 2\n"
               "  @3..5 sleep(2) = 0\n"
               "  @..6 sleep(1)\n"
               "  +1..+2 sleep(2)\n"
               "  +0 y = read(p[0], 9) = \"ab\"\n"
               "  @10..? z = getpid() = 1..2\n"
               "  assert(x == 2 and y == \"ab\" and z == 1)\n"
               "}\n");
}
END_TEST

/* -- expressions -------------------------------------------------------------------------------------- */

static const char *const precedences[] = {
    "1 + 2 * 3 == 7",
    "(1 + 2) * 3 == 9",
    "10 - 4 - 3 == 3",
    "100 / 10 / 5 == 2",
    "17 % 10 * 2 == 14",
    "2 * 3 % 4 == 2",
    "-2 * 3 == 0 - 6",
    "- -3 == 3",
    "-2 + 3 == 1",
    "!1 + 1 == 1",
    "not 1 + 1 == 1",
    "!!5 == 1",
    "!0 == 1",
    "6 & 3 == 2",       /* unlike in C */
    "4 | 1 & 2 == 4",   /* & before | */
    "1 | 2 == 3",       /* | before == */
    "1 + 2 & 2 == 2",   /* + before & */
    "4 | 2 + 1 == 7",   /* + before | */
    "1 == 1 && 2 == 2", /* == before && */
    "1 || 0 && 0",      /* && before || */
    "(1 || 0) && 1",
    "0 && 0 || 1",
    "(1 or 0 and 0) == 1",
    "(0 or 5) == 1", /* the truth, not the value */
    "(7 and 5) == 1",
    "1 < 2 && 2 <= 2 && 3 > 2 && 2 >= 2 && 1 != 2",
    "\"ab\" + \"c\" * 3 == \"abccc\"",
    "\"abc\"[1] == 'b'",
    "\"abc\"[1..] == \"bc\"",
    "\"abc\"[..1] == \"a\"",
    "\"abc\"[..] == \"abc\"",
    "\"abcd\"[1..3][1] == 'c'",
    "-\"\\x05\"[0] == -5",
    "len(\"abc\" + \"d\") == 4",
    "0x10 == 16 && 'a' == 97",
    "EOF == \"\"",
    "EPIPE == 32 and SIGPIPE == 13 and O_NONBLOCK == 2048",
};

START_TEST(operators_bind_as_the_reference_says)
{
    holds(precedences[_i]);
}
END_TEST

START_TEST(and_and_or_look_at_their_right_side_only_when_they_must)
{
    comes_true("def f() { n = n + 1\n return 1 }\n"
               "process a { n = 0\n"
               " x = 0 && f(); x = 1 || f(); assert(n == 0)\n"
               " x = 1 && f(); x = 0 || f(); assert(n == 2) }\n");
}
END_TEST

/* -- mistakes ----------------------------------------------------------------------------------------- */

static const struct {
    const char *text, *place, *fragment;
} mistakes[] = {
    /* the top level */
    {"proces a { }\n", "1:1", "did you mean 'process'?"},
    {"x = 3\nprocess a { }\n", "1:1", "is expected here, not 'x'"},
    {"write(1, \"x\")\n", "1:1", "calls stand in a block"},
    {"process a { }\n}\n", "2:1", "'}'"},
    {"process a {\nx = 1\n", "1:11", "this '{' is never closed"},
    {"process a {\nx = 1\nprocess b { }\n", "1:11", "this '{' is never closed"},
    {"process a { } x\n", "1:15", "the end of the line is expected here, not 'x'"},
    {"process a { }\nprocess a { }\n", "2:9", "two processes have this name"},
    {"def f() { }\ndef f() { }\nprocess a { }\n", "2:5", "two functions have this name"},
    {"pipe p, p\nprocess a { }\n", "1:9", "two pipes have this name"},
    {"def read(x) { }\nprocess a { }\n", "1:5", "there is a call of this name already"},
    {"process if { }\n", "1:9", "the name of the process is expected here"},
    {"process { }\n", "1:9", "the name of the process is expected here"},
    {"def (x) { }\nprocess a { }\n", "1:5", "the name of the function is expected here"},
    {"def f(x, x) { }\nprocess a { }\n", "1:10", "two parameters have this name"},
    {"def f(1) { }\nprocess a { }\n", "1:7", "the name of a parameter is expected here, not '1'"},
    {"def f { }\nprocess a { }\n", "1:7", "'(' is expected here, not '{'"},
    {"scenario title\nprocess a { }\n", "1:10", "the title, in quotes"},
    {"set speed = 3\nprocess a { }\n", "1:5", "there is no setting 'speed'"},
    {"set capacty = 3\nprocess a { }\n", "1:5", "did you mean 'capacity'?"},
    {"set capacity 3\nprocess a { }\n", "1:14", "'=' is expected here, not '3'"},
    {"set capacity = big\nprocess a { }\n", "1:16", "a number is expected here, not 'big'"},
    {"set pipe = rings\nprocess a { }\n", "1:12", "no pipe implementation is named 'rings'"},
    {"pipe p(size = 3)\nprocess a { }\n", "1:8", "a pipe has two sizes: capacity and atomic"},
    {"pipe 3\nprocess a { }\n", "1:6", "the name of a pipe is expected here"},
    {"process a < q { }\n", "1:13", "no pipe is named 'q'"},
    {"pipe data\nprocess a < dta { }\n", "2:13", "did you mean 'data'?"},
    {"pipe p\nprocess a < p < p { }\n", "2:17", "has this end of 'p' already"},
    {"process a * 0 { }\n", "1:13", "the number of processes must be from 1"},
    {"process a * x { }\n", "1:13", "a number of processes is expected here"},
    {"process a x { }\n", "1:11", "'speaks', 'answers' or '{' is expected here, not 'x'"},

    /* names */
    {"process a {\n  raed(3, 1)\n}\n", "2:3", "did you mean 'read'?"},
    {"process a {\n  frobnicate(3)\n}\n", "2:3", "no call or function is named 'frobnicate'"},
    {"process a {\n  x = y + 1\n}\n", "2:7", "nothing is named 'y'"},
    {"process a {\n  count = 1; x = cuont + 1\n}\n", "2:18", "did you mean 'count'?"},
    {"pipe p\nprocess a {\n  read(p, 1)\n}\n", "3:8", "pipe 'p' must be opened"},
    {"pipe p\nprocess b < p { }\nprocess a {\n  read(p, 1)\n}\n", "4:8",
     "process 'a' has no end of pipe 'p'"},
    {"process child { }\nprocess a {\n  fork(chil)\n}\n", "3:8", "did you mean 'child'?"},
    {"process a {\n  fork(b)\n}\n", "2:8", "no process is named 'b'"},
    {"process a {\n  fork(3)\n}\n", "2:8", "the name of a process block is expected here"},
    {"process a {\n  signal(SIGINT, hnd)\n}\ndef hand(s) { }\n", "2:18", "did you mean 'hand'?"},
    {"process a {\n  read(3, 1) = -1 EPIP\n}\n", "2:19", "did you mean 'EPIPE'?"},
    {"process a {\n  read(3, 1) = killed SIGPIP\n}\n", "2:23", "did you mean 'SIGPIPE'?"},
    {"process a {\n  repeet 3 { }\n}\n", "2:3", ""},

    /* statements */
    {"process a {\n  3\n}\n", "2:3", "this does nothing"},
    {"process a {\n  x == 3\n}\n", "2:3", "this does nothing"},
    {"process a {\n  x = 1 y = 2\n}\n", "2:9", "the end of the statement is expected here"},
    {"process a {\n  break\n}\n", "2:3", "'break' stands in no loop"},
    {"process a {\n  continue\n}\n", "2:3", "'continue' stands in no loop"},
    {"process a {\n  return 3\n}\n", "2:3", "'return' stands in no function"},
    {"process a {\n  local x = 3\n}\n", "2:3", "'local' stands in no function"},
    {"process a {\n  if x { }\n}\n", "2:6", "'(' is expected here, not 'x'"},
    {"process a {\n  if (1) x = 2\n}\n", "2:10", "'{' is expected here, not 'x'"},
    {"process a {\n  else { }\n}\n", "2:3", ""},
    {"process a {\n  EPIPE = 3\n}\n", "2:3", "'EPIPE' is a constant"},
    {"process a {\n  errno = 3\n}\n", "2:3", "'errno' is a constant"},
    {"process a {\n  while = 3\n}\n", "2:9", ""},

    /* times and results */
    {"process a {\n  @x sleep(1)\n}\n", "2:4", "a tick or '..' is expected here, not 'x'"},
    {"process a {\n  @5..3 sleep(1)\n}\n", "2:3", "this ends before it starts"},
    {"process a {\n  @..+3 sleep(1)\n}\n", "2:3", "counts from the start"},
    {"process a {\n  @5 x = 3\n}\n", "2:3", "a time can be written only before a call"},
    {"process a {\n  @5 if (1) { }\n}\n", "2:6", "a time can be written only before a call"},
    {"process a {\n  @5.. sleep(1)\n}\n", "2:8", "a tick, '?' or 'never' is expected here"},
    {"process a {\n  +x sleep(1)\n}\n", "2:4", "a number of ticks is expected here"},
    {"process a {\n  x = 3 = 4\n}\n", "2:9", "a result can be written only after a call"},
    {"process a {\n  getpid() + 1 = 4\n}\n", "2:16", "a result can be written only after a call"},
    {"process a {\n  len(\"a\") = 1\n}\n", "2:12", "a built-in function has no result"},
    {"process a {\n  getpid() =\n}\n", "2:13", "a value is expected here"},
    {"process a {\n  getpid() = 3..1\n}\n", "2:14", "ends before it starts"},

    /* calls */
    {"process a {\n  read(3)\n}\n", "2:9", "read needs more arguments than these"},
    {"process a {\n  read(3, 1, 2)\n}\n", "2:14", "read takes no more arguments than these"},
    {"process a {\n  f(1, 2)\n}\ndef f(x) { }\n", "2:3", "f takes 1 argument, not 2"},
    {"process a {\n  poll(3, POLLIN)\n}\n", "2:17", "poll needs more arguments"},
    {"process a {\n  poll(3, POLLIN, 4, POLLIN)\n}\n", "2:28", "poll needs more arguments"},
    {"process a {\n  read(3, 1\n}\n", "2:12", "')' is expected here"},
    {"process a {\n  read(3, 1))\n}\n", "2:13", "the end of the statement is expected here"},
    {"process a {\n  pipe(3)\n}\n", "2:8", "the name of a variable is expected here"},
    {"process a {\n  pipe(EPIPE)\n}\n", "2:8", "this name stands for a constant"},
    {"process a {\n  signal(SIGINT, 3)\n}\n", "2:18", "IGN, DFL or the name of a function"},
    {"process b { }\nprocess a { fork(b); thread(b) }\n", "2:29", "both by fork and by thread"},
    {"pipe p\nprocess b < p { }\nprocess a { fork(b) }\n", "2:9", "is started by fork"},
    {"process b * 2 { }\nprocess a { thread(b) }\n", "1:9", "is started by thread"},

    /* expressions */
    {"process a {\n  x = 1 +\n}\n", "2:10", "a value is expected here, not the end of the line"},
    {"process a {\n  x = (1 + 2\n}\n", "2:13", "is expected here"},
    {"process a {\n  x = \"a\"[1\n}\n", "2:12", "']' is expected here"},
    {"process a {\n  x = 1 < 2 < 3\n}\n", "2:13", "comparisons do not chain"},
    {"process a {\n  x = if\n}\n", "2:7", "'if' cannot stand here"},
    {"process a {\n  x = *\n}\n", "2:7", "a value is expected here, not '*'"},

    /* claims */
    {"process a { }\nend x == 1\n", "2:5", "a claim does not see the variable 'x'"},
    {"process a { }\nend q.used == 1\n", "2:5", "no pipe is named 'q'"},
    {"pipe p\nprocess a { }\nend p.usde == 1\n", "3:7", "did you mean 'used'?"},
    {"process a { }\nend b exited\n", "2:5", "no process is named 'b'"},
    {"process a { }\nend a.used == 0\n", "2:5", "'a' is no pipe"},
    {"process a { }\nend a asleep on food\n", "2:17", "nobody can be asleep on 'food'"},
    {"pipe p\nprocess a { }\nend a asleep on p.full\n", "3:19", "not_empty and not_full"},
    {"process a { }\nalways read(3, 1) == 2\n", "2:8", "a claim looks on and makes no calls"},
    {"def f() { }\nprocess a { }\nalways f() == 2\n", "3:8", "runs no functions"},
    {"pipe p\nprocess a { }\nend p.used = 1\n", "3:12", "'==' compares"},
    {"process a { }\nexpect 5: nobody asleep\n", "2:8", "'at' is expected here"},
    {"process a { }\nexpect at x: nobody asleep\n", "2:11", "a tick is expected here"},
    {"process a { }\nexpect at 5 nobody asleep\n", "2:13", "':' is expected here"},
    {"process a { }\nend nobody awake\n", "2:5", "goes on differently"},
    {"process a { }\nend\n", "2:4", "a value is expected here"},
    {"process a { }\nend a killed by SIGFOO\n", "2:17", "no signal is named 'SIGFOO'"},
    {"process a { }\nend a exited with x\n", "2:19", "a status is expected here"},
};

START_TEST(a_mistake_is_reported_at_its_place)
{
    is_wrong(mistakes[_i].text, mistakes[_i].place, mistakes[_i].fragment);
}
END_TEST

static struct scripted *parsed(const char *text)
{
    struct scripted *s = script_begin(text, NULL);
    diag_render(&s->diags, &s->source, DIAG_PLAIN, &s->messages);
    return s;
}

START_TEST(one_mistake_gives_one_message_and_the_next_is_found_too)
{
    struct scripted *s = parsed("process a {\n"
                                "  raed(3, 1) = ) (\n"
                                "  if (1 { x = }\n"
                                "  wirte(3, \"x\")\n"
                                "}\n"
                                "proces b { read(3 }\n"
                                "end nobody awake\n");
    ck_assert_uint_eq(s->diags.messages, 5);
    text_contains(strbuf_text(&s->messages), "test.pipe:4:3: error: ");
    text_contains(strbuf_text(&s->messages), "test.pipe:7:5: error: ");
    script_free(s);
}
END_TEST

START_TEST(the_first_of_two_is_shown_in_a_note)
{
    struct scripted *s = parsed("process a { }\nprocess b { }\nprocess a { }\n");
    text_contains(strbuf_text(&s->messages), "test.pipe:1:9: note: the first one is here");
    script_free(s);
}
END_TEST

START_TEST(more_than_twenty_mistakes_are_counted)
{
    struct strbuf text = {0};
    strbuf_add(&text, "process a {\n");
    for (int i = 0; i < 30; i++)
        strbuf_add(&text, "  raed(3, 1)\n");
    strbuf_add(&text, "}\n");
    struct scripted *s = parsed(strbuf_text(&text));
    ck_assert_uint_eq(s->diags.messages, 30);
    text_contains(strbuf_text(&s->messages), "10 more messages not shown");
    script_free(s);
    strbuf_free(&text);
}
END_TEST

START_TEST(a_far_name_is_not_suggested)
{
    struct scripted *s = parsed("process a { xylophone(1) }\n");
    text_lacks(strbuf_text(&s->messages), "did you mean");
    script_free(s);
}
END_TEST

/* -- limits ------------------------------------------------------------------------------------------- */

/* The start; n times before; the middle; n times after. */
static const struct nesting {
    const char *start, *before, *middle, *after;
} nestings[] = {
    {"", "loop {", "exit(0)", "}"},
    {"", "if (1) {", "exit(0)", "}"},
    {"", "repeat 1 { ", "exit(0)", "}"},
    {"", "if (0) { } else ", "{ }", ""},
    {"exit", "(", "1", ")"},
    {"x = ", "(", "1", ")"},
    {"x = ", "- ", "1", ""},
    {"x = ", "!", "1", ""},
    {"x = ", "len(", "\"a\"", ")"},
    {"x = ", "\"a\"[", "0", "]"},
    {"x = ", "(x = ", "0", ")"},
};

static struct scripted *nested(const struct nesting *form, int n)
{
    struct strbuf text = {0};
    strbuf_add(&text, "process a {\n");
    strbuf_add(&text, form->start);
    for (int i = 0; i < n; i++)
        strbuf_add(&text, form->before);
    strbuf_add(&text, form->middle);
    for (int i = 0; i < n; i++)
        strbuf_add(&text, form->after);
    strbuf_add(&text, "\n}\n");
    struct scripted *s = parsed(strbuf_text(&text));
    strbuf_free(&text);
    return s;
}

START_TEST(nesting_has_a_limit_that_is_named)
{
    struct scripted *s = nested(&nestings[_i], 100000);
    ck_assert_ptr_null(s->program);
    text_contains(strbuf_text(&s->messages), "nested too deeply: 200 levels are the most");
    script_free(s);
}
END_TEST

START_TEST(what_nobody_would_call_deep_is_not_too_deep)
{
    struct scripted *s = nested(&nestings[_i], 40);
    ck_assert_msg(s->program != NULL, "%s", strbuf_text(&s->messages));
    script_free(s);
}
END_TEST

START_TEST(a_long_chain_is_not_deep)
{
    struct strbuf text = {0};
    strbuf_add(&text, "process a {\nx = 1");
    for (int i = 0; i < 5000; i++)
        strbuf_add(&text, " + 1");
    strbuf_add(&text, "\nassert(x == 5001)\n}\n");
    comes_true(strbuf_text(&text));
    strbuf_free(&text);
}
END_TEST

START_TEST(too_many_locals_are_refused)
{
    struct strbuf text = {0};
    strbuf_add(&text, "process a { }\ndef f() {\n");
    for (int i = 0; i < 70; i++)
        strbuf_addf(&text, "local v%d = 1\n", i);
    strbuf_add(&text, "}\n");
    struct scripted *s = parsed(strbuf_text(&text));
    text_contains(strbuf_text(&s->messages), "too many local variables: 64 are the most");
    script_free(s);
    strbuf_free(&text);
}
END_TEST

START_TEST(too_many_breaks_are_refused)
{
    struct strbuf text = {0};
    strbuf_add(&text, "process a {\nloop {\n");
    for (int i = 0; i < 70; i++)
        strbuf_add(&text, "if (1) { break }\n");
    strbuf_add(&text, "}\n}\n");
    struct scripted *s = parsed(strbuf_text(&text));
    text_contains(strbuf_text(&s->messages), "too many 'break's");
    script_free(s);
    strbuf_free(&text);
}
END_TEST

START_TEST(the_sizes_of_a_pipe_may_stand_on_several_lines)
{
    comes_true("pipe p(capacity = 4,\n"
               "       atomic = 2), q(capacity = 3)\n"
               "process a < p > p < q > q { }\n"
               "end p.capacity == 4, p.atomic == 2, q.capacity == 3\n");
}
END_TEST

START_TEST(a_line_may_be_broken_at_an_operator_in_parentheses)
{
    comes_true("process a {\n"
               "    if ((x\n"
               "         = close(\n"
               "             5\n"
               "         ) = -1 EBADF) ==\n"
               "            -1 and\n"
               "        not\n"
               "        (1 >\n"
               "         2)) { y = \"abc\"[\n"
               "            1 ..\n"
               "            2] }\n"
               "    assert(y == \"b\")\n"
               "}\n"
               "end a exited, (now ==\n"
               "0)\n");
}
END_TEST

/* -- any text ----------------------------------------------------------------------------------------- */

static const char whole[] =
    "scenario \"all there is\"\n"
    "set capacity = 8, atomic = 4, max_calls = 1000\n"
    "pipe p(capacity = 4, atomic = 2), q\n"
    "def f(x, y) { local z = x + y\n return z }\n"
    "def h(s) { n = s }\n"
    "process a * 2 < p > q {\n"
    "  @0..5 x = read(p, 3) = \"abc\"; signal(SIGINT, h); kill(b.2, 0) = ?\n"
    "  if (x == 'a' || not f(1, 2) and x[0..1] == EOF) { y = x } else if (0) { } else { exit(1) }\n"
    "  while ((z = write(q, \"x\" * 3) = -1 EPIPE)) { break }\n"
    "  repeat 3 { continue }\n"
    "  loop { poll(p, POLLIN, q, POLLOUT, -1) = 1..2; sleep(1) = killed SIGTERM }\n"
    "}\n"
    "process b > p { fork(c); thread(d); wait(c) = 3; +1..never pause() }\n"
    "process c { pipe2(r, O_NONBLOCK); exit(3) }\n"
    "process d { }\n"
    "end nobody asleep, no descriptor open or a exited with 3, b killed by SIGINT\n"
    "always p.used <= 4 and no deadlock\n"
    "never a asleep on p.not_full\n"
    "expect at 5: now == 5\n"
    "sometimes p.stream == \"\\x00\\n\"\n";

START_TEST(the_whole_language_parses)
{
    struct scripted *s = parsed(whole);
    ck_assert_str_eq(strbuf_text(&s->messages), "");
    ck_assert_ptr_nonnull(s->program);
    script_free(s);
}
END_TEST

/* The parser sees a copy of just n bytes, so that a sanitizer finds a look beyond them. */
static void gives_a_program_or_a_message(const char *text, size_t n)
{
    char *copy = malloc(n > 0 ? n : 1);
    memcpy(copy, text, n);
    struct source source = {"damaged.pipe", copy, n};
    struct diag_list diags = {0};
    struct strbuf out = {0};
    struct program *program = script_parse(&source, vocabulary(), &diags);
    ck_assert((program != NULL) == (diags.messages == 0));
    diag_render(&diags, &source, DIAG_PLAIN, &out);
    strbuf_free(&out);
    program_free(program);
    diag_list_free(&diags);
    free(copy);
}

/* Bytes taken out, put in and moved: it must come to an end with a program or with a message. */
static void damage(char *text, size_t *n, uint64_t *seed)
{
    static const char likely[] = "(){}[]=@.+\"'\n,;#-!0x";
    size_t at = next_random(seed) % *n, length = 1 + next_random(seed) % 12;
    length = length < *n - at ? length : *n - at;
    switch (next_random(seed) % 4) {
    case 0:
        memmove(text + at, text + at + length, *n - at - length);
        *n -= length;
        break;
    case 1: text[at] = likely[next_random(seed) % (sizeof likely - 1)]; break;
    case 2: text[at] = (char)next_random(seed); break;
    default:
        for (size_t i = 0; i < length; i++)
            text[at + i] = whole[(next_random(seed) % (sizeof whole - 1))];
    }
}

START_TEST(a_damaged_script_gives_a_program_or_a_message)
{
    uint64_t seed = (uint64_t)_i + 1;
    char text[sizeof whole];
    for (int round = 0; round < 400; round++) {
        size_t n = sizeof whole - 1;
        memcpy(text, whole, n);
        for (uint64_t times = 1 + next_random(&seed) % 4; times > 0; times--)
            damage(text, &n, &seed);
        gives_a_program_or_a_message(text, n);
    }
}
END_TEST

/* Every beginning of it, so that the end of the file comes at every place. */
START_TEST(a_script_cut_off_anywhere_gives_a_program_or_a_message)
{
    for (size_t n = 0; n < sizeof whole; n++)
        gives_a_program_or_a_message(whole, n);
}
END_TEST

Suite *parse_suite(void)
{
    Suite *suite = suite_create("parse");
    TCase *files = tcase_create("file");
    tcase_add_test(files, a_file_without_a_process_is_no_scenario);
    tcase_add_test(files, the_last_line_needs_no_end);
    tcase_add_test(files, lines_may_end_as_on_windows);
    tcase_add_test(files, items_may_come_in_any_order);
    tcase_add_test(files, the_title_is_kept);
    tcase_add_test(files, without_a_title_the_title_is_empty);
    tcase_add_test(files, item_words_are_names_elsewhere);
    tcase_add_test(files, the_sizes_of_a_pipe_may_stand_on_several_lines);
    tcase_add_test(files, a_line_may_be_broken_at_an_operator_in_parentheses);
    suite_add_tcase(suite, files);

    TCase *forms = tcase_create("form");
    tcase_add_loop_test(forms, each_statement_does_what_it_says, 0,
                        sizeof statements / sizeof *statements);
    tcase_add_test(forms, functions_have_parameters_locals_and_results);
    tcase_add_test(forms, times_and_results_stand_around_a_call);
    tcase_add_loop_test(forms, operators_bind_as_the_reference_says, 0,
                        sizeof precedences / sizeof *precedences);
    tcase_add_test(forms, and_and_or_look_at_their_right_side_only_when_they_must);
    suite_add_tcase(suite, forms);

    TCase *wrong = tcase_create("mistake");
    tcase_add_loop_test(wrong, a_mistake_is_reported_at_its_place, 0,
                        sizeof mistakes / sizeof *mistakes);
    tcase_add_test(wrong, one_mistake_gives_one_message_and_the_next_is_found_too);
    tcase_add_test(wrong, the_first_of_two_is_shown_in_a_note);
    tcase_add_test(wrong, more_than_twenty_mistakes_are_counted);
    tcase_add_test(wrong, a_far_name_is_not_suggested);
    suite_add_tcase(suite, wrong);

    TCase *limits = tcase_create("limit");
    tcase_add_loop_test(limits, nesting_has_a_limit_that_is_named, 0,
                        sizeof nestings / sizeof *nestings);
    tcase_add_loop_test(limits, what_nobody_would_call_deep_is_not_too_deep, 0,
                        sizeof nestings / sizeof *nestings);
    tcase_add_test(limits, a_long_chain_is_not_deep);
    tcase_add_test(limits, too_many_locals_are_refused);
    tcase_add_test(limits, too_many_breaks_are_refused);
    suite_add_tcase(suite, limits);

    TCase *any = tcase_create("any");
    tcase_set_timeout(any, 60);
    tcase_add_test(any, the_whole_language_parses);
    tcase_add_loop_test(any, a_damaged_script_gives_a_program_or_a_message, 0, 5);
    tcase_add_test(any, a_script_cut_off_anywhere_gives_a_program_or_a_message);
    suite_add_tcase(suite, any);
    return suite;
}

/* test_decoy.c - a scenario with a wrong result in it. */
#include "sim/lab/decoy.h"
#include "sim/run/vocabulary.h"
#include "tests/suites.h"

#include <stdio.h>
#include <string.h>

static const struct run_options plain = {.policy = POLICY_FIFO};

/* What it says when it is run; "" when it holds. */
static void run_it(const struct strbuf *text, char *said, size_t size)
{
    struct source source = {"x.pipe", strbuf_text(text), text->length};
    struct diag_list diags = {0};
    struct program *p = script_parse(&source, vocabulary(), &diags);
    ck_assert_ptr_nonnull(p);
    struct run *run = run_begin(p, &plain, &diags);
    ck_assert_ptr_nonnull(run);
    enum verdict v = run_judge(run, run_go(run, UINT64_MAX));
    snprintf(said, size, "%s", v == VERDICT_AS_EXPECTED ? "" : diags.items[0].message);
    ck_assert(v == VERDICT_AS_EXPECTED || v == VERDICT_FAILED);
    run_free(run);
    program_free(p);
    diag_list_free(&diags);
}

static void is_changed(const char *scenario)
{
    char said[200];
    for (uint64_t seed = 1; seed < 20; seed++) {
        struct strbuf text = {0};
        strbuf_add(&text, scenario);
        run_it(&text, said, sizeof said);
        ck_assert_str_eq(said, "");
        ck_assert(decoy_make(&text, &plain, seed));
        run_it(&text, said, sizeof said);
        ck_assert_str_ne(said, "");
        strbuf_free(&text);
    }
}

static void stays(const char *scenario)
{
    struct strbuf text = {0};
    strbuf_add(&text, scenario);
    for (uint64_t seed = 1; seed < 20; seed++)
        ck_assert(!decoy_make(&text, &plain, seed));
    ck_assert_str_eq(strbuf_text(&text), scenario);
    strbuf_free(&text);
}

#define WITH_PIPE(calls) "process a {\n pipe(p)\n" calls "}\n"

START_TEST(a_number_of_bytes_is_another)
{
    is_changed(WITH_PIPE("write(p[1], \"abc\") = 3\n"));
}
END_TEST

START_TEST(the_bytes_are_others)
{
    is_changed(WITH_PIPE("write(p[1], \"abc\")\n read(p[0], 3) = \"abc\"\n"));
}
END_TEST

START_TEST(so_are_an_end_of_file_and_an_error)
{
    is_changed(WITH_PIPE("close(p[1])\n read(p[0], 3) = EOF\n"));
    is_changed(WITH_PIPE("close(p[0])\n read(p[0], 3) = -1 EBADF\n"));
}
END_TEST

START_TEST(it_is_drawn_by_the_seed)
{
    char said[200], first[200] = "";
    bool differs = false;
    for (uint64_t seed = 1; seed < 20; seed++) {
        struct strbuf text = {0};
        strbuf_add(&text, WITH_PIPE("write(p[1], \"abc\") = 3\n read(p[0], 2) = \"ab\"\n"));
        ck_assert(decoy_make(&text, &plain, seed));
        run_it(&text, said, sizeof said);
        differs = differs || (first[0] != '\0' && strcmp(first, said) != 0);
        memcpy(first, said, sizeof first);
        strbuf_free(&text);
    }
    ck_assert(differs);
}
END_TEST

START_TEST(of_what_is_written_nothing_else_is_changed)
{
    struct strbuf text = {0};
    strbuf_add(&text, WITH_PIPE("write(p[1], \"\\x41\\n!\")\n read(p[0], 9) = \"\\x41\\n!\"\n"));
    ck_assert(!decoy_make(&text, &plain, 1)); /* it has no letter that stands for itself */
    strbuf_clear(&text);
    strbuf_add(&text, WITH_PIPE("write(p[1], \"\\x41z\")\n read(p[0], 9) = \"\\x41z\"  # two\n"));
    ck_assert(decoy_make(&text, &plain, 1));
    ck_assert_str_eq(strbuf_text(&text),
                     WITH_PIPE("write(p[1], \"\\x41z\")\n read(p[0], 9) = \"\\x41a\"  # two\n"));
    strbuf_free(&text);
}
END_TEST

START_TEST(what_need_not_come_up_stays)
{
    stays(WITH_PIPE("x = 1\n if (x == 1) { write(p[1], \"abc\") = 3 }\n"));
    stays(WITH_PIPE("x = 2\n repeat x { write(p[1], \"abc\") = 3 }\n"));
    stays(WITH_PIPE("write(p[1], \"abc\")\n"));
}
END_TEST

START_TEST(and_so_does_all_where_signals_may_come)
{
    stays("process a {\n pipe(p)\n write(p[1], \"abc\") = 3\n raise(SIGUSR1)\n}\n"
          "end  a killed by SIGUSR1\n");
}
END_TEST

START_TEST(what_is_repeated_comes_up)
{
    is_changed(WITH_PIPE("repeat 3 { write(p[1], \"abc\") = 3 }\n"));
}
END_TEST

Suite *decoy_suite(void)
{
    Suite *s = suite_create("decoy");
    TCase *changed = tcase_create("changed"), *kept = tcase_create("kept");
    tcase_add_test(changed, a_number_of_bytes_is_another);
    tcase_add_test(changed, the_bytes_are_others);
    tcase_add_test(changed, so_are_an_end_of_file_and_an_error);
    tcase_add_test(changed, it_is_drawn_by_the_seed);
    tcase_add_test(changed, what_is_repeated_comes_up);
    tcase_add_test(changed, of_what_is_written_nothing_else_is_changed);
    tcase_add_test(kept, what_need_not_come_up_stays);
    tcase_add_test(kept, and_so_does_all_where_signals_may_come);
    suite_add_tcase(s, changed);
    suite_add_tcase(s, kept);
    return s;
}

/* test_bugs.c - the pipes with a bug: each is caught by exploring its scenario, on which the pipe itself
 * never fails; and the schedule that shows it is the easiest one. */
#include "sim/cli/files.h"
#include "sim/explore/explore.h"
#include "sim/kernel/bugs.h"
#include "sim/run/vocabulary.h"
#include "tests/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What exploring scenarios/bugs/NAME.pipe finds first. When this has to change, a failing test prints
 * the new line: see that it is right. */
static const struct caught {
    const char *name;
    enum verdict verdict;
    uint32_t preemptions, switches;
    const char *schedule;
    const char *says;
} caught[] = {
    {"if-not-while", VERDICT_FAILED, 1, 4, "locks:early*3,writer*4,late*6,early", "got    EOF"},
    {"signal-before-change", VERDICT_STUCK, 1, 2, "locks:writer*2,reader",
     "reader sleeps on, although 1 byte is in p"},
    {"one-condition", VERDICT_STUCK, 0, 4, "locks:one*3,other",
     "writer sleeps on, although it needs 1 byte of room"},
    {"lost-wakeup", VERDICT_STUCK, 1, 2, "locks:reader,writer",
     "reader sleeps on, although 1 byte is in p"},
    {"wait-first", VERDICT_STUCK, 0, 0, "locks:", "alone sleeps on, although 5 bytes are in p"},
    {"signal-not-broadcast", VERDICT_FAILED, 0, 8, "locks:reader", "wanted asleep until tick 2"},
    {"silent-close", VERDICT_STUCK, 0, 1, "locks:reader", "although no write end of p is open"},
    {"swapped-conditions", VERDICT_STUCK, 0, 1, "locks:reader", "reader sleeps on"},
    {"wait-without-lock", VERDICT_FAILED, 0, 0, "locks:reader",
     "reader waits with a lock that it does not hold"},
    {"error-keeps-lock", VERDICT_FAILED, 0, 1, "locks:reader",
     "writer leaves this call with a lock that it still holds"},
    {"double-unlock", VERDICT_FAILED, 0, 1,
     "locks:", "reader lets go a lock that it does not hold: nobody does"},
    {"lock-order", VERDICT_STUCK, 1, 1, "locks:writer*7,reader",
     "waits for a lock that reader holds"},
    {"busy-wait", VERDICT_STUCK, 0, 1, "locks:", "reader does not sleep, it spins"},
    {"unlocked-copy", VERDICT_FAILED, 1, 3, "locks:writer*6,one*3,other", "does not hold"},
    {"wake-when-full", VERDICT_STUCK, 0, 1,
     "locks:", "writer sleeps on, although it needs 2 bytes of room"},
    {"swallowed-wakeup", VERDICT_FAILED, 0, 5, "locks:first*4,second", "p.used is 1"},
};

enum { CAUGHT = sizeof caught / sizeof *caught };

static struct source source;
static struct program *program;
static struct run_options options;
static struct setting_override override;
static struct diag_list diags;

static void open_scenario(const char *name)
{
    char file[80];
    snprintf(file, sizeof file, "scenarios/bugs/%s.pipe", name);
    ck_assert(source_read(&source, file));
    program = script_parse(&source, vocabulary(), &diags);
    ck_assert_ptr_nonnull(program);
    override = (struct setting_override){.setting = -1, .pipe = name};
    options = (struct run_options){.outcome = OUTCOME_RESULTS, .freedom.grain = GRAIN_LOCKS};
}

static void use_bug(void)
{
    options.overrides = &override;
    options.override_count = 1;
}

static void close_scenario(void)
{
    diag_list_free(&diags);
    program_free(program);
    source_free(&source);
}

static struct exploration *all(void)
{
    struct explore_options o = {.run = &options, .bounds.preemptions = -1};
    struct exploration *e = explore(program, &o, &diags);
    ck_assert_ptr_nonnull(e);
    ck_assert_int_eq(e->end, SEARCH_COMPLETE);
    return e;
}

/* -- the table ---------------------------------------------------------------------------------------- */

START_TEST(each_bug_is_in_the_table)
{
    size_t count = 0;
    for (; bugs[count] != NULL; count++) {
        ck_assert_uint_lt(count, CAUGHT);
        ck_assert_str_eq(bugs[count]->impl.name, caught[count].name);
        ck_assert_int_eq(bugs[count]->number, (int)count + 1);
        ck_assert_ptr_eq(bug_named(caught[count].name), bugs[count]);
        ck_assert_ptr_eq(pipe_impl_named(caught[count].name), &bugs[count]->impl);
    }
    ck_assert_uint_eq(count, CAUGHT);
    ck_assert_ptr_null(bug_named("no-such-bug"));
}
END_TEST

START_TEST(a_change_shows_lines_that_went_and_came)
{
    ck_assert_ptr_nonnull(
        strstr(bug_named("if-not-while")->change, "\n-     while (!readable(p)) {\n"));
    ck_assert_ptr_nonnull(
        strstr(bug_named("if-not-while")->change, "\n+     if (!readable(p)) {\n"));
    ck_assert_ptr_nonnull(strstr(bug_named("if-not-while")->change, ", in pipe_read\n"));
}
END_TEST

/* -- exploring ---------------------------------------------------------------------------------------- */

START_TEST(the_pipe_itself_never_fails)
{
    open_scenario(caught[_i].name);
    struct exploration *e = all();
    ck_assert_uint_ge(e->outcome_count, 1);
    ck_assert_msg(e->failure_count == 0, "%s, without the bug: %s", caught[_i].name,
                  e->failures[0].schedule);
    ck_assert_uint_eq(e->cycle_count, 0);
    exploration_free(e);
    close_scenario();
}
END_TEST

START_TEST(the_easiest_schedule_that_shows_it)
{
    const struct caught *c = &caught[_i];
    open_scenario(c->name);
    use_bug();
    struct exploration *e = all();
    ck_assert_msg(e->failure_count > 0, "%s is not caught", c->name);
    const struct finding *f = &e->failures[0];
    ck_assert_msg(f->verdict == c->verdict && f->cost.preemptions == c->preemptions &&
                      f->cost.switches == c->switches && strcmp(f->schedule, c->schedule) == 0,
                  "now it is {\"%s\", %s, %u, %u, \"%s\",", c->name,
                  f->verdict == VERDICT_STUCK ? "VERDICT_STUCK" : "VERDICT_FAILED",
                  f->cost.preemptions, f->cost.switches, f->schedule);
    exploration_free(e);
    close_scenario();
}
END_TEST

START_TEST(a_run_on_that_schedule_fails_in_the_same_way)
{
    const struct caught *c = &caught[_i];
    struct strbuf messages = {0};
    open_scenario(c->name);
    use_bug();
    struct exploration *e = all();
    struct ending ending;
    ck_assert_int_eq(
        explore_again(program, &options, e->failures[0].schedule, NULL, 0, &diags, &ending),
        c->verdict);
    ck_assert(ending.failure.a == e->failures[0].ending.failure.a);
    ck_assert(ending.failure.b == e->failures[0].ending.failure.b);
    diag_render(&diags, &source, DIAG_PLAIN, &messages);
    ck_assert_msg(strstr(strbuf_text(&messages), c->says) != NULL, "%s: '%s' is not in\n%.1500s",
                  c->name, c->says, strbuf_text(&messages));
    strbuf_free(&messages);
    exploration_free(e);
    close_scenario();
}
END_TEST

/* The pipe without the bug may come to other choices; then the schedule does not fit. */
START_TEST(the_pipe_itself_passes_on_that_schedule)
{
    const struct caught *c = &caught[_i];
    open_scenario(c->name);
    enum verdict v = explore_again(program, &options, c->schedule, NULL, 0, NULL, NULL);
    ck_assert_msg(v == VERDICT_AS_EXPECTED || v == VERDICT_BAD_SCRIPT, "%s: %d", c->name, (int)v);
    close_scenario();
}
END_TEST

Suite *bugs_suite(void)
{
    Suite *s = suite_create("bugs");

    TCase *table = tcase_create("table");
    suite_add_tcase(s, table);
    tcase_add_test(table, each_bug_is_in_the_table);
    tcase_add_test(table, a_change_shows_lines_that_went_and_came);

    TCase *exploring = tcase_create("exploring");
    suite_add_tcase(s, exploring);
    tcase_add_loop_test(exploring, the_pipe_itself_never_fails, 0, CAUGHT);
    tcase_add_loop_test(exploring, the_easiest_schedule_that_shows_it, 0, CAUGHT);
    tcase_add_loop_test(exploring, a_run_on_that_schedule_fails_in_the_same_way, 0, CAUGHT);
    tcase_add_loop_test(exploring, the_pipe_itself_passes_on_that_schedule, 0, CAUGHT);
    return s;
}

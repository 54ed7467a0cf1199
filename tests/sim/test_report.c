/* test_report.c - what is said of an exploration: outcomes by their facts, failures, claims, the verdict;
 * and that random runs come to nothing that is not in it. */
#include "sim/explore/report.h"
#include "sim/explore/report_json.h"
#include "sim/explore/report_text.h"
#include "sim/run/vocabulary.h"
#include "tests/sim/scripted.h"
#include "tests/suites.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

/* A scenario that was explored. */
struct explored {
    struct source source;
    struct program *program; /* owned */
    struct run_options run;
    struct explore_options options;
    struct report *report; /* owned */
    struct strbuf text;
};

static void explore_again_from(struct explored *x)
{
    struct diag_list diags = {0};
    struct exploration *e = explore(x->program, &x->options, &diags);
    ck_assert_ptr_nonnull(e);
    report_free(x->report);
    x->report = report_new(x->program, &x->options, e, "", " x.pipe");
    ck_assert_ptr_nonnull(x->report);
    exploration_free(e);
    diag_list_free(&diags);
    strbuf_clear(&x->text);
    report_render(x->report, (struct report_style){0}, &x->text);
}

static void explore_bytes(struct explored *x, const char *text, size_t size, enum grain grain)
{
    struct diag_list diags = {0};
    *x = (struct explored){.source = {"x.pipe", text, size}};
    x->program = script_parse(&x->source, vocabulary(), &diags);
    ck_assert_ptr_nonnull(x->program);
    x->run = (struct run_options){.outcome = OUTCOME_RESULTS, .freedom.grain = grain};
    x->options = (struct explore_options){.run = &x->run, .bounds.preemptions = -1};
    explore_again_from(x);
    diag_list_free(&diags);
}

static void explore_text(struct explored *x, const char *text)
{
    explore_bytes(x, text, strlen(text), GRAIN_LOCKS);
}

static void explored_free(struct explored *x)
{
    report_free(x->report);
    program_free(x->program);
    strbuf_free(&x->text);
}

static void says(const struct explored *x, const char *fragment)
{
    text_contains(strbuf_text(&x->text), fragment);
}

/* The options may be looked into: the report is then made from nothing again. */
static void ends(const char *text, enum verdict verdict, const char *fragment)
{
    struct explored x;
    explore_text(&x, text);
    says(&x, fragment);
    ck_assert_int_eq(report_verdict(x.report), verdict);
    explored_free(&x);
}

/* -- outcomes --------------------------------------------------------------------------------------- */

#define TWO_WRITERS                                                                                \
    "pipe p(capacity = 2)\n"                                                                       \
    "process a > p { write(p, \"a\") }\n"                                                          \
    "process b > p { write(p, \"b\") }\n"                                                          \
    "process r < p { repeat 2 { print(read(p, 1)) }\n }\n"

#define FOUR_WRITERS                                                                               \
    "pipe p(capacity = 8)\n"                                                                       \
    "process a > p { write(p, \"a\") }\nprocess b > p { write(p, \"b\") }\n"                       \
    "process c > p { write(p, \"c\") }\nprocess d > p { write(p, \"d\") }\n"                       \
    "process r < p { repeat 4 { read(p, 1) } }\n"

START_TEST(each_outcome_shows_what_differs)
{
    struct explored x;
    explore_text(&x, TWO_WRITERS);
    ck_assert_uint_eq(x.report->outcome_count, 2);
    says(&x, "2 outcomes, by what differs\n");
    says(&x, "       prints  \"a\\nb\\n\"\n");
    says(&x, "       prints  \"b\\na\\n\"\n");
    says(&x, "       r       read(p, 1) = \"a\", \"b\"\n");
    text_lacks(strbuf_text(&x.text), "write(");
    text_lacks(strbuf_text(&x.text), "exits with 0");
    explored_free(&x);
}
END_TEST

START_TEST(a_single_outcome_shows_what_is_printed_and_who_does_not_simply_exit)
{
    struct explored x;
    explore_text(&x, "process a { print(\"hi\"); exit(3) }\nprocess b { }\n");
    says(&x, "1 outcome, whatever the schedule\n");
    says(&x, "       prints  \"hi\\n\"\n       a       exits with 3\n");
    text_lacks(strbuf_text(&x.text), "exits with 0");
    explored_free(&x);
}
END_TEST

#define BOTH_WRITE_FIRST                                                                           \
    "set latency = 2, socket_buffer = 1\n"                                                         \
    "process a { s = socket(AF_INET); bind(s, \"a:1\"); listen(s, 1); c = accept(s)\n"             \
    "  write(c, \"xyz\"); read(c, 1) }\n"                                                          \
    "process b { c = socket(AF_INET); connect(c, \"a:1\"); write(c, \"xyz\"); read(c, 1) }\n"

START_TEST(the_network_is_no_process)
{
    struct explored x;
    explore_bytes(&x, BOTH_WRITE_FIRST, strlen(BOTH_WRITE_FIRST), GRAIN_CALLS);
    says(&x, "deadlock: a and b sleep for ever\n");
    says(&x, "       a       sleeps for ever in write(4<b>, \"xyz\"), on b.back.not_full\n");
    text_lacks(strbuf_text(&x.text), "       network");
    explored_free(&x);
}
END_TEST

START_TEST(long_results_are_told_apart_by_what_is_not_shown)
{
    struct explored x;
    explore_text(&x, "pipe p(capacity = 4096)\n"
                     "process a > p { write(p, \"x\" * 300 + \"a\") }\n"
                     "process b > p { write(p, \"x\" * 300 + \"b\") }\n"
                     "process r < p { repeat 2 { read(p, 301) } }\n");
    ck_assert_uint_eq(x.report->outcome_count, 2);
    says(&x, "(301 bytes, hash ");
    explored_free(&x);
}
END_TEST

START_TEST(with_less_detail_there_are_fewer_outcomes)
{
    struct explored x;
    explore_text(&x, TWO_WRITERS);
    x.run.outcome = OUTCOME_OUTPUT;
    explore_again_from(&x);
    ck_assert_uint_eq(x.report->outcome_count, 2);
    text_lacks(strbuf_text(&x.text), "read(");
    x.run.outcome = OUTCOME_ENDS;
    explore_again_from(&x);
    ck_assert_uint_eq(x.report->outcome_count, 1);
    explored_free(&x);
}
END_TEST

START_TEST(outcomes_beyond_the_first_twenty_are_shown_on_demand)
{
    struct explored x;
    explore_text(&x, FOUR_WRITERS);
    ck_assert_uint_eq(x.report->outcome_count, 24);
    says(&x, "      and 4 more: --all shows them\n");
    strbuf_clear(&x.text);
    report_render(x.report, (struct report_style){.length = REPORT_WHOLE}, &x.text);
    says(&x, "  24  as expected");
    explored_free(&x);
}
END_TEST

/* -- claims ----------------------------------------------------------------------------------------- */

START_TEST(a_claim_holds_always_sometimes_or_never)
{
    ends(TWO_WRITERS "end len(r.output) == 4\n", VERDICT_AS_EXPECTED,
         "  end len(r.output) == 4  holds always\n");
    ends(TWO_WRITERS "end r.output == \"a\\nb\\n\"\n", VERDICT_FAILED,
         "HOLDS SOMETIMES: in 1 of 2 outcomes\n");
    ends(TWO_WRITERS "end r.output == \"\"\n", VERDICT_FAILED, "HOLDS NEVER\n");
    ends(TWO_WRITERS "sometimes r asleep on p.not_empty\n", VERDICT_AS_EXPECTED,
         "  sometimes r asleep on p.not_empty  holds sometimes\n");
    ends(TWO_WRITERS "sometimes p.used == 3\n", VERDICT_FAILED,
         "FAILED: \"sometimes p.used == 3\" holds in no schedule\n");
}
END_TEST

START_TEST(an_end_that_does_not_come_is_not_judged)
{
    ends("pipe p\nprocess r < p > p { read(p[0], 1) }\nend nobody asleep\n", VERDICT_STUCK,
         "not judged: no schedule comes that far\n");
}
END_TEST

/* -- the verdict ------------------------------------------------------------------------------------ */

START_TEST(the_last_line_is_the_verdict)
{
    ends(TWO_WRITERS, VERDICT_AS_EXPECTED, "\nas expected in every schedule: 2 outcomes\n");
    ends("process a { }\n", VERDICT_AS_EXPECTED, "\nas expected in the only schedule: 1 outcome\n");
    ends("pipe p\nprocess r < p > p { read(p[0], 1) }\n", VERDICT_STUCK,
         "\nDEADLOCK: 1 failure, in the only schedule\n");
    ends(
        "pipe p\nprocess w > p { loop { write(p, \"x\") = ? } }\nprocess r < p { loop { read(p, 1) } "
        "}\nset capacity = 2\n",
        VERDICT_AS_EXPECTED, "work without end: w, r can go on for ever\n");
}
END_TEST

START_TEST(a_bound_says_what_it_left_out)
{
    struct explored x;
    explore_text(&x, TWO_WRITERS);
    x.options.bounds.executions = 2;
    explore_again_from(&x);
    says(&x, "left out: --executions ended the search; about ");
    says(&x, "\nNOT COMPLETE: nothing has failed so far\n");
    ck_assert_int_eq(report_verdict(x.report), VERDICT_LIMIT);
    x.options.bounds = (struct bounds){.preemptions = 0};
    explore_again_from(&x);
    says(&x, "left out: schedules with more than 0 preemptions\n");
    ck_assert_int_eq(report_verdict(x.report), VERDICT_LIMIT);
    explored_free(&x);
}
END_TEST

static bool stop_soon(void *ctx, uint64_t executions, uint64_t states, double seconds)
{
    (void)executions;
    (void)states;
    (void)seconds;
    return ++*(int *)ctx > 1; /* it is asked before the first step, too */
}

START_TEST(what_is_known_is_said_when_the_search_is_stopped)
{
    struct explored x;
    int asked = 0;
    explore_text(&x, FOUR_WRITERS);
    ck_assert(report_complete(x.report));
    x.options.progress = stop_soon;
    x.options.ctx = &asked;
    explore_again_from(&x);
    ck_assert_int_eq(asked, 2);
    ck_assert_int_eq(report_verdict(x.report), VERDICT_INTERRUPTED);
    says(&x, "left out: Ctrl-C ended the search; ");
    says(&x, "   1  as expected, in ");
    says(&x, "\nINTERRUPTED: nothing has failed so far\n");
    explored_free(&x);
}
END_TEST

START_TEST(a_sample_says_how_likely_it_was_to_find_a_failure)
{
    struct explored x;
    explore_text(&x, TWO_WRITERS);
    x.options.samples = 50;
    x.options.seed = 1;
    explore_again_from(&x);
    says(&x, "explored: 50 schedules at random\n");
    says(&x, "found with a probability of at least 0.");
    says(&x, " of 50 samples\n");
    ck_assert_int_eq(report_verdict(x.report), VERDICT_LIMIT);
    explored_free(&x);
}
END_TEST

/* -- written down, and joined ----------------------------------------------------------------------- */

static struct report *written_and_read(const struct report *r)
{
    struct strbuf json = {0};
    char *error;
    report_write_json(r, "test", &json);
    struct report *read = report_read_json(strbuf_text(&json), json.length, "test", &error);
    ck_assert_msg(read != NULL, "%s", error);
    strbuf_free(&json);
    return read;
}

START_TEST(a_report_that_was_written_and_read_says_the_same)
{
    struct explored x;
    struct strbuf text = {0};
    if (!report_reads_json())
        return;
    explore_text(&x, TWO_WRITERS "end r.output == \"a\\nb\\n\" # \xc3\xa9\n");
    struct report *read = written_and_read(x.report);
    report_render(read, (struct report_style){0}, &text);
    ck_assert_str_eq(strbuf_text(&text), strbuf_text(&x.text));
    report_free(read);
    strbuf_free(&text);
    explored_free(&x);
}
END_TEST

enum { PARTS = 5 };

static void explore_parts(struct explored *x, struct report **parts)
{
    for (uint32_t i = 0; i < PARTS; i++) {
        x->options.part = i + 1;
        x->options.parts = PARTS;
        explore_again_from(x);
        parts[i] = x->report;
        x->report = NULL;
    }
    x->options.part = x->options.parts = 0;
    explore_again_from(x);
}

static void free_parts(struct report **parts)
{
    for (size_t i = 0; i < PARTS; i++)
        report_free(parts[i]);
}

START_TEST(the_parts_come_to_the_same_as_the_whole)
{
    struct explored x;
    struct report *parts[PARTS];
    size_t which;
    explore_text(&x, TWO_WRITERS "end r.output == \"a\\nb\\n\"\n"
                                 "sometimes r.output == \"b\\na\\n\"\n");
    explore_parts(&x, parts);
    parts[0]->claims[1].met = false; /* others have met it */
    ck_assert_ptr_null(report_join(parts, PARTS, &which));
    parts[0]->states = x.report->states; /* parts have some in common */
    strbuf_clear(&x.text);
    struct strbuf whole = {0};
    report_render(parts[0], (struct report_style){0}, &x.text);
    report_render(x.report, (struct report_style){0}, &whole);
    ck_assert_str_eq(strbuf_text(&x.text), strbuf_text(&whole));
    ck_assert_int_eq(report_verdict(parts[0]), VERDICT_FAILED);
    strbuf_free(&whole);
    free_parts(parts);
    explored_free(&x);
}
END_TEST

START_TEST(parts_that_are_missing_are_left_out)
{
    struct explored x;
    struct report *parts[PARTS];
    size_t which;
    explore_text(&x, TWO_WRITERS);
    explore_parts(&x, parts);
    ck_assert_ptr_null(report_join(parts, PARTS - 2, &which));
    strbuf_clear(&x.text);
    report_render(parts[0], (struct report_style){0}, &x.text);
    says(&x, "left out: 2 of 5 parts are not here\n");
    ck_assert_int_eq(report_verdict(parts[0]), VERDICT_LIMIT);
    free_parts(parts);
    explored_free(&x);
}
END_TEST

static void does_not_join(struct report **parts, size_t count, size_t wrong, const char *fragment)
{
    size_t which;
    char *why = report_join(parts, count, &which);
    ck_assert_ptr_nonnull(why);
    text_contains(why, fragment);
    ck_assert_uint_eq(which, wrong);
    free(why);
}

START_TEST(what_does_not_belong_together_is_not_joined)
{
    struct explored x, y;
    struct report *parts[PARTS], *others[PARTS];
    explore_text(&x, TWO_WRITERS);
    explore_parts(&x, parts);
    explore_text(&y, TWO_WRITERS "\n");
    explore_parts(&y, others);
    struct report *twice[] = {parts[0], parts[1], parts[0]};
    struct report *foreign[] = {parts[0], others[1]};
    struct report *whole[] = {parts[0], x.report};
    does_not_join(twice, 3, 2, "there already");
    does_not_join(foreign, 2, 1, "another script");
    does_not_join(whole, 2, 1, "without --shard");
    free(parts[1]->how);
    parts[1]->how = strdup(" --wake any");
    does_not_join(parts, 2, 1, "other options: --wake any");
    free_parts(parts);
    free_parts(others);
    explored_free(&x);
    explored_free(&y);
}
END_TEST

static void is_refused(const char *json, const char *fragment)
{
    char *error = NULL;
    struct report *r = report_read_json(json, strlen(json), "test", &error);
    ck_assert_ptr_null(r);
    ck_assert_ptr_nonnull(error);
    text_contains(error, report_reads_json() ? fragment : "without jansson");
    free(error);
}

START_TEST(what_is_no_result_is_refused)
{
    is_refused("", "line 0: the last line, with the totals, is missing");
    is_refused("hello\n", "line 1: this is not JSON");
    is_refused("{}\n", "line 1: \"event\" is missing");
    is_refused("{\"event\":\"claim\"}\n", "its first line is missing");
    is_refused("{\"event\":\"exploration\",\"pipesim\":\"0.0.1\",\"version\":1}\n",
               "made by pipesim 0.0.1");
    is_refused("{\"event\":\"exploration\",\"pipesim\":\"test\",\"version\":1}\n",
               "\"file\" is missing");
}
END_TEST

/* -- against random runs ---------------------------------------------------------------------------- */

static char *key_of(struct fact_recorder *recorder)
{
    struct strbuf key = {0};
    struct facts facts = fact_recorder_take(recorder);
    facts_key(&facts, &key);
    facts_free(&facts);
    return key.bytes;
}

/* What a random run comes to, with its facts; to be freed. */
static char *random_outcome(const struct explored *x, uint64_t seed)
{
    struct fact_recorder recorder;
    struct run_options options = x->run;
    struct diag_list messages = {0};
    fact_recorder_init(&recorder, options.outcome);
    struct trace_sink sink = fact_recorder_sink(&recorder);
    options.policy = POLICY_RANDOM;
    options.seed = seed;
    options.explored = true;
    options.sinks = &sink;
    options.sink_count = 1;
    struct run *run = run_begin(x->program, &options, &messages);
    ck_assert_ptr_nonnull(run);
    run_judge(run, run_go(run, UINT64_MAX));
    run_free(run);
    diag_list_free(&messages);
    return key_of(&recorder);
}

static bool is_known(const struct report *r, const char *key)
{
    bool known = false;
    for (size_t i = 0; i < r->outcome_count && !known; i++) {
        struct strbuf other = {0};
        facts_key(&r->outcomes[i].facts, &other);
        known = strcmp(strbuf_text(&other), key) == 0;
        strbuf_free(&other);
    }
    return known;
}

enum { RUNS = 200, FEW_RUNS = 10 };

static void random_runs_are_known(const char *file, const char *text, size_t size, enum grain grain)
{
    struct explored x;
    explore_bytes(&x, text, size, grain);
    uint64_t runs = getenv("PIPESIM_VERIFY") != NULL ? FEW_RUNS : RUNS; /* with sanitizers */
    for (uint64_t seed = 1; seed <= runs; seed++) {
        char *key = random_outcome(&x, seed);
        ck_assert_msg(is_known(x.report, key), "%s: the run with seed %d, grain %d, came to\n%s",
                      file, (int)seed, grain, key);
        free(key);
    }
    explored_free(&x);
}

static void with_file(const char *file)
{
    char text[16384];
    FILE *f = fopen(file, "r");
    ck_assert_ptr_nonnull(f);
    size_t size = fread(text, 1, sizeof text, f);
    fclose(f);
    random_runs_are_known(file, text, size, GRAIN_CALLS);
    random_runs_are_known(file, text, size, GRAIN_LOCKS);
}

static const char *const folders[] = {"basics", "blocking",    "close",   "deadlock",  "explore",
                                      "poll",   "nonblocking", "signals", "processes", "protocols"};

START_TEST(what_random_runs_come_to_is_among_the_outcomes)
{
    char pattern[100];
    glob_t files;
    snprintf(pattern, sizeof pattern, "scenarios/%s/*.pipe", folders[_i]);
    ck_assert_int_eq(glob(pattern, 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        with_file(files.gl_pathv[i]);
    globfree(&files);
}
END_TEST

Suite *report_suite(void)
{
    Suite *s = suite_create("report");
    TCase *outcomes = tcase_create("outcomes");
    tcase_add_test(outcomes, each_outcome_shows_what_differs);
    tcase_add_test(outcomes, a_single_outcome_shows_what_is_printed_and_who_does_not_simply_exit);
    tcase_add_test(outcomes, the_network_is_no_process);
    tcase_add_test(outcomes, long_results_are_told_apart_by_what_is_not_shown);
    tcase_add_test(outcomes, with_less_detail_there_are_fewer_outcomes);
    tcase_add_test(outcomes, outcomes_beyond_the_first_twenty_are_shown_on_demand);
    suite_add_tcase(s, outcomes);
    TCase *claims = tcase_create("claims");
    tcase_add_test(claims, a_claim_holds_always_sometimes_or_never);
    tcase_add_test(claims, an_end_that_does_not_come_is_not_judged);
    suite_add_tcase(s, claims);
    TCase *verdict = tcase_create("verdict");
    tcase_add_test(verdict, the_last_line_is_the_verdict);
    tcase_add_test(verdict, a_bound_says_what_it_left_out);
    tcase_add_test(verdict, what_is_known_is_said_when_the_search_is_stopped);
    tcase_add_test(verdict, a_sample_says_how_likely_it_was_to_find_a_failure);
    suite_add_tcase(s, verdict);
    TCase *joined = tcase_create("joined");
    tcase_add_test(joined, a_report_that_was_written_and_read_says_the_same);
    tcase_add_test(joined, the_parts_come_to_the_same_as_the_whole);
    tcase_add_test(joined, parts_that_are_missing_are_left_out);
    tcase_add_test(joined, what_does_not_belong_together_is_not_joined);
    tcase_add_test(joined, what_is_no_result_is_refused);
    suite_add_tcase(s, joined);
    TCase *random = tcase_create("random runs");
    tcase_add_loop_test(random, what_random_runs_come_to_is_among_the_outcomes, 0,
                        (int)(sizeof folders / sizeof *folders));
    suite_add_tcase(s, random);
    return s;
}

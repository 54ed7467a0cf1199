/* test_explore_counts.c - problems whose number of executions is known, counted by hand or by several
 * other programs that agree. With one step for each mutex or condition operation, and unlocking done
 * at once, the executions of a program with one mutex are its Mazurkiewicz traces. */
#include "sim/explore/orders.h"
#include "tests/sim/crew.h"
#include "tests/subjects/bounded.h"
#include "tests/subjects/litmus.h"
#include "tests/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct threaded subject;
static struct search search;
static struct orders orders;
static struct paths paths;
static struct route routes[64]; /* by ending */

static uint32_t ending_of(const void *ctx, uint32_t node)
{
    const struct graph *g = ctx;
    return g->nodes[node].ending;
}

/* All about the program that has been opened. */
static void explore(bool everything)
{
    search = (struct search){.bounds.preemptions = -1, .everything = everything};
    graph_init(&search.graph);
    states_search(&search, &subject.execution);
    ck_assert_int_eq(search.end, SEARCH_COMPLETE);
    ck_assert(paths_count(&paths, &search.graph));
    ck_assert_uint_le(search.graph.ending_count, sizeof routes / sizeof *routes);
    ck_assert(
        paths_easiest(&search.graph, ending_of, &search.graph, routes, search.graph.ending_count));
}

static void explore_states(void)
{
    explore(false);
}

static void explore_all_states(void)
{
    explore(true);
}

static void forget(void)
{
    for (uint32_t i = 0; i < search.graph.ending_count; i++)
        route_fini(&routes[i]);
    paths_fini(&paths);
    search_fini(&search);
}

/* Executions that end so. */
static uint64_t count(enum threaded_verdict verdict)
{
    struct tally_of_paths sum = {0};
    for (uint32_t i = 0; i < search.graph.ending_count; i++) {
        if (search.graph.endings[i].ending.verdict == (int)verdict)
            sum = paths_sum(sum, paths.of_ending[i]);
    }
    ck_assert(!sum.infinite && !sum.too_many && sum.high == 0);
    return sum.low;
}

/* Of the easiest execution that ends so. */
static int64_t preemptions(enum threaded_verdict verdict)
{
    int64_t least = -1;
    for (uint32_t i = 0; i < search.graph.ending_count; i++) {
        if (search.graph.endings[i].ending.verdict == (int)verdict &&
            (least < 0 || routes[i].cost.preemptions < least))
            least = routes[i].cost.preemptions;
    }
    return least;
}

/* The same program by the second engine. */
static void explore_orders_in_vain(int which)
{
    orders = (struct orders){.which = which, .bounds.preemptions = -1};
    orders_search(&orders, &subject.execution);
    ck_assert_int_eq(orders.end, SEARCH_COMPLETE);
}

/* Nothing may have been begun in vain. */
static void explore_orders(int which)
{
    explore_orders_in_vain(which);
    ck_assert_uint_eq(orders.blocked, 0);
}

static uint64_t count_orders(enum threaded_verdict verdict)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < orders.endings.count; i++) {
        if (orders.endings.at[i].ending.verdict == (int)verdict)
            sum += orders.endings.at[i].executions;
    }
    return sum;
}

static bool is_ending(const struct ending *x, const struct ending *y)
{
    return x->verdict == y->verdict && x->outcome.a == y->outcome.a && x->outcome.b == y->outcome.b;
}

/* Both engines have found the same endings. */
static void check_endings(void)
{
    const struct graph *g = &search.graph;
    ck_assert_uint_eq(orders.endings.count, g->ending_count);
    for (uint32_t i = 0; i < orders.endings.count; i++) {
        uint32_t same = 0;
        for (uint32_t j = 0; j < g->ending_count; j++)
            same += is_ending(&orders.endings.at[i].ending, &g->endings[j].ending);
        ck_assert_uint_eq(same, 1);
    }
}

/* -- bounded buffers --------------------------------------------------------------------------- */

static void check_counts(const struct bounded_known *known, int wake)
{
    const uint64_t *expected = known->executions[wake];
    ck_assert_msg(count(ENDED_WELL) == expected[ENDED_WELL] &&
                      count(ENDED_IN_DEADLOCK) == expected[ENDED_IN_DEADLOCK] &&
                      count(ENDED_IN_FAILURE) == expected[ENDED_IN_FAILURE],
                  "%s, wake %d: %llu executions end well, %llu in a deadlock, %llu in a failure",
                  known->name, wake, (unsigned long long)count(ENDED_WELL),
                  (unsigned long long)count(ENDED_IN_DEADLOCK),
                  (unsigned long long)count(ENDED_IN_FAILURE));
}

static void explore_known(const struct bounded_known *known, int wake, const char *created,
                          int items)
{
    static struct bounded_problem problem;
    problem = known->problem;
    problem.created = created;
    problem.items = items;
    bounded_open(&subject, &problem, (struct freedom){.wake = wake});
    explore_states();
    check_counts(known, wake);
}

/* The next of all orders of the same letters, or false. */
static bool permute(char *letters)
{
    size_t n = strlen(letters), i = n - 1, j = n - 1;
    while (i > 0 && letters[i - 1] >= letters[i])
        i--;
    if (i == 0)
        return false;
    while (letters[j] <= letters[i - 1])
        j--;
    char c = letters[i - 1];
    letters[i - 1] = letters[j];
    letters[j] = c;
    for (j = n - 1; i < j; i++, j--) {
        c = letters[i];
        letters[i] = letters[j];
        letters[j] = c;
    }
    return true;
}

/* Two threads of a kind differ in nothing but their numbers, so the orders of kinds are all. */
START_TEST(the_executions_of_a_bounded_buffer_are_as_many_as_they_should_be)
{
    const struct bounded_known *known = &bounded_known[_i % BOUNDED_SMALL];
    int wake = _i / BOUNDED_SMALL, tried = 0;
    char created[THREADS_MOST + 1] = "";
    memset(created, 'c', (size_t)known->problem.consumers);
    memset(created + known->problem.consumers, 'p', (size_t)known->problem.producers);
    do {
        explore_known(known, wake, created, ITEMS_ALIKE);
        forget();
        tried++;
    } while (permute(created));
    ck_assert_int_gt(tried, 1);
}
END_TEST

START_TEST(who_has_got_what_makes_outcomes_and_no_more_executions)
{
    const struct bounded_known *known = &bounded_known[_i];
    explore_known(known, WAKE_FIFO, NULL, ITEMS_ALIKE);
    uint32_t alike = search.graph.ending_count;
    forget();
    explore_known(known, WAKE_FIFO, NULL, ITEMS_DIFFER);
    ck_assert_uint_ge(search.graph.ending_count, alike);
    forget();
}
END_TEST

/* Of two items of two producers either consumer may get either one. */
START_TEST(each_consumer_can_get_each_item)
{
    explore_known(&bounded_known[1], WAKE_FIFO, NULL, ITEMS_DIFFER);
    ck_assert_uint_eq(search.graph.ending_count, 2);
    forget();
}
END_TEST

START_TEST(many_executions_are_counted_without_being_made)
{
    explore_known(&bounded_known[_i], WAKE_FIFO, NULL, ITEMS_ALIKE);
    ck_assert_uint_lt(search.graph.node_count, 60000);
    forget();
}
END_TEST

START_TEST(the_second_engine_makes_each_execution_once)
{
    const struct bounded_known *known = &bounded_known[_i % BOUNDED_SMALL];
    struct freedom freedom = {.wake = _i < BOUNDED_SMALL ? WAKE_FIFO : WAKE_ANY};
    const uint64_t *expected = known->executions[freedom.wake];
    explore_known(known, freedom.wake, NULL, ITEMS_ALIKE);
    bounded_open(&subject, &known->problem, freedom);
    explore_orders(ORDERS_THAT_DIFFER);
    for (enum threaded_verdict v = ENDED_WELL; v <= ENDED_IN_FAILURE; v++)
        ck_assert_uint_eq(count_orders(v), expected[v]);
    check_endings();
    orders_fini(&orders);
    forget();
}
END_TEST

/* Those with at most three threads. */
START_TEST(every_order_there_is_has_the_same_endings)
{
    static const int small[] = {0, 3, 4};
    const struct bounded_known *known = &bounded_known[small[_i % 3]];
    struct freedom freedom = {.wake = _i < 3 ? WAKE_FIFO : WAKE_ANY};
    explore_known(known, freedom.wake, NULL, ITEMS_ALIKE);
    bounded_open(&subject, &known->problem, freedom);
    explore_orders(ORDERS_ALL);
    check_endings();
    orders_fini(&orders);
    forget();
}
END_TEST

/* Both classic mistakes show without a preemption, if the right one goes on whenever one sleeps. */
START_TEST(the_classic_mistakes_need_no_preemption)
{
    for (int wake = WAKE_FIFO; wake <= WAKE_ANY; wake++) {
        explore_known(&bounded_known[3], wake, NULL, ITEMS_ALIKE);
        ck_assert_int_eq(preemptions(ENDED_IN_DEADLOCK), 0);
        forget();
        explore_known(&bounded_known[4], wake, NULL, ITEMS_ALIKE);
        ck_assert_int_eq(preemptions(ENDED_IN_FAILURE), 0);
        forget();
    }
}
END_TEST

/* -- small programs ---------------------------------------------------------------------------- */

/* Enumerated by a program of a few lines that shares nothing with this one. Of interleavings, to
 * unlock is a step like others. */
static const struct litmus_known {
    const char *name;
    struct litmus litmus;
    uint64_t interleavings, traces, deadlocks; /* deadlocks: of the traces */
} litmus_tests[] = {
    {"two independent buffers",
     {"F1F3",
      {"L0W1G1F0S0U0L0W1G1F0S0U0", "L0W0G0F1S1U0L0W0G0F1S1U0", "L1W3G3F2S2U1L1W3G3F2S2U1",
       "L1W2G2F3S3U1L1W2G2F3S3U1"}},
     33932065876,
     64,
     0},
    {"two locks in two orders", {NULL, {"L0L1U1U0", "L1L0U0U1"}}, 6, 3, 1},
    {"the same, and another", {NULL, {"L0L1U1U0", "L1L0U0U1", "L0L1U1U0"}}, 26, 10, 4},
    {"three philosophers", {NULL, {"L0L1U1U0", "L1L2U2U1", "L2L0U0U2"}}, 168, 7, 1},
    {"a signal after unlocking", {NULL, {"L0W0U0", "L0F0U0S0"}}, 4, 2, 0},
    {"a lost signal", {NULL, {"L0I0U0", "L0S0U0"}}, 2, 2, 1},
    {"two signals after unlocking",
     {NULL, {"L0F0U0S0", "L0F0U0S0", "L0W0N0U0", "L0W0N0U0"}},
     672,
     80,
     0},
    {"a broadcast and a signal",
     {NULL, {"L0W0N0U0", "L0W0N0U0", "L0F0B0U0", "L0F0S0U0"}},
     54,
     54,
     0},
    {"a broadcast after unlocking", {NULL, {"L0W0N0U0", "L0W0N0U0", "L0F0U0B0"}}, 22, 10, 0},
};
enum { LITMUS_TESTS = sizeof litmus_tests / sizeof *litmus_tests };

START_TEST(all_interleavings_are_counted)
{
    const struct litmus_known *known = &litmus_tests[_i];
    litmus_open(&subject, &known->litmus, (struct freedom){0});
    subject.subject.locks = LOCKS_ARE_TRIED;
    explore_states();
    ck_assert_uint_eq(paths.all.low, known->interleavings);
    forget();
}
END_TEST

START_TEST(each_trace_is_executed_once)
{
    const struct litmus_known *known = &litmus_tests[_i];
    litmus_open(&subject, &known->litmus, (struct freedom){0});
    explore_states();
    litmus_open(&subject, &known->litmus, (struct freedom){0});
    explore_orders(ORDERS_THAT_DIFFER);
    ck_assert_uint_eq(count_orders(ENDED_IN_DEADLOCK), known->deadlocks);
    ck_assert_uint_eq(count_orders(ENDED_WELL), known->traces - known->deadlocks);
    check_endings();
    orders_fini(&orders);
    forget();
}
END_TEST

/* Here executions are begun that turn out to have been made already. */
static const struct {
    struct litmus litmus;
    uint64_t traces;
} given_up[] = {
    {{NULL, {"L0W0N0U0", "L0W0N0U0", "L0F0B0U0", "S0"}}, 48},
    {{NULL, {"L1S0U1", "L0B0U0", "L0U0L0L1U0U1"}}, 9},
    {{NULL, {"L1L0S0U0U1", "B0L0U0", "L0U0L0L1U0U1"}}, 21},
    {{NULL, {"L0L1U0U1", "L1L0S0U0U1", "L0U0S0L1U1"}}, 19},
    {{NULL, {"L1L0I0U0U1", "B0L0U0", "L0U0L0L1U1U0"}}, 33},
};

START_TEST(what_is_begun_in_vain_hides_nothing)
{
    litmus_open(&subject, &given_up[_i].litmus, (struct freedom){0});
    explore_orders_in_vain(ORDERS_THAT_DIFFER);
    ck_assert_uint_gt(orders.blocked, 0);
    ck_assert_uint_eq(orders.executions, given_up[_i].traces);
    orders_fini(&orders);
}
END_TEST

/* Two to four threads, of one or two of these. */
static void write_program(struct litmus *l, char text[LITMUS_THREADS][64], uint64_t *seed)
{
    static const char *const parts[] = {"L0L1U1U0", "L1L0U0U1",   "L0L1U0U1",       "L0W0N0U0",
                                        "L0I0N0U0", "L0W1N0U0",   "L0W0G0N0U0",     "L0F0N0U0S0",
                                        "L0F0B0U0", "L0F1N0S1U0", "L1L0I0N0U0U1",   "S0",
                                        "L0N0U0",   "B0",         "L1L0F0N0S0U0U1", "L0F0N0U0B0",
                                        "T0N0E0",   "T0F0E0S0",   "L0K0N0U0",       "L1T0N0E0U1"};
    enum { PARTS = sizeof parts / sizeof *parts };
    uint64_t threads = 2 + next_random(seed) % 3;
    *l = (struct litmus){.before = NULL};
    for (uint64_t i = 0; i < threads; i++) {
        const char *second = parts[next_random(seed) % PARTS];
        snprintf(text[i], sizeof text[i], "%s%s", parts[next_random(seed) % PARTS],
                 next_random(seed) % 2 == 0 ? "" : second);
        l->threads[i] = text[i];
    }
}

/* As many orders as there are ways through all states; and all three find the same endings. False:
 * there are too many orders. */
static bool compare_engines(const struct litmus *l, struct freedom freedom)
{
    litmus_open(&subject, l, freedom);
    orders =
        (struct orders){.which = ORDERS_ALL, .bounds.preemptions = -1, .bounds.executions = 2000};
    orders_search(&orders, &subject.execution);
    uint64_t all = orders.executions;
    bool compared = orders.end == SEARCH_COMPLETE;
    if (compared) {
        litmus_open(&subject, l, freedom);
        explore_all_states();
        ck_assert_uint_eq(paths.all.low, all);
        check_endings();
        forget();
        litmus_open(&subject, l, freedom);
        explore_states();
        check_endings();
        orders_fini(&orders);
        litmus_open(&subject, l, freedom);
        explore_orders_in_vain(ORDERS_THAT_DIFFER);
        ck_assert_uint_le(orders.executions, paths.all.low);
        check_endings();
        forget();
    }
    orders_fini(&orders);
    return compared;
}

START_TEST(the_engines_agree_on_random_programs)
{
    static const struct freedom freedoms[] = {
        {.wake = WAKE_FIFO}, {.wake = WAKE_ANY}, {.spurious = 1}};
    char text[LITMUS_THREADS][64];
    struct litmus l;
    uint64_t seed = (uint64_t)_i + 1;
    int compared = 0;
    bool few =
        getenv("PIPESIM_VERIFY") != NULL; /* with sanitizers, and make verify is for others */
    int programs = few ? 20 : 300;
    for (int i = 0; i < programs; i++) {
        write_program(&l, text, &seed);
        compared += compare_engines(&l, freedoms[i % 3]);
    }
    ck_assert_int_gt(compared, programs / 8);
}
END_TEST

Suite *explore_counts_suite(void)
{
    Suite *suite = suite_create("explore_counts");
    TCase *bounded = tcase_create("bounded");
    tcase_add_loop_test(bounded, the_executions_of_a_bounded_buffer_are_as_many_as_they_should_be,
                        0, 2 * BOUNDED_SMALL);
    tcase_add_loop_test(bounded, who_has_got_what_makes_outcomes_and_no_more_executions, 0,
                        BOUNDED_SMALL);
    tcase_add_test(bounded, each_consumer_can_get_each_item);
    tcase_add_loop_test(bounded, many_executions_are_counted_without_being_made, BOUNDED_SMALL,
                        BOUNDED_KNOWN);
    tcase_add_loop_test(bounded, the_second_engine_makes_each_execution_once, 0, 2 * BOUNDED_SMALL);
    tcase_add_loop_test(bounded, every_order_there_is_has_the_same_endings, 0, 6);
    tcase_add_test(bounded, the_classic_mistakes_need_no_preemption);
    suite_add_tcase(suite, bounded);
    TCase *litmus = tcase_create("litmus");
    tcase_add_loop_test(litmus, all_interleavings_are_counted, 0, LITMUS_TESTS);
    tcase_add_loop_test(litmus, each_trace_is_executed_once, 0, LITMUS_TESTS);
    tcase_add_loop_test(litmus, what_is_begun_in_vain_hides_nothing, 0,
                        sizeof given_up / sizeof *given_up);
    tcase_add_loop_test(litmus, the_engines_agree_on_random_programs, 0, 10);
    suite_add_tcase(suite, litmus);
    return suite;
}

/* test_explore_counts.c - problems whose number of executions is known, counted by hand or by several
 * other programs that agree. With one step for each mutex or condition operation, and unlocking done
 * at once, the executions of a program with one mutex are its Mazurkiewicz traces. */
#include "sim/explore/orders.h"
#include "tests/subjects/bounded.h"
#include "tests/suites.h"

#include <stdio.h>
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
static void explore_states(void)
{
    search = (struct search){.bounds.preemptions = -1};
    graph_init(&search.graph);
    states_search(&search, &subject.execution);
    ck_assert_int_eq(search.end, SEARCH_COMPLETE);
    ck_assert(paths_count(&paths, &search.graph));
    ck_assert_uint_le(search.graph.ending_count, sizeof routes / sizeof *routes);
    ck_assert(
        paths_easiest(&search.graph, ending_of, &search.graph, routes, search.graph.ending_count));
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

/* The same program by the second engine; nothing may have been begun in vain. */
static void explore_orders(int which)
{
    orders = (struct orders){.which = which, .bounds.preemptions = -1};
    orders_search(&orders, &subject.execution);
    ck_assert_int_eq(orders.end, SEARCH_COMPLETE);
    ck_assert_uint_eq(orders.blocked, 0);
}

static uint64_t count_orders(enum threaded_verdict verdict)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < orders.ending_count; i++) {
        if (orders.endings[i].ending.verdict == (int)verdict)
            sum += orders.endings[i].executions;
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
    ck_assert_uint_eq(orders.ending_count, g->ending_count);
    for (uint32_t i = 0; i < orders.ending_count; i++) {
        uint32_t same = 0;
        for (uint32_t j = 0; j < g->ending_count; j++)
            same += is_ending(&orders.endings[i].ending, &g->endings[j].ending);
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
    return suite;
}

/* test_crowd.c - many producers and consumers on one pipe: everything arrives, whole and once. A
 * forgotten sleeper shows as a test that never ends. */
#include "ringbuf/pipe.h"
#include "tests/suites.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { PRODUCERS = 4, CONSUMERS = 3, RECORDS = 5000, LARGE = 40, LARGE_WRITES = 4000 };

struct record { /* one atomic write */
    uint32_t producer, number, sum;
};

struct member { /* one thread of a crowd */
    struct pipe *pipe;
    pthread_t thread;
    uint32_t id;
    unsigned long bytes, records, broken;
};

static void *produce_records(void *arg)
{
    struct member *m = arg;
    for (uint32_t i = 0; i < RECORDS; i++) {
        struct record r = {m->id, i, m->id ^ (i * 2654435761u)};
        if (pipe_write(m->pipe, &r, sizeof r, 0) != sizeof r)
            m->broken++;
    }
    pipe_close_writer(m->pipe);
    return NULL;
}

/* All writes are whole records, and all reads ask for one: so each must give one, and what one
 * consumer sees of one producer must be in order. */
static void *consume_records(void *arg)
{
    struct member *m = arg;
    int64_t last[PRODUCERS];
    struct record r;
    ssize_t got;
    memset(last, -1, sizeof last);
    while ((got = pipe_read(m->pipe, &r, sizeof r, 0)) > 0) {
        bool whole = got == sizeof r && r.producer < PRODUCERS &&
                     r.sum == (r.producer ^ (r.number * 2654435761u)) &&
                     (int64_t)r.number > last[r.producer];
        if (!whole) {
            m->broken++;
            continue;
        }
        last[r.producer] = r.number;
        m->records++;
    }
    return NULL;
}

static void *produce_large(void *arg)
{
    struct member *m = arg;
    char bytes[LARGE] = {0};
    for (size_t i = 0; i < LARGE_WRITES; i++) {
        size_t n = 1 + (i * 7 + m->id) % LARGE;
        ssize_t done = pipe_write(m->pipe, bytes, n, 0);
        m->broken += done != (ssize_t)n;
        m->bytes += n;
    }
    pipe_close_writer(m->pipe);
    return NULL;
}

static void *consume_any(void *arg)
{
    struct member *m = arg;
    char bytes[LARGE];
    ssize_t got;
    for (size_t i = 0; (got = pipe_read(m->pipe, bytes, 1 + (i + m->id) % LARGE, 0)) > 0; i++)
        m->bytes += (unsigned long)got;
    m->broken += got != 0;
    return NULL;
}

/* Runs the crowd to its end on a pipe of its own and adds up: [0] is the producers, [1] the
 * consumers. */
static void run_crowd(size_t capacity, void *(*produce)(void *), void *(*consume)(void *),
                      struct member sums[2])
{
    struct member crowd[PRODUCERS + CONSUMERS] = {0};
    struct pipe *p =
        pipe_new(&(struct pipe_options){.capacity = capacity, .atomic = sizeof(struct record)});
    for (uint32_t i = 1; i < PRODUCERS; i++)
        pipe_open_writer(p);
    for (uint32_t i = 0; i < PRODUCERS + CONSUMERS; i++) {
        crowd[i].pipe = p;
        crowd[i].id = i;
        pthread_create(&crowd[i].thread, NULL, i < PRODUCERS ? produce : consume, &crowd[i]);
    }
    for (uint32_t i = 0; i < PRODUCERS + CONSUMERS; i++) {
        struct member *sum = &sums[i < PRODUCERS ? 0 : 1];
        pthread_join(crowd[i].thread, NULL);
        sum->bytes += crowd[i].bytes;
        sum->records += crowd[i].records;
        sum->broken += crowd[i].broken;
    }
    ck_assert_ptr_null(pipe_check(p));
    ck_assert_uint_eq(pipe_used(p), 0);
    pipe_free(p);
}

/* From room for one record, over odd sizes that cut records at the end of the ring, to plenty. */
static const size_t crowd_capacities[] = {12, 31, 100, 4096};
enum { CROWDS = sizeof crowd_capacities / sizeof crowd_capacities[0] };

START_TEST(atomic_records_arrive_whole_and_once) /* PS-039 */
{
    struct member sums[2] = {0};
    run_crowd(crowd_capacities[_i], produce_records, consume_records, sums);
    ck_assert_uint_eq(sums[0].broken + sums[1].broken, 0);
    ck_assert_uint_eq(sums[1].records, PRODUCERS * RECORDS);
}
END_TEST

START_TEST(writes_of_all_sizes_lose_no_byte)
{
    struct member sums[2] = {0};
    run_crowd(crowd_capacities[_i], produce_large, consume_any, sums);
    ck_assert_uint_eq(sums[0].broken + sums[1].broken, 0);
    ck_assert_uint_eq(sums[1].bytes, sums[0].bytes);
}
END_TEST

Suite *crowd_suite(void)
{
    Suite *suite = suite_create("crowd");
    TCase *c = tcase_create("crowd");
    tcase_set_timeout(c, 20); /* under a sanitizer */
    tcase_add_loop_test(c, atomic_records_arrive_whole_and_once, 0, CROWDS);
    tcase_add_loop_test(c, writes_of_all_sizes_lose_no_byte, 0, CROWDS);
    suite_add_tcase(suite, c);
    return suite;
}

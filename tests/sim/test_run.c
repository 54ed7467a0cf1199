/* test_run.c - one script on one schedule: the same schedule gives the same run, a run can be paused,
 * gone back to and run again, and it ends with the right verdict; also on real threads. */
#include "tests/sim/scripted.h"
#include "tests/suites.h"

#include <stdlib.h>
#include <string.h>

/* -- scripts that end well in every order --------------------------------------------------------------- */

static const char *const scripts[] = {
    /* a pipeline that sleeps at both ends */
    "pipe p(capacity = 3, atomic = 2), q(capacity = 2, atomic = 1)\n"
    "process a > p { write(p, \"abcdefgh\"); write(p, \"ij\") }\n"
    "process b < p > q { while (x = read(p, 2)) { write(q, x) } }\n"
    "process c < q { y = \"\"; while (x = read(q, 3)) { y = y + x }; assert(y == \"abcdefghij\") }\n"
    "always p.used <= 3 and q.used <= 2\n"
    "end nobody asleep, no descriptor open, q.stream == \"abcdefghij\"\n",

    /* many of each, atomic messages */
    "pipe p(capacity = 4, atomic = 2)\n"
    "process w * 3 > p { repeat 3 { write(p, \"xy\") = 2 } }\n"
    "process r * 2 < p { while (m = read(p, 2)) { assert(m == \"xy\") } }\n"
    "end len(p.stream) == 18, p.used == 0, no descriptor open\n",

    /* forks, threads, exits, waits */
    "process a { pipe(p); fork(c); fork(c); thread(t); y = dup(p[0]); close(y); join(t); close(p[1])\n"
    "  n = 0; while (read(p[0], 1)) { n = n + 1 }; assert(n == 3); wait(); wait() }\n"
    "process c { close(p[0]); write(p[1], \"x\"); exit(1) }\n"
    "process t { x = dup(1); pipe(q); write(q[1], \"y\"); close(q[1]); read(q[0], 5) = \"y\"\n"
    "  close(x); close(q[0]); fork(d); wait(d) = 2 }\n"
    "process d { write(p[1], \"z\"); exit(2) }\n"
    "end no descriptor open, p.stream != \"xxxx\", len(p.stream) == 3\n",

    /* signals, time, poll */
    "def h(s) { n = n + 1 }\n"
    "set capacity = 2\n"
    "process a { pipe(p); n = 0; signal(SIGUSR1, h); fork(b); close(p[1]); got = 0\n"
    "  while (got < 6) { poll(p[0], POLLIN, 100) = ?; got = got + len(read(p[0], 2)); sleep(1) } }\n"
    "process b { close(p[0]); repeat 3 { write(p[1], \"ab\"); kill(a, SIGUSR1) = ?; yield() } }\n"
    "end no descriptor open\n",

    /* bytes that nobody reads, and SIGPIPE */
    "pipe p(capacity = 4, atomic = 1)\n"
    "process w * 2 > p { write(p, \"abcdefghijkl\") = killed SIGPIPE }\n"
    "process r < p { read(p, 1); read(p, 3) = 1..3; close(p) }\n"
    "end w killed by SIGPIPE, w.2 killed by SIGPIPE, no descriptor open\n",
};

enum { SCRIPTS = sizeof scripts / sizeof *scripts, SEEDS = 25 };

static struct script_options options_of(enum sched_policy policy, enum grain grain, uint64_t seed)
{
    struct script_options o = {.run = {.policy = policy, .freedom.grain = grain, .seed = seed},
                               .depth = grain == GRAIN_LOCKS ? DEPTH_LOCKS : DEPTH_CALLS};
    return o;
}

/* What a run was, kept after it is gone. */
struct record {
    enum verdict verdict;
    uint64_t fingerprint;
    char *text, *json, *messages, *schedule;
};

static struct record record_of(const struct scripted *s)
{
    return (struct record){s->verdict,
                           run_fingerprint(s->run),
                           strdup(strbuf_text(&s->text)),
                           strdup(strbuf_text(&s->json)),
                           strdup(strbuf_text(&s->messages)),
                           run_schedule(s->run)};
}

static void record_free(struct record *r)
{
    free(r->text);
    free(r->json);
    free(r->messages);
    free(r->schedule);
}

static struct record run_and_record(const char *text, struct script_options o)
{
    struct scripted *s = run_text(text, &o);
    struct record r = record_of(s);
    script_free(s);
    return r;
}

static void same(const struct record *got, const struct record *wanted)
{
    ck_assert_str_eq(got->text, wanted->text);
    ck_assert_str_eq(got->json, wanted->json);
    ck_assert_str_eq(got->messages, wanted->messages);
    ck_assert_uint_eq(got->fingerprint, wanted->fingerprint);
    ck_assert_int_eq(got->verdict, wanted->verdict);
}

/* -- every order --------------------------------------------------------------------------------------- */

static void comes_true_in_every_order(const char *text, enum grain grain)
{
    struct script_options o = options_of(POLICY_FIFO, grain, 0);
    comes_true_with(text, &o);
    o = options_of(POLICY_RR, grain, 0);
    comes_true_with(text, &o);
    for (uint64_t seed = 0; seed < 4 * SEEDS; seed++) {
        o = options_of(POLICY_RANDOM, grain, seed);
        comes_true_with(text, &o);
    }
}

START_TEST(scripts_come_true_whoever_is_chosen_between_calls)
{
    comes_true_in_every_order(scripts[_i], GRAIN_CALLS);
}
END_TEST

START_TEST(scripts_come_true_whoever_is_chosen_at_locks)
{
    comes_true_in_every_order(scripts[_i], GRAIN_LOCKS);
}
END_TEST

START_TEST(two_processes_may_close_the_two_ends_at_once)
{
    comes_true_in_every_order("pipe p\n"
                              "process w > p { write(p, \"x\") }\n"
                              "process r < p { read(p, 1) = \"x\" }\n"
                              "end no descriptor open\n",
                              GRAIN_LOCKS);
    /* and another pipe may take the memory of the closed one */
    comes_true_in_every_order(
        "process a { pipe(x); close(x[0]); close(x[1]); pipe(p); fork(c); close(p[1]); close(p[0])\n"
        "  pipe(y); write(y[1], \"ok\"); read(y[0], 9) = \"ok\" }\n"
        "process c { close(p[0]); close(p[1])\n"
        "  pipe(z); write(z[1], \"good\"); read(z[0], 9) = \"good\" }\n"
        "end no descriptor open\n",
        GRAIN_LOCKS);
}
END_TEST

START_TEST(threads_may_use_one_table_of_descriptors_at_once)
{
    comes_true_in_every_order(
        "process a { signal(SIGPIPE, IGN); pipe(p); thread(t); x = dup(p[0]) = ?; write(p[1], \"x\") = ?\n"
        "  join(t) }\n"
        "process t { close(p[0]) }\n"
        "end no descriptor open\n",
        GRAIN_LOCKS);
    comes_true_in_every_order(
        "process a { pipe(p); x = dup(p[0]); thread(t); close(p[0]); join(t); pipe(q) }\n"
        "process t { close(x) }\n"
        "end no descriptor open\n",
        GRAIN_LOCKS);
    comes_true_in_every_order(
        "process a { pipe(p); thread(t); fork(c); close(p[0]) = ?; join(t); wait(c) }\n"
        "process t { close(p[0]) = ?; close(p[1]) = ? }\n"
        "process c { }\n"
        "end no descriptor open\n",
        GRAIN_LOCKS);
}
END_TEST

START_TEST(a_claim_may_be_broken_in_one_order_and_hold_in_another)
{
    int good = 0, broken = 0;
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct record r = run_and_record("pipe p\n"
                                         "process a > p { write(p, \"a\") }\n"
                                         "process b > p { write(p, \"b\") }\n"
                                         "process r < p { sleep(1); read(p, 2) }\n"
                                         "end p.stream == \"ab\"\n",
                                         options_of(POLICY_RANDOM, GRAIN_CALLS, seed));
        good += r.verdict == VERDICT_AS_EXPECTED;
        broken += r.verdict == VERDICT_FAILED;
        record_free(&r);
    }
    ck_assert_int_gt(good, 5);
    ck_assert_int_gt(broken, 5);
    ck_assert_int_eq(good + broken, 50);
}
END_TEST

/* -- replay -------------------------------------------------------------------------------------------- */

START_TEST(the_same_seed_gives_the_same_run)
{
    for (enum grain grain = GRAIN_CALLS; grain <= GRAIN_LOCKS; grain++) {
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            struct script_options o = options_of(POLICY_RANDOM, grain, seed);
            struct record first = run_and_record(scripts[_i], o);
            struct record again = run_and_record(scripts[_i], o);
            same(&again, &first);
            record_free(&first);
            record_free(&again);
        }
    }
}
END_TEST

static void replays(const char *text, struct script_options o)
{
    struct record first = run_and_record(text, o);
    struct scripted *s = replay(text, first.schedule, o.depth);
    struct record again = record_of(s);
    script_free(s);
    same(&again, &first);
    ck_assert_str_eq(again.schedule, first.schedule);
    record_free(&first);
    record_free(&again);
}

START_TEST(the_schedule_of_a_run_gives_that_run_again)
{
    for (enum grain grain = GRAIN_CALLS; grain <= GRAIN_LOCKS; grain++) {
        for (uint64_t seed = 0; seed < SEEDS; seed++)
            replays(scripts[_i], options_of(POLICY_RANDOM, grain, seed));
        replays(scripts[_i], options_of(POLICY_RR, grain, 0));
    }
}
END_TEST

START_TEST(the_schedule_of_a_deadlock_gives_that_deadlock_again)
{
    static const char text[] = "pipe p(capacity = 1), q(capacity = 1)\n"
                               "process a > p < q { write(p, \"12\"); read(q, 2); read(q, 2) }\n"
                               "process b < p > q { write(q, \"34\"); read(p, 2); read(p, 2) }\n";
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct record r = run_and_record(text, options_of(POLICY_RANDOM, GRAIN_LOCKS, seed));
        ck_assert_int_eq(r.verdict, VERDICT_STUCK);
        record_free(&r);
        replays(text, options_of(POLICY_RANDOM, GRAIN_LOCKS, seed));
    }
}
END_TEST

START_TEST(the_longest_names_can_be_replayed_and_longer_ones_are_refused)
{
    struct strbuf text = {0};
    int longest = 0;
    for (int n = 20; n < 200; n++) {
        strbuf_clear(&text);
        strbuf_addf(&text, "process %0*d_x * 12 { repeat 3 { yield() } }\n", n, 0);
        text.bytes[strlen("process ")] = 'p';
        struct scripted *s = script_begin(strbuf_text(&text), NULL);
        bool parses = s->program != NULL;
        if (!parses)
            ck_assert_ptr_nonnull(strstr(s->diags.items[0].message, "too long"));
        script_free(s);
        if (!parses)
            break;
        longest = n;
        replays(strbuf_text(&text), options_of(POLICY_RANDOM, GRAIN_CALLS, 3));
    }
    ck_assert_int_gt(longest, 20);
    strbuf_free(&text);
}
END_TEST

START_TEST(a_schedule_that_does_not_fit_is_refused)
{
    struct scripted *s = replay("process a * 2 { getpid(); getpid() }\n", "calls:a,x", DEPTH_CALLS);
    ck_assert_int_eq(s->verdict, VERDICT_BAD_SCRIPT);
    text_contains(strbuf_text(&s->messages), "item 2 of the schedule says 'x', who cannot run");
    script_free(s);
}
END_TEST

START_TEST(different_runs_have_different_fingerprints)
{
    for (uint64_t seed = 1; seed < SEEDS; seed++) {
        struct record a = run_and_record(scripts[_i], options_of(POLICY_RANDOM, GRAIN_CALLS, 0));
        struct record b = run_and_record(scripts[_i], options_of(POLICY_RANDOM, GRAIN_CALLS, seed));
        ck_assert((strcmp(a.json, b.json) == 0) == (a.fingerprint == b.fingerprint));
        record_free(&a);
        record_free(&b);
    }
}
END_TEST

START_TEST(nothing_but_the_schedule_decides)
{
    /* other memory, other environment, runs before: the trace is the same to the byte */
    struct record first = run_and_record(scripts[_i], options_of(POLICY_RANDOM, GRAIN_LOCKS, 5));
    struct setting_override memory = {.setting = SETTING_max_memory, .value = 64};
    struct script_options o = options_of(POLICY_RANDOM, GRAIN_LOCKS, 5);
    o.run.overrides = &memory;
    o.run.override_count = 1;
    setenv("PIPESIM_TEST", "something", 1);
    free(malloc(12345));
    struct record again = run_and_record(scripts[_i], o);
    same(&again, &first);
    record_free(&first);
    record_free(&again);
}
END_TEST

/* -- again, from a snapshot ------------------------------------------------------------------------------ */

START_TEST(a_run_taken_again_from_its_start_is_the_run_of_that_seed)
{
    for (enum grain grain = GRAIN_CALLS; grain <= GRAIN_LOCKS; grain++) {
        struct script_options o = options_of(POLICY_RANDOM, grain, 0);
        uint64_t wanted[SEEDS];
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            o.run.seed = seed;
            struct record r = run_and_record(scripts[_i], o);
            wanted[seed] = r.fingerprint;
            record_free(&r);
        }
        o.run.seed = 99;
        struct scripted *s = script_begin(scripts[_i], &o);
        struct snapshot *start = snapshot_take();
        run_go(s->run, UINT64_MAX);
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            struct diag_list messages = {0};
            run_again(s->run, start, seed, &messages);
            ck_assert_int_eq(run_judge(s->run, run_go(s->run, UINT64_MAX)), VERDICT_AS_EXPECTED);
            ck_assert_uint_eq(run_fingerprint(s->run), wanted[seed]);
            ck_assert_uint_eq(messages.messages, 0);
            diag_list_free(&messages);
        }
        snapshot_free(start);
        script_free(s);
    }
}
END_TEST

START_TEST(a_run_taken_again_counts_again)
{
    struct script_options o = options_of(POLICY_RANDOM, GRAIN_CALLS, 1);
    struct scripted *s = script_begin(scripts[0], &o);
    struct snapshot *start = snapshot_take();
    run_go(s->run, UINT64_MAX);
    struct tally first = *run_tally(s->run);
    char *schedule = run_schedule(s->run);
    struct diag_list messages = {0};
    run_again(s->run, start, 1, &messages);
    run_go(s->run, UINT64_MAX);
    ck_assert_mem_eq(run_tally(s->run), &first, sizeof first);
    char *again = run_schedule(s->run);
    ck_assert_str_eq(again, schedule);
    free(schedule);
    free(again);
    diag_list_free(&messages);
    snapshot_free(start);
    script_free(s);
}
END_TEST

START_TEST(messages_of_each_time_go_to_their_own_list)
{
    struct scripted *s = script_begin("process a { getpid() = 2 }\n", NULL);
    struct snapshot *start = snapshot_take();
    for (uint64_t i = 0; i < 3; i++) {
        struct diag_list messages = {0};
        run_again(s->run, start, i, &messages);
        ck_assert_int_eq(run_judge(s->run, run_go(s->run, UINT64_MAX)), VERDICT_FAILED);
        ck_assert_uint_eq(messages.messages, 1);
        diag_list_free(&messages);
    }
    snapshot_free(start);
    script_free(s);
}
END_TEST

/* -- back to the middle ---------------------------------------------------------------------------------- */

/* Runs k choices, takes a snapshot, and the rest twice. False: the run is over before. */
static bool rest_is_the_same(const char *text, struct script_options o, uint64_t k)
{
    struct scripted *s = script_begin(text, &o);
    bool paused = run_go(s->run, k) == SCHED_PAUSED;
    if (paused) {
        struct snapshot *middle = snapshot_take();
        strbuf_clear(&s->json);
        enum sched_end end = run_go(s->run, UINT64_MAX);
        enum verdict verdict = run_judge(s->run, end);
        char *wanted = strdup(strbuf_text(&s->json));
        snapshot_restore(middle);
        strbuf_clear(&s->json);
        ck_assert_int_eq(run_go(s->run, UINT64_MAX), end);
        ck_assert_str_eq(strbuf_text(&s->json), wanted);
        ck_assert_int_eq(run_judge(s->run, end), verdict);
        free(wanted);
        snapshot_free(middle);
    }
    script_free(s);
    return paused;
}

START_TEST(from_any_point_the_rest_of_the_run_is_the_same)
{
    static const enum sched_policy policies[] = {POLICY_FIFO, POLICY_RR, POLICY_RANDOM};
    uint64_t step = 1;
    for (int p = 0; p < 3; p++) {
        for (enum grain grain = GRAIN_CALLS; grain <= GRAIN_LOCKS; grain++) {
            uint64_t k = 0;
            while (rest_is_the_same(scripts[_i], options_of(policies[p], grain, 11), k))
                k += grain == GRAIN_LOCKS ? 3 * step : step;
            ck_assert_uint_gt(k, 2);
        }
    }
}
END_TEST

START_TEST(a_run_in_many_pieces_is_the_run_in_one)
{
    for (uint64_t piece = 1; piece < 8; piece += 3) {
        struct script_options o = options_of(POLICY_RANDOM, GRAIN_LOCKS, 8);
        struct record whole = run_and_record(scripts[_i], o);
        struct scripted *s = script_begin(scripts[_i], &o);
        while (run_go(s->run, piece) == SCHED_PAUSED)
            ;
        script_finish(s);
        struct record pieces = record_of(s);
        same(&pieces, &whole);
        record_free(&whole);
        record_free(&pieces);
        script_free(s);
    }
}
END_TEST

START_TEST(the_text_from_the_middle_is_the_same_with_a_new_sink)
{
    struct script_options o = options_of(POLICY_RR, GRAIN_CALLS, 0);
    struct scripted *s = script_begin(scripts[0], &o);
    ck_assert_int_eq(run_go(s->run, 12), SCHED_PAUSED);
    struct snapshot *middle = snapshot_take();
    char *rests[2];
    for (int i = 0; i < 2; i++) {
        snapshot_restore(middle);
        text_trace_fini(&s->text_trace); /* what it remembered of calls under way */
        text_trace_init(&s->text_trace, s->text_trace.out, DEPTH_CALLS, TEXT_PLAIN, 0);
        strbuf_clear(&s->text);
        ck_assert_int_eq(run_go(s->run, UINT64_MAX), SCHED_ALL_EXITED);
        rests[i] = strdup(strbuf_text(&s->text));
    }
    ck_assert_str_eq(rests[0], rests[1]);
    ck_assert_uint_gt(strlen(rests[0]), 100);
    free(rests[0]);
    free(rests[1]);
    snapshot_free(middle);
    script_free(s);
}
END_TEST

/* -- verdicts ------------------------------------------------------------------------------------------ */

START_TEST(each_way_to_end_has_its_verdict)
{
    comes_true("process a { exit(7) }\n");
    ends_as("process a { assert(0) }\n", VERDICT_FAILED, "");
    ends_as("process a { x = 1 / 0 }\n", VERDICT_BAD_SCRIPT, "");
    ends_as("process a {", VERDICT_BAD_SCRIPT, "");
    ends_as("process a { pause() }\n", VERDICT_STUCK, "deadlock");
    ends_as("process a { loop { yield() } }\n", VERDICT_STUCK, "livelock");
    ends_as("set max_calls = 3\nprocess a { loop { sleep(1) } }\n", VERDICT_LIMIT, "max_calls");
}
END_TEST

START_TEST(a_mistake_counts_more_than_a_failure_before_it)
{
    ends_as("process a { assert(0); x = 1 / 0 }\n", VERDICT_BAD_SCRIPT, "this is not true");
    ends_as("set max_calls = 3\nprocess a { assert(0); loop { sleep(1) } }\n", VERDICT_LIMIT,
            "this is not true");
}
END_TEST

START_TEST(a_deadlock_after_a_failure_is_still_a_deadlock)
{
    ends_as("process a { assert(0); pause() }\n", VERDICT_STUCK, "deadlock");
    ends_as("process a { assert(0); @..never pause() }\n", VERDICT_FAILED, "this is not true");
}
END_TEST

START_TEST(an_interrupted_run_ends_soon)
{
    struct scripted *s = script_begin("process a { loop { x = 1 } }\n", NULL);
    run_interrupt();
    script_finish(s);
    ck_assert_int_eq(s->verdict, VERDICT_INTERRUPTED);
    script_free(s);
}
END_TEST

START_TEST(an_interrupted_run_of_calls_ends_soon_too)
{
    struct scripted *s = script_begin("process a { loop { sleep(1) } }\n", NULL);
    run_interrupt();
    script_finish(s);
    ck_assert_int_eq(s->verdict, VERDICT_INTERRUPTED);
    script_free(s);
}
END_TEST

START_TEST(the_ticks_of_a_run_are_those_of_its_last_event)
{
    struct scripted *s = run_text("process a { sleep(12) }\n", NULL);
    ck_assert_int_eq(run_ticks(s->run), 12);
    ck_assert_int_eq(run_view(s->run)->actors[0].state, ACTOR_EXITED);
    script_free(s);
}
END_TEST

/* -- real threads -------------------------------------------------------------------------------------- */

static const struct script_options on_threads = {.run = {.mode = SCHED_THREADS}};

START_TEST(scripts_come_true_on_real_threads)
{
    for (int i = 0; i < 10; i++)
        comes_true_with(scripts[_i], &on_threads);
}
END_TEST

START_TEST(a_deadlock_on_real_threads_is_found)
{
    ends_as_with("pipe p, q\n"
                 "process a < p > q { read(p, 1) }\n"
                 "process b < q > p { read(q, 1) }\n"
                 "process c { sleep(2) }\n",
                 &on_threads, VERDICT_STUCK,
                 "each waits for the next: a -(bytes from p)-> b -(bytes from q)-> a");
    comes_true_with("process a { pipe(p); @0..never read(p[0], 1) }\nend a asleep on p.not_empty\n",
                    &on_threads);
}
END_TEST

START_TEST(a_livelock_on_real_threads_is_found)
{
    ends_as_with("set max_idle = 1000, tick = 60000\n"
                 "process a { loop { yield() } }\n"
                 "process b { pipe(p); read(p[0], 1) }\n",
                 &on_threads, VERDICT_STUCK, "livelock");
}
END_TEST

START_TEST(a_mistake_on_real_threads_ends_the_run)
{
    ends_as_with("process a { x = 1 / 0 }\n"
                 "process b { pipe(p); read(p[0], 1) }\n"
                 "process c * 3 { loop { yield() } }\n",
                 &on_threads, VERDICT_BAD_SCRIPT, "division by zero");
}
END_TEST

START_TEST(claims_are_judged_on_real_threads)
{
    comes_true_with("pipe p(capacity = 4, atomic = 1)\n"
                    "process w * 3 > p { repeat 50 { write(p, \"abcdef\") } }\n"
                    "process r < p { while (read(p, 3)) { } }\n"
                    "process t { repeat 3 { sleep(1) } }\n"
                    "always p.used <= 4 and p.used >= 0\n"
                    "expect at 1: p.capacity == 4\n"
                    "end len(p.stream) == 900, no descriptor open\n",
                    &on_threads);
}
END_TEST

START_TEST(signals_interrupt_on_real_threads)
{
    for (int i = 0; i < 20; i++)
        comes_true_with(
            "def h(s) { n = 1 }\n"
            "process a { n = 0; sigaction(SIGUSR1, h); pipe(p); thread(t)\n"
            "  read(p[0], 1) = -1 EINTR; assert(n == 1); write(p[1], \"!\") = ?\n"
            "  join(t) = ? }\n"
            "process t { while (ioctl(p[0], FIONREAD) == 0) {\n" /* a may not sleep yet */
            "  kill(a, SIGUSR1); yield() } }\n",
            &on_threads);
}
END_TEST

START_TEST(processes_are_killed_on_real_threads)
{
    for (int i = 0; i < 20; i++)
        comes_true_with(
            "process a { fork(c); fork(d); kill(c, SIGKILL); kill(d, SIGTERM); wait(c) = 137\n"
            "  wait(d) = 143 }\n"
            "process c { loop { yield() } }\n"
            "process d { pipe(p); read(p[0], 1) = killed SIGTERM }\n"
            "set max_idle = 100000000\n",
            &on_threads);
}
END_TEST

START_TEST(a_long_wait_on_real_threads_is_no_mistake)
{
    comes_true_with(
        "process a { sleep(9223372036854775806) = killed SIGKILL }\n"
        "process b { pipe(p); poll(p[0], POLLIN, 9223372036854775807) = killed SIGKILL }\n"
        "process k { sleep(2); kill(a, SIGKILL); kill(b, SIGKILL) }\n"
        "set tick = 1\n",
        &on_threads);
}
END_TEST

Suite *run_suite(void)
{
    Suite *suite = suite_create("run");
    TCase *order = tcase_create("order");
    tcase_set_timeout(order, 120);
    tcase_add_loop_test(order, scripts_come_true_whoever_is_chosen_between_calls, 0, SCRIPTS);
    tcase_add_loop_test(order, scripts_come_true_whoever_is_chosen_at_locks, 0, SCRIPTS);
    tcase_add_test(order, two_processes_may_close_the_two_ends_at_once);
    tcase_add_test(order, threads_may_use_one_table_of_descriptors_at_once);
    tcase_add_test(order, a_claim_may_be_broken_in_one_order_and_hold_in_another);
    suite_add_tcase(suite, order);

    TCase *again = tcase_create("replay");
    tcase_set_timeout(again, 120);
    tcase_add_loop_test(again, the_same_seed_gives_the_same_run, 0, SCRIPTS);
    tcase_add_loop_test(again, the_schedule_of_a_run_gives_that_run_again, 0, SCRIPTS);
    tcase_add_test(again, the_schedule_of_a_deadlock_gives_that_deadlock_again);
    tcase_add_test(again, the_longest_names_can_be_replayed_and_longer_ones_are_refused);
    tcase_add_test(again, a_schedule_that_does_not_fit_is_refused);
    tcase_add_loop_test(again, different_runs_have_different_fingerprints, 0, SCRIPTS);
    tcase_add_loop_test(again, nothing_but_the_schedule_decides, 0, SCRIPTS);
    suite_add_tcase(suite, again);

    TCase *snapshots = tcase_create("snapshot");
    tcase_set_timeout(snapshots, 120);
    tcase_add_loop_test(snapshots, a_run_taken_again_from_its_start_is_the_run_of_that_seed, 0,
                        SCRIPTS);
    tcase_add_test(snapshots, a_run_taken_again_counts_again);
    tcase_add_test(snapshots, messages_of_each_time_go_to_their_own_list);
    tcase_add_loop_test(snapshots, from_any_point_the_rest_of_the_run_is_the_same, 0, SCRIPTS);
    tcase_add_test(snapshots, the_text_from_the_middle_is_the_same_with_a_new_sink);
    tcase_add_loop_test(snapshots, a_run_in_many_pieces_is_the_run_in_one, 0, SCRIPTS);
    suite_add_tcase(suite, snapshots);

    TCase *verdicts = tcase_create("verdict");
    tcase_add_test(verdicts, each_way_to_end_has_its_verdict);
    tcase_add_test(verdicts, a_mistake_counts_more_than_a_failure_before_it);
    tcase_add_test(verdicts, a_deadlock_after_a_failure_is_still_a_deadlock);
    tcase_add_test(verdicts, an_interrupted_run_ends_soon);
    tcase_add_test(verdicts, an_interrupted_run_of_calls_ends_soon_too);
    tcase_add_test(verdicts, the_ticks_of_a_run_are_those_of_its_last_event);
    suite_add_tcase(suite, verdicts);

    TCase *threads = tcase_create("threads");
    tcase_set_timeout(threads, 60);
    tcase_add_loop_test(threads, scripts_come_true_on_real_threads, 0, SCRIPTS);
    tcase_add_test(threads, a_deadlock_on_real_threads_is_found);
    tcase_add_test(threads, a_livelock_on_real_threads_is_found);
    tcase_add_test(threads, a_mistake_on_real_threads_ends_the_run);
    tcase_add_test(threads, claims_are_judged_on_real_threads);
    tcase_add_test(threads, signals_interrupt_on_real_threads);
    tcase_add_test(threads, processes_are_killed_on_real_threads);
    tcase_add_test(threads, a_long_wait_on_real_threads_is_no_mistake);
    suite_add_tcase(suite, threads);
    return suite;
}

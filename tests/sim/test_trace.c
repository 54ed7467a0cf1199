/* test_trace.c - where events go: each sink gets each event once, in order, with the view after it. */
#include "sim/trace/trace.h"
#include "tests/sim/crew.h"
#include "tests/suites.h"

static struct trace *trace;

static void open_trace(void)
{
    crew_open((struct sched_config){.policy = POLICY_FIFO});
    trace = arena_alloc(sizeof *trace);
    trace_init(trace);
}

static void says_event(void *name, const struct event *e, const struct view *after)
{
    say("%s%d:%s/%d", (char *)name, (int)e->seq, event_name(e->kind), (int)after->actor_count);
}

static void add(const char *name, enum trace_interest interest)
{
    trace_add_sink(trace, (struct trace_sink){says_event, (void *)(uintptr_t)name, interest});
}

static void emit(enum event_kind kind)
{
    struct event e = {
        .kind = kind, .actor = 0, .other = NOBODY, .pipe = NO_PIPE, .text = "x", .size = 1};
    trace_emit(trace, &e);
}

START_TEST(every_sink_gets_every_event_with_the_view_after_it)
{
    add("a", SINK_WITHOUT_LOCKS);
    add("b", SINK_WITHOUT_LOCKS);
    emit(EV_START);
    emit(EV_CALL);
    ck_assert_str_eq(said(), "a1:start/1 b1:start/1 a2:call/1 b2:call/1");
}
END_TEST

START_TEST(only_who_wants_them_gets_operations_on_locks)
{
    add("a", SINK_WITHOUT_LOCKS);
    ck_assert(!trace->locks);
    add("b", SINK_ALL);
    ck_assert(trace->locks);
    emit(EV_START);
    emit(EV_LOCK);
    emit(EV_UNLOCK);
    emit(EV_NOTIFY);
    emit(EV_CALL);
    ck_assert_str_eq(said(),
                     "a1:start/1 b1:start/1 b2:lock/1 b3:unlock/1 b4:notify/1 a5:call/1 b5:call/1");
}
END_TEST

static void emits(void *arg)
{
    (void)arg;
    struct event e = {.kind = EV_CALL, .actor = 0, .other = NOBODY, .pipe = NO_PIPE};
    trace_emit(trace, &e);
    say("@%d", (int)e.tick);
}

START_TEST(events_carry_the_tick)
{
    struct sched_timer *t = arena_alloc(sizeof *t);
    sched_timer_set(t, 7, emits, NULL);
    sched_run(UINT64_MAX);
    ck_assert_str_eq(said(), "@7");
    ck_assert_int_eq(trace->view.tick, 7);
}
END_TEST

Suite *trace_suite(void)
{
    Suite *suite = suite_create("trace");
    TCase *sinks = tcase_create("sink");
    tcase_add_checked_fixture(sinks, open_trace, NULL);
    tcase_add_test(sinks, every_sink_gets_every_event_with_the_view_after_it);
    tcase_add_test(sinks, only_who_wants_them_gets_operations_on_locks);
    tcase_add_test(sinks, events_carry_the_tick);
    suite_add_tcase(suite, sinks);
    return suite;
}

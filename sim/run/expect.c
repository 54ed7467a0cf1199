/* expect.c - does a call do what its line says? Wanted stands over got, aligned, with the cause. */
#include "sim/run/vm.h"
#include "sim/run/vocabulary.h"

#include <inttypes.h>

void value_describe(struct value v, struct strbuf *out)
{
    switch (v.kind) {
    case VALUE_INTEGER: strbuf_add_int(out, v.n); break;
    case VALUE_BYTES: strbuf_add_quoted(out, v.bytes->at, v.bytes->size, 60); break;
    case VALUE_PAIR: strbuf_addf(out, "{%d, %d}", v.pair[0], v.pair[1]); break;
    case VALUE_ACTOR: strbuf_add_bytes(out, v.bytes->at, v.bytes->size); break;
    case VALUE_UNSET:
    case VALUE_NONE: strbuf_add(out, "nothing"); break;
    }
}

static bool is_error(struct value got)
{
    return got.kind == VALUE_INTEGER && got.error != 0;
}

/* The number that a result stands for: of bytes, for a read. */
static bool as_number(struct value got, int64_t *n)
{
    *n = got.kind == VALUE_INTEGER ? got.n : got.kind == VALUE_BYTES ? (int64_t)got.bytes->size : 0;
    return !is_error(got) && (got.kind == VALUE_INTEGER || got.kind == VALUE_BYTES);
}

static bool in_range(struct value got, struct value low, struct value high)
{
    int64_t n;
    return low.kind == VALUE_INTEGER && high.kind == VALUE_INTEGER && as_number(got, &n) &&
           low.n <= n && n <= high.n;
}

static bool equals(struct value got, struct value wanted)
{
    int64_t n;
    if (wanted.kind == VALUE_INTEGER && got.kind == VALUE_BYTES)
        return as_number(got, &n) && n == wanted.n;
    return value_equal(got, wanted);
}

static bool came_true(const struct site *s, struct value got, const struct value *wanted)
{
    switch (s->expect) {
    case EXPECT_NOTHING:
    case EXPECT_ANYTHING: return true;
    case EXPECT_SUCCESS: return !is_error(got);
    case EXPECT_VALUE: return equals(got, wanted[0]);
    case EXPECT_RANGE: return in_range(got, wanted[0], wanted[1]);
    case EXPECT_EOF: return got.kind == VALUE_BYTES && got.bytes->size == 0 && got.from_read;
    case EXPECT_ERROR:
        return is_error(got) &&
               (s->expected_number == 0 || s->expected_number == error_number(got.error));
    case EXPECT_KILLED: return false;
    }
    return false;
}

/* -- messages ---------------------------------------------------------------------------------- */

static void describe_got(struct value got, struct strbuf *out)
{
    if (is_error(got))
        strbuf_addf(out, "-1 %s (%s)", error_name(got.error), error_meaning(got.error));
    else if (got.kind == VALUE_BYTES && got.bytes->size == 0 && got.from_read)
        strbuf_add(out, "EOF");
    else
        value_describe(got, out);
}

static void describe_wanted(const struct site *s, const struct value *wanted, struct strbuf *out)
{
    switch (s->expect) {
    case EXPECT_VALUE: value_describe(wanted[0], out); break;
    case EXPECT_RANGE:
        value_describe(wanted[0], out);
        strbuf_add(out, "..");
        value_describe(wanted[1], out);
        break;
    case EXPECT_EOF: strbuf_add(out, "EOF"); break;
    case EXPECT_ERROR:
        if (s->expected_number != 0)
            strbuf_addf(out, "-1 %s", error_name_of_number(s->expected_number));
        else
            strbuf_add(out, "-1, any error");
        break;
    case EXPECT_KILLED: strbuf_addf(out, "killed by %s", signal_name(s->expected_number)); break;
    case EXPECT_NOTHING:
    case EXPECT_SUCCESS:
    case EXPECT_ANYTHING: strbuf_add(out, "success, since no result is written"); break;
    }
}

/* Where the call began or had to sleep, for a failure that comes later. */
static void describe_cause(struct vm *vm, struct strbuf *out)
{
    const struct view *v = &vm->run->trace.view;
    sched_atomic_begin();
    const struct view_actor *a = &v->actors[thread_actor(vm->thread)];
    strbuf_addf(out, "in process %s at tick %" PRId64, a->name, sched_now());
    if (a->slept)
        strbuf_addf(out, ", having slept since tick %" PRId64, a->since);
    if (a->slept && a->woken_by != NOBODY)
        strbuf_addf(out, " until woken by %s", v->actors[a->woken_by].name);
    sched_atomic_end();
}

void expect_failed(struct vm *vm, struct span place, const char *message)
{
    struct strbuf *cause = &vm->run->outside->cause;
    strbuf_clear(cause);
    describe_cause(vm, cause);
    vm_fail(vm, place, message, strbuf_text(cause));
}

static struct strbuf *new_message(struct vm *vm)
{
    strbuf_clear(&vm->run->outside->message);
    return &vm->run->outside->message;
}

static void result_failed(struct vm *vm, const struct site *s, struct value got,
                          const struct value *wanted)
{
    struct strbuf *m = new_message(vm);
    strbuf_add(m, "wanted ");
    describe_wanted(s, wanted, m);
    strbuf_add(m, "\ngot    ");
    describe_got(got, m);
    expect_failed(vm, s->expected.length > 0 ? s->expected : s->place, strbuf_text(m));
}

void expect_result(struct vm *vm, const struct site *s, struct value got,
                   const struct value *wanted)
{
    vm->run->results_checked +=
        s->expect != EXPECT_NOTHING && s->expect != EXPECT_ANYTHING && s->expect != EXPECT_SUCCESS;
    if (!came_true(s, got, wanted))
        result_failed(vm, s, got, wanted);
}

void expect_killed(struct vm *vm, const struct site *s, int signal)
{
    struct strbuf *m = new_message(vm);
    bool by_its_own_call = call_kills_caller(s->callee, signal);
    bool right = s->expect == EXPECT_KILLED && s->expected_number == signal;
    bool indifferent =
        s->expect == EXPECT_ANYTHING || (s->expect == EXPECT_SUCCESS && !by_its_own_call);
    bool end_written = s->end.kind != TIME_OPEN && s->end.kind != TIME_IMMEDIATE;
    const char *fate = signal != 0 ? signal_name(signal) : "the exit of its process";
    if (signal == 0 && call_exits(s->callee))
        return;
    vm->run->results_checked += s->expect == EXPECT_KILLED;
    if (end_written && !right) {
        strbuf_addf(m, "wanted %s\ngot    ended by %s",
                    s->end.kind == TIME_NEVER ? "still asleep when the run ends"
                                              : "a return at the time that is written",
                    fate);
        expect_failed(vm, s->when, strbuf_text(m));
    } else if (!right && !indifferent) {
        strbuf_add(m, "wanted ");
        if (s->expected.length > 0) /* its value was never computed: the words will do */
            strbuf_add_bytes(m, vm->run->program->source.text + s->expected.at, s->expected.length);
        else
            describe_wanted(s, NULL, m);
        strbuf_addf(m, signal != 0 ? "\ngot    killed by %s" : "\ngot    ended by %s", fate);
        expect_failed(vm, s->expected.length > 0 ? s->expected : s->place, strbuf_text(m));
    }
}

/* -- times ------------------------------------------------------------------------------------- */

static bool real_time(const struct vm *vm)
{
    return vm->run->options->mode == SCHED_THREADS;
}

void expect_start(struct vm *vm, const struct site *s)
{
    struct strbuf *m = new_message(vm);
    tick_t wanted =
        s->start.kind == TIME_AT ? s->start.ticks : tick_after(vm->last_return, s->start.ticks);
    if (s->start.kind == TIME_FREE)
        return;
    vm->run->results_checked++;
    if (sched_now() == wanted || real_time(vm))
        return;
    strbuf_addf(m,
                "wanted a start at tick %" PRId64 "\ngot    here at tick %" PRId64
                " only: the line above took until then",
                wanted, sched_now());
    expect_failed(vm, s->when, strbuf_text(m));
}

static void end_failed(struct vm *vm, const struct site *s, bool slept, const char *wanted,
                       tick_t tick)
{
    struct strbuf *m = new_message(vm);
    strbuf_addf(m, "wanted %s", wanted);
    if (tick >= 0)
        strbuf_addf(m, " %" PRId64, tick);
    strbuf_addf(m, "\ngot    a return at tick %" PRId64 "%s", sched_now(),
                slept ? ", having slept" : ", without having slept");
    expect_failed(vm, s->when, strbuf_text(m));
}

/* The callers of a person's own pipe may have to wait for each other, for a moment. */
static bool observed(const struct vm *vm)
{
    return kernel_observes(vm->run->kernel);
}

void expect_times(struct vm *vm, const struct site *s, bool slept)
{
    tick_t now = sched_now();
    tick_t end =
        s->end.kind == TIME_AFTER ? tick_after(vm->call_started, s->end.ticks) : s->end.ticks;
    if (s->when.length == 0)
        return;
    if (real_time(vm) && s->end.kind != TIME_NEVER) {
        if (s->end.kind == TIME_AT && now < end)
            end_failed(vm, s, slept, "no return before tick", end);
        return;
    }
    switch (s->end.kind) {
    case TIME_AT:
    case TIME_AFTER:
        if (now != end || !slept)
            end_failed(vm, s, slept, "asleep until tick", end);
        break;
    case TIME_NEVER: end_failed(vm, s, slept, "still asleep when the run ends", -1); break;
    case TIME_IMMEDIATE:
        if (slept && (!observed(vm) || now > vm->call_started))
            end_failed(vm, s, slept, "a return without sleeping", -1);
        break;
    case TIME_FREE:
    case TIME_OPEN: break;
    }
}

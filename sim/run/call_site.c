/* call_site.c - a call of the script at its place: when it may start, making it, what a signal does
 * to it, and whether it gave what its line says (expect.c). */
#include "sim/run/operators.h"
#include "sim/run/vm.h"
#include "sim/run/vocabulary.h"

#include <errno.h>
#include <inttypes.h>

enum { SPIN = 16 /* so many calls in a row that change nothing, and the others may run */ };

static void trace_call(struct vm *vm, const struct site *s, const struct value *args)
{
    struct run *run = vm->run;
    struct strbuf *text = &run->outside->text;
    watch_call(vm, s, args);
    strbuf_clear(text);
    vm->call_pipe = call_pipe_number(vm, s->callee, args, s->argument_count);
    struct event e = event_of(EV_CALL, thread_actor(vm->thread), vm->call_pipe);
    e.line = s->line;
    e.value = call_bytes_asked(s->callee, args, s->argument_count);
    e.value2 = vm->restarting ? vm->call_started + 1 : 0;
    if (run->want_text) {
        call_describe(vm, s->callee, s->stores_to, args, s->argument_count, text);
        e.text = strbuf_text(text);
        e.size = text->length;
    }
    sched_atomic_begin();
    trace_emit(&run->trace, &e);
    sched_atomic_end();
}

static void describe_found(struct vm *vm, struct outcome o, struct strbuf *out)
{
    const struct site *s = &vm->run->program->sites[vm->site];
    call_describe_found(vm, s->callee, &vm->stack[vm->sp - s->argument_count], s->argument_count, o,
                        out);
}

static void trace_return(struct vm *vm, struct outcome o, enum call_end end)
{
    struct run *run = vm->run;
    struct strbuf *text = &run->outside->text;
    watch_result(vm, &run->program->sites[vm->site], o, end);
    strbuf_clear(text);
    struct event e = event_of(EV_RETURN, thread_actor(vm->thread), vm->call_pipe);
    e.line = run->program->sites[vm->site].line;
    e.value = o.result < 0 ? -error_number((int)-o.result) : o.result;
    e.value2 = end;
    if (run->want_text) {
        if (end != CALL_RETURNS)
            strbuf_add(text, end == CALL_RESTARTS ? "? to be restarted" : "?");
        else
            outcome_describe(o, text);
        if (end == CALL_RETURNS)
            describe_found(vm, o, text);
        e.text = strbuf_text(text);
        e.size = text->length;
    }
    sched_atomic_begin();
    trace_emit(&run->trace, &e);
    sched_atomic_end();
}

/* Before a call: counted, and not too many that change nothing. False: the run is over. */
static bool count_call(struct vm *vm, int callee)
{
    struct run *run = vm->run;
    vm->steps = 0;
    if (vm_interrupt_wanted() || run->bad_script || run->limit != NULL)
        vm_stop(vm); /* the judge, who cannot stop the run himself, may have found a mistake */
    if (!vm->restarting && ++run->calls > run->settings.values[SETTING_max_calls])
        vm_limit(vm, SETTING_max_calls);
    sched_atomic_begin();
    if (sched_now() != run->idle_tick) {
        run->idle_tick = sched_now();
        run->idle = 0;
    }
    run->idle += call_may_spin(callee);
    bool livelock = run->idle > run->settings.values[SETTING_max_idle];
    vm->spins = run->idle % SPIN == SPIN - 1;
    sched_atomic_end();
    if (livelock) {
        run->livelock = true;
        vm_stop(vm);
    }
    return !vm->dead;
}

/* The start of its line has come. False: a signal came first, and what it asks for is done before.
 */
static bool await_start(struct vm *vm, const struct site *s, int pc)
{
    tick_t start = s->start.kind == TIME_AT      ? s->start.ticks
                   : s->start.kind == TIME_AFTER ? tick_after(vm->last_return, s->start.ticks)
                                                 : 0;
    if (vm_deliver(vm, pc))
        return false;
    while (start > sched_now()) {
        thread_wait_for_tick(vm->thread, start);
        vm->was_chosen = true;
        if (vm_deliver(vm, pc))
            return false;
    }
    return true;
}

static struct value result_value(struct vm *vm, struct outcome o)
{
    if (o.bytes != NULL) {
        struct value v = value_bytes(o.bytes);
        v.from_read = o.asked > 0;
        return v;
    }
    struct value v = value_integer(o.result < 0 ? -1 : o.result);
    if (o.result < 0) {
        v.error = (int)-o.result;
        vm->error = error_number((int)-o.result);
    }
    return v;
}

/* Others may run first after a call that is likely to be made again and again. */
static void do_not_spin(struct vm *vm, struct outcome o)
{
    if (o.result == -EAGAIN || vm->spins)
        sched_yield_to_others();
}

static void returned(struct vm *vm, const struct site *s, struct outcome o)
{
    sched_atomic_begin();
    bool slept = vm->run->trace.view.actors[thread_actor(vm->thread)].slept || vm->restarting ||
                 vm->call_started < sched_now(); /* for a lock, perhaps */
    sched_atomic_end();
    vm->restarting = false;
    trace_return(vm, o, CALL_RETURNS);
    protocol_after_call(vm, s, &vm->stack[vm->sp - s->argument_count], o);
    vm->last_return = sched_now();
    if (vm->run->options->explored)
        history_add_result(vm, vm->site, o);
    expect_times(vm, s, slept);
    vm_drop_to(vm, vm->sp - s->argument_count);
    vm_push(vm, result_value(vm, o));
    do_not_spin(vm, o);
}

/* The process did not survive the call. */
static void killed(struct vm *vm, const struct site *s, struct outcome o, struct delivery d)
{
    trace_return(vm, o, CALL_IS_THE_LAST);
    expect_killed(vm, s, d.signal);
    vm->dead = true;
}

/* An interrupted call is made again after a handler that asks for it, and when the signal has been
 * ignored since. */
static bool restarts(int callee, struct delivery d)
{
    enum call_restart how = call_restarts(callee);
    return how == RESTARTS_ALWAYS || d.kind == DELIVER_NOTHING ||
           (how == RESTARTS_IF_ASKED && d.restart);
}

/* A call on a pipe by a process with one thread: it concerns nobody but the pipe. */
static bool moves_bytes_alone(struct vm *vm, const struct site *s, const struct value *args)
{
    return call_moves_bytes(s->callee) && thread_is_alone(vm->thread) &&
           args[0].kind == VALUE_INTEGER && args[0].n >= 0 && args[0].n <= INT32_MAX &&
           thread_has_pipe_at(vm->thread, (int)args[0].n);
}

/* With choices at each lock, such a call needs none before it: its first step is the pipe's lock, and
 * nothing that comes before that can be seen by, or depend on, anybody else; but for signals. */
static bool locks_at_once(struct vm *vm, const struct site *s, const struct value *args)
{
    return vm->run->options->freedom.grain == GRAIN_LOCKS && !vm->run->has_kill &&
           !vm->run->looks_unlocked && moves_bytes_alone(vm, s, args);
}

/* For whoever watches, and lets others go first at each lock: what a call has brought about may come before its
 * return, and be the end of its own process. */
static bool returns_in_a_step_of_its_own(const struct vm *vm)
{
    return vm->run->options->calls != NULL && vm->run->options->freedom.grain == GRAIN_LOCKS;
}

static void make_call(struct vm *vm, int site)
{
    const struct site *s = &vm->run->program->sites[site];
    struct value *args = &vm->stack[vm->sp - s->argument_count];
    int pc = vm->pc - 1;
    if (!count_call(vm, s->callee) || !await_start(vm, s, pc))
        return;
    if (!locks_at_once(vm, s, args)) {
        vm_point(vm);
        if (vm_deliver(vm, pc)) /* a signal came meanwhile */
            return;
    }
    vm->was_chosen = false;
    if (!vm->restarting) {
        expect_start(vm, s);
        vm->call_started = sched_now();
    }
    vm->site = site;
    thread_begin_call(vm->thread, site);
    trace_call(vm, s, args);
    if (call_exits(s->callee))
        protocol_end(vm);
    else if (!vm->restarting)
        protocol_before_call(vm, s, args);
    if (!moves_bytes_alone(vm, s, args))
        sched_touch(vm->run->kernel, TOUCH_WRITE);
    else if (vm->run->has_kill)
        sched_touch(vm->run->kernel, TOUCH_READ);
    struct outcome o = call_make(vm, s->callee, s->stores_to, args, s->argument_count);
    if (vm->dead)
        return;
    if (returns_in_a_step_of_its_own(vm))
        vm_point(vm);
    vm_touch_signals(vm);
    struct delivery d = thread_delivery(vm->thread);
    if (d.kind == DELIVER_DEATH) {
        killed(vm, s, o, d);
    } else if (o.result == -EINTR && restarts(s->callee, d)) {
        trace_return(vm, o, CALL_RESTARTS);
        vm->restarting = true;
        vm->pc = pc;
        if (d.kind == DELIVER_HANDLER)
            vm_run_handler(vm, d, pc);
    } else {
        vm->held = d;
        returned(vm, s, o);
    }
    vm->site = -1;
}

void call_site_make(struct vm *vm, int site)
{
    const struct site *s = &vm->run->program->sites[site];
    if (!call_is_function(s->callee)) {
        make_call(vm, site);
        return;
    }
    struct value v =
        function_make(vm, s->callee, &vm->stack[vm->sp - s->argument_count], s->argument_count);
    vm_drop_to(vm, vm->sp - s->argument_count);
    vm_push(vm, v);
}

void call_site_expect(struct vm *vm, int site)
{
    const struct site *s = &vm->run->program->sites[site];
    int wanted = s->expect == EXPECT_VALUE ? 1 : s->expect == EXPECT_RANGE ? 2 : 0;
    expect_result(vm, s, vm->stack[vm->sp - wanted - 1], &vm->stack[vm->sp - wanted]);
    vm_drop_to(vm, vm->sp - wanted);
    if (!vm->dead && vm->thread != NULL)
        vm_deliver(vm, vm->pc);
}

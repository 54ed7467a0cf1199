/* vm.c - the interpreter: a stack machine, one for each thread. A call of the script runs on the
 * thread's task, so that it can sleep in the middle. */
#include "sim/run/vm.h"

#include "sim/run/vocabulary.h"
#include "sim/sched/arena.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    SPIN = 16, /* so many calls in a row that change nothing, and the others may run */
    STEPS_BETWEEN_LOOKS = 1024 /* steps between two looks at whether the run is stopped */
};

static volatile int interrupt_wanted; /* set by a signal handler: run_interrupt */

void run_interrupt(void)
{
    interrupt_wanted = 1;
}

bool vm_interrupt_wanted(void)
{
    return interrupt_wanted != 0;
}

/* -- mistakes and limits ----------------------------------------------------------------------- */

static struct span place_before(const struct vm *vm)
{
    const struct program *program = vm->run->program;
    int at = vm->pc > 0 ? vm->pc - 1 : 0;
    const struct instruction *in = &program->code[at];
    if (in->op == OP_CALL || in->op == OP_EXPECT || in->op == OP_FUNCTION)
        return program->sites[in->arg].place;
    return (struct span){program->code_places[at], 1};
}

static void stop(struct vm *vm)
{
    vm->dead = true;
    if (vm->thread != NULL)
        sched_stop();
}

/* Claims are judged inside the atomic section already. */
static void begin_report(struct vm *vm)
{
    if (vm->thread != NULL)
        sched_atomic_begin();
}

static void end_report(struct vm *vm)
{
    if (vm->thread != NULL)
        sched_atomic_end();
}

void vm_error(struct vm *vm, const char *format, ...)
{
    char text[300];
    va_list args;
    if (vm->dead)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    begin_report(vm);
    vm->run->bad_script = true;
    diag_add(vm->run->outside->diags, DIAG_ERROR, place_before(vm), "%s", text);
    if (vm->thread != NULL)
        diag_add_unplaced(vm->run->outside->diags, DIAG_NOTE, "in process %s at tick %" PRId64,
                          vm->run->trace.view.actors[thread_actor(vm->thread)].name, sched_now());
    end_report(vm);
    stop(vm);
}

void vm_limit(struct vm *vm, enum setting setting)
{
    if (vm->dead)
        return;
    vm->run->limit = setting_name((int)setting);
    begin_report(vm);
    diag_add(vm->run->outside->diags, DIAG_ERROR, place_before(vm),
             "the limit %s = %" PRId64 " is reached here", vm->run->limit,
             vm->run->settings.values[setting]);
    diag_add_unplaced(vm->run->outside->diags, DIAG_HELP,
                      "if this is meant to be, raise it: --set %s=N, or 'set %s = N'",
                      vm->run->limit, vm->run->limit);
    end_report(vm);
    stop(vm);
}

void vm_fail(struct vm *vm, struct span place, const char *message, const char *note)
{
    struct run *run = vm->run;
    struct event e = {.kind = EV_FAIL,
                      .actor = vm->thread != NULL ? thread_actor(vm->thread) : NOBODY,
                      .other = NOBODY,
                      .pipe = NO_PIPE,
                      .line = source_place(&run->program->source, place.at).line,
                      .text = message,
                      .size = strlen(message)};
    sched_atomic_begin();
    run->failed = true;
    diag_add(run->outside->diags, DIAG_FAILED, place, "%s", message);
    if (note != NULL)
        diag_add_unplaced(run->outside->diags, DIAG_NOTE, "%s", note);
    trace_emit(&run->trace, &e);
    sched_atomic_end();
}

/* -- making ------------------------------------------------------------------------------------ */

const char *instance_name(const char *name, int n)
{
    char *copy = arena_alloc(strlen(name) + 16);
    if (copy == NULL)
        return NULL;
    strcpy(copy, name);
    if (n > 1)
        sprintf(copy + strlen(name), ".%d", n);
    return copy;
}

struct vm *vm_new(struct run *run, struct thread *thread, int block, const struct vm *parent)
{
    size_t variables = run->program->variable_count;
    struct vm *vm = arena_alloc(sizeof *vm);
    if (vm == NULL)
        return NULL;
    vm->run = run;
    vm->thread = thread;
    vm->block = block;
    vm->site = -1;
    vm->variables = arena_alloc_array(variables + 1, sizeof *vm->variables);
    vm->room = 16;
    vm->stack = arena_alloc_array((size_t)vm->room, sizeof *vm->stack);
    if (vm->variables == NULL || vm->stack == NULL)
        return NULL;
    for (size_t i = 0; parent != NULL && i < variables; i++)
        vm->variables[i] = value_keep(parent->variables[i]);
    vm->pc = block >= 0 ? run->program->blocks[block].code : 0;
    vm->was_chosen = true;
    if (thread != NULL) {
        vm->next = run->vms;
        run->vms = vm;
    }
    return vm;
}

/* -- the stack --------------------------------------------------------------------------------- */

static bool grow_stack(struct vm *vm)
{
    int room = vm->room * 2;
    struct value *grown = arena_resize(vm->stack, (size_t)room * sizeof *grown);
    if (grown == NULL) {
        vm_limit(vm, SETTING_max_memory);
        return false;
    }
    vm->stack = grown;
    vm->room = room;
    return true;
}

static inline void push(struct vm *vm, struct value v)
{
    if (vm->sp < vm->room || grow_stack(vm))
        vm->stack[vm->sp++] = v;
}

static inline struct value pop(struct vm *vm)
{
    return vm->stack[--vm->sp];
}

static void drop_to(struct vm *vm, int sp)
{
    while (vm->sp > sp)
        value_drop(pop(vm));
}

static void push_bytes(struct vm *vm, struct bytes *b)
{
    if (b == NULL)
        vm_limit(vm, SETTING_max_memory);
    else
        push(vm, value_bytes(b));
}

/* -- operators --------------------------------------------------------------------------------- */

static void repeat_bytes(struct vm *vm, struct bytes *b, int64_t times)
{
    int64_t most = vm->run->settings.values[SETTING_max_bytes];
    if (times < 0)
        times = 0;
    if (b->size > 0 && times > most / (int64_t)b->size) {
        vm_limit(vm, SETTING_max_bytes);
        return;
    }
    struct bytes *made = bytes_new(b->size * (size_t)times);
    for (size_t i = 0; made != NULL && i < (size_t)times && b->size > 0; i++)
        memcpy(made->at + i * b->size, b->at, b->size);
    push_bytes(vm, made);
}

static void join_bytes(struct vm *vm, struct bytes *a, struct bytes *b)
{
    if (a->size + b->size > (size_t)vm->run->settings.values[SETTING_max_bytes]) {
        vm_limit(vm, SETTING_max_bytes);
        return;
    }
    struct bytes *made = bytes_new(a->size + b->size);
    if (made != NULL) {
        memcpy(made->at, a->at, a->size);
        memcpy(made->at + a->size, b->at, b->size);
    }
    push_bytes(vm, made);
}

static int64_t divided(struct vm *vm, enum op op, int64_t a, int64_t b)
{
    if (b == 0) {
        vm_error(vm, "division by zero");
        return 0;
    }
    if (a == INT64_MIN && b == -1) {
        vm_error(vm, "this number is too large");
        return 0;
    }
    return op == OP_DIVIDE ? a / b : a % b;
}

static void arithmetic(struct vm *vm, enum op op, int64_t a, int64_t b)
{
    int64_t n = 0;
    bool too_large = false;
    switch (op) {
    case OP_ADD: too_large = __builtin_add_overflow(a, b, &n); break;
    case OP_SUBTRACT: too_large = __builtin_sub_overflow(a, b, &n); break;
    case OP_MULTIPLY: too_large = __builtin_mul_overflow(a, b, &n); break;
    case OP_BIT_AND: n = a & b; break;
    case OP_BIT_OR: n = a | b; break;
    default: n = divided(vm, op, a, b);
    }
    if (too_large)
        vm_error(vm, "this number is too large: 64 bits are all there is");
    else
        push(vm, value_integer(n));
}

static int compare_bytes(const struct bytes *a, const struct bytes *b)
{
    size_t n = a->size < b->size ? a->size : b->size;
    int c = memcmp(a->at, b->at, n);
    return c != 0 ? c : (a->size > b->size) - (a->size < b->size);
}

static void order(struct vm *vm, enum op op, struct value a, struct value b)
{
    int c;
    if (a.kind == VALUE_INTEGER && b.kind == VALUE_INTEGER)
        c = (a.n > b.n) - (a.n < b.n);
    else if (a.kind == VALUE_BYTES && b.kind == VALUE_BYTES)
        c = compare_bytes(a.bytes, b.bytes);
    else {
        vm_error(vm, "%s and %s have no order", value_kind_name(a.kind), value_kind_name(b.kind));
        return;
    }
    push(vm, value_integer(op == OP_LESS         ? c < 0
                           : op == OP_LESS_EQUAL ? c <= 0
                           : op == OP_GREATER    ? c > 0
                                                 : c >= 0));
}

static void binary(struct vm *vm, enum op op)
{
    struct value b = pop(vm), a = pop(vm);
    if (op == OP_EQUAL || op == OP_NOT_EQUAL)
        push(vm, value_integer(value_equal(a, b) == (op == OP_EQUAL)));
    else if (op == OP_LESS || op == OP_LESS_EQUAL || op == OP_GREATER || op == OP_GREATER_EQUAL)
        order(vm, op, a, b);
    else if (a.kind == VALUE_INTEGER && b.kind == VALUE_INTEGER)
        arithmetic(vm, op, a.n, b.n);
    else if (op == OP_ADD && a.kind == VALUE_BYTES && b.kind == VALUE_BYTES)
        join_bytes(vm, a.bytes, b.bytes);
    else if (op == OP_MULTIPLY && a.kind == VALUE_BYTES && b.kind == VALUE_INTEGER)
        repeat_bytes(vm, a.bytes, b.n);
    else if (op == OP_MULTIPLY && a.kind == VALUE_INTEGER && b.kind == VALUE_BYTES)
        repeat_bytes(vm, b.bytes, a.n);
    else
        vm_error(vm, "this cannot be done with %s and %s; str(n) and int(x) convert",
                 value_kind_name(a.kind), value_kind_name(b.kind));
    value_drop(a);
    value_drop(b);
}

static void negate(struct vm *vm)
{
    struct value v = pop(vm);
    if (v.kind != VALUE_INTEGER || v.n == INT64_MIN)
        vm_error(vm,
                 v.kind == VALUE_INTEGER ? "this number is too large: 64 bits are all there is"
                                         : "'-' needs a number, and this is %s",
                 value_kind_name(v.kind));
    else
        push(vm, value_integer(-v.n));
    value_drop(v);
}

static void index_value(struct vm *vm)
{
    struct value i = pop(vm), x = pop(vm);
    if (i.kind != VALUE_INTEGER || (x.kind != VALUE_PAIR && x.kind != VALUE_BYTES))
        vm_error(vm, "%s cannot be indexed by %s", value_kind_name(x.kind),
                 value_kind_name(i.kind));
    else if (x.kind == VALUE_PAIR && (i.n < 0 || i.n > 1))
        vm_error(vm, "a pipe has the descriptors [0] and [1], not [%" PRId64 "]", i.n);
    else if (x.kind == VALUE_PAIR)
        push(vm, value_integer(x.pair[i.n]));
    else if (i.n < 0 || i.n >= (int64_t)x.bytes->size)
        vm_error(vm, "there is no byte %" PRId64 " in a string of %zu", i.n, x.bytes->size);
    else
        push(vm, value_integer((unsigned char)x.bytes->at[i.n]));
    value_drop(x);
    value_drop(i);
}

static void slice(struct vm *vm)
{
    struct value j = pop(vm), i = pop(vm), x = pop(vm);
    if (x.kind != VALUE_BYTES || (i.kind != VALUE_INTEGER && i.kind != VALUE_NONE) ||
        (j.kind != VALUE_INTEGER && j.kind != VALUE_NONE)) {
        vm_error(vm, "x[i..j] needs a byte string and two numbers");
    } else {
        int64_t size = (int64_t)x.bytes->size;
        int64_t from = i.kind == VALUE_NONE || i.n < 0 ? 0 : i.n;
        int64_t to = j.kind == VALUE_NONE || j.n > size ? size : j.n;
        from = from < size ? from : size;
        push_bytes(vm, bytes_copy(x.bytes->at + from, to > from ? (size_t)(to - from) : 0));
    }
    value_drop(x);
    value_drop(i);
    value_drop(j);
}

static void load(struct vm *vm, int variable)
{
    struct value v = vm->variables[variable];
    if (v.kind == VALUE_UNSET)
        vm_error(vm, "'%s' has no value here: this process has not been given one",
                 vm->run->program->variables[variable].name);
    else
        push(vm, value_keep(v));
}

static void store(struct vm *vm, struct value *to)
{
    value_drop(*to);
    *to = pop(vm);
}

/* -- functions and handlers -------------------------------------------------------------------- */

static bool add_frame(struct vm *vm, struct frame frame)
{
    if (vm->depth >= vm->run->settings.values[SETTING_max_depth]) {
        vm_limit(vm, SETTING_max_depth);
        return false;
    }
    if (vm->depth == vm->frame_room) {
        int room = vm->frame_room == 0 ? 8 : vm->frame_room * 2;
        struct frame *grown = arena_resize(vm->frames, (size_t)room * sizeof *grown);
        if (grown == NULL) {
            vm_limit(vm, SETTING_max_memory);
            return false;
        }
        vm->frames = grown;
        vm->frame_room = room;
    }
    vm->frames[vm->depth++] = frame;
    return true;
}

/* Its arguments are on the stack. */
static void enter_function(struct vm *vm, int number, int return_to, bool is_handler)
{
    const struct function *f = &vm->run->program->functions[number];
    struct frame frame = {return_to,      vm->sp - f->parameters, is_handler,
                          vm->restarting, vm->call_started,       vm->last_return};
    if (!add_frame(vm, frame))
        return;
    if (is_handler)
        vm->restarting = false;
    for (int i = f->parameters; i < f->locals; i++)
        push(vm, value_integer(0));
    vm->pc = f->code;
}

static void leave_function(struct vm *vm)
{
    struct value result = pop(vm);
    struct frame frame = vm->frames[--vm->depth];
    drop_to(vm, frame.base);
    vm->pc = frame.return_to;
    if (!frame.is_handler) {
        push(vm, result);
        return;
    }
    value_drop(result);
    vm->restarting = frame.restarting;
    vm->call_started = frame.call_started;
    vm->last_return = frame.last_return;
}

static void run_handler(struct vm *vm, struct delivery d, int return_to)
{
    const struct function *f = &vm->run->program->functions[d.handler];
    struct event e = {.kind = EV_HANDLER,
                      .actor = thread_actor(vm->thread),
                      .other = NOBODY,
                      .pipe = NO_PIPE,
                      .value = d.signal,
                      .text = f->name,
                      .size = strlen(f->name)};
    sched_atomic_begin();
    trace_emit(&vm->run->trace, &e);
    sched_atomic_end();
    if (f->parameters == 1)
        push(vm, value_integer(d.signal));
    enter_function(vm, d.handler, return_to, true);
}

/* Handlers of pending signals are run before the code at return_to. True: one will, or the process
 * is over. */
static bool deliver(struct vm *vm, int return_to)
{
    struct delivery d = vm->held;
    bool any = false;
    vm->held = (struct delivery){.kind = DELIVER_NOTHING};
    if (d.kind == DELIVER_NOTHING)
        d = thread_delivery(vm->thread);
    while (d.kind == DELIVER_HANDLER && !vm->dead) {
        run_handler(vm, d, return_to);
        return_to = vm->pc; /* the next one runs before this one, as on Linux */
        any = true;
        d = thread_delivery(vm->thread);
    }
    vm->dead |= d.kind == DELIVER_DEATH;
    return any || vm->dead;
}

/* -- calls ------------------------------------------------------------------------------------- */

static void trace_call(struct vm *vm, const struct site *s, const struct value *args)
{
    struct run *run = vm->run;
    struct strbuf *text = &run->outside->text;
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

/* How a call ends: value2 of EV_RETURN. */
enum call_end { CALL_RETURNS, CALL_RESTARTS, CALL_IS_THE_LAST };

static void trace_return(struct vm *vm, struct outcome o, enum call_end end)
{
    struct run *run = vm->run;
    struct strbuf *text = &run->outside->text;
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
    if (interrupt_wanted || run->bad_script || run->limit != NULL)
        stop(vm); /* the judge, who cannot stop the run himself, may have found a mistake */
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
        stop(vm);
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
    if (deliver(vm, pc))
        return false;
    while (start > sched_now()) {
        thread_wait_for_tick(vm->thread, start);
        vm->was_chosen = true;
        if (deliver(vm, pc))
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
    bool slept = vm->run->trace.view.actors[thread_actor(vm->thread)].slept || vm->restarting;
    sched_atomic_end();
    vm->restarting = false;
    trace_return(vm, o, CALL_RETURNS);
    vm->last_return = sched_now();
    expect_times(vm, s, slept);
    drop_to(vm, vm->sp - s->argument_count);
    push(vm, result_value(vm, o));
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

static void make_call(struct vm *vm, int site)
{
    const struct site *s = &vm->run->program->sites[site];
    struct value *args = &vm->stack[vm->sp - s->argument_count];
    int pc = vm->pc - 1;
    if (!count_call(vm, s->callee) || !await_start(vm, s, pc))
        return;
    if (!vm->was_chosen) /* else it has been chosen just now, to make this call */
        sched_point();
    vm->was_chosen = false;
    if (!vm->restarting) {
        expect_start(vm, s);
        vm->call_started = sched_now();
    }
    vm->site = site;
    trace_call(vm, s, args);
    struct outcome o = call_make(vm, s->callee, s->stores_to, args, s->argument_count);
    if (vm->dead)
        return;
    struct delivery d = thread_delivery(vm->thread);
    if (d.kind == DELIVER_DEATH) {
        killed(vm, s, o, d);
    } else if (o.result == -EINTR && restarts(s->callee, d)) {
        trace_return(vm, o, CALL_RESTARTS);
        vm->restarting = true;
        vm->pc = pc;
        if (d.kind == DELIVER_HANDLER)
            run_handler(vm, d, pc);
    } else {
        vm->held = d;
        returned(vm, s, o);
    }
    vm->site = -1;
}

static void built_in_or_call(struct vm *vm, int site)
{
    const struct site *s = &vm->run->program->sites[site];
    if (!call_is_function(s->callee)) {
        make_call(vm, site);
        return;
    }
    struct value v =
        function_make(vm, s->callee, &vm->stack[vm->sp - s->argument_count], s->argument_count);
    drop_to(vm, vm->sp - s->argument_count);
    push(vm, v);
}

static void expect(struct vm *vm, int site)
{
    const struct site *s = &vm->run->program->sites[site];
    int wanted = s->expect == EXPECT_VALUE ? 1 : s->expect == EXPECT_RANGE ? 2 : 0;
    expect_result(vm, s, vm->stack[vm->sp - wanted - 1], &vm->stack[vm->sp - wanted]);
    drop_to(vm, vm->sp - wanted);
    if (!vm->dead && vm->thread != NULL)
        deliver(vm, vm->pc);
}

/* -- the loop ---------------------------------------------------------------------------------- */

/* Every loop jumps. */
static void count_step(struct vm *vm)
{
    if (vm->steps++ >= vm->run->settings.values[SETTING_max_steps])
        vm_limit(vm, SETTING_max_steps);
    if (vm->steps % STEPS_BETWEEN_LOOKS == 0 && (interrupt_wanted || sched_stopping())) {
        if (sched_stopping())
            sched_point();
        stop(vm);
    }
}

static void repeat(struct vm *vm, int out)
{
    struct value *counter = &vm->stack[vm->sp - 1];
    if (counter->kind != VALUE_INTEGER) {
        vm_error(vm, "repeat needs a number, and this is %s", value_kind_name(counter->kind));
    } else if (counter->n <= 0) {
        pop(vm);
        vm->pc = out;
    } else {
        counter->n--;
    }
}

static void jump_unless(struct vm *vm, int to)
{
    struct value v = pop(vm);
    if (!value_true(v))
        vm->pc = to;
    value_drop(v);
}

static void and_or(struct vm *vm, enum op op, int to)
{
    if (value_true(vm->stack[vm->sp - 1]) == (op == OP_OR))
        vm->pc = to;
    else
        value_drop(pop(vm));
}

static void truth(struct vm *vm, bool yes)
{
    struct value v = pop(vm);
    push(vm, value_integer(value_true(v) == yes));
    value_drop(v);
}

static void push_string(struct vm *vm, int number, enum value_kind kind)
{
    struct bytes *b = vm->run->strings[number];
    b->users++;
    push(vm, (struct value){.kind = kind, .bytes = b});
}

static int base_of(const struct vm *vm)
{
    return vm->depth > 0 ? vm->frames[vm->depth - 1].base : 0;
}

/* Runs until OP_END, or until the machine is dead. Long, because it is one switch over all
 * instructions. */
static void loop(struct vm *vm)
{
    const struct program *program = vm->run->program;
    while (!vm->dead) {
        struct instruction in = program->code[vm->pc++];
        switch (in.op) {
        case OP_INT: push(vm, value_integer(program->integers[in.arg])); break;
        case OP_BYTES: push_string(vm, in.arg, VALUE_BYTES); break;
        case OP_ACTOR: push_string(vm, in.arg, VALUE_ACTOR); break;
        case OP_SLOT: push(vm, value_integer(in.arg)); break;
        case OP_LOAD: load(vm, in.arg); break;
        case OP_STORE: store(vm, &vm->variables[in.arg]); break;
        case OP_LOAD_LOCAL: push(vm, value_keep(vm->stack[base_of(vm) + in.arg])); break;
        case OP_STORE_LOCAL: store(vm, &vm->stack[base_of(vm) + in.arg]); break;
        case OP_ERRNO: push(vm, value_integer(vm->error)); break;
        case OP_NOW: push(vm, value_integer(vm->run->trace.view.tick)); break;
        case OP_POP: value_drop(pop(vm)); break;
        case OP_DUP: push(vm, value_keep(vm->stack[vm->sp - 1])); break;
        case OP_NEGATE: negate(vm); break;
        case OP_NOT: truth(vm, false); break;
        case OP_TRUTH: truth(vm, true); break;
        case OP_ADD:
        case OP_SUBTRACT:
        case OP_MULTIPLY:
        case OP_DIVIDE:
        case OP_REMAINDER:
        case OP_BIT_AND:
        case OP_BIT_OR:
        case OP_EQUAL:
        case OP_NOT_EQUAL:
        case OP_LESS:
        case OP_LESS_EQUAL:
        case OP_GREATER:
        case OP_GREATER_EQUAL: binary(vm, in.op); break;
        case OP_INDEX: index_value(vm); break;
        case OP_SLICE: slice(vm); break;
        case OP_NONE: push(vm, (struct value){.kind = VALUE_NONE}); break;
        case OP_JUMP:
            count_step(vm);
            vm->pc = in.arg;
            break;
        case OP_JUMP_IF_FALSE: jump_unless(vm, in.arg); break;
        case OP_AND:
        case OP_OR: and_or(vm, in.op, in.arg); break;
        case OP_REPEAT: repeat(vm, in.arg); break;
        case OP_CALL: built_in_or_call(vm, in.arg); break;
        case OP_EXPECT: expect(vm, in.arg); break;
        case OP_FUNCTION:
            count_step(vm);
            enter_function(vm, program->sites[in.arg].callee, vm->pc, false);
            break;
        case OP_RETURN: leave_function(vm); break;
        case OP_ATOM: push(vm, atom_value(vm->run, &program->atoms[in.arg])); break;
        case OP_END:
            if (vm->thread == NULL || !deliver(vm, vm->pc - 1))
                return;
            break;
        }
    }
}

void vm_thread_body(void *arg)
{
    struct thread *t = arg;
    loop(thread_program(t));
    thread_end(t);
}

struct value vm_evaluate(struct vm *vm, int code)
{
    drop_to(vm, 0);
    vm->depth = 0;
    vm->steps = 0;
    vm->pc = code;
    loop(vm);
    if (vm->dead || vm->sp == 0)
        return value_integer(1);
    return pop(vm);
}

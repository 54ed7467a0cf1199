/* vm.c - the interpreter: a stack machine, one for each thread. A call of the script runs on the
 * thread's task, so that it can sleep in the middle. */
#include "sim/run/vm.h"

#include "sim/run/operators.h"

#include "sim/run/vocabulary.h"
#include "sim/sched/arena.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
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

void vm_stop(struct vm *vm)
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
    vm_stop(vm);
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
    vm_stop(vm);
}

/* A sum: the same failures in another order are the same. */
static void count_failure(struct run *run, struct span place)
{
    struct digest one = {0};
    digest_add(&one, place.at);
    run->failures.a += one.a;
    run->failures.b += one.b;
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
    count_failure(run, place);
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
    if (vm->variables == NULL || vm->stack == NULL || !protocol_begin(vm))
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

/* Its arguments are on the stack. `signal`: whose handler it is, or 0. */
static void enter_function(struct vm *vm, int number, int return_to, int signal)
{
    const struct function *f = &vm->run->program->functions[number];
    struct frame frame = {.return_to = return_to,
                          .base = vm->sp - f->parameters,
                          .is_handler = signal != 0,
                          .signal = signal,
                          .restarting = vm->restarting,
                          .call_started = vm->call_started,
                          .last_return = vm->last_return};
    if (!add_frame(vm, frame))
        return;
    if (signal != 0)
        vm->restarting = false;
    for (int i = f->parameters; i < f->locals; i++)
        vm_push(vm, value_integer(0));
    vm->pc = f->code;
}

/* For whoever watches, to end a handler is a cause like a call (call_watch.h): others go on before it, and
 * their signals come in the middle of it. True: another handler runs first. */
static bool handler_goes_on(struct vm *vm)
{
    if (!vm->frames[vm->depth - 1].is_handler || vm->run->options->calls == NULL)
        return false;
    vm_point(vm);
    if (vm_deliver(vm, vm->pc - 1))
        return true;
    watch_handler_runs(vm);
    vm_point(vm);
    return vm_deliver(vm, vm->pc - 1);
}

static void leave_function(struct vm *vm)
{
    if (handler_goes_on(vm))
        return;
    struct value result = vm_pop(vm);
    struct frame frame = vm->frames[--vm->depth];
    vm_drop_to(vm, frame.base);
    vm->pc = frame.return_to;
    if (!frame.is_handler) {
        vm_push(vm, result);
        return;
    }
    value_drop(result);
    watch_handler_over(vm);
    thread_handler_done(vm->thread, frame.signal);
    vm->restarting = frame.restarting;
    vm->call_started = frame.call_started;
    vm->last_return = frame.last_return;
}

void vm_run_handler(struct vm *vm, struct delivery d, int return_to)
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
        vm_push(vm, value_integer(d.signal));
    enter_function(vm, d.handler, return_to, d.signal);
}

void vm_touch_signals(struct vm *vm)
{
    if (vm->run->has_kill || !thread_is_alone(vm->thread))
        sched_touch(vm->run->kernel, TOUCH_READ);
}

/* Handlers of pending signals are run before the code at return_to. True: one will, or the process
 * is over. */
bool vm_deliver(struct vm *vm, int return_to)
{
    struct delivery d = vm->held;
    bool any = false;
    vm->held = (struct delivery){.kind = DELIVER_NOTHING};
    vm_touch_signals(vm);
    if (d.kind == DELIVER_NOTHING)
        d = thread_delivery(vm->thread);
    while (d.kind == DELIVER_HANDLER && !vm->dead) {
        vm_run_handler(vm, d, return_to);
        return_to = vm->pc; /* the next one runs before this one, as on Linux */
        any = true;
        d = thread_delivery(vm->thread);
    }
    vm->dead |= d.kind == DELIVER_DEATH;
    return any || vm->dead;
}

/* -- variables ------------------------------------------------------------------------------------
 */

static void load(struct vm *vm, int variable)
{
    struct value v = vm->variables[variable];
    if (v.kind == VALUE_UNSET)
        vm_error(vm, "'%s' has no value here: this process has not been given one",
                 vm->run->program->variables[variable].name);
    else
        vm_push(vm, value_keep(v));
}

static void store(struct vm *vm, struct value *to)
{
    value_drop(*to);
    *to = vm_pop(vm);
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
        vm_stop(vm);
    }
}

static void repeat(struct vm *vm, int out)
{
    struct value *counter = &vm->stack[vm->sp - 1];
    if (counter->kind != VALUE_INTEGER) {
        vm_error(vm, "repeat needs a number, and this is %s", value_kind_name(counter->kind));
    } else if (counter->n <= 0) {
        vm_pop(vm);
        vm->pc = out;
    } else {
        counter->n--;
    }
}

static void jump_unless(struct vm *vm, int to)
{
    struct value v = vm_pop(vm);
    if (!value_true(v))
        vm->pc = to;
    value_drop(v);
}

static void and_or(struct vm *vm, enum op op, int to)
{
    if (value_true(vm->stack[vm->sp - 1]) == (op == OP_OR))
        vm->pc = to;
    else
        value_drop(vm_pop(vm));
}

static void truth(struct vm *vm, bool yes)
{
    struct value v = vm_pop(vm);
    vm_push(vm, value_integer(value_true(v) == yes));
    value_drop(v);
}

static void push_string(struct vm *vm, int number, enum value_kind kind)
{
    const struct run *run = vm->run;
    if ((size_t)number >= run->string_count) { /* of a condition that was added later */
        vm_push_bytes(vm, bytes_copy(run->program->strings[number].bytes,
                                     run->program->strings[number].size));
        return;
    }
    struct bytes *b = run->strings[number];
    b->users++;
    vm_push(vm, (struct value){.kind = kind, .bytes = b});
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
        case OP_INT: vm_push(vm, value_integer(program->integers[in.arg])); break;
        case OP_BYTES: push_string(vm, in.arg, VALUE_BYTES); break;
        case OP_ACTOR: push_string(vm, in.arg, VALUE_ACTOR); break;
        case OP_SLOT: vm_push(vm, value_integer(in.arg)); break;
        case OP_LOAD: load(vm, in.arg); break;
        case OP_STORE: store(vm, &vm->variables[in.arg]); break;
        case OP_LOAD_LOCAL: vm_push(vm, value_keep(vm->stack[base_of(vm) + in.arg])); break;
        case OP_STORE_LOCAL: store(vm, &vm->stack[base_of(vm) + in.arg]); break;
        case OP_ERRNO: vm_push(vm, value_integer(vm->error)); break;
        case OP_NOW: vm_push(vm, value_integer(vm->run->trace.view.tick)); break;
        case OP_POP: value_drop(vm_pop(vm)); break;
        case OP_DUP: vm_push(vm, value_keep(vm->stack[vm->sp - 1])); break;
        case OP_NEGATE: operator_negate(vm); break;
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
        case OP_GREATER_EQUAL: operator_binary(vm, in.op); break;
        case OP_INDEX: operator_index(vm); break;
        case OP_SLICE: operator_slice(vm); break;
        case OP_NONE: vm_push(vm, (struct value){.kind = VALUE_NONE}); break;
        case OP_JUMP:
            count_step(vm);
            vm->pc = in.arg;
            break;
        case OP_JUMP_IF_FALSE: jump_unless(vm, in.arg); break;
        case OP_AND:
        case OP_OR: and_or(vm, in.op, in.arg); break;
        case OP_REPEAT: repeat(vm, in.arg); break;
        case OP_CALL: call_site_make(vm, in.arg); break;
        case OP_EXPECT: call_site_expect(vm, in.arg); break;
        case OP_FUNCTION:
            count_step(vm);
            enter_function(vm, program->sites[in.arg].callee, vm->pc, 0);
            break;
        case OP_RETURN: leave_function(vm); break;
        case OP_ATOM: vm_push(vm, atom_value(vm->run, &program->atoms[in.arg])); break;
        case OP_END:
            if (vm->thread == NULL)
                return;
            vm_point(vm); /* to exit is a call like others */
            if (!vm_deliver(vm, vm->pc - 1))
                return;
            break;
        }
    }
}

void vm_point(struct vm *vm)
{
    if (!vm->was_chosen)
        sched_point();
    vm->was_chosen = false;
}

void vm_thread_body(void *arg)
{
    struct thread *t = arg;
    struct vm *vm = thread_program(t);
    loop(vm);
    if (!vm->dead) {
        protocol_end(vm);
        watch_block_over(vm);
    }
    thread_end(t);
}

struct value vm_evaluate(struct vm *vm, int code)
{
    vm_drop_to(vm, 0);
    vm->depth = 0;
    vm->steps = 0;
    vm->pc = code;
    loop(vm);
    if (vm->dead || vm->sp == 0)
        return value_integer(1);
    return vm_pop(vm);
}

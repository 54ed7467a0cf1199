/* state.c - the state of a run, for explorations; and what an outcome is made of. */
#include "sim/run/vm.h"

#include <string.h>

/* -- outcomes ---------------------------------------------------------------------------------- */

/* Numbers of processes depend on who forks first, which nobody asks about; and some calls always give
 * the same. */
static bool tells_nothing(int callee, struct outcome o)
{
    return (call_gives_pid(callee) && o.result > 0) || call_is(callee, "yield") ||
           call_is(callee, "sleep");
}

/* A call that did nothing (EAGAIN, say) and does nothing again in the same place is counted once, so
 * that a loop that tries until it succeeds has one outcome, however often it tried. */
void history_add_result(struct vm *vm, int site, struct outcome o)
{
    if (vm->run->options->outcome < OUTCOME_RESULTS ||
        tells_nothing(vm->run->program->sites[site].callee, o))
        return;
    struct digest d = {0};
    digest_add(&d, (uint64_t)site + 1);
    digest_add(&d, (uint64_t)o.result);
    if (o.bytes != NULL)
        digest_add_bytes(&d, o.bytes->at, o.bytes->size);
    if (o.result <= 0 && d.a == vm->last_result.a && d.b == vm->last_result.b)
        return;
    vm->last_result = d;
    digest_add(&vm->results, d.a);
    digest_add(&vm->results, d.b);
}

void history_add_output(struct run *run, const struct event *e)
{
    if (run->options->outcome >= OUTCOME_OUTPUT)
        digest_add_bytes(&run->printed, e->text, e->size);
}

static void add_claims(const struct run *run, struct digest *d)
{
    uint64_t judged = 0;
    for (size_t i = 0; i < run->program->claim_count; i++)
        judged = judged << 1 | run->claims[i].judged;
    digest_add(d, judged);
    digest_add(d, (uint64_t)run->failed << 1 | run->unjudged);
    digest_add(d, run->failures.a);
}

/* Where it sleeps, and on what. */
static struct digest sleeper(const struct view *v, const struct view_actor *a)
{
    const char *pipe = a->pipe >= 0 ? v->pipes[a->pipe].name : "";
    struct digest d = {0};
    digest_add_bytes(&d, a->name, strlen(a->name));
    digest_add_bytes(&d, pipe, strlen(pipe));
    digest_add(&d, (uint64_t)a->sleep_on << 32 | (uint32_t)a->line);
    return d;
}

/* What has come of one process. */
static struct digest history(const struct vm *vm)
{
    const struct view *v = &vm->run->trace.view;
    const struct view_actor *a = &v->actors[thread_actor(vm->thread)];
    struct digest d = {0};
    digest_add_bytes(&d, a->name, strlen(a->name));
    digest_add(&d, (uint64_t)a->state << 32 | (uint32_t)a->status);
    digest_add(&d, vm->results.a);
    digest_add(&d, vm->results.b);
    if (a->state == ACTOR_ASLEEP) {
        struct digest where = sleeper(v, a);
        digest_add(&d, where.a);
        digest_add(&d, where.b);
    }
    return d;
}

/* Processes are told apart by their names: a sum, since it makes no difference who was forked first. */
void run_outcome_digest(const struct run *run, struct digest *d)
{
    struct digest all = {0};
    add_claims(run, d);
    digest_add(d, run->printed.a);
    digest_add(d, run->printed.b);
    for (const struct vm *vm = run->vms; vm != NULL; vm = vm->next) {
        struct digest one = history(vm);
        all.a += one.a;
        all.b += one.b;
    }
    digest_add(d, all.a);
    digest_add(d, all.b);
}

/* -- states ------------------------------------------------------------------------------------ */

static void add_value(struct digest *d, struct value v)
{
    digest_add(d,
               (uint64_t)v.kind << 32 | (uint64_t)v.from_read << 31 | (uint32_t)(v.error & 0xffff));
    switch (v.kind) {
    case VALUE_INTEGER: digest_add(d, (uint64_t)v.n); break;
    case VALUE_BYTES:
    case VALUE_ACTOR: digest_add_bytes(d, v.bytes->at, v.bytes->size); break;
    case VALUE_PAIR: digest_add(d, (uint64_t)v.pair[0] << 32 | (uint32_t)v.pair[1]); break;
    case VALUE_UNSET:
    case VALUE_NONE: break;
    }
}

static void add_frame(struct digest *d, const struct frame *f)
{
    digest_add(d, (uint64_t)f->return_to << 32 | (uint64_t)f->base);
    digest_add(d,
               (uint64_t)f->is_handler << 33 | (uint64_t)f->restarting << 32 | (uint64_t)f->signal);
    digest_add(d, (uint64_t)f->call_started);
    digest_add(d, (uint64_t)f->last_return);
}

static void add_poll(struct digest *d, const struct vm *vm)
{
    for (int i = 0; i < vm->polled_count; i++) {
        const struct poll_entry *e = &vm->polled[i];
        digest_add(d, (uint64_t)e->fd << 32 | (uint64_t)(e->events & 0xffff) << 16 |
                          (uint64_t)(e->revents & 0xffff));
    }
}

static void add_vector(struct digest *d, const struct vector *v)
{
    if (v->bytes == NULL)
        return;
    digest_add_bytes(d, v->bytes->at, v->bytes->size);
    digest_add_bytes(d, v->sizes, (size_t)v->count * sizeof *v->sizes);
}

static void add_vm(struct digest *d, const struct vm *vm, bool times)
{
    digest_add(d, vm->dead);
    if (vm->dead)
        return;
    digest_add(d, (uint64_t)vm->pc << 32 | (uint64_t)(uint32_t)vm->site);
    digest_add(d, (uint64_t)vm->was_chosen << 1 | vm->restarting);
    digest_add(d, (uint64_t)vm->held.kind << 48 | (uint64_t)vm->held.signal << 32 |
                      (uint32_t)vm->error);
    if (vm->site >= 0)
        digest_add(d, (uint64_t)vm->call_started);
    if (times)
        digest_add(d, (uint64_t)vm->last_return);
    for (int i = 0; i < vm->depth; i++)
        add_frame(d, &vm->frames[i]);
    for (int i = 0; i < vm->sp; i++)
        add_value(d, vm->stack[i]);
    for (size_t i = 0; i < vm->run->program->variable_count; i++) {
        if (vm->variables[i].kind != VALUE_UNSET) {
            digest_add(d, i);
            add_value(d, vm->variables[i]);
        }
    }
    add_poll(d, vm);
    add_vector(d, &vm->vector);
    protocol_digest(vm, d);
}

/* What claims look at must be told apart, also where nothing else depends on it. */
static void add_atoms(struct run *run, struct digest *d)
{
    for (size_t i = 0; i < run->program->atom_count; i++) {
        struct value v = atom_value(run, &run->program->atoms[i]);
        add_value(d, v);
        value_drop(v);
    }
}

static bool has_relative_times(const struct program *p)
{
    for (size_t i = 0; i < p->site_count; i++) {
        if (p->sites[i].start.kind == TIME_AFTER)
            return true;
    }
    return false;
}

void run_present_digest(struct run *run, struct digest *d)
{
    bool times = has_relative_times(run->program);
    sched_digest(d);
    kernel_digest(run->kernel, d);
    add_claims(run, d);
    add_atoms(run, d);
    for (const struct vm *vm = run->vms; vm != NULL; vm = vm->next)
        add_vm(d, vm, times);
}

void run_digest(struct run *run, struct digest *d)
{
    run_present_digest(run, d);
    run_outcome_digest(run, d);
}

/* -- for whoever explores ---------------------------------------------------------------------- */

const char *run_check_invariant(const struct run *run)
{
    return kernel_check(run->kernel);
}

uint64_t run_broken_claims(const struct run *run)
{
    uint64_t broken = 0;
    for (size_t i = 0; i < run->program->claim_count && i < 64; i++)
        broken |= (uint64_t)run->claims[i].broken << i;
    return broken;
}

uint64_t run_claims_met(const struct run *run)
{
    return run->outside->claims_met;
}

bool run_progressed(struct run *run)
{
    bool yes = run->outside->progressed;
    run->outside->progressed = false;
    return yes;
}

static void add_sleepers(const struct view *v, struct digest *d)
{
    struct digest all = {0};
    for (size_t i = 0; i < v->actor_count; i++) {
        if (v->actors[i].state != ACTOR_ASLEEP)
            continue;
        struct digest one = sleeper(v, &v->actors[i]);
        all.a += one.a;
        all.b += one.b;
    }
    digest_add(d, all.a);
    digest_add(d, all.b);
}

void run_failure_digest(const struct run *run, struct digest *d)
{
    digest_add(d, run->failures.a);
    digest_add(d, run_broken_claims(run));
    digest_add_bytes(d, run->limit, run->limit != NULL ? strlen(run->limit) : 0);
    digest_add(d, (uint64_t)run->livelock << 1 | run->trace.view.deadlock);
    if (run->trace.view.deadlock)
        add_sleepers(&run->trace.view, d);
}

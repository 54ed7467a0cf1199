/* call_watch.c - see call_watch.h. */
#include "sim/run/call_watch.h"

#include "sim/run/arguments.h"

#include <string.h>

static int handlers_of(const struct vm *vm)
{
    int n = 0;
    for (int i = 0; i < vm->depth; i++)
        n += vm->frames[i].is_handler;
    return n;
}

static int64_t number_of(struct vm *vm, struct value v)
{
    if (v.kind == VALUE_ACTOR)
        return argument_process(vm, v);
    return v.kind == VALUE_INTEGER ? v.n : v.kind == VALUE_BYTES ? (int64_t)v.bytes->size : 0;
}

static size_t bytes_given(const struct site *s, const struct value *args, int i)
{
    int64_t asked = call_bytes_asked(s->callee, args, s->argument_count);
    bool cut = call_is(s->callee, "write") && asked >= 0 && asked <= (int64_t)args[i].bytes->size;
    return cut ? (size_t)asked : args[i].bytes->size;
}

void watch_call(struct vm *vm, const struct site *s, const struct value *args)
{
    const struct call_watch *watch = vm->run->options->calls;
    if (watch == NULL)
        return;
    struct watched_call c = {.actor = thread_actor(vm->thread),
                             .line = s->line,
                             .depth = handlers_of(vm),
                             .name = call_name(s->callee),
                             .made = vm->restarting ? MADE_AGAIN : MADE_FIRST,
                             .count = s->argument_count};
    for (int i = 0; i < s->argument_count; i++) {
        if (args[i].kind == VALUE_BYTES) {
            c.bytes = args[i].bytes->at;
            c.size = bytes_given(s, args, i);
        }
        if (i < WATCHED_NUMBERS)
            c.numbers[i] = number_of(vm, args[i]);
    }
    struct bytes *joined =
        call_is(s->callee, "writev") ? call_bytes_sent(s->callee, args, s->argument_count) : NULL;
    if (joined != NULL) {
        c.bytes = joined->at;
        c.size = joined->size;
    }
    watch->begins(watch->ctx, &c);
    if (joined != NULL)
        bytes_drop(joined);
}

void watch_result(struct vm *vm, const struct site *s, struct outcome o, enum call_end end)
{
    const struct call_watch *watch = vm->run->options->calls;
    if (watch == NULL)
        return;
    struct watched_result r = {.actor = thread_actor(vm->thread),
                               .end = end,
                               .value = o.result,
                               .bytes = o.bytes != NULL ? o.bytes->at : NULL,
                               .asked = o.asked};
    if (s->stores_to >= 0 && vm->variables[s->stores_to].kind == VALUE_PAIR)
        memcpy(r.pair, vm->variables[s->stores_to].pair, sizeof r.pair);
    for (int i = 0; i < vm->polled_count && i < WATCHED_NUMBERS / 2; i++)
        r.revents[i] = call_is(s->callee, "poll") ? vm->polled[i].revents : 0;
    watch->returns(watch->ctx, &r);
}

void watch_handler_runs(struct vm *vm)
{
    const struct call_watch *watch = vm->run->options->calls;
    if (watch != NULL)
        watch->handler_runs(watch->ctx, thread_actor(vm->thread));
}

void watch_handler_over(struct vm *vm)
{
    const struct call_watch *watch = vm->run->options->calls;
    if (watch != NULL)
        watch->handler_over(watch->ctx, thread_actor(vm->thread));
}

void watch_block_over(struct vm *vm)
{
    const struct call_watch *watch = vm->run->options->calls;
    if (watch != NULL)
        watch->block_over(watch->ctx, thread_actor(vm->thread));
}

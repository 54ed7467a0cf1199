/* arguments.c - what a script passes to a call, as what the call needs. */
#include "sim/run/arguments.h"

#include <limits.h>

int64_t argument_number(struct vm *vm, struct value v)
{
    if (v.kind == VALUE_INTEGER)
        return v.n;
    if (v.kind == VALUE_PAIR)
        vm_error(vm, "a pipe has two descriptors: [0] to read, [1] to write");
    else
        vm_error(vm, "a number is needed here, and this is %s", value_kind_name(v.kind));
    return 0;
}

/* A number that the kernel takes as an int: what does not fit is no descriptor, signal or pid. */
int argument_small_number(struct vm *vm, struct value v)
{
    int64_t n = argument_number(vm, v);
    return n < INT_MIN ? INT_MIN : n > INT_MAX ? INT_MAX : (int)n;
}

struct bytes *argument_bytes(struct vm *vm, struct value v)
{
    if (v.kind == VALUE_BYTES)
        return v.bytes;
    vm_error(vm, "a byte string is needed here, and this is %s", value_kind_name(v.kind));
    return NULL;
}

/* A process by name or number; -1 when there is none. */
int argument_process(struct vm *vm, struct value v)
{
    if (v.kind != VALUE_ACTOR)
        return argument_small_number(vm, v);
    struct thread *t = thread_named(vm->run->kernel, v.bytes->at, v.bytes->size);
    return t == NULL ? -1 : thread_number(t);
}

/* operators.h - inside run/: the stack of a machine, and what the operators of the language do to
 * it. Each takes its operands from the stack and leaves its result there; a mistake ends the run
 * (vm_error). */
#ifndef SIM_RUN_OPERATORS_H
#define SIM_RUN_OPERATORS_H

#include "sim/run/vm.h"

bool vm_grow_stack(struct vm *vm);

static inline void vm_push(struct vm *vm, struct value v)
{
    if (vm->sp < vm->room || vm_grow_stack(vm))
        vm->stack[vm->sp++] = v;
}

static inline struct value vm_pop(struct vm *vm)
{
    return vm->stack[--vm->sp];
}

/* Values above sp are no longer needed. */
void vm_drop_to(struct vm *vm, int sp);

/* NULL is the memory limit. */
void vm_push_bytes(struct vm *vm, struct bytes *b);

void operator_binary(struct vm *vm, enum op op);
void operator_negate(struct vm *vm);
void operator_index(struct vm *vm);
void operator_slice(struct vm *vm);

#endif

/* paths.c - see paths.h. */
#include "sim/run/paths.h"

#include "sim/run/arguments.h"

#include <errno.h>

static struct outcome gives(struct vm *vm, int64_t result)
{
    if (result == -ENOMEM)
        vm_limit(vm, SETTING_max_memory);
    return (struct outcome){.result = result};
}

struct outcome path_open(struct vm *vm, int stores_to, const struct value *args, int n)
{
    const struct bytes *path = argument_bytes(vm, args[0]);
    int flags = n > 1 ? argument_small_number(vm, args[1]) : ABI_O_RDONLY;
    (void)stores_to;
    return gives(vm, vm->dead ? -EINVAL : call_open(vm->thread, path->at, path->size, flags));
}

struct outcome path_mkfifo(struct vm *vm, int stores_to, const struct value *args, int n)
{
    const struct bytes *path = argument_bytes(vm, args[0]);
    (void)stores_to, (void)n;
    return gives(vm, path == NULL ? -EINVAL : call_mkfifo(vm->thread, path->at, path->size));
}

struct outcome path_unlink(struct vm *vm, int stores_to, const struct value *args, int n)
{
    const struct bytes *path = argument_bytes(vm, args[0]);
    (void)stores_to, (void)n;
    return gives(vm, path == NULL ? -EINVAL : call_unlink(vm->thread, path->at, path->size));
}

struct outcome offset_seek(struct vm *vm, int stores_to, const struct value *args, int n)
{
    (void)stores_to, (void)n;
    return gives(vm, call_lseek(vm->thread, argument_small_number(vm, args[0]),
                                argument_number(vm, args[1]), argument_small_number(vm, args[2])));
}

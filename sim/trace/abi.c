/* abi.c - see abi.h. */
#include "sim/trace/abi.h"

#include <stddef.h>

const char *signal_name(int number)
{
    switch (number) {
#define X(name, n, by_default)                                                                     \
    case n: return #name;
        ABI_SIGNALS(X)
#undef X
    default: return NULL;
    }
}

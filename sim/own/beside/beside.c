/* beside.c - compiled beside a pipe of your own, and loaded with it: how its calls come to pipesim. */
#include <stddef.h>
#include <stdint.h>

#include "pipesim_pthread.h"

const struct pipesim_calls *pipesim_calls;

/* -- the compiler's hooks: gcc's and clang's -fsanitize=thread calls them, and nobody else does -- */

#define FROM __builtin_return_address(0)
#define ACCESS(name, does, n)                                                                      \
    void name(void *at);                                                                           \
    void name(void *at)                                                                            \
    {                                                                                              \
        pipesim_calls->does(at, n, FROM);                                                          \
    }
#define SIZES(X) X(1) X(2) X(4) X(8) X(16)
#define PLAIN(n)                                                                                   \
    ACCESS(__tsan_read##n, reads, n)                                                               \
    ACCESS(__tsan_write##n, writes, n)                                                             \
    ACCESS(__tsan_unaligned_read##n, reads, n)                                                     \
    ACCESS(__tsan_unaligned_write##n, writes, n)                                                   \
    ACCESS(__tsan_volatile_read##n, reads, n)                                                      \
    ACCESS(__tsan_volatile_write##n, writes, n)                                                    \
    ACCESS(__tsan_read_write##n, writes, n)
SIZES(PLAIN)

void __tsan_read_range(void *at, size_t n);
void __tsan_read_range(void *at, size_t n)
{
    pipesim_calls->reads(at, n, FROM);
}

void __tsan_write_range(void *at, size_t n);
void __tsan_write_range(void *at, size_t n)
{
    pipesim_calls->writes(at, n, FROM);
}

void __tsan_init(void);
void __tsan_init(void)
{
}

void __tsan_func_entry(void *from);
void __tsan_func_entry(void *from)
{
    (void)from;
}

void __tsan_func_exit(void);
void __tsan_func_exit(void)
{
}

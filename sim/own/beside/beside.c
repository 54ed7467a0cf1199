/* beside.c - compiled beside a pipe of your own, and loaded with it: how its calls come to pipesim. */
#define PIPESIM_BESIDE 1
#include "pipesim_pthread.h"

#include <stdint.h>

#include "ringbuf/pipe.h"

const struct pipesim_calls *pipesim_calls;

#define FROM __builtin_return_address(0)

/* -- what is asked of a pipe by pipesim: nobody else is there, then -------------------------- */

struct pipe *pipesim_pipe_new(const struct pipe_options *options);
struct pipe *pipesim_pipe_new(const struct pipe_options *options)
{
    pipesim_calls->enters();
    struct pipe *p = pipe_new(options);
    pipesim_calls->leaves(p != NULL);
    return p;
}

void pipe_free(struct pipe *p) __attribute__((weak));
void pipesim_pipe_free(struct pipe *p);
void pipesim_pipe_free(struct pipe *p)
{
    if (!pipe_free)
        return;
    pipesim_calls->enters();
    pipe_free(p);
    pipesim_calls->leaves(-1);
}

/* -- what it prints ------------------------------------------------------------------------------ */

int pipesim_vprintf(const char *format, va_list args)
{
    char text[512];
    int n = vsnprintf(text, sizeof text, format, args);
    pipesim_calls->says(text);
    return n;
}

int pipesim_printf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = pipesim_vprintf(format, args);
    va_end(args);
    return n;
}

int pipesim_fprintf(FILE *f, const char *format, ...)
{
    va_list args;
    (void)f;
    va_start(args, format);
    int n = pipesim_vprintf(format, args);
    va_end(args);
    return n;
}

int pipesim_puts(const char *text)
{
    return pipesim_printf("%s\n", text);
}

int pipesim_fputs(const char *text, FILE *f)
{
    (void)f;
    return pipesim_printf("%s", text);
}

int pipesim_putchar(int c)
{
    pipesim_printf("%c", c);
    return c;
}

/* What assert calls. */
void __assert_fail(const char *text, const char *file, unsigned line, const char *function);
void __assert_fail(const char *text, const char *file, unsigned line, const char *function)
{
    char site[256], what[160];
    snprintf(site, sizeof site, "%s:%u assert(%s), in %s", file, line, text, function);
    snprintf(what, sizeof what, "crashes: the assertion '%.100s' does not hold", text);
    pipesim_calls->refuses(what, site);
    __builtin_trap();
}

/* -- functions on memory: what the compiler does not tell -------------------------------------- */

static void both(void *to, const void *from, size_t n, const void *place)
{
    if (n > 0) {
        pipesim_calls->reads(from, n, place);
        pipesim_calls->writes(to, n, place);
    }
}

void *pipesim_memcpy(void *to, const void *from, size_t n)
{
    both(to, from, n, FROM);
    return __builtin_memcpy(to, from, n);
}

void *pipesim_memmove(void *to, const void *from, size_t n)
{
    both(to, from, n, FROM);
    return __builtin_memmove(to, from, n);
}

void *pipesim_memset(void *to, int byte, size_t n)
{
    if (n > 0)
        pipesim_calls->writes(to, n, FROM);
    return __builtin_memset(to, byte, n);
}

int pipesim_memcmp(const void *a, const void *b, size_t n)
{
    if (n > 0) {
        pipesim_calls->reads(a, n, FROM);
        pipesim_calls->reads(b, n, FROM);
    }
    return __builtin_memcmp(a, b, n);
}

size_t pipesim_strlen(const char *text)
{
    size_t n = __builtin_strlen(text);
    pipesim_calls->reads(text, n + 1, FROM);
    return n;
}

char *pipesim_strcpy(char *to, const char *from)
{
    both(to, from, __builtin_strlen(from) + 1, FROM);
    return __builtin_strcpy(to, from);
}

char *pipesim_duplicate(const char *text, const char *site)
{
    size_t n = __builtin_strlen(text) + 1;
    char *copy = pipesim_calls->allocate(n, site);
    return copy == NULL ? NULL : __builtin_memcpy(copy, text, n);
}

/* -- the compiler's hooks: gcc's and clang's -fsanitize=thread calls them, and nobody else does -- */

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
    ACCESS(__tsan_unaligned_volatile_read##n, reads, n)                                            \
    ACCESS(__tsan_unaligned_volatile_write##n, writes, n)                                          \
    ACCESS(__tsan_read_write##n, writes, n)                                                        \
    ACCESS(__tsan_unaligned_read_write##n, writes, n)
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

/* clang from 15 on */
void *__tsan_memcpy(void *to, const void *from, size_t n);
void *__tsan_memcpy(void *to, const void *from, size_t n)
{
    both(to, from, n, FROM);
    return __builtin_memcpy(to, from, n);
}

void *__tsan_memmove(void *to, const void *from, size_t n);
void *__tsan_memmove(void *to, const void *from, size_t n)
{
    both(to, from, n, FROM);
    return __builtin_memmove(to, from, n);
}

void *__tsan_memset(void *to, int byte, size_t n);
void *__tsan_memset(void *to, int byte, size_t n)
{
    if (n > 0)
        pipesim_calls->writes(to, n, FROM);
    return __builtin_memset(to, byte, n);
}

void __tsan_init(void);
void __tsan_init(void)
{
}

void __tsan_func_entry(void *from);
void __tsan_func_entry(void *from)
{
    (void)from;
    pipesim_calls->begins(FROM);
}

void __tsan_func_exit(void);
void __tsan_func_exit(void)
{
}

/* -- atomic operations: one after the other, whatever order was asked for ---------------------- */

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define FETCH(bits, name, expression)                                                              \
    u##bits __tsan_atomic##bits##_##name(volatile u##bits *at, u##bits value, int order);          \
    u##bits __tsan_atomic##bits##_##name(volatile u##bits *at, u##bits value, int order)           \
    {                                                                                              \
        (void)order;                                                                               \
        pipesim_calls->writes_atomically((const void *)at, bits / 8, FROM);                        \
        u##bits old = *at;                                                                         \
        *at = (u##bits)(expression);                                                               \
        return old;                                                                                \
    }
#define COMPARE(bits, name)                                                                        \
    int __tsan_atomic##bits##_compare_exchange_##name(volatile u##bits *at, u##bits *expected,     \
                                                      u##bits value, int order, int failed);       \
    int __tsan_atomic##bits##_compare_exchange_##name(volatile u##bits *at, u##bits *expected,     \
                                                      u##bits value, int order, int failed)        \
    {                                                                                              \
        (void)order, (void)failed;                                                                 \
        pipesim_calls->writes_atomically((const void *)at, bits / 8, FROM);                        \
        u##bits old = *at;                                                                         \
        int equal = old == *expected;                                                              \
        *(equal ? at : expected) = equal ? value : old;                                            \
        return equal;                                                                              \
    }
#define ATOMIC(bits)                                                                               \
    u##bits __tsan_atomic##bits##_load(const volatile u##bits *at, int order);                     \
    u##bits __tsan_atomic##bits##_load(const volatile u##bits *at, int order)                      \
    {                                                                                              \
        (void)order;                                                                               \
        pipesim_calls->reads_atomically((const void *)at, bits / 8, FROM);                         \
        return *at;                                                                                \
    }                                                                                              \
    void __tsan_atomic##bits##_store(volatile u##bits *at, u##bits value, int order);              \
    void __tsan_atomic##bits##_store(volatile u##bits *at, u##bits value, int order)               \
    {                                                                                              \
        (void)order;                                                                               \
        pipesim_calls->writes_atomically((const void *)at, bits / 8, FROM);                        \
        *at = value;                                                                               \
    }                                                                                              \
    FETCH(bits, exchange, value)                                                                   \
    FETCH(bits, fetch_add, old + value)                                                            \
    FETCH(bits, fetch_sub, old - value)                                                            \
    FETCH(bits, fetch_and, old &value)                                                             \
    FETCH(bits, fetch_or, old | value)                                                             \
    FETCH(bits, fetch_xor, old ^ value)                                                            \
    FETCH(bits, fetch_nand, ~(old & value))                                                        \
    COMPARE(bits, strong)                                                                          \
    COMPARE(bits, weak)                                                                            \
    u##bits __tsan_atomic##bits##_compare_exchange_val(volatile u##bits *at, u##bits expected,     \
                                                       u##bits value, int order, int failed);      \
    u##bits __tsan_atomic##bits##_compare_exchange_val(volatile u##bits *at, u##bits expected,     \
                                                       u##bits value, int order, int failed)       \
    {                                                                                              \
        (void)order, (void)failed;                                                                 \
        pipesim_calls->writes_atomically((const void *)at, bits / 8, FROM);                        \
        u##bits old = *at;                                                                         \
        if (old == expected)                                                                       \
            *at = value;                                                                           \
        return old;                                                                                \
    }
ATOMIC(8)
ATOMIC(16)
ATOMIC(32)
ATOMIC(64)

void __tsan_atomic_thread_fence(int order);
void __tsan_atomic_thread_fence(int order)
{
    (void)order;
}

void __tsan_atomic_signal_fence(int order);
void __tsan_atomic_signal_fence(int order)
{
    (void)order;
}

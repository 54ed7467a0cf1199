/* beside.c - compiled beside a pipe of your own, and loaded with it: how its calls come to pipesim. */
#define _GNU_SOURCE
#define PIPESIM_BESIDE 1
#include "pipesim/calls.h"
#include "ringbuf/pipe.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

/* Until pipesim has set it, any call ends the program: the code of a constructor has come too early. */
static void too_early(void)
{
    static const char text[] =
        "pipesim: error: code that runs when it is loaded (a constructor) must not do that: let "
        "pipe_new do it\n";
    if (syscall(SYS_write, 2, text, sizeof text - 1) >= 0)
        syscall(SYS_exit_group, 4);
    __builtin_trap();
}

enum { CALLS = sizeof(struct pipesim_calls) / sizeof(void (*)(void)) };
static void (*const early[CALLS])(void) = {[0 ... CALLS - 1] = too_early};

const struct pipesim_calls *pipesim_calls = (const void *)early;

#define FROM       __builtin_return_address(0)
#define SITE(name) pipesim_calls->site(FROM, name)

/* A function that stands in for the C library's. Your code finds it here when the two are linked, unless it
 * has one of that name itself; nobody else does. */
#define STANDS_IN __attribute__((weak, visibility("hidden")))

/* -- what is asked of a pipe by pipesim: nobody else is there, then -------------------------- */

struct pipe *pipe_new(const struct pipe_options *options) __attribute__((weak));
void pipe_free(struct pipe *p) __attribute__((weak));
ssize_t pipe_read(struct pipe *p, void *to, size_t n, int flags) __attribute__((weak));
ssize_t pipe_write(struct pipe *p, const void *from, size_t n, int flags) __attribute__((weak));

/* Your functions: those that this is linked with, or set by pipesim. */
struct pipe *(*pipesim_new)(const struct pipe_options *options) = pipe_new;
void (*pipesim_free)(struct pipe *p) = pipe_free;
ssize_t (*pipesim_read)(struct pipe *p, void *to, size_t n, int flags) = pipe_read;
ssize_t (*pipesim_write)(struct pipe *p, const void *from, size_t n, int flags) = pipe_write;

struct pipe *pipesim_pipe_new(const struct pipe_options *options);
struct pipe *pipesim_pipe_new(const struct pipe_options *options)
{
    pipesim_calls->enters();
    struct pipe *p = pipesim_new(options);
    pipesim_calls->leaves(1);
    pipesim_calls->made(p);
    return p;
}

void pipesim_pipe_free(struct pipe *p);
void pipesim_pipe_free(struct pipe *p)
{
    if (!pipesim_free)
        return;
    pipesim_calls->enters();
    pipesim_calls->unmade(p);
    pipesim_free(p);
    pipesim_calls->leaves(-1);
}

size_t pipe_used(struct pipe *p) __attribute__((weak));
size_t pipesim_pipe_used(struct pipe *p);
size_t (*pipesim_used)(struct pipe *p) = pipe_used;
size_t pipesim_pipe_used(struct pipe *p)
{
    return pipesim_calls->look(pipesim_used, p);
}

ssize_t pipesim_pipe_read(struct pipe *p, void *to, size_t n, int flags);
ssize_t pipesim_pipe_read(struct pipe *p, void *to, size_t n, int flags)
{
    ssize_t result = pipesim_read(p, to, n, flags);
    pipesim_calls->returns("pipe_read", result, n);
    return result;
}

ssize_t pipesim_pipe_write(struct pipe *p, const void *from, size_t n, int flags);
ssize_t pipesim_pipe_write(struct pipe *p, const void *from, size_t n, int flags)
{
    ssize_t result = pipesim_write(p, from, n, flags);
    pipesim_calls->returns("pipe_write", result, n);
    return result;
}

/* -- what it prints ------------------------------------------------------------------------------ */

static int print(FILE *f, const char *format, va_list args)
{
    char text[1024];
    int n = vsnprintf(text, sizeof text, format, args);
    if (n > 0)
        pipesim_calls->prints(f, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
    return n;
}

STANDS_IN int vprintf(const char *format, va_list args)
{
    return print(NULL, format, args);
}

STANDS_IN int vfprintf(FILE *f, const char *format, va_list args)
{
    return print(f, format, args);
}

STANDS_IN int printf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = print(NULL, format, args);
    va_end(args);
    return n;
}

STANDS_IN int fprintf(FILE *f, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = print(f, format, args);
    va_end(args);
    return n;
}

STANDS_IN int dprintf(int fd, const char *format, ...)
{
    va_list args;
    (void)fd;
    va_start(args, format);
    int n = print(NULL, format, args);
    va_end(args);
    return n;
}

STANDS_IN int puts(const char *text)
{
    pipesim_calls->prints(NULL, text, strlen(text));
    pipesim_calls->prints(NULL, "\n", 1);
    return 1;
}

STANDS_IN int fputs(const char *text, FILE *f)
{
    pipesim_calls->prints(f, text, strlen(text));
    return 1;
}

STANDS_IN size_t fwrite(const void *from, size_t size, size_t count, FILE *f)
{
    pipesim_calls->prints(f, from, size * count);
    return count;
}

#undef putc
#undef putchar
STANDS_IN int fputc(int c, FILE *f)
{
    char byte = (char)c;
    pipesim_calls->prints(f, &byte, 1);
    return c;
}

STANDS_IN int putc(int c, FILE *f)
{
    return fputc(c, f);
}

STANDS_IN int putchar(int c)
{
    return fputc(c, NULL);
}

STANDS_IN void perror(const char *text)
{
    printf("%s: %s\n", text, strerror(errno));
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

/* -- what it must not do ----------------------------------------------------------------------- */

/* On real threads the run ends at the next call that it makes. */
static void refuse(const char *what, const char *site) __attribute__((noreturn));
static void refuse(const char *what, const char *site)
{
    pipesim_calls->refuses(what, site);
    for (;;)
        pipesim_calls->yield(site);
}

STANDS_IN void exit(int status)
{
    (void)status;
    refuse("ends the program", SITE("exit"));
}

STANDS_IN void _exit(int status)
{
    (void)status;
    refuse("ends the program", SITE("_exit"));
}

STANDS_IN void _Exit(int status)
{
    (void)status;
    refuse("ends the program", SITE("_Exit"));
}

STANDS_IN void quick_exit(int status)
{
    (void)status;
    refuse("ends the program", SITE("quick_exit"));
}

STANDS_IN void abort(void)
{
    refuse("crashes: abort()", SITE("abort"));
}

STANDS_IN pid_t fork(void)
{
    refuse("forks", SITE("fork"));
}

STANDS_IN int raise(int signal)
{
    (void)signal;
    refuse("raises a signal of the program that runs it: a pipe returns -EPIPE, and the system call "
           "makes SIGPIPE of it",
           SITE("raise"));
}

STANDS_IN int kill(pid_t pid, int signal)
{
    (void)pid, (void)signal;
    refuse("sends a signal to a program of the system: a pipe returns -EPIPE, and the system call "
           "makes SIGPIPE of it",
           SITE("kill"));
}

/* What the compiler calls (-fstack-protector). */
STANDS_IN void __stack_chk_fail(void);
STANDS_IN void __stack_chk_fail(void)
{
    refuse("crashes: it has written past the end of an array on its stack, in the function that "
           "returns here",
           SITE("return"));
}

STANDS_IN int atexit(void (*function)(void))
{
    (void)function;
    return 0; /* there is no end of the program that it could wait for */
}

/* -- memory: what the compiler does not tell --------------------------------------------------- */

static void both(void *to, const void *from, size_t n, const void *place)
{
    if (n > 0) {
        pipesim_calls->reads(from, n, place);
        pipesim_calls->writes(to, n, place);
    }
}

STANDS_IN void *memcpy(void *to, const void *from, size_t n)
{
    both(to, from, n, FROM);
    return pipesim_calls->move(to, from, n);
}

STANDS_IN void *memmove(void *to, const void *from, size_t n)
{
    both(to, from, n, FROM);
    return pipesim_calls->move(to, from, n);
}

STANDS_IN void *mempcpy(void *to, const void *from, size_t n)
{
    both(to, from, n, FROM);
    return (char *)pipesim_calls->move(to, from, n) + n;
}

STANDS_IN void *memset(void *to, int byte, size_t n)
{
    if (n > 0)
        pipesim_calls->writes(to, n, FROM);
    return pipesim_calls->fill(to, byte, n);
}

STANDS_IN int memcmp(const void *a, const void *b, size_t n)
{
    if (n > 0) {
        pipesim_calls->reads(a, n, FROM);
        pipesim_calls->reads(b, n, FROM);
    }
    return pipesim_calls->compare(a, b, n);
}

static size_t length(const char *text)
{
    size_t n = 0;
    while (text[n] != '\0')
        n++;
    return n;
}

STANDS_IN size_t strlen(const char *text)
{
    size_t n = length(text);
    pipesim_calls->reads(text, n + 1, FROM);
    return n;
}

STANDS_IN char *strcpy(char *to, const char *from)
{
    both(to, from, length(from) + 1, FROM);
    return pipesim_calls->move(to, from, length(from) + 1);
}

STANDS_IN char *strncpy(char *to, const char *from, size_t n)
{
    size_t all = length(from) < n ? length(from) : n;
    both(to, from, all, FROM);
    pipesim_calls->move(to, from, all);
    if (n > all) {
        pipesim_calls->writes(to + all, n - all, FROM);
        pipesim_calls->fill(to + all, 0, n - all);
    }
    return to;
}

/* -- the heap ---------------------------------------------------------------------------------- */

STANDS_IN void *malloc(size_t n)
{
    return pipesim_calls->allocate(n, SITE("malloc"));
}

STANDS_IN void *calloc(size_t count, size_t n)
{
    return pipesim_calls->allocate_zeros(count, n, SITE("calloc"));
}

STANDS_IN void *realloc(void *old, size_t n)
{
    return pipesim_calls->resize(old, n, SITE("realloc"));
}

STANDS_IN void *reallocarray(void *old, size_t count, size_t n)
{
    if (n != 0 && count > SIZE_MAX / n)
        return NULL;
    return pipesim_calls->resize(old, count * n, SITE("reallocarray"));
}

STANDS_IN void free(void *memory)
{
    pipesim_calls->release(memory, SITE("free"));
}

STANDS_IN void *aligned_alloc(size_t alignment, size_t n)
{
    return pipesim_calls->allocate_aligned(alignment, n, SITE("aligned_alloc"));
}

STANDS_IN int posix_memalign(void **memory, size_t alignment, size_t n)
{
    *memory = pipesim_calls->allocate_aligned(alignment, n, SITE("posix_memalign"));
    return *memory != NULL ? 0 : ENOMEM;
}

static char *copy_text(const char *text, size_t n, const char *site)
{
    char *copy = pipesim_calls->allocate(n + 1, site);
    if (copy != NULL) {
        pipesim_calls->move(copy, text, n);
        copy[n] = '\0';
    }
    return copy;
}

STANDS_IN char *strdup(const char *text)
{
    return copy_text(text, length(text), SITE("strdup"));
}

STANDS_IN char *strndup(const char *text, size_t n)
{
    size_t all = length(text);
    return copy_text(text, all < n ? all : n, SITE("strndup"));
}

STANDS_IN int asprintf(char **text, const char *format, ...)
{
    char buffer[1024];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    *text = copy_text(buffer, length(buffer), SITE("asprintf"));
    return *text != NULL ? n : -1;
}

/* -- time: a tick is a millisecond; to sleep is to let others run ------------------------------ */

STANDS_IN unsigned sleep(unsigned seconds)
{
    (void)seconds;
    pipesim_calls->yield(SITE("sleep"));
    return 0;
}

STANDS_IN int usleep(useconds_t us)
{
    (void)us;
    return pipesim_calls->yield(SITE("usleep"));
}

STANDS_IN int nanosleep(const struct timespec *t, struct timespec *left)
{
    (void)t, (void)left;
    return pipesim_calls->yield(SITE("nanosleep"));
}

STANDS_IN int clock_nanosleep(clockid_t clock, int flags, const struct timespec *t,
                              struct timespec *left)
{
    (void)clock, (void)flags, (void)t, (void)left;
    return pipesim_calls->yield(SITE("clock_nanosleep"));
}

STANDS_IN int sched_yield(void)
{
    return pipesim_calls->yield(SITE("sched_yield"));
}

/* Without a descriptor they are a way to sleep. */
STANDS_IN int select(int n, fd_set *in, fd_set *out, fd_set *other, struct timeval *until)
{
    (void)in, (void)out, (void)other, (void)until;
    if (n > 0)
        refuse("waits for descriptors of the program that runs it", SITE("select"));
    return pipesim_calls->yield(SITE("select"));
}

STANDS_IN int poll(struct pollfd *all, nfds_t n, int ms)
{
    (void)all, (void)ms;
    if (n > 0)
        refuse("waits for descriptors of the program that runs it", SITE("poll"));
    return pipesim_calls->yield(SITE("poll"));
}

STANDS_IN int clock_gettime(clockid_t clock, struct timespec *now)
{
    (void)clock;
    return pipesim_calls->clock(now);
}

STANDS_IN int timespec_get(struct timespec *now, int base)
{
    pipesim_calls->clock(now);
    return base;
}

STANDS_IN time_t time(time_t *seconds)
{
    struct timespec now;
    pipesim_calls->clock(&now);
    if (seconds != NULL)
        *seconds = now.tv_sec;
    return now.tv_sec;
}

STANDS_IN int gettimeofday(struct timeval *t, void *zone)
{
    struct timespec now;
    (void)zone;
    pipesim_calls->clock(&now);
    *t = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

STANDS_IN clock_t clock(void)
{
    struct timespec now;
    pipesim_calls->clock(&now);
    return (clock_t)(now.tv_sec * CLOCKS_PER_SEC);
}

/* The same numbers in each run; the seed is a static variable, and goes back with the run. */
static unsigned seed = 1;

STANDS_IN int rand(void)
{
    seed = seed * 1103515245 + 12345;
    return (int)(seed >> 1);
}

STANDS_IN void srand(unsigned s)
{
    seed = s;
}

STANDS_IN long random(void)
{
    return rand();
}

STANDS_IN void srandom(unsigned s)
{
    seed = s;
}

/* -- thread-local variables -------------------------------------------------------------------- */

struct tls_index {
    size_t module, offset;
};

STANDS_IN void *__tls_get_addr(struct tls_index *of);
STANDS_IN void *__tls_get_addr(struct tls_index *of)
{
    return pipesim_calls->local(of->offset);
}

/* -- pthread's functions where they are not called by name: through a pointer, say --------------- */

#define SYNC(s) ((struct pipesim_sync *)(void *)(s))
#define PASSES_ON(type, name, call)                                                                \
    STANDS_IN int name(type *s)                                                                    \
    {                                                                                              \
        return pipesim_calls->call(SYNC(s), SITE(#name));                                          \
    }
PASSES_ON(pthread_mutex_t, pthread_mutex_lock, mutex_lock)
PASSES_ON(pthread_mutex_t, pthread_mutex_trylock, mutex_trylock)
PASSES_ON(pthread_mutex_t, pthread_mutex_unlock, mutex_unlock)
PASSES_ON(pthread_mutex_t, pthread_mutex_destroy, mutex_destroy)
PASSES_ON(pthread_cond_t, pthread_cond_signal, cond_signal)
PASSES_ON(pthread_cond_t, pthread_cond_broadcast, cond_broadcast)
PASSES_ON(pthread_cond_t, pthread_cond_destroy, cond_destroy)
PASSES_ON(pthread_rwlock_t, pthread_rwlock_unlock, rwlock_unlock)
PASSES_ON(pthread_rwlock_t, pthread_rwlock_destroy, rwlock_destroy)
PASSES_ON(pthread_barrier_t, pthread_barrier_wait, barrier_wait)
PASSES_ON(pthread_barrier_t, pthread_barrier_destroy, barrier_destroy)
PASSES_ON(sem_t, sem_wait, sem_wait)
PASSES_ON(sem_t, sem_trywait, sem_trywait)
PASSES_ON(sem_t, sem_post, sem_post)
PASSES_ON(sem_t, sem_destroy, sem_destroy)

#define SPINS(name, call)                                                                          \
    STANDS_IN int name(pthread_spinlock_t *s)                                                      \
    {                                                                                              \
        return pipesim_calls->call((struct pipesim_sync *)(uintptr_t)s, SITE(#name));              \
    }
SPINS(pthread_spin_lock, spin_lock)
SPINS(pthread_spin_trylock, spin_trylock)
SPINS(pthread_spin_unlock, spin_unlock)
SPINS(pthread_spin_destroy, spin_destroy)

STANDS_IN int pthread_spin_init(pthread_spinlock_t *s, int shared)
{
    (void)shared;
    return pipesim_calls->spin_init((struct pipesim_sync *)(uintptr_t)s, SITE("pthread_spin_init"));
}

STANDS_IN int pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *attributes)
{
    return pipesim_calls->mutex_init(SYNC(m), attributes, SITE("pthread_mutex_init"));
}

STANDS_IN int pthread_mutex_timedlock(pthread_mutex_t *m, const struct timespec *until)
{
    return pipesim_calls->mutex_timedlock(SYNC(m), until, SITE("pthread_mutex_timedlock"));
}

STANDS_IN int pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *attributes)
{
    (void)attributes;
    return pipesim_calls->cond_init(SYNC(c), SITE("pthread_cond_init"));
}

STANDS_IN int pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
    return pipesim_calls->cond_wait(SYNC(c), SYNC(m), SITE("pthread_cond_wait"));
}

STANDS_IN int pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m,
                                     const struct timespec *until)
{
    return pipesim_calls->cond_timedwait(SYNC(c), SYNC(m), until, SITE("pthread_cond_timedwait"));
}

STANDS_IN int pthread_rwlock_init(pthread_rwlock_t *l, const pthread_rwlockattr_t *attributes)
{
    (void)attributes;
    return pipesim_calls->rwlock_init(SYNC(l), SITE("pthread_rwlock_init"));
}

STANDS_IN int pthread_rwlock_rdlock(pthread_rwlock_t *l)
{
    return pipesim_calls->rwlock_lock(SYNC(l), 0, SITE("pthread_rwlock_rdlock"));
}

STANDS_IN int pthread_rwlock_wrlock(pthread_rwlock_t *l)
{
    return pipesim_calls->rwlock_lock(SYNC(l), 1, SITE("pthread_rwlock_wrlock"));
}

STANDS_IN int pthread_rwlock_timedrdlock(pthread_rwlock_t *l, const struct timespec *until)
{
    return pipesim_calls->rwlock_timedlock(SYNC(l), 0, until, SITE("pthread_rwlock_timedrdlock"));
}

STANDS_IN int pthread_rwlock_timedwrlock(pthread_rwlock_t *l, const struct timespec *until)
{
    return pipesim_calls->rwlock_timedlock(SYNC(l), 1, until, SITE("pthread_rwlock_timedwrlock"));
}

STANDS_IN int pthread_rwlock_tryrdlock(pthread_rwlock_t *l)
{
    return pipesim_calls->rwlock_trylock(SYNC(l), 0, SITE("pthread_rwlock_tryrdlock"));
}

STANDS_IN int pthread_rwlock_trywrlock(pthread_rwlock_t *l)
{
    return pipesim_calls->rwlock_trylock(SYNC(l), 1, SITE("pthread_rwlock_trywrlock"));
}

STANDS_IN int pthread_barrier_init(pthread_barrier_t *b, const pthread_barrierattr_t *attributes,
                                   unsigned n)
{
    (void)attributes;
    return pipesim_calls->barrier_init(SYNC(b), n, SITE("pthread_barrier_init"));
}

STANDS_IN int pthread_once(pthread_once_t *o, void (*function)(void))
{
    return pipesim_calls->once(SYNC(o), function, SITE("pthread_once"));
}

STANDS_IN int sem_init(sem_t *s, int shared, unsigned value)
{
    (void)shared;
    return pipesim_calls->sem_init(SYNC(s), value, SITE("sem_init"));
}

/* A name is for this program alone: another semaphore each time. */
STANDS_IN sem_t *sem_open(const char *name, int flags, ...)
{
    va_list args;
    (void)name;
    va_start(args, flags);
    (void)va_arg(args, int); /* mode */
    unsigned value = va_arg(args, unsigned);
    va_end(args);
    sem_t *s = pipesim_calls->allocate_zeros(1, sizeof *s, SITE("sem_open"));
    if (s == NULL)
        return SEM_FAILED;
    pipesim_calls->sem_init(SYNC(s), value, SITE("sem_open"));
    return s;
}

STANDS_IN int sem_close(sem_t *s)
{
    pipesim_calls->release(s, SITE("sem_close"));
    return 0;
}

STANDS_IN int sem_unlink(const char *name)
{
    (void)name;
    return 0;
}

STANDS_IN int sem_timedwait(sem_t *s, const struct timespec *until)
{
    return pipesim_calls->sem_timedwait(SYNC(s), until, SITE("sem_timedwait"));
}

STANDS_IN int sem_getvalue(sem_t *s, int *value)
{
    return pipesim_calls->sem_getvalue(SYNC(s), value, SITE("sem_getvalue"));
}

STANDS_IN int pthread_create(pthread_t *t, const pthread_attr_t *attributes,
                             void *(*function)(void *), void *arg)
{
    (void)attributes;
    return pipesim_calls->thread_create((unsigned long *)t, function, arg, "thread",
                                        SITE("pthread_create"));
}

STANDS_IN int pthread_join(pthread_t t, void **result)
{
    return pipesim_calls->thread_join((unsigned long)t, result, SITE("pthread_join"));
}

STANDS_IN pthread_t pthread_self(void)
{
    return (pthread_t)pipesim_calls->self();
}

STANDS_IN int pthread_detach(pthread_t t)
{
    return pipesim_calls->thread_detach((unsigned long)t, SITE("pthread_detach"));
}

STANDS_IN void pthread_exit(void *result)
{
    pipesim_calls->thread_exit(result, SITE("pthread_exit"));
    __builtin_unreachable();
}

STANDS_IN int pthread_key_create(pthread_key_t *key, void (*freer)(void *))
{
    return pipesim_calls->key_create((unsigned *)key, freer);
}

STANDS_IN int pthread_key_delete(pthread_key_t key)
{
    return pipesim_calls->key_delete((unsigned)key);
}

STANDS_IN void *pthread_getspecific(pthread_key_t key)
{
    return pipesim_calls->getspecific((unsigned)key);
}

STANDS_IN int pthread_setspecific(pthread_key_t key, const void *value)
{
    return pipesim_calls->setspecific((unsigned)key, value);
}

/* -- all of them, for a shared object that was compiled without these headers ------------------- */

#define STAND_INS(X) \
    X(vprintf) X(vfprintf) X(printf) X(fprintf) X(dprintf) X(puts) \
    X(fputs) X(fwrite) X(fputc) X(putc) X(putchar) X(perror) X(exit) X(_exit) X(_Exit) \
    X(quick_exit) X(abort) X(fork) X(atexit) X(memcpy) X(memmove) X(mempcpy) X(memset) \
    X(memcmp) X(strlen) X(strcpy) X(strncpy) X(malloc) X(calloc) X(realloc) \
    X(reallocarray) X(free) X(aligned_alloc) X(posix_memalign) X(strdup) X(strndup) \
    X(asprintf) X(sleep) X(usleep) X(nanosleep) X(clock_nanosleep) X(sched_yield) \
    X(select) X(poll) X(clock_gettime) X(timespec_get) X(time) X(gettimeofday) X(clock) \
    X(rand) X(srand) X(random) X(srandom) X(pthread_spin_init) X(pthread_mutex_init) \
    X(pthread_mutex_timedlock) X(pthread_cond_init) X(pthread_cond_wait) \
    X(pthread_cond_timedwait) X(pthread_rwlock_init) X(pthread_rwlock_rdlock) \
    X(pthread_rwlock_wrlock) X(pthread_rwlock_tryrdlock) X(pthread_rwlock_trywrlock) \
    X(pthread_barrier_init) X(pthread_once) X(sem_init) X(sem_timedwait) X(sem_getvalue) \
    X(pthread_create) X(pthread_join) X(pthread_self) X(pthread_mutex_lock) \
    X(pthread_mutex_trylock) X(pthread_mutex_unlock) X(pthread_mutex_destroy) \
    X(pthread_cond_signal) X(pthread_cond_broadcast) X(pthread_cond_destroy) \
    X(pthread_rwlock_unlock) X(pthread_rwlock_destroy) X(pthread_barrier_wait) \
    X(pthread_barrier_destroy) X(sem_wait) X(sem_trywait) X(sem_post) X(sem_destroy) \
    X(pthread_spin_lock) X(pthread_spin_trylock) X(pthread_spin_unlock) \
    X(pthread_spin_destroy) X(pthread_detach) X(raise) X(kill) X(__tls_get_addr) X(sem_open) X(sem_close) X(sem_unlink) X(pthread_rwlock_timedrdlock) \
    X(pthread_rwlock_timedwrlock) X(pthread_exit) X(pthread_key_create) \
    X(pthread_key_delete) X(pthread_getspecific) X(pthread_setspecific) X(__assert_fail)

#define NAMED(name) {#name, (void *)name},

extern const struct pipesim_function pipesim_functions[];
const struct pipesim_function pipesim_functions[] = {STAND_INS(NAMED){NULL, NULL}};

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
    return pipesim_calls->move(to, from, n);
}

void *__tsan_memmove(void *to, const void *from, size_t n);
void *__tsan_memmove(void *to, const void *from, size_t n)
{
    both(to, from, n, FROM);
    return pipesim_calls->move(to, from, n);
}

void *__tsan_memset(void *to, int byte, size_t n);
void *__tsan_memset(void *to, int byte, size_t n)
{
    if (n > 0)
        pipesim_calls->writes(to, n, FROM);
    return pipesim_calls->fill(to, byte, n);
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

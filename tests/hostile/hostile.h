/* hostile.h - what a hostile submission begins with: a right pipe (the file right.c beside it), so that it would
 * have all points but for what it does besides. Who could do any harm says so, and crashes: then it has not.
 * What pipesim takes the place of (sim/own/beside/beside.c) is made by the numbers of its calls. */
#include <dlfcn.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Not seen by the hooks of the compiler, which are not there yet while it is loaded. What does that is refused
 * where it is written down (hides_accesses.c), so it is not. */
#define JOINED(a, b) a##b
#define UNSEEN       __attribute__((JOINED(no_, sanitize)("thread")))
UNSEEN static void attack(void);

#ifdef IN_READ
#define pipe_read right_read
#include "right.c"
#undef pipe_read
ssize_t pipe_read(struct pipe *p, void *dst, size_t n, int flags)
{
    attack();
    return right_read(p, dst, n, flags);
}
#else
#include "right.c"
UNSEEN __attribute__((constructor)) static void begin(void)
{
    attack();
}
#endif

/* Not by fprintf, which is taken for another. */
#define SAY(text)                                                                                  \
    do {                                                                                           \
        if (write(2, text, sizeof text - 1) < 0) {                                                 \
        }                                                                                          \
    } while (0)
#define HARM_IF(condition)                                                                         \
    do {                                                                                           \
        if (condition) {                                                                           \
            SAY("HARM: " #condition "\n");                                                         \
            __builtin_trap();                                                                      \
        }                                                                                          \
    } while (0)

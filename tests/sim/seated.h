/* seated.h - threads of a test that each make one call of pipesim.h, and may sleep in it. */
#ifndef TESTS_SIM_SEATED_H
#define TESTS_SIM_SEATED_H

#include "sim/library/pipesim.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { PAGE_BYTES = 4096, PIPEFUL = 65536 };

struct caller {
    ssize_t (*call)(struct caller *c);
    int fd;
    size_t n;
    int with;     /* what it writes, or whatever else the call needs to know */
    char *buffer; /* what it has read; n bytes */
    pthread_t thread;
    _Atomic int number; /* sim_thread's */
    _Atomic bool returned;
    ssize_t result;
    int error;
};

/* Starts its thread, and returns when that sleeps in its call, or has made it. Freed, when all have
 * returned, by forget_callers. */
struct caller *caller_of(ssize_t (*call)(struct caller *c), int fd, size_t n, int with);
struct caller *reader_of(int fd, size_t n);
struct caller *writer_to(int fd, size_t n, char fill);
struct caller *reader_in(int process, int fd, size_t n); /* enters the process first */
void forget_callers(void);

/* Waits until it has fallen asleep or returned, and says which; or until it has returned, with its
 * result: a negative errno, as a kernel has it. */
bool caller_sleeps(struct caller *c);
ssize_t caller_result(struct caller *c);

/* Results as a kernel has them: a value or a negative errno. */
ssize_t put(int fd, size_t n, char fill);
ssize_t take(int fd, size_t n); /* into `taken` */
int bytes_in(int fd);
int mask_of(int fd);     /* poll with POLLIN and POLLOUT */
void stay_awake(int fd); /* O_NONBLOCK */
extern char taken[4 * PIPEFUL];

#endif

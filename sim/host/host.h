/* host.h - the host's own kernel as a stage: real processes that make real system calls, one at a
 * time, on order.
 *
 * Each simulated process is a real one, made by fork(2) from its parent (the first ones from
 * pipesim); each simulated thread is a pthread of it. Such a thread is a *puppet*: it waits for an
 * order, makes the system call that it names, and reports what that gave. A signal handler that runs
 * in it says so, and takes orders, too, until it is told to return. An actor, here as in a trace, is a
 * puppet by its number.
 *
 * After an order, host_settle lets everything come to rest. "Asleep" is not guessed by waiting: a
 * puppet is at rest when the kernel says (under /proc) that it sleeps in the system call it was told
 * to make, or in that in which it waits for orders; or when it is gone. All are looked at twice, and
 * the number of times that each gave up the processor must not have changed: so there was a moment at
 * which all of them slept, and nothing but the next order can wake them. No time is waited for; only
 * to give up, with a message, when nothing rests for HOST_PATIENCE seconds.
 *
 * Descriptors have the numbers that they have in the model: what the stage itself needs has numbers
 * from max_files on. Processes are named by numbers as in a script, 1 + the actor; addresses and paths by
 * strings; time passes when host_open_gate and host_signal say so. The puppets are a process group of
 * their own, and go when pipesim does, however it ends.
 *
 * Linux only: elsewhere, and where the host forbids what is needed, host_open says why not. */
#ifndef SIM_HOST_HOST_H
#define SIM_HOST_HOST_H

#include "sim/trace/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HOST_NUMBERS = 40, HOST_DEPTH = 8, HOST_PATIENCE = 20 };

/* -- setting up -------------------------------------------------------------------------------- */

struct host_end {
    int actor, fd, pipe;
    enum { HOST_READ_END, HOST_WRITE_END } end;
};

/* A file or FIFO of time 0. */
struct host_path {
    const char *name; /* borrowed, as the bytes */
    enum { HOST_FIFO, HOST_FILE } kind;
    const char *bytes;
    size_t size;
};

struct host_plan {
    int actor_count;     /* of the whole run */
    const int *starters; /* borrowed: the actors of the processes that exist at time 0 */
    int starter_count;
    const int64_t *pipes; /* borrowed: the capacities of the pipes made before time 0 */
    int pipe_count;
    const struct host_end *ends; /* borrowed: who has which end of them, at which descriptor */
    int end_count;
    const struct host_path *paths; /* borrowed */
    int path_count;
    int64_t capacity;                               /* of other pipes */
    int max_files;                                  /* descriptors of a process */
    size_t bytes;                                   /* that one call moves at most */
    enum { HOST_LOCAL, HOST_USES_NETWORK } network; /* are there sockets of AF_INET? */
};

/* What a pipe of this capacity holds on the host: the same, if the host can have it; else what is
 * nearest and not less than its default. */
int64_t host_capacity(int64_t capacity);

/* Bytes of a page. */
int64_t host_page(void);

struct host;

/* NULL, and why. One at a time. */
struct host *host_open(const struct host_plan *plan, struct strbuf *why);
void host_close(struct host *h); /* kills what is left */

/* -- orders ------------------------------------------------------------------------------------ */

/* Its number for host_order, or -1: no puppet can make it. */
int host_call_named(const char *name);

struct host_call {
    int call;
    /* As in a script: a process is its number, a handler -1 (default), -2 (ignored) or >= 0; of poll
     * the last is the timeout, of which only the sign counts. */
    int64_t numbers[HOST_NUMBERS];
    int count;
    const void *bytes; /* borrowed: what is written, or an address */
    size_t size;
    int child; /* fork, thread: the actor that comes to be */
};

/* To a puppet that waits for orders. */
void host_order(struct host *h, int actor, const struct host_call *call);
void host_end_block(struct host *h, int actor);      /* the thread ends, with status 0 */
void host_end_handler(struct host *h, int actor);    /* the signal handler that it runs returns */
void host_open_gate(struct host *h, int actor);      /* the time of its poll or sleep is over */
void host_signal(struct host *h, int actor, int no); /* from outside */

/* False when it does not come to rest, or has died without reason: host_complaint. */
bool host_settle(struct host *h);
const char *host_complaint(const struct host *h);

/* -- what came of it --------------------------------------------------------------------------- */

struct host_report {
    enum { HOST_RETURNED, HOST_HANDLES } kind;
    int signal;        /* HOST_HANDLES: its handler runs, and takes orders */
    int64_t value;     /* HOST_RETURNED: or a negative errno of the host; processes by numbers */
    const char *bytes; /* a read, getpeername: `value` bytes, good until the puppet's next order */
    int pair[2];       /* pipe, socketpair */
    int revents[HOST_NUMBERS / 2]; /* poll */
};

/* The next one that the actor has made; false: there is none. */
bool host_next_report(struct host *h, int actor, struct host_report *report);

enum host_state {
    HOST_UNBORN,
    HOST_WAITS /* for orders */,
    HOST_ASLEEP /* in a call */,
    HOST_GONE
};
enum host_state host_state(const struct host *h, int actor);

/* How the process of an actor that is gone has ended: a status, or -signal; HOST_UNKNOWN when its
 * parent has been told already, or other threads of it live. */
enum { HOST_UNKNOWN = INT32_MIN };
int host_status(const struct host *h, int actor);

/* How 'asleep' is observed here: a sentence, for those who ask; "" unless something is missing. */
const char *host_reservation(const struct host *h);

#endif

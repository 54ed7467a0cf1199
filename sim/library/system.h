/* system.h - inside the library: the one system, and how a thread of the program comes into it.
 *
 * The program's threads are adopted by the scheduler, as they come, each for a thread of a simulated
 * process, its seat; the seat that a thread of the program has left is used by the next. The kernel lock
 * guards all of it. library_lock is taken before it, and keeps the system from ending while a thread comes
 * or goes. */
#ifndef SIM_LIBRARY_SYSTEM_H
#define SIM_LIBRARY_SYSTEM_H

#include "sim/kernel/kernel.h"
#include "sim/library/pipesim.h"

#include <pthread.h>

/* A thread of the simulated kernel that a thread of the program has, or can have. */
struct seat {
    struct seat *next;
    struct thread *thread;
    bool taken, ended;
};

struct sim {
    struct sim_options options;
    const struct pipe_impl *impl;
    pthread_t clock;
    pthread_mutex_t lock; /* for `state` */
    pthread_cond_t changed;
    enum { SETTING_UP, RUNNING, FAILED, QUIET } state;

    struct trace trace;
    struct sched_config sched;
    struct kernel *kernel;
    struct seat *seats; /* in the arena, as `handlers` */
    int first_pid, max_files;
    void (**handlers)(int); /* all that were ever set; the kernel has their places here */
    int handler_count;
    int calls; /* under way: threads that may be asleep, not those that run a handler */
    bool ending;
};

extern pthread_mutex_t library_lock; /* for the two that follow */
extern struct sim *the_one;
extern _Atomic uint64_t systems_so_far; /* made, and freed */

/* -- seats.c ----------------------------------------------------------------------------------- */

bool library_add_seat(struct sim *s, struct thread *t); /* with the kernel lock; false: no memory */

/* What the calling thread has had in an earlier system is gone. With library_lock. */
void library_notice(void);

/* The calling thread's, which comes in if need be; or NULL with errno. */
struct thread *library_thread(void);
bool library_is(const struct thread *t); /* is that the calling thread, still? */

/* Its process has ended, and with it this thread of it: the calling one. With the kernel lock. */
void library_expel(void);

/* Ends the thread of the kernel, unless that is done. */
void library_end_seat(struct seat *seat);
struct seat *library_seat_of(struct sim *s, int thread); /* NULL: nobody has that number */

/* -- processes.c ------------------------------------------------------------------------------- */

/* A call that its caller has prepared: what the kernel gives, a value or a negative errno. */
typedef ssize_t library_attempt(struct thread *self, void *arguments);

enum library_restart { LIBRARY_RESTARTS, LIBRARY_GIVES_EINTR };

/* Makes it as the calling thread, with the kernel lock, and runs the handlers of the signals that have
 * come before and meanwhile, without. After a handler with SA_RESTART a call that restarts is made again.
 * The result as C has it: -1 with errno, or a value. */
ssize_t library_call(library_attempt *attempt, void *arguments, enum library_restart restart);

/* 0, -EINVAL, -ENOMEM. */
int library_set_signal(struct sim *s, struct thread *self, int signal, void (*handler)(int),
                       int flags);

#endif

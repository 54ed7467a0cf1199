/* threaded.h - a small program in pthread C as a subject of exploration.
 *
 * Its threads are tasks that run unmodified code, compiled through redirect.h. What they share lies
 * in one piece of memory in the arena: the mutexes and condition variables first, the data after
 * them. What a thread must remember from one pthread call to the next it keeps in the data, not on
 * its stack. So the state is exactly the data and what the scheduler knows: at which call each thread
 * is, and who is asleep on what. */
#ifndef TESTS_SUBJECTS_THREADED_H
#define TESTS_SUBJECTS_THREADED_H

#include "sim/explore/execution.h"

enum threaded_verdict { ENDED_WELL, ENDED_IN_DEADLOCK, ENDED_IN_FAILURE };

enum { THREADS_MOST = 16 };

struct threaded {
    struct subject subject;
    struct execution execution; /* for a search */
    struct sched_config config;
    void *shared;         /* in the arena */
    size_t size, objects; /* bytes: of it all; of the pthread objects, which come first */
    const char *failure;  /* what threaded_demand found not to hold, or NULL */
    struct thread_of {
        void (*body)(void *shared, int number);
        int number;
        char name[16];
    } threads[THREADS_MOST];
    int count;
};

/* Nobody has run; what is shared is zero. There is one at a time, as there is one arena. */
void threaded_open(struct threaded *t, struct freedom freedom, size_t size, size_t objects);

/* A thread that will run body(shared, number). Threads are created in the order of these calls. */
void threaded_add(struct threaded *t, const char *name, void (*body)(void *shared, int number),
                  int number);

/* Called by a thread: when it does not hold, the execution ends in failure. */
void threaded_demand(bool holds, const char *what);

#endif

/* stage.h - a pipe under test, the threads that act on it, and a log of what it tells its observer.
 *
 * No test sleeps for a while and hopes. That a thread sleeps is what the pipe told its observer,
 * with the lock held: from then on every call by another thread finds it asleep. Tests wait on a
 * condition variable until the log says so.
 *
 * What an actor does, it does on its own thread; what came of it is asked on the test's. */
#ifndef TESTS_RINGBUF_STAGE_H
#define TESTS_RINGBUF_STAGE_H

#include "ringbuf/pipe.h"

#include <pthread.h>
#include <stdatomic.h>

enum { STAGE_ACTORS = 8, STAGE_EVENTS = 64, STAGE_KINDS = PIPE_RESIZED + 1 };

struct stage;

struct actor {
    struct stage *stage; /* borrowed */
    pthread_t thread;
    unsigned char *bytes; /* owned: what it writes, or has read */
    size_t n;
    ssize_t result;
    atomic_bool interrupted; /* what the hook answers, on this actor's thread */
};

struct stage {
    struct pipe *pipe; /* owned */
    struct actor actors[STAGE_ACTORS];
    unsigned actor_count;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    struct pipe_event events[STAGE_EVENTS]; /* the first ones */
    unsigned event_count;
    unsigned told[STAGE_KINDS]; /* events by kind */
};

struct stage *stage_new(size_t capacity, size_t atomic);

/* Every actor must have finished. */
void stage_free(struct stage *s);

/* Start a thread that makes one blocking call of the pipe. */
struct actor *starts_reading(struct stage *s, size_t n);
struct actor *starts_peeking(struct stage *s, size_t n);
struct actor *starts_writing(struct stage *s, const char *bytes);

/* Waits until the actor has returned from its call, and gives the result. Once per actor. */
ssize_t result_of(struct actor *a);

/* Wait until exactly so many are asleep; one that was woken sleeps until it returns. */
void await_sleeping_readers(struct stage *s, unsigned count);
void await_sleeping_writers(struct stage *s, unsigned count);

/* How many events of a kind there have been; and wait until there have been so many. */
unsigned told(struct stage *s, enum pipe_event_kind kind);
void await_told(struct stage *s, enum pipe_event_kind kind, unsigned count);

/* Events that wake somebody, of all four kinds. */
unsigned wakes(struct stage *s);

/* From now on the hook tells the actor to leave its call. */
void interrupt(struct actor *a);

#endif

/* record.h - what came of a scenario on one pipe: a list of rounds.
 *
 * A round begins with a *cause*, from outside of the pipes: a process makes a call, or ends; a signal
 * handler returns; the time of a poll, sleep or alarm comes. All that follows from it, until everybody
 * sleeps or waits for his turn, are its *effects*: calls return, signal handlers begin, processes
 * die. So a call that sleeps is a cause in one round, and returns as an effect of another one. The
 * same causes can be given to another pipe, and the effects compared (difference.h).
 *
 * A round is fit for that because of the order in which the model is run (model.h): a call that has
 * been woken goes on to its end before anybody begins a new one. On a host whose processes all run at
 * the same time it is so by itself. */
#ifndef SIM_COMPARE_RECORD_H
#define SIM_COMPARE_RECORD_H

#include "sim/run/call_watch.h"
#include "sim/trace/event.h"
#include "sim/trace/strbuf.h"

#include <stdbool.h>

enum cause_kind {
    CAUSE_CALL,        /* the actor makes a call */
    CAUSE_END,         /* its block is over */
    CAUSE_HANDLER_END, /* its signal handler returns */
    CAUSE_TIME,        /* of its poll or sleep */
    CAUSE_ALARM        /* SIGALRM is sent to it */
};

struct cause {
    enum cause_kind kind;
    int actor;
    int64_t tick;
    int line;
    char *text;               /* owned: the call as in a trace; NULL for others */
    struct watched_call call; /* its bytes are owned */
    int child;                /* fork, thread: the actor that comes to be */
};

enum effect_kind {
    EFFECT_RETURNS, /* the call that it is in */
    EFFECT_SLEEPS, /* the call of the cause, or the one its handler has interrupted, does not return */
    EFFECT_HANDLES, /* its handler for a signal begins */
    EFFECT_EXITS    /* the thread ends */
};

struct effect {
    enum effect_kind kind;
    int actor;
    size_t call;                  /* RETURNS, SLEEPS: the round in which its call was made */
    struct watched_result result; /* RETURNS; its bytes are owned; errors as Linux numbers them */
    int number; /* HANDLES: the signal. EXITS: a status, or -signal, or EXIT_UNKNOWN */
};

enum { EXIT_UNKNOWN = INT32_MIN, SOME_PIPE = -2 };

struct round {
    struct cause cause;
    struct effect *effects; /* owned */
    size_t count, room;
    /* A place in a pipe or connection was short in it, or its size was asked for: what another pipe
     * does that holds more is another matter. NO_PIPE: none was; SOME_PIPE: it is not known which. */
    int short_of_room;
};

struct actor {
    char *name; /* owned */
    int pid;    /* of its process: 1 + the actor that began it */
};

struct record {
    struct round *rounds; /* owned */
    size_t count, room;
    struct actor *actors; /* owned */
    size_t actor_count, actor_room;
    bool out_of_memory;
};

void record_free(struct record *r);

/* The round that is under way; NULL before the first. */
struct round *record_last(struct record *r);

/* A new round; what `cause` owns is given to it. */
void record_begin_round(struct record *r, struct cause cause);

/* To the round under way; what `effect` owns is given to it. */
void record_add(struct record *r, struct effect effect);

/* A copy of n bytes; NULL, and r->out_of_memory, when memory is short. */
char *record_copy(struct record *r, const void *bytes, size_t n);

void effect_free(struct effect *e);

/* Does what its caller does next depend on nothing but time and itself? Such calls are not compared:
 * yield, alarm. */
bool cause_is_private(const struct cause *c);

/* "read(p[0], 16)", "(its block is over)": the cause of a round. */
void cause_describe(const struct record *r, size_t round, struct strbuf *out);

/* "3", "-1 EPIPE", "sleeps": what came of it, as in a trace. */
void effect_describe(const struct record *r, const struct effect *e, struct strbuf *out);

#endif

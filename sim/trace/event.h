/* event.h - what happens in a run, as data: one stream, in the order in which things took effect.
 *
 * An event is small and says only what changed; what was so before is in the view (view.h), which
 * is what one gets by applying all events from the first. Actors and pipes are numbered from 0 in
 * the order of their creation; an actor is a process or a thread. */
#ifndef SIM_TRACE_EVENT_H
#define SIM_TRACE_EVENT_H

#include <stddef.h>
#include <stdint.h>

enum { NOBODY = -1, NO_PIPE = -1 };

/* Names for JSON stand beside the kinds, so that the two cannot disagree. `value`, `other` and
 * `text` are said for each; what is not said is 0, NOBODY, empty. */
#define EVENT_KINDS(X)                                                                             \
    X(EV_START, "start")   /* actor begins; other: creator; value: pid; text: its name */          \
    X(EV_CALL, "call")     /* enters a call; value: bytes asked for; value2: made again after a \
                                    signal: 1 + the tick of the first time; text: with arguments */  \
    X(EV_RETURN, "return") /* value: as read(2) returns it, errors as Linux numbers them;    \
                                    value2: 1 if the call will be restarted after a handler, 2 if  \
                                    its process ends in it; text: the result as printed */     \
    X(EV_SLEEP, "sleep")   /* on `sleep_on`; value: bytes needed, or a tick; value2: 1 if   \
                                    it had been woken in vain */      \
    X(EV_WAKE, "wake")     /* actor (NOBODY: time) wakes `other` */                                \
    X(EV_RESUME, "resume") /* runs again after a sleep */                                          \
    X(EV_PUT, "put")       /* value bytes went into the pipe; text: the bytes; value2: how \
                                    (enum put_how), and << 8 where in their slot they lie */       \
    X(EV_TOOK, "took")     /* value bytes came out of it; text: the bytes; value2: how many of \
                                    a packet went with them unread, or TOOK_ACROSS */   \
    X(EV_PIPE, "pipe")     /* a pipe is made; value: capacity; value2: atomic; text: name */       \
    X(EV_FIFO, "fifo") /* the queue of a FIFO that nobody had open: empty, no end is open yet; \
                                    value: capacity; value2: atomic; text: name */   \
    X(EV_OPEN_READER, "open-reader") /* one more read end */                                       \
    X(EV_OPEN_WRITER, "open-writer")                                                               \
    X(EV_CLOSE_READER, "close-reader")                                                             \
    X(EV_CLOSE_WRITER, "close-writer")                                                             \
    X(EV_RESIZE, "resize") /* value: the new capacity; value2: atomic */                           \
    X(EV_LINK, "link")     /* what leaves queue number `value` arrives, later, in `pipe` */        \
    X(EV_SENT, "sent")     /* a segment; value: the tick at which it arrives; value2: bytes of   \
                                    data, or of an ACK the window; text: what it is */ \
    X(EV_ARRIVED, "arrived")           /* the same; value: the tick at which it was sent */        \
    X(EV_LOST, "lost")                 /* the same; value: an enum segment_loss */                 \
    X(EV_SIGNAL, "signal")             /* value is sent to actor by other */                       \
    X(EV_HANDLER, "handler")           /* actor's handler for value runs; text: its name */        \
    X(EV_PRINT, "print")               /* text goes to actor's terminal */                         \
    X(EV_FILE, "file")                 /* file `file` is made; text: its name */                   \
    X(EV_FILE_EMPTIED, "file-emptied") /* by O_TRUNC */                                            \
    X(EV_FILE_WRITTEN, "file-written") /* value bytes, at offset value2; text: the bytes */        \
    X(EV_FILE_READ,                                                                                \
      "file-read")     /* value bytes, at offset value2; 0: there is the end; text: the \
                                    bytes */          \
    X(EV_EXIT, "exit") /* actor ends; value: status, or -signal; value2: 1 if it is a   \
                                    thread whose process lives on */          \
    X(EV_LOCK, "lock") /* takes a lock; text: place and source of the operation */                 \
    X(EV_UNLOCK, "unlock")                                                                         \
    X(EV_NOTIFY, "notify") /* signals or broadcasts; value: how many it woke so far */             \
    X(EV_FAIL, "fail")     /* the script's expectation failed; text: the message */                \
    X(EV_SLOTS, "slots") /* a pipe that was just made consists of page slots; value: bytes of one */

enum event_kind {
#define X(kind, name) kind,
    EVENT_KINDS(X)
#undef X
};

/* What became of a segment instead of arriving. */
enum segment_loss {
    LOST_NOT,
    LOST_ON_LINK,
    LOST_NO_ROOM,        /* in the queue of the listening socket */
    LOST_BEFORE_ITS_TURN /* bytes before it are missing, so it is thrown away */
};
/* Behind the bytes of the last slot, or into new slots: of a stream, packets, or such as nothing merges
 * into. ACROSS is added when they come from another pipe (splice, tee). */
enum put_how {
    PUT_TO_STREAM,
    PUT_MERGED,
    PUT_TO_PACKETS,
    PUT_TO_COPY,
    PUT_HOW = 7,
    PUT_ACROSS = 8
};
enum { TOOK_ACROSS = -1 }; /* into another pipe */

/* What an actor sleeps on. */
#define SLEEPS_ON(X)                                                                               \
    X(ON_NOTHING, "")                                                                              \
    X(ON_CONDITION, "condition") /* of a pipe; text: its name, not_empty or not_full */            \
    X(ON_LOCK, "lock")                                                                             \
    X(ON_TIME, "time") /* the @t of its line; value: the tick */                                   \
    X(ON_SLEEP, "sleep")                                                                           \
    X(ON_WAIT, "wait")                                                                             \
    X(ON_JOIN, "join")                                                                             \
    X(ON_POLL, "poll")                                                                             \
    X(ON_PAUSE, "pause")                                                                           \
    X(ON_ACCEPT, "accept") /* until somebody connects */                                           \
    X(ON_CONNECT,                                                                                  \
      "connect") /* until the queue of the listening socket has room; or, with other: \
                                    the network, until that has an answer */            \
    X(ON_NETWORK, "network") /* the network itself: nothing is due; value: until then, or -1 */    \
    X(ON_OPEN, "open")       /* until somebody opens the other side of the FIFO */

enum sleep_on {
#define X(on, name) on,
    SLEEPS_ON(X)
#undef X
};

struct event {
    uint64_t seq; /* from 1 */
    int64_t tick;
    int64_t ns; /* real time since the start; only with --threads */
    enum event_kind kind;
    enum sleep_on sleep_on;
    int actor, other, pipe;
    int file; /* its number, from 1; 0: none */
    int line; /* of the script; 0 when none */
    int64_t value, value2;
    const char *text; /* borrowed, `size` bytes; NULL when empty */
    size_t size;
    const char *site; /* borrowed; EV_LOCK, EV_UNLOCK, EV_NOTIFY, EV_SLEEP, EV_RESUME; or NULL */
};

/* To be filled in further: `other` is NOBODY, the rest 0. One field after the other, because
 * compilers clear a struct of this size in a slow way, and this happens at every step of a run. */
static inline struct event event_of(enum event_kind kind, int actor, int pipe)
{
    struct event e;
    e.seq = 0;
    e.tick = 0;
    e.ns = 0;
    e.kind = kind;
    e.sleep_on = ON_NOTHING;
    e.actor = actor;
    e.other = NOBODY;
    e.pipe = pipe;
    e.file = 0;
    e.line = 0;
    e.value = 0;
    e.value2 = 0;
    e.text = NULL;
    e.size = 0;
    e.site = NULL;
    return e;
}

const char *event_name(enum event_kind kind);

/* Which way a call moves bytes, by its name or its text: "readv", "readv(p[0], 2, 4)". */
enum call_way { CALL_MOVES_NOTHING, CALL_READS, CALL_WRITES };
enum call_way call_way_of(const char *text);

const char *sleep_on_name(enum sleep_on on);

#endif

/* pipe.h - a bounded byte pipe with any number of readers and writers: the kernel's pipe, as a
 * monitor.
 *
 * One mutex guards everything. Readers that find nothing sleep on not_empty, writers that find too
 * little room sleep on not_full. The pipe counts its open read ends and write ends; a program opens
 * and closes them as a kernel does for pipe, dup, fork and close.
 *
 * Invariant, true whenever the lock is free (docs/monitor.md has the argument, pipe_check the part
 * that can be tested):
 *   I1  bytes written and not yet read are in the pipe, in order;
 *   I2  readers and writers count open ends;
 *   I3  no lost wakeup: if bytes are in the pipe and a reader sleeps on not_empty, then a woken
 *       reader is on its way in; if a writer that sleeps on not_full has room for what it needs,
 *       then a woken writer with the same need is on its way in;
 *   I4  nobody sleeps for what can no longer come: no reader when no write end is open, no writer
 *       when no read end is.
 *
 * What a writer needs. A write of at most `atomic` bytes goes in all at once, so it needs room for
 * all of it and is never interleaved with another write. A larger write needs room for one byte: it
 * goes in piece by piece, sleeps in between, and other writers may come between its pieces. (POSIX
 * write(), PIPE_BUF; pipe-semantics PS-039..PS-048.)
 *
 * Storage. A pipe keeps its bytes in a ring, or in page slots as Linux does (slots.h). Then "full" means
 * that no slot is free; every sleeping writer needs one, for a write of at most a page goes into one slot
 * or, when it begins, into what the last slot has left (R3..R5).
 *
 * Results are those of the system calls: a count of bytes, or a negative errno. */
#ifndef RINGBUF_PIPE_H
#define RINGBUF_PIPE_H

#include <stddef.h>
#include <sys/types.h>

struct pipe;

enum { PIPE_DEFAULT_CAPACITY = 65536, PIPE_DEFAULT_ATOMIC = 4096, PIPE_DEFAULT_PAGE = 4096 };

/* For `flags`. */
enum {
    PIPE_NONBLOCK = 1, /* never sleep, give -EAGAIN instead (O_NONBLOCK) */
    PIPE_PACKET = 2,   /* pipe_write: each new slot is a packet (O_DIRECT); a ring has none */
    PIPE_PEEK = 8,     /* pipe_read: the bytes stay in the pipe (MSG_PEEK) */
    PIPE_AWAIT = 4     /* a read of 0 bytes sleeps as one of 1 byte does (xv6) */
};

/* What pipe_poll reports; each is the condition that poll(2) reports under the like name. */
enum {
    PIPE_IN = 1,  /* bytes can be read */
    PIPE_OUT = 2, /* a write of `atomic` bytes would go in at once (PS-082): a slot is free */
    PIPE_HUP = 4, /* no write end is open */
    PIPE_ERR = 8, /* no read end is open */
};

/* What an observer is told. The lock is held, so the order of events is the order in which they
 * took effect. */
enum pipe_event_kind {
    PIPE_PUT,            /* a writer copied `bytes` bytes in, from `data` */
    PIPE_TOOK,           /* a reader copied `bytes` bytes out, to `data` */
    PIPE_PEEKED,         /* a reader did so and left them there */
    PIPE_READER_SLEEPS,  /* on not_empty */
    PIPE_WRITER_SLEEPS,  /* on not_full, until `bytes` bytes are free */
    PIPE_READER_RETURNS, /* from its sleep: it now tests its condition again */
    PIPE_WRITER_RETURNS,
    PIPE_WAKES_READER,  /* signals not_empty */
    PIPE_WAKES_WRITER,  /* signals not_full */
    PIPE_WAKES_READERS, /* broadcasts not_empty */
    PIPE_WAKES_WRITERS, /* broadcasts not_full */
    PIPE_READER_OPENED,
    PIPE_WRITER_OPENED,
    PIPE_READER_CLOSED,
    PIPE_WRITER_CLOSED,
    PIPE_BROKEN, /* a writer finds that no read end is open, and leaves */
    PIPE_RESIZED
};

/* Where bytes went: behind those of the last slot, or into new slots of a kind, a page full each but for
 * the last. */
enum pipe_placing { PIPE_TO_STREAM, PIPE_MERGED, PIPE_TO_PACKETS, PIPE_TO_COPY };

struct pipe_event {
    enum pipe_event_kind kind;
    const void *data; /* borrowed, `bytes` long; PIPE_PUT, PIPE_TOOK and PIPE_PEEKED only */
    size_t bytes;
    size_t lost; /* PIPE_TOOK: bytes of a packet that went with it and were not read */
    enum pipe_placing placing; /* PIPE_PUT, with slots */
    size_t offset;         /* PIPE_PUT by a splice or tee: where they lie in their slot's page */
    size_t used, capacity; /* the pipe after the event, in bytes */
    unsigned readers, writers;
};

/* These calls are made with the lock held: they must not call the pipe, nor sleep. Each may be
 * NULL. */
struct pipe_hooks {
    void (*observe)(void *ctx, const struct pipe_event *event);
    /* Nonzero: the calling thread should leave its call (a signal has come for it). Asked before
     * each sleep. */
    int (*interrupted)(void *ctx);
    /* Those of `flags` that count from now on: PIPE_NONBLOCK and PIPE_PACKET may have been changed since the
     * read or write began (PS-085). Asked before each sleep, and when bytes go into new slots. */
    int (*flags)(void *ctx, int flags);
};

enum pipe_storage { PIPE_BYTES, PIPE_SLOTS };

/* Whom a change wakes when one sleeper is enough. */
enum pipe_waking { PIPE_WAKE_ONE, PIPE_WAKE_EVERYBODY };

/* The ends that are open at first: a pipe is made with one of each kind, a FIFO is there before anybody
 * has opened it. */
enum pipe_ends { PIPE_ENDS_OPEN, PIPE_ENDS_CLOSED };

struct pipe_options {
    size_t capacity; /* bytes; 0 means PIPE_DEFAULT_CAPACITY; with slots it is rounded up (R12) */
    size_t atomic; /* bytes; 0 means PIPE_DEFAULT_ATOMIC; never counts for more than the capacity */
    const struct pipe_hooks *hooks; /* borrowed; NULL for none */
    void *ctx;                      /* borrowed; passed to the hooks */
    enum pipe_storage storage;
    size_t page; /* bytes of a slot; 0 means PIPE_DEFAULT_PAGE */
    enum pipe_waking waking;
    enum pipe_ends ends;
};

/* A pipe; `options` may be NULL. NULL when memory is
 * short. */
struct pipe *pipe_new(const struct pipe_options *options);

/* No call may be under way and none may follow. */
void pipe_free(struct pipe *p);

/* Up to n bytes, as many as are there; 0 is end of file (or n == 0).
 * Sleeps while the pipe is empty and a write end is open; never in order to fill dst.
 * -EAGAIN: would sleep, with PIPE_NONBLOCK. -EINTR: interrupted. (PS-024..PS-029, PS-111, PS-112)
 * With PIPE_PEEK the next read gets the same bytes, and no writer is woken. */
ssize_t pipe_read(struct pipe *p, void *dst, size_t n, int flags);

/* Bytes written: n, or fewer when it was cut short after some had gone in. Sleeps while there is
 * too little room (above). -EPIPE: no read end is open, and nothing went in. -EAGAIN: would sleep,
 * with PIPE_NONBLOCK, and nothing went in. -EINTR: interrupted before anything went in. n == 0 is
 * 0, whatever the pipe's state. (PS-037, PS-078..PS-080, PS-131..PS-133, PS-142..PS-147). A kernel
 * raises SIGPIPE when the observer is told PIPE_BROKEN: when the result is -EPIPE, and also when
 * the last read end was closed after some bytes had gone in, whatever else has cut the write short.
 */
ssize_t pipe_write(struct pipe *p, const void *src, size_t n, int flags);

/* One more end (dup, fork, open of a FIFO), or one fewer (close, exit). Closing the last write end wakes
 * every reader, and the last read end every writer; nobody else is woken (PS-099..PS-101). A first
 * write end ends the end of file, and a first read end the EPIPE: whoever comes after it sleeps again,
 * and so may one that was woken by the last close and has not run since (PS-189). Never sleep. */
void pipe_open_reader(struct pipe *p);
void pipe_open_writer(struct pipe *p);
void pipe_close_reader(struct pipe *p);
void pipe_close_writer(struct pipe *p);

/* A mask of PIPE_IN, PIPE_OUT, PIPE_HUP, PIPE_ERR. */
int pipe_poll(struct pipe *p);

/* Bytes in the pipe (FIONREAD), and how many it holds (F_GETPIPE_SZ). */
size_t pipe_used(struct pipe *p);
size_t pipe_capacity(struct pipe *p);

/* The new capacity (F_SETPIPE_SZ). A ring's is exactly as asked, -EINVAL for 0 and above INT_MAX, and
 * every sleeping writer tests its condition again. That of slots is rounded up to a power of two of them,
 * -EINVAL above 2^30, and one writer is woken, room or not, who hands on (R12, W6). -EBUSY: more bytes, or slots, than
 * that are in use. -ENOMEM. */
int pipe_set_capacity(struct pipe *p, size_t capacity);

/* Moves, or copies, at most n bytes from one pipe to another of the same storage, without a process
 * reading them. Sleeps while `from` is empty and has a write end open, then while `to` is full, and then
 * moves what is there and fits. Whatever wakes a reader, or writer, wakes all of these sleepers besides. Bytes moved; 0: n is 0, `from` is at its end (or, for tee, somebody was
 * quicker). -EPIPE, with PIPE_BROKEN: `to` has no read end. -EAGAIN, -EINTR as for read and write.
 * -EINVAL: `from` is `to`. Both locks are held meanwhile, taken in the order of the pipes' addresses.
 * Slots are moved whole, with what may merge into them; what is copied merges with nothing. (R13,
 * PS-136, PS-222..PS-226) */
ssize_t pipe_splice(struct pipe *from, struct pipe *to, size_t n, int flags);
ssize_t pipe_tee(struct pipe *from, struct pipe *to, size_t n, int flags);

/* Wakes every sleeper, so that each asks interrupted() again. */
void pipe_interrupt(struct pipe *p);

/* Feeds to `add` all that determines how the pipe goes on, but for who holds the lock and who sleeps
 * where: two pipes that feed the same behave the same. Takes no lock: nobody else may run. For
 * whoever compares states (sim/explore). */
void pipe_state(const struct pipe *p, void (*add)(void *ctx, const void *bytes, size_t n),
                void *ctx);

/* NULL, or which part of the invariant does not hold: for tests and the explorer. */
const char *pipe_check(struct pipe *p);

#endif

/* view.h - what can be seen from outside at one point of a run: who is in what state, what is in
 * each pipe. It is nothing but the sum of the events so far. Claims are judged on it, and every
 * rendering of a trace draws it. It lies in the arena, so it goes back with a snapshot. */
#ifndef SIM_TRACE_VIEW_H
#define SIM_TRACE_VIEW_H

#include "sim/trace/event.h"

#include <stdbool.h>

enum { VIEW_CELLS = 32 }; /* pipes of at most so many bytes are kept, and drawn, cell by cell */

/* Idle: the network, when nothing is due. It is no process, and nobody waits for it to wake. */
enum actor_state { ACTOR_RUNNABLE, ACTOR_ASLEEP, ACTOR_IDLE, ACTOR_EXITED };

/* Who is none of the scenario's processes. */
enum view_own { VIEW_NETWORK = -1, VIEW_WORKER = -2 /* a thread that a pipe has made */ };

struct view_actor {
    const char *name; /* borrowed from the kernel */
    int pid;          /* or a view_own */
    enum actor_state state;
    enum sleep_on sleep_on;
    int pipe;              /* that it sleeps on or calls */
    const char *condition; /* ON_CONDITION: its name; in the arena, or a literal */
    const char *site;      /* where it sleeps, when known */
    int64_t need;          /* bytes that a sleeping writer needs; or the tick it sleeps until */
    int64_t since;         /* the tick at which it fell asleep */
    int waits_for;         /* the child or thread that ends its sleep, the owner of the lock */
    int woken_by;          /* NOBODY: time, or nobody yet */
    int64_t asked;         /* bytes that its call asked for */
    bool in_call;
    bool slept;        /* in this call */
    int64_t call_tick; /* when its call was entered */
    int64_t moved;     /* bytes moved in this call */
    int line;          /* of its call */
    int64_t status;    /* once exited: status, or -signal */
    int64_t calls, sleeps;
    char *output; /* what it printed, when kept; output_size bytes */
    size_t output_size, output_room;
};

/* What a cell of a drawn pipe holds. SPENT: no write can use it before its slot is read to the end. */
enum view_cell { CELL_FREE, CELL_BYTE, CELL_SPENT };

struct view_slot {
    int64_t offset, length;
    enum put_how how; /* PUT_TO_... */
};

struct view_pipe {
    const char *name;
    int64_t capacity, atomic, used;
    int64_t readers, writers; /* open ends */
    int64_t reads, writes;    /* calls that moved bytes */
    int feeds, fed_by;        /* the receive buffer for this send buffer, and back; or NO_PIPE */
    int lock_owner;           /* an actor, or NOBODY; known only where lock events are traced */
    int64_t lost;             /* bytes in it when its last read end was closed */
    int64_t gone;             /* lost before a FIFO was opened anew */
    uint64_t written, taken;  /* in bytes since it was made or resized: cells, as in ring.h */
    char cells[VIEW_CELLS];  /* byte number i, as long as it is in the pipe, in cell i % capacity */
    int64_t page;            /* bytes of a slot; 0: it is a ring of bytes */
    struct view_slot *slots; /* in use, the oldest first; in the arena */
    size_t slot_count, slot_room;
    uint64_t first_slot; /* its number; slot i is drawn in place i % (capacity / page) */
    char *stream;        /* all bytes ever written, when kept */
    size_t stream_size, stream_room;
};

struct view_file {
    const char *name; /* borrowed from the kernel */
    int64_t size;
    int64_t reads, writes; /* calls that moved bytes */
    char *content;         /* `size` bytes, when kept */
    size_t content_room;
};

struct view {
    int64_t tick;
    struct view_actor *actors;
    size_t actor_count, actor_room;
    struct view_pipe *pipes;
    size_t pipe_count, pipe_room;
    struct view_file *files; /* by number - 1 */
    size_t file_count, file_room;
    int64_t open_ends;  /* of all pipes */
    int64_t asleep;     /* actors */
    bool deadlock;      /* set when the run has ended in one */
    bool keep_streams;  /* for p.stream */
    bool keep_contents; /* for NAME.content of a file */
    bool keep_output;   /* for NAME.output */
    size_t keep_limit;  /* bytes of either */
    bool limit_reached; /* of keep_limit, or of memory */
};

/* Free bytes of a ring, free slots of the others: what a sleeping writer waits for. */
int64_t view_room(const struct view_pipe *p);

/* What to draw in cell `cell`, from 0, of a pipe of at most VIEW_CELLS bytes; *byte for CELL_BYTE. */
enum view_cell view_cell(const struct view_pipe *p, size_t cell, char *byte);

/* A zeroed view is empty. */
void view_apply(struct view *v, const struct event *e);

/* Is this end of a queue held by the network? */
static inline bool view_network_reads(const struct view_pipe *p)
{
    return p->feeds != NO_PIPE && p->readers > 0;
}

static inline bool view_network_writes(const struct view_pipe *p)
{
    return p->fed_by != NO_PIPE && p->writers > 0;
}

/* Bytes that have left this queue and have not arrived in the one that it feeds. */
int64_t view_in_flight(const struct view *v, const struct view_pipe *p);

/* By name ("p", "p.2"), or NULL. */
const struct view_actor *view_actor_named(const struct view *v, const char *name, size_t length);
const struct view_file *view_file_named(const struct view *v, const char *name, size_t length);
const struct view_pipe *view_pipe_named(const struct view *v, const char *name, size_t length);

#endif

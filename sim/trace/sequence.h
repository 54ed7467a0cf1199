/* sequence.h - a trace as moments between participants: who sent what to whom, who fell asleep, and
 * who woke whom. It is what charts are drawn from (chart.h, mermaid.h): they must know everybody who
 * takes part before the first line, so a sequence is collected until the end of the run.
 *
 * It keeps SEQUENCE_MOMENTS moments and SEQUENCE_PARTICIPANTS participants, and counts what comes
 * after that, so its memory is bounded whatever a run does. All of it lies on the ordinary heap. */
#ifndef SIM_TRACE_SEQUENCE_H
#define SIM_TRACE_SEQUENCE_H

#include "sim/trace/strbuf.h"
#include "sim/trace/trace.h"

enum { SEQUENCE_MOMENTS = 10000, SEQUENCE_PARTICIPANTS = 48 };

enum participant_kind { PARTICIPANT_PROCESS, PARTICIPANT_PIPE };

struct participant {
    enum participant_kind kind;
    char *name;      /* owned */
    bool from_start; /* not made by anybody in the run */
};

enum moment_kind {
    MOMENT_START,   /* `from` makes `to`: a process by fork, a pipe */
    MOMENT_BYTES,   /* go from one to the other */
    MOMENT_MESSAGE, /* from one to the other: end of file, an error, a signal, a close */
    MOMENT_SLEEP,   /* `from` falls asleep */
    MOMENT_WAKE,    /* `from` wakes `to`; NOBODY: the clock does */
    MOMENT_NOTE,    /* something that `from` does alone */
    MOMENT_FAIL,    /* the script did not come true; `from` may be NOBODY */
    MOMENT_EXIT     /* `from` ends */
};

struct moment {
    enum moment_kind kind;
    int64_t tick;
    int from, to; /* participants, or NOBODY */
    int about;    /* the pipe that a sleeper sleeps on, or NOBODY */
    int ends;     /* the participant that is no more afterwards, or NOBODY */
    /* Offsets into `texts`. The words; the same in brief; and, where a pipe takes part, what is in it
     * then: its cells when they are few, else "7/65536". */
    size_t text, brief, fill;
};

struct sequence {
    enum trace_depth depth;
    struct participant participants[SEQUENCE_PARTICIPANTS];
    int participant_count;
    struct moment *moments; /* owned */
    size_t moment_count, moment_room;
    struct strbuf texts; /* each ends with a 0; the first one is empty */
    uint64_t moments_left_out, participants_left_out;

    /* While it is collected: by numbers of the trace. */
    struct sequence_actor *actors; /* owned */
    size_t actor_room;
    int *pipes; /* owned; participants */
    size_t pipe_room;
    struct strbuf text; /* of the moment that is being made; behind a newline the same in brief */
};

/* Moments of operations on locks, at depth locks only. */
void sequence_init(struct sequence *s, enum trace_depth depth);
void sequence_fini(struct sequence *s);
struct trace_sink sequence_sink(struct sequence *s);

const char *sequence_text(const struct sequence *s, size_t offset);

/* What was left out, as one sentence for under a chart; empty when nothing was. */
void sequence_add_left_out(const struct sequence *s, struct strbuf *out);

#endif

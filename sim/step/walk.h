/* walk.h - a stepping session: one can be at any event of a run, forwards and backwards.
 *
 * The run is made once from start to end; of each event a short note and its lines of trace are
 * kept, and snapshots at intervals. To be at event number n, the nearest snapshot before it is
 * restored and the run made again up to n, which is exact because a run is determined by its
 * schedule. So at every position everything can be asked: the view, the descriptors, the locks.
 *
 * A position is the number of the event that has happened last. The first, walk_start, is when
 * everything is set up and nobody has run; the last, walk_length, is the end. Choosing at some
 * position who runs next makes a new run from there: the old one is kept as a branch, by its
 * schedule. */
#ifndef SIM_STEP_WALK_H
#define SIM_STEP_WALK_H

#include "sim/run/run.h"

struct walk;

/* What is remembered of an event. */
struct note {
    enum event_kind kind;
    enum sleep_on sleep_on;
    int actor, other, pipe, line;
    int64_t tick, value;
    const char *site;              /* borrowed: the place in the pipe's source, or NULL */
    size_t first_line, line_count; /* of the trace: what this event printed */
    size_t call;                   /* EV_CALL, EV_RETURN: where its text is kept */
    size_t claim; /* one failed in the state after it: 1 + the number of the message; or 0 */
    enum pipe_level { PIPE_PARTLY, PIPE_FULL, PIPE_EMPTY } level; /* EV_PUT, EV_TOOK: after it */
    int file;                                                     /* its number, from 1; 0: none */
};

/* Runs the program to its end, or to a limit. The program (to which conditions can be added) and
 * options are borrowed; policy and schedule are the walk's own business, but for an explicit
 * schedule to start with. NULL when memory is short, or the run cannot begin: then `diags` says
 * why. */
struct walk *walk_new(struct program *program, const struct run_options *options,
                      enum trace_depth depth, struct diag_list *diags);
void walk_free(struct walk *w);

uint64_t walk_start(const struct walk *w);
uint64_t walk_position(const struct walk *w);
uint64_t walk_length(const struct walk *w);
void walk_goto(struct walk *w, uint64_t position); /* outside: the start, or the end */

/* Of event number n, from 1. */
const struct note *walk_note(const struct walk *w, uint64_t n);

/* The call that an actor is in, or was in last, with its arguments; "" before its first. */
const char *walk_call(const struct walk *w, int actor);

/* Of event number n: a call with its arguments, or a result as a trace prints it; "" for others.
 * Good until the walk makes another run. */
const char *walk_text(const struct walk *w, uint64_t n);

/* The trace as lines; those up to event n are the first walk_lines_until(w, n). */
size_t walk_line_count(const struct walk *w);
const char *walk_line(const struct walk *w, size_t i);
size_t walk_lines_until(const struct walk *w, uint64_t n);
size_t walk_name_width(const struct walk *w); /* the column of names is at least so wide */
enum trace_depth walk_depth(const struct walk *w);

/* Whether what comes after the present position may be shown. While it is hidden, walk_source is the
 * script without what tells how its run goes (spoilers.h), line by line; else it is as written. */
enum future { FUTURE_SHOWN, FUTURE_HIDDEN };
void walk_show_future(struct walk *w, enum future future);
enum future walk_future(const struct walk *w);
const struct source *walk_source(const struct walk *w);

/* The nearest position after, or before, the present one at which something of this kind has just
 * happened; the end, or the start, when there is none. */
enum stride {
    STRIDE_EVENT,        /* anything */
    STRIDE_CALL,         /* a call returned, or its process fell asleep in it or ended */
    STRIDE_SLEEP_OR_WAKE /* somebody fell asleep or was woken, a signal came, a process ended */
};
uint64_t walk_after(const struct walk *w, enum stride stride);
uint64_t walk_before(const struct walk *w, enum stride stride);

const struct view *walk_view(const struct walk *w);
struct run *walk_run(struct walk *w);
struct program *walk_program(const struct walk *w);

/* How the run ended, and its messages. */
enum verdict walk_verdict(const struct walk *w);
const struct diag_list *walk_messages(const struct walk *w);

/* At the end: is somebody asleep, and nobody able to run? */
bool walk_is_deadlocked(struct walk *w);

/* Lets `name` go on at the next choice; what follows is made anew (policy fifo). 0; -ESRCH when
 * that process cannot run there, -EALREADY when it goes on there anyway, and nothing has changed.
 */
int walk_choose(struct walk *w, const char *name);

/* Who could go on at the next choice: actor numbers. Returns how many there are. */
size_t walk_candidates(struct walk *w, int *actors, size_t room);

/* The runs that were left by choosing differently: the schedule of each, and the event at which it
 * was left. */
size_t walk_branches(const struct walk *w);
const char *walk_branch_schedule(const struct walk *w, size_t i);
uint64_t walk_branch_left(const struct walk *w, size_t i);

/* Goes back to run i, at the event at which it was left; the present run takes its place in the
 * list. 0, -ENOMEM. */
int walk_take_branch(struct walk *w, size_t i);

/* Goes back to the run before the last choice that has not been undone. 0, -ENOENT when there is
 * none, -ENOMEM. */
int walk_undo(struct walk *w);

/* The present run's schedule, to be freed; NULL when memory is short. */
char *walk_schedule(const struct walk *w);

/* Is it the run that pipesim makes when nobody chooses? */
bool walk_is_default(const struct walk *w);
const struct run_options *walk_options(const struct walk *w);

/* Makes a run once more from its start to its end, for a sink to see each event, and comes back to
 * where one was: the present run, or one of those that were left, which stays left. Meanwhile
 * walk_view and walk_run are those of that run. */
struct replay {
    enum verdict verdict;
    struct diag_list messages; /* owned by the caller */
};
struct replay walk_replay(struct walk *w, const struct trace_sink *sink);
struct replay walk_replay_branch(struct walk *w, size_t i, const struct trace_sink *sink);

#endif

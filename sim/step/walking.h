/* walking.h - inside step/: what a walk consists of; see walk.h.
 *
 * walk.c moves and answers, recording.c notes what happens, stops.c keeps the snapshots, branches.c
 * the other runs; replay.c makes a run once more. */
#ifndef SIM_STEP_WALKING_H
#define SIM_STEP_WALKING_H

#include "sim/sched/sched.h"
#include "sim/step/walk.h"
#include "sim/trace/text_trace.h"

struct stop {
    uint64_t position;
    struct snapshot *snapshot; /* owned */
};

struct branch {
    char *schedule; /* owned */
    uint64_t left;
    enum {
        LEFT_BY_CHOOSING,
        LEFT_BY_GOING_BACK
    } how; /* undo takes back the last of the first sort */
};

struct walk {
    struct program *program; /* borrowed */
    struct run_options options;
    struct schedule schedule; /* all choices so far: followed, and extended at its end */
    struct trace_sink sinks[1];
    struct run *run;
    uint64_t position, length;
    uint64_t pause_at; /* the event after which the run pauses */
    bool complete;     /* the run has been made to its end */
    bool followed;     /* and every choice of the schedule was made */
    enum verdict verdict;
    struct diag_list messages, ignored;
    size_t messages_seen; /* by walking_record_claims */

    struct note *notes; /* owned; of event n at n - 1 */
    size_t note_count, note_room;
    struct text_trace text;
    struct strbuf lines; /* 0-terminated, one after another */
    size_t *line_starts;
    size_t line_count, line_room;
    struct strbuf calls; /* texts of calls and results, 0-terminated */

    struct stop *stops; /* owned; by position, the first at 0 */
    size_t stop_count;
    uint64_t spacing;
    size_t snapshot_bytes;

    struct branch *branches; /* owned */
    size_t branch_count;
    char *first_schedule;              /* owned: of the run that was made first */
    const struct trace_sink *listener; /* of a replay, which is not recorded; or NULL */

    enum future future;
    struct strbuf hidden_text; /* of hidden_source; empty until it is needed */
    struct source hidden_source;
};

/* recording.c: the sink of a walk's run, and what it keeps. */
void walking_record(void *ctx, const struct event *e, const struct view *v);
void walking_record_claims(struct walk *w);
void walking_start_text(struct walk *w, enum trace_depth depth);
/* But for what was set up before the start. */
void walking_forget_recording(struct walk *w, uint64_t start);

/* stops.c: the snapshots that one goes back to. */
enum { FIRST_SPACING = 32 }; /* events between two of them, at first */
void walking_add_stop(struct walk *w);
void walking_drop_stops_after(struct walk *w, uint64_t position);
/* The last one at or before a position. */
const struct stop *walking_stop_before(const struct walk *w, uint64_t position);
void walking_go_back_to(struct walk *w, const struct stop *s);

/* walk.c: forwards to a position, or to the end. */
void walking_run_to(struct walk *w, uint64_t position);
void walking_make_to_the_end(struct walk *w);

/* branches.c: the schedule becomes that of the text. False when memory is short. */
bool walking_take_schedule(struct walk *w, const char *text);

#endif

/* run.h - one script on one schedule: from the program to the verdict.
 *
 * run_begin sets everything up in the arena, at time 0, with nobody having run. run_go runs it,
 * run_judge says whether it did what the script says. Between run_begin and run_judge a snapshot
 * (arena.h) can be taken and restored: then the run goes on from there, or starts again. What
 * the messages and sinks have collected is not part of a snapshot. */
#ifndef SIM_RUN_RUN_H
#define SIM_RUN_RUN_H

#include "sim/kernel/kernel.h"
#include "sim/sched/arena.h"
#include "sim/sched/sched.h"
#include "sim/script/program.h"
#include "sim/trace/strbuf.h"
#include "sim/trace/tally.h"

struct setting_override {
    int setting; /* or -1: the pipe implementation, or `lines` */
    int64_t value;
    const char *pipe;
    const char *file;  /* of a pipe of a person's own: what --pipe names; or NULL */
    const char *lines; /* of its code: what --preempt names; or NULL */
};

/* As it stands on a command line: " --set capacity=4". */
void override_add(const struct setting_override *o, struct strbuf *out);

/* What makes two ends of a run different outcomes, for explorations; each includes those before. The
 * less, the fewer states. */
enum outcome_detail {
    OUTCOME_ENDS,   /* how each process ended, and what did not come true */
    OUTCOME_OUTPUT, /* what came out on the terminal, in its order */
    OUTCOME_RESULTS /* the results of all calls of each process */
};

struct run_options {
    enum sched_mode mode;
    enum sched_policy policy;
    struct freedom freedom;
    uint64_t seed;
    const struct schedule *schedule; /* borrowed; for POLICY_SCHEDULE */
    /* Keep what went through each pipe, and all output, also when no claim asks for it. */
    enum { KEEP_WHAT_CLAIMS_ASK, KEEP_ALL } keep;
    const struct step_watch *watch; /* borrowed; NULL, or told what each step does (sched.h) */
    const struct call_watch *calls; /* borrowed; NULL, or told of each call (call_watch.h) */
    bool explored;                  /* run_digest will be asked for */
    enum outcome_detail outcome;    /* what it tells apart */
    /* Explored: is the invariant of the pipes looked at in each state? */
    enum { INVARIANT_IS_TRUSTED, INVARIANT_IS_CHECKED } invariant;
    struct schedule *walk; /* borrowed; NULL, or followed and extended (sched.h, record) */
    const struct setting_override *overrides; /* borrowed */
    size_t override_count;
    const struct trace_sink *sinks; /* borrowed */
    size_t sink_count;
};

/* Also the exit status of the program. */
enum verdict {
    VERDICT_AS_EXPECTED = 0,
    VERDICT_FAILED = 1, /* a claim or a result did not come true */
    VERDICT_BAD_SCRIPT =
        2,             /* a mistake that only running could show, or a schedule that does not fit */
    VERDICT_STUCK = 3, /* a deadlock or livelock that the script does not ask for */
    VERDICT_CRASHED = 4, /* a pipe of a person's own did */
    VERDICT_LIMIT = 124,
    VERDICT_INTERRUPTED = 130
};

struct run; /* one at a time */

/* NULL when memory is short (of max_memory, say), with a message. The program and the options are
 * borrowed. Messages go to `diags` until the run is freed. */
struct run *run_begin(const struct program *program, const struct run_options *options,
                      struct diag_list *diags);
enum sched_end run_go(struct run *run, uint64_t choices);

/* Goes back to a snapshot that was taken right after run_begin, to run once more from another seed,
 * with its messages going elsewhere. */
void run_again(struct run *run, const struct snapshot *start, uint64_t seed,
               struct diag_list *diags);

/* After run_go has returned anything but SCHED_PAUSED. */
enum verdict run_judge(struct run *run, enum sched_end end);
void run_free(struct run *run);

struct kernel;
struct kernel *run_kernel(const struct run *run);
const struct view *run_view(const struct run *run);
const struct settings *run_settings(const struct run *run); /* as they are in force */
const struct tally *run_tally(const struct run *run);

/* Evaluates a condition (script_parse_condition) on the run as it is, and appends its value unless
 * `out` is NULL. Is it true? */
bool run_evaluate(struct run *run, int code, struct strbuf *out);

/* The choices so far, as --schedule takes them; to be freed. NULL when memory is short. */
char *run_schedule(const struct run *run);

/* A hash of every event so far, to compare runs by. */
uint64_t run_fingerprint(const struct run *run);

/* Makes the run stop soon, with VERDICT_INTERRUPTED. May be called by a signal handler. */
void run_interrupt(void);

/* Makes run_go return SCHED_PAUSED right after event number seq (0: never), however often the run
 * passes there. */
void run_pause_at(struct run *run, uint64_t seq);

/* Where messages go from now on. */
void run_send_messages(struct run *run, struct diag_list *diags);

/* Why a process sleeps, as sentences: what it waits for; who holds the other end, say; what would
 * help. Each may stay empty. */
struct reason {
    struct strbuf what, who, hint;
};
struct reason run_explain(struct run *run, int actor);

/* Is it in a read? A pipe with a bug may let it sleep there on any condition. */
bool run_reads(const struct run *run, int actor);

/* Does a process sleep although what it waits for, in a pipe, is there? It has not been woken. */
bool run_sleeps_beside(const struct run *run, int actor);

void reason_free(struct reason *r);

/* Sleepers of whom each waits for the next, and the last for the first: their numbers, the lowest
 * first, up to `room`. Returns how many there are; 0: there is no such circle. One may wait for
 * itself, when nobody else holds the other end of the pipe. */
size_t run_cycle(struct run *run, int *actors, size_t room);

/* Who holds an end of a pipe, and where it was opened: "parent (descriptor 4, from pipe(p) on line
 * 7), child (descriptor 4, a copy made by fork(child) on line 8)". Returns how many hold one. */
int run_describe_holders(struct run *run, int pipe, enum pipe_end end, struct strbuf *out);
/* Who holds the listening socket in whose queue a connection with this queue waits; and that for which
 * a thread sleeps in connect or accept. The same. */
int run_describe_unaccepted(struct run *run, int pipe, struct strbuf *out);
int run_describe_accepters(struct run *run, const struct thread *t, struct strbuf *out);

/* The program's site of the call that an actor is in; -1 when it is in none. */
int run_site(const struct run *run, int actor);

/* How many claims of the script a single run judges, and how many results and times it checks. */
struct run_checks {
    int64_t claims, results;
};
struct run_checks run_checks(const struct run *run);

/* Feeds all that determines how the run goes on, and what its outcome will be. Only for runs with
 * `explored` set in their options. */
struct digest;
void run_digest(struct run *run, struct digest *d);

/* The same without the results and the output so far, which change nothing in how it goes on. */
void run_present_digest(struct run *run, struct digest *d);

/* The same of what is certain about its outcome already. */
void run_outcome_digest(const struct run *run, struct digest *d);

/* After run_judge: what went wrong, so that two runs with the same mistake feed the same. */
void run_failure_digest(const struct run *run, struct digest *d);

/* Between two steps: NULL, or which part of the pipes' invariant does not hold. */
const char *run_check_invariant(const struct run *run);

/* The claims that have been broken so far, a bit for each of the first 64. */
uint64_t run_broken_claims(const struct run *run);

/* The `sometimes` claims that held in a state of this run, or of others that were made from the same
 * run_begin: a bit for each of the first 64. Only with `explored`. */
uint64_t run_claims_met(const struct run *run);

/* Has something changed (bytes moved, a process ended ...) since the last time this was asked? */
bool run_progressed(struct run *run);

/* Statistics that only the run knows. */
int64_t run_ticks(const struct run *run);

#endif

/* vm.h - inside run/: the interpreter of one thread, and the run that it belongs to. */
#ifndef SIM_RUN_VM_H
#define SIM_RUN_VM_H

#include "sim/kernel/kernel.h"
#include "sim/run/call_watch.h"
#include "sim/run/calls.h"
#include "sim/run/run.h"
#include "sim/sched/digest.h"
#include "sim/trace/abi.h"

struct frame {
    int return_to;   /* pc */
    int base;        /* of its locals on the stack */
    bool is_handler; /* its result is dropped, and what was so before it comes back: */
    int signal;
    bool restarting;
    tick_t call_started, last_return;
};

/* Where a claim stands. */
struct claim_state {
    bool judged; /* broken, or its tick is over */
    bool broken;
};

/* All of it in the arena, but for what is marked. */
struct run {
    const struct program *program;     /* borrowed, not in the arena */
    const struct run_options *options; /* the same */
    struct settings settings;
    struct sched_config sched;
    struct kernel *kernel;
    struct trace trace;
    struct bytes **strings; /* the program's, ready to be pushed */
    size_t string_count;
    struct claim_state *claims;
    struct vm *judge; /* evaluates claims; no thread */
    int *block_instances, *pipe_instances;
    struct vm *vms; /* of all threads */
    int64_t calls, idle;
    tick_t idle_tick; /* at which `idle` began to count */
    int64_t results_checked;
    bool want_text;          /* somebody reads the text of calls */
    bool is_set_up;          /* time 0 has come: states before it are nobody's business */
    bool has_state_claims;   /* always, never or sometimes */
    bool looks_unlocked;     /* the pipe's code may look before it takes the lock */
    bool has_kill;           /* a process may send signals to another */
    struct digest failures;  /* which results, times and claims have failed (state.c) */
    struct digest printed;   /* what came out on the terminal so far (state.c) */
    int locks;               /* of pipes that are held: meanwhile no claim is judged */
    bool unjudged;           /* something has changed since the last time */
    struct event changed_by; /* the last such event, without its text */
    const char *limit;       /* reached: the name of the setting, or NULL */
    _Atomic bool bad_script;
    bool livelock, failed;
    enum sync_misuse misused; /* a lock, or memory: the run is over */
    int turns;   /* locks taken, and waits without sleep, since something has changed */
    int signals; /* the same of signals on conditions */
    int naps,
        naps_in_tick; /* sleeps in a pipe, since bytes have moved or somebody has made a call */
    int spinner;      /* who took the last of too many, or NOBODY */
    struct sched_timer *looks; /* threads mode: one for each `expect at` */

    struct outside *outside; /* not in the arena */
};

/* What must not go back with a snapshot. On the ordinary heap. */
struct outside {
    struct diag_list *diags; /* borrowed */
    struct tally tally;
    struct schedule record;
    uint64_t fingerprint;
    /* Texts of events on their way. Not on a task's stack: a run can be paused at an event, and
     * taken back to it more than once. */
    struct strbuf text, message, cause;
    struct tally start_tally; /* what these were when everything was set up */
    uint64_t start_fingerprint;
    uint64_t pause_at;   /* an event's seq; 0: never */
    uint64_t claims_met; /* sometimes */
    bool progressed;
};

enum { VECTOR_PIECES = 16 };

/* What the last readv got, and how much of it each of its buffers could take. */
struct vector {
    struct bytes *bytes; /* one use of it is owned; NULL: none yet */
    int64_t sizes[VECTOR_PIECES];
    int count;
};

struct vm {
    struct run *run;
    struct thread *thread; /* NULL: the judge */
    struct vm *next;
    int block;
    int pc;
    struct value *stack;
    int sp, room;
    struct frame *frames;
    int depth, frame_room;
    struct value *variables;
    int error;     /* errno, as scripts see it */
    int64_t steps; /* since the last call */
    tick_t last_return;
    int site;             /* of the call under way, or -1 */
    int call_pipe;        /* the number of the pipe that the call is about, or NO_PIPE */
    bool was_chosen;      /* nothing was done since the scheduler chose this thread */
    bool spins;           /* it is one of many calls that change nothing */
    bool restarting;      /* this call was interrupted by a signal and is made again */
    struct delivery held; /* a handler to be run once the result has been looked at */
    tick_t call_started;
    struct poll_entry *polled; /* of the last poll */
    int polled_count;
    struct vector vector;
    struct role_state *roles;  /* protocol.c; NULL: it speaks none */
    bool closes_writer;        /* its close is about an end that is written to */
    bool dead;                 /* a script error, or the end */
    struct digest results;     /* of its calls so far (state.c) */
    struct digest last_result; /* the last one of them */
};

struct vm *vm_new(struct run *run, struct thread *thread, int block, const struct vm *parent);
void vm_thread_body(void *thread); /* for thread_start; the program of the thread is its vm */

/* Before whatever others can notice: another thread may go on here, unless this one has been chosen
 * just now. */
void vm_point(struct vm *vm);

/* It makes a difference from here on whether another thread has sent a signal, or exited. */
void vm_touch_signals(struct vm *vm);

/* Has run_interrupt been called? */
bool vm_interrupt_wanted(void);

/* Runs code that makes no calls and returns what is on top at OP_END. The judge only. */
struct value vm_evaluate(struct vm *vm, int code);

/* The name for the instance number n (from 1) of something: "p", "p.2". In the arena; NULL without
 * memory. */
const char *instance_name(const char *name, int n);

/* A mistake that only running could show: ends the run. The place is the instruction before pc. */
void vm_error(struct vm *vm, const char *format, ...) __attribute__((format(printf, 2, 3)));
void vm_limit(struct vm *vm, enum setting setting);

/* The run is to end; a task that says so does not come back from here in controlled mode. */
void vm_stop(struct vm *vm);

/* Handlers of pending signals are run before the code at return_to. True: one will, or the process
 * is over. */
bool vm_deliver(struct vm *vm, int return_to);
void vm_run_handler(struct vm *vm, struct delivery d, int return_to);

/* call_site.c: OP_CALL and OP_EXPECT. */
void call_site_make(struct vm *vm, int site);
void call_site_expect(struct vm *vm, int site);

/* The script did not come true here; the run goes on. */
void vm_fail(struct vm *vm, struct span place, const char *message, const char *note);

/* expect.c: what a site says of a call that returned, was killed, or starts too late. */
void expect_result(struct vm *vm, const struct site *site, struct value got,
                   const struct value *wanted);
void expect_times(struct vm *vm, const struct site *site, bool slept);
void expect_start(struct vm *vm, const struct site *site);
/* A failure at this place, with where and when. */
void expect_failed(struct vm *vm, struct span place, const char *message);
void expect_killed(struct vm *vm, const struct site *site, int signal);
void value_describe(struct value v, struct strbuf *out);

/* protocol.c: what the process says it speaks. False without memory. */
bool protocol_begin(struct vm *vm);
void protocol_before_call(struct vm *vm, const struct site *s, const struct value *args);
void protocol_after_call(struct vm *vm, const struct site *s, const struct value *args,
                         struct outcome o);
void protocol_end(struct vm *vm);
void protocol_digest(const struct vm *vm, struct digest *d);

/* call_watch.c: tell whoever watches the calls, if anybody does. */
void watch_call(struct vm *vm, const struct site *s, const struct value *args);
void watch_result(struct vm *vm, const struct site *s, struct outcome o, enum call_end end);
void watch_handler_runs(struct vm *vm);
void watch_handler_over(struct vm *vm);
void watch_block_over(struct vm *vm);

/* claims.c */
void claims_after_event(void *run, const struct event *e, const struct view *v);
void claims_on_time(struct run *run, tick_t now);
void claims_at_end(struct run *run);
/* always and never, unless a lock is held: pipe.h's invariants hold only while it is free. */
void claims_judge_states(struct run *run);
bool claim_asks_for_deadlock(struct run *run);
struct value atom_value(struct run *run, const struct atom *a);

/* state.c: what an outcome is made of. */
void history_add_result(struct vm *vm, int site, struct outcome o);
void history_add_output(struct run *run, const struct event *e);

/* locks.c: what is done with locks, inside the atomic section. Both may end the run; in controlled
 * mode they do not return then. */
void locks_misused(struct run *run, const struct sync_event *e);
void locks_count_turn(struct run *run, const struct sync_event *e);
void locks_count_nap(struct run *run, int actor);

/* explain.c */
/* A message at the call that this actor makes; without a place where it makes none: at the end of its process,
 * or because it is a thread that a pipe has made. */
void run_say_at_call(struct run *run, int actor, enum diag_level level, const char *text);
void explain_deadlock(struct run *run);
void explain_livelock(struct run *run);

#endif

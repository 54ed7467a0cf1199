/* sched.h - who runs next: tasks, virtual time, sleeping and waking, and the choice between them.
 *
 * Tasks run in one of two modes, behind one interface:
 *   controlled  each task is a fiber; exactly one runs at a time; at each scheduling point the
 *               policy chooses who goes on; time is virtual and moves only when nobody can run. A
 *               run is a function of what the tasks do and of the choices.
 *   threads     each task is a thread of its own; the system chooses; a tick is a real duration.
 *
 * A task is ready, running, asleep or exited. It goes to sleep on a queue, on a mutex or condition
 * variable (sync.h), or until a tick; whoever wakes it is recorded as the cause.
 *
 * Locks, in the order in which they are taken:
 *   the kernel lock    held by a task whenever it interprets its script or changes the simulated
 *                      kernel, released at scheduling points between calls, and around a call that
 *                      may sleep (sched_kernel_lock);
 *   a pipe's lock      the pipe's own mutex (sync.h);
 *   the atomic section guards task states, queues and the recording of events; empty in
 *                      controlled mode (sched_atomic_begin).
 *
 * All of this lies in the arena, except the schedule being recorded and the threads themselves. */
#ifndef SIM_SCHED_SCHED_H
#define SIM_SCHED_SCHED_H

#include "sim/sched/schedule.h"

#include <stdbool.h>
#include <stdint.h>

typedef int64_t tick_t;
#define TICK_NEVER INT64_MAX

enum sched_mode { SCHED_CONTROLLED, SCHED_THREADS };
/* POLICY_ASKED: sched_run returns at each choice, and sched_choose says what it is. */
enum sched_policy { POLICY_FIFO, POLICY_RR, POLICY_RANDOM, POLICY_SCHEDULE, POLICY_ASKED };
enum task_state { TASK_READY, TASK_RUNNING, TASK_ASLEEP, TASK_EXITED };

/* How sched_run came to return. */
enum sched_end {
    SCHED_ALL_EXITED,
    SCHED_DEADLOCK,    /* somebody is asleep and nothing will wake anybody */
    SCHED_STOPPED,     /* sched_stop was called */
    SCHED_PAUSED,      /* so many choices were made; call again to go on */
    SCHED_BAD_SCHEDULE /* the schedule names a task that cannot run: sched_complaint */
};

struct task;

/* What happened to a lock or condition variable. */
enum sync_event_kind {
    SYNC_LOCK,    /* acquired */
    SYNC_BLOCKED, /* asleep until the lock is free */
    SYNC_UNLOCK,
    SYNC_WAIT,      /* released the lock and is asleep on the condition */
    SYNC_RETURN,    /* back from the wait, holding the lock again */
    SYNC_SIGNAL,    /* `other` was woken, or nobody (NULL) */
    SYNC_BROADCAST, /* once for each task woken, or once with NULL */
    SYNC_NO_WAIT,   /* back from a wait at once, without having slept: the task is interrupted */
    SYNC_MISUSE,    /* `misuse`; `other` holds the lock, or nobody (NULL) */
    SYNC_SLEEP,     /* asleep on a semaphore or read-write lock, until it is woken: SYNC_SIGNAL */
    SYNC_AWAKE,     /* looks again */
    SYNC_DOWN,      /* has taken it, or has given up */
    SYNC_ACCESS,    /* may be kept from going on here, before it uses memory that others use */
    SYNC_POINT /* is about to do something with one, and others may go first (GRAIN_LOCKS, controlled) */
};

/* What a program must not do with its locks. */
enum sync_misuse {
    MISUSE_NONE,
    MISUSE_LOCK,    /* takes a lock that it holds already */
    MISUSE_UNLOCK,  /* lets go a lock that it does not hold */
    MISUSE_WAIT,    /* waits with a lock that it does not hold */
    MISUSE_KEEP,    /* goes away with a lock; the site is where it was taken */
    MISUSE_INIT,    /* initializes what is initialized */
    MISUSE_DESTROY, /* destroys what is held, or what somebody sleeps on */
    MISUSE_FREE,    /* frees what is not allocated */
    MISUSE_MEMORY,  /* uses memory that it must not; this and what follows is told as a fault */
    MISUSE_RACE,    /* uses the same memory as `other`, and nothing puts one before the other */
    MISUSE_LOOP,    /* goes on for ever */
    MISUSE_CRASH
};

/* What a task's code has done, found by whoever watches it. All borrowed. */
struct sched_fault {
    enum sync_misuse misuse;
    struct task *other;   /* who has to do with it, or NULL */
    const char *what;     /* said of the task: "reads 4 bytes through a null pointer" */
    const char *notes[5]; /* places in the code, and what was done there, up to the first NULL */
};

struct sync_event {
    enum sync_event_kind kind;
    struct task *task, *other;
    const void *object; /* the mutex or condition variable */
    const char *site;   /* "file.c:12 pthread_mutex_lock(&p->lock)" */
    enum sync_misuse misuse;
    const struct sched_fault *fault; /* borrowed; NULL: `misuse` says all */
};

/* What a step does with an object that others may use: two steps on the same object commute only if
 * both read it. Taking a lock and letting it go are told apart, because a step that takes it can be
 * put before another that does, but not before the one that lets it go. */
enum touch_kind { TOUCH_READ, TOUCH_WRITE, TOUCH_ACQUIRE, TOUCH_RELEASE };

/* For whoever must know what each step does (sim/explore); all calls inside the atomic section. */
struct step_watch {
    void *ctx;
    void (*step)(void *ctx, struct task *t); /* t begins a step */
    void (*touch)(void *ctx, const void *object, enum touch_kind kind);
    void (*wakes)(void *ctx,
                  struct task *t); /* the step under way lets t go on, or starts it; or time
                                                 does, which has just moved */
    void (*time)(void *ctx);       /* nobody could run, and time has moved */
};

struct sched_config {
    enum sched_mode mode;
    enum sched_policy policy;
    struct freedom freedom;
    uint64_t seed;
    const struct schedule *schedule; /* borrowed; for POLICY_SCHEDULE */
    /* Borrowed; NULL, or where choices are appended. If it is the schedule itself, that is followed
     * as far as it goes, and then grows with each choice. */
    struct schedule *record;
    long tick_ns; /* a tick in threads mode */
    /* Threads mode: does the run end when no task is awake, or may tasks come at any time (sched_adopt)
     * until sched_stop? */
    enum { CROWD_CLOSED, CROWD_OPEN } crowd;
    void *ctx; /* for the hooks, all called inside the atomic section */
    void (*on_sync)(void *ctx, const struct sync_event *e); /* may be NULL */
    void (*on_time)(void *ctx, tick_t now);                 /* time has moved; may be NULL */
    const struct step_watch *watch; /* borrowed; controlled mode; may be NULL */
    /* Threads mode: asked now and then while tasks run; nonzero ends the run. May be NULL. */
    int (*stop_wanted)(void *ctx);
};

/* Makes the scheduler in the arena, which must be open and empty. Borrows the config. 0, -ENOMEM.
 */
int sched_init(const struct sched_config *config);

/* Runs the tasks until all have ended, nobody can run, or `choices` more choices were made
 * (UINT64_MAX: no limit; controlled mode only). Call it from the main stack. */
enum sched_end sched_run(uint64_t choices);

/* The random policy starts again from this seed. */
void sched_reseed(uint64_t seed);

/* What SCHED_BAD_SCHEDULE means, as a sentence. */
const char *sched_complaint(void);

/* A task that will run body(arg); `name` (borrowed) appears in schedules. NULL when there is no
 * room for its stack, or no thread. */
struct task *sched_spawn(const char *name, void (*body)(void *), void *arg);

/* The run does not wait for its end: when all others have exited and nobody is awake, the run has ended.
 * A sleep of its own, until a tick, does not keep the run going either. */
void sched_let_be(struct task *t);

/* Threads mode: the calling thread, which is none of the scheduler's, becomes a task: `again`, one that
 * sched_release has let go, or for NULL a new one, with this argument. NULL when memory is short. After
 * sched_release it is no task any more; it must hold nothing but perhaps the kernel lock. sched_forget:
 * the calling thread may have been a task of a scheduler that is gone, arena and all. */
struct task *sched_adopt(struct task *again, const char *name, void *arg);
void sched_release(void);
void sched_forget(void);

/* What `before` has done until now comes before all that `after` will do, though no lock says so: told to
 * whoever looks for data races (NULL: nobody). The scheduler tells of spawning. */
void sched_tell_order(void (*told)(const struct task *before, const struct task *after));
void sched_ordered(const struct task *before, const struct task *after);

/* The running task has come to its end in a signal's handler, on a stack that is none of the arena's. What
 * it still does is tell why; then sched_stop must be called. */
void sched_stack_is_lost(void);

bool sched_begun(void);        /* has there been a sched_init? */
struct task *sched_self(void); /* NULL on the main stack */
void *task_arg(const struct task *t);
const char *task_name(const struct task *t);
enum task_state task_state(const struct task *t);

/* Is it in a wait for a condition: not woken, or woken and on its way back to the lock? */
enum task_wait { WAITS_FOR_NOTHING, WAITS_UNWOKEN, WAITS_WOKEN };
enum task_wait task_waits(const struct task *t);

/* Ends the run as soon as possible; called by a task or a timer, not inside the atomic section.
 * Controlled mode: does not return when a task calls it. */
void sched_stop(void);
bool sched_stopping(void);

/* Controlled mode: sched_run returns SCHED_PAUSED, and goes on from here when it is called again.
 * Does nothing on the main stack. */
void sched_pause(void);

/* -- one choice at a time (POLICY_ASKED) ------------------------------------------------------- */

enum choice_kind {
    CHOICE_GOES_ON,  /* the task runs next */
    CHOICE_IS_WOKEN, /* the signal under way wakes it (WAKE_ANY) */
    CHOICE_SLEEPS,   /* its wait ends only when it is woken */
    CHOICE_RETURNS   /* its wait returns without a signal (spurious) */
};

struct sched_choice {
    enum choice_kind kind;
    struct task *task;
};

/* After sched_run has returned SCHED_PAUSED: what can be chosen, ordered by the tasks' numbers. A
 * task whose next operation cannot succeed at present (the lock is held) is left out, unless there
 * is nobody else: then it may go on, to fall asleep. Returns how many there are; writes at most
 * `room`. */
enum { SCHED_CHOICES_MOST = 64 };
size_t sched_choices(struct sched_choice *choices, size_t room);

/* To be made when sched_run is called next. */
void sched_choose(struct sched_choice choice);

/* Who would go on if nobody were preempted: the task that made the last step, if it still can. */
struct task *sched_continues(void);

/* The mutex that a task sleeps for, or will take next; NULL: none. */
const void *sched_wanted_mutex(const struct task *t);

/* The tasks that have not exited, the latest first: NULL begins. NULL: there are no more. */
const struct task *sched_next_task(const struct task *before);

/* A task that is not running: could it go on now, with its next operation succeeding? */
bool sched_could_go_on(const struct task *t);

/* How a schedule names it. */
void sched_choice_name(struct sched_choice choice, char *name, size_t size);

/* Tasks have numbers from 0, in the order in which they were spawned. */
int task_number(const struct task *t);

/* Controlled mode: has it run at all? */
bool task_has_begun(const struct task *t);

/* Tells the step_watch, if there is one, that the step under way does this. */
void sched_touch(const void *object, enum touch_kind kind);

/* Feeds all that determines how the tasks go on, as far as the scheduler knows it: states, queues,
 * timers, the time. What the tasks themselves have on their stacks and in memory is not in it. */
struct digest;
void sched_digest(struct digest *d);

/* Controlled mode: the live part of its stack, up to `mark`, a place in it; *n bytes. It is not running. */
const void *task_stack(const struct task *t, const void *mark, size_t *n);

/* Where the run has got to in its schedule. */
struct schedule_cursor sched_cursor(void);

/* A scheduling point between two calls: another task may run before this returns. */
void sched_point(void);

/* The others run first: what a task does that would otherwise spin. */
void sched_yield_to_others(void);

/* -- time: no tick is so large that adding two would overflow ---------------------------------- */

#define TICK_MOST (INT64_MAX / 4)

/* The tick n after t, or TICK_MOST when that would be beyond it; n >= 0. */
static inline tick_t tick_after(tick_t t, int64_t n)
{
    return n > TICK_MOST - t ? TICK_MOST : t + n;
}

/* ------------------------------------------------------------------------------------- */

tick_t sched_now(void);

/* The same, and real nanoseconds since the start: 0 in controlled mode. One look at the clock. */
struct sched_moment {
    tick_t tick;
    int64_t ns;
};
struct sched_moment sched_moment(void);

/* Calls fire(arg) at `when` unless cancelled before. The caller owns the timer, in the arena.
 * Timers of the same tick fire in the order in which they were set. Kernel lock held when it fires.
 */
struct sched_timer {
    tick_t when;
    uint64_t order;
    void (*fire)(void *arg);
    void *arg;
    size_t place; /* in the heap of timers, from 1; 0 when not set */
};

/* 0 or -ENOMEM. */
int sched_timer_set(struct sched_timer *timer, tick_t when, void (*fire)(void *), void *arg);
void sched_timer_cancel(struct sched_timer *timer);

/* -- sleeping ---------------------------------------------------------------------------------- */

/* Tasks asleep, first come first served. All zero is an empty queue. */
struct sched_queue {
    struct task *first, *last;
};

/* Sleeps until woken, interrupted, or tick `until` (TICK_NEVER: no limit). 0, -EINTR, -ETIMEDOUT.
 * The kernel lock, if the caller holds it, is released meanwhile. A NULL queue is time alone.
 * Unless `unless` is NULL: when *unless, which is guarded by the atomic section, is already true,
 * returns 0 at once. */
int sched_sleep(struct sched_queue *queue, tick_t until, const bool *unless);

/* Wakes a task if it is in sched_sleep on this queue, and says whether it was. Call it inside the
 * atomic section. */
bool sched_wake(struct task *t, const struct sched_queue *queue);

/* Takes t out of its sleep, or out of the next one it would begin, until sched_interrupt_over. From
 * a wait for a condition it returns as from a spurious wakeup; a wait for a lock is not
 * interrupted. */
void sched_interrupt(struct task *t);
void sched_interrupt_over(struct task *t);
bool sched_interrupted(const struct task *t);

/* -- locks (see above) ------------------------------------------------------------------------- */

/* A task's body is entered with the kernel lock, and must return with it. Controlled mode: other
 * tasks may run before sched_kernel_lock returns, if one has lost the processor, or sleeps on a
 * pipe's lock, while it holds the kernel lock. */
void sched_kernel_lock(void);
void sched_kernel_unlock(void);
bool sched_kernel_held(void); /* by the caller */

/* The atomic section, in the header since every event passes here. */
extern bool sched_has_threads; /* the mode; set by sched_init */
void threads_atomic_begin(void);
void threads_atomic_end(void);

static inline void sched_atomic_begin(void)
{
    if (sched_has_threads)
        threads_atomic_begin();
}

static inline void sched_atomic_end(void)
{
    if (sched_has_threads)
        threads_atomic_end();
}

#endif

/* task.h - inside sched/: what a task is, and what sched.c offers to sync.c and the two modes.
 * Nobody else includes it. */
#ifndef SIM_SCHED_TASK_H
#define SIM_SCHED_TASK_H

#include "sim/sched/fiber.h"
#include "sim/sched/sync.h"

#include <pthread.h>

/* What a task that is ready does when it goes on. */
enum next_step {
    NEXT_START,
    NEXT_IN_KERNEL, /* takes the kernel lock again */
    NEXT_LOCK,      /* takes `next_mutex` */
    NEXT_SYNC,      /* another operation on a mutex or condition variable */
    NEXT_RETURN     /* back from a wait: takes `wants`, and is ready only while it is free */
};

struct task {
    const char *name; /* borrowed */
    int number;
    enum task_state state;
    enum next_step next_step;
    struct sched_mutex *next_mutex;
    const char *next_site; /* of the operation; borrowed */
    void (*body)(void *);
    void *arg;

    struct sched_queue *in; /* the ready list, or what it sleeps on; NULL when in none */
    struct task *next, *previous;

    struct sched_mutex *wants; /* cannot go on before it has this */
    struct task *next_wanting;
    unsigned locks;        /* that it holds */
    const char *lock_site; /* where it last took one; borrowed */

    bool waits_for_condition; /* `in` is a condition variable's queue */
    _Atomic bool interrupted; /* leave every sleep at once */
    bool timed_out;
    struct sched_timer wake_up;

    struct task *next_task; /* all tasks, for the end of a run in threads mode */
    struct fiber fiber;     /* controlled mode */
    pthread_t thread;       /* threads mode, and the rest too */
    pthread_cond_t unparked;
    bool holds_kernel_lock, joined;
    bool let_be;       /* sched_let_be */
    bool told_to_want; /* tell_who_wants */
};

struct sched {
    const struct sched_config *config; /* borrowed */
    struct sched_queue ready;          /* controlled mode */
    size_t ready_count;
    struct sched_mutex *freed; /* NULL, or who wants it is ready but not in the list: line_up */
    struct task *running;
    struct task *tasks;
    size_t live; /* tasks that have not exited, but for those that are let be */
    _Atomic bool stopping;
    enum sched_end end;

    tick_t now;
    struct sched_timer **timers; /* a binary heap from index 1 */
    size_t timer_count, timer_room;
    uint64_t timer_order;

    /* controlled mode */
    struct task *kernel_owner; /* who holds the kernel lock */
    struct sched_queue kernel_queue;
    struct fiber main;
    struct task *dead;   /* exited, its stack not yet given back */
    struct task *paused; /* whose stack is in the middle of a choice */
    bool trivial;        /* the policy never takes the processor away */
    uint64_t choices_left;
    uint64_t random;
    struct schedule_cursor cursor;
    struct sched_choice chosen; /* POLICY_ASKED: the next choice */
    struct question {
        enum { WHO_GOES_ON, WHO_IS_WOKEN, SLEEP_OR_RETURN } about;
        struct sched_cond *cond; /* WHO_IS_WOKEN */
    } question;
    unsigned spurious_left;
    bool silent;     /* sched_silence */
    bool stack_lost; /* sched_stack_is_lost */
    int tasks_made;
    char complaint[160];

    /* threads mode */
    size_t awake; /* tasks that are ready or running */
    int64_t start_ns;
};

extern struct sched *the_sched; /* in the arena; NULL before sched_init */

/* sync.c: tells the hook of sched_config. Inside the atomic section. */
void sync_tell(enum sync_event_kind kind, struct task *other, const void *object, const char *site);

void task_has_exited(struct task *t); /* inside the atomic section */
/* Nobody is awake, and nothing will wake anybody: who has been woken from a wait, and cannot have the lock that
 * another holds, is told of as blocked. Inside the atomic section. */
void tell_who_wants(void);

/* Nobody is awake: when only those are left that are let be, their time-outs are forgotten. */
void forget_time_of_those_let_be(void);

/* What it sleeps for until a tick: it is woken then. For a timer; begins the atomic section. */
void wake_for_time(void *task);

/* Tells the step_watch, if there is one. */
void tell_wakes(struct task *t);
void tell_time_wakes(struct task *t);

void queue_append(struct sched_queue *q, struct task *t);
void queue_remove(struct task *t);

/* A scheduling point before an operation on a lock. `takes`: the mutex that it takes, or NULL. */
void sched_sync_point(struct sched_mutex *takes, const char *site);

/* Can its next operation succeed, or would it only fall asleep? */
bool can_succeed(const struct task *t);

/* Inside the atomic section, with somebody waiting: who is woken by the signal under way; and whether
 * the caller's wait is one that returns without a signal. */
struct task *decide_who_is_woken(struct sched_cond *c);
bool decide_to_return(void);

/* Inside the atomic section: */
void make_ready(struct task *t); /* was asleep */
void make_wanting_ready(struct sched_mutex *m);
void make_wanting_unready(struct sched_mutex *m);
void park(struct task *self); /* asleep until made ready, and chosen */
void want(struct task *t, struct sched_mutex *m);
void interrupt_wait(struct task *t); /* out of a condition's queue, wanting the lock */

/* timers.c: the next to fire, or NULL; and firing all that are due at `now`. */
struct sched_timer *timer_first(void);
/* As sched_timer_set and sched_timer_cancel, inside the atomic section. */
int timer_set(struct sched_timer *timer, tick_t when, void (*fire)(void *), void *arg);
void timer_cancel(struct sched_timer *timer);
void timers_fire(tick_t now);

size_t ready_count(void);
uint64_t random_next(void);
void ready_append(struct task *t);
void ready_remove(struct task *t);

/* controlled.c */
enum sched_end controlled_run(uint64_t choices);
void reschedule(struct task *self);    /* gives up the processor; returns when it is chosen again */
void go_to_the_end(struct task *self); /* the same, behind all who are ready */
void to_main(struct task *self);       /* to the main stack, until sched_run is called again */
void reap(void);                       /* the stack of a task that has exited is given back */

/* threads.c */
int threads_spawn(struct task *t);
void threads_adopt(struct task *t);
void threads_release(void);
void threads_forget(void);
enum sched_end threads_run(void);
void threads_start(void);
struct task *threads_self(void);
void threads_wake(struct task *t);
void threads_park(struct task *self);
void threads_timers_changed(void);
void threads_leave_if_stopping(void);
void threads_kernel_lock(void);
void threads_kernel_unlock(void);
int64_t threads_now_ns(void);

#endif

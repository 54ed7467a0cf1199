/* threads.c - the threads mode: every task is a POSIX thread, time is real.
 *
 * Tasks sleep and are woken by the same queues as in controlled mode (sched.c, sync.c), guarded by
 * one mutex, the atomic section; a sleeping task really sleeps, on a condition variable of its own.
 * So it is known at every moment who sleeps on what and who woke whom, and a deadlock is found at
 * once: no task awake, no timer set. What is left to the system is who runs, when, and who is first
 * to take a lock.
 *
 * The main thread fires the timers and waits for the end. */
#include "sim/sched/task.h"

#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <time.h>

/* Not in the arena: these belong to the system's threads. */
static pthread_mutex_t kernel_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t atomic_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER; /* nobody is awake, or a new timer */
static _Thread_local struct task *self_task;

void threads_kernel_lock(void)
{
    pthread_mutex_lock(&kernel_lock);
    if (self_task != NULL)
        self_task->holds_kernel_lock = true;
}

void threads_kernel_unlock(void)
{
    if (self_task != NULL)
        self_task->holds_kernel_lock = false;
    pthread_mutex_unlock(&kernel_lock);
}

void threads_atomic_begin(void)
{
    pthread_mutex_lock(&atomic_lock);
}

void threads_atomic_end(void)
{
    pthread_mutex_unlock(&atomic_lock);
}

static int64_t monotonic_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t threads_now_ns(void)
{
    return the_sched->start_ns == 0 ? 0 : monotonic_ns() - the_sched->start_ns;
}

struct task *threads_self(void)
{
    return self_task;
}

void threads_timers_changed(void)
{
    if (sched_has_threads)
        pthread_cond_signal(&changed);
}

/* Until sched_run the tasks wait for the kernel lock. */
void threads_start(void)
{
    pthread_mutex_lock(&kernel_lock);
}

/* -- a task's side ----------------------------------------------------------------------------- */

static void fall_asleep(void)
{
    if (--the_sched->awake == 0)
        pthread_cond_signal(&changed);
}

static void end_thread(struct task *self)
{
    pthread_mutex_lock(&atomic_lock);
    if (self->state != TASK_ASLEEP)
        fall_asleep();
    task_has_exited(self);
    pthread_mutex_unlock(&atomic_lock);
}

static void *thread_main(void *arg)
{
    struct task *self = arg;
    self_task = self;
    threads_kernel_lock();
    threads_leave_if_stopping();
    self->body(self->arg);
    threads_kernel_unlock();
    end_thread(self);
    return NULL;
}

int threads_spawn(struct task *t)
{
    pthread_cond_init(&t->unparked, NULL);
    t->state = TASK_RUNNING;
    pthread_mutex_lock(&atomic_lock);
    the_sched->awake++;
    pthread_mutex_unlock(&atomic_lock);
    int error = pthread_create(&t->thread, NULL, thread_main, t);
    if (error == 0)
        return 0;
    pthread_mutex_lock(&atomic_lock);
    the_sched->awake--;
    pthread_mutex_unlock(&atomic_lock);
    return -error;
}

void threads_adopt(struct task *t)
{
    pthread_mutex_lock(&atomic_lock);
    self_task = t;
    t->state = TASK_RUNNING;
    t->holds_kernel_lock = false; /* whoever had the task before was let go with it */
    t->joined = true;             /* it is somebody else's */
    the_sched->awake++;
    the_sched->live++;
    pthread_mutex_unlock(&atomic_lock);
}

void threads_release(void)
{
    end_thread(self_task);
    self_task = NULL;
}

void threads_forget(void)
{
    self_task = NULL;
}

void threads_wake(struct task *t)
{
    the_sched->awake++;
    pthread_cond_signal(&t->unparked);
}

void threads_leave_if_stopping(void)
{
    struct task *self = self_task;
    if (!the_sched->stopping)
        return;
    if (self->holds_kernel_lock)
        threads_kernel_unlock();
    end_thread(self);
    pthread_exit(NULL);
}

/* A thread that was cancelled here would die with the atomic section. */
static void wait_until_unparked(struct task *self)
{
    int before;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    while (self->state == TASK_ASLEEP && !the_sched->stopping)
        pthread_cond_wait(&self->unparked, &atomic_lock);
    pthread_setcancelstate(before, NULL);
}

/* The atomic section is held, and self's state is ASLEEP unless somebody has already woken it. */
void threads_park(struct task *self)
{
    if (self->state == TASK_ASLEEP)
        fall_asleep();
    wait_until_unparked(self);
    if (the_sched->stopping) {
        pthread_mutex_unlock(&atomic_lock);
        threads_leave_if_stopping();
    }
    self->state = TASK_RUNNING;
}

/* -- the main thread's side -------------------------------------------------------------------- */

enum { LOOK_NS = 100000000 }; /* the longest wait before it is asked whether to stop */

/* Until tick `when` (TICK_NEVER: no limit), or something changes, or it is time to look around. */
static void wait_until(tick_t when)
{
    struct timespec t;
    tick_t now = sched_now();
    if (when <= now)
        return;
    int64_t ns = LOOK_NS;
    if (when - now <= LOOK_NS / the_sched->config->tick_ns)
        ns = when * the_sched->config->tick_ns - threads_now_ns();
    if (ns <= 0)
        return;
    clock_gettime(CLOCK_REALTIME, &t);
    ns += t.tv_nsec;
    t.tv_sec += (time_t)(ns / 1000000000);
    t.tv_nsec = (long)(ns % 1000000000);
    pthread_cond_timedwait(&changed, &atomic_lock, &t);
}

/* Fires what is due. The kernel lock comes before the atomic section, so that is left meanwhile. */
static void fire_timers(void)
{
    tick_t now = sched_now();
    pthread_mutex_unlock(&atomic_lock);
    pthread_mutex_lock(&kernel_lock);
    pthread_mutex_lock(&atomic_lock);
    if (the_sched->config->on_time != NULL)
        the_sched->config->on_time(the_sched->config->ctx, now);
    pthread_mutex_unlock(&atomic_lock);
    timers_fire(now);
    pthread_mutex_unlock(&kernel_lock);
    pthread_mutex_lock(&atomic_lock);
}

static struct task *not_joined(void)
{
    struct task *t = the_sched->tasks;
    while (t != NULL && t->joined)
        t = t->next_task;
    return t;
}

/* Wakes and joins all tasks, also those that are made meanwhile. Leaves the atomic section. */
static void stop_threads(void)
{
    struct task *t;
    the_sched->stopping = true;
    while ((t = not_joined()) != NULL) {
        pthread_cond_signal(&t->unparked);
        pthread_mutex_unlock(&atomic_lock);
        pthread_join(t->thread, NULL);
        pthread_cond_destroy(&t->unparked);
        pthread_mutex_lock(&atomic_lock);
        t->joined = true;
    }
    pthread_mutex_unlock(&atomic_lock);
}

enum sched_end threads_run(void)
{
    struct sched *s = the_sched;
    s->start_ns = monotonic_ns();
    pthread_mutex_unlock(&kernel_lock);
    pthread_mutex_lock(&atomic_lock);
    while (!s->stopping) {
        if (s->awake == 0)
            forget_time_of_those_let_be();
        struct sched_timer *first = timer_first();
        if (s->awake == 0 && first == NULL && s->config->crowd == CROWD_CLOSED)
            break;
        if (first != NULL && first->when <= sched_now())
            fire_timers();
        else
            wait_until(first != NULL ? first->when : TICK_NEVER);
        if (s->config->stop_wanted != NULL && s->config->stop_wanted(s->config->ctx)) {
            s->end = SCHED_STOPPED;
            s->stopping = true;
        }
    }
    if (!s->stopping)
        s->end = s->live == 0 ? SCHED_ALL_EXITED : SCHED_DEADLOCK;
    stop_threads();
    return s->end;
}

/* system.c - the one system of a program, its threads, processes and signals.
 *
 * A thread of its own, the clock, sets the system up, fires the timers, and ends it. The program's
 * threads are adopted by the scheduler, as they come, each for a thread of a simulated process; what a
 * thread that has ended leaves is used by the next. The kernel lock guards all of it. */
#include "sim/library/system.h"

#include "sim/library/pipesim.h"
#include "sim/sched/arena.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

enum { SIGNAL_ROOM = 32, LIBRARY_THREADS = 16384, DEFAULT_MEMORY = 512, NS_IN_MS = 1000000 };

/* A thread of the simulated kernel that a thread of the program has, or can have. */
struct seat {
    struct seat *next;
    struct thread *thread;
    int pid;
    bool taken;
};

struct sim {
    struct sim_options options;
    const struct pipe_impl *impl;
    pthread_t clock;
    pthread_mutex_t lock; /* for `state` */
    pthread_cond_t changed;
    enum { SETTING_UP, RUNNING, FAILED } state;

    struct trace trace;
    struct sched_config sched;
    struct kernel *kernel;
    struct seat *seats;
    int first_pid;
    void (*handlers[SIGNAL_ROOM])(int);
};

static pthread_mutex_t one_lock = PTHREAD_MUTEX_INITIALIZER; /* for the two that follow */
static struct sim *the_one;
static uint64_t systems_so_far;

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t end_of_thread;
static _Thread_local struct seat *my_seat;
static _Thread_local uint64_t my_system; /* the one in which I have it */

/* -- setting up, and the end ------------------------------------------------------------------- */

static size_t or_default(size_t value, size_t by_default)
{
    return value != 0 ? value : by_default;
}

static struct kernel_config config_of(struct sim *s)
{
    const struct sim_options *o = &s->options;
    const struct dialect *d = &s->impl->dialect;
    size_t capacity = d->capacity != 0 ? d->capacity : PIPE_DEFAULT_CAPACITY;
    return (struct kernel_config){
        .impl = s->impl,
        .capacity = or_default(o->capacity, capacity),
        .atomic = or_default(o->atomic, d->atomic != 0 ? d->atomic : PIPE_DEFAULT_ATOMIC),
        .page = or_default(o->page, PIPE_DEFAULT_PAGE),
        .max_pipe_size = o->max_pipe_size != 0 ? o->max_pipe_size : 1048576,
        .user_pages_soft = o->user_pages_soft,
        .user_pages_hard = o->user_pages_hard,
        .privilege = o->privileged ? PRIVILEGED : UNPRIVILEGED,
        .socket_buffer = 212992,
        .link = {.segment = 1},
        .max_files = o->max_files != 0 ? o->max_files : 1024,
        .max_processes = LIBRARY_THREADS,
        .trace = &s->trace,
        .signals = true,
    };
}

static void on_sync(void *ctx, const struct sync_event *e)
{
    kernel_on_sync(((struct sim *)ctx)->kernel, e);
}

static bool add_seat(struct sim *s, int pid, struct thread *t)
{
    struct seat *seat = arena_alloc(sizeof *seat);
    if (seat == NULL)
        return false;
    *seat = (struct seat){.next = s->seats, .thread = t, .pid = pid};
    s->seats = seat;
    return true;
}

/* The default of SIGPIPE: what a program that has not thought of it would get. */
static void raise_it(int signal)
{
    raise(signal);
}

static bool set_up(struct sim *s)
{
    size_t memory = (size_t)(s->options.memory != 0 ? s->options.memory : DEFAULT_MEMORY) << 20;
    struct kernel_config config = config_of(s);
    struct thread *first;
    if (arena_open(memory, 1, ARENA_MANY_THREADS) != 0)
        return false;
    s->sched = (struct sched_config){.mode = SCHED_THREADS,
                                     .policy = POLICY_FIFO,
                                     .freedom = {.grain = GRAIN_LOCKS},
                                     .tick_ns = NS_IN_MS,
                                     .crowd = CROWD_OPEN,
                                     .ctx = s,
                                     .on_sync = on_sync};
    trace_init(&s->trace);
    if (sched_init(&s->sched) != 0)
        return false;
    s->kernel = kernel_new(&config);
    if (s->kernel == NULL || process_new(s->kernel, "program", &first) != 0)
        return false;
    s->first_pid = thread_number(first);
    s->handlers[SIGPIPE] = raise_it;
    call_signal(first, SIGPIPE, SIGPIPE, false);
    return add_seat(s, s->first_pid, first);
}

static void announce(struct sim *s, bool good)
{
    pthread_mutex_lock(&s->lock);
    s->state = good ? RUNNING : FAILED;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

static void *clock_main(void *arg)
{
    struct sim *s = arg;
    bool good = set_up(s);
    announce(s, good);
    if (good)
        sched_run(UINT64_MAX);
    arena_close();
    return NULL;
}

static struct sim *make(const struct sim_options *options)
{
    static const struct sim_options defaults;
    const struct sim_options *o = options != NULL ? options : &defaults;
    const struct pipe_impl *impl = pipe_impl_named(o->pipe != NULL ? o->pipe : "linux");
    struct sim *s = impl == NULL ? NULL : calloc(1, sizeof *s);
    if (s == NULL) {
        errno = impl == NULL ? EINVAL : ENOMEM;
        return NULL;
    }
    s->options = *o;
    s->impl = impl;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    return s;
}

static void free_all(struct sim *s)
{
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

/* 0, or an errno. */
static int start(struct sim *s)
{
    int error = pthread_create(&s->clock, NULL, clock_main, s);
    if (error != 0)
        return error;
    pthread_mutex_lock(&s->lock);
    while (s->state == SETTING_UP)
        pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
    if (s->state == RUNNING)
        return 0;
    pthread_join(s->clock, NULL);
    return ENOMEM;
}

struct sim *sim_new(const struct sim_options *options)
{
    pthread_mutex_lock(&one_lock);
    struct sim *s = NULL;
    int error = the_one != NULL ? EBUSY : 0;
    if (error == 0) {
        s = make(options);
        error = s == NULL ? errno : start(s);
    }
    if (error == 0) {
        systems_so_far++;
        the_one = s;
    } else if (s != NULL) {
        free_all(s);
        s = NULL;
    }
    pthread_mutex_unlock(&one_lock);
    if (error != 0)
        errno = error;
    return s;
}

void sim_free(struct sim *s)
{
    if (s == NULL)
        return;
    pthread_mutex_lock(&one_lock);
    the_one = NULL;
    sched_stop();
    pthread_join(s->clock, NULL);
    free_all(s);
    pthread_mutex_unlock(&one_lock);
}

/* -- threads ----------------------------------------------------------------------------------- */

static void leave_seat(void)
{
    struct seat *seat = my_seat;
    my_seat = NULL;
    if (seat == NULL || the_one == NULL || my_system != systems_so_far)
        return;
    thread_let_go(seat->thread);
    seat->taken = false;
}

/* The seat may be needed by another thread: this one has ended. */
static void thread_has_ended(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&one_lock);
    leave_seat();
    pthread_mutex_unlock(&one_lock);
}

static void make_key(void)
{
    pthread_key_create(&end_of_thread, thread_has_ended);
}

static struct seat *free_seat(struct sim *s, int pid)
{
    struct seat *seat = s->seats;
    while (seat != NULL && (seat->taken || seat->pid != pid))
        seat = seat->next;
    return seat;
}

/* 0, or an errno. With one_lock: so the system does not end meanwhile. */
static int take_seat(struct sim *s, int pid)
{
    struct seat *seat;
    sched_kernel_lock();
    int error = 0;
    while ((seat = free_seat(s, pid)) == NULL && error == 0) {
        struct thread *t;
        error = -thread_new_in(s->kernel, pid, "thread", &t);
        if (error == 0 && !add_seat(s, pid, t))
            error = ENOMEM;
    }
    if (error == 0)
        seat->taken = true;
    sched_kernel_unlock();
    if (error == 0)
        error = -thread_adopt(seat->thread);
    my_seat = error == 0 ? seat : NULL;
    my_system = systems_so_far;
    return error;
}

/* The calling thread's, or NULL with errno. */
static struct thread *my_thread(void)
{
    static const char any; /* a value that lets the destructor be called */
    if (my_seat != NULL && my_system == systems_so_far)
        return my_seat->thread;
    pthread_once(&key_once, make_key);
    pthread_setspecific(end_of_thread, &any);
    pthread_mutex_lock(&one_lock);
    my_seat = NULL;
    int error = the_one == NULL               ? ENXIO
                : my_system == systems_so_far ? ESRCH /* its process has ended */
                                              : take_seat(the_one, the_one->first_pid);
    pthread_mutex_unlock(&one_lock);
    if (error != 0)
        errno = error;
    return error == 0 ? my_seat->thread : NULL;
}

/* -- calls and signals ------------------------------------------------------------------------- */

static void run_handler(struct thread *self, struct delivery d)
{
    void (*handler)(int) = the_one->handlers[d.handler];
    sched_kernel_unlock();
    handler(d.signal);
    sched_kernel_lock();
    thread_handler_done(self, d.signal);
}

enum after { AFTER_NOTHING, AFTER_HANDLER, AFTER_RESTART, AFTER_DEATH };

static enum after deliver(struct thread *self)
{
    enum after after = AFTER_NOTHING;
    for (;;) {
        struct delivery d = thread_delivery(self);
        if (d.kind == DELIVER_NOTHING)
            return after;
        if (d.kind == DELIVER_DEATH)
            return AFTER_DEATH;
        run_handler(self, d);
        after = d.restart && after != AFTER_HANDLER ? AFTER_RESTART : AFTER_HANDLER;
    }
}

/* Its process has ended, and with it this thread of it. */
static void die(struct thread *self)
{
    thread_end(self);
    my_seat->pid = 0;
    sched_kernel_unlock();
    thread_let_go(self);
    my_seat = NULL;
}

ssize_t library_call(library_attempt *attempt, void *arguments, enum library_restart restart)
{
    for (;;) {
        struct thread *self = my_thread();
        if (self == NULL)
            return -1;
        sched_kernel_lock();
        thread_begin_call(self, 0);
        ssize_t result = attempt(self, arguments);
        enum after after = deliver(self);
        if (after == AFTER_DEATH)
            die(self);
        else
            sched_kernel_unlock();
        if (result == -EINTR && after == AFTER_RESTART && restart == LIBRARY_RESTARTS)
            continue;
        if (result < 0)
            errno = (int)-result;
        return result < 0 ? -1 : result;
    }
}

/* -- processes --------------------------------------------------------------------------------- */

static ssize_t attempt_fork(struct thread *self, void *arguments)
{
    (void)arguments;
    struct thread *made;
    int pid = call_fork(self, "process", &made);
    return pid < 0 || add_seat(the_one, pid, made) ? pid : -ENOMEM;
}

int sim_fork(void)
{
    return (int)library_call(attempt_fork, NULL, LIBRARY_GIVES_EINTR);
}

int sim_enter(int process)
{
    pthread_mutex_lock(&one_lock);
    int error = the_one == NULL ? ENXIO : 0;
    if (error == 0) {
        leave_seat();
        error = take_seat(the_one, process);
    }
    pthread_mutex_unlock(&one_lock);
    if (error != 0)
        errno = error;
    return error == 0 ? 0 : -1;
}

static ssize_t attempt_getpid(struct thread *self, void *arguments)
{
    (void)arguments;
    return call_getpid(self);
}

int sim_getpid(void)
{
    return (int)library_call(attempt_getpid, NULL, LIBRARY_GIVES_EINTR);
}

/* Threads of the process that nobody is in end here; the others when they notice. */
static ssize_t attempt_exit(struct thread *self, void *arguments)
{
    int pid = call_getpid(self);
    thread_close_files(self);
    call_exit(self, *(int *)arguments);
    for (struct seat *seat = the_one->seats; seat != NULL; seat = seat->next) {
        if (seat->pid == pid && !seat->taken) {
            thread_end(seat->thread);
            seat->pid = 0;
        }
    }
    return 0;
}

void sim_exit(int status)
{
    library_call(attempt_exit, &status, LIBRARY_GIVES_EINTR);
}

/* -- signals ----------------------------------------------------------------------------------- */

struct signal_arguments {
    int signal, flags;
    void (*handler)(int);
};

static ssize_t attempt_signal(struct thread *self, void *arguments)
{
    const struct signal_arguments *a = arguments;
    if (a->signal <= 0 || a->signal >= SIGNAL_ROOM)
        return -EINVAL;
    bool raises = a->handler == SIG_DFL && a->signal == SIGPIPE;
    the_one->handlers[a->signal] = raises ? raise_it : a->handler;
    int number = a->handler == SIG_IGN              ? HANDLER_IGNORE
                 : a->handler == SIG_DFL && !raises ? HANDLER_DEFAULT
                                                    : a->signal;
    return call_signal(self, a->signal, number, (a->flags & SA_RESTART) != 0);
}

int sim_signal(int signal, void (*handler)(int), int flags)
{
    struct signal_arguments a = {signal, flags, handler};
    return (int)library_call(attempt_signal, &a, LIBRARY_GIVES_EINTR);
}

static ssize_t attempt_thread(struct thread *self, void *arguments)
{
    (void)arguments;
    return thread_number(self);
}

int sim_thread(void)
{
    return (int)library_call(attempt_thread, NULL, LIBRARY_GIVES_EINTR);
}

struct kill_arguments {
    int thread, signal;
};

static ssize_t attempt_kill(struct thread *self, void *arguments)
{
    const struct kill_arguments *a = arguments;
    return call_kill_thread(self, a->thread, a->signal);
}

int sim_thread_kill(int thread, int signal)
{
    struct kill_arguments a = {thread, signal};
    return (int)library_call(attempt_kill, &a, LIBRARY_GIVES_EINTR);
}

static ssize_t attempt_is_asleep(struct thread *self, void *arguments)
{
    (void)self;
    struct thread *t = thread_numbered(the_one->kernel, *(int *)arguments);
    return t == NULL ? -ESRCH : thread_is_asleep(t);
}

int sim_is_asleep(int thread)
{
    return (int)library_call(attempt_is_asleep, &thread, LIBRARY_GIVES_EINTR);
}

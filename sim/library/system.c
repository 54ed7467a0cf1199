/* system.c - the one system of a program: setting it up, and its end.
 *
 * A thread of its own, the clock, sets the system up, fires the timers, and ends it. */
#include "sim/library/system.h"
#include "sim/library/pipesim.h"
#include "sim/sched/arena.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>

enum { LIBRARY_THREADS = 16384, DEFAULT_MEMORY = 512, MOST_PAGE = 1 << 20, NS_IN_MS = 1000000 };

pthread_mutex_t library_lock = PTHREAD_MUTEX_INITIALIZER;
struct sim *the_one;
_Atomic uint64_t systems_so_far;

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
        .max_files = s->max_files,
        .max_processes = LIBRARY_THREADS,
        .trace = &s->trace,
        .signals = true,
        .sets_flags = true,
    };
}

static void on_sync(void *ctx, const struct sync_event *e)
{
    kernel_on_sync(((struct sim *)ctx)->kernel, e);
}

static bool make_kernel(struct sim *s)
{
    struct kernel_config config = config_of(s);
    struct thread *first;
    s->kernel = kernel_new(&config);
    if (s->kernel == NULL || process_new(s->kernel, "program", &first) != 0)
        return false;
    s->first_pid = thread_number(first);
    return library_add_seat(s, first) && library_set_signal(s, first, SIGPIPE, SIG_DFL, 0) == 0;
}

static bool set_up(struct sim *s)
{
    size_t memory = (size_t)or_default((size_t)s->options.memory, DEFAULT_MEMORY) << 20;
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
    bool good = make_kernel(s);
    if (!good)
        sched_kernel_unlock(); /* which sched_run would do */
    return good;
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

static bool are_possible(const struct sim_options *o)
{
    return o->capacity <= INT_MAX && o->page <= MOST_PAGE && o->atomic <= INT_MAX &&
           o->max_files >= 0 && o->memory >= 0;
}

static struct sim *make(const struct sim_options *options)
{
    static const struct sim_options defaults;
    const struct sim_options *o = options != NULL ? options : &defaults;
    const struct pipe_impl *impl = pipe_impl_named(o->pipe != NULL ? o->pipe : "linux");
    struct sim *s = impl == NULL || !are_possible(o) ? NULL : calloc(1, sizeof *s);
    if (s == NULL) {
        errno = impl == NULL || !are_possible(o) ? EINVAL : ENOMEM;
        return NULL;
    }
    s->options = *o;
    s->impl = impl;
    s->max_files = o->max_files != 0 ? o->max_files : 1024;
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

/* The program's signals are for its own threads, who do not hold our locks. 0, or an errno. */
static int start_clock(struct sim *s)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&s->clock, NULL, clock_main, s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

/* 0, or an errno. */
static int start(struct sim *s)
{
    int error = start_clock(s);
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
    pthread_mutex_lock(&library_lock);
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
    pthread_mutex_unlock(&library_lock);
    if (error != 0)
        errno = error;
    return s;
}

/* The calls that are under way end as if the thread's process had been killed. */
static void end_calls(struct sim *s)
{
    sched_kernel_lock();
    s->ending = true;
    for (struct seat *seat = s->seats; seat != NULL; seat = seat->next)
        call_exit(seat->thread, 0);
    bool quiet = s->calls == 0;
    sched_kernel_unlock();
    pthread_mutex_lock(&s->lock);
    while (!quiet && s->state != QUIET)
        pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
    sched_kernel_lock(); /* the last one has it until it is gone */
    sched_kernel_unlock();
}

void sim_free(struct sim *s)
{
    if (s == NULL)
        return;
    pthread_mutex_lock(&library_lock);
    library_notice();
    end_calls(s);
    sched_stop();
    pthread_join(s->clock, NULL);
    the_one = NULL;
    systems_so_far++;
    library_notice();
    free_all(s);
    pthread_mutex_unlock(&library_lock);
}

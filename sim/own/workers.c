/* workers.c - see workers.h. */
#include "sim/own/workers.h"

#include "sim/kernel/kernel.h"
#include "sim/kernel/worker.h"
#include "sim/own/accesses.h"
#include "sim/own/beside/calls.h"
#include "sim/own/faults.h"
#include "sim/own/places.h"
#include "sim/sched/arena.h"
#include "sim/trace/strbuf.h"

#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { WORKERS_MOST = 64, KEYS_MOST = 8, DESTRUCTOR_ROUNDS = 4 };

enum fate { JOINABLE, DETACHED };

struct worker {
    struct thread *thread; /* NULL: this place is free */
    void *(*function)(void *);
    void *arg, *result;
    const char *site;
    enum fate fate;
    enum { AT_WORK, IS_OVER } progress;
    jmp_buf *end; /* on its stack: where pthread_exit goes to */
};

/* Part of every snapshot. */
static struct variables {
    struct worker workers[WORKERS_MOST];
    struct pipesim_cleanup *cleanups[THREADS_MOST]; /* of each thread, by its number; the latest */
    bool used[KEYS_MOST];
    void (*freers[KEYS_MOST])(void *);
    const void *values[THREADS_MOST][KEYS_MOST];
} the;

int workers_include(void)
{
    return arena_include(&the, sizeof the);
}

void workers_add_state(void (*add)(void *ctx, const void *bytes, size_t n), void *ctx)
{
    bool some = the.used[0];
    for (int i = 0; i < WORKERS_MOST; i++)
        some |= the.workers[i].thread != NULL;
    if (some)
        add(ctx, &the, sizeof the);
}

static unsigned long self_number(void)
{
    const struct thread *t = sched_begun() ? thread_self() : NULL;
    return t == NULL ? 0 : (unsigned long)thread_number(t);
}

/* -- which one --------------------------------------------------------------------------------- */

static struct worker *worker_of(unsigned long number)
{
    for (int i = 0; i < WORKERS_MOST; i++) {
        struct worker *w = &the.workers[i];
        if (w->thread != NULL && (unsigned long)thread_number(w->thread) == number)
            return w;
    }
    return NULL;
}

static struct worker *free_place(void)
{
    for (int i = 0; i < WORKERS_MOST; i++) {
        if (the.workers[i].thread == NULL)
            return &the.workers[i];
    }
    return NULL;
}

static void forget(struct worker *w)
{
    *w = (struct worker){0};
}

enum workers_alive workers_alive(void)
{
    for (int i = 0; i < WORKERS_MOST; i++) {
        if (the.workers[i].thread != NULL && the.workers[i].progress == AT_WORK)
            return WORKERS_AT_WORK;
    }
    return WORKERS_NONE;
}

void workers_describe_left(struct strbuf *out)
{
    for (int i = 0; i < WORKERS_MOST; i++) {
        const struct worker *w = &the.workers[i];
        if (w->thread != NULL && w->fate == JOINABLE && out->length == 0)
            strbuf_addf(out, "a thread is neither joined nor detached: %s", w->site);
    }
}

static void pop_cleanup(int execute);

/* -- its life ---------------------------------------------------------------------------------- */

static void run_cleanups(void)
{
    while (the.cleanups[place_of_thread()] != NULL)
        pop_cleanup(1);
}

/* A function for one key may set another. */
static void free_specific(void)
{
    const void **values = the.values[place_of_thread()];
    for (int round = 0; round < DESTRUCTOR_ROUNDS; round++) {
        for (unsigned key = 0; key < KEYS_MOST; key++) {
            void *value = (void *)values[key];
            values[key] = NULL;
            if (value != NULL && the.freers[key] != NULL)
                the.freers[key](value);
        }
    }
}

static void work(void)
{
    jmp_buf end;
    struct worker *w = worker_of(self_number());
    w->end = &end;
    if (_setjmp(end) == 0)
        w->result = w->function(w->arg);
    run_cleanups();
    free_specific();
    w->progress = IS_OVER;
    if (w->fate == DETACHED)
        forget(w);
}

/* "(void *(*)(void *))&flush_it" -> "flush_it" */
static void last_name(const char *text, char *name, size_t size)
{
    const char *end = text + strlen(text);
    while (end > text && !isalnum((unsigned char)end[-1]) && end[-1] != '_')
        end--;
    const char *start = end;
    while (start > text && (isalnum((unsigned char)start[-1]) || start[-1] == '_'))
        start--;
    snprintf(name, size, "%.*s", (int)(end - start), end > start ? start : "thread");
}

static int create(unsigned long *thread, void *(*function)(void *), void *arg,
                  const char *function_text, const char *site)
{
    char name[32];
    fault_at_call(site);
    last_name(function_text, name, sizeof name);
    struct worker *w = free_place();
    if (w == NULL)
        return EAGAIN;
    *w = (struct worker){.function = function, .arg = arg, .site = site};
    int error = worker_start(name, work, &w->thread);
    if (error != 0)
        forget(w);
    else
        *thread = (unsigned long)thread_number(w->thread);
    if (error == 0)
        accesses_are(ACCESSES_AMONG_OTHERS); /* in pipe_new, too, from here on */
    return -error;
}

static void not_there(const char *does, const char *site)
{
    fault_at_call(site);
    fault_raise((struct sched_fault){.misuse = MISUSE_MEMORY, .what = does});
}

static int join(unsigned long thread, void **result, const char *site)
{
    struct worker *w = worker_of(thread);
    fault_at_call(site);
    if (thread == self_number() && w != NULL)
        return EDEADLK;
    if (w == NULL || w->fate == DETACHED)
        not_there(
            "joins a thread that is not there: it was joined before, or detached, or never made",
            site);
    else if (self_number() == 0)
        not_there("waits for a thread where none can run: the run has not begun", site);
    else
        worker_join(w->thread);
    if (w == NULL)
        return ESRCH;
    if (result != NULL)
        *result = w->result;
    forget(w);
    return 0;
}

static int detach(unsigned long thread, const char *site)
{
    struct worker *w = worker_of(thread);
    if (w == NULL || w->fate == DETACHED) {
        not_there(
            "detaches a thread that is not there: it was joined or detached before, or never made",
            site);
        return ESRCH;
    }
    w->fate = DETACHED;
    if (w->progress == IS_OVER)
        forget(w);
    return 0;
}

static void end_early(void *result, const char *site)
{
    struct worker *w = worker_of(self_number());
    fault_at_call(site);
    if (w == NULL)
        fault_raise((struct sched_fault){
            .misuse = MISUSE_CRASH,
            .what = "ends a process of the scenario, which has only called it: pthread_exit is for "
                    "threads that the pipe itself has made"});
    w->result = result;
    _longjmp(*w->end, 1);
}

static void push_cleanup(struct pipesim_cleanup *c)
{
    c->before = the.cleanups[place_of_thread()];
    the.cleanups[place_of_thread()] = c;
}

static void pop_cleanup(int execute)
{
    struct pipesim_cleanup *c = the.cleanups[place_of_thread()];
    the.cleanups[place_of_thread()] = c->before;
    if (execute)
        c->function(c->arg);
}

/* -- thread-specific data ---------------------------------------------------------------------- */

static const void **specific_of(unsigned key)
{
    static const void *nowhere;
    return key < KEYS_MOST ? &the.values[place_of_thread()][key] : &nowhere;
}

static int key_create(unsigned *key, void (*freer)(void *))
{
    for (*key = 0; *key < KEYS_MOST && the.used[*key]; ++*key)
        ;
    if (*key == KEYS_MOST)
        return EAGAIN;
    the.used[*key] = true;
    the.freers[*key] = freer;
    return 0;
}

static int key_delete(unsigned key)
{
    if (key >= KEYS_MOST || !the.used[key])
        return EINVAL;
    the.used[key] = false;
    the.freers[key] = NULL;
    for (int i = 0; i < THREADS_MOST; i++)
        the.values[i][key] = NULL;
    return 0;
}

static void *get_specific(unsigned key)
{
    return (void *)*specific_of(key);
}

static int set_specific(unsigned key, const void *value)
{
    *specific_of(key) = value;
    return key < KEYS_MOST ? 0 : EINVAL;
}

void workers_add_calls(struct pipesim_calls *calls)
{
    calls->thread_create = create;
    calls->thread_join = join;
    calls->thread_detach = detach;
    calls->thread_exit = end_early;
    calls->cleanup_push = push_cleanup;
    calls->cleanup_pop = pop_cleanup;
    calls->key_create = key_create;
    calls->key_delete = key_delete;
    calls->getspecific = get_specific;
    calls->setspecific = set_specific;
    calls->self = self_number;
}

/* stage.c - see stage.h. */
#include "tests/ringbuf/stage.h"

#include <stdlib.h>
#include <string.h>

static _Thread_local struct actor *self; /* NULL on the test's own thread */

/* -- the hooks -- */

static void observe(void *ctx, const struct pipe_event *event)
{
    struct stage *s = ctx;
    pthread_mutex_lock(&s->lock);
    if (s->event_count < STAGE_EVENTS)
        s->events[s->event_count++] = *event;
    s->told[event->kind]++;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

static int interrupted(void *ctx)
{
    (void)ctx;
    return self != NULL && atomic_load(&self->interrupted);
}

static const struct pipe_hooks hooks = {.observe = observe, .interrupted = interrupted};

/* -- the stage -- */

struct stage *stage_new(size_t capacity, size_t atomic)
{
    struct stage *s = calloc(1, sizeof *s);
    struct pipe_options options = {
        .capacity = capacity, .atomic = atomic, .hooks = &hooks, .ctx = s};
    if (s == NULL)
        return NULL;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    s->pipe = pipe_new(&options);
    return s;
}

void stage_free(struct stage *s)
{
    for (unsigned i = 0; i < s->actor_count; i++)
        free(s->actors[i].bytes);
    pipe_free(s->pipe);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

/* -- the actors -- */

static void *read_once(void *arg)
{
    self = arg;
    self->result = pipe_read(self->stage->pipe, self->bytes, self->n, 0);
    return NULL;
}

static void *peek_once(void *arg)
{
    self = arg;
    self->result = pipe_read(self->stage->pipe, self->bytes, self->n, PIPE_PEEK);
    return NULL;
}

static void *write_once(void *arg)
{
    self = arg;
    self->result = pipe_write(self->stage->pipe, self->bytes, self->n, 0);
    return NULL;
}

static struct actor *new_actor(struct stage *s, size_t n)
{
    if (s->actor_count == STAGE_ACTORS)
        abort();
    struct actor *a = &s->actors[s->actor_count++];
    a->stage = s;
    a->n = n;
    a->bytes = calloc(1, n + 1);
    return a;
}

struct actor *starts_reading(struct stage *s, size_t n)
{
    struct actor *a = new_actor(s, n);
    pthread_create(&a->thread, NULL, read_once, a);
    return a;
}

struct actor *starts_peeking(struct stage *s, size_t n)
{
    struct actor *a = new_actor(s, n);
    pthread_create(&a->thread, NULL, peek_once, a);
    return a;
}

struct actor *starts_writing(struct stage *s, const char *bytes)
{
    struct actor *a = new_actor(s, strlen(bytes));
    memcpy(a->bytes, bytes, a->n);
    pthread_create(&a->thread, NULL, write_once, a);
    return a;
}

ssize_t result_of(struct actor *a)
{
    pthread_join(a->thread, NULL);
    return a->result;
}

void interrupt(struct actor *a)
{
    atomic_store(&a->interrupted, 1);
}

/* -- the log -- */

/* Waits until sleeps - returns == count, both being kinds of event. */
static void await_difference(struct stage *s, enum pipe_event_kind sleeps,
                             enum pipe_event_kind returns, unsigned count)
{
    pthread_mutex_lock(&s->lock);
    while (s->told[sleeps] - s->told[returns] != count)
        pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

void await_sleeping_readers(struct stage *s, unsigned count)
{
    await_difference(s, PIPE_READER_SLEEPS, PIPE_READER_RETURNS, count);
}

void await_sleeping_writers(struct stage *s, unsigned count)
{
    await_difference(s, PIPE_WRITER_SLEEPS, PIPE_WRITER_RETURNS, count);
}

unsigned told(struct stage *s, enum pipe_event_kind kind)
{
    pthread_mutex_lock(&s->lock);
    unsigned count = s->told[kind];
    pthread_mutex_unlock(&s->lock);
    return count;
}

void await_told(struct stage *s, enum pipe_event_kind kind, unsigned count)
{
    pthread_mutex_lock(&s->lock);
    while (s->told[kind] < count)
        pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

unsigned wakes(struct stage *s)
{
    return told(s, PIPE_WAKES_READER) + told(s, PIPE_WAKES_READERS) + told(s, PIPE_WAKES_WRITER) +
           told(s, PIPE_WAKES_WRITERS);
}

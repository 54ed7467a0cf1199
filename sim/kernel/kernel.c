/* kernel.c - the kernel as a whole, its events, and what it makes of what the scheduler reports. */
#include "sim/kernel/objects.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct kernel *kernel_new(const struct kernel_config *config)
{
    struct kernel *k = arena_alloc(sizeof *k);
    if (k == NULL)
        return NULL;
    k->config = *config;
    k->terminal = arena_alloc(sizeof *k->terminal);
    if (k->terminal == NULL)
        return NULL;
    k->terminal->kind = FILE_TERMINAL;
    k->terminal->flags = ABI_O_RDWR;
    return k;
}

void kernel_emit(struct kernel *k, struct event e)
{
    trace_emit(k->config.trace, &e);
}

void kernel_emit_now(struct kernel *k, struct event e)
{
    sched_atomic_begin();
    kernel_emit(k, e);
    sched_atomic_end();
}

int sleep_on(struct thread *self, enum sleep_on on, struct sched_queue *queue, tick_t until,
             int other, const bool *unless)
{
    struct kernel *k = self->process->kernel;
    if (thread_interrupted(self))
        return -EINTR;
    kernel_emit_now(k, (struct event){.kind = EV_SLEEP,
                                      .sleep_on = on,
                                      .actor = self->actor,
                                      .other = other,
                                      .pipe = on == ON_OPEN ? self->opens->number : NO_PIPE,
                                      .value = until == TICK_NEVER ? -1 : until});
    int result = sched_sleep(queue, until, unless);
    if (on != ON_SLEEP && on != ON_TIME)
        sched_touch(k, TOUCH_WRITE);
    sched_atomic_begin();
    if (result == -ETIMEDOUT)
        kernel_emit(k,
                    (struct event){
                        .kind = EV_WAKE, .actor = NOBODY, .other = self->actor, .pipe = NO_PIPE});
    kernel_emit(k, (struct event){
                       .kind = EV_RESUME, .actor = self->actor, .other = NOBODY, .pipe = NO_PIPE});
    sched_atomic_end();
    return result;
}

/* Inside the atomic section. False: nobody is there. */
static bool wake(struct thread *self, struct sched_queue *queue)
{
    struct task *t = queue->first;
    if (t == NULL)
        return false;
    struct thread *sleeper = task_arg(t);
    kernel_emit(self->process->kernel, (struct event){.kind = EV_WAKE,
                                                      .actor = self->actor,
                                                      .other = sleeper->actor,
                                                      .pipe = NO_PIPE});
    sched_wake(t, queue);
    return true;
}

void wake_first(struct thread *self, struct sched_queue *queue)
{
    sched_atomic_begin();
    wake(self, queue);
    sched_atomic_end();
}

void wake_all(struct thread *self, struct sched_queue *queue)
{
    sched_atomic_begin();
    while (wake(self, queue))
        ;
    sched_atomic_end();
}

/* -- what the scheduler reports about locks ---------------------------------------------------- */

/* "file.c:88 pthread_cond_wait(&p->not_empty, &p->lock)" -> "not_empty" */
static void condition_name(const char *site, char *name, size_t size)
{
    const char *at = strchr(site, '(');
    const char *end = at == NULL ? site : at + strcspn(at, ",)");
    const char *start = end;
    while (start > site && strchr("(&>. *", start[-1]) == NULL)
        start--;
    size_t n = (size_t)(end - start);
    n = n < size ? n : size - 1;
    memcpy(name, start, n);
    name[n] = '\0';
    if (n == 0) /* nobody knows */
        snprintf(name, size, "condition");
}

/* A person's own pipe names its conditions as it likes, and may have only one, or semaphores. What is not
 * called as one of ours is called by what the call waits for. */
static void name_condition(const struct kernel *k, struct thread *self, const char *site)
{
    condition_name(site, self->condition, sizeof self->condition);
    if (self->pipe == NULL || self->work != NULL || k->config.impl->observed == PIPE_TELLS ||
        strcmp(self->condition, "not_empty") == 0 || strcmp(self->condition, "not_full") == 0)
        return;
    snprintf(self->condition, sizeof self->condition, "%s",
             self->end == READ_END ? "not_empty" : "not_full");
}

static void on_wait(struct kernel *k, struct thread *self, const struct sync_event *e)
{
    name_condition(k, self, e->site);
    kernel_emit(k, (struct event){.kind = EV_SLEEP,
                                  .sleep_on = ON_CONDITION,
                                  .actor = self->actor,
                                  .other = NOBODY,
                                  .pipe = self->pipe != NULL ? self->pipe->number : NO_PIPE,
                                  .value = (int64_t)self->need,
                                  .value2 = self->slept && !self->moved,
                                  .text = self->condition,
                                  .size = strlen(self->condition),
                                  .site = e->site});
    self->slept = true;
    self->moved = false;
}

static void on_notify(struct kernel *k, struct thread *self, const struct sync_event *e)
{
    struct thread *woken = e->other == NULL ? NULL : task_arg(e->other);
    int pipe = self->pipe != NULL ? self->pipe->number : NO_PIPE;
    if (k->config.trace->locks)
        kernel_emit(k, (struct event){.kind = EV_NOTIFY,
                                      .actor = self->actor,
                                      .other = woken != NULL ? woken->actor : NOBODY,
                                      .pipe = pipe,
                                      .value = woken != NULL,
                                      .site = e->site});
    if (woken != NULL)
        kernel_emit(
            k, (struct event){
                   .kind = EV_WAKE, .actor = self->actor, .other = woken->actor, .pipe = pipe});
}

static void on_lock(struct kernel *k, struct thread *self, const struct sync_event *e,
                    enum event_kind kind)
{
    if (!k->config.trace->locks)
        return;
    kernel_emit(k, (struct event){.kind = kind,
                                  .actor = self->actor,
                                  .other = NOBODY,
                                  .pipe = self->pipe != NULL ? self->pipe->number : NO_PIPE,
                                  .site = e->site});
}

static struct event about(struct thread *self, enum event_kind kind)
{
    return (struct event){.kind = kind,
                          .actor = self->actor,
                          .other = NOBODY,
                          .pipe = self->pipe != NULL ? self->pipe->number : NO_PIPE};
}

static void on_blocked(struct kernel *k, struct thread *self, const struct sync_event *e)
{
    struct event event = about(self, EV_SLEEP);
    struct thread *owner = task_arg(e->other);
    event.sleep_on = ON_LOCK;
    event.other = owner->actor;
    event.site = e->site;
    kernel_emit(k, event);
}

static void on_return(struct kernel *k, struct thread *self, const struct sync_event *e)
{
    struct event event = about(self, EV_RESUME);
    event.site = e->site;
    kernel_emit(k, event);
}

static bool asleep_on_lock(struct kernel *k, struct thread *t)
{
    const struct view_actor *a = &k->config.trace->view.actors[t->actor];
    return a->state == ACTOR_ASLEEP && a->sleep_on == ON_LOCK;
}

static void count_locks(struct kpipe *p, enum sync_event_kind kind)
{
    if (kind == SYNC_LOCK || kind == SYNC_RETURN)
        p->locks++;
    else if (kind == SYNC_UNLOCK || kind == SYNC_WAIT)
        p->locks--;
}

/* A transfer deals with two pipes: which one's lock or condition is this? The one that begins nearest
 * before it. */
static void turn_to_pipe(struct thread *self, const void *object)
{
    uintptr_t at = (uintptr_t)object, from = (uintptr_t)self->from->pipe,
              to = (uintptr_t)self->to->pipe;
    bool is_to = to <= at && (from > at || from < to);
    if (self->pipe != (is_to ? self->to : self->from))
        self->moved = true; /* what it slept for on the other one has come */
    self->pipe = is_to ? self->to : self->from;
    self->end = is_to ? WRITE_END : READ_END;
}

void kernel_on_sync(void *ctx, const struct sync_event *e)
{
    struct kernel *k = ctx;
    struct thread *self = task_arg(e->task);
    if (e->kind == SYNC_POINT) { /* before others can see what it has done */
        observed_look(self);
        return;
    }
    if (self->to != NULL)
        turn_to_pipe(self, e->object);
    if (self->pipe != NULL)
        count_locks(self->pipe, e->kind);
    if (e->kind == SYNC_UNLOCK || e->kind == SYNC_WAIT || e->kind == SYNC_SLEEP ||
        e->kind == SYNC_SIGNAL || e->kind == SYNC_BROADCAST)
        observed_look(self);
    if (e->kind == SYNC_WAIT || e->kind == SYNC_SLEEP)
        observed_sleeps(self);
    if (e->kind == SYNC_WAIT)
        state_waits(self);
    else if (e->kind == SYNC_LOCK)
        state_takes_lock(self);
    else if (e->kind != SYNC_BLOCKED)
        state_seen(self);
    switch (e->kind) {
    case SYNC_WAIT:
    case SYNC_SLEEP: on_wait(k, self, e); break;
    case SYNC_RETURN:
    case SYNC_AWAKE: on_return(k, self, e); break;
    case SYNC_SIGNAL:
    case SYNC_BROADCAST: on_notify(k, self, e); break;
    case SYNC_BLOCKED: on_blocked(k, self, e); break;
    case SYNC_LOCK:
        if (asleep_on_lock(k, self))
            kernel_emit(k, about(self, EV_RESUME));
        on_lock(k, self, e, EV_LOCK);
        break;
    case SYNC_UNLOCK: on_lock(k, self, e, EV_UNLOCK); break;
    case SYNC_POINT:
    case SYNC_DOWN:
    case SYNC_ACCESS:
    case SYNC_NO_WAIT:
    case SYNC_MISUSE: break; /* the run's business */
    }
}

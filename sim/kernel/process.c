/* process.c - processes and threads: making them, ending them, waiting for them. */
#include "sim/kernel/objects.h"

#include <errno.h>
#include <string.h>

/* -- making ------------------------------------------------------------------------------------ */

static int add_thread(struct kernel *k, struct thread *t)
{
    if (k->thread_count - (k->network != NULL) == (size_t)k->config.max_processes)
        return -EAGAIN;
    if (k->thread_count == k->thread_room) {
        size_t room = k->thread_room == 0 ? 16 : k->thread_room * 2;
        struct thread **grown = arena_resize(k->threads, room * sizeof(struct thread *));
        if (grown == NULL)
            return -ENOMEM;
        k->threads = grown;
        k->thread_room = room;
    }
    t->actor = (int)k->thread_count;
    t->number = t->actor + 1;
    k->threads[k->thread_count++] = t;
    return 0;
}

static int thread_new(struct process *p, const char *name, struct thread **made)
{
    struct thread *creator = thread_self();
    struct thread *t = arena_alloc(sizeof *t);
    if (t == NULL)
        return -ENOMEM;
    t->process = p;
    t->name = name;
    int error = add_thread(p->kernel, t);
    if (error != 0) {
        arena_free(t);
        return error;
    }
    p->threaded |= p->main != NULL;
    p->live_threads++;
    kernel_emit_now(p->kernel, (struct event){.kind = EV_START,
                                              .actor = t->actor,
                                              .other = creator != NULL ? creator->actor : NOBODY,
                                              .pipe = NO_PIPE,
                                              .value = p->pid != 0 ? p->pid : t->number,
                                              .text = name,
                                              .size = strlen(name)});
    *made = t;
    return 0;
}

static int new_process(struct kernel *k, const char *name, int pid, struct thread **made)
{
    struct process *p = arena_alloc(sizeof *p);
    if (p == NULL)
        return -ENOMEM;
    p->kernel = k;
    p->pid = pid;
    p->host = name;
    signal_defaults(p);
    int error = thread_new(p, name, made);
    if (error != 0) {
        arena_free(p);
        return error;
    }
    p->main = *made;
    return 0;
}

int process_new(struct kernel *k, const char *name, struct thread **made)
{
    int error = new_process(k, name, 0, made);
    if (error != 0)
        return error;
    struct process *p = (*made)->process;
    p->pid = p->main->number;
    files_open_terminal(p);
    return 0;
}

int process_new_own(struct kernel *k, const char *name, enum view_own who, struct thread **made)
{
    int error = new_process(k, name, who, made);
    if (error == 0)
        (*made)->process->fetched = true;
    return error;
}

void process_set_host(struct thread *t, const char *host)
{
    t->process->host = host;
    t->process->host_declared = true;
}

int thread_start(struct thread *t, void (*body)(void *), void *program)
{
    t->program = program;
    t->task = sched_spawn(t->name, body, t);
    return t->task != NULL ? 0 : -EAGAIN;
}

void *thread_program(const struct thread *t)
{
    return t->program;
}

struct thread *thread_self(void)
{
    struct task *t = sched_self();
    return t == NULL ? NULL : task_arg(t);
}

const void *thread_buffer(const struct thread *t, size_t *n)
{
    *n = t->data != NULL ? t->asked : 0;
    return t->data;
}

bool thread_in_pipe(const struct thread *t)
{
    return t->pipe != NULL;
}

int thread_actor(const struct thread *t)
{
    return t->actor;
}

bool thread_is_ending(const struct thread *t)
{
    return t->process->dying;
}

bool thread_is_alone(const struct thread *t)
{
    return !t->process->threaded;
}

void thread_begin_call(struct thread *self, int call)
{
    self->call = call;
}

int thread_number(const struct thread *t)
{
    return t->number;
}

struct thread *thread_numbered(struct kernel *k, int number)
{
    return number >= 1 && (size_t)number <= k->thread_count ? k->threads[number - 1] : NULL;
}

struct thread *thread_named(struct kernel *k, const char *name, size_t length)
{
    for (size_t i = 0; i < k->thread_count; i++) {
        const char *n = k->threads[i]->name;
        if (strlen(n) == length && memcmp(n, name, length) == 0)
            return k->threads[i];
    }
    return NULL;
}

int thread_new_in(struct kernel *k, int pid, const char *name, struct thread **made)
{
    struct thread *main = thread_numbered(k, pid);
    bool there = main != NULL && main->process->main == main && main->process->pid == pid;
    if (!there || main->process->exited || main->process->dying)
        return -ESRCH;
    return thread_new(main->process, name, made);
}

int thread_adopt(struct thread *t)
{
    t->task = sched_adopt(t->task, t->name, t);
    return t->task != NULL ? 0 : -EAGAIN;
}

void thread_let_go(struct thread *t)
{
    t->pending = 0;
    t->blocked = 0;
    sched_release();
}

bool thread_is_doomed(const struct thread *t)
{
    return t->ended || t->process->dying || t->process->exited;
}

void thread_close_files(struct thread *self)
{
    files_close_all(self->process);
}

bool thread_is_asleep(struct thread *t)
{
    sched_atomic_begin();
    const struct view_actor *a = &t->process->kernel->config.trace->view.actors[t->actor];
    bool asleep = a->state == ACTOR_ASLEEP && a->sleep_on != ON_LOCK;
    sched_atomic_end();
    return asleep;
}

/* A child has its parent's descriptors and dispositions, but no pending signals and no alarm. */
int call_fork(struct thread *self, const char *name, struct thread **made)
{
    struct process *parent = self->process;
    struct process *child = arena_alloc(sizeof *child);
    if (child == NULL)
        return -ENOMEM;
    child->kernel = parent->kernel;
    child->host = parent->host;
    child->host_declared = parent->host_declared;
    memcpy(child->dispositions, parent->dispositions, sizeof child->dispositions);
    child->disposed = parent->disposed;
    int error = thread_new(child, name, made);
    if (error != 0) {
        arena_free(child);
        return error;
    }
    child->main = *made;
    child->pid = child->main->number;
    child->parent = parent;
    child->forker = self;
    child->next_sibling = parent->first_child;
    parent->first_child = child;
    error = files_copy(parent, child);
    return error != 0 ? error : child->pid;
}

int call_thread(struct thread *self, const char *name, struct thread **made)
{
    int error = thread_new(self->process, name, made);
    return error != 0 ? error : (*made)->number;
}

/* -- ending ------------------------------------------------------------------------------------ */

static void orphan_children(struct process *p)
{
    for (struct process *c = p->first_child; c != NULL; c = c->next_sibling) {
        c->parent = NULL;
        c->fetched = c->exited; /* by init */
    }
}

static void forget_child(struct process *p, struct process *child)
{
    struct process **at = &p->first_child;
    while (*at != child)
        at = &(*at)->next_sibling;
    *at = child->next_sibling;
    child->fetched = true;
}

/* Its ends are closed, and SIGCHLD is not yet sent: whoever has seen an end of file goes on, if he is quick. */
static void process_is_closed(struct process *p)
{
    if (p->parent != NULL && p->parent->dispositions[ABI_SIGCHLD].handler >= 0)
        sched_point();
}

static void process_end(struct thread *last)
{
    struct process *p = last->process;
    sched_timer_cancel(&p->alarm);
    files_close_all(p);
    if (!p->kernel->config.strangers)
        sched_touch(p->kernel, TOUCH_WRITE); /* a later step, if ends were closed */
    process_is_closed(p);
    orphan_children(p);
    p->exited = true;
    p->fetched = p->parent == NULL;
    if (p->parent != NULL) {
        if (p->parent->dispositions[ABI_SIGCHLD].handler == HANDLER_IGNORE)
            forget_child(p->parent, p); /* POSIX: then there is nothing to wait for */
        wake_all(last, &p->parent->waiting);
        signal_post_child(p, last);
    }
}

void thread_end(struct thread *self)
{
    struct process *p = self->process;
    if (!p->kernel->config.strangers)
        sched_touch(p->kernel, TOUCH_WRITE);
    self->ended = true;
    p->live_threads--;
    wake_all(self, &self->joining);
    if (p->live_threads == 0)
        process_end(self);
    network_poke_now(p->kernel);
    kernel_emit_now(p->kernel, (struct event){.kind = EV_EXIT,
                                              .actor = self->actor,
                                              .other = NOBODY,
                                              .pipe = NO_PIPE,
                                              .value = p->dying ? p->status : 0,
                                              .value2 = p->live_threads > 0});
}

void call_exit(struct thread *self, int status)
{
    struct process *p = self->process;
    struct kernel *k = p->kernel;
    if (p->dying)
        return;
    p->dying = true;
    p->status = status;
    for (size_t i = 0; i < k->thread_count; i++) {
        struct thread *t = k->threads[i];
        if (t->process == p && !t->ended && t->task != NULL)
            thread_must_leave(t);
    }
}

/* -- waiting ----------------------------------------------------------------------------------- */

static int shell_status(const struct process *p)
{
    return p->status < 0 ? 128 - p->status : p->status & 255;
}

static struct process *matching_child(struct process *p, int pid, bool *any)
{
    struct process *found = NULL;
    *any = false;
    for (struct process *c = p->first_child; c != NULL; c = c->next_sibling) {
        if (pid != 0 && c->pid != pid)
            continue;
        *any = true;
        if (c->exited)
            found = c; /* children are listed latest first: take the earliest */
    }
    return found;
}

int call_wait(struct thread *self, int pid)
{
    struct process *p = self->process;
    struct thread *child = pid != 0 ? thread_numbered(p->kernel, pid) : NULL;
    for (int error = 0;;) {
        bool any;
        struct process *exited = matching_child(p, pid, &any);
        if (exited != NULL) {
            sched_ordered(exited->main->task, self->task);
            forget_child(p, exited);
            return shell_status(exited);
        }
        if (!any)
            return -ECHILD;
        if (error != 0) /* a child that has exited comes before a signal */
            return error;
        error = sleep_on(self, ON_WAIT, &p->waiting, TICK_NEVER,
                         child != NULL ? child->actor : NOBODY, NULL);
    }
}

int call_join(struct thread *self, int number)
{
    struct thread *t = thread_numbered(self->process->kernel, number);
    if (t == NULL || t->process != self->process || t == t->process->main)
        return -ESRCH;
    if (t == self)
        return -EDEADLK;
    while (!t->ended) {
        int error = sleep_on(self, ON_JOIN, &t->joining, TICK_NEVER, t->actor, NULL);
        if (error != 0)
            return error;
    }
    sched_ordered(t->task, self->task);
    return 0;
}

int call_getpid(struct thread *self)
{
    return self->process->pid;
}

int call_getppid(struct thread *self)
{
    return self->process->parent != NULL ? self->process->parent->pid : 0;
}

/* -- time -------------------------------------------------------------------------------------- */

int64_t call_sleep(struct thread *self, int64_t ticks)
{
    if (ticks <= 0)
        return 0;
    tick_t until = tick_after(sched_now(), ticks);
    sleep_on(self, ON_SLEEP, NULL, until, NOBODY, NULL);
    int64_t left = until - sched_now();
    return left > 0 ? left : 0;
}

void thread_wait_for_tick(struct thread *self, tick_t when)
{
    while (sched_now() < when && !self->process->dying) {
        if (sleep_on(self, ON_TIME, NULL, when, NOBODY, NULL) == -EINTR)
            return;
    }
}

/* cycle.c - sleepers that wait for each other. */
#include "sim/run/vm.h"

#include <stdlib.h>

enum { NEW, ON_PATH, DONE };

struct search {
    struct run *run;
    unsigned char *seen; /* owned; of each actor: NEW, ON_PATH or DONE */
    int *path;           /* owned; the last is `at` */
    size_t length;
    int next;    /* whom `at` waits for: NOBODY, or the first that is not DONE */
    bool others; /* somebody else could help `at` */
};

static bool is_asleep(const struct search *s, int actor)
{
    return actor != NOBODY && s->run->trace.view.actors[actor].state == ACTOR_ASLEEP;
}

static void may_help(struct search *s, int actor)
{
    if (is_asleep(s, actor) && s->next == NOBODY && s->seen[actor] != DONE)
        s->next = actor;
}

static void see_holder(void *ctx, const struct thread *holder, int fd)
{
    struct search *s = ctx;
    int actor = thread_actor(holder), at = s->path[s->length - 1];
    (void)fd;
    if (actor == at)
        return;
    s->others = true;
    may_help(s, actor);
}

/* Those who hold the other end; himself, when nobody else does. */
static void see_holders(struct search *s, const struct view_actor *a, int at)
{
    bool reads = run_reads(s->run, at);
    if (run_sleeps_beside(s->run, at))
        return; /* nobody need do anything but wake him */
    s->others = false;
    kernel_each_end(s->run->kernel, a->pipe, reads ? WRITE_END : READ_END, see_holder, s);
    if (!s->others)
        s->next = at;
}

/* Those who could accept the connection. */
static void see_accepters(struct search *s, int at)
{
    const struct vm *vm = s->run->vms;
    while (vm != NULL && thread_actor(vm->thread) != at)
        vm = vm->next;
    s->others = false;
    if (vm != NULL)
        kernel_each_listener(s->run->kernel, vm->thread, see_holder, s);
    if (!s->others)
        s->next = at;
}

static void see_children(struct search *s, const struct view_actor *a)
{
    for (struct vm *vm = s->run->vms; vm != NULL; vm = vm->next) {
        int actor = thread_actor(vm->thread);
        if (is_asleep(s, actor) && call_getppid(vm->thread) == a->pid)
            may_help(s, actor);
    }
}

static int next_of(struct search *s)
{
    int at = s->path[s->length - 1];
    const struct view_actor *a = &s->run->trace.view.actors[at];
    s->next = NOBODY;
    if (a->sleep_on == ON_CONDITION && a->pipe != NO_PIPE)
        see_holders(s, a, at);
    else if (a->sleep_on == ON_CONNECT && a->waits_for == NOBODY)
        see_accepters(s, at);
    else if (a->sleep_on == ON_WAIT && a->waits_for == NOBODY)
        see_children(s, a);
    else if (a->sleep_on == ON_WAIT || a->sleep_on == ON_JOIN || a->sleep_on == ON_LOCK)
        may_help(s, a->waits_for);
    return s->next;
}

/* From one sleeper to the next; where there is none, one back. True: the path ends with a cycle,
 * whose first is s->next. */
static bool search_from(struct search *s, int start)
{
    s->path[0] = start;
    s->length = 1;
    s->seen[start] = ON_PATH;
    while (s->length > 0) {
        int next = next_of(s);
        if (next == NOBODY) {
            s->seen[s->path[--s->length]] = DONE;
            continue;
        }
        if (s->seen[next] == ON_PATH)
            return true;
        s->seen[next] = ON_PATH;
        s->path[s->length++] = next;
    }
    return false;
}

static size_t copy_cycle(const struct search *s, int *actors, size_t room)
{
    size_t first = s->length - 1;
    while (s->path[first] != s->next)
        first--;
    size_t count = s->length - first, lowest = 0;
    for (size_t i = 1; i < count; i++) {
        if (s->path[first + i] < s->path[first + lowest])
            lowest = i;
    }
    for (size_t i = 0; i < count && i < room; i++)
        actors[i] = s->path[first + (lowest + i) % count];
    return count;
}

size_t run_cycle(struct run *run, int *actors, size_t room)
{
    const struct view *v = &run->trace.view;
    struct search s = {.run = run, .next = NOBODY};
    size_t count = 0;
    s.seen = calloc(v->actor_count + 1, sizeof *s.seen);
    s.path = calloc(v->actor_count + 1, sizeof *s.path);
    for (size_t i = 0; s.seen != NULL && s.path != NULL && i < v->actor_count; i++) {
        if (is_asleep(&s, (int)i) && s.seen[i] == NEW && search_from(&s, (int)i)) {
            count = copy_cycle(&s, actors, room);
            break;
        }
    }
    free(s.seen);
    free(s.path);
    return count;
}

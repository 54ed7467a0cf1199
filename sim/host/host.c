/* host.c - see host.h: orders, coming to rest, and reports. */
#ifdef __linux__
#define _GNU_SOURCE
#include "sim/host/host.h"

#include "sim/host/addresses.h"
#include "sim/host/calls.h"
#include "sim/host/observe.h"
#include "sim/host/troupe.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What the stage knows of a puppet. */
struct watched {
    struct observer observer;
    bool observed;               /* the observer is open, or was */
    unsigned long long switches; /* at the last look */
    int status;                  /* when it is gone */
    bool fetched;                /* its process, by pipesim: its number may be another's now */
};

struct host {
    struct troupe troupe;
    struct addresses addresses;
    struct watched *watched; /* owned; of each actor */
    struct strbuf complaint;
    bool uses_network;
    char peer[128]; /* the name that getpeername gave last */
};

/* -- capacities -------------------------------------------------------------------------------- */

enum { NORMAL_CAPACITY = 65536, MOST_CAPACITY = 1048576 };

int64_t host_page(void)
{
    return sysconf(_SC_PAGESIZE);
}

int64_t host_capacity(int64_t capacity)
{
    int64_t size = host_page();
    while (size < capacity && size < MOST_CAPACITY)
        size *= 2;
    return size == capacity || size > NORMAL_CAPACITY ? size : NORMAL_CAPACITY;
}

/* -- orders ------------------------------------------------------------------------------------ */

static struct slot *slot_of(int actor)
{
    return &the_stage.slots[actor];
}

static void say(int fd)
{
    uint64_t one = 1;
    while (write(fd, &one, sizeof one) < 0 && errno == EINTR)
        continue;
}

static void give(int actor, const struct order *o)
{
    struct slot *s = slot_of(actor);
    s->order = *o;
    s->phase = PHASE_ORDERED;
    say(order_fd(actor));
}

/* The host's number of a process of the script; one that no process has. */
static int64_t pid_of(const struct host *h, int64_t number)
{
    enum { NOBODYS_PID = INT32_MAX };
    int actor = (int)number - 1;
    if (number < 1 || number > the_stage.count || slot_of(actor)->phase == PHASE_UNBORN ||
        h->watched[actor].fetched)
        return NOBODYS_PID;
    return slot_of(actor)->pid;
}

static int64_t number_of(int64_t pid)
{
    for (int i = 0; i < the_stage.count; i++) {
        if (slot_of(i)->phase != PHASE_UNBORN && slot_of(i)->pid == pid)
            return i + 1; /* a thread of it has a higher number than the first */
    }
    return 0; /* pipesim: in a script, the shell that starts it */
}

static void put_address(struct host *h, const struct host_call *call, char *bytes)
{
    struct host_address found;
    memset(&found, 0, sizeof found);
    addresses_find(&h->addresses, call->bytes, call->size, &found);
    memcpy(bytes, &found, sizeof found);
}

void host_order(struct host *h, int actor, const struct host_call *call)
{
    struct slot *s = slot_of(actor);
    struct order o = {.call = call->call, .count = call->count, .child = call->child};
    char *bytes = slot_bytes(actor, s->depth);
    int process = host_call_process_argument(call->call);
    memcpy(o.numbers, call->numbers, sizeof o.numbers);
    o.size = call->size < the_stage.room ? call->size : the_stage.room;
    if (host_call_names_address(call->call))
        put_address(h, call, bytes);
    else if (call->bytes != NULL)
        memcpy(bytes, call->bytes, o.size);
    if (process >= 0 && process < call->count && o.numbers[process] != 0)
        o.numbers[process] = pid_of(h, o.numbers[process]);
    give(actor, &o);
}

void host_end_block(struct host *h, int actor)
{
    (void)h;
    give(actor, &(struct order){.kind = ORDER_END_BLOCK});
}

void host_end_handler(struct host *h, int actor)
{
    (void)h;
    give(actor, &(struct order){.kind = ORDER_END_HANDLER});
}

void host_open_gate(struct host *h, int actor)
{
    (void)h;
    say(gate_fd(actor));
}

void host_signal(struct host *h, int actor, int no)
{
    if (!h->watched[actor].fetched)
        kill(slot_of(actor)->pid, no);
}

/* -- coming to rest ---------------------------------------------------------------------------- */

static bool is_in_place(int actor, const struct sight *seen)
{
    const struct slot *s = slot_of(actor);
    if (seen->state == SEEN_GONE)
        return true;
    if (seen->state != SEEN_ASLEEP)
        return false;
    switch ((enum slot_phase)s->phase) {
    case PHASE_WAITS: return seen->system_call < 0 || seen->system_call == SYS_read;
    case PHASE_CALLS:
        return seen->system_call < 0 || host_call_sleeps_in(s->call, seen->system_call);
    case PHASE_UNBORN:
    case PHASE_ORDERED:
    case PHASE_ENDS: break;
    }
    return false;
}

static void note_status(struct watched *w, int status)
{
    if (status >= 0)
        w->status = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* pipesim is the shell that has started them: it waits for its children, and for those that have lost
 * their parents. */
static void fetch_children(struct host *h)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-h->troupe.keeper, &status, WNOHANG)) > 0) {
        for (int i = 0; i < the_stage.count; i++) {
            if (slot_of(i)->pid != pid || h->watched[i].fetched)
                continue;
            note_status(&h->watched[i], status);
            h->watched[i].fetched = true;
        }
    }
}

/* Once at each. True: all are in their places, and have not moved since the last look. */
static bool look_at_all(struct host *h)
{
    bool rests = true;
    for (int i = 0; i < the_stage.count; i++) {
        struct watched *w = &h->watched[i];
        if (slot_of(i)->phase == PHASE_UNBORN)
            continue;
        if (!w->observed) {
            observer_open(&w->observer, slot_of(i)->pid, slot_of(i)->tid);
            w->observed = true;
            rests = false;
        }
        struct sight seen = observer_look(&w->observer);
        if (seen.state == SEEN_GONE && !w->fetched)
            note_status(w, observe_wait_status(slot_of(i)->pid));
        rests &= is_in_place(i, &seen) && seen.switches == w->switches;
        w->switches = seen.switches;
    }
    return rests;
}

static void complain(struct host *h)
{
    strbuf_addf(&h->complaint, "after %d seconds the host's processes were still busy",
                HOST_PATIENCE);
    for (int i = 0; i < the_stage.count; i++) {
        struct sight seen = {.state = SEEN_GONE};
        if (!h->watched[i].observed)
            continue;
        seen = observer_look(&h->watched[i].observer);
        if (!is_in_place(i, &seen))
            strbuf_addf(&h->complaint, "; number %d, phase %d, system call %ld", i + 1,
                        (int)slot_of(i)->phase, seen.system_call);
    }
}

/* Twice at least: the second look shows that the first one was good for all at the same time. TCP's
 * bytes are moved by the kernel on its own account, on the way out of a call or a little later: more
 * looks. */
bool host_settle(struct host *h)
{
    struct timespec begin, now;
    int looks = h->uses_network ? 20 : 1;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int i = 0; i < the_stage.count; i++)
        h->watched[i].switches = UINT64_MAX;
    do {
        looks = look_at_all(h) ? looks - 1 : h->uses_network ? 20 : 1;
        if (looks == 0) {
            fetch_children(h);
            return true;
        }
        sched_yield();
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (now.tv_sec - begin.tv_sec < HOST_PATIENCE);
    complain(h);
    return false;
}

const char *host_complaint(const struct host *h)
{
    return strbuf_text(&h->complaint);
}

/* -- reports ----------------------------------------------------------------------------------- */

static void name_peer(struct host *h, int actor, int depth, struct host_report *report)
{
    const void *bytes = slot_bytes(actor, depth);
    const char *name = addresses_name(&h->addresses, bytes);
    snprintf(h->peer, sizeof h->peer, "%s", name);
    report->bytes = h->peer;
    report->value = (int64_t)strlen(h->peer);
}

bool host_next_report(struct host *h, int actor, struct host_report *report)
{
    struct slot *s = slot_of(actor);
    if (s->taken == s->made)
        return false;
    const struct report *r = &s->reports[s->taken++ % SLOT_REPORTS];
    *report = (struct host_report){.kind = HOST_HANDLES, .signal = r->signal};
    if (r->kind == REPORT_HANDLES)
        return true;
    report->kind = HOST_RETURNED;
    report->value = r->value;
    report->bytes = slot_bytes(actor, r->depth);
    memcpy(report->pair, r->pair, sizeof report->pair);
    memcpy(report->revents, r->revents, sizeof report->revents);
    if (r->value >= 0 && host_call_gives_process(r->call))
        report->value = number_of(r->value);
    if (r->value >= 0 && host_call_gives_address(r->call))
        name_peer(h, actor, r->depth, report);
    return true;
}

enum host_state host_state(const struct host *h, int actor)
{
    const struct slot *s = slot_of(actor);
    if (s->phase == PHASE_UNBORN)
        return HOST_UNBORN;
    if (h->watched[actor].observer.gone)
        return HOST_GONE;
    return s->phase == PHASE_CALLS ? HOST_ASLEEP : HOST_WAITS;
}

int host_status(const struct host *h, int actor)
{
    return h->watched[actor].status;
}

const char *host_reservation(const struct host *h)
{
    (void)h;
    return observe_system_calls()
               ? ""
               : "the host does not show in which system call a process sleeps, only "
                 "that it sleeps";
}

/* -- opening and closing ----------------------------------------------------------------------- */

static bool make_path(struct host *h, const struct host_path *p)
{
    struct host_address a;
    if (!addresses_find(&h->addresses, p->name, strlen(p->name), &a))
        return false;
    if (p->kind == HOST_FIFO)
        return mkfifo(a.un.sun_path, 0600) == 0;
    int fd = open(a.un.sun_path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    bool good = fd >= 0 && write(fd, p->bytes, p->size) == (ssize_t)p->size;
    if (fd >= 0)
        close(fd);
    return good;
}

static bool make_paths(struct host *h, const struct host_plan *plan, struct strbuf *why)
{
    for (int i = 0; i < plan->path_count; i++) {
        if (!make_path(h, &plan->paths[i])) {
            strbuf_addf(why, "the host cannot make '%s': %s", plan->paths[i].name, strerror(errno));
            return false;
        }
    }
    return true;
}

static bool puppets_are_born(const struct host_plan *plan)
{
    for (int i = 0; i < plan->starter_count; i++) {
        if (slot_of(plan->starters[i])->phase == PHASE_UNBORN)
            return false;
    }
    return true;
}

/* A puppet that cannot begin is gone. */
static bool await_puppets(const struct host_plan *plan, struct strbuf *why)
{
    while (!puppets_are_born(plan)) {
        if (waitpid(-1, NULL, WNOHANG) > 0) {
            strbuf_add(why, "a process of the host could not open its pipes under /proc/self/fd");
            return false;
        }
        sched_yield();
    }
    return true;
}

struct host *host_open(const struct host_plan *plan, struct strbuf *why)
{
    struct host *h = calloc(1, sizeof *h);
    if (h == NULL)
        return NULL;
    if (!observe_processes()) {
        strbuf_add(why, "the host does not show under /proc what its processes do");
        free(h);
        return NULL;
    }
    h->watched = calloc((size_t)plan->actor_count + 1, sizeof *h->watched);
    for (int i = 0; h->watched != NULL && i < plan->actor_count; i++)
        h->watched[i] = (struct watched){.observer = {-1, -1, false}, .status = HOST_UNKNOWN};
    h->uses_network = plan->network == HOST_USES_NETWORK;
    if (h->watched != NULL && make_paths(h, plan, why) && troupe_assemble(&h->troupe, plan, why) &&
        await_puppets(plan, why)) {
        troupe_give_pipes(plan);
        if (host_settle(h))
            return h;
        strbuf_add(why, host_complaint(h));
    }
    host_close(h);
    return NULL;
}

void host_close(struct host *h)
{
    if (h == NULL)
        return;
    int count = the_stage.count;
    for (int i = 0; h->watched != NULL && i < count; i++)
        observer_close(&h->watched[i].observer);
    troupe_dismiss(&h->troupe);
    addresses_free(&h->addresses);
    strbuf_free(&h->complaint);
    free(h->watched);
    free(h);
}

#endif

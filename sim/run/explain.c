/* explain.c - why nothing goes on: who waits for what, and who could have ended it. */
#include "sim/run/vm.h"

#include <inttypes.h>
#include <string.h>

enum { ADDRESS_SHOWN = 40 };

static struct vm *vm_of(const struct run *run, int actor)
{
    struct vm *vm = run->vms;
    while (vm != NULL && thread_actor(vm->thread) != actor)
        vm = vm->next;
    return vm;
}

void run_say_at_call(struct run *run, int actor, enum diag_level level, const char *text)
{
    const struct vm *vm = vm_of(run, actor);
    if (vm == NULL || vm->site < 0)
        diag_add_unplaced(run->outside->diags, level, "%s", text);
    else
        diag_add(run->outside->diags, level, run->program->sites[vm->site].place, "%s", text);
}

bool run_reads(const struct run *run, int actor)
{
    const struct vm *vm = vm_of(run, actor);
    int callee = vm == NULL || vm->site < 0 ? -1 : run->program->sites[vm->site].callee;
    if (callee >= 0 && (call_is(callee, "splice") || call_is(callee, "tee"))) {
        const char *condition = run->trace.view.actors[actor].condition;
        return condition != NULL && strcmp(condition, "not_empty") == 0; /* it waits for both */
    }
    return callee >= 0 && call_way_of(call_name(callee)) == CALL_READS;
}

/* -- who holds an end -------------------------------------------------------------------------- */

struct holders {
    int sleeper;      /* who waits */
    bool sleeper_too; /* he holds one himself */
    int first;        /* another holder, or NOBODY */
};

static void see_holder(void *ctx, const struct thread *holder, int fd)
{
    struct holders *h = ctx;
    (void)fd;
    if (thread_actor(holder) == h->sleeper)
        h->sleeper_too = true;
    else if (h->first == NOBODY)
        h->first = thread_actor(holder);
}

static struct holders holders_of(struct run *run, int sleeper, enum pipe_end end)
{
    struct holders h = {.sleeper = sleeper, .first = NOBODY};
    kernel_each_end(run->kernel, run->trace.view.actors[sleeper].pipe, end, see_holder, &h);
    return h;
}

/* "the write end of p is held by a (descriptor 4, from pipe(p) on line 2)" */
static void add_holders(struct run *run, const struct view_pipe *p, int pipe, enum pipe_end end,
                        struct reason *r)
{
    const char *name = end == READ_END ? "read" : "write";
    struct strbuf list = {0};
    if (run_describe_holders(run, pipe, end, &list) > 0)
        strbuf_addf(&r->who, "the %s end of %s is held by %s", name, p->name, strbuf_text(&list));
    else if (run_describe_unaccepted(run, pipe, &list) > 0)
        strbuf_addf(&r->who,
                    "the %s end of %s belongs to a connection that nobody has accepted: %s", name,
                    p->name, strbuf_text(&list));
    else if (end == READ_END ? view_network_reads(p) : view_network_writes(p))
        strbuf_addf(&r->who, "the %s end of %s is held by the network", name, p->name);
    else
        strbuf_addf(&r->who, "the %s end of %s is held by a call under way", name, p->name);
    strbuf_free(&list);
}

/* -- one sleeper ------------------------------------------------------------------------------- */

/* Somebody who slept on the same condition, has been woken, and has not run since. */
static const struct view_actor *woken_instead(const struct view *v, const struct view_actor *a)
{
    for (size_t i = 0; i < v->actor_count; i++) {
        const struct view_actor *b = &v->actors[i];
        if (b->state == ACTOR_RUNNABLE && b->in_call && b->slept && b->sleep_on == ON_CONDITION &&
            b->pipe == a->pipe && strcmp(b->condition, a->condition) == 0)
            return b;
    }
    return NULL;
}

/* Can nobody run, now or later? Stepping comes to the end again without judging it again. */
static bool is_over(const struct view *v)
{
    for (size_t i = 0; i < v->actor_count; i++) {
        const struct view_actor *a = &v->actors[i];
        bool timed = a->sleep_on == ON_TIME || a->sleep_on == ON_SLEEP || a->sleep_on == ON_POLL;
        if (a->state == ACTOR_RUNNABLE || (a->state == ACTOR_ASLEEP && timed && a->need >= 0))
            return false;
    }
    return true;
}

/* What it waits for is there. Whoever brought it may be about to wake it; if nobody is, the mistake is
 * in the pipe, not in the script. */
static void not_woken(const struct run *run, int actor, struct reason *r)
{
    const struct view *v = &run->trace.view;
    const struct view_actor *other = woken_instead(v, &v->actors[actor]);
    if (v->deadlock || is_over(v))
        strbuf_add(&r->hint,
                   "a wake-up was lost: none was sent, or it went to nobody, or to somebody else");
    else if (other != NULL)
        strbuf_addf(&r->who, "%s has been woken for that, and goes first", other->name);
    else
        strbuf_add(&r->who, "nobody has woken it so far");
}

/* A pipe of a person's own may let somebody sleep for what the contract does not ask for. Does it? Then
 * that is the reason. */
static bool sleeps_for_nothing(struct run *run, int actor, const struct view_pipe *p,
                               struct reason *r)
{
    const struct view_actor *a = &run->trace.view.actors[actor];
    int64_t unseen = kernel_unseen(run->kernel, a->pipe);
    if (run_reads(run, actor) && thread_asked(vm_of(run, actor)->thread) == 0)
        strbuf_addf(&r->what, "%s sleeps in a read of 0 bytes, which needs none", a->name);
    else if (unseen != 0)
        strbuf_addf(&r->what,
                    "%s sleeps, and %s says that %" PRId64 " bytes are in it; going by what its "
                    "reads and writes have given, there should be %" PRId64,
                    a->name, p->name, p->used, p->used + unseen);
    return r->what.length > 0;
}

static void reader_sleeps(struct run *run, int actor, const struct view_pipe *p, struct reason *r)
{
    const struct view_actor *a = &run->trace.view.actors[actor];
    if (run_sleeps_beside(run, actor)) {
        strbuf_addf(&r->what, "%s sleeps on, although ", a->name);
        if (p->used > 0)
            strbuf_addf(&r->what, "%" PRId64 " byte%s in %s", p->used,
                        p->used == 1 ? " is" : "s are", p->name);
        else
            strbuf_addf(&r->what, "no write end of %s is open: this is end of file", p->name);
        not_woken(run, actor, r);
        return;
    }
    if (sleeps_for_nothing(run, actor, p, r))
        return;
    struct holders h = holders_of(run, actor, WRITE_END);
    strbuf_addf(&r->what,
                "%s waits for bytes: %s is empty, and %" PRId64
                " write end%s open, so this is not end of file",
                a->name, p->name, p->writers, p->writers == 1 ? " is" : "s are");
    add_holders(run, p, a->pipe, WRITE_END, r);
    if (h.sleeper_too && h.first == NOBODY)
        strbuf_addf(&r->hint,
                    "%s keeps a write end open itself: close it before reading, or end of file "
                    "never comes",
                    a->name);
}

/* Why the network takes nothing out of a send buffer. */
static void add_far_end(const struct view_pipe *far, struct reason *r)
{
    strbuf_addf(&r->what, "; they arrive in %s, which has %" PRId64 " of %" PRId64 " bytes",
                far->name, far->used, far->capacity);
}

static void writer_sleeps(struct run *run, int actor, const struct view_pipe *p, struct reason *r)
{
    const struct view_actor *a = &run->trace.view.actors[actor];
    int64_t free = p->capacity - p->used;
    if (run_sleeps_beside(run, actor)) {
        strbuf_addf(&r->what, "%s sleeps on, although ", a->name);
        if (p->readers == 0)
            strbuf_addf(&r->what, "no read end of %s is open: this is EPIPE", p->name);
        else if (p->page > 0)
            strbuf_addf(&r->what, "%" PRId64 " of %" PRId64 " slots are free in %s", view_room(p),
                        p->capacity / p->page, p->name);
        else
            strbuf_addf(&r->what,
                        "it needs %" PRId64 " byte%s of room, and %" PRId64 " of %" PRId64
                        " are free in %s",
                        a->need, a->need == 1 ? "" : "s", free, p->capacity, p->name);
        size_t asked = thread_asked(vm_of(run, actor)->thread);
        if (p->used == 0 && p->readers > 0 && a->moved == 0 && (int64_t)asked > p->capacity)
            strbuf_addf(&r->hint,
                        "room for all %zu bytes will never be there: a write of more than PIPE_BUF "
                        "goes in piece by piece",
                        asked);
        else
            not_woken(run, actor, r);
        return;
    }
    if (sleeps_for_nothing(run, actor, p, r))
        return;
    struct holders h = holders_of(run, actor, READ_END);
    if (p->page > 0)
        strbuf_addf(&r->what,
                    "%s waits for a slot: %s has no free one (%" PRId64 " in use, %" PRId64
                    " of %" PRId64 " bytes), and %" PRId64 " bytes of this call are in",
                    a->name, p->name, p->capacity / p->page, p->used, p->capacity, a->moved);
    else if (a->need > 1)
        strbuf_addf(&r->what,
                    "%s waits for room: %" PRId64 " bytes must go in together (atomic is %" PRId64
                    "), and %" PRId64 " of %" PRId64 " are free in %s",
                    a->name, a->need, p->atomic, free, p->capacity, p->name);
    else
        strbuf_addf(&r->what,
                    "%s waits for room: %s is full (%" PRId64 " of %" PRId64 " bytes), and %" PRId64
                    " bytes of this write are in",
                    a->name, p->name, p->used, p->capacity, a->moved);
    if (p->feeds != NO_PIPE)
        add_far_end(&run->trace.view.pipes[p->feeds], r);
    add_holders(run, p, a->pipe, READ_END, r);
    if (h.sleeper_too && h.first == NOBODY)
        strbuf_addf(
            &r->hint,
            "only %s itself could read from %s: if it closed its read end, this write would "
            "fail with EPIPE instead of sleeping",
            a->name, p->name);
}

static void add_address(const struct thread *t, struct strbuf *out)
{
    const char *address = thread_listening(t).address;
    strbuf_add_quoted(out, address, strlen(address), ADDRESS_SHOWN);
}

static void accepter_sleeps(struct run *run, int actor, struct reason *r)
{
    const struct thread *t = vm_of(run, actor)->thread;
    strbuf_addf(&r->what, "%s waits until somebody connects to ",
                run->trace.view.actors[actor].name);
    add_address(t, &r->what);
    if (run->trace.view.deadlock)
        strbuf_add(&r->who, "nobody does, and nobody is left who could");
}

static void connecter_sleeps(struct run *run, int actor, struct reason *r)
{
    const struct thread *t = vm_of(run, actor)->thread;
    const struct view_actor *a = &run->trace.view.actors[actor];
    if (a->waits_for != NOBODY) {
        strbuf_addf(&r->what, "%s waits until the other host answers its SYN", a->name);
        return;
    }
    struct listening l = thread_listening(t);
    strbuf_addf(&r->what, "%s waits to connect to ", a->name);
    add_address(t, &r->what);
    strbuf_addf(&r->what,
                ": the queue of the listening socket is full (%d wait%s to be accepted; its "
                "backlog is %d)",
                l.pending, l.pending == 1 ? "s" : "", l.backlog);
    struct strbuf list = {0};
    if (run_describe_accepters(run, t, &list) > 0)
        strbuf_addf(&r->who, "the listening socket is held by %s", strbuf_text(&list));
    strbuf_free(&list);
}

/* Of a FIFO: the side that nobody has open is the one that it waits for. */
static void opener_sleeps(struct run *run, int actor, struct reason *r)
{
    const struct view_actor *a = &run->trace.view.actors[actor];
    const struct view_pipe *p = &run->trace.view.pipes[a->pipe];
    bool reads = p->writers == 0;
    strbuf_addf(
        &r->what,
        "%s waits in open until somebody opens the FIFO %s for %s: an open for %s alone sleeps until then",
        a->name, p->name, reads ? "writing" : "reading", reads ? "reading" : "writing");
    if (run->trace.view.deadlock)
        strbuf_add(&r->who, "nobody does, and nobody is left who could");
}

static const char *awaited_name(const struct view *v, const struct view_actor *a)
{
    return a->waits_for != NOBODY ? v->actors[a->waits_for].name : "a child";
}

bool run_sleeps_beside(const struct run *run, int actor)
{
    const struct view_actor *a = &run->trace.view.actors[actor];
    if (a->state != ACTOR_ASLEEP || a->sleep_on != ON_CONDITION || a->pipe == NO_PIPE ||
        vm_of(run, actor) == NULL)
        return false;
    const struct view_pipe *p = &run->trace.view.pipes[a->pipe];
    if (run_reads(run, actor))
        return p->used > 0 || p->writers == 0;
    return p->readers == 0 || view_room(p) >= a->need;
}

/* Where in its code a person's own pipe sleeps: "; it is in sem_wait(&p->mutex), my_pipe.c:41". */
static void add_place(const struct view_actor *a, struct strbuf *out)
{
    const char *call = a->site == NULL ? "" : strchr(a->site, ' ');
    if (a->site == NULL || call == NULL || strncmp(a->site, "ringbuf/", 8) == 0)
        return;
    strbuf_addf(out, "; it is in %s, ", call + 1);
    strbuf_add_bytes(out, a->site, (size_t)(call - a->site));
}

struct reason run_explain(struct run *run, int actor)
{
    const struct view *v = &run->trace.view;
    const struct view_actor *a = &v->actors[actor];
    struct reason r = {{0}, {0}, {0}};
    if (a->state != ACTOR_ASLEEP)
        return r;
    switch (a->sleep_on) {
    case ON_CONDITION:
        if (vm_of(run, actor) == NULL)
            strbuf_addf(&r.what, "%s, a thread that %s has made, waits on %s", a->name,
                        v->pipes[a->pipe].name, a->condition);
        else if (a->pipe != NO_PIPE && run_reads(run, actor))
            reader_sleeps(run, actor, &v->pipes[a->pipe], &r);
        else if (a->pipe != NO_PIPE)
            writer_sleeps(run, actor, &v->pipes[a->pipe], &r);
        add_place(a, &r.what);
        break;
    case ON_WAIT:
        strbuf_addf(&r.what, "%s waits for %s to exit", a->name, awaited_name(v, a));
        break;
    case ON_JOIN:
        strbuf_addf(&r.what, "%s waits for %s to end", a->name, awaited_name(v, a));
        break;
    case ON_POLL:
        strbuf_addf(&r.what, "%s waits until one of its descriptors is ready", a->name);
        if (a->need >= 0)
            strbuf_addf(&r.what, ", or until tick %" PRId64, a->need);
        break;
    case ON_PAUSE: strbuf_addf(&r.what, "%s waits for a signal", a->name); break;
    case ON_ACCEPT: accepter_sleeps(run, actor, &r); break;
    case ON_CONNECT: connecter_sleeps(run, actor, &r); break;
    case ON_OPEN: opener_sleeps(run, actor, &r); break;
    case ON_NETWORK: break;
    case ON_LOCK:
        strbuf_addf(&r.what, "%s waits for a lock that %s holds", a->name, awaited_name(v, a));
        add_place(a, &r.what);
        break;
    case ON_SLEEP:
    case ON_TIME: strbuf_addf(&r.what, "%s waits for tick %" PRId64, a->name, a->need); break;
    case ON_NOTHING: break;
    }
    return r;
}

void reason_free(struct reason *r)
{
    strbuf_free(&r->what);
    strbuf_free(&r->who);
    strbuf_free(&r->hint);
}

/* A sleeper of a deadlock, as notes of its message. */
static void explain_sleeper(struct run *run, int actor)
{
    struct diag_list *diags = run->outside->diags;
    struct reason r = run_explain(run, actor);
    if (r.what.length > 0)
        run_say_at_call(run, actor, DIAG_NOTE, strbuf_text(&r.what));
    if (r.who.length > 0)
        diag_add_unplaced(diags, DIAG_NOTE, "%s", strbuf_text(&r.who));
    if (r.hint.length > 0)
        diag_add_unplaced(diags, DIAG_HELP, "%s", strbuf_text(&r.hint));
    reason_free(&r);
}

enum { SLEEPERS_SHOWN = 8 };

/* -- the cycle --------------------------------------------------------------------------------- */

static void add_step(struct run *run, int actor, struct strbuf *out)
{
    const struct view *v = &run->trace.view;
    const struct view_actor *a = &v->actors[actor];
    strbuf_add(out, a->name);
    if (a->sleep_on == ON_CONDITION)
        strbuf_addf(out, " -(%s %s)-> ", run_reads(run, actor) ? "bytes from" : "room in",
                    v->pipes[a->pipe].name);
    else
        strbuf_addf(out, " -(%s)-> ",
                    a->sleep_on == ON_JOIN      ? "end of"
                    : a->sleep_on == ON_LOCK    ? "lock of"
                    : a->sleep_on == ON_CONNECT ? "accept by"
                                                : "exit of");
}

/* Of at least two: one that waits for itself has a hint of its own. */
static void explain_cycle(struct run *run)
{
    int cycle[SLEEPERS_SHOWN];
    size_t count = run_cycle(run, cycle, SLEEPERS_SHOWN);
    struct strbuf text = {0};
    for (size_t i = 0; i < count && i < SLEEPERS_SHOWN; i++)
        add_step(run, cycle[i], &text);
    if (count > 1 && count <= SLEEPERS_SHOWN)
        diag_add_unplaced(run->outside->diags, DIAG_NOTE, "each waits for the next: %s%s",
                          strbuf_text(&text), run->trace.view.actors[cycle[0]].name);
    strbuf_free(&text);
}

void explain_deadlock(struct run *run)
{
    const struct view *v = &run->trace.view;
    int64_t shown = 0;
    diag_add_unplaced(run->outside->diags, DIAG_FAILED,
                      "deadlock at tick %" PRId64 ": %" PRId64 " process%s asleep, and nothing is "
                      "left that would wake %s",
                      v->tick, v->asleep, v->asleep == 1 ? " is" : "es are",
                      v->asleep == 1 ? "it" : "any of them");
    for (size_t i = 0; i < v->actor_count; i++) {
        if (v->actors[i].state == ACTOR_ASLEEP && shown++ < SLEEPERS_SHOWN)
            explain_sleeper(run, (int)i);
    }
    if (shown > SLEEPERS_SHOWN)
        diag_add_unplaced(run->outside->diags, DIAG_NOTE, "and %" PRId64 " more",
                          shown - SLEEPERS_SHOWN);
    if (shown <= SLEEPERS_SHOWN)
        explain_cycle(run);
    diag_add_unplaced(run->outside->diags, DIAG_HELP,
                      "if the scenario is meant to end so, say it: end deadlock");
}

static void explain_naps(struct run *run)
{
    struct strbuf text = {0};
    strbuf_addf(&text,
                "livelock at tick %" PRId64
                ": %s and others sleep and are woken, %d times by now, and nothing has changed",
                run->trace.view.tick, run->trace.view.actors[run->spinner].name, run->naps);
    run_say_at_call(run, run->spinner, DIAG_FAILED, strbuf_text(&text));
    strbuf_free(&text);
    diag_add_unplaced(
        run->outside->diags, DIAG_HELP,
        "a signal is for a sleeper whose condition may have come true: who has changed "
        "nothing need not send one");
}

static void explain_spinner(struct run *run)
{
    const struct view_actor *a = &run->trace.view.actors[run->spinner];
    struct strbuf text = {0};
    if (run->turns == 0) {
        explain_naps(run);
        return;
    }
    strbuf_addf(&text,
                "livelock at tick %" PRId64
                ": %s does not sleep, it spins: it has looked %d times, "
                "and nothing has changed",
                run->trace.view.tick, a->name, run->turns);
    run_say_at_call(run, run->spinner, DIAG_FAILED, strbuf_text(&text));
    strbuf_free(&text);
    diag_add_unplaced(run->outside->diags, DIAG_HELP,
                      "pthread_cond_wait sleeps until somebody changes what is waited for");
}

void explain_livelock(struct run *run)
{
    const struct view *v = &run->trace.view;
    if (run->spinner != NOBODY) {
        explain_spinner(run);
        return;
    }
    diag_add_unplaced(run->outside->diags, DIAG_FAILED,
                      "livelock at tick %" PRId64 ": %" PRId64
                      " calls in a row have changed nothing (max_idle)",
                      v->tick, run->settings.values[SETTING_max_idle]);
    for (size_t i = 0; i < v->actor_count; i++) {
        if (v->actors[i].state == ACTOR_RUNNABLE)
            diag_add_unplaced(run->outside->diags, DIAG_NOTE,
                              "%s keeps calling, last on line %d; time does not move while it runs",
                              v->actors[i].name, v->actors[i].line);
    }
    diag_add_unplaced(run->outside->diags, DIAG_HELP,
                      "sleep(n), poll with a timeout, or a blocking call lets time go on");
}

/* locks.c - what a program must not do with its locks, as a failure of the run. The pipe that is built
 * in does none of it; a pipe with a bug, or a student's, may. */
#include "sim/run/vm.h"

#include <string.h>

/* While nothing has changed: locks taken, or waits that did not sleep; and signals, of which a pipe may
 * well give one for each byte. */
enum { TURNS_MOST = 1000, SIGNALS_MOST = 100000, NAPS_IN_TICK_MOST = 10000, NAPS_MOST = 1000000 };

static const char *name_of(const struct run *run, struct task *t)
{
    return run->trace.view.actors[thread_actor(task_arg(t))].name;
}

static void describe(const struct run *run, const struct sync_event *e, struct strbuf *out)
{
    const char *name = name_of(run, e->task);
    switch (e->misuse) {
    case MISUSE_LOCK:
        strbuf_addf(out, "%s takes a lock that it holds already, and would wait for itself", name);
        break;
    case MISUSE_UNLOCK:
        strbuf_addf(out, "%s lets go a lock that it does not hold: %s does", name,
                    e->other != NULL ? name_of(run, e->other) : "nobody");
        break;
    case MISUSE_WAIT: strbuf_addf(out, "%s waits with a lock that it does not hold", name); break;
    case MISUSE_KEEP:
        strbuf_addf(out, "%s %s with a lock that it still holds: nobody else can come in", name,
                    thread_program(task_arg(e->task)) == NULL ? "ends" : "leaves this call");
        break;
    case MISUSE_INIT:
        strbuf_addf(out, "%s initializes what has been initialized already, and is in use", name);
        break;
    case MISUSE_DESTROY:
        strbuf_addf(out, "%s destroys what is held, or what somebody sleeps on", name);
        break;
    case MISUSE_FREE:
        strbuf_addf(out, "%s frees memory that is not allocated, or no longer", name);
        break;
    case MISUSE_RACE:
        strbuf_addf(
            out, "data race: %s and %s use the same memory, and nothing puts one before the other",
            name, e->other != NULL ? name_of(run, e->other) : "another");
        break;
    case MISUSE_MEMORY:
    case MISUSE_LOOP:
    case MISUSE_CRASH: strbuf_addf(out, "%s %s", name, e->fault->what); break;
    case MISUSE_NONE: break;
    }
}

/* So that it stands in the trace, too. */
static void trace_failure(struct run *run, struct task *t, const struct strbuf *text)
{
    const struct vm *vm = thread_program(task_arg(t));
    struct event e = event_of(EV_FAIL, thread_actor(task_arg(t)), NO_PIPE);
    e.line = vm == NULL || vm->site < 0 ? 0 : run->program->sites[vm->site].line;
    e.text = strbuf_text(text);
    e.size = text->length;
    trace_emit(&run->trace, &e);
}

/* Where it was. */
static void add_notes(struct run *run, const struct sync_event *e)
{
    struct diag_list *diags = run->outside->diags;
    if (e->fault == NULL)
        diag_add_unplaced(diags, DIAG_NOTE, "%s%s",
                          e->misuse == MISUSE_KEEP ? "it took it here: " : "", e->site);
    size_t most = e->fault != NULL ? sizeof e->fault->notes / sizeof *e->fault->notes : 0;
    for (size_t i = 0; i < most && e->fault->notes[i] != NULL; i++)
        diag_add_unplaced(diags, DIAG_NOTE, "%s", e->fault->notes[i]);
}

static void end_run(struct run *run)
{
    if (run->options->mode == SCHED_CONTROLLED)
        sched_stop();
}

void locks_misused(struct run *run, const struct sync_event *e)
{
    struct strbuf *text = &run->outside->message;
    if (run->misused != MISUSE_NONE)
        return;
    run->misused = e->misuse;
    strbuf_clear(text);
    describe(run, e, text);
    run_say_at_call(run, thread_actor(task_arg(e->task)), DIAG_FAILED, strbuf_text(text));
    add_notes(run, e);
    trace_failure(run, e->task, text);
    digest_add(&run->failures, (uint64_t)e->misuse);
    if (e->site != NULL)
        digest_add_bytes(&run->failures, e->site, strlen(e->site));
    end_run(run);
}

/* Sleepers that wake each other, or time-outs after which nothing has come. */
void locks_count_nap(struct run *run, int actor)
{
    run->naps++;
    if ((++run->naps_in_tick < NAPS_IN_TICK_MOST && run->naps < NAPS_MOST) ||
        run->options->mode != SCHED_CONTROLLED)
        return;
    run->livelock = true;
    run->spinner = actor;
    end_run(run);
}

void locks_count_turn(struct run *run, const struct sync_event *e)
{
    bool signals = e->kind == SYNC_SIGNAL || e->kind == SYNC_BROADCAST;
    int most = signals ? SIGNALS_MOST : TURNS_MOST;
    int *count = signals ? &run->signals : &run->turns;
    if (++*count < most || run->options->mode != SCHED_CONTROLLED)
        return;
    run->turns = *count; /* to be told */
    run->livelock = true;
    run->spinner = thread_actor(task_arg(e->task));
    end_run(run);
}

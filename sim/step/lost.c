/* lost.c - a wake-up that did not reach its sleeper; see glance.h. */
#include "sim/step/glance.h"

#include "sim/trace/abi.h"

#include <inttypes.h>

/* The signal that came before its sleep, and was handled then: nobody sends it again. */
static void say_lost_signal(const struct panes *p, int actor, struct strbuf *out)
{
    const struct view *v = walk_view(p->walk);
    uint64_t start = walk_start(p->walk);
    for (uint64_t n = walk_position(p->walk); n > start; n--) {
        const struct note *note = walk_note(p->walk, n);
        if (note->kind == EV_WAKE && note->other == actor)
            return; /* what came before has had its effect */
        if (note->kind != EV_SIGNAL || note->actor != actor)
            continue;
        strbuf_addf(out,
                    "; %s%s%s came at event %" PRIu64 " (tick %" PRId64
                    "), before it slept, and does not wake it: a lost wakeup",
                    signal_name((int)note->value), note->other == NOBODY ? "" : " from ",
                    note->other == NOBODY ? "" : v->actors[note->other].name, n - start,
                    note->tick);
        return;
    }
}

/* What brought that which it waits for: bytes or the end of them, room or the end of all readers. */
static enum event_kind chance_kind(const struct panes *p, int actor)
{
    const struct view *v = walk_view(p->walk);
    const struct view_pipe *pipe = &v->pipes[v->actors[actor].pipe];
    if (run_reads(walk_run(p->walk), actor))
        return pipe->used > 0 ? EV_PUT : EV_CLOSE_WRITER;
    return pipe->readers > 0 ? EV_TOOK : EV_CLOSE_READER;
}

/* The last event that a sleeper should have been woken for; 0: there is none. */
static uint64_t chance_of(const struct panes *p, int actor)
{
    int pipe = walk_view(p->walk)->actors[actor].pipe;
    enum event_kind kind = chance_kind(p, actor);
    uint64_t n = walk_position(p->walk);
    while (n > walk_start(p->walk) &&
           (walk_note(p->walk, n)->pipe != pipe || walk_note(p->walk, n)->kind != kind))
        n--;
    return n > walk_start(p->walk) ? n : 0;
}

static uint64_t sleep_of(const struct panes *p, int actor)
{
    uint64_t n = walk_position(p->walk);
    while (n > walk_start(p->walk) &&
           (walk_note(p->walk, n)->actor != actor || walk_note(p->walk, n)->kind != EV_SLEEP))
        n--;
    return n;
}

/* Who was woken on that pipe, by whoever did what he should have been woken for; or NOBODY. */
static int woken_after(const struct panes *p, uint64_t chance)
{
    const struct note *did = walk_note(p->walk, chance);
    for (uint64_t n = chance + 1; n <= walk_position(p->walk); n++) {
        const struct note *note = walk_note(p->walk, n);
        if (note->actor == did->actor && note->kind == EV_RETURN)
            return NOBODY;
        if (note->actor == did->actor && note->kind == EV_WAKE && note->pipe == did->pipe)
            return note->other;
    }
    return NOBODY;
}

/* A lost wakeup: the signal that found nobody, or somebody else. */
static void say_lost_wakeup(const struct panes *p, int actor, struct strbuf *out)
{
    const struct view *v = walk_view(p->walk);
    uint64_t start = walk_start(p->walk), chance = chance_of(p, actor), slept = sleep_of(p, actor);
    if (chance == 0)
        return;
    const struct note *n = walk_note(p->walk, chance);
    int other = woken_after(p, chance);
    strbuf_addf(out, ". %s ", v->actors[n->actor].name);
    if (n->kind == EV_PUT || n->kind == EV_TOOK)
        strbuf_addf(out, "%s %" PRId64 " byte%s", n->kind == EV_PUT ? "put in" : "took", n->value,
                    n->value == 1 ? "" : "s");
    else
        strbuf_add(out, "closed its end");
    strbuf_addf(out, " at event %" PRIu64, chance - start);
    if (chance < slept)
        strbuf_addf(
            out, ", and %s fell asleep only at event %" PRIu64 ": a signal in between found nobody",
            v->actors[actor].name, slept - start);
    else if (other != NOBODY)
        strbuf_addf(out, ", and its signal woke %s instead", v->actors[other].name);
    else
        strbuf_add(out, ", and woke nobody");
}

void glance_lost_wakeup(const struct panes *p, int actor, struct strbuf *out)
{
    if (walk_view(p->walk)->actors[actor].sleep_on == ON_PAUSE)
        say_lost_signal(p, actor, out);
    else if (run_sleeps_beside(walk_run(p->walk), actor))
        say_lost_wakeup(p, actor, out);
}

/* picture.c - what a stepping session shows of the present moment: the five questions of stepper.h.
 */
#include "sim/step/session.h"

#include "sim/kernel/kernel.h"
#include "sim/trace/abi.h"
#include "sim/trace/text_trace.h"

#include <inttypes.h>
#include <string.h>

void stepper_position(struct stepper *s, struct strbuf *out)
{
    struct walk *w = s->walk;
    uint64_t start = walk_start(w);
    strbuf_addf(out, "event %" PRIu64 " of %" PRIu64 ", tick %" PRId64, walk_position(w) - start,
                walk_length(w) - start, walk_view(w)->tick);
}

/* -- processes --------------------------------------------------------------------------------- */

static void add_sleep(const struct view *v, const struct view_actor *a, struct strbuf *out)
{
    if (a->sleep_on == ON_CONDITION && a->pipe != NO_PIPE)
        strbuf_addf(out, "asleep on %s.%s", v->pipes[a->pipe].name, a->condition);
    else if (a->sleep_on == ON_TIME || a->sleep_on == ON_SLEEP)
        strbuf_addf(out, "asleep until tick %" PRId64, a->need);
    else if (a->sleep_on == ON_LOCK)
        strbuf_addf(out, "asleep: the lock is taken");
    else
        strbuf_addf(out, "asleep in %s", sleep_on_name(a->sleep_on));
    strbuf_addf(out, ", since tick %" PRId64, a->since);
}

static void add_state(struct stepper *s, int actor, struct strbuf *out)
{
    const struct view *v = walk_view(s->walk);
    const struct view_actor *a = &v->actors[actor];
    const struct note *last = walk_note(s->walk, walk_position(s->walk));
    if (a->state == ACTOR_ASLEEP)
        add_sleep(v, a, out);
    else if (a->state == ACTOR_EXITED && a->status < 0)
        strbuf_addf(out, "killed by %s", signal_name((int)-a->status));
    else if (a->state == ACTOR_EXITED)
        strbuf_addf(out, "exited with %" PRId64, a->status);
    else if (a->state == ACTOR_IDLE)
        strbuf_addf(out, a->need >= 0 ? "nothing is due before tick %" PRId64 : "nothing is due",
                    a->need);
    else if (last->actor == actor)
        strbuf_add(out, "running");
    else
        strbuf_add(out, "ready");
    if (a->state == ACTOR_RUNNABLE && a->in_call && a->slept && a->woken_by != NOBODY)
        strbuf_addf(out, ", woken by %s", v->actors[a->woken_by].name);
}

void stepper_processes(struct stepper *s, struct strbuf *out)
{
    const struct view *v = walk_view(s->walk);
    for (size_t i = 0; i < v->actor_count; i++) {
        const struct view_actor *a = &v->actors[i];
        const struct note *last = walk_note(s->walk, walk_position(s->walk));
        size_t start = out->length;
        strbuf_addf(out, "%s %zu %s", last->actor == (int)i ? ">" : " ", i + 1, a->name);
        strbuf_pad(out, start, 16);
        strbuf_add_char(out, ' ');
        add_state(s, (int)i, out);
        if (a->in_call && a->line != 0)
            strbuf_addf(out, " (line %d)", a->line);
        strbuf_add_char(out, '\n');
    }
}

/* -- pipes ------------------------------------------------------------------------------------- */

/* Under the cells: where the next byte is read (R) and written (W). */
static void add_marks(const struct view_pipe *p, size_t indent, struct strbuf *out)
{
    char marks[VIEW_CELLS + 1];
    if (p->capacity > VIEW_CELLS || p->page > 0)
        return;
    memset(marks, ' ', sizeof marks);
    size_t head = (size_t)(p->taken % (uint64_t)p->capacity);
    size_t tail = (size_t)(p->written % (uint64_t)p->capacity);
    marks[head] = 'R';
    marks[tail] = head == tail ? '*' : 'W';
    size_t start = out->length;
    strbuf_pad(out, start, indent);
    strbuf_add_bytes(out, marks, (size_t)p->capacity);
    strbuf_addf(out, "   R: next read, W: next write%s\n",
                head == tail ? p->used == 0 ? ", *: both (empty)" : ", *: both (full)" : "");
}

void stepper_pipes(struct stepper *s, struct strbuf *out)
{
    const struct view *v = walk_view(s->walk);
    for (size_t i = 0; i < v->pipe_count; i++) {
        const struct view_pipe *p = &v->pipes[i];
        strbuf_add(out, "  ");
        text_add_pipe_picture(out, p);
        strbuf_addf(out, " used %" PRId64 ", free %" PRId64 " of %" PRId64, p->used,
                    p->capacity - p->used, p->capacity);
        if (p->page > 0)
            strbuf_addf(out, "; %zu of %" PRId64 " slots in use", p->slot_count,
                        p->capacity / p->page);
        else if (p->atomic > 1)
            strbuf_addf(out, "; up to %" PRId64 " go in together", p->atomic);
        if (p->feeds != NO_PIPE)
            strbuf_addf(out, "; %" PRId64 " in flight", view_in_flight(v, p));
        strbuf_add(out, "\n");
        add_marks(p, 3 + strlen(p->name), out);
    }
}

/* -- ends -------------------------------------------------------------------------------------- */

struct end_list {
    struct stepper *s;
    struct strbuf *out;
    int count;
};

static void add_end(void *ctx, const struct thread *holder, int fd)
{
    struct end_list *list = ctx;
    const struct view *v = walk_view(list->s->walk);
    strbuf_addf(list->out, "%s%s fd %d", list->count++ > 0 ? ", " : "",
                v->actors[thread_actor(holder)].name, fd);
}

static void add_holders(struct stepper *s, size_t pipe, enum pipe_end end, struct strbuf *out)
{
    const struct view *v = walk_view(s->walk);
    struct end_list list = {s, out, 0};
    if (end == READ_END ? view_network_reads(&v->pipes[pipe])
                        : view_network_writes(&v->pipes[pipe])) {
        strbuf_add(out, "the network");
        return;
    }
    kernel_each_end(run_kernel(walk_run(s->walk)), (int)pipe, end, add_end, &list);
    if (list.count == 0)
        strbuf_add(out, "nobody");
}

void stepper_ends(struct stepper *s, struct strbuf *out)
{
    const struct view *v = walk_view(s->walk);
    for (size_t i = 0; i < v->pipe_count; i++) {
        strbuf_addf(out, "  %s read end: ", v->pipes[i].name);
        add_holders(s, i, READ_END, out);
        strbuf_add(out, "; write end: ");
        add_holders(s, i, WRITE_END, out);
        strbuf_add_char(out, '\n');
    }
}

/* -- locks ------------------------------------------------------------------------------------- */

static void add_sleepers_on(const struct view *v, int pipe, const char *condition,
                            struct strbuf *out)
{
    int count = 0;
    for (size_t i = 0; i < v->actor_count; i++) {
        const struct view_actor *a = &v->actors[i];
        if (a->state == ACTOR_ASLEEP && a->sleep_on == ON_CONDITION && a->pipe == pipe &&
            strcmp(a->condition, condition) == 0)
            strbuf_addf(out, "%s%s", count++ > 0 ? ", " : "", a->name);
    }
    if (count == 0)
        strbuf_add(out, "nobody");
}

void stepper_locks(struct stepper *s, struct strbuf *out)
{
    const struct view *v = walk_view(s->walk);
    for (size_t i = 0; i < v->pipe_count; i++) {
        const struct view_pipe *p = &v->pipes[i];
        strbuf_addf(out, "  %s.lock: %s; asleep on %s.not_empty: ", p->name,
                    p->lock_owner == NOBODY ? "free" : v->actors[p->lock_owner].name, p->name);
        add_sleepers_on(v, (int)i, "not_empty", out);
        strbuf_addf(out, "; on %s.not_full: ", p->name);
        add_sleepers_on(v, (int)i, "not_full", out);
        strbuf_add_char(out, '\n');
    }
}

/* -- trace and why ----------------------------------------------------------------------------- */

void stepper_trace(struct stepper *s, size_t lines, struct strbuf *out)
{
    size_t end = walk_lines_until(s->walk, walk_position(s->walk));
    size_t first = end > lines ? end - lines : 0;
    for (size_t i = first; i < end; i++)
        strbuf_addf(out, "%s\n", walk_line(s->walk, i));
}

void stepper_explain(struct stepper *s, int actor, struct strbuf *out)
{
    const struct view_actor *a = &walk_view(s->walk)->actors[actor];
    struct reason r = run_explain(walk_run(s->walk), actor);
    if (a->state == ACTOR_ASLEEP && a->sleep_on == ON_CONDITION && a->pipe != NO_PIPE &&
        !run_sleeps_beside(walk_run(s->walk), actor))
        strbuf_add(&r.what, run_reads(walk_run(s->walk), actor)
                                ? "; a write would wake it, or closing the last write end"
                                : "; a read would wake it, or closing the last read end");
    const struct strbuf *parts[] = {&r.what, &r.who, &r.hint};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i]->length > 0)
            strbuf_addf(out, "%s%s\n", i == 0 ? "  " : "    ", strbuf_text(parts[i]));
    }
    reason_free(&r);
}

void stepper_why(struct stepper *s, struct strbuf *out)
{
    const struct view *v = walk_view(s->walk);
    for (size_t i = 0; i < v->actor_count; i++)
        stepper_explain(s, (int)i, out);
}

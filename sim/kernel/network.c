/* network.c - see network.h: the network's thread, and what it has to do when. */
#include "sim/kernel/line.h"
#include "sim/sched/digest.h"

#include <errno.h>

static void segment_arrives(struct network *n, const struct segment *s)
{
    switch (s->kind) {
    case SYN: line_syn_arrives(s->line); break;
    case SYN_ACK: line_syn_ack_arrives(s->line); break;
    case ACK: flow_ack_arrives(s); break;
    case DATA: flow_data_arrives(n, s); break;
    case FIN: flow_fin_arrives(s); break;
    case RST: line_rst_arrives(s->line, s->way); break;
    }
}

/* Why nothing comes of a segment. */
static enum segment_loss loss_of(const struct segment *s)
{
    if (s->lost)
        return LOST_ON_LINK;
    if (s->kind == SYN && line_drops_syn(s->line))
        return LOST_NO_ROOM;
    bool counts = s->kind == DATA || s->kind == FIN;
    return counts && s->first > s->line->flows[s->way].arrived ? LOST_BEFORE_ITS_TURN : LOST_NOT;
}

static bool receive(struct network *n)
{
    struct segment *s = n->in_flight;
    if (s == NULL || s->arrives > sched_now())
        return false;
    n->in_flight = s->next;
    n->arriving = s;
    enum segment_loss loss = loss_of(s);
    if (loss == LOST_NOT || loss == LOST_BEFORE_ITS_TURN)
        segment_arrives(n, s);
    if (loss == LOST_NOT)
        segment_tell(n, s, EV_ARRIVED, s->sent);
    else
        segment_tell(n, s, EV_LOST, loss);
    n->arriving = NULL;
    arena_free(s);
    return true;
}

/* Does one thing, if there is one to be done now. */
static bool work(struct network *n)
{
    sched_touch(n, TOUCH_WRITE);
    sched_touch(n->kernel, TOUCH_WRITE);
    if (receive(n))
        return true;
    for (struct line *l = n->lines; l != NULL; l = l->next) {
        if (flow_work_on(n, l, WAY_TO) || flow_work_on(n, l, WAY_BACK) || line_syn_is_due(l))
            return true;
    }
    return false;
}

static void sooner(tick_t *next, tick_t when)
{
    if (when > sched_now() && when < *next)
        *next = when;
}

static tick_t next_time(const struct network *n)
{
    tick_t next = TICK_NEVER;
    if (n->in_flight != NULL)
        next = n->in_flight->arrives;
    for (const struct line *l = n->lines; l != NULL; l = l->next) {
        if (l->state == LINE_OVER)
            continue;
        if (!l->acknowledged)
            sooner(&next, l->resend_at);
        for (int way = 0; way < 2; way++) {
            const struct flow *f = &l->flows[way];
            sooner(&next, f->free_at);
            if (f->unacked != NULL)
                sooner(&next, f->resend_at);
        }
    }
    return next;
}

/* All processes have ended, and all that they sent has arrived. */
static bool is_over(const struct network *n)
{
    for (size_t i = 0; i < n->kernel->thread_count; i++) {
        const struct thread *t = n->kernel->threads[i];
        if (t->process->pid > 0 && !t->process->exited) /* their ends are closed, too */
            return false;
    }
    return next_time(n) == TICK_NEVER;
}

static void forget_poke(struct network *n)
{
    sched_atomic_begin();
    n->poked = false;
    sched_atomic_end();
}

static void network_body(void *thread)
{
    struct thread *self = thread;
    struct network *n = self->process->kernel->network;
    for (;;) {
        forget_poke(n);
        while (work(n))
            ;
        if (is_over(n))
            break;
        sleep_on(self, ON_NETWORK, &n->asleep, next_time(n), NOBODY, &n->poked);
    }
    thread_end(self);
}

int kernel_link_hosts(struct kernel *k, const char *name)
{
    struct network *n = arena_alloc(sizeof *n);
    if (n == NULL)
        return -ENOMEM;
    n->kernel = k;
    k->network = n;
    int error = process_new_own(k, name, VIEW_NETWORK, &n->thread);
    return error != 0 ? error : thread_start(n->thread, network_body, NULL);
}

int network_actor(const struct kernel *k)
{
    return k->network->thread->actor;
}

void network_poke(struct kernel *k)
{
    struct network *n = k->network;
    struct thread *self = thread_self();
    if (n == NULL || self == n->thread)
        return;
    sched_touch(n, TOUCH_WRITE);
    n->poked = true;
    if (sched_wake(n->thread->task, &n->asleep))
        kernel_emit(k, (struct event){.kind = EV_WAKE,
                                      .actor = self != NULL ? self->actor : NOBODY,
                                      .other = n->thread->actor,
                                      .pipe = NO_PIPE});
}

void network_poke_now(struct kernel *k)
{
    sched_atomic_begin();
    network_poke(k);
    sched_atomic_end();
}

/* -- for explanations and explorations --------------------------------------------------------- */

int network_beyond(const struct kernel *k, int pipe, enum pipe_end end)
{
    const struct network *n = k->network;
    for (const struct line *l = n == NULL ? NULL : n->lines; l != NULL; l = l->next) {
        for (int way = 0; way < 2; way++) {
            const struct flow *f = &l->flows[way];
            if (f->from == NULL)
                continue;
            if (end == READ_END && f->from_open && f->from->number == pipe)
                return f->to->number;
            if (end == WRITE_END && f->to_open && f->to->number == pipe)
                return f->from->number;
        }
    }
    return pipe;
}

static int number_of(const struct network *n, const struct line *wanted)
{
    int number = 0;
    for (const struct line *l = n->lines; l != wanted; l = l->next)
        number++;
    return number;
}

void network_digest(const struct network *n, struct digest *d)
{
    digest_add(d, (uint64_t)n->poked);
    digest_add(d, link_of(n)->loss > 0 ? (uint64_t)(n->counted % link_of(n)->loss) : 0);
    for (const struct line *l = n->lines; l != NULL; l = l->next)
        line_digest(d, l);
    for (const struct segment *s = n->in_flight; s != NULL; s = s->next)
        segment_digest(d, s, number_of(n, s->line));
    if (n->arriving != NULL)
        segment_digest(d, n->arriving, number_of(n, n->arriving->line));
}

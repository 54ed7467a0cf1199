/* flow.c - one direction of a connection over a link: bytes leave the send buffer as far as the window
 * allows, and arrive in the receive buffer. */
#include "sim/kernel/line.h"
#include "sim/sched/digest.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* As the events have it: whoever changes it pokes the network. */
static struct view_pipe seen(const struct network *n, const struct kpipe *p)
{
    sched_atomic_begin();
    struct view_pipe found = n->kernel->config.trace->view.pipes[p->number];
    sched_atomic_end();
    return found;
}

void flow_close_from(struct flow *f)
{
    if (!f->from_open)
        return;
    f->from_open = false;
    kpipe_close_end(f->from, READ_END);
    kpipe_let_go(f->from);
}

void flow_close_to(struct flow *f)
{
    if (!f->to_open)
        return;
    f->to_open = false;
    kpipe_close_end(f->to, WRITE_END);
    kpipe_let_go(f->to);
}

void flow_forget_copies(struct flow *f, int64_t before)
{
    while (f->unacked != NULL && f->unacked->first < before) {
        struct segment *s = f->unacked;
        f->unacked = s->next;
        if (f->again == s)
            f->again = s->next;
        arena_free(s);
    }
    if (f->unacked == NULL)
        f->resend_at = TICK_NEVER;
}

/* -- bytes arrive ------------------------------------------------------------------------------ */

static bool acknowledge(struct line *l, enum way way)
{
    struct flow *f = &l->flows[way];
    struct segment *s = segment_new(l, back_of(way), ACK, 0);
    if (s == NULL)
        return false;
    int64_t used = seen(network_of(l), f->to).used;
    s->ack = f->arrived;
    s->edge = f->arrived - f->fin_arrived + (int64_t)f->to->capacity - used;
    f->told_edge = s->edge;
    segment_send(network_of(l), s);
    return true;
}

/* There is room: the sender has kept to the window. */
static bool deliver(struct network *n, struct flow *f, const struct segment *s)
{
    ssize_t put = kpipe_put(n->thread, f->to, s->bytes, (size_t)s->size);
    assert(put == s->size || put == -EPIPE);
    return put >= 0;
}

/* What comes before its turn is thrown away: it will be sent again. */
void flow_data_arrives(struct network *n, const struct segment *s)
{
    struct line *l = s->line;
    struct flow *f = &l->flows[s->way];
    if (l->state == LINE_OVER || !f->to_open)
        return;
    if (s->first == f->arrived) {
        f->arrived += s->size;
        if (!deliver(n, f, s)) { /* nobody will read it */
            line_give_up(l, s->way == WAY_TO ? 1 : 0);
            return;
        }
    }
    if (f->to_open)
        acknowledge(l, s->way);
}

void flow_fin_arrives(const struct segment *s)
{
    struct line *l = s->line;
    struct flow *f = &l->flows[s->way];
    if (l->state == LINE_OVER || (!f->to_open && !f->fin_arrived))
        return;
    if (s->first == f->arrived && !f->fin_arrived) {
        f->fin_arrived = true;
        f->arrived++;
        flow_close_to(f);
    }
    struct segment *ack = segment_new(l, back_of(s->way), ACK, 0);
    if (ack != NULL)
        ack->ack = f->arrived;
    segment_send(network_of(l), ack);
}

/* From when the last bit of what was sent is on the wire. */
static void begin_patience(struct flow *f)
{
    if (f->unacked == NULL)
        return;
    tick_t now = sched_now(), from = f->free_at > now ? f->free_at : now;
    f->resend_at = tick_after(from, segment_patience(network_of(f->unacked->line), 0));
}

void flow_ack_arrives(const struct segment *s)
{
    struct line *l = s->line;
    struct flow *f = &l->flows[back_of(s->way)];
    if (l->state == LINE_HALF_OPEN && s->way == WAY_TO && l->sockets[1] == NULL) {
        line_opens(l);
        return;
    }
    if (s->ack > f->acked) {
        f->acked = s->ack;
        flow_forget_copies(f, f->acked);
        begin_patience(f);
    }
    f->edge = s->edge > f->edge ? s->edge : f->edge;
}

/* -- bytes leave ------------------------------------------------------------------------------- */

static void keep_copy(const struct network *n, struct flow *f, const struct segment *s)
{
    if (link_of(n)->loss == 0)
        return;
    struct segment **at = &f->unacked;
    while (*at != NULL)
        at = &(*at)->next;
    *at = segment_new(s->line, s->way, s->kind, (size_t)s->size);
    if (*at == NULL)
        return;
    (*at)->first = s->first;
    memcpy((*at)->bytes, s->bytes, s->kind == DATA ? (size_t)s->size : 0);
}

static void send_counted(struct network *n, struct flow *f, struct segment *s)
{
    keep_copy(n, f, s);
    segment_send(n, s);
    if (f->resend_at == TICK_NEVER)
        begin_patience(f);
}

static bool send_data(struct network *n, struct line *l, enum way way)
{
    struct flow *f = &l->flows[way];
    int64_t size = link_of(n)->segment, window = f->edge - f->sent, used = seen(n, f->from).used;
    size = size < window ? size : window;
    size = size < used ? size : used;
    struct segment *s = size <= 0 ? NULL : segment_new(l, way, DATA, (size_t)size);
    if (s == NULL)
        return false;
    s->first = f->sent;
    ssize_t got = kpipe_take(n->thread, f->from, s->bytes, (size_t)size);
    if (got <= 0) {
        arena_free(s);
        return got != -EAGAIN; /* a close comes between */
    }
    s->size = got;
    f->sent += got;
    send_counted(n, f, s);
    return true;
}

static bool send_fin(struct network *n, struct line *l, enum way way)
{
    struct flow *f = &l->flows[way];
    struct segment *s = segment_new(l, way, FIN, 1);
    if (s == NULL)
        return false;
    s->first = f->sent++;
    f->fin_sent = true;
    flow_close_from(f);
    send_counted(n, f, s);
    return true;
}

static bool send_again(struct network *n, struct flow *f)
{
    struct segment *copy = f->again;
    struct segment *s = segment_new(copy->line, copy->way, copy->kind, (size_t)copy->size);
    if (s == NULL)
        return false;
    s->first = copy->first;
    s->again = true;
    memcpy(s->bytes, copy->bytes, copy->kind == DATA ? (size_t)copy->size : 0);
    f->again = copy->next;
    segment_send(n, s);
    return true;
}

/* All of them go once more, and arrive: until then there is nothing to be patient about. */
static bool time_is_up(struct flow *f)
{
    if (f->unacked == NULL || f->resend_at > sched_now())
        return false;
    f->again = f->unacked;
    f->resend_at = TICK_NEVER;
    return true;
}

/* So that the sender need not wait until all is free, nor hear of every byte: half of the buffer, or a
 * segment (RFC 9293, 3.8.6.2.2). Also when the reader has closed: what comes then is answered by RST, and
 * without it the writer would never learn. */
static bool window_has_grown(struct network *n, struct line *l, enum way way)
{
    struct flow *f = &l->flows[way];
    if (!f->to_open || f->fin_arrived)
        return false;
    int64_t capacity = (int64_t)f->to->capacity, segment = link_of(n)->segment;
    int64_t edge = f->arrived + capacity - seen(n, f->to).used;
    int64_t least = segment < (capacity + 1) / 2 ? segment : (capacity + 1) / 2;
    return edge - f->told_edge >= least && acknowledge(l, way);
}

/* What the window allows, and then RST: it does not wait for the line to be free, but its turn on it. */
static void go_on_with_reset(struct network *n, struct line *l, enum way way)
{
    const struct flow *f = &l->flows[way];
    if (!f->from_open || seen(n, f->from).used == 0 || !send_data(n, l, way))
        line_give_up(l, way == WAY_TO ? 0 : 1);
}

bool flow_work_on(struct network *n, struct line *l, enum way way)
{
    struct flow *f = &l->flows[way];
    int host = way == WAY_TO ? 0 : 1;
    if (l->state == LINE_OVER || f->from == NULL)
        return false;
    if (l->resets[host] && !l->gave_up[host]) {
        go_on_with_reset(n, l, way);
        return true;
    }
    if (window_has_grown(n, l, way) || time_is_up(f))
        return true;
    if (f->free_at > sched_now())
        return false;
    if (f->again != NULL)
        return send_again(n, f);
    if (!f->from_open)
        return false;
    if (seen(n, f->from).used > 0)
        return send_data(n, l, way);
    return seen(n, f->from).writers == 0 && send_fin(n, l, way);
}

void flow_digest(struct digest *d, const struct flow *f)
{
    digest_add(d, (uint64_t)(f->from != NULL ? f->from->number : -1));
    digest_add(d, (uint64_t)f->from_open << 4 | (uint64_t)f->to_open << 3 |
                      (uint64_t)f->fin_sent << 2 | (uint64_t)f->fin_arrived << 1 |
                      (f->again != NULL));
    digest_add(d, (uint64_t)f->sent);
    digest_add(d, (uint64_t)f->acked);
    digest_add(d, (uint64_t)f->edge);
    digest_add(d, (uint64_t)f->arrived);
    digest_add(d, (uint64_t)f->told_edge);
    digest_add(d, (uint64_t)(f->free_at > sched_now() ? f->free_at : 0));
    digest_add(d, (uint64_t)(f->unacked != NULL ? f->resend_at : 0));
    digest_add(d, (uint64_t)(f->again != NULL ? f->again->first : -1));
    for (const struct segment *s = f->unacked; s != NULL; s = s->next)
        segment_digest(d, s, 0);
}

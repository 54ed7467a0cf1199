/* handshake.c - how a connection over a link comes to be: SYN, SYN-ACK, ACK. */
#include "sim/kernel/line.h"

#include <errno.h>
#include <string.h>

static void send_syn(struct line *l)
{
    if (l->tries > 0)
        segment_send_sign_again(l, WAY_TO, SYN);
    else
        segment_send_sign(l, WAY_TO, SYN);
    l->resend_at = tick_after(sched_now(), segment_patience(network_of(l), l->tries));
}

static void add_line(struct network *n, struct line *l)
{
    *(n->last_line != NULL ? &n->last_line->next : &n->lines) = l;
    n->last_line = l;
}

struct line *network_connect(struct thread *self, struct socket *s, const char *host,
                             const char *address)
{
    struct network *network = s->kernel->network;
    struct line *l = arena_alloc(sizeof *l);
    if (l == NULL)
        return NULL;
    l->address = address;
    l->maker = self;
    l->sockets[0] = s;
    l->hosts[0] = s->host;
    l->hosts[1] = host;
    sched_touch(network, TOUCH_WRITE);
    add_line(network, l);
    send_syn(l);
    return l;
}

/* The queues of one direction. */
static bool make_flow(struct line *l, enum way way, int number)
{
    struct flow *f = &l->flows[way];
    const char *owner = l->maker->name, *which = way == WAY_TO ? "to" : "back";
    struct kernel *k = l->maker->process->kernel;
    f->from = connection_queue(k, owner, which, number, "");
    f->to = f->from == NULL ? NULL : connection_queue(k, owner, which, number, ".far");
    if (f->to == NULL)
        return false;
    f->from->linked = f->to->linked = true;
    f->from_open = f->to_open = true;
    f->edge = f->told_edge = (int64_t)f->to->capacity;
    f->resend_at = TICK_NEVER;
    kernel_emit_now(k, (struct event){.kind = EV_LINK,
                                      .actor = k->network->thread->actor,
                                      .other = NOBODY,
                                      .pipe = f->to->number,
                                      .value = f->from->number});
    return true;
}

/* A place in the listening socket's queue is taken from now on. */
void line_syn_arrives(struct line *l)
{
    struct socket *listener = socket_listening_at(l->maker->process->kernel, l->address);
    if (l->state != LINE_SYN_SENT && l->state != LINE_HALF_OPEN)
        return;
    if (listener == NULL) {
        segment_send_sign(l, WAY_BACK, RST);
        return;
    }
    if (l->state == LINE_HALF_OPEN) {
        segment_send_sign_again(l, WAY_BACK, SYN_ACK); /* the first one was lost */
        return;
    }
    int number = ++l->maker->connections;
    if (!make_flow(l, WAY_TO, number) || !make_flow(l, WAY_BACK, number)) {
        line_fail_to_connect(l, ENOMEM);
        return;
    }
    l->state = LINE_HALF_OPEN;
    l->listener = listener;
    listener->half_open++;
    segment_send_sign(l, WAY_BACK, SYN_ACK);
}

bool line_drops_syn(struct line *l)
{
    if (l->state != LINE_SYN_SENT)
        return false;
    const struct socket *listener = socket_listening_at(l->maker->process->kernel, l->address);
    return listener != NULL && !socket_has_room(listener);
}

static void take_ends(struct line *l, int host, struct socket *s)
{
    l->taken[host] = true;
    s->in = flow_in(l, host)->to;
    s->out = flow_out(l, host)->from;
    s->line = l;
}

void line_syn_ack_arrives(struct line *l)
{
    struct socket *s = l->sockets[0];
    if (l->state == LINE_OVER)
        return;
    if (s == NULL) { /* closed meanwhile */
        line_give_up(l, 0);
        return;
    }
    if (!l->acknowledged) {
        l->acknowledged = true;
        l->resend_at = TICK_NEVER;
        take_ends(l, 0, s);
        socket_connected(network_of(l)->thread, s, 0);
    }
    segment_send_sign(l, WAY_TO, ACK);
}

/* The third part of the handshake: now there is something to accept. */
void line_opens(struct line *l)
{
    struct socket *listener = l->listener;
    l->listener = NULL;
    if (listener != NULL)
        listener->half_open--;
    const char *peer_address = l->sockets[0] != NULL ? l->sockets[0]->address : NULL;
    struct socket *made =
        listener == NULL ? NULL : socket_accepted(listener, l->maker->name, peer_address);
    if (made == NULL) {
        line_give_up(l, 1);
        return;
    }
    l->state = LINE_OPEN;
    take_ends(l, 1, made);
    l->sockets[1] = made;
    socket_enqueue(network_of(l)->thread, listener, made);
}

bool line_syn_is_due(struct line *l)
{
    if (l->acknowledged || l->state == LINE_OVER || l->resend_at > sched_now())
        return false;
    if (l->sockets[0] == NULL || ++l->tries > TRIES_MOST) {
        line_fail_to_connect(l, ETIMEDOUT);
    } else {
        send_syn(l);
    }
    return true;
}

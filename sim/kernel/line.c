/* line.c - how a connection over a link ends: in order, by RST, or because nobody answers. */
#include "sim/kernel/line.h"
#include "sim/sched/digest.h"

#include <errno.h>
#include <string.h>

static void close_socket_end(struct kpipe *p, enum pipe_end end)
{
    kpipe_close_end(p, end);
    kpipe_let_go(p);
}

/* What the network has at one host; and what a socket would have had there that never came to be. */
void line_leave_host(struct line *l, int host)
{
    struct flow *out = flow_out(l, host), *in = flow_in(l, host);
    if (out->from == NULL || in->to == NULL)
        return; /* it never came to that */
    flow_forget_copies(out, INT64_MAX);
    flow_close_from(out);
    flow_close_to(in);
    if (l->taken[host])
        return;
    l->taken[host] = true;
    close_socket_end(out->from, WRITE_END);
    close_socket_end(in->to, READ_END);
}

/* This host knows nothing of the connection any more, and says so. */
void line_give_up(struct line *l, int host)
{
    if (l->gave_up[host] || l->state == LINE_OVER)
        return;
    l->gave_up[host] = true;
    segment_send_sign(l, host == 0 ? WAY_TO : WAY_BACK, RST);
    line_leave_host(l, host);
}

void line_forget_listener(struct line *l)
{
    if (l->listener != NULL)
        l->listener->half_open--;
    l->listener = NULL;
}

/* The socket there, if there is one, is told; both hosts forget the connection. */
static void break_off(struct line *l, int host, int error)
{
    struct socket *s = l->sockets[host];
    line_forget_listener(l);
    l->state = LINE_OVER;
    if (s != NULL) {
        s->error = error;
        s->dead = true;
        poll_notify_socket(s, network_of(l)->thread);
    }
    line_leave_host(l, host);
    line_leave_host(l, !host);
}

/* As tcp_reset does it: who has seen FIN gets EPIPE. */
void line_rst_arrives(struct line *l, enum way way)
{
    int host = way == WAY_TO ? 1 : 0;
    if (l->state == LINE_OVER)
        return;
    if (host == 0 && !l->acknowledged)
        line_fail_to_connect(l, ECONNREFUSED);
    else
        break_off(l, host, l->flows[way].fin_arrived ? EPIPE : ECONNRESET);
}

static int host_of(const struct line *l, const struct socket *s)
{
    return l->sockets[0] == s ? 0 : 1;
}

void network_close(struct socket *s)
{
    sched_touch(s->kernel->network, TOUCH_WRITE);
    s->line->sockets[host_of(s->line, s)] = NULL;
    s->line = NULL;
    network_poke_now(s->kernel);
}

/* TCP would have sent by now what it may: the network first does. */
void network_reset(struct socket *s)
{
    s->line->resets[host_of(s->line, s)] = true;
    network_close(s);
}

void network_stop_listening(const struct socket *listener)
{
    const struct network *n = listener->kernel->network;
    for (struct line *l = n == NULL ? NULL : n->lines; l != NULL; l = l->next) {
        if (l->listener == listener)
            line_forget_listener(l);
    }
}

void line_fail_to_connect(struct line *l, int error)
{
    struct socket *s = l->sockets[0];
    line_forget_listener(l);
    l->state = LINE_OVER;
    l->resend_at = TICK_NEVER;
    line_leave_host(l, 0);
    line_leave_host(l, 1);
    if (s != NULL)
        socket_connected(network_of(l)->thread, s, error);
    l->sockets[0] = NULL;
}

void line_digest(struct digest *d, const struct line *l)
{
    digest_add(d, (uint64_t)l->state << 16 | (uint64_t)l->tries << 8 |
                      (uint64_t)l->resets[0] << 25 | (uint64_t)l->resets[1] << 24 |
                      (uint64_t)l->acknowledged << 6 | (uint64_t)l->gave_up[0] << 5 |
                      (uint64_t)l->gave_up[1] << 4 | (uint64_t)(l->sockets[0] != NULL) << 3 |
                      (uint64_t)(l->sockets[1] != NULL) << 2 | (uint64_t)(l->listener != NULL));
    digest_add(d, (uint64_t)l->maker->number);
    digest_add(d, (uint64_t)(l->acknowledged ? 0 : l->resend_at));
    digest_add_bytes(d, l->address, strlen(l->address));
    flow_digest(d, &l->flows[WAY_TO]);
    flow_digest(d, &l->flows[WAY_BACK]);
}

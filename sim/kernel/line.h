/* line.h - inside the network: connections over a link, and the segments that travel on it. network.h
 * has the whole. */
#ifndef SIM_KERNEL_LINE_H
#define SIM_KERNEL_LINE_H

#include "sim/kernel/objects.h"

enum { TRIES_MOST = 6 }; /* of SYN, as net.ipv4.tcp_syn_retries; then ETIMEDOUT */

enum segment_kind { SYN, SYN_ACK, ACK, DATA, FIN, RST };

struct segment {
    struct segment *next;
    struct line *line;
    enum way way;
    enum segment_kind kind;
    int64_t first, size; /* bytes, numbered from 0; FIN counts as one */
    int64_t ack, edge;   /* ACK: what has arrived; the window: up to here there is room */
    tick_t sent, arrives;
    bool again; /* it has been sent before, and was lost */
    bool lost;
    char bytes[];
};

/* One direction of a line. The sender's side comes first, then the receiver's. */
struct flow {
    struct kpipe *from;
    bool from_open; /* the network holds its read end */
    int64_t sent, acked, edge;
    bool fin_sent;
    struct segment *unacked; /* copies, in order; only where they may be lost */
    struct segment *again;   /* of these, the next to be sent once more */
    tick_t free_at;          /* the last bit of what was sent before is on the wire */
    tick_t resend_at;

    struct kpipe *to;
    bool to_open; /* the network holds its write end */
    int64_t arrived, told_edge;
    bool fin_arrived;
};

enum line_state { LINE_SYN_SENT, LINE_HALF_OPEN, LINE_OPEN, LINE_OVER };

/* A connection over a link. What it has two of belongs to who connects, and to who accepts. */
struct line {
    struct line *next;
    enum line_state state;
    struct thread *maker;
    struct socket *sockets[2]; /* NULL: none yet, or closed */
    const char *hosts[2];
    const char *address;
    struct socket *listener; /* LINE_HALF_OPEN: in whose queue there is a place for it */
    bool acknowledged;       /* SYN-ACK has arrived */
    bool taken[2];           /* a socket has the ends at this host */
    bool resets[2];          /* will send RST, after what the window allows */
    bool gave_up[2];         /* has sent RST */
    tick_t resend_at;        /* of SYN */
    int tries;
    struct flow flows[2]; /* by enum way */
};

struct network {
    struct kernel *kernel;
    struct thread *thread;
    struct sched_queue asleep;
    bool poked;
    struct line *lines, *last_line;
    struct segment *in_flight; /* the first to arrive comes first */
    struct segment *arriving;  /* being looked at */
    int64_t counted;           /* segments so far that could have been lost */
};

static inline struct network *network_of(const struct line *l)
{
    return l->maker->process->kernel->network;
}

static inline const struct link_config *link_of(const struct network *n)
{
    return &n->kernel->config.link;
}

/* Hosts are 0, of who connects, and 1, of who accepts. */
static inline struct flow *flow_out(struct line *l, int host)
{
    return &l->flows[host == 0 ? WAY_TO : WAY_BACK];
}

static inline struct flow *flow_in(struct line *l, int host)
{
    return &l->flows[host == 0 ? WAY_BACK : WAY_TO];
}

static inline enum way back_of(enum way way)
{
    return way == WAY_TO ? WAY_BACK : WAY_TO;
}

/* segment.c: NULL when memory is short. send takes it over; NULL is as if it were lost. */
struct segment *segment_new(struct line *l, enum way way, enum segment_kind kind, size_t size);
void segment_send(struct network *n, struct segment *s);
void segment_send_sign(struct line *l, enum way way, enum segment_kind kind);
void segment_send_sign_again(struct line *l, enum way way, enum segment_kind kind);
void segment_tell(struct network *n, const struct segment *s, enum event_kind kind, int64_t value);
void segment_digest(struct digest *d, const struct segment *s, int line);

/* How long an answer is awaited: two round trips, twice as long after each try. */
tick_t segment_patience(const struct network *n, int tries);

/* handshake.c: how a line comes to be. */
void line_syn_arrives(struct line *l);
bool line_drops_syn(struct line *l); /* there is no room in the listening socket's queue */
void line_syn_ack_arrives(struct line *l);
void line_opens(struct line *l);      /* the last ACK of three */
bool line_syn_is_due(struct line *l); /* once more, or never again: it has been done */

/* line.c: and how it ends. */
void line_leave_host(struct line *l, int host);
void line_give_up(struct line *l, int host); /* this host knows nothing of it any more: RST */
void line_rst_arrives(struct line *l, enum way way);
void line_forget_listener(struct line *l);
void line_fail_to_connect(struct line *l, int error);
void line_digest(struct digest *d, const struct line *l);

/* flow.c: bytes. work_on does one thing that is due, if there is one. */
void flow_close_from(struct flow *f);
void flow_close_to(struct flow *f);
void flow_forget_copies(struct flow *f, int64_t before);
void flow_data_arrives(struct network *n, const struct segment *s);
void flow_fin_arrives(const struct segment *s);
void flow_ack_arrives(const struct segment *s);
bool flow_work_on(struct network *n, struct line *l, enum way way);
void flow_digest(struct digest *d, const struct flow *f);

#endif

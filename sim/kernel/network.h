/* network.h - inside kernel/: links between hosts. What one end of a connection writes arrives at the
 * other one later: it is in flight.
 *
 * Each direction of a connection over a link has two queues, both pipes: the send buffer at the host of
 * the writer (`client.to`), and the receive buffer at that of the reader (`client.to.far`). A thread of
 * the kernel's own, `network`, takes bytes from the one, in segments, and puts them into the other when
 * they arrive. It does not send more than the receiver has said there is room for (the window): so
 * when the reader is slow the receive buffer fills, then the send buffer, and then the writer sleeps.
 *
 * Segments are those of TCP, as far as they can be seen: SYN, SYN-ACK and ACK set a connection up, DATA
 * is acknowledged by ACK, which also tells the window, FIN ends a direction, RST both. What is
 * acknowledged can be lost, and is sent again after a time. docs/sockets.md names what is left out.
 *
 * All of it is guarded by the kernel lock, but for `poked`: by the atomic section. */
#ifndef SIM_KERNEL_NETWORK_H
#define SIM_KERNEL_NETWORK_H

#include "sim/kernel/kernel.h"

struct network;
struct line;
struct socket;
struct digest;

/* A direction of a connection, from who connects to who accepts, or back. */
enum way { WAY_TO, WAY_BACK };

/* A connection from s to an address (borrowed) on another host begins: SYN. `self` connects. NULL: no
 * memory. */
struct line *network_connect(struct thread *self, struct socket *s, const char *host,
                             const char *address);

/* What it is in the trace. */
int network_actor(const struct kernel *k);

/* The socket is closed, with bytes unread (or never accepted), or in order; s->line is not valid any
 * more. Its own ends of the two queues are its business. */
void network_close(struct socket *s);
void network_reset(struct socket *s);

/* Nobody will accept what is on its way to this socket. */
void network_stop_listening(const struct socket *listener);

/* Something has changed that concerns the network: it looks. Inside the atomic section; or not. */
void network_poke(struct kernel *k);
void network_poke_now(struct kernel *k);

/* Where bytes of this queue come from (WRITE_END), or go to (READ_END), when the network has the end:
 * another queue. Otherwise the queue itself. */
int network_beyond(const struct kernel *k, int pipe, enum pipe_end end);

void network_digest(const struct network *n, struct digest *d);

#endif

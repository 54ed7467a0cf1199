/* addresses.h - inside host/: what the addresses and paths of a script are on the host. A name is a path
 * in a folder of its own for AF_UNIX, FIFOs and files, and a free port of the loopback interface for AF_INET: "alpha:80" and
 * "beta:80" are two. */
#ifndef SIM_HOST_ADDRESSES_H
#define SIM_HOST_ADDRESSES_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

struct host_address {
    struct sockaddr_in in;
    struct sockaddr_un un;
};

/* The one that fits the socket. */
const struct sockaddr *host_address_for(const struct host_address *a, int fd, socklen_t *size);

struct named_address;

struct addresses {
    char folder[64];             /* "": none yet */
    struct named_address *named; /* owned */
    int count;
};

/* False without memory, a folder or a port. */
bool addresses_find(struct addresses *a, const char *name, size_t size, struct host_address *found);

/* Its name; "" when it has none. */
const char *addresses_name(const struct addresses *a, const struct sockaddr *address);

/* Removes the folder, too. */
void addresses_free(struct addresses *a);

#endif

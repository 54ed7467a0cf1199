/* addresses.c - see addresses.h. */
#ifdef __linux__
#include "sim/host/addresses.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct named_address {
    char *name; /* owned */
    struct host_address address;
};

const struct sockaddr *host_address_for(const struct host_address *a, int fd, socklen_t *size)
{
    int domain = AF_INET;
    socklen_t n = sizeof domain;
    getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &n);
    *size = domain == AF_UNIX ? sizeof a->un : sizeof a->in;
    return domain == AF_UNIX ? (const struct sockaddr *)&a->un : (const struct sockaddr *)&a->in;
}

static bool port_is_taken(const struct addresses *a, in_port_t port)
{
    for (int i = 0; i < a->count; i++) {
        if (a->named[i].address.in.sin_port == port)
            return true;
    }
    return false;
}

/* One that nobody has at present. */
static bool free_port(const struct addresses *a, struct sockaddr_in *found)
{
    for (int tries = 0; tries < 100; tries++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        socklen_t size = sizeof *found;
        *found = (struct sockaddr_in){.sin_family = AF_INET};
        found->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        bool good = fd >= 0 && bind(fd, (struct sockaddr *)found, size) == 0 &&
                    getsockname(fd, (struct sockaddr *)found, &size) == 0;
        if (fd >= 0)
            close(fd);
        if (!good || !port_is_taken(a, found->sin_port))
            return good;
    }
    return false;
}

static bool have_folder(struct addresses *a)
{
    if (a->folder[0] != '\0')
        return true;
    const char *temporary = getenv("TMPDIR");
    if (temporary == NULL || strlen(temporary) + 20 > sizeof a->folder)
        temporary = "/tmp";
    snprintf(a->folder, sizeof a->folder, "%s/pipesim-XXXXXX", temporary);
    if (mkdtemp(a->folder) != NULL)
        return true;
    a->folder[0] = '\0';
    return false;
}

static bool add(struct addresses *a, const char *name, size_t size)
{
    struct named_address *grown = realloc(a->named, (size_t)(a->count + 1) * sizeof *grown);
    if (grown == NULL)
        return false;
    a->named = grown;
    struct named_address *n = &grown[a->count];
    *n = (struct named_address){.address.un.sun_family = AF_UNIX};
    if (!have_folder(a) || !free_port(a, &n->address.in))
        return false;
    snprintf(n->address.un.sun_path, sizeof n->address.un.sun_path, "%s/%d", a->folder, a->count);
    n->name = strndup(name, size);
    a->count += n->name != NULL;
    return n->name != NULL;
}

bool addresses_find(struct addresses *a, const char *name, size_t size, struct host_address *found)
{
    for (int i = 0; i < a->count; i++) {
        if (strlen(a->named[i].name) == size && memcmp(a->named[i].name, name, size) == 0) {
            *found = a->named[i].address;
            return true;
        }
    }
    if (!add(a, name, size))
        return false;
    *found = a->named[a->count - 1].address;
    return true;
}

const char *addresses_name(const struct addresses *a, const struct sockaddr *address)
{
    for (int i = 0; i < a->count; i++) {
        const struct host_address *known = &a->named[i].address;
        const struct sockaddr_in *in = (const void *)address;
        const struct sockaddr_un *un = (const void *)address;
        if (address->sa_family == AF_INET && in->sin_port == known->in.sin_port)
            return a->named[i].name;
        if (address->sa_family == AF_UNIX && strcmp(un->sun_path, known->un.sun_path) == 0)
            return a->named[i].name;
    }
    return "";
}

void addresses_free(struct addresses *a)
{
    for (int i = 0; i < a->count; i++) {
        unlink(a->named[i].address.un.sun_path);
        free(a->named[i].name);
    }
    free(a->named);
    if (a->folder[0] != '\0')
        rmdir(a->folder);
    *a = (struct addresses){.count = 0};
}
#endif

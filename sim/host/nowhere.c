/* nowhere.c - host.h where there is no Linux: host_open says so, and nobody has a host to call the others
 * with. */
#include "sim/host/host.h"

#ifndef __linux__
struct host *host_open(const struct host_plan *plan, struct strbuf *why)
{
    (void)plan;
    strbuf_add(why, "the host is not Linux");
    return NULL;
}

int host_call_named(const char *name)
{
    (void)name;
    return 0;
}

int64_t host_capacity(int64_t capacity)
{
    return capacity;
}

int64_t host_page(void)
{
    return 4096;
}

void host_close(struct host *h)
{
    (void)h;
}

void host_order(struct host *h, int actor, const struct host_call *call)
{
    (void)h, (void)actor, (void)call;
}

void host_end_block(struct host *h, int actor)
{
    (void)h, (void)actor;
}

void host_end_handler(struct host *h, int actor)
{
    (void)h, (void)actor;
}

void host_open_gate(struct host *h, int actor)
{
    (void)h, (void)actor;
}

void host_signal(struct host *h, int actor, int no)
{
    (void)h, (void)actor, (void)no;
}

bool host_settle(struct host *h)
{
    (void)h;
    return false;
}

const char *host_complaint(const struct host *h)
{
    (void)h;
    return "";
}

bool host_next_report(struct host *h, int actor, struct host_report *report)
{
    (void)h, (void)actor, (void)report;
    return false;
}

enum host_state host_state(const struct host *h, int actor)
{
    (void)h, (void)actor;
    return HOST_UNBORN;
}

int host_status(const struct host *h, int actor)
{
    (void)h, (void)actor;
    return HOST_UNKNOWN;
}

const char *host_reservation(const struct host *h)
{
    (void)h;
    return "";
}
#endif

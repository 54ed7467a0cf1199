/* observe.h - inside host/: what the kernel says of a thread, under /proc. */
#ifndef SIM_HOST_OBSERVE_H
#define SIM_HOST_OBSERVE_H

#include <stdbool.h>

struct observer {
    int status_fd, syscall_fd; /* -1: not open */
    bool gone;
};

struct sight {
    enum { SEEN_RUNNING, SEEN_ASLEEP, SEEN_GONE } state;
    long system_call;            /* SEEN_ASLEEP: in which; -1: the host does not say */
    unsigned long long switches; /* how often it gave up the processor, or lost it */
};

/* False when there is no such thread any more. */
bool observer_open(struct observer *o, int pid, int tid);
void observer_close(struct observer *o);
struct sight observer_look(struct observer *o);

/* A process that has ended and has not been waited for: its status, as wait gives it; else -1. */
int observe_wait_status(int pid);

/* Is /proc there, and can one look into processes? */
bool observe_processes(void);

/* Can one see here in which system call a thread sleeps? */
bool observe_system_calls(void);

#endif

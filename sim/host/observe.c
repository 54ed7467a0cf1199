/* observe.c - see observe.h. */
#ifdef __linux__
#include "sim/host/observe.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* As text, from its beginning. False: there is no such thread. */
static bool look_into(int fd, char *text, size_t size)
{
    ssize_t n = fd < 0 ? -1 : pread(fd, text, size - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    return n > 0;
}

static int open_file(int pid, int tid, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/%s", pid, tid, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

bool observer_open(struct observer *o, int pid, int tid)
{
    o->status_fd = open_file(pid, tid, "status");
    o->syscall_fd = open_file(pid, tid, "syscall");
    o->gone = o->status_fd < 0;
    return !o->gone;
}

void observer_close(struct observer *o)
{
    if (o->status_fd >= 0)
        close(o->status_fd);
    if (o->syscall_fd >= 0)
        close(o->syscall_fd);
    o->status_fd = o->syscall_fd = -1;
}

static unsigned long long number_after(const char *text, const char *word)
{
    const char *at = strstr(text, word);
    return at == NULL ? 0 : strtoull(at + strlen(word), NULL, 10);
}

/* "0 0x3 ..." while it sleeps in a system call; "running" while it does not. */
static bool read_system_call(struct observer *o, long *number)
{
    char text[256];
    *number = -1;
    if (!look_into(o->syscall_fd, text, sizeof text))
        return true; /* the host does not say */
    if (text[0] == 'r')
        return false;
    *number = strtol(text, NULL, 10);
    return *number >= 0;
}

struct sight observer_look(struct observer *o)
{
    char text[4096];
    struct sight s = {.state = SEEN_GONE, .system_call = -1};
    const char *state = NULL;
    if (!o->gone && look_into(o->status_fd, text, sizeof text))
        state = strstr(text, "\nState:\t");
    if (state == NULL || state[8] == 'Z' || state[8] == 'X') {
        o->gone = true;
        return s;
    }
    s.switches = number_after(text, "\nvoluntary_ctxt_switches:\t") +
                 number_after(text, "\nnonvoluntary_ctxt_switches:\t");
    bool asleep = state[8] == 'S' && read_system_call(o, &s.system_call);
    s.state = asleep ? SEEN_ASLEEP : SEEN_RUNNING;
    return s;
}

int observe_wait_status(int pid)
{
    char path[64], text[1024];
    enum { FIELDS_BETWEEN = 49 /* from the state, the third, to exit_code, the 52nd: proc(5) */ };
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool there = look_into(fd, text, sizeof text);
    if (fd >= 0)
        close(fd);
    char *at = there ? strrchr(text, ')') : NULL;
    if (at == NULL || at[2] != 'Z')
        return -1;
    at += 2;
    for (int i = 0; i < FIELDS_BETWEEN && at != NULL; i++)
        at = strchr(at, ' ') == NULL ? NULL : strchr(at, ' ') + 1;
    return at == NULL ? -1 : atoi(at);
}

static bool can_read(const char *path, const char *word)
{
    char text[4096];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool seen = look_into(fd, text, sizeof text) && strstr(text, word) != NULL;
    if (fd >= 0)
        close(fd);
    return seen;
}

bool observe_processes(void)
{
    return can_read("/proc/self/status", "\nvoluntary_ctxt_switches:");
}

bool observe_system_calls(void)
{
    return can_read("/proc/self/syscall", "");
}
#endif

/* keeper.c - see keeper.h. */
#define _GNU_SOURCE
#include "sim/own/keeper.h"

#include "sim/sched/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

/* Seconds. How often it is looked whether the child has ended, while it or others hold its pipes; and soon
 * after it has closed them: it most likely ends. */
static const double LOOK = 0.05, LAST_MOMENT = 0.0001;

/* -- what comes out ---------------------------------------------------------------------------- */

enum { CHUNK = 1 << 14 };

static void take_results(struct keeper *k)
{
    char bytes[CHUNK];
    ssize_t n = read(k->results, bytes, sizeof bytes);
    if (n > 0)
        strbuf_add_bytes(&k->come, bytes, (size_t)n);
    else if (n == 0 || (errno != EINTR && errno != EAGAIN))
        k->results = -1;
}

static void take_output(struct keeper *k)
{
    char bytes[CHUNK];
    ssize_t n = read(k->output, bytes, sizeof bytes);
    if (n > 0) {
        size_t room = k->kept->length < k->limits->output ? k->limits->output - k->kept->length : 0;
        strbuf_add_bytes(k->kept, bytes, (size_t)n < room ? (size_t)n : room);
        k->printed += (size_t)n;
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
        k->output = -1;
    }
}

/* Was there anything? */
static bool take(struct keeper *k, int milliseconds)
{
    struct pollfd p[2] = {{k->results, POLLIN, 0}, {k->output, POLLIN, 0}};
    if (poll(p, 2, milliseconds) <= 0)
        return false;
    if (p[0].revents != 0)
        take_results(k);
    if (p[1].revents != 0)
        take_output(k);
    return true;
}

static bool is_too_loud(const struct keeper *k)
{
    return k->printed > k->limits->output * CAGE_LOUD;
}

/* -- its time ---------------------------------------------------------------------------------- */

/* Seconds of the processor that it has had. Nobody but the system can set this clock. */
static double worked(pid_t pid)
{
    double seconds = 0;
#if defined(__linux__)
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(pid, &clock) == 0 && clock_gettime(clock, &t) == 0)
        seconds = (double)t.tv_sec + (double)t.tv_nsec / 1e9;
#else
    (void)pid;
#endif
    return seconds;
}

/* Until when nothing need be done, at most; 0: its time is over. */
static double seconds_left(const struct keeper *k, double end)
{
    double left = end - clock_now(), work = k->limits->cpu_seconds - worked(k->pid);
    left = left < work ? left : work;
    return left < 0 ? 0 : left;
}

static bool has_ended(const struct keeper *k)
{
    siginfo_t info = {.si_pid = 0};
    return waitid(P_PID, (id_t)k->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0;
}

/* -- its end ----------------------------------------------------------------------------------- */

#if defined(__linux__)
/* Our children, as many as there is room for. */
static int list_children(pid_t *children)
{
    char path[64];
    int count = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *f = fopen(path, "r");
    while (f != NULL && count < KEEPER_CHILDREN && fscanf(f, "%d", &children[count]) == 1)
        count++;
    if (f != NULL)
        fclose(f);
    return count;
}

void keeper_adopt(struct keeper *k)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    k->before_count = list_children(k->before);
}

static bool was_there_before(const struct keeper *k, pid_t pid)
{
    for (int i = 0; i < k->before_count; i++) {
        if (k->before[i] == pid)
            return true;
    }
    return false;
}

/* Those that appear meanwhile, too: each turn ends a generation. */
static void clear_away(const struct keeper *k)
{
    pid_t children[KEEPER_CHILDREN];
    bool any = true;
    while (any) {
        any = false;
        for (int i = list_children(children) - 1; i >= 0; i--) {
            if (was_there_before(k, children[i]))
                continue;
            kill(children[i], SIGKILL);
            while (waitpid(children[i], NULL, 0) < 0 && errno == EINTR)
                continue;
            any = true;
        }
    }
}
#else
void keeper_adopt(struct keeper *k)
{
    (void)k;
}

static void clear_away(const struct keeper *k)
{
    (void)k;
}
#endif

static void end(struct keeper *k)
{
    struct rusage usage = {.ru_utime = {0, 0}};
    kill(-k->pid, SIGKILL); /* whoever is in its group; before its number can be another's */
    kill(k->pid, SIGKILL);
    while (wait4(k->pid, &k->status, 0, &usage) < 0 && errno == EINTR)
        continue;
    k->worked = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    clear_away(k);
}

/* What was written before the end is still in the pipes. */
static void drain(struct keeper *k)
{
    while ((k->results >= 0 || k->output >= 0) && k->come.length <= KEEPER_RESULTS_MOST &&
           !is_too_loud(k) && take(k, 0))
        continue;
}

/* It does not take long any more; or it does, and then it is not worth looking all the time. */
static void wait_for_end(double *moment)
{
    struct timespec t = {0, (long)(*moment * 1e9)};
    nanosleep(&t, NULL);
    *moment = *moment * 2 < LOOK ? *moment * 2 : LOOK;
}

enum cage_end keeper_watch(struct keeper *k)
{
    double until = clock_now() + k->limits->wall_seconds, moment = LAST_MOMENT;
    enum cage_end how = CAGE_DONE;
    while (how == CAGE_DONE && !has_ended(k)) {
        double left = seconds_left(k, until);
        if (k->results < 0)
            wait_for_end(&moment);
        take(k, k->results < 0 ? 0 : (int)((left < LOOK ? left : LOOK) * 1000) + 1);
        if (left <= 0)
            how = CAGE_TOO_LONG;
        else if (is_too_loud(k))
            how = CAGE_TOO_LOUD;
        else if (k->come.length > KEEPER_RESULTS_MOST)
            how = CAGE_FORGED;
    }
    end(k);
    drain(k);
    return how;
}

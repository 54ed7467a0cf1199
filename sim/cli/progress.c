/* progress.c - see progress.h. */
#include "sim/cli/progress.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted; /* a signal handler can reach nothing else */

static void on_interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

void progress_begin(struct progress *p, enum progress_mode mode)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_interrupt;
    action.sa_flags = (int)SA_RESETHAND;
    sigaction(SIGINT, &action, NULL);
    *p = (struct progress){.mode = mode, .next = 1};
}

static void show_line(uint64_t executions, uint64_t states, double seconds)
{
    fprintf(stderr, "exploring: ");
    if (states > 0)
        fprintf(stderr, "%" PRIu64 " states, ", states);
    fprintf(stderr, "%" PRIu64 " executions, %.0f s", executions, seconds);
}

bool progress_show(void *ctx, uint64_t executions, uint64_t states, double seconds)
{
    struct progress *p = ctx;
    bool terminal = isatty(STDERR_FILENO) != 0;
    if (interrupted || seconds < p->next)
        return interrupted != 0;
    if (terminal) {
        fprintf(stderr, "\r\033[K");
        show_line(executions, states, seconds);
        p->next = seconds + 0.2;
        p->shown = true;
    } else if (p->mode == PROGRESS_ALWAYS) {
        show_line(executions, states, seconds);
        fprintf(stderr, "\n");
        p->next = seconds + 10;
    }
    return false;
}

void progress_end(struct progress *p)
{
    if (p->shown)
        fprintf(stderr, "\r\033[K");
    if (!interrupted)
        signal(SIGINT, SIG_DFL);
}

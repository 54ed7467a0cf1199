/* cell.c - see cell.h. */
#include "sim/lab/cell.h"

#include "sim/sched/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { AT_THE_END = 77 /* a status: others may call exit, too, and earlier */ };
enum {
    ROUNDS_MOST = 1000,
    FILES_MOST = 256,
    MEMORY_MOST = 8 /* GiB of addresses: the arena has a few */
};
enum { CHUNK = 1 << 14, FILE_MOST = 64 << 20 /* bytes: what a compiler writes is far less */ };

void write_all(int fd, const void *bytes, size_t n)
{
    for (const char *at = bytes; n > 0;) {
        ssize_t done = write(fd, at, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return;
        at += done;
        n -= (size_t)done;
    }
}

/* -- the child --------------------------------------------------------------------------------- */

static void set_limit(int which, rlim_t n)
{
    struct rlimit limit = {n, n};
    setrlimit(which, &limit);
}

/* SIGPROF says that it is over; for those who ignore that there is another limit. */
static void set_cpu_limit(double seconds)
{
    struct itimerval timer = {
        .it_value = {.tv_sec = (time_t)seconds, .tv_usec = (suseconds_t)(seconds * 1e6) % 1000000}};
    set_limit(RLIMIT_CPU, (rlim_t)seconds + 2);
    setitimer(ITIMER_PROF, &timer, NULL);
}

/* Its files are `out` and what it prints: those of whoever began it are not for it. */
static _Noreturn void live(struct cell *cell, int out, int printed)
{
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#endif
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(printed, STDOUT_FILENO);
    dup2(printed, STDERR_FILENO);
    for (int fd = STDERR_FILENO + 1; fd < FILES_MOST; fd++) {
        if (fd != out)
            close(fd);
    }
    set_cpu_limit(cell->limits.cpu_seconds);
    set_limit(RLIMIT_CORE, 0);
    set_limit(RLIMIT_FSIZE, FILE_MOST);
#ifndef __SANITIZE_ADDRESS__
    set_limit(RLIMIT_AS, (rlim_t)MEMORY_MOST << 30);
#endif
    cell->work(cell->ctx, out);
    fflush(NULL);
    _exit(AT_THE_END);
}

/* -- the parent -------------------------------------------------------------------------------- */

/* What it forked and left behind is our child now, if the system knows of that. */
static void adopt(void)
{
#ifdef __linux__
    prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
}

static bool kill_children(void)
{
    char path[64];
    int pid;
    bool any = false;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *f = fopen(path, "r");
    while (f != NULL && fscanf(f, "%d", &pid) == 1) {
        kill(pid, SIGKILL);
        any = true;
    }
    if (f != NULL)
        fclose(f);
    return any;
}

/* Those that appear meanwhile, too: each turn kills a generation. */
static void clear_away(void)
{
    while (kill_children()) {
        while (waitpid(-1, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
}

/* False: nothing more will come from there. */
static bool take(int fd, struct strbuf *to, size_t most)
{
    char chunk[CHUNK];
    ssize_t n = read(fd, chunk, sizeof chunk);
    if (n > 0 && to->length < most)
        strbuf_add_bytes(to, chunk, (size_t)n);
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static void take_from(struct cell *cell, struct pollfd *fds)
{
    size_t before = cell->answer.length;
    if (fds[0].revents != 0 && !take(fds[0].fd, &cell->answer, CELL_ANSWER_MOST))
        fds[0].fd = -1;
    if (fds[1].revents != 0 && !take(fds[1].fd, &cell->printed, CELL_PRINTED_MOST))
        fds[1].fd = -1;
    if (cell->heard != NULL && cell->answer.length > before)
        cell->heard(cell->ctx, &cell->answer);
}

static enum cell_end judge(struct cell *cell, int status)
{
    cell->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (cell->signal == SIGPROF || cell->signal == SIGXCPU || cell->signal == SIGKILL)
        return CELL_OUT_OF_TIME;
    return WIFEXITED(status) && WEXITSTATUS(status) == AT_THE_END ? CELL_DONE : CELL_CRASHED;
}

/* What it wrote before it ended is still in the pipes, which others may hold open. */
static void take_the_rest(struct cell *cell, struct pollfd *fds)
{
    for (int i = 0; i < ROUNDS_MOST && poll(fds, 2, 0) > 0; i++)
        take_from(cell, fds);
}

static enum cell_end listen_to(struct cell *cell, pid_t pid, int answer, int printed)
{
    struct pollfd fds[2] = {{.fd = answer, .events = POLLIN}, {.fd = printed, .events = POLLIN}};
    double begin = clock_now(), end = begin + cell->limits.seconds;
    bool mute = cell->limits.first > 0;
    int status = 0;
    enum cell_end how = CELL_OUT_OF_TIME;
    while (clock_now() < end) {
        mute = mute && fds[0].revents == 0;
        if (mute && clock_now() > begin + cell->limits.first)
            break;
        if (poll(fds, 2, fds[0].fd < 0 && fds[1].fd < 0 ? 2 : 20) > 0)
            take_from(cell, fds);
        if (waitpid(pid, &status, WNOHANG) == pid) {
            how = judge(cell, status);
            break;
        }
    }
    if (how == CELL_OUT_OF_TIME)
        kill(pid, SIGKILL);
    clear_away();
    take_the_rest(cell, fds);
    return how;
}

enum cell_end cell_run(struct cell *cell)
{
    int answer[2], printed[2];
    enum cell_end how = CELL_NOT_BEGUN;
    adopt();
    if (pipe(answer) != 0)
        return how;
    if (pipe(printed) == 0) {
        fflush(NULL);
        pid_t pid = fork();
        if (pid == 0) {
            close(answer[0]);
            close(printed[0]);
            live(cell, answer[1], printed[1]);
        }
        close(answer[1]);
        close(printed[1]);
        if (pid > 0)
            how = listen_to(cell, pid, answer[0], printed[0]);
        close(printed[0]);
    } else {
        close(answer[1]);
    }
    close(answer[0]);
    return how;
}

void cell_free(struct cell *cell)
{
    strbuf_free(&cell->answer);
    strbuf_free(&cell->printed);
}

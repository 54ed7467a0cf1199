/* troupe.c - see troupe.h. */
#ifdef __linux__
#define _GNU_SOURCE
#include "sim/host/troupe.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* -- memory and descriptors -------------------------------------------------------------------- */

static bool failed(struct strbuf *why, const char *what)
{
    strbuf_addf(why, "%s: %s", what, strerror(errno));
    return false;
}

static void *shared_memory(size_t size)
{
    void *at =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return at == MAP_FAILED ? NULL : at;
}

static size_t bytes_size(void)
{
    return (size_t)the_stage.count * HOST_DEPTH * the_stage.room;
}

static bool share_memory(const struct host_plan *plan, struct strbuf *why)
{
    enum { LEAST = 4096 }; /* an address must fit */
    the_stage.count = plan->actor_count;
    the_stage.room = plan->bytes < LEAST ? LEAST : (plan->bytes + LEAST - 1) / LEAST * LEAST;
    the_stage.max_files = plan->max_files;
    the_stage.capacity = plan->capacity;
    the_stage.slots = shared_memory((size_t)the_stage.count * sizeof *the_stage.slots);
    the_stage.bytes = shared_memory(bytes_size());
    if (the_stage.slots == NULL || the_stage.bytes == NULL)
        return failed(why, "the host gives no shared memory");
    return true;
}

/* The stage's descriptors lie beyond what a puppet may open. */
static bool allow_descriptors(const struct host_plan *plan, struct strbuf *why)
{
    struct rlimit limit;
    rlim_t wanted =
        (rlim_t)plan->max_files + 2 * (rlim_t)plan->actor_count + 2 * (rlim_t)plan->pipe_count + 64;
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= wanted)
        return true;
    if (limit.rlim_max < wanted) {
        strbuf_addf(why,
                    "the host allows %" PRIu64 " descriptors, and %" PRIu64
                    " are needed (ulimit -n; --set max_files=N asks for fewer)",
                    (uint64_t)limit.rlim_max, (uint64_t)wanted);
        return false;
    }
    limit.rlim_cur = wanted;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 || failed(why, "descriptors");
}

/* Closes `fd`. */
static bool move_descriptor(int fd, int to)
{
    bool good = fd >= 0 && dup3(fd, to, O_CLOEXEC) == to;
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    return good;
}

static bool open_controls(const struct host_plan *plan, struct strbuf *why)
{
    the_stage.base = plan->max_files;
    for (int i = 0; i < plan->actor_count; i++) {
        if (!move_descriptor(eventfd(0, 0), order_fd(i)) ||
            !move_descriptor(eventfd(0, 0), gate_fd(i)))
            return failed(why, "the host gives no eventfd");
    }
    return true;
}

static int pipe_fd(int pipe, int end)
{
    return the_stage.base + 2 * the_stage.count + 2 * pipe + end;
}

static bool open_pipes(const struct host_plan *plan, struct strbuf *why)
{
    for (int i = 0; i < plan->pipe_count; i++) {
        int fds[2];
        if (pipe(fds) < 0)
            return failed(why, "a pipe");
        fcntl(fds[1], F_SETPIPE_SZ, (int)host_capacity(plan->pipes[i]));
        if (!move_descriptor(fds[0], pipe_fd(i, HOST_READ_END)) ||
            !move_descriptor(fds[1], pipe_fd(i, HOST_WRITE_END)))
            return failed(why, "a pipe");
    }
    return true;
}

static void close_pipes(const struct host_plan *plan)
{
    for (int i = 0; i < 2 * plan->pipe_count; i++)
        close(pipe_fd(0, 0) + i);
}

/* -- a puppet's first moments ------------------------------------------------------------------ */

/* Each process has an open file of its own, as in the model, so that O_NONBLOCK is its own. */
static void open_end(const struct host_end *e)
{
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", pipe_fd(e->pipe, e->end));
    int fd = open(path, e->end == HOST_READ_END ? O_RDONLY : O_WRONLY);
    if (fd < 0)
        _exit(1);
    if (fd != e->fd) {
        dup2(fd, e->fd);
        close(fd);
    }
}

/* In the place of a terminal, and a file of its own for each process: reading it, one is always at the
 * end; it takes all that is written; and it is no pipe. */
static void open_terminal(void)
{
    int fd = memfd_create("terminal", 0);
    for (int i = 0; i <= 2; i++)
        dup2(fd, i);
    if (fd > 2)
        close(fd);
}

_Noreturn static void begin(const struct troupe *t, const struct host_plan *plan, int actor)
{
    struct rlimit limit;
    setpgid(0, t->keeper);
    close(t->lifeline);
    for (int fd = 3; fd < the_stage.base; fd++)
        close(fd);
    open_terminal();
    for (int i = 0; i < plan->end_count; i++) {
        if (plan->ends[i].actor == actor)
            open_end(&plan->ends[i]);
    }
    close_pipes(plan);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = (rlim_t)plan->max_files;
    setrlimit(RLIMIT_NOFILE, &limit);
    puppet_begin(actor);
}

static bool fork_puppets(const struct troupe *t, const struct host_plan *plan, struct strbuf *why)
{
    for (int i = 0; i < plan->starter_count; i++) {
        pid_t pid = fork();
        if (pid == 0)
            begin(t, plan, plan->starters[i]);
        if (pid < 0)
            return failed(why, "a process");
        setpgid(pid, t->keeper); /* whoever of the two is first */
    }
    return true;
}

/* -- the keeper -------------------------------------------------------------------------------- */

_Noreturn static void keep(int lifeline)
{
    char nothing;
    for (int i = 1; i < NSIG; i++)
        signal(i, SIG_DFL);
    while (read(lifeline, &nothing, 1) < 0 && errno == EINTR)
        continue;
    kill(0, SIGKILL); /* itself, too */
    _exit(0);
}

static bool fork_keeper(struct troupe *t, struct strbuf *why)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) < 0)
        return failed(why, "a pipe");
    t->keeper = fork();
    if (t->keeper == 0) {
        setpgid(0, 0);
        close(fds[1]);
        keep(fds[0]);
    }
    close(fds[0]);
    t->lifeline = fds[1];
    if (t->keeper < 0) {
        t->keeper = 0;
        return failed(why, "a process");
    }
    setpgid(t->keeper, t->keeper); /* whoever of the two is first */
    return true;
}

/* -- all --------------------------------------------------------------------------------------- */

bool troupe_assemble(struct troupe *t, const struct host_plan *plan, struct strbuf *why)
{
    *t = (struct troupe){.lifeline = -1};
    /* Who loses its parent becomes a child of pipesim, so that nothing of it is lost. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (!share_memory(plan, why) || !allow_descriptors(plan, why) || !fork_keeper(t, why))
        return false;
    if (t->lifeline >= plan->max_files) {
        strbuf_add(why, "too many descriptors are open");
        return false;
    }
    if (!open_controls(plan, why) || !open_pipes(plan, why))
        return false;
    return fork_puppets(t, plan, why);
}

void troupe_give_pipes(const struct host_plan *plan)
{
    close_pipes(plan);
}

static void close_controls(void)
{
    for (int i = 0; the_stage.base > 0 && i < 2 * the_stage.count; i++)
        close(the_stage.base + i);
}

void troupe_dismiss(struct troupe *t)
{
    if (t->keeper > 0) {
        kill(-t->keeper, SIGKILL);
        while (waitpid(-t->keeper, NULL, 0) > 0 || errno == EINTR)
            continue;
        close(t->lifeline);
    }
    close_controls();
    if (the_stage.slots != NULL)
        munmap(the_stage.slots, (size_t)the_stage.count * sizeof *the_stage.slots);
    if (the_stage.bytes != NULL)
        munmap(the_stage.bytes, bytes_size());
    the_stage = (struct stage){.count = 0};
    *t = (struct troupe){.lifeline = -1};
}
#endif

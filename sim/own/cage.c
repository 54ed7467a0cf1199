/* cage.c - see cage.h: the child, its end, and its messages.
 *
 * A message is its size, its seal and its bytes. The last one is empty, and comes when `inside` has
 * returned; its number is the count of those before, so that none can be left out. */
#define _GNU_SOURCE
#include "sim/own/cage.h"

#include "sim/sched/clock.h"

#include "sim/own/bars.h"
#include "sim/own/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct cage {
    int results;
    uint64_t told;        /* messages */
    struct seal_key *key; /* on a page of its own, closed */
    size_t page;
};

struct head {
    uint64_t size, seal;
};

/* -- in the child ------------------------------------------------------------------------------ */

static void write_all(int fd, const void *bytes, size_t n)
{
    const char *at = bytes;
    while (n > 0) {
        ssize_t done = write(fd, at, n);
        if (done < 0 && errno != EINTR)
            _exit(1);
        at += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
}

void cage_tell(struct cage *c, const void *bytes, size_t n)
{
    mprotect(c->key, c->page, PROT_READ);
    struct head h = {n, seal_of(c->key, c->told++, bytes, n)};
    mprotect(c->key, c->page, PROT_NONE);
    write_all(c->results, &h, sizeof h);
    write_all(c->results, bytes, n);
}

enum cage_shut cage_shut(struct cage *c, const char *folder)
{
    (void)c;
    bool files = bars_files(folder) == 0, calls = bars_calls() == 0;
    return files && calls ? CAGE_IS_SHUT : CAGE_IS_NOT_SHUT;
}

static void hide_key(struct cage *c, struct seal_key *key)
{
    c->page = (size_t)sysconf(_SC_PAGESIZE);
    void *page = mmap(NULL, c->page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        _exit(1);
    c->key = page;
    *c->key = *key;
    memset(key, 0, sizeof *key);
    mprotect(page, c->page, PROT_NONE);
}

struct ends {
    int results[2], output[2];
};

static void child(void (*inside)(void *ctx, struct cage *c), void *ctx,
                  const struct cage_limits *limits, const struct ends *ends, struct seal_key *key)
{
    struct cage c = {.results = ends->results[1]};
    int nothing = open("/dev/null", O_RDONLY);
    setpgid(0, 0);
    dup2(nothing, STDIN_FILENO);
    dup2(ends->output[1], STDOUT_FILENO);
    dup2(ends->output[1], STDERR_FILENO);
    bars_close_others(c.results);
    bars_limits(limits);
    hide_key(&c, key);
    inside(ctx, &c);
    fflush(NULL);
    cage_tell(&c, "", 0);
    _exit(0);
}

/* -- the messages ------------------------------------------------------------------------------ */

enum message { MESSAGE_PART, MESSAGE_GOOD, MESSAGE_LAST, MESSAGE_FORGED };

enum { MESSAGE_MOST = 64 << 20 };

/* The next one in what has come; `at` moves behind it. */
static enum message next_message(const struct strbuf *come, size_t *at, const struct seal_key *key,
                                 uint64_t number, struct strbuf *results)
{
    struct head h;
    if (come->length - *at < sizeof h)
        return MESSAGE_PART;
    memcpy(&h, come->bytes + *at, sizeof h);
    if (h.size > MESSAGE_MOST)
        return MESSAGE_FORGED;
    if (come->length - *at - sizeof h < h.size)
        return MESSAGE_PART;
    const char *bytes = come->bytes + *at + sizeof h;
    if (seal_of(key, number, bytes, (size_t)h.size) != h.seal)
        return MESSAGE_FORGED;
    *at += sizeof h + (size_t)h.size;
    if (h.size == 0)
        return MESSAGE_LAST;
    strbuf_add_bytes(results, bytes, (size_t)h.size);
    return MESSAGE_GOOD;
}

static enum message read_messages(const struct strbuf *come, const struct seal_key *key,
                                  struct strbuf *results)
{
    size_t at = 0;
    enum message m = MESSAGE_GOOD;
    for (uint64_t number = 0; m == MESSAGE_GOOD; number++)
        m = next_message(come, &at, key, number, results);
    return at != come->length ? MESSAGE_FORGED : m; /* what else would write there? */
}

/* -- the caller's side ------------------------------------------------------------------------- */

/* False: its end has come. */
static bool take(struct pollfd *p, struct strbuf *to)
{
    char bytes[4096];
    if (p->fd < 0 || p->revents == 0)
        return p->fd >= 0;
    ssize_t n = read(p->fd, bytes, sizeof bytes);
    if (n > 0)
        strbuf_add_bytes(to, bytes, (size_t)n);
    if (n == 0 || (n < 0 && errno != EINTR))
        p->fd = -1;
    return p->fd >= 0;
}

/* Until the child has closed its results, or has gone too far. */
static enum cage_end listen(const struct ends *ends, const struct cage_limits *limits,
                            struct strbuf *come, struct strbuf *output)
{
    struct pollfd p[2] = {{ends->results[0], POLLIN, 0}, {ends->output[0], POLLIN, 0}};
    double until = clock_now() + limits->wall_seconds;
    for (;;) {
        double left = until - clock_now();
        if (left <= 0)
            return CAGE_TOO_LONG;
        poll(p, 2, (int)(left * 1000) + 1);
        take(&p[1], output);
        if (output->length > limits->output)
            return CAGE_TOO_LOUD;
        if (!take(&p[0], come))
            return CAGE_DONE;
        if (come->length > MESSAGE_MOST)
            return CAGE_FORGED;
    }
}

/* What is left of its output. */
static void drain(int fd, const struct cage_limits *limits, struct strbuf *output)
{
    struct pollfd p = {fd, POLLIN, 0};
    fcntl(fd, F_SETFL, O_NONBLOCK);
    do {
        p.revents = POLLIN;
    } while (output->length <= limits->output && take(&p, output));
}

static enum cage_end end_of(enum cage_end heard, int status, enum message last)
{
    if (heard != CAGE_DONE)
        return heard;
    if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))
        return CAGE_TOO_LONG;
    if (WIFSIGNALED(status) && last != MESSAGE_LAST)
        return CAGE_CRASHED;
    if (last == MESSAGE_FORGED)
        return CAGE_FORGED;
    return last == MESSAGE_LAST ? CAGE_DONE : CAGE_LEFT;
}

static void parent(pid_t pid, const struct ends *ends, const struct cage_limits *limits,
                   const struct seal_key *key, struct cage_report *report)
{
    struct strbuf come = {0};
    int status = 0;
    setpgid(pid, pid); /* whoever of the two is first */
    close(ends->results[1]);
    close(ends->output[1]);
    enum cage_end heard = listen(ends, limits, &come, &report->output);
    if (heard != CAGE_DONE)
        kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    kill(-pid, SIGKILL); /* whoever is left of the group */
    drain(ends->output[0], limits, &report->output);
    enum message last = read_messages(&come, key, &report->results);
    report->end = end_of(heard, status, last);
    report->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    strbuf_free(&come);
    close(ends->results[0]);
    close(ends->output[0]);
}

static void close_both(const int *fds)
{
    close(fds[0]);
    close(fds[1]);
}

void cage_run(void (*inside)(void *ctx, struct cage *c), void *ctx,
              const struct cage_limits *limits, struct cage_report *report)
{
    struct ends ends;
    struct seal_key key;
    *report = (struct cage_report){.end = CAGE_IMPOSSIBLE};
    if (seal_new_key(&key) != 0 || pipe(ends.results) != 0)
        return;
    if (pipe(ends.output) != 0) {
        close_both(ends.results);
        return;
    }
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        child(inside, ctx, limits, &ends, &key);
    if (pid > 0) {
        parent(pid, &ends, limits, &key, report);
        return;
    }
    close_both(ends.results);
    close_both(ends.output);
}

void cage_describe(const struct cage_report *report, const struct cage_limits *limits,
                   struct strbuf *out)
{
    switch (report->end) {
    case CAGE_DONE: strbuf_add(out, "has come to its end"); break;
    case CAGE_LEFT: strbuf_add(out, "has ended the program"); break;
    case CAGE_CRASHED: strbuf_addf(out, "crashed: %s", strsignal(report->signal)); break;
    case CAGE_TOO_LONG: strbuf_addf(out, "took more than %u seconds", limits->wall_seconds); break;
    case CAGE_TOO_LOUD: strbuf_addf(out, "printed more than %zu bytes", limits->output); break;
    case CAGE_FORGED: strbuf_add(out, "wrote to where the results are told"); break;
    case CAGE_IMPOSSIBLE: strbuf_add(out, "could not be run: there is no process for it"); break;
    }
}

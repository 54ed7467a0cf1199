/* cage.c - see cage.h: the child, and its messages.
 *
 * A message is its size, its seal and its bytes. The last one is empty, and comes when `inside` has
 * returned; its number is the count of those before, so that none can be left out. */
#define _GNU_SOURCE
#include "sim/own/cage.h"

#include "sim/own/bars.h"
#include "sim/own/keeper.h"
#include "sim/own/seal.h"
#include "sim/own/toolchain.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

/* -- in the child: telling --------------------------------------------------------------------- */

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

static void hide_key(struct cage *c, struct seal_key *key)
{
    c->page = (size_t)sysconf(_SC_PAGESIZE);
    void *page = mmap(NULL, c->page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        _exit(1);
    c->key = page;
    *c->key = *key;
    for (volatile char *at = (char *)key; at < (char *)key + sizeof *key; at++)
        *at = 0;
    mprotect(page, c->page, PROT_NONE);
}

/* -- in the child: shutting -------------------------------------------------------------------- */

enum { PLACES_MOST = 512 };

struct places {
    struct bars_place at[PLACES_MOST];
    size_t count;
};

static void add_place(struct places *p, const char *path, enum bars_right right)
{
    if (path != NULL && p->count < PLACES_MOST)
        p->at[p->count++] = (struct bars_place){strdup(path), right};
}

static void add_program(void *ctx, const char *folder)
{
    add_place(ctx, folder, BARS_RUN);
}

/* Where the strings are, too: they lie on the stack, for all to find. */
static void forget_environment(void)
{
    extern char **environ;
    for (char **e = environ; e != NULL && *e != NULL; e++)
        memset(*e, 0, strlen(*e));
    environ = NULL;
}

/* What the working directory was is no business of those inside. */
static bool move(const char *folder)
{
    return chdir(folder != NULL ? folder : "/") == 0;
}

enum cage_shut cage_shut(struct cage *c, const char *folder)
{
    struct places p = {.count = 0};
    (void)c;
    add_place(&p, "/lib", BARS_READ);
    add_place(&p, "/lib64", BARS_READ);
    add_place(&p, "/usr/lib", BARS_READ);
    add_place(&p, "/usr/lib64", BARS_READ);
    bool files = move(folder);
    if (files && folder != NULL)
        add_place(&p, ".", BARS_READ);
    files = files && (bars_files(p.at, p.count) == 0 || (folder != NULL && bars_root() == 0));
    forget_environment();
    bool calls = bars_calls() == 0;
    return files && calls ? CAGE_IS_SHUT : CAGE_IS_NOT_SHUT;
}

enum cage_shut cage_shut_compiler(struct cage *c, const char *sources, const char *folder)
{
    struct places p = {.count = 0};
    (void)c;
    add_place(&p, sources, BARS_READ);
    add_place(&p, folder, BARS_WRITE);
    add_place(&p, "/dev/null", BARS_WRITE);
    toolchain_each(add_program, &p);
    return bars_files(p.at, p.count) == 0 ? CAGE_IS_SHUT : CAGE_IS_NOT_SHUT;
}

/* -- in the child: its life -------------------------------------------------------------------- */

struct ends {
    int results[2], output[2];
};

static _Noreturn void child(void (*inside)(void *ctx, struct cage *c), void *ctx,
                            const struct cage_limits *limits, const struct ends *ends,
                            struct seal_key *key, pid_t parent)
{
    struct cage c = {.results = ends->results[1]};
    int nothing = open("/dev/null", O_RDONLY);
    fcntl(c.results, F_SETFD, FD_CLOEXEC); /* no compiler needs it */
    setpgid(0, 0);
    dup2(nothing, STDIN_FILENO);
    dup2(ends->output[1], STDOUT_FILENO);
    dup2(ends->output[1], STDERR_FILENO);
    bars_close_others(c.results);
    bars_no_privileges();
    bars_limits(limits, parent);
    hide_key(&c, key);
    inside(ctx, &c);
    fflush(NULL);
    cage_tell(&c, "", 0);
    _exit(0);
}

/* -- the messages ------------------------------------------------------------------------------ */

enum message { MESSAGE_PART, MESSAGE_GOOD, MESSAGE_LAST, MESSAGE_FORGED };

/* The next one in what has come; `at` moves behind it. */
static enum message next_message(const struct strbuf *come, size_t *at, const struct seal_key *key,
                                 uint64_t number, struct strbuf *results)
{
    struct head h;
    if (come->length - *at < sizeof h)
        return MESSAGE_PART;
    memcpy(&h, come->bytes + *at, sizeof h);
    if (h.size > KEEPER_RESULTS_MOST)
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

static bool is_by_time(int signal, double worked, const struct cage_limits *limits)
{
    return signal == SIGXCPU || (signal == SIGKILL && worked >= limits->cpu_seconds);
}

static enum cage_end end_of(enum cage_end seen, const struct keeper *k, enum message last)
{
    int signal = WIFSIGNALED(k->status) ? WTERMSIG(k->status) : 0;
    if (seen != CAGE_DONE)
        return seen;
    if (is_by_time(signal, k->worked, k->limits))
        return CAGE_TOO_LONG;
    if (signal != 0 && last != MESSAGE_LAST)
        return CAGE_CRASHED;
    if (last == MESSAGE_FORGED)
        return CAGE_FORGED;
    return last == MESSAGE_LAST ? CAGE_DONE : CAGE_LEFT;
}

static void keep(struct keeper *k, const struct ends *ends, const struct seal_key *key,
                 struct cage_report *report)
{
    setpgid(k->pid, k->pid); /* whoever of the two is first */
    close(ends->results[1]);
    close(ends->output[1]);
    fcntl(k->results, F_SETFL, O_NONBLOCK);
    fcntl(k->output, F_SETFL, O_NONBLOCK);
    enum cage_end seen = keeper_watch(k);
    enum message last = read_messages(&k->come, key, &report->results);
    report->end = end_of(seen, k, last);
    report->signal = WIFSIGNALED(k->status) ? WTERMSIG(k->status) : 0;
    strbuf_free(&k->come);
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
    pid_t self = getpid();
    *report = (struct cage_report){.end = CAGE_IMPOSSIBLE};
    if (seal_new_key(&key) != 0 || pipe(ends.results) != 0)
        return;
    if (pipe(ends.output) != 0) {
        close_both(ends.results);
        return;
    }
    struct keeper k = {.results = ends.results[0],
                       .output = ends.output[0],
                       .limits = limits,
                       .kept = &report->output};
    keeper_adopt(&k);
    fflush(NULL);
    k.pid = fork();
    if (k.pid == 0)
        child(inside, ctx, limits, &ends, &key, self);
    if (k.pid > 0) {
        keep(&k, &ends, &key, report);
        return;
    }
    close_both(ends.results);
    close_both(ends.output);
}

void cage_report_free(struct cage_report *report)
{
    strbuf_free(&report->results);
    strbuf_free(&report->output);
}

unsigned cage_bars(void)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        bars_no_privileges();
        unsigned found = bars_files(NULL, 0) == 0 ? CAGE_BAR_FILES | CAGE_BAR_COMPILER
                         : bars_root() == 0       ? CAGE_BAR_FILES
                                                  : 0;
        _exit((int)(found | (bars_calls() == 0 ? CAGE_BAR_CALLS : 0)));
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return pid > 0 && WIFEXITED(status) ? (unsigned)WEXITSTATUS(status) : 0;
}

void cage_describe(const struct cage_report *report, const struct cage_limits *limits,
                   struct strbuf *out)
{
    switch (report->end) {
    case CAGE_DONE: strbuf_add(out, "has come to its end"); break;
    case CAGE_LEFT: strbuf_add(out, "has ended the program"); break;
    case CAGE_CRASHED: strbuf_addf(out, "crashed: %s", strsignal(report->signal)); break;
    case CAGE_TOO_LONG:
        strbuf_addf(out, "took more than %g seconds of the processor, or %g on the clock",
                    limits->cpu_seconds, limits->wall_seconds);
        break;
    case CAGE_TOO_LOUD:
        strbuf_addf(out, "printed more than %zu bytes", limits->output * CAGE_LOUD);
        break;
    case CAGE_FORGED: strbuf_add(out, "wrote to where the results are told"); break;
    case CAGE_IMPOSSIBLE: strbuf_add(out, "could not be run: there is no process for it"); break;
    }
}

/* grade.c - see grade.h. The processes tell what they find over pipes; nobody but this one writes results. */
#include "sim/lab/grade.h"

#include "sim/lab/telling.h"
#include "sim/sched/clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { JOBS_MOST = 64, SECONDS_LEFT_TO_TELL = 10 };

static volatile sig_atomic_t stopped;

void grading_stop(void)
{
    stopped = 1;
}

/* The last two parts of a path, or one: names of folders in a folder of submissions. */
static char *name_of(const char *folder)
{
    size_t end = strlen(folder), begin;
    while (end > 1 && folder[end - 1] == '/')
        end--;
    for (begin = end; begin > 0 && folder[begin - 1] != '/';)
        begin--;
    return strndup(folder + begin, end - begin);
}

bool grading_init(struct grading *g, const struct lab *lab, char *const *folders, size_t count)
{
    *g = (struct grading){.group = {.lab = lab, .count = count}, .jobs = 1};
    g->group.submissions = calloc(count, sizeof *g->group.submissions);
    for (size_t i = 0; i < count; i++) {
        if (g->group.submissions == NULL ||
            !check_init(&g->group.submissions[i].check, lab, folders[i]))
            return false;
        g->group.submissions[i].name = name_of(folders[i]);
    }
    return true;
}

void grading_free(struct grading *g)
{
    scratch_remove(g->room);
    for (size_t i = 0; g->group.submissions != NULL && i < g->group.count; i++) {
        check_free(&g->group.submissions[i].check);
        free(g->group.submissions[i].name);
    }
    free(g->group.submissions);
}

/* -- in the worker ----------------------------------------------------------------------------- */

/* A submission that is a symbolic link may be somebody else's, or the solution. */
static bool is_link(const char *folder)
{
    struct stat st;
    char *path = strdup(folder);
    for (size_t n = path != NULL ? strlen(path) : 0; n > 1 && path[n - 1] == '/'; n--)
        path[n - 1] = '\0';
    bool link = path != NULL && lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
    free(path);
    return link;
}

static void write_all(int fd, const void *bytes, size_t n)
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

static void send_news(void *ctx, const struct check *c, enum news what, size_t item)
{
    struct strbuf told = {0};
    tell_news(&told, c, what, item);
    write_all(*(const int *)ctx, told.bytes, told.length);
    strbuf_free(&told);
}

static _Noreturn void work(struct check *c, int out)
{
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    c->changed = send_news;
    c->ctx = &out;
    if (!is_link(c->folder)) {
        check_make(c);
    } else {
        strbuf_add(&c->ended, "the submission is a symbolic link: hand in a folder");
        send_news(&out, c, NEWS_END, 0);
    }
    _exit(0);
}

/* -- one at work ------------------------------------------------------------------------------- */

struct worker {
    struct submission *submission; /* NULL: it has nothing to do */
    pid_t pid;
    int from;
    double end; /* of its time */
    struct strbuf told;
};

static void begin(struct worker *w, struct submission *s)
{
    int fds[2];
    if (pipe(fds) != 0)
        return;
    fflush(NULL);
    w->pid = fork();
    if (w->pid == 0) {
        close(fds[0]);
        work(&s->check, fds[1]);
    }
    close(fds[1]);
    w->submission = s;
    w->from = fds[0];
    w->end = clock_now() + s->check.lab->seconds + SECONDS_LEFT_TO_TELL;
    strbuf_clear(&w->told);
    s->state = UNDER_WAY;
}

/* Its cages end with it. */
static void end(struct worker *w, const char *why)
{
    struct check *c = &w->submission->check;
    if (why != NULL) {
        kill(w->pid, SIGKILL);
        strbuf_clear(&c->ended);
        strbuf_add(&c->ended, why);
    }
    close(w->from);
    if (w->pid > 0)
        waitpid(w->pid, NULL, 0);
    w->submission->state = OVER;
    w->submission = NULL;
}

/* False: it has no more to say. */
static bool listen_to(struct worker *w)
{
    char chunk[16384];
    ssize_t n = read(w->from, chunk, sizeof chunk);
    if (n <= 0)
        return false;
    strbuf_add_bytes(&w->told, chunk, (size_t)n);
    hear_news(&w->submission->check, &w->told);
    return true;
}

/* -- all of them ------------------------------------------------------------------------------- */

struct pool {
    struct grading *grading;
    struct worker workers[JOBS_MOST];
    unsigned count;
    size_t next;
    double begin;
};

static void tell(struct pool *p, const struct submission *over)
{
    struct grading *g = p->grading;
    g->group.seconds = clock_now() - p->begin;
    if (g->progress != NULL)
        g->progress(g->ctx, &g->group, over);
}

static unsigned give_work(struct pool *p)
{
    unsigned busy = 0;
    struct group *g = &p->grading->group;
    for (unsigned i = 0; i < p->count; i++) {
        if (p->workers[i].submission == NULL && p->next < g->count)
            begin(&p->workers[i], &g->submissions[p->next++]);
        busy += p->workers[i].submission != NULL;
    }
    return busy;
}

static void finish(struct pool *p, struct worker *w, const char *why)
{
    struct submission *s = w->submission;
    end(w, why);
    tell(p, s);
}

static void listen_to_all(struct pool *p)
{
    struct pollfd fds[JOBS_MOST];
    for (unsigned i = 0; i < p->count; i++)
        fds[i] = (struct pollfd){.fd = p->workers[i].submission != NULL ? p->workers[i].from : -1,
                                 .events = POLLIN};
    if (poll(fds, p->count, 200) <= 0)
        memset(fds, 0, sizeof fds);
    for (unsigned i = 0; i < p->count; i++) {
        struct worker *w = &p->workers[i];
        if (w->submission == NULL)
            continue;
        if (fds[i].revents != 0) {
            if (!listen_to(w))
                finish(p, w, NULL);
        } else if (clock_now() > w->end) {
            finish(p, w, "it took too long, and was ended");
        }
    }
}

static void stop(struct pool *p, const char *why)
{
    struct group *g = &p->grading->group;
    for (unsigned i = 0; i < p->count; i++) {
        if (p->workers[i].submission != NULL)
            finish(p, &p->workers[i], why);
    }
    for (; p->next < g->count; p->next++)
        strbuf_add(&g->submissions[p->next].check.ended, why);
}

void grading_begin(struct grading *g)
{
    struct strbuf why = {0};
    enum guest_compiler compiler = COMPILER_NOT_TRIED;
    g->group.bars = cage_bars();
    scratch_make(g->room, NULL, &why); /* if there is none, each will say so */
    if (g->group.lab->kind == LAB_PIPE)
        compiler = guest_try_compiler();
    if (compiler == COMPILER_IN_THE_OPEN)
        g->group.bars &= ~(unsigned)CAGE_BAR_COMPILER;
    for (size_t i = 0; i < g->group.count; i++) {
        g->group.submissions[i].check.room = g->room[0] != '\0' ? g->room : NULL;
        g->group.submissions[i].check.compiler = compiler;
    }
    strbuf_free(&why);
}

void grading_make(struct grading *g)
{
    struct pool p = {.grading = g, .begin = clock_now()};
    p.count = g->jobs < 1 ? 1 : g->jobs > JOBS_MOST ? JOBS_MOST : g->jobs;
    tell(&p, NULL);
    while (!stopped && give_work(&p) > 0) {
        listen_to_all(&p);
        tell(&p, NULL);
        if (g->budget > 0 && clock_now() - p.begin > g->budget)
            break;
    }
    stop(&p, stopped ? "grading was interrupted" : "the budget of the whole was used up");
    tell(&p, NULL);
    for (unsigned i = 0; i < p.count; i++)
        strbuf_free(&p.workers[i].told);
}

/* bench_engine.c - how fast is the deterministic engine, next to what one would use instead?
 *
 *     bench_engine [--quick] [PIPESIM]
 *
 * As in bench_ringbuf.c: the rows of a table take turns within a round, each figure is divided by
 * that of the table's first row in the same round, and what is printed is the median over the
 * rounds. Everything runs on one processor, but for threads that are said to be on two. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* pthread_setaffinity_np */
#endif
#include "ringbuf/pipe.h"
#include "sim/run/run.h"
#include "sim/run/vocabulary.h"
#include "sim/sched/fiber.h"
#include "sim/trace/json_trace.h"
#include "sim/trace/text_trace.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

enum {
    ROUNDS = 9,
    QUICK_ROUNDS = 3,
    STARTS = 200, /* rounds of the last table, whose turns are short */
    QUICK_STARTS = 40,
    MAX_ROUNDS = STARTS,
    MAX_ROWS = 10,
    MAX_FIBERS = 64,
    MAX_PAIRS = 8,
    HEAP = 16 << 20 /* bytes, of the arena where no scenario says how many */
};

static void die(const char *what)
{
    fprintf(stderr, "bench_engine: %s: %s\n", what, errno != 0 ? strerror(errno) : "failed");
    exit(1);
}

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

enum cpu { FIRST_CPU, LAST_CPU };

/* Puts the calling thread on the first or the last processor that the program may use. Where there
 * is no such call the system places the threads. */
static void settle(enum cpu which)
{
#ifdef __linux__
    static cpu_set_t allowed; /* as it was at the first call, which is made before any thread */
    static bool known;
    cpu_set_t one;
    int chosen = -1;
    if (!known)
        known = pthread_getaffinity_np(pthread_self(), sizeof allowed, &allowed) == 0;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &allowed) && (chosen < 0 || which == LAST_CPU))
            chosen = cpu;
    }
    CPU_ZERO(&one);
    CPU_SET(chosen, &one);
    pthread_setaffinity_np(pthread_self(), sizeof one, &one);
#else
    (void)which;
#endif
}

/* -- rows, rounds and tables -- */

enum sink { NO_SINK, TEXT_SINK, JSON_SINK };

/* One line of a table: a way to measure, and what it needs to know. */
struct row {
    const char *name;
    double (*measure)(const struct row *row); /* a figure in the table's unit */
    long times;                               /* it does it so often in one turn */
    int fibers;
    enum sched_policy policy;
    enum grain grain;
    enum sink sink;
};

struct series {
    double value[MAX_ROUNDS], ratio[MAX_ROUNDS];
};

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_row(const char *name, struct series *s, int rounds)
{
    qsort(s->value, (size_t)rounds, sizeof(double), by_size);
    qsort(s->ratio, (size_t)rounds, sizeof(double), by_size);
    double value = s->value[rounds / 2];
    printf("  %-44s %12.*f  x%-8.3g (%.3g..%.3g)\n", name, value < 100 ? 1 : 0, value,
           s->ratio[rounds / 2], s->ratio[0], s->ratio[rounds - 1]);
}

/* The first row is the one that the others are divided by. */
static void run_table(const struct row *rows, int count, int rounds)
{
    static struct series results[MAX_ROWS];
    for (int round = 0; round < rounds; round++) {
        for (int turn = 0; turn < count; turn++) {
            int i = (turn + round) % count;
            results[i].value[round] = rows[i].measure(&rows[i]);
        }
        for (int i = 0; i < count; i++)
            results[i].ratio[round] = results[i].value[round] / results[0].value[round];
    }
    for (int i = 0; i < count; i++)
        print_row(rows[i].name, &results[i], rounds);
}

#define ROWS(array) (array), (int)(sizeof(array) / sizeof *(array))

/* -- threads that pass a baton: one runs, the others sleep -- */

struct baton {
    pthread_mutex_t lock;
    pthread_cond_t passed[2 * MAX_PAIRS]; /* to this one */
    int players, holder;
};

static void baton_init(struct baton *b, int players)
{
    pthread_mutex_init(&b->lock, NULL);
    for (int i = 0; i < players; i++)
        pthread_cond_init(&b->passed[i], NULL);
    b->players = players;
    b->holder = 0;
}

static void baton_pass(struct baton *b, int self)
{
    pthread_mutex_lock(&b->lock);
    b->holder = (self + 1) % b->players;
    pthread_cond_signal(&b->passed[b->holder]);
    pthread_mutex_unlock(&b->lock);
}

static void baton_await(struct baton *b, int self)
{
    pthread_mutex_lock(&b->lock);
    while (b->holder != self)
        pthread_cond_wait(&b->passed[self], &b->lock);
    pthread_mutex_unlock(&b->lock);
}

/* Threads with numbers; runs them all. Nanoseconds until the last has ended. */
struct player {
    int number;
    void *game; /* borrowed */
    pthread_t thread;
};

static double play(int players, void *(*body)(void *), void *game)
{
    struct player all[2 * MAX_PAIRS];
    double start = now_ns();
    for (int i = 0; i < players; i++) {
        all[i] = (struct player){.number = i, .game = game};
        if (pthread_create(&all[i].thread, NULL, body, &all[i]) != 0)
            die("pthread_create");
    }
    for (int i = 0; i < players; i++)
        pthread_join(all[i].thread, NULL);
    return now_ns() - start;
}

/* -- 1. switches -- */

struct runner {
    struct fiber fiber;
    ucontext_t context;
    struct runner *next;
};

static struct runner runners[MAX_FIBERS];
static struct fiber main_fiber;
static ucontext_t main_context;
static long switches_left;

static void form_ring(int n)
{
    for (int i = 0; i < n; i++)
        runners[i].next = &runners[(i + 1) % n];
}

static void fiber_body(void *arg)
{
    struct runner *self = arg;
    for (;;) {
        if (switches_left-- == 0)
            fiber_switch(&self->fiber, &main_fiber);
        fiber_switch(&self->fiber, &self->next->fiber);
    }
}

static double fiber_switches(const struct row *row)
{
    if (arena_open(HEAP, MAX_FIBERS, ARENA_ONE_THREAD) != 0)
        die("arena_open");
    form_ring(row->fibers);
    fiber_init_main(&main_fiber);
    for (int i = 0; i < row->fibers; i++) {
        if (fiber_init(&runners[i].fiber, fiber_body, &runners[i]) != 0)
            die("fiber_init");
    }
    switches_left = row->times;
    double start = now_ns();
    fiber_switch(&main_fiber, &runners[0].fiber);
    double ns = now_ns() - start;
    for (int i = 0; i < row->fibers; i++)
        fiber_fini(&runners[i].fiber);
    return ns / (double)row->times;
}

static void context_body(int number)
{
    struct runner *self = &runners[number];
    for (;;) {
        if (switches_left-- == 0)
            swapcontext(&self->context, &main_context);
        swapcontext(&self->context, &self->next->context);
    }
}

static double context_switches(const struct row *row)
{
    static char stacks[MAX_FIBERS][64 * 1024];
    form_ring(row->fibers);
    for (int i = 0; i < row->fibers; i++) {
        ucontext_t *c = &runners[i].context;
        getcontext(c);
        c->uc_stack.ss_sp = stacks[i];
        c->uc_stack.ss_size = sizeof stacks[i];
        makecontext(c, (void (*)(void))context_body, 1, i);
    }
    switches_left = row->times;
    double start = now_ns();
    swapcontext(&main_context, &runners[0].context);
    return (now_ns() - start) / (double)row->times;
}

struct turns {
    struct baton baton;
    long turns; /* of each player */
};

static void *turns_thread(void *arg)
{
    struct player *p = arg;
    struct turns *t = p->game;
    for (long i = 0; i < t->turns; i++) {
        baton_await(&t->baton, p->number);
        baton_pass(&t->baton, p->number);
    }
    return NULL;
}

static double baton_switches(const struct row *row)
{
    struct turns t = {.turns = row->times / 2};
    baton_init(&t.baton, 2);
    return play(2, turns_thread, &t) / (double)row->times;
}

static void switches(int rounds)
{
    static const struct row rows[] = {
        {"swapcontext, 2 contexts", context_switches, .times = 60000, .fibers = 2},
        {"swapcontext, 64 contexts", context_switches, .times = 60000, .fibers = 64},
        {"mutex + condition baton, 2 threads, one CPU", baton_switches, .times = 6000},
        {"fiber_switch, 2 fibers", fiber_switches, .times = 2000000, .fibers = 2},
        {"fiber_switch, 64 fibers", fiber_switches, .times = 2000000, .fibers = 64},
    };
    printf(
        "\nfrom one flow of control to another (ns a switch; less is better; x to swapcontext)\n");
    run_table(ROWS(rows), rounds);
}

/* -- 2. reads and writes of a pipe -- */

/* What the rows of a table have in common. A call moves `chunk` bytes. */
static struct load {
    int pairs; /* so many writers, and so many readers */
    size_t chunk;
} load;

static double per_second(long calls, double ns)
{
    return (double)calls / ns * 1e9;
}

/* The engine without interpreter, kernel and trace: tasks call the pipe's code. */

struct engine_job {
    struct pipe *pipe; /* owned by whoever runs the job */
    long writes;       /* of one writer */
    long calls;        /* made so far */
};

static void engine_writer(void *arg)
{
    struct engine_job *job = arg;
    char bytes[512] = {0};
    sched_kernel_unlock(); /* there is no kernel here */
    for (long i = 0; i < job->writes; i++) {
        sched_point();
        pipe_write(job->pipe, bytes, load.chunk, 0);
        job->calls++;
    }
    pipe_close_writer(job->pipe);
    sched_kernel_lock();
}

static void engine_reader(void *arg)
{
    struct engine_job *job = arg;
    char bytes[512];
    ssize_t got;
    sched_kernel_unlock();
    do {
        sched_point();
        got = pipe_read(job->pipe, bytes, load.chunk, 0);
        job->calls++;
    } while (got > 0);
    pipe_close_reader(job->pipe);
    sched_kernel_lock();
}

static double engine_calls(const struct row *row)
{
    struct sched_config config = {
        .mode = SCHED_CONTROLLED, .policy = row->policy, .freedom.grain = row->grain, .tick_ns = 1};
    struct engine_job job = {.writes = row->times / 2 / load.pairs};
    if (arena_open(HEAP, MAX_FIBERS, ARENA_ONE_THREAD) != 0 || sched_init(&config) != 0)
        die("arena_open");
    job.pipe = pipe_new(NULL);
    for (int i = 1; i < load.pairs; i++) {
        pipe_open_writer(job.pipe);
        pipe_open_reader(job.pipe);
    }
    for (int i = 0; i < load.pairs; i++) {
        sched_spawn("writer", engine_writer, &job);
        sched_spawn("reader", engine_reader, &job);
    }
    double start = now_ns();
    if (sched_run(UINT64_MAX) != SCHED_ALL_EXITED)
        die("sched_run");
    double ns = now_ns() - start;
    pipe_free(job.pipe);
    return per_second(job.calls, ns);
}

/* Even players write and odd ones read. pipe(2) is left open: there is a reader for each writer,
 * and they make as many calls. */

struct pipe2_game {
    int fd[2];
    long calls; /* of each player */
};

static void *pipe2_thread(void *arg)
{
    struct player *p = arg;
    struct pipe2_game *game = p->game;
    char bytes[512] = {0};
    bool writes = p->number % 2 == 0;
    settle(p->number / 2 % 2 == p->number % 2 ? FIRST_CPU : LAST_CPU);
    for (long i = 0; i < game->calls; i++) {
        ssize_t n =
            writes ? write(game->fd[1], bytes, load.chunk) : read(game->fd[0], bytes, load.chunk);
        if (n != (ssize_t)load.chunk)
            die("pipe(2)");
    }
    return NULL;
}

static double pipe2_calls(const struct row *row)
{
    struct pipe2_game game = {.calls = row->times / 2 / load.pairs};
    if (pipe(game.fd) != 0)
        die("pipe");
    double ns = play(2 * load.pairs, pipe2_thread, &game);
    close(game.fd[0]);
    close(game.fd[1]);
    return per_second(row->times, ns);
}

static double pipe2_calls_of_one(const struct row *row)
{
    int fd[2];
    char bytes[512] = {0};
    if (pipe(fd) != 0)
        die("pipe");
    double start = now_ns();
    for (long i = 0; i < row->times / 2; i++) {
        if (write(fd[1], bytes, load.chunk) < 0 || read(fd[0], bytes, load.chunk) < 0)
            die("pipe(2)");
    }
    double ns = now_ns() - start;
    close(fd[0]);
    close(fd[1]);
    return per_second(row->times, ns);
}

/* The cheapest simulation on threads: they take turns, and a turn is one copy. No choice, no lock
 * of the pipe, nobody ever finds it full or empty. */

struct baton_game {
    struct baton baton;
    char cells[512];
    long calls; /* of each player */
};

static void *baton_thread(void *arg)
{
    struct player *p = arg;
    struct baton_game *game = p->game;
    char bytes[512] = {0};
    bool writes = p->number % 2 == 0;
    for (long i = 0; i < game->calls; i++) {
        baton_await(&game->baton, p->number);
        memcpy(writes ? game->cells : bytes, writes ? bytes : game->cells, load.chunk);
        baton_pass(&game->baton, p->number);
    }
    return NULL;
}

static double baton_calls(const struct row *row)
{
    struct baton_game game = {.calls = row->times / 2 / load.pairs};
    baton_init(&game.baton, 2 * load.pairs);
    return per_second(row->times, play(2 * load.pairs, baton_thread, &game));
}

static void engine(int pairs, size_t chunk, int rounds)
{
    static const struct row rows[] = {
        {"pipe(2), threads on two CPUs", pipe2_calls, .times = 50000},
        {"mutex + condition baton, threads, one CPU", baton_calls, .times = 5000},
        {"engine, fifo", engine_calls, .times = 400000, .policy = POLICY_FIFO},
        {"engine, rr: a switch before each call", engine_calls, .times = 400000,
         .policy = POLICY_RR},
        {"engine, random at each lock operation", engine_calls, .times = 200000,
         .policy = POLICY_RANDOM, .grain = GRAIN_LOCKS},
    };
    load = (struct load){pairs, chunk};
    printf("\nthe engine alone: %d writer%s, %d reader%s, %zu bytes, the code of ringbuf/ (calls a "
           "second; more is better; x to pipe(2))\n",
           pairs, pairs == 1 ? "" : "s", pairs, pairs == 1 ? "" : "s", chunk);
    run_table(ROWS(rows), rounds);
}

/* -- 3. scenarios -- */

/* A program together with its text, which it borrows. */
struct script {
    char text[400];
    struct source source;
    struct program *program; /* owned */
};

static void parse(struct script *s)
{
    struct diag_list diags = {0};
    s->source = (struct source){"bench.pipe", s->text, strlen(s->text)};
    s->program = script_parse(&s->source, vocabulary(), &diags);
    if (s->program == NULL)
        die("script_parse");
    diag_list_free(&diags);
}

static struct run *begin(const struct script *s, const struct run_options *options,
                         struct diag_list *diags)
{
    struct run *run = run_begin(s->program, options, diags);
    if (run == NULL)
        die("run_begin");
    return run;
}

static void finish(struct run *run)
{
    if (run_judge(run, run_go(run, UINT64_MAX)) != VERDICT_AS_EXPECTED)
        die("a scenario of the benchmark");
}

static void to_nowhere(void *ctx, const char *bytes, size_t n)
{
    (void)ctx, (void)bytes, (void)n;
}

static double scenario_calls(const struct row *row)
{
    struct script script;
    struct text_trace text;
    struct json_trace json;
    struct trace_output out = {to_nowhere, NULL};
    struct diag_list diags = {0};
    snprintf(script.text, sizeof script.text,
             "pipe p\n"
             "process writer * %d > p { x = \"x\" * %zu; repeat %ld { write(p, x) } }\n"
             "process reader * %d < p { while (x = read(p, %zu)) { } }\n",
             load.pairs, load.chunk, row->times / 2 / load.pairs, load.pairs, load.chunk);
    parse(&script);
    text_trace_init(&text, out, DEPTH_CALLS, TEXT_PLAIN, 8);
    json_trace_init(&json, out, DEPTH_CALLS);
    struct trace_sink sink =
        row->sink == TEXT_SINK ? text_trace_sink(&text) : json_trace_sink(&json);
    struct run_options options = {.policy = row->policy,
                                  .freedom.grain = row->grain,
                                  .sinks = &sink,
                                  .sink_count = row->sink != NO_SINK};
    struct run *run = begin(&script, &options, &diags);
    double start = now_ns();
    finish(run);
    double figure = per_second(run_tally(run)->calls, now_ns() - start);
    run_free(run);
    text_trace_fini(&text);
    json_trace_fini(&json);
    program_free(script.program);
    diag_list_free(&diags);
    return figure;
}

static void scenarios(int pairs, size_t chunk, int rounds)
{
    static const struct row rows[] = {
        {"pipe(2), threads on two CPUs", pipe2_calls, .times = 50000},
        {"pipe(2), one thread writes and reads", pipe2_calls_of_one, .times = 50000},
        {"pipesim, fifo", scenario_calls, .times = 100000},
        {"pipesim, fifo, a trace as text", scenario_calls, .times = 30000, .sink = TEXT_SINK},
        {"pipesim, fifo, a trace as JSON", scenario_calls, .times = 16000, .sink = JSON_SINK},
        {"pipesim, rr: a switch before each call", scenario_calls, .times = 100000,
         .policy = POLICY_RR},
        {"pipesim, random at each lock operation", scenario_calls, .times = 50000,
         .policy = POLICY_RANDOM, .grain = GRAIN_LOCKS},
    };
    load = (struct load){pairs, chunk};
    printf(
        "\nscenarios: %d writer%s, %d reader%s, %zu bytes, everything simulated (calls a second; "
        "more is better; x to pipe(2))\n",
        pairs, pairs == 1 ? "" : "s", pairs, pairs == 1 ? "" : "s", chunk);
    run_table(ROWS(rows), rounds);
}

/* -- 4. snapshots, and runs from one -- */

static struct run *current;       /* the run that the rows are about */
static struct snapshot *at_start; /* of it */

static double take_snapshot(const struct row *row)
{
    double ns = 0;
    for (long i = 0; i < row->times; i++) {
        double start = now_ns();
        struct snapshot *s = snapshot_take();
        ns += now_ns() - start;
        snapshot_free(s);
    }
    return ns / (double)row->times;
}

static double restore_snapshot(const struct row *row)
{
    double start = now_ns();
    for (long i = 0; i < row->times; i++)
        snapshot_restore(at_start);
    return (now_ns() - start) / (double)row->times;
}

static double copy_as_much(const struct row *row)
{
    size_t n = snapshot_bytes(at_start);
    char *from = calloc(1, n), *to = calloc(1, n);
    if (from == NULL || to == NULL)
        die("calloc");
    memset(from, 1, n);
    double start = now_ns();
    for (long i = 0; i < row->times; i++) {
        memcpy(to, from, n);
        __asm__ volatile("" : : "r"(to) : "memory"); /* each copy is made */
    }
    double ns = now_ns() - start;
    free(from);
    free(to);
    return ns / (double)row->times;
}

static void snapshots(int processes, int rounds)
{
    static const struct row rows[] = {
        {"memcpy of as many bytes", copy_as_much, .times = 1000},
        {"take", take_snapshot, .times = 1000},
        {"restore", restore_snapshot, .times = 1000},
    };
    struct script script;
    struct diag_list diags = {0};
    struct run_options options = {0};
    snprintf(script.text, sizeof script.text,
             "pipe p\n"
             "process writer * %d > p { write(p, \"x\") }\n"
             "process reader * %d < p { while (x = read(p, 1)) { } }\n",
             processes / 2, processes / 2);
    parse(&script);
    current = begin(&script, &options, &diags);
    at_start = snapshot_take();
    printf("\na snapshot of %d processes at time 0: %zu bytes (ns; less is better; x to memcpy)\n",
           processes, snapshot_bytes(at_start));
    run_table(ROWS(rows), rounds);
    snapshot_free(at_start);
    run_free(current);
    program_free(script.program);
    diag_list_free(&diags);
}

/* What would bring a run back to its start if nothing else did. */
static double forks(const struct row *row)
{
    double start = now_ns();
    for (long i = 0; i < row->times; i++) {
        pid_t child = fork();
        if (child == 0)
            _exit(0);
        if (child < 0 || waitpid(child, NULL, 0) != child)
            die("fork");
    }
    return per_second(row->times, now_ns() - start);
}

static double runs_again(const struct row *row)
{
    struct script script = {.text = "pipe p(capacity = 4)\n"
                                    "process producer > p { repeat 3 { write(p, \"abc\") = 3 } }\n"
                                    "process consumer < p { while (x = read(p, 2)) { } }\n"
                                    "always p.used <= 4\n"
                                    "end p.stream == \"abcabcabc\", nobody asleep\n"};
    struct diag_list diags = {0};
    struct run_options options = {.policy = POLICY_RANDOM, .freedom.grain = row->grain};
    parse(&script);
    current = begin(&script, &options, &diags);
    at_start = snapshot_take();
    double start = now_ns();
    for (long i = 0; i < row->times; i++) {
        run_again(current, at_start, (uint64_t)i, &diags);
        finish(current);
    }
    double figure = per_second(row->times, now_ns() - start);
    snapshot_free(at_start);
    run_free(current);
    program_free(script.program);
    diag_list_free(&diags);
    return figure;
}

static void executions(int rounds)
{
    static const struct row rows[] = {
        {"fork, exit, wait: nothing is run", forks, .times = 100},
        {"run_again, random between calls", runs_again, .times = 3000, .grain = GRAIN_CALLS},
        {"run_again, random at each lock operation", runs_again, .times = 3000,
         .grain = GRAIN_LOCKS},
    };
    printf("\na producer and a consumer, 9 bytes, 3 claims, from the start to the verdict (runs a "
           "second; more is better; x to fork)\n");
    run_table(ROWS(rows), rounds);
}

/* -- 5. start-up -- */

static const char *pipesim; /* the program's path; borrowed */
static char scenario_name[] = "/tmp/bench_engine.XXXXXX";

/* Milliseconds from fork to the end of the program. */
static double start_program(const char *path, char *const argv[])
{
    double start = now_ns();
    pid_t child = fork();
    if (child == 0) {
        if (freopen("/dev/null", "w", stdout) != NULL)
            execv(path, argv);
        _exit(127);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        die(path);
    return (now_ns() - start) / 1e6;
}

static double start_true(const struct row *row)
{
    char *argv[] = {"true", NULL};
    (void)row;
    return start_program(access("/bin/true", X_OK) == 0 ? "/bin/true" : "/usr/bin/true", argv);
}

static double start_pipesim(const struct row *row)
{
    char *argv[] = {"pipesim", "run", "-q", scenario_name, NULL};
    (void)row;
    return start_program(pipesim, argv);
}

static void write_scenario(void)
{
    static const char text[] = "scenario \"hello\"\n"
                               "pipe p\n"
                               "process writer > p { write(p, \"hello\") = 5 }\n"
                               "process reader < p { read(p, 16) = \"hello\"; read(p, 16) = EOF }\n"
                               "end nobody asleep\n";
    int fd = mkstemp(scenario_name);
    if (fd < 0 || write(fd, text, sizeof text - 1) < 0 || close(fd) != 0)
        die(scenario_name);
}

static void starts(int rounds)
{
    static const struct row rows[] = {
        {"/bin/true", start_true, .times = 1},
        {"pipesim run -q, a scenario of 5 lines", start_pipesim, .times = 1},
    };
    if (access(pipesim, X_OK) != 0) {
        printf("\nstart-up: left out, since '%s' is no program; name it as an argument\n", pipesim);
        return;
    }
    printf("\nfrom fork and exec to the end (ms; less is better; x to /bin/true), %d times\n",
           rounds);
    write_scenario();
    run_table(ROWS(rows), rounds);
    unlink(scenario_name);
}

/* -- the command line -- */

int main(int argc, char **argv)
{
    int rounds = ROUNDS, start_rounds = STARTS;
    pipesim = getenv("PIPESIM") != NULL ? getenv("PIPESIM") : "./pipesim";
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-') {
            pipesim = argv[i];
        } else if (strcmp(argv[i], "--quick") == 0) {
            rounds = QUICK_ROUNDS;
            start_rounds = QUICK_STARTS;
        } else {
            fprintf(stderr, "usage: bench_engine [--quick] [PIPESIM]\n");
            return 2;
        }
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* nothing is left over for a child to print again */
    settle(FIRST_CPU);
    printf("Columns: the median of %d rounds; x the median ratio to the first row of the table in "
           "the same round (least..most).\n",
           rounds);
    starts(start_rounds); /* first, while there is little memory for fork to copy */
    switches(rounds);
    engine(1, 64, rounds);
    engine(MAX_PAIRS, 512, rounds);
    scenarios(1, 64, rounds);
    scenarios(MAX_PAIRS, 512, rounds);
    snapshots(2, rounds);
    snapshots(10, rounds);
    snapshots(100, rounds);
    executions(rounds);
    return 0;
}

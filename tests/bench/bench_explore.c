/* bench_explore.c - how fast is the exploration of all schedules, next to SPIN?
 *
 *     bench_explore [--quick] [MODEL]
 *
 * The problems are those of tests/subjects/bounded.h: unmodified pthread C, as tasks of the engine. SPIN
 * gets the same problems as a model (bounded_buffer.pml, the default MODEL), if spin and a C compiler
 * are there. As in the other benchmarks the rows take turns within a round, and what is printed is the
 * median over the rounds; x is the median of the ratios of each round. Times are those of the
 * processor, since only one thread runs. */
#include "sim/explore/explore.h"
#include "sim/explore/orders.h"
#include "sim/run/vocabulary.h"
#include "tests/subjects/bounded.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    ROUNDS = 9,
    QUICK_ROUNDS = 3,
    ALL_SMALL = BOUNDED_KNOWN, /* the row of a to f together */
    ROWS
};

static void die(const char *what)
{
    fprintf(stderr, "bench_explore: %s: %s\n", what, errno != 0 ? strerror(errno) : "failed");
    exit(1);
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* What the programs that were run have used, which have ended. */
static double of_children_ms(void)
{
    struct rusage r;
    getrusage(RUSAGE_CHILDREN, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e3 +
           (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e3;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const double *values, int count)
{
    double sorted[ROUNDS];
    memcpy(sorted, values, (size_t)count * sizeof *sorted);
    qsort(sorted, (size_t)count, sizeof *sorted, by_size);
    return sorted[count / 2];
}

/* What was measured of one problem in one way; the counts are the same in each round. */
struct figures {
    double ms[ROUNDS];
    uint64_t states, transitions, executions, blocked, preemptions;
    struct tally_of_paths schedules;
};

static double ratio(const struct figures *x, const struct figures *y, int rounds)
{
    double ratios[ROUNDS];
    for (int i = 0; i < rounds; i++)
        ratios[i] = x->ms[i] / y->ms[i];
    return median(ratios, rounds);
}

/* The row of the sums of the small ones. */
static void add_up(struct figures rows[ROWS], int rounds)
{
    struct figures *sum = &rows[ALL_SMALL];
    *sum = (struct figures){.states = 0};
    for (int i = 0; i < BOUNDED_SMALL; i++) {
        sum->states += rows[i].states;
        sum->transitions += rows[i].transitions;
        sum->executions += rows[i].executions;
        sum->blocked += rows[i].blocked;
        sum->schedules = paths_sum(sum->schedules, rows[i].schedules);
        for (int round = 0; round < rounds; round++)
            sum->ms[round] += rows[i].ms[round];
    }
}

static const char *name_of(int row)
{
    return row == ALL_SMALL ? "a to f together" : bounded_known[row].name;
}

static double thousands_a_second(uint64_t n, double ms)
{
    return (double)n / ms;
}

/* -- SPIN -------------------------------------------------------------------------------------- */

static const char *model = "tests/bench/bounded_buffer.pml";
static char folder[] = "/tmp/bench_explore.XXXXXX"; /* of its programs; empty without SPIN */

/* Its verifier for one problem, compiled. */
static bool make_pan(int problem)
{
    char command[1200];
    const struct bounded_problem *p = &bounded_known[problem].problem;
    snprintf(
        command, sizeof command,
        "model=$(realpath '%s') && cd %s && spin -DP=%d -DPI=%d -DC=%d -DCI=%d %s %s -a \"$model\" "
        "&& cc -O2 -DSAFETY -o pan%d pan.c",
        model, folder, p->producers, p->each_puts, p->consumers, p->each_takes,
        p->conditions == CONDITIONS_ONE ? "-DONE" : "", p->waits == WAITS_IF ? "-DIF" : "",
        problem);
    return system(command) == 0;
}

static void make_pans(void)
{
    if (system("command -v spin >/dev/null && command -v cc >/dev/null") != 0) {
        printf("SPIN is left out: there is no spin (a Debian package), or no C compiler.\n");
        folder[0] = '\0';
        return;
    }
    if (mkdtemp(folder) == NULL)
        die(folder);
    for (int i = 0; i < BOUNDED_KNOWN; i++) {
        if (!make_pan(i))
            die("spin");
    }
}

static void remove_pans(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (folder[0] != '\0' && system(command) != 0)
        die(command);
}

/* The number before `words` in what pan has said; 0: it has not. */
static uint64_t said(const char *text, const char *words)
{
    const char *at = strstr(text, words);
    while (at != NULL && at > text && (at[-1] == ' ' || (at[-1] >= '0' && at[-1] <= '9')))
        at--;
    return at == NULL ? 0 : (uint64_t)strtod(at, NULL);
}

static void read_output(const char *name, struct figures *f)
{
    static char text[1 << 16];
    FILE *file = fopen(name, "r");
    if (file == NULL)
        die(name);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    f->states = said(text, " states, stored");
    f->transitions = said(text, " transitions (");
}

/* From the start of the program to its end. `errors`: after how many it stops; "-c0": never. */
static void run_pan(int problem, char *errors, struct figures *f, int round)
{
    char path[64], output[64];
    char *argv[] = {"pan", errors, "-m1000", "-n", "-w18", NULL};
    int status;
    snprintf(path, sizeof path, "%s/pan%d", folder, problem);
    snprintf(output, sizeof output, "%s/output", folder);
    double start = of_children_ms();
    pid_t child = fork();
    if (child == 0) {
        int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (fd >= 0 && dup2(fd, 1) >= 0 && chdir(folder) == 0)
            execv(path, argv);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        die(path);
    f->ms[round] = of_children_ms() - start;
    read_output(output, f);
}

/* -- 1. all states ----------------------------------------------------------------------------- */

static struct threaded subject;

static void search_states(int problem, struct figures *f, int round)
{
    struct search s = {.bounds.preemptions = -1};
    struct paths paths;
    double start = now_ms();
    bounded_open(&subject, &bounded_known[problem].problem, (struct freedom){0});
    graph_init(&s.graph);
    states_search(&s, &subject.execution);
    if (!paths_count(&paths, &s.graph))
        die("paths_count");
    f->ms[round] = now_ms() - start;
    f->states = s.graph.node_count;
    f->transitions = s.steps;
    f->schedules = paths.all;
    paths_fini(&paths);
    search_fini(&s);
}

static void print_states(const struct figures *ours, const struct figures *spin, int row,
                         int rounds)
{
    char schedules[64];
    double ms = median(ours->ms, rounds);
    paths_format(ours->schedules, schedules, sizeof schedules);
    printf("  %-27s %14s %7" PRIu64 " %8" PRIu64 " %8.2f %7.0f", name_of(row), schedules,
           ours->states, ours->transitions, ms, thousands_a_second(ours->states, ms));
    if (folder[0] != '\0')
        printf(" %9" PRIu64 " %9" PRIu64 " %9.2f  x%.3g", spin->states, spin->transitions,
               median(spin->ms, rounds), ratio(spin, ours, rounds));
    printf("\n");
}

static void all_states(int rounds)
{
    static struct figures ours[ROWS], spin[ROWS];
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < BOUNDED_KNOWN; i++) {
            search_states(i, &ours[i], round);
            if (folder[0] != '\0')
                run_pan(i, "-c0", &spin[i], round);
        }
    }
    add_up(ours, rounds);
    add_up(spin, rounds);
    printf(
        "\nall states, to the end, with the number of schedules; SPIN with its partial-order reduction, "
        "without the\ntime that spin and cc take (ms; x: how many times SPIN's)\n"
        "  %-27s %14s %7s %8s %8s %7s",
        "PxI, CxI", "schedules", "states", "edges", "ms", "k st/s");
    printf(folder[0] == '\0' ? "\n" : " %9s %9s %9s\n", "SPIN", "edges", "ms");
    for (int i = 0; i < ROWS; i++)
        print_states(&ours[i], &spin[i], i, rounds);
}

/* -- 2. all executions that differ ------------------------------------------------------------- */

static void search_orders(int problem, struct figures *f, int round)
{
    struct orders o = {.which = ORDERS_THAT_DIFFER, .bounds.preemptions = -1};
    double start = now_ms();
    bounded_open(&subject, &bounded_known[problem].problem, (struct freedom){0});
    orders_search(&o, &subject.execution);
    f->ms[round] = now_ms() - start;
    f->executions = o.executions;
    f->blocked = o.blocked;
    f->transitions = o.steps;
    orders_fini(&o);
}

static void all_orders(int rounds)
{
    static struct figures ours[ROWS];
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < BOUNDED_SMALL; i++)
            search_orders(i, &ours[i], round);
    }
    add_up(ours, rounds);
    printf("\none execution for each class of equivalent ones, without states remembered\n"
           "  %-27s %14s %7s %8s %8s %8s %8s\n",
           "PxI, CxI", "executions", "in vain", "steps", "ms", "k exec/s", "k steps/s");
    for (int i = 0; i < ROWS; i++) {
        double ms = median(ours[i].ms, rounds);
        if (i < BOUNDED_SMALL || i == ALL_SMALL)
            printf("  %-27s %14" PRIu64 " %7" PRIu64 " %8" PRIu64 " %8.2f %8.0f %8.0f\n",
                   name_of(i), ours[i].executions, ours[i].blocked, ours[i].transitions, ms,
                   thousands_a_second(ours[i].executions, ms),
                   thousands_a_second(ours[i].transitions, ms));
    }
}

/* -- 3. the first bug -------------------------------------------------------------------------- */

static struct ending (*end_of_subject)(void *ctx, enum sched_end end);
static double failed_at;     /* when the first execution failed; 0: none has */
static uint64_t ended_until; /* executions so far */

static struct ending end(void *ctx, enum sched_end how)
{
    struct ending e = end_of_subject(ctx, how);
    ended_until += failed_at == 0;
    if (e.verdict != ENDED_WELL && failed_at == 0)
        failed_at = now_ms();
    return e;
}

static double open_watched(int problem)
{
    double start = now_ms();
    bounded_open(&subject, &bounded_known[problem].problem, (struct freedom){0});
    end_of_subject = subject.subject.end;
    subject.subject.end = end;
    failed_at = 0;
    ended_until = 0;
    return start;
}

static uint32_t bad_ending(const void *ctx, uint32_t node)
{
    const struct graph *g = ctx;
    uint32_t i = g->nodes[node].ending;
    return i != NO_NODE && g->endings[i].ending.verdict != ENDED_WELL ? 0 : NO_NODE;
}

/* Until the first failure; and until the easiest one is known. */
static void find_in_states(int problem, struct figures *first, struct figures *easiest, int round)
{
    struct search s = {.bounds.preemptions = -1};
    struct route route;
    double start = open_watched(problem);
    graph_init(&s.graph);
    states_search(&s, &subject.execution);
    if (!paths_easiest(&s.graph, bad_ending, &s.graph, &route, 1) || route.moves == NULL)
        die("no failure was found");
    easiest->ms[round] = now_ms() - start;
    easiest->preemptions = route.cost.preemptions;
    first->ms[round] = failed_at - start;
    first->executions = ended_until;
    route_fini(&route);
    search_fini(&s);
}

static void find_in_orders(int problem, struct figures *first, int round)
{
    struct orders o = {.which = ORDERS_THAT_DIFFER, .bounds.preemptions = -1};
    double start = open_watched(problem);
    orders_search(&o, &subject.execution);
    first->ms[round] = failed_at - start;
    first->executions = ended_until;
    orders_fini(&o);
}

static void first_bug(int problem, int rounds)
{
    static struct figures first, easiest, orders, spin;
    for (int round = 0; round < rounds; round++) {
        find_in_states(problem, &first, &easiest, round);
        find_in_orders(problem, &orders, round);
        if (folder[0] != '\0')
            run_pan(problem, "-c1", &spin, round);
    }
    printf("\nthe bug of %s\n"
           "  states: after %" PRIu64
           " executions that ended, %.3f ms; the easiest one, with %" PRIu64
           " preemptions, after %.3f ms\n"
           "  orders: after %" PRIu64 " executions, %.3f ms\n",
           bounded_known[problem].name, first.executions, median(first.ms, rounds),
           easiest.preemptions, median(easiest.ms, rounds), orders.executions,
           median(orders.ms, rounds));
    if (folder[0] != '\0')
        printf("  SPIN: some one after %" PRIu64 " states, %.3f ms\n", spin.states,
               median(spin.ms, rounds));
}

/* -- 4. scenarios ------------------------------------------------------------------------------ */

static struct program *parse(struct source *source, char *text, size_t size,
                             const struct bounded_problem *p)
{
    struct diag_list diags = {0};
    snprintf(text, size,
             "set capacity = 1\n"
             "pipe p\n"
             "process producer * %d > p { repeat %d { write(p, \"x\") = 1 } }\n"
             "process consumer * %d < p { repeat %d { read(p, 1) = \"x\" } }\n",
             p->producers, p->each_puts, p->consumers, p->each_takes);
    *source = (struct source){"bench.pipe", text, strlen(text)};
    struct program *program = script_parse(source, vocabulary(), &diags);
    if (program == NULL)
        die("script_parse");
    diag_list_free(&diags);
    return program;
}

static void explore_scenario(int problem, enum grain grain, struct figures *f, int round)
{
    char text[400];
    struct source source;
    struct diag_list diags = {0};
    struct run_options run = {.outcome = OUTCOME_RESULTS, .freedom.grain = grain};
    struct explore_options o = {.run = &run, .bounds.preemptions = -1};
    struct program *program = parse(&source, text, sizeof text, &bounded_known[problem].problem);
    double start = now_ms();
    struct exploration *e = explore(program, &o, &diags);
    if (e == NULL || e->failure_count > 0)
        die("explore");
    f->ms[round] = now_ms() - start;
    f->states = e->states;
    f->transitions = e->stretches;
    f->schedules = e->executions;
    exploration_free(e);
    program_free(program);
    diag_list_free(&diags);
}

static void print_scenario(const char *name, const struct figures *f, int rounds)
{
    char schedules[64];
    double ms = median(f->ms, rounds);
    paths_format(f->schedules, schedules, sizeof schedules);
    printf("  %-27s %30s %8" PRIu64 " %8" PRIu64 " %8.1f %7.0f\n", name, schedules, f->states,
           f->transitions, ms, thousands_a_second(f->states, ms));
}

static void scenarios(int rounds, bool large)
{
    static const int problems[] = {0, 1, 2, 5, 8};
    static const char *const grains[] = {"calls", "locks"};
    int count = large ? 5 : 4;
    printf(
        "\nscenarios of the same shape: a pipe of 1 byte, all of the kernel simulated; switches between "
        "calls, or\nat each lock operation\n"
        "  %-27s %30s %8s %8s %8s %7s\n",
        "PxI, CxI", "schedules", "states", "edges", "ms", "k st/s");
    for (int i = 0; i < count; i++) {
        for (int grain = GRAIN_CALLS; grain <= GRAIN_LOCKS; grain++) {
            static struct figures f;
            char name[48];
            int times = i == 4 ? 1 : rounds;
            for (int round = 0; round < times; round++)
                explore_scenario(problems[i], (enum grain)grain, &f, round);
            snprintf(name, sizeof name, "%s, %s", bounded_known[problems[i]].name, grains[grain]);
            print_scenario(name, &f, times);
        }
    }
}

/* -- the command line -------------------------------------------------------------------------- */

int main(int argc, char **argv)
{
    int rounds = ROUNDS;
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-') {
            model = argv[i];
        } else if (strcmp(argv[i], "--quick") == 0) {
            rounds = QUICK_ROUNDS;
        } else {
            fprintf(stderr, "usage: bench_explore [--quick] [MODEL]\n");
            return 2;
        }
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf(
        "Bounded buffers of capacity 1: P producers of I items, C consumers of I items. Medians of %d "
        "rounds.\n",
        rounds);
    make_pans();
    all_states(rounds);
    all_orders(rounds);
    first_bug(3, rounds);
    first_bug(4, rounds);
    remove_pans();
    scenarios(rounds, rounds == ROUNDS);
    return 0;
}

/* players.c - do several implementations of pipes do the same?
 *
 *     PROGRAM [--seed N] [--operations N] [--seconds N]
 *
 * Random sequences of calls that do not sleep are made on two pipes of each player (player.h). After each
 * call its result, the bytes read, how many SIGPIPEs there were, and of both pipes the bytes in them, their
 * capacity and all that poll says are compared with the first player's. The first sequence that differs is
 * made as short as possible and printed. The sequences depend on the seed alone. */
#include "tests/fuzz/player.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef __linux__

int main(void)
{
    puts("players: skipped, for this is not Linux");
    return 0;
}

#else

enum { MOST_BYTES = 100000, LONGEST = 400, SHOWN = 60 };

enum what { WRITE, READ, RESIZE, DIRECT, SPLICE, TEE, COPY_END, CLOSE_END };

struct operation {
    enum what what;
    int pipe; /* 0 or 1; of a splice or tee, the one it comes from */
    int end;
    size_t n;       /* bytes, or a capacity */
    size_t content; /* where in `contents` the bytes of a write begin */
};

/* What all players have in common. */
static struct {
    int ends[2]; /* descriptors of each */
    bool direct;
} pipes[PIPES];

static unsigned char contents[4 * MOST_BYTES], expected[MOST_BYTES], got[MOST_BYTES];
static size_t page;
static char difference[200];

/* -- random operations ------------------------------------------------------------------------- */

static uint64_t state;

static uint64_t random_word(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static size_t below(size_t n)
{
    return (size_t)(random_word() >> 11) % n;
}

/* Sizes near whole pages are where things happen. */
static size_t random_size(void)
{
    switch (below(8)) {
    case 0: return below(3);
    case 1: return below(100);
    case 2: return below(page);
    case 3:
    case 4: return below(6) * page + below(5) - (below(2) == 0 ? 2 : 0) + 2;
    case 5: return page - below(20);
    case 6: return below(5 * page);
    default: return below(MOST_BYTES);
    }
}

static size_t random_capacity(void)
{
    size_t slots = (size_t)1 << (below(4) == 0 ? below(9) : below(5));
    size_t capacity = slots * page;
    return below(4) == 0 ? below(capacity + 1) : capacity;
}

static struct operation random_operation(void)
{
    static const enum what often[] = {WRITE, WRITE,  WRITE,  WRITE, WRITE, READ, READ,   READ,
                                      READ,  SPLICE, SPLICE, TEE,   WRITE, READ, RESIZE, DIRECT};
    struct operation o = {.what = often[below(sizeof often / sizeof *often)],
                          .pipe = (int)below(PIPES),
                          .end = (int)below(2)};
    if (below(150) == 0)
        o.what = below(2) == 0 ? COPY_END : CLOSE_END;
    o.n = o.what == RESIZE ? random_capacity() : random_size();
    o.n = o.n > MOST_BYTES && o.what != RESIZE ? MOST_BYTES : o.n;
    o.content = below(sizeof contents - MOST_BYTES);
    return o;
}

/* -- comparing --------------------------------------------------------------------------------- */

static const struct player *now; /* who is compared with the first */

static bool differ(const char *what, long right, long other)
{
    if (right == other)
        return false;
    snprintf(difference, sizeof difference, "%s: %s says %ld, %s %ld", what, players[0]->name,
             right, now->name, other);
    return true;
}

static bool is_wrong(int pipe)
{
    const char *wrong = now->wrong != NULL ? now->wrong(pipe) : NULL;
    if (wrong != NULL)
        snprintf(difference, sizeof difference, "%s: %s", now->name, wrong);
    return wrong != NULL;
}

static bool pipes_differ(int pipe)
{
    const struct player *first = players[0];
    static const char *const polls[] = {"poll of the read end", "poll of the write end"};
    for (int end = 0; end < 2; end++) {
        if (pipes[pipe].ends[end] > 0 &&
            differ(polls[end], first->mask(pipe, end), now->mask(pipe, end)))
            return true;
    }
    return differ("FIONREAD", first->used(pipe), now->used(pipe)) ||
           differ("F_GETPIPE_SZ", first->capacity(pipe), now->capacity(pipe)) || is_wrong(pipe);
}

static bool state_differs(void)
{
    for (size_t i = 1; players[i] != NULL; i++) {
        now = players[i];
        if (differ("SIGPIPE", players[0]->signals(), now->signals()) || pipes_differ(0) ||
            pipes_differ(1))
            return true;
    }
    return false;
}

/* -- one operation, on all --------------------------------------------------------------------- */

static bool is_open(int pipe, int end)
{
    return pipes[pipe].ends[end] > 0;
}

/* Can the pipes' ends do it at all? */
static bool can_be_made(const struct operation *o)
{
    switch (o->what) {
    case WRITE:
    case DIRECT: return is_open(o->pipe, WRITING);
    case READ: return is_open(o->pipe, READING);
    case SPLICE:
    case TEE: return is_open(o->pipe, READING) && is_open(1 - o->pipe, WRITING);
    case COPY_END: return is_open(o->pipe, o->end) && pipes[o->pipe].ends[o->end] < MOST_COPIES;
    case CLOSE_END: return is_open(o->pipe, o->end);
    case RESIZE: break;
    }
    return true;
}

static void make(int pipe)
{
    for (size_t i = 0; players[i] != NULL; i++)
        players[i]->make(pipe);
    pipes[pipe].ends[READING] = pipes[pipe].ends[WRITING] = 1;
    pipes[pipe].direct = false;
}

static long make_on(const struct player *p, const struct operation *o, unsigned char *bytes)
{
    switch (o->what) {
    case WRITE: return p->put(o->pipe, contents + o->content, o->n);
    case READ: return p->take(o->pipe, bytes, o->n);
    case RESIZE: return p->resize(o->pipe, o->n);
    case SPLICE: return p->move(o->pipe, 1 - o->pipe, o->n);
    case TEE: return p->share(o->pipe, 1 - o->pipe, o->n);
    case DIRECT: p->direct(o->pipe, !pipes[o->pipe].direct); break;
    case COPY_END: p->copy(o->pipe, o->end); break;
    case CLOSE_END: p->drop(o->pipe, o->end); break;
    }
    return 0;
}

static void change_ends(const struct operation *o)
{
    if (o->what == DIRECT)
        pipes[o->pipe].direct = !pipes[o->pipe].direct;
    if (o->what == COPY_END)
        pipes[o->pipe].ends[o->end]++;
    if (o->what != CLOSE_END)
        return;
    pipes[o->pipe].ends[o->end]--;
    if (!is_open(o->pipe, READING) && !is_open(o->pipe, WRITING))
        make(o->pipe); /* a new one takes its place */
}

static const char *name_of(const struct operation *o)
{
    static const char *const names[] = {"write",  "read", "F_SETPIPE_SZ", "O_DIRECT on or off",
                                        "splice", "tee",  "dup",          "close"};
    return names[o->what];
}

static bool results_differ(const struct operation *o)
{
    long right = make_on(players[0], o, expected);
    bool found = false;
    for (size_t i = 1; players[i] != NULL && !found; i++) {
        now = players[i];
        found = differ(name_of(o), right, make_on(now, o, got));
        if (found || o->what != READ || right <= 0 || memcmp(expected, got, (size_t)right) == 0)
            continue;
        snprintf(difference, sizeof difference, "read: %s gives other bytes", now->name);
        found = true;
    }
    return found;
}

static bool differs(const struct operation *o)
{
    if (!can_be_made(o))
        return false;
    bool found = results_differ(o);
    change_ends(o);
    return found || state_differs();
}

/* -- sequences --------------------------------------------------------------------------------- */

static void begin(void)
{
    for (size_t i = 0; players[i] != NULL; i++)
        players[i]->begin(page);
    for (int pipe = 0; pipe < PIPES; pipe++)
        make(pipe);
}

static void finish(void)
{
    for (size_t i = 0; players[i] != NULL; i++) {
        for (int pipe = 0; pipe < PIPES; pipe++) {
            for (int n = 0; n < pipes[pipe].ends[READING]; n++)
                players[i]->drop(pipe, READING);
            for (int n = 0; n < pipes[pipe].ends[WRITING]; n++)
                players[i]->drop(pipe, WRITING);
        }
        if (players[i]->finish != NULL)
            players[i]->finish();
    }
}

/* The number of the operation after which somebody differs; `count` if nobody ever does. */
static size_t run(const struct operation *operations, size_t count)
{
    size_t i = 0;
    begin();
    while (i < count && !differs(&operations[i]))
        i++;
    finish();
    return i;
}

static bool still_differs(const struct operation *operations, size_t *count)
{
    size_t at = run(operations, *count);
    if (at == *count)
        return false;
    *count = at + 1;
    return true;
}

/* Leaves out what can be left out, in ever smaller stretches. */
static size_t leave_out(struct operation *operations, size_t count)
{
    struct operation fewer[LONGEST];
    for (size_t stretch = count; stretch > 0; stretch /= 2) {
        for (size_t i = 0; i + stretch <= count;) {
            size_t left = count - stretch;
            memcpy(fewer, operations, i * sizeof *fewer);
            memcpy(fewer + i, operations + i + stretch, (left - i) * sizeof *fewer);
            if (still_differs(fewer, &left)) {
                memcpy(operations, fewer, left * sizeof *fewer);
                count = left;
            } else {
                i += stretch;
            }
        }
    }
    return count;
}

static size_t with_smaller_sizes(struct operation *operations, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t less = operations[i].n; less > 0; less /= 2) {
            while (i < count && operations[i].n >= less) {
                operations[i].n -= less;
                if (!still_differs(operations, &count)) {
                    operations[i].n += less;
                    break;
                }
            }
        }
    }
    return count;
}

static void print(const struct operation *operations, size_t count)
{
    for (size_t i = 0; i < count && i < SHOWN; i++) {
        const struct operation *o = &operations[i];
        printf("    %c: %s", "pq"[o->pipe], name_of(o));
        if (o->what == COPY_END || o->what == CLOSE_END)
            printf(" of the %s end\n", o->end == READING ? "read" : "write");
        else
            printf(o->what == DIRECT ? "\n" : " %zu\n", o->n);
    }
    printf("    %s\n", difference);
}

static void report(struct operation *operations, size_t count, uint64_t seed)
{
    printf("players: a difference, with --seed %llu; at its shortest:\n", (unsigned long long)seed);
    size_t before;
    do {
        before = count;
        count = with_smaller_sizes(operations, leave_out(operations, count));
    } while (count < before);
    run(operations, count);
    print(operations, count);
}

static uint64_t argument(int argc, char **argv, const char *name, uint64_t normal)
{
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], name) == 0)
            return strtoull(argv[i + 1], NULL, 10);
    }
    return normal;
}

int main(int argc, char **argv)
{
    uint64_t seed = argument(argc, argv, "--seed", 1);
    uint64_t wanted = argument(argc, argv, "--operations", 200000);
    uint64_t seconds = argument(argc, argv, "--seconds", 0), done = 0;
    time_t end = time(NULL) + (time_t)seconds;
    struct operation operations[LONGEST];
    page = (size_t)sysconf(_SC_PAGESIZE);
    state = seed * 0x9E3779B97F4A7C15u + 1;
    for (size_t i = 0; i < sizeof contents; i++)
        contents[i] = (unsigned char)random_word();
    while (seconds > 0 ? time(NULL) < end : done < wanted) {
        size_t count = 1 + below(LONGEST);
        for (size_t i = 0; i < count; i++)
            operations[i] = random_operation();
        size_t at = run(operations, count);
        if (at < count) {
            report(operations, at + 1, seed);
            return 1;
        }
        done += count;
    }
    for (size_t i = 0; players[i] != NULL; i++)
        printf("%s%s", i == 0 ? "" : ", ", players[i]->name);
    printf(": %llu operations with seed %llu, no difference\n", (unsigned long long)done,
           (unsigned long long)seed);
    return 0;
}

#endif

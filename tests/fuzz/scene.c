/* scene.c - see scene.h. */
#include "tests/fuzz/scene.h"

#include "sim/sched/random.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[SCENE_ACTORS] = {"main", "b", "c", "d", "e"};
static const char pipe_names[] = "pqr";

struct maker {
    struct scene *scene;
    uint64_t random;
    int pipes;
    bool fifo;
    bool threads[SCENE_ACTORS]; /* begun by thread */
    bool shared[SCENE_ACTORS];  /* its process has more than one */
    int letter;
};

static int below(struct maker *m, int n)
{
    return (int)(random_after(&m->random) % (uint64_t)n);
}

static bool chance(struct maker *m, int percent)
{
    return below(m, 100) < percent;
}

#define PICK(m, list) list[below(m, (int)(sizeof(list) / sizeof *(list)))]

/* -- steps ------------------------------------------------------------------------------------- */

static struct step *add(struct maker *m, int actor, long size, const char *after,
                        const char *before, ...) __attribute__((format(printf, 5, 6)));

static struct step *add(struct maker *m, int actor, long size, const char *after,
                        const char *before, ...)
{
    struct scene *s = m->scene;
    struct step *step = &s->steps[s->count < SCENE_STEPS - 1 ? s->count++ : SCENE_STEPS - 1];
    va_list args;
    *step = (struct step){.actor = actor, .size = size, .begins = NOBODY_BEGINS};
    va_start(args, before);
    vsnprintf(step->before, sizeof step->before, before, args);
    va_end(args);
    snprintf(step->after, sizeof step->after, "%s", after);
    return step;
}

static char some_pipe(struct maker *m)
{
    return pipe_names[below(m, m->pipes)];
}

static long some_size(struct maker *m)
{
    static const long sizes[] = {1,     2,     100,   1000,  2049,  4095,  4096,
                                 4097,  5000,  8191,  8192,  8193,  12288, 16384,
                                 61440, 61441, 65535, 65536, 65537, 100000};
    return PICK(m, sizes);
}

static const char *some_end(struct maker *m, int end, char *text)
{
    if (chance(m, 4))
        snprintf(text, 16, "dup_%d", end);
    else
        snprintf(text, 16, "%c[%d]", some_pipe(m), chance(m, 4) ? 1 - end : end);
    return text;
}

/* -- what a block begins with ------------------------------------------------------------------ */

static void make_pipes(struct maker *m)
{
    static const char *const flags[] = {"O_NONBLOCK", "O_DIRECT", "O_NONBLOCK | O_DIRECT"};
    static const long capacities[] = {4096, 4096, 8192, 16384};
    static const long fills[] = {4095, 4096, 0, 1}; /* less than it holds */
    for (int i = 0; i < m->pipes; i++) {
        if (chance(m, 20))
            add(m, 0, NO_SIZE, "", "pipe2(%c, %s)", pipe_names[i], PICK(m, flags));
        else
            add(m, 0, NO_SIZE, "", "pipe(%c)", pipe_names[i]);
        long capacity = chance(m, 50) ? PICK(m, capacities) : 65536;
        if (capacity < 65536)
            add(m, 0, capacity, ")", "fcntl(%c[0], F_SETPIPE_SZ, ", pipe_names[i]);
        if (chance(m, 50))
            add(m, 0, capacity - PICK(m, fills), ")", "write(%c[1], \"%c\" * ", pipe_names[i],
                'A' + m->letter++ % 26);
    }
    for (int end = 0; end < 2; end++)
        add(m, 0, NO_SIZE, "", "dup_%d = dup(%c[%d])", end, some_pipe(m), end);
    if (m->fifo)
        add(m, 0, NO_SIZE, "", "file = 9");
}

static void make_handlers(struct maker *m, int actor)
{
    static const char *const actions[] = {"sigaction(%s, noted)",
                                          "sigaction(%s, noted, SA_RESTART)", "signal(%s, IGN)"};
    static const char *const signals[] = {"SIGUSR1", "SIGUSR2", "SIGPIPE", "SIGCHLD"};
    static const int likely[] = {75, 50, 60, 5};
    for (int i = 0; i < 4; i++) {
        char text[48];
        if (!chance(m, likely[i]))
            continue;
        snprintf(text, sizeof text, PICK(m, actions), signals[i]);
        add(m, actor, NO_SIZE, "", "%s", text);
    }
}

static void close_some_ends(struct maker *m, int actor)
{
    int keeps = 30 + below(m, 60);
    for (int i = 0; i < m->pipes * 2 && !m->threads[actor]; i++) {
        if (!chance(m, keeps))
            add(m, actor, NO_SIZE, "", "close(%c[%d])", pipe_names[i / 2], i % 2);
    }
    for (int end = 0; end < 2 && !m->threads[actor]; end++) {
        if (chance(m, 85))
            add(m, actor, NO_SIZE, "", "close(dup_%d)", end);
    }
}

/* -- steps of a body --------------------------------------------------------------------------- */

static void add_read(struct maker *m, int actor)
{
    char end[16];
    if (chance(m, 8))
        add(m, actor, some_size(m), ", 100)", "readv(%s, ", some_end(m, 0, end));
    else if (m->fifo && chance(m, 15))
        add(m, actor, some_size(m), ")", "read(file, ");
    else
        add(m, actor, some_size(m), ")", "read(%s, ", some_end(m, 0, end));
}

static void add_write(struct maker *m, int actor)
{
    char end[16], letter = (char)('a' + m->letter++ % 26);
    if (chance(m, 8))
        add(m, actor, some_size(m), ")", "writev(%s, \"+++\", \"%c\" * ", some_end(m, 1, end),
            letter);
    else if (m->fifo && chance(m, 15))
        add(m, actor, some_size(m), ")", "write(file, \"%c\" * ", letter);
    else
        add(m, actor, some_size(m), ")", "write(%s, \"%c\" * ", some_end(m, 1, end), letter);
}

static void add_poll(struct maker *m, int actor)
{
    char first[16], second[16];
    int one = below(m, 2), two = below(m, 2);
    static const char *const events[] = {"POLLIN", "POLLOUT"};
    long timeout = m->shared[actor] ? 0 : below(m, 6) - 1;
    some_end(m, one, first);
    some_end(m, two, second);
    if (chance(m, 60))
        add(m, actor, NO_SIZE,
            timeout < 0   ? "-1)"
            : timeout > 0 ? "3)"
                          : "0)",
            "poll(%s, %s, ", first, events[1 - (1 - one)]);
    else
        add(m, actor, NO_SIZE,
            timeout < 0   ? "-1)"
            : timeout > 0 ? "2)"
                          : "0)",
            "poll(%s, %s, %s, %s, ", first, events[one], second, events[two]);
}

static void add_transfer(struct maker *m, int actor)
{
    char from[16], to[16];
    static const char *const tails[] = {")", ")", ", SPLICE_F_NONBLOCK)"};
    some_end(m, 0, from);
    add(m, actor, some_size(m), PICK(m, tails), "%s(%s, %s, ", chance(m, 60) ? "splice" : "tee",
        from, some_end(m, 1, to));
}

static void add_signal(struct maker *m, int actor)
{
    static const char *const signals[] = {"SIGUSR1", "SIGUSR1", "SIGUSR1", "SIGUSR2",
                                          "SIGUSR2", "SIGTERM", "SIGKILL"};
    int target = below(m, m->scene->actors);
    if (chance(m, 10))
        add(m, actor, NO_SIZE, "", "raise(%s)", PICK(m, signals));
    else
        add(m, actor, NO_SIZE, "", "kill(%s, %s)", names[m->threads[target] ? 0 : target],
            PICK(m, signals));
}

static void add_descriptor(struct maker *m, int actor)
{
    char one[16], two[16];
    int end = below(m, 2);
    some_end(m, end, one);
    some_end(m, chance(m, 80) ? end : 1 - end, two);
    switch (below(m, 3)) {
    case 0: add(m, actor, NO_SIZE, "", "dup_%d = dup(%s)", end, one); break;
    case 1: add(m, actor, NO_SIZE, "", "dup2(%s, %s)", one, two); break;
    case 2: add(m, actor, NO_SIZE, "", "close(dup_%d)", end); break;
    }
}

static void add_control(struct maker *m, int actor)
{
    static const char *const flags[] = {"0", "O_NONBLOCK", "O_DIRECT", "0"};
    static const long capacities[] = {4096, 8192, 16384, 65536, 131072};
    char end[16];
    some_end(m, below(m, 2), end);
    switch (below(m, 4)) {
    case 0: add(m, actor, NO_SIZE, "", "fcntl(%s, F_SETFL, %s)", end, PICK(m, flags)); break;
    case 1: add(m, actor, PICK(m, capacities), ")", "fcntl(%s, F_SETPIPE_SZ, ", end); break;
    case 2: add(m, actor, NO_SIZE, "", "ioctl(%s, FIONREAD)", end); break;
    case 3: add(m, actor, NO_SIZE, "", "fcntl(%s, F_GETPIPE_SZ)", end); break;
    }
}

static void add_fifo(struct maker *m, int actor)
{
    static const char *const modes[] = {"O_RDONLY", "O_WRONLY", "O_RDWR", "O_RDONLY | O_NONBLOCK",
                                        "O_WRONLY | O_NONBLOCK"};
    if (chance(m, 25))
        add(m, actor, NO_SIZE, "", "close(file)");
    else
        add(m, actor, NO_SIZE, "", "file = open(\"f\", %s)", PICK(m, modes));
}

static void add_end_of(struct maker *m, int actor)
{
    switch (below(m, 3)) {
    case 0: add(m, actor, NO_SIZE, "", "wait()"); break;
    case 1: add(m, actor, NO_SIZE, "", "exit(%d)", below(m, 4)); break;
    case 2: add(m, actor, NO_SIZE, "", "pause()"); break;
    }
}

static void add_step(struct maker *m, int actor)
{
    static const struct {
        int weight;
        void (*add)(struct maker *m, int actor);
    } kinds[] = {{30, add_read},  {30, add_write},     {8, add_poll},    {7, add_transfer},
                 {9, add_signal}, {5, add_descriptor}, {7, add_control}, {3, add_end_of}};
    int n = below(m, 99);
    char end[16];
    if (m->fifo && chance(m, 20)) {
        add_fifo(m, actor);
        return;
    }
    if (chance(m, 10)) {
        add(m, actor, NO_SIZE, "", "close(%s)", some_end(m, below(m, 2), end));
        return;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if ((n -= kinds[i].weight) < 0) {
            kinds[i].add(m, actor);
            return;
        }
    }
}

static void make_body(struct maker *m, int actor)
{
    int count = 2 + below(m, 6);
    for (int i = 0; i < count; i++) {
        if (chance(m, 60))
            add(m, actor, 1 + below(m, 5), ")", "sleep(");
        add_step(m, actor);
    }
}

/* -- all --------------------------------------------------------------------------------------- */

/* Most are begun by the first; some by one that was. */
static void begin_actors(struct maker *m)
{
    for (int i = 1; i < m->scene->actors; i++) {
        int by = i > 1 && chance(m, 15) ? 1 + below(m, i - 1) : 0;
        struct step *step =
            add(m, by, NO_SIZE, "", "%s(%s)", m->threads[i] ? "thread" : "fork", names[i]);
        step->begins = i;
        m->shared[i] |= m->threads[i];
        m->shared[by] |= m->threads[i];
    }
}

void scene_make(struct scene *s, uint64_t seed)
{
    struct maker m = {.scene = s, .random = seed};
    memset(s, 0, sizeof *s);
    s->seed = seed;
    s->actors = 2 + below(&m, SCENE_ACTORS - 1);
    m.pipes = 1 + below(&m, 3);
    m.fifo = chance(&m, 20);
    bool threaded = chance(&m, 30);
    for (int i = 1; i < s->actors; i++)
        m.threads[i] = threaded && chance(&m, 60);
    make_pipes(&m);
    make_handlers(&m, 0);
    begin_actors(&m);
    for (int i = 0; i < s->actors; i++) {
        if (i > 0 && chance(&m, 30))
            make_handlers(&m, i);
        close_some_ends(&m, i);
        make_body(&m, i);
    }
}

static bool is_begun(const struct scene *s, int actor)
{
    if (actor == 0)
        return true;
    for (int i = 0; i < s->count; i++) {
        if (s->steps[i].begins == actor && !s->steps[i].left_out)
            return is_begun(s, s->steps[i].actor);
    }
    return false;
}

static void write_block(const struct scene *s, int actor, struct strbuf *out)
{
    strbuf_addf(out, "\nprocess %s {\n", names[actor]);
    for (int i = 0; i < s->count; i++) {
        const struct step *step = &s->steps[i];
        if (step->actor != actor || step->left_out)
            continue;
        strbuf_addf(out, "    %s", step->before);
        if (step->size != NO_SIZE)
            strbuf_addf(out, "%ld", step->size);
        strbuf_addf(out, "%s%s\n", step->after,
                    strcmp(step->before, "file = 9") == 0 ? "" : " = ?");
    }
    strbuf_add(out, "}\n");
}

static bool says(const struct scene *s, const char *word)
{
    for (int i = 0; i < s->count; i++) {
        if (!s->steps[i].left_out && strstr(s->steps[i].before, word) != NULL)
            return true;
    }
    return false;
}

void scene_write(const struct scene *s, const char *title, struct strbuf *out)
{
    strbuf_addf(out, "scenario \"%s\"\nset pipe = linux\n", title);
    if (says(s, "open("))
        strbuf_add(out, "fifo f\n");
    if (says(s, "noted"))
        strbuf_add(out, "def noted() { }\n");
    for (int i = 0; i < s->actors; i++) {
        if (is_begun(s, i))
            write_block(s, i, out);
    }
}

/* -- making it smaller ------------------------------------------------------------------------- */

/* A smaller size that is still interesting; NO_SIZE: there is none. */
static long smaller(long size, int how)
{
    static const long steps[] = {1, 4096, 4097, 8192, 65536};
    return how < 5 && steps[how] < size ? steps[how] : NO_SIZE;
}

static bool shrink_sizes(struct scene *s, bool (*bad)(void *ctx, const struct scene *s), void *ctx)
{
    bool any = false;
    for (int i = 0; i < s->count; i++) {
        struct step *step = &s->steps[i];
        long size = step->size;
        for (int how = 0; !step->left_out && smaller(size, how) != NO_SIZE; how++) {
            step->size = smaller(size, how);
            if (bad(ctx, s)) {
                any = true;
                break;
            }
            step->size = size;
        }
    }
    return any;
}

static bool leave_out(struct scene *s, bool (*bad)(void *ctx, const struct scene *s), void *ctx)
{
    bool any = false;
    for (int length = s->count / 2; length > 0; length /= 2) {
        for (int from = 0; from < s->count; from += length) {
            struct scene before = *s;
            int left_out = 0;
            for (int i = from; i < from + length && i < s->count; i++) {
                left_out += !s->steps[i].left_out;
                s->steps[i].left_out = true;
            }
            if (left_out > 0 && bad(ctx, s))
                any = true;
            else
                *s = before;
        }
    }
    return any;
}

/* The steps of an actor that nobody begins are no longer its business. */
static void forget_blocks(struct scene *s)
{
    for (int i = 0; i < s->count; i++)
        s->steps[i].left_out |= !is_begun(s, s->steps[i].actor);
}

void scene_shrink(struct scene *s, bool (*bad)(void *ctx, const struct scene *s), void *ctx)
{
    bool again = true;
    for (int pass = 0; again && pass < 10; pass++) {
        again = leave_out(s, bad, ctx);
        forget_blocks(s);
        again |= shrink_sizes(s, bad, ctx);
    }
}

/* posix.c - see posix.h. */
#include "sim/own/posix.h"

#include "sim/own/accesses.h"
#include "sim/own/beside/calls.h"
#include "sim/own/faults.h"
#include "sim/own/locals.h"
#include "sim/own/memory.h"
#include "sim/own/races.h"
#include "sim/own/sites.h"
#include "sim/own/syncs.h"
#include "sim/own/ticks.h"
#include "sim/own/variables.h"
#include "sim/own/warnings.h"
#include "sim/own/workers.h"
#include "sim/sched/arena.h"
#include "sim/sched/sync.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdio.h>

enum { PIPES_MOST = 64 };

/* Part of every snapshot. */
static struct lives {
    int pipes;
    bool memory_was_short;
    const struct pipe *each[PIPES_MOST];
} lives;

/* -- the heap ---------------------------------------------------------------------------------- */

static void *allocate_aligned(size_t alignment, size_t n, const char *site)
{
    fault_at_call(site);
    void *memory = memory_allocate(alignment, n, site);
    lives.memory_was_short |= memory == NULL;
    if (memory != NULL)
        races_forget_memory(memory, n);
    accesses_look_allocates(memory);
    return memory;
}

static void *allocate(size_t n, const char *site)
{
    return allocate_aligned(MEMORY_ALIGNED, n, site);
}

static void *allocate_zeros(size_t count, size_t n, const char *site)
{
    if (n != 0 && count > SIZE_MAX / n)
        return NULL;
    void *memory = allocate(count * n, site);
    if (memory != NULL)
        memset(memory, 0, count * n);
    return memory;
}

static void *resize(void *old, size_t n, const char *site)
{
    fault_at_call(site);
    return memory_resize(old, n, site);
}

static void release(void *memory, const char *site)
{
    fault_at_call(site);
    memory_release(memory, site);
}

/* -- the rest ---------------------------------------------------------------------------------- */

static int yield(const char *site)
{
    static const char of_yield;
    fault_at_call(site);
    accesses_look_goes_on();
    if (sched_self() == NULL || sched_is_silent())
        return 0;
    sched_access_point(&of_yield, site);
    sched_yield_to_others();
    return 0;
}

static int clock_of_ticks(struct timespec *now)
{
    tick_t t = sched_now();
    *now = ticks_as_time(t);
    return 0;
}

/* So much in all, however many runs there are. */
static void says(const char *bytes, size_t n)
{
    enum { SAID_MOST = 16384 };
    static size_t said;
    if (said < SAID_MOST) {
        fflush(stdout);
        fwrite(bytes, 1, n, stderr);
        if (said + n >= SAID_MOST)
            fputs("\npipesim: what the pipe prints from here on is left out\n", stderr);
    }
    said += said < SAID_MOST ? n : 0;
}

static void prints(void *file, const char *bytes, size_t n)
{
    if (file == NULL || file == stdout || file == stderr)
        says(bytes, n);
    else
        fwrite(bytes, 1, n, file); /* a file of its own */
}

static void refuses(const char *what, const char *site)
{
    fault_at_call(site);
    fault_raise((struct sched_fault){.misuse = MISUSE_CRASH, .what = what});
}

static void reads_atomically(const void *at, size_t n, const void *from)
{
    accesses_atomic(at, n, RACE_READS_ATOMICALLY, from);
}

static void writes_atomically(const void *at, size_t n, const void *from)
{
    accesses_atomic(at, n, RACE_WRITES_ATOMICALLY, from);
}

static void begins(const void *from)
{
    if (!sched_has_threads)
        fault_at_access((const char *)from - 1);
}

/* What can still be reached is no leak: a pool, say, or what a thread has for itself. */
static void each_root(void (*add)(void *ctx, const void *bytes, size_t n), void *ctx)
{
    variables_each(add, ctx);
    workers_add_state(add, ctx);
    locals_each(add, ctx);
}

static void describe_leaks(struct strbuf *out)
{
    memory_describe_leaks(each_root, out);
}

static void warn_of(void (*describe)(struct strbuf *out))
{
    struct strbuf what = {0};
    describe(&what);
    if (what.length > 0)
        warnings_add(strbuf_text(&what));
    strbuf_free(&what);
}

static void enters(void)
{
    accesses_are(workers_alive() == WORKERS_AT_WORK ? ACCESSES_AMONG_OTHERS : ACCESSES_ALONE);
    fault_main_stack(MAIN_IN_PIPE);
}

static void leaves(int pipes)
{
    accesses_are(ACCESSES_AMONG_OTHERS);
    fault_main_stack(MAIN_ELSEWHERE);
    lives.pipes += pipes;
    if (lives.pipes > 0 || pipes > 0)
        return;
    warn_of(describe_leaks);
    warn_of(workers_describe_left);
}

static void wrong(const char *what)
{
    fault_raise((struct sched_fault){.misuse = MISUSE_MEMORY, .what = what});
}

static bool is_on_stack(const void *at)
{
    const char *here = __builtin_frame_address(0), *there = at;
    enum { FAR = 65536 };
    return arena_place_of(at) == ARENA_STACKS || (there < here && there > here - FAR);
}

static void made(const struct pipe *p)
{
    int place = 0;
    if (p == NULL && !lives.memory_was_short)
        wrong("gives no pipe: pipe_new has returned NULL");
    if (p != NULL && is_on_stack(p))
        wrong("gives the address of a variable of pipe_new itself, which is gone when it returns");
    for (int i = 0; i < PIPES_MOST; i++) {
        if (p != NULL && lives.each[i] == p)
            wrong("gives the same pipe twice: each pipe_new makes a new one");
        place = lives.each[i] == NULL ? i : place;
    }
    lives.each[place] = p;
}

static void unmade(const struct pipe *p)
{
    for (int i = 0; i < PIPES_MOST; i++) {
        if (lives.each[i] == p)
            lives.each[i] = NULL;
    }
}

enum { ERROR_MOST = 4095 };

static void returns(const char *function, long result, size_t asked)
{
    char what[160];
    if (result >= -ERROR_MOST && (result < 0 || (size_t)result <= asked))
        return;
    snprintf(
        what, sizeof what,
        "returns %ld from %s, which was asked for %zu byte%s: a count, or an error as a negative "
        "number (-EAGAIN)",
        result, function, asked, asked == 1 ? "" : "s");
    wrong(what);
}

/* It is asked in the middle of a call, and may think that the lock is held: by itself, even. Then it fails, or
 * would wait for ever, and says nothing. */
static size_t look(size_t (*used)(struct pipe *p), struct pipe *p)
{
    jmp_buf end;
    volatile size_t n = SIZE_MAX;
    if (!sched_is_silent() || sched_has_threads)
        return used(p);
    accesses_keep(&end);
    if (_setjmp(end) == 0)
        n = used(p);
    accesses_take_back();
    return n;
}

const struct pipesim_calls *posix_calls(void)
{
    static struct pipesim_calls calls = {
        .site = sites_of,
        .allocate = allocate,
        .allocate_zeros = allocate_zeros,
        .allocate_aligned = allocate_aligned,
        .resize = resize,
        .release = release,
        .move = memmove,
        .fill = memset,
        .compare = memcmp,
        .yield = yield,
        .clock = clock_of_ticks,
        .prints = prints,
        .refuses = refuses,
        .reads = accesses_read,
        .writes = accesses_write,
        .reads_atomically = reads_atomically,
        .writes_atomically = writes_atomically,
        .begins = begins,
        .enters = enters,
        .leaves = leaves,
        .made = made,
        .unmade = unmade,
        .returns = returns,
        .look = look,
        .local = locals_address,
    };
    syncs_add_calls(&calls);
    workers_add_calls(&calls);
    return &calls;
}

int posix_begin(void)
{
    static bool begun;
    if (begun)
        return 0;
    begun = true;
    fault_catch_signals();
    return memory_include() != 0 || races_include() != 0 || accesses_include() != 0 ||
                   workers_include() != 0 || syncs_include() != 0 || locals_include() != 0 ||
                   arena_include(&lives, sizeof lives) != 0
               ? -1
               : 0;
}

/* -- states ------------------------------------------------------------------------------------ */

static void add_state(const struct pipe *p, void (*add)(void *ctx, const void *bytes, size_t n),
                      void *ctx)
{
    (void)p;
    memory_each(add, ctx);
    variables_each(add, ctx);
    workers_add_state(add, ctx);
    syncs_add_state(add, ctx);
}

static void nothing(struct pipe *p)
{
    (void)p;
}

static size_t unknown_size(struct pipe *p)
{
    (void)p;
    return 0;
}

static int no_poll(struct pipe *p)
{
    (void)p;
    return PIPE_IN | PIPE_OUT;
}

static int no_resize(struct pipe *p, size_t capacity)
{
    (void)p, (void)capacity;
    return -EINVAL;
}

static ssize_t no_transfer(struct pipe *from, struct pipe *to, size_t n, int flags)
{
    (void)from, (void)to, (void)n, (void)flags;
    return -EINVAL;
}

void posix_complete(struct pipe_impl *impl)
{
    impl->splice = impl->tee = no_transfer;
    impl->state = add_state;
    if (impl->used == NULL)
        impl->observed = impl->observed == PIPE_TELLS ? PIPE_TELLS : PIPE_IS_OBSERVED_AT_END;
    if (impl->free == NULL)
        impl->free = nothing;
    if (impl->open_reader == NULL)
        impl->open_reader = nothing;
    if (impl->open_writer == NULL)
        impl->open_writer = nothing;
    if (impl->used == NULL)
        impl->used = unknown_size;
    if (impl->capacity == NULL)
        impl->capacity = unknown_size;
    if (impl->poll == NULL)
        impl->poll = no_poll;
    if (impl->set_capacity == NULL)
        impl->set_capacity = no_resize;
}

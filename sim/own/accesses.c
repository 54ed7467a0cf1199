/* accesses.c - see accesses.h. */
#include "sim/own/accesses.h"

#include "sim/own/faults.h"
#include "sim/own/lines.h"
#include "sim/own/memory.h"
#include "sim/sched/arena.h"
#include "sim/sched/sync.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Part of every snapshot. */
static struct variables {
    enum accesses_alone how;
    const struct task *spins; /* who has made the latest atomic operations, */
    int in_a_row;             /* and how many */
} now = {.how = ACCESSES_AMONG_OTHERS};

int accesses_include(void)
{
    return arena_include(&now, sizeof now);
}

void accesses_are(enum accesses_alone how)
{
    now.how = how;
}

/* -- lines where another may go on ------------------------------------------------------------- */

enum { POINTS_MOST = 64, CACHE = 4096 };

/* Not part of a run: the same in all of them. */
static struct points {
    struct code_line at[POINTS_MOST];
    size_t count;
} points, racing;

static enum { RACES_ARE_FAULTS, RACES_ARE_COLLECTED } races_are;

/* Of each place in the code: its site, if it is on such a line. */
static struct cached {
    const void *from;
    const char *site; /* kept */
} cache[CACHE];

static bool has(const struct points *p, struct code_line l)
{
    for (size_t i = 0; i < p->count; i++) {
        if (p->at[i].line == l.line && strcmp(p->at[i].file, l.file) == 0)
            return true;
    }
    return false;
}

static bool add(struct points *p, struct code_line l)
{
    if (l.line == 0 || has(p, l) || p->count == POINTS_MOST)
        return false;
    p->at[p->count++] = l;
    memset(cache, 0, sizeof cache); /* what was known of the places; the few sites are kept */
    return true;
}

void accesses_preempt_at(const char *lines)
{
    while (*lines != '\0') {
        size_t n = strcspn(lines, ","), name = strcspn(lines, ":");
        if (name < n) {
            char *file = strndup(lines, name);
            add(&points, (struct code_line){file, (unsigned)strtoul(lines + name + 1, NULL, 10)});
        }
        lines += n + (lines[n] == ',');
    }
}

void accesses_collect_races(void)
{
    races_are = RACES_ARE_COLLECTED;
}

enum accesses_found accesses_preempt_at_races(void)
{
    bool found = false;
    for (size_t i = 0; i < racing.count; i++)
        found |= add(&points, racing.at[i]);
    return found ? FOUND_NEW : FOUND_NONE;
}

void accesses_add_points(struct strbuf *out)
{
    for (size_t i = 0; i < points.count; i++)
        strbuf_addf(out, "%s%s:%u", i == 0 ? "" : ",", points.at[i].file, points.at[i].line);
}

static const char *make_site(const void *from)
{
    struct code_line l = lines_find(from);
    char site[200];
    if (!has(&points, l))
        return NULL;
    snprintf(site, sizeof site, "%s:%u uses memory that others use", l.file, l.line);
    return strdup(site);
}

static const char *point_at(const void *from)
{
    if (points.count == 0)
        return NULL;
    struct cached *c = &cache[(uintptr_t)from % CACHE];
    if (c->from != from)
        *c = (struct cached){from, make_site(from)};
    return c->site;
}

/* -- looking from outside ---------------------------------------------------------------------- */

enum { KEPT_MOST = 64, KEPT_BYTES = 16, STEPS_MOST = 2000, FRAMES_MOST = 65536, BLOCKS_MOST = 8 };

static void *blocks[BLOCKS_MOST]; /* allocated by this look */
static size_t block_count;

static struct kept {
    void *at;
    size_t n;
    char bytes[KEPT_BYTES];
} kept[KEPT_MOST];

static size_t kept_count;
static const char *frame; /* of who looks: below it are those of the look */
static bool keeps;
static int steps; /* of this look */

void accesses_keep(jmp_buf *end)
{
    keeps = true;
    frame = __builtin_frame_address(0);
    steps = 0;
    kept_count = block_count = 0;
    fault_escape_to(end);
}

void accesses_look_ends(void)
{
    if (keeps)
        fault_escape();
}

void accesses_look_allocates(void *block)
{
    if (keeps && block_count < BLOCKS_MOST)
        blocks[block_count++] = block;
}

void accesses_look_goes_on(void)
{
    if (keeps && ++steps > STEPS_MOST)
        fault_escape();
}

void accesses_take_back(void)
{
    while (kept_count > 0) {
        const struct kept *k = &kept[--kept_count];
        memcpy(k->at, k->bytes, k->n);
    }
    keeps = false;
    fault_escape_to(NULL);
    while (block_count > 0)
        memory_drop(blocks[--block_count]);
}

/* Of more or larger writes than these, the first are taken back. */
static void keep(const void *at, size_t n)
{
    const char *to = at;
    bool its_own = to < frame && to > frame - FRAMES_MOST; /* gone when it returns */
    if (kept_count == KEPT_MOST || n > KEPT_BYTES || its_own)
        return;
    kept[kept_count] = (struct kept){.at = (void *)at, .n = n};
    memcpy(kept[kept_count++].bytes, at, n);
}

/* -- accesses ---------------------------------------------------------------------------------- */

/* Who looks at the pipe from outside, or runs on real threads, is none of our business. */
static bool are_watched(void)
{
    return !sched_has_threads && sched_begun() && (sched_self() == NULL || !sched_is_silent());
}

static bool is_expected(const struct race *r)
{
    struct code_line a = lines_find(r->from), b = lines_find(r->other_from);
    if (races_are == RACES_ARE_COLLECTED) {
        add(&racing, a);
        add(&racing, b);
        return true;
    }
    return has(&points, a) && has(&points, b);
}

static void look_for_race(const void *at, size_t n, enum race_access does, const void *from)
{
    const struct race *r = races_access(at, n, does, from);
    if (r != NULL && !is_expected(r))
        fault_raise((struct sched_fault){.misuse = MISUSE_RACE,
                                         .other = r->other,
                                         .what = "uses what another uses",
                                         .notes = {r->mine, r->others}});
}

static void look(const void *at, size_t n, enum race_access does, const void *from)
{
    const void *place = (const char *)from - 1;
    if (!are_watched())
        return;
    fault_at_access(place);
    fault_pulse();
    bool shared = memory_check(at, n, does == RACE_READS ? "reads" : "writes") == SEEN_BY_OTHERS;
    if (!shared || now.how == ACCESSES_ALONE || sched_self() == NULL)
        return;
    const char *site = point_at(place);
    if (site != NULL)
        sched_access_point(NULL, site);
    look_for_race(at, n, does, from);
}

void accesses_read(const void *at, size_t n, const void *from)
{
    accesses_look_goes_on();
    look(at, n, RACE_READS, from);
}

void accesses_write(const void *at, size_t n, const void *from)
{
    accesses_look_goes_on();
    if (keeps)
        keep(at, n);
    look(at, n, RACE_WRITES, from);
}

/* One who waits for another by spinning lets others run now and then, as time would. */
static void count_spins(void)
{
    enum { IN_A_ROW_MOST = 64 };
    now.in_a_row = now.spins == sched_self() ? now.in_a_row + 1 : 1;
    now.spins = sched_self();
    if (now.in_a_row < IN_A_ROW_MOST)
        return;
    now.in_a_row = 0;
    sched_yield_to_others();
}

void accesses_atomic(const void *at, size_t n, enum race_access does, const void *from)
{
    const void *place = (const char *)from - 1;
    accesses_look_goes_on();
    if (keeps && does == RACE_WRITES_ATOMICALLY)
        keep(at, n);
    if (!are_watched())
        return;
    fault_at_access(place);
    fault_pulse();
    bool seen =
        memory_check(at, n, does == RACE_READS_ATOMICALLY ? "reads" : "writes") == SEEN_BY_OTHERS ||
        arena_place_of(at) == ARENA_STACKS; /* why else would it be atomic? */
    if (!seen || now.how == ACCESSES_ALONE || sched_self() == NULL)
        return;
    count_spins();
    sched_access_point(at, "an atomic operation");
    look_for_race(at, n, does, from);
    races_acquire(at);
    if (does == RACE_WRITES_ATOMICALLY)
        races_release(at);
}

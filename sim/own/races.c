/* races.c - see races.h. The last write is kept as an epoch, one task and its clock; so are the reads, until
 * two tasks have read without either being told of the other (FastTrack: Flanagan and Freund, PLDI 2009). */
#include "sim/own/races.h"

#include "sim/own/clocks.h"
#include "sim/own/held.h"
#include "sim/own/lines.h"
#include "sim/sched/arena.h"

#include <stdio.h>
#include <string.h>

/* An access. Clock 0: none. */
struct epoch {
    uint32_t clock;
    uint16_t task;
    uint8_t held; /* held.h */
    uint8_t is_atomic;
    const void *from;
};

struct reads {
    size_t count, room;
    struct epoch *each;
};

/* Of some bytes that are always used together. */
struct shadow {
    struct epoch write, read;
    struct reads *reads; /* NULL: `read` is all */
};

enum { WORD = 8 };

struct cell {
    uintptr_t word;       /* the address / WORD; 0: an empty place */
    uint8_t used;         /* which of its bytes; they are always used together, unless: */
    struct shadow *bytes; /* one for each of them */
    struct shadow all;
};

/* Part of every snapshot; a hash table. */
static struct variables {
    struct cell *cells;
    size_t count, room;
} known;

int races_include(void)
{
    return arena_include(&known, sizeof known) != 0 || clocks_include() != 0 || held_include() != 0
               ? -1
               : 0;
}

/* -- cells ------------------------------------------------------------------------------------- */

static struct cell *place_in(struct cell *cells, size_t room, uintptr_t word)
{
    size_t i = (size_t)(word * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (room - 1);
    while (cells[i].word != 0 && cells[i].word != word)
        i = (i + 1) & (room - 1);
    return &cells[i];
}

static int grow(void)
{
    size_t room = known.room == 0 ? 64 : known.room * 2;
    struct cell *cells = arena_alloc_array(room, sizeof *cells);
    if (cells == NULL)
        return -1;
    for (size_t i = 0; i < known.room; i++) {
        if (known.cells[i].word != 0)
            *place_in(cells, room, known.cells[i].word) = known.cells[i];
    }
    arena_free(known.cells);
    known.cells = cells;
    known.room = room;
    return 0;
}

static struct cell *cell_of(uintptr_t word)
{
    if (known.count * 2 >= known.room && grow() != 0)
        return NULL;
    struct cell *c = place_in(known.cells, known.room, word);
    known.count += c->word == 0;
    c->word = word;
    return c;
}

static void copy_shadow(struct shadow *to, const struct shadow *from)
{
    *to = *from;
    if (from->reads == NULL)
        return;
    to->reads = arena_alloc(sizeof *to->reads);
    struct epoch *each = arena_alloc_array(from->reads->count, sizeof *each);
    if (to->reads == NULL || each == NULL) {
        to->reads = NULL;
        return;
    }
    memcpy(each, from->reads->each, from->reads->count * sizeof *each);
    *to->reads = (struct reads){from->reads->count, from->reads->count, each};
}

static void forget_reads(struct shadow *s)
{
    if (s->reads != NULL) {
        arena_free(s->reads->each);
        arena_free(s->reads);
    }
    s->reads = NULL;
}

static int split(struct cell *c)
{
    c->bytes = arena_alloc_array(WORD, sizeof *c->bytes);
    if (c->bytes == NULL)
        return -1;
    for (int i = 0; i < WORD; i++) {
        if (c->used >> i & 1)
            copy_shadow(&c->bytes[i], &c->all);
    }
    forget_reads(&c->all);
    return 0;
}

/* -- a race ------------------------------------------------------------------------------------ */

static bool race_between(const struct epoch *before, const struct epoch *now)
{
    return before->clock != 0 && !(before->is_atomic && now->is_atomic) &&
           !clocks_knows(before->task, before->clock);
}

static const struct epoch *racing_read(const struct shadow *s, const struct epoch *now)
{
    if (s->reads == NULL)
        return race_between(&s->read, now) ? &s->read : NULL;
    for (size_t i = 0; i < s->reads->count; i++) {
        if (race_between(&s->reads->each[i], now))
            return &s->reads->each[i];
    }
    return NULL;
}

static void add_read(struct shadow *s, const struct epoch *now)
{
    struct reads *r = s->reads;
    for (size_t i = 0; i < r->count; i++) {
        if (r->each[i].task == now->task) {
            r->each[i] = *now;
            return;
        }
    }
    if (r->count == r->room) {
        size_t room = r->room == 0 ? 4 : r->room * 2;
        struct epoch *grown = arena_resize(r->each, room * sizeof *grown);
        if (grown == NULL)
            return;
        r->each = grown;
        r->room = room;
    }
    r->each[r->count++] = *now;
}

static void note_read(struct shadow *s, const struct epoch *now)
{
    bool in_order = s->read.clock == 0 || clocks_knows(s->read.task, s->read.clock);
    if (s->reads == NULL && in_order) {
        s->read = *now;
        return;
    }
    if (s->reads == NULL) {
        s->reads = arena_alloc(sizeof *s->reads);
        if (s->reads == NULL)
            return;
        add_read(s, &s->read);
    }
    add_read(s, now);
}

/* The earlier access that this one races with, or NULL. */
static const struct epoch *use(struct shadow *s, bool writes, const struct epoch *now)
{
    static struct epoch before;
    const struct epoch *race = race_between(&s->write, now) ? &s->write : NULL;
    if (race == NULL && writes)
        race = racing_read(s, now);
    if (race != NULL)
        before = *race;
    if (writes) {
        s->write = *now;
        s->read.clock = 0;
        forget_reads(s);
    } else {
        note_read(s, now);
    }
    return race != NULL ? &before : NULL;
}

static const struct epoch *use_bytes(struct cell *c, uint8_t bytes, bool writes,
                                     const struct epoch *now)
{
    const struct epoch *race = NULL;
    if (c->bytes == NULL && (c->used == 0 || c->used == bytes)) {
        c->used = bytes;
        return use(&c->all, writes, now);
    }
    if (c->bytes == NULL && split(c) != 0)
        return NULL;
    for (int i = 0; i < WORD; i++) {
        const struct epoch *r = bytes >> i & 1 ? use(&c->bytes[i], writes, now) : NULL;
        race = r != NULL ? r : race;
    }
    return race;
}

/* -- what is said of it ------------------------------------------------------------------------ */

static void describe(char *out, size_t room, const struct epoch *e, const char *does)
{
    struct strbuf text = {0};
    const struct task *t = clocks_task(e->task);
    lines_add(e->from, &text);
    strbuf_addf(&text, ": %s %s%s, ", t != NULL ? task_name(t) : "another", does,
                e->is_atomic ? " atomically" : "");
    held_describe(e->held, &text);
    snprintf(out, room, "%s", strbuf_text(&text));
    strbuf_free(&text);
}

static const struct race *report(const struct epoch *before, const struct epoch *now, size_t n,
                                 bool writes)
{
    static struct race race;
    char does[40];
    snprintf(does, sizeof does, "%s %zu byte%s", writes ? "writes" : "reads", n, n == 1 ? "" : "s");
    race.other = (struct task *)clocks_task(before->task);
    race.from = now->from;
    race.other_from = before->from;
    describe(race.mine, sizeof race.mine, now, does);
    describe(race.others, sizeof race.others, before, "used them before");
    return &race;
}

const struct race *races_access(const void *at, size_t n, enum race_access does, const void *from)
{
    bool writes = does == RACE_WRITES || does == RACE_WRITES_ATOMICALLY;
    struct epoch now = {.held = held_now(),
                        .is_atomic = does >= RACE_READS_ATOMICALLY,
                        .from = (const char *)from - 1};
    if (!clocks_now(&now.task, &now.clock))
        return NULL;
    const struct epoch *race = NULL;
    uintptr_t start = (uintptr_t)at, end = start + n;
    for (uintptr_t word = start / WORD; word * WORD < end; word++) {
        struct cell *c = cell_of(word);
        unsigned low = word * WORD < start ? (unsigned)(start - word * WORD) : 0;
        unsigned high = end - word * WORD < WORD ? (unsigned)(end - word * WORD) : WORD;
        uint8_t bytes = (uint8_t)((0xffu << low) & (0xffu >> (WORD - high)));
        const struct epoch *r = c == NULL ? NULL : use_bytes(c, bytes, writes, &now);
        race = race != NULL ? race : r;
    }
    return race == NULL ? NULL : report(race, &now, n, writes);
}

void races_forget_memory(const void *at, size_t n)
{
    uintptr_t end = ((uintptr_t)at + n + WORD - 1) / WORD;
    for (uintptr_t word = (uintptr_t)at / WORD; known.room > 0 && word < end; word++) {
        struct cell *c = place_in(known.cells, known.room, word);
        if (c->word == 0)
            continue;
        c->used = 0;
        c->bytes = NULL;
        c->all = (struct shadow){.reads = NULL};
    }
}

/* -- locks ------------------------------------------------------------------------------------- */

void races_take(const void *object, const char *site)
{
    clocks_acquire(object);
    held_take(object, site);
}

void races_get(const void *object, const char *site)
{
    clocks_acquire(object);
    held_get(object, site);
}

void races_let_go(const void *object)
{
    held_let_go(object);
    clocks_release(object);
}

void races_acquire(const void *object)
{
    clocks_acquire(object);
}

void races_release(const void *object)
{
    clocks_release(object);
}

void races_forget(const void *object)
{
    clocks_forget(object);
    held_forget(object);
}

const char *races_lock_cycle(void)
{
    return held_cycle();
}

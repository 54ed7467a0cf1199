/* view.c - see view.h. */
#include "sim/trace/view.h"

#include "sim/sched/arena.h"

#include <assert.h>
#include <string.h>

/* Makes room for one more element of an array in the arena. */
static bool grow(void **array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return true;
    size_t more = *room == 0 ? 8 : *room * 2;
    void *grown = arena_resize(*array, more * size);
    if (grown == NULL)
        return false;
    *array = grown;
    *room = more;
    return true;
}

static void add_actor(struct view *v, const struct event *e)
{
    if (!grow((void **)&v->actors, v->actor_count, &v->actor_room, sizeof *v->actors)) {
        v->limit_reached = true;
        return;
    }
    v->actors[v->actor_count++] = (struct view_actor){.name = e->text,
                                                      .pid = (int)e->value,
                                                      .pipe = NO_PIPE,
                                                      .woken_by = NOBODY,
                                                      .waits_for = NOBODY};
}

static void add_pipe(struct view *v, const struct event *e, int ends)
{
    if (!grow((void **)&v->pipes, v->pipe_count, &v->pipe_room, sizeof *v->pipes)) {
        v->limit_reached = true;
        return;
    }
    v->pipes[v->pipe_count++] = (struct view_pipe){.name = e->text,
                                                   .capacity = e->value,
                                                   .atomic = e->value2,
                                                   .readers = ends,
                                                   .writers = ends,
                                                   .feeds = NO_PIPE,
                                                   .fed_by = NO_PIPE,
                                                   .lock_owner = NOBODY};
    v->open_ends += 2 * ends;
}

/* Of a FIFO that nobody has open, only the name is left. */
static void begins_anew(struct view_pipe *p, const struct event *e)
{
    p->gone += p->used;
    p->capacity = e->value;
    p->atomic = e->value2;
    p->used = p->lost = 0;
    p->written = p->taken = 0;
    p->slot_count = 0;
    p->first_slot = 0;
}

/* Appends to bytes that are kept for a claim. */
static void keep(struct view *v, char **bytes, size_t *size, size_t *room, const struct event *e)
{
    if (e->size == 0)
        return;
    if (*size + e->size > v->keep_limit) {
        v->limit_reached = true;
        return;
    }
    if (*size + e->size > *room) {
        size_t more = (*size + e->size) * 2;
        char *grown = arena_resize(*bytes, more);
        if (grown == NULL) {
            v->limit_reached = true;
            return;
        }
        *bytes = grown;
        *room = more;
    }
    memcpy(*bytes + *size, e->text, e->size);
    *size += e->size;
}

/* -- page slots, as ringbuf/slots.c has them --------------------------------------------------- */

static void add_slot(struct view *v, struct view_pipe *p, struct view_slot slot)
{
    if (!grow((void **)&p->slots, p->slot_count, &p->slot_room, sizeof *p->slots))
        v->limit_reached = true;
    else
        p->slots[p->slot_count++] = slot;
}

static void put_in_slots(struct view *v, struct view_pipe *p, const struct event *e)
{
    enum put_how how = (enum put_how)(e->value2 & PUT_HOW);
    if (how == PUT_MERGED && p->slot_count > 0) {
        p->slots[p->slot_count - 1].length += e->value;
        return;
    }
    for (int64_t done = 0; done < e->value; done += p->page) {
        int64_t left = e->value - done;
        add_slot(v, p, (struct view_slot){e->value2 >> 8, left < p->page ? left : p->page, how});
    }
}

static void drop_first_slot(struct view_pipe *p)
{
    memmove(p->slots, p->slots + 1, --p->slot_count * sizeof *p->slots);
    p->first_slot++;
}

/* What is read of a packet empties its slot; so does what is lost of it, which is 0 if all was read. */
static void took_from_slots(struct view_pipe *p, int64_t taken, int64_t lost)
{
    for (int64_t left = taken + lost; left > 0 && p->slot_count > 0;) {
        struct view_slot *slot = &p->slots[0];
        int64_t piece = left < slot->length ? left : slot->length;
        slot->offset += piece;
        slot->length -= piece;
        left -= piece;
        if (slot->length == 0)
            drop_first_slot(p);
    }
}

int64_t view_room(const struct view_pipe *p)
{
    return p->page == 0 ? p->capacity - p->used : p->capacity / p->page - (int64_t)p->slot_count;
}

static enum view_cell cell_in_slot(const struct view_pipe *p, size_t number, int64_t at, char *byte)
{
    const struct view_slot *slot = &p->slots[number];
    uint64_t before = p->taken;
    bool last = number + 1 == p->slot_count;
    for (size_t i = 0; i < number; i++)
        before += (uint64_t)p->slots[i].length;
    if (at < slot->offset)
        return CELL_SPENT;
    if (at >= slot->offset + slot->length)
        return last && slot->how == PUT_TO_STREAM ? CELL_FREE : CELL_SPENT;
    *byte = p->cells[(before + (uint64_t)(at - slot->offset)) % (uint64_t)p->capacity];
    return CELL_BYTE;
}

enum view_cell view_cell(const struct view_pipe *p, size_t cell, char *byte)
{
    uint64_t capacity = (uint64_t)p->capacity;
    if (p->page == 0) {
        *byte = p->cells[cell];
        return (cell + capacity - p->taken % capacity) % capacity < (uint64_t)p->used ? CELL_BYTE
                                                                                      : CELL_FREE;
    }
    uint64_t page = (uint64_t)p->page, slots = capacity / page;
    size_t number = (size_t)((cell / page + slots - p->first_slot % slots) % slots);
    return number < p->slot_count ? cell_in_slot(p, number, (int64_t)(cell % page), byte)
                                  : CELL_FREE;
}

/* -- pipes ------------------------------------------------------------------------------------- */

static void put(struct view *v, struct view_pipe *p, const struct event *e)
{
    if (p->page > 0)
        put_in_slots(v, p, e);
    if (p->capacity <= VIEW_CELLS) {
        for (size_t i = 0; i < e->size; i++)
            p->cells[(p->written + i) % (uint64_t)p->capacity] = e->text[i];
    }
    p->written += e->size;
    p->used += e->value;
    if (v->keep_streams)
        keep(v, &p->stream, &p->stream_size, &p->stream_room, e);
}

static void took(struct view_pipe *p, const struct event *e)
{
    int64_t lost = e->value2 == TOOK_ACROSS ? 0 : e->value2;
    if (p->page > 0)
        took_from_slots(p, e->value, lost);
    p->taken += (uint64_t)(e->value + lost);
    p->used -= e->value + lost;
    if (p->readers == 0)
        p->lost = p->used; /* a socket reads what was there when it was shut for reading */
}

/* As ring_resize and slots_resize do it, what is oldest comes to lie at the beginning. */
static void resize(struct view_pipe *p, const struct event *e)
{
    char moved[VIEW_CELLS] = {0};
    bool known = p->capacity <= VIEW_CELLS;
    for (int64_t i = 0; known && i < p->used && i < VIEW_CELLS; i++)
        moved[i] = p->cells[(p->taken + (uint64_t)i) % (uint64_t)p->capacity];
    if (!known) /* shrunk to a size that is drawn: what is in it was not kept */
        memset(moved, '?', sizeof moved);
    memcpy(p->cells, moved, sizeof moved);
    p->capacity = e->value;
    p->atomic = e->value2;
    p->taken = 0;
    p->first_slot = 0;
    p->written = (uint64_t)p->used;
}

static void link_queues(struct view *v, const struct event *e)
{
    if (e->value < 0 || (size_t)e->value >= v->pipe_count)
        return;
    v->pipes[e->pipe].fed_by = (int)e->value;
    v->pipes[e->value].feeds = e->pipe;
}

int64_t view_in_flight(const struct view *v, const struct view_pipe *p)
{
    if (p->feeds == NO_PIPE || v->pipes[p->feeds].writers == 0)
        return 0; /* what has not arrived by then never will */
    return (int64_t)(p->taken - v->pipes[p->feeds].written);
}

static void change_ends(struct view *v, struct view_pipe *p, int readers, int writers)
{
    p->readers += readers;
    p->writers += writers;
    v->open_ends += readers + writers;
    if (readers != 0)
        p->lost = p->readers == 0 ? p->used : 0;
}

static void apply_to_pipe(struct view *v, struct view_pipe *p, const struct event *e)
{
    if (e->kind == EV_PUT)
        put(v, p, e);
    else if (e->kind == EV_TOOK)
        took(p, e);
    else if (e->kind == EV_RESIZE)
        resize(p, e);
    else if (e->kind == EV_LINK)
        link_queues(v, e);
    else if (e->kind == EV_SLOTS)
        p->page = e->value;
    else if (e->kind == EV_LOCK || (e->kind == EV_RESUME && e->site != NULL))
        p->lock_owner = e->actor;
    else if (e->kind == EV_UNLOCK || (e->kind == EV_SLEEP && e->sleep_on == ON_CONDITION))
        p->lock_owner = NOBODY;
    else if (e->kind == EV_OPEN_READER || e->kind == EV_CLOSE_READER)
        change_ends(v, p, e->kind == EV_OPEN_READER ? 1 : -1, 0);
    else if (e->kind == EV_OPEN_WRITER || e->kind == EV_CLOSE_WRITER)
        change_ends(v, p, 0, e->kind == EV_OPEN_WRITER ? 1 : -1);
}

static void set_state(struct view *v, struct view_actor *a, enum actor_state state)
{
    v->asleep += (state == ACTOR_ASLEEP) - (a->state == ACTOR_ASLEEP);
    a->state = state;
}

static void falls_idle(struct view *v, struct view_actor *a, const struct event *e)
{
    set_state(v, a, ACTOR_IDLE);
    a->sleep_on = e->sleep_on;
    a->need = e->value;
    a->woken_by = NOBODY;
}

static void falls_asleep(struct view *v, struct view_actor *a, const struct event *e)
{
    set_state(v, a, ACTOR_ASLEEP);
    a->sleep_on = e->sleep_on;
    a->pipe = e->pipe;
    a->condition = e->text;
    a->site = e->site;
    a->need = e->value;
    a->since = e->tick;
    a->woken_by = NOBODY;
    a->waits_for = e->other;
    if (e->sleep_on != ON_TIME && e->sleep_on != ON_LOCK) {
        a->slept = true;
        a->sleeps++;
    }
}

/* A call counts for its pipe as soon as it has moved bytes: it need not return. A write of the
 * script's moves bytes in, a read moves bytes out. What moves bytes from pipe to pipe is neither. */
static void moves(struct view *v, struct view_actor *a, const struct event *e)
{
    if (e->kind == EV_TOOK && e->value2 == TOOK_ACROSS)
        return;
    if (e->kind == EV_PUT && e->value2 & PUT_ACROSS) {
        a->moved += e->value;
        return;
    }
    struct view_pipe *p = &v->pipes[e->pipe];
    if (a->moved == 0)
        *(e->kind == EV_PUT ? &p->writes : &p->reads) += 1;
    a->moved += e->kind == EV_PUT ? e->value : -e->value;
}

static void apply_to_actor(struct view *v, struct view_actor *a, const struct event *e)
{
    switch (e->kind) {
    case EV_CALL:
        a->call_tick = e->value2 != 0 ? e->value2 - 1 : e->tick;
        a->in_call = true;
        a->slept = e->value2 != 0;
        a->woken_by = NOBODY;
        a->moved = 0;
        a->asked = e->value;
        a->line = e->line;
        a->pipe = e->pipe;
        break;
    case EV_RETURN:
        if (e->value2 == 0)
            a->calls++;
        a->in_call = false;
        break;
    case EV_SLEEP:
        if (e->sleep_on == ON_NETWORK)
            falls_idle(v, a, e);
        else
            falls_asleep(v, a, e);
        break;
    case EV_RESUME: set_state(v, a, ACTOR_RUNNABLE); break;
    case EV_PUT:
    case EV_TOOK: moves(v, a, e); break;
    case EV_PRINT:
        if (v->keep_output)
            keep(v, &a->output, &a->output_size, &a->output_room, e);
        break;
    case EV_EXIT:
        set_state(v, a, ACTOR_EXITED);
        a->in_call = false;
        a->status = e->value;
        break;
    default: break; /* the other kinds change nothing that is seen of an actor */
    }
}

/* -- files ------------------------------------------------------------------------------------- */

static void add_file(struct view *v, const struct event *e)
{
    if (grow((void **)&v->files, v->file_count, &v->file_room, sizeof *v->files))
        v->files[v->file_count++] = (struct view_file){.name = e->text};
    else
        v->limit_reached = true;
}

static void keep_content(struct view *v, struct view_file *f, const struct event *e, size_t end)
{
    if (end > f->content_room) {
        char *grown = end > v->keep_limit ? NULL : arena_resize(f->content, end * 2);
        if (grown == NULL) {
            v->limit_reached = true;
            return;
        }
        f->content = grown;
        f->content_room = end * 2;
    }
    if (e->value2 > f->size)
        memset(f->content + f->size, 0, (size_t)(e->value2 - f->size));
    memcpy(f->content + e->value2, e->text, e->size);
}

static void apply_to_file(struct view *v, struct view_file *f, const struct event *e)
{
    int64_t end = e->value2 + e->value;
    if (e->kind == EV_FILE_EMPTIED)
        f->size = 0;
    else if (e->kind == EV_FILE_READ)
        f->reads += e->value > 0;
    if (e->kind != EV_FILE_WRITTEN)
        return;
    if (v->keep_contents)
        keep_content(v, f, e, (size_t)end);
    f->writes += e->actor != NOBODY;
    f->size = end > f->size ? end : f->size;
}

static bool has_actor(const struct view *v, int actor)
{
    return actor >= 0 && (size_t)actor < v->actor_count;
}

void view_apply(struct view *v, const struct event *e)
{
    v->tick = e->tick;
    if (e->kind == EV_START)
        add_actor(v, e);
    else if (e->kind == EV_PIPE || (e->kind == EV_FIFO && (size_t)e->pipe == v->pipe_count))
        add_pipe(v, e, e->kind == EV_PIPE ? 1 : 0);
    else if (e->kind == EV_FIFO)
        begins_anew(&v->pipes[e->pipe], e);
    else if (e->pipe >= 0 && (size_t)e->pipe < v->pipe_count)
        apply_to_pipe(v, &v->pipes[e->pipe], e);
    if (e->kind == EV_FILE)
        add_file(v, e);
    else if (e->file > 0 && (size_t)e->file <= v->file_count)
        apply_to_file(v, &v->files[e->file - 1], e);
    if (has_actor(v, e->actor))
        apply_to_actor(v, &v->actors[e->actor], e);
    if (e->kind == EV_WAKE && has_actor(v, e->other)) {
        struct view_actor *woken = &v->actors[e->other];
        woken->woken_by = e->actor;
        set_state(v, woken, ACTOR_RUNNABLE);
    }
}

static bool named(const char *name, const char *wanted, size_t length)
{
    return strlen(name) == length && memcmp(name, wanted, length) == 0;
}

const struct view_actor *view_actor_named(const struct view *v, const char *name, size_t length)
{
    for (size_t i = 0; i < v->actor_count; i++) {
        if (named(v->actors[i].name, name, length))
            return &v->actors[i];
    }
    return NULL;
}

const struct view_pipe *view_pipe_named(const struct view *v, const char *name, size_t length)
{
    for (size_t i = 0; i < v->pipe_count; i++) {
        if (named(v->pipes[i].name, name, length))
            return &v->pipes[i];
    }
    return NULL;
}

const struct view_file *view_file_named(const struct view *v, const char *name, size_t length)
{
    for (size_t i = 0; i < v->file_count; i++) {
        if (named(v->files[i].name, name, length))
            return &v->files[i];
    }
    return NULL;
}

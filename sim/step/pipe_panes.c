/* pipe_panes.c - pipes and the holders of their ends; see panes.h. */
#include "sim/step/glance.h"

#include <inttypes.h>
#include <string.h>

/* -- who holds an end -------------------------------------------------------------------------- */

struct holders {
    const struct view *view;
    struct strbuf *out;
    int pid; /* of this process only, without its name; 0: of all */
    int count;
};

static void add_holder(void *ctx, const struct thread *holder, int fd)
{
    struct holders *h = ctx;
    const struct view_actor *a = &h->view->actors[thread_actor(holder)];
    if (h->pid != 0 && a->pid != h->pid)
        return;
    strbuf_add(h->out, h->count++ > 0 ? ", " : "");
    if (h->pid == 0)
        strbuf_addf(h->out, "%s ", a->name);
    strbuf_addf(h->out, "%d", fd);
}

static int add_holders(const struct panes *p, size_t pipe, enum pipe_end end, int pid,
                       struct strbuf *out)
{
    const struct view_pipe *queue = &walk_view(p->walk)->pipes[pipe];
    struct holders h = {walk_view(p->walk), out, pid, 0};
    if (pid == 0 && (end == READ_END ? view_network_reads(queue) : view_network_writes(queue))) {
        strbuf_add(out, "the network");
        return 1;
    }
    kernel_each_end(run_kernel(walk_run(p->walk)), (int)pipe, end, add_holder, &h);
    return h.count;
}

int glance_holders(const struct panes *p, size_t pipe, enum pipe_end end, struct strbuf *out)
{
    return add_holders(p, pipe, end, 0, out);
}

/* -- cells ------------------------------------------------------------------------------------- */

/* How a pipe is drawn in a pane of this width: columns of a cell with its border, or a bar. */
enum { WIDE_CELL = 4, NARROW_CELL = 2, TIGHT_CELL = 1, BAR = 0 };

static size_t cell_width(const struct view_pipe *pipe, size_t width)
{
    size_t cells = (size_t)pipe->capacity;
    if (pipe->page > 0 && pipe->capacity <= VIEW_CELLS && cells * NARROW_CELL + 6 > width)
        return cells + cells / (size_t)pipe->page + 6 <= width ? TIGHT_CELL : BAR;
    if (pipe->capacity > VIEW_CELLS || cells + 6 > width)
        return BAR;
    if (cells * WIDE_CELL + 6 <= width)
        return WIDE_CELL;
    return cells * NARROW_CELL + 6 <= width ? NARROW_CELL : TIGHT_CELL;
}

/* Written since the last movement; of a ring only, where a byte has its cell. */
static bool is_new(const struct panes *p, size_t number, uint64_t cell)
{
    const struct view_pipe *now = &walk_view(p->walk)->pipes[number];
    const struct view_pipe *old = glance_pipe(p, number);
    uint64_t capacity = (uint64_t)now->capacity;
    if (old == NULL || old->written >= now->written || old->capacity != now->capacity ||
        now->page > 0)
        return false;
    uint64_t from = old->written % capacity;
    return (cell + capacity - from) % capacity < now->written - old->written;
}

/* A byte in one or two columns. */
static void add_byte(struct sheet *out, enum tone tone, char c, size_t room)
{
    static const char escaped[] = "\n\t\r\0", letters[] = "ntr0";
    const char *found = memchr(escaped, c, sizeof escaped - 1);
    if (found != NULL && room > 1)
        sheet_add(out, tone, "\\%c", letters[found - escaped]);
    else if (c == ' ')
        sheet_add(out, tone, "_");
    else
        sheet_add(out, tone, "%c", c > ' ' && c < 0x7f ? c : '?');
}

static void add_cell(const struct panes *p, size_t number, size_t cell, size_t width,
                     struct sheet *out)
{
    const struct view_pipe *pipe = &walk_view(p->walk)->pipes[number];
    enum tone tone = is_new(p, number, cell) ? TONE_CHANGED : TONE_STRONG;
    size_t start = sheet_column(out);
    if (width == WIDE_CELL)
        sheet_add(out, TONE_PLAIN, " ");
    char byte = 0;
    switch (view_cell(pipe, cell, &byte)) {
    case CELL_BYTE: add_byte(out, tone, byte, width == WIDE_CELL ? 2 : 1); break;
    case CELL_SPENT: sheet_add(out, TONE_DIM, "-"); break;
    case CELL_FREE: break;
    }
    sheet_pad(out, start + (width == TIGHT_CELL ? 1 : width - 1));
}

static void add_cells(const struct panes *p, size_t number, size_t indent, size_t width,
                      enum glyphs glyphs, struct sheet *out)
{
    const struct view_pipe *pipe = &walk_view(p->walk)->pipes[number];
    const char *wall = glyphs == GLYPHS_UTF8 ? "\u2502" : "|";
    sheet_pad(out, indent);
    sheet_add(out, TONE_DIM, "%s", wall);
    for (size_t i = 0; i < (size_t)pipe->capacity; i++) {
        bool slot_ends = pipe->page == 0 || (i + 1) % (size_t)pipe->page == 0;
        add_cell(p, number, i, width, out);
        if (slot_ends && (width != TIGHT_CELL || pipe->page > 0))
            sheet_add(out, TONE_DIM, "%s", wall);
        else if (width != TIGHT_CELL)
            sheet_add(out, TONE_DIM, glyphs == GLYPHS_UTF8 ? "\u250a" : ":");
    }
    sheet_add(out, TONE_DIM, "%s", width == TIGHT_CELL && pipe->page == 0 ? wall : "");
}

/* Below the cells: where the next byte is read and written. */
static void add_marks(const struct view_pipe *pipe, struct pane_size size, struct sheet *out)
{
    size_t width = cell_width(pipe, size.width), margin = width == WIDE_CELL ? 6 : 5;
    size_t head = (size_t)(pipe->taken % (uint64_t)pipe->capacity);
    size_t tail = (size_t)(pipe->written % (uint64_t)pipe->capacity);
    const char *arrow = size.glyphs == GLYPHS_UTF8 ? "\u25b4" : "^";
    size_t first = head < tail ? head : tail, second = head < tail ? tail : head;
    sheet_pad(out, margin + first * width);
    if (head == tail) {
        sheet_add(out, TONE_DIM, width == TIGHT_CELL ? "*" : "%sRW", arrow);
    } else {
        sheet_add(out, TONE_DIM, "%s", width == WIDE_CELL ? arrow : "");
        sheet_add(out, TONE_DIM, first == head ? "R" : "W");
        sheet_pad(out, margin + second * width);
        sheet_add(out, TONE_DIM, "%s", width == WIDE_CELL ? arrow : "");
        sheet_add(out, TONE_DIM, second == head ? "R" : "W");
    }
    static const char legend[] = "R: next read, W: next write";
    if (sheet_column(out) + 3 + sizeof legend <= size.width)
        sheet_add(out, TONE_DIM, "   %s", legend);
    sheet_end_line(out);
}

/* For pipes with more cells than can be drawn. */
static void add_bar(const struct view_pipe *pipe, size_t indent, size_t room, struct sheet *out)
{
    double share = (double)pipe->used / (double)pipe->capacity;
    size_t full = (size_t)(share * (double)room);
    if (full == 0 && pipe->used > 0)
        full = 1;
    sheet_pad(out, indent);
    sheet_add(out, TONE_DIM, "[");
    for (size_t i = 0; i < room; i++)
        sheet_add(out, i < full ? TONE_STRONG : TONE_DIM, i < full ? "#" : ".");
    sheet_add(out, TONE_DIM, "]");
}

/* -- one pipe ---------------------------------------------------------------------------------- */

static bool pipe_changed(const struct panes *p, size_t number)
{
    const struct view_pipe *now = &walk_view(p->walk)->pipes[number];
    const struct view_pipe *old = glance_pipe(p, number);
    if (!glance_moved(p))
        return false;
    return old == NULL || old->written != now->written || old->taken != now->taken ||
           old->readers != now->readers || old->writers != now->writers ||
           old->capacity != now->capacity || old->lock_owner != now->lock_owner;
}

static void add_amounts(const struct view_pipe *pipe, size_t width, struct sheet *out)
{
    int64_t free = pipe->capacity - pipe->used;
    struct strbuf text = {0};
    sheet_add(out, TONE_STRONG, "%" PRId64 " of %" PRId64 " used", pipe->used, pipe->capacity);
    strbuf_addf(&text, ", %" PRId64 " free", free);
    if (view_room(pipe) == 0)
        strbuf_add(&text, ": full");
    else if (pipe->used == 0)
        strbuf_add(&text, ": empty");
    if (sheet_column(out) + text.length <= width)
        sheet_add(out, TONE_PLAIN, "%s", strbuf_text(&text));
    strbuf_free(&text);
}

/* What decides about writes is how many slots are free. */
static void add_slots(const struct view_pipe *pipe, struct pane_size size, struct sheet *out)
{
    struct strbuf text = {0};
    strbuf_addf(&text, "%zu of %" PRId64 " slots of %" PRId64 " in use; ", pipe->slot_count,
                pipe->capacity / pipe->page, pipe->page);
    if (view_room(pipe) == 0)
        strbuf_add(&text, "what fits into the last one may go in now, no other write");
    else
        strbuf_addf(&text, "up to %" PRId64 " goes in whole; -: cells of no more use", pipe->page);
    sheet_pad(out, 4);
    sheet_wrap(out, TONE_PLAIN, strbuf_text(&text), 6, size.width);
    strbuf_free(&text);
}

static void add_in_flight(const struct view *v, const struct view_pipe *pipe, struct strbuf *out)
{
    int64_t bytes = view_in_flight(v, pipe);
    if (bytes > 0)
        strbuf_addf(out, ", %" PRId64 " in flight", bytes);
}

/* What a write needs that must go in as a whole. */
static void add_atomic(const struct view_pipe *pipe, struct pane_size size, struct sheet *out)
{
    struct strbuf text = {0};
    int64_t free = pipe->capacity - pipe->used, most = free < pipe->atomic ? free : pipe->atomic;
    strbuf_addf(&text, "atomic %" PRId64 ": ", pipe->atomic);
    if (most == 0)
        strbuf_add(&text, "no write goes in now");
    else
        strbuf_addf(&text, "up to %" PRId64 " go%s in whole", most, most == 1 ? "es" : "");
    sheet_pad(out, 4);
    sheet_wrap(out, TONE_PLAIN, strbuf_text(&text), 6, size.width);
    strbuf_free(&text);
}

/* Goes on below when there is no room for so many columns more. */
static void make_room(size_t columns, size_t width, struct sheet *out)
{
    if (sheet_column(out) + columns <= width) {
        sheet_add(out, TONE_DIM, " ");
        return;
    }
    sheet_end_line_within(out, width);
    sheet_pad(out, 6);
}

/* "; on not_full: a, b": nothing when nobody is. */
static void add_sleepers(const struct view *v, size_t pipe, const char *condition, size_t width,
                         struct sheet *out)
{
    int count = 0;
    for (size_t i = 0; i < v->actor_count; i++) {
        const struct view_actor *a = &v->actors[i];
        if (a->state != ACTOR_ASLEEP || a->sleep_on != ON_CONDITION || a->pipe != (int)pipe ||
            strcmp(a->condition, condition) != 0)
            continue;
        size_t needed = strlen(a->name) + 2; /* with the space before it, and a comma */
        sheet_add(out, TONE_DIM, "%s", count > 0 ? "," : ";");
        make_room(count > 0 ? needed : needed + strlen("on : ") + strlen(condition), width, out);
        if (count++ == 0)
            sheet_add(out, TONE_DIM, "on %s: ", condition);
        sheet_add(out, TONE_ASLEEP, "%s", a->name);
    }
}

static void add_lock(const struct view *v, size_t pipe, size_t width, struct sheet *out)
{
    int owner = v->pipes[pipe].lock_owner;
    sheet_pad(out, 4);
    sheet_add(out, TONE_DIM, owner == NOBODY ? "lock free" : "lock held by ");
    if (owner != NOBODY)
        sheet_add(out, TONE_AWAKE, "%s", v->actors[owner].name);
    if (view_in_flight(v, &v->pipes[pipe]) > 0)
        sheet_add(out, TONE_STRONG, "; %" PRId64 " in flight", view_in_flight(v, &v->pipes[pipe]));
    size_t before = out->text.length;
    add_sleepers(v, pipe, "not_empty", width, out);
    add_sleepers(v, pipe, "not_full", width, out);
    if (out->text.length == before && sheet_column(out) + 15 <= width)
        sheet_add(out, TONE_DIM, "; nobody asleep");
    sheet_end_line_within(out, width);
}

/* "read: server 0   write: client 1, server 1", on one line if it fits. */
static void add_ends(const struct panes *p, size_t pipe, size_t width, struct sheet *out)
{
    struct strbuf readers = {0}, writers = {0};
    bool read = glance_holders(p, pipe, READ_END, &readers) > 0;
    add_in_flight(walk_view(p->walk), &walk_view(p->walk)->pipes[pipe], &readers);
    bool written = glance_holders(p, pipe, WRITE_END, &writers) > 0;
    const char *reads = read ? strbuf_text(&readers) : "nobody";
    const char *writes = written ? strbuf_text(&writers) : "nobody";
    bool together = 4 + 6 + strlen(reads) + 3 + 7 + strlen(writes) <= width;
    sheet_add(out, TONE_DIM, "    read: ");
    if (together)
        sheet_add(out, read ? TONE_PLAIN : TONE_WRONG, "%s   ", reads);
    else
        sheet_wrap(out, read ? TONE_PLAIN : TONE_WRONG, reads, 6, width);
    sheet_add(out, TONE_DIM, together ? "write: " : "    write: ");
    sheet_wrap(out, written ? TONE_PLAIN : TONE_WRONG, writes, 6, width);
    strbuf_free(&readers);
    strbuf_free(&writers);
}

static void add_name(const struct panes *p, size_t number, size_t most, struct sheet *out)
{
    bool changed = pipe_changed(p, number);
    sheet_add(out, TONE_CHANGED, changed ? "> " : "  ");
    sheet_add_name(out, changed ? TONE_CHANGED : TONE_STRONG,
                   walk_view(p->walk)->pipes[number].name, most);
    sheet_add(out, TONE_PLAIN, "  ");
}

/* Six lines or more. */
static void add_at_large(const struct panes *p, size_t number, struct pane_size size,
                         struct sheet *out)
{
    const struct view_pipe *pipe = &walk_view(p->walk)->pipes[number];
    size_t cell = cell_width(pipe, size.width);
    add_name(p, number, size.width / 3, out);
    add_amounts(pipe, size.width, out);
    sheet_end_line_within(out, size.width);
    if (cell == BAR) {
        add_bar(pipe, 4, size.width - 12, out);
        sheet_end_line(out);
    } else {
        add_cells(p, number, 4, cell, size.glyphs, out);
        sheet_end_line(out);
        if (pipe->page == 0)
            add_marks(pipe, size, out);
    }
    if (pipe->page > 0)
        add_slots(pipe, size, out);
    else
        add_atomic(pipe, size, out);
}

/* One line. */
static void add_in_short(const struct panes *p, size_t number, struct pane_size size,
                         struct sheet *out)
{
    enum { SHORT_BAR = 8, SHORT_CELLS = 16, SHORT_NAME = 8, LINKED_NAME = 16 };
    const struct view_pipe *pipe = &walk_view(p->walk)->pipes[number];
    bool linked = pipe->feeds != NO_PIPE || pipe->fed_by != NO_PIPE; /* alike at both ends */
    add_name(p, number, linked ? LINKED_NAME : SHORT_NAME, out);
    size_t column = sheet_column(out);
    if (pipe->capacity <= SHORT_CELLS)
        add_cells(p, number, column, TIGHT_CELL, size.glyphs, out);
    else
        add_bar(pipe, column, SHORT_BAR, out);
    sheet_add(out, TONE_PLAIN, "  ");
    add_amounts(pipe, size.width, out);
    sheet_end_line_within(out, size.width);
}

/* How much is said of each pipe: as much as there is room for. Pipes that are gone, with all their
 * ends closed, are left out before others are. */
enum detail { DETAIL_FULL, DETAIL_SHORT, DETAIL_LEAST };

static void add_pipe(const struct panes *p, size_t number, struct pane_size size,
                     enum ends_shown ends, enum detail detail, struct sheet *out)
{
    const struct view *v = walk_view(p->walk);
    const struct note *n = glance_note(p);
    if (n != NULL && n->pipe == (int)number)
        out->focus = out->line_count;
    if (detail == DETAIL_FULL)
        add_at_large(p, number, size, out);
    else
        add_in_short(p, number, size, out);
    if (ends == ENDS_FOLDED)
        add_ends(p, number, size.width, out);
    if (detail != DETAIL_LEAST)
        add_lock(v, number, size.width, out);
}

void pane_pipes(struct panes *p, struct pane_size size, enum ends_shown ends, struct sheet *out)
{
    const struct view *v = walk_view(p->walk);
    for (enum detail detail = DETAIL_FULL; detail <= DETAIL_LEAST; detail++) {
        sheet_clear(out);
        for (size_t i = 0; i < v->pipe_count; i++) {
            bool gone = v->pipes[i].readers == 0 && v->pipes[i].writers == 0;
            if (!gone || detail != DETAIL_LEAST)
                add_pipe(p, i, size, ends, detail, out);
        }
        if (out->line_count <= size.height)
            break;
    }
    if (v->pipe_count == 0) {
        sheet_add(out, TONE_DIM, "  there is no pipe yet");
        sheet_end_line(out);
    }
}

/* -- descriptors ------------------------------------------------------------------------------- */

enum { END_COLUMNS = 7 };

/* A thread shares the descriptors of its process: it gets no row of its own. */
static bool first_of_process(const struct view *v, size_t actor)
{
    for (size_t i = 0; i < actor; i++) {
        if (v->actors[i].pid == v->actors[actor].pid)
            return false;
    }
    return true;
}

static void add_heads(const struct view *v, size_t names, struct sheet *out)
{
    sheet_pad(out, names);
    for (size_t i = 0; i < v->pipe_count; i++) {
        sheet_add(out, TONE_STRONG, "%.*s", 2 * END_COLUMNS - 1, v->pipes[i].name);
        sheet_pad(out, names + (i + 1) * 2 * (size_t)END_COLUMNS);
    }
    sheet_end_line(out);
    sheet_pad(out, names);
    for (size_t i = 0; i < v->pipe_count * 2; i++) {
        sheet_add(out, TONE_DIM, i % 2 == 0 ? "read" : "write");
        sheet_pad(out, names + (i + 1) * (size_t)END_COLUMNS);
    }
    sheet_end_line(out);
}

static void add_row(const struct panes *p, size_t actor, size_t names, struct sheet *out)
{
    const struct view *v = walk_view(p->walk);
    sheet_add(out, TONE_STRONG, "  %.*s", (int)names - 3, v->actors[actor].name);
    sheet_pad(out, names);
    for (size_t i = 0; i < v->pipe_count * 2; i++) {
        struct strbuf fds = {0};
        size_t start = sheet_column(out);
        int count =
            add_holders(p, i / 2, i % 2 == 0 ? READ_END : WRITE_END, v->actors[actor].pid, &fds);
        sheet_add(out, count == 0 ? TONE_DIM : TONE_PLAIN, "%.*s", END_COLUMNS - 1,
                  count == 0 ? "-" : strbuf_text(&fds));
        sheet_pad(out, start + END_COLUMNS);
        strbuf_free(&fds);
    }
    sheet_end_line(out);
}

static void add_counts(const struct view *v, size_t names, struct sheet *out)
{
    sheet_add(out, TONE_DIM, "  open");
    sheet_pad(out, names);
    for (size_t i = 0; i < v->pipe_count * 2; i++) {
        const struct view_pipe *pipe = &v->pipes[i / 2];
        int64_t open = i % 2 == 0 ? pipe->readers : pipe->writers;
        size_t start = sheet_column(out);
        sheet_add(out, open == 0 ? TONE_WRONG : TONE_DIM, "%" PRId64, open);
        sheet_pad(out, start + END_COLUMNS);
    }
    sheet_end_line(out);
}

static void list_ends(const struct panes *p, struct pane_size size, struct sheet *out)
{
    const struct view *v = walk_view(p->walk);
    for (size_t i = 0; i < v->pipe_count; i++) {
        sheet_add(out, TONE_STRONG, "  %s", v->pipes[i].name);
        sheet_end_line(out);
        add_ends(p, i, size.width, out);
    }
}

void pane_descriptors(struct panes *p, struct pane_size size, struct sheet *out)
{
    const struct view *v = walk_view(p->walk);
    size_t names = 8;
    for (size_t i = 0; i < v->actor_count; i++) {
        size_t n = strlen(v->actors[i].name) + 4;
        names = n > names ? n : names;
    }
    if (v->pipe_count == 0) {
        sheet_add(out, TONE_DIM, "  there is no pipe yet");
        sheet_end_line(out);
        return;
    }
    if (names + v->pipe_count * 2 * END_COLUMNS > size.width) {
        list_ends(p, size, out);
        return;
    }
    add_heads(v, names, out);
    for (size_t i = 0; i < v->actor_count; i++) {
        if (first_of_process(v, i) && v->actors[i].state != ACTOR_EXITED)
            add_row(p, i, names, out);
    }
    add_counts(v, names, out);
}

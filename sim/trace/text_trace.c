/* text_trace.c - see text_trace.h. */
#include "sim/trace/text_trace.h"

#include "sim/trace/abi.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { CALL_WIDTH = 32, LOCK_WIDTH = 44, BAR_CELLS = 16, TICK_WIDTH = 5, LEAST_NAME_WIDTH = 7 };

/* What is kept of an actor between its events. */
struct text_actor {
    struct strbuf call;     /* as it was entered */
    struct strbuf wakes;    /* names of those it has woken since its last line */
    struct strbuf file;     /* "data: 3 bytes at 0", once its call has moved them */
    struct strbuf woken_by; /* "consumer's read", once it was woken */
    bool continued;         /* a line of this call has been written: the next begins with ... */
};

#define YELLOW "\033[33m"
#define GREEN  "\033[32m"
#define RED    "\033[1;31m"
#define DIM    "\033[2m"
#define NORMAL "\033[0m"

static void color(struct text_trace *t, const char *code)
{
    if (t->color == TEXT_COLORED)
        strbuf_add(&t->line, code);
}

static struct text_actor *actor_of(struct text_trace *t, int actor)
{
    size_t wanted = (size_t)actor + 1;
    if (wanted > t->actor_room) {
        size_t room = wanted < 16 ? 16 : wanted * 2;
        struct text_actor *grown = realloc(t->actors, room * sizeof *grown);
        if (grown == NULL)
            return NULL;
        memset(grown + t->actor_room, 0, (room - t->actor_room) * sizeof *grown);
        t->actors = grown;
        t->actor_room = room;
    }
    return &t->actors[actor];
}

/* -- a pipe as a picture ----------------------------------------------------------------------- */

static char shown(char c)
{
    if (c == ' ')
        return '_';
    return c > ' ' && c < 0x7f ? c : '.';
}

/* Slots are told apart by a bar, and cells that are of no use by a dash. */
static void add_cells(struct strbuf *s, const struct view_pipe *p)
{
    char byte = 0;
    for (size_t i = 0; i < (size_t)p->capacity; i++) {
        if (p->page > 0 && i > 0 && i % (size_t)p->page == 0)
            strbuf_add_char(s, '|');
        switch (view_cell(p, i, &byte)) {
        case CELL_FREE: strbuf_add_char(s, ' '); break;
        case CELL_BYTE: strbuf_add_char(s, shown(byte)); break;
        case CELL_SPENT: strbuf_add_char(s, '-'); break;
        }
    }
}

static void add_bar(struct strbuf *s, const struct view_pipe *p)
{
    char bar[BAR_CELLS];
    int64_t taken = p->page > 0 ? (int64_t)p->slot_count * p->page : p->used;
    int64_t full = taken * BAR_CELLS / p->capacity;
    if (full == 0 && p->used > 0)
        full = 1;
    memset(bar, ' ', sizeof bar);
    memset(bar, '#', (size_t)full);
    strbuf_add_bytes(s, bar, sizeof bar);
}

void text_add_pipe_picture(struct strbuf *s, const struct view_pipe *p)
{
    strbuf_add(s, p->name);
    strbuf_add_char(s, '[');
    if (p->capacity <= VIEW_CELLS)
        add_cells(s, p);
    else
        add_bar(s, p);
    strbuf_add_char(s, ']');
}

/* -- lines ------------------------------------------------------------------------------------- */

static void write_line(struct text_trace *t)
{
    while (t->line.length > 0 && t->line.bytes[t->line.length - 1] == ' ')
        t->line.length--;
    strbuf_add_char(&t->line, '\n');
    t->out.write(t->out.ctx, strbuf_text(&t->line), t->line.length);
    strbuf_clear(&t->line);
}

static size_t call_width(const struct text_trace *t)
{
    return t->depth == DEPTH_LOCKS ? LOCK_WIDTH : CALL_WIDTH;
}

static void write_header(struct text_trace *t)
{
    if (t->header_written)
        return;
    t->header_written = true;
    color(t, DIM);
    strbuf_add(&t->line, " tick  process");
    strbuf_pad(&t->line, 0, TICK_WIDTH + 2 + t->name_width + 2 + (t->color ? strlen(DIM) : 0));
    strbuf_add(&t->line, "call");
    strbuf_pad(&t->line, 0,
               TICK_WIDTH + 2 + t->name_width + 2 + call_width(t) + 2 +
                   (t->color ? strlen(DIM) : 0));
    strbuf_add(&t->line, "what happens");
    color(t, NORMAL);
    write_line(t);
}

/* tick, process; what follows is the call. */
static void begin_line(struct text_trace *t, const struct event *e, const struct view *v)
{
    write_header(t);
    strbuf_add_int_right(&t->line, e->tick, TICK_WIDTH);
    strbuf_add(&t->line, "  ");
    size_t start = t->line.length;
    strbuf_add(&t->line, e->actor >= 0 ? v->actors[e->actor].name : "-");
    strbuf_pad(&t->line, start, t->name_width);
    strbuf_add(&t->line, "  ");
}

static void end_call_column(struct text_trace *t, size_t start)
{
    strbuf_pad(&t->line, start, call_width(t));
    strbuf_add(&t->line, "  ");
}

static void add_pipe(struct text_trace *t, int pipe, const struct view *v)
{
    if (pipe < 0 || (size_t)pipe >= v->pipe_count)
        return;
    text_add_pipe_picture(&t->line, &v->pipes[pipe]);
    strbuf_add_char(&t->line, ' ');
}

/* -- notes: why, and who ----------------------------------------------------------------------- */

static void add_plural(struct strbuf *s, int64_t n, const char *what)
{
    strbuf_add_int(s, n);
    strbuf_add_char(s, ' ');
    strbuf_add(s, what);
    strbuf_add(s, n == 1 ? "" : "s");
}

static void note_condition(struct text_trace *t, const struct view *v, const struct view_actor *a)
{
    const struct view_pipe *p = &v->pipes[a->pipe];
    int64_t left = a->asked - a->moved;
    strbuf_addf(&t->line, "asleep on %s: ", a->condition);
    if (strcmp(a->condition, "not_empty") == 0) {
        add_plural(&t->line, p->writers, "write end");
        strbuf_add(&t->line, " open");
    } else if (p->page > 0) {
        if (left > 0)
            strbuf_addf(&t->line, "%" PRId64 " left, ", left);
        strbuf_add(&t->line, "no slot free");
    } else if (a->need > 1) {
        strbuf_addf(&t->line, "needs %" PRId64 " together, %" PRId64 " free", a->need,
                    p->capacity - p->used);
    } else {
        strbuf_addf(&t->line, "%" PRId64 " left, %" PRId64 " free", left, p->capacity - p->used);
    }
}

/* What an actor that has just fallen asleep waits for. */
static void note_sleep(struct text_trace *t, const struct event *e, const struct view *v)
{
    const struct view_actor *a = &v->actors[e->actor];
    const char *other = e->other >= 0 ? v->actors[e->other].name : NULL;
    color(t, YELLOW);
    switch (e->sleep_on) {
    case ON_CONDITION:
        if (a->pipe >= 0)
            note_condition(t, v, a);
        break;
    case ON_LOCK:
        strbuf_addf(&t->line, "asleep: the lock is held by %s", other != NULL ? other : "another");
        break;
    case ON_SLEEP: strbuf_addf(&t->line, "asleep until tick %" PRId64, e->value); break;
    case ON_WAIT:
        if (other != NULL)
            strbuf_addf(&t->line, "asleep: %s has not exited", other);
        else
            strbuf_add(&t->line, "asleep: no child has exited");
        break;
    case ON_JOIN: strbuf_addf(&t->line, "asleep: %s has not ended", other); break;
    case ON_POLL:
        strbuf_add(&t->line, "asleep: none is ready");
        if (e->value >= 0)
            strbuf_addf(&t->line, ", until tick %" PRId64, e->value);
        break;
    case ON_PAUSE: strbuf_add(&t->line, "asleep until a signal comes"); break;
    case ON_ACCEPT: strbuf_add(&t->line, "asleep: nobody has connected"); break;
    case ON_CONNECT:
        strbuf_add(&t->line, other != NULL ? "asleep: the other host has not answered"
                                           : "asleep: the queue of the listening socket is full");
        break;
    case ON_OPEN: strbuf_add(&t->line, "asleep: nobody has opened the other side"); break;
    case ON_NETWORK:
    case ON_TIME:
    case ON_NOTHING: break;
    }
    color(t, NORMAL);
}

static void note_wakes(struct text_trace *t, struct text_actor *mine, bool more)
{
    if (mine->wakes.length == 0)
        return;
    strbuf_add(&t->line, more ? ", " : "");
    color(t, GREEN);
    strbuf_addf(&t->line, "wakes %s", strbuf_text(&mine->wakes));
    color(t, NORMAL);
    strbuf_clear(&mine->wakes);
}

static bool is_call(const struct text_actor *mine, const char *name)
{
    size_t n = strlen(name);
    return mine->call.length > n && memcmp(mine->call.bytes, name, n) == 0 &&
           mine->call.bytes[n] == '(';
}

static void note_ends(struct text_trace *t, const struct view_pipe *p)
{
    add_plural(&t->line, p->readers, "read end");
    strbuf_add(&t->line, " and ");
    add_plural(&t->line, p->writers, "write end");
    strbuf_add(&t->line, " left");
}

/* A queue of a socket has no PIPE_BUF; a pipe gives end of file too early only if it has a mistake. */
static void note_end_of_file(struct text_trace *t, const struct view_pipe *p)
{
    if (p->writers == 0)
        strbuf_add(&t->line, "no write end is open");
    else if (p->atomic <= 1)
        strbuf_add(&t->line, "it was shut for reading");
    else
        strbuf_addf(&t->line, "although %" PRId64 " write end%s open", p->writers,
                    p->writers == 1 ? " is" : "s are");
}

/* The result needs a word: an error, end of file, a short count, a close. */
static bool note_result(struct text_trace *t, const struct event *e, const struct view *v,
                        const struct text_actor *mine)
{
    const struct view_actor *a = &v->actors[e->actor];
    const struct view_pipe *p = e->pipe >= 0 ? &v->pipes[e->pipe] : NULL;
    if (p == NULL)
        return false;
    bool reads = call_way_of(strbuf_text(&mine->call)) == CALL_READS;
    bool writes = call_way_of(strbuf_text(&mine->call)) == CALL_WRITES;
    bool closes = is_call(mine, "close") || is_call(mine, "shutdown");
    if (reads && e->value == 0 && a->asked > 0)
        note_end_of_file(t, p);
    else if (writes && e->value >= 0 && e->value < a->asked)
        strbuf_addf(&t->line, "%" PRId64 " of %" PRId64 "%s", e->value, a->asked,
                    p->readers == 0 ? ", no read end is open" : "");
    else if (writes && a->asked > 0 && p->readers == 0)
        strbuf_add(&t->line, "no read end is open");
    else if (closes && e->value == 0)
        note_ends(t, p);
    else
        return false;
    return true;
}

static void note_used(struct text_trace *t, const struct view_pipe *p)
{
    strbuf_add(&t->line, "used ");
    strbuf_add_int(&t->line, p->used);
    strbuf_add(&t->line, " of ");
    strbuf_add_int(&t->line, p->capacity);
    if (p->page > 0)
        strbuf_addf(&t->line, ", %zu of %" PRId64 " slots", p->slot_count, p->capacity / p->page);
}

static bool note_slept(struct text_trace *t, const struct event *e, const struct view *v,
                       struct text_actor *mine)
{
    const struct view_actor *a = &v->actors[e->actor];
    if (!a->slept)
        return false;
    strbuf_add(&t->line, "slept");
    if (e->tick > a->call_tick) {
        strbuf_add_char(&t->line, ' ');
        add_plural(&t->line, e->tick - a->call_tick, "tick");
    }
    if (mine->woken_by.length > 0)
        strbuf_addf(&t->line, ", woken by %s", strbuf_text(&mine->woken_by));
    return true;
}

/* -- events ------------------------------------------------------------------------------------ */

static void begin_call(struct text_trace *t, const struct event *e, const struct view *v,
                       struct text_actor *mine)
{
    strbuf_clear(&mine->call);
    strbuf_clear(&mine->wakes);
    strbuf_clear(&mine->woken_by);
    strbuf_clear(&mine->file);
    strbuf_add_bytes(&mine->call, e->text, e->size);
    mine->continued = false;
    if (t->depth == DEPTH_CALLS)
        return;
    begin_line(t, e, v);
    size_t start = t->line.length;
    strbuf_add(&t->line, strbuf_text(&mine->call));
    end_call_column(t, start);
    add_pipe(t, e->pipe, v);
    write_line(t);
}

/* What a call did in a file, for the line of its result. */
static void note_file(struct text_trace *t, const struct event *e, const struct view *v,
                      struct text_actor *mine)
{
    const struct view_file *f = &v->files[e->file - 1];
    (void)t;
    if (mine == NULL)
        return;
    strbuf_clear(&mine->file);
    strbuf_addf(&mine->file, "%s: %" PRId64 " byte%s at %" PRId64 " of %" PRId64, f->name, e->value,
                e->value == 1 ? "" : "s", e->value2, f->size);
}

static void add_call(struct text_trace *t, const struct text_actor *mine)
{
    if (mine->continued && t->depth == DEPTH_CALLS)
        strbuf_add(&t->line, "... ");
    if (t->depth == DEPTH_CALLS)
        strbuf_add(&t->line, strbuf_text(&mine->call));
    else
        strbuf_add(&t->line, " ");
}

static void end_call(struct text_trace *t, const struct event *e, const struct view *v,
                     struct text_actor *mine)
{
    if (is_call(mine, "sleep") && t->depth == DEPTH_CALLS && mine->continued && e->value == 0)
        return; /* one line says it all */
    if (e->value2 == 2)
        return; /* the line of its end says so */
    begin_line(t, e, v);
    size_t start = t->line.length;
    add_call(t, mine);
    strbuf_add(&t->line, " = ");
    strbuf_add_bytes(&t->line, e->text, e->size);
    end_call_column(t, start);
    add_pipe(t, e->pipe, v);
    bool noted = note_slept(t, e, v, mine);
    size_t before = t->line.length;
    if (noted)
        strbuf_add(&t->line, "; ");
    if (note_result(t, e, v, mine))
        noted = true;
    else if (noted)
        t->line.length = before;
    if (mine->file.length > 0)
        strbuf_add(&t->line, strbuf_text(&mine->file));
    if (mine->wakes.length == 0 && !noted && e->pipe >= 0)
        note_used(t, &v->pipes[e->pipe]);
    note_wakes(t, mine, noted);
    write_line(t);
    mine->continued = false;
}

/* "ringbuf/pipe.c:88 pthread_mutex_lock(&p->lock)": the operation in the call's column, and where.
 */
static void add_site(struct text_trace *t, const char *site)
{
    size_t start = t->line.length;
    size_t place = strcspn(site, " ");
    strbuf_add(&t->line, "    ");
    strbuf_add(&t->line, site[place] == ' ' ? site + place + 1 : site);
    end_call_column(t, start);
    strbuf_add_bytes(&t->line, site, place);
    strbuf_add(&t->line, "  ");
}

/* What it does that makes no call: a thread that the pipe itself has made, or a process at its end, which
 * closes what it had open. */
static void add_no_call(struct text_trace *t, const struct event *e)
{
    const char *operation = e->site == NULL ? "" : e->site + strcspn(e->site, " ");
    operation += *operation == ' ';
    if (*operation != '\0')
        strbuf_add_bytes(&t->line, operation, strcspn(operation, "("));
    else
        strbuf_add(&t->line, "exits");
}

static void falls_asleep(struct text_trace *t, const struct event *e, const struct view *v,
                         struct text_actor *mine)
{
    if (e->sleep_on == ON_TIME || e->sleep_on == ON_NETWORK ||
        (e->sleep_on == ON_LOCK && t->depth != DEPTH_LOCKS))
        return;
    bool in_call = v->actors[e->actor].in_call;
    strbuf_clear(&mine->woken_by);
    begin_line(t, e, v);
    if (e->site != NULL && t->depth == DEPTH_LOCKS) {
        add_site(t, e->site);
        write_line(t);
        begin_line(t, e, v);
    }
    size_t start = t->line.length;
    if (t->depth == DEPTH_CALLS) {
        if (in_call)
            add_call(t, mine);
        else
            add_no_call(t, e);
        strbuf_add(&t->line, e->sleep_on == ON_SLEEP ? "" : " ...");
    } else {
        strbuf_add(&t->line, "    falls asleep");
    }
    end_call_column(t, start);
    add_pipe(t, e->pipe, v);
    note_sleep(t, e, v);
    note_wakes(t, mine, true);
    write_line(t);
    mine->continued = in_call;
}

/* "consumer's read" */
static void remember_waker(struct text_trace *t, const struct event *e, const struct view *v)
{
    struct text_actor *woken = actor_of(t, e->other);
    struct text_actor *waker = e->actor >= 0 ? actor_of(t, e->actor) : NULL;
    if (woken == NULL)
        return;
    strbuf_clear(&woken->woken_by);
    if (waker == NULL) {
        strbuf_add(&woken->woken_by, "the clock");
        return;
    }
    const struct view_actor *a = &v->actors[e->actor];
    size_t n = waker->call.length == 0 ? 0 : strcspn(waker->call.bytes, "(");
    if (v->actors[e->other].pid < 0)
        return;
    strbuf_add(&woken->woken_by, a->pid == VIEW_NETWORK ? "the " : "");
    strbuf_add(&woken->woken_by, a->name);
    strbuf_add(&woken->woken_by, a->pid < 0 ? "" : "'s ");
    if (a->pid < 0)
        ;
    else if (a->in_call)
        strbuf_add_bytes(&woken->woken_by, waker->call.bytes, n);
    else
        strbuf_add(&woken->woken_by, "end");
    if (waker->wakes.length > 0)
        strbuf_add(&waker->wakes, ", ");
    strbuf_add(&waker->wakes, v->actors[e->other].name);
}

static void inside(struct text_trace *t, const struct event *e, const struct view *v,
                   const char *what)
{
    begin_line(t, e, v);
    size_t start = t->line.length;
    strbuf_add(&t->line, "    ");
    strbuf_add(&t->line, what);
    end_call_column(t, start);
    add_pipe(t, e->pipe, v);
    write_line(t);
}

static void wakes(struct text_trace *t, const struct event *e, const struct view *v)
{
    remember_waker(t, e, v);
    if (t->depth == DEPTH_CALLS || e->actor < 0 || v->actors[e->other].pid < 0)
        return;
    struct strbuf what = {0};
    strbuf_addf(&what, "wakes %s", v->actors[e->other].name);
    inside(t, e, v, strbuf_text(&what));
    strbuf_free(&what);
    strbuf_clear(&actor_of(t, e->actor)->wakes);
}

static const char *put_note(const struct view *v, const struct event *e)
{
    int64_t page = v->pipes[e->pipe].page;
    switch ((enum put_how)(e->value2 & PUT_HOW)) {
    case PUT_MERGED: return ": merged";
    case PUT_TO_PACKETS: return e->value > page ? ": packets" : ": a packet";
    case PUT_TO_STREAM:
        if (page == 0)
            return "";
        return e->value > page ? ": new slots" : ": a new slot";
    case PUT_TO_COPY: return ": a copy";
    case PUT_HOW:
    case PUT_ACROSS: break;
    }
    return "";
}

/* Lines of depth queue, for what changes a pipe. */
static void inside_pipe(struct text_trace *t, const struct event *e, const struct view *v)
{
    struct strbuf what = {0};
    if (e->actor < 0)
        return; /* before time 0 */
    switch (e->kind) {
    case EV_PUT:
        strbuf_add(&what, "puts ");
        add_plural(&what, e->value, "byte");
        strbuf_add(&what, put_note(v, e));
        break;
    case EV_TOOK:
        strbuf_add(&what, "takes ");
        add_plural(&what, e->value, "byte");
        if (e->value2 > 0)
            strbuf_addf(&what, "; %" PRId64 " of the packet are lost", e->value2);
        break;
    case EV_OPEN_READER:
        strbuf_addf(&what, "opens a read end: %" PRId64 " now", v->pipes[e->pipe].readers);
        break;
    case EV_OPEN_WRITER:
        strbuf_addf(&what, "opens a write end: %" PRId64 " now", v->pipes[e->pipe].writers);
        break;
    case EV_CLOSE_READER:
        strbuf_addf(&what, "closes a read end: %" PRId64 " left", v->pipes[e->pipe].readers);
        break;
    case EV_CLOSE_WRITER:
        strbuf_addf(&what, "closes a write end: %" PRId64 " left", v->pipes[e->pipe].writers);
        break;
    case EV_RESIZE: strbuf_addf(&what, "capacity is now %" PRId64, e->value); break;
    default: break;
    }
    inside(t, e, v, strbuf_text(&what));
    strbuf_free(&what);
}

static void resumes(struct text_trace *t, const struct event *e, const struct view *v)
{
    const struct view_actor *a = &v->actors[e->actor];
    if (t->depth != DEPTH_CALLS && a->sleep_on != ON_TIME && a->in_call)
        inside(t, e, v, "runs again");
}

static void lock_line(struct text_trace *t, const struct event *e, const struct view *v)
{
    if (t->depth != DEPTH_LOCKS)
        return;
    begin_line(t, e, v);
    add_site(t, e->site);
    if (e->kind == EV_NOTIFY && e->value == 0)
        strbuf_add(&t->line, "wakes nobody");
    write_line(t);
}

/* When it arrives, or does not; that it leaves is for those who want to see more. */
static void segment_line(struct text_trace *t, const struct event *e, const struct view *v,
                         struct text_actor *mine)
{
    if (e->kind == EV_SENT && t->depth == DEPTH_CALLS) {
        strbuf_clear(&mine->wakes); /* their lines say by whom they were woken */
        return;
    }
    begin_line(t, e, v);
    size_t start = t->line.length;
    strbuf_add_bytes(&t->line, e->text, e->size);
    end_call_column(t, start);
    add_pipe(t, e->pipe, v);
    if (e->kind == EV_SENT)
        strbuf_addf(&t->line, "leaves, to arrive at tick %" PRId64, e->value);
    else if (e->kind == EV_ARRIVED)
        strbuf_addf(&t->line, "left at tick %" PRId64, e->value);
    else
        strbuf_add(&t->line,
                   e->value == LOST_NO_ROOM ? "dropped: the queue of the listening socket is full"
                   : e->value == LOST_BEFORE_ITS_TURN ? "thrown away: bytes before it are missing"
                                                      : "lost");
    if (e->kind == EV_ARRIVED && memcmp(e->text, "ACK", 3) == 0 && e->value2 >= 0)
        strbuf_addf(&t->line, ", window %" PRId64, e->value2);
    note_wakes(t, mine, true);
    write_line(t);
}

static void exits(struct text_trace *t, const struct event *e, const struct view *v,
                  struct text_actor *mine)
{
    if (v->actors[e->actor].pid < 0)
        return; /* the network, when all is over */
    begin_line(t, e, v);
    size_t start = t->line.length;
    if (e->value < 0)
        strbuf_addf(&t->line, "killed by %s", signal_name((int)-e->value));
    else if (e->value2 != 0)
        strbuf_add(&t->line, "ends");
    else
        strbuf_addf(&t->line, "exits with %" PRId64, e->value);
    end_call_column(t, start);
    if (e->value < 0 && mine->call.length > 0)
        strbuf_addf(&t->line, "in %s", strbuf_text(&mine->call));
    note_wakes(t, mine, e->value < 0 && mine->call.length > 0);
    write_line(t);
}

static void prints(struct text_trace *t, const struct event *e, const struct view *v)
{
    begin_line(t, e, v);
    strbuf_add(&t->line, "prints ");
    strbuf_add_quoted(&t->line, e->text, e->size, 60);
    write_line(t);
}

static void handles(struct text_trace *t, const struct event *e, const struct view *v)
{
    begin_line(t, e, v);
    strbuf_addf(&t->line, "%s: handler %.*s runs", signal_name((int)e->value), (int)e->size,
                e->text);
    write_line(t);
}

static void fails(struct text_trace *t, const struct event *e, const struct view *v)
{
    begin_line(t, e, v);
    color(t, RED);
    strbuf_addf(&t->line, "FAILED line %d: ", e->line);
    strbuf_add_as_line(&t->line, e->text, e->size);
    color(t, NORMAL);
    write_line(t);
}

static void on_event(void *ctx, const struct event *e, const struct view *v)
{
    struct text_trace *t = ctx;
    struct text_actor *mine = e->actor >= 0 ? actor_of(t, e->actor) : NULL;
    if (e->actor >= 0 && mine == NULL)
        return;
    switch (e->kind) {
    case EV_CALL: begin_call(t, e, v, mine); break;
    case EV_RETURN: end_call(t, e, v, mine); break;
    case EV_SLEEP: falls_asleep(t, e, v, mine); break;
    case EV_WAKE: wakes(t, e, v); break;
    case EV_RESUME: resumes(t, e, v); break;
    case EV_PUT:
    case EV_TOOK:
    case EV_OPEN_READER:
    case EV_OPEN_WRITER:
    case EV_CLOSE_READER:
    case EV_CLOSE_WRITER:
    case EV_RESIZE:
        if (t->depth != DEPTH_CALLS)
            inside_pipe(t, e, v);
        break;
    case EV_SENT:
    case EV_ARRIVED:
    case EV_LOST: segment_line(t, e, v, mine); break;
    case EV_PRINT: prints(t, e, v); break;
    case EV_HANDLER: handles(t, e, v); break;
    case EV_EXIT: exits(t, e, v, mine); break;
    case EV_FAIL: fails(t, e, v); break;
    case EV_LOCK:
    case EV_UNLOCK:
    case EV_NOTIFY: lock_line(t, e, v); break;
    case EV_FILE_WRITTEN:
    case EV_FILE_READ: note_file(t, e, v, mine); break;
    case EV_FILE:
    case EV_FILE_EMPTIED:
    case EV_START:
    case EV_FIFO:
    case EV_PIPE:
    case EV_LINK:
    case EV_SLOTS:
    case EV_SIGNAL: break;
    }
}

void text_trace_init(struct text_trace *t, struct trace_output out, enum trace_depth depth,
                     enum text_color text_color, size_t longest_name)
{
    *t = (struct text_trace){.out = out, .depth = depth, .color = text_color};
    t->name_width = longest_name > LEAST_NAME_WIDTH ? longest_name : LEAST_NAME_WIDTH;
}

void text_trace_fini(struct text_trace *t)
{
    for (size_t i = 0; i < t->actor_room; i++) {
        strbuf_free(&t->actors[i].call);
        strbuf_free(&t->actors[i].wakes);
        strbuf_free(&t->actors[i].woken_by);
        strbuf_free(&t->actors[i].file);
    }
    free(t->actors);
    strbuf_free(&t->line);
}

struct trace_sink text_trace_sink(struct text_trace *t)
{
    return (struct trace_sink){on_event, t,
                               t->depth == DEPTH_LOCKS ? SINK_ALL : SINK_WITHOUT_LOCKS};
}

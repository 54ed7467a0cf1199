/* sequence.c - see sequence.h. */
#include "sim/trace/sequence.h"

#include "sim/trace/abi.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_SHOWN = 24, CELLS_SHOWN = 10 };

/* What is kept of an actor between its events. */
struct sequence_actor {
    int participant;
    struct strbuf call; /* as it was entered */
    bool shown;         /* the chart has shown what this call does: its result can be left out */
};

/* -- who takes part ---------------------------------------------------------------------------- */

/* NOBODY when there are too many. */
static int add_participant(struct sequence *s, enum participant_kind kind, const char *name,
                           bool from_start)
{
    char *copy = s->participant_count < SEQUENCE_PARTICIPANTS ? strdup(name) : NULL;
    if (copy == NULL) {
        s->participants_left_out++;
        return NOBODY;
    }
    s->participants[s->participant_count] = (struct participant){kind, copy, from_start};
    return s->participant_count++;
}

static struct sequence_actor *actor_of(struct sequence *s, int actor)
{
    if (actor < 0)
        return NULL;
    if ((size_t)actor >= s->actor_room) {
        size_t room = (size_t)actor * 2 + 8;
        struct sequence_actor *grown = realloc(s->actors, room * sizeof *grown);
        if (grown == NULL)
            return NULL;
        for (size_t i = s->actor_room; i < room; i++)
            grown[i] = (struct sequence_actor){.participant = NOBODY};
        s->actors = grown;
        s->actor_room = room;
    }
    return &s->actors[actor];
}

static bool is_call(const struct sequence_actor *a, const char *name)
{
    size_t n = strlen(name);
    const char *call = strbuf_text(&a->call);
    return strncmp(call, name, n) == 0 && call[n] == '(';
}

static int process_of(const struct sequence *s, int actor)
{
    return actor >= 0 && (size_t)actor < s->actor_room ? s->actors[actor].participant : NOBODY;
}

static int pipe_of(const struct sequence *s, int pipe)
{
    return pipe >= 0 && (size_t)pipe < s->pipe_room ? s->pipes[pipe] : NOBODY;
}

/* The newest pipe of the view. */
static void add_pipe(struct sequence *s, const struct event *e, const struct view *v)
{
    size_t number = v->pipe_count - 1;
    if (number >= s->pipe_room) {
        size_t room = number * 2 + 8;
        int *grown = realloc(s->pipes, room * sizeof *grown);
        if (grown == NULL)
            return;
        for (size_t i = s->pipe_room; i < room; i++)
            grown[i] = NOBODY;
        s->pipes = grown;
        s->pipe_room = room;
    }
    s->pipes[number] =
        add_participant(s, PARTICIPANT_PIPE, v->pipes[number].name, e->actor == NOBODY);
}

/* -- making moments ---------------------------------------------------------------------------- */

static size_t keep_text(struct sequence *s, const char *text)
{
    size_t at = s->texts.length;
    if (text[0] == '\0')
        return 0;
    strbuf_add_bytes(&s->texts, text, strlen(text) + 1);
    return s->texts.out_of_memory ? 0 : at;
}

/* The text of a moment is its words and, behind a newline, the same in brief: make two of it. */
static void keep_brief(struct sequence *s, struct moment *m)
{
    char *newline = m->text == 0 ? NULL : strchr(s->texts.bytes + m->text, '\n');
    m->brief = newline == NULL ? m->text : (size_t)(newline + 1 - s->texts.bytes);
    if (newline != NULL)
        *newline = '\0';
}

static struct moment *new_moment(struct sequence *s)
{
    if (s->moment_count < s->moment_room)
        return &s->moments[s->moment_count++];
    size_t room = s->moment_room == 0 ? 64 : s->moment_room * 2;
    struct moment *grown =
        s->moment_count < SEQUENCE_MOMENTS ? realloc(s->moments, room * sizeof *grown) : NULL;
    if (grown == NULL) {
        s->moments_left_out++;
        return NULL;
    }
    s->moments = grown;
    s->moment_room = room < SEQUENCE_MOMENTS ? room : SEQUENCE_MOMENTS;
    return &s->moments[s->moment_count++];
}

static void add_fill(struct strbuf *out, const struct view_pipe *p)
{
    if (p->capacity > CELLS_SHOWN) {
        strbuf_addf(out, "%" PRId64 "/%" PRId64, p->used, p->capacity);
        return;
    }
    char c = 0;
    for (size_t i = 0; i < (size_t)p->capacity; i++) {
        enum view_cell cell = view_cell(p, i, &c);
        if (cell != CELL_BYTE)
            c = cell == CELL_FREE ? ' ' : '-';
        else
            c = (char)(c == ' ' ? '_' : c > ' ' && c < 0x7f ? c : '.');
        strbuf_add_char(out, c);
    }
}

/* A moment with the words in s->text. Those who are not drawn make none. */
static struct moment *add_moment(struct sequence *s, const struct event *e, enum moment_kind kind,
                                 int from, int to)
{
    bool drawn = (from != NOBODY || kind == MOMENT_WAKE || kind == MOMENT_FAIL) &&
                 (to != NOBODY || kind == MOMENT_SLEEP || kind == MOMENT_NOTE ||
                  kind == MOMENT_FAIL || kind == MOMENT_EXIT);
    struct moment *m = drawn ? new_moment(s) : NULL;
    if (m != NULL)
        *m = (struct moment){.kind = kind,
                             .tick = e->tick,
                             .from = from,
                             .to = to,
                             .about = NOBODY,
                             .ends = NOBODY,
                             .text = keep_text(s, strbuf_text(&s->text))};
    if (m != NULL)
        keep_brief(s, m);
    struct sequence_actor *a = actor_of(s, e->actor);
    if (a != NULL && kind != MOMENT_WAKE && kind != MOMENT_SLEEP)
        a->shown = true;
    return m;
}

/* Between the event's actor and its pipe. */
enum direction { INTO_PIPE, FROM_PIPE };

static struct moment *add_pipe_moment(struct sequence *s, const struct event *e,
                                      const struct view *v, int pipe, enum direction direction)
{
    enum moment_kind kind = e->kind == EV_PUT || e->kind == EV_TOOK ? MOMENT_BYTES : MOMENT_MESSAGE;
    int process = process_of(s, e->actor), number = pipe_of(s, pipe);
    struct moment *m = direction == INTO_PIPE ? add_moment(s, e, kind, process, number)
                                              : add_moment(s, e, kind, number, process);
    if (m == NULL)
        return NULL;
    strbuf_clear(&s->text);
    add_fill(&s->text, &v->pipes[pipe]);
    m->fill = keep_text(s, strbuf_text(&s->text));
    return m;
}

static void add_note(struct sequence *s, const struct event *e)
{
    add_moment(s, e, MOMENT_NOTE, process_of(s, e->actor), NOBODY);
}

/* -- events ------------------------------------------------------------------------------------ */

static void starts(struct sequence *s, const struct event *e, const struct view *v)
{
    struct sequence_actor *mine = actor_of(s, e->actor), *creator = actor_of(s, e->other);
    if (mine == NULL)
        return;
    mine->participant =
        add_participant(s, PARTICIPANT_PROCESS, v->actors[e->actor].name, e->other == NOBODY);
    if (creator == NULL)
        return;
    const char *call = strbuf_text(&creator->call);
    strbuf_add_bytes(&s->text, call, strcspn(call, "("));
    creator->shown = true;
    add_moment(s, e, MOMENT_START, creator->participant, mine->participant);
}

static void makes_pipe(struct sequence *s, const struct event *e, const struct view *v)
{
    add_pipe(s, e, v);
    struct sequence_actor *a = actor_of(s, e->actor);
    if (a == NULL)
        return;
    const char *call = v->actors[e->actor].pid < 0 ? "makes" : strbuf_text(&a->call);
    strbuf_addf(&s->text, "%s\n%.*s", call, (int)strcspn(call, "("), call);
    add_moment(s, e, MOMENT_START, a->participant, pipe_of(s, (int)v->pipe_count - 1));
}

static void moves(struct sequence *s, const struct event *e, const struct view *v)
{
    const char *unit = e->value == 1 ? "byte" : "bytes";
    strbuf_addf(&s->text, "%" PRId64 " ", e->value);
    if (e->size > 0) {
        strbuf_add_quoted(&s->text, e->text, e->size, BYTES_SHOWN);
        strbuf_addf(&s->text, "\n%" PRId64 " ", e->value);
    }
    strbuf_add(&s->text, unit);
    add_pipe_moment(s, e, v, e->pipe, e->kind == EV_PUT ? INTO_PIPE : FROM_PIPE);
}

/* "close: 0 writers": with how many ends of the sort there are then. Ends that a new process gets come
 * with the fork. */
static void changes_ends(struct sequence *s, const struct event *e, const struct view *v)
{
    const struct view_pipe *p = &v->pipes[e->pipe];
    struct sequence_actor *a = actor_of(s, e->actor);
    bool reader = e->kind == EV_OPEN_READER || e->kind == EV_CLOSE_READER;
    bool opens = e->kind == EV_OPEN_READER || e->kind == EV_OPEN_WRITER;
    int64_t ends = reader ? p->readers : p->writers;
    const char *call = a != NULL ? strbuf_text(&a->call) : "";
    if (a == NULL || (opens && strncmp(call, "fork(", 5) == 0))
        return;
    if (opens || is_call(a, "shutdown"))
        strbuf_add_bytes(&s->text, call, strcspn(call, "("));
    else
        strbuf_add(&s->text, "close");
    const char *what = reader ? "reader" : "writer", *plural = ends == 1 ? "" : "s";
    strbuf_addf(&s->text, ": %" PRId64 " %s%s\n%" PRId64 " %s%s", ends, what, plural, ends, what,
                plural);
    struct moment *m =
        add_moment(s, e, MOMENT_MESSAGE, process_of(s, e->actor), pipe_of(s, e->pipe));
    if (m != NULL && p->readers + p->writers == 0)
        m->ends = m->to;
}

static void resizes(struct sequence *s, const struct event *e, const struct view *v)
{
    strbuf_addf(&s->text, "capacity is %" PRId64, e->value);
    add_pipe_moment(s, e, v, e->pipe, INTO_PIPE);
}

static void enters_call(struct sequence *s, const struct event *e)
{
    struct sequence_actor *a = actor_of(s, e->actor);
    if (a == NULL)
        return;
    strbuf_clear(&a->call);
    strbuf_add_bytes(&a->call, e->text, e->size);
    a->shown = false;
}

/* What a call gave, where that does not go without saying. */
static void returns(struct sequence *s, const struct event *e, const struct view *v)
{
    struct sequence_actor *a = actor_of(s, e->actor);
    if (a == NULL || e->value2 != 0)
        return;
    const struct view_actor *seen = &v->actors[e->actor];
    bool reads = call_way_of(strbuf_text(&a->call)) == CALL_READS;
    bool writes = call_way_of(strbuf_text(&a->call)) == CALL_WRITES;
    bool eof = e->pipe >= 0 && reads && e->value == 0 && seen->asked > 0;
    bool short_write = writes && e->value >= 0 && e->value < seen->asked;
    bool slept_enough = is_call(a, "sleep") && e->value == 0 && seen->slept;
    if (e->value >= 0 && !eof && !short_write && (a->shown || slept_enough))
        return;
    const char *call = strbuf_text(&a->call);
    int size = (int)e->size;
    if (eof || (e->value < 0 && e->pipe >= 0)) {
        strbuf_add_bytes(&s->text, e->text, e->size);
        add_pipe_moment(s, e, v, e->pipe, FROM_PIPE);
    } else {
        strbuf_addf(&s->text, "%s = %.*s\n%.*s = %.*s", call, size, e->text,
                    (int)strcspn(call, "("), call, size, e->text);
        add_note(s, e);
    }
}

static bool is_shown_sleep(const struct sequence *s, enum sleep_on on)
{
    return on != ON_TIME && on != ON_NETWORK && (on != ON_LOCK || s->depth == DEPTH_LOCKS);
}

static void falls_asleep(struct sequence *s, const struct event *e, const struct view *v)
{
    struct sequence_actor *a = actor_of(s, e->actor);
    if (a == NULL || !is_shown_sleep(s, e->sleep_on))
        return;
    const char *call = strbuf_text(&a->call);
    const char *pipe = e->pipe >= 0 ? v->pipes[e->pipe].name : "";
    if (e->sleep_on == ON_CONDITION)
        strbuf_addf(&s->text, "asleep on %s.%.*s\n%s.%.*s", pipe, (int)e->size, e->text, pipe,
                    (int)e->size, e->text);
    else if (e->sleep_on == ON_LOCK)
        strbuf_add(&s->text, "asleep on the lock\nthe lock");
    else
        strbuf_addf(&s->text, "asleep: %s\n%s", call, call);
    struct moment *m = add_moment(s, e, MOMENT_SLEEP, a->participant, NOBODY);
    if (m != NULL)
        m->about = pipe_of(s, e->pipe);
}

static void wakes(struct sequence *s, const struct event *e, const struct view *v)
{
    int waker = process_of(s, e->actor);
    if (!is_shown_sleep(s, v->actors[e->other].sleep_on) || (e->actor >= 0 && waker == NOBODY))
        return;
    strbuf_add(&s->text, e->actor == NOBODY ? "woken by the clock\nwoken" : "wakes");
    add_moment(s, e, MOMENT_WAKE, waker, process_of(s, e->other));
}

/* SIGPIPE comes from the pipe that one wrote to. */
static void signals(struct sequence *s, const struct event *e, const struct view *v)
{
    const char *name = signal_name((int)e->value);
    const struct view_actor *a = &v->actors[e->actor];
    strbuf_add(&s->text, name != NULL ? name : "signal");
    struct sequence_actor *mine = actor_of(s, e->actor), *sender = actor_of(s, e->other);
    bool shown = mine != NULL && mine->shown;
    if (e->value == ABI_SIGPIPE && e->other == e->actor && a->in_call && a->pipe >= 0)
        add_pipe_moment(s, e, v, a->pipe, FROM_PIPE);
    else if (e->other == NOBODY || e->other == e->actor)
        add_note(s, e);
    else
        add_moment(s, e, MOMENT_MESSAGE, process_of(s, e->other), process_of(s, e->actor));
    if (mine != NULL)
        mine->shown = shown; /* what it does itself is another matter */
    if (sender != NULL)
        sender->shown = true;
}

static void shows_segment(struct sequence *s, const struct event *e)
{
    if (e->kind == EV_SENT && s->depth == DEPTH_CALLS)
        return;
    const char *what = e->kind == EV_SENT ? " leaves" : e->kind == EV_LOST ? " lost" : "";
    size_t kind = strcspn(e->text, " "); /* "DATA 1-5 client > server" */
    if (kind + 1 < e->size && e->text[kind + 1] >= '0' && e->text[kind + 1] <= '9')
        kind += 1 + strcspn(e->text + kind + 1, " ");
    strbuf_addf(&s->text, "%.*s%s\n%.*s%s", (int)e->size, e->text, what, (int)kind, e->text, what);
    add_note(s, e);
}

static void exits(struct sequence *s, const struct event *e)
{
    const char *signal = e->value < 0 ? signal_name((int)-e->value) : NULL;
    if (signal != NULL)
        strbuf_addf(&s->text, "killed by %s\n%s", signal, signal);
    else if (e->value2 != 0)
        strbuf_add(&s->text, "ends");
    else
        strbuf_addf(&s->text, "exits with %" PRId64 "\nexit %" PRId64, e->value, e->value);
    int process = process_of(s, e->actor);
    struct moment *m = add_moment(s, e, MOMENT_EXIT, process, NOBODY);
    if (m != NULL)
        m->ends = process;
}

/* "ringbuf/pipe.c:88 pthread_mutex_lock(&p->lock)": the operation, without the prefix. */
static void uses_lock(struct sequence *s, const struct event *e)
{
    const char *operation = e->site == NULL ? NULL : strchr(e->site, ' ');
    if (operation == NULL)
        return;
    operation += strncmp(operation, " pthread_", 9) == 0 ? 9 : 1;
    strbuf_addf(&s->text, "%s\n%.*s", operation, (int)strcspn(operation, "("), operation);
    if (e->pipe >= 0)
        add_moment(s, e, MOMENT_MESSAGE, process_of(s, e->actor), pipe_of(s, e->pipe));
    else
        add_note(s, e);
}

static void on_event(void *ctx, const struct event *e, const struct view *v)
{
    struct sequence *s = ctx;
    strbuf_clear(&s->text);
    switch (e->kind) {
    case EV_START: starts(s, e, v); break;
    case EV_PIPE: makes_pipe(s, e, v); break;
    case EV_SLOTS: break;
    case EV_FIFO:
        if (pipe_of(s, e->pipe) == NOBODY)
            makes_pipe(s, e, v);
        break;
    case EV_CALL: enters_call(s, e); break;
    case EV_RETURN: returns(s, e, v); break;
    case EV_SLEEP: falls_asleep(s, e, v); break;
    case EV_WAKE: wakes(s, e, v); break;
    case EV_PUT:
    case EV_TOOK: moves(s, e, v); break;
    case EV_OPEN_READER:
    case EV_OPEN_WRITER:
    case EV_CLOSE_READER:
    case EV_CLOSE_WRITER: changes_ends(s, e, v); break;
    case EV_RESIZE: resizes(s, e, v); break;
    case EV_SIGNAL: signals(s, e, v); break;
    case EV_HANDLER:
        strbuf_addf(&s->text, "%s: handler %.*s runs", signal_name((int)e->value), (int)e->size,
                    e->text);
        add_note(s, e);
        break;
    case EV_PRINT:
        strbuf_add(&s->text, "prints ");
        strbuf_add_quoted(&s->text, e->text, e->size, BYTES_SHOWN);
        add_note(s, e);
        break;
    case EV_EXIT: exits(s, e); break;
    case EV_FAIL:
        strbuf_addf(&s->text, "FAILED line %d: ", e->line);
        strbuf_add_as_line(&s->text, e->text, e->size);
        add_moment(s, e, MOMENT_FAIL, process_of(s, e->actor), NOBODY);
        break;
    case EV_LOCK:
    case EV_UNLOCK:
    case EV_NOTIFY: uses_lock(s, e); break;
    case EV_SENT:
    case EV_ARRIVED:
    case EV_LOST: shows_segment(s, e); break;
    case EV_LINK:
    case EV_FILE: /* the calls on it are shown as they return */
    case EV_FILE_EMPTIED:
    case EV_FILE_WRITTEN:
    case EV_FILE_READ:
    case EV_RESUME: break;
    }
}

/* -- the whole --------------------------------------------------------------------------------- */

void sequence_init(struct sequence *s, enum trace_depth depth)
{
    *s = (struct sequence){.depth = depth};
    strbuf_add_bytes(&s->texts, "", 1);
}

void sequence_fini(struct sequence *s)
{
    for (int i = 0; i < s->participant_count; i++)
        free(s->participants[i].name);
    for (size_t i = 0; i < s->actor_room; i++)
        strbuf_free(&s->actors[i].call);
    free(s->actors);
    free(s->pipes);
    free(s->moments);
    strbuf_free(&s->texts);
    strbuf_free(&s->text);
}

struct trace_sink sequence_sink(struct sequence *s)
{
    return (struct trace_sink){on_event, s,
                               s->depth == DEPTH_LOCKS ? SINK_ALL : SINK_WITHOUT_LOCKS};
}

const char *sequence_text(const struct sequence *s, size_t offset)
{
    return offset < s->texts.length ? s->texts.bytes + offset : "";
}

void sequence_add_left_out(const struct sequence *s, struct strbuf *out)
{
    if (s->moments_left_out > 0)
        strbuf_addf(out, "%" PRIu64 " moments more are left out: a chart shows the first %d",
                    s->moments_left_out, SEQUENCE_MOMENTS);
    if (s->participants_left_out > 0)
        strbuf_addf(
            out, "%s%" PRIu64 " processes and pipes more are left out: a chart shows the first %d",
            s->moments_left_out > 0 ? "; " : "", s->participants_left_out, SEQUENCE_PARTICIPANTS);
    if (out->length > 0)
        strbuf_add(out, "; --format text and json show all");
}

/* story.c - see story.h: events become clauses, clauses sentences; and at the end, if somebody
 * sleeps for ever although what he waits for is there, the wake-up that he missed. */
#include "sim/explore/story.h"

#include "sim/explore/sentence.h"

#include "sim/trace/abi.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_BYTES = 16 };

struct told_actor {
    char *name; /* owned */
    struct strbuf call;
    bool in_call, acted; /* acted: something was done in this call that others can notice */
    size_t
        stopped_in; /* 1 + the sentence in which it lost the processor, in the middle of a call */
    /* its sleep: */
    bool asleep;
    enum sleep_on on;
    int pipe;
    char condition[24];
    const char *semaphore; /* "my_pipe.c:41 sem_wait(&p->full)"; borrowed; NULL: it is none */
    bool reads;
    int64_t need;
    uint64_t slept_at, woke_at; /* when it last did */
    int owner;                  /* of the lock that it waits for */
    size_t called_in;           /* 1 + the sentence in which its call began */
    uint64_t called_at;
};

/* The last time that a pipe became readable, or got room; and what became of the signal. */
struct chance {
    uint64_t at; /* seq; 0: never */
    size_t sentence;
    bool missed; /* somebody slept for it, and nobody has used it since */
    enum { SENT_NOTHING, FOUND_NOBODY, WOKE_SOMEBODY } signal;
    int woken;
    size_t
        found_nobody; /* 1 + the sentence of the last signal that did so, also before this chance */
};

struct told_pipe {
    char *name; /* owned */
    int64_t used, readers, writers;
    int64_t left; /* room: free bytes, or free slots */
    bool slots;
    struct chance bytes, room;
};

struct story {
    const struct program *program; /* borrowed */
    struct told_actor *actors;     /* owned, as the others */
    size_t actor_count;
    struct told_pipe *pipes;
    size_t pipe_count;
    struct paragraph told;
    int present; /* who made the last event that is told */
    bool out_of_memory;
};

/* -- making and freeing ------------------------------------------------------------------------ */

struct story *story_new(const struct program *program)
{
    struct story *s = calloc(1, sizeof *s);
    if (s != NULL)
        *s = (struct story){.program = program, .present = NOBODY};
    return s;
}

void story_free(struct story *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->actor_count; i++) {
        free(s->actors[i].name);
        strbuf_free(&s->actors[i].call);
    }
    for (size_t i = 0; i < s->pipe_count; i++)
        free(s->pipes[i].name);
    paragraph_fini(&s->told);
    free(s->actors);
    free(s->pipes);
    free(s);
}

/* One more element; the arrays are short. NULL: memory is short. */
static void *one_more(struct story *s, void **all, size_t *count, size_t size)
{
    void *grown = realloc(*all, (*count + 1) * size);
    if (grown == NULL) {
        s->out_of_memory = true;
        return NULL;
    }
    *all = grown;
    memset((char *)grown + *count * size, 0, size);
    return (char *)grown + (*count)++ * size;
}

static void add_actor(struct story *s, const struct event *e)
{
    struct told_actor *a = one_more(s, (void **)&s->actors, &s->actor_count, sizeof *a);
    if (a != NULL)
        a->name = strdup(e->text);
}

static void add_pipe(struct story *s, const struct event *e)
{
    struct told_pipe *p = one_more(s, (void **)&s->pipes, &s->pipe_count, sizeof *p);
    if (p != NULL)
        p->name = strdup(e->text);
}

static struct told_actor *actor_of(struct story *s, int actor)
{
    return actor >= 0 && (size_t)actor < s->actor_count ? &s->actors[actor] : NULL;
}

static struct told_pipe *pipe_of(struct story *s, int pipe)
{
    return pipe >= 0 && (size_t)pipe < s->pipe_count ? &s->pipes[pipe] : NULL;
}

/* -- sentences --------------------------------------------------------------------------------- */

static struct sentence *sentence_of(struct story *s, const struct event *e)
{
    const struct told_actor *a = actor_of(s, e->actor);
    return a == NULL ? NULL : paragraph_sentence(&s->told, e->actor, a->name, e->tick);
}

/* What the actor of e does. Empties the text. */
static void tell(struct story *s, const struct event *e, struct strbuf *text)
{
    struct told_actor *a = actor_of(s, e->actor);
    if (a != NULL)
        a->acted = true;
    sentence_add(&s->told, sentence_of(s, e), text);
}

static void tell_simply(struct story *s, const struct event *e, const char *what)
{
    struct strbuf text = {0};
    strbuf_add(&text, what);
    tell(s, e, &text);
}

/* Another process has the processor now. Whoever lost it in the middle of a call in which it had
 * done something is remembered: what it does next tells where it was stopped. */
static void look_for_stop(struct story *s, const struct event *e)
{
    struct told_actor *before = actor_of(s, s->present);
    if (e->actor == s->present || e->actor < 0)
        return;
    if (before != NULL && before->in_call && before->acted && !before->asleep &&
        s->told.count > 0 && s->told.sentences[s->told.count - 1].actor == s->present)
        before->stopped_in = s->told.count;
    s->present = e->actor;
}

/* "ringbuf/pipe.c:88 pthread_mutex_lock(&p->lock)": the operation. */
static const char *operation(const char *site)
{
    const char *blank = strchr(site, ' ');
    return blank != NULL ? blank + 1 : site;
}

static void tell_stop(struct story *s, const struct event *e)
{
    struct told_actor *a = actor_of(s, e->actor);
    struct strbuf text = {0};
    if (a == NULL || a->stopped_in == 0)
        return;
    bool matters = e->site != NULL && e->kind != EV_UNLOCK && e->kind != EV_RESUME;
    if (matters)
        strbuf_addf(&text, "is stopped in the middle of %s, before %s", strbuf_text(&a->call),
                    operation(e->site));
    if (matters)
        sentence_add(&s->told, &s->told.sentences[a->stopped_in - 1], &text);
    a->stopped_in = 0;
}

/* -- bytes and room ---------------------------------------------------------------------------- */

static void tell_bytes(struct story *s, const struct event *e, const struct view *v)
{
    struct strbuf text = {0};
    const struct view_actor *a = &v->actors[e->actor];
    bool puts = e->kind == EV_PUT;
    strbuf_add(&text, puts ? "writes " : "reads ");
    strbuf_add_quoted(&text, e->text, e->size, SHOWN_BYTES);
    strbuf_addf(&text, puts ? " to %s" : " from %s", v->pipes[e->pipe].name);
    if (puts && a->moved < a->asked)
        strbuf_addf(&text, " (%" PRId64 " of its %" PRId64 " bytes are in)", a->moved, a->asked);
    tell(s, e, &text);
}

/* It sleeps although what it waits for is there: it must have looked before that came. */
static void tell_late_sleep(struct story *s, const struct event *e, const struct view *v)
{
    struct told_actor *a = actor_of(s, e->actor);
    struct strbuf text = {0}, before = {0};
    const char *name = v->pipes[e->pipe].name;
    if (a == NULL)
        return;
    if (a->called_in > 0 && a->called_in < s->told.count && e->value2 == 0) {
        strbuf_addf(&before, "begins %s, finds %s %s, and is stopped before it sleeps",
                    strbuf_text(&a->call), name, a->reads ? "empty" : "without room");
        sentence_add(&s->told, &s->told.sentences[a->called_in - 1], &before);
    }
    bool nobody_reads = !a->reads && v->pipes[e->pipe].readers == 0;
    strbuf_addf(&text, "sleeps on %s.%s, although %s", name, e->text,
                a->reads && v->pipes[e->pipe].used == 0 ? "this is end of file"
                : a->reads                              ? "there is something to read"
                : nobody_reads                          ? "nobody can read any more"
                                                        : "there is room");
    tell(s, e, &text);
}

static void tell_sleep_on_pipe(struct story *s, const struct event *e, const struct view *v)
{
    struct strbuf text = {0};
    const struct told_actor *a = actor_of(s, e->actor);
    const struct view_pipe *p = &v->pipes[e->pipe];
    int64_t free = view_room(p);
    bool reads = a != NULL && a->reads;
    if (v->actors[e->actor].pid <
        0) { /* what the pipe's own thread waits for, only the pipe knows */
        strbuf_addf(&text, "sleeps on %s.%s", p->name, e->text);
        tell(s, e, &text);
        return;
    }
    if (reads ? p->used > 0 || p->writers == 0 : free >= e->value || p->readers == 0) {
        tell_late_sleep(s, e, v);
        return;
    }
    if (e->value2 == 1)
        strbuf_add(&text, "goes back to sleep");
    else if (reads)
        strbuf_addf(&text, "finds %s empty and sleeps on %s.%s", p->name, p->name, e->text);
    else if (free > 0)
        strbuf_addf(&text,
                    "finds too little room in %s (%" PRId64 " needed, %" PRId64
                    " free) and sleeps on %s.%s",
                    p->name, e->value, free, p->name, e->text);
    else
        strbuf_addf(&text, "finds %s full and sleeps on %s.%s", p->name, p->name, e->text);
    tell(s, e, &text);
}

static void tell_other_sleep(struct story *s, const struct event *e, const struct view *v)
{
    struct strbuf text = {0};
    const char *other = e->other >= 0 ? v->actors[e->other].name : NULL;
    switch (e->sleep_on) {
    case ON_SLEEP: strbuf_addf(&text, "sleeps until tick %" PRId64, e->value); break;
    case ON_WAIT:
        strbuf_addf(&text, "waits for %s to exit", other != NULL ? other : "a child");
        break;
    case ON_JOIN: strbuf_addf(&text, "waits for %s to end", other); break;
    case ON_POLL: strbuf_add(&text, "sleeps in poll"); break;
    case ON_PAUSE: strbuf_add(&text, "waits for a signal"); break;
    case ON_ACCEPT: strbuf_add(&text, "waits for somebody to connect"); break;
    case ON_CONNECT:
        strbuf_add(&text, other != NULL
                              ? "sends SYN, and waits for an answer"
                              : "waits to connect: the queue of the listening socket is full");
        break;
    case ON_OPEN: strbuf_add(&text, "waits until somebody opens the other side"); break;
    case ON_NETWORK:
    case ON_LOCK:
    case ON_TIME:
    case ON_CONDITION:
    case ON_NOTHING: return; /* short, or told elsewhere */
    }
    tell(s, e, &text);
}

static void tell_sleep(struct story *s, const struct event *e, const struct view *v)
{
    struct told_actor *a = actor_of(s, e->actor);
    if (a == NULL)
        return;
    bool across = strncmp(strbuf_text(&a->call), "splice", 6) == 0 ||
                  strncmp(strbuf_text(&a->call), "tee", 3) == 0;
    a->reads = across ? e->sleep_on == ON_CONDITION && strcmp(e->text, "not_empty") == 0
                      : call_way_of(strbuf_text(&a->call)) != CALL_WRITES;
    if (e->sleep_on == ON_CONDITION && e->pipe >= 0)
        tell_sleep_on_pipe(s, e, v);
    else
        tell_other_sleep(s, e, v);
    a = actor_of(s, e->actor);
    a->asleep = e->sleep_on != ON_NETWORK;
    a->on = e->sleep_on;
    a->semaphore = e->site != NULL && strstr(e->site, " sem_") != NULL ? e->site : NULL;
    a->pipe = v->actors[e->actor].pid < 0 ? NO_PIPE : e->pipe; /* see tell_sleep_on_pipe */
    a->need = e->value;
    a->slept_at = e->seq;
    a->owner = e->other;
    if (e->sleep_on == ON_CONDITION)
        snprintf(a->condition, sizeof a->condition, "%s", e->text);
}

static void tell_resume(struct story *s, const struct event *e, const struct view *v)
{
    struct told_actor *a = actor_of(s, e->actor);
    struct strbuf text = {0};
    if (a == NULL || !a->asleep)
        return;
    a->asleep = false;
    if (a->on != ON_CONDITION || a->pipe < 0)
        return;
    a->woke_at = e->seq;
    const struct view_pipe *p = &v->pipes[e->pipe];
    if (v->actors[e->actor].woken_by == NOBODY)
        strbuf_add(&text, "wakes up without a signal");
    else if (a->reads && p->used == 0 && p->writers > 0)
        strbuf_addf(&text, "wakes up, but %s is empty again", p->name);
    else if (!a->reads && view_room(p) < a->need && p->readers > 0)
        strbuf_addf(&text, "wakes up, but %s has too little room again", p->name);
    else
        strbuf_add(&text, "wakes up");
    tell(s, e, &text);
}

/* -- signals that go somewhere, and those that do not ------------------------------------------ */

/* Notes what became of a signal, for those who sleep on this condition (NULL: nobody knows which of the
 * two it is); if nobody does, for those who will. */
static void note_signal(struct story *s, struct told_pipe *p, const struct event *e,
                        const char *condition)
{
    struct chance note = {.signal = e->other >= 0 ? WOKE_SOMEBODY : FOUND_NOBODY,
                          .woken = e->other};
    bool found = false;
    for (size_t i = 0; i < s->actor_count; i++) {
        const struct told_actor *a = &s->actors[i];
        if (!a->asleep || a->on != ON_CONDITION || a->pipe != e->pipe ||
            (condition != NULL && strcmp(a->condition, condition) != 0))
            continue;
        struct chance *chance = a->reads ? &p->bytes : &p->room;
        chance->signal = note.signal;
        chance->woken = note.woken;
        found = true;
    }
    if (found)
        return;
    struct chance *both[] = {&p->bytes, &p->room};
    for (size_t i = 0; i < 2; i++) {
        if (condition != NULL && strcmp(condition, i == 0 ? "not_empty" : "not_full") != 0)
            continue;
        both[i]->signal = note.signal;
        both[i]->found_nobody = s->told.count;
    }
}

/* Which of the two conditions an operation is about; NULL: a pipe of a person's own calls it otherwise. */
static const char *condition_of(const char *site)
{
    return strstr(site, "not_empty") != NULL  ? "not_empty"
           : strstr(site, "not_full") != NULL ? "not_full"
                                              : NULL;
}

static void tell_notify(struct story *s, const struct event *e)
{
    struct told_pipe *p = pipe_of(s, e->pipe);
    struct strbuf text = {0};
    if (p == NULL || e->site == NULL)
        return;
    const char *condition = condition_of(e->site);
    sentence_of(s, e);
    note_signal(s, p, e, condition);
    if (e->other >= 0 || strstr(e->site, "signal") == NULL)
        return; /* who is woken is told by an event of its own */
    if (condition != NULL)
        strbuf_addf(&text, "signals %s.%s, where nobody sleeps", p->name, condition);
    else
        strbuf_addf(&text, "signals a condition of %s, where nobody sleeps", p->name);
    tell(s, e, &text);
}

static void tell_wake(struct story *s, const struct event *e)
{
    struct told_actor *woken = actor_of(s, e->other);
    struct strbuf text = {0};
    if (woken == NULL || e->actor < 0 || woken->on == ON_LOCK)
        return;
    strbuf_addf(&text, "wakes %s", woken->name);
    tell(s, e, &text);
}

static bool somebody_sleeps(const struct story *s, int pipe, bool reads)
{
    for (size_t i = 0; i < s->actor_count; i++) {
        const struct told_actor *a = &s->actors[i];
        if (a->asleep && a->on == ON_CONDITION && a->pipe == pipe && a->reads == reads)
            return true;
    }
    return false;
}

/* The first that nobody was told of is the one that was missed; another that comes to it later is not. */
static void new_chance(struct story *s, struct chance *chance, const struct event *e, bool reads)
{
    if (chance->missed && chance->signal == SENT_NOTHING)
        return;
    *chance = (struct chance){.at = e->seq,
                              .sentence = s->told.count,
                              .found_nobody = chance->found_nobody,
                              .missed = somebody_sleeps(s, e->pipe, reads)};
}

/* A pipe has changed: is there something to read, or room, that was not there before? */
static void look_for_chance(struct story *s, const struct event *e, const struct view *v)
{
    struct told_pipe *p = pipe_of(s, e->pipe);
    if (p == NULL || (size_t)e->pipe >= v->pipe_count)
        return;
    const struct view_pipe *now = &v->pipes[e->pipe];
    p->bytes.missed &= now->used >= p->used;
    p->room.missed &= view_room(now) >= p->left;
    if (now->used > p->used || (now->writers == 0 && p->writers > 0))
        new_chance(s, &p->bytes, e, true);
    if (view_room(now) > p->left || (now->readers == 0 && p->readers > 0))
        new_chance(s, &p->room, e, false);
    p->used = now->used;
    p->left = view_room(now);
    p->slots = now->page > 0;
    p->readers = now->readers;
    p->writers = now->writers;
}

/* -- other events ------------------------------------------------------------------------------ */

static void tell_result(struct story *s, const struct event *e)
{
    struct told_actor *a = actor_of(s, e->actor);
    struct strbuf text = {0};
    if (a == NULL)
        return;
    const char *call = strbuf_text(&a->call);
    bool eof = e->size == 3 && memcmp(e->text, "EOF", 3) == 0;
    bool polled = strncmp(call, "poll(", 5) == 0;
    a->in_call = false;
    if (e->value2 != 0 || (e->value >= 0 && !eof && !polled))
        return;
    strbuf_addf(&text, "gets %.*s from %.*s", (int)e->size, e->text, (int)strcspn(call, "("), call);
    tell(s, e, &text);
}

static void tell_close(struct story *s, const struct event *e, const struct view *v)
{
    const struct view_pipe *p = &v->pipes[e->pipe];
    struct strbuf text = {0};
    bool writer = e->kind == EV_CLOSE_WRITER;
    int64_t left = writer ? p->writers : p->readers, others = writer ? p->readers : p->writers;
    if (e->actor < 0 || left > 0 || others == 0)
        return; /* there is nobody who could notice */
    strbuf_addf(&text, "closes the last %s end of %s", writer ? "write" : "read", p->name);
    tell(s, e, &text);
}

static void tell_exit(struct story *s, const struct event *e)
{
    struct strbuf text = {0};
    struct told_actor *a = actor_of(s, e->actor);
    if (a != NULL)
        a->asleep = a->in_call = false;
    if (e->value < 0)
        strbuf_addf(&text, "is killed by %s", signal_name((int)-e->value));
    else if (e->value2 == 1)
        strbuf_add(&text, "ends");
    else if (e->value == 0)
        strbuf_add(&text, "exits");
    else
        strbuf_addf(&text, "exits with %" PRId64, e->value);
    tell(s, e, &text);
}

static void tell_print(struct story *s, const struct event *e)
{
    struct strbuf text = {0};
    strbuf_add(&text, "prints ");
    strbuf_add_quoted(&text, e->text, e->size, SHOWN_BYTES);
    tell(s, e, &text);
}

static void tell_file(struct story *s, const struct event *e, const struct view *v)
{
    struct strbuf text = {0};
    const char *name = v->files[e->file - 1].name;
    if (e->kind == EV_FILE_EMPTIED) {
        strbuf_addf(&text, "empties %s", name);
    } else if (e->kind == EV_FILE_READ && e->value == 0) {
        strbuf_addf(&text, "finds the end of %s", name);
    } else {
        strbuf_add(&text, e->kind == EV_FILE_READ ? "reads " : "writes ");
        strbuf_add_quoted(&text, e->text, e->size, SHOWN_BYTES);
        strbuf_addf(&text, " at %" PRId64 " of %s", e->value2, name);
    }
    tell(s, e, &text);
}

static void tell_handler(struct story *s, const struct event *e)
{
    struct strbuf text = {0};
    strbuf_addf(&text, "handles %s", signal_name((int)e->value));
    tell(s, e, &text);
}

static void tell_start(struct story *s, const struct event *e)
{
    struct event by = *e;
    struct strbuf text = {0};
    add_actor(s, e);
    if (e->other < 0)
        return;
    by.actor = e->other;
    strbuf_addf(&text, "starts %s", e->text);
    tell(s, &by, &text);
}

/* Whatever it did last is not what its line says. */
static void tell_failure(struct story *s, const struct event *e)
{
    struct strbuf text = {0};
    struct sentence *t = e->actor >= 0 ? sentence_of(s, e) : NULL;
    if (t == NULL)
        return;
    if (t->count == 0)
        tell_simply(s, e, "goes on");
    struct clause *last = &t->clauses[t->count - 1];
    if (e->line > 0)
        strbuf_addf(&text, " (not as line %d says)", e->line);
    if (t->count > 0 && last->text != NULL && strstr(last->text, strbuf_text(&text)) == NULL) {
        struct strbuf longer = {0};
        strbuf_addf(&longer, "%s%s", last->text, strbuf_text(&text));
        free(last->text);
        last->text = longer.bytes;
    }
    strbuf_free(&text);
}

static void begin_call(struct story *s, const struct event *e)
{
    struct told_actor *a = actor_of(s, e->actor);
    if (a == NULL)
        return;
    strbuf_clear(&a->call);
    strbuf_add_bytes(&a->call, e->text, e->size);
    a->in_call = true;
    a->acted = false;
    sentence_of(s, e);
    a->called_in = s->told.count;
    a->called_at = e->seq;
}

static void tell_segment(struct story *s, const struct event *e, const char *does)
{
    struct strbuf text = {0};
    strbuf_addf(&text, "%s %.*s", does, (int)e->size, e->text);
    tell(s, e, &text);
}

static bool is_of_no_interest(const struct event *e, const struct view *v)
{
    int whom = e->kind == EV_WAKE ? e->other : e->kind == EV_EXIT ? e->actor : NOBODY;
    return whom != NOBODY && v->actors[whom].pid < 0; /* the network wakes, and ends */
}

static void on_event(void *ctx, const struct event *e, const struct view *v)
{
    struct story *s = ctx;
    if (is_of_no_interest(e, v))
        return;
    if (e->kind != EV_WAKE && e->kind != EV_START) {
        look_for_stop(s, e);
        tell_stop(s, e);
    }
    switch (e->kind) {
    case EV_START: tell_start(s, e); break;
    case EV_PIPE: add_pipe(s, e); break;
    case EV_SLOTS: break;
    case EV_FIFO:
        if ((size_t)e->pipe == s->pipe_count)
            add_pipe(s, e);
        break;
    case EV_CALL: begin_call(s, e); break;
    case EV_RETURN: tell_result(s, e); break;
    case EV_SLEEP: tell_sleep(s, e, v); break;
    case EV_RESUME: tell_resume(s, e, v); break;
    case EV_PUT:
    case EV_TOOK: tell_bytes(s, e, v); break;
    case EV_CLOSE_READER:
    case EV_CLOSE_WRITER: tell_close(s, e, v); break;
    case EV_RESIZE: tell_simply(s, e, "changes the capacity"); break;
    case EV_HANDLER: tell_handler(s, e); break;
    case EV_PRINT: tell_print(s, e); break;
    case EV_EXIT: tell_exit(s, e); break;
    case EV_NOTIFY: tell_notify(s, e); break;
    case EV_WAKE: tell_wake(s, e); break;
    case EV_FAIL: tell_failure(s, e); break;
    case EV_ARRIVED: tell_segment(s, e, "brings"); break;
    case EV_LOST: tell_segment(s, e, "loses"); break;
    case EV_FILE_WRITTEN:
    case EV_FILE_READ:
    case EV_FILE_EMPTIED: tell_file(s, e, v); break;
    case EV_FILE:
    case EV_LOCK:
    case EV_UNLOCK:
    case EV_SIGNAL:
    case EV_LINK:
    case EV_SENT:
    case EV_OPEN_READER:
    case EV_OPEN_WRITER: break;
    }
    look_for_chance(s, e, v);
}

struct trace_sink story_sink(struct story *s)
{
    return (struct trace_sink){on_event, s, SINK_ALL};
}

/* -- the end ----------------------------------------------------------------------------------- */

/* Does it sleep although what it waits for is there? */
static bool missed_wake_up(const struct story *s, const struct told_actor *a)
{
    if (!a->asleep || a->on != ON_CONDITION || a->pipe < 0 || (size_t)a->pipe >= s->pipe_count)
        return false;
    const struct told_pipe *p = &s->pipes[a->pipe];
    return a->reads ? p->used > 0 || p->writers == 0 : p->left >= a->need || p->readers == 0;
}

/* "p holds 3 bytes", "p has 4 bytes free", "the last write end of p is closed" */
static void add_what_is_there(struct strbuf *out, const struct told_pipe *p, bool reads)
{
    int64_t n = reads ? p->used : p->left;
    if (reads && p->used == 0)
        strbuf_addf(out, "the last write end of %s is closed", p->name);
    else if (!reads && p->readers == 0)
        strbuf_addf(out, "the last read end of %s is closed", p->name);
    else
        strbuf_addf(out, reads ? "%s holds %" PRId64 " %s%s" : "%s has %" PRId64 " %s%s free",
                    p->name, n, !reads && p->slots ? "slot" : "byte", n == 1 ? "" : "s");
}

/* The first message, in a line. */
static void add_first_message(const struct story *s, const struct diag_list *messages,
                              struct strbuf *out)
{
    const struct source *source = &s->program->source;
    if (messages->count == 0 || !messages->items[0].has_place) {
        strbuf_add(out, messages->count > 0 ? messages->items[0].message : "not as written");
        return;
    }
    const struct diag *d = &messages->items[0];
    strbuf_addf(out, "line %d: ", source_place(source, d->place.at).line);
    if (strncmp(d->message, "this ", 5) == 0) {
        strbuf_add_bytes(out, source->text + d->place.at, d->place.length);
        strbuf_add(out, strncmp(d->message, "this holds", 10) == 0 ? " holds" : " does not hold");
        return;
    }
    for (const char *at = d->message; *at != '\0'; at++) {
        if (*at == '\n')
            strbuf_add(out, ",");
        if (*at != ' ' || at == d->message || at[-1] != ' ') /* they were padded to be aligned */
            strbuf_add_char(out, *at == '\n' ? ' ' : *at);
    }
}

static void add_sleepers(const struct story *s, struct strbuf *out)
{
    size_t sleepers = 0;
    for (size_t i = 0; i < s->actor_count; i++) {
        if (s->actors[i].asleep)
            strbuf_addf(out, "%s%s", sleepers++ > 0 ? " and " : "", s->actors[i].name);
    }
    strbuf_add(out, sleepers == 1 ? " sleeps for ever" : " sleep for ever");
}

static void add_stuck(const struct story *s, const struct diag_list *messages, struct strbuf *out)
{
    for (size_t i = 0; i < messages->count; i++) {
        if (strncmp(messages->items[i].message, "livelock", 8) == 0) {
            strbuf_add(out, "livelock: calls go on for ever and change nothing");
            return;
        }
    }
    for (size_t i = 0; i < messages->count;
         i++) { /* who could have woken a third may be one of these */
        if (strstr(messages->items[i].message, " waits for a lock that ") != NULL) {
            strbuf_addf(out, "deadlock: %s", messages->items[i].message);
            return;
        }
    }
    for (size_t i = 0; i < s->actor_count; i++) {
        const struct told_actor *a = &s->actors[i];
        if (missed_wake_up(s, a) && a->semaphore != NULL) {
            strbuf_addf(out, "lost wake-up: %s sleeps for ever in %s, although ", a->name,
                        a->semaphore);
            add_what_is_there(out, &s->pipes[a->pipe], a->reads);
            return;
        }
        if (missed_wake_up(s, a)) {
            strbuf_addf(out, "lost wake-up: %s sleeps for ever, although ", a->name);
            add_what_is_there(out, &s->pipes[a->pipe], a->reads);
            return;
        }
    }
    if (messages->count > 0 && strncmp(messages->items[0].message, "deadlock", 8) != 0) {
        add_first_message(s, messages, out); /* a loop of its own code */
        return;
    }
    strbuf_add(out, "deadlock: ");
    add_sleepers(s, out);
}

char *story_headline(const struct story *s, enum verdict verdict, const struct diag_list *messages)
{
    struct strbuf text = {0};
    switch (verdict) {
    case VERDICT_STUCK: add_stuck(s, messages, &text); return text.bytes;
    case VERDICT_LIMIT: strbuf_add(&text, "limit: "); break;
    case VERDICT_BAD_SCRIPT: strbuf_add(&text, "mistake: "); break;
    case VERDICT_CRASHED: strbuf_add(&text, "crash: "); break;
    case VERDICT_FAILED:
    case VERDICT_AS_EXPECTED:
    case VERDICT_INTERRUPTED: strbuf_add(&text, "failed: "); break;
    }
    add_first_message(s, messages, &text);
    return text.bytes;
}

static void add_missed(const struct story *s, const struct told_actor *a, const size_t *numbers,
                       struct strbuf *out)
{
    const struct told_pipe *p = &s->pipes[a->pipe];
    const struct chance *chance = a->reads ? &p->bytes : &p->room;
    size_t number = chance->sentence > 0 ? numbers[chance->sentence - 1] : 0;
    strbuf_addf(out, "In the end %s sleeps on %s.%s, although ", a->name, p->name, a->condition);
    add_what_is_there(out, p, a->reads);
    strbuf_add(out, ". ");
    if (number == 0)
        strbuf_add(out, "No signal came that would have woken it.");
    else if (chance->at < a->called_at)
        strbuf_add(out, "It did not look before it went to sleep.");
    else if (chance->at < a->woke_at)
        strbuf_addf(
            out, "It woke up after (%zu) and went back to sleep: it does not look for that again.",
            number);
    else if (chance->at < a->slept_at)
        strbuf_addf(out,
                    "It looked before (%zu) and went to sleep after it, and no other signal came.",
                    number);
    else if (chance->signal == WOKE_SOMEBODY)
        strbuf_addf(out, "The signal that it needed after (%zu) woke %s instead.", number,
                    s->actors[chance->woken].name);
    else if (chance->found_nobody > 0 && chance->found_nobody < chance->sentence &&
             strcmp(a->condition, a->reads ? "not_empty" : "not_full") == 0)
        strbuf_addf(out,
                    "The signal for (%zu) was sent in (%zu), too early: nobody slept there yet.",
                    number, numbers[chance->found_nobody - 1]);
    else
        strbuf_addf(out, "In (%zu) a signal on %s.%s would have woken it: none was sent.", number,
                    p->name, a->condition);
}

char *story_text(struct story *s)
{
    struct strbuf out = {0}, text = {0};
    size_t *numbers = calloc(s->told.count + 1, sizeof *numbers);
    if (numbers == NULL)
        return NULL;
    size_t count = paragraph_number(&s->told, numbers);
    paragraph_render(&s->told, count, &out);
    for (size_t i = 0; i < s->actor_count; i++) {
        const struct told_actor *a = &s->actors[i];
        strbuf_clear(&text);
        if (missed_wake_up(s, a))
            add_missed(s, a, numbers, &text);
        else if (a->asleep && a->on == ON_LOCK && a->owner >= 0)
            strbuf_addf(&text, "In the end %s waits for a lock that %s holds.", a->name,
                        s->actors[a->owner].name);
        if (text.length > 0)
            text_wrap(&out, strbuf_text(&text), "");
    }
    free(numbers);
    strbuf_free(&text);
    return out.bytes != NULL ? out.bytes : strdup("");
}

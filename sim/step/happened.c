/* happened.c - what has just happened, in a sentence; see glance.h. */
#include "sim/step/glance.h"

#include "sim/run/vocabulary.h"
#include "sim/trace/abi.h"

#include <inttypes.h>
#include <string.h>

static const char *name_of(const struct view *v, int actor)
{
    return actor >= 0 && (size_t)actor < v->actor_count ? v->actors[actor].name : "the clock";
}

static const char *pipe_of(const struct view *v, int pipe)
{
    return pipe >= 0 && (size_t)pipe < v->pipe_count ? v->pipes[pipe].name : "the pipe";
}

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

static bool begins_deed(const struct note *n, int actor)
{
    return n->actor == actor && (n->kind == EV_CALL || n->kind == EV_RETURN);
}

/* Whom it has woken since it made its call, or since its last one when it has just ended. */
static void say_whom_it_woke(const struct panes *p, const struct note *n, struct strbuf *out)
{
    const struct view *v = walk_view(p->walk);
    size_t before = out->length;
    uint64_t first = walk_position(p->walk) - 1;
    while (first > walk_start(p->walk) && !begins_deed(walk_note(p->walk, first), n->actor))
        first--;
    for (uint64_t i = first + 1; i < walk_position(p->walk); i++) {
        const struct note *wake = walk_note(p->walk, i);
        if (wake->kind == EV_WAKE && wake->actor == n->actor)
            strbuf_addf(out, "%s%s", out->length == before ? "; it has woken " : ", ",
                        name_of(v, wake->other));
    }
}

static void say_returned(const struct panes *p, const struct note *n, struct strbuf *out)
{
    const char *result = walk_text(p->walk, walk_position(p->walk));
    const struct view *v = walk_view(p->walk);
    const struct view_pipe *pipe = n->pipe == NO_PIPE ? NULL : &v->pipes[n->pipe];
    strbuf_addf(out, "%s's %s", name_of(v, n->actor), walk_call(p->walk, n->actor));
    if (*result == '?')
        strbuf_add(out, " was interrupted by a signal; it is made again after the handler");
    else
        strbuf_addf(out, n->value < 0 ? " failed: %s" : " gave %s", result + (n->value < 0) * 3);
    if (strcmp(result, "EOF") == 0 && pipe != NULL)
        strbuf_addf(out, ", for %s is empty, and no write end of it is open", pipe->name);
    say_whom_it_woke(p, n, out);
}

static void say_slept(const struct panes *p, const struct note *n, struct strbuf *out)
{
    const struct view *v = walk_view(p->walk);
    strbuf_add(out, name_of(v, n->actor));
    switch (n->sleep_on) {
    case ON_CONDITION:
        strbuf_addf(out, " fell asleep on %s.%s, and let the lock go", pipe_of(v, n->pipe),
                    v->actors[n->actor].condition);
        break;
    case ON_TIME:
        strbuf_addf(out, " waits for tick %" PRId64 ", when its line begins", n->value);
        break;
    case ON_LOCK: strbuf_addf(out, " found the lock taken by %s", name_of(v, n->other)); break;
    case ON_SLEEP: strbuf_addf(out, " sleeps until tick %" PRId64, n->value); break;
    case ON_WAIT:
    case ON_JOIN:
        strbuf_addf(out, " fell asleep until %s ends",
                    n->other == NOBODY ? "a child" : name_of(v, n->other));
        break;
    case ON_POLL: strbuf_add(out, " fell asleep in poll"); break;
    case ON_ACCEPT: strbuf_add(out, " fell asleep until somebody connects"); break;
    case ON_CONNECT:
        strbuf_add(out, n->other != NOBODY
                            ? " sent SYN, and fell asleep until the other host answers"
                            : " fell asleep: the queue of the listening socket is full");
        break;
    case ON_OPEN: strbuf_add(out, " fell asleep until somebody opens the other side"); break;
    case ON_NETWORK: strbuf_add(out, " has nothing to do now"); break;
    case ON_NOTHING:
    case ON_PAUSE: strbuf_add(out, " fell asleep until a signal comes"); break;
    }
    say_whom_it_woke(p, n, out);
}

static void say_what_changed(const struct view_pipe *pipe, bool reads, struct strbuf *out)
{
    if (reads && pipe->used == 0 && pipe->writers == 0)
        strbuf_addf(out, ": no write end of %s is open any more", pipe->name);
    else if (reads && pipe->used > 0)
        strbuf_addf(out, ": there are bytes in %s", pipe->name);
    else if (!reads && pipe->readers == 0)
        strbuf_addf(out, ": no read end of %s is open any more", pipe->name);
    else if (!reads && view_room(pipe) > 0)
        strbuf_addf(out, ": there is room in %s", pipe->name);
}

static void say_why_woken(const struct panes *p, const struct view_actor *a, struct strbuf *out)
{
    if (a->sleep_on == ON_CONDITION && a->pipe != NO_PIPE)
        say_what_changed(&walk_view(p->walk)->pipes[a->pipe],
                         strcmp(a->condition, "not_empty") == 0, out);
    else if (a->sleep_on == ON_POLL)
        strbuf_add(out, ": a descriptor that it polls may be ready");
    else if (a->sleep_on == ON_WAIT)
        strbuf_add(out, ": a child of it has ended");
    else if (a->sleep_on == ON_JOIN)
        strbuf_add(out, ": a thread has ended");
}

/* The event before it was the signal. */
static bool comes_by_signal(const struct panes *p, const struct note *n)
{
    uint64_t before = walk_position(p->walk) - 1;
    const struct note *signal = before > walk_start(p->walk) ? walk_note(p->walk, before) : NULL;
    return signal != NULL && signal->kind == EV_SIGNAL && signal->actor == n->other;
}

static void say_woken(const struct panes *p, const struct note *n, struct strbuf *out)
{
    const struct view *v = walk_view(p->walk);
    const char *woken = name_of(v, n->other);
    const struct view_actor *a = n->other >= 0 ? &v->actors[n->other] : NULL;
    if (n->actor == NOBODY) {
        if (comes_by_signal(p, n))
            strbuf_addf(out, "The signal wakes %s", woken);
        else
            strbuf_addf(out, "tick %" PRId64 " has come: %s is ready", n->tick, woken);
        return;
    }
    strbuf_addf(out, "%s wakes %s", name_of(v, n->actor), woken);
    if (comes_by_signal(p, n))
        strbuf_add(out, " by a signal");
    else if (a != NULL)
        say_why_woken(p, a, out);
    strbuf_addf(out, "; %s goes on, and looks again, when it is chosen", woken);
}

static void say_moved(const struct panes *p, const struct note *n, struct strbuf *out)
{
    const struct view *v = walk_view(p->walk);
    const struct view_pipe *pipe = &v->pipes[n->pipe];
    bool put = n->kind == EV_PUT;
    strbuf_addf(out, "%s %s %" PRId64 " byte%s %s %s: %" PRId64 " used, %" PRId64 " free",
                name_of(v, n->actor), put ? "put" : "took", n->value, plural(n->value),
                put ? "into" : "out of", pipe->name, pipe->used, pipe->capacity - pipe->used);
}

static void say_ends(const struct panes *p, const struct note *n, struct strbuf *out)
{
    const struct view *v = walk_view(p->walk);
    const struct view_pipe *pipe = &v->pipes[n->pipe];
    bool reads = n->kind == EV_OPEN_READER || n->kind == EV_CLOSE_READER;
    bool more = n->kind == EV_OPEN_READER || n->kind == EV_OPEN_WRITER;
    int64_t left = reads ? pipe->readers : pipe->writers;
    strbuf_addf(out, "%s %s a %s end of %s: %" PRId64 " %s open", name_of(v, n->actor),
                more ? "has opened" : "has closed", reads ? "read" : "write", pipe->name, left,
                left == 1 ? "is" : "are");
    if (left == 0 && reads)
        strbuf_add(out, "; whoever writes now gets EPIPE and SIGPIPE");
    else if (left == 0)
        strbuf_add(out, pipe->used > 0 ? "; once it is empty, a read gives end of file"
                                       : "; a read gives end of file from now on");
}

static void say_notified(const struct panes *p, const struct note *n, struct strbuf *out)
{
    const struct view *v = walk_view(p->walk);
    bool broadcast = n->site != NULL && strstr(n->site, "broadcast") != NULL;
    strbuf_addf(out, "%s %s a condition of %s", name_of(v, n->actor),
                broadcast ? "broadcasts on" : "signals", pipe_of(v, n->pipe));
    if (n->value == 0)
        strbuf_add(out, "; nobody sleeps on it, so nobody is told");
}

static void say_exited(const struct panes *p, const struct note *n, struct strbuf *out)
{
    const struct view *v = walk_view(p->walk);
    if (n->value < 0)
        strbuf_addf(out, "%s was killed by %s", name_of(v, n->actor), signal_name((int)-n->value));
    else
        strbuf_addf(out, "%s exited with %" PRId64, name_of(v, n->actor), n->value);
    strbuf_add(out, "; its descriptors are closed");
    say_whom_it_woke(p, n, out);
}

static void say_called(const struct panes *p, const struct note *n, struct strbuf *out)
{
    strbuf_addf(out, "%s calls %s", name_of(walk_view(p->walk), n->actor),
                walk_call(p->walk, n->actor));
}

static void say_signal(const struct panes *p, const struct note *n, struct strbuf *out)
{
    const struct view *v = walk_view(p->walk);
    const char *name = signal_name((int)n->value);
    strbuf_addf(out, "%s %s %s", name, n->kind == EV_SIGNAL ? "was sent to" : "is handled by",
                name_of(v, n->actor));
    if (n->kind == EV_SIGNAL && strcmp(name, "SIGPIPE") == 0 && n->other == n->actor)
        strbuf_add(out, ": it wrote to a pipe that has no read end");
    else if (n->kind == EV_SIGNAL && n->other != NOBODY)
        strbuf_addf(out, " by %s", name_of(v, n->other));
    else if (n->kind == EV_SIGNAL && strcmp(name, "SIGALRM") == 0)
        strbuf_add(out, ": its alarm has gone off");
    else if (n->kind == EV_SIGNAL && strcmp(name, "SIGCHLD") == 0)
        strbuf_add(out, ": a child of it has ended");
}

static void say_file(const struct view *v, const struct note *n, struct strbuf *out)
{
    const char *who = name_of(v, n->actor), *file = v->files[n->file - 1].name;
    const char *bytes = n->value == 1 ? "byte" : "bytes";
    if (n->kind == EV_FILE)
        strbuf_addf(out, "file %s was made", file);
    else if (n->kind == EV_FILE_EMPTIED)
        strbuf_addf(out, "%s emptied %s", who, file);
    else if (n->kind == EV_FILE_WRITTEN)
        strbuf_addf(out, "%s wrote %" PRId64 " %s to %s", who, n->value, bytes, file);
    else if (n->value > 0)
        strbuf_addf(out, "%s read %" PRId64 " %s of %s", who, n->value, bytes, file);
    else
        strbuf_addf(out, "%s found the end of %s", who, file);
}

void glance_say(const struct panes *p, const struct note *n, struct strbuf *out)
{
    const struct view *v = walk_view(p->walk);
    const char *name = name_of(v, n->actor), *pipe = pipe_of(v, n->pipe);
    switch (n->kind) {
    case EV_START: strbuf_addf(out, "%s begins", name); break;
    case EV_CALL: say_called(p, n, out); break;
    case EV_RETURN: say_returned(p, n, out); break;
    case EV_SLEEP: say_slept(p, n, out); break;
    case EV_WAKE: say_woken(p, n, out); break;
    case EV_RESUME:
        strbuf_addf(out, "%s goes on, and looks again at what it slept for", name);
        break;
    case EV_PUT:
    case EV_TOOK: say_moved(p, n, out); break;
    case EV_PIPE: strbuf_addf(out, "pipe %s was made", pipe); break;
    case EV_SLOTS:
        strbuf_addf(out, "%s consists of slots of %" PRId64 " bytes", pipe, n->value);
        break;
    case EV_FILE:
    case EV_FILE_EMPTIED:
    case EV_FILE_WRITTEN:
    case EV_FILE_READ: say_file(v, n, out); break;
    case EV_FIFO: strbuf_addf(out, "FIFO %s is about to be opened: it is empty", pipe); break;
    case EV_OPEN_READER:
    case EV_OPEN_WRITER:
    case EV_CLOSE_READER:
    case EV_CLOSE_WRITER: say_ends(p, n, out); break;
    case EV_RESIZE: strbuf_addf(out, "%s holds %" PRId64 " bytes now", pipe, n->value); break;
    case EV_LINK: strbuf_addf(out, "%s receives from another host", pipe); break;
    case EV_SENT:
        strbuf_addf(out, "a segment has left, to arrive at tick %" PRId64, n->value);
        break;
    case EV_ARRIVED:
        strbuf_addf(out, "a segment has arrived that left at tick %" PRId64, n->value);
        break;
    case EV_LOST: strbuf_add(out, "a segment was lost: it will be sent again"); break;
    case EV_SIGNAL:
    case EV_HANDLER: say_signal(p, n, out); break;
    case EV_PRINT: strbuf_addf(out, "%s printed to its terminal", name); break;
    case EV_EXIT: say_exited(p, n, out); break;
    case EV_LOCK: strbuf_addf(out, "%s took the lock of %s", name, pipe); break;
    case EV_UNLOCK: strbuf_addf(out, "%s let the lock of %s go", name, pipe); break;
    case EV_NOTIFY: say_notified(p, n, out); break;
    case EV_FAIL: strbuf_addf(out, "this is not as the script says (line %d)", n->line); break;
    }
    strbuf_add(out, ".");
}

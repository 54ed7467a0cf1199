/* why.c - what has just happened and why the sleepers sleep, in sentences; see panes.h. */
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

/* -- what has happened ------------------------------------------------------------------------- */

static void say_returned(const struct panes *p, const struct note *n, struct strbuf *out)
{
    strbuf_addf(out, "%s's %s", name_of(walk_view(p->walk), n->actor),
                walk_call(p->walk, n->actor));
    if (n->value < 0)
        strbuf_addf(out, " failed: %s", error_name_of_number((int)-n->value));
    else
        strbuf_addf(out, " returned %" PRId64, n->value);
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
        strbuf_add(out, " fell asleep: the queue of the listening socket is full");
        break;
    case ON_NOTHING:
    case ON_PAUSE: strbuf_add(out, " fell asleep"); break;
    }
}

static void say_woken(const struct panes *p, const struct note *n, struct strbuf *out)
{
    const struct view *v = walk_view(p->walk);
    const char *woken = name_of(v, n->other);
    const struct view_actor *a = n->other >= 0 ? &v->actors[n->other] : NULL;
    if (n->actor == NOBODY) {
        strbuf_addf(out, "tick %" PRId64 " has come: %s is ready", n->tick, woken);
        return;
    }
    strbuf_addf(out, "%s wakes %s", name_of(v, n->actor), woken);
    if (a != NULL && a->sleep_on == ON_CONDITION && a->pipe != NO_PIPE) {
        const struct view_pipe *pipe = &v->pipes[a->pipe];
        bool reads = strcmp(a->condition, "not_empty") == 0;
        if (reads && pipe->used == 0 && pipe->writers == 0)
            strbuf_addf(out, ": no write end of %s is open any more", pipe->name);
        else if (reads)
            strbuf_addf(out, ": there are bytes in %s", pipe->name);
        else if (pipe->readers == 0)
            strbuf_addf(out, ": no read end of %s is open any more", pipe->name);
        else
            strbuf_addf(out, ": there is room in %s", pipe->name);
    }
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
}

static void say_called(const struct panes *p, const struct note *n, struct strbuf *out)
{
    strbuf_addf(out, "%s calls %s", name_of(walk_view(p->walk), n->actor),
                walk_call(p->walk, n->actor));
}

static void say_signal(const struct panes *p, const struct note *n, struct strbuf *out)
{
    const struct view *v = walk_view(p->walk);
    strbuf_addf(out, "%s %s %s", signal_name((int)n->value),
                n->kind == EV_SIGNAL ? "was sent to" : "is handled by", name_of(v, n->actor));
    if (n->kind == EV_SIGNAL && n->other != NOBODY)
        strbuf_addf(out, " by %s", name_of(v, n->other));
}

static void say_happened(const struct panes *p, const struct note *n, struct strbuf *out)
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
    case EV_OPEN_READER:
    case EV_OPEN_WRITER:
    case EV_CLOSE_READER:
    case EV_CLOSE_WRITER: say_ends(p, n, out); break;
    case EV_RESIZE: strbuf_addf(out, "%s holds %" PRId64 " bytes now", pipe, n->value); break;
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

static void add_happened(const struct panes *p, struct pane_size size, struct sheet *out)
{
    const struct note *n = glance_note(p);
    struct strbuf text = {0};
    if (n == NULL)
        strbuf_add(&text, "This is the start: everything is set up, and nobody has run yet. "
                          "n goes to the end of the first call, s to the first event.");
    else
        say_happened(p, n, &text);
    sheet_add(out, TONE_CHANGED, n == NULL ? "  " : "> ");
    sheet_wrap(out, n != NULL && n->kind == EV_FAIL ? TONE_WRONG : TONE_CHANGED, strbuf_text(&text),
               2, size.width);
    strbuf_free(&text);
}

/* -- sleepers ---------------------------------------------------------------------------------- */

static bool needs_explaining(const struct view_actor *a)
{
    return a->state == ACTOR_ASLEEP && a->sleep_on != ON_TIME && a->sleep_on != ON_SLEEP;
}

/* What somebody else would have to do. */
static void say_what_would_wake(const struct panes *p, const struct view_actor *a,
                                struct strbuf *out)
{
    struct strbuf holders = {0};
    if (a->sleep_on != ON_CONDITION || a->pipe == NO_PIPE)
        return;
    const char *pipe = walk_view(p->walk)->pipes[a->pipe].name;
    bool reads = strcmp(a->condition, "not_empty") == 0;
    int count =
        run_describe_holders(walk_run(p->walk), a->pipe, reads ? WRITE_END : READ_END, &holders);
    strbuf_addf(out, "; a %s would wake it, or closing the last %s end of %s, held by %s",
                reads ? "write" : "read", reads ? "write" : "read", pipe,
                count > 0 ? strbuf_text(&holders) : "nobody");
    strbuf_free(&holders);
}

static void add_sleeper(struct panes *p, size_t actor, struct pane_size size, struct sheet *out)
{
    const struct view_actor *a = &walk_view(p->walk)->actors[actor];
    struct reason r = run_explain(walk_run(p->walk), (int)actor);
    struct strbuf text = {0};
    strbuf_add(&text, strbuf_text(&r.what));
    say_what_would_wake(p, a, &text);
    strbuf_add(&text, ".");
    sheet_add(out, TONE_PLAIN, "  ");
    sheet_wrap(out, TONE_ASLEEP, strbuf_text(&text), 4, size.width);
    if (r.hint.length > 0) {
        sheet_add(out, TONE_WRONG, "    ");
        sheet_wrap(out, TONE_PLAIN, strbuf_text(&r.hint), 4, size.width);
    }
    strbuf_free(&text);
    reason_free(&r);
}

static void add_sleepers(struct panes *p, struct pane_size size, struct sheet *out)
{
    const struct view *v = walk_view(p->walk);
    const struct note *n = glance_note(p);
    int present = n == NULL ? NOBODY : n->actor;
    if (present != NOBODY && needs_explaining(&v->actors[present]))
        add_sleeper(p, (size_t)present, size, out);
    for (size_t i = 0; i < v->actor_count; i++) {
        if ((int)i != present && needs_explaining(&v->actors[i]))
            add_sleeper(p, i, size, out);
    }
}

/* -- the cycle --------------------------------------------------------------------------------- */

struct search {
    const struct view *view;
    int sleeper, found;
};

static void find_other(void *ctx, const struct thread *holder, int fd)
{
    struct search *s = ctx;
    (void)fd;
    if (s->found == NOBODY && thread_actor(holder) != s->sleeper)
        s->found = thread_actor(holder);
}

/* Whom a sleeper waits for; himself, when nobody else could help. */
static int awaited(const struct panes *p, int actor)
{
    const struct view *v = walk_view(p->walk);
    const struct view_actor *a = &v->actors[actor];
    struct search s = {v, actor, NOBODY};
    if (a->sleep_on != ON_CONDITION || a->pipe == NO_PIPE)
        return a->waits_for;
    bool reads = strcmp(a->condition, "not_empty") == 0;
    kernel_each_end(run_kernel(walk_run(p->walk)), a->pipe, reads ? WRITE_END : READ_END,
                    find_other, &s);
    return s.found == NOBODY ? actor : s.found;
}

static void add_link(const struct panes *p, int actor, struct strbuf *out)
{
    const struct view *v = walk_view(p->walk);
    const struct view_actor *a = &v->actors[actor];
    strbuf_add(out, a->name);
    if (a->sleep_on == ON_CONDITION)
        strbuf_addf(out, " --(%s %s)--> ",
                    strcmp(a->condition, "not_empty") == 0 ? "bytes in" : "room in",
                    pipe_of(v, a->pipe));
    else
        strbuf_addf(out, " --(%s of)--> ", a->sleep_on == ON_JOIN ? "end" : "exit");
}

/* From one sleeper to the next until the first comes again, or somebody who does not sleep. */
static bool follow(const struct panes *p, int start, struct strbuf *out)
{
    const struct view *v = walk_view(p->walk);
    int at = start;
    size_t steps = 0;
    do {
        add_link(p, at, out);
        at = awaited(p, at);
    } while (at != start && at != NOBODY && v->actors[at].state == ACTOR_ASLEEP &&
             ++steps < v->actor_count);
    strbuf_add(out, at == NOBODY ? "?" : v->actors[at].name);
    return at == start;
}

static void add_cycle(const struct panes *p, struct pane_size size, struct sheet *out)
{
    const struct view *v = walk_view(p->walk);
    for (size_t i = 0; i < v->actor_count; i++) {
        struct strbuf text = {0};
        bool cycle = needs_explaining(&v->actors[i]) && follow(p, (int)i, &text);
        if (cycle) {
            sheet_add(out, TONE_WRONG, "  each waits for the next: ");
            sheet_wrap(out, TONE_STRONG, strbuf_text(&text), 4, size.width);
        }
        strbuf_free(&text);
        if (cycle)
            return;
    }
}

/* -- the end ----------------------------------------------------------------------------------- */

static void add_message(const struct panes *p, const struct diag *d, struct pane_size size,
                        struct sheet *out)
{
    struct strbuf text = {0};
    bool main_message = d->level == DIAG_ERROR || d->level == DIAG_FAILED;
    if (d->has_place && main_message)
        strbuf_addf(&text,
                    "line %d: ", source_place(&walk_program(p->walk)->source, d->place.at).line);
    strbuf_add(&text, d->message);
    sheet_add(out, TONE_PLAIN, main_message ? "  " : "    ");
    sheet_wrap(out, main_message ? TONE_WRONG : TONE_PLAIN, strbuf_text(&text), 6, size.width);
    strbuf_free(&text);
}

static const char *verdict_sentence(const struct walk *w)
{
    bool stuck = walk_view(w)->asleep > 0;
    switch (walk_verdict(w)) {
    case VERDICT_AS_EXPECTED:
        return stuck ? "The run ends in a deadlock, as the scenario says."
                     : "The run is over, and all was as the scenario says.";
    case VERDICT_FAILED: return "The run is over, and not as the scenario says.";
    case VERDICT_BAD_SCRIPT: return "The run was stopped by a mistake in the scenario.";
    case VERDICT_STUCK: return "The run is stuck, and the scenario does not say so.";
    case VERDICT_LIMIT: return "A limit was reached.";
    case VERDICT_INTERRUPTED: return "The run was interrupted.";
    }
    return "";
}

static void add_verdict(struct panes *p, struct pane_size size, struct sheet *out)
{
    const struct diag_list *messages = walk_messages(p->walk);
    bool good = walk_verdict(p->walk) == VERDICT_AS_EXPECTED;
    sheet_add(out, TONE_PLAIN, "  ");
    sheet_wrap(out, good ? TONE_AWAKE : TONE_WRONG, verdict_sentence(p->walk), 4, size.width);
    add_cycle(p, size, out);
    for (size_t i = 0; i < messages->count; i++)
        add_message(p, &messages->items[i], size, out);
}

/* -- who is next ------------------------------------------------------------------------------- */

static void say_next(const struct panes *p, struct strbuf *out)
{
    enum { DIGITS = 9 };
    const struct view *v = walk_view(p->walk);
    const struct note *next = walk_note(p->walk, walk_position(p->walk) + 1);
    int actors[DIGITS];
    size_t count = walk_candidates(p->walk, actors, DIGITS);
    if (count == 0)
        strbuf_addf(out, "Nobody is awake: time goes on to tick %" PRId64 ".", next->tick);
    else if (next->actor >= 0 && (size_t)next->actor < v->actor_count &&
             walk_future(p->walk) == FUTURE_SHOWN)
        strbuf_addf(out, "Next goes %s.", v->actors[next->actor].name);
    if (count < 2)
        return;
    strbuf_add(out, " At the next choice a digit lets another go on:");
    for (size_t i = 0; i < count; i++)
        strbuf_addf(out, "%s %d %s", i > 0 ? "," : "", actors[i] + 1, v->actors[actors[i]].name);
    strbuf_add(out, ".");
}

static void add_next(const struct panes *p, struct pane_size size, struct sheet *out)
{
    struct strbuf text = {0};
    say_next(p, &text);
    if (text.length > 0) {
        sheet_add(out, TONE_PLAIN, "  ");
        sheet_wrap(out, TONE_PLAIN, strbuf_text(&text), 4, size.width);
    }
    strbuf_free(&text);
}

static void add_said(const struct panes *p, struct pane_size size, struct sheet *out)
{
    for (const char *line = p->said; *line != '\0';) {
        size_t n = strcspn(line, "\n");
        struct strbuf text = {0};
        strbuf_add_bytes(&text, line, n);
        sheet_wrap(out, *line == '?' ? TONE_STRONG : TONE_CHANGED, strbuf_text(&text), 2,
                   size.width);
        strbuf_free(&text);
        line += n + (line[n] == '\n');
    }
}

void panes_say(struct panes *p, const char *lines)
{
    p->said = lines;
}

void pane_why(struct panes *p, struct pane_size size, struct sheet *out)
{
    bool end = walk_position(p->walk) == walk_length(p->walk);
    if (p->said != NULL)
        add_said(p, size, out);
    else
        add_happened(p, size, out);
    if (end)
        add_verdict(p, size, out);
    if (!end || walk_messages(p->walk)->count == 0)
        add_sleepers(p, size, out);
    if (!end)
        add_next(p, size, out);
    out->focus = 0;
}

/* asking.c - all that can be asked of a run; see question.h. */
#include "sim/quiz/question.h"

#include "sim/step/because.h"
#include "sim/trace/abi.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    CALLS_ASKED_ABOUT = 60, /* whoever works it out by hand gets no farther */
    BYTES_ASKED_FOR = 12
};

struct asking {
    const struct history *h;
    struct question_list *out;
};

/* NULL when memory is short. */
static struct question *add(struct asking *a, enum question_kind kind, uint64_t at, int subject,
                            enum answer_kind answer)
{
    struct question_list *list = a->out;
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 64 : list->room * 2;
        struct question *grown = realloc(list->items, room * sizeof *grown);
        if (grown == NULL)
            return NULL;
        list->items = grown;
        list->room = room;
    }
    struct question *q = &list->items[list->count++];
    *q = (struct question){.kind = kind, .at = at, .subject = subject, .answer = {.kind = answer}};
    return q;
}

static int number_of(const struct asking *a, const struct call_made *c)
{
    return (int)(c - a->h->calls);
}

/* -- which call -------------------------------------------------------------------------------- */

static bool is_one_of(const struct call_made *c, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (call_is_named(c, names[i]))
            return true;
    }
    return false;
}

static bool is_made_again(const struct history *h, const struct call_made *c)
{
    for (size_t i = 0; i < h->count; i++) {
        const struct call_made *b = &h->calls[i];
        if (b != c && b->actor == c->actor && b->line == c->line && strcmp(b->shown, c->shown) == 0)
            return true;
    }
    return false;
}

static const char *ending_of_ordinal(size_t n)
{
    static const char *const endings[] = {"th", "st", "nd", "rd"};
    return n % 100 / 10 != 1 && n % 10 <= 3 ? endings[n % 10] : "th";
}

/* "Line 9, consumer's read(p, 2), 2nd time" */
static void add_call(const struct asking *a, const struct call_made *c, struct strbuf *out)
{
    strbuf_addf(out, "Line %d, %s's %s", c->line, a->h->names[c->actor], c->shown);
    if (is_made_again(a->h, c)) {
        size_t n = history_nth(a->h, c);
        strbuf_addf(out, ", %zu%s time", n, ending_of_ordinal(n));
    }
}

/* -- from the run to its state ----------------------------------------------------------------- */

/* As a trace shows it, without what it says besides; false when it is cut short there. */
static bool add_result(const struct call_made *c, struct strbuf *out)
{
    size_t n = strlen(c->result);
    if (c->end == 0) {
        strbuf_add(out, "never");
        return true;
    }
    if (n == 0 || (n > 4 && strcmp(c->result + n - 4, "\"...") == 0))
        return false;
    if (c->result[0] != '"' && strchr(c->result, '(') != NULL)
        n = strcspn(c->result, " ");
    strbuf_add_bytes(out, c->result, n);
    return true;
}

static void ask_result(struct asking *a, const struct call_made *c)
{
    static const char *const names[] = {"read", "write", "wait", "join",  "poll",
                                        "dup",  "dup2",  "kill", "ioctl", NULL};
    struct strbuf right = {0};
    if (!is_one_of(c, names) || !add_result(c, &right)) {
        strbuf_free(&right);
        return;
    }
    struct question *q = add(a, QUESTION_RESULT, c->begin, number_of(a, c), ANSWER_RESULT);
    if (q == NULL) {
        strbuf_free(&right);
        return;
    }
    q->answer.text = right;
    add_call(a, c, &q->text);
    strbuf_add(&q->text, ": what does it give?");
    because(a->h, c, &q->why);
}

static void ask_until(struct asking *a, const struct call_made *c)
{
    static const char *const names[] = {"read", "write", "wait", "join", "poll", "pause", NULL};
    bool cut_off = c->end != 0 && walk_note(a->h->walk, c->end)->kind == EV_EXIT;
    struct question *q = NULL;
    if (is_one_of(c, names) && !cut_off)
        q = add(a, QUESTION_UNTIL, c->begin, number_of(a, c), ANSWER_UNTIL);
    if (q == NULL)
        return;
    add_call(a, c, &q->text);
    strbuf_add(&q->text, ": does it sleep, and until which tick? (no, a tick, or never)");
    if (c->sleep == 0)
        strbuf_add(&q->answer.text, "no");
    else if (c->end == 0)
        strbuf_add(&q->answer.text, "never");
    else
        strbuf_addf(&q->answer.text, "%" PRId64, walk_note(a->h->walk, c->end)->tick);
    because(a->h, c, &q->why);
}

static void add_bytes(const struct view_pipe *p, struct strbuf *out)
{
    char bytes[VIEW_CELLS];
    for (int64_t i = 0; i < p->used; i++)
        bytes[i] = p->cells[(p->taken + (uint64_t)i) % (uint64_t)p->capacity];
    strbuf_add_quoted(out, bytes, (size_t)p->used, VIEW_CELLS);
}

static void add_left(struct asking *a, const struct call_made *c, struct strbuf *out)
{
    because_of_state(a->h, c, out);
    const struct view_pipe *p = &walk_view(a->h->walk)->pipes[c->pipe];
    strbuf_addf(out, " It gives %s; then %" PRId64 " %s used.", c->result, p->used,
                p->used == 1 ? "is" : "are");
}

static void ask_bytes(struct asking *a, const struct call_made *c, const struct view_pipe *p)
{
    struct question *q = add(a, QUESTION_BYTES, c->end, number_of(a, c), ANSWER_BYTES);
    if (q == NULL)
        return;
    add_call(a, c, &q->text);
    strbuf_addf(&q->text, ", has returned: which bytes are in %s, the oldest first?", p->name);
    add_bytes(p, &q->answer.text);
    add_left(a, c, &q->why);
}

static void ask_used(struct asking *a, const struct call_made *c, const struct view_pipe *p)
{
    struct question *q = add(a, QUESTION_USED, c->end, number_of(a, c), ANSWER_NUMBER);
    if (q == NULL)
        return;
    add_call(a, c, &q->text);
    strbuf_addf(&q->text, ", has returned: how many bytes are in %s?", p->name);
    strbuf_addf(&q->answer.text, "%" PRId64, p->used);
    add_left(a, c, &q->why);
}

static void ask_contents(struct asking *a, const struct call_made *c)
{
    static const char *const names[] = {"read", "write", NULL};
    bool came_back = c->end != 0 && walk_note(a->h->walk, c->end)->kind == EV_RETURN;
    if (!is_one_of(c, names) || c->pipe == NO_PIPE || !came_back)
        return;
    walk_goto(a->h->walk, c->end);
    const struct view_pipe *p = &walk_view(a->h->walk)->pipes[c->pipe];
    if (p->readers == 0) /* what is in it is lost */
        return;
    if (p->capacity <= VIEW_CELLS && p->used <= BYTES_ASKED_FOR)
        ask_bytes(a, c, p);
    ask_used(a, c, p);
}

/* -- from a state to what made it -------------------------------------------------------------- */

static size_t times_woken(const struct history *h, const struct call_made *c)
{
    size_t times = 0;
    for (uint64_t n = c->sleep; n <= c->woken; n++) {
        const struct note *note = walk_note(h->walk, n);
        times += note->kind == EV_WAKE && note->other == c->actor;
    }
    return times;
}

static void ask_waker(struct asking *a, const struct call_made *c)
{
    int waker = call_waker(a->h, c);
    if (c->sleep == 0 || c->end == 0 || waker == NOBODY || times_woken(a->h, c) != 1)
        return;
    const struct call_made *by = history_call_at(a->h, waker, c->woken);
    struct question *q = NULL;
    if (by != NULL)
        q = add(a, QUESTION_WAKER, c->woken, number_of(a, c), ANSWER_NUMBER);
    if (q == NULL)
        return;
    add_call(a, c, &q->text);
    strbuf_add(&q->text, ", falls asleep: on which line is the call that wakes it?");
    strbuf_addf(&q->answer.text, "%d", by->line);
    because_it_sleeps(a->h, c, &q->why);
    because_it_wakes(a->h, c, &q->why);
}

/* The event that made a pipe full, or empty, for the first time; 0: none. */
static uint64_t first_at_level(const struct walk *w, int pipe, enum pipe_level level)
{
    for (uint64_t n = walk_start(w) + 1; n <= walk_length(w); n++) {
        const struct note *note = walk_note(w, n);
        bool moved = note->kind == EV_PUT || note->kind == EV_TOOK;
        if (moved && note->pipe == pipe && note->level == level)
            return n;
    }
    return 0;
}

static void ask_level(struct asking *a, int pipe, const char *name, enum pipe_level level)
{
    uint64_t n = first_at_level(a->h->walk, pipe, level);
    const struct call_made *c =
        n == 0 ? NULL : history_call_at(a->h, walk_note(a->h->walk, n)->actor, n);
    struct question *q = NULL;
    if (c != NULL && number_of(a, c) < CALLS_ASKED_ABOUT)
        q = add(a, QUESTION_LEVEL, n, number_of(a, c), ANSWER_NUMBER);
    if (q == NULL)
        return;
    strbuf_addf(&q->text,
                "%s has become %s for the first time: on which line is the call that did "
                "it?",
                name, level == PIPE_FULL ? "full" : "empty again");
    strbuf_addf(&q->answer.text, "%d", c->line);
    strbuf_addf(&q->why, "It is %s's %s, at tick %" PRId64 ".", a->h->names[c->actor], c->shown,
                walk_note(a->h->walk, n)->tick);
}

static void ask_levels(struct asking *a)
{
    struct walk *w = a->h->walk;
    walk_goto(w, walk_length(w));
    for (size_t i = 0; i < walk_view(w)->pipe_count; i++) {
        const char *name = walk_view(w)->pipes[i].name;
        ask_level(a, (int)i, name, PIPE_FULL);
        ask_level(a, (int)i, name, PIPE_EMPTY);
    }
}

/* -- who goes on ------------------------------------------------------------------------------- */

static void add_awake(const struct asking *a, const int *actors, size_t count, struct strbuf *out)
{
    for (size_t i = 0; i < count; i++)
        strbuf_addf(out, "%s%s",
                    i == 0           ? ""
                    : i + 1 == count ? " and "
                                     : ", ",
                    a->h->names[actors[i]]);
}

static void ask_next(struct asking *a, const struct call_made *c)
{
    enum { ROOM = 8 };
    struct walk *w = a->h->walk;
    int awake[ROOM];
    if (c->sleep == 0 || c->sleep >= walk_length(w))
        return;
    walk_goto(w, c->sleep);
    size_t count = walk_candidates(w, awake, ROOM);
    int next = walk_note(w, c->sleep + 1)->actor;
    struct question *q = NULL;
    if (count > 1 && count < ROOM && next != NOBODY)
        q = add(a, QUESTION_NEXT, c->sleep, number_of(a, c), ANSWER_NAME);
    if (q == NULL)
        return;
    add_call(a, c, &q->text);
    strbuf_add(&q->text, ", falls asleep: who goes on?");
    strbuf_add(&q->answer.text, a->h->names[next]);
    add_awake(a, awake, count, &q->why);
    strbuf_addf(&q->why, " are awake, and it is %s's turn.", a->h->names[next]);
}

/* -- the end ----------------------------------------------------------------------------------- */

static size_t count_sleeps(const struct asking *a, int actor, int line)
{
    size_t count = 0;
    for (size_t i = 0; i < a->h->count; i++) {
        const struct call_made *c = &a->h->calls[i];
        count += c->actor == actor && c->sleep != 0 && (line == 0 || c->line == line);
    }
    return count;
}

/* "2 on line 6, 1 on line 9" */
static void add_sleeps_by_line(const struct asking *a, int actor, struct strbuf *out)
{
    int last = 0;
    for (;;) {
        int line = 0;
        for (size_t i = 0; i < a->h->count; i++) {
            const struct call_made *c = &a->h->calls[i];
            if (c->actor == actor && c->sleep != 0 && c->line > last &&
                (line == 0 || c->line < line))
                line = c->line;
        }
        if (line == 0)
            return;
        strbuf_addf(out, "%s%zu on line %d", last > 0 ? ", " : "", count_sleeps(a, actor, line),
                    line);
        last = line;
    }
}

static void ask_sleeps(struct asking *a, int actor)
{
    size_t count = count_sleeps(a, actor, 0);
    struct question *q = add(a, QUESTION_SLEEPS, walk_length(a->h->walk), -1, ANSWER_NUMBER);
    if (q == NULL)
        return;
    strbuf_addf(&q->text, "In all: how many calls of %s fall asleep?", a->h->names[actor]);
    strbuf_addf(&q->answer.text, "%zu", count);
    strbuf_add(&q->why, count == 0 ? "None has to" : "They are: ");
    add_sleeps_by_line(a, actor, &q->why);
    strbuf_add_char(&q->why, '.');
}

static void add_state(const struct view *v, const struct view_actor *actor, struct strbuf *out)
{
    if (actor->state == ACTOR_EXITED && actor->status < 0)
        strbuf_addf(out, "killed %s", signal_name((int)-actor->status));
    else if (actor->state == ACTOR_EXITED)
        strbuf_add(out, "exited");
    else if (actor->sleep_on == ON_CONDITION && actor->pipe != NO_PIPE)
        strbuf_addf(out, "%s.%s", v->pipes[actor->pipe].name, actor->condition);
    else
        strbuf_add(out, sleep_on_name(actor->sleep_on));
}

static void ask_state(struct asking *a, int number)
{
    struct walk *w = a->h->walk;
    const struct view *v = walk_view(w);
    const struct view_actor *actor = &v->actors[number];
    struct question *q = NULL;
    if (actor->state != ACTOR_RUNNABLE)
        q = add(a, QUESTION_STATE, walk_length(w), -1, ANSWER_STATE);
    if (q == NULL)
        return;
    strbuf_addf(&q->text,
                "At the end: is %s asleep, and on what? (%s.not_empty, wait, ...; or exited, or "
                "killed SIGNAL)",
                a->h->names[number], v->pipe_count > 0 ? v->pipes[0].name : "p");
    add_state(v, actor, &q->answer.text);
    struct reason r = run_explain(walk_run(w), number);
    if (r.what.length > 0)
        strbuf_addf(&q->why, "%s; nobody is left who could help.", strbuf_text(&r.what));
    else if (actor->status < 0)
        strbuf_addf(&q->why, "A signal has ended %s.", a->h->names[number]);
    else
        strbuf_addf(&q->why, "%s has come to its end.", a->h->names[number]);
    reason_free(&r);
}

/* Those who did not just come to their end, if there are any: that is what one should see. */
static void ask_states(struct asking *a)
{
    const struct view *v = walk_view(a->h->walk);
    bool any = false;
    for (size_t i = 0; i < a->h->actor_count; i++)
        any |= v->actors[i].state == ACTOR_ASLEEP || v->actors[i].status < 0;
    for (size_t i = 0; i < a->h->actor_count; i++) {
        if (!any || v->actors[i].state == ACTOR_ASLEEP || v->actors[i].status < 0)
            ask_state(a, (int)i);
    }
}

static void ask_about_end(struct asking *a)
{
    struct walk *w = a->h->walk;
    if (a->h->count > 2 * CALLS_ASKED_ABOUT)
        return;
    walk_goto(w, walk_length(w));
    ask_states(a);
    for (size_t i = 0; i < a->h->actor_count; i++)
        ask_sleeps(a, (int)i);
    struct question *q = add(a, QUESTION_TICK, walk_length(w), -1, ANSWER_NUMBER);
    if (q == NULL)
        return;
    strbuf_add(&q->text, "At the end: which tick is it?");
    strbuf_addf(&q->answer.text, "%" PRId64, walk_view(w)->tick);
    strbuf_add(&q->why,
               "Ticks pass only when nobody can run, and this is when the last one could.");
}

void questions_find(const struct history *h, struct question_list *out)
{
    struct asking a = {h, out};
    uint64_t here = walk_position(h->walk);
    for (size_t i = 0; i < h->count && i < CALLS_ASKED_ABOUT; i++) {
        const struct call_made *c = &h->calls[i];
        ask_result(&a, c);
        ask_until(&a, c);
        ask_contents(&a, c);
        ask_waker(&a, c);
        ask_next(&a, c);
    }
    ask_levels(&a);
    ask_about_end(&a);
    walk_goto(h->walk, here);
}

/* predict.c - see predict.h. */
#include "sim/step/predict.h"

#include "sim/step/answer.h"
#include "sim/step/because.h"

#include <stdlib.h>
#include <string.h>

struct predict {
    struct walk *walk; /* borrowed */
    struct history *history;
    char *schedule; /* of the run that the history is of */
    uint64_t seen;  /* up to here nothing is asked any more */
    size_t asked, right;

    enum { ASKS_NOTHING, ASKS_WHO, ASKS_WHAT } open;
    uint64_t stretch_end, goal; /* of the movement that waits for the answer */
    struct answer answer;
    struct strbuf question, why;
};

static void close_question(struct predict *p)
{
    p->open = ASKS_NOTHING;
    strbuf_clear(&p->question);
    strbuf_clear(&p->why);
    strbuf_clear(&p->answer.text);
}

/* Choosing who runs makes another run. */
static void follow_run(struct predict *p)
{
    char *schedule = walk_schedule(p->walk);
    if (p->history != NULL && schedule != NULL && strcmp(schedule, p->schedule) == 0) {
        free(schedule);
        return;
    }
    history_free(p->history);
    free(p->schedule);
    close_question(p);
    p->schedule = schedule;
    p->history = history_new(p->walk);
    p->seen = walk_position(p->walk);
}

struct predict *predict_new(struct walk *w)
{
    struct predict *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    p->walk = w;
    walk_show_future(w, FUTURE_HIDDEN);
    return p;
}

void predict_free(struct predict *p)
{
    if (p == NULL)
        return;
    walk_show_future(p->walk, FUTURE_SHOWN);
    history_free(p->history);
    free(p->schedule);
    strbuf_free(&p->question);
    strbuf_free(&p->why);
    answer_free(&p->answer);
    free(p);
}

/* -- stretches --------------------------------------------------------------------------------- */

static bool ends_stretch(const struct walk *w, uint64_t n)
{
    const struct note *note = walk_note(w, n);
    return note->kind == EV_EXIT ||
           (note->kind == EV_RETURN && strcmp(walk_text(w, n), "?") != 0) ||
           (note->kind == EV_SLEEP && note->sleep_on != ON_TIME && note->sleep_on != ON_LOCK);
}

/* The end of the stretch that begins at n; the end of the run. */
static uint64_t stretch_end(const struct walk *w, uint64_t n)
{
    for (n++; n < walk_length(w); n++) {
        if (ends_stretch(w, n))
            return n;
    }
    return walk_length(w);
}

/* The call whose sleep or result event n is, if it is one to be asked for. */
static const struct call_made *call_asked_for(const struct predict *p, uint64_t n)
{
    static const char *const names[] = {"read",  "write", "wait", "join",  "poll",
                                        "pause", "dup",   "dup2", "ioctl", NULL};
    const struct note *note = walk_note(p->walk, n);
    const struct call_made *c = note->actor == NOBODY || !ends_stretch(p->walk, n)
                                    ? NULL
                                    : history_call_at(p->history, note->actor, n);
    bool dies = c != NULL && strncmp(c->result, "killed", 6) == 0;
    if (note->kind == EV_EXIT && !dies)
        return NULL;
    for (size_t i = 0; c != NULL && names[i] != NULL; i++) {
        if (call_is_named(c, names[i]))
            return c;
    }
    return NULL;
}

/* -- who --------------------------------------------------------------------------------------- */

/* The walk is where the stretch begins. */
static bool ask_who(struct predict *p)
{
    enum { ROOM = 9 };
    struct walk *w = p->walk;
    int awake[ROOM];
    uint64_t here = walk_position(w);
    const struct view *v = walk_view(w);
    size_t count = walk_candidates(w, awake, ROOM);
    int last = here > walk_start(w) ? walk_note(w, here)->actor : NOBODY;
    int next = walk_note(w, here + 1)->actor;
    bool goes_on = last != NOBODY && v->actors[last].state == ACTOR_RUNNABLE;
    if (count < 2 || goes_on || next == NOBODY)
        return false;
    p->open = ASKS_WHO;
    p->answer.kind = ANSWER_NAME;
    strbuf_add(&p->answer.text, p->history->names[next]);
    strbuf_add(&p->question, "Who goes on next:");
    for (size_t i = 0; i < count; i++)
        strbuf_addf(&p->question, "%s %s",
                    i == 0           ? ""
                    : i + 1 == count ? " or"
                                     : ",",
                    p->history->names[awake[i]]);
    strbuf_add(&p->question, "?");
    strbuf_add(&p->why, walk_branches(w) == 0 /* nobody has chosen */
                            ? "Of those who are awake it has been ready longest."
                            : "It has been ready longest, or was chosen to go on.");
    return true;
}

/* -- what -------------------------------------------------------------------------------------- */

static void explain(struct predict *p, const struct call_made *c, bool sleeps)
{
    struct call_made now = *c;
    if (sleeps)
        now.sleep = p->stretch_end; /* it may be its second time */
    if (sleeps)
        because_it_sleeps(p->history, &now, &p->why);
    else
        because_of_state(p->history, &now, &p->why);
    if (p->why.length == 0)
        strbuf_add(&p->why, "Nothing keeps it waiting.");
}

/* The result without what a trace says besides; "" when it is cut short there. */
static void add_result(const struct call_made *c, struct strbuf *out)
{
    size_t n = strlen(c->result);
    if (n > 4 && strcmp(c->result + n - 4, "\"...") == 0)
        return;
    if (c->result[0] != '"' && strchr(c->result, '(') != NULL)
        n = strcspn(c->result, " ");
    strbuf_add_bytes(out, c->result, n);
}

static bool ask_what(struct predict *p)
{
    const struct call_made *c = call_asked_for(p, p->stretch_end);
    if (c == NULL)
        return false;
    bool sleeps = walk_note(p->walk, p->stretch_end)->kind == EV_SLEEP;
    p->answer.kind = ANSWER_RESULT;
    if (sleeps)
        strbuf_add(&p->answer.text, "sleeps");
    else
        add_result(c, &p->answer.text);
    if (p->answer.text.length == 0)
        return false;
    p->open = ASKS_WHAT;
    bool resumes = c->begin <= walk_position(p->walk);
    strbuf_addf(&p->question,
                resumes
                    ? "%s goes on in its %s (line %d): what does it give? Or does it sleep again?"
                    : "%s calls %s (line %d): what does it give? Or does it sleep?",
                p->history->names[c->actor], c->text, c->line);
    explain(p, c, sleeps);
    return true;
}

/* -- the movement ------------------------------------------------------------------------------ */

uint64_t predict_before(struct predict *p, uint64_t to)
{
    struct walk *w = p->walk;
    uint64_t here = walk_position(w), at = here;
    follow_run(p);
    close_question(p);
    if (to > walk_length(w))
        to = walk_length(w);
    if (p->history == NULL)
        return to;
    while (at < to) {
        p->stretch_end = stretch_end(w, at);
        if (p->stretch_end > p->seen) {
            walk_goto(w, at);
            bool asks = ask_who(p) || ask_what(p);
            walk_goto(w, here);
            p->goal = to < p->stretch_end ? to : p->stretch_end;
            if (asks)
                return at;
            p->seen = p->stretch_end;
        }
        at = p->stretch_end;
    }
    return to;
}

const char *predict_question(const struct predict *p)
{
    return p->open == ASKS_NOTHING ? NULL : strbuf_text(&p->question);
}

bool predict_is_answer(const struct predict *p, const char *given)
{
    bool named = false;
    for (size_t i = 0; p->open == ASKS_WHO && i < p->history->actor_count; i++)
        named |= strcmp(p->history->names[i], given) == 0;
    return named || (p->open != ASKS_NOTHING && answer_accepts(&p->answer, given));
}

void predict_score(const struct predict *p, struct strbuf *out)
{
    strbuf_addf(out, "%zu of %zu", p->right, p->asked);
}

void predict_answer(struct predict *p, const char *given, struct strbuf *out)
{
    bool right = answer_accepts(&p->answer, given), who = p->open == ASKS_WHO;
    p->asked++;
    p->right += right;
    bool sleeps = strcmp(strbuf_text(&p->answer.text), "sleeps") == 0 && !who;
    const char *verdict = right ? "Right" : given[strspn(given, " ")] == '\0' ? "Shown" : "Wrong";
    strbuf_addf(out, "%s: %s%s. %s (", verdict, sleeps ? "it " : "", strbuf_text(&p->answer.text),
                strbuf_text(&p->why));
    predict_score(p, out);
    strbuf_add(out, ")\n");
    close_question(p);
    if (!who || !ask_what(p))
        p->seen = p->stretch_end;
}

uint64_t predict_goal(const struct predict *p)
{
    return p->goal;
}

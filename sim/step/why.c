/* why.c - why the sleepers sleep, and how the run ended, in sentences; see panes.h. */
#include "sim/step/cycle.h"
#include "sim/step/glance.h"

#include <inttypes.h>
#include <string.h>

static void add_happened(const struct panes *p, struct pane_size size, struct sheet *out)
{
    const struct note *n = glance_note(p);
    struct strbuf text = {0};
    if (n == NULL)
        strbuf_add(&text, "This is the start: everything is set up, and nobody has run yet. "
                          "n goes to the end of the first call, s to the first event.");
    else
        glance_say(p, n, &text);
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
    int actor = (int)(a - walk_view(p->walk)->actors);
    if (a->sleep_on != ON_CONDITION || a->pipe == NO_PIPE ||
        run_sleeps_beside(walk_run(p->walk), actor))
        return;
    const struct view_pipe *pipe = &walk_view(p->walk)->pipes[a->pipe];
    bool reads = run_reads(walk_run(p->walk), actor);
    int count =
        run_describe_holders(walk_run(p->walk), a->pipe, reads ? WRITE_END : READ_END, &holders);
    bool network = reads ? view_network_writes(pipe) : view_network_reads(pipe);
    if (count == 0)
        strbuf_add(&holders, network ? "the network" : "nobody");
    strbuf_addf(out, "; a %s would wake it, or closing the last %s end of %s, held by %s",
                reads ? "write" : "read", reads ? "write" : "read", pipe->name,
                strbuf_text(&holders));
    strbuf_free(&holders);
}

static void add_sleeper(struct panes *p, size_t actor, struct pane_size size, struct sheet *out)
{
    const struct view_actor *a = &walk_view(p->walk)->actors[actor];
    struct reason r = run_explain(walk_run(p->walk), (int)actor);
    struct strbuf text = {0};
    strbuf_add(&text, strbuf_text(&r.what));
    if (run_sleeps_beside(walk_run(p->walk), (int)actor) && r.who.length > 0)
        strbuf_addf(&text, ": %s", strbuf_text(&r.who));
    say_what_would_wake(p, a, &text);
    if (walk_is_deadlocked(p->walk))
        glance_lost_wakeup(p, (int)actor, &text);
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

/* On the same condition, for the same, and both truly wait for it or both do not. */
static bool sleep_alike(const struct panes *p, size_t a, size_t b)
{
    struct run *run = walk_run(p->walk);
    const struct view_actor *x = &walk_view(p->walk)->actors[a],
                            *y = &walk_view(p->walk)->actors[b];
    return needs_explaining(x) && needs_explaining(y) && x->sleep_on == ON_CONDITION &&
           y->sleep_on == ON_CONDITION && x->pipe == y->pipe &&
           strcmp(x->condition, y->condition) == 0 &&
           run_reads(run, (int)a) == run_reads(run, (int)b) &&
           run_sleeps_beside(run, (int)a) == run_sleeps_beside(run, (int)b);
}

/* Of those who sleep alike the first is explained, and the others are named. */
static bool is_first_of_its_kind(const struct panes *p, size_t first, size_t actor)
{
    if (sleep_alike(p, actor, first))
        return false;
    for (size_t i = 0; i < actor; i++) {
        if (sleep_alike(p, actor, i))
            return false;
    }
    return true;
}

static void add_others(const struct panes *p, size_t actor, struct pane_size size,
                       struct sheet *out)
{
    const struct view *v = walk_view(p->walk);
    const struct view_actor *a = &v->actors[actor];
    struct strbuf text = {0};
    int count = 0;
    for (size_t i = 0; i < v->actor_count; i++) {
        if (i != actor && sleep_alike(p, i, actor))
            strbuf_addf(&text, "%s%s", count++ > 0 ? ", " : "", v->actors[i].name);
    }
    if (count > 0) {
        strbuf_addf(&text, " sleep%s on %s.%s, too.", count == 1 ? "s" : "", v->pipes[a->pipe].name,
                    a->condition);
        sheet_add(out, TONE_PLAIN, "  ");
        sheet_wrap(out, TONE_ASLEEP, strbuf_text(&text), 4, size.width);
    }
    strbuf_free(&text);
}

static void add_kind(struct panes *p, size_t actor, struct pane_size size, struct sheet *out)
{
    add_sleeper(p, actor, size, out);
    if (walk_view(p->walk)->actors[actor].pipe != NO_PIPE)
        add_others(p, actor, size, out);
}

static void add_sleepers(struct panes *p, struct pane_size size, struct sheet *out)
{
    const struct view *v = walk_view(p->walk);
    const struct note *n = glance_note(p);
    size_t present = n == NULL || n->actor == NOBODY ? 0 : (size_t)n->actor;
    if (v->actor_count > 0 && needs_explaining(&v->actors[present]))
        add_kind(p, present, size, out);
    for (size_t i = 0; i < v->actor_count; i++) {
        if (i != present && needs_explaining(&v->actors[i]) && is_first_of_its_kind(p, present, i))
            add_kind(p, i, size, out);
    }
}

/* -- the end ----------------------------------------------------------------------------------- */

static void add_message(const struct panes *p, const struct diag *d, struct pane_size size,
                        struct sheet *out)
{
    struct strbuf text = {0};
    bool main_message = d->level == DIAG_ERROR || d->level == DIAG_FAILED;
    if (d->has_place && main_message)
        strbuf_addf(&text, "line %d fails: ",
                    source_place(&walk_program(p->walk)->source, d->place.at).line);
    strbuf_add(&text, d->message);
    sheet_add(out, TONE_PLAIN, main_message ? "  " : "    ");
    sheet_wrap(out, main_message ? TONE_WRONG : TONE_PLAIN, strbuf_text(&text), 6, size.width);
    strbuf_free(&text);
}

static const char *verdict_sentence(struct walk *w)
{
    switch (walk_verdict(w)) {
    case VERDICT_AS_EXPECTED:
        return walk_is_deadlocked(w) ? "The run ends in a deadlock, as the scenario says."
                                     : "The run is over, and all was as the scenario says.";
    case VERDICT_FAILED: return "The run is over, and not as the scenario says.";
    case VERDICT_BAD_SCRIPT: return "The run was stopped by a mistake in the scenario.";
    case VERDICT_STUCK:
        return walk_is_deadlocked(w) ? "Deadlock, and the scenario does not say so."
                                     : "The run is stuck, and the scenario does not say so.";
    case VERDICT_CRASHED: return "The pipe's own code crashed.";
    case VERDICT_LIMIT: return "A limit was reached.";
    case VERDICT_INTERRUPTED: return "The run was interrupted.";
    }
    return "";
}

/* The verdict, and for a deadlock who waits for whom: in words, and as a picture. */
static void add_verdict(struct panes *p, struct pane_size size, struct sheet *out)
{
    struct walk *w = p->walk;
    struct strbuf text = {0}, picture = {0};
    bool good = walk_verdict(w) == VERDICT_AS_EXPECTED;
    strbuf_addf(&text, "%s ", verdict_sentence(w));
    if (walk_is_deadlocked(w)) {
        cycle_words(w, &text);
        cycle_picture(w, (struct pane_size){size.width - 4, size.height, size.glyphs}, &picture);
    }
    sheet_add(out, TONE_PLAIN, "  ");
    sheet_wrap(out, good ? TONE_AWAKE : TONE_WRONG, strbuf_text(&text), 4, size.width);
    for (const char *line = strbuf_text(&picture); *line != '\0'; line += strcspn(line, "\n") + 1) {
        sheet_pad(out, 4);
        sheet_add_bytes(out, TONE_STRONG, line, strcspn(line, "\n"));
        sheet_end_line(out);
    }
    strbuf_free(&text);
    strbuf_free(&picture);
}

/* A claim that fails in the present state: its message, with what was so. */
static void add_claim(struct panes *p, struct pane_size size, struct sheet *out)
{
    const struct diag_list *messages = walk_messages(p->walk);
    const struct note *n = glance_note(p);
    size_t i = n == NULL || n->claim == 0 ? messages->count : n->claim - 1;
    for (bool first = true; i < messages->count; i++, first = false) {
        if (!first && messages->items[i].has_place)
            return;
        add_message(p, &messages->items[i], size, out);
    }
}

/* What the run complained of; of a deadlock the verdict and the sleepers say more. */
static void add_messages(struct panes *p, struct pane_size size, struct sheet *out)
{
    const struct diag_list *messages = walk_messages(p->walk);
    for (size_t i = 0; i < messages->count; i++) {
        const struct diag *d = &messages->items[i];
        if (walk_is_deadlocked(p->walk) && d->level == DIAG_FAILED && !d->has_place)
            return; /* the last of them, with all its notes */
        add_message(p, d, size, out);
    }
}

/* -- who is next ------------------------------------------------------------------------------- */

static void say_next(const struct panes *p, struct strbuf *out)
{
    enum { DIGITS = 9 };
    const struct view *v = walk_view(p->walk);
    const struct note *next = walk_note(p->walk, walk_position(p->walk) + 1);
    int actors[DIGITS];
    size_t count = walk_candidates(p->walk, actors, DIGITS);
    if (count == 0 && next->tick > v->tick)
        strbuf_addf(out, "Nobody is awake: time goes on to tick %" PRId64 ".", next->tick);
    else if (count == 0)
        strbuf_add(out, "Nobody is awake yet.");
    else if (next->actor >= 0 && (size_t)next->actor < v->actor_count &&
             walk_future(p->walk) == FUTURE_SHOWN)
        strbuf_addf(out, "Next goes %s.", v->actors[next->actor].name);
    if (count < 2)
        return;
    strbuf_add(out, " At the next choice a digit lets another go on:");
    for (size_t i = 0; i < count; i++)
        strbuf_addf(out, "%s %d:%s", i > 0 ? "," : "", actors[i] + 1, v->actors[actors[i]].name);
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
    if (end)
        add_messages(p, size, out);
    else
        add_claim(p, size, out);
    add_sleepers(p, size, out);
    if (!end)
        add_next(p, size, out);
    out->focus = 0;
}

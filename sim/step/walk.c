/* walk.c - see walk.h. */
#include "sim/step/spoilers.h"
#include "sim/step/walking.h"

#include <stdlib.h>
#include <string.h>

/* -- moving ------------------------------------------------------------------------------------ */

static void finish(struct walk *w, enum sched_end end)
{
    w->position = w->note_count;
    w->length = w->note_count;
    if (w->complete)
        return;
    struct schedule_cursor used = sched_cursor(), all = schedule_end(&w->schedule);
    w->followed = end != SCHED_BAD_SCHEDULE && used.item == all.item && used.used == all.used;
    w->verdict = run_judge(w->run, end);
    walking_record_claims(w);
    w->complete = true;
}

void walking_run_to(struct walk *w, uint64_t position)
{
    w->pause_at = position;
    enum sched_end end = run_go(w->run, UINT64_MAX);
    if (end == SCHED_PAUSED)
        w->position = position;
    else
        finish(w, end);
}

void walking_make_to_the_end(struct walk *w)
{
    run_send_messages(w->run, &w->messages);
    while (!w->complete) {
        uint64_t last = w->stops[w->stop_count - 1].position;
        walking_run_to(w, last + w->spacing > w->position ? last + w->spacing : w->position + 1);
        if (!w->complete)
            walking_add_stop(w);
    }
    run_send_messages(w->run, &w->ignored);
}

void walk_goto(struct walk *w, uint64_t position)
{
    if (position > w->length)
        position = w->length;
    if (position < walk_start(w))
        position = walk_start(w);
    if (position == w->position)
        return;
    const struct stop *s = walking_stop_before(w, position);
    if (position < w->position || s->position > w->position)
        walking_go_back_to(w, s);
    if (w->position < position)
        walking_run_to(w, position);
    diag_list_free(&w->ignored);
}

/* -- the session ------------------------------------------------------------------------------- */

static bool begin(struct walk *w)
{
    w->run = run_begin(w->program, &w->options, &w->messages);
    if (w->run == NULL)
        return false;
    w->position = w->note_count; /* what was set up has been noted */
    walking_add_stop(w);
    if (w->stop_count == 0)
        return false;
    walking_make_to_the_end(w);
    w->first_schedule = walk_schedule(w);
    return true;
}

static void start_with(struct walk *w, const struct schedule *schedule)
{
    for (size_t i = 0; schedule != NULL && i < schedule->count; i++) {
        for (uint64_t n = 0; n < schedule->items[i].times; n++)
            schedule_add(&w->schedule, schedule->items[i].name);
    }
}

struct walk *walk_new(struct program *program, const struct run_options *options,
                      enum trace_depth depth, struct diag_list *diags)
{
    struct walk *w = calloc(1, sizeof *w);
    if (w == NULL)
        return NULL;
    w->program = program;
    w->options = *options;
    schedule_init(&w->schedule, options->freedom);
    start_with(w, options->schedule);
    w->options.mode = SCHED_CONTROLLED;
    w->options.policy = POLICY_SCHEDULE;
    w->options.walk = &w->schedule;
    w->options.keep = KEEP_ALL;
    w->sinks[0] = (struct trace_sink){walking_record, w, SINK_ALL};
    w->options.sinks = w->sinks;
    w->options.sink_count = 1;
    w->spacing = FIRST_SPACING;
    walking_start_text(w, depth);
    if (!begin(w)) {
        *diags = w->messages;
        w->messages = (struct diag_list){0};
        walk_free(w);
        return NULL;
    }
    walk_goto(w, w->stops[0].position);
    return w;
}

void walk_free(struct walk *w)
{
    if (w == NULL)
        return;
    for (size_t i = 0; i < w->stop_count; i++)
        snapshot_free(w->stops[i].snapshot);
    for (size_t i = 0; i < w->branch_count; i++)
        free(w->branches[i].schedule);
    free(w->branches);
    free(w->first_schedule);
    free(w->stops);
    free(w->notes);
    free(w->line_starts);
    strbuf_free(&w->lines);
    strbuf_free(&w->calls);
    strbuf_free(&w->hidden_text);
    text_trace_fini(&w->text);
    diag_list_free(&w->messages);
    diag_list_free(&w->ignored);
    run_free(w->run);
    schedule_fini(&w->schedule);
    free(w);
}

/* -- asking ------------------------------------------------------------------------------------ */

uint64_t walk_start(const struct walk *w)
{
    return w->stops[0].position;
}

uint64_t walk_position(const struct walk *w)
{
    return w->position;
}

uint64_t walk_length(const struct walk *w)
{
    return w->length;
}

const struct note *walk_note(const struct walk *w, uint64_t n)
{
    return &w->notes[n - 1];
}

size_t walk_line_count(const struct walk *w)
{
    return w->line_count;
}

const char *walk_line(const struct walk *w, size_t i)
{
    return w->lines.bytes + w->line_starts[i];
}

size_t walk_lines_until(const struct walk *w, uint64_t n)
{
    return n == 0 ? 0 : w->notes[n - 1].first_line + w->notes[n - 1].line_count;
}

const char *walk_call(const struct walk *w, int actor)
{
    for (uint64_t n = w->position; n > 0; n--) {
        if (w->notes[n - 1].kind == EV_CALL && w->notes[n - 1].actor == actor)
            return w->calls.bytes + w->notes[n - 1].call;
    }
    return "";
}

const char *walk_text(const struct walk *w, uint64_t n)
{
    const struct note *note = walk_note(w, n);
    bool kept = note->kind == EV_CALL || note->kind == EV_RETURN;
    return kept ? w->calls.bytes + note->call : "";
}

size_t walk_name_width(const struct walk *w)
{
    return w->text.name_width;
}

enum trace_depth walk_depth(const struct walk *w)
{
    return w->text.depth;
}

const struct view *walk_view(const struct walk *w)
{
    return run_view(w->run);
}

struct run *walk_run(struct walk *w)
{
    return w->run;
}

struct program *walk_program(const struct walk *w)
{
    return w->program;
}

enum verdict walk_verdict(const struct walk *w)
{
    return w->verdict;
}

const struct diag_list *walk_messages(const struct walk *w)
{
    return &w->messages;
}

bool walk_is_deadlocked(struct walk *w)
{
    int awake[1];
    return w->position == w->length && walk_view(w)->asleep > 0 &&
           walk_candidates(w, awake, 1) == 0;
}

static void hide_spoilers(struct walk *w)
{
    struct edit_list edits = {0};
    const struct source *source = &w->program->source;
    spoilers_find(w->program, &edits);
    rewrite(source, &edits, LINES_KEPT, &w->hidden_text);
    edit_list_free(&edits);
    w->hidden_source =
        (struct source){source->name, strbuf_text(&w->hidden_text), w->hidden_text.length};
}

void walk_show_future(struct walk *w, enum future future)
{
    w->future = future;
    if (future == FUTURE_HIDDEN && w->hidden_text.length == 0)
        hide_spoilers(w);
}

enum future walk_future(const struct walk *w)
{
    return w->future;
}

const struct source *walk_source(const struct walk *w)
{
    return w->future == FUTURE_HIDDEN ? &w->hidden_source : &w->program->source;
}

/* -- strides ----------------------------------------------------------------------------------- */

static bool waits_for_its_line(const struct note *n)
{
    return n->kind == EV_SLEEP && n->sleep_on == ON_TIME;
}

static bool ends_stride(const struct note *n, enum stride stride)
{
    switch (stride) {
    case STRIDE_EVENT: return true;
    case STRIDE_CALL:
        return n->kind == EV_RETURN || n->kind == EV_EXIT ||
               (n->kind == EV_SLEEP && !waits_for_its_line(n));
    case STRIDE_SLEEP_OR_WAKE:
        return n->kind == EV_EXIT || n->kind == EV_SIGNAL || n->kind == EV_WAKE ||
               (n->kind == EV_SLEEP && !waits_for_its_line(n));
    }
    return true;
}

uint64_t walk_after(const struct walk *w, enum stride stride)
{
    uint64_t n = w->position + 1;
    while (n < w->length && !ends_stride(walk_note(w, n), stride))
        n++;
    return n < w->length ? n : w->length;
}

uint64_t walk_before(const struct walk *w, enum stride stride)
{
    uint64_t n = w->position;
    while (n > walk_start(w) + 1 && !ends_stride(walk_note(w, n - 1), stride))
        n--;
    return n > walk_start(w) + 1 ? n - 1 : walk_start(w);
}

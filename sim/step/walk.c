/* walk.c - see walk.h. */
#include "sim/step/walk.h"

#include "sim/sched/sched.h"
#include "sim/step/spoilers.h"
#include "sim/trace/text_trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_SPACING = 32,      /* events between two snapshots, at first */
    SNAPSHOT_LIMIT = 256,    /* when there are so many, every second is dropped */
    MEMORY_LIMIT = 256 << 20 /* bytes of snapshots: the same */
};

struct stop {
    uint64_t position;
    struct snapshot *snapshot; /* owned */
};

struct branch {
    char *schedule; /* owned */
    uint64_t left;
    enum {
        LEFT_BY_CHOOSING,
        LEFT_BY_GOING_BACK
    } how; /* undo takes back the last of the first sort */
};

struct walk {
    struct program *program; /* borrowed */
    struct run_options options;
    struct schedule schedule; /* all choices so far: followed, and extended at its end */
    struct trace_sink sinks[1];
    struct run *run;
    uint64_t position, length;
    uint64_t pause_at; /* the event after which the run pauses */
    bool complete;     /* the run has been made to its end */
    bool followed;     /* and every choice of the schedule was made */
    enum verdict verdict;
    struct diag_list messages, ignored;

    struct note *notes; /* owned; of event n at n - 1 */
    size_t note_count, note_room;
    struct text_trace text;
    struct strbuf lines; /* 0-terminated, one after another */
    size_t *line_starts;
    size_t line_count, line_room;
    struct strbuf calls; /* texts of calls and results, 0-terminated */

    struct stop *stops; /* owned; by position, the first at 0 */
    size_t stop_count;
    uint64_t spacing;
    size_t snapshot_bytes;

    struct branch *branches; /* owned */
    size_t branch_count;
    char *first_schedule;              /* owned: of the run that was made first */
    const struct trace_sink *listener; /* of a replay, which is not recorded; or NULL */

    enum future future;
    struct strbuf hidden_text; /* of hidden_source; empty until it is needed */
    struct source hidden_source;
};

/* -- recording --------------------------------------------------------------------------------- */

static void keep_line(void *ctx, const char *bytes, size_t n)
{
    struct walk *w = ctx;
    if (w->line_count == w->line_room) {
        size_t room = w->line_room == 0 ? 256 : w->line_room * 2;
        size_t *grown = realloc(w->line_starts, room * sizeof *grown);
        if (grown == NULL)
            return;
        w->line_starts = grown;
        w->line_room = room;
    }
    w->line_starts[w->line_count++] = w->lines.length;
    strbuf_add_bytes(&w->lines, bytes, n > 0 ? n - 1 : 0); /* without its newline */
    strbuf_add_char(&w->lines, '\0');
}

static struct note *add_note(struct walk *w)
{
    if (w->note_count == w->note_room) {
        size_t room = w->note_room == 0 ? 1024 : w->note_room * 2;
        struct note *grown = realloc(w->notes, room * sizeof *grown);
        if (grown == NULL)
            return NULL;
        w->notes = grown;
        w->note_room = room;
    }
    return &w->notes[w->note_count++];
}

static enum pipe_level level_after(const struct event *e, const struct view *v)
{
    if (e->kind != EV_PUT && e->kind != EV_TOOK)
        return PIPE_PARTLY;
    const struct view_pipe *p = &v->pipes[e->pipe];
    return p->used == p->capacity ? PIPE_FULL : p->used == 0 ? PIPE_EMPTY : PIPE_PARTLY;
}

static void record_new(struct walk *w, const struct event *e, const struct view *v)
{
    struct note *n = add_note(w);
    if (n == NULL)
        return;
    size_t first = w->line_count;
    struct trace_sink text = text_trace_sink(&w->text);
    text.event(text.ctx, e, v);
    *n = (struct note){e->kind,
                       e->sleep_on,
                       e->actor,
                       e->other,
                       e->pipe,
                       e->line,
                       e->tick,
                       e->value,
                       e->site,
                       first,
                       w->line_count - first,
                       w->calls.length,
                       level_after(e, v)};
    if (e->kind != EV_CALL && e->kind != EV_RETURN)
        return;
    strbuf_add_bytes(&w->calls, e->text, e->size);
    strbuf_add_char(&w->calls, '\0');
}

/* The text of an event is not in the arena, so a run must not be left, and come back to, while other
 * sinks have yet to read it: it pauses after the last of them. Lock events go to no other. */
static void pause_after(struct walk *w, const struct event *e)
{
    bool pauses = e->seq == w->pause_at;
    bool of_lock = e->kind == EV_LOCK || e->kind == EV_UNLOCK || e->kind == EV_NOTIFY;
    if (w->run != NULL)
        run_pause_at(w->run, pauses && !of_lock ? e->seq : 0);
    if (pauses && of_lock)
        sched_pause();
}

/* Only what has not happened before is new. */
static void record(void *ctx, const struct event *e, const struct view *v)
{
    struct walk *w = ctx;
    if (w->listener != NULL)
        w->listener->event(w->listener->ctx, e, v);
    else if (e->seq > w->note_count)
        record_new(w, e, v);
    pause_after(w, e);
}

/* -- snapshots --------------------------------------------------------------------------------- */

static void thin_out(struct walk *w)
{
    size_t kept = 0;
    w->snapshot_bytes = 0;
    for (size_t i = 0; i < w->stop_count; i++) {
        if (i % 2 == 1) {
            snapshot_free(w->stops[i].snapshot);
            continue;
        }
        w->snapshot_bytes += snapshot_bytes(w->stops[i].snapshot);
        w->stops[kept++] = w->stops[i];
    }
    w->stop_count = kept;
    w->spacing *= 2;
}

static void add_stop(struct walk *w)
{
    struct snapshot *s = snapshot_take();
    struct stop *grown = realloc(w->stops, (w->stop_count + 1) * sizeof *grown);
    if (grown != NULL)
        w->stops = grown;
    if (s == NULL || grown == NULL) {
        snapshot_free(s);
        return;
    }
    w->stops[w->stop_count++] = (struct stop){w->position, s};
    w->snapshot_bytes += snapshot_bytes(s);
    if (w->stop_count >= SNAPSHOT_LIMIT || w->snapshot_bytes > MEMORY_LIMIT)
        thin_out(w);
}

static void drop_stops_after(struct walk *w, uint64_t position)
{
    while (w->stop_count > 1 && w->stops[w->stop_count - 1].position > position)
        snapshot_free(w->stops[--w->stop_count].snapshot);
}

/* The last one at or before a position. */
static const struct stop *stop_before(const struct walk *w, uint64_t position)
{
    size_t low = 0, high = w->stop_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (w->stops[middle].position <= position)
            low = middle;
        else
            high = middle;
    }
    return &w->stops[low];
}

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
    w->complete = true;
}

/* Forwards to a position, or to the end. */
static void run_to(struct walk *w, uint64_t position)
{
    w->pause_at = position;
    enum sched_end end = run_go(w->run, UINT64_MAX);
    if (end == SCHED_PAUSED)
        w->position = position;
    else
        finish(w, end);
}

static void make_to_the_end(struct walk *w)
{
    run_send_messages(w->run, &w->messages);
    while (!w->complete) {
        uint64_t last = w->stops[w->stop_count - 1].position;
        run_to(w, last + w->spacing > w->position ? last + w->spacing : w->position + 1);
        if (!w->complete)
            add_stop(w);
    }
    run_send_messages(w->run, &w->ignored);
}

static void go_back_to(struct walk *w, const struct stop *s)
{
    snapshot_restore(s->snapshot);
    w->position = s->position;
}

void walk_goto(struct walk *w, uint64_t position)
{
    if (position > w->length)
        position = w->length;
    if (position < walk_start(w))
        position = walk_start(w);
    if (position == w->position)
        return;
    const struct stop *s = stop_before(w, position);
    if (position < w->position || s->position > w->position)
        go_back_to(w, s);
    if (w->position < position)
        run_to(w, position);
    diag_list_free(&w->ignored);
}

/* -- the session ------------------------------------------------------------------------------- */

static size_t longest_name(const struct program *p)
{
    size_t longest = 0;
    for (size_t i = 0; i < p->block_count; i++) {
        size_t n = strlen(p->blocks[i].name);
        longest = n > longest ? n : longest;
    }
    return longest;
}

static void start_text(struct walk *w, enum trace_depth depth)
{
    struct trace_output out = {keep_line, w};
    text_trace_init(&w->text, out, depth, TEXT_PLAIN, longest_name(w->program));
    w->text.header_written = true;
}

/* But for what was set up before the start. */
static void forget_recording(struct walk *w, uint64_t start)
{
    enum trace_depth depth = w->text.depth;
    text_trace_fini(&w->text);
    start_text(w, depth);
    w->note_count = start;
    size_t lines = walk_lines_until(w, start);
    if (lines < w->line_count)
        w->lines.length = w->line_starts[lines];
    w->line_count = lines;
    strbuf_clear(&w->calls); /* nobody has called anything before the start */
    diag_list_free(&w->messages);
    w->complete = false;
}

static bool begin(struct walk *w)
{
    w->run = run_begin(w->program, &w->options, &w->messages);
    if (w->run == NULL)
        return false;
    w->position = w->note_count; /* what was set up has been noted */
    add_stop(w);
    if (w->stop_count == 0)
        return false;
    make_to_the_end(w);
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
    w->sinks[0] = (struct trace_sink){record, w, SINK_ALL};
    w->options.sinks = w->sinks;
    w->options.sink_count = 1;
    w->spacing = FIRST_SPACING;
    start_text(w, depth);
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

/* -- other runs -------------------------------------------------------------------------------- */

char *walk_schedule(const struct walk *w)
{
    return schedule_text(&w->schedule);
}

static bool add_branch(struct walk *w, uint64_t left)
{
    struct branch *grown = realloc(w->branches, (w->branch_count + 1) * sizeof *grown);
    char *schedule = walk_schedule(w);
    if (grown != NULL)
        w->branches = grown;
    if (grown == NULL || schedule == NULL) {
        free(schedule);
        return false;
    }
    w->branches[w->branch_count++] = (struct branch){schedule, left, LEFT_BY_CHOOSING};
    return true;
}

/* Makes the run of w->schedule from the start, and comes to rest at `position`. */
static void make_again(struct walk *w, uint64_t position)
{
    go_back_to(w, &w->stops[0]);
    drop_stops_after(w, walk_start(w));
    forget_recording(w, walk_start(w));
    make_to_the_end(w);
    walk_goto(w, position);
}

static bool take_schedule(struct walk *w, const char *text)
{
    const char *error;
    size_t at;
    schedule_fini(&w->schedule);
    schedule_init(&w->schedule, w->options.freedom);
    return schedule_parse(&w->schedule, text, &error, &at) == 0;
}

size_t walk_candidates(struct walk *w, int *actors, size_t room)
{
    const struct view *v = walk_view(w);
    size_t count = 0;
    for (size_t i = 0; i < v->actor_count; i++) {
        if (v->actors[i].state == ACTOR_RUNNABLE && count < room)
            actors[count++] = (int)i;
    }
    return count;
}

/* As it was before a choice was tried. */
static void take_back(struct walk *w, const char *schedule, uint64_t position)
{
    free(w->branches[--w->branch_count].schedule);
    take_schedule(w, schedule);
    make_again(w, position);
}

static bool same_choices(const struct walk *w, const char *schedule)
{
    char *now = walk_schedule(w);
    bool same = now != NULL && strcmp(now, schedule) == 0;
    free(now);
    return same;
}

int walk_choose(struct walk *w, const char *name)
{
    uint64_t here = w->position;
    char *old = walk_schedule(w);
    if (old == NULL || !add_branch(w, here)) {
        free(old);
        return -ENOMEM;
    }
    schedule_cut(&w->schedule, sched_cursor());
    schedule_add(&w->schedule, name);
    make_again(w, here);
    int error = !w->followed ? -ESRCH : same_choices(w, old) ? -EALREADY : 0;
    if (error != 0)
        take_back(w, old, here);
    free(old);
    return error;
}

size_t walk_branches(const struct walk *w)
{
    return w->branch_count;
}

const char *walk_branch_schedule(const struct walk *w, size_t i)
{
    return w->branches[i].schedule;
}

uint64_t walk_branch_left(const struct walk *w, size_t i)
{
    return w->branches[i].left;
}

int walk_take_branch(struct walk *w, size_t i)
{
    struct branch taken = w->branches[i];
    char *present = walk_schedule(w);
    if (present == NULL)
        return -ENOMEM;
    w->branches[i] = (struct branch){present, w->position, LEFT_BY_GOING_BACK};
    take_schedule(w, taken.schedule);
    free(taken.schedule);
    make_again(w, taken.left);
    return 0;
}

int walk_undo(struct walk *w)
{
    for (size_t i = w->branch_count; i-- > 0;) {
        if (w->branches[i].how == LEFT_BY_CHOOSING)
            return walk_take_branch(w, i);
    }
    return -ENOENT;
}

bool walk_is_default(const struct walk *w)
{
    return w->options.freedom.grain == GRAIN_CALLS && w->first_schedule != NULL &&
           same_choices(w, w->first_schedule);
}

const struct run_options *walk_options(const struct walk *w)
{
    return &w->options;
}

/* -- once more --------------------------------------------------------------------------------- */

static void go_again_to(struct walk *w, uint64_t position)
{
    go_back_to(w, stop_before(w, position));
    if (w->position < position)
        run_to(w, position);
}

/* Leaves the walk at the end of that run. */
static struct replay replay_schedule(struct walk *w, const struct trace_sink *sink)
{
    struct replay replay = {.messages = {0}};
    go_back_to(w, &w->stops[0]);
    run_send_messages(w->run, &replay.messages);
    w->listener = sink;
    w->pause_at = 0;
    replay.verdict = run_judge(w->run, run_go(w->run, UINT64_MAX));
    w->listener = NULL;
    run_send_messages(w->run, &w->ignored);
    return replay;
}

struct replay walk_replay(struct walk *w, const struct trace_sink *sink)
{
    uint64_t here = w->position;
    struct replay replay = replay_schedule(w, sink);
    go_again_to(w, here);
    return replay;
}

struct replay walk_replay_branch(struct walk *w, size_t i, const struct trace_sink *sink)
{
    uint64_t here = w->position;
    struct schedule present = w->schedule;
    schedule_init(&w->schedule, w->options.freedom); /* so that take_schedule leaves `present` */
    take_schedule(w, w->branches[i].schedule);
    struct replay replay = replay_schedule(w, sink);
    schedule_fini(&w->schedule);
    w->schedule = present;
    go_again_to(w, here);
    return replay;
}

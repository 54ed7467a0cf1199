/* recording.c - of each event of a run a note and its lines of trace; see walking.h. */
#include "sim/step/walking.h"

#include <stdlib.h>
#include <string.h>

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
    return view_room(p) == 0 ? PIPE_FULL : p->used == 0 ? PIPE_EMPTY : PIPE_PARTLY;
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
                       0,
                       level_after(e, v),
                       e->file};
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

static bool is_about_claim(const struct walk *w, const struct diag *d)
{
    const struct program *p = w->program;
    for (size_t i = 0; d->has_place && i < p->claim_count; i++) {
        if (p->claims[i].place.at == d->place.at)
            return true;
    }
    return false;
}

/* A claim is judged when the event has been noted: what it says then belongs to the last note. */
void walking_record_claims(struct walk *w)
{
    for (; w->messages_seen < w->messages.count; w->messages_seen++) {
        struct note *n = w->note_count > 0 ? &w->notes[w->note_count - 1] : NULL;
        if (n != NULL && n->claim == 0 && is_about_claim(w, &w->messages.items[w->messages_seen]))
            n->claim = w->messages_seen + 1;
    }
}

/* Only what has not happened before is new. */
void walking_record(void *ctx, const struct event *e, const struct view *v)
{
    struct walk *w = ctx;
    if (w->listener != NULL)
        w->listener->event(w->listener->ctx, e, v);
    else if (e->seq > w->note_count) {
        walking_record_claims(w);
        record_new(w, e, v);
    }
    pause_after(w, e);
}

static size_t longest_name(const struct program *p)
{
    size_t longest = 0;
    for (size_t i = 0; i < p->block_count; i++) {
        size_t n = strlen(p->blocks[i].name);
        longest = n > longest ? n : longest;
    }
    return longest;
}

void walking_start_text(struct walk *w, enum trace_depth depth)
{
    struct trace_output out = {keep_line, w};
    text_trace_init(&w->text, out, depth, TEXT_PLAIN, longest_name(w->program));
    w->text.header_written = true;
}

void walking_forget_recording(struct walk *w, uint64_t start)
{
    enum trace_depth depth = w->text.depth;
    text_trace_fini(&w->text);
    walking_start_text(w, depth);
    w->note_count = start;
    size_t lines = walk_lines_until(w, start);
    if (lines < w->line_count)
        w->lines.length = w->line_starts[lines];
    w->line_count = lines;
    strbuf_clear(&w->calls); /* nobody has called anything before the start */
    diag_list_free(&w->messages);
    w->messages_seen = 0;
    w->complete = false;
}

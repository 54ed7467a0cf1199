/* difference.c - see difference.h. */
#include "sim/step/difference.h"

#include "sim/step/sheet.h"
#include "sim/step/trace_line.h"
#include "sim/trace/text_trace.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    COMMON_SHOWN = 3, /* of the lines that both have, the last ones */
    LINES_SHOWN = 5   /* of each run, from the first difference on */
};

/* -- what a run printed ------------------------------------------------------------------------ */

struct told {
    struct text_trace text;
    struct strbuf lines; /* 0-terminated, one after another */
    size_t *starts;      /* owned */
    size_t count, room;
    struct trace_sink to_text;
    int64_t last_tick, asleep; /* after the last event */
    struct replay replay;
};

static void keep_line(void *ctx, const char *bytes, size_t n)
{
    struct told *t = ctx;
    if (t->count == t->room) {
        size_t room = t->room == 0 ? 256 : t->room * 2;
        size_t *grown = realloc(t->starts, room * sizeof *grown);
        if (grown == NULL)
            return;
        t->starts = grown;
        t->room = room;
    }
    t->starts[t->count++] = t->lines.length;
    strbuf_add_bytes(&t->lines, bytes, n > 0 ? n - 1 : 0); /* without its newline */
    strbuf_add_char(&t->lines, '\0');
}

static void hear(void *ctx, const struct event *e, const struct view *after)
{
    struct told *t = ctx;
    t->last_tick = e->tick;
    t->asleep = after->asleep;
    t->to_text.event(t->to_text.ctx, e, after);
}

enum { THE_PRESENT = -1 };

static void tell(struct walk *w, int branch, struct told *t)
{
    struct trace_sink sink = {hear, t, SINK_ALL};
    *t = (struct told){.count = 0};
    text_trace_init(&t->text, (struct trace_output){keep_line, t}, walk_depth(w), TEXT_PLAIN,
                    walk_name_width(w));
    t->text.header_written = true;
    t->to_text = text_trace_sink(&t->text);
    t->replay = branch == THE_PRESENT ? walk_replay(w, &sink)
                                      : walk_replay_branch(w, (size_t)branch, &sink);
}

static void told_free(struct told *t)
{
    text_trace_fini(&t->text);
    strbuf_free(&t->lines);
    free(t->starts);
    diag_list_free(&t->replay.messages);
}

static const char *line_of(const struct told *t, size_t i)
{
    return t->lines.bytes + t->starts[i];
}

static size_t equal_lines(const struct told *a, const struct told *b)
{
    size_t n = 0;
    while (n < a->count && n < b->count && strcmp(line_of(a, n), line_of(b, n)) == 0)
        n++;
    return n;
}

/* -- side by side ------------------------------------------------------------------------------ */

struct pair {
    const struct source *source;
    const struct told *here, *there;
    size_t equal;      /* lines */
    size_t name_width; /* as in the trace */
    size_t branch;     /* its number, as the user sees it */
    size_t width;
};

/* Broken at a blank where there is one, but no blank is lost that stands within a line: they may be
 * the cells of a pipe. */
static void fill(struct strbuf *text, size_t indent, size_t width, struct sheet *out)
{
    const char *at = strbuf_text(text);
    size_t left = text->length, room;
    while (left > (room = width - sheet_column(out))) {
        size_t n = room;
        while (n > 0 && at[n] != ' ')
            n--;
        n = n > 0 ? n : room;
        sheet_add_bytes(out, TONE_PLAIN, at, n);
        sheet_end_line(out);
        sheet_pad(out, indent);
        n += at[n] == ' ';
        at += n;
        left -= n;
    }
    sheet_add_bytes(out, TONE_PLAIN, at, left);
    sheet_end_line(out);
    strbuf_clear(text);
}

/* A line of trace in a narrow column: what it says of the pipe goes below the call. */
static void add_cell(const struct pair *p, const struct told *t, size_t i, size_t width,
                     struct sheet *out)
{
    struct strbuf text = {0};
    if (i >= t->count) {
        sheet_add(out, TONE_PLAIN, "%s", i == t->count ? "(the run is over)" : "");
        sheet_end_line(out);
        return;
    }
    struct trace_line line = trace_line_apart(line_of(t, i), p->name_width);
    strbuf_addf(&text, "%.*s %.*s  %.*s", (int)line.tick.length, line.tick.text,
                (int)line.name.length, line.name.text, (int)line.call.length, line.call.text);
    fill(&text, 4, width, out);
    strbuf_add_bytes(&text, line.note.text, line.note.length);
    if (text.length > 0) {
        sheet_pad(out, 4);
        fill(&text, 6, width, out);
    }
    strbuf_free(&text);
}

static void add_row(struct sheet_line left, struct sheet_line right, size_t width,
                    struct sheet *out)
{
    sheet_add_bytes(out, TONE_PLAIN, left.text, left.length);
    sheet_pad(out, width);
    sheet_add(out, TONE_PLAIN, " |%s", right.length > 0 ? " " : "");
    sheet_add_bytes(out, TONE_PLAIN, right.text, right.length);
    sheet_end_line(out);
}

static void add_rows(const struct sheet *left, const struct sheet *right, size_t width,
                     struct sheet *out)
{
    const struct sheet_line none = {"", "", 0};
    for (size_t i = 0; i < left->line_count || i < right->line_count; i++)
        add_row(i < left->line_count ? sheet_line(left, i) : none,
                i < right->line_count ? sheet_line(right, i) : none, width, out);
}

static void add_differing(const struct pair *p, struct sheet *out)
{
    size_t half = (p->width - 3) / 2;
    struct sheet left = {.line_count = 0}, right = {.line_count = 0};
    sheet_add(&left, TONE_STRONG, "here, the present run:");
    sheet_add(&right, TONE_STRONG, "there, branch %zu:", p->branch);
    sheet_end_line(&left);
    sheet_end_line(&right);
    add_rows(&left, &right, half, out);
    for (size_t i = p->equal; i < p->equal + LINES_SHOWN; i++) {
        if (i >= p->here->count && i >= p->there->count && i > p->equal)
            break;
        sheet_clear(&left);
        sheet_clear(&right);
        add_cell(p, p->here, i, half, &left);
        add_cell(p, p->there, i, half, &right);
        add_rows(&left, &right, half, out);
    }
    sheet_free(&left);
    sheet_free(&right);
}

static void add_common(const struct pair *p, struct sheet *out)
{
    size_t first = p->equal > COMMON_SHOWN ? p->equal - COMMON_SHOWN : 0;
    sheet_add(out, TONE_PLAIN, p->equal == 0 ? "no line is the same" : "%zu line%s the same%s",
              p->equal, p->equal == 1 ? " is" : "s are", first > 0 ? ", up to these:" : ":");
    sheet_end_line(out);
    for (size_t i = first; i < p->equal; i++) {
        sheet_add(out, TONE_PLAIN, "%s", line_of(p->here, i));
        sheet_end_line_within(out, p->width);
    }
}

/* -- in a sentence ----------------------------------------------------------------------------- */

static void add_piece(struct text_piece piece, struct strbuf *out)
{
    strbuf_add_bytes(out, piece.text, piece.length);
}

static bool same_piece(struct text_piece a, struct text_piece b)
{
    return a.length == b.length && memcmp(a.text, b.text, a.length) == 0;
}

/* "server went on at tick 3" */
static void say_who(struct trace_line line, const char *did, struct strbuf *out)
{
    add_piece(line.name, out);
    strbuf_addf(out, " %s at tick ", did);
    add_piece(line.tick, out);
}

static void say_difference(const struct pair *p, struct strbuf *out)
{
    bool here_over = p->equal >= p->here->count, there_over = p->equal >= p->there->count;
    if (here_over || there_over) {
        strbuf_add(out, here_over && there_over ? "Both runs print the same."
                        : here_over             ? "Here the run is over; there it goes on."
                                                : "Here the run goes on; there it is over.");
        return;
    }
    struct trace_line here = trace_line_apart(line_of(p->here, p->equal), p->name_width);
    struct trace_line there = trace_line_apart(line_of(p->there, p->equal), p->name_width);
    bool same = same_piece(here.name, there.name) && same_piece(here.tick, there.tick);
    strbuf_add(out, same ? "Both times " : "Here ");
    say_who(here, "went on", out);
    strbuf_add(out, same ? ", but not in the same way" : ", there ");
    if (!same)
        say_who(there, "did", out);
    strbuf_add_char(out, '.');
}

static void say_end(const struct pair *p, const struct told *t, struct strbuf *out)
{
    const struct diag *first = t->replay.messages.items;
    bool good = t->replay.verdict == VERDICT_AS_EXPECTED;
    strbuf_add(out, t == p->here ? "The end here: " : "The end there: ");
    strbuf_add(out, good ? t->asleep > 0 ? "a deadlock, as expected" : "as expected"
                         : "not as expected");
    if (good || t->replay.messages.count == 0)
        strbuf_addf(out, ", at tick %" PRId64 ".", t->last_tick);
    else if (first->has_place)
        strbuf_addf(out, ": line %d: %s.", source_place(p->source, first->place.at).line,
                    first->message);
    else
        strbuf_addf(out, ": %s.", first->message);
}

/* Newlines of a message become blanks. */
static void add_sentence(const struct pair *p, struct strbuf *text, struct sheet *out)
{
    for (size_t i = 0; i < text->length; i++)
        text->bytes[i] = text->bytes[i] == '\n' ? ' ' : text->bytes[i];
    sheet_wrap(out, TONE_STRONG, strbuf_text(text), 2, p->width);
    strbuf_clear(text);
}

static void add_sentences(const struct pair *p, struct sheet *out)
{
    struct strbuf text = {0};
    say_difference(p, &text);
    add_sentence(p, &text, out);
    say_end(p, p->here, &text);
    add_sentence(p, &text, out);
    say_end(p, p->there, &text);
    add_sentence(p, &text, out);
    strbuf_free(&text);
}

void difference_show(struct walk *w, size_t branch, size_t width, struct strbuf *out)
{
    struct told here, there;
    struct sheet sheet = {.line_count = 0};
    tell(w, THE_PRESENT, &here);
    tell(w, (int)branch, &there);
    struct pair p = {&walk_program(w)->source,
                     &here,
                     &there,
                     equal_lines(&here, &there),
                     walk_name_width(w),
                     branch + 1,
                     width > DIFFERENCE_LEAST_WIDTH ? width : DIFFERENCE_LEAST_WIDTH};
    add_sentences(&p, &sheet); /* first, so that it is in sight where there are few lines */
    add_common(&p, &sheet);
    if (p.equal < here.count || p.equal < there.count)
        add_differing(&p, &sheet);
    strbuf_add_bytes(out, sheet.text.bytes, sheet.text.length);
    sheet_free(&sheet);
    told_free(&here);
    told_free(&there);
}

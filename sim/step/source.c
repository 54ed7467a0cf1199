/* source.c - the script with who is where, and the pipe's own source where its locks are operated
 * on; see panes.h. */
#include "sim/own/listing.h"
#include "sim/step/glance.h"
#include "sim/step/session.h"

#include <limits.h>
#include <string.h>

enum {
    AROUND_SITE = 2, /* lines of C before and after the present one */
    LOW_PANE = 8,    /* below that one must do, so that the line of the script is in sight, too */
    AROUND_LINE = 3  /* lines of the script that `list source` shows before and after it */
};

/* -- the pipe's own source --------------------------------------------------------------------- */

static void add_line_of_c(struct listing_place present, size_t line, struct sheet *out)
{
    bool here = line == present.line;
    if (here)
        out->focus = out->line_count;
    sheet_add(out, TONE_CHANGED, here ? ">" : " ");
    sheet_pad(out, 4);
    sheet_add(out, here ? TONE_CHANGED : TONE_DIM, "%8zu | %s", line,
              present.listing->lines[line - 1]);
    sheet_end_line(out);
}

static void add_code_around(struct listing_place present, size_t around, struct sheet *out)
{
    size_t first = present.line > around ? present.line - around : 1;
    size_t last = present.line + around;
    sheet_add(out, TONE_DIM, "%10sin %s:", "", present.listing->file);
    sheet_end_line(out);
    for (size_t line = first; line <= last && line <= present.listing->line_count; line++)
        add_line_of_c(present, line, out);
}

/* Where the present event is in the pipe's source, if it is about a lock or a condition variable. */
static void add_site(const struct panes *p, size_t height, struct sheet *out)
{
    const struct note *n = glance_note(p);
    if (n == NULL || n->site == NULL)
        return;
    struct listing_place place = listing_place(n->site);
    if (place.listing != NULL) {
        add_code_around(place, height < LOW_PANE ? 1 : AROUND_SITE, out);
        return;
    }
    sheet_add(out, TONE_CHANGED, ">         in %s", n->site);
    sheet_end_line(out);
}

/* -- the script -------------------------------------------------------------------------------- */

/* Who is at this line, by number. */
static void add_visitors(const struct panes *p, int line, struct sheet *out)
{
    const struct view *v = walk_view(p->walk);
    bool present = glance_line(p) == line;
    if (present)
        out->focus = out->line_count;
    sheet_add(out, TONE_CHANGED, present ? ">" : " ");
    for (size_t i = 0; i < v->actor_count && i < 9; i++) {
        const struct view_actor *a = &v->actors[i];
        if (glance_has_place(a) && a->in_call && a->line == line && sheet_column(out) < 4)
            sheet_add(out, a->state == ACTOR_ASLEEP ? TONE_ASLEEP : TONE_AWAKE, "%zu", i + 1);
    }
    sheet_pad(out, 4);
    sheet_add(out, present ? TONE_CHANGED : TONE_DIM, "%4d  ", line);
}

struct lines {
    int first, last;
};

static void add_script(const struct panes *p, struct lines shown, size_t height, struct sheet *out)
{
    const struct source *source = walk_source(p->walk);
    const char *at = source->text, *end = source->text + source->size;
    int present = glance_line(p);
    for (int line = 1; at < end && line <= shown.last; line++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((newline == NULL ? end : newline) - at);
        if (line >= shown.first) {
            add_visitors(p, line, out);
            sheet_add_bytes(out, line == present ? TONE_CHANGED : TONE_PLAIN, at, length);
            sheet_end_line(out);
            if (line == present)
                add_site(p, height, out);
        }
        at = newline == NULL ? end : newline + 1;
    }
}

void pane_source(struct panes *p, struct pane_size size, struct sheet *out)
{
    add_script(p, (struct lines){1, INT_MAX}, size.height, out);
}

void source_command(struct stepper *s, struct strbuf *out)
{
    struct panes p = {.walk = s->walk};
    struct sheet sheet = {.line_count = 0};
    int present = glance_line(&p) > 0 ? glance_line(&p) : 1 + AROUND_LINE;
    add_script(&p, (struct lines){present - AROUND_LINE, present + AROUND_LINE}, SIZE_MAX, &sheet);
    strbuf_add_bytes(out, sheet.text.bytes, sheet.text.length);
    sheet_free(&sheet);
}

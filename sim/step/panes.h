/* panes.h - what the panes of the full screen say of the present moment, as sheets: who is in what
 * state, what is in the pipes, who holds which end, the trace, the script, and why.
 *
 * No line of a sheet is longer than the pane is wide, but for those of the trace and the script,
 * which are cut where they are drawn. What the last movement changed has a '>' at the left, and
 * its tone. */
#ifndef SIM_STEP_PANES_H
#define SIM_STEP_PANES_H

#include "sim/step/sheet.h"
#include "sim/step/walk.h"

struct panes;

/* The walk is borrowed. NULL when memory is short. */
struct panes *panes_new(struct walk *w);
void panes_free(struct panes *p);

/* To be called before each movement: the changes that are marked are those from here on. */
void panes_remember(struct panes *p);

enum glyphs { GLYPHS_ASCII, GLYPHS_UTF8 };

struct pane_size {
    size_t width, height;
    enum glyphs glyphs;
};

/* A line or two for each process: its state, and the line of the script that it is at. */
void pane_processes(struct panes *p, struct pane_size size, struct sheet *out);

/* Each pipe: its cells with the marks of reading and writing (a bar, when it is large), its lock
 * and its sleepers; and the holders of its ends, unless they are shown apart. */
enum ends_shown { ENDS_FOLDED, ENDS_APART };
void pane_pipes(struct panes *p, struct pane_size size, enum ends_shown ends, struct sheet *out);

/* A row for each process, a column for each end: the descriptors. */
void pane_descriptors(struct panes *p, struct pane_size size, struct sheet *out);

/* The lines so far, the present one marked, and those that will follow: as many as fill it. */
void pane_trace(struct panes *p, struct pane_size size, struct sheet *out);

/* The script, with who is at which line; below the present one the lines of the pipe's own source
 * (listing.h) around the place, when a lock or a condition variable was operated on. */
void pane_source(struct panes *p, struct pane_size size, struct sheet *out);

/* Lines that pane_why shows instead of what has happened, a question in them beginning with "? ";
 * borrowed until NULL takes their place. */
void panes_say(struct panes *p, const char *lines);

/* What has just happened; then why each sleeper sleeps, and who could wake it; at the end the
 * verdict. */
void pane_why(struct panes *p, struct pane_size size, struct sheet *out);

/* The event that the line of trace before, or after, the present one belongs to; the start, or the
 * end, when there is none. */
uint64_t panes_line_before(struct panes *p, size_t lines);
uint64_t panes_line_after(struct panes *p, size_t lines);

#endif

/* formats.h - what came of submissions, as people and grading platforms read it. docs/instructors.md says
 * which field has what. */
#ifndef SIM_LAB_FORMATS_H
#define SIM_LAB_FORMATS_H

#include "sim/lab/check.h"

enum format {
    FORMAT_TEXT,
    FORMAT_JSON,       /* all submissions, with all that is known */
    FORMAT_GRADESCOPE, /* results.json, of one submission; so the next two */
    FORMAT_CLASSROOM,  /* what a grading step of GitHub Classroom gives its reporter, base64 */
    FORMAT_AUTOLAB,    /* feedback, and scores on the last line */
    FORMAT_JUNIT,
    FORMAT_TAP
};

/* The names, in that order; NULL at the end. */
extern const char *const format_names[];

/* Has it room for one submission only? */
bool format_is_single(enum format f);

/* One of a group that is graded. */
struct submission {
    struct check check;
    char *name; /* owned */
    enum { WAITING, UNDER_WAY, OVER } state;
};

struct group {
    const struct lab *lab;          /* borrowed */
    struct submission *submissions; /* owned */
    size_t count;
    double seconds;
    unsigned bars; /* what there was to shut their cages with (cage_bars) */
};

void format_group(const struct group *g, enum format f, struct strbuf *out);
void format_one(const struct submission *s, enum format f, struct strbuf *out);

/* What a student is told: the items, and the first failure as a story. */
void format_for_student(const struct check *c, struct strbuf *out);

/* One line of the text format. */
void format_line(const struct submission *s, struct strbuf *out);

/* Inside: what a failed item is told about, as a text; not the scenario, if it is hidden. */
void add_explanation(struct strbuf *out, const struct item_result *r, enum visibility reader);
bool item_passed(const struct item_result *r);
const char *item_headline(const struct check *c, const struct item_result *r);
void format_json_group(const struct group *g, struct strbuf *out);
void format_gradescope(const struct submission *s, struct strbuf *out);
void format_classroom(const struct submission *s, struct strbuf *out);
void format_autolab(const struct submission *s, struct strbuf *out);
void format_junit(const struct group *g, struct strbuf *out);
void format_tap(const struct group *g, struct strbuf *out);

#endif

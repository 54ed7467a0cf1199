/* report_text.h - a report made to be read: the outcomes by what differs between them, the failures
 * as stories, and last, since it is the most important, the verdict. */
#ifndef SIM_EXPLORE_REPORT_TEXT_H
#define SIM_EXPLORE_REPORT_TEXT_H

#include "sim/explore/report.h"

struct report_style {
    enum { REPORT_SHORT, REPORT_WHOLE, REPORT_LINE } length; /* some outcomes; all; the verdict */
    enum { REPORT_PLAIN, REPORT_COLORED } color;
    enum { REPORT_TIMELESS, REPORT_TIMED } time; /* how long did it take? Never twice the same */
};

void report_render(const struct report *r, struct report_style style, struct strbuf *out);

#endif

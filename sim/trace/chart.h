/* chart.h - a sequence as a chart in text: a column for each process and pipe, time going down.
 *
 *     tick  producer            p             consumer
 *               |               |                |
 *        0      |--- 3 "abc" -[abc ]             |
 *               z asleep on ... |                |
 *
 * | is a process that runs or could, z one that sleeps; what a pipe holds stands in its column
 * whenever somebody uses it. Lines are as wide as they must be, and never wider than `width` as long
 * as every participant can have LEAST_GAP columns. Words that do not fit are cut, with "..". */
#ifndef SIM_TRACE_CHART_H
#define SIM_TRACE_CHART_H

#include "sim/trace/sequence.h"
#include "sim/trace/text_trace.h"

struct chart_style {
    enum chart_glyphs { CHART_ASCII, CHART_UTF8 } glyphs;
    enum text_color color;
    int width; /* of the screen or paper, in columns */
};

void chart_write(const struct sequence *s, const struct chart_style *style,
                 struct trace_output out);

#endif

/* report_json.h - a report as JSON Lines, for other programs and for joining; docs/explore.md describes
 * it. */
#ifndef SIM_EXPLORE_REPORT_JSON_H
#define SIM_EXPLORE_REPORT_JSON_H

#include "sim/explore/report.h"

enum { REPORT_JSON_VERSION = 1 };

/* `program` is the version of pipesim. */
void report_write_json(const struct report *r, const char *program, struct strbuf *out);

/* Was the program built with jansson? Else it can write, but not read. */
bool report_reads_json(void);

/* Reads what report_write_json wrote. NULL after setting *error (owned by the caller): what is wrong,
 * and in which line. Results of another version of pipesim are refused. */
struct report *report_read_json(const char *text, size_t size, const char *program, char **error);

#endif

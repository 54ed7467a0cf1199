/* table.h - a comparison as text for people, and as JSON Lines for programs. */
#ifndef SIM_COMPARE_TABLE_H
#define SIM_COMPARE_TABLE_H

#include "sim/compare/compare.h"

enum table_color { TABLE_PLAIN, TABLE_COLORED };

/* The calls with what they gave in both, as far as they were compared; the first difference is
 * marked. Of a long table only the end. */
void comparison_table(const struct comparison *c, enum table_color color, struct strbuf *out);

/* "27 calls and what came of them are the same", and the like; then the explanation. */
void comparison_verdict(const struct comparison *c, struct strbuf *out);

/* "same", "differs", "cannot be compared: why": for a list of scenarios. */
void comparison_line(const struct comparison *c, struct strbuf *out);

/* A line for each row of the table, and one for the verdict. */
void comparison_json(const struct comparison *c, const char *version, const char *file,
                     struct strbuf *out);

#endif

/* rows.h - inside compare/: the rows of a table. A row is a cause with what came of it for the one who
 * brought it about, or something else that came of it. */
#ifndef SIM_COMPARE_ROWS_H
#define SIM_COMPARE_ROWS_H

#include "sim/compare/compare.h"

struct row {
    const struct cause *cause; /* of its round */
    enum { ROW_CAUSE, ROW_EFFECT } kind;
    int actor;
    struct strbuf call;       /* "read(p[0], 16)"; "... read(p[0], 16)": it had begun before */
    struct strbuf results[2]; /* in both; "" when nothing came of it there */
    bool differs;
};

struct rows {
    struct row *rows; /* owned */
    size_t count, room;
};

struct rows rows_of(const struct comparison *c);
void rows_free(struct rows *r);

#endif

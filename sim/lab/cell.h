/* cell.h - a piece of work in a child process, with limits: what it may do wrong there concerns nobody
 * else. It may crash, loop, fork or print without end.
 *
 * What it cannot be kept from here: opening files and the network, and writing into the channel by which
 * its answer comes. */
#ifndef SIM_LAB_CELL_H
#define SIM_LAB_CELL_H

#include "sim/trace/strbuf.h"

struct cell_limits {
    double seconds;     /* on the clock */
    double first;       /* until it has answered something; 0: no bound */
    double cpu_seconds; /* of a process */
};

enum cell_end {
    CELL_DONE,
    CELL_CRASHED, /* killed by a signal, or it left with a status */
    CELL_OUT_OF_TIME,
    CELL_NOT_BEGUN /* there is no process to be had */
};

enum { CELL_ANSWER_MOST = 1 << 20, CELL_PRINTED_MOST = 1 << 14 };

struct cell {
    struct cell_limits limits;
    void (*work)(void *ctx, int out); /* in the child: writes its answer to `out` */
    void *ctx;                        /* borrowed */
    /* Called when more of the answer has come, in the parent; may take it away. May be NULL. */
    void (*heard)(void *ctx, struct strbuf *answer);

    struct strbuf answer,
        printed; /* owned; what it has written there, and to standard output and error */
    int signal;  /* CELL_CRASHED: 0 if it was none */
};

/* Nobody of the calling process' children is left afterwards. */
enum cell_end cell_run(struct cell *cell);
void cell_free(struct cell *cell);

/* All of it, whatever interrupts. */
void write_all(int fd, const void *bytes, size_t n);

#endif

/* vocabulary.h - the words that scripts know: calls, errors, signals, other constants, and what
 * claims can ask of pipes and processes. It joins the parser, which knows only that there are such
 * words, and the kernel. */
#ifndef SIM_RUN_VOCABULARY_H
#define SIM_RUN_VOCABULARY_H

#include "sim/script/parse.h"

const struct vocabulary *vocabulary(void);

/* "EPIPE" and what it means, for the host's error number; a script's number for it. */
const char *error_name(int host_errno);
const char *error_meaning(int host_errno);
int error_number(int host_errno);
const char *error_name_of_number(int number);

enum pipe_property {
    PIPE_PROPERTY_USED,
    PIPE_PROPERTY_FREE,
    PIPE_PROPERTY_CAPACITY,
    PIPE_PROPERTY_ATOMIC,
    PIPE_PROPERTY_READERS,
    PIPE_PROPERTY_WRITERS,
    PIPE_PROPERTY_READS,
    PIPE_PROPERTY_WRITES,
    PIPE_PROPERTY_STREAM,
    PIPE_PROPERTY_LOST,
    PIPE_PROPERTY_IN_FLIGHT,
    PIPE_PROPERTY_SLOTS,
    PIPE_PROPERTY_SLOTS_USED
};

/* reads and writes are those of a pipe, too: a name may stand for either. */
enum file_property {
    FILE_PROPERTY_SIZE,
    FILE_PROPERTY_CONTENT,
    FILE_PROPERTY_READS,
    FILE_PROPERTY_WRITES
};

enum process_property { PROCESS_PROPERTY_CALLS, PROCESS_PROPERTY_SLEEPS, PROCESS_PROPERTY_OUTPUT };

#endif

/* lab.h - a lab as data: what is handed in, and what it is judged by.
 *
 * A lab is a folder, NN-name, with
 *   README.md   the hand-out
 *   grading     what follows, in the format of docs/instructors.md
 *   start/      what a student begins with
 *   visible/    scenarios that students see
 * and may have a folder of the same name elsewhere (the instructor's) with a file `grading` and
 * scenarios that they do not see: its items are added to those of the lab.
 *
 * An item is a class of bugs: it gives all its points when every case holds, and none otherwise. Items
 * stand in such an order that the first that fails is the cause, and the others may be consequences. */
#ifndef SIM_LAB_LAB_H
#define SIM_LAB_LAB_H

#include "sim/run/run.h"

/* What is done with a scenario. */
enum case_kind {
    CASE_RUN,         /* one schedule, the first come first served */
    CASE_EXPLORE,     /* all schedules, within bounds */
    CASE_ONLY_CLOSES, /* the scenario handed in differs from this one in lines `close(...)` only */
    CASE_QUIZ         /* an answer to a question about this one is right */
};

enum case_wants {
    WANTS_TO_HOLD,
    WANTS_TO_FAIL,     /* in some schedule: a scenario that is to show a bug */
    WANTS_ONE_TO_FAIL, /* of the files that are handed in, one at least */
};

enum { OVERRIDES_MOST = 8 };

struct lab_case {
    enum case_kind kind;
    enum case_wants wants;
    char *
        files; /* owned; paths joined by '+': one scenario; '@' begins one that is handed in, and may
                      hold '*' for every such file */
    char *pipe; /* owned; what serves the calls; NULL: what is handed in, or the scenario's own */
    char *options; /* owned; as a command line of `pipesim explore` has them */
    struct freedom freedom;
    int64_t preemptions; /* < 0: no bound */
    uint64_t executions;
    struct setting_override overrides[OVERRIDES_MOST];
    size_t override_count;
    int64_t most_switches, most_wakeups, most_calls; /* < 0: any number; CASE_RUN */
    int64_t question;                                /* CASE_QUIZ */
    int line;                                        /* of the grading file */
};

/* What a failure that contains these words comes from. */
struct lab_cause {
    char *words, *sentence; /* owned */
};

enum visibility { VISIBLE, HIDDEN };

enum lab_kind { LAB_PIPE, LAB_SCENARIOS }; /* a C file; scenarios */

struct lab_item {
    char *name, *title, *hint; /* owned; the hint may be NULL */
    int64_t points;
    enum visibility visibility;
    enum lab_kind kind; /* the lab's */
    const char *folder; /* borrowed; where the paths of its cases begin */
    struct lab_cause *causes;
    size_t cause_count;
    struct lab_case *cases;
    size_t case_count;
};

struct lab {
    char *name, *folder, *hidden_folder; /* owned; the last may be NULL */
    char *title, *hand_in;               /* owned; files, with blanks */
    enum lab_kind kind;
    double seconds; /* for all of it */
    struct lab_item *items;
    size_t item_count;
};

/* From its folder, and that of the instructor (or NULL). NULL: messages, with file and line, are in `out`.
 */
struct lab *lab_read(const char *folder, const char *hidden_folder, struct strbuf *out);
void lab_free(struct lab *lab);

int64_t lab_points(const struct lab *lab);

/* One grading file more (grading.c). False after a message. */
bool grading_read(struct lab *lab, const char *folder, enum visibility visibility,
                  struct strbuf *out);

#endif

/* schedule.h - which process ran next at each choice: written down, read back, followed.
 *
 * A choice is a point of a run at which at least two tasks could run. With the script, the list of
 * choices determines a run completely. In text it names the tasks, with counts for runs of the
 * same: "locks:a*3,b,a*2". The first word says what counts as a point: `calls` (a task can be
 * switched only between calls or when it sleeps) or `locks` (also at each mutex and condition
 * variable operation). After it may stand what else is left to choice: `+any`, which waiter a signal
 * wakes (its name is the choice), and `+spurious=N`, whether a wait returns without a signal, N times
 * at most ("a~" instead of "a" lets it). When the list is used up, the policy fifo goes on. */
#ifndef SIM_SCHED_SCHEDULE_H
#define SIM_SCHED_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

enum grain { GRAIN_CALLS, GRAIN_LOCKS };

/* What is open to choice: the points at which another task may go on; the waiter that a signal wakes;
 * how many waits may return without a signal. All zero: calls, first come first served, none. */
struct freedom {
    enum grain grain;
    enum { WAKE_FIFO, WAKE_ANY } wake;
    unsigned spurious;
};

struct schedule {
    struct freedom freedom;
    struct schedule_item *items; /* owned, on the ordinary heap */
    size_t count, room;
};

struct schedule_item {
    char name[48]; /* scripts limit names to fewer */
    uint64_t times;
};

/* Where a run has got to in a schedule. */
struct schedule_cursor {
    size_t item;
    uint64_t used; /* of its times */
};

void schedule_init(struct schedule *s, struct freedom freedom);
void schedule_fini(struct schedule *s);

/* 0; -EINVAL with *error set to what is wrong at which byte, or -ENOMEM. */
int schedule_parse(struct schedule *s, const char *text, const char **error, size_t *at);

/* Appends a choice. Silently stops growing when memory is short: then it is no longer complete. */
void schedule_add(struct schedule *s, const char *name);

/* Takes the last choices away again, until `cursor` is its end. */
void schedule_cut(struct schedule *s, struct schedule_cursor cursor);
struct schedule_cursor schedule_end(const struct schedule *s);

/* The next choice, or NULL when the list is used up. */
const char *schedule_next(const struct schedule *s, struct schedule_cursor *cursor);

/* The text, on the ordinary heap, to be freed; NULL when memory is short. */
char *schedule_text(const struct schedule *s);

#endif

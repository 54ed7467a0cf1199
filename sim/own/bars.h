/* bars.h - inside own/: what the system lets this process do no more, for good. */
#ifndef SIM_OWN_BARS_H
#define SIM_OWN_BARS_H

#include "sim/own/cage.h"

/* It gains no privileges. The other bars need that. */
void bars_no_privileges(void);

/* Its memory, time and files; the system takes it first when memory is short; it ends with its parent. */
void bars_limits(const struct cage_limits *limits, int parent);

/* Nothing is open but 0, 1, 2 and this descriptor. */
void bars_close_others(int kept);

/* Of all files only these can be used. What is not there is left out. 0, or -1: this system has nothing of
 * the kind (Landlock). */
enum bars_right {
    BARS_READ,
    BARS_RUN,  /* and read */
    BARS_WRITE /* and read, make and remove */
};
struct bars_place {
    const char *path; /* of a file, or of a folder: then all below it */
    enum bars_right right;
};
int bars_files(const struct bars_place *places, size_t count);

/* The second best: the working directory becomes the root, and nothing else is to be found. 0, or -1: that
 * is not allowed. */
int bars_root(void);

/* Only the calls that cage.h names. 0, or -1: this system has nothing of the kind (seccomp). */
int bars_calls(void);

#endif

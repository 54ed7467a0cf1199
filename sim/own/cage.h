/* cage.h - code that nobody trusts is run by a child process, which can compute and tell its results, and
 * nothing else; whatever becomes of it, the caller goes on.
 *
 *   struct cage_report report;
 *   cage_run(mark_one, &submission, &limits, &report);      the caller's side
 *   cage_shut(c, folder); load(...); run(...); cage_tell(c, "...", n);     in the child: mark_one(ctx, c)
 *
 * What is guaranteed, on Linux. The child has nothing open but its output and its results; a limit on its
 * processor time, address space, open files, size of files and processes; no way to gain privileges; its own
 * process group, which is killed when the time is over, when there is too much output, or when the child has
 * ended. From cage_shut on it can open no file but for reading below the one folder and those of the system's
 * libraries (Landlock; where the kernel has none, cage_shut says so), and the kernel refuses, with EPERM,
 * every call but those on memory, time, signals to itself and open files (seccomp): no sockets, no new
 * processes or threads, no program, no look at other processes.
 *
 * Results. Each message is sealed with a key that is made anew for each child, from the system's random
 * numbers, and lies on a page that can be neither read nor written but during cage_tell; a message without
 * the seal ends the report: CAGE_FORGED. So code that writes to whatever descriptor it finds changes nothing
 * but its own result. Not guaranteed: the child is one address space. Code that looks for this page, calls
 * mprotect on it and seals its own message, or that changes the caller's own code or data in the child
 * before they tell, can forge. Whoever fears that much must look at the code, too.
 *
 * Elsewhere than on Linux there are the limits, the group and the seal only. */
#ifndef SIM_OWN_CAGE_H
#define SIM_OWN_CAGE_H

#include "sim/trace/strbuf.h"

struct cage;

struct cage_limits {
    unsigned cpu_seconds, wall_seconds;
    size_t memory; /* bytes of address space */
    size_t output; /* bytes on standard output and error, together */
};

enum cage_end {
    CAGE_DONE,    /* `inside` has returned */
    CAGE_LEFT,    /* the child has ended before that: code in it has called exit, say */
    CAGE_CRASHED, /* of a signal */
    CAGE_TOO_LONG,
    CAGE_TOO_LOUD,
    CAGE_FORGED,
    CAGE_IMPOSSIBLE /* there is no child: errno says why */
};

struct cage_report {
    enum cage_end end;
    int signal;            /* CAGE_CRASHED */
    struct strbuf results; /* what was told, in order; owned by the caller */
    struct strbuf output;  /* owned by the caller */
};

/* Runs inside(ctx, cage) in a child, and waits for its end. */
void cage_run(void (*inside)(void *ctx, struct cage *c), void *ctx,
              const struct cage_limits *limits, struct cage_report *report);

/* In the child. The folder is the one that can still be read from; NULL: none. CAGE_IS_NOT_SHUT: this system
 * has no Landlock or no seccomp, and only the limits hold. */
enum cage_shut { CAGE_IS_SHUT, CAGE_IS_NOT_SHUT };
enum cage_shut cage_shut(struct cage *c, const char *folder);
void cage_tell(struct cage *c, const void *bytes, size_t n);

/* "crashed: Segmentation fault", "took more than 10 seconds". */
void cage_describe(const struct cage_report *report, const struct cage_limits *limits,
                   struct strbuf *out);

#endif

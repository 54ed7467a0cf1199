/* cage.h - code that nobody trusts is run by a child process, which can compute and tell its results, and
 * nothing else; whatever becomes of it, the caller goes on.
 *
 *   struct cage_report report;
 *   cage_run(mark_one, &submission, &limits, &report);      the caller's side
 *   read(...); cage_shut(c, folder); load(...); run(...); cage_tell(c, "...", n);     in the child: mark_one(ctx, c)
 *
 * What is guaranteed, on Linux. The child has nothing open but its output and its results; a limit on its
 * processor time, address space, open files and size of files; no way to gain privileges; its own process
 * group, which is killed when the time is over, when there is too much output, when the child has ended, or
 * when the caller has. From cage_shut on it can use no file but to read those below the one folder and the
 * system's libraries (Landlock; where the kernel has none, that folder becomes its root directory, if it is
 * allowed to do that), and the kernel refuses, with EPERM, every call but those on memory, time, signals to
 * itself and open files (seccomp): no sockets, no new processes or threads, no program, no look at other
 * processes. What was in its environment is no more. cage_bars says how much of this there is on a machine.
 *
 * Results. Each message is sealed with a key that is made anew for each child, from the system's random
 * numbers, and lies on a page that can be neither read nor written but during cage_tell; a message without
 * the seal ends the report: CAGE_FORGED. So code that writes to whatever descriptor it finds changes nothing
 * but its own result. Not guaranteed: the child is one address space. Code that looks for this page, calls
 * mprotect on it and seals its own message, or that changes the caller's own code or data in the child
 * before they tell, can forge. sim/lab/decoy.h is how it is found out.
 *
 * Elsewhere than on Linux there are the limits, the group and the seal only. */
#ifndef SIM_OWN_CAGE_H
#define SIM_OWN_CAGE_H

#include "sim/trace/strbuf.h"

struct cage;

struct cage_limits {
    double
        cpu_seconds; /* of the processor, for the child; a process that it makes has seconds more */
    double wall_seconds; /* on the clock */
    size_t memory;       /* bytes of address space, of a process */
    size_t file;         /* bytes of a file that it writes */
    size_t output;       /* bytes on standard output and error, together, that are kept; with
                            CAGE_LOUD times that many it ends */
};
enum { CAGE_LOUD = 4096 };

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

/* Runs inside(ctx, cage) in a child, and waits for its end. No child of the calling process is left then that
 * was not there before: nobody else may make any meanwhile. */
void cage_run(void (*inside)(void *ctx, struct cage *c), void *ctx,
              const struct cage_limits *limits, struct cage_report *report);
void cage_report_free(struct cage_report *report);

/* In the child. The folder is the one that can still be read from, and the working directory from then on;
 * NULL: none. CAGE_IS_NOT_SHUT: this system lacks some of what that takes, and the rest holds. */
enum cage_shut { CAGE_IS_SHUT, CAGE_IS_NOT_SHUT };
enum cage_shut cage_shut(struct cage *c, const char *folder);

/* The same for a compiler: it can use the system's programs and those on $PATH, read below `sources`, and
 * write below the folder. It is trusted itself, but what it reads tells it what else to read. */
enum cage_shut cage_shut_compiler(struct cage *c, const char *sources, const char *folder);

void cage_tell(struct cage *c, const void *bytes, size_t n);

/* What there is on this system to shut a cage with; found by trying. The last is for files and a compiler. */
enum cage_bar { CAGE_BAR_FILES = 1, CAGE_BAR_CALLS = 2, CAGE_BAR_COMPILER = 4 };
unsigned cage_bars(void);

/* "crashed: Segmentation fault", "took more than 10 seconds". */
void cage_describe(const struct cage_report *report, const struct cage_limits *limits,
                   struct strbuf *out);

#endif

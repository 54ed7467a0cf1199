/* zoo.h - the bug zoo: small pipes, each with one mistake that students make, and for each the scenario that
 * shows it. What finds them, and how soon.
 *
 * A folder has the table (zoo.txt), the scenarios, the pipes in wrong/, and some in right/ on which nothing
 * may be found. */
#ifndef SIM_LAB_ZOO_H
#define SIM_LAB_ZOO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What one of them is: a line of the table. */
struct zoo_class {
    int number;
    char name[40]; /* of its files */
    char what[80]; /* is wrong */
    char say[80];  /* what the message must have in it */
    char sooner
        [64]; /* or in the place of that, where a check of memory or locks sees it first; or "" */
};

enum { ZOO_MOST = 64 };

struct zoo {
    char folder[256];
    struct zoo_class classes[ZOO_MOST];
    size_t count;
    bool verbose;
};

/* 0; or -1, and errno says why there is no such table. */
int zoo_read(struct zoo *z, const char *folder);

/* Is it a mistake of those who use a pipe? Then the scenario is wrong, and not the pipe. Else `file` is the
 * C file, too. */
enum zoo_kind { ZOO_PIPE, ZOO_SCENARIO };
enum zoo_kind zoo_kind(const struct zoo *z, const struct zoo_class *c, char *file, size_t room);

/* Runs and explores them, each in a cage, and prints a line for each; for a number other than 0 only that one,
 * with all that is known of it. How many executions were made depends on how the pipes were compiled, and is
 * said only if asked for. */
enum zoo_detail { ZOO_THE_SAME_EVERYWHERE, ZOO_WITH_EXECUTIONS };
enum zoo_end {
    ZOO_AS_IT_SAYS, /* each was found, and the message says what it must */
    ZOO_MISSED,
    ZOO_NO_TABLE, /* errno says why */
    ZOO_NO_NUMBER
};
enum zoo_end zoo_print(const char *folder, int number, enum zoo_detail detail, FILE *out);

#endif

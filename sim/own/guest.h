/* guest.h - a pipe of somebody whom nobody trusts: compiled in a cage, and let in in cages only.
 *
 *   struct guest g = {.room = NULL, .sources = NULL};
 *   guest_open(&g, "theirs/my_pipe.c", &said, &why)             here
 *   cage_run(inside, ...)                                       and as often as one likes:
 *   impl = guest_load(&g, cage, &said); ... cage_tell(...);     in `inside`
 *   guest_close(&g)
 *
 * Its code begins to run in guest_load, when the cage is shut. What must be read must be read before that,
 * and what is secret must not be in memory. */
#ifndef SIM_OWN_GUEST_H
#define SIM_OWN_GUEST_H

#include "sim/own/cage.h"
#include "sim/own/own.h"
#include "sim/own/scratch.h"

/* A compiler that cannot work in a cage, because what it needs is in places that nobody knows, works outside
 * of one, with limits only: then a file could make it read others. */
enum guest_compiler { COMPILER_NOT_TRIED, COMPILER_IN_CAGE, COMPILER_IN_THE_OPEN };
enum guest_compiler guest_try_compiler(void);

struct guest {
    const char
        *room; /* borrowed; where its folder is made; NULL: where there are such (scratch.h) */
    const char *sources; /* borrowed; a folder below which it may include files; NULL: its own */
    enum guest_compiler compiler; /* if that is known */

    const char *file;               /* borrowed */
    char name[OWN_NAME_SIZE];       /* of the pipe, when it is loaded */
    struct strbuf text;             /* owned */
    char folder[SCRATCH_PATH_MOST]; /* with what was compiled: what its code can read */
};

/* Reads, compiles, and loads it for a trial. What the compiler says, or what a pipe must have and this has
 * not, goes to `said`; why it was given up goes to `why`. */
enum guest_end {
    GUEST_READY,
    GUEST_IS_NO_PIPE, /* not there, does not compile, or something is missing */
    GUEST_FAILED      /* too long, or it crashes when it is loaded */
};
enum guest_end guest_open(struct guest *g, const char *file, struct strbuf *said,
                          struct strbuf *why);

/* In a cage, which it shuts. NULL: `said` says why. */
const struct pipe_impl *guest_load(const struct guest *g, struct cage *c, struct strbuf *said);

void guest_close(struct guest *g);

#endif

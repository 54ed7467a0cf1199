/* scene.h - a random scenario of two to five processes and threads on a few pipes, as steps that can be
 * left out one by one, and as the text of a script. */
#ifndef TESTS_FUZZ_SCENE_H
#define TESTS_FUZZ_SCENE_H

#include "sim/trace/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

enum { SCENE_ACTORS = 5, SCENE_STEPS = 128 };

/* A line of a block: what stands before its size, the size, and what stands after it. */
struct step {
    int actor;
    char before[48], after[32];
    long size;  /* NO_SIZE: there is none */
    int begins; /* the actor that this fork or thread begins, or NOBODY_BEGINS */
    bool left_out;
};

enum { NO_SIZE = -1, NOBODY_BEGINS = -1 };

struct scene {
    uint64_t seed;
    int actors;
    struct step steps[SCENE_STEPS];
    int count;
};

/* The same for the same seed. */
void scene_make(struct scene *s, uint64_t seed);

/* As a script. An actor that nobody begins has no block. */
void scene_write(const struct scene *s, const char *title, struct strbuf *out);

/* Leaves out steps and makes sizes smaller as long as `bad` says that it is still the scene that one is
 * looking for. */
void scene_shrink(struct scene *s, bool (*bad)(void *ctx, const struct scene *s), void *ctx);

#endif

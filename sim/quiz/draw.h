/* draw.h - numbers drawn from a seed: the same ones on every machine. */
#ifndef SIM_QUIZ_DRAW_H
#define SIM_QUIZ_DRAW_H

#include <stddef.h>
#include <stdint.h>

struct draw {
    uint64_t state;
};

/* The `attempt` makes another sequence of the same seed. */
struct draw draw_from(uint64_t seed, uint64_t attempt);

/* One of 0 .. below - 1; below is at least 1. */
uint64_t draw_below(struct draw *d, uint64_t below);

/* The seed for a text: a number as it is, anything else (a name, say) by FNV-1a, 64 bits. 0 only
 * for the number 0. */
uint64_t draw_seed_of(const char *text);

/* A seed that nobody can know before: from the system's random numbers. */
uint64_t draw_unforeseen(void);

#endif

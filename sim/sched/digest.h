/* digest.h - a state of a run in 128 bits: what the visited set of an exploration compares.
 *
 * Two states are taken to be the same if their digests are. With n states the chance that two that
 * differ have the same one is about n * n / 2^129: 10^-27 for a million. In the exact mode the words
 * themselves are kept and compared, and nothing is left to chance. */
#ifndef SIM_SCHED_DIGEST_H
#define SIM_SCHED_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct digest {
    uint64_t a, b;
    struct digest_words { /* borrowed; NULL, or where the words themselves are collected */
        uint64_t *at;     /* owned, on the ordinary heap */
        size_t count, room;
    } * words;
};

void digest_keep(struct digest_words *words, uint64_t word);

static inline uint64_t digest_mix(uint64_t x)
{
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93;
    x ^= x >> 32;
    return x;
}

static inline void digest_add(struct digest *d, uint64_t word)
{
    d->a = (d->a ^ word) * 0x9e3779b97f4a7c15;
    d->a ^= d->a >> 29;
    d->b = digest_mix(d->b + word + 0x632be59bd9b4e019);
    if (d->words != NULL)
        digest_keep(d->words, word);
}

static inline bool digest_same(const struct digest *x, const struct digest *y)
{
    return x->a == y->a && x->b == y->b;
}

/* The length is fed, too, so that no two sequences of texts are alike. */
void digest_add_bytes(struct digest *d, const void *bytes, size_t n);

#endif

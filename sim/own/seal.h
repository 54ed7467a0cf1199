/* seal.h - inside own/: a message that only those can have written who have the key (SipHash-2-4, by
 * Aumasson and Bernstein). */
#ifndef SIM_OWN_SEAL_H
#define SIM_OWN_SEAL_H

#include <stddef.h>
#include <stdint.h>

struct seal_key {
    uint64_t a, b;
};

/* From the system's random numbers. 0 or -1. */
int seal_new_key(struct seal_key *key);

/* The number tells the messages of a key apart. */
uint64_t seal_of(const struct seal_key *key, uint64_t number, const void *bytes, size_t n);

#endif

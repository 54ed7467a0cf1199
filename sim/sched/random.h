/* random.h - splitmix64: the next number after a state of 64 bits, which any value can begin. It is the
 * same on every machine. (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014.) */
#ifndef SIM_SCHED_RANDOM_H
#define SIM_SCHED_RANDOM_H

#include <stdint.h>

static inline uint64_t random_after(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

#endif

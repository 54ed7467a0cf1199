/* draw.c - see draw.h. */
#include "sim/quiz/draw.h"

#include "sim/sched/random.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t next(struct draw *d)
{
    return random_after(&d->state);
}

struct draw draw_from(uint64_t seed, uint64_t attempt)
{
    struct draw d = {seed};
    d.state = next(&d) ^ attempt;
    return d;
}

uint64_t draw_below(struct draw *d, uint64_t below)
{
    return next(d) % below;
}

uint64_t draw_seed_of(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325;
    errno = 0;
    uint64_t number = strtoull(text, NULL, 10);
    if (text[0] != '\0' && text[strspn(text, "0123456789")] == '\0' && errno == 0)
        return number;
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
    return hash == 0 ? 1 : hash;
}

uint64_t draw_unforeseen(void)
{
    uint64_t seed = (uint64_t)time(NULL);
    FILE *f = fopen("/dev/urandom", "rb");
    if (f != NULL) {
        size_t n = fread(&seed, sizeof seed, 1, f);
        (void)n; /* then it is the time */
        fclose(f);
    }
    return seed;
}

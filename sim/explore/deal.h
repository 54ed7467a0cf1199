/* deal.h - a search is dealt out to parts: the prefixes of so many choices go to them in turn, as they are
 * met. Both engines meet them in the same order in each part, and so deal alike. */
#ifndef SIM_EXPLORE_DEAL_H
#define SIM_EXPLORE_DEAL_H

#include <stdbool.h>
#include <stdint.h>

enum { DEAL_DEPTH = 8 }; /* choices that make up a prefix: there are some hundreds of them */

/* One who searches the part-th of so many parts (0: all of it). */
struct deal {
    uint32_t part, parts;
    uint32_t dealt; /* prefixes so far */
};

enum deal_prefix { DEAL_GOES_ON, DEAL_HAS_ENDED };

/* Is the present prefix, of so many choices, ours to go on with? Longer ones belong to the part that has
 * their beginning. */
static inline bool deal_is_ours(struct deal *d, uint32_t choices, enum deal_prefix prefix)
{
    if (d->parts == 0 || choices > DEAL_DEPTH)
        return true;
    if (choices < DEAL_DEPTH && prefix == DEAL_GOES_ON)
        return true;
    return d->dealt++ % d->parts == d->part - 1;
}

#endif

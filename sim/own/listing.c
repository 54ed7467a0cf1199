/* listing.c - see listing.h. */
#include "sim/own/listing.h"

#include <stdlib.h>
#include <string.h>

enum { ADDED_MOST = 16 };

static struct listing added[ADDED_MOST];
static size_t added_count;

void listing_add(struct listing l)
{
    if (added_count < ADDED_MOST)
        added[added_count++] = l;
}

static const struct listing *find(const struct listing *all, size_t count, const char *file,
                                  size_t length)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(all[i].file) == length && memcmp(all[i].file, file, length) == 0)
            return &all[i];
    }
    return NULL;
}

const struct listing *listing_of(const char *file, size_t length)
{
    const struct listing *l = find(listings_built_in, listings_built_in_count, file, length);
    return l != NULL ? l : find(added, added_count, file, length);
}

struct listing_place listing_place(const char *site)
{
    size_t file = strcspn(site, ":");
    struct listing_place place = {listing_of(site, file), 0};
    if (site[file] == ':')
        place.line = (size_t)strtoul(site + file + 1, NULL, 10);
    if (place.listing != NULL && (place.line == 0 || place.line > place.listing->line_count))
        place.listing = NULL;
    return place;
}

/* listing.c - see listing.h. */
#include "sim/step/listing.h"

#include <stdlib.h>
#include <string.h>

const struct listing *listing_of(const char *file, size_t length)
{
    for (size_t i = 0; i < listings_built_in_count; i++) {
        const struct listing *l = &listings_built_in[i];
        if (strlen(l->file) == length && memcmp(l->file, file, length) == 0)
            return l;
    }
    return NULL;
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

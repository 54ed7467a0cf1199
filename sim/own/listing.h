/* listing.h - the text of C sources that a run passes through, so that the stepper can show the code
 * around an operation on a lock.
 *
 * The pipe's own source is put into the program when it is built (listing.sh): nothing is read at
 * run time. What is compiled later, such as a student's pipe, is a listing made by whoever reads it.
 */
#ifndef SIM_OWN_LISTING_H
#define SIM_OWN_LISTING_H

#include <stddef.h>

struct listing {
    const char *file; /* as __FILE__ has it */
    const char *const *lines;
    size_t line_count;
};

extern const struct listing listings_built_in[];
extern const size_t listings_built_in_count;

/* The listing of a file; NULL when its text is not known. */
const struct listing *listing_of(const char *file, size_t length);

/* One more, which must last as long as the program. */
void listing_add(struct listing l);

/* A place in a source. */
struct listing_place {
    const struct listing *listing; /* NULL: nobody knows its text */
    size_t line;                   /* from 1 */
};

/* Where an event's site is: "FILE:LINE pthread_mutex_lock(...)". */
struct listing_place listing_place(const char *site);

#endif
